//! Sound as WAV and films as AVI: a RIFF of chunks. What is needed to hear or see it stays where it lies, because indices name
//! places in the file; in the place of everything else is room.

use std::ops::Range;

/// Room.
const ROOM: &[u8; 4] = b"JUNK";

enum What {
    Kept,
    /// A list that is looked into.
    Within,
    Gone,
}

/// What becomes of a chunk, by the form or list in which it lies; a list goes by its own name.
fn what(parent: [u8; 4], kind: [u8; 4]) -> What {
    match (&parent, &kind) {
        (b"WAVE", b"fmt " | b"fact" | b"data")
        // The film's and a track's head and packing, places for large files, shape of the picture.
        | (b"AVI ", b"idx1")
        | (b"hdrl", b"avih")
        | (b"strl", b"strh" | b"strf" | b"indx" | b"vprp")
        | (b"odml", b"dmlh") => What::Kept,
        (b"AVI ", b"hdrl" | b"movi") | (b"hdrl", b"strl" | b"odml") | (b"movi", b"rec ") => What::Within,
        // Number of the track, and whether it is picture, its colours or sound; or `ix` and the number.
        (b"movi" | b"rec ", [a, b, c, d]) => {
            let track = a.is_ascii_hexdigit() && b.is_ascii_hexdigit();
            let shown = track && matches!([*c, *d], [b'd', b'c' | b'b'] | [b'p', b'c'] | [b'w', b'b']);
            let index = (*a, *b) == (b'i', b'x') && c.is_ascii_hexdigit() && d.is_ascii_hexdigit();
            if shown || index { What::Kept } else { What::Gone }
        }
        _ => What::Gone,
    }
}

/// A copy of the same length. `None` for one that cannot be read to its end, or holds a track that is neither picture nor
/// sound.
pub(super) fn riff(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut copy = Copy { bytes, out: bytes.to_vec() };
    let form = copy.four(8)?;
    let mut at = 0;
    let mut next = form;
    // Behind a long film lie parts of their own.
    while copy.four(at) == Some(*b"RIFF") && copy.four(at + 8) == Some(next) {
        let end = copy.end(at, bytes.len())?;
        copy.within(if next == *b"AVIX" { *b"AVI " } else { form }, at.checked_add(12)?..end)?;
        at = end.checked_add((end - at) % 2)?.min(bytes.len());
        next = if form == *b"AVI " { *b"AVIX" } else { *b"    " };
    }
    // What follows belongs to nothing.
    copy.out.get_mut(at..)?.fill(0);
    matches!(&form, b"WAVE" | b"AVI ").then_some(copy.out)
}

struct Copy<'a> {
    bytes: &'a [u8],
    out: Vec<u8>,
}

