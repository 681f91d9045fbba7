//! Taking a trouble down: the draft, the help beside it, and finishing it.

use super::ServiceLine;
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::case::{CautionKind, Obligation, WaitingOn};
use esik_domain::deadline::Deadline;
use esik_domain::event::{Basis, Channel, Disclosed, Enclosure, Leaving, Party};
use esik_domain::ids::{AgencyCode, AttachmentId, CaseId, CategoryCode, DraftId, OfficerId};
use esik_domain::iin::IinCheck;
use esik_domain::knowledge::CardRef;
use esik_domain::person::PersonRef;
use esik_domain::phone::PhoneCheck;
use esik_domain::priority::Proposed;
use esik_domain::suggest::{AgencyHit, Suggestion};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything the officer has typed and chosen in one intake; autosaved as it is.
/// Every field may be missing: acceptance is never refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct IntakeForm {
    /// What happened, in the person's words.
    pub text: String,
    /// Language the person speaks: `kk`, `ru`, `en` or what the officer typed.
    pub language: String,
    pub channel: Channel,
    /// Who came; `None` = nameless.
    pub applicant: Party,
    /// The card of an earlier case that the applicant was taken over from: an officer knew them again.
    pub known_as: Option<PersonRef>,
    /// On whose behalf, when not their own.
    pub represented: Option<Party>,
    /// One line as typed in the “who” field (name, phone or IIN) before it was understood.
    pub who_line: String,
    pub address: String,
    /// `baby`, `elderly`, `disability`, `afraid`, `pregnant`, `child`, `no_home`, `language` (an interpreter), `do_not_call`.
    pub circumstances: Vec<String>,
    /// Chosen category; `None` = not yet, the best suggestion is *not* taken silently.
    pub category: Option<CategoryCode>,
    /// Further issues of the same visit.
    pub more_issues: Vec<MoreIssue>,
    pub advice: Option<String>,
    /// Cards the advice was taken from, with their versions.
    pub advice_cards: Vec<CardRef>,
    pub referrals: Vec<ReferralForm>,
    pub tasks: Vec<TaskForm>,
    /// The duty itself moves to another body.
    pub redirect: Option<RedirectForm>,
    pub crime: Option<CrimeForm>,
    /// Nobody knows yet whose it is: the case stays here, and somebody answers for it.
    pub undecided: Option<Undecided>,
    /// An existing case this visit belongs to.
    pub existing_case: Option<CaseId>,
    /// The ticket the person was called by; it is over when the intake is finished.
    pub ticket: Option<CaseId>,
    /// When the person began to speak; the first keystroke.
    pub started_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct MoreIssue {
    #[ts(as = "Option<CategoryCode>")]
    pub category: Option<CategoryCode>,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ReferralForm {
    pub agency: AgencyCode,
    /// Text as it leaves; empty = the person's words.
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub disclosed: Disclosed,
    /// `None` = the category's own term.
    #[serde(default)]
    pub answer_due: Option<NaiveDate>,
    /// `None` = the category's circle.
    #[serde(default)]
    pub circle: Option<String>,
    /// The applicant agreed that a private body gets the name and the phone: what drafts of older programs say.
    #[serde(default)]
    pub consent: bool,
    /// On what ground a private body gets them.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// The supervisor of a private body gets a copy, when there is one.
    #[serde(default)]
    pub copy: bool,
    /// Files of the draft that go with it.
    #[serde(default)]
    pub files: Vec<AttachmentId>,
    /// Which issue it is about: 0 or none the first, 1 the first of the further ones.
    #[serde(default)]
    pub issue: Option<u32>,
}

impl ReferralForm {
    /// The ground, as this or an older program wrote it.
    #[must_use]
    pub fn ground(&self) -> Option<Basis> {
        self.basis.clone().or(self.consent.then_some(Basis::Consent))
    }
}

/// The duty moves by law (АППК art. 65): written with the case, signed by the head.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct RedirectForm {
    /// `None` = not chosen yet.
    #[ts(as = "Option<AgencyCode>")]
    pub agency: Option<AgencyCode>,
    pub whole: bool,
    /// Which issues move when not all do: 0 the first, 1 the first of the further ones.
    pub issues: Vec<u32>,
    /// The law or the article that makes the body competent.
    pub ground: String,
    pub reason: String,
    /// Text as it leaves; empty = the person's words.
    pub text: String,
    pub disclosed: Disclosed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TaskForm {
    /// Police unit: `P-UIP`.
    pub unit: AgencyCode,
    pub text: String,
    #[serde(default)]
    pub due: Option<NaiveDate>,
}

/// “I do not know”: a way like the others, with a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Undecided {
    /// Who finds out; `None` = the officer who takes it down.
    #[ts(as = "Option<OfficerId>")]
    pub controller: Option<OfficerId>,
}

