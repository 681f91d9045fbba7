//! The warrant key: made and used on a machine of the operator's own (`esik-server warrant …`, no database), and its public
//! half and its words handed to the region (`admin warrant …`, `admin officer …`). Docs/adr/0038.

use super::clerks::password;
use anyhow::{Context as _, anyhow, bail};
use clap::Subcommand;
use ed25519_dalek::SigningKey;
use esik_server::warrant::{Instead, WarrantError, key_file};
use esik_server::{Env, Region};
use esik_wire::signed::{key_from_text, key_text};
use esik_wire::voucher::{key_mark, typed_mark};
use esik_wire::{OfficerCard, Vouching, WarrantChange};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Run where the region's server never is.
#[derive(Subcommand)]
pub enum Warrant {
    /// Makes a warrant key: the private half in a new file, sealed with a password; prints the public half.
    New {
        /// The new file.
        file: PathBuf,
        /// File whose first line is the password of the new file; `-` reads stdin.
        #[arg(long)]
        password_file: PathBuf,
        /// File of the key that this one takes the place of: desks follow by its word.
        #[arg(long, requires = "instead_password_file")]
        instead: Option<PathBuf>,
        #[arg(long)]
        instead_password_file: Option<PathBuf>,
    },
    /// Signs an officer's card, after its mark was compared by voice with what he reads from his desk.
    Sign {
        /// What `admin officer card` printed.
        card: PathBuf,
        /// File of the warrant key.
        #[arg(long)]
        key: PathBuf,
        #[arg(long)]
        password_file: PathBuf,
        /// The mark as the officer read it from the contact screen of his desk.
        #[arg(long)]
        mark: String,
    },
}

/// The region's side.
#[derive(Subcommand)]
pub enum WarrantAdmin {
    /// Tells the region the public half of its warrant key; desks pin it when they first hear of it.
    Set {
        /// As `warrant new` printed it.
        public: String,
        /// File with what `warrant new --instead` printed: desks that pinned the key before follow.
        #[arg(long, conflicts_with = "lost")]
        change: Option<PathBuf>,
        /// The key before was lost: desks that pinned it keep to it until each joins again.
        #[arg(long)]
        lost: bool,
    },
    Show,
}

/// Runs a command that needs no region.
pub fn own(command: Warrant, env: &Env) -> anyhow::Result<Value> {
    match command {
        Warrant::New { file, password_file, instead, instead_password_file } => {
            let old = match (instead, instead_password_file) {
                (Some(old), Some(word)) => Some(open(&old, &word)?),
                _ => None,
            };
            let key = SigningKey::from_bytes(&env.bytes());
            key_file::write(&file, &key, &password(&password_file)?, env.bytes(), env.bytes())
                .with_context(|| file.display().to_string())?;
            let public = key_text(&key.verifying_key());
            let change = old.map(|old| WarrantChange::sign(&old, &key.verifying_key()));
            Ok(json!({ "public": public, "mark": key_mark(&public)?, "change": change }))
        }
        Warrant::Sign { card, key, password_file, mark } => {
            let card: OfficerCard = of_file(&card)?;
            if typed_mark(&mark) != card.mark() {
                bail!(
                    "the mark is another one: this is not the key at the officer's desk. Nothing was signed; find out \
                     who changed the card"
                );
            }
            let key = open(&key, &password_file)?;
            Ok(json!(Vouching { officer: card.id, voucher: card.warrant(&key) }))
        }
    }
}

/// Runs a command of the region's.
pub fn admin(command: WarrantAdmin, region: &Region) -> anyhow::Result<Value> {
    if let WarrantAdmin::Set { public, change, lost } = command {
        let instead = match change {
            // The whole of what was printed, or only the change in it.
            Some(file) => Instead::Change(of_file::<Printed>(&file)?.change),
            None if lost => Instead::Lost,
            None => Instead::Nothing,
        };
        region.set_warrant(&public, instead)?;
    }
    let warrant = region.warrant()?;
    let mark = warrant.as_ref().map(|w| key_mark(&w.key)).transpose()?;
    let officers = region.store().all_officers()?;
    let key = warrant.as_ref().map(|w| key_from_text(&w.key)).transpose()?;
    let warranted =
        officers.iter().filter(|o| key.is_some_and(|key| o.card.is_warranted_by(&key))).count();
    Ok(json!({
        "public": warrant.map(|w| w.key), "mark": mark, "warranted": warranted,
        "vouched": officers.iter().filter(|o| o.card.voucher.is_some()).count(),
        "officers": officers.len(),
    }))
}

/// An officer's card, for a file.
pub fn card(region: &Region, id: &str) -> anyhow::Result<Value> {
    let id = id.parse().context("not an officer's id")?;
    let row = region.store().officers(&[id])?.pop().ok_or(WarrantError::NoOfficer(id))?;
    Ok(json!(OfficerCard { voucher: None, ..row.card }))
}

/// Takes what `warrant sign` printed.
pub fn take(region: &Region, file: &Path) -> anyhow::Result<Value> {
    let signed: Vouching = of_file(file)?;
    region.warrant_officer(&signed)?;
    Ok(json!({ "officer": signed.officer, "warranted": true }))
}

#[derive(serde::Deserialize)]
struct Printed {
    change: WarrantChange,
}

fn open(file: &Path, password_file: &Path) -> anyhow::Result<SigningKey> {
    key_file::read(file, &password(password_file)?).with_context(|| file.display().to_string())
}

fn of_file<T: DeserializeOwned>(file: &Path) -> anyhow::Result<T> {
    let text = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    serde_json::from_slice(&text).map_err(|e| anyhow!("{}: {e}", file.display()))
}
