//! Random histories of three desks and the region, of every kind there is: whoever has the same events has the
//! same database, whatever order and pages they came in. `ESIK_ORDERS` says how many histories.

use crate::desk::*;
use esik_domain::event::{Body, By, ENVELOPE_VERSION, Envelope, KINDS, Role};
use esik_domain::ids::*;
use esik_store::log::NewEvent;
use esik_store::verify::{dump, state_hash, verify};
use esik_store::{Store, Tx, keys::DbKey, log};
use esik_wire::{EventVerdict, FeedEntry, SignedEvent, Verdict};
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};
use uuid::Uuid;

/// Histories of a build.
const HISTORIES: u64 = 4;
/// Acts in each.
const ACTS: usize = 160;
/// Desks that write, each with its officer of the same number.
const WRITERS: u8 = 3;
/// The region's own author.
const REGION: u8 = 9;

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % (n.max(1) as u64)).unwrap()
    }
    fn percent(&mut self, p: usize) -> bool {
        self.below(100) < p
    }
}

/// Something of a kind about a stream; a kind that is missing here would not be tried.
fn body(kind: &str, case: CaseId, d: &mut Dice, events: &[EventId]) -> Value {
    // Few of everything, so that desks speak of the same things.
    let mut of = |what: u128, many: usize| {
        Uuid::from_u128(case.0.as_u128() ^ (what << 64) ^ (d.below(many) as u128) << 80)
    };
    let (issue, party, referral) = (of(1, 2), of(2, 2), of(3, 3));
    let (task, step, file) = (of(4, 2), of(5, 3), of(6, 2));
    let other_step = of(5, 3);
    let event = events.get(d.below(events.len())).copied();
    let n = d.below(9);
    let who = ["Ахметов", "Әбдіғалиұлы", "Ким"][d.below(3)];
    let person = json!({ "surname": who, "given": "Нұрлан", "phone": format!("+7701123456{n}"),
        "role": if n < 5 { "applicant" } else { "household_member" } });
    let text = format!("Мәтін {n}: ул. Абая, {n}");
    let day = format!("2026-12-0{}", n + 1);
    let agency = ["E-HEA", "E-ZKH", "E-CRS"][d.below(3)];
    let file_ref = json!({ "hash": format!("{n:064}"), "name": "қағаз.pdf", "media_type": "application/pdf",
        "bytes": 1000 + n });
    let region = json!({ "enrolled": true, "unsent": n, "last_at": null });
    match kind {
        "visit_noted" => json!({ "language": "kk", "circumstances": ["baby"] }),
        "case_opened" => {
            json!({ "number": format!("ESK-07-2026-{n}"), "title": text, "narrative": text,
            "address": { "text": text }, "legal_due": day })
        }
        "issue_added" => json!({ "issue_id": issue, "category": format!("ZKH-0{}", n % 7 + 1) }),
        "party_added" | "party_amended" => json!({ "party_id": party, "party": person }),
        "advice_given" => json!({ "text": text, "only": n == 0 }),
        "note_added" => json!({ "text": text }),
        "attachment_linked" => {
            json!({ "attachment_id": file, "file": file_ref, "key": "0".repeat(64) })
        }
        "attachment_withdrawn" => json!({ "attachment_id": file, "reason": text }),
        "attachment_noted" => json!({ "attachment_id": file, "note": text }),
        "referral_drafted" => json!({ "referral_id": referral, "agency": agency, "text": text,
            "answer_due": day, "ack_wd": 1, "leaves": [{ "field": "text", "value": text }] }),
        "referral_sent" => json!({ "referral_id": referral }),
        "delivery_delivered" => json!({ "referral_id": referral, "channel": "portal" }),
        "delivery_by_hand" => json!({ "referral_id": referral }),
        "referral_handed" => json!({ "referral_id": referral,
            "told": { "way": "paper", "day": day, "who": who }, "incoming_number": format!("Б-{n}") }),
        "referral_heard" => {
            let what = ["registered", "accepted", "rejected", "answered"][n % 4];
            json!({ "referral_id": referral, "what": what, "incoming_number": format!("Т-{n}"),
                "told": { "way": "phone", "day": day }, "code": "other", "text": text })
        }
        "referral_escalated" => json!({ "referral_id": referral, "rung": "head", "to": "E-AKM",
            "told": { "way": "mail", "day": day }, "text": text, "reason": who }),
        "agency_registered" => {
            json!({ "referral_id": referral, "incoming_number": format!("В-{n}") })
        }
        "agency_accepted" => json!({ "referral_id": referral }),
        "agency_rejected" => json!({ "referral_id": referral, "code": "not_ours", "reason": text }),
        "agency_answered" => json!({ "referral_id": referral, "text": text }),
        "referral_checked" => json!({ "referral_id": referral, "good": n > 3 }),
        "referral_reminded" => json!({ "referral_id": referral }),
        "referral_withdrawn" => json!({ "referral_id": referral, "reason": text }),
        "referral_reopened" => {
            json!({ "referral_id": referral, "reason": text, "answer_due": day })
        }
        "dispute_opened" => json!({ "referral_id": referral, "reason": text }),
        "dispute_settled" => json!({ "referral_id": referral, "agency": agency, "reason": text }),
        "closing_asked" => json!({ "word": "solved", "outcome": "helped" }),
        "task_assigned" => json!({ "task_id": task, "text": text, "unit": "P-UIP", "due": day }),
        "task_done" => json!({ "task_id": task, "result": text }),
        "plan_step_added" => json!({ "step_id": step, "text": text, "agency": agency,
            "after": [other_step], "working_days": n, "task": task }),
        "plan_step_moved" => json!({ "step_id": step, "working_days": n }),
        "plan_step_done" => json!({ "step_id": step, "result": text }),
        "plan_step_dropped" => json!({ "step_id": step, "reason": text }),
        "crime_handed_over" => json!({ "kui_number": format!("26170100000000{n}"),
            "kui_at": "2026-11-23T06:00:00Z" }),
        "coupon_issued" => {
            json!({ "number": format!("{n}"), "code": "AB12CD34", "secret": "0".repeat(32),
            "receiver_name": who, "receiver_post": "Инспектор" })
        }
        "contact_made" => {
            json!({ "how": "call", "reached": "yes", "word": "partly", "text": text })
        }
        "applicant_word" => json!({ "word": "not_solved", "text": text, "number": format!("{n}"),
            "due": day, "referral_id": (n > 6).then_some(referral) }),
        "word_read" => json!({ "events": [event] }),
        "extension_asked" => json!({ "until": day, "reason": text }),
        "extension_decided" => {
            json!({ "granted": n > 3, "reason": text, "decision_date": "2026-11-24",
            "signed_name": who, "signed_post": "Начальник", "first_due": "2026-12-01",
            "previous_due": "2026-12-01", "until": day, "notice_due": day })
        }
        "notice_given" => json!({ "about": event, "how": "call", "text": text }),
        "category_changed" => {
            json!({ "issue_id": issue, "category": format!("ZKH-0{}", n % 7 + 1) })
        }
        "case_restricted" => json!({ "reason": text }),
        "controller_named" => json!({ "officer": person_id(n) }),
        "priority_set" => {
            let said = ["at_once", "urgent", "can_wait"].get(n % 4);
            json!({ "priority": said, "over": "urgent", "reason": text })
        }
        "person_matched" => {
            let same = [Some(true), Some(false), None][n % 3];
            json!({ "party_id": party, "other_case": case, "other_party": party, "same": same,
            "reason": text })
        }
        "case_amended" => match n % 3 {
            0 => json!({ "title": text }),
            1 => json!({ "address": { "text": text } }),
            _ => json!({ "ext_number": format!("eO-{n}") }),
        },
        "review_settled" => json!({ "note": text, "event": event.filter(|_| n > 3) }),
        "refusal_settled" => json!({ "events": [event], "note": text }),
        "act_undone" => json!({ "event": event }),
        "clock_corrected" => {
            let moments: Vec<_> = event
                .iter()
                .map(|e| {
                    json!({ "event": e,
                "at": format!("2026-11-2{n}T05:00:00Z"), "guessed": n > 6 })
                })
                .collect();
            json!({ "off_s": n, "measured_at": "2026-11-28T05:00:00Z", "moments": moments })
        }
        "case_closed" => {
            json!({ "word": "solved", "outcome": "helped", "satisfaction": 1 + n % 5 })
        }
        "case_reopened" => json!({ "reason": text }),
        "queue_joined" => json!({ "desk": "Ә", "n": n, "language": "ru", "urgent": n > 6 }),
        "queue_told" => json!({ "about": { "words": text, "name": who } }),
        "queue_called" | "shift_taken" | "round_place_dropped" => json!({}),
        "queue_left" => {
            let how = ["served", "gone", "mistake"][n % 3];
            json!({ "how": how })
        }
        "shift_handed_over" => json!({ "handing": { "from": "2026-11-23T03:00:00Z", "note": text,
            "region": region } }),
        "knowledge_confirmed" => {
            json!({ "entry": { "code": "gas-stove", "version": n, "day": day } })
        }
        "looks_noted" => json!({ "looks": [{ "ago_s": n, "what": "opened", "case": case },
            { "ago_s": 0, "what": "searched", "n": n }] }),
        "owed_list_handed" => json!({ "list": { "agency": agency, "week": "2026-11-23",
            "told": { "way": "paper", "day": day, "who": who }, "lines": n, "late": 1 } }),
        "round_place_noted" => json!({ "address": text, "note": text, "day": day }),
        "round_planned" => json!({ "day": day }),
        "round_visited" => json!({ "result": "talked", "note": text, "next": day }),
        "round_handed_in" => {
            json!({ "handed": { "day": day, "counts": {}, "taken": n, "records": n,
            "region": region } })
        }
        "verdict_rejected" => json!({ "event_id": event, "code": "not_allowed" }),
        _ => panic!("say here what a {kind} may look like"),
    }
}

