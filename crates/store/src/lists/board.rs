//! The control board: everything somebody owes, the most urgent first, by pages.

use super::lines::{
    CASE_COLUMN_COUNT, CASE_COLUMNS, CASE_TEXTS, ObligationBody, OwedLine, read_case,
};
use crate::error::{Result, StoreError};
use crate::project::NO_DAY;
use crate::search::parts::{AMONG, cases_with, listed};
use crate::sql;
use crate::visible::{self, Eyes};
use chrono::{Days, NaiveDate};
use esik_domain::catalog::Catalog;
use esik_domain::ids::{AgencyCode, CategoryCode, OfficerId};
use esik_domain::policy::Actor;
use esik_domain::priority::Priority;
use esik_domain::text;
use rusqlite::{Connection, Row, named_params};
use std::collections::BTreeSet;

/// Which part of the board.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Queue {
    #[default]
    All,
    /// It cannot wait until tomorrow, whatever day was promised.
    First,
    /// The last day is over.
    Overdue,
    /// The last day is today.
    Today,
    /// The last day is one of the next seven, today among them.
    Week,
    WaitingAgency,
    WaitingUs,
    /// Waits for a decision and signature of the head.
    ToSign,
    /// Two bodies refused it.
    SecondBounce,
    /// Another calendar moved its last day.
    Moved,
}

/// Of one body, one theme, one officer, some last days; each may be left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Only {
    pub agency: Option<AgencyCode>,
    pub category: Option<CategoryCode>,
    /// Who answers for the case.
    pub officer: Option<OfficerId>,
    /// The last day is this one or later. With either bound, what has no day is left out.
    pub from: Option<NaiveDate>,
    /// The last day is this one or earlier.
    pub until: Option<NaiveDate>,
}

/// Later than every day and earlier than [`NO_DAY`], which means that nothing was promised.
const LAST_DAY: &str = "9999-12-30";

impl Only {
    /// Nothing is left out.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Condition on `obligation o`, with the five parameters below.
    pub(super) fn condition(&self) -> String {
        self.condition_with(Mine::First)
    }

    fn condition_with(&self, mine: Mine) -> String {
        let mine = match (self.officer, mine) {
            (None, _) => ":officer IS NULL",
            (Some(_), Mine::First) => {
                "o.case_id IN (SELECT k.case_id FROM case_row k
                   WHERE k.controller = :officer AND k.phase <> 'closed')"
            }
            (Some(_), Mine::Walked) => {
                "(SELECT 1 FROM case_row k WHERE k.case_id = o.case_id
                   AND k.controller = :officer AND k.phase <> 'closed' LIMIT 1)"
            }
        };
        format!(
            "(o.due BETWEEN :from AND :until
              AND (:agency IS NULL OR o.agency = :agency)
              AND (:category IS NULL OR o.category = :category) AND {mine})"
        )
    }

    /// ISO days compare as text; without a bound every text is one.
    pub(super) fn from(&self) -> String {
        self.from.map_or_else(String::new, |day| day.to_string())
    }

    pub(super) fn until(&self) -> String {
        match (self.from, self.until) {
            (None, None) => NO_DAY.to_owned(),
            (Some(_), None) => LAST_DAY.to_owned(),
            (_, Some(day)) => day.to_string(),
        }
    }

    pub(super) fn agency(&self) -> Option<&str> {
        self.agency.as_ref().map(AgencyCode::as_str)
    }

    pub(super) fn category(&self) -> Option<&str> {
        self.category.as_ref().map(CategoryCode::as_str)
    }

    pub(super) fn officer(&self) -> Option<Vec<u8>> {
        self.officer.map(|o| sql::id(&o.0).to_vec())
    }
}

/// How the lines of one officer are found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mine {
    /// The officer's cases first, then their lines sorted: right for a few.
    First,
    /// Line by line in the order of the board: right for many. Sorting them all, bodies and everything,
    /// took 70 MiB of locked memory for one page.
    Walked,
}

/// Cases of one officer from which on the board is walked.
const MANY: i64 = 1_000;

impl Mine {
    fn of(conn: &Connection, only: &Only) -> Result<Self> {
        if only.officer.is_none() {
            return Ok(Self::First);
        }
        let many: bool = conn
            .prepare_cached(
                "SELECT count(*) >= ?2 FROM (SELECT 1 FROM case_row
                   WHERE controller = ?1 AND phase <> 'closed' LIMIT ?2)",
            )?
            .query_row((only.officer(), MANY), |r| r.get(0))?;
        Ok(if many { Self::Walked } else { Self::First })
    }
}

/// Where a page lies, by the key of a row beside it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Place {
    /// The first rows.
    #[default]
    Start,
    After(String),
    Before(String),
    /// The last rows.
    End,
}

impl Place {
    fn is_backwards(&self) -> bool {
        matches!(self, Self::Before(_) | Self::End)
    }

