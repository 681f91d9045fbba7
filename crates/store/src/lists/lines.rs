//! One line of a list: a case, or one thing that is owed in it.

use crate::error::Result;
use crate::sql;
use crate::visible::{self, Eyes};
use chrono::{DateTime, NaiveDate, Utc};
use esik_domain::case::{Obligation, ReferralState};
use esik_domain::ids::{CaseId, CategoryCode, Circle, OfficerId, StationId};
use esik_domain::ladder::Rung;
use esik_domain::policy::Actor;
use esik_domain::priority::Priority;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use serde::{Deserialize, Serialize};

/// A case (or a visit, without a number) as a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaseLine {
    pub id: CaseId,
    pub number: Option<String>,
    pub ext_number: Option<String>,
    pub title: String,
    pub category: Option<CategoryCode>,
    pub address: String,
    pub applicant: String,
    pub circle: Circle,
    pub author: OfficerId,
    /// Who answers for it.
    pub controller: OfficerId,
    pub station: StationId,
    pub opened_at: Option<DateTime<Utc>>,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    /// `advice`, `crime`, `ours`, `agency`, `region`, `closed`.
    pub phase: String,
    /// The nearest last day of anything owed in it.
    pub next_due: Option<NaiveDate>,
    pub needs_review: bool,
    /// Events the region refused.
    pub refused: u32,
}

/// Where a referral stands, beside its obligation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReferralBrief {
    pub state: ReferralState,
    pub delivered: bool,
    pub registered: bool,
    pub accepted: bool,
    pub rejected: bool,
    pub incoming_number: Option<String>,
    pub sent_at: Option<DateTime<Utc>>,
    /// Working days within which the body should confirm receipt; 0 = none agreed.
    pub ack_wd: u32,
    pub reminders: u32,
    /// The highest rung of the ladder taken for the answer that is owed.
    #[serde(default)]
    pub taken: Rung,
}

/// What is stored of one obligation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ObligationBody {
    #[serde(flatten)]
    pub obligation: Obligation,
    pub referral_brief: Option<ReferralBrief>,
    /// Something has to be known before anybody calls or writes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub caution: bool,
}

/// One thing somebody owes, with its case: a row of the control board.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwedLine {
    /// Where the next page goes on; opaque.
    pub key: String,
    pub case: CaseLine,
    pub obligation: Obligation,
    pub referral: Option<ReferralBrief>,
    pub category: Option<CategoryCode>,
    /// Not every officer of the station may know of it.
    pub restricted: bool,
    /// Something has to be known before anybody calls or writes.
    pub caution: bool,
    /// How soon the case has to be taken up.
    pub priority: Priority,
}

/// Columns of [`read_case`], of `case_row c`.
pub(crate) const CASE_COLUMNS: &str = "c.case_id, c.number, c.ext_number, c.title, c.category,
  c.address, c.applicant, c.circle, c.author, c.station, c.opened_at, c.first_at, c.last_at,
  c.closed_at, c.phase, c.next_due, c.needs_review, c.refused, c.controller";
/// How many they are.
pub(crate) const CASE_COLUMN_COUNT: usize = 19;
/// Those of them people look for: number, foreign number, title, address, applicant.
pub(crate) const CASE_TEXTS: [usize; 5] = [1, 2, 3, 5, 6];

pub(crate) fn read_case(row: &Row<'_>) -> Result<CaseLine> {
    let due: Option<String> = row.get(15)?;
    Ok(CaseLine {
        id: CaseId(sql::uuid(row, 0)?),
        number: row.get(1)?,
        ext_number: row.get(2)?,
        title: row.get(3)?,
        category: row.get::<_, Option<String>>(4)?.map(CategoryCode),
        address: row.get(5)?,
        applicant: row.get(6)?,
        circle: Circle(row.get(7)?),
        author: OfficerId(sql::uuid(row, 8)?),
        station: StationId(row.get(9)?),
        opened_at: sql::time_opt(row, 10)?,
        first_at: sql::time(row, 11)?,
        last_at: sql::time(row, 12)?,
        closed_at: sql::time_opt(row, 13)?,
        phase: row.get(14)?,
        next_due: due.map(|d| d.parse().map_err(|_| sql::bad("day"))).transpose()?,
        needs_review: row.get(16)?,
        refused: row.get(17)?,
        controller: OfficerId(sql::uuid(row, 18)?),
    })
}

/// The line of one case, as the officer may see it.
///
/// # Errors
/// When it cannot be read.
pub fn case_line(conn: &Connection, actor: &Actor, case_id: CaseId) -> Result<Option<CaseLine>> {
    case_line_of(conn, &Eyes::of(actor)?, case_id, 0)
}

/// The same for something found in a layer of the case: what was found in the restricted layer shows
/// nothing to those who may not see it.
pub(crate) fn case_line_of(
    conn: &Connection,
    eyes: &Eyes,
    case_id: CaseId,
    layer: i64,
) -> Result<Option<CaseLine>> {
    conn.prepare_cached(&format!(
        "SELECT {CASE_COLUMNS} FROM case_row c
         WHERE c.case_id = :id AND {} AND (:layer = 0 OR {})",
        visible::case_line(),
        visible::sees_whole("c.case_id"),
    ))?
    .query_row(
        named_params! { ":id": sql::id(&case_id.0), ":layer": layer, ":me": eyes.me,
        ":circles": eyes.circles },
        |r| Ok(read_case(r)),
    )
    .optional()?
    .transpose()
}
