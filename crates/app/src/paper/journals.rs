//! Journals of a period besides the register of appeals. They lie in a binder: of a restricted case they tell number and days
//! only, and a body of a circle is never named.

use super::make::fault;
use super::of_case::{Ground, body_name, number, officer, opened_at, protocol_due, topic};
use super::register::ROWS_MAX;
use crate::api::Journal as Kind;
use crate::desk::Open;
use crate::error::AppError;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use esik_domain::calendar::{instant, local};
use esik_domain::case::{CaseState, Referral, ReferralState as S};
use esik_domain::event::Party;
use esik_domain::policy::{Permission, may};
use esik_letters::{Cell, Document as _, Journal, L10nPair, Sheet};
use esik_store::lists;

/// Cases looked through for one journal; a shorter period is asked for beyond.
const CASES_MAX: usize = 10_000;

type Rows = Vec<Vec<Cell>>;

/// The journal as a file is called.
pub(super) fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Appeals => "register",
        Kind::Oral => "oral",
        Kind::Requests => "requests",
        Kind::Redirects => "redirects",
        Kind::Prints => "prints",
    }
}

/// # Errors
/// `period_backwards`, `period_too_long`; `forbidden` for the journal of prints to who administers nothing.
pub(super) fn sheet(
    open: &Open,
    kind: Kind,
    (from, until): (NaiveDate, NaiveDate),
    ground: &Ground<'_>,
) -> Result<Sheet, AppError> {
    if from > until {
        return Err(AppError::refused("period_backwards"));
    }
    let within = |at: DateTime<Utc>| (from..=until).contains(&local(at).date_naive());
    let (heads, rows): (&'static [&'static str], Rows) = match kind {
        Kind::Prints => {
            (&["printed", "paper", "number", "officer"], prints(open, (from, until), ground)?)
        }
        Kind::Oral | Kind::Appeals => (
            &["number", "received", "applicant", "topic", "receiver", "state"],
            each(open, (from, until), |case| {
                let spoken = protocol_due(case) && within(opened_at(case));
                spoken.then(|| oral(case, ground)).into_iter().collect()
            })?,
        ),
        Kind::Requests => (
            &["number", "sent", "whom", "incoming", "due", "answered", "state"],
            each(open, (from, until), |case| {
                let sent = |r: &&Referral| r.redirect.is_none() && r.sent_at.is_some_and(within);
                case.referrals.iter().filter(sent).map(|r| request(case, r)).collect()
            })?,
        ),
        Kind::Redirects => (
            &["number", "decision", "sent", "whom", "ground", "told"],
            each(open, (from, until), |case| {
                let moved = |r: &&Referral| r.redirect.is_some() && r.sent_at.is_some_and(within);
                case.referrals.iter().filter(moved).map(|r| Ok(redirect(case, r))).collect()
            })?,
        ),
    };
    if rows.len() > ROWS_MAX {
        return Err(AppError::refused("period_too_long"));
    }
    let journal = Journal {
        kind: name(kind),
        station: ground.station.clone(),
        from,
        until,
        made_at: ground.now,
        heads,
        rows,
        signer: ground.me.clone(),
    };
    journal.sheet(&ground.templates).map_err(fault)
}

/// The lines that each case of the period gives, as this officer may know of it.
fn each(
    open: &Open,
    (from, until): (NaiveDate, NaiveDate),
    lines: impl Fn(&CaseState) -> Vec<Result<Vec<Cell>, AppError>>,
) -> Result<Rows, AppError> {
    let ids = open
        .store
        .read(|conn| lists::alive_between(conn, &open.actor, from, until, CASES_MAX + 1))?;
    if ids.len() > CASES_MAX {
        return Err(AppError::refused("period_too_long"));
    }
    let mut out = Vec::new();
    for id in ids {
        if let Some(case) = open.store.read(|conn| lists::case_state(conn, &open.actor, id))? {
            for line in lines(&case) {
                out.push(line?);
            }
        }
    }
    Ok(out)
}

fn day(at: DateTime<Utc>) -> Cell {
    Cell::Day(local(at).date_naive())
}

fn open_only(shown: bool, cell: Cell) -> Cell {
    if shown { cell } else { Cell::Kept }
}

