//! What is noted outside a profile, against a profile of another day: who is believed, and who is not.

use crate::desk::*;
use ed25519_dalek::SigningKey;
use esik_domain::event::Party;
use esik_store::mend::Anchor;
use esik_store::profile::Profile;
use std::path::Path;
use tempfile::TempDir;

/// A desk, another one of a day before with the same device, and a place outside both.
struct Shelf {
    desk: Desk,
    earlier: Desk,
    state: TempDir,
    key: SigningKey,
}

impl Shelf {
    fn new() -> Self {
        let desk = Desk::new(1);
        desk.open_case(1, 1, Party::default(), "x");
        let state = TempDir::new().unwrap();
        Self { desk, earlier: Desk::new(1), state, key: SigningKey::from_bytes(&[7; 32]) }
    }

    fn anchor(&self) -> Anchor {
        Anchor::of(&Profile::at(self.desk.dir.path()), self.state.path())
    }

    fn note(&self, key: &SigningKey) {
        self.anchor().note(&self.desk.store, self.desk.device, key).unwrap();
    }

    /// What it says of this desk.
    fn says(&self, of: &Desk) -> bool {
        let key = self.key.verifying_key();
        self.anchor().is_ahead_of(&of.store, (self.desk.device, 1), &key).unwrap()
    }

    fn files(&self) -> Vec<std::path::PathBuf> {
        let found = std::fs::read_dir(self.state.path()).unwrap();
        found.map(|entry| entry.unwrap().path()).collect()
    }
}

fn rewrite(file: &Path, change: impl Fn(String) -> String) {
    let text = std::fs::read_to_string(file).unwrap();
    std::fs::write(file, change(text)).unwrap();
}

/// T4 (part), S16 (part): what was noted is missing in a database of an earlier day, and nowhere else, and not where a later life began.
#[test]
fn an_anchor_is_ahead_of_an_earlier_day_only() {
    let shelf = Shelf::new();
    assert!(!shelf.says(&shelf.earlier), "nothing is noted yet");
    shelf.note(&shelf.key);
    assert!(!shelf.says(&shelf.desk));
    assert!(shelf.says(&shelf.earlier));
    shelf.desk.open_case(1, 2, Party::default(), "y");
    assert!(!shelf.says(&shelf.desk), "an older note");
    shelf.note(&shelf.key);
    shelf.note(&shelf.key);
    assert_eq!(shelf.files().len(), 1);
    assert!(!shelf.says(&shelf.desk));
    let (of, key) = (shelf.desk.device, shelf.key.verifying_key());
    assert_eq!(shelf.anchor().life(of, &key), Some(1));
    let later = shelf.anchor().is_ahead_of(&shelf.earlier.store, (of, 2), &key).unwrap();
    assert!(!later, "whoever began another life knows of it");
}

/// An alarm stops work at the desk until it is mended: only the device itself sets one off, and only for itself.
#[test]
fn nobody_else_sets_off_an_alarm() {
    let shelf = Shelf::new();
    shelf.note(&SigningKey::from_bytes(&[8; 32]));
    assert!(!shelf.says(&shelf.earlier), "another key");
    shelf.note(&shelf.key);
    assert!(shelf.says(&shelf.earlier));
    let other = Desk::new(2);
    let key = shelf.key.verifying_key();
    assert!(
        !shelf.anchor().is_ahead_of(&other.store, (other.device, 1), &key).unwrap(),
        "another device"
    );

    let file = shelf.files().remove(0);
    let whole = std::fs::read_to_string(&file).unwrap();
    for change in [
        |text: String| text.replace("\\\"seq\\\":", "\\\"seq\\\":1"),
        |text: String| text[..text.len() / 2].to_owned(),
        |_| String::new(),
        |text: String| format!("{}{text}", " ".repeat(5000)),
    ] {
        std::fs::write(&file, &whole).unwrap();
        rewrite(&file, change);
        assert_ne!(std::fs::read_to_string(&file).unwrap(), whole);
        assert!(!shelf.says(&shelf.earlier));
    }
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert!(!shelf.says(&shelf.earlier), "it cannot be read");
}

/// Of a life whose last events have not come back yet the newest that is here is noted: else the desk would accuse itself.
#[test]
fn only_what_is_here_is_noted() {
    let shelf = Shelf::new();
    let device = shelf.desk.device;
    shelf
        .desk
        .store
        .write(move |tx| {
            tx.execute(
                "INSERT INTO own_head (incarnation, device_id, seq, hash, unsent)
                 VALUES (9, ?1, 4, zeroblob(32), 0)",
                [device.0.as_bytes().as_slice()],
            )?;
            Ok(())
        })
        .unwrap();
    shelf.note(&shelf.key);
    assert!(!shelf.says(&shelf.desk));
    assert!(shelf.says(&shelf.earlier));
}
