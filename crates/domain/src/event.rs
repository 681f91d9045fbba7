//! The envelope of an event and every kind of event the product knows.
//!
//! A case is an append-only list of these; everything else is a fold of them (`architecture.md` §3).

mod class;
mod envelope;
mod parts;
mod role;

pub use class::{By, Class};
pub use envelope::{ClockReading, ENVELOPE_VERSION, EVENT_BYTES_MAX, Envelope, TEXT_BYTES_MAX};
pub use parts::*;
pub use role::*;

use crate::ids::{
    AgencyCode, AttachmentId, CaseId, CategoryCode, EventId, IssueId, OfficerId, PartyId,
    ReferralId, StepId, TaskId,
};
use crate::knowledge::{CardRef, Citation, Confirmation};
use crate::ladder::Rung;
use crate::look::Look;
use crate::owed_list::HandedList;
use crate::priority::Priority;
use crate::queue::QueueAbout;
use crate::round::{HandedDay, VisitResult};
use crate::shift::Handing;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

macro_rules! bodies {
    ($($(#[$doc:meta])* $kind:literal => $variant:ident : $class:ident, by $by:ident, critical $critical:literal $({ $($(#[$fm:meta])* $field:ident : $ty:ty),* $(,)? })?;)*) => {
        /// The content of an event, by kind.
        #[derive(Clone, PartialEq, Debug)]
        pub enum Body {
            $($(#[$doc])* $variant($variant),)*
            /// A kind or version this program does not know: kept, forwarded, counted, not applied.
            Unknown { kind: String, body: Value },
        }
        $(
            $(#[$doc])*
            #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
            pub struct $variant {
                $($($(#[$fm])* pub $field: $ty,)*)?
                /// Fields a newer program added; kept byte for byte in the signed event.
                #[serde(flatten)]
                pub more: Map<String, Value>,
            }
        )*
        impl Body {
            /// The kind's name as it stands in the envelope.
            #[must_use]
            pub fn kind(&self) -> &str {
                match self { $(Self::$variant(_) => $kind,)* Self::Unknown { kind, .. } => kind }
            }
            /// How concurrent events of this kind are treated.
            #[must_use]
            pub fn class(&self) -> Class {
                match self { $(Self::$variant(_) => Class::$class,)* Self::Unknown { .. } => Class::Fact }
            }
            /// True when an old reader must not go on working on the case without knowing this kind.
            #[must_use]
            pub fn critical(&self) -> bool {
                match self { $(Self::$variant(_) => $critical,)* Self::Unknown { .. } => false }
            }
            /// Who may author it; none = a kind or version this program does not know.
            #[must_use]
            pub fn by(&self) -> Option<By> {
                match self { $(Self::$variant(_) => Some(By::$by),)* Self::Unknown { .. } => None }
            }
            /// True when only the region may author it (`settled.md` 8).
            #[must_use]
            pub fn region_only(&self) -> bool {
                self.by() == Some(By::Region)
            }
            /// The JSON that goes into the envelope.
            ///
            /// # Errors
            /// Only when a value cannot be represented in JSON, which these types never are.
            pub fn to_value(&self) -> Result<Value, serde_json::Error> {
                match self { $(Self::$variant(b) => serde_json::to_value(b),)* Self::Unknown { body, .. } => Ok(body.clone()) }
            }
            /// Reads a body; an unknown kind or an unreadable body becomes [`Body::Unknown`].
            #[must_use]
            pub fn read(kind: &str, version: u16, body: &Value) -> Self {
                if version != 1 { return Self::Unknown { kind: kind.to_owned(), body: body.clone() }; }
                match kind {
                    $($kind => match serde_json::from_value(body.clone()) {
                        Ok(b) => Self::$variant(b),
                        Err(_) => Self::Unknown { kind: kind.to_owned(), body: body.clone() },
                    },)*
                    _ => Self::Unknown { kind: kind.to_owned(), body: body.clone() },
                }
            }
        }
        /// Every kind this program writes, with its class and who may author it.
        pub const KINDS: &[(&str, Class, By)] = &[$(($kind, Class::$class, By::$by)),*];
    };
}

bodies! {
    /// A person came (or called, or was visited).
    "visit_noted" => VisitNoted: Fact, by Hall, critical false {
        #[serde(default)] channel: Channel,
        /// Language the person spoke: `kk`, `ru`, `en` or other.
        language: String,
        /// Circumstances that change how we act: `baby`, `elderly`, `disability`, `afraid`, `pregnant`, `child`, `no_home`, `language` (an interpreter), `do_not_call`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] circumstances: Vec<String>,
        /// Minutes the visit took, when measured.
        #[serde(default, skip_serializing_if = "Option::is_none")] minutes: Option<u32>,
    };
    /// The visit became a case: it has a register number, a text and a promise.
    "case_opened" => CaseOpened: Fact, by Desk, critical false {
        number: String,
        title: String,
        narrative: String,
        #[serde(default, skip_serializing_if = "Option::is_none")] address: Option<Address>,
        /// The legal kind of appeal: `appeal`, `message`, `complaint`, … (domain.md §2.1).
        #[serde(default)] appeal_kind: String,
        /// A number another system gave it (eOtinish and others); separate and searchable.
        #[serde(default, skip_serializing_if = "Option::is_none")] ext_number: Option<String>,
        /// Legal clock: the last day as it was counted when the case was opened.
        #[serde(default, skip_serializing_if = "Option::is_none")] legal_due: Option<NaiveDate>,
        /// Version of the calendar that day was counted with.
        #[serde(default, skip_serializing_if = "String::is_empty")] calendar: String,
    };
    /// One subject of the case.
    "issue_added" => IssueAdded: Fact, by Desk, critical false {
        issue_id: IssueId, category: CategoryCode,
        #[serde(default, skip_serializing_if = "String::is_empty")] text: String,
    };
    /// A person in the case.
    "party_added" => PartyAdded: Fact, by Desk, critical false { party_id: PartyId, party: Party };
    /// An officer says that a person of this case and one of another case are the same, or that they are two; without
    /// `same` an earlier word is taken back ([`crate::person`]).
    "person_matched" => PersonMatched: Fact, by Desk, critical false {
        party_id: PartyId, other_case: CaseId, other_party: PartyId,
        #[serde(default, skip_serializing_if = "Option::is_none")] same: Option<bool>,
        #[serde(default, skip_serializing_if = "String::is_empty")] reason: String,
    };
    /// Help given at the desk.
    "advice_given" => AdviceGiven: Fact, by Hall, critical false {
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")] category: Option<CategoryCode>,
        /// True when the person only asked, and no case follows.
        #[serde(default)] only: bool,
        /// Cards it was taken from, with their versions.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] cards: Vec<CardRef>,
        /// The same as they stood then: title, day of confirmation.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] cited: Vec<Citation>,
    };
    /// Something worth keeping.
    "note_added" => NoteAdded: Fact, by Hall, critical false { text: String };
    /// A file was put to the case; its bytes lie encrypted beside the database (`settled.md` 12).
    "attachment_linked" => AttachmentLinked: Fact, by Desk, critical false {
        attachment_id: AttachmentId,
        /// The hash is that of the encrypted bytes; the size is that of the plain ones.
        file: FileRef,
        /// Opens the bytes: 32 bytes, hex. It goes to whoever may read this event, and to nobody else.
        key: String,
        #[serde(default, skip_serializing_if = "String::is_empty")] note: String,
        /// Its name looks like a copy of an identity document; the officer said that it is none.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] not_identity: bool,
        /// It is a small picture of that file, made when that one was put here; it goes when that one goes.
        #[serde(default, skip_serializing_if = "Option::is_none")] preview_of: Option<AttachmentId>,
        /// It is a copy of that file with parts of it covered (docs/adr/0060).
        #[serde(default, skip_serializing_if = "Option::is_none")] covers: Option<AttachmentId>,
    };
    /// A file was put here by mistake: its bytes are wiped, that it was here stays.
    "attachment_withdrawn" => AttachmentWithdrawn: Fact, by Desk, critical false {
        attachment_id: AttachmentId, #[serde(default)] reason: String };
    /// What the file is, in a few words; the newest stands.
    "attachment_noted" => AttachmentNoted: Fact, by Desk, critical false {
        attachment_id: AttachmentId, note: String };
    /// A request is being written; it has not left the station.
    "referral_drafted" => ReferralDrafted: Fact, by Desk, critical false {
        referral_id: ReferralId, agency: AgencyCode, text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")] category: Option<CategoryCode>,
        #[serde(default)] disclosed: Disclosed,
        /// Service clock: the day by which we promised an answer.
        #[serde(default, skip_serializing_if = "Option::is_none")] answer_due: Option<NaiveDate>,
        /// Working days within which the body should confirm receipt.
        #[serde(default)] ack_wd: u32,
        /// Exactly what leaves, field by field, as the officer previewed it.
        #[serde(default)] leaves: Vec<Leaving>,
        /// The rejected referral this one replaces.
        #[serde(default, skip_serializing_if = "Option::is_none")] replaces: Option<ReferralId>,
        /// The duty itself moves (АППК art. 65): whole or part, ground, term. Absent in a plain referral.
        #[serde(default, skip_serializing_if = "Option::is_none")] redirect: Option<Redirect>,
        /// On what ground the applicant's data leave, when the law alone is not enough.
        #[serde(default, skip_serializing_if = "Option::is_none")] basis: Option<Basis>,
        /// The referral to a private body this is a copy of, for its supervisor.
        #[serde(default, skip_serializing_if = "Option::is_none")] copy_of: Option<ReferralId>,
        /// Files the officer chose; nothing else of the case's files goes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] files: Vec<EnclosedFile>,
    };
    /// The officer decided to send it; a redirect is signed by the head or the deputy.
    "referral_sent" => ReferralSent: Decision, by Desk, critical true {
        referral_id: ReferralId,
        /// The signed decision of a redirect, complete for the letter to the applicant.
        #[serde(default, skip_serializing_if = "Option::is_none")] decision: Option<SignedDecision>,
    };
    /// The region handed it to the agency's channel.
    "delivery_delivered" => DeliveryDelivered: Fact, by Region, critical false { referral_id: ReferralId, channel: String };
    /// Nobody of the body works at the region: the station hands the request over itself (docs/adr/0052).
    "delivery_by_hand" => DeliveryByHand: Fact, by Region, critical false { referral_id: ReferralId };
    /// An officer handed it over past the region: on paper, by mail, by telephone.
    "referral_handed" => ReferralHanded: Fact, by Desk, critical false {
        referral_id: ReferralId, told: Told,
        /// The body's incoming number, when it was given one there and then.
        #[serde(default, skip_serializing_if = "String::is_empty")] incoming_number: String,
    };
    /// The body let the station know past the region; the officer writes it down.
    "referral_heard" => ReferralHeard: Fact, by Desk, critical false {
        referral_id: ReferralId, what: Heard, told: Told,
        #[serde(default, skip_serializing_if = "String::is_empty")] incoming_number: String,
        /// Of a refusal: one of [`crate::answer::REFUSALS`].
        #[serde(default, skip_serializing_if = "String::is_empty")] code: String,
        /// The reason of a refusal; the answer.
        #[serde(default, skip_serializing_if = "String::is_empty")] text: String,
    };
    /// A late answer was taken up a rung of the ladder: to whom, how, in which words.
    "referral_escalated" => ReferralEscalated: Fact, by Desk, critical false {
        referral_id: ReferralId, rung: Rung, told: Told,
        /// Another body it was written to; absent = the body itself, or the region's controller on the last rung.
        #[serde(default, skip_serializing_if = "Option::is_none")] to: Option<AgencyCode>,
        #[serde(default, skip_serializing_if = "String::is_empty")] text: String,
        /// Why rungs below were left out, or it went up before its day.
        #[serde(default, skip_serializing_if = "String::is_empty")] reason: String,
    };
    /// The agency's clerk registered it under an incoming number.
    "agency_registered" => AgencyRegistered: Fact, by Region, critical false { referral_id: ReferralId, incoming_number: String };
    /// The agency took it on.
    "agency_accepted" => AgencyAccepted: Fact, by Region, critical false { referral_id: ReferralId };
    /// The agency refused it, with a reason; it comes back as work.
    "agency_rejected" => AgencyRejected: Fact, by Region, critical false {
        referral_id: ReferralId,
        /// One of [`crate::answer::REFUSALS`].
        code: String, reason: String,
    };
    /// The agency answered.
    "agency_answered" => AgencyAnswered: Fact, by Region, critical false {
        referral_id: ReferralId, text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")] file: Option<FileRef>,
    };
    /// An officer read the answer and judged it (“не отписка”).
    "referral_checked" => ReferralChecked: Fact, by Desk, critical false {
        referral_id: ReferralId, good: bool,
        /// Which of [`crate::answer::CHECKS`] the answer has.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] has: Vec<String>,
        /// Which of them it lacks: named to the body when the answer goes back.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] lacks: Vec<String>,
        #[serde(default, skip_serializing_if = "String::is_empty")] note: String,
    };
    /// The body was reminded.
    "referral_reminded" => ReferralReminded: Fact, by Desk, critical false {
        referral_id: ReferralId,
        /// The body sees it from here on: reminders go while people work.
        #[serde(default, skip_serializing_if = "Option::is_none")] not_before: Option<DateTime<Utc>>,
    };
    /// The officer took the request back before an answer (wrong body, no longer needed).
    "referral_withdrawn" => ReferralWithdrawn: Decision, by Desk, critical true {
        referral_id: ReferralId, #[serde(default)] reason: String };
    /// The case was reopened: the body owes an answer again, and sees why.
    "referral_reopened" => ReferralReopened: Fact, by Desk, critical false {
        referral_id: ReferralId, reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")] answer_due: Option<NaiveDate>,
    };
    /// Two bodies say that it is not theirs: the head takes the dispute on. `referral_id` is the last refused one.
    "dispute_opened" => DisputeOpened: Decision, by Head, critical false { referral_id: ReferralId, reason: String };
    /// The head decided whose it is.
    "dispute_settled" => DisputeSettled: Decision, by Head, critical false {
        referral_id: ReferralId, agency: AgencyCode, reason: String };
    /// An officer asks another one to look before a case of this category is closed.
    "closing_asked" => ClosingAsked: Fact, by Desk, critical false {
        word: Word, outcome: String,
        #[serde(default, skip_serializing_if = "String::is_empty")] text: String,
        /// How content the applicant is, 1 to 5; absent = not asked.
        #[serde(default, skip_serializing_if = "Option::is_none")] satisfaction: Option<u8>,
        /// Why the applicant was not called back before.
        #[serde(default, skip_serializing_if = "String::is_empty")] not_called: String,
    };
    /// Own police action with an owner and a date.
    "task_assigned" => TaskAssigned: Decision, by Desk, critical false {
        task_id: TaskId, text: String, unit: AgencyCode,
        #[serde(default, skip_serializing_if = "Option::is_none")] owner: Option<OfficerId>,
        #[serde(default, skip_serializing_if = "Option::is_none")] due: Option<NaiveDate>,
    };
    /// The action was done.
    "task_done" => TaskDone: Fact, by Desk, critical false { task_id: TaskId, #[serde(default)] result: String };
    /// A step of the plan for a person or household: who does what within how many working days, and after
    /// which other steps.
    "plan_step_added" => PlanStepAdded: Fact, by Desk, critical false {
        step_id: StepId, text: String,
        /// Who does it; absent = the family itself.
        #[serde(default, skip_serializing_if = "Option::is_none")] agency: Option<AgencyCode>,
        /// Steps that have to be done before.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] after: Vec<StepId>,
        /// Counted from the day the last of them is done.
        working_days: u32,
        /// The request that is this step: its answer, found good, ends it.
        #[serde(default, skip_serializing_if = "Option::is_none")] referral: Option<ReferralId>,
        /// The own action that is this step.
        #[serde(default, skip_serializing_if = "Option::is_none")] task: Option<TaskId>,
    };
    /// A step takes longer or shorter than was thought: all days after it move.
    "plan_step_moved" => PlanStepMoved: Amendment, by Desk, critical false {
        step_id: StepId, working_days: u32,
        #[serde(default, skip_serializing_if = "String::is_empty")] reason: String,
    };
    /// A step was done.
    "plan_step_done" => PlanStepDone: Fact, by Desk, critical false {
        step_id: StepId, #[serde(default)] result: String };
    /// A step is not needed any more.
    "plan_step_dropped" => PlanStepDropped: Fact, by Desk, critical false {
        step_id: StepId, #[serde(default)] reason: String };
    /// A sign of crime was registered in КУИ; its content does not live here (`product.md`, rules).
    "crime_handed_over" => CrimeHandedOver: Fact, by Desk, critical false {
        kui_number: String, kui_at: DateTime<Utc>,
        #[serde(default)] received_by: String,
        /// Minutes from first words to registration.
        #[serde(default, skip_serializing_if = "Option::is_none")] minutes: Option<u32>,
    };
    /// The applicant left with a coupon.
    "coupon_issued" => CouponIssued: Fact, by Desk, critical false {
        number: String,
        /// 8 characters typed by hand together with the number.
        code: String,
        /// 128 random bits, hex; only in the QR.
        secret: String,
        receiver_name: String, receiver_post: String,
        /// The station's telephone, as its head had set it: the paper and the region's page tell it.
        #[serde(default, skip_serializing_if = "String::is_empty")] phone: String,
    };
    /// We spoke (or tried to speak) with the applicant.
    "contact_made" => ContactMade: Fact, by Desk, critical false {
        how: ContactHow, reached: Reached,
        #[serde(default, skip_serializing_if = "Option::is_none")] word: Option<Word>,
        #[serde(default, skip_serializing_if = "String::is_empty")] text: String,
    };
    /// What somebody said on the region's page who holds the coupon (adr/0036). Nobody vouches for who it was.
    "applicant_word" => ApplicantWord: Fact, by Region, critical false {
        /// Is the trouble over? None = only a message.
        #[serde(default, skip_serializing_if = "Option::is_none")] word: Option<Word>,
        #[serde(default, skip_serializing_if = "String::is_empty")] text: String,
        /// How content they are, 1 to 5; absent = not said.
        #[serde(default, skip_serializing_if = "Option::is_none")] satisfaction: Option<u8>,
        /// Number of the coupon it was said with.
        number: String,
        /// Sent twice, a form says one word.
        #[serde(default)] form: String,
        /// By which day the station looks at it.
        #[serde(default, skip_serializing_if = "Option::is_none")] due: Option<NaiveDate>,
        /// The restricted referral it may be about: who may know of it may know of this.
        #[serde(default, skip_serializing_if = "Option::is_none")] referral_id: Option<ReferralId>,
    };
    /// An officer read what was said on the page, or acted upon it.
    "word_read" => WordRead: Fact, by Desk, critical false {
        events: Vec<EventId>,
        /// The restricted referral those words may be about.
        #[serde(default, skip_serializing_if = "Option::is_none")] referral_id: Option<ReferralId>,
    };
    /// An officer asks the head to extend the legal term (АППК art. 76).
    "extension_asked" => ExtensionAsked: Fact, by Desk, critical false { until: NaiveDate, reason: String };
    /// The head or the deputy decided on an extension; `base` is the ask it answers, if one was made.
    /// Complete for the letter to the applicant.
    "extension_decided" => ExtensionDecided: Decision, by Head, critical false {
        granted: bool, reason: String,
        #[serde(default, skip_serializing_if = "String::is_empty")] decision_number: String,
        decision_date: NaiveDate, signed_name: String, signed_post: String,
        /// The last day the law gave, before any extension: the ceiling is counted from it.
        first_due: NaiveDate,
        /// The last day that held when it was decided.
        previous_due: NaiveDate,
        /// The new last day, when granted.
        #[serde(default, skip_serializing_if = "Option::is_none")] until: Option<NaiveDate>,
        /// By which day the applicant has to be told, when granted.
        #[serde(default, skip_serializing_if = "Option::is_none")] notice_due: Option<NaiveDate>,
        /// Version of the calendar these days were counted with.
        #[serde(default, skip_serializing_if = "String::is_empty")] calendar: String,
    };
    /// The applicant was told of a decision that has to be told: an extension, a redirect.
    "notice_given" => NoticeGiven: Fact, by Desk, critical false {
        /// The event that has to be told.
        about: EventId,
        how: ContactHow,
        #[serde(default, skip_serializing_if = "String::is_empty")] text: String,
    };
    /// The category of an issue was corrected.
    "category_changed" => CategoryChanged: Amendment, by Desk, critical false { issue_id: IssueId, category: CategoryCode };
    /// An officer answers for the case from here on: it is on this officer's list until it is closed.
    "controller_named" => ControllerNamed: Amendment, by Desk, critical false {
        officer: OfficerId,
        /// Why: a hand-over, a route nobody knows yet, leave.
        #[serde(default, skip_serializing_if = "String::is_empty")] reason: String,
    };
    /// An officer says how soon the case has to be taken up; without a priority the rule decides again ([`crate::priority`]).
    "priority_set" => PrioritySet: Amendment, by Desk, critical false {
        #[serde(default, skip_serializing_if = "Option::is_none")] priority: Option<Priority>,
        /// What the rule proposed to the officer then: where it proposes sooner later on, something new is known.
        #[serde(default)] over: Priority,
        #[serde(default, skip_serializing_if = "String::is_empty")] reason: String,
    };
    /// From here on the case is a matter of the circle this event is in, and so is all that was open of it: who is not in
    /// it knows of the case no more (docs/adr/0046). Critical: a reader who does not know it would go on showing the case.
    "case_restricted" => CaseRestricted: Fact, by Desk, critical true {
        #[serde(default, skip_serializing_if = "String::is_empty")] reason: String };
    /// The title or the address was corrected.
    "case_amended" => CaseAmended: Amendment, by Desk, critical false {
        #[serde(default, skip_serializing_if = "Option::is_none")] title: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")] address: Option<Address>,
        #[serde(default, skip_serializing_if = "Option::is_none")] ext_number: Option<String>,
    };
    /// A person's data were corrected.
    "party_amended" => PartyAmended: Amendment, by Desk, critical false { party_id: PartyId, party: Party };
    /// An officer looked at both values and settled them.
    "review_settled" => ReviewSettled: Fact, by Desk, critical false {
        #[serde(default)] note: String,
        /// The amendment whose two values were settled; absent = all that waited.
        #[serde(default, skip_serializing_if = "Option::is_none")] event: Option<EventId>,
    };
    /// An officer dealt with what the region refused or set aside: done anew, told to somebody, or not needed any
    /// more. Fact: the record itself stays refused, the work it came back as is over. It holds whatever the
    /// region says of it, or what is refused could never come to an end.
    "refusal_settled" => RefusalSettled: Fact, by Desk, critical false {
        /// Records of this stream.
        events: Vec<EventId>,
        /// What they are, for readers who never get what the region refused.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] kinds: Vec<String>,
        /// Why the region did not take them.
        #[serde(default, skip_serializing_if = "String::is_empty")] code: String,
        /// What was done, in the officer's words.
        note: String,
    };
    /// Its author took a slip back, within [`crate::undo::WINDOW_S`]: the fold goes on as if that event had
    /// not been. Only kinds of [`crate::undo::UNDOABLE`], only by who did it; the event itself stays in the
    /// log. Critical: a reader who does not know it would show a closed case that is open.
    "act_undone" => ActUndone: Fact, by Hall, critical true { event: EventId };
    /// The case ended, with the applicant's own word.
    "case_closed" => CaseClosed: Decision, by Desk, critical true {
        word: Word,
        /// One of [`crate::closing::OUTCOMES`].
        outcome: String,
        #[serde(default, skip_serializing_if = "String::is_empty")] text: String,
        /// How content the applicant is, 1 to 5, asked in one question; absent = not asked.
        #[serde(default, skip_serializing_if = "Option::is_none")] satisfaction: Option<u8>,
        /// Why the applicant was not called back before.
        #[serde(default, skip_serializing_if = "String::is_empty")] not_called: String,
    };
    /// The case goes on after all.
    "case_reopened" => CaseReopened: Decision, by Desk, critical true { reason: String };
    /// Somebody sat down in the hall with a ticket; opens a stream of its own, which ends before the intake.
    "queue_joined" => QueueJoined: Fact, by Hall, critical false {
        /// The desk's letter at the station; empty at a desk that has not joined a region.
        #[serde(default, skip_serializing_if = "String::is_empty")] desk: String,
        /// The desk's n-th ticket of the day, from 1.
        n: u32,
        /// Language the person speaks: `kk`, `ru`, `en`; empty when not asked.
        #[serde(default, skip_serializing_if = "String::is_empty")] language: String,
        /// Not to be kept waiting.
        #[serde(default)] urgent: bool,
    };
    /// What the consultant heard in a minute; in a circle when the matter is restricted.
    "queue_told" => QueueTold: Fact, by Hall, critical false { about: QueueAbout };
    /// A desk called the ticket.
    "queue_called" => QueueCalled: Fact, by Hall, critical false {};
    /// The ticket is over.
    "queue_left" => QueueLeft: Fact, by Hall, critical false {
        /// `served`, `gone`, `mistake`.
        how: String,
    };
    /// An officer hands the shift over; opens a stream of its own, open to the station.
    "shift_handed_over" => ShiftHandedOver: Fact, by Desk, critical false { handing: Handing };
    /// The next officer took it over.
    "shift_taken" => ShiftTaken: Fact, by Desk, critical false {};
    /// An address of an inspector's beat; opens a stream of its own, which only the inspector sees.
    /// Noted again, the note and the day are new and the address is back on the list.
    "round_place_noted" => RoundPlaceNoted: Fact, by Desk, critical false {
        address: String,
        #[serde(default, skip_serializing_if = "String::is_empty")] note: String,
        /// When it is to be visited.
        #[serde(default, skip_serializing_if = "Option::is_none")] day: Option<NaiveDate>,
    };
    /// When the address is to be visited; none = when it suits.
    "round_planned" => RoundPlanned: Fact, by Desk, critical false {
        #[serde(default, skip_serializing_if = "Option::is_none")] day: Option<NaiveDate>,
    };
    /// The inspector was there.
    "round_visited" => RoundVisited: Fact, by Desk, critical false {
        result: VisitResult,
        #[serde(default, skip_serializing_if = "String::is_empty")] note: String,
        /// The next visit.
        #[serde(default, skip_serializing_if = "Option::is_none")] next: Option<NaiveDate>,
        /// The case it was about.
        #[serde(default, skip_serializing_if = "Option::is_none")] case: Option<CaseId>,
        /// Files of this address that belong to the visit.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] files: Vec<AttachmentId>,
    };
    /// The address is off the list.
    "round_place_dropped" => RoundPlaceDropped: Fact, by Desk, critical false {};
    /// An inspector's day, handed in.
    "round_handed_in" => RoundHandedIn: Fact, by Desk, critical false { handed: HandedDay };
    /// A body got the weekly list of what it owes; opens a stream of its own, open to the station.
    "owed_list_handed" => OwedListHanded: Fact, by Desk, critical false { list: HandedList };
    /// An officer looked whether a card or a body's entry is still right; opens a stream of its own, open to the station.
    "knowledge_confirmed" => KnowledgeConfirmed: Fact, by Desk, critical false { entry: Confirmation };
    /// An officer looked: at cases, searches, papers. Opens a stream of its own, in the circle of the cases it is about, and
    /// touches none of them (docs/adr/0057).
    "looks_noted" => LooksNoted: Fact, by Hall, critical false { looks: Vec<Look> };
    /// The desk's clock was compared with the region's, and events of this stream were saved at other moments than
    /// it showed (adr/0029). Written by the desk that saved them, signed by whoever is signed in there.
    "clock_corrected" => ClockCorrected: Fact, by Hall, critical false {
        /// Region's time minus the clock's when it was compared, in seconds.
        off_s: i64,
        /// The region's time of that comparison.
        measured_at: DateTime<Utc>,
        moments: Vec<CorrectedMoment>,
        /// The restricted referral these events are about: who may know of it may know of this.
        #[serde(default, skip_serializing_if = "Option::is_none")] referral_id: Option<ReferralId>,
    };
    /// The region refused an event; it comes back to its author as work.
    "verdict_rejected" => VerdictRejected: Fact, by Region, critical false { event_id: EventId, code: String };
}

/// Does this program know this kind in this version? What it does not know it keeps, forwards and counts.
#[must_use]
pub fn is_known(kind: &str, version: u16) -> bool {
    version == 1 && KINDS.iter().any(|(known, _, _)| *known == kind)
}
