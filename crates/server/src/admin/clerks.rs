//! `admin clerk …`: who signs in to an agency's portal.

use anyhow::{Context as _, bail};
use clap::Subcommand;
use esik_server::Region;
use esik_server::portal::{NewClerk, PASSWORD_CHARS_MIN, normalise_login};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub enum ClerkCommand {
    /// Adds a clerk of an agency.
    Add {
        /// Code of the catalogue: `E-HEA`.
        #[arg(long)]
        agency: String,
        #[arg(long)]
        login: String,
        #[arg(long)]
        name: String,
        /// File whose first line is the password; `-` reads stdin.
        #[arg(long)]
        password_file: PathBuf,
    },
    List,
    /// Sets a new password and ends the clerk's sessions.
    Password {
        #[arg(long)]
        login: String,
        #[arg(long)]
        password_file: PathBuf,
    },
    /// Closes the account and ends its sessions.
    Revoke {
        #[arg(long)]
        login: String,
    },
}

#[derive(Subcommand)]
pub enum OperatorCommand {
    /// Adds an operator of the region. `clerk list`, `password` and `revoke` know him too.
    Add {
        #[arg(long)]
        login: String,
        #[arg(long)]
        name: String,
        /// File whose first line is the password; `-` reads stdin.
        #[arg(long)]
        password_file: PathBuf,
    },
}

/// Who looks after stations and decides about what was set aside.
pub fn operator(command: OperatorCommand, region: &Region) -> anyhow::Result<Value> {
    let OperatorCommand::Add { login, name, password_file } = command;
    let login = region.add_operator(login, name, password(&password_file)?)?;
    Ok(json!({ "login": login, "operator": true }))
}

pub fn run(command: ClerkCommand, region: &Region) -> anyhow::Result<Value> {
    let store = region.store();
    Ok(match command {
        ClerkCommand::Add { agency, login, name, password_file } => {
            let password = password(&password_file)?;
            let clerk = NewClerk { agency: agency.clone(), login, name, password };
            let login = region.add_clerk(clerk)?;
            json!({ "login": login, "agency": agency })
        }
        ClerkCommand::List => store
            .clerks()?
            .into_iter()
            .map(|c| {
                json!({ "login": c.login, "name": c.name, "agency": c.agency, "revoked": c.revoked })
            })
            .collect(),
        ClerkCommand::Password { login, password_file } => {
            let login = normalise_login(&login);
            let hash = region.hash_password(&password(&password_file)?)?;
            if !store.change_clerk(&login, Some(&hash), false)? {
                bail!("there is no clerk {login}");
            }
            json!({ "login": login })
        }
        ClerkCommand::Revoke { login } => {
            let login = normalise_login(&login);
            if !store.change_clerk(&login, None, true)? {
                bail!("there is no clerk {login}");
            }
            json!({ "login": login, "revoked": true })
        }
    })
}

pub fn password(file: &Path) -> anyhow::Result<String> {
    let text = if file.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin()).context("reading the password from stdin")?
    } else {
        std::fs::read_to_string(file)
            .with_context(|| format!("reading the password from {}", file.display()))?
    };
    let line = text.lines().next().unwrap_or_default().to_owned();
    if line.chars().count() < PASSWORD_CHARS_MIN {
        bail!("a password has at least {PASSWORD_CHARS_MIN} characters");
    }
    Ok(line)
}
