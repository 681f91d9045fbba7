//! Files as programs really write them, with something to tell in every field they have: none of it is in the copy
//! that goes out, and the copy shows what the file showed.

use esik_domain::attached::{HEAD_BYTES, sniff, stripped};
use flate2::read::{DeflateDecoder, ZlibDecoder};
use std::io::Read as _;
use std::path::Path;

fn file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/strip");
    std::fs::read(folder.join(name)).unwrap()
}

fn copy(name: &str) -> Option<Vec<u8>> {
    let bytes = file(name);
    stripped(sniff(&bytes[..bytes.len().min(HEAD_BYTES)], name), &bytes)
}

/// Names, places, days, devices and programs that were put into the files.
const TOLD: &[&str] = &[
    "Canary",
    "2019-03",
    "2019:03",
    "201903",
    "LibreOffice",
    "ExifTool",
    "openpyxl",
    "img2pdf",
    "pypdf",
    "rsidR",
    "Lavf",
];

fn le(bytes: &[u8], at: usize, size: usize) -> usize {
    bytes[at..at + size].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

/// Files of a zip by name, from its directory.
fn zipped(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let end = bytes.windows(4).rposition(|w| w == b"PK\x05\x06").unwrap();
    let mut at = le(bytes, end + 16, 4);
    let mut out = Vec::new();
    for _ in 0..le(bytes, end + 10, 2) {
        let (name, more, note) =
            (le(bytes, at + 28, 2), le(bytes, at + 30, 2), le(bytes, at + 32, 2));
        let place = le(bytes, at + 42, 4);
        let data = place + 30 + le(bytes, place + 26, 2) + le(bytes, place + 28, 2);
        let packed = &bytes[data..data + le(bytes, at + 20, 4)];
        let mut plain = Vec::new();
        match le(bytes, at + 10, 2) {
            0 => plain.extend(packed),
            _ => drop(DeflateDecoder::new(packed).read_to_end(&mut plain).unwrap()),
        }
        out.push((String::from_utf8(bytes[at + 46..at + 46 + name].to_vec()).unwrap(), plain));
        at += 46 + name + more + note;
    }
    out
}

/// The file and everything that is packed within it.
fn views(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut out = vec![bytes.to_vec()];
    if bytes.starts_with(b"PK") {
        out.extend(zipped(bytes).into_iter().map(|(_, plain)| plain));
    }
    for at in bytes.windows(7).enumerate().filter(|(_, w)| w.starts_with(b"stream")) {
        let from = at.0 + 6 + usize::from(at.1[6] == b'\r') + 1;
        let mut plain = Vec::new();
        let _ = ZlibDecoder::new(&bytes[from..]).read_to_end(&mut plain);
        out.push(plain);
    }
    out
}

/// As bytes, as UTF-16 either way, and in digits as PDF has it.
fn spellings(word: &str) -> Vec<Vec<u8>> {
    let big: Vec<u8> = word.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02X}")).collect::<String>();
    let digits = [hex(&big), hex(word.as_bytes())];
    let small = digits.clone().map(|d| d.to_lowercase().into_bytes());
    let little = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [
        vec![word.as_bytes().to_vec(), big, little],
        digits.map(String::into_bytes).into(),
        small.into(),
    ]
    .concat()
}

fn has(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|w| w == what)
}

fn tells(bytes: &[u8], word: &str) -> bool {
    let views = views(bytes);
    spellings(word).iter().any(|spelling| views.iter().any(|view| has(view, spelling)))
}

/// B28 (part): nothing that was planted is in the copy, however it is written; again is the same.
#[test]
fn what_a_file_tells_beside_what_it_shows_is_not_in_the_copy() {
    for (name, shown) in [
        ("moving.gif", vec![]),
        ("pages.tif", vec![]),
        ("photo.tif", vec![]),
        ("letter.pdf", vec![]),
        ("linear.pdf", vec![]),
        ("updated.pdf", vec![]),
        ("photo.pdf", vec![]),
        ("notes.pdf", vec!["Visible note", "VisibleField", "Visible value"]),
        ("notes-packed.pdf", vec!["Visible note", "VisibleField", "Visible value"]),
        ("letter.odt", vec!["Visible words of the letter", "inserted words", "Visible note"]),
        ("letter.docx", vec!["Visible words of the letter", "inserted words", "Visible note"]),
        ("word.docx", vec!["Visible words of the letter"]),
        ("table.xlsx", vec!["Visible cell", "A2+1", "Visible note"]),
        ("slides.pptx", vec!["Visible title"]),
        ("letter.rtf", vec!["Visible words of the letter", "inserted words", "Visible note"]),
        ("attached.pdf", vec![]),
        ("film.webm", vec!["A_OPUS", "V_VP8"]),
        ("film.mkv", vec!["A_VORBIS", "matroska"]),
        ("film.avi", vec!["MJPG", "idx1"]),
        ("voice.m4a", vec!["mp4a"]),
        ("voice.mp3", vec![]),
        ("voice.ogg", vec!["OpusHead"]),
        ("vorbis.ogg", vec!["vorbis"]),
        ("voice.wav", vec!["fmt ", "data"]),
    ] {
        let told = file(name);
        assert!(tells(&told, "Canary"), "{name} has nothing to tell: the test sees nothing");
        let bare = copy(name).unwrap_or_else(|| panic!("{name} is not given"));
        for word in TOLD {
            assert!(!tells(&bare, word), "{name} tells {word}");
        }
        for word in shown {
            assert!(tells(&bare, word), "{name} lost {word}");
        }
        let media = sniff(&bare[..bare.len().min(HEAD_BYTES)], name);
        assert_eq!(stripped(media, &bare).as_ref(), Some(&bare), "{name}: bare stays bare");
    }
}

