//! Two servers over one database, and a line that is cut in the middle of a commit.

use crate::common::engine::{Place, on_postgres};
use crate::common::{Desk, World, fresh, note, opened, visit};
use chrono::DateTime;
use ed25519_dalek::SigningKey;
use esik_domain::event::Role;
use esik_domain::ids::{CaseId, EventId, Pos, Scope};
use esik_server::store::postgres::PostgresStore;
use esik_server::store::{Commit, Committed, FeedMoves, NewEvent, Store, StoreError};
use esik_server::{Opening, Region, RegionHandle};
use esik_wire::{ApiErrorCode, SignedEvent, SyncFailure};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

fn event(pos: u64, n: u128) -> NewEvent {
    let event = SignedEvent { e: format!("{{\"n\":{n}}}"), s: "sig".to_owned() };
    NewEvent {
        pos: Pos(pos),
        id: EventId(uuid::Uuid::from_u128(n)),
        case: CaseId(uuid::Uuid::from_u128(1)),
        kind: "note_added".to_owned(),
        hash: event.hash(),
        event,
        scopes: vec![Scope::from("station:07")],
        file: None,
        coupon: None,
    }
}

pub fn commit(expect: u64, n: u128) -> Commit {
    Commit {
        expect: Pos(expect),
        recorded_at: DateTime::from_timestamp_millis(1_795_755_600_000).unwrap(),
        events: vec![event(expect + 1, n)],
        chains: vec![],
        requests: vec![],
        settled: vec![],
        moves: FeedMoves::default(),
    }
}

/// Somebody who holds the head's row until dropped.
struct Holder {
    release: Option<std::sync::mpsc::Sender<&'static str>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Holder {
    fn new(place: &Place) -> Self {
        let url = place.url();
        let (held, wait_held) = std::sync::mpsc::channel();
        let (release, released) = std::sync::mpsc::channel::<&'static str>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let (client, line) =
                    tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
                tokio::spawn(line);
                client.batch_execute("BEGIN; SELECT * FROM region_head FOR UPDATE").await.unwrap();
                held.send(()).unwrap();
                match released.recv() {
                    Ok(then) => client.batch_execute(&format!("{then}; COMMIT")).await.unwrap(),
                    Err(_) => client.batch_execute("ROLLBACK").await.unwrap(),
                }
            });
        });
        wait_held.recv().unwrap();
        Self { release: Some(release), thread: Some(thread) }
    }

    fn moves_on(self, then: &'static str) {
        self.release.as_ref().unwrap().send(then).unwrap();
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.release.take());
        self.thread.take().unwrap().join().unwrap();
    }
}

