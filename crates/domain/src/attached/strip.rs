//! What a picture tells beside the picture – where and when it was taken, with which device, by whom – stays
//! behind in the copy that goes to a body. How it is to be turned and its colours stay.

mod boxes;
mod webp;

/// A copy without what the picture tells beside itself; of other types the bytes as they are. `None` for a
/// picture that cannot be read to its end: what it carries cannot be told, so no copy is made.
#[must_use]
pub fn stripped(media_type: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match media_type {
        "image/jpeg" => jpeg(bytes),
        "image/png" => png(bytes),
        "image/webp" => webp::webp(bytes),
        "image/heic" | "video/mp4" | "video/quicktime" => boxes::boxes(bytes),
        _ => Some(bytes.to_vec()),
    }
}

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const COMMENT: u8 = 0xfe;

/// Segment by segment, through every scan, to the end of the picture; what follows it is left out, too.
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.strip_prefix(&[0xff, SOI])?;
    out.extend([0xff, SOI]);
    loop {
        rest = rest.strip_prefix(&[0xff])?;
        // Any number of 0xff may stand before a marker.
        while let Some(later) = rest.strip_prefix(&[0xff]) {
            rest = later;
        }
        let (&marker, after) = rest.split_first()?;
        if marker == EOI {
            out.extend([0xff, EOI]);
            return Some(out);
        }
        let length = usize::from(u16::from_be_bytes([*after.first()?, *after.get(1)?]));
        let (segment, later) = after.split_at_checked(length)?;
        let body = segment.get(2..)?;
        match marker {
            0xe1 => out.extend(turned(body).into_iter().flatten()),
            0xe0..=0xef if !kept(marker, body) => {}
            COMMENT => {}
            _ => {
                out.extend([0xff, marker]);
                out.extend(segment);
            }
        }
        rest = later;
        if marker == SOS {
            let end = scan_end(rest)?;
            let (scan, later) = rest.split_at(end);
            out.extend(scan);
            rest = later;
        }
    }
}

/// Colours depend on these; nothing else of the applications' segments is needed to see the picture.
fn kept(marker: u8, body: &[u8]) -> bool {
    match marker {
        0xe0 => body.starts_with(b"JFIF\0"),
        0xe2 => body.starts_with(b"ICC_PROFILE\0"),
        0xee => body.starts_with(b"Adobe"),
        _ => false,
    }
}

/// Where the picture's data end: at the next marker that is none of the data's own.
fn scan_end(data: &[u8]) -> Option<usize> {
    data.windows(2).position(|w| matches!(w, [0xff, m] if !matches!(m, 0x00 | 0xd0..=0xd7 | 0xff)))
}

/// A segment that says only how the picture is to be turned, when it is to be.
fn turned(exif: &[u8]) -> Option<Vec<u8>> {
    let tiff = exif.strip_prefix(b"Exif\0\0")?;
    let big = match tiff.get(..4)? {
        [b'M', b'M', 0, 42] => true,
        [b'I', b'I', 42, 0] => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let two = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    };
    let four: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let first = if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
    let first = usize::try_from(first).ok()?;
    let way = (0..usize::from(u16_at(first)?)).find_map(|n| {
        let at = first.checked_add(2 + 12 * n)?;
        (u16_at(at)? == 0x0112).then(|| u16_at(at + 8)).flatten()
    })?;
    if !(2..=8).contains(&way) {
        return None;
    }
    let [high, low] = way.to_be_bytes();
    let mut out = vec![0xff, 0xe1, 0, 34];
    out.extend(b"Exif\0\0MM\0\x2a\0\0\0\x08");
    out.extend([0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, high, low, 0, 0, 0, 0, 0, 0]);
    Some(out)
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
mod tests {
    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), body].concat()
    }

    fn has(bytes: &[u8], what: &[u8]) -> bool {
        bytes.windows(what.len()).any(|w| w == what)
    }

    #[test]
    fn a_photograph_keeps_the_picture_and_its_turn_and_tells_nothing_else() {
        let exif =
            b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0GPS 53.28,69.39";
        let photo = [
            &[0xff, 0xd8][..],
            &segment(0xe0, b"JFIF\0\x01\x02"),
            &segment(0xe1, exif),
            &segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x>Aigul</x>"),
            &segment(0xed, b"Photoshop 3.0\0Aigul"),
            &segment(0xfe, b"taken by Aigul"),
            &segment(0xdb, b"table"),
            &segment(0xda, b"head"),
            b"data\xff\x00data\xff\xd0data",
            &segment(0xc4, b"more tables"),
            &segment(0xda, b"head"),
            b"second scan",
            &[0xff, 0xd9],
            b"a film of Aigul behind the picture",
        ]
        .concat();
        let copy = stripped("image/jpeg", &photo).unwrap();
        for gone in [&b"GPS"[..], b"Aigul", b"adobe", b"Photoshop"] {
            assert!(!has(&copy, gone), "{}", String::from_utf8_lossy(gone));
        }
        for there in [
            &b"JFIF"[..],
            b"table",
            b"data\xff\x00data\xff\xd0data",
            b"more tables",
            b"second scan\xff\xd9",
        ] {
            assert!(has(&copy, there), "{}", String::from_utf8_lossy(there));
        }
        assert!(has(&copy, b"\x01\x12\0\x03\0\0\0\x01\0\x06"), "it would lie on its side");
        assert_eq!(stripped("image/jpeg", &copy).as_deref(), Some(&*copy), "again is the same");
    }

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