fn person_id(n: usize) -> OfficerId {
    person(1 + u8::try_from(n).unwrap() % WRITERS)
}

/// The region's order, and the desks that write.
struct History {
    dice: Dice,
    desks: Vec<Desk>,
    region: Desk,
    cases: Vec<CaseId>,
    /// Ids of every stream, whoever wrote them.
    events: Vec<Vec<EventId>>,
    order: Vec<FeedEntry>,
    minute: i64,
}

const STATION: &str = "station:07";
const CIRCLE: &str = "circle:07:dv";

fn scope_of(entry: &FeedEntry) -> &'static str {
    if entry.event.envelope().unwrap().circle.is_open() { STATION } else { CIRCLE }
}

impl History {
    fn new(seed: u64) -> Self {
        Self {
            dice: Dice(seed),
            desks: (1..=WRITERS).map(Desk::light).collect(),
            region: Desk::light(REGION),
            cases: (0..3).map(|_| CaseId(next())).collect(),
            events: vec![Vec::new(); 3],
            order: Vec::new(),
            minute: 0,
        }
    }

    fn live(&mut self) {
        for stream in 0..self.cases.len() {
            for kind in ["visit_noted", "case_opened", "issue_added", "party_added"] {
                self.write(1, stream, kind);
            }
        }
        for _ in 0..ACTS {
            self.minute += 1;
            let desk = 1 + u8::try_from(self.dice.below(usize::from(WRITERS))).unwrap();
            match self.dice.below(10) {
                0..=6 => {
                    let (kind, _, by) = KINDS[self.dice.below(KINDS.len())];
                    let stream = self.dice.below(self.cases.len());
                    self.write(if by == By::Region { REGION } else { desk }, stream, kind);
                }
                7 => {
                    let lost = self.dice.percent(40);
                    self.push(desk, lost);
                }
                _ => self.pull(desk),
            }
        }
        for desk in 1..=WRITERS {
            while !self.desk(desk).outbox().is_empty() {
                self.push(desk, false);
            }
        }
        for desk in 1..=WRITERS {
            self.pull(desk);
        }
    }

