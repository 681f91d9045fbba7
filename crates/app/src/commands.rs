//! The command list: every command once, with request, response, permission and whether it reads
//! personal data. Dispatch, TypeScript types, docs and the coverage test all come from it.
//! No other file names a command by hand.

use crate::api::*;

/// Calls `$with!` with the whole list.
#[macro_export]
macro_rules! with_commands {
    ($with:ident) => {
        $with! {
            // name: request -> response, permission, reads personal data
            app_state: Nothing -> AppState, Anyone, false;
            profile_create: ProfileCreate -> AppState, Anyone, false;
            profile_enroll: Enroll -> AppState, Administer, false;
            profile_join_again: JoinAgain -> AppState, Desk, false;
            session_open: SignIn -> AppState, Anyone, false;
            desk_mend: SignIn -> AppState, Anyone, false;
            session_lock: Nothing -> AppState, Anyone, false;
            typed_keep: Typed -> Nothing, Desk, true;
            typed_take: Nothing -> Typed, Desk, true;
            officer_add: NewOfficer -> AppState, Administer, false;
            officers_unvouched: Nothing -> UnvouchedOfficers, Administer, false;
            officer_vouch: VouchFor -> UnvouchedOfficers, Administer, false;
            settings_set: SettingsChange -> AppState, Anyone, false;
            station_contacts: Nothing -> StationContacts, Desk, false;
            station_contacts_set: StationContacts -> StationContacts, Administer, false;
            sync_status: Nothing -> SyncStatus, Anyone, false;
            sync_now: Nothing -> SyncStatus, Desk, false;
            sync_board: Nothing -> SyncBoard, Desk, true;
            clock_known: ClockKnown -> ClockKnownDone, Desk, false;
            refusal_settle: RefusalSettle -> CaseDone, Close, true;
            program_end: Nothing -> Nothing, Anyone, false;
            bundle_export: BundleFolder -> BundleExported, Desk, false;
            bundle_carry: BundleFolder -> BundleCarried, Desk, false;
            bundle_receipt: BundleFolder -> BundleAcknowledged, Desk, false;
            reference: Nothing -> Reference, Anyone, false;
            reception: Nothing -> Reception, Desk, true;
            queue: Nothing -> HallQueue, Desk, true;
            queue_join: QueueJoin -> QueueJoined, Desk, true;
            queue_call: QueueCall -> QueueCallDone, Desk, true;
            queue_leave: QueueLeave -> CaseDone, Desk, true;
            shift: Nothing -> ShiftView, Close, true;
            shift_news: Nothing -> ShiftNews, Close, true;
            shift_note: ShiftNote -> CaseDone, Close, true;
            shift_hand_over: ShiftHandOver -> ShiftDone, Close, true;
            shift_take: ShiftRef -> ShiftDone, Close, true;
            round: Nothing -> RoundView, Close, true;
            round_add: RoundAdd -> RoundAdded, Close, true;
            round_import: RoundImport -> RoundImported, Close, true;
            round_plan: RoundPlan -> CaseDone, Close, true;
            round_drop: RoundRef -> CaseDone, Close, true;
            round_visit: RoundVisited -> CaseDone, Close, true;
            round_intake: RoundRef -> RoundIntake, Close, true;
            round_hand_in: RoundHandIn -> RoundReceipt, Close, true;
            draft_open: Nothing -> Draft, Desk, true;
            draft_get: DraftRef -> Draft, Desk, true;
            draft_save: DraftSave -> DraftSaved, Desk, true;
            draft_discard: DraftRef -> CaseDone, Desk, true;
            intake_help: HelpRequest -> Help, Desk, true;
            intake_preview: PreviewRequest -> Preview, Desk, true;
            intake_finish: IntakeFinish -> IntakeDone, Desk, true;
            case_get: CaseOpen -> CaseView, Desk, true;
            looks: LooksRequest -> Looks, Desk, true;
            case_close: CaseClose -> CaseDone, Close, true;
            case_reopen: CaseReopen -> CaseDone, Close, true;
            case_restrict: CaseRestrict -> CaseDone, Close, true;
            word_read: WordRead -> CaseDone, Close, true;
            category_change: CategoryChange -> CaseDone, Desk, true;
            issue_add: IssueAdd -> CaseDone, Close, true;
            party_add: PartyAdd -> CaseDone, Close, true;
            colleagues: Nothing -> Colleagues, Desk, false;
            controller_name: ControllerName -> CaseDone, Close, true;
            priority_set: PrioritySet -> CaseDone, Close, true;
            person_history: PersonHistoryOf -> PersonHistory, Desk, true;
            person_match: PersonMatch -> CaseDone, Close, true;
            case_correct: CaseCorrect -> CaseDone, Close, true;
            review_settle: ReviewSettle -> CaseDone, Close, true;
            undo: Undo -> CaseDone, Desk, true;
            note_add: NoteAdd -> CaseDone, Desk, true;
            attachment_list: AttachTo -> Attachments, Desk, true;
            attachment_part: AttachmentPart -> AttachmentGot, Desk, true;
            attachment_add: AttachmentAdd -> AttachmentAdded, Desk, true;
            attachment_open: AttachmentOpen -> AttachmentOpened, Desk, true;
            attachment_save: AttachmentOpen -> AttachmentSaved, Desk, true;
            attachment_fetch: AttachmentFetch -> CaseDone, Desk, true;
            attachment_preview: AttachmentFetch -> AttachmentPreview, Desk, true;
            attachment_sheet: AttachmentFetch -> AttachmentSheet, Desk, true;
            attachment_cover: AttachmentCover -> AttachmentAdded, Desk, true;
            attachments_not_given: AttachmentsChosen -> AttachmentsNotGiven, Desk, true;
            attachment_note: AttachmentNote -> CaseDone, Desk, true;
            attachment_withdraw: AttachmentWithdraw -> CaseDone, Desk, true;
            scan_folder_set: ScanFolderSet -> ScanFolder, Desk, false;
            scan_look: Nothing -> ScanLook, Desk, true;
            scan_attach: ScanAttach -> ScanAttached, Desk, true;
            scan_clear: Nothing -> ScanCleared, Desk, true;
            contact_record: ContactRecord -> CaseDone, Desk, true;
            referral_send: ReferralSend -> CaseDone, Desk, true;
            referral_preview: ReferralSend -> ReferralLeaves, Desk, true;
            referral_check: ReferralCheck -> CaseDone, Desk, true;
            referral_hand_over: ReferralHandOver -> CaseDone, Desk, true;
            referral_hear: ReferralHear -> CaseDone, Desk, true;
            referral_escalate: ReferralEscalate -> CaseDone, Close, true;
            referral_remind: ReferralRemind -> Reminded, Desk, true;
            referral_withdraw: ReferralWithdraw -> CaseDone, Close, true;
            answer_file: AnswerFile -> Document, Desk, true;
            task_add: TaskAdd -> CaseDone, Desk, true;
            task_finish: TaskFinish -> CaseDone, Desk, true;
            plan_step_add: PlanStepAdd -> CaseDone, Close, true;
            plan_step_move: PlanStepMove -> CaseDone, Close, true;
            plan_step_end: PlanStepEnd -> CaseDone, Close, true;
            member_add: MemberAdd -> CaseDone, Close, true;
            extension_ask: ExtensionAsk -> CaseDone, Close, true;
            extension_decide: ExtensionDecide -> CaseDone, Decide, true;
            redirect_prepare: RedirectPrepare -> CaseDone, Close, true;
            redirect_sign: RedirectSign -> CaseDone, Decide, true;
            dispute_open: DisputeOpen -> CaseDone, Decide, true;
            dispute_settle: DisputeSettle -> CaseDone, Decide, true;
            notice_give: NoticeGive -> CaseDone, Desk, true;
            coupon_preview: CaseRef -> Document, Desk, true;
            coupon_print: CaseRef -> CouponPrinted, Desk, true;
            paper_list: CaseRef -> PaperShelf, Desk, true;
            paper_preview: PaperOf -> PaperPages, Desk, true;
            paper_print: PaperOf -> PaperPrinted, Desk, true;
            publications: Nothing -> Publications, Desk, false;
            paper_specimen: Specimen -> PaperPages, Desk, false;
            moved_days: Nothing -> MovedDays, Desk, true;
            moved_days_seen: MovedSeen -> MovedSeenDone, Desk, false;
            control: ControlRequest -> ControlPage, Desk, true;
            bodies_owe: OweRequest -> BodiesOwe, Desk, true;
            owed_lists: Nothing -> OwedLists, Close, true;
            owed_list_hand: OwedListHand -> CaseDone, Close, true;
            queues_saved: Nothing -> SavedQueues, Desk, false;
            queues_save: SavedQueues -> CaseDone, Desk, false;
            search: SearchRequest -> SearchResult, Desk, true;
            knowledge: KnowledgeRequest -> Knowledge, Desk, false;
            knowledge_confirm: KnowledgeConfirm -> KnowledgeConfirmed, Administer, false;
            replies: RepliesRequest -> Replies, Desk, true;
            advice_add: AdviceAdd -> CaseDone, Desk, true;
            practice_enter: Nothing -> AppState, Anyone, false;
            practice_leave: Nothing -> AppState, Anyone, false;
            practice_board: Nothing -> PracticeBoard, Desk, false;
            practice_start: PracticeStart -> PracticeBoard, Desk, false;
            practice_ask: PracticeAsk -> PracticeBoard, Desk, false;
            practice_hint: Nothing -> PracticeBoard, Desk, false;
            practice_go_on: Nothing -> PracticeTurn, Desk, false;
            practice_finish: Nothing -> PracticeBoard, Desk, false;
            practice_stop: Nothing -> PracticeBoard, Desk, false;
            practice_certificate: Nothing -> PaperPrinted, Desk, false;
        }
    };
}

