//! Reading the order, the chains and the feeds.

use super::values::{get, hash, int, parse, parse_opt, row, rows, small, stored_event, uint, when};
use crate::store::{
    AsideRow, CaseMove, Counts, FeedRows, Kept, LogRow, StoreError, StoreResult, StoredEvent,
};
use deadpool_postgres::GenericClient;
use esik_domain::ids::{CaseId, DeviceId, EventId, Pos, Scope};
use esik_wire::{EventHash, Head, SEGMENT_BYTES_MAX};
use std::collections::HashMap;

pub async fn head(db: &impl GenericClient, region: &str) -> StoreResult<Pos> {
    let head = row(db, "SELECT pos FROM region_head WHERE region_id=$1", &[&region]).await?;
    head.map_or(Ok(Pos(0)), |r| Ok(Pos(uint(&r, "pos")?)))
}

pub async fn device_head(
    db: &impl GenericClient,
    region: &str,
    device: DeviceId,
    incarnation: u32,
) -> StoreResult<Head> {
    let found = row(
        db,
        "SELECT seq, hash FROM device_head WHERE region_id=$1 AND device_id=$2 AND incarnation=$3",
        &[&region, &device.to_string(), &i64::from(incarnation)],
    )
    .await?;
    found.map_or(Ok(Head::default()), |r| {
        Ok(Head { seq: uint(&r, "seq")?, hash: hash(&r, "hash")? })
    })
}

pub async fn verdicts(
    db: &impl GenericClient,
    region: &str,
    (device, incarnation): (DeviceId, u32),
    from: u64,
    to: u64,
) -> StoreResult<Vec<LogRow>> {
    let found = rows(
        db,
        // What another desk had given back was in the order before its author was answered.
        "SELECT l.seq, l.hash, l.event_id, l.pos, l.rejected, l.code,
           coalesce(e.recorded_at, l.recorded_at) AS recorded_at
         FROM device_log l LEFT JOIN event e ON e.region_id=l.region_id AND e.pos=l.pos
         WHERE l.region_id=$1 AND l.device_id=$2 AND l.incarnation=$3 AND l.seq BETWEEN $4 AND $5
         ORDER BY l.seq",
        &[&region, &device.to_string(), &i64::from(incarnation), &int(from)?, &int(to)?],
    )
    .await?;
    let said = |r: &tokio_postgres::Row| {
        let pos: Option<i64> = get(r, "pos")?;
        let code: Option<String> = get(r, "code")?;
        let kept = match (pos, code, get(r, "rejected")?) {
            (Some(_), _, _) => Kept::Accepted(Pos(uint(r, "pos")?)),
            (None, Some(code), true) => Kept::Rejected(code),
            (None, Some(code), false) => Kept::Quarantined(code),
            (None, None, _) => return Err(StoreError::Corrupt("verdict without code".to_owned())),
        };
        Ok(LogRow {
            seq: uint(r, "seq")?,
            hash: hash(r, "hash")?,
            id: parse_opt(r, "event_id")?,
            kept,
            recorded_at: when(r, "recorded_at")?,
        })
    };
    found.iter().map(said).collect()
}

pub async fn known(
    db: &impl GenericClient,
    region: &str,
    ids: &[EventId],
) -> StoreResult<HashMap<EventId, (Pos, EventHash)>> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let found = rows(
        db,
        "SELECT event_id, pos, hash FROM event_key WHERE region_id=$1 AND event_id=ANY($2)",
        &[&region, &ids],
    )
    .await?;
    found
        .iter()
        .map(|r| Ok((parse(r, "event_id")?, (Pos(uint(r, "pos")?), hash(r, "hash")?))))
        .collect()
}

/// A case by its own key, never through the order.
pub const CASE_EVENTS: &str = "SELECT e.pos, e.recorded_at, e.bytes, e.sig
         FROM event_key k JOIN event e ON e.region_id=k.region_id AND e.pos=k.pos
         WHERE k.region_id=$1 AND k.case_id=$2 ORDER BY k.pos";

pub async fn case_events(
    db: &impl GenericClient,
    region: &str,
    case: CaseId,
) -> StoreResult<Vec<StoredEvent>> {
    let found = rows(db, CASE_EVENTS, &[&region, &case.to_string()]).await?;
    found.iter().map(stored_event).collect()
}

/// One statement: a segment speaks of forty cases, most of them new.
pub async fn cases_events(
    db: &impl GenericClient,
    region: &str,
    cases: &[CaseId],
) -> StoreResult<HashMap<CaseId, Vec<StoredEvent>>> {
    let cases: Vec<String> = cases.iter().map(ToString::to_string).collect();
    let found = rows(
        db,
        "SELECT k.case_id, e.pos, e.recorded_at, e.bytes, e.sig
         FROM event_key k JOIN event e ON e.region_id=k.region_id AND e.pos=k.pos
         WHERE k.region_id=$1 AND k.case_id=ANY($2::text[]) ORDER BY k.pos",
        &[&region, &cases],
    )
    .await?;
    let mut out: HashMap<CaseId, Vec<StoredEvent>> = HashMap::new();
    for row in &found {
        out.entry(parse(row, "case_id")?).or_default().push(stored_event(row)?);
    }
    Ok(out)
}

