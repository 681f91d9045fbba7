//! What a file is, by its bytes: never by what the sender calls it.

use super::name::ending;

/// How much of a file's beginning [`sniff`] wants to see, in bytes.
pub const HEAD_BYTES: usize = 4096;

/// What opening a file may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Danger {
    /// Pictures, sound, plain text: shown, not run.
    Calm,
    /// May carry macros, scripts, formulas or other files – a PDF, a table, a document of an office:
    /// opened only after a warning.
    Active,
    /// A program or a shortcut to one: never taken in.
    Program,
}

/// Types by their first bytes.
const MAGIC: &[(usize, &[u8], &str)] = &[
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"\x7fELF", PROGRAM),
    (0, b"\xfe\xed\xfa\xce", PROGRAM),
    (0, b"\xfe\xed\xfa\xcf", PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", PROGRAM),
    (0, b"\xce\xfa\xed\xfe", PROGRAM),
    (0, b"\xca\xfe\xba\xbe", PROGRAM),
    (0, b"L\0\0\0\x01\x14\x02\0", PROGRAM),
    (0, b"#!", PROGRAM),
];
const PROGRAM: &str = "application/x-executable";

/// Documents that are a zip inside, by their ending.
const ZIPPED: &[(&str, &str)] = &[
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
];

/// The type is that of a document that is a zip inside.
pub(super) fn zipped(media_type: &str) -> bool {
    ZIPPED.iter().any(|(_, media)| *media == media_type)
}

/// Media type of a file from its first [`HEAD_BYTES`] bytes; its cleaned name decides only between
/// documents that are all a zip inside.
#[must_use]
pub fn sniff(head: &[u8], name: &str) -> &'static str {
    let found = MAGIC.iter().find(|(at, magic, _)| {
        head.get(*at..).is_some_and(|rest| rest.starts_with(magic))
            && (!matches!(*magic, b"WEBP" | b"WAVE" | b"AVI ") || head.starts_with(b"RIFF"))
    });
    if let Some((_, _, media)) = found {
        return media;
    }
    if head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]) {
        return "image/bmp";
    }
    if head.starts_with(b"MZ") && is_program_of_windows(head) {
        return PROGRAM;
    }
    if head.starts_with(b"PK\x03\x04") {
        let end = ending(name).unwrap_or_default();
        return ZIPPED.iter().find(|(e, _)| *e == end).map_or("application/zip", |(_, m)| m);
    }
    text(head)
}

/// What begins with MZ is a program when it says where its own header lies and the header is there, or
/// when it is no text: the old header alone still runs, and the new one may lie behind the head. Two
/// letters at the beginning of a text are none.
fn is_program_of_windows(head: &[u8]) -> bool {
    let at = head.get(0x3c..0x40).and_then(|b| <[u8; 4]>::try_from(b).ok()).map(u32::from_le_bytes);
    let header = at.and_then(|at| head.get(usize::try_from(at).ok()?..)).unwrap_or_default();
    [&b"PE\0\0"[..], b"NE", b"LE", b"LX"].iter().any(|new| header.starts_with(new))
        || text(head) == "application/octet-stream"
}

fn text(head: &[u8]) -> &'static str {
    // The head may end inside a letter.
    let valid = match std::str::from_utf8(head) {
        Ok(all) => all,
        Err(e) if e.error_len().is_none() => {
            std::str::from_utf8(head.get(..e.valid_up_to()).unwrap_or_default()).unwrap_or_default()
        }
        Err(_) => return "application/octet-stream",
    };
    let plain =
        !valid.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'));
    if valid.is_empty() || !plain {
        return "application/octet-stream";
    }
    let lower = valid.trim_start_matches('\u{feff}').trim_start().to_lowercase();
    let has = |tag: &str| lower.contains(tag);
    if has("[desktop entry]") || has("[internetshortcut]") {
        PROGRAM
    } else if has("<svg") {
        "image/svg+xml"
    } else if has("<html") || has("<!doctype html") || has("<script") || has("<iframe") {
        "text/html"
    } else if lower.starts_with("<?xml") {
        "application/xml"
    } else {
        "text/plain"
    }
}

/// Endings the systems of an office run when they are clicked.
const RUN: &[&str] = &[
    "exe",
    "com",
    "scr",
    "pif",
    "cpl",
    "dll",
    "sys",
    "msi",
    "msp",
    "bat",
    "cmd",
    "ps1",
    "psm1",
    "vbs",
    "vbe",
    "js",
    "jse",
    "mjs",
    "wsf",
    "wsh",
    "hta",
    "jar",
    "lnk",
    "url",
    "reg",
    "desktop",
    "sh",
    "bash",
    "run",
    "appimage",
    "deb",
    "rpm",
    "apk",
    "app",
    "command",
    "py",
    "pl",
    "rb",
    "gadget",
    "inf",
    "chm",
    "application",
    "msc",
    "settingcontent-ms",
    "library-ms",
];
/// Endings of documents that may hold macros, scripts or other files.
const LIVELY: &[&str] = &[
    "docm", "dotm", "xlsm", "xlsb", "xltm", "pptm", "ppsm", "doc", "dot", "xls", "xlt", "ppt",
    "pps", "rtf", "htm", "html", "xhtml", "mht", "mhtml", "svg", "xml", "xsl", "iso", "img", "vhd",
    "zip", "rar", "7z", "gz", "tar", "cab", "one", "eml", "msg", "xll", "slk", "iqy", "pdf", "csv",
    "tsv", "docx", "xlsx", "pptx", "odt", "ods", "odp",
];
/// Types that are shown and never run.
const CALM: &[&str] = &["image/", "audio/", "video/", "text/plain"];

