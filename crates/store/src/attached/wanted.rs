//! Which files the log and the drafts still name.

use crate::error::Result;
use crate::sql;
use esik_domain::event::{Body, Envelope};
use esik_domain::ids::{AttachmentId, CaseId, Circle};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// A file an event of some device put to a case and nobody took back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Own {
    pub id: AttachmentId,
    /// A small picture of that one.
    pub preview_of: Option<AttachmentId>,
    /// Id of the event.
    pub event: String,
    /// The case, or the address of a beat.
    pub case: CaseId,
    pub circle: Circle,
    pub address: String,
    /// Plain bytes.
    pub bytes: u64,
    /// The region took the event: the file may travel.
    pub accepted: bool,
    /// The region refused the event, or set it aside.
    pub refused: bool,
    /// Device that took it in: elsewhere it may be missing until files travel.
    pub device: [u8; 16],
    /// It was taken back here, so its bytes are gone, and the region refused that: it is a file of the
    /// case still, and nothing is wrong with the disk.
    pub let_go: bool,
    /// No officer of this desk may know of it any more (docs/adr/0046).
    pub gone: bool,
}

/// Every file a case has, whatever the region said of its event: what was refused is still work.
///
/// # Errors
/// When the log, or one event about a file, cannot be read.
pub fn own(conn: &Connection) -> Result<Vec<Own>> {
    let mut statement = conn.prepare_cached(
        "SELECT bytes, device_id, verdict, gone FROM event
         WHERE kind IN ('attachment_linked', 'attachment_withdrawn') AND bytes <> ''",
    )?;
    let mut rows = statement.query([])?;
    let (mut linked, mut withdrawn) = (BTreeMap::new(), BTreeSet::new());
    let mut let_go = BTreeSet::new();
    while let Some(row) = rows.next()? {
        // What cannot be read may name a file: then nothing is swept. `verify` tells of the event.
        let text = row.get_ref(0)?.as_str().map_err(|_| sql::bad("event"))?;
        let event: Envelope = serde_json::from_str(text)?;
        let verdict = row.get::<_, Option<String>>(2)?;
        let accepted = verdict.as_deref() == Some("accepted");
        let refused = verdict.is_some() && !accepted;
        match event.read_body() {
            Body::AttachmentLinked(b) => {
                let one = Own {
                    id: b.attachment_id,
                    preview_of: b.preview_of,
                    event: event.id.to_string(),
                    case: event.case_id,
                    circle: event.circle.clone(),
                    bytes: b.file.bytes,
                    accepted,
                    refused,
                    address: b.file.hash,
                    device: sql::uuid(row, 1)?.into_bytes(),
                    let_go: false,
                    gone: row.get(3)?,
                };
                linked.entry((event.case_id, b.attachment_id)).or_insert(one);
            }
            Body::AttachmentWithdrawn(b) if !refused => {
                withdrawn.insert((event.case_id, b.attachment_id));
            }
            Body::AttachmentWithdrawn(b) => {
                let_go.insert((event.case_id, b.attachment_id));
            }
            _ => return Err(sql::bad("attachment")),
        }
    }
    let among = |of: &BTreeSet<_>, one: &Own| {
        let whole = one.preview_of.unwrap_or(one.id);
        of.contains(&(one.case, one.id)) || of.contains(&(one.case, whole))
    };
    linked.retain(|_, one| !among(&withdrawn, one));
    for one in linked.values_mut() {
        one.let_go = among(&let_go, one);
    }
    Ok(linked.into_values().collect())
}

/// Addresses of every file that has to stay.
///
/// # Errors
/// When they cannot be read.
pub fn wanted(conn: &Connection) -> Result<BTreeSet<String>> {
    let mut out: BTreeSet<String> = own(conn)?.into_iter().map(|f| f.address).collect();
    out.extend(super::drafts::addresses(conn)?.into_iter().map(|(address, _)| address));
    Ok(out)
}
