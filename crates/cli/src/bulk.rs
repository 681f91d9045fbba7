//! Commands that work on a whole profile: setting up, truth about the data, ways in and out.

mod copies;
mod export;
pub mod generate;
mod import;
mod people;
mod stick;
mod truth;

use crate::args::{Cli, Command};
use crate::rpc;
use esik_app::api::{Refusal, SearchRequest};
use esik_app::{AppError, Desk, Open, refusal};
use esik_domain::policy::{Permission, may};
use serde_json::json;
use std::process::ExitCode;
use std::sync::Arc;

/// Runs one command. Called on a thread where blocking is allowed.
pub fn run(desk: &Desk, cli: &Cli, command: &Command) -> Result<ExitCode, Refusal> {
    held(desk)?;
    match command {
        Command::Init { .. } => people::init(desk, cli, command),
        Command::OfficerAdd { .. } => people::officer_add(desk, cli, command),
        Command::Enroll { server, code } => people::enroll(desk, cli, server, code),
        Command::JoinAgain { code, new_warrant } => {
            people::join_again(desk, cli, code, *new_warrant)
        }
        Command::Sync { once } => truth::sync(desk, cli, *once),
        Command::StateHash { all } => truth::state_hash(desk, cli, *all),
        Command::Verify { region } => truth::verify(desk, cli, *region),
        Command::Dump { canonical } => truth::dump(desk, cli, *canonical),
        Command::Diag => truth::diag(desk, cli),
        Command::Search { query, limit } => search(desk, cli, query, *limit),
        Command::Bundle { what } => stick::bundle(desk, cli, what),
        Command::Import { file } => import::import(desk, cli, file),
        Command::Generate { cases, seed, .. } => import::load(desk, cli, *cases, *seed),
        Command::Export { file } => export::export(desk, cli, file),
        Command::Backup { to } => copies::backup(desk, cli, to),
        Command::Restore { from } => copies::restore(desk, cli, from),
        Command::Lock => lock(desk),
        Command::Rpc
        | Command::Serve { .. }
        | Command::Types
        | Command::Commands
        | Command::Suggest { .. }
        | Command::Check { .. } => Err(refusal("unknown_command")),
    }
}

/// Refuses at once when another program has the profile, or its disk cannot be written.
pub fn held(desk: &Desk) -> Result<(), Refusal> {
    match desk.state().warnings.into_iter().find(|w| w.code != "clock_wrong") {
        Some(trouble) => Err(trouble),
        None => Ok(()),
    }
}

/// Signs in and checks the permission, as the command list would.
fn signed_in(desk: &Desk, cli: &Cli, needed: Permission) -> Result<Arc<Open>, Refusal> {
    rpc::sign_in(desk, cli)?;
    let open = desk.opened().map_err(Refusal::from)?;
    if may(open.actor.role, needed) { Ok(open) } else { Err(refusal("forbidden")) }
}

/// The store's trouble in the codes of the screens.
fn store_trouble(error: esik_store::StoreError) -> Refusal {
    AppError::from(error).into()
}

/// A disk's trouble in the codes of the screens.
fn io_trouble(error: std::io::Error) -> Refusal {
    AppError::from(error).into()
}

fn search(desk: &Desk, cli: &Cli, query: &str, limit: u32) -> Result<ExitCode, Refusal> {
    signed_in(desk, cli, Permission::Desk)?;
    let request = SearchRequest { query: query.to_owned(), limit };
    let result = esik_app::control::find::search(desk, request).map_err(Refusal::from)?;
    for hit in result.hits {
        crate::print(&json!(hit));
    }
    Ok(ExitCode::SUCCESS)
}

/// A profile this command could take is one that nobody holds open: there is nothing else to lock.
/// Documents that were shown and not wiped (a crash) are wiped when the desk closes.
fn lock(desk: &Desk) -> Result<ExitCode, Refusal> {
    desk.sign_out();
    crate::print(&json!({ "locked": true }));
    Ok(ExitCode::SUCCESS)
}
