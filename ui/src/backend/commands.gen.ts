// Made by `cargo xtask types` from the command list. Do not edit.

export type Address = { 
/**
 * As the person says it.
 */
text: string, 
/**
 * Degrees, WGS 84.
 */
lat: number | null, 
/**
 * Degrees, WGS 84.
 */
lon: number | null, };

export type AdviceAdd = { case: CaseId, text: string, cards: Array<CardRef>, };

export type Agency = { 
/**
 * `E-HEA`; units of the police begin with `P-`.
 */
code: string, 
/**
 * `UTILITY_HEAT` and the like.
 */
kind: string, 
/**
 * A unit of the police.
 */
internal: boolean, 
/**
 * Belongs to the core list every city has.
 */
core: boolean, 
/**
 * Name.
 */
name: L10n, 
/**
 * `building`, `district`, `city`, `region` or `republic`.
 */
level: string, 
/**
 * Whether the terms of the АППК bind it.
 */
appk_body: AppkBody, 
/**
 * Channels, first tried first.
 */
channels: Array<string>, 
/**
 * Working days in which receipt should be confirmed; 0 is the same day.
 */
ack_wd: number, 
/**
 * What the body answers for, in English, for whoever keeps the directory.
 */
note: string, };

export type AgencyCode = string;

export type AgencyHit = { 
/**
 * Agency code.
 */
code: string, 
/**
 * Why.
 */
why: AgencyWhy, 
/**
 * For which category; empty where none was named.
 */
category: string, 
/**
 * Requests of this category from this station it accepted lately.
 */
accepted: number, 
/**
 * Those it sent back.
 */
rejected: number, 
/**
 * It sent back two or more, and more than it accepted: it stands lower.
 */
returns: boolean, 
/**
 * What it answers for.
 */
territory: Territory | null, };

export type AgencyWhy = "primary" | "secondary" | "history" | "chosen";

export type AlikePerson = { of: PersonCaseView, 
/**
 * By what: `iin`, `phone`, `name`; `other_iin` beside them when the IIN is another one.
 */
why: Array<string>, };

export type Answer = { stamp: Stamp, text: string, file: FileRef | null, };

export type AnswerFile = { case: CaseId, referral: ReferralId, };

export type AppState = { phase: Phase, 
/**
 * Officers that can sign in here; names and posts only.
 */
officers: Array<OfficerTile>, 
/**
 * The signed-in officer.
 */
session: Session | null, language: Lang, theme: Theme, station: StationName | null, enrolled: boolean, 
/**
 * A working demo station: the first screen tells a newcomer what to try.
 */
demo: boolean, 
/**
 * A practice desk: everything looks different, nothing ever leaves it.
 */
practice: boolean, version: string, 
/**
 * `clock_wrong` and the like: shown until they are gone.
 */
warnings: Array<Refusal>, 
/**
 * Minutes without a key or a click after which the desk locks.
 */
lock_after_minutes: number, };

export type AppealKind = "application" | "complaint" | "message" | "suggestion" | "response" | "request" | "service_complaint" | "media_request" | "lawyer_request" | "bailiff_request" | "notary_request" | "access_to_information" | "declassification" | "rehabilitation" | "crime_report";

export type AppkBody = "yes" | "partly" | "no";

export type AskView = { event: EventId, at: string, 
/**
 * Surname and initials.
 */
who: string, until: string, reason: string, };

export type AtRegion = { 
/**
 * Records the region had not acknowledged.
 */
unsent: number, 
/**
 * When the oldest of them was made.
 */
oldest: string | null, 
/**
 * When the region last answered.
 */
contact: string | null, 
/**
 * Number of the last acknowledged record.
 */
proof: number | null, 
/**
 * SHA-256 of that record, hex; empty without one.
 */
hash: string, 
/**
 * Why there are such records, when there are: `alone` (the desk joined no region), `line`
 * (it could not be reached), `sending` (it was reached a moment ago).
 */
why: string, };

export type AttachTo = { "to": "case", id: CaseId, 
/**
 * The request it is about: who may know of that one may know of the file, and nobody else.
 */
referral?: ReferralId, } | { "to": "draft", id: DraftId, } | { "to": "place", id: CaseId, };

export type AttachmentAdd = { upload: string, to: AttachTo, name: string, note: string, 
/**
 * The officer looked: it is no copy of an identity document, though its name looks like one.
 */
not_identity: boolean, };

export type AttachmentAdded = { id: AttachmentId, changed: Changed, };

export type AttachmentCover = { to: AttachTo, id: AttachmentId, 
/**
 * At most 50, in ten-thousandths of the picture as it is seen.
 */
boxes: Array<CoverBox>, 
/**
 * What the copy's name is marked with: `яма (жабық).jpg`.
 */
mark: string, note: string, };

export type AttachmentFetch = { to: AttachTo, id: AttachmentId, };

export type AttachmentGone = { at: string, who: string, reason: string, };

export type AttachmentGot = { 
/**
 * Bytes so far.
 */
bytes: number, };

export type AttachmentId = string;

export type AttachmentLine = { id: AttachmentId, 
/**
 * Cleaned: fit for a screen and a disk.
 */
name: string, 
/**
 * As the bytes say.
 */
media_type: string, bytes: number, note: string, at: string, 
/**
 * Surname and initials of who put it here; empty when unknown.
 */
who: string, 
/**
 * Its name looks like a copy of an identity document: not offered to go with a request.
 */
identity: boolean, 
/**
 * Parts of it can be covered: a picture that is read here.
 */
can_cover: boolean, 
/**
 * It is a copy of that file with parts of it covered.
 */
covered_of: AttachmentId | null, 
/**
 * A covered copy of it is there: that one is offered to go with a request, and not this.
 */
has_covered: boolean, 
/**
 * It may carry macros, scripts or other files: asked before it is opened.
 */
active: boolean, 
/**
 * The bytes lie on this computer.
 */
here: boolean, 
/**
 * Where the bytes are on their way.
 */
travel: Travel, 
/**
 * A small picture of it: to be asked for by this id.
 */
preview: AttachmentId | null, 
/**
 * Taken back as a mistake; its bytes are gone.
 */
withdrawn: AttachmentGone | null, };

export type AttachmentNote = { to: AttachTo, id: AttachmentId, note: string, };

export type AttachmentOpen = { to: AttachTo, id: AttachmentId, 
/**
 * The warning of an active type was read.
 */
sure: boolean, };

export type AttachmentOpened = Record<symbol, never>;

export type AttachmentPart = { 
/**
 * Made by who sends: the same for all parts of one file.
 */
upload: string, 
/**
 * Bytes sent before these. 0 begins anew.
 */
from: number, 
/**
 * At most 4 MiB when decoded.
 */
base64: string, };

export type AttachmentPreview = { 
/**
 * Base64, 256 pixels at most on its longer side; none while it is on its way, and of what cannot be drawn.
 */
jpeg: string | null, };

export type AttachmentSaved = { 
/**
 * Whole path of the new file.
 */
path: string, };

export type AttachmentSheet = { 
/**
 * Base64, 1600 pixels at most on its longer side.
 */
jpeg: string, width: number, height: number, };

export type AttachmentWithdraw = { to: AttachTo, id: AttachmentId, 
/**
 * Why; asked of a file of a case.
 */
reason: string, };

export type Attachments = { files: Array<AttachmentLine>, 
/**
 * How many it may have.
 */
most: number, 
/**
 * Characters a note may have.
 */
note_max: number, 
/**
 * Bytes one file may have.
 */
bytes_max: number, };

export type AttachmentsChosen = { to: AttachTo, ids: Array<AttachmentId>, };

export type AttachmentsNotGiven = { files: Array<NotGivenFile>, };

export type Basis = { "kind": "consent" } | { "kind": "override", ground: string, reason: string, };

export type BodiesOwe = { today: string, bodies: Array<BodyOwes>, };

export type BodyHelp = { 
/**
 * How soon it really answers; none when it answered too seldom to tell.
 */
record: BodyRecord | null, 
/**
 * Papers, hours, telephone and address, as the directory has them; none when it says nothing.
 */
service: ServiceLine | null, 
/**
 * Who supervises it, when it is private: gets a copy.
 */
supervisor: AgencyCode | null, 
/**
 * Why a request about this theme may not go there: `leaving_advise_only`, `leaving_crime_first`, …
 */
stays: string | null, 
/**
 * Agency code.
 */
code: string, 
/**
 * Why.
 */
why: AgencyWhy, 
/**
 * For which category; empty where none was named.
 */
category: string, 
/**
 * Requests of this category from this station it accepted lately.
 */
accepted: number, 
/**
 * Those it sent back.
 */
rejected: number, 
/**
 * It sent back two or more, and more than it accepted: it stands lower.
 */
returns: boolean, 
/**
 * What it answers for.
 */
territory: Territory | null, };

export type BodyOwes = { agency: AgencyCode, total: number, 
/**
 * Of them, past the last day.
 */
late: number, 
/**
 * The earliest last day; none when no day was promised.
 */
first_due: string | null, 
/**
 * Working days the earliest one is late; 0 = none is.
 */
late_wd: number, };

export type BodyRecord = { agency: AgencyCode, 
/**
 * Answers it was taken from.
 */
answers: number, 
/**
 * Working days within which half of them came.
 */
usual_wd: number, 
/**
 * The day that would be, asked today.
 */
usual_day: string, 
/**
 * Working days within which nine of ten came.
 */
nearly_all_wd: number, };

export type BundleAcknowledged = { 
/**
 * Receipts of this desk.
 */
receipts: number, 
/**
 * Own events that were acknowledged by them and had not been before.
 */
events: number, 
/**
 * Attached files the region holds by them, which had waited until now; small pictures are not counted.
 */
attached: number, 
/**
 * Receipts of other desks in the folder; nothing is done with them.
 */
others: number, faults: Array<BundleFault>, changed: Changed, };

export type BundleCarried = { 
/**
 * Bundles the region took; a receipt lies beside each.
 */
carried: number, 
/**
 * Attached files the region now holds and did not before, and their bytes. Small pictures are not counted.
 */
attached: number, attached_bytes: number, 
/**
 * Attached files it held already.
 */
attached_there: number, faults: Array<BundleFault>, };

export type BundleExported = { 
/**
 * Names of the files with records in the folder.
 */
files: Array<string>, 
/**
 * Events in them. They wait here all the same until the region acknowledges them.
 */
events: number, 
/**
 * Events that found no room.
 */
events_left: number, 
/**
 * Attached files that lie whole in the folder, and their bytes. They wait here all the same.
 */
attached: number, attached_bytes: number, 
/**
 * Attached files that wait and are not on the stick, and their bytes.
 */
attached_left: number, attached_left_bytes: number, 
/**
 * Why writing ended before everything was there: `bundle_full`, `bundle_write`, `bundle_too_many`.
 */
stopped: string | null, 
/**
 * Attached files that are damaged at this desk and were left out.
 */
faults: Array<BundleFault>, };

export type BundleFault = { name: string, code: string, };

export type BundleFolder = { 
/**
 * Whole path.
 */
folder: string, };

export type CardLine = { 
/**
 * The day that counts: the desk's own confirmation, else the shipped one.
 */
confirmed_on: string | null, 
/**
 * Not confirmed within a quarter, or never.
 */
stale: boolean, 
/**
 * Never reused or renamed: advice carries it.
 */
code: string, 
/**
 * Raised with every changed word.
 */
version: number, categories: Array<CategoryCode>, title: L10n, 
/**
 * What to tell the person; this is what a citation puts in.
 */
say: L10n, steps: Array<L10n>, papers: L10n, ground: L10n, 
/**
 * Last day somebody confirmed it; none = nobody has.
 */
confirmed: string | null, };

export type CardRef = { code: string, version: number, };

export type CaseClose = { case: CaseId, word: Word, 
/**
 * One of `esik_domain::closing::OUTCOMES`.
 */
outcome: string, text: string, 
/**
 * 1 to 5, the one question; absent = not asked.
 */
satisfaction: number | null, 
/**
 * Why the applicant was not called back.
 */
not_called: string, };