/// What the list says of one command.
#[derive(Clone, Copy, Debug)]
pub struct CommandInfo {
    pub name: &'static str,
    pub request: &'static str,
    pub response: &'static str,
    pub permission: esik_domain::policy::Permission,
    pub reads_personal_data: bool,
}

macro_rules! infos {
    ($($name:ident : $req:ident -> $res:ident, $perm:ident, $personal:literal;)*) => {
        /// Every command, in the order of the list.
        pub const COMMANDS: &[CommandInfo] = &[$(CommandInfo {
            name: stringify!($name),
            request: stringify!($req),
            response: stringify!($res),
            permission: esik_domain::policy::Permission::$perm,
            reads_personal_data: $personal,
        }),*];

        /// The whole list as TypeScript: every type, and `Commands` that maps a name to its pair.
        #[must_use]
        pub fn typescript() -> String {
            let config = ts_rs::Config::new().with_large_int("number");
            let mut types = Declarations { config, seen: std::collections::BTreeMap::new() };
            $( types.add::<$req>(); types.add::<$res>(); )*
            types.add::<Refusal>();
            let mut out = String::from(
                "// Made by `cargo xtask types` from the command list. Do not edit.\n\n",
            );
            for declaration in types.seen.values() {
                out.push_str("export ");
                out.push_str(declaration);
                out.push_str("\n\n");
            }
            out.push_str("export interface Commands {\n");
            $( out.push_str(concat!("  ", stringify!($name), ": { request: ", stringify!($req), "; response: ", stringify!($res), " };\n")); )*
            out.push_str("}\n");
            out
        }
    };
}
with_commands!(infos);

