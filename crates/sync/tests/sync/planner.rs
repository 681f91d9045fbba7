//! The planner as a table, and the bound on its steps.

use crate::region::{start, station};
use chrono::TimeDelta;
use esik_domain::ids::{CaseId, Pos, Scope};
use esik_sync::local::{Behind, OlderLife};
use esik_sync::plan::{BUSY_MAX, GREETINGS_MAX, ROUND_FAILURES_MAX};
use esik_sync::{ScopeState, Snapshot, State, Step, SyncStop, next_step};
use esik_wire::{
    ApiError, ApiErrorCode, CaseMoved, EventHash, EventVerdict, FeedPage, Head, HelloResponse,
    PushResponse, SignedHole, SyncFailure, Verdict,
};
use proptest::prelude::*;

fn head(seq: u64) -> Head {
    if seq == 0 { Head::default() } else { Head { seq, hash: hash(seq) } }
}

fn hash(seq: u64) -> EventHash {
    let mut h = [1; 32];
    h[..8].copy_from_slice(&seq.to_le_bytes());
    EventHash(h)
}

fn snapshot(acked: u64, local: u64) -> Snapshot {
    Snapshot {
        anew: false,
        enrolled: true,
        acked: head(acked),
        local_head: head(local),
        epoch: "e1".to_owned(),
        ..Snapshot::default()
    }
}

fn greeted(acked: u64, local: u64) -> State {
    let mut s = State::new(&snapshot(acked, local), start());
    s.epoch = Some("e1".to_owned());
    s.scopes = vec![ScopeState { scope: station(), cursor: Pos(7), up_to_date: false }];
    s
}

fn stop(why: SyncStop) -> Step {
    Step::Stop { why }
}