    fn desk(&self, n: u8) -> &Desk {
        if n == REGION { &self.region } else { &self.desks[usize::from(n) - 1] }
    }

    fn write(&mut self, by: u8, stream: usize, kind: &str) {
        let json = body(kind, self.cases[stream], &mut self.dice, &self.events[stream]);
        let read = Body::read(kind, 1, &json);
        assert!(!matches!(read, Body::Unknown { .. }), "{kind} {json} is not a body");
        // Clocks of desks differ by hours: nothing may follow from them.
        let minute = self.minute + 300 * i64::from(by);
        let mut event = NewEvent::new(EventId(next()), read, at(minute));
        let known = &self.events[stream];
        if self.dice.percent(40) && !known.is_empty() {
            event = event.upon(known[self.dice.below(known.len())]);
        }
        if self.dice.percent(15) {
            event = event.within(Circle("dv".to_owned()));
        }
        self.events[stream].push(event.id);
        let case = self.cases[stream];
        if by == REGION {
            self.region_writes(case, event);
            return;
        }
        let author = log::Author { role: Role::Head, ..self.desk(by).author(by) };
        self.desk(by).store.write(move |tx| tx.append(&author, case, &[event])).unwrap();
    }

    /// As its server does: with the name of the person behind it.
    fn region_writes(&mut self, case: CaseId, event: NewEvent) {
        let device = self.region.device;
        let write = move |tx: &mut Tx<'_>| {
            let head = log::head(tx)?;
            let envelope = Envelope {
                v: ENVELOPE_VERSION,
                id: event.id,
                case_id: case,
                device_id: device,
                incarnation: 1,
                device_seq: DeviceSeq(head.seq + 1),
                prev: head.hash.hex(),
                actor_id: person(REGION),
                role: Role::Region,
                station_id: "07".into(),
                kind: event.body.kind().to_owned(),
                version: 1,
                critical: event.body.critical(),
                occurred_at: event.occurred_at,
                clock: None,
                base: event.base,
                circle: event.circle.clone(),
                on_behalf: Some("heat.serik@E-HEA".to_owned()),
                body: event.body.to_value()?,
            };
            log::append(tx, &[SignedEvent::sign(&envelope, &signing(REGION))?])
        };
        self.region.store.write(write).unwrap();
        self.push(REGION, false);
    }

    /// What waits goes to the region; when its answer is lost, the feed brings the positions, or the next answer.
    fn push(&mut self, n: u8, lost: bool) {
        let out = self.desk(n).outbox();
        let mut answer = Vec::new();
        for event in out {
            let there = self.order.iter().find(|e| e.event == event).map(|e| e.pos);
            let pos = there.unwrap_or(Pos(self.order.len() as u64 + 1));
            let recorded_at = at(i64::try_from(pos.0).unwrap());
            let seq = event.envelope().unwrap().device_seq.0;
            if there.is_none() {
                self.order.push(FeedEntry { pos, recorded_at, event });
            }
            answer.push(EventVerdict {
                id: None,
                seq,
                verdict: Verdict::Accepted { pos, recorded_at },
            });
        }
        if !lost {
            let desk = self.desk(n);
            let device = desk.device;
            desk.store.write(move |tx| log::apply_verdicts(tx, device, 1, &answer)).unwrap();
        }
    }

    fn pull(&mut self, n: u8) {
        let page = 1 + self.dice.below(40);
        read_all(&self.desks[usize::from(n) - 1], &self.order, &mut self.dice, page);
    }
}

