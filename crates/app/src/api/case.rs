//! One case on the screen, and what an officer does to it.

use super::{Changed, PlanStepView};
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::calendars::DayChange;
use esik_domain::case::{
    CaseParty, CautionKind, Closing, Crime, Issue, Obligation, Referral, ReferralState, Refused,
    Review, Task,
};
use esik_domain::deadline::Deadline;
use esik_domain::event::{
    Address, Basis, ContactHow, Disclosed, Heard, Leaving, Party, Reached, Told, Word,
};
use esik_domain::ids::{
    AgencyCode, AttachmentId, CaseId, CategoryCode, EventId, IssueId, OfficerId, ReferralId, TaskId,
};
use esik_domain::knowledge::Citation;
use esik_domain::ladder::{Ladder, Rung};
use esik_domain::priority::{Priority, Proposed};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CaseRef {
    pub id: CaseId,
}

/// A case as this officer may see it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CaseView {
    pub id: CaseId,
    /// None = a visit that never became a case.
    pub number: Option<String>,
    /// Other cases with this number, as far as the officer may know of them: two copies of a desk gave it twice.
    pub same_number: Vec<CaseId>,
    pub ext_number: Option<String>,
    pub title: String,
    pub narrative: String,
    pub circle: String,
    pub address: Option<Address>,
    pub opened_at: Option<DateTime<Utc>>,
    /// Who answers for it.
    pub controller: Colleague,
    /// How soon it has to be taken up.
    pub priority: PriorityView,
    pub issues: Vec<Issue>,
    pub parties: Vec<CaseParty>,
    pub circumstances: Vec<String>,
    /// The language the person spoke last: `kk`, `ru`, `en` or other; empty when nobody noted it.
    pub language: String,
    /// What has to be known before anybody calls, writes or comes; the most dangerous first.
    pub cautions: Vec<CautionView>,
    pub visits: u32,
    pub referrals: Vec<ReferralView>,
    pub tasks: Vec<Task>,
    /// The plan for the person or household, its days as they stand now.
    pub plan: Vec<PlanStepView>,
    pub crime: Option<Crime>,
    pub coupon_number: Option<String>,
    /// Where the region shows how the case is; absent without a coupon or such a page.
    pub status_page: Option<String>,
    /// Words from that page which wait for somebody to read them.
    pub words: Vec<SaidView>,
    /// The coupon may be in hands it should not be in: what is said with it proves nothing.
    pub words_doubtful: bool,
    pub closed: Option<Closing>,
    pub reopened: u32,
    pub obligations: Vec<Obligation>,
    pub timeline: Vec<TimelineItem>,
    /// “Why this date?”: each clock with its derivation.
    pub clocks: Vec<Clock>,
    pub terms: super::Terms,
    pub end: super::End,
    pub review: Vec<Review>,
    pub refused: Vec<Refused>,
    /// Records that do nothing until the one they rest on comes.
    pub waiting: u32,
    /// Parts of the case this program is too old for.
    pub unknown: u32,
    pub read_only: bool,
    /// Some event of it waits for the region.
    pub waits_for_region: u32,
    pub may_close: bool,
    /// May this officer correct, withdraw and settle here?
    pub may_correct: bool,
    /// It is open to the station, and this officer may put it into a circle.
    pub may_restrict: bool,
    /// The region has not the opening yet: its days may move when the clocks are compared (S19).
    pub dates_provisional: bool,
    /// When the region recorded the opening, if that was more than a day after the receipt.
    pub recorded_late: Option<DateTime<Utc>>,
    /// The event that set each value, for a correction of what was seen.
    pub set_by: std::collections::BTreeMap<String, EventId>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReferralView {
    #[serde(flatten)]
    #[ts(flatten)]
    pub referral: Referral,
    pub state: ReferralState,
    /// Working days late; 0 = not late.
    pub late_wd: i32,
    /// Who takes a late answer on, and when it goes up; absent where none is owed.
    pub ladder: Option<Ladder>,
    /// The rung that is next; absent where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_rung: Option<NextRungView>,
    /// A private body's supervisor, as long as it has no copy: offered as a second referral.
    pub copy_to: Option<AgencyCode>,
    /// May the officer write down that he handed it over himself?
    pub may_hand_over: bool,
    /// What of the body he may write down now.
    pub hears: Vec<Heard>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct TimelineItem {
    pub event: EventId,
    pub at: DateTime<Utc>,
    /// What a wrong clock had said; `at` is the corrected moment then.
    pub written_at: Option<DateTime<Utc>>,
    /// Kind of the event; the catalogues have a sentence for each.
    pub kind: String,
    /// Officer's name, or the clerk behind the region's event.
    pub who: String,
    /// Values for the sentence: `agency`, `number`, `reason`, `text`, `word`, …
    pub values: std::collections::BTreeMap<String, String>,
    /// `unsent`, `accepted`, `refused`.
    pub standing: String,
    pub tone: Tone,
    /// What a correction changed, old and new.
    pub changes: Vec<super::FieldChange>,
    /// Of advice: the cards it was taken from, as they stood then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cited: Vec<Citation>,
    /// Its author took it back: it is told, it does not count.
    pub undone: Option<super::TakenBack>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Calm,
    Ours,
    Good,
    Attention,
    Bad,
}

/// One clock of a case.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Clock {
    /// `legal_answer`, `service_answer`, `notice`.
    pub kind: String,
    pub referral: Option<ReferralId>,
    pub deadline: Deadline,
    /// Source: `appk_76`, `category`, `officer`, `extension`, …
    pub source: String,
    pub working_days: u32,
    pub late_wd: i32,
    /// Stopped: the answer is there or the case is closed.
    pub met: bool,
    /// The term before it was extended.
    pub first: Option<Deadline>,
    /// The calendar changed since: what was counted before.
    pub was: Option<Earlier>,
}

