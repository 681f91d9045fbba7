//! TIFF 6.0: directories of tags that point into the file by offsets. Into an empty copy of the same length goes
//! what is needed to see the pages, and every offset stays what it was.

use super::jpeg;
use std::ops::Range;

/// What the pages are drawn from. Where and when, with what and by whom is told by others – Exif, GPS, XMP, IPTC,
/// the maker's and the program's own, the place of a map – and none of them is needed.
const KEPT: &[(u16, u16)] = &[
    (254, 259),
    (262, 266),
    (273, 274),
    (277, 284),
    (290, 293),
    (296, 297),
    (301, 301),
    (317, 325),
    (330, 330),
    (332, 332),
    (334, 334),
    (336, 336),
    (338, 342),
    (347, 347),
    (529, 532),
    // Colours (ICC).
    (34675, 34675),
];
/// Ways to pack a page that are read here and by every viewer: none, fax, LZW, JPEG, Deflate, packed bits,
/// Zstandard, WebP. A camera's own raw data is worth nothing without its notes, and they tell everything.
const PACKED: [usize; 12] = [1, 2, 3, 4, 5, 7, 8, 32773, 32946, 34925, 50000, 50001];
/// More tags than any scanner writes; a file with more is not read to its end.
const MOST: usize = 100_000;

/// Page by page; `None` where the directories cannot be followed.
pub(super) fn tiff(bytes: &[u8]) -> Option<Vec<u8>> {
    let big = match bytes.get(..4)? {
        b"MM\0\x2a" => true,
        b"II\x2a\0" => false,
        _ => return None,
    };
    let mut copy = Copy {
        bytes,
        big,
        out: vec![0; bytes.len()],
        // Pages may share a table or a profile; one that names the same bytes again and again must not cost more.
        left: bytes.len().checked_mul(2)?,
        tags: 0,
        ranges: Vec::new(),
        pictures: Vec::new(),
    };
    copy.keep(0..8)?;
    let mut first = copy.number(4, 4)?;
    while first != 0 {
        first = copy.directory(first, 0)?;
    }
    copy.apart()?;
    for picture in std::mem::take(&mut copy.pictures) {
        jpeg::blank(copy.out.get_mut(picture)?)?;
    }
    Some(copy.out)
}

/// A copy while it is made.
struct Copy<'a> {
    bytes: &'a [u8],
    big: bool,
    out: Vec<u8>,
    /// Bytes that may still be copied.
    left: usize,
    /// Tags and directories read so far: a chain that comes back has no end.
    tags: usize,
    /// What was copied, and what tells something and stays behind.
    ranges: Vec<(Range<usize>, bool)>,
    /// Strips and tiles that are JPEGs of their own.
    pictures: Vec<Range<usize>>,
}

/// One tag: which, of what type and how many, where the entry and where its values lie.
struct Tag {
    tag: u16,
    width: usize,
    count: usize,
    entry: usize,
    values: Range<usize>,
}