/// Reads both feeds to their ends, a page of this and a page of that, some of them twice.
fn read_all(desk: &Desk, order: &[FeedEntry], dice: &mut Dice, page_max: usize) {
    let mut open = vec![STATION, CIRCLE];
    while !open.is_empty() {
        let scope = open[dice.below(open.len())];
        let after = desk.store.read(|c| log::cursor(c, &scope.into())).unwrap();
        let rest: Vec<FeedEntry> =
            order.iter().filter(|e| e.pos > after && scope_of(e) == scope).cloned().collect();
        if rest.is_empty() {
            open.retain(|s| *s != scope);
            continue;
        }
        let page = rest[..rest.len().min(1 + dice.below(page_max))].to_vec();
        let again = dice.percent(20);
        assert_eq!(take(desk, scope, page.clone()).poisoned, 0);
        if again {
            take(desk, scope, page);
        }
    }
}

/// Everything that follows from events, as it stands in the database; the words of the search index aside, which
/// remember that something once stood there.
fn everything(desk: &Desk) -> Vec<String> {
    desk.store
        .read(|conn| {
            let mut all = vec![state_hash(conn, false)?, state_hash(conn, true)?];
            dump(conn, &mut |line| all.push(line.to_owned()))?;
            for ask in [
                "SELECT due, waiting_on, what, first, n FROM owed_count WHERE n <> 0",
                "SELECT case_id, referral, agency, answered_at, working_days FROM answer_time",
                "SELECT case_id, referral, station, category, agency, at, returned FROM past_route",
            ] {
                let mut statement = conn.prepare(ask)?;
                let columns = statement.column_count();
                let mut rows = statement.query([])?;
                let mut lines = Vec::new();
                while let Some(row) = rows.next()? {
                    let cells: Result<Vec<Cell>, _> = (0..columns).map(|n| row.get(n)).collect();
                    lines.push(format!("{ask}: {:?}", cells?));
                }
                lines.sort();
                all.extend(lines);
            }
            Ok(all)
        })
        .unwrap()
}