/// What is drawn lies where it lay, byte by byte; only room is new.
#[test]
fn a_document_shows_what_it_showed() {
    for name in ["letter.pdf", "linear.pdf", "updated.pdf", "notes.pdf"] {
        let (told, bare) = (file(name), copy(name).unwrap());
        assert_eq!(told.len(), bare.len(), "{name}");
        let same = told.iter().zip(&bare).filter(|(a, b)| a == b).count();
        assert!(same * 10 > told.len() * 5, "{name}: {same} of {}", told.len());
        // The page's own stream, the font's.
        for stream in views(&told).iter().skip(1).filter(|v| v.len() > 100 && !has(v, b"Canary")) {
            assert!(views(&bare).contains(stream), "{name} lost a stream");
        }
    }
    for name in ["word.docx", "table.xlsx", "slides.pptx"] {
        let (told, bare) = (zipped(&file(name)), zipped(&copy(name).unwrap()));
        for (part, bytes) in &told {
            let of =
                |all: &[(String, Vec<u8>)]| all.iter().find(|p| p.0 == *part).map(|p| p.1.clone());
            if part.contains("media/") {
                assert_eq!(of(&bare), stripped("image/jpeg", bytes), "{name} {part}");
            } else if part.contains("theme") || part.contains("worksheets/sheet") {
                assert_eq!(of(&bare).as_ref(), Some(bytes), "{name} {part}");
            } else if part.starts_with("docProps") || part.contains("printerSettings1") {
                assert_eq!(of(&bare), None, "{name} {part}");
            }
        }
    }
}

/// An enciphered file cannot be read, so nobody can tell what it tells.
#[test]
fn an_enciphered_file_is_not_given() {
    assert_eq!(copy("secret.pdf"), None);
}

/// Nor is a document as they were before 2007: it tells in more places than anybody lists.
#[test]
fn an_older_document_is_not_given() {
    assert!(tells(&file("letter.doc"), "Canary"));
    assert_eq!(copy("letter.doc"), None);
}

/// Pictures, sound and what an index names lie where they lay.
#[test]
fn a_film_shows_what_it_showed() {
    for (name, shown) in [
        ("film.webm", &[&b"\x1f\x43\xb6\x75"[..], b"A_OPUS", b"V_VP8"][..]),
        ("film.mkv", &[b"A_VORBIS", b"\x1c\x53\xbb\x6b"]),
        ("film.avi", &[b"movi", b"idx1"]),
        ("voice.wav", &[b"fmt ", b"data"]),
        ("voice.ogg", &[b"OpusHead", b"OpusTags"]),
        ("vorbis.ogg", &[b"\x01vorbis", b"\x03vorbis", b"\x05vorbis"]),
        ("voice.m4a", &[b"moov", b"mdat"]),
    ] {
        let (told, bare) = (file(name), copy(name).unwrap());
        assert_eq!(told.len(), bare.len(), "{name}");
        let same = told.iter().zip(&bare).filter(|(a, b)| a == b).count();
        assert!(same * 10 > told.len() * 5, "{name}: {same} of {}", told.len());
        for what in shown {
            let at = |bytes: &[u8]| bytes.windows(what.len()).position(|w| w == *what);
            assert_eq!(at(&told), at(&bare), "{name}");
            assert!(at(&bare).is_some(), "{name}");
        }
    }
    // Only what is no frame is gone from between them.
    let (told, bare) = (file("voice.mp3"), copy("voice.mp3").unwrap());
    assert!(has(&told, &bare), "its frames lie together");
}

/// Cut anywhere, a file is refused or its copy still tells nothing.
#[test]
fn a_file_that_breaks_off_tells_nothing() {
    for name in [
        "moving.gif",
        "pages.tif",
        "letter.pdf",
        "notes-packed.pdf",
        "letter.docx",
        "letter.rtf",
        "film.webm",
        "voice.mp3",
        "voice.ogg",
        "voice.m4a",
    ] {
        let told = file(name);
        let media = sniff(&told[..HEAD_BYTES.min(told.len())], name);
        for end in (0..told.len()).step_by(37) {
            if let Some(bare) = stripped(media, &told[..end]) {
                assert!(!tells(&bare, "Canary"), "{name} cut at {end}");
            }
        }
    }
}
