//! `esik-cli`: the same commands as the window, without one. JSON on stdout, logs on stderr.
//! The contract stands in `docs/contract.md`.

mod args;
mod bulk;
mod host;
mod lines;
mod offline;
mod rpc;
mod serve;

use args::{Cli, Command};
use clap::Parser as _;
use clap::error::ErrorKind;
use esik_app::api::Refusal;
use esik_app::env::{Env, MachineClock};
use esik_app::{Desk, DeskConfig, refusal};
use host::HeadlessHost;
use serde_json::json;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    // Another provider was never installed before: this is the first line of the process.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let outcome = match Cli::try_parse() {
        Ok(cli) => run(cli),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                let _ = error.print();
                Ok(ExitCode::SUCCESS)
            }
            kind => {
                // What is wrong with the line is for a person; a script gets the code.
                eprint!("{error}");
                Err(refusal(match kind {
                    ErrorKind::InvalidSubcommand
                    | ErrorKind::MissingSubcommand
                    | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "unknown_command",
                    _ => "bad_request",
                }))
            }
        },
    };
    match outcome {
        Ok(code) => code,
        Err(refusal) => {
            print(&json!({ "error": refusal }));
            ExitCode::FAILURE
        }
    }
}

/// One JSON value, one line.
fn print(value: &serde_json::Value) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{value}");
    let _ = out.flush();
}

fn run(cli: Cli) -> Result<ExitCode, Refusal> {
    let clock = clock(
        std::env::var("ESIK_CLOCK").ok().as_deref(),
        cli.allow_test_clock || cfg!(debug_assertions),
    )?;
    // What needs no profile.
    match &cli.command {
        Command::Types => {
            print!("{}", esik_app::commands::typescript());
            return Ok(ExitCode::SUCCESS);
        }
        Command::Commands => {
            for c in esik_app::commands::COMMANDS {
                print(&json!({
                    "name": c.name, "request": c.request, "response": c.response,
                    "permission": format!("{:?}", c.permission).to_lowercase(),
                    "reads_personal_data": c.reads_personal_data,
                }));
            }
            return Ok(ExitCode::SUCCESS);
        }
        Command::Suggest { text } => return Ok(offline::suggest(text)),
        Command::Check { what } => return Ok(offline::check(what)),
        Command::Generate { cases, seed, load: false } => {
            return bulk::generate::print(*cases, *seed);
        }
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|_| esik_app::internal())?;
    let profile = cli.profile.clone().ok_or_else(|| refusal("missing_profile"))?;
    let host = Arc::new(HeadlessHost::new(&profile));
    let config = DeskConfig::from_environment(profile);
    let desk = Arc::new(Desk::open(
        DeskConfig { background: matches!(cli.command, Command::Serve { .. }), ..config },
        Env::new(Arc::new(clock)),
        host.clone(),
        runtime.handle().clone(),
    ));
    let code = match &cli.command {
        Command::Serve { listen, ui, token } => {
            runtime.block_on(serve::serve(desk.clone(), host, listen, ui, token.clone()))
        }
        Command::Rpc => rpc::start(&desk, &cli),
        other => bulk::run(&desk, &cli, other),
    };
    desk.close();
    code
}

/// The clock of this run: `ESIK_CLOCK` only where it is allowed, and never misread in silence.
fn clock(wanted: Option<&str>, allowed: bool) -> Result<MachineClock, Refusal> {
    match wanted.filter(|text| !text.is_empty()) {
        None => Ok(MachineClock::new()),
        Some(text) if allowed => MachineClock::parse(text).ok_or_else(|| refusal("test_clock")),
        Some(_) => Err(refusal("test_clock")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_build_refuses_the_test_clock_unless_it_is_allowed() {
        assert!(clock(None, false).is_ok());
        assert!(clock(Some(""), false).is_ok());
        let code = |wanted, allowed| clock(Some(wanted), allowed).err().map(|r| r.code);
        assert_eq!(code("2026-11-20T05:00:00Z", false).as_deref(), Some("test_clock"));
        assert_eq!(code("2026-11-20T05:00:00Z", true), None);
        assert_eq!(code("-86400", true), None);
        // Misread, it would run on the machine's time and nobody would notice.
        assert_eq!(code("yesterday", true).as_deref(), Some("test_clock"));
    }
}