export type CaseCorrect = { case: CaseId, title: string | null, 
/**
 * As the person says it; a place on the map that belonged to the old words goes with them.
 */
address: string | null, ext_number: string | null, 
/**
 * People with all their data as they are to be; the role stays.
 */
parties: Array<PartyData>, 
/**
 * `set_by` of the view the officer corrected: what somebody else changed meanwhile is then seen.
 */
seen: { [key in string]: EventId }, };

export type CaseDone = { changed: Changed, 
/**
 * How to take it back; none for what left the station or cannot be taken back.
 */
undo: Undo | null, };

export type CaseId = string;

export type CaseOpen = { id: CaseId, 
/**
 * The screen shows it already and reads it anew.
 */
again: boolean, 
/**
 * Why, where that is asked: once per case and sign-in.
 */
why?: LookReason, };

export type CasePaper = "coupon" | "protocol" | "referral" | "redirect" | "redirect_notice" | "escalation" | "extension" | "extension_notice" | "answer" | "advice" | "terms";

export type CaseParty = { id: PartyId, party: Party, };

export type CaseRef = { id: CaseId, };

export type CaseReferral = { case: CaseId, referral: ReferralId, };

export type CaseReopen = { case: CaseId, reason: string, };

export type CaseRestrict = { case: CaseId, 
/**
 * One of `esik_domain::catalog::CIRCLES`.
 */
circle: string, 
/**
 * Why; may be empty.
 */
reason: string, };

export type CaseView = { id: CaseId, 
/**
 * None = a visit that never became a case.
 */
number: string | null, 
/**
 * Other cases with this number, as far as the officer may know of them: two copies of a desk gave it twice.
 */
same_number: Array<CaseId>, ext_number: string | null, title: string, narrative: string, circle: string, address: Address | null, opened_at: string | null, 
/**
 * Who answers for it.
 */
controller: Colleague, 
/**
 * How soon it has to be taken up.
 */
priority: PriorityView, issues: Array<Issue>, parties: Array<CaseParty>, circumstances: Array<string>, 
/**
 * The language the person spoke last: `kk`, `ru`, `en` or other; empty when nobody noted it.
 */
language: string, 
/**
 * What has to be known before anybody calls, writes or comes; the most dangerous first.
 */
cautions: Array<CautionView>, visits: number, referrals: Array<ReferralView>, tasks: Array<Task>, 
/**
 * The plan for the person or household, its days as they stand now.
 */
plan: Array<PlanStepView>, crime: Crime | null, coupon_number: string | null, 
/**
 * Where the region shows how the case is; absent without a coupon or such a page.
 */
status_page: string | null, 
/**
 * Words from that page which wait for somebody to read them.
 */
words: Array<SaidView>, 
/**
 * The coupon may be in hands it should not be in: what is said with it proves nothing.
 */
words_doubtful: boolean, closed: Closing | null, reopened: number, obligations: Array<Obligation>, timeline: Array<TimelineItem>, 
/**
 * “Why this date?”: each clock with its derivation.
 */
clocks: Array<Clock>, terms: Terms, end: End, review: Array<Review>, refused: Array<Refused>, 
/**
 * Records that do nothing until the one they rest on comes.
 */
waiting: number, 
/**
 * Parts of the case this program is too old for.
 */
unknown: number, read_only: boolean, 
/**
 * Some event of it waits for the region.
 */
waits_for_region: number, may_close: boolean, 
/**
 * May this officer correct, withdraw and settle here?
 */
may_correct: boolean, 
/**
 * It is open to the station, and this officer may put it into a circle.
 */
may_restrict: boolean, 
/**
 * The region has not the opening yet: its days may move when the clocks are compared (S19).
 */
dates_provisional: boolean, 
/**
 * When the region recorded the opening, if that was more than a day after the receipt.
 */
recorded_late: string | null, 
/**
 * The event that set each value, for a correction of what was seen.
 */
set_by: { [key in string]: EventId }, };

export type Category = { 
/**
 * `ZKH-01`; a group is `ZKH`.
 */
code: string, 
/**
 * The group; absent for a group itself.
 */
parent: string | null, 
/**
 * 1 or 2.
 */
level: number, 
/**
 * The restricted circle its cases belong to ([`circle_for`]).
 */
circle: string | null, 
/**
 * Name.
 */
name: L10n, 
/**
 * What the desk does; absent for a group, like everything below.
 */
route: Route | null, 
/**
 * Code of the body that answers.
 */
agency_primary: string | null, 
/**
 * Codes of the bodies that help.
 */
agency_secondary: Array<string>, 
/**
 * Nature of the appeal.
 */
appeal_kind: AppealKind | null, 
/**
 * Another nature it may have.
 */
appeal_kind_other: AppealKind | null, 
/**
 * Working days until the answer is expected; 0 is at once.
 */
deadline_wd: number | null, 
/**
 * Where that term comes from.
 */
deadline_basis: DeadlineBasis | null, 
/**
 * 1 now, 2 same day, 3 normal, 4 can wait.
 */
urgency: number | null, 
/**
 * Whether it may be a crime.
 */
crime_flag: CrimeFlag | null, 
/**
 * What to ask.
 */
ask: L10n, 
/**
 * What to advise.
 */
advise: L10n, };

export type CategoryChange = { case: CaseId, issue: IssueId, category: CategoryCode, };

export type CategoryCode = string;

export type CategoryHelp = { code: CategoryCode, 
/**
 * `police`, `forward`, `register`, `emergency`, `advise`.
 */
route: string, agencies: Array<AgencyCode>, 
/**
 * How soon the first of them really answers; none when it answered too seldom to tell.
 */
record: BodyRecord | null, 
/**
 * Service promise, with its derivation; none for `advise`.
 */
promise: Deadline | null, 
/**
 * The legal term of the appeal, with its derivation.
 */
legal: Deadline | null, crime_flag: string, };

export type CategoryHit = { 
/**
 * Category code.
 */
code: string, 
/**
 * 0 to 1: the share of the evidence; all categories of a text together make 1.
 */
score: number, 
/**
 * The words, in the order of the text.
 */
why: Array<WhyWord>, 
/**
 * Cases of this station told in like words that ended in this category.
 */
similar: number, };

export type CautionKind = "unsafe" | "do_not_call" | "afraid";

export type CautionView = { kind: CautionKind, at: string | null, 
/**
 * Who learnt it; empty when the officer is not known here.
 */
who: string, 
/**
 * The way that was unsafe.
 */
how: ContactHow | null, text: string, 
/**
 * When the person was spoken with since.
 */
spoken_at: string | null, spoken_how: ContactHow | null, };

export type Changed = { 
/**
 * Cases whose content changed.
 */
cases: Array<string>, 
/**
 * Lists that may look different: `reception`, `control`, `drafts`, `queue`, `shift`, `round`, `sync`, `session`, `officers`, `files`, `scans`, `publications`;
 * and `closing`, when the window is being closed while records could be sent.
 */
lists: Array<string>, };

export type Channel = "front_office" | "phone" | "round" | "letter" | "import";

export type Check = { stamp: Stamp, good: boolean, note: string, 
/**
 * Which of the five checks the answer has.
 */
has: Array<string>, 
/**
 * Which of them it lacks.
 */
lacks: Array<string>, 
/**
 * Not the answer was empty: the case was reopened.
 */
reopened: boolean, };

export type Circle = string;

export type Citation = { code: string, version: number, title: L10n, 
/**
 * Last day somebody had confirmed it; none = nobody had.
 */
confirmed?: string, };

export type Clock = { 
/**
 * `legal_answer`, `service_answer`, `notice`.
 */
kind: string, referral: ReferralId | null, deadline: Deadline, 
/**
 * Source: `appk_76`, `category`, `officer`, `extension`, …
 */
source: string, working_days: number, late_wd: number, 
/**
 * Stopped: the answer is there or the case is closed.
 */
met: boolean, 
/**
 * The term before it was extended.
 */
first: Deadline | null, 
/**
 * The calendar changed since: what was counted before.
 */
was: Earlier | null, };

export type ClockKnown = { 
/**
 * The difference that was shown, in seconds.
 */
off_s: number, };

export type ClockKnownDone = { changed: Changed, };

export type ClockState = { 
/**
 * This computer's clock minus the region's, in seconds.
 */
off_s: number, measured_at: string, 
/**
 * Two minutes or more: it is told.
 */
wrong: boolean, 
/**
 * A day or more: somebody has to say that he knows.
 */
ask: boolean, 
/**
 * Who said so of this very difference, and when.
 */
known_by: string | null, known_at: string | null, };

export type Closing = { at: string, by: OfficerId, word: Word, outcome: string, text: string, 
/**
 * 1 to 5; absent = not asked.
 */
satisfaction: number | null, 
/**
 * Why the applicant was not called back before.
 */
not_called: string, 
/**
 * False while the decision waits for the region.
 */
at_region: boolean, };

export type ClosingAsk = { at: string, by: OfficerId, word: Word, outcome: string, text: string, 
/**
 * 1 to 5; absent = not asked.
 */
satisfaction: number | null, 
/**
 * Why the applicant was not called back before.
 */
not_called: string, };

export type Colleague = { id: OfficerId, 
/**
 * Surname and initials; empty when the officer is not known here.
 */
name: string, post: string, 
/**
 * Signs in at this desk.
 */
here: boolean, };

export type Colleagues = { me: OfficerId, officers: Array<Colleague>, };

export type ContactHow = "call" | "in_person" | "message" | "letter";

export type ContactRecord = { case: CaseId, how: ContactHow, reached: Reached, word: Word | null, text: string, };

export type ControlPage = { today: string, counts: QueueCounts, rows: Array<ControlRow>, 
/**
 * There are more after these; asked for by `before` or `end`: before these.
 */
more: boolean, };

export type ControlRequest = { queue: Queue, agency: AgencyCode | null, category: CategoryCode | null, 
/**
 * Who answers for the case.
 */
officer: OfficerId | null, 
/**
 * The last day is this one or later; with either bound, lines without a day are left out.
 */
from: string | null, 
/**
 * The last day is this one or earlier.
 */
until: string | null, 
/**
 * Words looked for in number, title, address, applicant and the name of the theme.
 */
filter: string, 
/**
 * Key of the last row of the page before this one.
 */
after: string | null, 
/**
 * Key of the first row of the page behind this one: the rows before it. Not with `after`.
 */
before: string | null, 
/**
 * The last rows of the queue, without those between. Alone.
 */
end: boolean, 
/**
 * At most 200.
 */
limit: number, };

export type ControlRow = { 
/**
 * Key of the row, for paging and selection.
 */
key: string, case: CaseId, number: string, title: string, address: string, category: CategoryCode | null, what: ObligationKind, 
/**
 * A second reason that stands in the same line.
 */
also: ObligationKind | null, waiting_on: WaitingOn, agency: AgencyCode | null, referral: ReferralId | null, task: TaskId | null, state: ReferralState | null, 
/**
 * The three stamps: delivered, registered, accepted. `yes`, `no`, `empty`.
 */
stamps: [string, string, string], incoming_number: string | null, due: string | null, 
/**
 * The day that stood here before another calendar held.
 */
moved_from: string | null, 
/**
 * Working days late, 0 = not late.
 */
late_wd: number, 
/**
 * The agency has not confirmed receipt within its term.
 */
no_receipt: boolean, reminders: number, 
/**
 * Who has to take a late answer on; absent where no body owes one, and once it was taken up there.
 */
rung: Rung | null, restricted: boolean, 
/**
 * Something has to be known before anybody calls or writes: it stands in the case.
 */
caution: boolean, 
/**
 * How soon the case has to be taken up.
 */
priority: Priority, };

export type ControllerName = { case: CaseId, officer: OfficerId, 
/**
 * Why; may be empty.
 */
reason: string, };

export type CouponPrinted = { opened: boolean, };

export type CoverBox = { x: number, y: number, w: number, h: number, };

export type Crime = { kui_number: string, kui_at: string, received_by: string, minutes: number | null, };

