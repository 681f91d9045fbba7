//! Region, stations, codes, devices, officers and leases.

use super::values::{
    from_json, int, marks, ms, only_by, parse, parse_opt, small, time, to_json, uint, when,
};
use crate::store::{
    CodeRow, DeviceRow, DeviceSeen, Held, OfficerRow, RegionRow, SeriesRow, StationRow,
    StoreResult, WarrantRow,
};
use chrono::{DateTime, Utc};
use esik_domain::ids::{DeviceId, OfficerId, StationId};
use esik_domain::number::Lease;
use esik_wire::{LocalName, OfficerCard};
use rusqlite::{Connection, params, params_from_iter};

pub fn found(db: &Connection, r: &RegionRow) -> StoreResult<bool> {
    let new = db.execute(
        "INSERT INTO region (region_id,name_kk,name_ru,device_id,incarnation,key,epoch,created_at)
         VALUES (?1,?2,?3,?4,?5,?6,?7,?8) ON CONFLICT DO NOTHING",
        params![
            r.id,
            r.name.kk,
            r.name.ru,
            r.device.to_string(),
            r.incarnation,
            r.key,
            r.epoch,
            ms(r.created_at)
        ],
    )?;
    if new == 1 {
        db.execute("INSERT INTO region_head (region_id,pos) VALUES (?1,0)", [&r.id])?;
    }
    Ok(new == 1)
}

pub fn region(db: &Connection, region: &str) -> StoreResult<Option<RegionRow>> {
    let mut q = db.prepare_cached("SELECT * FROM region WHERE region_id=?1")?;
    let mut rows = q.query([region])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(RegionRow {
        id: row.get("region_id")?,
        name: LocalName { kk: row.get("name_kk")?, ru: row.get("name_ru")? },
        device: parse(row, "device_id")?,
        incarnation: small(row, "incarnation")?,
        key: row.get("key")?,
        epoch: row.get("epoch")?,
        created_at: when(row, "created_at")?,
    }))
}

pub fn renew(
    db: &Connection,
    region: &str,
    epoch: &str,
    leap: u32,
    skip: u64,
    years: &[i32],
    known: &[SeriesRow],
) -> StoreResult<()> {
    for series in known {
        reach(db, region, series)?;
    }
    for year in years {
        db.execute(
            "INSERT INTO series (region_id,station_id,year,next)
             SELECT region_id, station_id, ?2, 1 FROM station WHERE region_id=?1
             ON CONFLICT DO NOTHING",
            params![region, year],
        )?;
    }
    db.execute(
        "UPDATE region SET epoch=?2, incarnation=incarnation+?3 WHERE region_id=?1",
        params![region, epoch, leap],
    )?;
    db.execute("UPDATE series SET next=next+?2 WHERE region_id=?1", params![region, int(skip)?])?;
    Ok(())
}

/// The series is at least so far.
fn reach(db: &Connection, region: &str, s: &SeriesRow) -> StoreResult<()> {
    db.execute(
        "INSERT INTO series (region_id,station_id,year,next) VALUES (?1,?2,?3,?4)
         ON CONFLICT DO UPDATE SET next=max(next,excluded.next)",
        params![region, s.station.as_str(), s.year, int(s.next)?],
    )?;
    Ok(())
}

pub fn series(db: &Connection, region: &str) -> StoreResult<Vec<SeriesRow>> {
    let mut q = db.prepare_cached(
        "SELECT station_id, year, next FROM series WHERE region_id=?1 ORDER BY station_id, year",
    )?;
    let mut rows = q.query([region])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(SeriesRow {
            station: StationId(row.get("station_id")?),
            year: row.get("year")?,
            next: uint(row, "next")?,
        });
    }
    Ok(out)
}

