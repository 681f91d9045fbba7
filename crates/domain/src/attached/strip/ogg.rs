//! Ogg (RFC 3533): pages with a sum each, and in them the packets of one or more streams. The second packet of a stream of sound
//! or film holds the program that wrote it and comments: who, where, a picture of the cover. In its place is one of the same
//! length that says nothing, and the sums of its pages are made anew.

use std::collections::BTreeMap;
use std::ops::Range;

/// Bytes of a page's head before its table of lengths.
const HEAD: usize = 27;
/// The first page of a stream.
const BEGINS: u8 = 2;
/// Streams in one file, at most: picture, a few languages, what was sewn together.
const STREAMS_MAX: usize = 64;

/// What a stream is.
#[derive(Clone, Copy)]
struct Kind {
    /// How its first packet begins.
    first: &'static [u8],
    /// How that with the comments begins.
    comments: &'static [u8],
    /// What ends it.
    ends: &'static [u8],
}

/// Opus (RFC 7845), Vorbis I, Theora, Speex.
const KINDS: [Kind; 4] = [
    Kind { first: b"OpusHead", comments: b"OpusTags", ends: b"" },
    Kind { first: b"\x01vorbis", comments: b"\x03vorbis", ends: b"\x01" },
    Kind { first: b"\x80theora", comments: b"\x81theora", ends: b"" },
    Kind { first: b"Speex   ", comments: b"", ends: b"" },
];

impl Kind {
    /// A packet of this length in which a program of no name says nothing.
    fn nothing(self, length: usize) -> Option<Vec<u8>> {
        let name = length.checked_sub(self.comments.len() + 8 + self.ends.len())?;
        let long = u32::try_from(name).ok()?.to_le_bytes();
        Some([self.comments, &long, &vec![b' '; name], &[0; 4], self.ends].concat())
    }
}

struct Stream {
    kind: Kind,
    /// Packets that have ended.
    packets: u8,
    /// Where the comments lie.
    comments: Vec<Range<usize>>,
    /// Pages they lie on.
    pages: Vec<Range<usize>>,
}

/// A copy of the same length. `None` for a file that cannot be read to its end, or holds a stream of a kind not known.
pub(super) fn ogg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = bytes.to_vec();
    let mut streams: BTreeMap<[u8; 4], Stream> = BTreeMap::new();
    let (mut at, mut begun) = (0, 0);
    while at < bytes.len() {
        let head = bytes.get(at..at.checked_add(HEAD)?)?;
        head.starts_with(b"OggS\0").then_some(())?;
        let serial: [u8; 4] = head.get(14..18)?.try_into().ok()?;
        let lengths = bytes.get(at + HEAD..at + HEAD + usize::from(*head.get(26)?))?;
        let body = at + HEAD + lengths.len();
        let end = body + lengths.iter().map(|l| usize::from(*l)).sum::<usize>();
        let first = bytes.get(body..end)?;
        if head.get(5)? & BEGINS != 0 {
            let kind = *KINDS.iter().find(|kind| first.starts_with(kind.first))?;
            begun += 1;
            (begun <= STREAMS_MAX).then_some(())?;
            let stream = Stream { kind, packets: 0, comments: Vec::new(), pages: Vec::new() };
            let before = streams.insert(serial, stream);
            before.is_none_or(|before| before.packets > 1).then_some(())?;
        }
        streams.get_mut(&serial)?.page(at..end, body, lengths, &mut out)?;
        at = end;
    }
    let all = begun > 0 && streams.values().all(|stream| stream.packets > 1);
    all.then_some(out)
}

impl Stream {
    fn page(
        &mut self,
        page: Range<usize>,
        body: usize,
        lengths: &[u8],
        out: &mut [u8],
    ) -> Option<()> {
        let mut at = body;
        for length in lengths {
            let next = at + usize::from(*length);
            if self.packets == 1 {
                self.comments.push(at..next);
                if self.pages.last() != Some(&page) {
                    self.pages.push(page.clone());
                }
            }
            // A length of 255 goes on in the next.
            if *length < 255 {
                if self.packets == 1 {
                    self.say_nothing(out)?;
                }
                self.packets = self.packets.saturating_add(1);
            }
            at = next;
        }
        Some(())
    }