    /// The key the page lies beside.
    fn key(&self) -> Result<Key> {
        match self {
            Self::Start => Ok(Key::default()),
            Self::After(key) | Self::Before(key) => Key::parse(key),
            Self::End => Ok(Key::last()),
        }
    }
}

/// What of the board is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Board {
    pub today: NaiveDate,
    pub queue: Queue,
    pub only: Only,
    /// Words that number, title, address or applicant hold, folded; empty = all.
    pub filter: String,
    pub place: Place,
    /// At most 200.
    pub limit: usize,
}

impl Board {
    /// A queue from its beginning.
    #[must_use]
    pub fn of(queue: Queue, today: NaiveDate, limit: usize) -> Self {
        let place = Place::Start;
        Self { today, queue, only: Only::default(), filter: String::new(), place, limit }
    }
}

/// A page of the board.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ControlPage {
    /// In the order of the board, from whichever end they were asked.
    pub rows: Vec<OwedLine>,
    /// There are more on the way that was asked for: after these, or before them.
    pub more: bool,
}

pub(super) fn week_end(today: NaiveDate) -> NaiveDate {
    today.checked_add_days(Days::new(6)).unwrap_or(today)
}

fn condition(queue: Queue) -> &'static str {
    match queue {
        Queue::All => "1",
        Queue::First => "o.priority <= 2",
        Queue::Overdue => "o.due < :today",
        Queue::Today => "o.due = :today",
        Queue::Week => "o.due BETWEEN :today AND :week",
        Queue::WaitingAgency => "o.waiting_on = 'agency'",
        Queue::WaitingUs => "o.waiting_on = 'us'",
        Queue::SecondBounce => "o.what IN ('second_bounce', 'settle_dispute')",
        Queue::Moved => "o.moved = 1",
        Queue::ToSign => "o.what IN ('decide_extension', 'sign_redirect')",
    }
}

/// A page of the board, ordered by last day (no promise comes last), then by how soon the case has to be taken up, then by
/// how long it is owed.
///
/// # Errors
/// When it cannot be read, or the place is not a key of this board.
pub fn control(conn: &Connection, actor: &Actor, board: &Board) -> Result<ControlPage> {
    page_of(conn, actor, board, Mine::of(conn, &board.only)?)
}

/// The lines of a part of the board after a place in its order, or before it in the order turned round.
fn ask(board: &Board, mine: Mine, among: bool) -> String {
    let (beyond, order) = if board.place.is_backwards() { ("<", "DESC") } else { (">", "ASC") };
    format!(
        "SELECT {CASE_COLUMNS}, o.due, o.since, o.n, o.category, o.circle, o.body, o.priority
         FROM obligation o JOIN case_row c ON c.case_id = o.case_id
         WHERE (o.due, o.priority, o.since, o.case_id, o.n) {beyond} (:due, :priority, :since, :id, :n)
           AND {queue} AND :today IS NOT NULL AND :week IS NOT NULL
           AND {only} AND {among}
           AND {owed} AND {line}
         ORDER BY o.due {order}, o.priority {order}, o.since {order}, o.case_id {order}, o.n {order}",
        queue = condition(board.queue),
        among =
            if among { format!("o.case_id IN {AMONG}") } else { ":among IS NOT NULL".to_owned() },
        only = board.only.condition_with(mine),
        owed = visible::owed_line(),
        line = visible::case_line(),
    )
}

/// Lines passed over before the index is asked which cases can hold the words: common words fill a page before.
const PASSED_OVER: usize = if cfg!(test) { 5 } else { 1_000 };

fn page_of(conn: &Connection, actor: &Actor, board: &Board, mine: Mine) -> Result<ControlPage> {
    let wanted = Wanted::all(&board.filter);
    if let Some(page) = read(conn, actor, board, mine, &wanted, None, PASSED_OVER)? {
        return Ok(page);
    }
    // A word that nobody has read all lines of the board: where few cases can hold it, only theirs are read. The index knows no
    // themes.
    let told: Vec<String> =
        wanted.iter().filter(|w| w.themes.is_empty()).map(|w| w.word.clone()).collect();
    let among = cases_with(conn, &told)?;
    let page = read(conn, actor, board, mine, &wanted, among.as_deref(), usize::MAX)?;
    Ok(page.unwrap_or_default())
}