/// One statement, so that the head and the page are of one moment. A page ends before the entry
/// that no longer fits, and tells whether there is one more.
pub async fn feed(
    db: &impl GenericClient,
    region: &str,
    scope: &Scope,
    after: Pos,
    limit: u32,
) -> StoreResult<FeedRows> {
    let found = rows(
        db,
        "SELECT h.pos AS head, p.pos, p.recorded_at, p.bytes, p.sig, p.more
         FROM region_head h LEFT JOIN LATERAL (
           SELECT n.pos, n.recorded_at, n.bytes, n.sig, n.nth,
                  lead(n.pos) OVER (ORDER BY n.pos) IS NOT NULL AS more,
                  sum(octet_length(n.bytes)+octet_length(n.sig)) OVER (ORDER BY n.pos)
                    - octet_length(n.bytes) - octet_length(n.sig) AS before
           FROM (
             SELECT e.pos, e.recorded_at, e.bytes, e.sig, row_number() OVER (ORDER BY f.pos) AS nth
             FROM feed f JOIN event e ON e.region_id=f.region_id AND e.pos=f.pos
             WHERE f.region_id=$1 AND f.scope=$2 AND f.pos>$3 ORDER BY f.pos LIMIT $4::bigint+1
           ) n
         ) p ON p.nth<=$4::bigint AND p.before<=$5::bigint
         WHERE h.region_id=$1 ORDER BY p.pos",
        &[
            &region,
            &super::values::plain(scope.as_str()),
            &int(after.0)?,
            &i64::from(limit),
            &int(SEGMENT_BYTES_MAX as u64)?,
        ],
    )
    .await?;
    let Some(first) = found.first() else {
        return Ok(FeedRows { events: Vec::new(), more: false, head: Pos(0) });
    };
    let head = Pos(uint(first, "head")?);
    if get::<Option<i64>>(first, "pos")?.is_none() {
        return Ok(FeedRows { events: Vec::new(), more: false, head });
    }
    let more = found.last().map_or(Ok(false), |r| get(r, "more"))?;
    let events = found.iter().map(stored_event).collect::<StoreResult<_>>()?;
    Ok(FeedRows { events, more, head })
}

pub async fn moves(
    db: &impl GenericClient,
    region: &str,
    scope: &Scope,
    (after, through): (Pos, Pos),
    limit: u32,
) -> StoreResult<Vec<CaseMove>> {
    let found = rows(
        db,
        "SELECT pos, case_id, from_pos, entered FROM case_move
         WHERE region_id=$1 AND scope=$2 AND pos>$3 AND pos<=$4 ORDER BY pos LIMIT $5",
        &[
            &region,
            &super::values::plain(scope.as_str()),
            &int(after.0)?,
            &int(through.0)?,
            &i64::from(limit),
        ],
    )
    .await?;
    let read = |r| {
        Ok(CaseMove {
            scope: scope.clone(),
            pos: Pos(uint(r, "pos")?),
            case: parse(r, "case_id")?,
            from: Pos(uint(r, "from_pos")?),
            entered: get(r, "entered")?,
        })
    };
    found.iter().map(read).collect()
}

pub async fn last_move(db: &impl GenericClient, region: &str, scope: &Scope) -> StoreResult<Pos> {
    let found = row(
        db,
        "SELECT coalesce(max(pos),0) AS pos FROM case_move WHERE region_id=$1 AND scope=$2",
        &[&region, &super::values::plain(scope.as_str())],
    )
    .await?;
    found.map_or(Ok(Pos(0)), |r| Ok(Pos(uint(&r, "pos")?)))
}

fn names(scopes: &[Scope]) -> Vec<String> {
    scopes.iter().map(|s| super::values::plain(s.as_str()).into_owned()).collect()
}

pub async fn case_in_scopes(
    db: &impl GenericClient,
    region: &str,
    case: CaseId,
    scopes: &[Scope],
) -> StoreResult<Vec<StoredEvent>> {
    let found = rows(
        db,
        "SELECT e.pos, e.recorded_at, e.bytes, e.sig
         FROM event_key k JOIN event e ON e.region_id=k.region_id AND e.pos=k.pos
         WHERE k.region_id=$1 AND k.case_id=$2 AND EXISTS (
           SELECT 1 FROM feed f
           WHERE f.region_id=k.region_id AND f.pos=k.pos AND f.scope=ANY($3))
         ORDER BY k.pos",
        &[&region, &case.to_string(), &names(scopes)],
    )
    .await?;
    found.iter().map(stored_event).collect()
}

pub async fn file_in_scopes(
    db: &impl GenericClient,
    region: &str,
    hash: &str,
    scopes: &[Scope],
) -> StoreResult<bool> {
    let found = row(
        db,
        "SELECT EXISTS (
           SELECT 1 FROM event_file x JOIN feed f ON f.region_id=x.region_id AND f.pos=x.pos
           WHERE x.region_id=$1 AND x.hash=$2 AND f.scope=ANY($3)) AS found",
        &[&region, &super::values::plain(hash), &names(scopes)],
    )
    .await?;
    found.map_or(Ok(false), |r| get(&r, "found"))
}

