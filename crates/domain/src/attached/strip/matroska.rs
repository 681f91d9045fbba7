//! Matroska and WebM: elements within elements (RFC 9559). What is needed to show the film stays where it lies; in the place
//! of everything else is room of the same length, so that every place the film names is still true.

use std::ops::Range;

const EBML: u32 = 0x1a45_dfa3;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK: u32 = 0xae;
const TRACK_TYPE: u32 = 0x83;
const CLUSTER: u32 = 0x1f43_b675;
const GROUP: u32 = 0xa0;
const SEEK_HEAD: u32 = 0x114d_9b74;
const SEEK: u32 = 0x4dbb;
const CUES: u32 = 0x1c53_bb6b;
const CUE: u32 = 0xbb;
const CUE_PLACE: u32 = 0xb7;
const PICTURE: u32 = 0xe0;
const SOUND: u32 = 0xe1;
/// Room.
const VOID: u8 = 0xec;
/// What follows a cluster whose length nobody knew while it was written.
const BESIDE_CLUSTERS: [u32; 8] =
    [CLUSTER, INFO, TRACKS, SEEK_HEAD, CUES, 0x1254_c367, 0x1941_a469, 0x1043_a770];
/// Pictures, sound, both, words to be read. Others hold what an instrument noted, where it was among it.
const SHOWN: [u8; 4] = [1, 2, 3, 17];

enum What {
    Kept,
    /// Looked into.
    Within,
    /// A name that has to be there: nothing stands in it.
    Nameless,
    Gone,
}

/// What becomes of an element, by that in which it lies; 0 is the file.
fn what(parent: u32, id: u32) -> What {
    match (parent, id) {
        (0, EBML | SEGMENT)
        // Where the others lie, and where to begin reading for a moment of the film.
        | (SEGMENT, INFO | TRACKS | CLUSTER | SEEK_HEAD | CUES)
        | (SEEK_HEAD, SEEK)
        | (CUES, CUE)
        | (CUE, CUE_PLACE)
        | (TRACKS, TRACK)
        | (TRACK, PICTURE | SOUND)
        | (CLUSTER, GROUP) => What::Within,
        // Versions, lengths, kind of document.
        (EBML, 0x4286 | 0x42f7 | 0x42f2 | 0x42f3 | 0x4282 | 0x4287 | 0x4285)
        | (SEEK, 0x53ab | 0x53ac)
        | (CUE, 0xb3)
        // Track, cluster, place in it, duration, block, codec's state.
        | (CUE_PLACE, 0xf7 | 0xf1 | 0xf0 | 0xb2 | 0x5378 | 0xea)
        // Unit of time, duration.
        | (INFO, 0x002a_d7b1 | 0x4489) => What::Kept,
        // The programs that wrote it.
        (INFO, 0x4d80 | 0x5741) => What::Nameless,
        (
            TRACK,
            // Number, kind, whether it is shown and to whom, durations, language, codec, picture, sound, packing.
            0xd7 | 0x73c5 | TRACK_TYPE | 0xb9 | 0x88 | 0x55aa..=0x55af | 0x9c | 0x6de7 | 0x6df8
            | 0x0023_e383 | 0x0023_4e7a | 0x0023_314f | 0x55ee | 0x0022_b59c | 0x0022_b59d | 0x86
            | 0x63a2 | 0x56aa | 0x56bb | 0xe2 | 0x6d80,
        )
        // Interlacing, depth, halves, sizes, cuts, shape, kind of pixels, colours, and how it is bent around who watches.
        | (
            PICTURE,
            0x9a | 0x9d | 0x53b8 | 0x53c0 | 0x53b9 | 0xb0 | 0xba | 0x54aa | 0x54bb | 0x54cc | 0x54dd | 0x54b0
            | 0x54ba | 0x54b2 | 0x54b3 | 0x002e_b524 | 0x0023_83e3 | 0x55b0 | 0x7670,
        )
        // Samples in a second, as played too; channels, bits.
        | (SOUND, 0xb5 | 0x78b5 | 0x9f | 0x6264 | 0x52f1)
        // Time, blocks, sizes.
        | (CLUSTER, 0xe7 | 0xa3 | 0xa7 | 0xab)
        // The block, how long it is shown, what it is drawn from, its half-transparent part.
        | (GROUP, 0xa1 | 0x9b | 0xfa | 0xfb | 0xa4 | 0x75a1 | 0x75a2) => What::Kept,
        _ => What::Gone,
    }
}

/// A copy of the same length. `None` for a film that cannot be read to its end, or holds what is not shown.
pub(super) fn matroska(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut copy = Copy { bytes, out: bytes.to_vec(), segments: 0 };
    let end = copy.within(0, 0..bytes.len(), false)?;
    (end == bytes.len() && copy.segments > 0).then_some(copy.out)
}

struct Copy<'a> {
    bytes: &'a [u8],
    out: Vec<u8>,
    segments: u32,
}