fn same(what: &str, seed: u64, one: &[String], other: &[String]) {
    let lacks = |a: &[String], b: &[String]| {
        a.iter().filter(|l| !b.contains(l)).take(3).cloned().collect::<Vec<_>>()
    };
    assert!(
        one == other,
        "seed {seed}, {what}: {:#?} and {:#?}",
        lacks(one, other),
        lacks(other, one)
    );
}

/// Events that wait for what they rest on, as the screen counts them.
fn waiting(desk: &Desk) -> u32 {
    let told = desk.store.read(esik_store::lists::unapplied).unwrap();
    told.into_iter().find(|(reason, _)| reason == "base_missing").map_or(0, |(_, n)| n)
}

/// The same program started again.
fn restarted(desk: Desk) -> Desk {
    let Desk { dir, store, device } = desk;
    store.close().unwrap();
    let path = dir.path().join("esik.db");
    let store = Store::open(&path, &DbKey::from_bytes(&KEY), at(0)).unwrap();
    Desk { dir, store, device }
}

/// S10, S11 (part): three desks write, each with another clock, now and then upon an event that others get later or that
/// stands later in the order, and the region between them; whoever has read everything,
/// a desk that wrote, one that reads the whole in one page, one that gets it event by event, in two feeds that
/// overtake each other, twice, over a restart, or without the author's key at first, has the same state hash and
/// the same rows, byte for byte. (That of two values both stay: `concurrent_amendments_keep_both_values…` in
/// `crates/domain/tests/rules/fold.rs`; that clocks decide nothing: also `tests/process/clocks.rs`.)
#[test]
fn equal_events_are_an_equal_database_in_any_order_and_pages() {
    let many = std::env::var("ESIK_ORDERS").ok().map_or(HISTORIES, |n| n.parse().unwrap());
    let (mut events, mut reviews, mut waited) = (0, 0, 0);
    for seed in 1..=many {
        let mut h = History::new(seed);
        h.live();
        let wanted = everything(&h.desks[0]);
        for desk in &h.desks[1..] {
            same("another desk that wrote", seed, &wanted, &everything(desk));
        }

        let whole = Desk::light(20);
        for scope in [CIRCLE, STATION] {
            let page = h.order.iter().filter(|e| scope_of(e) == scope).cloned().collect();
            take(&whole, scope, page);
        }
        same("in one page", seed, &wanted, &everything(&whole));

        let single = Desk::light(21);
        read_all(&single, &h.order, &mut h.dice, 1);
        same("event by event", seed, &wanted, &everything(&single));

        let half = h.order.len() / 2;
        let mut late = Desk::light(22);
        read_all(&late, &h.order[..half], &mut h.dice, 30);
        late = restarted(late);
        read_all(&late, &h.order, &mut h.dice, 30);
        same("over a restart", seed, &wanted, &everything(&late));

        let stranger = Desk::light(23);
        let page = h.order.clone();
        let keys = keys();
        let (first, second) = (keys.clone(), keys.clone());
        let known =
            move |e: &Envelope| first.get(&e.actor_id).filter(|_| e.actor_id != person(2)).copied();
        let out = stranger
            .store
            .write(move |tx| read_page(tx, &STATION.into(), page, Pos(0), &known))
            .unwrap();
        assert!(out.poisoned > 0);
        waited += waiting(&stranger);
        let all = move |e: &Envelope| second.get(&e.actor_id).copied();
        stranger.store.write(move |tx| log::retry_poisoned(tx, &all)).unwrap();
        same("when the author became known", seed, &wanted, &everything(&stranger));

        let report = whole.store.read(|c| verify(c, &|e| keys.get(&e.actor_id).copied())).unwrap();
        assert!(report.is_sound(), "seed {seed}: {report:?}");
        events += h.order.len();
        reviews += wanted.iter().filter(|l| l.contains("\"table\":\"case_row\"")).count();
    }
    assert!(reviews > 0 && waited > 0, "{reviews} {waited}");
    println!("soak: {many} histories, {events} events, six ways each to the same database");
}