impl Copy<'_> {
    fn number(&self, at: usize, size: usize) -> Option<usize> {
        let told = self.bytes.get(at..at.checked_add(size)?)?;
        let add = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        Some(if self.big { told.iter().fold(0, add) } else { told.iter().rev().fold(0, add) })
    }

    fn keep(&mut self, what: Range<usize>) -> Option<()> {
        self.left = self.left.checked_sub(what.len())?;
        self.out.get_mut(what.clone())?.copy_from_slice(self.bytes.get(what.clone())?);
        self.ranges.push((what, true));
        Some(())
    }

    /// Nothing that was copied reaches into anything else: data that claim to be longer than they are would take
    /// along what the tags tell. Pages may share the very same bytes.
    fn apart(&mut self) -> Option<()> {
        self.ranges.retain(|(range, _)| !range.is_empty());
        self.ranges.sort_by_key(|(range, kept)| (range.start, range.end, *kept));
        self.ranges.dedup();
        let (mut copied, mut told) = (0, 0);
        for (range, kept) in &self.ranges {
            (range.start >= copied && (!kept || range.start >= told)).then_some(())?;
            let end = if *kept { &mut copied } else { &mut told };
            *end = range.end.max(*end);
        }
        Some(())
    }

    fn write(&mut self, at: usize, value: u16) -> Option<()> {
        let two = if self.big { value.to_be_bytes() } else { value.to_le_bytes() };
        self.out.get_mut(at..at.checked_add(2)?)?.copy_from_slice(&two);
        Some(())
    }

    fn tag(&self, entry: usize) -> Option<Tag> {
        let tag = u16::try_from(self.number(entry, 2)?).ok()?;
        let count = self.number(entry + 4, 4)?;
        let width: usize = match self.number(entry + 2, 2)? {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            // What nobody knows has no length; it stays behind, unless it is needed.
            _ if kept(tag) => return None,
            _ => 0,
        };
        let length = width.checked_mul(count)?;
        let from = if length <= 4 { entry + 8 } else { self.number(entry + 8, 4)? };
        Some(Tag { tag, width, count, entry, values: from..from.checked_add(length)? })
    }

    fn values(&self, of: &Tag) -> impl Iterator<Item = Option<usize>> {
        let (width, from) = (of.width, of.values.start);
        (0..of.count).map(move |n| self.number(from.checked_add(n.checked_mul(width)?)?, width))
    }

    /// A page; tells where the next directory is. `depth`: pages within pages.
    fn directory(&mut self, at: usize, depth: usize) -> Option<usize> {
        (depth < 4).then_some(())?;
        let count = self.number(at, 2)?;
        self.tags += 1 + count;
        (self.tags <= MOST).then_some(())?;
        let end = at.checked_add(2 + 12 * count)?;
        let next = self.number(end, 4)?;
        self.ranges.push((at..end + 4, true));
        let mut page = Vec::new();
        for n in 0..count {
            let tag = self.tag(at + 2 + 12 * n)?;
            if kept(tag.tag) {
                page.push(tag);
            } else if tag.values.start != tag.entry + 8 {
                self.ranges.push((tag.values, false));
            }
        }
        // Those that stay close ranks; behind them the place of the next page.
        let mut to = at + 2;
        for tag in &page {
            let inside = tag.values.start == tag.entry + 8;
            self.left = self.left.checked_sub(12)?;
            let used = if inside { 8 + tag.values.len() } else { 12 };
            let from = self.bytes.get(tag.entry..tag.entry + used)?;
            self.out.get_mut(to..to + used)?.copy_from_slice(from);
            if !inside {
                self.keep(tag.values.clone())?;
            }
            to += 12;
        }
        self.write(at, u16::try_from(page.len()).ok()?)?;
        self.out.get_mut(to..to + 4)?.copy_from_slice(self.bytes.get(end..end + 4)?);
        self.data(&page)?;
        if let Some(within) = page.iter().find(|t| t.tag == 330) {
            let within: Vec<_> = self.values(within).collect();
            for directory in within {
                self.directory(directory?, depth + 1)?;
            }
        }
        Some(next)
    }

    /// What a page is drawn from, strip by strip or tile by tile.
    fn data(&mut self, page: &[Tag]) -> Option<()> {
        let find = |tag: u16| page.iter().find(|t| t.tag == tag);
        let value = |tag: u16| find(tag).and_then(|t| self.values(t).next().flatten());
        let packed = value(259).unwrap_or(1);
        PACKED.contains(&packed).then_some(())?;
        // Colour filter and linear: the raw data of cameras.
        (!matches!(value(262), Some(32803 | 34892))).then_some(())?;
        for (places, lengths) in [(273, 279), (324, 325)] {
            let (Some(places), Some(lengths)) = (find(places), find(lengths)) else {
                // Without its length nobody knows where it ends.
                find(places).is_none().then_some(())?;
                continue;
            };
            (places.count == lengths.count).then_some(())?;
            let pieces: Vec<_> = self.values(places).zip(self.values(lengths)).collect();
            for (from, length) in pieces {
                let from = from?;
                let piece = from..from.checked_add(length?)?;
                if packed == 7 && !piece.is_empty() {
                    self.pictures.push(piece.clone());
                }
                self.keep(piece)?;
            }
        }
        Some(())
    }
}

