//! Region, stations, codes, devices, officers and leases.

use super::values::{
    from_json, get, int, ms, parse, parse_opt, plain, row, rows, run, small, time, to_json, uint,
    when,
};
use crate::store::{
    CodeRow, DeviceRow, DeviceSeen, Held, OfficerRow, RegionRow, SeriesRow, StationRow, StoreError,
    StoreResult, WarrantRow,
};
use chrono::{DateTime, Utc};
use deadpool_postgres::{GenericClient, Transaction};
use esik_domain::ids::{DeviceId, OfficerId, StationId};
use esik_domain::number::Lease;
use esik_wire::{LocalName, OfficerCard};
use tokio_postgres::Row;

pub async fn found(tx: &Transaction<'_>, r: &RegionRow) -> StoreResult<bool> {
    let new = run(
        tx,
        "INSERT INTO region (region_id,name_kk,name_ru,device_id,incarnation,key,epoch,created_at)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8) ON CONFLICT (region_id) DO NOTHING",
        &[
            &r.id,
            &r.name.kk,
            &r.name.ru,
            &r.device.to_string(),
            &i64::from(r.incarnation),
            &r.key,
            &r.epoch,
            &ms(r.created_at),
        ],
    )
    .await?;
    if new == 1 {
        run(tx, "INSERT INTO region_head (region_id,pos) VALUES ($1,0)", &[&r.id]).await?;
    }
    Ok(new == 1)
}

pub async fn region(db: &impl GenericClient, region: &str) -> StoreResult<Option<RegionRow>> {
    let found = row(db, "SELECT * FROM region WHERE region_id=$1", &[&region]).await?;
    found
        .map(|r| {
            Ok(RegionRow {
                id: get(&r, "region_id")?,
                name: LocalName { kk: get(&r, "name_kk")?, ru: get(&r, "name_ru")? },
                device: parse(&r, "device_id")?,
                incarnation: small(&r, "incarnation")?,
                key: get(&r, "key")?,
                epoch: get(&r, "epoch")?,
                created_at: when(&r, "created_at")?,
            })
        })
        .transpose()
}

pub async fn renew(
    tx: &Transaction<'_>,
    region: &str,
    epoch: &str,
    leap: u32,
    skip: u64,
    years: &[i32],
    known: &[SeriesRow],
) -> StoreResult<()> {
    for series in known {
        reach(tx, region, series).await?;
    }
    for year in years {
        run(
            tx,
            "INSERT INTO series (region_id,station_id,year,next)
             SELECT region_id, station_id, $2::bigint, 1 FROM station WHERE region_id=$1
             ON CONFLICT (region_id,station_id,year) DO NOTHING",
            &[&region, &i64::from(*year)],
        )
        .await?;
    }
    run(
        tx,
        "UPDATE region SET epoch=$2, incarnation=incarnation+$3::bigint WHERE region_id=$1",
        &[&region, &epoch, &i64::from(leap)],
    )
    .await?;
    run(tx, "UPDATE series SET next=next+$2 WHERE region_id=$1", &[&region, &int(skip)?]).await?;
    Ok(())
}

/// The series is at least so far; nobody else moves it until this transaction ends.
async fn reach(tx: &Transaction<'_>, region: &str, s: &SeriesRow) -> StoreResult<()> {
    run(
        tx,
        "INSERT INTO series (region_id,station_id,year,next) VALUES ($1,$2,$3,$4)
         ON CONFLICT (region_id,station_id,year)
         DO UPDATE SET next=GREATEST(series.next,excluded.next)",
        &[&region, &s.station.as_str(), &i64::from(s.year), &int(s.next)?],
    )
    .await?;
    Ok(())
}

pub async fn series(db: &impl GenericClient, region: &str) -> StoreResult<Vec<SeriesRow>> {
    let sql = "SELECT station_id, year, next FROM series WHERE region_id=$1
               ORDER BY station_id, year";
    let series = |r: &Row| {
        let year = i32::try_from(get::<i64>(r, "year")?)
            .map_err(|_| StoreError::Corrupt("a series of no year".to_owned()))?;
        Ok(SeriesRow { station: StationId(get(r, "station_id")?), year, next: uint(r, "next")? })
    };
    rows(db, sql, &[&region]).await?.iter().map(series).collect()
}

