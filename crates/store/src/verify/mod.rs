//! Proof that the database is what its events say: chains, hashes, signatures, projections; and a
//! hash of the folded state by which two desks are compared.

mod order;

pub use order::Order;

use crate::attached::{self, Broken, Files};
use crate::db::{Tx, memory, seals};
use crate::error::Result;
use crate::log;
use crate::looks;
use crate::project;
use crate::sql;
use ed25519_dalek::VerifyingKey;
use esik_domain::case::CaseState;
use esik_domain::event::Envelope;
use esik_domain::fold::{Entry, Standing, fold};
use esik_domain::ids::{CaseId, DeviceId};
use esik_wire::signed::{hash_bytes, verify_batch};
use esik_wire::{SignedEvent, ZERO_HASH};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// What does not fit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The bytes are not those of their hash.
    Hash,
    /// The bytes are not an event, or the columns beside them tell another story.
    Columns,
    /// An event does not name its predecessor, or one of our own is missing.
    Chain,
    /// The recorded head is not the last own event.
    Head,
    /// The signature does not fit.
    Signature,
    /// Rows of lists and search are not what the events fold to.
    Projection,
    /// An attached file this device took in does not lie on the disk.
    FileMissing,
    /// An attached file is not what it was: altered, or cut.
    FileAltered,
    /// Pages of the database's file are not what their seals say, or do not fit each other.
    Pages,
    /// The region has it otherwise: an event that was not here, or stood in another place.
    Region,
}

/// One difference.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Fault {
    pub kind: FaultKind,
    /// Id of the event or case, or the device.
    pub subject: String,
}

/// Outcome of [`verify`].
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct VerifyReport {
    pub events: u64,
    pub cases: u64,
    pub devices: u64,
    /// Events whose author's key is not known here.
    pub unchecked: u64,
    /// Entries of feeds that were set aside.
    pub poisoned: u64,
    /// Attached files that were read through.
    pub files: u64,
    pub faults: Vec<Fault>,
}

impl VerifyReport {
    /// True when nothing differs.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    fn fault(&mut self, kind: FaultKind, subject: impl ToString) {
        self.faults.push(Fault { kind, subject: subject.to_string() });
    }
}

/// Events whose signatures are checked together.
const BATCH: usize = 256;

/// Looks through everything: pages, events, rows and files.
///
/// # Errors
/// As [`verify`], [`verify_pages`] and [`verify_files`].
pub fn verify_all(
    conn: &Connection,
    keys: &dyn Fn(&Envelope) -> Option<VerifyingKey>,
    files: &Files,
    device: DeviceId,
) -> Result<VerifyReport> {
    let mut pages = VerifyReport::default();
    verify_pages(conn, &mut pages)?;
    let mut report = verify(conn, keys)?;
    report.faults.append(&mut pages.faults);
    verify_files(conn, files, device, &mut report)?;
    Ok(report)
}

/// Reads every event and every row. `keys` finds the key an event has to be signed with.
///
/// # Errors
/// When the database cannot be read at all; whatever else is wrong is in the report.
pub fn verify(
    conn: &Connection,
    keys: &dyn Fn(&Envelope) -> Option<VerifyingKey>,
) -> Result<VerifyReport> {
    let mut report = VerifyReport::default();
    verify_events(conn, keys, &mut report)?;
    verify_projections(conn, &mut report)?;
    report.poisoned = log::poisoned(conn)?.len() as u64;
    report.faults.sort();
    report.faults.dedup();
    Ok(report)
}

/// Reads every attached file through and compares it with its name. A file that another device took in
/// may be missing here; what is here has to be whole.
///
/// # Errors
/// When the log or the disk cannot be read at all.
pub fn verify_files(
    conn: &Connection,
    files: &Files,
    device: DeviceId,
    report: &mut VerifyReport,
) -> Result<()> {
    let mut asked: Vec<(String, String, bool)> = attached::own(conn)?
        .into_iter()
        .map(|f| (f.address, f.event, f.device == *device.0.as_bytes() && !f.let_go))
        .collect();
    let drafts = attached::drafts::addresses(conn)?;
    asked.extend(drafts.into_iter().map(|(address, id)| (address, id.to_string(), true)));
    for (address, subject, ours) in asked {
        match files.check(&address)? {
            Some(Broken::Missing) if !ours => continue,
            Some(Broken::Missing) => report.fault(FaultKind::FileMissing, subject),
            Some(Broken::Altered) => report.fault(FaultKind::FileAltered, subject),
            None => {}
        }
        report.files += 1;
    }
    report.faults.sort();
    report.faults.dedup();
    Ok(())
}

