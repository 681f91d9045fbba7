//! What is really there: sync and its outcome, hashes, proof, dump and the engine's own word.

mod sight;

use super::{signed_in, store_trouble};
use crate::args::Cli;
use esik_app::api::Refusal;
use esik_app::{Desk, proof, refusal};
use esik_domain::policy::Permission;
use esik_store::{officers, register};
use esik_wire::voucher::key_mark;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Map, Value, json};
use sight::Sight;
use std::io::Write as _;
use std::process::ExitCode;

/// Pragmas of the writing connection that decide about durability and safety.
const PRAGMAS: [&str; 17] = [
    "journal_mode",
    "synchronous",
    "wal_autocheckpoint",
    "foreign_keys",
    "secure_delete",
    "temp_store",
    "mmap_size",
    "cache_size",
    "page_size",
    "page_count",
    "freelist_count",
    "trusted_schema",
    "cell_size_check",
    "cipher_page_size",
    "cipher_memory_security",
    "cipher_hmac_algorithm",
    "cipher_kdf_algorithm",
];

/// One full sync; the summary of what it did, or why it did not finish.
pub fn sync(desk: &Desk, cli: &Cli, once: bool) -> Result<ExitCode, Refusal> {
    if !once {
        // Keeping in sync is the work of the window and of `serve`.
        return Err(refusal("bad_request"));
    }
    signed_in(desk, cli, Permission::Desk)?;
    let s = esik_app::sync::now::run(desk).map_err(Refusal::from)?;
    crate::print(&json!({
        "pushed": s.pushed, "accepted": s.accepted, "duplicates": s.duplicates,
        "rejected": s.rejected, "quarantined": s.quarantined, "pulled": s.pulled,
        "set_aside": s.set_aside, "rounds": s.rounds, "region_pos": s.region_pos.0,
        "acknowledged_seq": s.acked.seq, "acknowledged_hash": s.acked.hash.hex(),
    }));
    Ok(ExitCode::SUCCESS)
}

pub fn state_hash(desk: &Desk, cli: &Cli, all: bool) -> Result<ExitCode, Refusal> {
    let open = signed_in(desk, cli, Permission::Desk)?;
    let (hash, streams) = open
        .store
        .read(|conn| {
            let streams = esik_store::looks::other_streams(conn)?;
            Ok((esik_store::verify::state_hash(conn, !all)?, streams))
        })
        .map_err(store_trouble)?;
    crate::print(&json!({
        "state_hash": hash, "scope": if all { "all" } else { "open" }, "streams": streams,
    }));
    Ok(ExitCode::SUCCESS)
}

pub fn verify(desk: &Desk, cli: &Cli, region: bool) -> Result<ExitCode, Refusal> {
    let open = signed_in(desk, cli, Permission::Desk)?;
    let report = if region { proof::with_region(desk) } else { proof::of_desk(&open) }
        .map_err(Refusal::from)?;
    let sound = report.is_sound();
    let mut told = serde_json::to_value(&report).map_err(|_| esik_app::internal())?;
    if let Value::Object(fields) = &mut told {
        fields.insert("sound".to_owned(), sound.into());
    }
    crate::print(&told);
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Every event and every projected row in a stable order, without what the officer may not know of.
pub fn dump(desk: &Desk, cli: &Cli, canonical: bool) -> Result<ExitCode, Refusal> {
    if !canonical {
        // There is one form only; a script says that it means it.
        return Err(refusal("bad_request"));
    }
    let open = signed_in(desk, cli, Permission::Desk)?;
    let (at, officer) = (desk.env().now(), open.actor.id);
    open.store
        .write(move |tx| esik_store::journal::note(tx, at, officer, "dump", "stdout"))
        .map_err(store_trouble)?;
    esik_app::look::exported(desk, &open).map_err(Refusal::from)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut broken = false;
    open.store
        .read(|conn| {
            let sight = Sight::of(conn, &open.actor)?;
            esik_store::verify::dump(conn, &mut |line| {
                if !broken && sight.shows(line) {
                    broken = writeln!(out, "{line}").is_err();
                }
            })
        })
        .map_err(store_trouble)?;
    let whole = !broken && out.flush().is_ok();
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The engine as it runs, not as it was asked for.
pub fn diag(desk: &Desk, cli: &Cli) -> Result<ExitCode, Refusal> {
    let open = signed_in(desk, cli, Permission::Desk)?;
    let me = open.actor.id;
    let mark = |told: Option<register::Told>| told.and_then(|t| key_mark(&t.key).ok());
    let read = move |conn: &Connection| {
        let mut pragmas = Map::new();
        for name in PRAGMAS {
            pragmas.insert(name.to_owned(), pragma(conn, name)?);
        }
        let count = |table: &str| {
            conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get::<_, i64>(0))
        };
        Ok(json!({
            "sqlite_version": conn.query_row("SELECT sqlite_version()", [], |r| r.get::<_, String>(0))?,
            "cipher_version": pragma(conn, "cipher_version")?,
            "cipher_provider": pragma(conn, "cipher_provider")?,
            "cipher_provider_version": pragma(conn, "cipher_provider_version")?,
            "pragmas": pragmas,
            "schema_version": conn.query_row(
                "SELECT max(version) FROM refinery_schema_history", [], |r| r.get::<_, i64>(0))?,
            "events": count("event")?, "streams": count("doc")?, "drafts": count("draft")?,
            "unsent": esik_store::log::unsent_count(conn)?,
            "warrant": mark(register::pinned(conn)?), "warrant_refused": mark(register::refused(conn)?),
            "mark": officers::get(conn, me)?.map(|o| o.card.mark()),
            "vouched": officers::get(conn, me)?.is_some_and(|o| o.card.voucher.is_some()),
            "unvouched": register::unvouched(conn)?.len(),
        }))
    };
    // On the writing connection: it is the one that saves.
    let mut told = open.store.write(move |tx| read(tx)).map_err(store_trouble)?;
    if let Value::Object(fields) = &mut told {
        let enrolled = esik_app::sync::region(&open).map_err(Refusal::from)?.is_some();
        for (name, value) in [
            ("program", json!(env!("CARGO_PKG_VERSION"))),
            ("build", json!(if cfg!(debug_assertions) { "debug" } else { "release" })),
            ("device", json!(open.device_id)),
            ("incarnation", json!(open.incarnation)),
            ("station", json!(open.station)),
            ("enrolled", json!(enrolled)),
            ("folder_version", json!(esik_domain::case::FOLDER_VERSION)),
        ] {
            fields.insert(name.to_owned(), value);
        }
    }
    crate::print(&told);
    Ok(ExitCode::SUCCESS)
}

/// The value in force; null when this engine does not know the pragma.
fn pragma(conn: &Connection, name: &str) -> rusqlite::Result<Value> {
    let value = conn
        .query_row(&format!("PRAGMA {name}"), [], |r| {
            Ok(match r.get_ref(0)? {
                ValueRef::Integer(n) => json!(n),
                ValueRef::Real(x) => json!(x),
                ValueRef::Text(t) => json!(String::from_utf8_lossy(t)),
                ValueRef::Null | ValueRef::Blob(_) => Value::Null,
            })
        })
        .optional()?;
    Ok(match (name, value.unwrap_or(Value::Null)) {
        ("synchronous", Value::Number(n)) => {
            let names = ["OFF", "NORMAL", "FULL", "EXTRA"];
            let at = n.as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
            json!(names.get(at).copied().unwrap_or("unknown"))
        }
        (_, value) => value,
    })
}
