//! Random work on two desks and a region in between: whatever the order, the pages and the lost
//! answers, rows are always what the events fold to, and in the end both desks agree.

use crate::desk::*;
use esik_domain::event::Party;
use esik_domain::ids::*;
use esik_store::log;
use esik_store::log::NewEvent;
use esik_store::verify::{state_hash, verify};
use esik_wire::{EventVerdict, FeedEntry, Verdict};
use proptest::prelude::*;
use std::collections::HashMap;

/// Cases of one run, known to both desks.
const CASES: usize = 3;

#[derive(Clone, Debug)]
enum Step {
    /// A desk writes one of a few things about a case.
    Write { desk: usize, case: usize, what: u8, restricted: bool },
    /// A desk pushes; the answer may be lost.
    Push { desk: usize, at_most: usize, answer_lost: bool },
    /// A desk pulls a page.
    Pull { desk: usize, at_most: usize },
    /// A desk pulls a page it already has.
    Again { desk: usize, back: u64 },
    /// The indexer runs.
    Index { desk: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..2usize, 0..CASES, 0..8u8, prop::bool::weighted(0.2)).prop_map(
            |(desk, case, what, restricted)| Step::Write { desk, case, what, restricted }),
        3 => (0..2usize, 1..5usize, prop::bool::weighted(0.3))
            .prop_map(|(desk, at_most, answer_lost)| Step::Push { desk, at_most, answer_lost }),
        3 => (0..2usize, 1..6usize).prop_map(|(desk, at_most)| Step::Pull { desk, at_most }),
        1 => (0..2usize, 1..6u64).prop_map(|(desk, back)| Step::Again { desk, back }),
        1 => (0..2usize).prop_map(|desk| Step::Index { desk }),
    ];
    prop::collection::vec(step, 1..40)
}

struct World {
    desks: [Desk; 2],
    cases: Vec<CaseId>,
    issue: IssueId,
    referrals: [ReferralId; 2],
    /// The region's order.
    region: Vec<FeedEntry>,
    verdicts: HashMap<EventId, Verdict>,
    minute: i64,
}

impl World {
    fn new() -> Self {
        Self {
            desks: [Desk::new(1), Desk::new(2)],
            cases: (0..CASES).map(|_| CaseId(next())).collect(),
            issue: IssueId(next()),
            referrals: [ReferralId(next()), ReferralId(next())],
            region: Vec::new(),
            verdicts: HashMap::new(),
            minute: 0,
        }
    }

    fn event(&self, what: u8, restricted: bool) -> NewEvent {
        use serde_json::json;
        let m = self.minute;
        let r = self.referrals[usize::from(restricted)];
        let e = match what {
            0 => event("visit_noted", m, json!({"language": "kk"})),
            1 => event(
                "case_opened",
                m,
                json!({"number": format!("ESK-07-2026-{m}"),
                "title": format!("Дело {m}"), "narrative": "Текст"}),
            ),
            2 => event(
                "party_added",
                m,
                json!({"party_id": next(), "party":
                serde_json::to_value(citizen("Ахметов", "Нұрлан", "+77011234567")).unwrap()}),
            ),
            3 => event("issue_added", m, json!({"issue_id": self.issue, "category": "ZKH-01"})),
            4 => event(
                "category_changed",
                m,
                json!({"issue_id": self.issue,
                "category": format!("ZKH-0{}", m % 5)}),
            )
            .upon(EventId(uuid(5))),
            5 => event(
                "referral_drafted",
                m,
                json!({"referral_id": r, "agency": "E-HEA",
                "text": "Прошу", "answer_due": "2026-12-01"}),
            ),
            6 => event("referral_sent", m, json!({"referral_id": r})),
            // The region of this test refuses every reopening.
            _ => event("case_reopened", m, json!({"reason": "x"})),
        };
        if restricted { e.within(Circle("dv".to_owned())) } else { e }
    }

    fn run(&mut self, step: &Step) {
        self.minute += 1;
        match *step {
            Step::Write { desk, case, what, restricted } => {
                let e = self.event(what, restricted);
                let officer = if desk == 0 { 1 } else { 2 };
                self.desks[desk].append(officer, self.cases[case], vec![e]).unwrap();
            }
            Step::Push { desk, at_most, answer_lost } => self.push(desk, at_most, answer_lost),
            Step::Pull { desk, at_most } => {
                self.pull(desk, at_most);
            }
            Step::Again { desk, back } => {
                let cursor = self.cursor(desk);
                let from = usize::try_from(cursor.saturating_sub(back)).unwrap();
                let page = self.region[from..usize::try_from(cursor).unwrap()].to_vec();
                if !page.is_empty() {
                    take(&self.desks[desk], "station:07", page);
                }
            }
            Step::Index { desk } => self.desks[desk].store.index_now().unwrap(),
        }
    }

    fn cursor(&self, desk: usize) -> u64 {
        let scope = "station:07".into();
        self.desks[desk].store.read(|c| log::cursor(c, &scope)).unwrap().0
    }

