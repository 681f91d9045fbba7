//! A region as rows that know no engine: what a backup keeps, a restore brings back and a migration moves.
//!
//! Both engines give and take the same rows in the same order, so one digest tells whether two databases
//! hold the same region. Signed bytes pass through untouched.

use super::{StoreError, StoreResult};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Text of ours.
    Text,
    /// A number.
    Int,
    /// Yes or no.
    Flag,
    /// Bytes from outside that are UTF-8 but may hold anything else, a NUL too.
    Raw,
}

/// A table of the region, without `region_id`, which every row has.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Kind)],
    /// Columns of the key: the order in which rows are told.
    pub key: &'static str,
}

use Kind::{Flag, Int, Raw, Text};

/// Every table of a region, in the order in which it is told.
///
/// Not told: `session` (clerks sign in anew; a session that was ended must not live again) and what an
/// engine derives itself (`coupon`, and `event_key` of PostgreSQL), nor the tree (`tree_tile` follows from the events, and what
/// desks have seen of it, `tree_seen`, they show again).
pub const TABLES: &[Table] = &[
    Table {
        name: "region",
        columns: &[
            ("name_kk", Text),
            ("name_ru", Text),
            ("device_id", Text),
            ("incarnation", Int),
            ("key", Text),
            ("epoch", Text),
            ("created_at", Int),
        ],
        key: "region_id",
    },
    Table { name: "region_head", columns: &[("pos", Int)], key: "region_id" },
    Table {
        name: "station",
        columns: &[("station_id", Text), ("name_kk", Text), ("name_ru", Text)],
        key: "station_id",
    },
    Table {
        name: "enrol_code",
        columns: &[("hash", Text), ("station_id", Text), ("expires_at", Int), ("used_by", Text)],
        key: "hash",
    },
    Table {
        name: "device",
        columns: &[
            ("device_id", Text),
            ("station_id", Text),
            ("key", Text),
            ("incarnation", Int),
            ("revoked", Flag),
            ("frozen", Flag),
            ("enrolled_at", Int),
            ("seen_at", Int),
            ("clock_offset_ms", Int),
            ("unsent", Int),
            ("version", Text),
        ],
        key: "device_id",
    },
    Table {
        name: "officer",
        columns: &[
            ("officer_id", Text),
            ("station_id", Text),
            ("device_id", Text),
            ("card", Text),
            ("revoked", Flag),
            ("registered_at", Int),
        ],
        key: "officer_id",
    },
    Table {
        name: "warrant",
        columns: &[("n", Int), ("key", Text), ("change", Text), ("set_at", Int)],
        key: "n",
    },
    Table {
        name: "series",
        columns: &[("station_id", Text), ("year", Int), ("next", Int)],
        key: "station_id,year",
    },
    Table {
        name: "lease",
        columns: &[
            ("station_id", Text),
            ("year", Int),
            ("from_n", Int),
            ("to_n", Int),
            ("device_id", Text),
            ("given_at", Int),
        ],
        key: "station_id,year,from_n",
    },
    Table {
        name: "event",
        columns: &[
            ("pos", Int),
            ("event_id", Text),
            ("case_id", Text),
            ("kind", Text),
            ("bytes", Raw),
            ("sig", Raw),
            ("hash", Text),
            ("recorded_at", Int),
        ],
        key: "pos",
    },
    Table {
        name: "device_log",
        columns: &[
            ("device_id", Text),
            ("incarnation", Int),
            ("seq", Int),
            ("hash", Text),
            ("event_id", Text),
            ("pos", Int),
            ("rejected", Flag),
            ("code", Text),
            ("bytes", Raw),
            ("sig", Raw),
            ("recorded_at", Int),
        ],
        key: "device_id,incarnation,seq",
    },
    Table {
        name: "device_head",
        columns: &[("device_id", Text), ("incarnation", Int), ("seq", Int), ("hash", Text)],
        key: "device_id,incarnation",
    },
    Table {
        name: "fork",
        columns: &[
            ("device_id", Text),
            ("hash", Text),
            ("bytes", Raw),
            ("sig", Raw),
            ("recorded_at", Int),
        ],
        key: "device_id,hash",
    },
    Table { name: "feed", columns: &[("scope", Text), ("pos", Int)], key: "scope,pos" },
    Table {
        name: "case_move",
        columns: &[
            ("scope", Text),
            ("pos", Int),
            ("case_id", Text),
            ("from_pos", Int),
            ("entered", Flag),
        ],
        key: "scope,pos,case_id",
    },
    Table { name: "event_file", columns: &[("hash", Text), ("pos", Int)], key: "hash,pos" },
    Table {
        name: "clerk",
        columns: &[
            ("login", Text),
            ("name", Text),
            ("agency", Text),
            ("password_hash", Text),
            ("revoked", Flag),
        ],
        key: "login",
    },
    Table {
        name: "request",
        columns: &[
            ("referral_id", Text),
            ("case_id", Text),
            ("agency", Text),
            ("station_id", Text),
            ("answer_due", Text),
            ("state", Text),
            ("doc", Text),
        ],
        key: "referral_id",
    },
    Table {
        name: "publication",
        columns: &[
            ("kind", Text),
            ("name", Text),
            ("version", Int),
            ("label", Text),
            ("holds_from", Text),
            ("published_at", Int),
            ("published_by", Text),
            ("hash", Text),
            ("signed", Raw),
            ("signature", Text),
        ],
        key: "kind,name,version",
    },
    Table {
        name: "decision",
        columns: &[
            ("device_id", Text),
            ("subject", Text),
            ("n", Int),
            ("event_id", Text),
            ("what", Text),
            ("code", Text),
            ("note", Text),
            ("login", Text),
            ("name", Text),
            ("decided_at", Int),
        ],
        key: "device_id,subject,n",
    },
    Table { name: "backup", columns: &[("pos", Int), ("made_at", Int)], key: "region_id" },
];

