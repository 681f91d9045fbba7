//! Clerks, their sessions, and the requests addressed to their agencies.

use super::values::{from_json, ms, only_by, parse, parse_opt, when};
use crate::store::{
    COUPONS_MAX, ClerkRow, CouponRow, RequestCounts, RequestList, RequestRow, SessionRow,
    StoreResult,
};
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::ids::{AgencyCode, ReferralId, StationId};
use rusqlite::{Connection, Row, params};

pub fn add_clerk(db: &Connection, region: &str, c: &ClerkRow) -> StoreResult<bool> {
    Ok(db.execute(
        "INSERT INTO clerk (region_id,login,name,agency,password_hash,revoked)
         VALUES (?1,?2,?3,?4,?5,?6) ON CONFLICT DO NOTHING",
        params![region, c.login, c.name, c.agency.as_str(), c.password_hash, c.revoked],
    )? == 1)
}

pub fn clerks(db: &Connection, region: &str, only: Option<&str>) -> StoreResult<Vec<ClerkRow>> {
    let which = only_by("login", only.is_some());
    let mut q = db.prepare_cached(&format!(
        "SELECT * FROM clerk WHERE region_id=?1 AND {which} ORDER BY login"
    ))?;
    let mut rows = q.query(params![region, only])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(ClerkRow {
            login: row.get("login")?,
            name: row.get("name")?,
            agency: AgencyCode(row.get("agency")?),
            password_hash: row.get("password_hash")?,
            revoked: row.get("revoked")?,
        });
    }
    Ok(out)
}

pub fn change_clerk(
    db: &Connection,
    region: &str,
    login: &str,
    hash: Option<&str>,
    revoked: bool,
) -> StoreResult<bool> {
    let changed = db.execute(
        "UPDATE clerk SET password_hash=coalesce(?3,password_hash), revoked=?4
         WHERE region_id=?1 AND login=?2",
        params![region, login, hash, revoked],
    )?;
    db.execute("DELETE FROM session WHERE region_id=?1 AND login=?2", [region, login])?;
    Ok(changed == 1)
}

pub fn put_session(db: &Connection, region: &str, s: &SessionRow) -> StoreResult<()> {
    db.execute(
        "INSERT INTO session (region_id,token_hash,login,csrf,seen_at) VALUES (?1,?2,?3,?4,?5)
         ON CONFLICT DO UPDATE SET seen_at=excluded.seen_at",
        params![region, s.token_hash, s.login, s.csrf, ms(s.seen_at)],
    )?;
    Ok(())
}

pub fn session(db: &Connection, region: &str, token_hash: &str) -> StoreResult<Option<SessionRow>> {
    let mut q = db.prepare_cached("SELECT * FROM session WHERE region_id=?1 AND token_hash=?2")?;
    let mut rows = q.query([region, token_hash])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(SessionRow {
        token_hash: row.get("token_hash")?,
        login: row.get("login")?,
        csrf: row.get("csrf")?,
        seen_at: when(row, "seen_at")?,
    }))
}

pub fn end_session(db: &Connection, region: &str, token_hash: &str) -> StoreResult<()> {
    db.execute("DELETE FROM session WHERE region_id=?1 AND token_hash=?2", [region, token_hash])?;
    Ok(())
}

pub fn end_idle_sessions(
    db: &Connection,
    region: &str,
    idle_since: DateTime<Utc>,
) -> StoreResult<u64> {
    let gone = db.execute(
        "DELETE FROM session WHERE region_id=?1 AND seen_at<?2",
        params![region, ms(idle_since)],
    )?;
    Ok(gone as u64)
}

fn request_row(row: &Row<'_>) -> StoreResult<RequestRow> {
    Ok(RequestRow {
        referral: parse(row, "referral_id")?,
        case: parse(row, "case_id")?,
        agency: AgencyCode(row.get("agency")?),
        station: StationId(row.get("station_id")?),
        answer_due: parse_opt(row, "answer_due")?,
        doc: from_json(row, "doc")?,
    })
}

/// The rows of a list; `?3` is today.
fn which(list: RequestList) -> &'static str {
    match list {
        RequestList::New => "state IN ('sent','delivered')",
        RequestList::Work => "state IN ('registered','accepted','answer_returned')",
        RequestList::Late => {
            "state IN ('sent','delivered','registered','accepted','answer_returned')
             AND answer_due < ?3"
        }
        RequestList::Answered => "state IN ('answered','checked')",
        RequestList::Back => "state IN ('rejected','withdrawn')",
    }
}

pub fn requests(
    db: &Connection,
    region: &str,
    agency: &str,
    list: RequestList,
    today: NaiveDate,
    (limit, offset): (u32, u32),
) -> StoreResult<Vec<RequestRow>> {
    let order = match list {
        RequestList::New | RequestList::Work | RequestList::Late => {
            "answer_due IS NULL, answer_due, referral_id"
        }
        RequestList::Answered | RequestList::Back => "referral_id DESC",
    };
    let mut q = db.prepare_cached(&format!(
        "SELECT * FROM request INDEXED BY request_by_agency
         WHERE region_id=?1 AND agency=?2 AND ?3=?3 AND {}
         ORDER BY {order} LIMIT ?4 OFFSET ?5",
        which(list)
    ))?;
    let mut rows = q.query(params![region, agency, today.to_string(), limit, offset])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(request_row(row)?);
    }
    Ok(out)
}

pub fn request_counts(
    db: &Connection,
    region: &str,
    agency: &str,
    today: NaiveDate,
) -> StoreResult<RequestCounts> {
    let one = |list: RequestList| -> StoreResult<u64> {
        let mut q = db.prepare_cached(&format!(
            "SELECT count(*) FROM request WHERE region_id=?1 AND agency=?2 AND ?3=?3 AND {}",
            which(list)
        ))?;
        let n: i64 = q.query_row(params![region, agency, today.to_string()], |r| r.get(0))?;
        Ok(n.unsigned_abs())
    };
    Ok(RequestCounts {
        new: one(RequestList::New)?,
        work: one(RequestList::Work)?,
        late: one(RequestList::Late)?,
        answered: one(RequestList::Answered)?,
        back: one(RequestList::Back)?,
    })
}

pub fn request(db: &Connection, region: &str, id: ReferralId) -> StoreResult<Option<RequestRow>> {
    let mut q = db.prepare_cached("SELECT * FROM request WHERE region_id=?1 AND referral_id=?2")?;
    let mut rows = q.query([region, &id.to_string()])?;
    rows.next()?.map(request_row).transpose()
}

pub fn coupons(db: &Connection, region: &str, number: &str) -> StoreResult<Vec<CouponRow>> {
    let mut q = db.prepare_cached(
        "SELECT case_id, code, secret FROM coupon WHERE region_id=?1 AND number=?2
         ORDER BY case_id LIMIT ?3",
    )?;
    let mut rows = q.query(params![region, number, COUPONS_MAX])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(CouponRow {
            number: number.to_owned(),
            case: parse(row, "case_id")?,
            code: row.get("code")?,
            secret: row.get("secret")?,
        });
    }
    Ok(out)
}
