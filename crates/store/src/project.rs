//! Projections: a case's events folded into the rows that lists and search read. Always a whole case
//! at a time, always in the transaction that changed its events.

use crate::db::Tx;
use crate::error::Result;
use crate::lists::{ObligationBody, ReferralBrief, write_answer_times, write_past_routes};
use crate::log;
use crate::publications::calendars;
use crate::search::keys::{Key, keys_of};
use crate::sql;
use chrono::NaiveDate;
use esik_domain::aside::Aside;
use esik_domain::calendar;
use esik_domain::calendars::Calendars;
use esik_domain::case::{CaseState, FOLDER_VERSION, Obligation, Referral, WaitingOn};
use esik_domain::event::Envelope;
use esik_domain::fold::{Entry, Standing, fold};
use esik_domain::ids::{CaseId, Circle, OfficerId};
use esik_domain::priority::Priority;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Sorts after every real day: no promise was made.
pub(crate) const NO_DAY: &str = "9999-12-31";

/// Who a projected row is for. See `case_row` in the schema.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Layer {
    /// Everybody who sees the case.
    All = 0,
    /// Those who see all of it.
    Whole = 1,
    /// Those who do not.
    Part = 2,
    /// Those who see this very referral.
    Own = 3,
}

/// A case as it is projected: both views of it, and its restricted parts.
#[derive(Debug)]
pub(crate) struct Projection {
    pub full: CaseState,
    /// Without restricted parts; `None` when nothing is left.
    pub base: Option<CaseState>,
    pub secrets: BTreeSet<(Circle, OfficerId)>,
}

/// One line of the control board, before it is written.
#[derive(Debug)]
pub(crate) struct Owed {
    pub layer: Layer,
    pub obligation: Obligation,
    pub referral: Option<ReferralBrief>,
    pub category: Option<String>,
    pub caution: bool,
    pub priority: Priority,
}

/// Folds a stream for projection, its days by the calendar that holds; `None` for an empty one.
pub(crate) fn project(entries: &[Entry], calendars: &Arc<Calendars>) -> Option<Projection> {
    let mut full = fold(entries)?;
    full.recount(calendars);
    let secrets = log::secrets(&full, entries);
    let base = if secrets.is_empty() {
        Some(full.clone())
    } else {
        let mut base = fold(&log::base_entries(&full, entries));
        if let Some(base) = &mut base {
            // Who opened the case and in which circle is the case's own, not a restricted part.
            base.circle = full.circle.clone();
            base.author = full.author;
            base.recount(calendars);
        }
        base
    };
    Some(Projection { full, base, secrets })
}

impl Projection {
    pub(crate) fn mixed(&self) -> bool {
        !self.secrets.is_empty()
    }

    /// The views that have rows.
    pub(crate) fn views(&self) -> Vec<(Layer, &CaseState)> {
        let mut out: Vec<_> = self.base.iter().map(|s| (Layer::All, s)).collect();
        if self.mixed() {
            out.push((Layer::Whole, &self.full));
        }
        out
    }

    /// The lines of the control board, each with who it is for.
    pub(crate) fn owed(&self) -> Vec<Owed> {
        let base = self.base.as_ref().map(CaseState::obligations).unwrap_or_default();
        if !self.mixed() {
            return base.into_iter().map(|o| owed(&self.full, Layer::All, o)).collect();
        }
        // What outsiders see comes first and is numbered as if there were nothing else: a row's
        // place must not tell that another one exists.
        let whole = self.full.obligations();
        // What a restricted part makes of the case shows to those who see that part, on every line; to nobody else.
        let alike = self.base.as_ref().is_some_and(|state| stands(state) == stands(&self.full));
        let mut out = Vec::new();
        if let Some(state) = &self.base {
            out.extend(base.iter().map(|o| {
                let layer = if alike && whole.contains(o) { Layer::All } else { Layer::Part };
                owed(state, layer, o.clone())
            }));
        }
        for o in whole.into_iter().filter(|o| !(alike && base.contains(o))) {
            let restricted = !o.circle.is_open() && o.circle != self.full.circle;
            let own = o.referral.is_some() && restricted;
            let layer = if own { Layer::Own } else { Layer::Whole };
            out.push(owed(&self.full, layer, o));
        }
        out
    }

    /// Exact keys, each with who it is for.
    pub(crate) fn keys(&self) -> Vec<(Layer, Key)> {
        let base = self.base.as_ref().map(keys_of).unwrap_or_default();
        let mut out: Vec<_> = base.iter().cloned().map(|k| (Layer::All, k)).collect();
        if self.mixed() {
            out.extend(
                keys_of(&self.full)
                    .into_iter()
                    .filter(|k| !base.contains(k))
                    .map(|k| (Layer::Whole, k)),
            );
        }
        out
    }
}