/// A page, of these cases alone; `None` when more lines than `most` were passed over.
fn read(
    conn: &Connection,
    actor: &Actor,
    board: &Board,
    mine: Mine,
    wanted: &[Wanted],
    among: Option<&[Vec<u8>]>,
    most: usize,
) -> Result<Option<ControlPage>> {
    let eyes = Eyes::of(actor)?;
    let beside = board.place.key()?;
    let limit = board.limit.clamp(1, 200);
    let mut statement = conn.prepare_cached(&ask(board, mine, among.is_some()))?;
    let mut rows = statement.query(named_params! {
        ":due": beside.due, ":priority": beside.priority, ":since": beside.since, ":id": beside.case, ":n": beside.n,
        ":today": board.today.to_string(), ":week": week_end(board.today).to_string(),
        ":agency": board.only.agency(), ":category": board.only.category(),
        ":officer": board.only.officer(), ":from": board.only.from(), ":until": board.only.until(),
        ":me": eyes.me, ":circles": eyes.circles, ":among": listed(among),
    })?;
    let mut page = ControlPage::default();
    let mut passed = 0_usize;
    while let Some(row) = rows.next()? {
        // Most lines are passed over: only those that stay are read whole.
        if !wanted.is_empty() && !holds(row, wanted)? {
            passed = passed.saturating_add(1);
            if passed > most {
                return Ok(None);
            }
            continue;
        }
        let line = read_owed(row)?;
        if page.rows.len() == limit {
            page.more = true;
            break;
        }
        page.rows.push(line);
    }
    if board.place.is_backwards() {
        page.rows.reverse();
    }
    Ok(Some(page))
}

/// A word looked for, folded, and the themes in whose names it stands, in any language: a line shows its theme by name.
struct Wanted {
    word: String,
    themes: BTreeSet<&'static str>,
}

impl Wanted {
    fn all(filter: &str) -> Vec<Self> {
        let filter = text::fold(filter);
        if filter.trim().is_empty() {
            return Vec::new();
        }
        let named: Vec<(&str, String)> = Catalog::shipped()
            .categories()
            .iter()
            .map(|c| {
                let name = [c.name.kk.as_str(), c.name.ru.as_str(), c.name.en.as_str()].join(" ");
                (c.code.as_str(), text::fold(&name))
            })
            .collect();
        let holds = |word: &str| {
            let names = named.iter().filter(|(_, name)| name.contains(word));
            names.map(|(code, _)| *code).collect()
        };
        let words = filter.split_whitespace();
        words.map(|word| Self { word: word.to_owned(), themes: holds(word) }).collect()
    }
}

fn holds(row: &Row<'_>, wanted: &[Wanted]) -> Result<bool> {
    let mut text = String::new();
    for column in CASE_TEXTS {
        let said = row.get_ref(column)?.as_str_or_null().map_err(|_| sql::bad("case"))?;
        text.push_str(said.unwrap_or_default());
        text.push(' ');
    }
    let text = text::fold(&text);
    let theme = row.get_ref(CASE_COLUMN_COUNT + 3)?.as_str_or_null();
    let theme = theme.map_err(|_| sql::bad("category"))?;
    let is = |w: &Wanted| theme.is_some_and(|code| w.themes.contains(code));
    Ok(wanted.iter().all(|w| text.contains(&w.word) || is(w)))
}

fn read_owed(row: &Row<'_>) -> Result<OwedLine> {
    let case = read_case(row)?;
    let at = CASE_COLUMN_COUNT;
    let key = Key {
        due: row.get(at)?,
        priority: row.get(at + 6)?,
        since: row.get(at + 1)?,
        case: sql::id(&case.id.0).to_vec(),
        n: row.get(at + 2)?,
    };
    let circle: String = row.get(at + 4)?;
    let text = row.get_ref(at + 5)?.as_str().map_err(|_| sql::bad("obligation"))?;
    let body: ObligationBody = serde_json::from_str(text)?;
    Ok(OwedLine {
        key: key.print(),
        restricted: circle != "open" || !case.circle.is_open(),
        obligation: body.obligation,
        caution: body.caution,
        priority: Priority::of_rank(key.priority).ok_or_else(|| sql::bad("priority"))?,
        referral: body.referral_brief,
        category: row.get::<_, Option<String>>(at + 3)?.map(CategoryCode),
        case,
    })
}

/// Place of a row in the board's order.
#[derive(Default)]
struct Key {
    due: String,
    priority: u8,
    since: i64,
    case: Vec<u8>,
    n: i64,
}

impl Key {
    /// Beyond every row.
    fn last() -> Self {
        Self {
            due: NO_DAY.to_owned(),
            priority: u8::MAX,
            since: i64::MAX,
            case: vec![u8::MAX; 17],
            n: i64::MAX,
        }
    }

    fn print(&self) -> String {
        let due = if self.due == NO_DAY { "-" } else { &self.due };
        format!("{due}_{}_{}_{}_{}", self.priority, self.since, hex::encode(&self.case), self.n)
    }

    fn parse(text: &str) -> Result<Self> {
        // The key came from outside: it is the question that is wrong, not the disk.
        let bad = || StoreError::Refused("bad_request".to_owned());
        let mut parts = text.split('_');
        let mut next = || parts.next().ok_or_else(bad);
        let due = match next()? {
            "-" => NO_DAY.to_owned(),
            day => day.to_owned(),
        };
        Ok(Self {
            due,
            priority: next()?.parse().map_err(|_| bad())?,
            since: next()?.parse().map_err(|_| bad())?,
            case: hex::decode(next()?).map_err(|_| bad())?,
            n: next()?.parse().map_err(|_| bad())?,
        })
    }
}

#[cfg(test)]
mod tests;
