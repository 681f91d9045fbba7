//! The program ends: nothing of the store may still work while the engine's memory is freed.

use crate::desk::*;
use esik_domain::event::Party;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

#[test]
fn the_last_handle_waits_for_the_writing_thread() {
    // A thread that goes on by itself is too early by chance now and then, not twenty times.
    for n in 0..20 {
        let desk = Desk::new(1);
        desk.open_case(1, n + 1, Party::default(), "Нет тепла");
        let log = desk.path().with_extension("db-wal");
        assert!(log.exists(), "{}", log.display());
        let Desk { store, dir, .. } = desk;
        drop(store);
        assert!(!log.exists(), "the log was written back and its connection closed");
        drop(dir);
    }
}

#[test]
fn closing_waits_for_a_question_that_is_being_answered() {
    let desk = Desk::new(1);
    let store = desk.store.clone();
    let answered = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&answered);
    let (asked, begun) = channel();
    let asker = std::thread::spawn(move || {
        store.read(|_| {
            asked.send(()).unwrap();
            std::thread::sleep(Duration::from_millis(200));
            told.store(true, Ordering::SeqCst);
            Ok(())
        })
    });
    begun.recv().unwrap();
    desk.store.close().unwrap();
    assert!(answered.load(Ordering::SeqCst), "the question was answered first");
    asker.join().unwrap().unwrap();
}
