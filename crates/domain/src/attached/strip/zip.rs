//! Zip: what its directory names, and nothing that lies between. Written anew without times, comments and the
//! fields in which a system notes whose file it was.

use super::flate::{Budget, deflate};
use flate2::Crc;
use std::collections::BTreeSet;

/// More files than any office writes into one document.
const MOST: usize = 20_000;
const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// Flags: enciphered, in two ways; the name is UTF-8.
const SECRET: usize = 0x2041;
const UTF8: usize = 0x0800;
/// 1 January 1980: the first day a zip knows.
const NO_DAY: u16 = 0x0021;

/// A file within it, as it lies there.
pub(super) struct Entry<'a> {
    pub(super) name: String,
    raw: &'a [u8],
    utf8: bool,
    deflated: bool,
    packed: &'a [u8],
    crc: u32,
    bytes: usize,
}

fn number(bytes: &[u8], at: usize, size: usize) -> Option<usize> {
    let told = bytes.get(at..at.checked_add(size)?)?;
    Some(told.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

/// Every file the directory names. `None` for what is enciphered, packed otherwise, in more than one piece, over
/// 4 GiB, or named twice.
pub(super) fn entries(bytes: &[u8]) -> Option<Vec<Entry<'_>>> {
    // The end stands behind everything but a comment of at most 64 KiB.
    let from = bytes.len().saturating_sub(22 + 0xffff);
    let end = from + bytes.get(from..)?.windows(4).rposition(|w| w == END)?;
    let count = number(bytes, end + 10, 2)?;
    (number(bytes, end + 4, 4)? == 0 && count <= MOST).then_some(())?;
    let mut at = number(bytes, end + 16, 4)?;
    let mut names = BTreeSet::new();
    let mut out = Vec::with_capacity(count);
    for _ in 0..count {
        (bytes.get(at..at.checked_add(4)?)? == CENTRAL).then_some(())?;
        let flags = number(bytes, at + 8, 2)?;
        let packing = number(bytes, at + 10, 2)?;
        let crc = u32::try_from(number(bytes, at + 16, 4)?).ok()?;
        let (packed, plain) = (number(bytes, at + 20, 4)?, number(bytes, at + 24, 4)?);
        let (name, more, note) =
            (number(bytes, at + 28, 2)?, number(bytes, at + 30, 2)?, number(bytes, at + 32, 2)?);
        let place = number(bytes, at + 42, 4)?;
        let raw = bytes.get(at + 46..at + 46 + name)?;
        (flags & SECRET == 0 && [0, 8].contains(&packing) && names.insert(raw)).then_some(())?;
        (bytes.get(place..place.checked_add(4)?)? == LOCAL).then_some(())?;
        let data = place + 30 + number(bytes, place + 26, 2)? + number(bytes, place + 28, 2)?;
        out.push(Entry {
            name: String::from_utf8_lossy(raw).into_owned(),
            raw,
            utf8: flags & UTF8 != 0,
            deflated: packing == 8,
            packed: bytes.get(data..data.checked_add(packed)?)?,
            crc,
            bytes: plain,
        });
        at += 46 + name + more + note;
    }
    Some(out)
}

impl Entry<'_> {
    /// Its bytes; `None` when they are not what the directory tells.
    pub(super) fn plain(&self, budget: &mut Budget) -> Option<Vec<u8>> {
        // Many names may lead to the same bytes, which are written once for each.
        budget.spend(self.packed.len())?;
        let out = if self.deflated { budget.inflate(self.packed)? } else { self.packed.to_vec() };
        let mut crc = Crc::new();
        crc.update(&out);
        (out.len() == self.bytes && crc.sum() == self.crc).then_some(out)
    }
}