#[test]
fn the_next_step_follows_the_table() {
    type Row = (&'static str, State, Step);
    let with = |mut s: State, change: fn(&mut State)| {
        change(&mut s);
        s
    };
    let pull = Step::Pull { scope: station(), after: Pos(7) };
    let rows: Vec<Row> = vec![
        (
            "not enrolled",
            with(State::new(&snapshot(0, 3), start()), |s| s.enrolled = false),
            stop(SyncStop::NotEnrolled),
        ),
        ("fresh", State::new(&snapshot(0, 3), start()), Step::Hello),
        ("own work goes first", greeted(2, 5), Step::Push { from_seq: 3 }),
        (
            "what the region named goes before",
            with(greeted(4, 5), |s| s.resume_at = Some(2)),
            Step::Push { from_seq: 2 },
        ),
        ("nothing of ours", greeted(5, 5), pull.clone()),
        ("all read", with(greeted(5, 5), |s| s.scopes[0].up_to_date = true), Step::Done),
        (
            "wait",
            with(greeted(2, 5), |s| s.not_before = Some(start() + TimeDelta::seconds(1))),
            Step::Wait { until: start() + TimeDelta::seconds(1) },
        ),
        (
            "waited",
            with(greeted(2, 5), |s| s.not_before = Some(start())),
            Step::Push { from_seq: 3 },
        ),
        (
            "too many failures",
            with(greeted(2, 5), |s| s.failures = ROUND_FAILURES_MAX),
            stop(SyncStop::Failure(SyncFailure::Timeout)),
        ),
        (
            "a fork still reads",
            with(greeted(2, 5), |s| {
                s.may_push = false;
                s.ends_with = Some(SyncStop::Fork);
            }),
            pull,
        ),
        (
            "a fork does not end well",
            with(greeted(2, 5), |s| {
                s.may_push = false;
                s.scopes[0].up_to_date = true;
                s.ends_with = Some(SyncStop::Fork);
            }),
            stop(SyncStop::Fork),
        ),
        (
            "too old still pushes",
            with(greeted(2, 5), |s| {
                s.may_pull = false;
                s.ends_with = Some(SyncStop::TooOld);
            }),
            Step::Push { from_seq: 3 },
        ),
        (
            "too old does not read",
            with(greeted(5, 5), |s| {
                s.may_pull = false;
                s.ends_with = Some(SyncStop::TooOld);
            }),
            stop(SyncStop::TooOld),
        ),
    ];
    for (name, state, step) in rows {
        assert_eq!(next_step(&state), step, "{name}");
    }
}

/// T12 (part).
#[test]
fn an_answer_that_cannot_be_true_is_not_believed() {
    let sent = [head(3), head(4)];
    let judged = |seq| EventVerdict {
        id: None,
        seq,
        verdict: Verdict::Accepted { pos: Pos(seq), recorded_at: start() },
    };
    let answer = |seqs: &[u64], acked| PushResponse {
        verdicts: seqs.iter().copied().map(judged).collect(),
        acked,
    };
    let forged = Head { seq: 4, hash: hash(99) };
    for (name, lie) in [
        ("took nothing", answer(&[], head(2))),
        ("beyond what we ever wrote", answer(&[3, 4], head(9))),
        ("another event under our sequence", answer(&[3, 4], forged)),
        ("acknowledged without a verdict", answer(&[3], head(4))),
        ("a verdict on what was not sent", answer(&[3, 4, 5], head(4))),
    ] {
        let mut s = greeted(2, 5);
        assert!(!s.on_verdicts(&sent, &lie), "{name}");
        assert_eq!(next_step(&s), stop(SyncStop::Contradiction), "{name}");
    }
    let mut s = greeted(2, 5);
    assert!(s.on_verdicts(&sent, &answer(&[3], head(3))), "half a segment is half a segment");
    assert_eq!(next_step(&s), Step::Push { from_seq: 4 });

    let page = |positions: &[u64], next, more| FeedPage {
        entries: positions
            .iter()
            .map(|p| esik_wire::FeedEntry {
                pos: Pos(*p),
                recorded_at: start(),
                event: esik_wire::SignedEvent { e: String::new(), s: String::new() },
            })
            .collect(),
        moves: Vec::new(),
        root: None,
        next: Pos(next),
        more,
    };
    let case = CaseId(uuid::Uuid::nil());
    let entered = |pos, from| CaseMoved::CaseEntered { pos: Pos(pos), case, from: Pos(from) };
    let tells = |told| FeedPage { moves: vec![told], ..page(&[], 9, false) };
    let mut s = greeted(5, 5);
    assert!(s.on_page(&station(), &tells(entered(8, 3))));
    s.on_case_entered(&station(), Pos(2));
    let back = Step::Pull { scope: station(), after: Pos(2) };
    assert_eq!(next_step(&s), back, "what happened to it before is read in this round");
    for (name, lie) in [
        ("a case that came before what was read", tells(entered(7, 3))),
        ("a case that comes after the page", tells(entered(10, 3))),
        ("a case that began after it came", tells(entered(8, 9))),
        ("a case that left after the page", tells(CaseMoved::CaseLeft { pos: Pos(10), case })),
        ("what we have already", page(&[7], 8, false)),
        ("out of order", page(&[9, 8], 9, false)),
        ("twice the same", page(&[9, 9], 9, false)),
        ("a cursor behind its rows", page(&[9], 8, false)),
        ("a cursor that goes back", page(&[], 6, false)),
        ("more for ever", page(&[], 7, true)),
    ] {
        let mut s = greeted(5, 5);
        assert!(!s.on_page(&station(), &lie), "{name}");
        assert_eq!(next_step(&s), stop(SyncStop::Contradiction), "{name}");
    }
}

/// S29 (part).
#[test]
fn a_busy_region_is_obeyed_to_the_second_and_waited_out_only_a_while() {
    let busy = |s| {
        let e = ApiError { retry_after_s: Some(s), ..ApiError::new(ApiErrorCode::Busy) };
        SyncFailure::Refused(e)
    };
    let mut s = greeted(5, 5);
    s.on_failure(&Step::Hello, busy(10), 0.0);
    assert_eq!(next_step(&s), Step::Wait { until: start() + TimeDelta::seconds(10) });
    s.on_failure(&Step::Hello, busy(10), 1.0);
    assert_eq!(next_step(&s), Step::Wait { until: start() + TimeDelta::seconds(12) });
    s.on_failure(&Step::Hello, busy(3600), 0.0);
    let until = start() + TimeDelta::hours(1);
    assert_eq!(next_step(&s), stop(SyncStop::Busy { until }), "an hour ends the round");
}

/// S15 (part).
#[test]
fn each_sign_of_a_restored_region_is_enough_by_itself() {
    use esik_sync::History;
    use esik_sync::react::history_of;
    let knew = Snapshot {
        known: Some(esik_wire::KnownRegion {
            epoch: "e1".to_owned(),
            pos: Pos(20),
            acked: head(5),
        }),
        cursors: vec![(station(), Pos(18))],
        ..snapshot(5, 9)
    };
    let says = |epoch: &str, acked, pos| HelloResponse {
        protocol: 1,
        server_time: start(),
        epoch: epoch.to_owned(),
        acked: head(acked),
        scopes: vec![station()],
        leases: vec![],
        renewed: Vec::new(),
        officers: vec![],
        region_pos: Pos(pos),
        durable_pos: None,
        desk_letter: String::new(),
        publications: Vec::new(),
        decisions: Vec::new(),
        tree: None,
        trees_seen: Vec::new(),
        files_wanted: Vec::new(),
        status_page: String::new(),
        frozen: false,
        warrant: None,
    };
    let far = Snapshot { known: None, cursors: vec![(station(), Pos(30))], ..knew.clone() };
    for (name, desk, hello, diverged, history) in [
        ("as it was", &knew, says("e1", 5, 20), false, History::Same),
        ("it went on", &knew, says("e1", 9, 40), false, History::Same),
        ("another epoch", &knew, says("e2", 5, 20), false, History::Changed),
        ("lost what it acknowledged", &knew, says("e1", 4, 20), false, History::Changed),
        ("behind what it told", &knew, says("e1", 5, 19), false, History::Changed),
        ("behind what it gave", &far, says("e1", 5, 29), false, History::Changed),
        ("it said so", &knew, says("e1", 5, 20), true, History::Changed),
        (
            "never met",
            &Snapshot { epoch: String::new(), ..snapshot(0, 9) },
            says("e1", 0, 0),
            false,
            History::Same,
        ),
    ] {
        assert_eq!(history_of(desk, &hello, diverged), history, "{name}");
    }
}

/// What may go wrong between two good answers.
fn trouble() -> impl Strategy<Value = Option<SyncFailure>> {
    let refused = |c| Some(SyncFailure::Refused(ApiError::new(c)));
    prop_oneof![
        4 => Just(None),
        1 => Just(Some(SyncFailure::Timeout)),
        1 => Just(refused(ApiErrorCode::Internal)),
        1 => Just(refused(ApiErrorCode::Busy)),
        1 => Just(refused(ApiErrorCode::HistoryDiverged)),
        1 => Just(Some(SyncFailure::Refused(ApiError { expected: Some(1), ..ApiError::new(ApiErrorCode::Gap) }))),
        1 => Just(refused(ApiErrorCode::NotFound)),
        1 => Just(refused(ApiErrorCode::Fork)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// However answers and failures mix, a round ends within a bound known beforehand.
    #[test]
    fn a_round_always_ends(
        local in 0_u64..40,
        acked in 0_u64..40,
        region in 0_u64..40,
        segment in 1_u64..7,
        pages in prop::collection::vec(0_u64..5, 1..4),
        mut lost in 0_u64..4,
        mut troubles in prop::collection::vec(trouble(), 0..60),
    ) {
        let (acked, region) = (acked.min(local), region.min(local));
        let snap = Snapshot { give_back: true, ..snapshot(acked, local) };
        let mut state = State::new(&snap, start());
        let mut left: Vec<(Scope, u64)> = (0..).zip(&pages).map(|(i, n)| (Scope(format!("s:{i}")), *n)).collect();
        let greetings = u64::from(GREETINGS_MAX) + 1;
        // What is given back is followed by reading once more.
        let back = lost + 1 + pages.len() as u64;
        let good = greetings * (1 + local + 5 * pages.len() as u64 + pages.len() as u64 + back);
        // Each good answer may be preceded by at most so many failures, each with its wait.
        let bound = (good + 1) * 2 * u64::from(ROUND_FAILURES_MAX) + 2 * u64::from(BUSY_MAX + GREETINGS_MAX);
        let mut steps = 0_u64;
        let end = loop {
            steps += 1;
            prop_assert!(steps <= bound, "no end after {steps} steps");
            let step = next_step(&state);
            if let Step::Wait { until } = step {
                prop_assert!(until > state.now);
                state.now = until;
                continue;
            }
            if matches!(step, Step::Done | Step::Stop { .. }) {
                break step;
            }
            if let Some(Some(failure)) = troubles.pop() {
                state.on_failure(&step, failure, 0.7);
                continue;
            }
            match &step {
                Step::Hello => {
                    let hello = HelloResponse {
                        protocol: 1,
                        server_time: start(),
                        epoch: "e1".to_owned(),
                        acked: head(region),
                        scopes: left.iter().map(|(s, _)| s.clone()).collect(),
                        leases: vec![],
                        renewed: Vec::new(),
                        officers: vec![],
                        region_pos: Pos(100),
                        durable_pos: None,
                        desk_letter: String::new(),
                        publications: Vec::new(),
                        decisions: Vec::new(),
                        tree: None,
                        trees_seen: Vec::new(),
                        files_wanted: Vec::new(),
                        status_page: String::new(),
frozen: false,
            warrant: None,
                    };
                    state.on_hello(&snap, &hello, Some(hash(region)));
                }
                Step::Push { from_seq } => {
                    let last = (from_seq + segment - 1).min(local);
                    let sent: Vec<Head> = (*from_seq..=last).map(head).collect();
                    let verdicts = sent.iter().map(|h| EventVerdict {
                        id: None,
                        seq: h.seq,
                        verdict: Verdict::Rejected { code: String::new() },
                    }).collect();
                    let answer = PushResponse { verdicts, acked: head(last.max(region)) };
                    prop_assert!(state.on_verdicts(&sent, &answer));
                }
                Step::Pull { scope, after } => {
                    let n = &mut left.iter_mut().find(|(s, _)| s == scope).unwrap().1;
                    *n = n.saturating_sub(1);
                    let page = FeedPage { entries: vec![], next: Pos(after.0 + 1), more: *n > 0, moves: Vec::new(), root: None };
                    prop_assert!(state.on_page(scope, &page));
                }
                Step::GiveBack => {
                    state.on_given(lost > 0);
                    lost = lost.saturating_sub(1);
                }
                _ => {}
            }
        };
        if end == Step::Done {
            prop_assert!(!state.give_back);
            prop_assert_eq!(state.acked.seq, local, "done means that the region judged everything");
            prop_assert!(state.scopes.iter().all(|s| s.up_to_date));
        }
    }
}

/// S17 (part): what an earlier life wrote beside another copy goes on as a life of its own, from the first event that differs; what
/// both had sent stays. When no life is left for it the round ends as a fork and everything else goes on.
#[test]
fn a_branch_of_an_earlier_life_goes_on_as_a_life_of_its_own() {
    let older = |incarnation, from, to| OlderLife { incarnation, from, to };
    let mut s = greeted(0, 3);
    s.older = vec![older(1, 5, 9)];
    let push = Step::PushOlder { life: 1, from_seq: 5 };
    assert_eq!(next_step(&s), push);
    let fork = ApiError { expected: Some(7), ..ApiError::new(ApiErrorCode::Fork) };
    s.on_failure(&push, fork.clone().into(), 0.5);
    assert_eq!(next_step(&s), Step::BranchOff { life: 1, from_seq: 7 });
    let mut left = s.clone();
    s.on_branch(1, 7, Some(older(800, 7, 9)));
    assert_eq!(s.older, [older(1, 5, 6), older(800, 7, 9)], "in the order it was written");
    assert_eq!(next_step(&s), push);
    left.on_branch(1, 7, None);
    assert_eq!(next_step(&left), Step::Push { from_seq: 1 });
    left.local_head = Head::default();
    left.scopes[0].up_to_date = true;
    assert_eq!(next_step(&left), stop(SyncStop::Fork));
}

/// S17 (part), S12 (part): a third copy sent some of what this one wrote in an earlier life, so that what is left begins behind the
/// place where the two part. The region cannot see it, so the life is said once from its beginning, and parts where it is told.
#[test]
fn a_life_that_parts_before_what_is_left_of_it_is_said_from_its_beginning() {
    let mut s = greeted(0, 0);
    s.older = vec![OlderLife { incarnation: 1, from: 7, to: 900 }];
    let fork = |seq| {
        SyncFailure::from(ApiError { expected: Some(seq), ..ApiError::new(ApiErrorCode::Fork) })
    };
    let push = |from_seq| Step::PushOlder { life: 1, from_seq };
    s.on_failure(&push(7), fork(7), 0.5);
    assert_eq!(next_step(&s), push(1));
    // The two part where a segment ends: once is enough.
    let sent: Vec<Head> = (1..=500).map(|seq| Head { seq, ..Head::default() }).collect();
    let verdict = Verdict::Duplicate { pos: Pos(1), recorded_at: s.now };
    let verdicts =
        sent.iter().map(|h| EventVerdict { id: None, seq: h.seq, verdict: verdict.clone() });
    let answer = PushResponse { verdicts: verdicts.collect(), acked: Head::default() };
    assert!(s.on_older_verdicts(1, &sent, &answer));
    assert_eq!(next_step(&s), push(501));
    let mut early = s.clone();
    s.on_failure(&push(501), fork(501), 0.5);
    assert_eq!(next_step(&s), Step::BranchOff { life: 1, from_seq: 501 });
    // A life that differs from its first event on has no beginning in common.
    early.older[0].from = 1;
    early.from_the_beginning = None;
    early.on_failure(&push(1), fork(1), 0.5);
    assert_eq!(next_step(&early), Step::BranchOff { life: 1, from_seq: 1 });
}

/// S8 (part), S12 (part), S23 (part): an event of an earlier life that nobody gives. Only when everything was read is the desk asked
/// what becomes of what lies behind it: that waits, or goes on with the desk's word on the hole. A region that does not take
/// the word – an older one knows none – is not asked again in the round, and everything else goes on.
#[test]
fn what_lies_behind_a_hole_goes_on_when_everything_was_read() {
    let mut s = greeted(0, 0);
    s.older = vec![OlderLife { incarnation: 1, from: 21, to: 30 }];
    let gap =
        |expected| SyncFailure::from(ApiError { expected, ..ApiError::new(ApiErrorCode::Gap) });
    let push = |life, from_seq| Step::PushOlder { life, from_seq };
    s.on_failure(&push(1, 21), gap(Some(11)), 0.5);
    assert_eq!(next_step(&s), push(1, 11));
    s.on_lacking(1, 11);
    assert_eq!(next_step(&s), Step::Pull { scope: station(), after: Pos(7) });
    s.scopes[0].up_to_date = true;
    s.give_back = true;
    assert_eq!(next_step(&s), Step::GiveBack);
    s.give_back = false;
    assert_eq!(next_step(&s), Step::Behind { life: 1, wanted: 11 });
    let mut waits = s.clone();
    waits.on_behind(1, None);
    assert_eq!(next_step(&waits), Step::Done);
    let life = |incarnation, from| OlderLife { incarnation, from, to: 30 };
    let mut here = s.clone();
    here.on_behind(1, Some(Behind { life: life(1, 11), hole: None }));
    assert_eq!(next_step(&here), push(1, 11), "the feed brought it");
    let hole = Some(SignedHole::of("{}".to_owned(), String::new()));
    s.on_behind(1, Some(Behind { life: life(5, 21), hole }));
    assert_eq!(next_step(&s), push(5, 21));
    for told in [gap(None), gap(Some(11))] {
        let mut refused = s.clone();
        refused.on_failure(&push(5, 21), told, 0.5);
        if next_step(&refused) == push(5, 11) {
            refused.on_lacking(5, 11);
        }
        assert_eq!(next_step(&refused), Step::Done);
    }
    // The next hole, behind what was taken now, is told in the same round.
    let sent: Vec<Head> = (21..=25).map(|seq| Head { seq, ..Head::default() }).collect();
    let verdict = Verdict::Accepted { pos: Pos(1), recorded_at: s.now };
    let verdicts =
        sent.iter().map(|h| EventVerdict { id: None, seq: h.seq, verdict: verdict.clone() });
    let answer = PushResponse { verdicts: verdicts.collect(), acked: Head::default() };
    assert!(s.on_older_verdicts(5, &sent, &answer));
    assert_eq!(next_step(&s), push(5, 26));
    s.on_lacking(5, 26);
    assert_eq!(next_step(&s), Step::Behind { life: 5, wanted: 26 });
    // A desk that may not read cannot know what is lost.
    let mut blind = greeted(0, 0);
    blind.may_pull = false;
    blind.on_lacking(1, 11);
    assert_eq!(next_step(&blind), Step::Done);
}