export type CrimeFlag = "none" | "possible" | "admin" | "register";

export type CrimeForm = { 
/**
 * КУИ number as the duty officer gave it, typed back.
 */
kui_number: string, 
/**
 * `None` = the moment the number was typed.
 */
kui_at: string | null, received_by: string, 
/**
 * The one social sentence that may stay; everything else of the text is wiped.
 */
social_sentence: string, };

export type DayChange = { date: string, 
/**
 * Working by the edition that holds now.
 */
working: boolean, 
/**
 * Key of the holiday's name, when it is one now.
 */
holiday: string | null, };

export type Deadline = { 
/**
 * The last day of the term, in Kazakhstan.
 */
due: string, 
/**
 * The instant at which it is late: the closing hour of `due`.
 */
due_at: string, 
/**
 * The day receipt legally falls on (registration day).
 */
start: string, 
/**
 * Receipt was after closing or on a day off, so that `start` is later than the visit.
 */
after_hours: boolean, 
/**
 * Every day from the visit to the deadline.
 */
derivation: Array<Step>, 
/**
 * Version of the calendar it was counted with.
 */
calendar: string, 
/**
 * Some day of it lies in a year the calendar holds only provisionally or not at all.
 */
provisional: boolean, };

export type DeadlineBasis = "law" | "law_complaint" | "law_service" | "law_other" | "op" | "crime24h" | "immediate" | "desk";

export type Disclosed = { name: boolean, phone: boolean, address: boolean, };

export type Dispute = { 
/**
 * The last refused referral.
 */
referral: ReferralId, at: string, reason: string, 
/**
 * Who refused, in order.
 */
sides: Array<Side>, settled: Settled | null, at_region: boolean, };

export type DisputeOpen = { case: CaseId, 
/**
 * The last refused referral.
 */
referral: ReferralId, reason: string, };

export type DisputeSettle = { case: CaseId, referral: ReferralId, agency: AgencyCode, reason: string, };

export type Document = { name: string, media_type: string, base64: string, };

export type Draft = { id: DraftId, form: IntakeForm, saved_at: string, };

export type DraftChoice = { id: DraftId, fate: DraftFate, };

export type DraftFate = "keep" | "hand" | "discard";

export type DraftId = string;

export type DraftLine = { id: DraftId, 
/**
 * First words; empty when nothing was typed.
 */
title: string, who: string, address: string, saved_at: string, };

export type DraftRef = { id: DraftId, };

export type DraftSave = { id: DraftId, form: IntakeForm, };

export type DraftSaved = { 
/**
 * Durable since.
 */
saved_at: string, };

export type Earlier = { due: string, 
/**
 * Empty when it is not known.
 */
calendar: string, now: string, calendar_now: string, 
/**
 * What the calendar that holds says otherwise: why the day moved.
 */
changes: Array<DayChange>, 
/**
 * The earlier day stands on the coupon the applicant has.
 */
on_coupon: boolean, 
/**
 * Not the calendar moved it: it was said under a wrong clock.
 */
clock: WrongClock | null, };

export type Enclosure = { id: AttachmentId, name: string, media_type: string, bytes: number, note: string, };

export type End = { 
/**
 * The applicant was asked after the last news: by an officer, or on the region's page.
 */
called_back: boolean, 
/**
 * Only the page tells so: whoever holds the coupon said “solved”.
 */
by_page: boolean, 
/**
 * Another officer has to look: this one may only ask for it.
 */
needs_second: boolean, 
/**
 * Who asked for the second look, and with which outcome.
 */
asked: ClosingAsk | null, asked_by: string, outcomes: Array<string>, 
/**
 * Those of them that want a reason, because a body or an own action still owes something.
 */
want_reason: Array<string>, disputes: Array<Dispute>, };

export type Enroll = { 
/**
 * `https://…`
 */
server: string, 
/**
 * The one-time code, which carries the fingerprint of the region's certificate authority.
 */
code: string, };

export type Escalation = { rung: Rung, 
/**
 * Carries when, by whom and how.
 */
stamp: Stamp, 
/**
 * Whom it was written to: none = the body itself, or the region's controller on the last rung.
 */
to: AgencyCode | null, text: string, 
/**
 * Why rungs below were left out, or it went up before its day.
 */
reason: string, };

export type EventId = string;

export type Extension = { event: EventId, at: string, granted: boolean, reason: string, decision_number: string, decision_date: string, signed_name: string, signed_post: string, first_due: string, previous_due: string, 
/**
 * The new last day, when granted.
 */
until: string | null, 
/**
 * Version of the calendar it was counted with.
 */
calendar: string, 
/**
 * False while the decision waits for the region.
 */
at_region: boolean, };

export type ExtensionAsk = { case: CaseId, until: string, reason: string, };

export type ExtensionDecide = { case: CaseId, granted: boolean, 
/**
 * The new last day, when granted.
 */
until: string | null, reason: string, 
/**
 * Number of the written decision, when it has one.
 */
decision_number: string, };

export type FieldChange = { 
/**
 * `title`, `address`, `ext_number`, `category`, or a field of a person: `surname`, `phone`, …
 */
field: string, 
/**
 * Empty = there was none. A category is a code; `do_not_call` is `yes` or empty.
 */
before: string, after: string, };

export type FileRef = { 
/**
 * SHA-256 of the stored bytes, hex.
 */
hash: string, 
/**
 * Name as the sender gave it, sanitised.
 */
name: string, 
/**
 * Media type as sniffed.
 */
media_type: string, 
/**
 * Size in bytes.
 */
bytes: number, };

export type FlagRoute = "emergency" | "register" | "closed_circle" | "vulnerability";

export type HallQueue = { lines: Array<QueueLine>, 
/**
 * Not called yet.
 */
waiting: number, };

export type HandedListLine = { agency: AgencyCode, at: string, 
/**
 * Surname and initials of who handed it over; empty when unknown here.
 */
who: string, told: Told, 
/**
 * What stood on it.
 */
lines: number, 
/**
 * It can be printed again by this officer at this desk.
 */
paper: PaperId | null, };

export type Heard = "registered" | "accepted" | "rejected" | "answered";

export type Help = { suggestion: Suggestion, 
/**
 * Bodies outside the police for the theme in force, best first, then for further themes, then the chosen ones.
 */
bodies: Array<BodyHelp>, 
/**
 * Cases at the same place, of the same person or theme; only what this officer may see.
 */
similar: Array<SimilarCase>, 
/**
 * The category in force (chosen, else the best suggestion), with its hints, term and bodies.
 */
chosen: CategoryHelp | null, 
/**
 * What the “who” line was understood as.
 */
who: WhoRead, };

export type HelpRequest = { text: string, address: string, who_line: string, 
/**
 * The person as the form has it: fields typed by hand count as the line does.
 */
person: Party, category: CategoryCode | null, 
/**
 * Themes of further issues of the same visit.
 */
more: Array<CategoryCode>, 
/**
 * Bodies the officer chose already.
 */
bodies: Array<AgencyCode>, };

export type IdKind = "iin" | "bin";

export type IinCheck = { 
/**
 * Twelve digits with the right check digit.
 */
valid: boolean, 
/**
 * Person or organisation, by the fifth digit; absent when it cannot be told.
 */
kind: IdKind | null, 
/**
 * How much it matters.
 */
severity: Severity, 
/**
 * Why.
 */
reason: IinReason, 
/**
 * Only for a person's number of twelve digits.
 */
hint: IinHint | null, 
/**
 * The input without spaces and dashes.
 */
normalized: string, };

export type IinHint = { 
/**
 * Date of birth, when digits 1–7 make one.
 */
birth: string | null, 
/**
 * Sex, when digit 7 tells it.
 */
sex: Sex | null, };

export type IinReason = "ok" | "empty" | "not_digits" | "wrong_length" | "wrong_check_digit" | "impossible_prefix" | "unknown_kind";

export type IntakeDone = { case: CaseId, number: string | null, becomes: string, 
/**
 * Path-less name of the coupon handed to the viewer or spooler.
 */
coupon_opened: boolean, changed: Changed, };

export type IntakeFinish = { 
/**
 * The draft it came from; it is removed in the same transaction.
 */
draft: DraftId | null, form: IntakeForm, 
/**
 * Open the coupon for printing when a case is made.
 */
print: boolean, };

export type IntakeForm = { 
/**
 * What happened, in the person's words.
 */
text: string, 
/**
 * Language the person speaks: `kk`, `ru`, `en` or what the officer typed.
 */
language: string, channel: Channel, 
/**
 * Who came; `None` = nameless.
 */
applicant: Party, 
/**
 * The card of an earlier case that the applicant was taken over from: an officer knew them again.
 */
known_as: PersonRef | null, 
/**
 * On whose behalf, when not their own.
 */
represented: Party | null, 
/**
 * One line as typed in the “who” field (name, phone or IIN) before it was understood.
 */
who_line: string, address: string, 
/**
 * `baby`, `elderly`, `disability`, `afraid`, `pregnant`, `child`, `no_home`, `language` (an interpreter), `do_not_call`.
 */
circumstances: Array<string>, 
/**
 * Chosen category; `None` = not yet, the best suggestion is *not* taken silently.
 */
category: CategoryCode | null, 
/**
 * Further issues of the same visit.
 */
more_issues: Array<MoreIssue>, advice: string | null, 
/**
 * Cards the advice was taken from, with their versions.
 */
advice_cards: Array<CardRef>, referrals: Array<ReferralForm>, tasks: Array<TaskForm>, 
/**
 * The duty itself moves to another body.
 */
redirect: RedirectForm | null, crime: CrimeForm | null, 
/**
 * Nobody knows yet whose it is: the case stays here, and somebody answers for it.
 */
undecided: Undecided | null, 
/**
 * An existing case this visit belongs to.
 */
existing_case: CaseId | null, 
/**
 * The ticket the person was called by; it is over when the intake is finished.
 */
ticket: CaseId | null, 
/**
 * When the person began to speak; the first keystroke.
 */
started_at: string | null, };

export type Issue = { id: IssueId, category: CategoryCode, text: string, };

export type IssueAdd = { case: CaseId, category: CategoryCode, 
/**
 * In short, what it is about; may be empty.
 */
text: string, };

export type IssueId = string;

export type JoinAgain = { 
/**
 * As in [`Enroll`].
 */
code: string, 
/**
 * The region's warrant key was lost: the one it tells next is believed as at joining. Only heads and controllers.
 */
new_warrant?: boolean, };

export type Journal = "appeals" | "oral" | "requests" | "redirects" | "prints";

export type KindCount = { kind: string, n: number, };

export type Knowledge = { cards: Array<CardLine>, services: Array<ServiceLine>, };

export type KnowledgeConfirm = { 
/**
 * Code of a card or of a body.
 */
code: string, };

export type KnowledgeConfirmed = { changed: Changed, };

export type KnowledgeRequest = { 
/**
 * Words in any of the languages; empty = everything.
 */
query: string, 
/**
 * Only cards of this theme.
 */
category: CategoryCode | null, };

export type KnownPerson = { name: string, phone: string, address: string, last_case: CaseId, last_at: string, cases: number, 
/**
 * By what: `iin`, `phone`, `name`; `other_iin` beside the name when the IIN is another one.
 */
why: Array<string>, 
/**
 * What has to be known before anybody calls or writes to them.
 */
cautions: Array<CautionKind>, party: Party, 
/**
 * Where these data stand.
 */
card: PersonRef, };

export type L10n = { 
/**
 * Kazakh.
 */
kk: string, 
/**
 * Russian.
 */
ru: string, 
/**
 * English.
 */
en: string, };

export type Ladder = { rung: Rung, 
/**
 * The next rung and the day it begins; none on the last one.
 */
next: Rung | null, next_on: string | null, 
/**
 * Version of the calendar it was counted with.
 */
calendar: string, };

export type Lang = "kk" | "ru" | "en";

export type Leaving = { 
/**
 * Key of the label in the catalogues: `text`, `address`, `name`, `phone`, `category`, `number`, `circumstances`, `file`.
 */
field: string, 
/**
 * The value as it leaves.
 */
value: string, };