/// Where a table stands in [`TABLES`].
#[must_use]
pub fn table(name: &str) -> Option<usize> {
    TABLES.iter().position(|t| t.name == name)
}

impl Table {
    /// Names of the columns, with commas.
    #[must_use]
    pub fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",")
    }

    /// The statement that tells the rows of one region, which is its only value.
    #[must_use]
    pub fn select(&self, mark: &str) -> String {
        format!(
            "SELECT {} FROM {} WHERE region_id={mark} ORDER BY {}",
            self.names(),
            self.name,
            self.key
        )
    }
}

/// One value of a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    Null,
    Flag(bool),
    Int(i64),
    Text(String),
}

/// One row of one table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Place in [`TABLES`].
    pub table: usize,
    pub cells: Vec<Cell>,
}

impl Row {
    /// The table it is of.
    ///
    /// # Errors
    /// When there is no such table.
    pub fn of(&self) -> StoreResult<&'static Table> {
        TABLES.get(self.table).ok_or_else(|| StoreError::Corrupt("a row of no table".to_owned()))
    }

    /// One line of JSON, `["station","07",…]`, without its end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn line(&self) -> StoreResult<String> {
        let mut cells = vec![Cell::Text(self.of()?.name.to_owned())];
        cells.extend(self.cells.iter().cloned());
        serde_json::to_string(&cells).map_err(|e| StoreError::Corrupt(e.to_string()))
    }

    /// Reads a line; every value must be of its column's kind.
    ///
    /// # Errors
    /// When it is no row of a table we know.
    pub fn parse(line: &str) -> StoreResult<Self> {
        let bad = |why: String| StoreError::Corrupt(format!("a row cannot be read: {why}"));
        let mut cells: Vec<Cell> = serde_json::from_str(line).map_err(|e| bad(e.to_string()))?;
        if cells.is_empty() {
            return Err(bad("it is empty".to_owned()));
        }
        let Cell::Text(name) = cells.remove(0) else { return Err(bad("no table".to_owned())) };
        let table = table(&name).ok_or_else(|| bad(format!("unknown table {name}")))?;
        let row = Self { table, cells };
        let of = row.of()?;
        let fits = row.cells.len() == of.columns.len()
            && row.cells.iter().zip(of.columns).all(|(cell, (_, kind))| match cell {
                Cell::Null => true,
                Cell::Flag(_) => *kind == Kind::Flag,
                Cell::Int(_) => *kind == Kind::Int,
                Cell::Text(_) => matches!(kind, Kind::Text | Kind::Raw),
            });
        if fits { Ok(row) } else { Err(bad(format!("the columns of {name} are others"))) }
    }

    /// A text of the row.
    ///
    /// # Errors
    /// When the column is missing, empty or of another kind.
    pub fn text(&self, column: &str) -> StoreResult<&str> {
        match self.cell(column)? {
            Cell::Text(text) => Ok(text),
            other => Err(StoreError::Corrupt(format!("{column}: {other:?}"))),
        }
    }

    /// A number of the row that is not negative.
    ///
    /// # Errors
    /// When the column is missing, empty or of another kind.
    pub fn uint(&self, column: &str) -> StoreResult<u64> {
        match self.cell(column)? {
            Cell::Int(n) if *n >= 0 => Ok(n.unsigned_abs()),
            other => Err(StoreError::Corrupt(format!("{column}: {other:?}"))),
        }
    }

    /// A value of the row.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn cell(&self, column: &str) -> StoreResult<&Cell> {
        let at = self.of()?.columns.iter().position(|(name, _)| *name == column);
        at.and_then(|i| self.cells.get(i))
            .ok_or_else(|| StoreError::Corrupt(format!("there is no column {column}")))
    }
}

