//! The region as rows, and back.

use crate::store::copy::{self, Adding, Cell, Kind, Row, TABLES, Table, Tally};
use crate::store::{Backup, StoreError, StoreResult};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, ToSql, params, params_from_iter};

use super::values::{int, ms, time};

/// What the status page finds a case by follows from the events.
const COUPONS: &str = "INSERT INTO coupon (region_id,number,case_id,code,secret)
    SELECT region_id, json_extract(bytes,'$.body.number'), case_id,
           json_extract(bytes,'$.body.code'), json_extract(bytes,'$.body.secret')
    FROM event WHERE region_id=?1 AND kind='coupon_issued'
      AND substr(json_extract(bytes,'$.body.number'),1,length(json_extract(bytes,'$.station_id'))+5)
          ='ESK-'||json_extract(bytes,'$.station_id')||'-'
      AND length(json_extract(bytes,'$.body.number'))<=40
      AND json_type(bytes,'$.body.code')='text' AND json_type(bytes,'$.body.secret')='text'
    ORDER BY pos
    ON CONFLICT DO UPDATE SET code=excluded.code, secret=excluded.secret";

type Sink<'a> = &'a mut dyn FnMut(&Row) -> StoreResult<()>;

pub fn dump(db: &Connection, region: &str, sink: Sink<'_>) -> StoreResult<()> {
    for (at, table) in TABLES.iter().enumerate() {
        let mut q = db.prepare(&table.select("?1"))?;
        let mut rows = q.query([region])?;
        while let Some(row) = rows.next()? {
            let cells = table
                .columns
                .iter()
                .enumerate()
                .map(|(i, (name, kind))| cell(row.get_ref(i)?, *kind, name))
                .collect::<StoreResult<_>>()?;
            sink(&Row { table: at, cells })?;
        }
    }
    Ok(())
}

fn cell(value: ValueRef<'_>, kind: Kind, name: &str) -> StoreResult<Cell> {
    Ok(match (value, kind) {
        (ValueRef::Null, _) => Cell::Null,
        (ValueRef::Integer(n), Kind::Flag) => Cell::Flag(n != 0),
        (ValueRef::Integer(n), Kind::Int) => Cell::Int(n),
        (ValueRef::Text(bytes), Kind::Text | Kind::Raw) => {
            let text = std::str::from_utf8(bytes)
                .map_err(|_| StoreError::Corrupt(format!("{name} is not text")))?;
            Cell::Text(if kind == Kind::Text {
                text.replace('\0', "\u{fffd}")
            } else {
                text.to_owned()
            })
        }
        _ => return Err(StoreError::Corrupt(format!("{name} is of another type"))),
    })
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Flag(yes) => ToSqlOutput::Owned(Value::Integer((*yes).into())),
            Self::Int(n) => ToSqlOutput::Owned(Value::Integer(*n)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

fn insert(table: &Table) -> String {
    let marks = super::values::marks(table.columns.len(), 2);
    format!("INSERT INTO {} (region_id,{}) VALUES (?1,{marks})", table.name, table.names())
}

/// `false` when a region is there already.
pub fn load(
    db: &Connection,
    region: &str,
    rows: &mut dyn Iterator<Item = StoreResult<Row>>,
    expect: &Tally,
) -> StoreResult<bool> {
    let there = db.query_row("SELECT 1 FROM region", [], |_| Ok(())).optional()?;
    if there.is_some() {
        return Ok(false);
    }
    let id = Cell::Text(region.to_owned());
    for row in rows {
        let row = row?;
        let values = std::iter::once(&id).chain(&row.cells);
        db.prepare_cached(&insert(row.of()?))?.execute(params_from_iter(values))?;
    }
    db.execute(COUPONS, [region])?;
    let mut sum = Adding::default();
    dump(db, region, &mut |row| sum.add(row).map(drop))?;
    match copy::difference(expect, &sum.tally()) {
        None => Ok(true),
        Some(what) => {
            Err(StoreError::Corrupt(format!("what was written is not what was told: {what}")))
        }
    }
}

pub fn note_backup(db: &Connection, region: &str, b: &Backup) -> StoreResult<()> {
    db.execute(
        "INSERT INTO backup (region_id,pos,made_at) VALUES (?1,?2,?3)
         ON CONFLICT DO UPDATE SET pos=excluded.pos, made_at=excluded.made_at
           WHERE excluded.pos>=pos",
        params![region, int(b.pos.0)?, ms(b.made_at)],
    )?;
    Ok(())
}

pub fn backup(db: &Connection, region: &str) -> StoreResult<Option<Backup>> {
    let mut q = db.prepare_cached("SELECT pos, made_at FROM backup WHERE region_id=?1")?;
    let row: Option<(i64, i64)> =
        q.query_row([region], |r| Ok((r.get(0)?, r.get(1)?))).optional()?;
    row.map(|(pos, at)| {
        let pos =
            u64::try_from(pos).map_err(|_| StoreError::Corrupt("pos is negative".to_owned()))?;
        Ok(Backup { pos: esik_domain::ids::Pos(pos), made_at: time(at)? })
    })
    .transpose()
}