pub async fn hold(
    tx: &Transaction<'_>,
    region: &str,
    block: &Lease,
    device: DeviceId,
    at: DateTime<Utc>,
) -> StoreResult<Held> {
    let station = block.station.clone();
    let beyond = SeriesRow { station, year: block.year, next: block.to.saturating_add(1) };
    reach(tx, region, &beyond).await?;
    let (device, from, to) = (device.to_string(), int(block.from)?, int(block.to)?);
    let (name, year) = (block.station.as_str(), i64::from(block.year));
    let others = rows(
        tx,
        "SELECT 1 FROM lease WHERE region_id=$1 AND station_id=$2 AND year=$3
           AND from_n<=$5 AND to_n>=$4 AND device_id<>$6 LIMIT 1",
        &[&region, &name, &year, &from, &to, &device],
    )
    .await?;
    if !others.is_empty() {
        return Ok(Held::Others);
    }
    run(
        tx,
        "INSERT INTO lease (region_id,station_id,year,from_n,to_n,device_id,given_at)
         VALUES ($1,$2,$3,$4,$5,$6,$7) ON CONFLICT (region_id,station_id,year,from_n) DO NOTHING",
        &[&region, &name, &year, &from, &to, &device, &ms(at)],
    )
    .await?;
    Ok(Held::Own)
}

pub async fn put_station(tx: &Transaction<'_>, region: &str, s: &StationRow) -> StoreResult<()> {
    run(
        tx,
        "INSERT INTO station (region_id,station_id,name_kk,name_ru) VALUES ($1,$2,$3,$4)
         ON CONFLICT (region_id,station_id)
         DO UPDATE SET name_kk=excluded.name_kk, name_ru=excluded.name_ru",
        &[&region, &s.id.as_str(), &s.name.kk, &s.name.ru],
    )
    .await?;
    Ok(())
}

pub async fn stations(db: &impl GenericClient, region: &str) -> StoreResult<Vec<StationRow>> {
    let found =
        rows(db, "SELECT * FROM station WHERE region_id=$1 ORDER BY station_id", &[&region])
            .await?;
    let station = |r: &Row| {
        Ok(StationRow {
            id: StationId(get(r, "station_id")?),
            name: LocalName { kk: get(r, "name_kk")?, ru: get(r, "name_ru")? },
        })
    };
    found.iter().map(station).collect()
}

pub async fn put_code(tx: &Transaction<'_>, region: &str, c: &CodeRow) -> StoreResult<()> {
    run(
        tx,
        "INSERT INTO enrol_code (region_id,hash,station_id,expires_at,used_by)
         VALUES ($1,$2,$3,$4,NULL)",
        &[&region, &c.hash, &c.station.as_str(), &ms(c.expires_at)],
    )
    .await?;
    Ok(())
}

pub async fn code(
    db: &impl GenericClient,
    region: &str,
    hash: &str,
) -> StoreResult<Option<CodeRow>> {
    let sql = "SELECT * FROM enrol_code WHERE region_id=$1 AND hash=$2";
    row(db, sql, &[&region, &plain(hash)])
        .await?
        .map(|r| {
            Ok(CodeRow {
                hash: get(&r, "hash")?,
                station: StationId(get(&r, "station_id")?),
                expires_at: when(&r, "expires_at")?,
                used_by: parse_opt(&r, "used_by")?,
            })
        })
        .transpose()
}

pub async fn enrol(
    tx: &Transaction<'_>,
    region: &str,
    code: &str,
    d: &DeviceRow,
) -> StoreResult<bool> {
    let id = d.id.to_string();
    let used = run(
        tx,
        "UPDATE enrol_code SET used_by=$3
         WHERE region_id=$1 AND hash=$2 AND (used_by IS NULL OR used_by=$3)",
        &[&region, &plain(code), &id],
    )
    .await?;
    if used == 0 {
        return Ok(false);
    }
    run(
        tx,
        "INSERT INTO device (region_id,device_id,station_id,key,incarnation,enrolled_at)
         VALUES ($1,$2,$3,$4,$5,$6)
         ON CONFLICT (region_id,device_id)
         DO UPDATE SET key=excluded.key, incarnation=excluded.incarnation, frozen=false",
        &[&region, &id, &d.station.as_str(), &d.key, &i64::from(d.incarnation), &ms(d.enrolled_at)],
    )
    .await?;
    Ok(true)
}

pub async fn devices(
    db: &impl GenericClient,
    region: &str,
    only: Option<DeviceId>,
) -> StoreResult<Vec<DeviceRow>> {
    let found = rows(
        db,
        "SELECT * FROM device WHERE region_id=$1 AND ($2::text IS NULL OR device_id=$2)
         ORDER BY device_id",
        &[&region, &only.map(|d| d.to_string())],
    )
    .await?;
    found.iter().map(device).collect()
}

