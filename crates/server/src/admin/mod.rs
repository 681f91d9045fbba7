//! `esik-server admin …`: region and CA, stations, enrolment codes, clerks, officers, devices, restore.

mod clerks;
mod publications;
mod stick;
pub mod warrant;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use esik_domain::catalog::CIRCLES;
use esik_domain::ids::OfficerId;
use esik_server::backup::BackupError;
use esik_server::site::Site;
use esik_server::store::{DeviceRow, OfficerRow, StoreError};
use esik_server::{Env, OpenError, PublishError, Region};
use esik_wire::LocalName;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Minutes an enrolment code is good for.
const CODE_MINUTES: u32 = 10;
/// A week: the longest a code may be good for.
const CODE_MINUTES_MAX: i64 = 7 * 24 * 60;

#[derive(Subcommand)]
pub enum Admin {
    /// The region itself.
    #[command(subcommand)]
    Region(RegionCommand),
    /// Stations of the region.
    #[command(subcommand)]
    Station(StationCommand),
    /// One-time codes by which desks join.
    #[command(subcommand)]
    Code(CodeCommand),
    /// Clerks of agencies.
    #[command(subcommand)]
    Clerk(clerks::ClerkCommand),
    /// Operators of the region: its page of stations and what was set aside.
    #[command(subcommand)]
    Operator(clerks::OperatorCommand),
    /// Officers, as their desks registered them.
    #[command(subcommand)]
    Officer(OfficerCommand),
    /// Says in which restricted circles an officer is: the region's own decision, until a desk brings a later word.
    Circles {
        /// The officer's id.
        id: String,
        /// All his circles from now on: `dv,juvenile`; empty takes all away.
        #[arg(long, required = true, value_delimiter = ',', value_parser = one_circle)]
        set: Vec<String>,
    },
    /// The key by which the first head of a station is vouched for; its private half is never here.
    #[command(subcommand)]
    Warrant(warrant::WarrantAdmin),
    /// Enrolled desks.
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Events set aside: quarantined or rejected.
    #[command(subcommand)]
    Quarantine(QuarantineCommand),
    /// Publishes a file to every desk of the region: a newer version takes the place of the one before.
    Publish(publications::Publish),
    /// What was published, oldest first.
    Published,
    /// Checks a file as `publish` does and publishes nothing; a paper is also set with made-up data.
    Preview(publications::Preview),
    /// Takes what desks without a line gave on a stick, with the attached files that lie beside it; the receipts lie
    /// there afterwards.
    Bundle {
        /// Files with the ending `.esik-bundle`.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Takes a restored database as it is, under a new epoch.
    Restore {
        /// Says that the database was restored on purpose.
        #[arg(long, required = true)]
        accept: bool,
    },
}

#[derive(Subcommand)]
pub enum RegionCommand {
    /// Makes the database, the region's key, its CA and the server's certificate.
    Create {
        #[arg(long)]
        id: String,
        #[arg(long)]
        name_kk: String,
        #[arg(long)]
        name_ru: String,
        /// Another name or address of the server, beside localhost and 127.0.0.1.
        #[arg(long = "host")]
        hosts: Vec<String>,
    },
    Show,
}

#[derive(Subcommand)]
pub enum StationCommand {
    /// Adds a station or changes its names.
    Add {
        #[arg(long)]
        id: String,
        #[arg(long)]
        name_kk: String,
        #[arg(long)]
        name_ru: String,
    },
    List,
}

#[derive(Subcommand)]
pub enum CodeCommand {
    /// Issues a code for one desk of a station.
    Issue {
        #[arg(long)]
        station: String,
        /// Minutes until it expires.
        #[arg(long, default_value_t = CODE_MINUTES,
              value_parser = clap::value_parser!(u32).range(1..=CODE_MINUTES_MAX))]
        minutes: u32,
    },
}