pub fn hold(
    db: &Connection,
    region: &str,
    block: &Lease,
    device: DeviceId,
    at: DateTime<Utc>,
) -> StoreResult<Held> {
    let station = block.station.clone();
    reach(db, region, &SeriesRow { station, year: block.year, next: block.to.saturating_add(1) })?;
    let (device, from, to) = (device.to_string(), int(block.from)?, int(block.to)?);
    let others: bool = db.query_row(
        "SELECT EXISTS (SELECT 1 FROM lease WHERE region_id=?1 AND station_id=?2 AND year=?3
           AND from_n<=?5 AND to_n>=?4 AND device_id<>?6)",
        params![region, block.station.as_str(), block.year, from, to, device],
        |r| r.get(0),
    )?;
    if others {
        return Ok(Held::Others);
    }
    db.execute(
        "INSERT INTO lease (region_id,station_id,year,from_n,to_n,device_id,given_at)
         VALUES (?1,?2,?3,?4,?5,?6,?7) ON CONFLICT DO NOTHING",
        params![region, block.station.as_str(), block.year, from, to, device, ms(at)],
    )?;
    Ok(Held::Own)
}

pub fn put_station(db: &Connection, region: &str, s: &StationRow) -> StoreResult<()> {
    db.execute(
        "INSERT INTO station (region_id,station_id,name_kk,name_ru) VALUES (?1,?2,?3,?4)
         ON CONFLICT DO UPDATE SET name_kk=excluded.name_kk, name_ru=excluded.name_ru",
        params![region, s.id.as_str(), s.name.kk, s.name.ru],
    )?;
    Ok(())
}

pub fn stations(db: &Connection, region: &str) -> StoreResult<Vec<StationRow>> {
    let mut q =
        db.prepare_cached("SELECT * FROM station WHERE region_id=?1 ORDER BY station_id")?;
    let mut rows = q.query([region])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(StationRow {
            id: StationId(row.get("station_id")?),
            name: LocalName { kk: row.get("name_kk")?, ru: row.get("name_ru")? },
        });
    }
    Ok(out)
}

pub fn put_code(db: &Connection, region: &str, c: &CodeRow) -> StoreResult<()> {
    db.execute(
        "INSERT INTO enrol_code (region_id,hash,station_id,expires_at,used_by)
         VALUES (?1,?2,?3,?4,NULL)",
        params![region, c.hash, c.station.as_str(), ms(c.expires_at)],
    )?;
    Ok(())
}

pub fn code(db: &Connection, region: &str, hash: &str) -> StoreResult<Option<CodeRow>> {
    let mut q = db.prepare_cached("SELECT * FROM enrol_code WHERE region_id=?1 AND hash=?2")?;
    let mut rows = q.query([region, hash])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(CodeRow {
        hash: row.get("hash")?,
        station: StationId(row.get("station_id")?),
        expires_at: when(row, "expires_at")?,
        used_by: parse_opt(row, "used_by")?,
    }))
}

pub fn enrol(db: &Connection, region: &str, code: &str, d: &DeviceRow) -> StoreResult<bool> {
    let used = db.execute(
        "UPDATE enrol_code SET used_by=?3
         WHERE region_id=?1 AND hash=?2 AND (used_by IS NULL OR used_by=?3)",
        params![region, code, d.id.to_string()],
    )?;
    if used == 0 {
        return Ok(false);
    }
    db.execute(
        "INSERT INTO device (region_id,device_id,station_id,key,incarnation,enrolled_at)
         VALUES (?1,?2,?3,?4,?5,?6)
         ON CONFLICT DO UPDATE SET key=excluded.key, incarnation=excluded.incarnation, frozen=0",
        params![
            region,
            d.id.to_string(),
            d.station.as_str(),
            d.key,
            d.incarnation,
            ms(d.enrolled_at)
        ],
    )?;
    Ok(true)
}

