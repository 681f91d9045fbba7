//! What is saved stays, what is not saved leaves nothing, and nobody rewrites the log.

use crate::desk::*;
use esik_domain::event::Party;
use esik_domain::ids::*;
use esik_domain::number::Lease;
use esik_store::keys::DbKey;
use esik_store::{Store, StoreError, drafts, lists, log, numbers};

#[test]
fn a_saved_case_is_there_after_the_desk_was_closed_and_opened() {
    let desk = Desk::new(1);
    let case = desk.open_case(1, 431, citizen("Ахметов", "Нұрлан", "+77011234567"), "Нет тепла");
    desk.store.close().unwrap();
    assert!(matches!(desk.store.read(|_| Ok(())), Err(StoreError::Closed)));
    assert!(matches!(desk.store.write(|_| Ok(())), Err(StoreError::Closed)));

    let again = Store::open(&desk.path(), &DbKey::from_bytes(&KEY), at(1)).unwrap();
    let state = again.read(|c| lists::case_state(c, &officer(1), case)).unwrap().unwrap();
    assert_eq!(state.number.as_deref(), Some("ESK-07-2026-431"));
    assert_eq!(state.parties.len(), 1);
    assert_eq!(again.read(log::head).unwrap().seq, 4);
}

#[test]
fn rows_another_version_folded_are_folded_again_when_the_desk_is_opened() {
    let desk = Desk::new(1);
    let case = desk.open_case(1, 431, citizen("Ахметов", "Нұрлан", ""), "Нет тепла");
    let older = "UPDATE case_row SET folder_version = 1, title = 'как было раньше'";
    desk.store.write(move |tx| Ok(tx.execute(older, [])?)).unwrap();
    desk.store.close().unwrap();
    let again = Store::open(&desk.path(), &DbKey::from_bytes(&KEY), at(1)).unwrap();
    let line = again.read(|c| lists::case_line(c, &officer(1), case)).unwrap().unwrap();
    assert_eq!(line.title, "Нет тепла");
}

#[test]
fn another_key_does_not_open_it() {
    let desk = Desk::new(1);
    desk.store.close().unwrap();
    let other = Store::open(&desk.path(), &DbKey::from_bytes(&[8; 32]), at(1));
    assert!(matches!(other, Err(StoreError::WrongKey)), "{other:?}");
}

#[test]
fn a_refused_save_leaves_nothing_behind() {
    let desk = Desk::new(1);
    let by = desk.author(1);
    let case = CaseId(next());
    let failed: Result<(), _> = desk.store.write(move |tx| {
        numbers::add_lease(
            tx,
            &Lease { station: "07".into(), year: 2026, from: 1, to: 2, expires: None },
        )?;
        tx.append(&by, case, &case_events(1, Party::default(), "x", "open"))?;
        Err(StoreError::Refused("no".to_owned()))
    });
    assert!(matches!(failed, Err(StoreError::Refused(_))));
    assert!(desk.outbox().is_empty());
    assert_eq!(desk.store.read(log::head).unwrap().seq, 0);
    let left = desk.store.read(|c| numbers::numbers_left(c, &"07".into(), 2026, at(0))).unwrap();
    assert_eq!(left, 0);
    assert!(desk.store.read(|c| lists::case_line(c, &officer(1), case)).unwrap().is_none());
}

#[test]
fn a_job_that_panics_harms_nobody() {
    let desk = Desk::new(1);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let failed: Result<(), _> = desk.store.write(|_| panic!("a bug"));
    std::panic::set_hook(hook);
    assert!(matches!(failed, Err(StoreError::Internal)));
    desk.open_case(1, 1, Party::default(), "x");
}

/// T4 (part), S31 (part).
/// S4: a desk forgets no event, acknowledged or not, so whatever lies beyond the region's durable watermark is here.
#[test]
fn nobody_deletes_or_rewrites_an_event() {
    let desk = Desk::new(1);
    desk.open_case(1, 1, Party::default(), "x");
    for forbidden in [
        "DELETE FROM event",
        "UPDATE event SET bytes = '{}'",
        "UPDATE event SET sig = x'00'",
        "UPDATE event SET case_id = x'00'",
        "UPDATE event SET actor_id = x'00', pos = 1",
    ] {
        let refused = desk.store.write(move |tx| Ok(tx.execute(forbidden, [])?));
        assert!(refused.is_err(), "{forbidden}");
    }
    desk.store.write(|tx| Ok(tx.execute("UPDATE event SET verdict_code = 'x'", [])?)).unwrap();
    assert_eq!(desk.outbox().len(), 4);
}

