//! JPEG: segments behind one another.

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const COMMENT: u8 = 0xfe;

/// Segment by segment, through every scan, to the end of the picture; what follows it is left out, too.
pub(super) fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
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

/// Overwrites, where they lie, the segments that [`jpeg`] would leave out, and what follows the picture: for a
/// picture within another file, which is pointed at by its length.
pub(super) fn blank(picture: &mut [u8]) -> Option<()> {
    let mut at = picture.starts_with(&[0xff, SOI]).then_some(2)?;
    loop {
        (*picture.get(at)? == 0xff).then_some(())?;
        while *picture.get(at)? == 0xff {
            at += 1;
        }
        let marker = *picture.get(at)?;
        at += 1;
        if marker == EOI {
            picture.get_mut(at..)?.fill(0);
            return Some(());
        }
        let length = usize::from(u16::from_be_bytes([*picture.get(at)?, *picture.get(at + 1)?]));
        let body = at.checked_add(2)?..at.checked_add(length)?;
        let told = matches!(marker, 0xe0..=0xef) && !kept(marker, picture.get(body.clone())?);
        if told || marker == COMMENT {
            picture.get_mut(body.clone())?.fill(0);
        }
        at = picture.get(body.clone()).map(|_| body.end)?;
        if marker == SOS {
            at += scan_end(picture.get(at..)?)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::blank;
    use crate::attached::stripped;

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
    fn within_another_file_what_it_tells_is_overwritten() {
        let picture = |told: &[u8], behind: &[u8]| {
            [
                &[0xff, 0xd8][..],
                &segment(0xe1, told),
                &segment(0xdb, b"table"),
                &segment(0xda, b"head"),
                b"data\xff\xd9",
                behind,
            ]
            .concat()
        };
        let mut told = picture(b"Exif\0\0GPS", b"Aigul");
        blank(&mut told).unwrap();
        assert_eq!(told, picture(&[0; 9], &[0; 5]));
        for end in 0..told.len() - 5 {
            assert_eq!(blank(&mut told[..end].to_vec()), None, "cut at {end}");
        }
    }
}