/// What opening it may do; from the sniffed type and the cleaned name, the worse of the two.
#[must_use]
pub fn danger(media_type: &str, name: &str) -> Danger {
    let end = ending(name).unwrap_or_default();
    if media_type == PROGRAM || RUN.contains(&end.as_str()) {
        return Danger::Program;
    }
    let calm = CALM.iter().any(|c| media_type.starts_with(c)) && media_type != "image/svg+xml";
    if LIVELY.contains(&end.as_str()) || !calm { Danger::Active } else { Danger::Calm }
}

/// Endings that fit a type, the usual one first; none when any will do.
pub(super) fn extensions(media_type: &str) -> &'static [&'static str] {
    match media_type {
        "application/pdf" => &["pdf"],
        "image/png" => &["png"],
        "image/jpeg" => &["jpg", "jpeg", "jpe", "jfif"],
        "image/gif" => &["gif"],
        "image/webp" => &["webp"],
        "image/tiff" => &["tif", "tiff"],
        "image/bmp" => &["bmp"],
        "image/heic" => &["heic", "heif"],
        "image/svg+xml" => &["svg"],
        "text/html" => &["html", "htm", "xhtml", "mht", "mhtml"],
        "application/zip" => &["zip", "docm", "xlsm", "xlsb", "pptm", "dotm", "epub", "odp", "kmz"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// B28 (part), T7 (part).
    #[test]
    fn bytes_tell_what_they_are() {
        for (head, name, media) in [
            (&b"%PDF-1.7"[..], "a.exe", "application/pdf"),
            (b"\xff\xd8\xff\xe0", "a", "image/jpeg"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "a", "image/webp"),
            (b"12345678WEBP", "a", "text/plain"),
            (b"PK\x03\x04", "a.docx", ZIPPED[0].1),
            (b"PK\x03\x04", "a.docx.zip", "application/zip"),
            ("Жауап".as_bytes(), "a.txt", "text/plain"),
            (b"  <SCRIPT>alert(1)</script>", "a.txt", "text/html"),
            (b"<?xml version='1.0'?><svg onload='x'/>", "a.png", "image/svg+xml"),
            (b"MZ\x90\0", "a.pdf", PROGRAM),
            (b"MZ 25 \xd0\xb6\xd1\x8b\xd0\xbb", "a.txt", "text/plain"),
            (b"MZ-1, room 4\nMZ-2, room 5\n", "a.csv", "text/plain"),
            (b"\x7fELF\x02", "a.jpg", PROGRAM),
            (b"#!/bin/sh", "a.txt", PROGRAM),
            (b"[Desktop Entry]\nExec=sh", "a.txt", PROGRAM),
            (b"\0\x01\x02", "a.jpg", "application/octet-stream"),
            (b"", "a.jpg", "application/octet-stream"),
        ] {
            assert_eq!(sniff(head, name), media, "{name} {head:?}");
        }
        // A header that lies about nothing is found even among letters.
        let mut program = b"MZ".to_vec();
        program.resize(0x3c, b' ');
        program.extend_from_slice(&0x40u32.to_le_bytes());
        program.extend_from_slice(b"PE\0\0");
        assert_eq!(sniff(&program, "a.txt"), PROGRAM);
        let long = "ә".repeat(HEAD_BYTES);
        assert_eq!(sniff(&long.as_bytes()[..HEAD_BYTES - 1], "a.txt"), "text/plain");
    }

    #[test]
    fn what_may_run_is_told_from_what_is_only_shown() {
        assert_eq!(danger("image/jpeg", "двор.jpg"), Danger::Calm);
        assert_eq!(danger("text/plain", "заметка.txt"), Danger::Calm);
        assert_eq!(danger(ZIPPED[0].1, "акт.docx"), Danger::Active);
        assert_eq!(danger("application/pdf", "акт.pdf"), Danger::Active);
        assert_eq!(danger("application/pdf", "акт"), Danger::Active);
        assert_eq!(danger("text/plain", "список.csv"), Danger::Active);
        assert_eq!(danger("application/zip", "акт.docm"), Danger::Active);
        assert_eq!(danger("application/x-ole-storage", "акт.doc"), Danger::Active);
        assert_eq!(danger("text/plain", "страница.html"), Danger::Active);
        assert_eq!(danger("image/svg+xml", "план.svg"), Danger::Active);
        assert_eq!(danger("application/octet-stream", "нечто"), Danger::Active);
        assert_eq!(danger(PROGRAM, "двор.jpg"), Danger::Program);
        assert_eq!(danger("image/jpeg", "двор.jpg.exe"), Danger::Program);
        assert_eq!(danger("text/plain", "ссылка.URL"), Danger::Program);
    }
}
