//! How soon a body answers, from what it did: its own record, not its promise.

use crate::db::Tx;
use crate::error::Result;
use crate::publications::calendars;
use crate::sql;
use esik_domain::calendar::local;
use esik_domain::case::CaseState;
use esik_domain::deadline::working_days_between;
use esik_domain::ids::{AgencyCode, CaseId};
use rusqlite::Connection;

/// Answers looked at, the newest: how a body works now.
const ANSWERS_MAX: usize = 40;
/// Fewer answers say nothing.
const ANSWERS_MIN: usize = 5;

/// How soon a body answered lately.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AnswerRecord {
    /// Answers it was taken from, at least 5, at most 40.
    pub answers: u32,
    /// Half of them came within so many working days after the request was sent.
    pub usual_wd: u32,
    /// Nine of ten came within so many working days.
    pub nearly_all_wd: u32,
}

/// The record of a body with this desk's open cases; nothing when it answered too seldom to tell.
///
/// # Errors
/// When it cannot be read.
pub fn answer_record(conn: &Connection, agency: &AgencyCode) -> Result<Option<AnswerRecord>> {
    let mut days: Vec<u32> = conn
        .prepare_cached(
            "SELECT working_days FROM answer_time WHERE agency = ?1
             ORDER BY answered_at DESC LIMIT ?2",
        )?
        .query_map((agency.as_str(), i64::try_from(ANSWERS_MAX).unwrap_or(i64::MAX)), |r| r.get(0))?
        .collect::<std::result::Result<_, _>>()?;
    if days.len() < ANSWERS_MIN {
        return Ok(None);
    }
    days.sort_unstable();
    let at = |share: usize| days.get((days.len() * share).div_ceil(100).saturating_sub(1)).copied();
    Ok(Some(AnswerRecord {
        answers: u32::try_from(days.len()).unwrap_or(u32::MAX),
        usual_wd: at(50).unwrap_or_default(),
        nearly_all_wd: at(90).unwrap_or_default(),
    }))
}

/// Writes the times of a case's answered requests; of a restricted one nothing.
pub(crate) fn write_answer_times(tx: &Tx<'_>, case_id: CaseId, state: &CaseState) -> Result<()> {
    if !state.circle.is_open() {
        return Ok(());
    }
    let calendars = calendars(tx)?;
    let calendar = calendars.now();
    for r in state.referrals.iter().filter(|r| r.circle.is_open()) {
        let (Some(sent), Some(answer)) = (r.sent_at, &r.answered) else { continue };
        let (from, to) = (local(sent).date_naive(), answer.stamp.day());
        let days = u32::try_from(working_days_between(calendar, from, to)).unwrap_or_default();
        tx.prepare_cached(
            "INSERT OR REPLACE INTO answer_time (case_id, referral, agency, answered_at, working_days)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((
            sql::id(&case_id.0),
            sql::id(&r.id.0),
            r.agency.as_str(),
            answer.stamp.at.timestamp_millis(),
            days,
        ))?;
    }
    Ok(())
}