#[test]
fn a_reader_cannot_write() {
    let desk = Desk::new(1);
    let refused = desk.store.read(|c| Ok(c.execute("DELETE FROM draft", [])?));
    assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
}

/// S8 (part).
#[test]
fn the_chain_takes_nothing_twice_and_nothing_out_of_turn() {
    let desk = Desk::new(1);
    desk.open_case(1, 1, Party::default(), "x");
    let sent = desk.outbox();
    for wrong in [sent.clone(), sent[3..].to_vec()] {
        let refused = desk.store.write(move |tx| log::append(tx, &wrong));
        assert!(matches!(refused, Err(StoreError::Chain)), "{refused:?}");
    }
    // Another device, or a life that is over, does not go on with this chain.
    let mut other = desk.author(1);
    other.device_id = DeviceId(uuid(77));
    let case = CaseId(next());
    let refused = desk
        .store
        .write(move |tx| tx.append(&other, case, &case_events(2, Party::default(), "y", "open")));
    assert!(matches!(refused, Err(StoreError::Chain)));
    let mut reborn = desk.author(1);
    reborn.incarnation = 2;
    desk.store
        .write(move |tx| tx.append(&reborn, case, &case_events(2, Party::default(), "y", "open")))
        .unwrap();
    let refused = desk.append(1, case, case_events(3, Party::default(), "z", "open"));
    assert!(matches!(refused, Err(StoreError::Chain)), "the first life is over");
}

#[test]
fn a_draft_is_one_officers_and_goes_without_a_trace() {
    let desk = Desk::new(1);
    let id = DraftId(next());
    let words = serde_json::json!({"text": "Сосед бьёт жену"});
    let kept = words.clone();
    desk.store.write(move |tx| drafts::save(tx, person(1), id, &kept, at(1))).unwrap();
    let newer = serde_json::json!({"text": "Сосед бьёт жену, дети плачут"});
    let kept = newer.clone();
    desk.store.write(move |tx| drafts::save(tx, person(1), id, &kept, at(2))).unwrap();
    let row = desk.store.read(|c| drafts::get(c, person(1), id)).unwrap().unwrap();
    assert_eq!((row.body, row.updated_at), (newer, at(2)));

    assert!(desk.store.read(|c| drafts::get(c, person(2), id)).unwrap().is_none());
    assert!(desk.store.read(|c| drafts::list(c, person(2))).unwrap().is_empty());
    let stolen = desk.store.write(move |tx| drafts::save(tx, person(2), id, &words, at(3)));
    assert!(matches!(stolen, Err(StoreError::NotFound)));
    assert!(!desk.store.write(move |tx| drafts::discard(tx, person(2), id)).unwrap());
    assert!(desk.store.write(move |tx| drafts::discard(tx, person(1), id)).unwrap());
    assert!(desk.store.read(|c| drafts::list(c, person(1))).unwrap().is_empty());
}

#[test]
fn numbers_come_from_the_block_and_then_from_the_desks_own_series() {
    let desk = Desk::new(1);
    let device = desk.device;
    let take = || {
        desk.store
            .write(move |tx| numbers::take_number(tx, &"07".into(), 2026, device, at(0)))
            .unwrap()
    };
    let lease = |from, to| Lease { station: "07".into(), year: 2026, from, to, expires: None };
    let add = |l: Lease| desk.store.write(move |tx| numbers::add_lease(tx, &l)).unwrap();
    add(lease(431, 432));
    assert_eq!(take().number, "ESK-07-2026-431");
    // The same block again, after a lost answer, does not give its numbers twice.
    add(lease(431, 432));
    assert_eq!(take().number, "ESK-07-2026-432");
    let own = take();
    assert!(own.own_series);
    assert_eq!(own.number, format!("ESK-07-2026-{}-1", numbers::device_mark(device)));
    assert_ne!(take().number, own.number);
    add(lease(500, 500));
    assert_eq!(take().number, "ESK-07-2026-500");
}

