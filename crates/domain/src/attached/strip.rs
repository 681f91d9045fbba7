//! What a file tells beside what it shows – where and when it was made, with which device and program, by whom –
//! stays behind in the copy that goes to a body. How a picture is to be turned and its colours stay.

mod boxes;
mod flate;
mod gif;
mod jpeg;
mod matroska;
mod mp3;
mod office;
mod ogg;
mod pdf;
mod riff;
mod rtf;
mod tiff;
mod webp;
mod xml;
mod zip;

use super::sniff::{HEAD_BYTES, sniff, zipped};
use flate::Budget;

/// A copy without what the file tells beside what it shows; of other types the bytes as they are. `None` for a
/// file that cannot be read to its end, and for the older documents of an office, which keep names, folders and earlier
/// words in more places than anybody lists: what they carry cannot be told, so no copy is made.
#[must_use]
pub fn stripped(media_type: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    at(media_type, bytes, &mut Budget::new())
}

fn at(media_type: &str, bytes: &[u8], budget: &mut Budget) -> Option<Vec<u8>> {
    match media_type {
        "image/jpeg" => jpeg::jpeg(bytes),
        "image/png" => png(bytes),
        "image/gif" => gif::gif(bytes),
        "image/webp" => webp::webp(bytes),
        "image/tiff" => tiff::tiff(bytes),
        "image/heic" | "video/mp4" | "video/quicktime" | "audio/mp4" => boxes::boxes(bytes),
        "audio/wav" | "video/x-msvideo" => riff::riff(bytes),
        "audio/ogg" => ogg::ogg(bytes),
        "audio/mpeg" => mp3::mp3(bytes),
        "video/x-matroska" => matroska::matroska(bytes),
        "application/pdf" => pdf::pdf(bytes, budget),
        "application/rtf" => rtf::rtf(bytes, budget),
        "application/x-ole-storage" => None,
        "application/zip" => office::office(bytes, budget),
        other if zipped(other) => office::office(bytes, budget),
        _ => Some(bytes.to_vec()),
    }
}

/// A file within a file.
fn within(name: &str, bytes: &[u8], budget: &mut Budget) -> Option<Vec<u8>> {
    let media = sniff(bytes.get(..HEAD_BYTES).unwrap_or(bytes), name);
    budget.deeper(|budget| at(media, bytes, budget))
}

/// Chunk by chunk to the last one; what follows it is left out, too.
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    const HEAD: &[u8] = b"\x89PNG\r\n\x1a\n";
    const KEPT: [&[u8]; 16] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT",
        b"bKGD", b"pHYs", b"cICP", b"acTL", b"fcTL", b"fdAT",
    ];
    let mut out = HEAD.to_vec();
    let mut rest = bytes.strip_prefix(HEAD)?;
    loop {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?);
        let kind = rest.get(4..8)?;
        let whole = usize::try_from(length).ok()?.checked_add(12)?;
        let (chunk, later) = rest.split_at_checked(whole)?;
        if KEPT.contains(&kind) {
            out.extend(chunk);
        }
        if kind == b"IEND" {
            return Some(out);
        }
        rest = later;
    }
}

#[cfg(test)]
mod testing {
    /// The lowest bytes of a number, the smallest first.
    pub fn le(number: usize, bytes: usize) -> Vec<u8> {
        number.to_le_bytes()[..bytes].to_vec()
    }

    pub fn has(bytes: &[u8], what: &[u8]) -> bool {
        bytes.windows(what.len()).any(|w| w == what)
    }

    /// A zip of files that are not packed.
    pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for (name, bytes) in files {
            let mut crc = flate2::Crc::new();
            crc.update(bytes);
            let sum = le(usize::try_from(crc.sum()).unwrap(), 4);
            // Packing, time and day; sum and sizes; the name's length and that of more.
            let (size, long) = (le(bytes.len(), 4), le(name.len(), 2));
            let head = [&[20, 0, 0, 0, 0, 0, 9, 9, 9, 9], &sum[..], &size, &size, &long, &[0, 0]];
            let place = le(out.len(), 4);
            out.extend([b"PK\x03\x04", head.concat().as_slice(), name.as_bytes(), bytes].concat());
            directory.extend([b"PK\x01\x02\x14\0", head.concat().as_slice(), &[0; 10]].concat());
            directory.extend([place.as_slice(), name.as_bytes()].concat());
        }
        let count = le(files.len(), 2);
        let end = [le(directory.len(), 4), le(out.len(), 4)].concat();
        [&out, &directory, &b"PK\x05\x06\0\0\0\0"[..], &count, &count, &end, &[0, 0]].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::has;
    use super::*;

    #[test]
    fn a_drawing_keeps_what_is_drawn() {
        let chunk = |kind: &[u8; 4], body: &[u8]| {
            [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], kind, body, b"crc!"].concat()
        };
        let png = [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(b"IHDR", b"size"),
            chunk(b"tEXt", b"Author\0Aigul"),
            chunk(b"eXIf", b"GPS"),
            chunk(b"IDAT", b"drawn"),
            chunk(b"IEND", b""),
            b"Aigul".to_vec(),
        ]
        .concat();
        let copy = stripped("image/png", &png).unwrap();
        assert!(has(&copy, b"drawn") && has(&copy, b"IEND"));
        assert!(!has(&copy, b"Aigul") && !has(&copy, b"GPS"));
    }

    #[test]
    fn the_older_documents_are_not_given_nor_what_holds_one() {
        let (document, name) =
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Aigul, C:\\Users\\Aigul", "letter.doc");
        let media = sniff(document, name);
        assert_eq!(stripped(media, document), None, "{media}");
        // In an archive, and as a part of a document of today: an equation of the older editor, macros.
        let letter: [(&str, &[u8]); 3] = [
            ("[Content_Types].xml", b"<Types/>"),
            ("word/document.xml", b"<document/>"),
            ("word/embeddings/oleObject1.bin", document),
        ];
        for parts in [&[(name, document.as_slice())][..], &letter] {
            let whole = testing::zip(parts);
            assert_eq!(stripped("application/zip", &whole), None, "{name}");
        }
        assert!(stripped("application/zip", &testing::zip(&letter[..2])).is_some());
    }

    #[test]
    fn what_cannot_be_read_to_its_end_is_not_copied() {
        for (kind, bytes) in [
            ("image/jpeg", &b"\xff\xd8\xff\xe1\x00\x40cut"[..]),
            ("image/jpeg", b"\xff\xd8\xff\xe1\x00\x00"),
            ("image/jpeg", b"\xff\xd8\xff\xda\x00\x04hedata without an end"),
            ("image/png", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIDAT"),
            ("image/png", b"none"),
        ] {
            assert_eq!(stripped(kind, bytes), None, "{kind}");
        }
        assert_eq!(stripped("text/plain", b"words").as_deref(), Some(&b"words"[..]));
    }
}
