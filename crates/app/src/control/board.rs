//! The control board: what is due, what is late, who owes us an answer.

use crate::api::{
    BodiesOwe, BodyOwes, ControlPage, ControlRequest, ControlRow, OweRequest, Queue, QueueCounts,
};
use crate::case::view::late_wd;
use crate::desk::Desk;
use crate::error::AppError;
use crate::intake::plan::today;
use chrono::NaiveDate;
use esik_domain::calendar::Calendar;
use esik_domain::case::WaitingOn;
use esik_domain::deadline::{Counting, working_days};
use esik_domain::ladder::ladder;
use esik_store::lists::{self, Board, Only, OwedLine, Place};

/// Rows of one page when the screen does not say.
const PAGE: u32 = 100;

/// A page of a queue with the counts of all queues.
///
/// # Errors
/// The store's; `period_backwards`; `bad_request` for a key that is not of this board or two places at once.
pub fn control(desk: &Desk, r: ControlRequest) -> Result<ControlPage, AppError> {
    in_order(r.from, r.until)?;
    let place = match (r.after, r.before, r.end) {
        (None, None, false) => Place::Start,
        (Some(key), None, false) => Place::After(key),
        (None, Some(key), false) => Place::Before(key),
        (None, None, true) => Place::End,
        _ => return Err(AppError::refused("bad_request")),
    };
    let open = desk.opened()?;
    let today = today(desk.env().now());
    let limit = if r.limit == 0 { PAGE } else { r.limit.min(200) };
    let board = Board {
        today,
        queue: match r.queue {
            Queue::All => lists::Queue::All,
            Queue::First => lists::Queue::First,
            Queue::Overdue => lists::Queue::Overdue,
            Queue::Today => lists::Queue::Today,
            Queue::Week => lists::Queue::Week,
            Queue::WaitingAgency => lists::Queue::WaitingAgency,
            Queue::WaitingUs => lists::Queue::WaitingUs,
            Queue::SecondBounce => lists::Queue::SecondBounce,
            Queue::Moved => lists::Queue::Moved,
            Queue::ToSign => lists::Queue::ToSign,
        },
        only: Only {
            agency: r.agency,
            category: r.category,
            officer: r.officer,
            from: r.from,
            until: r.until,
        },
        filter: r.filter,
        place,
        limit: usize::try_from(limit).unwrap_or(200),
    };
    let (page, counts) = open.store.read(|conn| {
        Ok((
            lists::control(conn, &open.actor, &board)?,
            lists::counts(conn, &open.actor, today, &board.only)?,
        ))
    })?;
    let calendars = open.calendars();
    Ok(ControlPage {
        today,
        counts: QueueCounts {
            all: small(counts.all),
            first: small(counts.first),
            overdue: small(counts.overdue),
            today: small(counts.today),
            week: small(counts.week),
            waiting_agency: small(counts.waiting_agency),
            waiting_us: small(counts.waiting_us),
            to_sign: small(counts.to_sign),
            second_bounce: small(counts.second_bounce),
        },
        rows: page.rows.into_iter().map(|line| row(line, today, calendars.now())).collect(),
        more: page.more,
    })
}

/// What each body owes us, the most late first.
///
/// # Errors
/// The store's; `period_backwards`.
pub fn bodies_owe(desk: &Desk, r: OweRequest) -> Result<BodiesOwe, AppError> {
    in_order(r.from, r.until)?;
    let open = desk.opened()?;
    let today = today(desk.env().now());
    let only = Only {
        agency: None,
        category: r.category,
        officer: r.officer,
        from: r.from,
        until: r.until,
    };
    let found = open.store.read(|conn| lists::bodies_owe(conn, &open.actor, today, &only))?;
    let calendars = open.calendars();
    let bodies = found
        .into_iter()
        .map(|b| BodyOwes {
            agency: b.agency,
            total: small(b.total),
            late: small(b.late),
            late_wd: late_wd(b.first_due, today, calendars.now()),
            first_due: b.first_due,
        })
        .collect();
    Ok(BodiesOwe { today, bodies })
}

/// Days of a filter, either of which may be missing.
pub(super) fn in_order(from: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<(), AppError> {
    match (from, until) {
        (Some(from), Some(until)) if until < from => Err(AppError::refused("period_backwards")),
        _ => Ok(()),
    }
}

/// A count for the screen.
pub(crate) fn small(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// A line of the store as the screen shows it.
pub(crate) fn row(line: OwedLine, today: NaiveDate, calendar: &Calendar) -> ControlRow {
    let owed = &line.obligation;
    let mark = |done: bool| if done { "yes" } else { "empty" }.to_owned();
    let (stamps, state, incoming_number, reminders, no_receipt) = match &line.referral {
        None => ([mark(false), mark(false), mark(false)], None, None, 0, false),
        Some(r) => {
            let third = if r.rejected { "no".to_owned() } else { mark(r.accepted) };
            // The body should have confirmed receipt within its own term (domain.md §8, ack_wd).
            let confirm_by = r.sent_at.map(|at| {
                working_days(calendar, at, r.ack_wd.saturating_add(1), &Counting::default()).due
            });
            let silent = owed.waiting_on == WaitingOn::Agency
                && !r.registered
                && confirm_by.is_some_and(|day| day < today);
            (
                [mark(r.delivered), mark(r.registered), third],
                Some(r.state),
                r.incoming_number.clone(),
                r.reminders,
                silent,
            )
        }
    };
    let late = match owed.waiting_on {
        WaitingOn::Agency | WaitingOn::Us => late_wd(owed.due, today, calendar),
        WaitingOn::Region => 0,
    };
    ControlRow {
        key: line.key,
        case: line.case.id,
        number: line.case.number.unwrap_or_default(),
        title: line.case.title,
        address: line.case.address,
        category: line.category,
        what: owed.what,
        also: owed.also,
        waiting_on: owed.waiting_on,
        agency: owed.agency.clone(),
        referral: owed.referral,
        task: owed.task,
        state,
        stamps,
        incoming_number,
        due: owed.due,
        moved_from: owed.moved_from,
        late_wd: late,
        no_receipt,
        reminders,
        rung: owed
            .due
            .filter(|_| owed.waiting_on == WaitingOn::Agency)
            .map(|due| ladder(calendar, due, today).rung)
            .filter(|rung| line.referral.as_ref().is_none_or(|r| *rung > r.taken)),
        restricted: line.restricted,
        caution: line.caution,
        priority: line.priority,
    }
}