/// The crime branch: only that it was registered, never what it was about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct CrimeForm {
    /// КУИ number as the duty officer gave it, typed back.
    pub kui_number: String,
    /// `None` = the moment the number was typed.
    pub kui_at: Option<DateTime<Utc>>,
    pub received_by: String,
    /// The one social sentence that may stay; everything else of the text is wiped.
    pub social_sentence: String,
}

/// A saved draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Draft {
    pub id: DraftId,
    pub form: IntakeForm,
    pub saved_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DraftLine {
    pub id: DraftId,
    /// First words; empty when nothing was typed.
    pub title: String,
    pub who: String,
    pub address: String,
    pub saved_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct DraftSave {
    pub id: DraftId,
    pub form: IntakeForm,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct DraftRef {
    pub id: DraftId,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct DraftSaved {
    /// Durable since.
    pub saved_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct HelpRequest {
    pub text: String,
    pub address: String,
    pub who_line: String,
    /// The person as the form has it: fields typed by hand count as the line does.
    pub person: Party,
    pub category: Option<CategoryCode>,
    /// Themes of further issues of the same visit.
    pub more: Vec<CategoryCode>,
    /// Bodies the officer chose already.
    pub bodies: Vec<AgencyCode>,
}

/// Help beside the text, live: never in the way.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Help {
    pub suggestion: Suggestion,
    /// Bodies outside the police for the theme in force, best first, then for further themes, then the chosen ones.
    pub bodies: Vec<BodyHelp>,
    /// Cases at the same place, of the same person or theme; only what this officer may see.
    pub similar: Vec<SimilarCase>,
    /// The category in force (chosen, else the best suggestion), with its hints, term and bodies.
    pub chosen: Option<CategoryHelp>,
    /// What the “who” line was understood as.
    pub who: WhoRead,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CategoryHelp {
    pub code: CategoryCode,
    /// `police`, `forward`, `register`, `emergency`, `advise`.
    pub route: String,
    pub agencies: Vec<AgencyCode>,
    /// How soon the first of them really answers; none when it answered too seldom to tell.
    pub record: Option<BodyRecord>,
    /// Service promise, with its derivation; none for `advise`.
    pub promise: Option<Deadline>,
    /// The legal term of the appeal, with its derivation.
    pub legal: Option<Deadline>,
    pub crime_flag: String,
}

/// A body a request may go to, and what speaks for and against it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct BodyHelp {
    #[serde(flatten)]
    #[ts(flatten)]
    pub hit: AgencyHit,
    /// How soon it really answers; none when it answered too seldom to tell.
    pub record: Option<BodyRecord>,
    /// Papers, hours, telephone and address, as the directory has them; none when it says nothing.
    pub service: Option<ServiceLine>,
    /// Who supervises it, when it is private: gets a copy.
    pub supervisor: Option<AgencyCode>,
    /// Why a request about this theme may not go there: `leaving_advise_only`, `leaving_crime_first`, …
    pub stays: Option<String>,
}

/// A body's own record, from its last answers to this station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BodyRecord {
    pub agency: AgencyCode,
    /// Answers it was taken from.
    pub answers: u32,
    /// Working days within which half of them came.
    pub usual_wd: u32,
    /// The day that would be, asked today.
    pub usual_day: NaiveDate,
    /// Working days within which nine of ten came.
    pub nearly_all_wd: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SimilarCase {
    pub id: CaseId,
    pub number: Option<String>,
    pub title: String,
    pub address: String,
    pub category: Option<CategoryCode>,
    pub at: DateTime<Utc>,
    /// `iin`, `phone`, `name`, `place`, `theme`; `other_iin`: the name is the same, the IIN is another one.
    pub why: Vec<String>,
    pub open: bool,
    pub waiting_on: Option<WaitingOn>,
}

/// What one typed line was understood as.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct WhoRead {
    pub phone: Option<PhoneCheck>,
    pub iin: Option<IinCheck>,
    pub surname: String,
    pub given: String,
    pub patronymic: String,
    /// Cases of a person like this at the station.
    pub known: Vec<KnownPerson>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct KnownPerson {
    pub name: String,
    pub phone: String,
    pub address: String,
    pub last_case: CaseId,
    pub last_at: DateTime<Utc>,
    pub cases: u32,
    /// By what: `iin`, `phone`, `name`; `other_iin` beside the name when the IIN is another one.
    pub why: Vec<String>,
    /// What has to be known before anybody calls or writes to them.
    pub cautions: Vec<CautionKind>,
    pub party: Party,
    /// Where these data stand.
    pub card: PersonRef,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PreviewRequest {
    pub form: IntakeForm,
    /// Whose files may go with the requests.
    #[serde(default)]
    pub draft: Option<DraftId>,
}

/// What finishing would do: exactly what leaves, by when, under which number.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Preview {
    /// `case`, `advice`, `crime`: what this intake becomes.
    pub becomes: String,
    /// Next number of this desk's block; `None` when no case is made.
    pub number: Option<String>,
    /// True when the block is used up and the desk's own series is used.
    pub own_series: bool,
    /// Who may know of it: `open`, or a restricted circle.
    pub circle: String,
    pub referrals: Vec<ReferralPreview>,
    pub redirect: Option<RedirectPreview>,
    /// Things the officer should know before finishing; none of them blocks.
    pub warnings: Vec<super::Refusal>,
    /// Things that must be filled to finish this way (the КУИ number, a text to refer).
    pub missing: Vec<super::Refusal>,
    pub obligations: Vec<Obligation>,
    /// How soon the case will have to be taken up; none where there is no case, or an officer said it of the case that
    /// it goes into.
    pub priority: Option<Proposed>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReferralPreview {
    pub agency: AgencyCode,
    /// The theme of the issue it is about, which its day is counted by.
    pub category: Option<CategoryCode>,
    pub leaves: Vec<Leaving>,
    pub answer: Option<Deadline>,
    pub circle: String,
    /// A private body: the term is only a request.
    pub private_body: bool,
    /// The supervisor that may get a copy of it.
    pub copy_to: Option<AgencyCode>,
    /// This is such a copy: of the request to this body.
    pub copy_of: Option<AgencyCode>,
    /// Exactly the files that go with it.
    pub files: Vec<Enclosure>,
    /// Why chosen files do not: `leaving_file_consent`, `leaving_file_circle`, `leaving_identity`.
    pub files_stay: Option<String>,
}

/// A redirect as the head will read it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RedirectPreview {
    pub agency: AgencyCode,
    pub leaves: Vec<Leaving>,
    /// By when the head has to sign: three working days from receipt.
    pub by: Deadline,
    pub circle: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct IntakeFinish {
    /// The draft it came from; it is removed in the same transaction.
    pub draft: Option<DraftId>,
    pub form: IntakeForm,
    /// Open the coupon for printing when a case is made.
    #[serde(default)]
    pub print: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct IntakeDone {
    pub case: CaseId,
    pub number: Option<String>,
    pub becomes: String,
    /// Path-less name of the coupon handed to the viewer or spooler.
    pub coupon_opened: bool,
    pub changed: super::Changed,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CheckLine {
    pub text: String,
}
