//! A desk as the benches need it: one officer, no window, no line to the region, nothing shown.

use crate::beside;
use crate::words::text;
use esik_app::api::Changed;
use esik_app::env::{Env, MachineClock};
use esik_app::host::{Host, HostError};
use esik_app::{Desk, DeskConfig, commands};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio::runtime::Handle;

/// The officer's password in every profile of the benches.
pub const PASSWORD: &str = "window-bench-2026";

struct NoHost;
impl Host for NoHost {
    fn open_document(&self, _: &str, _: &[u8]) -> Result<(), HostError> {
        Ok(())
    }
    fn save_document(&self, _: &str, _: &[u8]) -> Result<String, HostError> {
        Err(HostError("nobody saves anything here".to_owned()))
    }
    fn changed(&self, _: &Changed) {}
    fn wipe_documents(&self) {}
}

/// A desk on a profile; nobody is signed in yet.
pub fn closed(profile: PathBuf, runtime: Handle) -> Desk {
    let config = DeskConfig {
        background: false,
        kdf: esik_store::keys::KdfParams::FLOOR,
        anchors: Some(profile.with_extension("state")),
        ..DeskConfig::from_environment(profile)
    };
    Desk::open(config, Env::new(Arc::new(MachineClock::new())), Arc::new(NoHost), runtime)
}

/// The same on a new profile, its officer signed in.
pub fn fresh(profile: PathBuf, runtime: Handle) -> Desk {
    let desk = closed(profile, runtime);
    let officer = json!({ "surname": "Әлиева", "given": "Дана", "password": PASSWORD });
    ask(&desk, "profile_create", json!({ "language": "ru", "officer": officer }));
    desk
}

/// The same on a profile of [`filled`].
pub fn signed_in(profile: PathBuf, runtime: Handle) -> Desk {
    let desk = closed(profile, runtime);
    let state = ask(&desk, "app_state", json!({}));
    let who = state.pointer("/officers/0/id").cloned().unwrap_or_default();
    ask(&desk, "session_open", json!({ "officer": who, "password": PASSWORD }));
    desk
}

/// Runs a command that has to succeed.
pub fn ask(desk: &Desk, command: &str, args: Value) -> Value {
    let answer = commands::dispatch(desk, command, args);
    assert!(answer.is_ok(), "{command}: {answer:?}");
    answer.unwrap_or_default()
}

/// An intake as an officer fills it in.
pub fn form(case: &Value) -> Value {
    let mut applicant =
        case.pointer("/parties/0").cloned().unwrap_or_else(|| json!({ "role": "applicant" }));
    applicant["role"] = json!("applicant");
    let mut form = json!({
        "text": case["narrative"], "language": case["language"], "category": case["category"],
        "address": text(case, "/address/text"), "applicant": applicant,
    });
    let agency = text(case, "/agency");
    if agency.starts_with("E-") {
        form["referrals"] = json!([{ "agency": agency }]);
    }
    form
}

/// A new profile in a folder with so many cases, made by the command line.
pub fn filled(dir: &Path, cases: u64) -> PathBuf {
    let (profile, password) = (dir.join("desk"), dir.join("password"));
    std::fs::write(&password, PASSWORD).unwrap();
    for args in [
        vec!["init".to_owned()],
        vec!["generate".to_owned(), "--cases".to_owned(), cases.to_string(), "--load".to_owned()],
    ] {
        let done = Command::new(beside("esik-cli"))
            .env("ESIK_KDF", "floor")
            .args(["--profile".as_ref(), profile.as_os_str()])
            .args(["--password-file".as_ref(), password.as_os_str()])
            .args(args)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(done.success());
    }
    profile
}