fn oral(case: &CaseState, ground: &Ground<'_>) -> Result<Vec<Cell>, AppError> {
    let open = case.circle.is_open();
    let applicant = case.applicant().map(Party::full_name).unwrap_or_default();
    let closed = case.closed.as_ref().map(|c| local(c.at).date_naive());
    let receiver = match &case.coupon {
        Some(issued) => issued.receiver_name.clone(),
        None => officer(case.author, ground)?.name,
    };
    let state = esik_letters::state_name(case.redirected().is_some(), closed).map_err(fault)?;
    Ok(vec![
        Cell::Line(number(case)),
        day(opened_at(case)),
        open_only(open, Cell::Line(applicant)),
        open_only(open, Cell::Both(topic(case.category()))),
        Cell::Line(receiver),
        Cell::Both(state),
    ])
}

fn request(case: &CaseState, r: &Referral) -> Result<Vec<Cell>, AppError> {
    let open = case.circle.is_open() && r.circle.is_open();
    let state = match r.state() {
        S::Draft | S::WaitsForRegion | S::Sent => "sent",
        S::Delivered => "delivered",
        S::Registered => "registered",
        S::Accepted => "accepted",
        S::Rejected => "rejected",
        S::Answered => "answered",
        S::Checked => "checked",
        S::AnswerReturned => "returned",
        S::Withdrawn => "withdrawn",
    };
    let answered = r.answered.as_ref().map(|a| match &a.stamp.told {
        Some(told) => told.day,
        None => local(a.stamp.at).date_naive(),
    });
    Ok(vec![
        Cell::Line(number(case)),
        r.sent_at.map_or(Cell::Blank, day),
        open_only(open, Cell::Both(body_name(r.agency.as_str()))),
        open_only(open, Cell::Line(r.incoming_number.clone().unwrap_or_default())),
        Cell::day(r.answer_due),
        Cell::day(answered),
        Cell::Both(esik_letters::request_name(state).map_err(fault)?),
    ])
}

fn redirect(case: &CaseState, r: &Referral) -> Vec<Cell> {
    let open = case.circle.is_open() && r.circle.is_open();
    let decided = r.decision.as_ref().map(|d| match d.number.trim() {
        "" => d.date.format("%d.%m.%Y").to_string(),
        number => format!("№ {number}, {}", d.date.format("%d.%m.%Y")),
    });
    let ground = r.redirect.as_ref().map(|x| x.ground.clone()).unwrap_or_default();
    let told = case.notices.iter().filter(|n| n.kind == esik_domain::case::NoticeKind::Redirect);
    let told = told.filter(|n| n.circle == r.circle).find_map(|n| n.given.as_ref());
    vec![
        Cell::Line(number(case)),
        Cell::Line(decided.unwrap_or_default()),
        r.sent_at.map_or(Cell::Blank, day),
        open_only(open, Cell::Both(body_name(r.agency.as_str()))),
        open_only(open, Cell::Line(ground)),
        told.map_or(Cell::Blank, |stamp| day(stamp.at)),
    ]
}

/// Papers handed over for printing the first time at this desk.
fn prints(
    open: &Open,
    (from, until): (NaiveDate, NaiveDate),
    ground: &Ground<'_>,
) -> Result<Rows, AppError> {
    if !may(open.actor.role, Permission::Administer) {
        return Err(AppError::refused("forbidden"));
    }
    let after = until.checked_add_days(Days::new(1)).unwrap_or(until);
    let at = |day| instant(day, NaiveTime::MIN);
    let printed = open
        .store
        .read(|conn| esik_store::papers::between(conn, &open.actor, (at(from), at(after))))?;
    printed
        .into_iter()
        .map(|(p, number)| {
            let name = esik_letters::paper_name(&p.kind).map_err(fault)?;
            let name = if name.is_blank() { L10nPair::new(&p.kind, &p.kind) } else { name };
            Ok(vec![
                Cell::Line(local(p.at).format("%d.%m.%Y %H:%M").to_string()),
                Cell::Both(name),
                Cell::Line(number.unwrap_or_default()),
                Cell::Line(officer(p.officer, ground)?.name),
            ])
        })
        .collect()
}