    fn say_nothing(&mut self, out: &mut [u8]) -> Option<()> {
        let mut told = Vec::new();
        for piece in &self.comments {
            told.extend(out.get(piece.clone())?);
        }
        told.starts_with(self.kind.comments).then_some(())?;
        let nothing = self.kind.nothing(told.len())?;
        let mut rest = nothing.as_slice();
        for piece in std::mem::take(&mut self.comments) {
            let (now, later) = rest.split_at_checked(piece.len())?;
            out.get_mut(piece)?.copy_from_slice(now);
            rest = later;
        }
        for page in std::mem::take(&mut self.pages) {
            let page = out.get_mut(page)?;
            page.get_mut(22..26)?.fill(0);
            let sum = sum(page).to_le_bytes();
            page.get_mut(22..26)?.copy_from_slice(&sum);
        }
        Some(())
    }
}

/// The sum of a page whose own place for it is empty: CRC-32 of 0x04C11DB7, from nothing and turned nowhere.
fn sum(page: &[u8]) -> u32 {
    page.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            sum << 1 ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::has;
    use super::*;
    use crate::attached::stripped;
    use proptest::prelude::*;

    const OGG: &str = "audio/ogg";

    /// Packets of a stream on pages of so many lengths each.
    fn pages(serial: u8, packets: &[Vec<u8>], on_one: usize) -> Vec<u8> {
        let mut pieces: Vec<&[u8]> = Vec::new();
        for packet in packets {
            pieces.extend(packet.chunks(255));
            if packet.len() % 255 == 0 {
                pieces.push(b"");
            }
        }
        // The first packet has a page to itself.
        let (first, rest) = pieces.split_at(1);
        let all = std::iter::once(first).chain(rest.chunks(on_one));
        let mut out = Vec::new();
        for (n, pieces) in all.enumerate() {
            let mut page = b"OggS\0".to_vec();
            page.extend([if n == 0 { BEGINS } else { 0 }, 0, 0, 0, 0, 0, 0, 0, 0, serial, 0, 0, 0]);
            page.extend([u8::try_from(n).unwrap(), 0, 0, 0, 0, 0, 0, 0]);
            page.push(u8::try_from(pieces.len()).unwrap());
            page.extend(pieces.iter().map(|p| u8::try_from(p.len()).unwrap()));
            pieces.iter().for_each(|p| page.extend(*p));
            let sum = sum(&page).to_le_bytes();
            page[22..26].copy_from_slice(&sum);
            out.extend(page);
        }
        out
    }

    fn comments(kind: Kind, long: usize) -> Vec<u8> {
        let text = |s: &[u8]| [&u32::try_from(s.len()).unwrap().to_le_bytes()[..], s].concat();
        let cover = [b"METADATA_BLOCK_PICTURE=Aigul ".as_slice(), &vec![b'x'; long]].concat();
        let all =
            [text(b"Aigul's telephone"), vec![2, 0, 0, 0], text(b"ARTIST=Aigul"), text(&cover)];
        [kind.comments, &all.concat(), kind.ends].concat()
    }

    fn voice(kind: Kind, long: usize, on_one: usize) -> Vec<u8> {
        let first = [kind.first, b" how it is packed"].concat();
        pages(
            7,
            &[first, comments(kind, long), b"heard first".to_vec(), b"heard last".to_vec()],
            on_one,
        )
    }

    /// Every page's sum is that of its bytes.
    fn sound(bytes: &[u8]) -> bool {
        let mut at = 0;
        while at < bytes.len() {
            let lengths = usize::from(bytes[at + 26]);
            let body: usize = bytes[at + 27..][..lengths].iter().map(|l| usize::from(*l)).sum();
            let mut page = bytes[at..][..27 + lengths + body].to_vec();
            let told: [u8; 4] = page[22..26].try_into().unwrap();
            page[22..26].fill(0);
            if sum(&page) != u32::from_le_bytes(told) {
                return false;
            }
            at += page.len();
        }
        true
    }

    #[test]
    fn a_voice_is_heard_as_before_and_tells_nothing_else() {
        // As the catalogues of such sums have it, but for their last step.
        assert_eq!(sum(b"123456789"), 0x89a1_897f);
        for kind in KINDS {
            for (long, on_one) in [(0, 50), (5_000, 3), (70_000, 255), (1, 1)] {
                let told = voice(kind, long, on_one);
                assert!(sound(&told));
                let bare = stripped(OGG, &told).unwrap();
                assert_eq!(bare.len(), told.len());
                assert!(sound(&bare) && !has(&bare, b"Aigul") && !has(&bare, b"ARTIST"));
                for there in [kind.first, b"how it is packed", b"heard first", b"heard last"] {
                    assert!(has(&bare, there), "{}", String::from_utf8_lossy(there));
                }
                assert_eq!(stripped(OGG, &bare).as_ref(), Some(&bare), "bare stays bare");
            }
        }
    }

    #[test]
    fn streams_beside_and_behind_each_other_are_all_bare() {
        let [opus, vorbis, theora, _] = KINDS;
        let one = |serial, kind: Kind| {
            let packets = [kind.first.to_vec(), comments(kind, 0), b"shown".to_vec()];
            pages(serial, &packets, 1)
        };
        let told = [one(1, theora), one(2, vorbis), one(1, opus)].concat();
        let bare = stripped(OGG, &told).unwrap();
        assert!(sound(&bare) && !has(&bare, b"Aigul"));
        let many = |n: usize| (0..n).flat_map(|_| one(1, opus)).collect::<Vec<_>>();
        assert!(stripped(OGG, &many(STREAMS_MAX)).is_some());
        assert_eq!(stripped(OGG, &many(STREAMS_MAX + 1)), None);
        // One that begins before the one before it has told its comments hides them.
        let half = pages(1, &[opus.first.to_vec(), vec![b'A'; 255]], 1);
        let half = &half[..half.len() - 28];
        assert_eq!(stripped(OGG, &[half, &one(1, opus)].concat()), None);
    }

    #[test]
    fn what_is_no_such_file_is_not_given() {
        let told = voice(KINDS[0], 400, 1);
        let ends: Vec<usize> =
            (1..told.len()).filter(|at| told[*at..].starts_with(b"OggS")).collect();
        for end in 0..told.len() {
            // Between pages it may end, once the comments on the second and third are over.
            let whole = ends[2..].contains(&end);
            assert_eq!(stripped(OGG, &told[..end]).is_some(), whole, "cut at {end}");
        }
        let strange = pages(7, &[b"fishead\0".to_vec(), b"Aigul".to_vec(), b"x".to_vec()], 9);
        assert_eq!(stripped(OGG, &strange), None);
        let other = pages(7, &[b"OpusHead".to_vec(), b"Aigul tells".to_vec(), b"x".to_vec()], 9);
        assert_eq!(stripped(OGG, &other), None);
        let short = pages(7, &[b"OpusHead".to_vec(), b"OpusTags".to_vec(), b"x".to_vec()], 9);
        assert_eq!(stripped(OGG, &short), None);
        assert_eq!(stripped(OGG, &[told.as_slice(), b"Aigul"].concat()), None);
        // A page of a stream that never began.
        let rest = &told[ends[0]..];
        assert_eq!(stripped(OGG, rest), None);
    }

    proptest! {
        /// However the packets lie on pages and whatever the comments say: none of it is left, and all sums are right.
        #[test]
        fn nothing_of_the_comments_is_left(
            kind in prop::sample::select(vec![0_usize, 1, 2, 3]),
            comment in proptest::collection::vec(any::<u8>(), 20..900),
            on_one in 1..20_usize,
            flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        ) {
            let kind = KINDS[kind];
            let told = [kind.comments, &comment].concat();
            let of = |comments| pages(3, &[kind.first.to_vec(), comments, b"heard".to_vec()], on_one);
            let nothing = kind.nothing(told.len()).unwrap();
            let file = of(told);
            let bare = stripped(OGG, &file).unwrap();
            prop_assert_eq!(&bare, &of(nothing));
            prop_assert_eq!(stripped(OGG, &bare), Some(bare));
            let mut hurt = file;
            for (at, byte) in flips {
                let at = at.index(hurt.len());
                hurt[at] = byte;
            }
            if let Some(bare) = stripped(OGG, &hurt) {
                prop_assert_eq!(bare.len(), hurt.len());
                prop_assert_eq!(stripped(OGG, &bare), Some(bare));
            }
        }
    }
}