/// A zip being written.
#[derive(Default)]
pub(super) struct Writer {
    out: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Writer {
    /// One more file, with other bytes or as it lies there.
    pub(super) fn put(&mut self, entry: &Entry<'_>, changed: Option<&[u8]>) -> Option<()> {
        let (packed, crc, bytes) = match changed {
            None => (entry.packed.to_vec(), entry.crc, entry.bytes),
            Some(plain) => {
                let mut crc = Crc::new();
                crc.update(plain);
                let packed = if entry.deflated { deflate(plain)? } else { plain.to_vec() };
                (packed, crc.sum(), plain.len())
            }
        };
        let mut head = Vec::new();
        let flags = if entry.utf8 { 0x0800u16 } else { 0 };
        for two in [20, flags, if entry.deflated { 8 } else { 0 }, 0, NO_DAY] {
            head.extend(two.to_le_bytes());
        }
        head.extend(crc.to_le_bytes());
        head.extend(u32::try_from(packed.len()).ok()?.to_le_bytes());
        head.extend(u32::try_from(bytes).ok()?.to_le_bytes());
        head.extend(u16::try_from(entry.raw.len()).ok()?.to_le_bytes());
        head.extend([0; 2]);
        let place = u32::try_from(self.out.len()).ok()?;
        self.out.extend(LOCAL);
        self.out.extend(&head);
        self.out.extend(entry.raw);
        self.out.extend(packed);
        self.directory.extend(CENTRAL);
        self.directory.extend([20, 0]);
        self.directory.extend(head);
        self.directory.extend([0; 10]);
        self.directory.extend(place.to_le_bytes());
        self.directory.extend(entry.raw);
        self.count += 1;
        Some(())
    }

    pub(super) fn done(mut self) -> Option<Vec<u8>> {
        let place = u32::try_from(self.out.len()).ok()?;
        let length = u32::try_from(self.directory.len()).ok()?;
        self.out.extend(self.directory);
        self.out.extend(END);
        self.out.extend([0; 4]);
        self.out.extend(self.count.to_le_bytes());
        self.out.extend(self.count.to_le_bytes());
        self.out.extend(length.to_le_bytes());
        self.out.extend(place.to_le_bytes());
        self.out.extend([0; 2]);
        Some(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::flate::{Budget, deflate};
    use super::super::testing::{has, le, zip};
    use super::super::{at, stripped};

    const ZIP: &str = "application/zip";

    fn place(bytes: &[u8], what: &[u8]) -> usize {
        bytes.windows(what.len()).position(|w| w == what).unwrap()
    }

    #[test]
    fn an_archive_keeps_its_files_and_loses_whose_they_were() {
        let photo = b"GIF89a\x0a\0\x0a\0\0\0\0\x21\xfe\x05Aigul\0\x3b";
        let told = zip(&[("a/", b""), ("a/note.txt", b"words"), ("photo.gif", photo)]);
        let mut told = [&told[..told.len() - 2], b"\x05\0Aigul"].concat();
        let bare = stripped(ZIP, &told).unwrap();
        assert!(!has(&bare, b"Aigul") && has(&bare, b"words") && has(&bare, b"a/note.txt"));
        assert!(!has(&bare, &[9, 9, 9, 9]), "when it was packed");
        assert_eq!(stripped(ZIP, &bare).as_ref(), Some(&bare), "bare stays bare");
        for end in 0..told.len() - 8 {
            assert_eq!(stripped(ZIP, &told[..end]), None, "cut at {end}");
        }
        // Another sum; an enciphered file; another way to pack.
        let directory = place(&told, b"PK\x01\x02");
        for (at, byte) in [(16, 0xff), (8, 1), (10, 99)] {
            let before = std::mem::replace(&mut told[directory + at], byte);
            assert_eq!(stripped(ZIP, &told), None, "byte {at}");
            told[directory + at] = before;
        }
    }

    #[test]
    fn a_name_that_stands_twice_may_be_either() {
        assert!(stripped(ZIP, &zip(&[("a", b"1"), ("b", b"2")])).is_some());
        assert_eq!(stripped(ZIP, &zip(&[("a", b"1"), ("a", b"2")])), None);
    }

    #[test]
    fn zips_within_zips_are_followed_three_deep() {
        let mut deep = zip(&[]);
        for level in 0..6 {
            assert_eq!(stripped(ZIP, &deep).is_some(), level <= 3, "{level}");
            deep = zip(&[("more.zip", &deep)]);
        }
    }

    /// One file, packed; `behind` stand so many bytes behind the end of what is packed.
    fn packed(plain: &[u8], behind: usize) -> Vec<u8> {
        let whole = zip(&[("a.txt", plain)]);
        let mut packed = deflate(plain).unwrap();
        packed.resize(packed.len() + behind, 7);
        let data = place(&whole, b"a.txt") + 5;
        let mut out = [&whole[..data], &packed, &whole[data + plain.len()..]].concat();
        let directory = place(&out, b"PK\x01\x02");
        for at in [8, directory + 10] {
            out[at] = 8;
        }
        for at in [18, directory + 20] {
            out[at..at + 4].copy_from_slice(&le(packed.len(), 4));
        }
        let end = place(&out, b"PK\x05\x06");
        out[end + 16..end + 20].copy_from_slice(&le(directory, 4));
        out
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let plain = vec![b' '; 100_000];
        let bomb = packed(&plain, 0);
        assert!(bomb.len() < 500);
        assert_eq!(at(ZIP, &bomb, &mut Budget::of(90_000)), None);
        assert!(at(ZIP, &bomb, &mut Budget::of(101_000)).is_some());
        // Two within one have one budget.
        let two = zip(&[("1.zip", &bomb), ("2.zip", &bomb)]);
        assert_eq!(at(ZIP, &two, &mut Budget::of(150_000)), None);
        assert!(at(ZIP, &two, &mut Budget::of(250_000)).is_some());
        // What is behind the end of what is packed was never unpacked.
        assert_eq!(stripped(ZIP, &packed(&plain, 3)), None);
    }

    #[test]
    fn a_zip_that_names_the_same_bytes_again_and_again_costs_no_more() {
        let mut one = zip(&[("0", &[7; 1_000_000])]);
        let directory = place(&one, b"PK\x01\x02");
        let entry = one[directory..directory + 47].to_vec();
        one.truncate(directory);
        for n in 1..=100u8 {
            let mut entry = entry.clone();
            entry[46] = n;
            one.extend(entry);
        }
        let end = [le(100, 2), le(100, 2), le(4700, 4), le(directory, 4)].concat();
        one.extend([b"PK\x05\x06\0\0\0\0", end.as_slice(), &[0, 0]].concat());
        assert_eq!(at(ZIP, &one, &mut Budget::of(50_000_000)), None);
        assert!(at(ZIP, &one, &mut Budget::of(300_000_000)).is_some());
    }
}