/// Waits until a commit has written everything and waits for the head; gives its backend.
fn waiting(place: &Place) -> String {
    let start = Instant::now();
    loop {
        let found = place.sql(
            "SELECT l.pid::text FROM pg_locks l JOIN pg_stat_activity a ON a.pid=l.pid
             WHERE l.relation='region_head'::regclass AND l.mode='RowExclusiveLock'
               AND a.wait_event_type='Lock'",
        );
        if let [pid] = found.as_slice() {
            return pid.clone();
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{found:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A founded place and two servers' stores over it.
pub fn two_stores() -> (Place, [Arc<PostgresStore>; 2]) {
    assert!(on_postgres());
    let place = Place::new();
    let open = || Arc::new(PostgresStore::open(&place.address(), "akmola").unwrap());
    let stores = [open(), open()];
    let (env, _) = crate::common::test_env();
    let key = SigningKey::from_bytes(&[7; 32]);
    let name =
        esik_wire::LocalName { kk: "Ақмола".to_owned(), ru: "Акмола".to_owned() };
    Region::found(stores[0].as_ref(), &env, &key, "akmola", name).unwrap();
    (place, stores)
}

/// B15 (part).
#[test]
fn of_two_commits_at_once_one_is_refused_and_decided_again() {
    let (place, [one, other]) = two_stores();
    let holder = Holder::new(&place);
    let first = {
        let one = Arc::clone(&one);
        std::thread::spawn(move || one.commit(&commit(0, 1)).unwrap())
    };
    waiting(&place);
    // Decided at the same head, while the first one is not through yet.
    let second = {
        let other = Arc::clone(&other);
        std::thread::spawn(move || other.commit(&commit(0, 2)).unwrap())
    };
    std::thread::sleep(Duration::from_millis(300));
    drop(holder);
    assert_eq!(first.join().unwrap(), Committed::Done);
    assert_eq!(second.join().unwrap(), Committed::Moved);
    assert_eq!(other.commit(&commit(1, 2)).unwrap(), Committed::Done);
    let counts = one.counts().unwrap();
    assert_eq!((counts.head_pos, counts.max_pos, counts.events), (2, 2, 2));
}

/// The order is compared where it is moved on, not only where a commit begins: whatever was decided at
/// an older head is refused, also when it writes no event and so collides with nobody.
#[test]
fn what_was_decided_at_an_older_head_is_refused() {
    let (place, [one, _]) = two_stores();
    let holder = Holder::new(&place);
    let late = {
        let one = Arc::clone(&one);
        std::thread::spawn(move || one.commit(&Commit { events: vec![], ..commit(0, 1) }).unwrap())
    };
    waiting(&place);
    // Whoever holds the row moves the order on; the commit read the head before.
    holder.moves_on("UPDATE region_head SET pos=pos+1");
    assert_eq!(late.join().unwrap(), Committed::Moved);
    assert_eq!(one.head().unwrap(), Pos(1));
}

#[test]
fn a_line_cut_in_the_middle_of_a_commit_leaves_nothing_and_may_be_tried_again() {
    let (place, [store, _]) = two_stores();
    let holder = Holder::new(&place);
    let cut = {
        let store = Arc::clone(&store);
        std::thread::spawn(move || store.commit(&commit(0, 1)))
    };
    let backend = waiting(&place);
    assert_eq!(place.sql(&format!("SELECT pg_terminate_backend({backend})")), ["t"]);
    assert_eq!(cut.join().unwrap(), Err(StoreError::Busy));
    drop(holder);
    assert_eq!(store.head().unwrap(), Pos(0));
    assert!(store.known(&[EventId(uuid::Uuid::from_u128(1))]).unwrap().is_empty());
    assert_eq!(store.commit(&commit(0, 1)).unwrap(), Committed::Done);
    assert_eq!(store.counts().unwrap().events, 1);
}

#[test]
fn a_commit_that_waits_too_long_for_a_lock_gives_up() {
    let (place, [store, _]) = two_stores();
    let holder = Holder::new(&place);
    let start = Instant::now();
    assert_eq!(store.commit(&commit(0, 1)), Err(StoreError::Busy));
    assert!(start.elapsed() < Duration::from_secs(20));
    drop(holder);
    assert_eq!(store.commit(&commit(0, 1)).unwrap(), Committed::Done);
}

/// Pushes until the region says it has it, as a desk's driver does.
async fn deliver(desk: &mut Desk) -> usize {
    let mut refused = 0;
    loop {
        match desk.push().await {
            Ok(_) => return refused,
            Err(SyncFailure::Refused(e)) if e.code == ApiErrorCode::Busy => refused += 1,
            Err(e) => panic!("{e:?}"),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// B15 (part), S3 (part).
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cut_lines_lose_nothing_and_double_nothing() {
    const DESKS: u64 = 6;
    const ROUNDS: u64 = 12;
    let mut w = World::new();
    let place = Place::new();
    let key = SigningKey::from_bytes(&[7; 32]);
    let name =
        || esik_wire::LocalName { kk: "Ақмола".to_owned(), ru: "Акмола".to_owned() };
    let store = || Arc::new(PostgresStore::open(&place.address(), "akmola").unwrap());
    Region::found(store().as_ref(), &w.env, &key, "akmola", name()).unwrap();
    let servers: Vec<Arc<Region>> = ["a", "b"]
        .iter()
        .map(|files| {
            Region::open(Opening {
                blobs: esik_server::blobs::BlobPlace::Folder(w.dir.path().join("files")),
                store: store(),
                env: w.env.clone(),
                key: key.clone(),
                ca_pem: "CA".to_owned(),
                files: w.dir.path().join(files),
                present: None,
                read_only: false,
            })
            .unwrap()
        })
        .collect();
    w.region = Arc::clone(&servers[0]);
    w.region.add_station("07", name()).unwrap();
    let mut desks = Vec::new();
    for _ in 0..DESKS {
        desks.push(w.desk_with("07", Role::Officer, &[]).await);
    }
    let over = Arc::new(AtomicBool::new(false));
    // Lines that were cut, and pushes that were therefore told to come back.
    let (cut, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let killer = {
        let (place, over, cut) = (place.clone(), Arc::clone(&over), Arc::clone(&cut));
        std::thread::spawn(move || {
            while !over.load(Ordering::SeqCst) {
                let now = place
                    .sql(
                        "SELECT pg_terminate_backend(pid)::text FROM (
                           SELECT DISTINCT pid FROM pg_locks
                           WHERE relation IN ('event'::regclass,'device_head'::regclass,
                                              'region_head'::regclass)
                             AND mode='RowExclusiveLock' LIMIT 1) x",
                    )
                    .len();
                cut.fetch_add(now, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(60));
            }
        })
    };
    let mut herd = Vec::new();
    for (n, mut desk) in desks.into_iter().enumerate() {
        desk.handle =
            RegionHandle { region: Arc::clone(&servers[n % servers.len()]), device: desk.device };
        let (cut, refused) = (Arc::clone(&cut), Arc::clone(&refused));
        herd.push(tokio::spawn(async move {
            let mut round = 0;
            // A quick machine goes on until a line was cut at a bad moment.
            while round < ROUNDS
                || cut.load(Ordering::SeqCst) == 0
                || refused.load(Ordering::SeqCst) == 0
            {
                assert!(round < 200 * ROUNDS, "no line was cut while somebody wrote");
                round += 1;
                let case = CaseId(fresh());
                desk.say(case, &visit(), "open");
                desk.say(case, &opened(&format!("ESK-07-2026-{round}")), "open");
                desk.say(case, &note("келді"), "open");
                refused.fetch_add(deliver(&mut desk).await, Ordering::SeqCst);
            }
            round
        }));
    }
    let mut rounds = 0;
    for desk in herd {
        rounds += desk.await.unwrap();
    }
    over.store(true, Ordering::SeqCst);
    killer.join().unwrap();
    let counts = servers[1].store().counts().unwrap();
    let events = rounds * 3;
    assert_eq!((counts.head_pos, counts.max_pos, counts.events), (events, events, events));
    let once = place.sql(
        "SELECT count(*)::text FROM event UNION ALL SELECT count(DISTINCT event_id)::text FROM event
         UNION ALL SELECT count(*)::text FROM event_key
         UNION ALL SELECT count(*)::text FROM device_log WHERE pos IS NOT NULL",
    );
    assert_eq!(once, vec![events.to_string(); 4]);
}