export type LinkedPerson = { of: PersonCaseView, 
/**
 * What was said of these two; empty where a third case lies between them.
 */
words: Array<PersonWordView>, 
/**
 * The case between.
 */
through: CaseId | null, };

export type LookLine = { at: string, 
/**
 * Surname and initials; empty when the officer is not known here.
 */
who: string, what: LookWhat, 
/**
 * Template of a paper; empty for anything else.
 */
paper: string, 
/**
 * Of a search: how many cases and visits it showed; of an export: how many it holds.
 */
n: number | null, why: LookReason | null, 
/**
 * The case, when the officer may know of it.
 */
case: CaseId | null, number: string | null, };

export type LookReason = { 
/**
 * One of [`REASONS`].
 */
code: string, words?: string, };

export type LookWhat = "opened" | "searched" | "printed" | "file_opened" | "exported" | "later";

export type Looks = { 
/**
 * Everybody's; else the officer's own.
 */
all: boolean, 
/**
 * Newest first.
 */
lines: Array<LookLine>, 
/**
 * There are older ones.
 */
more: boolean, };

export type LooksRequest = { 
/**
 * None = whatever was looked at lately.
 */
case: CaseId | null, };

export type MemberAdd = { case: CaseId, party: Party, };

export type MendedDesk = { 
/**
 * Device time.
 */
at: string, 
/**
 * Name of the damaged file in the profile's folder; empty when there was none any more.
 */
kept_as: string, 
/**
 * Records that were read from the disk, of the damaged file and of its spare.
 */
records: number, 
/**
 * Everything could be read; else the region gives back what it has.
 */
whole: boolean, 
/**
 * Nothing was damaged: the data were of another day, and the region gives back what came since.
 */
set_back: boolean, };

export type MoreIssue = { category: CategoryCode | null, text: string, };

export type MovedDays = { 
/**
 * Lines of the board whose last day is another one now.
 */
count: number, 
/**
 * The calendar that holds, and the one before it.
 */
calendar: string, before: string, 
/**
 * Days the two see differently, around now.
 */
changes: Array<DayChange>, 
/**
 * The officer has seen it.
 */
seen: boolean, };

export type MovedSeen = { calendar: string, };

export type MovedSeenDone = { changed: Changed, };

export type NewOfficer = { surname: string, given: string, patronymic: string, post: string, role: Role | null, 
/**
 * Restricted circles: `dv`, `juvenile`, `integrity`, `corruption`.
 */
circles: Array<string>, password: string, };

export type NextRungView = { rung: Rung, 
/**
 * From which day it is to be taken.
 */
since: string, 
/**
 * That day has come.
 */
now: boolean, 
/**
 * Rungs this officer may take.
 */
mine: Array<Rung>, 
/**
 * The body that supervises a private one.
 */
suggests: AgencyCode | null, };

export type NotGiven = "program" | "told";

export type NotGivenFile = { id: AttachmentId, why: NotGiven, };

export type NoteAdd = { case: CaseId, text: string, };

export type Nothing = Record<symbol, never>;

export type Notice = { 
/**
 * The decision.
 */
about: EventId, kind: NoticeKind, 
/**
 * When the decision was taken: its clock starts there.
 */
at: string, due: string | null, given: Stamp | null, how: ContactHow | null, circle: Circle, by: OfficerId, };

export type NoticeGive = { case: CaseId, 
/**
 * The decision the applicant was told of.
 */
about: EventId, how: ContactHow, text: string, };

export type NoticeKind = "extension" | "redirect";

export type Obligation = { what: ObligationKind, 
/**
 * The referral or task it stands for.
 */
referral: ReferralId | null, task: TaskId | null, agency: AgencyCode | null, waiting_on: WaitingOn, 
/**
 * Last day to do it; none = no promise was made.
 */
due: string | null, 
/**
 * Since when it is so.
 */
since: string, circle: Circle, by: OfficerId, 
/**
 * The day that stood here before another calendar held.
 */
moved_from?: string | null, 
/**
 * A second reason for the same look: `CheckAnswer` and `ReopenAsked` stand in one line.
 */
also?: ObligationKind | null, };

export type ObligationKind = "await_answer" | "hand_over" | "find_another" | "check_answer" | "tell_applicant" | "do_task" | "reach_region" | "decide" | "refused" | "review" | "decide_extension" | "second_bounce" | "settle_dispute" | "confirm_closing" | "sign_redirect" | "give_notice" | "plan_step" | "reopen_asked" | "read_word";

export type OfficerId = string;

export type OfficerTile = { id: OfficerId, 
/**
 * Surname and initials.
 */
name: string, post: string, role: Role, 
/**
 * Unfinished intakes waiting for this officer.
 */
drafts: number, };

export type OtherWarrant = { mark: string, 
/**
 * Device time at which it was first told.
 */
at: string, };

export type OweRequest = { category: CategoryCode | null, officer: OfficerId | null, 
/**
 * As of the board.
 */
from: string | null, until: string | null, };

export type OwedListDue = { agency: AgencyCode, total: number, 
/**
 * Of them, past the last day.
 */
late: number, 
/**
 * What this officer may know of and the list does not tell: of a restricted circle.
 */
left_out: number, };

export type OwedListHand = { agency: AgencyCode, 
/**
 * `paper`, `mail`, `email`, `system`.
 */
way: Way, 
/**
 * Who of the body took it; may be empty.
 */
who: string, };

export type OwedLists = { 
/**
 * Monday of the week.
 */
week: string, 
/**
 * From which day they are due; none in a week without a working day.
 */
since: string | null, 
/**
 * Bodies that have to get theirs, the most late first.
 */
due: Array<OwedListDue>, 
/**
 * Those that got it this week, the latest first.
 */
handed: Array<HandedListLine>, };

export type PaperId = string;

export type PaperLine = { id: PaperId, at: string, 
/**
 * Surname and initials of who printed it; empty when unknown here.
 */
who: string, 
/**
 * Id of its template: a [`CasePaper`], or one an older or newer program knew.
 */
paper: string, 
/**
 * The body it went to.
 */
agency: AgencyCode | null, };

export type PaperOf = { "of": "case", case: CaseId, paper: CasePaper, 
/**
 * The referral or decision, for papers that are about one.
 */
part: string | null, } | { "of": "register", from: string, until: string, journal?: Journal, } | { "of": "owed_list", agency: AgencyCode, } | { "of": "shift", id: CaseId, } | { "of": "round_day", id: CaseId, } | { "of": "printed", id: PaperId, };

export type PaperOffer = { paper: CasePaper, part: string | null, 
/**
 * The body it goes to.
 */
agency: AgencyCode | null, };

export type PaperPages = { 
/**
 * Name of the file it would be.
 */
name: string, 
/**
 * SVG, a page each.
 */
pages: Array<string>, };

export type PaperPrinted = { changed: Changed, };

export type PaperShelf = { 
/**
 * What can be printed now.
 */
offers: Array<PaperOffer>, 
/**
 * What was printed at this desk, newest first.
 */
printed: Array<PaperLine>, };

export type Party = { 
/**
 * Role in the case.
 */
role: PartyRole, surname: string, given: string, patronymic: string, organisation: string, 
/**
 * IIN or BIN as typed; “if any” (domain.md §2.3).
 */
iin: string, 
/**
 * E.164 when it could be read, else as typed.
 */
phone: string, 
/**
 * When and how it is safe to call; shown before every number.
 */
call_note: string, 
/**
 * The applicant asked not to be called: no number is offered.
 */
do_not_call: boolean, };

export type PartyAdd = { case: CaseId, party: Party, };

export type PartyData = { id: PartyId, party: Party, };

export type PartyId = string;

export type PartyRole = "applicant" | "represented" | "victim" | "household_member";

export type PassedOver = { case: CaseId, referral: ReferralId, 
/**
 * `reminded_today`, `owes_nothing`, or why it could not be written.
 */
code: string, };

export type PersonCaseView = { case: CaseId, party: PartyId, person: Party, 
/**
 * None = a visit that never became a case.
 */
number: string | null, title: string, address: string, category: CategoryCode | null, 
/**
 * Last change.
 */
at: string, open: boolean, waiting_on: WaitingOn | null, 
/**
 * What has to be known there before anybody calls or writes.
 */
cautions: Array<CautionKind>, 
/**
 * Here and there stands a right IIN, and it is not the same one.
 */
other_iin: boolean, };

export type PersonHistory = { 
/**
 * Theirs by an officer's word, the newest first.
 */
same: Array<LinkedPerson>, 
/**
 * Of somebody else by an officer's word.
 */
others: Array<LinkedPerson>, 
/**
 * Of somebody alike, of whom nobody has said anything; the surest first.
 */
alike: Array<AlikePerson>, };

export type PersonHistoryOf = { case: CaseId, party: PartyId, };

export type PersonMatch = { case: CaseId, party: PartyId, other_case: CaseId, other_party: PartyId, 
/**
 * None = what was said before is taken back.
 */
same: boolean | null, 
/**
 * May be empty; at most 500 characters.
 */
reason: string, };

export type PersonRef = { case: CaseId, party: PartyId, };

export type PersonWordView = { same: boolean, at: string, 
/**
 * Empty when the officer is not known here.
 */
who: string, reason: string, };

export type Phase = "fresh" | "locked" | "open";

export type PhoneCheck = { 
/**
 * Whether `e164` may be kept.
 */
valid: boolean, 
/**
 * `+77011234567`.
 */
e164: string | null, 
/**
 * `KZ`, or the ISO code of another country; absent where a code is shared and the range tells nothing.
 */
region: string | null, 
/**
 * Why.
 */
reason: PhoneReason, 
/**
 * How to show it; for a number that could not be read, the digits that were read.
 */
display: string, };

export type PhoneReason = "ok" | "area_added" | "plus_assumed" | "empty" | "no_digits" | "short_code" | "too_short" | "too_long" | "not_a_range";

export type PlanStepAdd = { case: CaseId, text: string, 
/**
 * Who does it; none = the family itself.
 */
agency: AgencyCode | null, 
/**
 * Steps that have to be done before.
 */
after: Array<StepId>, 
/**
 * 1 to 250.
 */
working_days: number, referral: ReferralId | null, task: TaskId | null, };

export type PlanStepEnd = { case: CaseId, step: StepId, 
/**
 * True: done. False: not needed any more, with the reason.
 */
done: boolean, text: string, };

export type PlanStepMove = { case: CaseId, step: StepId, 
/**
 * 1 to 250.
 */
working_days: number, reason: string, };

export type PlanStepView = { state: StepState, 
/**
 * By when; moves with what comes before it. Of a request or an action its own last day.
 */
due: string | null, 
/**
 * How the day was counted; none when it is the day of a request or an action.
 */
deadline: Deadline | null, 
/**
 * Working days late; 0 = not late.
 */
late_wd: number, done_at: string | null, id: StepId, text: string, 
/**
 * Who does it; none = the family itself.
 */
agency: AgencyCode | null, 
/**
 * Steps that have to be done before; only earlier ones of the plan, so there is no circle.
 */
after: Array<StepId>, working_days: number, 
/**
 * The request that is this step.
 */
referral: ReferralId | null, 
/**
 * The own action that is this step.
 */
task: TaskId | null, added: Stamp, done: Stamp | null, result: string, dropped: Stamp | null, reason: string, };

export type PracticeAsk = { 
/**
 * Code of the question.
 */
question: string, };

export type PracticeBoard = { 
/**
 * Nobody signed in at the real desk: practice without a name and without a certificate.
 */
guest: boolean, scenarios: Array<PracticeLine>, passed: number, run: PracticeRun | null, };

export type PracticeLine = { code: string, title: L10n, minutes: number, tries: number, 
/**
 * Best result, of a hundred; none before the first try.
 */
best: number | null, passed: boolean, };

export type PracticeMark = { want: PracticeWant, met: boolean, hinted: boolean, };

