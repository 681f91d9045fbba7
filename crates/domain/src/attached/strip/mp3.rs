//! MP3 (ISO/IEC 11172-3, 13818-3): frames of sound, each with a head that tells its length, and before, between and behind them
//! what programs put there: ID3 of either version, APE, words of songs. Only the frames are copied.

/// Kilobits in a second by the number in the head, of version 1 and of the later ones.
const RATES: [[usize; 15]; 2] = [
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
/// Samples in a second, of version 1; of the second half as many, of 2.5 a quarter.
const SAMPLES: [usize; 3] = [44_100, 48_000, 32_000];
/// A copy of nothing but frames that are alike; a last one that is cut off stays behind. `None` for what has none.
pub(super) fn mp3(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut at, mut like, mut end) = (0, None, None);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        at += if let Some(tag) = tag(rest) {
            tag
        } else if let Some((kind, frame)) = frame(rest, like, end == Some(at)) {
            like = Some(kind);
            out.extend(frame);
            end = at.checked_add(frame.len());
            frame.len()
        } else {
            1
        };
    }
    (!out.is_empty()).then_some(out)
}

/// The length of a tag that begins here.
fn tag(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(b"ID3") {
        // Seven bits of each byte; the flag of a foot, which is as long as the head.
        let size = bytes.get(6..10)?.iter().fold(0, |n, b| n << 7 | usize::from(b & 0x7f));
        return Some(10 + size + if bytes.get(5)? & 0x10 == 0 { 0 } else { 10 });
    }
    if bytes.starts_with(b"APETAGEX") {
        let size = usize::try_from(u32::from_le_bytes(bytes.get(12..16)?.try_into().ok()?)).ok()?;
        // The head is not counted; behind a foot nothing more belongs to it.
        return size.checked_mul(usize::from(bytes.get(23)? >> 5 & 1))?.checked_add(32);
    }
    None
}

/// What two frames of the same sound have alike in their heads, and the length of the one whose head this is. A rate that only
/// the program knew has none.
fn head(bytes: &[u8]) -> Option<([u8; 2], usize)> {
    let [0xff, second, third, _, ..] = *bytes else { return None };
    // Version 1, 2 or 2.5; layer III.
    let version = second >> 3 & 3;
    (second & 0xe6 == 0xe2 && version != 1).then_some(())?;
    let rate = *RATES.get(usize::from(version != 3))?.get(usize::from(third >> 4))?;
    let samples = SAMPLES.get(usize::from(third >> 2 & 3))?;
    let (samples, bits) = match version {
        3 => (*samples, 144_000),
        2 => (samples / 2, 72_000),
        _ => (samples / 4, 72_000),
    };
    (rate > 0).then_some((
        [second & 0xfe, third & 0x0c],
        bits * rate / samples + usize::from(third >> 1 & 1),
    ))
}

/// The frame that begins here, whole, and what it has alike with the next. It is one right behind another, or when another
/// follows, or a tag, or the end: its first bytes alone are found in any picture of a cover.
fn frame(bytes: &[u8], like: Option<[u8; 2]>, behind: bool) -> Option<([u8; 2], &[u8])> {
    let (kind, length) = head(bytes)?;
    let (frame, after) = bytes.split_at_checked(length)?;
    let sure = behind
        || after.is_empty()
        || head(after).is_some_and(|(next, _)| next == kind)
        || [&b"ID3"[..], b"TAG", b"APETAGEX", b"LYRICSBEGIN"].iter().any(|t| after.starts_with(t));
    (sure && like.is_none_or(|like| like == kind)).then_some((kind, frame))
}

#[cfg(test)]
mod tests {
    use super::super::testing::has;
    use crate::attached::stripped;
    use proptest::prelude::*;

    const MP3: &str = "audio/mpeg";

    /// A frame of 128 kbit/s and 44.1 kHz, longer by one when it is padded.
    fn frame(fill: u8, padded: bool) -> Vec<u8> {
        let mut out = vec![0xff, 0xfb, 0x90 | u8::from(padded) << 1, 0xc4];
        out.resize(417 + usize::from(padded), fill);
        out
    }

    fn frames() -> Vec<u8> {
        [frame(1, false), frame(2, true), frame(3, false)].concat()
    }

