//! Clerks, their sessions, and the requests addressed to their agencies.

use super::values::{count, from_json, get, ms, parse, parse_opt, plain, row, rows, run, when};
use crate::store::{
    COUPONS_MAX, ClerkRow, CouponRow, RequestCounts, RequestList, RequestRow, SessionRow,
    StoreResult,
};
use chrono::{DateTime, NaiveDate, Utc};
use deadpool_postgres::{GenericClient, Transaction};
use esik_domain::ids::{AgencyCode, ReferralId, StationId};
use tokio_postgres::Row;

pub async fn add_clerk(tx: &Transaction<'_>, region: &str, c: &ClerkRow) -> StoreResult<bool> {
    let new = run(
        tx,
        "INSERT INTO clerk (region_id,login,name,agency,password_hash,revoked)
         VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (region_id,login) DO NOTHING",
        &[&region, &c.login, &c.name, &c.agency.as_str(), &c.password_hash, &c.revoked],
    )
    .await?;
    Ok(new == 1)
}

pub async fn clerks(
    db: &impl GenericClient,
    region: &str,
    only: Option<&str>,
) -> StoreResult<Vec<ClerkRow>> {
    let found = rows(
        db,
        "SELECT * FROM clerk WHERE region_id=$1 AND ($2::text IS NULL OR login=$2) ORDER BY login",
        &[&region, &only.map(plain)],
    )
    .await?;
    let clerk = |r: &Row| {
        Ok(ClerkRow {
            login: get(r, "login")?,
            name: get(r, "name")?,
            agency: AgencyCode(get(r, "agency")?),
            password_hash: get(r, "password_hash")?,
            revoked: get(r, "revoked")?,
        })
    };
    found.iter().map(clerk).collect()
}

pub async fn change_clerk(
    tx: &Transaction<'_>,
    region: &str,
    login: &str,
    hash: Option<&str>,
    revoked: bool,
) -> StoreResult<bool> {
    let login = plain(login);
    let changed = run(
        tx,
        "UPDATE clerk SET password_hash=coalesce($3,password_hash), revoked=$4
         WHERE region_id=$1 AND login=$2",
        &[&region, &login, &hash, &revoked],
    )
    .await?;
    run(tx, "DELETE FROM session WHERE region_id=$1 AND login=$2", &[&region, &login]).await?;
    Ok(changed == 1)
}

pub async fn put_session(tx: &Transaction<'_>, region: &str, s: &SessionRow) -> StoreResult<()> {
    run(
        tx,
        "INSERT INTO session (region_id,token_hash,login,csrf,seen_at) VALUES ($1,$2,$3,$4,$5)
         ON CONFLICT (region_id,token_hash) DO UPDATE SET seen_at=excluded.seen_at",
        &[&region, &s.token_hash, &s.login, &s.csrf, &ms(s.seen_at)],
    )
    .await?;
    Ok(())
}

pub async fn session(
    db: &impl GenericClient,
    region: &str,
    token_hash: &str,
) -> StoreResult<Option<SessionRow>> {
    let sql = "SELECT * FROM session WHERE region_id=$1 AND token_hash=$2";
    row(db, sql, &[&region, &plain(token_hash)])
        .await?
        .map(|r| {
            Ok(SessionRow {
                token_hash: get(&r, "token_hash")?,
                login: get(&r, "login")?,
                csrf: get(&r, "csrf")?,
                seen_at: when(&r, "seen_at")?,
            })
        })
        .transpose()
}

pub async fn end_session(tx: &Transaction<'_>, region: &str, token_hash: &str) -> StoreResult<()> {
    let sql = "DELETE FROM session WHERE region_id=$1 AND token_hash=$2";
    run(tx, sql, &[&region, &plain(token_hash)]).await?;
    Ok(())
}

pub async fn end_idle_sessions(
    tx: &Transaction<'_>,
    region: &str,
    idle_since: DateTime<Utc>,
) -> StoreResult<u64> {
    let sql = "DELETE FROM session WHERE region_id=$1 AND seen_at<$2";
    run(tx, sql, &[&region, &ms(idle_since)]).await
}

fn request_row(r: &Row) -> StoreResult<RequestRow> {
    Ok(RequestRow {
        referral: parse(r, "referral_id")?,
        case: parse(r, "case_id")?,
        agency: AgencyCode(get(r, "agency")?),
        station: StationId(get(r, "station_id")?),
        answer_due: parse_opt(r, "answer_due")?,
        doc: from_json(r, "doc")?,
    })
}

/// The rows of a list; `$3` is today.
fn which(list: RequestList) -> &'static str {
    match list {
        RequestList::New => "state IN ('sent','delivered')",
        RequestList::Work => "state IN ('registered','accepted','answer_returned')",
        RequestList::Late => {
            "state IN ('sent','delivered','registered','accepted','answer_returned')
             AND answer_due < $3"
        }
        RequestList::Answered => "state IN ('answered','checked')",
        RequestList::Back => "state IN ('rejected','withdrawn')",
    }
}

pub async fn requests(
    db: &impl GenericClient,
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
    let sql = format!(
        "SELECT * FROM request WHERE region_id=$1 AND agency=$2 AND $3::text=$3 AND {}
         ORDER BY {order} LIMIT $4 OFFSET $5",
        which(list)
    );
    let today = today.to_string();
    let page = (i64::from(limit), i64::from(offset));
    let found = rows(db, &sql, &[&region, &plain(agency), &today, &page.0, &page.1]).await?;
    found.iter().map(request_row).collect()
}

pub async fn request_counts(
    db: &impl GenericClient,
    region: &str,
    agency: &str,
    today: NaiveDate,
) -> StoreResult<RequestCounts> {
    let (agency, today) = (plain(agency), today.to_string());
    let one = async |list: RequestList| {
        let sql = format!(
            "SELECT count(*) AS n FROM request
             WHERE region_id=$1 AND agency=$2 AND $3::text=$3 AND {}",
            which(list)
        );
        count(db, &sql, &[&region, &agency, &today]).await
    };
    Ok(RequestCounts {
        new: one(RequestList::New).await?,
        work: one(RequestList::Work).await?,
        late: one(RequestList::Late).await?,
        answered: one(RequestList::Answered).await?,
        back: one(RequestList::Back).await?,
    })
}

pub async fn request(
    db: &impl GenericClient,
    region: &str,
    id: ReferralId,
) -> StoreResult<Option<RequestRow>> {
    let sql = "SELECT * FROM request WHERE region_id=$1 AND referral_id=$2";
    row(db, sql, &[&region, &id.to_string()]).await?.as_ref().map(request_row).transpose()
}

/// What every look at the status page asks first.
pub const COUPONS: &str =
    "SELECT case_id, code, secret FROM coupon WHERE region_id=$1 AND number=$2
               ORDER BY case_id LIMIT $3";

pub async fn coupons(
    db: &impl GenericClient,
    region: &str,
    number: &str,
) -> StoreResult<Vec<CouponRow>> {
    let found = rows(db, COUPONS, &[&region, &plain(number), &i64::from(COUPONS_MAX)]).await?;
    found
        .iter()
        .map(|r| {
            Ok(CouponRow {
                number: number.to_owned(),
                case: parse(r, "case_id")?,
                code: get(r, "code")?,
                secret: get(r, "secret")?,
            })
        })
        .collect()
}
