//! One desk in a test: the shipped core over a profile in a temporary folder.

use crate::{Form, PASSWORD, TestClock};
use esik_app::api::{Changed, Refusal};
use esik_app::env::Env;
use esik_app::host::{Host, HostError};
use esik_app::{Desk, DeskConfig, commands};
use esik_store::keys::KdfParams;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::runtime::Handle;

/// What a test does when the core tells of a change, in the middle of what it is doing.
pub type OnChange = Box<dyn FnMut(&Changed) -> bool + Send>;

/// A host that remembers what it was asked.
#[derive(Default)]
pub struct RecordingHost {
    pub documents: Mutex<Vec<(String, Vec<u8>)>>,
    pub saved: Mutex<Vec<(String, Vec<u8>)>>,
    pub changes: Mutex<Vec<Changed>>,
    pub no_viewer: std::sync::atomic::AtomicBool,
    /// Called with each change until it has had enough and says so by `false`.
    pub on_change: Mutex<Option<OnChange>>,
}

impl Host for RecordingHost {
    fn open_document(&self, name: &str, bytes: &[u8]) -> Result<(), HostError> {
        if self.no_viewer.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(HostError("no viewer".to_owned()));
        }
        self.documents.lock().unwrap().push((name.to_owned(), bytes.to_vec()));
        Ok(())
    }
    fn save_document(&self, name: &str, bytes: &[u8]) -> Result<String, HostError> {
        self.saved.lock().unwrap().push((name.to_owned(), bytes.to_vec()));
        Ok(format!("/downloads/{name}"))
    }
    fn changed(&self, changed: &Changed) {
        self.changes.lock().unwrap().push(changed.clone());
        // Not held while it is called: what it does may change something, too.
        let hook = self.on_change.lock().unwrap().take();
        if let Some(mut hook) = hook
            && hook(changed)
        {
            *self.on_change.lock().unwrap() = Some(hook);
        }
    }
    fn wipe_documents(&self) {}
}

/// A desk and the officer who works at it.
pub struct TestDesk {
    pub desk: Arc<Desk>,
    pub host: Arc<RecordingHost>,
    pub dir: PathBuf,
    runtime: Handle,
    clock: TestClock,
}

impl TestDesk {
    /// A profile with a first officer (who may administer), signed in.
    pub fn set_up(dir: &Path, surname: &str, clock: &TestClock, runtime: &Handle) -> Self {
        let desk = Self::start(dir, clock, runtime);
        desk.call(
            "profile_create",
            json!({ "language": "ru", "officer": {
                "surname": surname, "given": "Дана", "post": "Инспектор", "role": "head",
                "password": PASSWORD } }),
        )
        .expect("a fresh profile");
        desk
    }

    /// Starts the program on a profile that may or may not be there.
    pub fn start(dir: &Path, clock: &TestClock, runtime: &Handle) -> Self {
        let host = Arc::new(RecordingHost::default());
        let config = DeskConfig {
            profile: dir.to_owned(),
            demo: false,
            background: false,
            lock_after_minutes: 5,
            kdf: KdfParams::FLOOR,
            anchors: Some(dir.with_file_name("state")),
        };
        let env = Env::new(Arc::new(clock.clone()));
        let desk = Arc::new(Desk::open(config, env, host.clone(), runtime.clone()));
        Self { desk, host, dir: dir.to_owned(), runtime: runtime.clone(), clock: clock.clone() }
    }

    /// Ends the program as a crash would leave it to the disk, and starts it again, locked.
    pub fn restart(self) -> Self {
        self.desk.close();
        let (dir, clock, runtime) = (self.dir.clone(), self.clock.clone(), self.runtime.clone());
        drop(self);
        Self::start(&dir, &clock, &runtime)
    }

    /// A command of the list, as the window would call it.
    pub fn call(&self, command: &str, args: Value) -> Result<Value, Refusal> {
        let desk = Arc::clone(&self.desk);
        let command = command.to_owned();
        // As a host does it: on a thread where blocking is allowed.
        std::thread::spawn(move || commands::dispatch(&desk, &command, args))
            .join()
            .expect("a command never panics")
    }

    /// A command that has to succeed.
    pub fn ok(&self, command: &str, args: Value) -> Value {
        self.call(command, args).unwrap_or_else(|e| panic!("{command}: {e:?}"))
    }

    /// Signs an officer in by the beginning of his name.
    pub fn sign_in(&self, name: &str) {
        let officer = self
            .desk
            .officers()
            .into_iter()
            .find(|o| o.name.starts_with(name))
            .unwrap_or_else(|| panic!("no officer {name}"));
        self.ok("session_open", json!({ "officer": officer.id, "password": PASSWORD }));
    }

    /// One more officer at this desk.
    pub fn officer(&self, surname: &str, role: &str, circles: &[&str]) {
        self.ok(
            "officer_add",
            json!({ "surname": surname, "given": "А", "role": role, "circles": circles,
                    "post": "Инспектор", "password": PASSWORD }),
        );
    }

    /// Finishes an intake; returns the case's id.
    pub fn takes_in(&self, form: Form) -> String {
        let done = self.ok("intake_finish", json!({ "form": form.0, "print": false }));
        done["case"].as_str().expect("a case").to_owned()
    }

    /// The case as the officer sees it, who says why where he is asked.
    pub fn case(&self, id: &str) -> Value {
        self.ok("case_get", json!({ "id": id, "why": { "code": "control" } }))
    }

    /// Syncs at once; the status afterwards.
    pub fn sync(&self) -> Value {
        self.ok("sync_now", json!({}))
    }

    /// Events the region has not acknowledged.
    pub fn unacknowledged(&self) -> u64 {
        self.ok("sync_status", json!({}))["unacknowledged"].as_u64().expect("a number")
    }

    /// Looks the whole desk through and wants nothing amiss; how many entries of feeds are set aside.
    pub fn sound(&self) -> u64 {
        let open = self.desk.opened().expect("somebody is signed in");
        let keys = open.store.read(esik_store::officers::keys).expect("the officers");
        let key = |e: &esik_domain::event::Envelope| keys.get(&e.actor_id).copied();
        let report = open.store.read(|c| esik_store::verify::verify(c, &key)).expect("a report");
        assert!(report.is_sound(), "{report:?}");
        report.poisoned
    }
}