/// What a line says of its case as a whole: something has to be known before anybody calls, how soon it has to be taken up.
fn stands(state: &CaseState) -> (bool, Priority) {
    (!state.cautions().is_empty(), state.priority())
}

fn owed(state: &CaseState, layer: Layer, obligation: Obligation) -> Owed {
    let referral = obligation.referral.and_then(|id| state.referrals.iter().find(|r| r.id == id));
    let category = referral
        .and_then(|r| r.category.as_ref())
        .or_else(|| state.category())
        .map(|c| c.0.clone());
    let (caution, priority) = stands(state);
    Owed { layer, referral: referral.map(brief), category, caution, priority, obligation }
}

fn brief(r: &Referral) -> ReferralBrief {
    ReferralBrief {
        state: r.state(),
        delivered: r.delivered.is_some(),
        registered: r.registered.is_some(),
        accepted: r.accepted.is_some(),
        rejected: r.rejected.is_some(),
        incoming_number: r.incoming_number.clone(),
        sent_at: r.sent_at,
        ack_wd: r.ack_wd,
        reminders: r.reminders,
        taken: r.taken(),
    }
}

/// `advice`, `crime`, `ours`, `agency`, `region`, `closed`: where a stream stands.
pub(crate) fn phase(state: &CaseState) -> &'static str {
    // What is asked about a closed case is somebody's work again.
    if state.closed.is_some() && state.unread().next().is_none() {
        return "closed";
    }
    if !state.is_case() {
        return if state.crime.is_some() { "crime" } else { "advice" };
    }
    let owed = state.obligations();
    if owed.iter().any(|o| o.waiting_on == WaitingOn::Us) {
        "ours"
    } else if owed.iter().any(|o| o.waiting_on == WaitingOn::Agency) {
        "agency"
    } else {
        "region"
    }
}

pub(crate) fn day(day: Option<NaiveDate>) -> String {
    day.map_or_else(|| NO_DAY.to_owned(), |d| d.to_string())
}

/// Folds one case again and replaces its rows.
pub(crate) fn refold(tx: &Tx<'_>, case_id: CaseId) -> Result<()> {
    let entries: Vec<Entry> =
        log::case_entries(tx, case_id)?.into_iter().map(|e| e.entry).collect();
    replace(tx, case_id, &entries)
}

/// The same after these own events were appended: a new case is folded without reading it back.
pub(crate) fn refold_after(tx: &Tx<'_>, case_id: CaseId, new: Vec<Envelope>) -> Result<()> {
    if !is_fresh(tx, case_id)? {
        return refold(tx, case_id);
    }
    let entries: Vec<Entry> =
        new.into_iter().map(|event| Entry { event, standing: Standing::Unsent }).collect();
    match project(&entries, &calendars(tx)?) {
        Some(p) => write(tx, case_id, &p),
        None => Ok(()),
    }
}

/// True when nothing was projected of this case: it had no event before this transaction.
fn is_fresh(tx: &Tx<'_>, case_id: CaseId) -> Result<bool> {
    Ok(tx
        .prepare_cached(
            "SELECT NOT EXISTS (SELECT 1 FROM case_row WHERE case_id = ?1
               UNION ALL SELECT 1 FROM queue_row WHERE case_id = ?1
               UNION ALL SELECT 1 FROM aside_row WHERE case_id = ?1)",
        )?
        .query_row([sql::id(&case_id.0)], |r| r.get(0))?)
}

/// Replaces a case's rows by what these entries fold to.
pub(crate) fn replace(tx: &Tx<'_>, case_id: CaseId, entries: &[Entry]) -> Result<()> {
    if !is_fresh(tx, case_id)? {
        clear(tx, case_id)?;
    }
    if let Some(p) = project(entries, &calendars(tx)?) {
        write(tx, case_id, &p)?;
    }
    Ok(())
}

pub(crate) fn clear(tx: &Tx<'_>, case_id: CaseId) -> Result<()> {
    count_less(tx, case_id)?;
    for statement in [
        "DELETE FROM case_row WHERE case_id = ?1",
        "DELETE FROM queue_row WHERE case_id = ?1",
        "DELETE FROM aside_row WHERE case_id = ?1",
        "DELETE FROM case_secret WHERE case_id = ?1",
        "DELETE FROM waits WHERE case_id = ?1",
        "DELETE FROM obligation WHERE case_id = ?1",
        "DELETE FROM find_key WHERE case_id = ?1",
        "DELETE FROM answer_time WHERE case_id = ?1",
        "DELETE FROM past_route WHERE case_id = ?1",
        "DELETE FROM look_row WHERE stream = ?1",
        // A layer that is gone has to leave the index too.
        "UPDATE doc SET indexed = 0 WHERE case_id = ?1",
    ] {
        tx.prepare_cached(statement)?.execute([sql::id(&case_id.0)])?;
    }
    Ok(())
}

