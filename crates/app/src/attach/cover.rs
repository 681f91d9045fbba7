//! A copy of a picture with parts of it covered, put beside its original: what may be shown to others goes, what is nobody
//! else's business stays in the case (docs/adr/0060).

use super::add::{Asked, keep, look};
use super::list::attachment_list;
use super::open::{find, whole};
use super::{changed, may_attach};
use crate::api::{AttachmentAdded, AttachmentCover, AttachmentOpen};
use crate::desk::Desk;
use crate::env::fill;
use crate::error::AppError;
use esik_domain::attached::{COVERS_MAX, CoverBox, clean_name, covered};
use esik_domain::text::normalize_input;

/// The words a copy is marked with, in characters.
const MARK_CHARS_MAX: usize = 40;
/// Of the original's name so much is kept, in characters: the mark is not to be cut off.
const STEM_CHARS_MAX: usize = 60;

/// Makes the copy and keeps it as a file of its own, with its own key, in the circle of its original.
///
/// # Errors
/// `bad_request` for no parts, more than 50, or one outside; `cover_unreadable` for what is no picture, cannot be read or is
/// too large; `not_found`, `file_missing`, `file_damaged`; else as of `attachment_add`.
pub fn attachment_cover(desk: &Desk, r: AttachmentCover) -> Result<AttachmentAdded, AppError> {
    let open = desk.opened()?;
    may_attach(&open)?;
    let parts = &r.boxes;
    let usable = !parts.is_empty() && parts.len() <= COVERS_MAX;
    if !usable || !parts.iter().all(CoverBox::is_within) {
        return Err(AppError::refused("bad_request"));
    }
    let (file, key) = find(&open, &AttachmentOpen { to: r.to, id: r.id, sure: false })?;
    let copy = {
        let bytes = whole(desk, &open, &file, &key)?;
        covered(&file.media_type, &bytes, parts)
            .ok_or_else(|| AppError::refused("cover_unreadable"))?
    };
    let all = attachment_list(desk, r.to)?.files;
    let taken = |name: &str| all.iter().any(|f| f.withdrawn.is_none() && f.name == name);
    let name = named(&file.name, &r.mark, copy.ending, taken);
    // That it is none was said of the original, whose name this one has.
    let mut asked = Asked::of(r.to, &name, &r.note, true);
    asked.covers = Some(r.id);
    let mut sealer = open.files.begin(&mut |out| fill(out))?;
    sealer.push(&copy.bytes)?;
    // Everything that can be said against any file; the type is the one it was written in.
    look(&open, &asked, sealer.bytes(), sealer.head())?;
    let (id, _) = keep(desk, &open, sealer, asked, copy.media_type)?;
    Ok(AttachmentAdded { id, changed: changed(r.to) })
}

/// `яма.webp` becomes `яма (жабық).jpg`, and the next one `яма (жабық 2).jpg`.
fn named(original: &str, mark: &str, ending: &str, taken: impl Fn(&str) -> bool) -> String {
    let stem = match original.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() && end.chars().count() <= 5 => stem,
        _ => original,
    };
    let mark = normalize_input(mark).split_whitespace().collect::<Vec<_>>().join(" ");
    let mark: String = mark.chars().take(MARK_CHARS_MAX).collect();
    // A copy of a copy is marked once.
    let marked = format!(" ({mark}");
    let stem = stem.rsplit_once(&marked).filter(|_| stem.ends_with(')')).map_or(stem, |(s, _)| s);
    let stem: String = stem.chars().take(STEM_CHARS_MAX).collect();
    let numbered = (2..).map(|n| format!("{stem}{marked} {n}){ending}"));
    std::iter::once(format!("{stem}{marked}){ending}"))
        .chain(numbered)
        .map(|name| clean_name(&name))
        .find(|name| !taken(name))
        .unwrap_or_else(|| original.to_owned())
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_copy_is_called_as_its_original_and_marked_once() {
        let called = |original: &str, there: &[&str]| {
            named(original, " жабық ", ".jpg", |name| there.contains(&name))
        };
        assert_eq!(called("яма.webp", &[]), "яма (жабық).jpg");
        assert_eq!(called("яма.jpg", &["яма (жабық).jpg"]), "яма (жабық 2).jpg");
        assert_eq!(called("яма (жабық).jpg", &["яма (жабық).jpg"]), "яма (жабық 2).jpg");
        assert_eq!(called("акт от 12.11.2026 года", &[]), "акт от 12.11.2026 года (жабық).jpg");
        assert_eq!(called("без конца", &[]), "без конца (жабық).jpg");
        let long = called(&format!("{}.png", "ә".repeat(119)), &[]);
        assert!(long.ends_with("ә (жабық).jpg") && long.chars().count() < 80, "{long}");
    }
}