impl Copy<'_> {
    /// Element by element; where it ended, which an open cluster does before the next thing beside it. As deep as the table
    /// above goes and no deeper.
    fn within(&mut self, parent: u32, at: Range<usize>, open: bool) -> Option<usize> {
        let mut next = at.start;
        while next < at.end {
            let bytes = self.bytes.get(next..at.end)?;
            let (id, id_length) = number(bytes, 4, true)?;
            let id = u32::try_from(id).ok()?;
            if open && BESIDE_CLUSTERS.contains(&id) {
                return Some(next);
            }
            // A second film behind an open end would be taken for a part of the first.
            (parent == 0 || !matches!(id, EBML | SEGMENT)).then_some(())?;
            let (length, length_length) = number(bytes.get(id_length..)?, 8, false)?;
            let start = next + id_length + length_length;
            if length == u64::MAX {
                // Written while it was filmed.
                next = match (parent, id) {
                    (0, SEGMENT) => self.within(id, start..at.end, false)?,
                    (SEGMENT, CLUSTER) => self.within(id, start..at.end, true)?,
                    _ => return None,
                };
                self.segments += u32::from(id == SEGMENT);
                continue;
            }
            let end = start.checked_add(usize::try_from(length).ok()?)?;
            (end <= at.end).then_some(())?;
            if (parent, id) == (TRACK, TRACK_TYPE) {
                let kind = self.bytes.get(start..end)?;
                let (last, zeros) = kind.split_last()?;
                (SHOWN.contains(last) && zeros.iter().all(|b| *b == 0)).then_some(())?;
            }
            match what(parent, id) {
                What::Kept => {}
                What::Within => {
                    self.segments += u32::from(id == SEGMENT);
                    self.within(id, start..end, false)?;
                }
                What::Nameless => self.out.get_mut(start..end)?.fill(0),
                What::Gone => void(self.out.get_mut(next..end)?)?,
            }
            next = end;
        }
        Some(next)
    }
}

/// A number that tells its own length by its first bit that is set, and the length. A size of nothing but ones, which
/// stands for none, is the largest there is.
fn number(bytes: &[u8], longest: usize, marked: bool) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let length = usize::try_from(first.leading_zeros()).ok()? + 1;
    (length <= longest).then_some(())?;
    let all = bytes.get(..length)?.iter().fold(0, |n: u64, b| n << 8 | u64::from(*b));
    if marked {
        return Some((all, length));
    }
    let most = (1 << (7 * length)) - 1;
    let plain = all & most;
    Some((if plain == most { u64::MAX } else { plain }, length))
}