fn kept(tag: u16) -> bool {
    KEPT.iter().any(|(from, to)| (*from..=*to).contains(&tag))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{has, le};
    use crate::attached::stripped;

    const ENTRIES: usize = 13;
    /// Where values begin that do not fit into an entry.
    const VALUES: usize = 8 + 2 + 12 * ENTRIES + 4;

    /// A page of four grey dots, as a telephone's scanner writes it. `next`: the directory behind the first one.
    fn page(next: usize, strip: (usize, usize)) -> Vec<u8> {
        let values = b"Kokshetau\0 Aigul's Galaxy\0PICTURE!GPS 53.28,69.39\0<x>Aigul</x>\0";
        let at = |what: &[u8]| VALUES + values.windows(what.len()).position(|w| w == what).unwrap();
        let mut out = [&b"II\x2a\0"[..], &le(8, 4), &le(ENTRIES, 2)].concat();
        for (tag, kind, count, value) in [
            (256, 3, 1, 2),
            (257, 3, 1, 2),
            (258, 3, 1, 8),
            (259, 3, 1, 1),
            (262, 3, 1, 1),
            (270, 2, 10, at(b"Kokshetau")),
            (272, 2, 15, at(b"Aigul's")),
            (273, 4, 1, strip.0),
            (274, 3, 1, 6),
            (279, 4, 1, strip.1),
            // The year, told within the entry.
            (306, 2, 4, usize::from_le_bytes(*b"1999\0\0\0\0")),
            (700, 1, 13, at(b"<x>")),
            (34853, 4, 1, at(b"GPS")),
        ] {
            out.extend([le(tag, 2), le(kind, 2), le(count, 4), le(value, 4)].concat());
        }
        out.extend(le(next, 4));
        out.extend(values);
        out
    }

    fn picture() -> usize {
        VALUES + b"Kokshetau\0 Aigul's Galaxy\0".len()
    }

    #[test]
    fn a_scan_keeps_its_page_where_it_lay_and_tells_nothing_else() {
        let told = page(0, (picture(), 8));
        let bare = stripped("image/tiff", &told).unwrap();
        assert_eq!(bare.len(), told.len());
        assert_eq!(&bare[picture()..picture() + 8], b"PICTURE!", "strips stay where they are");
        for gone in ["Kokshetau", "Aigul", "GPS", "1999", "<x>"] {
            assert!(!has(&bare, gone.as_bytes()), "{gone}");
        }
        assert_eq!(&bare[8..10], [8, 0], "of thirteen tags eight are left");
        assert!(has(&bare, &[0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0]), "it would lie on its side");
        assert_eq!(stripped("image/tiff", &bare).as_ref(), Some(&bare), "bare stays bare");
    }

    #[test]
    fn a_scan_that_points_astray_is_not_given() {
        let whole = page(0, (picture(), 8));
        for end in 0..VALUES {
            assert_eq!(stripped("image/tiff", &whole[..end]), None, "cut at {end}");
        }
        // A directory that leads back to itself; data behind the end; data that reach into what is told, and into
        // the directory itself.
        for (next, strip) in [
            (8, (picture(), 8)),
            (0, (usize::from(u16::MAX), 8)),
            (0, (picture() - 20, 30)),
            (0, (picture(), 30)),
            (0, (8, 8)),
        ] {
            assert_eq!(stripped("image/tiff", &page(next, strip)), None, "{next} {strip:?}");
        }
        // A chain of directories that hold nothing.
        assert_eq!(stripped("image/tiff", b"II\x2a\0\x08\0\0\0\0\0\x08\0\0\0"), None);
        // A camera's raw data, and a way to pack nobody knows.
        let at = 8 + 2;
        for (entry, value) in [(4, 32803), (3, 34713), (3, 6)] {
            let mut other = whole.clone();
            other[at + entry * 12 + 8..][..2].copy_from_slice(&le(value, 2));
            assert_eq!(stripped("image/tiff", &other), None, "{value}");
        }
    }

    /// A directory that says so is long names the same table on every page.
    #[test]
    fn a_file_that_names_the_same_bytes_again_and_again_costs_no_more_than_its_length() {
        let (pages, shared) = (2_000, 2_000_000);
        let table = 8 + pages * 18;
        let mut out = [&b"II\x2a\0"[..], &le(8, 4)].concat();
        for n in 1..=pages {
            let next = if n == pages { 0 } else { 8 + 18 * n };
            let entry = [le(320, 2), le(1, 2), le(shared, 4), le(table, 4)].concat();
            out.extend([le(1, 2), entry, le(next, 4)].concat());
        }
        out.resize(table + shared, 7);
        // 4 GB would be copied.
        let before = std::time::Instant::now();
        assert_eq!(stripped("image/tiff", &out), None);
        assert!(before.elapsed().as_millis() < 500, "{:?}", before.elapsed());
    }
}