/// Kinds that the older program of the story below does not know.
const NEW: &[&str] = &[
    "agency_answered",
    "attachment_linked",
    "case_amended",
    "case_closed",
    "plan_step_added",
    "queue_joined",
    "round_place_noted",
    "shift_handed_over",
    "task_assigned",
];

/// The same event as a program would write it whose kind this one does not know.
fn strange(entry: &FeedEntry) -> FeedEntry {
    let mut e = entry.event.envelope().unwrap();
    if !NEW.contains(&e.kind.as_str()) {
        return entry.clone();
    }
    // What one of them wrote came in a role that it does not know.
    if e.kind == "task_assigned" {
        e.role = serde_json::from_str("\"new_officer\"").unwrap();
    } else {
        e.kind = format!("new_{}", e.kind);
    }
    let author = (1..=REGION).find(|n| person(*n) == e.actor_id).unwrap();
    FeedEntry { event: SignedEvent::sign(&e, &signing(author)).unwrap(), ..entry.clone() }
}

/// S22, B37 (part): what a newer program wrote is kept, counted and does nothing; when the program is brought up to date, it acts,
/// and the database is that of a desk that knew it all along. The upgrade adds kinds only: the version of the fold is
/// the same. (Kept and given on byte for byte: `events_of_the_future_are_given_on_byte_for_byte`; profiles of really
/// older programs: `tests/upgrade`.)
#[test]
fn what_an_older_program_kept_unread_acts_after_the_upgrade() {
    let mut h = History::new(77);
    h.live();
    let fresh = Desk::light(30);
    read_all(&fresh, &h.order, &mut h.dice, 40);
    let older = Desk::light(31);
    let order: Vec<FeedEntry> = h.order.iter().map(strange).collect();
    read_all(&older, &order, &mut h.dice, 40);
    let new = h.order.iter().filter(|e| NEW.contains(&e.event.envelope().unwrap().kind.as_str()));
    let new: Vec<FeedEntry> = new.cloned().collect();
    assert!(new.len() > 5, "{}", new.len());
    let unread = |desk: &Desk| desk.store.read(esik_store::lists::unapplied).unwrap();
    assert_eq!(unread(&older), [("needs_update".to_owned(), u32::try_from(new.len()).unwrap())]);
    assert_ne!(everything(&older)[0], everything(&fresh)[0], "it does nothing yet");

    // The older program had these very bytes, under the names it did not know.
    older
        .store
        .write(move |tx| {
            tx.execute_batch("DROP TRIGGER event_is_final; DROP TRIGGER event_life_is_final; DROP TRIGGER event_text_is_final")?;
            for entry in new {
                use base64::Engine as _;
                let e = entry.event.envelope().unwrap();
                let sig = base64::engine::general_purpose::STANDARD.decode(&entry.event.s).unwrap();
                let hash = entry.event.hash().0.to_vec();
                tx.execute(
                    "UPDATE event SET kind = ?2, bytes = ?3, sig = ?4, hash = ?5 WHERE id = ?1",
                    (e.id.0.as_bytes().as_slice(), e.kind, &entry.event.e, sig, hash),
                )?;
            }
            // Under other names their chains did not hold, and were taken for branches.
            tx.execute_batch("UPDATE event SET incarnation = incarnation % 4294967296")?;
            tx.execute_batch(
                "UPDATE meta SET value = replace(value, 'new_', '') WHERE key = 'kinds_unknown'",
            )?;
            Ok(())
        })
        .unwrap();
    let upgraded = restarted(older);
    same("after the upgrade", 77, &everything(&fresh), &everything(&upgraded));
    assert_eq!(unread(&upgraded), []);
}