fn device(r: &Row) -> StoreResult<DeviceRow> {
    let seen_at: Option<i64> = get(r, "seen_at")?;
    let incarnation = small(r, "incarnation")?;
    let seen = seen_at.map(|at| {
        Ok::<_, StoreError>(DeviceSeen {
            at: time(at)?,
            incarnation,
            clock_offset_ms: get::<Option<i64>>(r, "clock_offset_ms")?.unwrap_or(0),
            unsent: uint(r, "unsent")?,
            version: get::<Option<String>>(r, "version")?.unwrap_or_default(),
        })
    });
    Ok(DeviceRow {
        id: parse(r, "device_id")?,
        station: StationId(get(r, "station_id")?),
        key: get(r, "key")?,
        incarnation,
        revoked: get(r, "revoked")?,
        frozen: get(r, "frozen")?,
        enrolled_at: when(r, "enrolled_at")?,
        seen: seen.transpose()?,
    })
}

pub async fn revoke_device(tx: &Transaction<'_>, region: &str, id: DeviceId) -> StoreResult<bool> {
    let sql = "UPDATE device SET revoked=true WHERE region_id=$1 AND device_id=$2";
    Ok(run(tx, sql, &[&region, &id.to_string()]).await? == 1)
}

pub async fn touch_device(
    tx: &Transaction<'_>,
    region: &str,
    id: DeviceId,
    s: &DeviceSeen,
) -> StoreResult<()> {
    run(
        tx,
        "UPDATE device SET seen_at=$3, clock_offset_ms=$4, unsent=$5, version=$6,
           incarnation=greatest(incarnation,$7)
         WHERE region_id=$1 AND device_id=$2",
        &[
            &region,
            &id.to_string(),
            &ms(s.at),
            &s.clock_offset_ms,
            &int(s.unsent)?,
            &plain(&s.version),
            &i64::from(s.incarnation),
        ],
    )
    .await?;
    Ok(())
}

pub async fn put_officers(
    tx: &Transaction<'_>,
    region: &str,
    officers: &[OfficerRow],
) -> StoreResult<()> {
    for o in officers {
        let id = o.card.id.to_string();
        let sql = "SELECT * FROM officer WHERE region_id=$1 AND officer_id=$2 FOR UPDATE";
        let had = row(tx, sql, &[&region, &id]).await?.as_ref().map(officer).transpose()?;
        let known = had.is_some();
        if had.is_some_and(|had| !o.follows(&had)) {
            continue;
        }
        // Whom somebody else wrote for the first time after that look stays as he is: his desk greets again.
        run(
            tx,
            "INSERT INTO officer
               (region_id,officer_id,station_id,device_id,card,revoked,registered_at)
             VALUES ($1,$2,$3,$4,$5,$6,$7)
             ON CONFLICT (region_id,officer_id)
             DO UPDATE SET card=excluded.card, station_id=excluded.station_id
             WHERE officer.device_id=excluded.device_id AND $8",
            &[
                &region,
                &id,
                &plain(o.card.station.as_str()),
                &o.device.to_string(),
                &to_json(&o.card)?,
                &o.card.revoked,
                &ms(o.registered_at),
                &known,
            ],
        )
        .await?;
    }
    Ok(())
}

fn officer(r: &Row) -> StoreResult<OfficerRow> {
    let mut card: OfficerCard = from_json(r, "card")?;
    card.revoked = get(r, "revoked")?;
    Ok(OfficerRow {
        card,
        device: parse(r, "device_id")?,
        registered_at: when(r, "registered_at")?,
    })
}

pub async fn officers(
    db: &impl GenericClient,
    region: &str,
    ids: &[OfficerId],
) -> StoreResult<Vec<OfficerRow>> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let sql = "SELECT * FROM officer WHERE region_id=$1 AND officer_id=ANY($2)";
    rows(db, sql, &[&region, &ids]).await?.iter().map(officer).collect()
}

pub async fn all_officers(db: &impl GenericClient, region: &str) -> StoreResult<Vec<OfficerRow>> {
    let sql =
        "SELECT * FROM officer WHERE region_id=$1 ORDER BY station_id, registered_at, officer_id";
    rows(db, sql, &[&region]).await?.iter().map(officer).collect()
}