    fn push(&mut self, desk: usize, at_most: usize, answer_lost: bool) {
        let out = self.desks[desk].store.read(|c| log::outbox(c, at_most, 1 << 20)).unwrap();
        let mut answer = Vec::new();
        for signed in out {
            let e = signed.envelope().unwrap();
            let verdict = match self.verdicts.get(&e.id) {
                Some(Verdict::Accepted { pos, recorded_at }) => {
                    Verdict::Duplicate { pos: *pos, recorded_at: *recorded_at }
                }
                Some(other) => other.clone(),
                None if e.kind == "case_reopened" => Verdict::Rejected { code: "no".to_owned() },
                None => {
                    let pos = Pos(self.region.len() as u64 + 1);
                    let recorded_at = at(i64::try_from(pos.0).unwrap());
                    self.region.push(FeedEntry { pos, recorded_at, event: signed });
                    Verdict::Accepted { pos, recorded_at }
                }
            };
            self.verdicts.insert(e.id, verdict.clone());
            answer.push(EventVerdict { id: Some(e.id), seq: e.device_seq.0, verdict });
        }
        if !answer_lost {
            let device = self.desks[desk].device;
            self.desks[desk]
                .store
                .write(move |tx| log::apply_verdicts(tx, device, 1, &answer))
                .unwrap();
        }
    }

    fn pull(&mut self, desk: usize, at_most: usize) -> usize {
        let from = usize::try_from(self.cursor(desk)).unwrap();
        let to = self.region.len().min(from + at_most);
        let page = self.region[from..to].to_vec();
        let n = page.len();
        if n > 0 {
            let out = take(&self.desks[desk], "station:07", page);
            assert_eq!(out.poisoned, 0);
        }
        n
    }

    fn check(&self) {
        let known = keys();
        for desk in &self.desks {
            let report =
                desk.store.read(|c| verify(c, &|e| known.get(&e.actor_id).copied())).unwrap();
            assert!(report.is_sound(), "{report:?}");
        }
    }

    fn settle(&mut self) {
        for desk in 0..2 {
            while self.desks[desk].store.read(log::unsent_count).unwrap() > 0 {
                self.push(desk, 500, false);
            }
        }
        for desk in 0..2 {
            while self.pull(desk, 500) > 0 {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 50, ..ProptestConfig::default() })]

    /// S6, S10 (part).
    #[test]
    fn rows_follow_the_events_and_desks_agree(steps in steps()) {
        let mut world = World::new();
        for (i, step) in steps.iter().enumerate() {
            world.run(step);
            if i % 13 == 0 {
                world.check();
            }
        }
        world.check();
        world.settle();
        world.check();
        let hash = |d: &Desk, open| d.store.read(|c| state_hash(c, open)).unwrap();
        prop_assert_eq!(hash(&world.desks[0], true), hash(&world.desks[1], true));
        let acked = world.desks[0].store.read(|c| log::acked(c, world.desks[0].device, 1)).unwrap();
        prop_assert_eq!(acked, world.desks[0].store.read(log::head).unwrap());
        let rows = |d: &Desk| d.store.read(|c| {
            let mut s = c.prepare("SELECT due, waiting_on || ' ' || what || ' ' || first, n FROM owed_count WHERE n <> 0 ORDER BY 1, 2")?;
            let counted: Vec<(String, String, i64)> = s.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.map(|r| r.unwrap()).collect();
            let mut s = c.prepare("SELECT due, waiting_on || ' ' || what || ' ' || (priority <= 2), count(*) FROM obligation WHERE layer = 0 AND case_circle = 'open' GROUP BY 1, 2 ORDER BY 1, 2")?;
            let there: Vec<(String, String, i64)> = s.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.map(|r| r.unwrap()).collect();
            Ok((counted, there))
        }).unwrap();
        let (counted, there) = rows(&world.desks[0]);
        prop_assert_eq!(counted, there);
    }
}

/// S8 (part), S11 (part).
#[test]
fn the_own_chain_is_cut_into_segments_without_holes() {
    let desk = Desk::new(1);
    desk.open_case(1, 1, Party::default(), "x");
    let whole = desk.outbox();
    let part = |from, events, bytes| {
        desk.store.read(|c| log::segment(c, desk.device, 1, from, events, bytes)).unwrap()
    };
    assert_eq!(part(1, 10, 1 << 20), whole);
    assert_eq!(part(3, 10, 1 << 20), whole[2..]);
    assert_eq!(part(1, 2, 1 << 20), whole[..2]);
    assert_eq!(part(2, 10, 1), whole[1..2], "at least one");
    assert!(part(5, 10, 1 << 20).is_empty());
    assert_eq!(desk.store.read(|c| log::acked(c, desk.device, 1)).unwrap().seq, 0);
    take(&desk, "station:07", feed(&whole[..3], 1));
    assert_eq!(desk.store.read(|c| log::acked(c, desk.device, 1)).unwrap().seq, 3);
    assert_eq!(desk.store.read(|c| log::proof(c, desk.device)).unwrap(), Some(Pos(3)));
}