/// Collects the declarations of a type and of everything it is made of.
struct Declarations {
    config: ts_rs::Config,
    seen: std::collections::BTreeMap<String, String>,
}

impl Declarations {
    fn add<T: ts_rs::TS + 'static + ?Sized>(&mut self) {
        use ts_rs::TypeVisitor as _;
        self.visit::<T>();
    }
}

impl ts_rs::TypeVisitor for Declarations {
    fn visit<T: ts_rs::TS + 'static + ?Sized>(&mut self) {
        // Only named types have a path; the rest is written in place.
        if T::output_path().is_some() {
            let name = T::ident(&self.config);
            if self.seen.contains_key(&name) {
                return;
            }
            self.seen.insert(name, T::decl(&self.config));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// The verbs, by the names of the list.
mod verbs {
    pub use crate::attach::add::attachment_add;
    pub use crate::attach::cover::attachment_cover;
    pub use crate::attach::fetch::attachment_fetch;
    pub use crate::attach::given::attachments_not_given;
    pub use crate::attach::list::attachment_list;
    pub use crate::attach::note::attachment_note;
    pub use crate::attach::open::{attachment_open, attachment_save};
    pub use crate::attach::preview::attachment_preview;
    pub use crate::attach::scan::folder::scan_folder_set;
    pub use crate::attach::scan::look::{scan_clear, scan_look};
    pub use crate::attach::scan::take::scan_attach;
    pub use crate::attach::sheet::attachment_sheet;
    pub use crate::attach::upload::attachment_part;
    pub use crate::attach::withdraw::attachment_withdraw;
    pub use crate::bundle::{bundle_carry, bundle_export, bundle_receipt};
    pub use crate::case::add::{issue_add, party_add};
    pub use crate::case::close::{case_close, case_reopen};
    pub use crate::case::contact::contact_record;
    pub use crate::case::controller::{colleagues, controller_name};
    pub use crate::case::correct::{case_correct, review_settle};
    pub use crate::case::coupon::{coupon_preview, coupon_print};
    pub use crate::case::extend::{extension_ask, extension_decide, notice_give};
    pub use crate::case::get::case_get;
    pub use crate::case::note::{category_change, note_add};
    pub use crate::case::person::{person_history, person_match};
    pub use crate::case::plan::{member_add, plan_step_add, plan_step_end, plan_step_move};
    pub use crate::case::priority::priority_set;
    pub use crate::case::restrict::case_restrict;
    pub use crate::case::task::{task_add, task_finish};
    pub use crate::case::word::word_read;
    pub use crate::control::board::{bodies_owe, control};
    pub use crate::control::find::{reference, search};
    pub use crate::control::owed_lists::{owed_list_hand, owed_lists};
    pub use crate::control::reception::reception;
    pub use crate::control::saved::{queues_save, queues_saved};
    pub use crate::intake::draft::{draft_discard, draft_get, draft_open, draft_save};
    pub use crate::intake::finish::{intake_finish, intake_preview};
    pub use crate::intake::help::intake_help;
    pub use crate::knowledge::cite::advice_add;
    pub use crate::knowledge::look::{knowledge, knowledge_confirm};
    pub use crate::knowledge::replies::replies;
    pub use crate::look::list::looks;
    pub use crate::paper::list::paper_list;
    pub use crate::paper::print::{paper_preview, paper_print};
    pub use crate::published::list::publications;
    pub use crate::published::moved::{moved_days, moved_days_seen};
    pub use crate::published::preview::paper_specimen;
    pub use crate::queue::call::queue_call;
    pub use crate::queue::join::queue_join;
    pub use crate::queue::leave::queue_leave;
    pub use crate::queue::list::queue;
    pub use crate::referral::by_hand::{referral_hand_over, referral_hear};
    pub use crate::referral::check::{answer_file, referral_check};
    pub use crate::referral::dispute::{dispute_open, dispute_settle};
    pub use crate::referral::escalate::referral_escalate;
    pub use crate::referral::redirect::{redirect_prepare, redirect_sign};
    pub use crate::referral::remind::referral_remind;
    pub use crate::referral::send::{referral_preview, referral_send};
    pub use crate::referral::withdraw::referral_withdraw;
    pub use crate::round::hand_in::round_hand_in;
    pub use crate::round::keep::{round_add, round_drop, round_import, round_plan};
    pub use crate::round::look::round;
    pub use crate::round::visit::{round_intake, round_visit};
    pub use crate::session::contacts::{station_contacts, station_contacts_set};
    pub use crate::session::create::{officer_add, profile_create};
    pub use crate::session::mend::desk_mend;
    pub use crate::session::open::{app_state, program_end, session_lock, session_open};
    pub use crate::session::settings::settings_set;
    pub use crate::session::typed::{typed_keep, typed_take};
    pub use crate::session::vouch::{officer_vouch, officers_unvouched};
    pub use crate::shift::hand_over::{shift_hand_over, shift_note};
    pub use crate::shift::look::{shift, shift_news};
    pub use crate::shift::take::shift_take;
    pub use crate::sync::again::profile_join_again;
    pub use crate::sync::board::sync_board;
    pub use crate::sync::clock::clock_known;
    pub use crate::sync::enroll::profile_enroll;
    pub use crate::sync::now::sync_now;
    pub use crate::sync::settle::refusal_settle;
    pub use crate::sync::status::sync_status;
    pub use crate::training::certificate::practice_certificate;
    pub use crate::training::enter::{practice_enter, practice_leave};
    pub use crate::training::play::{
        practice_ask, practice_board, practice_finish, practice_go_on, practice_hint,
        practice_start, practice_stop,
    };
    pub use crate::undo::undo;
}

/// What belongs to the desk itself, also while somebody practises beside it.
const AT_THE_DOOR: &[&str] = &["practice_enter", "practice_leave", "program_end", "session_lock"];

macro_rules! dispatcher {
    ($($name:ident : $req:ident -> $res:ident, $perm:ident, $personal:literal;)*) => {
        /// Runs one command. Blocks: call it off the window's thread.
        ///
        /// # Errors
        /// A [`Refusal`]: `unknown_command`, `bad_request`, `locked`, `forbidden`, or the verb's own.
        pub fn dispatch(
            desk: &crate::Desk,
            command: &str,
            args: serde_json::Value,
        ) -> Result<serde_json::Value, Refusal> {
            // While somebody practises, everything is asked of the practice desk (adr/0010).
            let beside = desk.practice().filter(|_| !AT_THE_DOOR.contains(&command));
            let desk = beside.as_deref().unwrap_or(desk);
            match command {
                $(stringify!($name) => {
                    allowed(desk, esik_domain::policy::Permission::$perm)?;
                    let request: $req = serde_json::from_value(args).map_err(|error| {
                        tracing::debug!(%error, command, "request refused");
                        crate::refusal("bad_request")
                    })?;
                    let response: $res = verbs::$name(desk, request)
                        .map_err(|error| crate::session::mend::answered(desk, error))?;
                    serde_json::to_value(response).map_err(|_| crate::internal())
                })*
                _ => Err(crate::refusal("unknown_command")),
            }
        }
    };
}
with_commands!(dispatcher);

/// The desk asks policy for the officer's sake; the region asks again for truth.
fn allowed(desk: &crate::Desk, permission: esik_domain::policy::Permission) -> Result<(), Refusal> {
    if permission == esik_domain::policy::Permission::Anyone {
        return Ok(());
    }
    let open = desk.opened().map_err(Refusal::from)?;
    if esik_domain::policy::may(open.actor.role, permission) {
        Ok(())
    } else {
        Err(crate::refusal("forbidden"))
    }
}
