//! Files put to a case or to an unfinished intake.

use super::Changed;
use chrono::{DateTime, Utc};
use esik_domain::attached::{CoverBox, NotGiven};
use esik_domain::ids::{AttachmentId, CaseId, DraftId, ReferralId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// What the file belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum AttachTo {
    Case {
        id: CaseId,
        /// The request it is about: who may know of that one may know of the file, and nobody else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        referral: Option<ReferralId>,
    },
    /// An unfinished intake of the officer's own: the file becomes the case's, or goes with the draft.
    Draft { id: DraftId },
    /// An address of the officer's own beat: the files of the visit that is written down next.
    Place { id: CaseId },
}

/// The next bytes of a file; it is kept only by `attachment_add`.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct AttachmentPart {
    /// Made by who sends: the same for all parts of one file.
    #[ts(type = "string")]
    pub upload: Uuid,
    /// Bytes sent before these. 0 begins anew.
    pub from: u64,
    /// At most 4 MiB when decoded.
    pub base64: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentGot {
    /// Bytes so far.
    pub bytes: u64,
}

/// Keeps an uploaded file.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentAdd {
    #[ts(type = "string")]
    pub upload: Uuid,
    pub to: AttachTo,
    pub name: String,
    #[serde(default)]
    pub note: String,
    /// The officer looked: it is no copy of an identity document, though its name looks like one.
    #[serde(default)]
    pub not_identity: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentAdded {
    pub id: AttachmentId,
    pub changed: Changed,
}

/// The files of a case or a draft.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Attachments {
    pub files: Vec<AttachmentLine>,
    /// How many it may have.
    pub most: u32,
    /// Characters a note may have.
    pub note_max: u32,
    /// Bytes one file may have.
    pub bytes_max: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentLine {
    pub id: AttachmentId,
    /// Cleaned: fit for a screen and a disk.
    pub name: String,
    /// As the bytes say.
    pub media_type: String,
    pub bytes: u64,
    pub note: String,
    pub at: DateTime<Utc>,
    /// Surname and initials of who put it here; empty when unknown.
    pub who: String,
    /// Its name looks like a copy of an identity document: not offered to go with a request.
    pub identity: bool,
    /// Parts of it can be covered: a picture that is read here.
    pub can_cover: bool,
    /// It is a copy of that file with parts of it covered.
    pub covered_of: Option<AttachmentId>,
    /// A covered copy of it is there: that one is offered to go with a request, and not this.
    pub has_covered: bool,
    /// It may carry macros, scripts or other files: asked before it is opened.
    pub active: bool,
    /// The bytes lie on this computer.
    pub here: bool,
    /// Where the bytes are on their way.
    pub travel: Travel,
    /// A small picture of it: to be asked for by this id.
    pub preview: Option<AttachmentId>,
    /// Taken back as a mistake; its bytes are gone.
    pub withdrawn: Option<AttachmentGone>,
}

/// Where a file's bytes are on their way between desks and region.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Travel {
    /// It stays here: an unfinished intake, or a desk that belongs to no region.
    Stays,
    /// Here; goes to the region when events do not need the line.
    Waits {
        /// `quota`, `too_large`, `refused`, `damaged`: what keeps it for now.
        why: Option<String>,
    },
    /// So many chunks of so many are at the region.
    Goes { done: u32, of: u32 },
    /// The region has it all, verified.
    Arrived,
    /// Not here; can be fetched.
    There,
    /// Not here, and not at the region yet: waits for the desk that has it.
    Expected,
    /// Asked for; so many chunks of so many are here.
    Comes { done: u32, of: u32 },
}

/// Files chosen to go with a request.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentsChosen {
    pub to: AttachTo,
    pub ids: Vec<AttachmentId>,
}

/// Those of them that the body will not be given.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentsNotGiven {
    pub files: Vec<NotGivenFile>,
}

/// A file the body will not be given, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct NotGivenFile {
    pub id: AttachmentId,
    pub why: NotGiven,
}

/// Brings a file here that another desk took in.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentFetch {
    pub to: AttachTo,
    pub id: AttachmentId,
}

/// A small picture, made here: the only picture of a file that the window draws.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentPreview {
    /// Base64, 256 pixels at most on its longer side; none while it is on its way, and of what cannot be drawn.
    pub jpeg: Option<String>,
}

/// A picture to cover parts of, made here and upright: nothing of the file itself is in it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentSheet {
    /// Base64, 1600 pixels at most on its longer side.
    pub jpeg: String,
    pub width: u32,
    pub height: u32,
}

/// Makes a copy of a picture with parts of it covered; the original stays.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentCover {
    pub to: AttachTo,
    pub id: AttachmentId,
    /// At most 50, in ten-thousandths of the picture as it is seen.
    pub boxes: Vec<CoverBox>,
    /// What the copy's name is marked with: `яма (жабық).jpg`.
    pub mark: String,
    #[serde(default)]
    pub note: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentGone {
    pub at: DateTime<Utc>,
    pub who: String,
    pub reason: String,
}

/// One file, to be opened or saved elsewhere.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentOpen {
    pub to: AttachTo,
    pub id: AttachmentId,
    /// The warning of an active type was read.
    #[serde(default)]
    pub sure: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentOpened {}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentSaved {
    /// Whole path of the new file.
    pub path: String,
}

/// Says what a file is, in at most 200 characters; empty takes the words away.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentNote {
    pub to: AttachTo,
    pub id: AttachmentId,
    pub note: String,
}

/// Takes a file back.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachmentWithdraw {
    pub to: AttachTo,
    pub id: AttachmentId,
    /// Why; asked of a file of a case.
    #[serde(default)]
    pub reason: String,
}