/// How much a table holds, and what.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Sum {
    pub rows: u64,
    /// Over the rows' lines, lower-case hex.
    pub sha256: String,
}

/// How much every table holds, by name.
pub type Tally = BTreeMap<String, Sum>;

/// Adds rows up.
pub struct Adding(Vec<(u64, Sha256)>);

impl Default for Adding {
    fn default() -> Self {
        Self(TABLES.iter().map(|_| (0, Sha256::new())).collect())
    }
}

impl Adding {
    /// Adds a row; gives its line.
    ///
    /// # Errors
    /// When the row is of no table.
    pub fn add(&mut self, row: &Row) -> StoreResult<String> {
        let mut line = row.line()?;
        line.push('\n');
        if let Some((rows, sum)) = self.0.get_mut(row.table) {
            *rows += 1;
            sum.update(line.as_bytes());
        }
        Ok(line)
    }

    /// What was added.
    #[must_use]
    pub fn tally(self) -> Tally {
        let sums = self.0.into_iter().zip(TABLES).map(|((rows, sum), t)| {
            (t.name.to_owned(), Sum { rows, sha256: hex::encode(sum.finalize()) })
        });
        sums.collect()
    }
}

/// Tells how two tallies differ, for a person.
#[must_use]
pub fn difference(a: &Tally, b: &Tally) -> Option<String> {
    // A backup of an earlier program does not name the tables it did not know: they are empty.
    let nothing = Sum { rows: 0, sha256: hex::encode(Sha256::digest(b"")) };
    let of = |t: &Tally, name: &str| t.get(name).unwrap_or(&nothing).clone();
    TABLES.iter().find_map(|t| {
        let (x, y) = (of(a, t.name), of(b, t.name));
        if x == y {
            None
        } else if x.rows == y.rows {
            Some(format!("{}: {} rows, but not the same ones", t.name, x.rows))
        } else {
            Some(format!("{}: {} rows and {}", t.name, x.rows, y.rows))
        }
    })
}