#[derive(Subcommand)]
pub enum OfficerCommand {
    List,
    /// Takes an officer's rights away; what he signs from now on is set aside.
    Revoke {
        id: String,
    },
    /// Prints an officer's card, for `warrant sign`.
    Card {
        id: String,
    },
    /// Takes the warrant key's word on an officer.
    Warrant {
        /// What `warrant sign` printed.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub enum DeviceCommand {
    List,
    /// Takes a desk out of service; what it still delivers is set aside.
    Revoke {
        id: String,
    },
}

#[derive(Subcommand)]
pub enum QuarantineCommand {
    List {
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
}

/// Runs a command and gives the JSON it prints.
pub fn run(command: Admin, site: &Site, env: Env) -> anyhow::Result<Value> {
    if let Admin::Region(RegionCommand::Create { id, name_kk, name_ru, hosts }) = command {
        let id = code(&id, "--id")?;
        let name = LocalName { kk: text(name_kk, "--name-kk")?, ru: text(name_ru, "--name-ru")? };
        let row = site.create(&env, &id, name, &hosts)?;
        return Ok(json!({
            "region": row.id, "device": row.device, "key": row.key, "epoch": row.epoch,
            "ca_fingerprint": site.tls().ca_fingerprint()?,
        }));
    }
    if let Admin::Restore { .. } = command {
        return Ok(json!({ "epoch": site.accept_restore(env)? }));
    }
    if let Admin::Preview(preview) = command {
        return publications::preview(&preview);
    }
    let region = site.open(env)?;
    let store = region.store();
    Ok(match command {
        Admin::Publish(new) => publications::publish(new, &region)?,
        Admin::Bundle { files } => stick::take(&region, &files)?,
        Admin::Published => store.publications()?.into_iter().map(publications::line).collect(),
        Admin::Region(_) | Admin::Restore { .. } | Admin::Preview(_) => {
            let row = region.identity();
            let c = store.counts()?;
            json!({
                "region": row.id, "name": row.name, "device": row.device, "key": row.key,
                "epoch": row.epoch, "pos": c.head_pos, "events": c.events,
                "ca_fingerprint": site.tls().ca_fingerprint()?,
            })
        }
        Admin::Station(StationCommand::Add { id, name_kk, name_ru }) => {
            let id = code(&id, "--id")?;
            anyhow::ensure!(
                id != esik_domain::training::PRACTICE_STATION,
                "{id} is the name of practice desks: no station may have it"
            );
            let name =
                LocalName { kk: text(name_kk, "--name-kk")?, ru: text(name_ru, "--name-ru")? };
            region.add_station(&id, name)?;
            json!({ "station": id })
        }
        Admin::Station(StationCommand::List) => {
            let row =
                |s: esik_server::store::StationRow| json!({ "station": s.id, "name": s.name });
            store.stations()?.into_iter().map(row).collect()
        }
        Admin::Code(CodeCommand::Issue { station, minutes }) => {
            let fingerprint = site.tls().ca_fingerprint()?;
            let issued = region
                .issue_code(&station, minutes, &fingerprint)?
                .with_context(|| format!("there is no station {station}"))?;
            json!({ "code": issued.code, "station": station, "expires_at": issued.expires_at })
        }
        Admin::Clerk(command) => clerks::run(command, &region)?,
        Admin::Operator(command) => clerks::operator(command, &region)?,
        Admin::Officer(OfficerCommand::List) => {
            store.all_officers()?.into_iter().map(|o| officer(o, &region)).collect()
        }
        Admin::Officer(OfficerCommand::Revoke { id }) => {
            let id = id.parse().context("not an officer's id")?;
            if !store.revoke_officer(id)? {
                bail!("there is no officer {id}");
            }
            json!({ "officer": id, "revoked": true })
        }
        Admin::Officer(OfficerCommand::Card { id }) => warrant::card(&region, &id)?,
        Admin::Officer(OfficerCommand::Warrant { file }) => warrant::take(&region, &file)?,
        Admin::Circles { id, set } => {
            let id = id.parse().context("not an officer's id")?;
            let set: Vec<String> = set.into_iter().filter(|c| !c.is_empty()).collect();
            let word = region.set_circles(id, &set)?;
            json!({ "officer": id, "circles": word.circles, "n": word.n })
        }
        Admin::Warrant(command) => warrant::admin(command, &region)?,
        Admin::Device(DeviceCommand::List) => store.devices()?.into_iter().map(device).collect(),
        Admin::Device(DeviceCommand::Revoke { id }) => {
            let id = id.parse().context("not a device's id")?;
            if !store.revoke_device(id)? {
                bail!("there is no device {id}");
            }
            json!({ "device": id, "revoked": true })
        }
        Admin::Quarantine(QuarantineCommand::List { limit }) => store
            .set_aside(limit)?
            .into_iter()
            .map(|a| {
                json!({
                    "device": a.device, "incarnation": a.incarnation, "seq": a.seq, "event": a.id,
                    "rejected": a.rejected, "code": a.code, "recorded_at": a.recorded_at,
                })
            })
            .collect(),
    })
}

fn officer(o: OfficerRow, region: &Region) -> Value {
    let by = |by: Option<OfficerId>| by.map_or("warrant".to_owned(), |by| by.to_string());
    let own = |by: &Option<OfficerId>| by.is_some_and(|by| by.0 == region.identity().device.0);
    let said = o.card.circles_word.as_ref().map(|w| w.by);
    json!({
        "officer": o.card.id, "name": o.card.name, "post": o.card.post, "role": o.card.role,
        "station": o.card.station, "circles": o.card.circles, "revoked": o.card.revoked,
        "device": o.device, "registered_at": o.registered_at, "mark": o.card.mark(),
        "vouched_by": o.card.voucher.as_ref().map(|v| by(v.by)),
        "circles_by": said.map(|s| if own(&s) { "region".to_owned() } else { by(s) }),
    })
}

/// One of the circles there are, or nothing: who writes another name would shut out whom he means to let in.
fn one_circle(typed: &str) -> Result<String, String> {
    let typed = typed.trim();
    if typed.is_empty() || CIRCLES.contains(&typed) {
        Ok(typed.to_owned())
    } else {
        Err(format!("one of {}", CIRCLES.join(", ")))
    }
}

fn device(d: DeviceRow) -> Value {
    let seen = d.seen.as_ref();
    json!({
        "device": d.id, "station": d.station, "incarnation": d.incarnation,
        "revoked": d.revoked, "frozen": d.frozen, "enrolled_at": d.enrolled_at,
        "last_seen": seen.map(|s| s.at), "clock_offset_ms": seen.map(|s| s.clock_offset_ms),
        "unsent": seen.map(|s| s.unsent), "version": seen.map(|s| s.version.clone()),
    })
}

/// An id that also stands in scopes and numbers: letters, digits, dash; at most 32.
fn code(typed: &str, option: &str) -> anyhow::Result<String> {
    let good = (1..=32).contains(&typed.len())
        && typed.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if good {
        Ok(typed.to_owned())
    } else {
        bail!("{option}: letters, digits and dashes, at most 32")
    }
}

fn text(typed: String, option: &str) -> anyhow::Result<String> {
    let good =
        !typed.trim().is_empty() && typed.len() <= 400 && !typed.chars().any(char::is_control);
    if good { Ok(typed.trim().to_owned()) } else { bail!("{option}: one line, at most 400 bytes") }
}

/// A failure as it stands on stdout.
pub fn failure(e: &anyhow::Error) -> Value {
    if let Some(refused) = e.downcast_ref::<PublishError>() {
        let code = match refused {
            PublishError::TooLarge(_) => "publication_too_large",
            PublishError::Broken(_) => "publication_broken",
            PublishError::NotNewer { .. } => "publication_not_newer",
            PublishError::Past(_) => "publication_past",
            PublishError::Nobody => "publication_nobody",
            PublishError::Store(_) => "store",
        };
        return json!({ "error": { "code": code, "params": { "detail": format!("{e:#}") } } });
    }
    let open = match e.downcast_ref::<BackupError>() {
        Some(BackupError::Open(e)) => Some(e),
        Some(other) => {
            let code = match other {
                BackupError::Occupied(_) | BackupError::NotEmpty | BackupError::OtherFile(_) => {
                    "not_empty"
                }
                BackupError::NoBackup(_) => "no_backup",
                BackupError::Format(_) => "backup_format",
                BackupError::Changed(_) | BackupError::Store(StoreError::Corrupt(_)) => {
                    "backup_broken"
                }
                BackupError::Store(StoreError::Unfit(_)) => "unfit_database",
                BackupError::Store(_) => "store",
                BackupError::File { .. } | BackupError::Tls(_) | BackupError::Open(_) => "file",
            };
            return json!({ "error": { "code": code, "params": { "detail": format!("{e:#}") } } });
        }
        None => e.downcast_ref::<OpenError>(),
    };
    let code = match open {
        Some(OpenError::NotFounded) => "not_founded",
        Some(OpenError::FoundedBefore) => "founded_before",
        Some(OpenError::OtherKey) => "other_key",
        Some(OpenError::OtherEpoch { .. } | OpenError::Older { .. }) => "restored",
        Some(OpenError::InUse) => "in_use",
        Some(OpenError::Moved(_)) => "moved",
        Some(OpenError::NoStandby) => "no_standby",
        Some(OpenError::File { .. } | OpenError::Blobs(_) | OpenError::Tls(_)) => "file",
        Some(OpenError::Store(StoreError::Unfit(_))) => "unfit_database",
        Some(OpenError::Store(_)) => "store",
        None => "failed",
    };
    json!({ "error": { "code": code, "params": { "detail": format!("{e:#}") } } })
}
