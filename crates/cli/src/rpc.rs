//! `esik-cli rpc`: a JSON line in, a JSON line out; a change is answered only after it is durable.

use crate::args::Cli;
use crate::lines::{self, Line};
use esik_app::api::{OfficerTile, Refusal};
use esik_app::{Desk, commands, refusal};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::BufRead as _;
use std::process::ExitCode;

/// Longest request line, in bytes.
const LINE_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Stands for whoever is signed in.
const WHOEVER: &str = "officer";

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    id: Value,
    /// Who is meant to act: an id, the beginning of a name, or `officer`.
    #[serde(default, rename = "as")]
    officer: Option<String>,
    cmd: String,
    #[serde(default)]
    args: Option<Value>,
}

/// Signs in when a password file is given, then answers until the input ends.
pub fn start(desk: &Desk, cli: &Cli) -> Result<ExitCode, Refusal> {
    if cli.password_file.is_some() {
        sign_in(desk, cli)?;
    }
    let mut input = std::io::stdin().lock();
    while let Some(line) =
        lines::next(&mut input, LINE_BYTES_MAX).map_err(|_| refusal("bad_request"))?
    {
        match line {
            Line::Text(line) if line.trim().is_empty() => {}
            Line::Text(line) => crate::print(&answer(desk, &line)),
            Line::TooLong => {
                crate::print(&json!({ "id": null, "error": refusal("text_too_long") }));
            }
            Line::NotText => crate::print(&json!({ "id": null, "error": refusal("bad_request") })),
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn answer(desk: &Desk, line: &str) -> Value {
    let request = match serde_json::from_str::<Request>(line) {
        Ok(request) => request,
        Err(error) => {
            // A request that can be read as JSON at all is answered under its own id.
            tracing::debug!(%error, "request refused");
            let id = serde_json::from_str::<Value>(line)
                .ok()
                .and_then(|v| v.get("id").cloned())
                .unwrap_or_default();
            return json!({ "id": id, "error": refusal("bad_request") });
        }
    };
    let done = acts(desk, request.officer.as_deref()).and_then(|()| {
        commands::dispatch(desk, &request.cmd, request.args.unwrap_or_else(|| json!({})))
    });
    match done {
        Ok(ok) => json!({ "id": request.id, "ok": ok }),
        Err(error) => json!({ "id": request.id, "error": error }),
    }
}

/// Nobody acts under another officer's name: his keys are not open.
fn acts(desk: &Desk, wanted: Option<&str>) -> Result<(), Refusal> {
    let Some(wanted) = wanted.filter(|w| *w != WHOEVER) else { return Ok(()) };
    let session = desk.state().session.ok_or_else(|| refusal("locked"))?;
    if meant(wanted, &session.officer.to_string(), &session.name) {
        Ok(())
    } else {
        Err(refusal("locked"))
    }
}

fn meant(wanted: &str, id: &str, name: &str) -> bool {
    wanted == id
        || (!wanted.trim().is_empty() && name.to_lowercase().starts_with(&wanted.to_lowercase()))
}

/// The password from the file, or one line of stdin. Never an argument.
pub fn password(cli: &Cli) -> Result<String, Refusal> {
    first_line(cli.password_file.as_deref().unwrap_or_else(|| "-".as_ref()))
}

/// First line of a file; `-` takes the next line of stdin.
pub fn first_line(path: &std::path::Path) -> Result<String, Refusal> {
    let text = if path.as_os_str() == "-" {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(|_| refusal("password_file"))?;
        line
    } else {
        std::fs::read_to_string(path).map_err(|_| refusal("password_file"))?
    };
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// The officer that `--as` names; the first one of the desk when it names none.
pub fn choose(officers: Vec<OfficerTile>, cli: &Cli) -> Result<OfficerTile, Refusal> {
    if officers.is_empty() {
        return Err(refusal("not_set_up"));
    }
    officers
        .into_iter()
        .find(|o| cli.officer.as_ref().is_none_or(|want| meant(want, &o.id.to_string(), &o.name)))
        .ok_or_else(|| refusal("not_found"))
}

/// Signs the named (or the first) officer in.
pub fn sign_in(desk: &Desk, cli: &Cli) -> Result<(), Refusal> {
    crate::bulk::held(desk)?;
    let officer = choose(desk.officers(), cli)?;
    desk.sign_in(officer.id, &password(cli)?).map_err(Refusal::from)
}