export type PracticeNews = { agency: AgencyCode, 
/**
 * `accepted`, `rejected`, `answered`.
 */
does: string, text: L10n | null, };

export type PracticeQuestion = { code: string, ask: L10n, 
/**
 * None until it is put.
 */
answer: L10n | null, 
/**
 * Put on the telephone, after the visit.
 */
call: boolean, };

export type PracticeResult = { 
/**
 * Of a hundred.
 */
percent: number, passed: boolean, 
/**
 * Percent from which it is passed.
 */
pass_percent: number, seconds: number, lines: Array<PracticeMark>, };

export type PracticeRun = { scenario: string, title: L10n, 
/**
 * The visitor's first words.
 */
words: L10n, minutes: number, started_at: string, questions: Array<PracticeQuestion>, 
/**
 * The intake of this visitor.
 */
draft: DraftId, 
/**
 * What came of it, once it is saved.
 */
case: CaseId | null, hint: PracticeWant | null, hints: number, 
/**
 * What the bodies did, the last first.
 */
news: Array<PracticeNews>, 
/**
 * Somebody else has to move: time may go on.
 */
waiting: boolean, result: PracticeResult | null, };

export type PracticeStart = { 
/**
 * Code of the scenario.
 */
scenario: string, };

export type PracticeTurn = { board: PracticeBoard, changed: Changed, };

export type PracticeWant = { kind: string, 
/**
 * Names for the sentence: categories, bodies, a question.
 */
names: Array<L10n>, 
/**
 * Codes the catalogues have words for: fields, a circumstance, a circle, an applicant's word.
 */
codes: Array<string>, 
/**
 * Why, when this scenario says more than the general words of the kind.
 */
why: L10n | null, must: boolean, };

export type Preview = { 
/**
 * `case`, `advice`, `crime`: what this intake becomes.
 */
becomes: string, 
/**
 * Next number of this desk's block; `None` when no case is made.
 */
number: string | null, 
/**
 * True when the block is used up and the desk's own series is used.
 */
own_series: boolean, 
/**
 * Who may know of it: `open`, or a restricted circle.
 */
circle: string, referrals: Array<ReferralPreview>, redirect: RedirectPreview | null, 
/**
 * Things the officer should know before finishing; none of them blocks.
 */
warnings: Array<Refusal>, 
/**
 * Things that must be filled to finish this way (the КУИ number, a text to refer).
 */
missing: Array<Refusal>, obligations: Array<Obligation>, 
/**
 * How soon the case will have to be taken up; none where there is no case, or an officer said it of the case that
 * it goes into.
 */
priority: Proposed | null, };

export type PreviewRequest = { form: IntakeForm, 
/**
 * Whose files may go with the requests.
 */
draft: DraftId | null, };

export type Priority = "at_once" | "urgent" | "in_turn" | "can_wait";

export type PrioritySet = { case: CaseId, 
/**
 * None = the rule decides again.
 */
priority: Priority | null, 
/**
 * Why; has to be said where it is later than the rule proposes.
 */
reason: string, };

export type PrioritySetBy = { priority: Priority, at: string, 
/**
 * Empty when the officer is not known here.
 */
who: string, reason: string, };

export type PriorityView = { 
/**
 * What holds.
 */
now: Priority, 
/**
 * What the rule proposes, whether it holds or not.
 */
proposed: Proposed, 
/**
 * The officer's word; absent where there is none. Not what holds where more became known since.
 */
set: PrioritySetBy | null, };

export type ProfileCreate = { officer: NewOfficer, language: Lang, };

export type Proposed = { priority: Priority, 
/**
 * What speaks for just this priority; empty where nothing is known yet.
 */
why: Array<Speaks>, };

export type Publications = { lines: Array<PublishedLine>, };

export type PublishedLine = { 
/**
 * `calendar`, `paper`, `knowledge`, or what a newer program knows.
 */
kind: string, 
/**
 * The paper's id; `region` where there is one only.
 */
name: string, version: number, 
/**
 * The version as people say it; empty for what the program ships without one.
 */
label: string, state: PublishedState, 
/**
 * Shipped with the program.
 */
ours: boolean, 
/**
 * When it began to hold here.
 */
since: string | null, holds_from: string | null, 
/**
 * Who published it.
 */
by: string, };

export type PublishedState = "holds" | "waits" | "newer_program" | "unreadable";

export type Queue = "all" | "first" | "overdue" | "today" | "week" | "waiting_agency" | "waiting_us" | "to_sign" | "second_bounce" | "moved";

export type QueueAbout = { 
/**
 * First words, a line; empty when they speak of a crime, whose content does not live here.
 */
words: string, name: string, 
/**
 * What it may be about.
 */
category: CategoryCode | null, 
/**
 * Red flags, codes of [`crate::suggest::red_flag_codes`].
 */
flags: Array<string>, };

export type QueueAt = { at: number, queue: SavedQueue, };

export type QueueCall = { 
/**
 * `None` = who is next.
 */
id: CaseId | null, };

export type QueueCallDone = { ticket: string, draft: Draft, changed: Changed, 
/**
 * Puts the person back into the hall.
 */
undo: Undo, };

export type QueueCalled = { at: string, 
/**
 * Surname and initials; empty when unknown here.
 */
by: string, 
/**
 * By this officer.
 */
me: boolean, };

export type QueueCounts = { all: number, first: number, overdue: number, today: number, week: number, waiting_agency: number, waiting_us: number, to_sign: number, second_bounce: number, };

export type QueueJoin = { 
/**
 * At most 200 characters are kept.
 */
words: string, name: string, language: string, urgent: boolean, category: CategoryCode | null, };

export type QueueJoined = { 
/**
 * As it is called out and written on the paper: `Б-7`.
 */
ticket: string, id: CaseId, urgent: boolean, 
/**
 * Only this circle sees what it is about; `open` = every officer.
 */
circle: string, 
/**
 * The words spoke of a crime and were not kept; the sign of it was.
 */
words_dropped: boolean, changed: Changed, };

export type QueueLeave = { id: CaseId, how: QueueLeaveHow, };

export type QueueLeaveHow = "gone" | "mistake";

export type QueueLine = { id: CaseId, 
/**
 * As it is called out: `Б-7`.
 */
ticket: string, 
/**
 * `kk`, `ru`, `en`; empty when not asked.
 */
language: string, urgent: boolean, about: QueueAbout, joined_at: string, 
/**
 * Who called the ticket last; the person has not left yet.
 */
called: QueueCalled | null, };

export type Reached = "yes" | "no_answer" | "unsafe";

export type Reception = { today: string, drafts: Array<DraftLine>, 
/**
 * Ours to do, the most urgent first.
 */
we_owe: Array<ControlRow>, we_owe_count: number, 
/**
 * Agencies owe us, the latest first.
 */
they_owe: Array<ControlRow>, they_owe_count: number, 
/**
 * Late answers this officer's rung of the ladder has to take up, the latest first.
 */
take_up?: Array<ControlRow>, 
/**
 * What was taken in today, newest first.
 */
taken_today: Array<TakenLine>, taken_today_count: number, 
/**
 * No case yet at this desk: tell a newcomer what to try.
 */
empty: boolean, };

export type RecordOf = { id: CaseId, 
/**
 * There is a case to open; else a hand-over, a ticket or a day of rounds.
 */
opens: boolean, 
/**
 * Its number; nothing for a visit without one.
 */
number: string | null, title: string, };

export type RedFlagHit = { 
/**
 * Text key: one of [`red_flag_codes`].
 */
code: string, 
/**
 * What it asks for.
 */
route: FlagRoute, 
/**
 * The words, in the order of the text.
 */
words: Array<WhyWord>, };

export type Redirect = { 
/**
 * The whole case; else only `issues`.
 */
whole: boolean, issues?: Array<IssueId>, 
/**
 * Legal ground of the competence, as it stands in the letter.
 */
ground: string, 
/**
 * Why this body, in words for the applicant.
 */
reason: string, 
/**
 * Last day to redirect: three working days from receipt.
 */
due?: string | null, 
/**
 * Version of the calendar that day was counted with.
 */
calendar?: string, };

export type RedirectForm = { 
/**
 * `None` = not chosen yet.
 */
agency: AgencyCode | null, whole: boolean, 
/**
 * Which issues move when not all do: 0 the first, 1 the first of the further ones.
 */
issues: Array<number>, 
/**
 * The law or the article that makes the body competent.
 */
ground: string, reason: string, 
/**
 * Text as it leaves; empty = the person's words.
 */
text: string, disclosed: Disclosed, };

export type RedirectPrepare = { case: CaseId, agency: AgencyCode, 
/**
 * The whole case; else only `issues`.
 */
whole: boolean, issues: Array<IssueId>, 
/**
 * Legal ground of the body's competence.
 */
ground: string, 
/**
 * Why this body, in words for the applicant.
 */
reason: string, text: string, disclosed: Disclosed, };

export type RedirectPreview = { agency: AgencyCode, leaves: Array<Leaving>, 
/**
 * By when the head has to sign: three working days from receipt.
 */
by: Deadline, circle: string, };

export type RedirectSign = { case: CaseId, referral: ReferralId, 
/**
 * False: it is not sent, for a reason.
 */
granted: boolean, decision_number: string, reason: string, };

export type Reference = { categories: Array<Category>, agencies: Array<Agency>, };

export type ReferralCheck = { case: CaseId, referral: ReferralId, 
/**
 * A real answer.
 */
good: boolean, 
/**
 * Which of the five it has: `facts`, `decision`, `who_when`, `next`, `appeal`.
 */
has: Array<string>, note: string, };

export type ReferralEscalate = { case: CaseId, referral: ReferralId, rung: Rung, told: Told, 
/**
 * Another body it is written to; none = the body itself, or the region's controller on the last rung.
 */
to: AgencyCode | null, 
/**
 * What was written or said.
 */
text: string, 
/**
 * Why rungs below are left out, or it goes up before its day.
 */
reason: string, };

export type ReferralForm = { agency: AgencyCode, 
/**
 * Text as it leaves; empty = the person's words.
 */
text: string, disclosed: Disclosed, 
/**
 * `None` = the category's own term.
 */
answer_due: string | null, 
/**
 * `None` = the category's circle.
 */
circle: string | null, 
/**
 * The applicant agreed that a private body gets the name and the phone: what drafts of older programs say.
 */
consent: boolean, 
/**
 * On what ground a private body gets them.
 */
basis: Basis | null, 
/**
 * The supervisor of a private body gets a copy, when there is one.
 */
copy: boolean, 
/**
 * Files of the draft that go with it.
 */
files: Array<AttachmentId>, 
/**
 * Which issue it is about: 0 or none the first, 1 the first of the further ones.
 */
issue: number | null, };

export type ReferralHandOver = { case: CaseId, referral: ReferralId, told: Told, 
/**
 * The body's number for it, when it gave one there and then.
 */
incoming_number: string, };

export type ReferralHear = { case: CaseId, referral: ReferralId, what: Heard, told: Told, 
/**
 * Asked for when it was registered; told along with anything else, it is kept too.
 */
incoming_number: string, 
/**
 * Of a refusal: one of `esik_domain::answer::REFUSALS`.
 */
code: string, 
/**
 * The reason of a refusal; the answer.
 */
text: string, };

export type ReferralId = string;

export type ReferralLeaves = { 
/**
 * Field by field, files among them.
 */
leaves: Array<Leaving>, 
/**
 * The day we promise an answer by.
 */
answer_due: string | null, 
/**
 * Who may know of it.
 */
circle: string, };

export type ReferralPreview = { agency: AgencyCode, 
/**
 * The theme of the issue it is about, which its day is counted by.
 */
category: CategoryCode | null, leaves: Array<Leaving>, answer: Deadline | null, circle: string, 
/**
 * A private body: the term is only a request.
 */
private_body: boolean, 
/**
 * The supervisor that may get a copy of it.
 */
copy_to: AgencyCode | null, 
/**
 * This is such a copy: of the request to this body.
 */
copy_of: AgencyCode | null, 
/**
 * Exactly the files that go with it.
 */
files: Array<Enclosure>, 
/**
 * Why chosen files do not: `leaving_file_consent`, `leaving_file_circle`, `leaving_identity`.
 */
files_stay: string | null, };

