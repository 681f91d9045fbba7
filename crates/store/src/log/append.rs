//! Own events: numbered, chained, signed and appended; the cases they touch are folded again.

use crate::db::Tx;
use crate::error::{Result, StoreError};
use crate::project;
use crate::sql;
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use esik_domain::event::{Body, ClockReading, ENVELOPE_VERSION, Envelope, Role};
use esik_domain::ids::{CaseId, Circle, DeviceId, DeviceSeq, EventId, OfficerId, StationId};
use esik_domain::text::compose;
use esik_wire::{EventHash, Head, SignedEvent, planted};
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who writes, on which device, with which key.
#[derive(Clone)]
pub struct Author {
    pub device_id: DeviceId,
    /// Which life of the device (`Keyring::incarnation`).
    pub incarnation: u32,
    pub station: StationId,
    pub actor: OfficerId,
    pub role: Role,
    /// The officer's own key; open only while he is signed in.
    pub signing: Arc<SigningKey>,
    /// What is known of the device's clock.
    pub clock: Option<ClockReading>,
}

impl std::fmt::Debug for Author {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Author({} on {})", self.actor, self.device_id)
    }
}

/// An event before it has its place in the chain.
#[derive(Clone, Debug)]
pub struct NewEvent {
    pub id: EventId,
    pub body: Body,
    /// Device time, offset-corrected.
    pub occurred_at: DateTime<Utc>,
    /// The event this one amends or decides upon.
    pub base: Option<EventId>,
    pub circle: Circle,
}

impl NewEvent {
    /// An open event that amends nothing.
    #[must_use]
    pub fn new(id: EventId, body: Body, occurred_at: DateTime<Utc>) -> Self {
        Self { id, body, occurred_at, base: None, circle: Circle::open() }
    }
    /// The same in a circle.
    #[must_use]
    pub fn within(self, circle: Circle) -> Self {
        Self { circle, ..self }
    }
    /// The same upon an earlier event.
    #[must_use]
    pub fn upon(self, base: EventId) -> Self {
        Self { base: Some(base), ..self }
    }
}

impl Tx<'_> {
    /// Numbers, signs and appends events of one case; all or none.
    ///
    /// # Errors
    /// As [`author`] and [`append`].
    pub fn append(
        &mut self,
        by: &Author,
        case_id: CaseId,
        events: &[NewEvent],
    ) -> Result<Vec<Envelope>> {
        append_read(self, numbered(self, by, case_id, events)?)
    }
}

/// Gives events the next places in the device's chain and signs them. Writes nothing.
///
/// # Errors
/// `Event` when one is larger than 64 KiB; `Chain` when a later life of the device already wrote.
pub fn author(
    tx: &Tx<'_>,
    by: &Author,
    case_id: CaseId,
    events: &[NewEvent],
) -> Result<Vec<SignedEvent>> {
    Ok(numbered(tx, by, case_id, events)?.into_iter().map(|numbered| numbered.signed).collect())
}

/// An event in its place.
struct Numbered {
    signed: SignedEvent,
    hash: EventHash,
    envelope: Envelope,
}

fn numbered(
    tx: &Tx<'_>,
    by: &Author,
    case_id: CaseId,
    events: &[NewEvent],
) -> Result<Vec<Numbered>> {
    let mut head = head_of(tx, by.device_id, by.incarnation)?;
    let mut out = Vec::with_capacity(events.len());
    for event in events {
        let mut body = event.body.to_value()?;
        compose(&mut body);
        let envelope = Envelope {
            v: ENVELOPE_VERSION,
            id: event.id,
            case_id,
            device_id: by.device_id,
            incarnation: by.incarnation,
            device_seq: DeviceSeq(head.seq + 1),
            prev: head.hash.hex(),
            actor_id: by.actor,
            role: by.role,
            station_id: by.station.clone(),
            kind: event.body.kind().to_owned(),
            version: 1,
            critical: event.body.critical(),
            occurred_at: event.occurred_at,
            clock: by.clock,
            base: event.base,
            circle: event.circle.clone(),
            on_behalf: None,
            body,
        };
        let signed = SignedEvent::sign(&envelope, &by.signing)?;
        let hash = signed.hash();
        head = Head { seq: head.seq + 1, hash };
        out.push(Numbered { signed, hash, envelope });
    }
    Ok(out)
}

/// Appends own, signed events and folds every case they touch, in this transaction.
///
/// # Errors
/// `Chain` when an event does not follow the device's head; `Event` when it cannot be read.
pub fn append(tx: &mut Tx<'_>, events: &[SignedEvent]) -> Result<Vec<Envelope>> {
    let read = events
        .iter()
        .map(|s| Ok(Numbered { signed: s.clone(), hash: s.hash(), envelope: s.envelope()? }));
    append_read(tx, read.collect::<Result<Vec<_>, StoreError>>()?)
}

/// The same for events that were read already.
fn append_read(tx: &Tx<'_>, events: Vec<Numbered>) -> Result<Vec<Envelope>> {
    let mut touched: BTreeMap<CaseId, Vec<Envelope>> = BTreeMap::new();
    let mut out = Vec::new();
    let mut known: Option<(DeviceId, u32, Head)> = None;
    let added = i64::try_from(events.len()).unwrap_or(i64::MAX);
    for Numbered { signed, hash, envelope: e } in events {
        let head = match known {
            Some((device, incarnation, head))
                if device == e.device_id && incarnation == e.incarnation =>
            {
                head
            }
            _ => head_of(tx, e.device_id, e.incarnation)?,
        };
        if e.device_seq.0 != head.seq + 1 || e.prev != head.hash.hex() {
            return Err(StoreError::Chain);
        }
        insert(tx, &signed, hash, &e, None)?;
        known = Some((e.device_id, e.incarnation, Head { seq: e.device_seq.0, hash }));
        touched.entry(e.case_id).or_default().push(e.clone());
        out.push(e);
    }
    if let Some((device, incarnation, head)) = known {
        set_head(tx, device, incarnation, head, added)?;
    }
    for (case_id, new) in touched {
        project::refold_after(tx, case_id, new)?;
    }
    Ok(out)
}

