//! What the bodies of events are made of: people, addresses, small choices.

use crate::ids::{AttachmentId, IssueId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Through which door the person came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// At the front office.
    #[default]
    FrontOffice,
    /// By telephone.
    Phone,
    /// During the inspector's round.
    Round,
    /// In writing.
    Letter,
    /// Loaded from another system.
    Import,
}

/// Role of a person in a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum PartyRole {
    /// Who came.
    #[default]
    Applicant,
    /// On whose behalf.
    Represented,
    /// Harmed.
    Victim,
    /// Lives there.
    HouseholdMember,
}

/// A person or organisation in a case. Nothing is mandatory: a nameless applicant is an applicant.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct Party {
    /// Role in the case.
    pub role: PartyRole,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub surname: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub given: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub patronymic: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub organisation: String,
    /// IIN or BIN as typed; “if any” (domain.md §2.3).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub iin: String,
    /// E.164 when it could be read, else as typed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// When and how it is safe to call; shown before every number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub call_note: String,
    /// The applicant asked not to be called: no number is offered.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub do_not_call: bool,
}

impl Party {
    /// True when nothing at all is known of the person.
    #[must_use]
    pub fn is_nameless(&self) -> bool {
        self.surname.is_empty() && self.given.is_empty() && self.organisation.is_empty()
    }
    /// Surname, given name and patronymic (or the organisation) in one line; empty when nameless.
    #[must_use]
    pub fn full_name(&self) -> String {
        let person = [&self.surname, &self.given, &self.patronymic]
            .into_iter()
            .filter(|s| !s.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" ");
        if person.is_empty() { self.organisation.clone() } else { person }
    }
}

/// Which of the applicant's data leave the station with a referral (minimum by default).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct Disclosed {
    pub name: bool,
    pub phone: bool,
    pub address: bool,
}

/// A redirect (АППК art. 65): the duty itself moves to the competent body, in whole or part.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Redirect {
    /// The whole case; else only `issues`.
    pub whole: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<IssueId>,
    /// Legal ground of the competence, as it stands in the letter.
    pub ground: String,
    /// Why this body, in words for the applicant.
    pub reason: String,
    /// Last day to redirect: three working days from receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// Version of the calendar that day was counted with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub calendar: String,
}

/// Who signed a decision, when, under which number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct SignedDecision {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    pub date: NaiveDate,
    pub name: String,
    pub post: String,
    /// By which day the applicant has to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_due: Option<NaiveDate>,
}

/// On what ground personal data leave the station.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Basis {
    /// The applicant agreed; taken by the officer.
    Consent,
    /// Without consent, because waiting would do harm: the legal ground and the reason.
    Override { ground: String, reason: String },
}

/// The applicant's own word on whether the trouble is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// “Yes, solved.”
    Solved,
    /// “Partly.”
    Partly,
    /// “No.”
    NotSolved,
    /// Could not be asked (no contact, asked not to be called).
    NotAsked,
}

/// How an applicant was reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ContactHow {
    Call,
    InPerson,
    Message,
    Letter,
}

/// Whether the person was reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    Yes,
    NoAnswer,
    Unsafe,
}

/// By what way something goes to a body or comes from it, past the region.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Phone,
    /// On paper, from hand to hand.
    Paper,
    Mail,
    Email,
    /// A system of documents both have, as ЕСЭДО.
    System,
    /// Through the system the case was loaded from.
    Import,
}

/// What a body lets the station know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// It has an incoming number there.
    Registered,
    Accepted,
    Rejected,
    Answered,
}

/// How something went past the region: nothing but the officer's word proves it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Told {
    pub way: Way,
    /// The day it was so, which may be before the day it was written down.
    pub day: NaiveDate,
    /// Who of the body took it or said it: name, post.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub who: String,
    /// The paper itself, scanned: a file of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub letter: Option<AttachmentId>,
}

/// Where the trouble is.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct Address {
    /// As the person says it.
    pub text: String,
    /// Degrees, WGS 84.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Degrees, WGS 84.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
}

/// One field that leaves the station with a referral.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Leaving {
    /// Key of the label in the catalogues: `text`, `address`, `name`, `phone`, `category`, `number`, `circumstances`, `file`.
    pub field: String,
    /// The value as it leaves.
    pub value: String,
}

/// A file that goes with a request: what opens it goes in the request's own event, for nobody but its
/// circle and its body.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EnclosedFile {
    pub attachment_id: crate::ids::AttachmentId,
    /// The hash is that of the encrypted bytes; the size is that of the plain ones.
    pub file: FileRef,
    /// Opens the bytes: 32 bytes, hex.
    pub key: String,
    /// What it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl EnclosedFile {
    /// As it is listed among what leaves: its name, and what it is.
    #[must_use]
    pub fn leaving(&self) -> Leaving {
        let name = &self.file.name;
        let value =
            if self.note.is_empty() { name.clone() } else { format!("{name}: {}", self.note) };
        Leaving { field: "file".to_owned(), value }
    }

    /// As screens know it: without what opens it.
    #[must_use]
    pub fn enclosure(&self) -> Enclosure {
        Enclosure {
            id: self.attachment_id,
            name: self.file.name.clone(),
            media_type: self.file.media_type.clone(),
            bytes: self.file.bytes,
            note: self.note.clone(),
        }
    }
}

/// A file that goes with a request, as it is shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Enclosure {
    pub id: crate::ids::AttachmentId,
    pub name: String,
    pub media_type: String,
    pub bytes: u64,
    #[serde(default)]
    pub note: String,
}

/// A file an agency attached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct FileRef {
    /// SHA-256 of the stored bytes, hex.
    pub hash: String,
    /// Name as the sender gave it, sanitised.
    pub name: String,
    /// Media type as sniffed.
    pub media_type: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// The moment of an event as it is after the clocks were compared.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CorrectedMoment {
    pub event: crate::ids::EventId,
    pub at: chrono::DateTime<chrono::Utc>,
    /// Neither the clock nor its difference told: not before this moment.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guessed: bool,
}