pub async fn device_officers(
    db: &impl GenericClient,
    region: &str,
    device: DeviceId,
) -> StoreResult<Vec<OfficerCard>> {
    let sql = "SELECT * FROM officer WHERE region_id=$1 AND device_id=$2
               ORDER BY registered_at, officer_id";
    let found = rows(db, sql, &[&region, &device.to_string()]).await?;
    found.iter().map(|r| Ok(officer(r)?.card)).collect()
}

pub async fn station_officers(
    db: &impl GenericClient,
    region: &str,
    station: &StationId,
) -> StoreResult<Vec<OfficerCard>> {
    let sql = "SELECT * FROM officer WHERE region_id=$1 AND station_id=$2
               ORDER BY registered_at, officer_id";
    let found = rows(db, sql, &[&region, &plain(station.as_str())]).await?;
    found.iter().map(|r| Ok(officer(r)?.card)).collect()
}

pub async fn revoke_officer(
    tx: &Transaction<'_>,
    region: &str,
    id: OfficerId,
) -> StoreResult<bool> {
    let sql = "UPDATE officer SET revoked=true WHERE region_id=$1 AND officer_id=$2";
    Ok(run(tx, sql, &[&region, &id.to_string()]).await? == 1)
}

pub async fn put_warrant(tx: &Transaction<'_>, region: &str, w: &WarrantRow) -> StoreResult<()> {
    let change = w.change.as_ref().map(to_json).transpose()?;
    run(
        tx,
        "INSERT INTO warrant (region_id,n,key,change,set_at)
         SELECT $1::text, coalesce(max(n),0)+1, $2::text, $3::text, $4::bigint
         FROM warrant WHERE region_id=$1::text",
        &[&region, &w.key, &change, &ms(w.set_at)],
    )
    .await?;
    Ok(())
}

pub async fn warrants(db: &impl GenericClient, region: &str) -> StoreResult<Vec<WarrantRow>> {
    let found = rows(db, "SELECT * FROM warrant WHERE region_id=$1 ORDER BY n", &[&region]).await?;
    found
        .iter()
        .map(|r| {
            let change: Option<String> = get(r, "change")?;
            Ok(WarrantRow {
                key: get(r, "key")?,
                change: change.map(|_| from_json(r, "change")).transpose()?,
                set_at: when(r, "set_at")?,
            })
        })
        .collect()
}

pub async fn lease(
    tx: &Transaction<'_>,
    region: &str,
    (station, year): (&StationId, i32),
    device: DeviceId,
    count: u64,
    at: DateTime<Utc>,
) -> StoreResult<Lease> {
    let (name, in_year, count) = (station.as_str(), i64::from(year), int(count)?);
    run(
        tx,
        "INSERT INTO series (region_id,station_id,year,next) VALUES ($1,$2,$3,1)
         ON CONFLICT (region_id,station_id,year) DO NOTHING",
        &[&region, &name, &in_year],
    )
    .await?;
    let next = row(
        tx,
        "UPDATE series SET next=next+$4 WHERE region_id=$1 AND station_id=$2 AND year=$3
         RETURNING next",
        &[&region, &name, &in_year, &count],
    )
    .await?
    .ok_or_else(|| StoreError::Corrupt("a series is gone".to_owned()))?;
    let next: i64 = get(&next, "next")?;
    let (from, to) = (next - count, next - 1);
    run(
        tx,
        "INSERT INTO lease (region_id,station_id,year,from_n,to_n,device_id,given_at)
         VALUES ($1,$2,$3,$4,$5,$6,$7)",
        &[&region, &name, &in_year, &from, &to, &device.to_string(), &ms(at)],
    )
    .await?;
    Ok(Lease {
        station: station.clone(),
        year,
        from: from.unsigned_abs(),
        to: to.unsigned_abs(),
        expires: None,
    })
}

pub async fn leases(
    db: &impl GenericClient,
    region: &str,
    device: DeviceId,
) -> StoreResult<Vec<(Lease, DateTime<Utc>)>> {
    let sql = "SELECT * FROM lease WHERE region_id=$1 AND device_id=$2
               ORDER BY given_at, year, from_n";
    let lease = |r: &Row| {
        let lease = Lease {
            station: StationId(get(r, "station_id")?),
            year: small(r, "year")?,
            from: uint(r, "from_n")?,
            to: uint(r, "to_n")?,
            expires: None,
        };
        Ok((lease, when(r, "given_at")?))
    };
    rows(db, sql, &[&region, &device.to_string()]).await?.iter().map(lease).collect()
}