export type ReferralRemind = { referrals: Array<CaseReferral>, };

export type ReferralSend = { case: CaseId, agency: AgencyCode, text: string, disclosed: Disclosed, answer_due: string | null, 
/**
 * The rejected referral it replaces.
 */
replaces: ReferralId | null, 
/**
 * Consent, or ground and reason without it: a private body gets no name and no phone otherwise.
 */
basis: Basis | null, 
/**
 * The referral to a private body this is a copy of, for its supervisor.
 */
copy_of: ReferralId | null, 
/**
 * Files of the case that go with it.
 */
files: Array<AttachmentId>, 
/**
 * Which issue of the case it is about; none = that of the request it replaces or copies, else the first.
 */
issue: IssueId | null, };

export type ReferralState = "draft" | "waits_for_region" | "sent" | "delivered" | "registered" | "accepted" | "rejected" | "answered" | "checked" | "answer_returned" | "withdrawn";

export type ReferralView = { state: ReferralState, 
/**
 * Working days late; 0 = not late.
 */
late_wd: number, 
/**
 * Who takes a late answer on, and when it goes up; absent where none is owed.
 */
ladder: Ladder | null, 
/**
 * The rung that is next; absent where none is.
 */
next_rung?: NextRungView | null, 
/**
 * A private body's supervisor, as long as it has no copy: offered as a second referral.
 */
copy_to: AgencyCode | null, 
/**
 * May the officer write down that he handed it over himself?
 */
may_hand_over: boolean, 
/**
 * What of the body he may write down now.
 */
hears: Array<Heard>, id: ReferralId, agency: AgencyCode, category: CategoryCode | null, text: string, disclosed: Disclosed, leaves: Array<Leaving>, circle: Circle, by: OfficerId, answer_due: string | null, ack_wd: number, drafted_at: string, sent_at: string | null, 
/**
 * True once the region accepted the decision to send.
 */
at_region: boolean, delivered: Stamp | null, 
/**
 * Nobody of the body works at the region: the station hands it over itself.
 */
by_hand?: Stamp | null, registered: Stamp | null, incoming_number: string | null, accepted: Stamp | null, rejected: Rejection | null, answered: Answer | null, checked: Check | null, withdrawn: Stamp | null, 
/**
 * Why it was taken back; the body reads it.
 */
withdrawn_why: string, reminders: number, 
/**
 * From when on the body sees the last reminder.
 */
remind_from: string | null, replaces: ReferralId | null, 
/**
 * A later referral took its place.
 */
replaced_by: ReferralId | null, 
/**
 * The duty itself moves (АППК art. 65).
 */
redirect: Redirect | null, 
/**
 * The signed decision of a redirect.
 */
decision: SignedDecision | null, 
/**
 * On what ground personal data left.
 */
basis: Basis | null, 
/**
 * The referral to a private body this is a copy of.
 */
copy_of: ReferralId | null, 
/**
 * Rungs of the ladder that were taken for a late answer.
 */
escalations?: Array<Escalation>, 
/**
 * Files that go with it.
 */
files?: Array<Enclosure>, };

export type ReferralWithdraw = { case: CaseId, referral: ReferralId, reason: string, };

export type Refusal = { code: string, params: { [key in string]: string }, };

export type RefusalSettle = { 
/**
 * [`RefusedRecord::case`]: the stream they belong to.
 */
case: CaseId, events: Array<EventId>, 
/**
 * What was done, in the officer's words.
 */
text: string, };

export type Refused = { event: EventId, kind: string, code: string, };

export type RefusedAction = "correct" | "head" | "region" | "nothing";

export type RefusedRecord = { event: EventId, case: RecordOf, kind: string, 
/**
 * Why: a code with words.
 */
code: string, 
/**
 * Set aside, a person of the region decides; else refused by rule.
 */
set_aside: boolean, by: string, at: string, action: RefusedAction, 
/**
 * What a person of the region said of it last.
 */
decision: RegionDecision | null, };

export type RegionDecision = { 
/**
 * `left` aside or `asked`: the station is.
 */
what: string, note: string, by: string, at: string, };

export type Rejection = { stamp: Stamp, code: string, reason: string, };

export type Reminded = { changed: Changed, reminded: number, passed_over: Array<PassedOver>, };

export type Replies = { texts: Array<ReplyText>, };

export type RepliesRequest = { case: CaseId, 
/**
 * One of `esik_domain::reply::MOMENTS`; another one has none.
 */
moment: string, 
/**
 * The referral they are about, where there is one.
 */
referral: ReferralId | null, };

export type ReplyText = { code: string, kk: string, ru: string, };

export type Review = { field: string, earlier: string, later: string, event: EventId, };

export type ReviewSettle = { case: CaseId, 
/**
 * The amendment that met another one: `event` of the review.
 */
event: EventId, take: ReviewTake, note: string, };

export type ReviewTake = "earlier" | "later";

export type Role = "officer" | "consultant" | "duty" | "inspector" | "controller" | "head" | "region";

export type RoundAdd = { address: string, note: string, day: string | null, };

export type RoundAdded = { id: CaseId, 
/**
 * It was on the list already.
 */
known: boolean, changed: Changed, 
/**
 * How it is taken back.
 */
undo: Undo | null, };

export type RoundCase = { id: CaseId, number: string, title: string, next_due: string | null, 
/**
 * Contact may be dangerous for somebody.
 */
caution: Array<CautionKind>, 
/**
 * When and how it is safe to make contact, as it was said.
 */
call_note: string, };

export type RoundDayLine = { id: CaseId, day: string, at: string, counts: VisitCounts, 
/**
 * Intakes finished on the round.
 */
taken: number, 
/**
 * Photographs and papers of its visits.
 */
files: number, 
/**
 * The region's number of it: everything this computer wrote before has arrived.
 */
receipt: number | null, };

export type RoundHandIn = { day: string | null, };

export type RoundImport = { text: string, };

export type RoundImported = { added: number, 
/**
 * Were on the list already, or twice in the file.
 */
known: number, 
/**
 * Lines that could not be taken; all others were.
 */
wrong: Array<RoundWrongLine>, changed: Changed, 
/**
 * How all of them are taken back.
 */
undo: Undo | null, };

export type RoundIntake = { draft: Draft, changed: Changed, };

export type RoundPlace = { id: CaseId, address: string, note: string, day: string | null, visits: number, last: RoundVisit | null, 
/**
 * Visited today.
 */
done: boolean, 
/**
 * Open cases there that this officer may know of.
 */
cases: Array<RoundCase>, };

export type RoundPlan = { id: CaseId, 
/**
 * None = when it suits.
 */
day: string | null, };

export type RoundReceipt = { line: RoundDayLine, 
/**
 * Records this officer made that day at this computer, and how many of them the region has.
 */
records: number, acknowledged: number, 
/**
 * After sending.
 */
region: AtRegion, 
/**
 * Why not everything was sent.
 */
failure: Refusal | null, changed: Changed, };

export type RoundRef = { id: CaseId, };

export type RoundSuggestion = { address: string, 
/**
 * Numbers of its cases.
 */
numbers: Array<string>, };

export type RoundView = { today: string, 
/**
 * To be visited today, those whose day has passed first; and what was visited today already.
 */
plan: Array<RoundPlace>, 
/**
 * The rest of the beat, by address.
 */
rest: Array<RoundPlace>, 
/**
 * Addresses of open cases near the beat that are not on the list.
 */
suggested: Array<RoundSuggestion>, 
/**
 * Of today.
 */
counts: VisitCounts, 
/**
 * Intakes finished on the round today.
 */
taken: number, 
/**
 * Photographs and papers of today's visits.
 */
files: number, region: AtRegion, enrolled: boolean, 
/**
 * Visits of earlier days that nobody handed in: the latest such day.
 */
not_handed_in: string | null, 
/**
 * Days handed in, newest first.
 */
days: Array<RoundDayLine>, };

export type RoundVisit = { at: string, result: VisitResult, note?: string, 
/**
 * The case it was about; its own timeline has the visit too.
 */
case?: CaseId | null, 
/**
 * Photographs and papers of the visit, among the files of the address.
 */
files?: Array<AttachmentId>, };

export type RoundVisited = { id: CaseId, result: VisitResult, note: string, 
/**
 * The next visit.
 */
next: string | null, 
/**
 * The case it was about: its timeline gets the visit too.
 */
case: CaseId | null, };

export type RoundWrongLine = { 
/**
 * Of the file, from 1.
 */
line: number, 
/**
 * `empty`, `too_long`, `note_too_long`.
 */
why: string, };

export type Route = "police" | "forward" | "register" | "emergency" | "advise";

export type Rung = "in_time" | "remind" | "controller" | "head" | "region";

export type SaidView = { event: EventId, at: string, 
/**
 * Is the trouble over? None = only a message.
 */
word: Word | null, text: string, 
/**
 * By which day somebody looks at it.
 */
due: string | null, 
/**
 * It asks to open again what is over.
 */
asks_to_reopen: boolean, };

export type SavedQueue = { name: string, queue: Queue, agency: AgencyCode | null, category: CategoryCode | null, officer: OfficerId | null, from: string | null, until: string | null, filter: string, };

export type SavedQueues = { queues: Array<SavedQueue>, };

export type ScanAttach = { name: string, bytes: number, at: string, to: AttachTo, note: string, 
/**
 * The officer looked: it is no copy of an identity document, though its name looks like one.
 */
not_identity: boolean, };

export type ScanAttached = { id: AttachmentId, 
/**
 * The original is gone from the folder.
 */
removed: boolean, changed: Changed, };

export type ScanCleared = { removed: number, changed: Changed, };

export type ScanFile = { name: string, bytes: number, 
/**
 * When it was written.
 */
at: string, 
/**
 * It came while the officer was signed in.
 */
fresh: boolean, };

export type ScanFolder = { path: string | null, remove: boolean, changed: Changed, };

export type ScanFolderSet = { 
/**
 * Whole path; empty = none.
 */
path: string, 
/**
 * Originals are removed once they are attached.
 */
remove: boolean, };

export type ScanLook = { 
/**
 * None: no folder was chosen.
 */
folder: string | null, 
/**
 * Originals are removed once they are attached.
 */
remove: boolean, 
/**
 * Why the folder cannot be looked into.
 */
problem: Refusal | null, 
/**
 * Offered, the newest first.
 */
files: Array<ScanFile>, 
/**
 * As many more would be.
 */
more: number, 
/**
 * Still being written, or seen for the first time.
 */
writing: number, 
/**
 * Older than a day: not offered, and readable by whoever opens the folder.
 */
older: number, 
/**
 * Attached already, and still in the folder.
 */
left: number, };

export type SearchHit = { 
/**
 * `case`, `visit`.
 */
kind: string, id: CaseId, number: string | null, title: string, who: string, address: string, at: string, closed: boolean, score: number, 
/**
 * `number`, `phone`, `iin`, `name`, `text`.
 */
why: string, };

export type SearchRequest = { query: string, limit: number, };

export type SearchResult = { hits: Array<SearchHit>, };

export type ServiceLine = { name: L10n, confirmed_on: string | null, stale: boolean, agency: AgencyCode, version: number, eligibility: L10n, papers: L10n, hours: L10n, area: L10n, 
/**
 * A text, never a number this program invented.
 */
phone: L10n, 
/**
 * Where it is; empty until a region says so.
 */
address: L10n, 
/**
 * Last day somebody confirmed it; none = nobody has.
 */
confirmed: string | null, };

export type Session = { officer: OfficerId, name: string, post: string, role: Role, circles: Array<string>, 
/**
 * `close`, `administer`: what the screens may offer. The core asks again.
 */
may: Array<string>, };

export type SettingsChange = { language: Lang | null, theme: Theme | null, };

export type Settled = { at: string, agency: AgencyCode, reason: string, };

export type Severity = "ok" | "warn" | "error";