/// The device's own head in its newest life; the zero head when it never wrote.
///
/// # Errors
/// When it cannot be read.
pub fn head(conn: &Connection) -> Result<Head> {
    Ok(newest(conn)?.map_or_else(Head::default, |(_, _, head)| head))
}

/// The device's head in one life; the zero head when nothing of that life is here. A life that wrote on another
/// machine may have come with the feed: its numbers are taken all the same.
///
/// # Errors
/// When it cannot be read.
pub fn head_of_life(conn: &Connection, device: DeviceId, incarnation: u32) -> Result<Head> {
    let mut found = None;
    for ask in [
        "SELECT seq, hash FROM own_head WHERE device_id = ?1 AND incarnation = ?2",
        "SELECT device_seq, hash FROM event WHERE device_id = ?1 AND incarnation = ?2
         ORDER BY device_seq DESC LIMIT 1",
    ] {
        found = conn
            .prepare_cached(ask)?
            .query_row(rusqlite::params![sql::id(&device.0), incarnation], |r| {
                Ok((r.get::<_, i64>(0)?, r.get::<_, [u8; 32]>(1)?))
            })
            .optional()?;
        if found.is_some() {
            break;
        }
    }
    match found {
        Some((seq, hash)) => Ok(Head { seq: sql::nat(seq)?, hash: EventHash(hash) }),
        None => Ok(Head::default()),
    }
}

/// The head a new event of this device and life has to follow. A life older than the newest that
/// wrote is over: its numbers are never used again (`reliability.md` S16).
pub(crate) fn head_of(conn: &Connection, device: DeviceId, incarnation: u32) -> Result<Head> {
    match newest(conn)? {
        None => head_of_life(conn, device, incarnation),
        Some((owner, life, head)) if owner == device && life == incarnation => Ok(head),
        Some((_, life, _)) if life < incarnation => head_of_life(conn, device, incarnation),
        Some(_) => Err(StoreError::Chain),
    }
}

fn newest(conn: &Connection) -> Result<Option<(DeviceId, u32, Head)>> {
    conn.prepare_cached(
        "SELECT device_id, incarnation, seq, hash FROM own_head ORDER BY incarnation DESC LIMIT 1",
    )?
    .query_row([], |r| {
        Ok((|| {
            let hash: [u8; 32] = r.get(3)?;
            Ok((
                DeviceId(sql::uuid(r, 0)?),
                r.get(1)?,
                Head { seq: sql::nat(r.get(2)?)?, hash: EventHash(hash) },
            ))
        })())
    })
    .optional()?
    .transpose()
}

/// Moves a life's head, and counts what was added that the region has not spoken on.
pub(crate) fn set_head(
    tx: &Tx<'_>,
    device: DeviceId,
    incarnation: u32,
    head: Head,
    unsent: i64,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO own_head (incarnation, device_id, seq, hash, unsent) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (incarnation) DO UPDATE SET seq = excluded.seq, hash = excluded.hash,
           unsent = unsent + excluded.unsent",
    )?
    .execute((
        incarnation,
        sql::id(&device.0),
        sql::int(head.seq)?,
        head.hash.0.as_slice(),
        unsent,
    ))?;
    Ok(())
}

/// What the region said, as columns: position and time of record.
pub(crate) type Recorded = (u64, DateTime<Utc>);

pub(crate) fn insert(
    tx: &Tx<'_>,
    signed: &SignedEvent,
    hash: EventHash,
    e: &Envelope,
    recorded: Option<Recorded>,
) -> Result<()> {
    insert_at(tx, signed, hash, e, i64::from(e.incarnation), recorded)
}

/// The same in a branch: under another life's column than the event names.
pub(crate) fn insert_at(
    tx: &Tx<'_>,
    signed: &SignedEvent,
    hash: EventHash,
    e: &Envelope,
    column: i64,
    recorded: Option<Recorded>,
) -> Result<()> {
    let sig = signed.signature()?.to_bytes();
    let reworded = planted::is("unknown_reserialised") && recorded.is_some();
    let other = if reworded { Some(serde_json::to_string(e)?) } else { None };
    let bytes = other.as_ref().unwrap_or(&signed.e);
    let pos = recorded.map(|(pos, _)| sql::int(pos)).transpose()?;
    let at = recorded.map(|(_, at)| at.timestamp_millis());
    tx.prepare_cached(
        "INSERT INTO event (id, case_id, device_id, incarnation, device_seq, kind, actor_id, circle,
           occurred_at, bytes, sig, hash, pos, recorded_at, verdict)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?
    .execute(rusqlite::params![
        sql::id(&e.id.0),
        sql::id(&e.case_id.0),
        sql::id(&e.device_id.0),
        column,
        sql::int(e.device_seq.0)?,
        e.kind,
        sql::id(&e.actor_id.0),
        e.circle.0,
        e.occurred_at.timestamp_millis(),
        bytes,
        sig.as_slice(),
        hash.0.as_slice(),
        pos,
        at,
        pos.map(|_| "accepted"),
    ])?;
    Ok(())
}