impl Copy<'_> {
    fn four(&self, at: usize) -> Option<[u8; 4]> {
        self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()
    }

    /// Where the content of the chunk ends.
    fn end(&self, at: usize, most: usize) -> Option<usize> {
        let length = u32::from_le_bytes(self.four(at.checked_add(4)?)?);
        let end = at.checked_add(8)?.checked_add(usize::try_from(length).ok()?)?;
        (end <= most).then_some(end)
    }

    /// Chunk by chunk; as deep as the table above goes and no deeper.
    fn within(&mut self, parent: [u8; 4], at: Range<usize>) -> Option<()> {
        let mut next = at.start;
        while next < at.end {
            let (kind, end) = (self.four(next)?, self.end(next, at.end)?);
            let list = kind == *b"LIST";
            // A list of no name is one of nothing.
            let name = if list { self.four(next + 8).filter(|_| end - next >= 12) } else { None };
            let name = name.unwrap_or(kind);
            match what(parent, name) {
                What::Kept if !list => {
                    if name == *b"strh" {
                        let of = self.four(next + 8).filter(|_| end - next >= 12)?;
                        matches!(&of, b"vids" | b"auds").then_some(())?;
                    }
                }
                What::Within if list => self.within(name, next + 12..end)?,
                _ => {
                    self.out.get_mut(next..next + 4)?.copy_from_slice(ROOM);
                    self.out.get_mut(next + 8..end)?.fill(0);
                }
            }
            // One of an odd length is followed by a byte of room; some programs leave out the last.
            let padded = end.checked_add((end - next) % 2)?.min(at.end);
            self.out.get_mut(end..padded)?.fill(0);
            next = padded;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::has;
    use crate::attached::stripped;
    use proptest::prelude::*;

    fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        [kind, length.as_slice(), body, &[b'A'][..body.len() % 2]].concat()
    }

    fn list(kind: &[u8; 4], inner: &[Vec<u8>]) -> Vec<u8> {
        chunk(b"LIST", &[kind.to_vec(), inner.concat()].concat())
    }

    fn form(kind: &[u8; 4], inner: &[Vec<u8>]) -> Vec<u8> {
        chunk(b"RIFF", &[kind.to_vec(), inner.concat()].concat())
    }

    fn sound() -> Vec<u8> {
        form(
            b"WAVE",
            &[
                chunk(b"bext", b"Aigul, made on 2026-11-27"),
                chunk(b"fmt ", b"how it is packed"),
                list(b"INFO", &[chunk(b"IART", b"Aigul"), chunk(b"ISFT", b"Aigul's recorder")]),
                chunk(b"data", b"samples"),
                chunk(b"id3 ", b"ID3Aigul"),
                chunk(b"iXML", b"<Aigul/>"),
                chunk(b"JUNK", b"Aigul was here"),
            ],
        )
    }

    fn track(of: &[u8; 4]) -> Vec<u8> {
        let head = [of.as_slice(), b"the rest"].concat();
        list(
            b"strl",
            &[
                chunk(b"strh", &head),
                chunk(b"strf", b"packing"),
                chunk(b"strd", b"Aigul's camera"),
                chunk(b"strn", b"Aigul"),
            ],
        )
    }

    fn film(track: &[u8]) -> Vec<u8> {
        form(
            b"AVI ",
            &[
                list(
                    b"hdrl",
                    &[chunk(b"avih", b"film"), track.to_vec(), chunk(b"IDIT", b"Aigul 2026")],
                ),
                list(b"INFO", &[chunk(b"ICRD", b"Aigul")]),
                chunk(b"LIST", b"Aig"),
                list(
                    b"movi",
                    &[
                        chunk(b"00dc", b"picture"),
                        list(b"rec ", &[chunk(b"01wb", b"voice"), chunk(b"note", b"Aigul")]),
                        chunk(b"02tx", b"Aigul 53.28"),
                    ],
                ),
                chunk(b"idx1", b"places"),
            ],
        )
    }

    fn lies(bytes: &[u8], what: &[u8]) -> Option<usize> {
        bytes.windows(what.len()).position(|w| w == what)
    }

    #[test]
    fn sound_and_film_lie_where_they_lay_and_tell_nothing_else() {
        let heard: &[&[u8]] = &[b"how it is packed", b"samples"];
        let seen: &[&[u8]] = &[b"film", b"vids", b"packing", b"picture", b"voice", b"places"];
        for (media, told, there) in
            [("audio/wav", sound(), heard), ("video/x-msvideo", film(&track(b"vids")), seen)]
        {
            let bare = stripped(media, &told).unwrap();
            assert_eq!(bare.len(), told.len());
            assert!(!has(&bare, b"Aig") && !has(&bare, b"2026") && !has(&bare, b"53.28"));
            for what in there {
                assert_eq!(lies(&bare, what), lies(&told, what));
                assert!(lies(&bare, what).is_some());
            }
            assert_eq!(stripped(media, &bare).as_ref(), Some(&bare), "bare stays bare");
            let more = [told.as_slice(), b"Aigul behind"].concat();
            assert!(!has(&stripped(media, &more).unwrap(), b"Aigul"));
            for end in 0..told.len() - 1 {
                assert_eq!(stripped(media, &told[..end]), None, "cut at {end}");
            }
        }
    }

    #[test]
    fn a_long_film_goes_on_in_a_part_of_its_own() {
        let more =
            form(b"AVIX", &[list(b"movi", &[chunk(b"00dc", b"later"), chunk(b"xxxx", b"Aigul")])]);
        let told = [film(&track(b"vids")), more.clone()].concat();
        let bare = stripped("video/x-msvideo", &told).unwrap();
        assert!(has(&bare, b"later") && !has(&bare, b"Aigul") && bare.len() == told.len());
        // Behind a sound there is none.
        let bare = stripped("audio/wav", &[sound(), more].concat()).unwrap();
        assert!(!has(&bare, b"later") && !has(&bare, b"Aigul"));
    }

    #[test]
    fn a_track_of_something_else_is_not_given_away() {
        for (of, given) in [(b"vids", true), (b"auds", true), (b"txts", false), (b"mids", false)] {
            assert_eq!(stripped("video/x-msvideo", &film(&track(of))).is_some(), given);
        }
    }

    proptest! {
        /// Whatever lies in it and however deep: of a chunk that is not kept by name nothing is left.
        #[test]
        fn only_what_is_kept_by_name_is_left(
            kinds in proptest::collection::vec(prop::sample::select(vec![
                *b"fmt ", *b"data", *b"fact", *b"LIST", *b"bext", *b"00dc", *b"strh", *b"movi", *b"RIFF",
            ]), 0..10),
            long in 0..40_usize,
            bytes in proptest::collection::vec(any::<u8>(), 0..120),
        ) {
            let secret = [b"hdrlAigul ".as_slice(), &vec![b'x'; long]].concat();
            let kept = |kind: &[u8; 4]| matches!(kind, b"fmt " | b"data" | b"fact");
            let inner: Vec<_> =
                kinds.iter().map(|kind| chunk(kind, if kept(kind) { b"heard" } else { &secret })).collect();
            let told = form(b"WAVE", &inner);
            let bare = stripped("audio/wav", &told).unwrap();
            prop_assert!(!has(&bare, b"Aigul"));
            let count = |bytes: &[u8]| bytes.windows(5).filter(|w| w == b"heard").count();
            prop_assert_eq!(count(&bare), count(&told));
            prop_assert_eq!(stripped("audio/wav", &bare), Some(bare));
            // Bytes that are no chunks end well, too.
            for (media, kind) in [("audio/wav", b"WAVE"), ("video/x-msvideo", b"AVI ")] {
                let told = form(kind, std::slice::from_ref(&bytes));
                if let Some(bare) = stripped(media, &told) {
                    prop_assert_eq!(bare.len(), told.len());
                    prop_assert_eq!(stripped(media, &bare), Some(bare));
                }
            }
        }
    }
}