/// A block whose day is over is as good as used up: the desk goes on in its own series, and has the block's numbers again when the
/// region says that it holds. One that was given up meanwhile does not come back.
#[test]
fn numbers_of_a_block_whose_day_is_over_are_not_used() {
    let desk = Desk::new(1);
    let (device, station) = (desk.device, StationId::from("07"));
    let take = |now| {
        desk.store
            .write(move |tx| numbers::take_number(tx, &"07".into(), 2026, device, now))
            .unwrap()
    };
    let left = |now| desk.store.read(|c| numbers::numbers_left(c, &station, 2026, now)).unwrap();
    let told = || desk.store.read(|c| numbers::blocks(c, &station, 2026, 16)).unwrap();
    let block = |expires| Lease { station: "07".into(), year: 2026, from: 431, to: 440, expires };
    desk.store.write(move |tx| numbers::add_lease(tx, &block(Some(at(50))))).unwrap();
    assert_eq!((take(at(49)).number.as_str(), left(at(49))), ("ESK-07-2026-431", 9));
    assert!(take(at(50)).own_series);
    assert_eq!(left(at(50)), 0, "so that another block comes");
    assert_eq!(told(), [block(Some(at(50)))], "the region is told of it all the same");

    desk.store.write(move |tx| numbers::renew(tx, &block(Some(at(90))))).unwrap();
    assert_eq!(take(at(60)).number, "ESK-07-2026-432", "where it was");
    desk.store.write(move |tx| numbers::renew(tx, &block(Some(at(60))))).unwrap();
    assert!(take(at(60)).own_series, "another desk has it");
    desk.store.write(move |tx| numbers::give_up(tx, device, 7)).unwrap();
    desk.store.write(move |tx| numbers::renew(tx, &block(Some(at(90))))).unwrap();
    assert_eq!(told(), []);
    assert!(take(at(60)).own_series);
    // An older region says no day.
    desk.store.write(move |tx| numbers::add_lease(tx, &block(None))).unwrap();
    assert!(!take(at(5_000)).own_series);
}

#[test]
fn a_job_that_asks_for_another_is_told_so_instead_of_waiting_for_itself() {
    let desk = Desk::new(1);
    let inner = desk.store.clone();
    let refused = desk.store.write(move |_| inner.write(|_| Ok(())));
    assert!(matches!(refused, Err(StoreError::Internal)));
}

#[test]
fn what_is_saved_gets_into_the_index_without_being_asked() {
    let desk = Desk::new(1);
    desk.open_case(1, 1, Party::default(), "Нет тепла");
    let waiting = || -> i64 {
        desk.store
            .read(|c| {
                Ok(c.query_row("SELECT count(*) FROM doc WHERE indexed = 0", [], |r| r.get(0))?)
            })
            .unwrap()
    };
    let mut turns = 0;
    while waiting() > 0 {
        turns += 1;
        assert!(turns < 600, "the idle writer never indexed");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// S1, B03 (part).
#[test]
fn the_settings_that_make_a_save_durable_and_secret_are_in_force() {
    let desk = Desk::new(1);
    let d = desk.store.diagnose().unwrap();
    for (name, value) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("trusted_schema", "0"),
        ("cell_size_check", "1"),
        ("temp_store", "2"),
        ("secure_delete", "1"),
        ("cipher_memory_security", "1"),
        ("query_only", "0"),
    ] {
        assert_eq!(d.writer[name], value, "{name}");
    }
    assert_eq!(d.reader["query_only"], "1");
    assert_eq!(d.reader["cipher_memory_security"], "1");
    let kib = |p: &esik_store::Pragmas| -p["cache_size"].parse::<i64>().unwrap();
    assert_eq!(kib(&d.writer) + 2 * kib(&d.reader), 16 * 1024, "page caches in all");
    assert!(d.sqlcipher.starts_with("4."), "{d:?}");
    // Defensive: the schema cannot be edited by hand, the log cannot be switched off.
    let refused = desk.store.write(|tx| {
        tx.execute_batch("PRAGMA writable_schema = ON")?;
        Ok(tx.execute("UPDATE sqlite_schema SET sql = '' WHERE name = 'event_stays'", [])?)
    });
    assert!(refused.is_err(), "{refused:?}");
}

#[test]
fn a_wiped_draft_leaves_no_older_copy_in_the_log() {
    let desk = Desk::new(1);
    let id = DraftId(next());
    let words = serde_json::json!({"text": "x".repeat(20_000)});
    desk.store.write(move |tx| drafts::save(tx, person(1), id, &words, at(1))).unwrap();
    let log = || std::fs::metadata(desk.dir.path().join("esik.db-wal")).map_or(0, |m| m.len());
    assert!(log() > 20_000);
    desk.store.write(move |tx| drafts::discard(tx, person(1), id)).unwrap();
    desk.store.flush().unwrap();
    assert_eq!(log(), 0);
    desk.open_case(1, 1, Party::default(), "goes on");
}
