//! Attached files: what they are, what they are called, what a picture tells beside the picture, how they lie.

use crate::{chosen, text};
use esik_domain::attached::{
    CoverBox, HEAD_BYTES, clean_name, covered, danger, looks_like_identity, opened_name, sheet,
    small_picture, sniff as told_by, stripped,
};

/// The bytes of a sealed file.
pub fn sealed(bytes: &[u8]) {
    if let Ok(plain) = esik_wire::sealed::unseal(bytes, &[7; 32]) {
        let length = esik_wire::sealed::sealed_len(plain.len() as u64);
        assert_eq!(length, bytes.len() as u64, "sealed bytes are told by the plain ones");
    }
    if let Some(text) = text(bytes) {
        let _ = esik_wire::sealed::key_of(text);
    }
}

/// What a file is.
pub fn sniff(bytes: &[u8]) {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    for name in ["двор.jpg", "акт.docx", "exe", "a.exe", ""] {
        let media = told_by(head, name);
        let _ = danger(media, name);
        let opened = opened_name(name, media);
        assert_eq!(opened, opened_name(&opened, media), "a true ending is not added twice");
    }
}

/// A file on its way out.
pub fn strip(bytes: &[u8]) {
    let pictures = ["image/jpeg", "image/png", "image/gif", "image/webp", "audio/mpeg"];
    let in_place = [
        "image/tiff",
        "image/heic",
        "video/mp4",
        "video/x-matroska",
        "video/x-msvideo",
        "audio/wav",
        "audio/ogg",
        "application/rtf",
        "application/pdf",
    ];
    for media in pictures.into_iter().chain(in_place).chain(["application/zip"]) {
        let Some(bare) = stripped(media, bytes) else { continue };
        if in_place.contains(&media) {
            assert_eq!(bare.len(), bytes.len(), "everything lies where it lay");
        } else if pictures.contains(&media) {
            assert!(bare.len() <= bytes.len().saturating_add(64), "nothing is added");
        }
        assert_eq!(stripped(media, &bare).as_deref(), Some(bare.as_slice()), "bare stays bare");
        if ["image/jpeg", "image/png"].contains(&media) {
            let gps = [0x88u8, 0x25];
            let place = bare.windows(6).position(|w| w == b"Exif\0\0");
            let after =
                place.and_then(|at| bare.get(at..at.saturating_add(32))).unwrap_or_default();
            assert!(!after.windows(2).any(|w| w == gps), "a place is told");
        }
    }
}

/// What the sender calls it.
pub fn name(bytes: &[u8]) {
    let Some(name) = text(bytes) else { return };
    let clean = clean_name(name);
    assert!(!clean.is_empty() && clean.chars().count() <= 121, "{clean:?}");
    assert!(!clean.contains(['/', '\\', '\0', '\n', '\r']), "{clean:?}");
    assert!(!matches!(clean.as_str(), "." | ".."), "{clean:?}");
    assert_eq!(clean_name(&clean), clean, "a clean name stays");
    let _ = looks_like_identity(name);
    if let Some((which, _)) = chosen(bytes) {
        let media = ["image/jpeg", "application/pdf", "text/html"];
        let media = media.get(usize::from(which) % 3).copied().unwrap_or_default();
        let _ = (opened_name(name, media), danger(media, name));
    }
}

/// A picture of which a small one is drawn; what was drawn can be drawn again, as each desk does that shows it. What is shown
/// to be covered can be covered.
pub fn picture(bytes: &[u8]) {
    for media in ["image/jpeg", "image/png", "image/gif", "image/webp"] {
        let Some(small) = small_picture(media, bytes) else { continue };
        assert!(small_picture("image/jpeg", &small).is_some(), "a small picture is a picture");
        let whole = [CoverBox { x: 0, y: 0, w: 10_000, h: 10_000 }];
        assert!(sheet(media, bytes).is_some(), "what is drawn small is drawn large");
        assert!(covered(media, bytes, &whole).is_some(), "what is shown can be covered");
    }
}