/// Reads every page of the file, also those that no question reads, and looks whether tables and indexes fit each other.
/// To be asked before anything else of a snapshot: after a power cut a page may be torn that stands whole in the log, and
/// the engine does not tell how far the log is written back once it was read from.
///
/// # Errors
/// When the file cannot be read at all; `Locked` for such a page when something was read in this snapshot before.
pub fn verify_pages(conn: &Connection, report: &mut VerifyReport) -> Result<()> {
    // What has a wrong seal cannot be compared.
    let sound = seals::broken(conn)? == 0
        && conn.query_row("PRAGMA integrity_check(1)", [], |r| r.get::<_, String>(0))? == "ok";
    if !sound {
        report.fault(FaultKind::Pages, "database");
    }
    report.faults.sort();
    report.faults.dedup();
    Ok(())
}

struct Link {
    device: (Vec<u8>, i64),
    seq: i64,
    hash: Vec<u8>,
}

fn verify_events(
    conn: &Connection,
    keys: &dyn Fn(&Envelope) -> Option<VerifyingKey>,
    report: &mut VerifyReport,
) -> Result<()> {
    let heads = own_heads(conn)?;
    let newest = heads.keys().map(|(_, life)| *life).max();
    let mut statement = conn.prepare(
        "SELECT device_id, incarnation, device_seq, hash, bytes, sig, id, case_id, kind, actor_id,
           circle, occurred_at, gone
         FROM event ORDER BY device_id, incarnation, device_seq",
    )?;
    let mut rows = statement.query([])?;
    let mut before: Option<Link> = None;
    let mut batch: Vec<(SignedEvent, VerifyingKey, String)> = Vec::new();
    let mut last_own: HashMap<(Vec<u8>, i64), (i64, Vec<u8>)> = HashMap::new();
    while let Some(row) = rows.next()? {
        report.events += 1;
        let link = Link { device: (row.get(0)?, row.get(1)?), seq: row.get(2)?, hash: row.get(3)? };
        let subject = sql::uuid(row, 6).map(|id| id.to_string()).unwrap_or_default();
        let bytes: String = row.get(4)?;
        // Of what was erased on purpose the place in the chain is left; only a hidden event of another device may be.
        let own = heads.keys().any(|(device, _)| *device == link.device.0);
        let erased = bytes.is_empty() && row.get::<_, bool>(12)? && !own;
        if !erased && hash_bytes(bytes.as_bytes()).0.as_slice() != link.hash {
            report.fault(FaultKind::Hash, &subject);
        }
        let sig = row.get_ref(5)?.as_blob().map_err(|_| sql::bad("signature"))?;
        let signed = log::signed(bytes, sig);
        let first = before.as_ref().is_none_or(|b| b.device != link.device);
        if first {
            report.devices += 1;
        }
        let expected = match &before {
            Some(b) if !first && b.seq + 1 == link.seq => Some(hex::encode(&b.hash)),
            _ if link.seq == 1 => Some(ZERO_HASH.hex()),
            _ => None,
        };
        // Of foreign devices a desk holds only what its scopes show; of our own life, everything.
        let ours = heads.contains_key(&link.device) && Some(link.device.1) == newest;
        let branch = heads.contains_key(&link.device).then_some(link.device.1);
        match signed.envelope() {
            _ if erased => {}
            Ok(e) if columns_fit(row, &e, branch)? => {
                // A branch of another copy, or our own one, begins in the middle of the life its events name.
                let whole = ours && link.device.1 == i64::from(e.incarnation);
                if expected.as_ref().is_some_and(|x| *x != e.prev) || (whole && expected.is_none())
                {
                    report.fault(FaultKind::Chain, &subject);
                }
                match keys(&e) {
                    Some(key) => batch.push((signed, key, subject)),
                    None => report.unchecked += 1,
                }
            }
            _ => report.fault(FaultKind::Columns, &subject),
        }
        if batch.len() >= BATCH {
            check_batch(&mut batch, report);
        }
        last_own.insert(link.device.clone(), (link.seq, link.hash.clone()));
        before = Some(link);
    }
    check_batch(&mut batch, report);
    if log::unsent_count(conn)? != sql::nat(log::counted_unsent(conn)?)? {
        report.fault(FaultKind::Head, "unsent");
    }
    for (device, head) in heads {
        // A life that has begun and in which nothing was written yet has no last event.
        let none_yet = head.0 == 0 && !last_own.contains_key(&device);
        if !none_yet && last_own.get(&device) != Some(&head) {
            report.fault(FaultKind::Head, hex::encode(device.0));
        }
    }
    Ok(())
}