/// Makes room of a whole element, head and all.
fn void(element: &mut [u8]) -> Option<()> {
    element.fill(0);
    let rest = element.len().checked_sub(2)?;
    *element.first_mut()? = VOID;
    if rest < 0x7f {
        *element.get_mut(1)? = 0x80 | u8::try_from(rest).ok()?;
    } else {
        let rest = u64::try_from(element.len().checked_sub(9)?).ok()?;
        element.get_mut(1..9)?.copy_from_slice(&(rest | 1 << 56).to_be_bytes());
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::has;
    use super::*;
    use crate::attached::stripped;
    use proptest::prelude::*;

    const MKV: &str = "video/x-matroska";

    fn id_of(id: u32) -> Vec<u8> {
        id.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect()
    }

    /// An element whose length is told in one byte or in eight.
    fn element(id: u32, body: &[u8]) -> Vec<u8> {
        let long = body.len() as u64;
        let size = match u8::try_from(long) {
            Ok(short) if short < 0x7f => vec![0x80 | short],
            _ => (long | 1 << 56).to_be_bytes().to_vec(),
        };
        [&id_of(id), &size, body].concat()
    }

    fn of(id: u32, inner: &[Vec<u8>]) -> Vec<u8> {
        element(id, &inner.concat())
    }

    fn head() -> Vec<u8> {
        of(EBML, &[element(0x4282, b"matroska"), element(0xec, b"Aigul")])
    }

    fn track(kind: &[u8]) -> Vec<u8> {
        of(
            TRACKS,
            &[of(
                TRACK,
                &[
                    element(0xd7, b"\x01"),
                    element(0x73c5, b"\x07"),
                    element(TRACK_TYPE, kind),
                    element(0x536e, b"Aigul's telephone"),
                    element(0x86, b"V_VP9"),
                    of(PICTURE, &[element(0xb0, b"shown"), element(0xec, b"Aigul")]),
                ],
            )],
        )
    }

    fn film(clusters: &[u8]) -> Vec<u8> {
        let info = of(
            INFO,
            &[
                element(0x002a_d7b1, b"\x0f\x42\x40"),
                element(0x4489, b"long"),
                element(0x4461, b"Aigul 01"),
                element(0x7ba9, "Aigul\u{2019}s yard ".repeat(20).as_bytes()),
                element(0x4d80, b"Aigul 1"),
                element(0x5741, b"Aigul 2"),
                element(0xbf, b"Aigu"),
            ],
        );
        let tags = of(0x1254_c367, &[element(0x7373, b"LOCATION Aigul +53.28+069.39/")]);
        let files = of(0x1941_a469, &[element(0x61a7, b"Aigul.jpg")]);
        let inner = [
            info,
            track(b"\x01"),
            clusters.to_vec(),
            tags,
            files,
            of(CUES, &[of(CUE, &[element(0xb3, b"where"), element(0xec, b"Aigul")])]),
        ]
        .concat();
        [head(), element(SEGMENT, &inner)].concat()
    }

    fn cluster(block: &[u8]) -> Vec<u8> {
        of(
            CLUSTER,
            &[
                element(0xe7, b"\0"),
                element(0xa3, block),
                of(GROUP, &[element(0xa1, block), element(0x5854, b"Aigul")]),
            ],
        )
    }

    #[test]
    fn a_film_is_shown_as_before_and_tells_nothing_else() {
        let told = film(&[cluster(b"frame one"), cluster(b"frame two")].concat());
        let bare = stripped(MKV, &told).unwrap();
        assert_eq!(bare.len(), told.len());
        assert!(!has(&bare, b"Aigul") && !has(&bare, b"53.28"));
        for there in
            [&b"matroska"[..], b"V_VP9", b"shown", b"long", b"where", b"frame one", b"frame two"]
        {
            let at = |bytes: &[u8]| bytes.windows(there.len()).position(|w| w == there);
            assert_eq!(at(&bare), at(&told), "{}", String::from_utf8_lossy(there));
            assert!(at(&bare).is_some());
        }
        assert_eq!(stripped(MKV, &bare).as_ref(), Some(&bare), "bare stays bare");
        for end in 0..told.len() {
            assert_eq!(stripped(MKV, &told[..end]), None, "cut at {end}");
        }
    }

    #[test]
    fn one_that_was_written_while_it_was_filmed_is_read_too() {
        let open = |id: u32, inner: &[u8]| {
            [&id_of(id)[..], &[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], inner].concat()
        };
        let inner = |block: &[u8]| {
            [element(0xe7, b"\0"), element(0xa3, block), element(0xec, b"Aigul")].concat()
        };
        let tags = element(0x1254_c367, b"Aigul");
        let clusters =
            [open(CLUSTER, &inner(b"frame one")), open(CLUSTER, &inner(b"frame two"))].concat();
        let told = [head(), open(SEGMENT, &[track(b"\x01"), clusters, tags].concat())].concat();
        let bare = stripped(MKV, &told).unwrap();
        assert!(!has(&bare, b"Aigul") && has(&bare, b"frame one") && has(&bare, b"frame two"));
        assert_eq!(bare.len(), told.len());
        // Nor is a second film a part of the first.
        assert_eq!(stripped(MKV, &[told.clone(), told].concat()), None);
        // Nothing else may leave its end open.
        let odd = [head(), open(SEGMENT, &open(TRACKS, b""))].concat();
        assert_eq!(stripped(MKV, &odd), None);
    }

    #[test]
    fn a_track_of_places_is_not_given_away() {
        for (kind, given) in [
            (&b"\x01"[..], true),
            (b"\0\x02", true),
            (b"\x11", true),
            (b"\x21", false),
            (b"\x01\x01", false),
            (b"", false),
        ] {
            let told = [head(), element(SEGMENT, &track(kind))].concat();
            assert_eq!(stripped(MKV, &told).is_some(), given, "{kind:?}");
        }
    }

    proptest! {
        /// Whatever lies where: the length is kept, bare stays bare, and of an element that is not kept by name nothing is left.
        #[test]
        fn only_what_is_kept_by_name_is_left(
            ids in proptest::collection::vec(prop::sample::select(vec![
                0xec_u32, 0xbf, 0xe7, 0xa3, 0xa7, 0xab, 0x4461, 0x7ba9, 0x1254_c367, 0x1941_a469, 0x1043_a770, 0x5854,
            ]), 0..12),
            long in 0..300_usize,
        ) {
            let secret = [b"Aigul ".as_slice(), &vec![b'x'; long]].concat();
            let kept = |id: u32| matches!(id, 0xe7 | 0xa3 | 0xa7 | 0xab);
            let inner: Vec<u8> = ids.iter().flat_map(|id| {
                let body = if kept(*id) { b"frame".to_vec() } else { of(*id, &[element(0xec, &secret)]) };
                element(*id, &body)
            }).collect();
            let told = film(&element(CLUSTER, &inner));
            let bare = stripped(MKV, &told).unwrap();
            prop_assert_eq!(bare.len(), told.len());
            prop_assert!(!has(&bare, b"Aigul"));
            let frames = |bytes: &[u8]| bytes.windows(5).filter(|w| w == b"frame").count();
            prop_assert_eq!(frames(&bare), frames(&told));
            prop_assert_eq!(stripped(MKV, &bare), Some(bare));
        }

        /// Bytes that are no film make no copy that could be one, and nothing is read beyond them.
        #[test]
        fn any_bytes_end_well(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let told = [head(), element(SEGMENT, &bytes)].concat();
            if let Some(bare) = stripped(MKV, &told) {
                prop_assert_eq!(bare.len(), told.len());
                prop_assert_eq!(stripped(MKV, &bare), Some(bare));
            }
        }
    }
}