pub async fn file_events(
    db: &impl GenericClient,
    region: &str,
    hash: &str,
    scopes: Option<&[Scope]>,
) -> StoreResult<Vec<StoredEvent>> {
    let found = rows(
        db,
        "SELECT e.pos, e.recorded_at, e.bytes, e.sig
         FROM event_file x JOIN event e ON e.region_id=x.region_id AND e.pos=x.pos
         WHERE x.region_id=$1 AND x.hash=$2 AND ($3 OR EXISTS (
           SELECT 1 FROM feed f
           WHERE f.region_id=x.region_id AND f.pos=x.pos AND f.scope=ANY($4)))
         ORDER BY e.pos",
        &[
            &region,
            &super::values::plain(hash),
            &scopes.is_none(),
            &names(scopes.unwrap_or_default()),
        ],
    )
    .await?;
    found.iter().map(stored_event).collect()
}

pub async fn file_set_aside(
    db: &impl GenericClient,
    region: &str,
    hash: &str,
) -> StoreResult<bool> {
    let found = row(
        db,
        "SELECT EXISTS (SELECT 1 FROM device_log WHERE region_id=$1 AND code IS NOT NULL
             AND position(convert_to($2::text,'UTF8') IN bytes) > 0)
           OR EXISTS (SELECT 1 FROM fork WHERE region_id=$1
             AND position(convert_to($2::text,'UTF8') IN bytes) > 0) AS found",
        &[&region, &super::values::plain(hash)],
    )
    .await?;
    found.map_or(Ok(false), |r| get(&r, "found"))
}

/// Asked only for what rests on an event that is not in the order; few events are refused.
pub async fn is_refused(db: &impl GenericClient, region: &str, id: EventId) -> StoreResult<bool> {
    let found = row(
        db,
        "SELECT EXISTS (SELECT 1 FROM device_log
           WHERE region_id=$1 AND code IS NOT NULL AND event_id=$2) AS found",
        &[&region, &id.to_string()],
    )
    .await?;
    found.map_or(Ok(false), |r| get(&r, "found"))
}

pub async fn set_aside(
    db: &impl GenericClient,
    region: &str,
    limit: u32,
) -> StoreResult<Vec<AsideRow>> {
    let found = rows(
        db,
        "SELECT device_id, incarnation, seq, event_id, rejected, code, recorded_at FROM device_log
         WHERE region_id=$1 AND code IS NOT NULL ORDER BY recorded_at DESC, seq DESC LIMIT $2",
        &[&region, &i64::from(limit)],
    )
    .await?;
    let aside = |r: &tokio_postgres::Row| {
        Ok(AsideRow {
            device: parse(r, "device_id")?,
            incarnation: small(r, "incarnation")?,
            seq: uint(r, "seq")?,
            id: parse_opt(r, "event_id")?,
            rejected: get(r, "rejected")?,
            code: get(r, "code")?,
            recorded_at: when(r, "recorded_at")?,
        })
    };
    found.iter().map(aside).collect()
}

/// One statement: one moment.
pub async fn counts(db: &impl GenericClient, region: &str) -> StoreResult<Counts> {
    let found = row(
        db,
        "SELECT
           coalesce((SELECT pos FROM region_head WHERE region_id=$1),0) AS head_pos,
           coalesce((SELECT max(pos) FROM event WHERE region_id=$1),0) AS max_pos,
           (SELECT count(*) FROM event WHERE region_id=$1) AS events,
           (SELECT count(*) FROM feed WHERE region_id=$1) AS feed_entries,
           (SELECT count(*) FROM device_log
             WHERE region_id=$1 AND code IS NOT NULL AND NOT rejected) AS quarantined,
           (SELECT count(*) FROM device_log
             WHERE region_id=$1 AND code IS NOT NULL AND rejected) AS rejected,
           (SELECT count(*) FROM device WHERE region_id=$1) AS devices,
           (SELECT count(*) FROM device WHERE region_id=$1 AND frozen) AS devices_frozen,
           (SELECT count(*) FROM officer WHERE region_id=$1) AS officers,
           (SELECT count(*) FROM request WHERE region_id=$1
             AND state NOT IN ('answered','checked','rejected','withdrawn')) AS requests_open,
           (SELECT count(*) FROM session WHERE region_id=$1) AS sessions",
        &[&region],
    )
    .await?;
    let Some(r) = found else { return Ok(Counts::default()) };
    Ok(Counts {
        head_pos: uint(&r, "head_pos")?,
        max_pos: uint(&r, "max_pos")?,
        events: uint(&r, "events")?,
        feed_entries: uint(&r, "feed_entries")?,
        quarantined: uint(&r, "quarantined")?,
        rejected: uint(&r, "rejected")?,
        devices: uint(&r, "devices")?,
        devices_frozen: uint(&r, "devices_frozen")?,
        officers: uint(&r, "officers")?,
        requests_open: uint(&r, "requests_open")?,
        sessions: uint(&r, "sessions")?,
    })
}