fn write(tx: &Tx<'_>, case_id: CaseId, p: &Projection) -> Result<()> {
    let id = sql::id(&case_id.0);
    write_secrets(tx, case_id, p)?;
    if !p.full.waiting.is_empty() {
        tx.prepare_cached("INSERT OR REPLACE INTO waits (case_id, n) VALUES (?1, ?2)")?
            .execute((id, u32::try_from(p.full.waiting.len()).unwrap_or(u32::MAX)))?;
    }
    if p.full.is_ticket() {
        return write_tickets(tx, case_id, p);
    }
    if p.full.is_beside() {
        return write_aside(tx, case_id, p);
    }
    for (layer, state) in p.views() {
        write_row(tx, case_id, layer, p.mixed(), state)?;
        tx.prepare_cached(
            "INSERT INTO doc (case_id, layer, indexed) VALUES (?1, ?2, 0)
             ON CONFLICT (case_id, layer) DO NOTHING",
        )?
        .execute(rusqlite::params![id, layer as i64])?;
    }
    if let Some(state) = &p.base {
        write_answer_times(tx, case_id, state)?;
        write_past_routes(tx, case_id, state)?;
    }
    for (n, o) in (0i64..).zip(p.owed()) {
        write_owed(tx, case_id, n, p, o)?;
    }
    let mut insert = tx.prepare_cached(
        "INSERT OR IGNORE INTO find_key (kind, key, case_id, layer) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (layer, key) in p.keys() {
        insert.execute(rusqlite::params![key.kind, key.text, id, layer as i64])?;
    }
    Ok(())
}

fn write_secrets(tx: &Tx<'_>, case_id: CaseId, p: &Projection) -> Result<()> {
    for (circle, author) in &p.secrets {
        tx.prepare_cached("INSERT INTO case_secret (case_id, circle, author) VALUES (?1, ?2, ?3)")?
            .execute((sql::id(&case_id.0), &circle.0, sql::id(&author.0)))?;
    }
    Ok(())
}

/// A place in the queue has lines of its own; neither lists of cases nor the search know of it.
fn write_tickets(tx: &Tx<'_>, case_id: CaseId, p: &Projection) -> Result<()> {
    for (layer, state) in p.views() {
        let Some(ticket) = &state.ticket else { continue };
        tx.prepare_cached(
            "INSERT INTO queue_row (case_id, layer, mixed, day, desk, n, urgent, joined_at, left,
               ticket, folder_version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(rusqlite::params![
            sql::id(&case_id.0),
            layer as i64,
            p.mixed(),
            calendar::local(ticket.joined_at).date_naive().to_string(),
            ticket.desk,
            ticket.n,
            ticket.urgent,
            ticket.joined_at.timestamp_millis(),
            ticket.left.is_some(),
            serde_json::to_string(ticket)?,
            FOLDER_VERSION,
        ])?;
    }
    Ok(())
}

/// A stream beside the cases: what is open of it, for everybody; else all of it, for its owner.
fn write_aside(tx: &Tx<'_>, case_id: CaseId, p: &Projection) -> Result<()> {
    let open = p.base.as_ref().and_then(|s| Some((s.aside.as_ref()?, true)));
    let Some((aside, open)) = open.or_else(|| Some((p.full.aside.as_ref()?, false))) else {
        return Ok(());
    };
    let kind = match aside {
        Aside::Shift(_) => "shift",
        Aside::Place(_) => "place",
        Aside::Day(_) => "day",
        Aside::OwedList(_) => "owed_list",
        Aside::Confirmed(_) => "confirmed",
        Aside::Looks(looks) => {
            crate::looks::project(tx, case_id, looks)?;
            "looks"
        }
        // It keeps its row: a stream without one would be folded as if it were new.
        Aside::Gone => "gone",
    };
    tx.prepare_cached(
        "INSERT INTO aside_row (case_id, kind, owner, open, at, aside, folder_version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(rusqlite::params![
        sql::id(&case_id.0),
        kind,
        sql::id(&p.full.author.0),
        open,
        p.full.first_at.timestamp_millis(),
        serde_json::to_string(aside)?,
        FOLDER_VERSION,
    ])?;
    Ok(())
}