export type Sex = "male" | "female";

export type ShiftCase = { id: CaseId, number: string, title: string, next_due: string | null, 
/**
 * Only for officers of its circle.
 */
restricted: boolean, };

export type ShiftDone = { line: ShiftLine, changed: Changed, 
/**
 * How it is taken back.
 */
undo: Undo | null, };

export type ShiftHandOver = { 
/**
 * [`ShiftView::fresh`].
 */
id: CaseId, 
/**
 * None = whoever comes; then neither cases nor drafts change hands.
 */
to: OfficerId | null, note: string, cases: Array<CaseId>, drafts: Array<DraftChoice>, };

export type ShiftLine = { id: CaseId, from: string, at: string, 
/**
 * Surname and initials; empty when unknown here.
 */
by: string, 
/**
 * By this officer.
 */
mine: boolean, 
/**
 * Whom it names; none = whoever comes.
 */
to: string | null, note: string, 
/**
 * Who took it over, and when.
 */
taken_by: string | null, taken_at: string | null, 
/**
 * What the region had when it was handed over.
 */
region: AtRegion, 
/**
 * The region's number of it: with it everything written before at that computer has arrived.
 */
receipt: number | null, 
/**
 * Cases that changed hands with it.
 */
cases: number, };

export type ShiftNews = { 
/**
 * Handed to this officer, or to whoever comes, and not taken yet.
 */
waiting: Array<ShiftLine>, 
/**
 * What this officer took over last, within a day.
 */
inherited: ShiftLine | null, };

export type ShiftNote = { note: string, };

export type ShiftRef = { id: CaseId, };

export type ShiftView = { 
/**
 * Id of the hand-over that this screen may make: pressing twice makes one.
 */
fresh: CaseId, 
/**
 * Since when the shift goes on: taken over then, or the beginning of the day.
 */
from: string, today: string, 
/**
 * Ours, with the last day today or over.
 */
due: Array<ControlRow>, 
/**
 * The applicant has to be called or told.
 */
calls: Array<ControlRow>, 
/**
 * Bodies that are late: to be reminded.
 */
late: Array<ControlRow>, 
/**
 * The region refused something, or two values met: work that came back.
 */
refused: Array<ControlRow>, 
/**
 * There are more lines than could be looked at; the control board has them all.
 */
more: boolean, 
/**
 * Open cases this officer answers for.
 */
cases: Array<ShiftCase>, drafts: Array<DraftLine>, 
/**
 * The note begun and not handed over yet.
 */
note: string, 
/**
 * What was taken in during the shift.
 */
taken: number, region: AtRegion, enrolled: boolean, 
/**
 * Handed to this officer, or to whoever comes, and not taken yet.
 */
waiting: Array<ShiftLine>, 
/**
 * What this officer took over last, within a day.
 */
inherited: ShiftLine | null, 
/**
 * Hand-overs of the station, newest first.
 */
past: Array<ShiftLine>, };

export type Side = { agency: AgencyCode, at: string, code: string, reason: string, };

export type SignIn = { officer: OfficerId, password: string, };

export type SignedDecision = { number?: string, date: string, name: string, post: string, 
/**
 * By which day the applicant has to be told.
 */
notice_due?: string | null, };

export type SimilarCase = { id: CaseId, number: string | null, title: string, address: string, category: CategoryCode | null, at: string, 
/**
 * `iin`, `phone`, `name`, `place`, `theme`; `other_iin`: the name is the same, the IIN is another one.
 */
why: Array<string>, open: boolean, waiting_on: WaitingOn | null, };

export type Speaks = { theme: CategoryCode | null, circumstance: string | null, };

export type Specimen = { 
/**
 * Id of the paper.
 */
name: string, version: number, };

export type Stamp = { at: string, 
/**
 * Person or system behind it.
 */
by: string, event: EventId, 
/**
 * It went past the region, and an officer wrote it down.
 */
told?: Told | null, };

export type StationContacts = { address_kk: string, address_ru: string, phone: string, };

export type StationName = { id: string, kk: string, ru: string, };

export type Step = { 
/**
 * The date in Kazakhstan.
 */
date: string, 
/**
 * Its number within the term; absent when the day does not count.
 */
counted: number | null, 
/**
 * Why.
 */
why: WhyCode, 
/**
 * Key of the holiday's name, when it is one.
 */
holiday: string | null, };

export type StepId = string;

export type StepState = "waits" | "now" | "done" | "dropped";

export type StreamActs = { case: CaseId, events: Array<EventId>, };

export type Suggestion = { 
/**
 * At most five.
 */
categories: Array<CategoryHit>, 
/**
 * Bodies for the best categories.
 */
agencies: Array<AgencyHit>, 
/**
 * Red flags, most urgent first.
 */
red_flags: Array<RedFlagHit>, };

export type SyncBoard = { status: SyncStatus, 
/**
 * What waits to be sent, by case, oldest first.
 */
waiting: Array<WaitingCase>, 
/**
 * Records that wait and stand in no line here: not for this officer, or further on.
 */
waiting_others: number, 
/**
 * What the region refused or set aside, newest first.
 */
refused: Array<RefusedRecord>, 
/**
 * What came from the region and is not applied, by reason.
 */
unapplied: Array<Unapplied>, clock: ClockState | null, 
/**
 * The last record of this desk that the region acknowledged.
 */
proof: SyncProof | null, 
/**
 * What a person of the region said of the other copy of this desk that was seen.
 */
branch: RegionDecision | null, 
/**
 * The last tries to reach the region, newest first.
 */
contacts: Array<SyncContact>, 
/**
 * Whose word this desk goes by; nothing before it has joined.
 */
trust: SyncTrust | null, 
/**
 * The database was damaged and mended.
 */
mended: MendedDesk | null, };

export type SyncContact = { 
/**
 * The last of them.
 */
at: string, 
/**
 * The first of them.
 */
since: string, times: number, 
/**
 * Why it failed; nothing when all went well.
 */
failure: Refusal | null, sent: number, refused: number, received: number, };

export type SyncProgress = { "step": "greeting" } | { "step": "sending", done: number, of: number, } | { "step": "reading", events: number, } | { "step": "waiting", until: string, } | { "step": "stick", done: number, of: number, };

export type SyncProof = { 
/**
 * Its number in the region's order.
 */
pos: number, 
/**
 * The beginning of its hash, as papers show it.
 */
hash: string, 
/**
 * When the region recorded it.
 */
recorded_at: string | null, };

export type SyncStatus = { enrolled: boolean, 
/**
 * The last call brought an answer.
 */
online: boolean, running: boolean, 
/**
 * False = nobody can know how much waits: the program ended without being locked, and the keys are away.
 */
counted: boolean, 
/**
 * Events saved here that the region has not acknowledged.
 */
unacknowledged: number, 
/**
 * When the region last acknowledged or answered.
 */
last_success: string | null, last_attempt: string | null, 
/**
 * Number of the last acknowledged event: the proof.
 */
proof: number | null, 
/**
 * Why the last attempt failed.
 */
failure: Refusal | null, 
/**
 * Attached files that wait to go to the region, or are on their way, and their bytes.
 */
files_waiting: number, files_bytes: number, 
/**
 * Own events the region refused; each is work.
 */
refused: number, 
/**
 * Events from the region that could not be used and were set aside.
 */
set_aside: number, 
/**
 * Events from the region that wait until it tells of the officer who signed them.
 */
awaits_author: number, 
/**
 * Events from the region that wait until somebody vouches for the officer who signed them (adr/0038).
 */
awaits_voucher: number, 
/**
 * This computer's clock minus the region's, in seconds, when more than two minutes.
 */
clock_off_s: number | null, 
/**
 * The clock is a day off or more and nobody at this desk has said that he knows.
 */
clock_ask: boolean, 
/**
 * What a sync that somebody started here is doing just now.
 */
progress: SyncProgress | null, 
/**
 * The region contradicted its own signature: two histories, or one taken back. `None` = never.
 */
tree_fault: TreeFaultView | null, 
/**
 * The region signed its order once, and does so no more. `None` = it does, or never did.
 */
tree_silent: TreeSilence | null, };

export type SyncTrust = { 
/**
 * What the officer who looks reads to whoever vouches for him: `XXXX-XXXX-XXXX-XXXX`.
 */
mark: string, 
/**
 * Somebody vouches for him.
 */
vouched: boolean, 
/**
 * The mark of the region's warrant key; nothing when it has none: every key is believed as first seen.
 */
warrant: string | null, 
/**
 * Another warrant key that the region told since; it is not believed.
 */
other: OtherWarrant | null, };

export type TakenBack = { at: string, };

export type TakenLine = { id: CaseId, number: string | null, title: string, at: string, 
/**
 * `case`, `advice`, `crime`.
 */
becomes: string, };

export type Task = { id: TaskId, text: string, unit: AgencyCode, owner: OfficerId | null, due: string | null, assigned_at: string, at_region: boolean, done: Stamp | null, result: string, };

export type TaskAdd = { case: CaseId, unit: AgencyCode, text: string, due: string | null, };

export type TaskFinish = { case: CaseId, task: TaskId, result: string, };

export type TaskForm = { 
/**
 * Police unit: `P-UIP`.
 */
unit: AgencyCode, text: string, due: string | null, };

export type TaskId = string;

export type Terms = { 
/**
 * The last day the law gave first.
 */
first_due: string | null, 
/**
 * The last day that holds now.
 */
due: string | null, 
/**
 * No extension may pass this day.
 */
limit: string | null, 
/**
 * Last day to redirect, three working days from receipt, while nothing was redirected whole.
 */
redirect_due: string | null, 
/**
 * The body the whole duty moved to.
 */
redirected_to: AgencyCode | null, 
/**
 * May prepare a redirect.
 */
may_redirect: boolean, may_ask: boolean, 
/**
 * The head or the deputy.
 */
may_decide: boolean, asks: Array<AskView>, 
/**
 * Decisions, granted or not, oldest first.
 */
extensions: Array<Extension>, notices: Array<Notice>, };

export type Territory = "building" | "district" | "city" | "region" | "republic";

export type Theme = "system" | "light" | "dark";

export type TimelineItem = { event: EventId, at: string, 
/**
 * What a wrong clock had said; `at` is the corrected moment then.
 */
written_at: string | null, 
/**
 * Kind of the event; the catalogues have a sentence for each.
 */
kind: string, 
/**
 * Officer's name, or the clerk behind the region's event.
 */
who: string, 
/**
 * Values for the sentence: `agency`, `number`, `reason`, `text`, `word`, …
 */
values: { [key in string]: string }, 
/**
 * `unsent`, `accepted`, `refused`.
 */
standing: string, tone: Tone, 
/**
 * What a correction changed, old and new.
 */
changes: Array<FieldChange>, 
/**
 * Of advice: the cards it was taken from, as they stood then.
 */
cited?: Array<Citation>, 
/**
 * Its author took it back: it is told, it does not count.
 */
undone: TakenBack | null, };

export type Told = { way: Way, 
/**
 * The day it was so, which may be before the day it was written down.
 */
day: string, 
/**
 * Who of the body took it or said it: name, post.
 */
who?: string, 
/**
 * The paper itself, scanned: a file of the case.
 */
letter?: AttachmentId, };

export type Tone = "calm" | "ours" | "good" | "attention" | "bad";

export type Travel = { "at": "stays" } | { "at": "waits", 
/**
 * `quota`, `too_large`, `refused`, `damaged`: what keeps it for now.
 */
why: string | null, } | { "at": "goes", done: number, of: number, } | { "at": "arrived" } | { "at": "there" } | { "at": "expected" } | { "at": "comes", done: number, of: number, };

export type TreeFaultView = { 
/**
 * Device time.
 */
at: string, 
/**
 * `shrunk`, `split`, `event_missing`, `unproven`, `signature`.
 */
code: string, 
/**
 * Events in the region's order as it then said.
 */
size: number | null, };

export type TreeSilence = { 
/**
 * The first such greeting after the last signed head; device time.
 */
since: string, 
/**
 * Longer than a standby should answer: three days.
 */
long: boolean, };