/// A day counted with an earlier edition of the calendar, and the one that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Earlier {
    pub due: NaiveDate,
    /// Empty when it is not known.
    pub calendar: String,
    pub now: NaiveDate,
    pub calendar_now: String,
    /// What the calendar that holds says otherwise: why the day moved.
    pub changes: Vec<DayChange>,
    /// The earlier day stands on the coupon the applicant has.
    pub on_coupon: bool,
    /// Not the calendar moved it: it was said under a wrong clock.
    pub clock: Option<WrongClock>,
}

/// What a moment became when the clock was compared with the region's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WrongClock {
    /// What the clock had said.
    pub was: DateTime<Utc>,
    pub now: DateTime<Utc>,
    /// Nobody knows exactly: not before `now`.
    pub guessed: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReferralSend {
    pub case: CaseId,
    pub agency: AgencyCode,
    pub text: String,
    pub disclosed: Disclosed,
    pub answer_due: Option<NaiveDate>,
    /// The rejected referral it replaces.
    pub replaces: Option<ReferralId>,
    /// Consent, or ground and reason without it: a private body gets no name and no phone otherwise.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// The referral to a private body this is a copy of, for its supervisor.
    #[serde(default)]
    pub copy_of: Option<ReferralId>,
    /// Files of the case that go with it.
    #[serde(default)]
    pub files: Vec<AttachmentId>,
    /// Which issue of the case it is about; none = that of the request it replaces or copies, else the first.
    #[serde(default)]
    pub issue: Option<IssueId>,
}

/// Exactly what would leave with a request.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReferralLeaves {
    /// Field by field, files among them.
    pub leaves: Vec<Leaving>,
    /// The day we promise an answer by.
    pub answer_due: Option<NaiveDate>,
    /// Who may know of it.
    pub circle: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReferralCheck {
    pub case: CaseId,
    pub referral: ReferralId,
    /// A real answer.
    pub good: bool,
    /// Which of the five it has: `facts`, `decision`, `who_when`, `next`, `appeal`.
    #[serde(default)]
    pub has: Vec<String>,
    pub note: String,
}

/// A request was handed over past the region.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReferralHandOver {
    pub case: CaseId,
    pub referral: ReferralId,
    pub told: Told,
    /// The body's number for it, when it gave one there and then.
    #[serde(default)]
    pub incoming_number: String,
}

/// A body said something past the region.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReferralHear {
    pub case: CaseId,
    pub referral: ReferralId,
    pub what: Heard,
    pub told: Told,
    /// Asked for when it was registered; told along with anything else, it is kept too.
    #[serde(default)]
    pub incoming_number: String,
    /// Of a refusal: one of `esik_domain::answer::REFUSALS`.
    #[serde(default)]
    pub code: String,
    /// The reason of a refusal; the answer.
    #[serde(default)]
    pub text: String,
}

/// The next rung of the ladder of a late answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NextRungView {
    pub rung: Rung,
    /// From which day it is to be taken.
    pub since: NaiveDate,
    /// That day has come.
    pub now: bool,
    /// Rungs this officer may take.
    pub mine: Vec<Rung>,
    /// The body that supervises a private one.
    pub suggests: Option<AgencyCode>,
}

/// A late answer is taken up a rung.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReferralEscalate {
    pub case: CaseId,
    pub referral: ReferralId,
    pub rung: Rung,
    pub told: Told,
    /// Another body it is written to; none = the body itself, or the region's controller on the last rung.
    #[serde(default)]
    pub to: Option<AgencyCode>,
    /// What was written or said.
    pub text: String,
    /// Why rungs below are left out, or it goes up before its day.
    #[serde(default)]
    pub reason: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReferralRemind {
    pub referrals: Vec<CaseReferral>,
}