fn write_row(tx: &Tx<'_>, case_id: CaseId, layer: Layer, mixed: bool, s: &CaseState) -> Result<()> {
    let next_due = s.obligations().iter().filter_map(|o| o.due).min().map(|d| d.to_string());
    tx.prepare_cached(
        "INSERT INTO case_row (case_id, layer, mixed, circle, author, station, number, ext_number,
           title, category, address, applicant, opened_at, first_at, last_at, closed_at, phase,
           next_due, needs_review, refused, folder_version, controller)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
           ?19, ?20, ?21, ?22)",
    )?
    .execute(rusqlite::params![
        sql::id(&case_id.0),
        layer as i64,
        mixed,
        s.circle.0,
        sql::id(&s.author.0),
        s.station.0,
        s.number,
        s.ext_number,
        s.title,
        s.category().map(|c| &c.0),
        s.address.as_ref().map_or("", |a| a.text.as_str()),
        s.applicant().map(|p| p.full_name()).unwrap_or_default(),
        s.opened_at.map(|t| t.timestamp_millis()),
        s.first_at.timestamp_millis(),
        s.last_at.timestamp_millis(),
        s.closed.as_ref().map(|c| c.at.timestamp_millis()),
        phase(s),
        next_due,
        !s.review.is_empty(),
        u32::try_from(s.refused.len()).unwrap_or(u32::MAX),
        FOLDER_VERSION,
        sql::id(&s.controller().0),
    ])?;
    Ok(())
}

/// Keeps the count of the board's lines that everybody may see. Not by a trigger: a statement with one
/// may fail half-way, so the engine copies every page it touches first, in memory it locks and wipes.
fn count_more(
    tx: &Tx<'_>,
    due: &str,
    waiting_on: &str,
    what: &str,
    priority: Priority,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO owed_count (due, waiting_on, what, first, n) VALUES (?1, ?2, ?3, ?4 <= 2, 1)
         ON CONFLICT (due, waiting_on, what, first) DO UPDATE SET n = n + 1",
    )?
    .execute((due, waiting_on, what, priority.rank()))?;
    Ok(())
}

/// Takes a case's lines out of the count, before they go.
fn count_less(tx: &Tx<'_>, case_id: CaseId) -> Result<()> {
    let mut counted = tx.prepare_cached(
        "SELECT due, waiting_on, what, priority <= 2 FROM obligation
         WHERE case_id = ?1 AND layer = 0 AND case_circle = 'open'",
    )?;
    let mut less = tx.prepare_cached(
        "UPDATE owed_count SET n = n - 1
         WHERE due = ?1 AND waiting_on = ?2 AND what = ?3 AND first = ?4",
    )?;
    let mut rows = counted.query([sql::id(&case_id.0)])?;
    while let Some(row) = rows.next()? {
        less.execute((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, String>(2)?,
            row.get::<_, bool>(3)?,
        ))?;
    }
    Ok(())
}

fn write_owed(tx: &Tx<'_>, case_id: CaseId, n: i64, p: &Projection, o: Owed) -> Result<()> {
    let body =
        ObligationBody { obligation: o.obligation, referral_brief: o.referral, caution: o.caution };
    let it = &body.obligation;
    let (what, waiting_on, due) = (sql::name(&it.what)?, sql::name(&it.waiting_on)?, day(it.due));
    if o.layer == Layer::All && p.full.circle.is_open() {
        count_more(tx, &due, &waiting_on, &what, o.priority)?;
    }
    tx.prepare_cached(
        "INSERT INTO obligation (case_id, n, layer, what, waiting_on, due, since, agency, category,
           circle, author, case_circle, case_author, body, moved, priority)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    )?
    .execute(rusqlite::params![
        sql::id(&case_id.0),
        n,
        o.layer as i64,
        what,
        waiting_on,
        due,
        it.since.timestamp_millis(),
        it.agency.as_ref().map(|a| &a.0),
        o.category,
        it.circle.0,
        sql::id(&it.by.0),
        p.full.circle.0,
        sql::id(&p.full.author.0),
        serde_json::to_string(&body)?,
        it.moved_from.is_some(),
        o.priority.rank(),
    ])?;
    Ok(())
}

/// Folds every case again, from the log alone.
pub(crate) fn rebuild(tx: &mut Tx<'_>) -> Result<()> {
    for statement in [
        "DELETE FROM case_row",
        "DELETE FROM queue_row",
        "DELETE FROM aside_row",
        "DELETE FROM look_row",
        "DELETE FROM case_secret",
        "DELETE FROM waits",
        "DELETE FROM obligation",
        "DELETE FROM owed_count",
        "DELETE FROM find_key",
        "UPDATE doc SET indexed = 0",
    ] {
        tx.execute(statement, [])?;
    }
    for case_id in all_cases(tx)? {
        refold(tx, case_id)?;
    }
    Ok(())
}

/// Every stream of the log, in a stable order.
pub(crate) fn all_cases(conn: &Connection) -> Result<Vec<CaseId>> {
    let mut statement =
        conn.prepare_cached("SELECT DISTINCT case_id FROM event ORDER BY case_id")?;
    let mut rows = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(CaseId(sql::uuid(row, 0)?));
    }
    Ok(out)
}