export type Typed = { 
/**
 * As the window wrote it; the core does not look inside. `null`: nothing.
 */
text: string | null, };

export type Unapplied = { 
/**
 * `needs_update`, `base_missing`, `unknown_author`, `signature`, `unreadable`, `id_conflict`, `fork`, `limits`,
 * `not_allowed`; `not_kept` for a place in a feed from which it is read again.
 */
reason: string, n: number, };

export type Undecided = { 
/**
 * Who finds out; `None` = the officer who takes it down.
 */
controller: OfficerId | null, };

export type Undo = { "kind": "act", case: CaseId, events: Array<EventId>, } | { "kind": "draft", id: DraftId, } | { "kind": "call", ticket: CaseId, events: Array<EventId>, draft: DraftId, } | { "kind": "acts", acts: Array<StreamActs>, } | { "kind": "shift", acts: Array<StreamActs>, given: Array<DraftId>, thrown: Array<DraftId>, note: string, } | { "kind": "queues", back: Array<QueueAt>, out: Array<string>, };

export type UnvouchedOfficer = { id: OfficerId, name: string, post: string, role: Role, 
/**
 * What he reads from the contact screen of his own desk: `XXXX-XXXX-XXXX-XXXX`.
 */
mark: string, 
/**
 * It is whoever looks.
 */
me: boolean, 
/**
 * Left the service: his code is not on any screen any more.
 */
left: boolean, 
/**
 * He is known here from before, so his records count here, but not at a desk that joins from now on.
 */
known: boolean, };

export type UnvouchedOfficers = { officers: Array<UnvouchedOfficer>, };

export type VisitCounts = { visits: number, talked: number, nobody_home: number, refused: number, again: number, };

export type VisitResult = "talked" | "nobody_home" | "refused" | "again";

export type VouchFor = { officer: OfficerId, 
/**
 * The mark that was compared; case, spaces and dashes do not matter.
 */
mark: string, };

export type WaitingCase = { case: RecordOf, since: string, kinds: Array<KindCount>, };

export type WaitingOn = "us" | "agency" | "region";

export type Way = "phone" | "paper" | "mail" | "email" | "system" | "import";

export type WhoRead = { phone: PhoneCheck | null, iin: IinCheck | null, surname: string, given: string, patronymic: string, 
/**
 * Cases of a person like this at the station.
 */
known: Array<KnownPerson>, };

export type WhyCode = "working" | "working_weekend" | "weekend" | "holiday" | "after_closing" | "receipt_not_counted" | "calendar_day" | "moved_from_day_off" | "moved_here" | "immediate" | "hours";

export type WhyWord = { 
/**
 * As the person wrote it.
 */
word: string, 
/**
 * First byte in the text (UTF-8).
 */
start: number, 
/**
 * Byte after the last (UTF-8).
 */
end: number, 
/**
 * The same in UTF-16 units, as JavaScript counts.
 */
start_utf16: number, 
/**
 * The same in UTF-16 units.
 */
end_utf16: number, };

export type Word = "solved" | "partly" | "not_solved" | "not_asked";

export type WordRead = { case: CaseId, events: Array<EventId>, };

export type WrongClock = { 
/**
 * What the clock had said.
 */
was: string, now: string, 
/**
 * Nobody knows exactly: not before `now`.
 */
guessed: boolean, };

export interface Commands {
  app_state: { request: Nothing; response: AppState };
  profile_create: { request: ProfileCreate; response: AppState };
  profile_enroll: { request: Enroll; response: AppState };
  profile_join_again: { request: JoinAgain; response: AppState };
  session_open: { request: SignIn; response: AppState };
  desk_mend: { request: SignIn; response: AppState };
  session_lock: { request: Nothing; response: AppState };
  typed_keep: { request: Typed; response: Nothing };
  typed_take: { request: Nothing; response: Typed };
  officer_add: { request: NewOfficer; response: AppState };
  officers_unvouched: { request: Nothing; response: UnvouchedOfficers };
  officer_vouch: { request: VouchFor; response: UnvouchedOfficers };
  settings_set: { request: SettingsChange; response: AppState };
  station_contacts: { request: Nothing; response: StationContacts };
  station_contacts_set: { request: StationContacts; response: StationContacts };
  sync_status: { request: Nothing; response: SyncStatus };
  sync_now: { request: Nothing; response: SyncStatus };
  sync_board: { request: Nothing; response: SyncBoard };
  clock_known: { request: ClockKnown; response: ClockKnownDone };
  refusal_settle: { request: RefusalSettle; response: CaseDone };
  program_end: { request: Nothing; response: Nothing };
  bundle_export: { request: BundleFolder; response: BundleExported };
  bundle_carry: { request: BundleFolder; response: BundleCarried };
  bundle_receipt: { request: BundleFolder; response: BundleAcknowledged };
  reference: { request: Nothing; response: Reference };
  reception: { request: Nothing; response: Reception };
  queue: { request: Nothing; response: HallQueue };
  queue_join: { request: QueueJoin; response: QueueJoined };
  queue_call: { request: QueueCall; response: QueueCallDone };
  queue_leave: { request: QueueLeave; response: CaseDone };
  shift: { request: Nothing; response: ShiftView };
  shift_news: { request: Nothing; response: ShiftNews };
  shift_note: { request: ShiftNote; response: CaseDone };
  shift_hand_over: { request: ShiftHandOver; response: ShiftDone };
  shift_take: { request: ShiftRef; response: ShiftDone };
  round: { request: Nothing; response: RoundView };
  round_add: { request: RoundAdd; response: RoundAdded };
  round_import: { request: RoundImport; response: RoundImported };
  round_plan: { request: RoundPlan; response: CaseDone };
  round_drop: { request: RoundRef; response: CaseDone };
  round_visit: { request: RoundVisited; response: CaseDone };
  round_intake: { request: RoundRef; response: RoundIntake };
  round_hand_in: { request: RoundHandIn; response: RoundReceipt };
  draft_open: { request: Nothing; response: Draft };
  draft_get: { request: DraftRef; response: Draft };
  draft_save: { request: DraftSave; response: DraftSaved };
  draft_discard: { request: DraftRef; response: CaseDone };
  intake_help: { request: HelpRequest; response: Help };
  intake_preview: { request: PreviewRequest; response: Preview };
  intake_finish: { request: IntakeFinish; response: IntakeDone };
  case_get: { request: CaseOpen; response: CaseView };
  looks: { request: LooksRequest; response: Looks };
  case_close: { request: CaseClose; response: CaseDone };
  case_reopen: { request: CaseReopen; response: CaseDone };
  case_restrict: { request: CaseRestrict; response: CaseDone };
  word_read: { request: WordRead; response: CaseDone };
  category_change: { request: CategoryChange; response: CaseDone };
  issue_add: { request: IssueAdd; response: CaseDone };
  party_add: { request: PartyAdd; response: CaseDone };
  colleagues: { request: Nothing; response: Colleagues };
  controller_name: { request: ControllerName; response: CaseDone };
  priority_set: { request: PrioritySet; response: CaseDone };
  person_history: { request: PersonHistoryOf; response: PersonHistory };
  person_match: { request: PersonMatch; response: CaseDone };
  case_correct: { request: CaseCorrect; response: CaseDone };
  review_settle: { request: ReviewSettle; response: CaseDone };
  undo: { request: Undo; response: CaseDone };
  note_add: { request: NoteAdd; response: CaseDone };
  attachment_list: { request: AttachTo; response: Attachments };
  attachment_part: { request: AttachmentPart; response: AttachmentGot };
  attachment_add: { request: AttachmentAdd; response: AttachmentAdded };
  attachment_open: { request: AttachmentOpen; response: AttachmentOpened };
  attachment_save: { request: AttachmentOpen; response: AttachmentSaved };
  attachment_fetch: { request: AttachmentFetch; response: CaseDone };
  attachment_preview: { request: AttachmentFetch; response: AttachmentPreview };
  attachment_sheet: { request: AttachmentFetch; response: AttachmentSheet };
  attachment_cover: { request: AttachmentCover; response: AttachmentAdded };
  attachments_not_given: { request: AttachmentsChosen; response: AttachmentsNotGiven };
  attachment_note: { request: AttachmentNote; response: CaseDone };
  attachment_withdraw: { request: AttachmentWithdraw; response: CaseDone };
  scan_folder_set: { request: ScanFolderSet; response: ScanFolder };
  scan_look: { request: Nothing; response: ScanLook };
  scan_attach: { request: ScanAttach; response: ScanAttached };
  scan_clear: { request: Nothing; response: ScanCleared };
  contact_record: { request: ContactRecord; response: CaseDone };
  referral_send: { request: ReferralSend; response: CaseDone };
  referral_preview: { request: ReferralSend; response: ReferralLeaves };
  referral_check: { request: ReferralCheck; response: CaseDone };
  referral_hand_over: { request: ReferralHandOver; response: CaseDone };
  referral_hear: { request: ReferralHear; response: CaseDone };
  referral_escalate: { request: ReferralEscalate; response: CaseDone };
  referral_remind: { request: ReferralRemind; response: Reminded };
  referral_withdraw: { request: ReferralWithdraw; response: CaseDone };
  answer_file: { request: AnswerFile; response: Document };
  task_add: { request: TaskAdd; response: CaseDone };
  task_finish: { request: TaskFinish; response: CaseDone };
  plan_step_add: { request: PlanStepAdd; response: CaseDone };
  plan_step_move: { request: PlanStepMove; response: CaseDone };
  plan_step_end: { request: PlanStepEnd; response: CaseDone };
  member_add: { request: MemberAdd; response: CaseDone };
  extension_ask: { request: ExtensionAsk; response: CaseDone };
  extension_decide: { request: ExtensionDecide; response: CaseDone };
  redirect_prepare: { request: RedirectPrepare; response: CaseDone };
  redirect_sign: { request: RedirectSign; response: CaseDone };
  dispute_open: { request: DisputeOpen; response: CaseDone };
  dispute_settle: { request: DisputeSettle; response: CaseDone };
  notice_give: { request: NoticeGive; response: CaseDone };
  coupon_preview: { request: CaseRef; response: Document };
  coupon_print: { request: CaseRef; response: CouponPrinted };
  paper_list: { request: CaseRef; response: PaperShelf };
  paper_preview: { request: PaperOf; response: PaperPages };
  paper_print: { request: PaperOf; response: PaperPrinted };
  publications: { request: Nothing; response: Publications };
  paper_specimen: { request: Specimen; response: PaperPages };
  moved_days: { request: Nothing; response: MovedDays };
  moved_days_seen: { request: MovedSeen; response: MovedSeenDone };
  control: { request: ControlRequest; response: ControlPage };
  bodies_owe: { request: OweRequest; response: BodiesOwe };
  owed_lists: { request: Nothing; response: OwedLists };
  owed_list_hand: { request: OwedListHand; response: CaseDone };
  queues_saved: { request: Nothing; response: SavedQueues };
  queues_save: { request: SavedQueues; response: CaseDone };
  search: { request: SearchRequest; response: SearchResult };
  knowledge: { request: KnowledgeRequest; response: Knowledge };
  knowledge_confirm: { request: KnowledgeConfirm; response: KnowledgeConfirmed };
  replies: { request: RepliesRequest; response: Replies };
  advice_add: { request: AdviceAdd; response: CaseDone };
  practice_enter: { request: Nothing; response: AppState };
  practice_leave: { request: Nothing; response: AppState };
  practice_board: { request: Nothing; response: PracticeBoard };
  practice_start: { request: PracticeStart; response: PracticeBoard };
  practice_ask: { request: PracticeAsk; response: PracticeBoard };
  practice_hint: { request: Nothing; response: PracticeBoard };
  practice_go_on: { request: Nothing; response: PracticeTurn };
  practice_finish: { request: Nothing; response: PracticeBoard };
  practice_stop: { request: Nothing; response: PracticeBoard };
  practice_certificate: { request: Nothing; response: PaperPrinted };
}