pub fn devices(
    db: &Connection,
    region: &str,
    only: Option<DeviceId>,
) -> StoreResult<Vec<DeviceRow>> {
    let which = only_by("device_id", only.is_some());
    let mut q = db.prepare_cached(&format!(
        "SELECT * FROM device WHERE region_id=?1 AND {which} ORDER BY device_id"
    ))?;
    let mut rows = q.query(params![region, only.map(|d| d.to_string())])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let seen_at: Option<i64> = row.get("seen_at")?;
        let incarnation = small(row, "incarnation")?;
        out.push(DeviceRow {
            id: parse(row, "device_id")?,
            station: StationId(row.get("station_id")?),
            key: row.get("key")?,
            incarnation,
            revoked: row.get("revoked")?,
            frozen: row.get("frozen")?,
            enrolled_at: when(row, "enrolled_at")?,
            seen: match seen_at {
                None => None,
                Some(at) => Some(DeviceSeen {
                    at: time(at)?,
                    incarnation,
                    clock_offset_ms: row.get::<_, Option<i64>>("clock_offset_ms")?.unwrap_or(0),
                    unsent: uint(row, "unsent")?,
                    version: row.get::<_, Option<String>>("version")?.unwrap_or_default(),
                }),
            },
        });
    }
    Ok(out)
}

pub fn revoke_device(db: &Connection, region: &str, id: DeviceId) -> StoreResult<bool> {
    Ok(db.execute(
        "UPDATE device SET revoked=1 WHERE region_id=?1 AND device_id=?2",
        params![region, id.to_string()],
    )? == 1)
}

pub fn touch_device(
    db: &Connection,
    region: &str,
    id: DeviceId,
    s: &DeviceSeen,
) -> StoreResult<()> {
    db.execute(
        "UPDATE device SET seen_at=?3, clock_offset_ms=?4, unsent=?5, version=?6,
           incarnation=max(incarnation,?7)
         WHERE region_id=?1 AND device_id=?2",
        params![
            region,
            id.to_string(),
            ms(s.at),
            s.clock_offset_ms,
            int(s.unsent)?,
            s.version,
            s.incarnation
        ],
    )?;
    Ok(())
}

pub fn put_officers(db: &Connection, region: &str, officers: &[OfficerRow]) -> StoreResult<()> {
    let mut q = db.prepare_cached(
        "INSERT INTO officer (region_id,officer_id,station_id,device_id,card,revoked,registered_at)
         VALUES (?1,?2,?3,?4,?5,?6,?7)
         ON CONFLICT DO UPDATE SET card=excluded.card, station_id=excluded.station_id
         WHERE device_id=excluded.device_id",
    )?;
    for o in officers {
        // Nobody writes between this look and what follows: the engine has one writer at a time.
        if self::officers(db, region, &[o.card.id])?.iter().any(|had| !o.follows(had)) {
            continue;
        }
        q.execute(params![
            region,
            o.card.id.to_string(),
            o.card.station.as_str(),
            o.device.to_string(),
            to_json(&o.card)?,
            o.card.revoked,
            ms(o.registered_at)
        ])?;
    }
    Ok(())
}

fn officer(row: &rusqlite::Row<'_>) -> StoreResult<OfficerRow> {
    let mut card: OfficerCard = from_json(row, "card")?;
    card.revoked = row.get("revoked")?;
    Ok(OfficerRow {
        card,
        device: parse(row, "device_id")?,
        registered_at: when(row, "registered_at")?,
    })
}

pub fn officers(db: &Connection, region: &str, ids: &[OfficerId]) -> StoreResult<Vec<OfficerRow>> {
    let mut q = db.prepare_cached(&format!(
        "SELECT * FROM officer WHERE region_id=?1 AND officer_id IN ({})",
        marks(ids.len(), 2)
    ))?;
    let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let bound = std::iter::once(region).chain(texts.iter().map(String::as_str));
    let mut rows = q.query(params_from_iter(bound))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(officer(row)?);
    }
    Ok(out)
}

pub fn all_officers(db: &Connection, region: &str) -> StoreResult<Vec<OfficerRow>> {
    let mut q = db.prepare_cached(
        "SELECT * FROM officer WHERE region_id=?1 ORDER BY station_id, registered_at, officer_id",
    )?;
    let mut rows = q.query([region])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(officer(row)?);
    }
    Ok(out)
}