    fn id3(body: &[u8], foot: bool) -> Vec<u8> {
        let long = body.len();
        let size = [long >> 21, long >> 14 & 127, long >> 7 & 127, long & 127]
            .map(|b| u8::try_from(b).unwrap());
        let head = [b"ID3\x04\0".as_slice(), &[u8::from(foot) << 4], &size].concat();
        let foot = if foot { [b"3DI", &head[3..]].concat() } else { Vec::new() };
        [head, body.to_vec(), foot].concat()
    }

    fn ape(items: &[u8], with_head: bool) -> Vec<u8> {
        let size = u32::try_from(items.len() + 32).unwrap().to_le_bytes();
        let end = |flags: u8| {
            [b"APETAGEX\xd0\x07\0\0".as_slice(), &size, &[1, 0, 0, 0, 0, 0, 0, flags], &[0; 8]]
                .concat()
        };
        let head = if with_head { end(0xa0) } else { Vec::new() };
        [head, items.to_vec(), end(0x80)].concat()
    }

    #[test]
    fn a_recording_is_heard_as_before_and_tells_nothing_else() {
        // As long as the tables of the standard say: rates and samples of all three versions.
        for (head, long) in [
            ([0xff, 0xfb, 0x90, 0], Some(417)),
            ([0xff, 0xfb, 0xe2, 0], Some(1045)),
            ([0xff, 0xf3, 0x80, 0], Some(208)),
            ([0xff, 0xe3, 0x18, 0], Some(72)),
            ([0xff, 0xfb, 0x00, 0], None),
            ([0xff, 0xfb, 0xf0, 0], None),
            ([0xff, 0xfb, 0x9c, 0], None),
            ([0xff, 0xeb, 0x90, 0], None),
            ([0xff, 0xfd, 0x90, 0], None),
            ([0xff, 0xe0, 0x90, 0], None),
        ] {
            assert_eq!(super::head(&head).map(|(_, long)| long), long, "{head:x?}");
        }
        let old = [b"TAGAigul".as_slice(), &[0; 120]].concat();
        // A picture of the cover with what looks like a frame.
        let cover = [b"APIC Aigul ".as_slice(), &frames(), &[0; 40]].concat();
        for (before, behind) in [
            (id3(b"TPE1 Aigul", false), old.clone()),
            (id3(&cover, true), ape(b"Artist\0Aigul", true)),
            (
                [id3(&cover, false), id3(b"Aigul", false)].concat(),
                [ape(b"Aigul", false), old].concat(),
            ),
            (ape(&cover, true), b"LYRICSBEGINAigul000011LYRICS200".to_vec()),
            (Vec::new(), id3(&cover, false)),
            (Vec::new(), id3(b"Aigul", false)[..12].to_vec()),
        ] {
            let told = [
                before,
                frame(1, false),
                id3(b"Aigul between", false),
                frame(2, true),
                frame(3, false),
                behind,
            ]
            .concat();
            assert_eq!(stripped(MP3, &told), Some(frames()));
        }
        assert_eq!(stripped(MP3, &frames()), Some(frames()), "bare stays bare");
        // The last one is cut off; another kind of sound is none of this.
        let cut = frames();
        assert_eq!(
            stripped(MP3, &cut[..cut.len() - 9]),
            Some([frame(1, false), frame(2, true)].concat())
        );
        let mut other = frames();
        other.extend([0xff, 0xf3, 0x90, 0xc4]);
        other.resize(other.len() + 300, b'A');
        assert_eq!(stripped(MP3, &other), Some(frames()));
        for none in [&b""[..], b"ID3", b"Aigul", &id3(&cover, false), &frame(1, false)[..200]] {
            assert_eq!(stripped(MP3, none), None);
        }
    }

    proptest! {
        /// What lies before, between and behind frames is not copied, and bare stays bare.
        #[test]
        fn only_frames_are_left(
            parts in proptest::collection::vec((any::<bool>(), proptest::collection::vec(0..=0xfe_u8, 0..60)), 0..8),
            bytes in proptest::collection::vec(any::<u8>(), 0..600),
        ) {
            let told: Vec<u8> =
                parts.iter().flat_map(|(plain, junk)| [if *plain { junk.clone() } else { id3(junk, false) }, frame(9, true)].concat()).collect();
            if let Some(bare) = stripped(MP3, &told) {
                prop_assert!(bare.chunks(418).all(|one| one == frame(9, true)));
                prop_assert!(has(&bare, &frame(9, true)));
            }
            if let Some(bare) = stripped(MP3, &bytes) {
                prop_assert!(bare.len() <= bytes.len());
                prop_assert_eq!(stripped(MP3, &bare), Some(bare));
            }
        }
    }
}