type Heads = HashMap<(Vec<u8>, i64), (i64, Vec<u8>)>;

fn own_heads(conn: &Connection) -> Result<Heads> {
    let mut statement = conn.prepare("SELECT device_id, incarnation, seq, hash FROM own_head")?;
    let mut rows = statement.query([])?;
    let mut out = HashMap::new();
    while let Some(row) = rows.next()? {
        out.insert((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?));
    }
    Ok(out)
}

/// `own` is the life's column when the desk keeps a head of it: there a branch of its own may lie.
fn columns_fit(row: &Row<'_>, e: &Envelope, own: Option<i64>) -> Result<bool> {
    Ok(sql::uuid(row, 0)? == e.device_id.0
        && (log::is_place_of(row.get(1)?, e.incarnation)
            || own.is_some_and(|life| life > i64::from(e.incarnation)))
        && row.get::<_, i64>(2)? == sql::int(e.device_seq.0)?
        && sql::uuid(row, 6)? == e.id.0
        && sql::uuid(row, 7)? == e.case_id.0
        && row.get::<_, String>(8)? == e.kind
        && sql::uuid(row, 9)? == e.actor_id.0
        && row.get::<_, String>(10)? == e.circle.0
        && row.get::<_, i64>(11)? == e.occurred_at.timestamp_millis())
}

fn check_batch(batch: &mut Vec<(SignedEvent, VerifyingKey, String)>, report: &mut VerifyReport) {
    let items: Vec<_> = batch.iter().map(|(e, k, _)| (e, *k)).collect();
    if !verify_batch(&items) {
        for (event, key, subject) in batch.iter() {
            if event.verify(key).is_err() {
                report.fault(FaultKind::Signature, subject);
            }
        }
    }
    batch.clear();
}

fn verify_projections(conn: &Connection, report: &mut VerifyReport) -> Result<()> {
    let mut scratch = memory()?;
    let scratch = Tx::begin(&mut scratch)?;
    crate::publications::copy(conn, &scratch)?;
    for case_id in project::all_cases(conn)? {
        let Ok(stored) = log::case_entries(conn, case_id) else {
            report.cases += 1;
            report.fault(FaultKind::Columns, case_id);
            continue;
        };
        let entries: Vec<Entry> = stored.into_iter().map(|e| e.entry).collect();
        // Who looked is kept beside the cases and is none of them.
        report.cases += u64::from(!looks::is_record(&entries));
        project::replace(&scratch, case_id, &entries)?;
        if rows_of(conn, case_id)? != rows_of(&scratch, case_id)? {
            report.fault(FaultKind::Projection, case_id);
        }
        project::clear(&scratch, case_id)?;
    }
    let mut statement = conn.prepare(
        "SELECT case_id FROM (SELECT case_id FROM case_row UNION SELECT case_id FROM queue_row
           UNION SELECT case_id FROM aside_row)
         WHERE case_id NOT IN (SELECT case_id FROM event)",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        report.fault(FaultKind::Projection, CaseId(sql::uuid(row, 0)?));
    }
    Ok(())
}