/// What came of reminding, each request by itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct Reminded {
    pub changed: Changed,
    pub reminded: u32,
    pub passed_over: Vec<PassedOver>,
}

/// A body that was not reminded.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PassedOver {
    pub case: CaseId,
    pub referral: ReferralId,
    /// `reminded_today`, `owes_nothing`, or why it could not be written.
    pub code: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CaseReferral {
    pub case: CaseId,
    pub referral: ReferralId,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct TaskAdd {
    pub case: CaseId,
    pub unit: AgencyCode,
    pub text: String,
    pub due: Option<NaiveDate>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct TaskFinish {
    pub case: CaseId,
    pub task: TaskId,
    pub result: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct NoteAdd {
    pub case: CaseId,
    pub text: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ContactRecord {
    pub case: CaseId,
    pub how: ContactHow,
    pub reached: Reached,
    pub word: Option<Word>,
    pub text: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CaseClose {
    pub case: CaseId,
    pub word: Word,
    /// One of `esik_domain::closing::OUTCOMES`.
    pub outcome: String,
    pub text: String,
    /// 1 to 5, the one question; absent = not asked.
    #[serde(default)]
    pub satisfaction: Option<u8>,
    /// Why the applicant was not called back.
    #[serde(default)]
    pub not_called: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CaseReopen {
    pub case: CaseId,
    pub reason: String,
}

/// Puts an open case into a restricted circle, for good.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CaseRestrict {
    pub case: CaseId,
    /// One of `esik_domain::catalog::CIRCLES`.
    pub circle: String,
    /// Why; may be empty.
    #[serde(default)]
    pub reason: String,
}

/// Marks words from the region's page as read: those that the screen showed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct WordRead {
    pub case: CaseId,
    pub events: Vec<EventId>,
}

/// Why a contact may do harm, and how that was learnt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CautionView {
    pub kind: CautionKind,
    pub at: Option<DateTime<Utc>>,
    /// Who learnt it; empty when the officer is not known here.
    pub who: String,
    /// The way that was unsafe.
    pub how: Option<ContactHow>,
    pub text: String,
    /// When the person was spoken with since.
    pub spoken_at: Option<DateTime<Utc>>,
    pub spoken_how: Option<ContactHow>,
}

/// What nobody has read yet of what was said on the region's page.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SaidView {
    pub event: EventId,
    pub at: DateTime<Utc>,
    /// Is the trouble over? None = only a message.
    pub word: Option<Word>,
    pub text: String,
    /// By which day somebody looks at it.
    pub due: Option<NaiveDate>,
    /// It asks to open again what is over.
    pub asks_to_reopen: bool,
}

/// Gives an open case to an officer of the station.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ControllerName {
    pub case: CaseId,
    pub officer: OfficerId,
    /// Why; may be empty.
    #[serde(default)]
    pub reason: String,
}

/// Says how soon an open case has to be taken up.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PrioritySet {
    pub case: CaseId,
    /// None = the rule decides again.
    pub priority: Option<Priority>,
    /// Why; has to be said where it is later than the rule proposes.
    #[serde(default)]
    pub reason: String,
}

/// How soon a case has to be taken up, and why.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PriorityView {
    /// What holds.
    pub now: Priority,
    /// What the rule proposes, whether it holds or not.
    pub proposed: Proposed,
    /// The officer's word; absent where there is none. Not what holds where more became known since.
    pub set: Option<PrioritySetBy>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PrioritySetBy {
    pub priority: Priority,
    pub at: DateTime<Utc>,
    /// Empty when the officer is not known here.
    pub who: String,
    pub reason: String,
}

/// Officers of the station who can answer for a case.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Colleagues {
    pub me: OfficerId,
    pub officers: Vec<Colleague>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Colleague {
    pub id: OfficerId,
    /// Surname and initials; empty when the officer is not known here.
    pub name: String,
    pub post: String,
    /// Signs in at this desk.
    pub here: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CategoryChange {
    pub case: CaseId,
    pub issue: IssueId,
    pub category: CategoryCode,
}

/// A theme that was not known when the case was taken down.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct IssueAdd {
    pub case: CaseId,
    pub category: CategoryCode,
    /// In short, what it is about; may be empty.
    #[serde(default)]
    pub text: String,
}

/// Who came, or on whose behalf, if the case does not know it; the role is the person's own.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PartyAdd {
    pub case: CaseId,
    pub party: Party,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct CaseDone {
    pub changed: Changed,
    /// How to take it back; none for what left the station or cannot be taken back.
    #[serde(default)]
    pub undo: Option<super::Undo>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CouponPrinted {
    pub opened: bool,
}

/// Bytes for a preview inside the window (base64 PDF).
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Document {
    pub name: String,
    pub media_type: String,
    pub base64: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AnswerFile {
    pub case: CaseId,
    pub referral: ReferralId,
}
