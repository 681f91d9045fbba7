//! Files officers put to a case: names made harmless, types told by the bytes, what is refused, and
//! what looks like a copy of an identity document (`settled.md` 4).

mod cover;
mod name;
mod picture;
mod sniff;
mod strip;

pub use cover::{COVERS_MAX, CoverBox, can_cover, covered, sheet};
pub use name::{clean_name, looks_like_identity, opened_name};
pub use picture::small_picture;
pub use sniff::{Danger, HEAD_BYTES, danger, sniff};
pub use strip::stripped;

use crate::case::{CaseState, Stamp};
use crate::event::{Body, Envelope, FileRef};
use crate::ids::{AttachmentId, Circle, OfficerId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One attached file, at most, in bytes.
pub const ATTACHED_BYTES_MAX: u64 = 50 * 1024 * 1024;
/// True when so many bytes more still fit into one file.
#[must_use]
pub fn fits(before: u64, more: u64) -> bool {
    before.checked_add(more).is_some_and(|all| all <= ATTACHED_BYTES_MAX)
}

/// Files of one case, or of one unfinished intake, that are not withdrawn.
pub const ATTACHED_MAX: usize = 50;
/// The note beside a file, in characters.
pub const NOTE_CHARS_MAX: usize = 200;

/// Why a body is not given a file, though an officer chose it for the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum NotGiven {
    /// It may start a program.
    Program,
    /// What it tells beside what it shows cannot be taken out (docs/adr/0037).
    Told,
}

/// The copy a body is given of a file. One rule for the region, which gives it, and for the desk, which says beforehand that
/// it will not be given.
///
/// # Errors
/// Why there is none.
pub fn given(media_type: &str, name: &str, bytes: &[u8]) -> Result<Vec<u8>, NotGiven> {
    if danger(media_type, name) == Danger::Program {
        return Err(NotGiven::Program);
    }
    stripped(media_type, bytes).ok_or(NotGiven::Told)
}

/// A file of a case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Attachment {
    pub id: AttachmentId,
    /// Its `hash` is that of the encrypted bytes: where they lie.
    pub file: FileRef,
    /// Opens the bytes; hex.
    pub key: String,
    pub note: String,
    pub at: DateTime<Utc>,
    pub by: OfficerId,
    pub circle: Circle,
    /// The officer said that it is no copy of an identity document, though its name looks like one.
    pub not_identity: bool,
    /// A small picture of that file: it stands beside it and is none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_of: Option<AttachmentId>,
    /// A copy of that file with parts of it covered (docs/adr/0060).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers: Option<AttachmentId>,
    /// Taken back as a mistake: the bytes are gone, that it was here stays.
    pub withdrawn: Option<Stamp>,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl Attachment {
    /// It stands here, and is no picture of another.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.withdrawn.is_none() && self.preview_of.is_none()
    }
}

/// The event puts a small picture beside a file, which is told by its own event.
#[must_use]
pub fn links_preview(e: &Envelope) -> bool {
    e.kind == "attachment_linked"
        && matches!(e.read_body(), Body::AttachmentLinked(b) if b.preview_of.is_some())
}

/// The small picture of a file, when it has one.
#[must_use]
pub fn preview_of(all: &[Attachment], id: AttachmentId) -> Option<&Attachment> {
    all.iter().find(|a| a.preview_of == Some(id) && a.withdrawn.is_none())
}

/// A file was put to the case. The first event of an id holds.
pub(crate) fn link(case: &mut CaseState, e: &Envelope, b: crate::event::AttachmentLinked) {
    if case.attachments.iter().any(|a| a.id == b.attachment_id) {
        return;
    }
    case.attachments.push(Attachment {
        id: b.attachment_id,
        file: b.file,
        key: b.key,
        note: b.note,
        at: e.occurred_at,
        by: e.actor_id,
        circle: e.circle.clone(),
        not_identity: b.not_identity,
        preview_of: b.preview_of,
        covers: b.covers,
        withdrawn: None,
        reason: String::new(),
    });
}

/// Somebody said what a file is.
pub(crate) fn note(case: &mut CaseState, b: crate::event::AttachmentNoted) {
    let found = case.attachments.iter_mut().find(|a| a.id == b.attachment_id);
    if let Some(a) = found.filter(|a| a.withdrawn.is_none()) {
        a.note = b.note;
    }
}

/// A file was taken back, its small picture with it; of one that nobody put here, nothing is.
pub(crate) fn withdraw(case: &mut CaseState, stamp: Stamp, b: crate::event::AttachmentWithdrawn) {
    let gone = |a: &&mut Attachment| {
        a.withdrawn.is_none() && [Some(a.id), a.preview_of].contains(&Some(b.attachment_id))
    };
    for a in case.attachments.iter_mut().filter(gone) {
        a.withdrawn = Some(stamp.clone());
        a.reason.clone_from(&b.reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_byte_that_fits_fits() {
        assert!(fits(ATTACHED_BYTES_MAX - 1, 1));
        assert!(!fits(ATTACHED_BYTES_MAX, 1));
        assert!(fits(ATTACHED_BYTES_MAX, 0));
        assert!(!fits(u64::MAX, 1));
    }
}