pub fn device_officers(
    db: &Connection,
    region: &str,
    device: DeviceId,
) -> StoreResult<Vec<OfficerCard>> {
    let mut q = db.prepare_cached(
        "SELECT * FROM officer INDEXED BY officer_by_device WHERE region_id=?1 AND device_id=?2
         ORDER BY registered_at, officer_id",
    )?;
    let mut rows = q.query([region, &device.to_string()])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(officer(row)?.card);
    }
    Ok(out)
}

pub fn station_officers(
    db: &Connection,
    region: &str,
    station: &StationId,
) -> StoreResult<Vec<OfficerCard>> {
    let mut q = db.prepare_cached(
        "SELECT * FROM officer INDEXED BY officer_by_station WHERE region_id=?1 AND station_id=?2
         ORDER BY registered_at, officer_id",
    )?;
    let mut rows = q.query([region, station.as_str()])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(officer(row)?.card);
    }
    Ok(out)
}

pub fn revoke_officer(db: &Connection, region: &str, id: OfficerId) -> StoreResult<bool> {
    Ok(db.execute(
        "UPDATE officer SET revoked=1 WHERE region_id=?1 AND officer_id=?2",
        params![region, id.to_string()],
    )? == 1)
}

pub fn put_warrant(db: &Connection, region: &str, w: &WarrantRow) -> StoreResult<()> {
    db.execute(
        "INSERT INTO warrant (region_id,n,key,change,set_at)
         SELECT ?1, coalesce(max(n),0)+1, ?2, ?3, ?4 FROM warrant WHERE region_id=?1",
        params![region, w.key, w.change.as_ref().map(to_json).transpose()?, ms(w.set_at)],
    )?;
    Ok(())
}

pub fn warrants(db: &Connection, region: &str) -> StoreResult<Vec<WarrantRow>> {
    let mut q = db.prepare_cached("SELECT * FROM warrant WHERE region_id=?1 ORDER BY n")?;
    let mut rows = q.query([region])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let change: Option<String> = row.get("change")?;
        out.push(WarrantRow {
            key: row.get("key")?,
            change: change.map(|_| from_json(row, "change")).transpose()?,
            set_at: when(row, "set_at")?,
        });
    }
    Ok(out)
}

pub fn lease(
    db: &Connection,
    region: &str,
    (station, year): (&StationId, i32),
    device: DeviceId,
    count: u64,
    at: DateTime<Utc>,
) -> StoreResult<Lease> {
    db.execute(
        "INSERT INTO series (region_id,station_id,year,next) VALUES (?1,?2,?3,1)
         ON CONFLICT DO NOTHING",
        params![region, station.as_str(), year],
    )?;
    let count = int(count)?;
    let next: i64 = db.query_row(
        "UPDATE series SET next=next+?4 WHERE region_id=?1 AND station_id=?2 AND year=?3
         RETURNING next",
        params![region, station.as_str(), year, count],
        |r| r.get(0),
    )?;
    let (from, to) = (next - count, next - 1);
    db.execute(
        "INSERT INTO lease (region_id,station_id,year,from_n,to_n,device_id,given_at)
         VALUES (?1,?2,?3,?4,?5,?6,?7)",
        params![region, station.as_str(), year, from, to, device.to_string(), ms(at)],
    )?;
    Ok(Lease {
        station: station.clone(),
        year,
        from: from.unsigned_abs(),
        to: to.unsigned_abs(),
        expires: None,
    })
}

pub fn leases(
    db: &Connection,
    region: &str,
    device: DeviceId,
) -> StoreResult<Vec<(Lease, DateTime<Utc>)>> {
    let mut q = db.prepare_cached(
        "SELECT * FROM lease INDEXED BY lease_by_device WHERE region_id=?1 AND device_id=?2
         ORDER BY given_at, year, from_n",
    )?;
    let mut rows = q.query(params![region, device.to_string()])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let lease = Lease {
            station: StationId(row.get("station_id")?),
            year: small(row, "year")?,
            from: uint(row, "from_n")?,
            to: uint(row, "to_n")?,
            expires: None,
        };
        out.push((lease, when(row, "given_at")?));
    }
    Ok(out)
}