/// The projected rows of one case, as JSON lines in a stable order.
fn rows_of(conn: &Connection, case_id: CaseId) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for table in [
        "case_row WHERE case_id = ?1 ORDER BY layer",
        "queue_row WHERE case_id = ?1 ORDER BY layer",
        "aside_row WHERE case_id = ?1",
        "case_secret WHERE case_id = ?1 ORDER BY circle, author",
        "waits WHERE case_id = ?1",
        "obligation WHERE case_id = ?1 ORDER BY n",
        "find_key WHERE case_id = ?1 ORDER BY kind, key, layer",
    ] {
        let mut statement = conn.prepare_cached(&format!("SELECT * FROM {table}"))?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([sql::id(&case_id.0)])?;
        while let Some(row) = rows.next()? {
            out.push(line(table.split(' ').next().unwrap_or_default(), &names, row)?);
        }
    }
    Ok(out)
}

fn line(table: &str, names: &[String], row: &Row<'_>) -> Result<String> {
    let mut out = Map::new();
    out.insert("table".to_owned(), table.into());
    for (i, name) in names.iter().enumerate() {
        let value = match row.get_ref(i)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(n) => n.into(),
            ValueRef::Real(x) => x.into(),
            ValueRef::Text(t) => String::from_utf8_lossy(t).into_owned().into(),
            ValueRef::Blob(b) => hex::encode(b).into(),
        };
        out.insert(name.clone(), value);
    }
    let mut text = String::new();
    canonical(&Value::Object(out), &mut text);
    Ok(text)
}

/// Every event (by device and sequence) and every projected row, a JSON line each, in a stable order;
/// two databases with the same events and standings give the same lines.
///
/// # Errors
/// When the database cannot be read.
pub fn dump(conn: &Connection, out: &mut dyn FnMut(&str)) -> Result<()> {
    let mut statement = conn.prepare(
        "SELECT id, case_id, device_id, incarnation, device_seq, kind, actor_id, circle,
           occurred_at, bytes, sig, hash, pos, recorded_at, verdict, verdict_code
         FROM event ORDER BY device_id, incarnation, device_seq",
    )?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        out(&line("event", &names, row)?);
    }
    for case_id in project::all_cases(conn)? {
        for text in rows_of(conn, case_id)? {
            out(&text);
        }
    }
    Ok(())
}

/// SHA-256, hex, of every folded case in the order of ids. Who looked is left out: reading changes nothing.
///
/// With `open_only`, cases are folded from their open events alone and what the region refused is left
/// out: two desks of a station whose officers are in different circles then agree once both are synced.
///
/// # Errors
/// When the database cannot be read.
pub fn state_hash(conn: &Connection, open_only: bool) -> Result<String> {
    state_hash_of(conn, |case, e| {
        let open = case.circle.is_open() && e.event.circle.is_open();
        !open_only || (open && !matches!(e.standing, Standing::Refused(_)))
    })
}

/// The same, folded from those entries that are chosen of each case.
///
/// # Errors
/// When the database cannot be read.
pub fn state_hash_of(
    conn: &Connection,
    chosen: impl Fn(&CaseState, &Entry) -> bool,
) -> Result<String> {
    let mut hasher = Sha256::new();
    let mut text = String::new();
    for case_id in project::all_cases(conn)? {
        let mut entries: Vec<Entry> =
            log::case_entries(conn, case_id)?.into_iter().map(|e| e.entry).collect();
        let Some(case) = fold(&entries).filter(|_| !looks::is_record(&entries)) else { continue };
        entries.retain(|e| chosen(&case, e));
        if let Some(state) = fold(&entries) {
            text.clear();
            canonical(&serde_json::to_value(&state)?, &mut text);
            hasher.update(text.as_bytes());
            hasher.update(b"\n");
        }
    }
    Ok(hex::encode(hasher.finalize()))
}

/// JSON with keys in the order of their bytes and nothing between the tokens, whatever the features
/// `serde_json` was built with.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            out.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                canonical(&map[key], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                canonical(item, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}
