//! The region as rows, and back.

use super::connect::NO_HURRY;
use super::values::{get, int, ms, row, run, uint, when};
use crate::store::copy::{self, Adding, Cell, Kind, Row, TABLES, Table, Tally};
use crate::store::{Backup, StoreError, StoreResult};
use deadpool_postgres::{GenericClient, Transaction};
use esik_domain::ids::Pos;
use tokio_postgres::types::ToSql;

type Sink<'a> = &'a mut dyn FnMut(&Row) -> StoreResult<()>;

/// Rows fetched at once.
const FETCH: i32 = 500;
/// Rows written by one statement, and their bytes, about.
const BATCH_ROWS: usize = 500;
const BATCH_BYTES: usize = 1024 * 1024;

/// What the status page finds a case by follows from the events.
const COUPONS: &str = "WITH issued AS MATERIALIZED (
      SELECT pos, case_id, bytes::json AS e FROM event WHERE region_id=$1 AND kind='coupon_issued')
    INSERT INTO coupon (region_id,number,case_id,code,secret)
    SELECT DISTINCT ON (e #>> '{body,number}', case_id) $1, e #>> '{body,number}', case_id,
           e #>> '{body,code}', e #>> '{body,secret}'
    FROM issued WHERE starts_with(e #>> '{body,number}', 'ESK-' || (e ->> 'station_id') || '-')
      AND length(e #>> '{body,number}')<=40
      AND json_typeof(e #> '{body,code}')='string' AND json_typeof(e #> '{body,secret}')='string'
    ORDER BY e #>> '{body,number}', case_id, pos DESC";

/// Before anything else in a transaction: all of it sees one moment.
pub async fn one_moment(tx: &Transaction<'_>) -> StoreResult<()> {
    let how = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";
    Ok(tx.batch_execute(&format!("{how};{NO_HURRY}")).await?)
}

pub async fn dump(tx: &Transaction<'_>, region: &str, sink: Sink<'_>) -> StoreResult<()> {
    for (at, table) in TABLES.iter().enumerate() {
        let statement = tx.prepare(&table.select("$1")).await?;
        let portal = tx.bind(&statement, &[&region]).await?;
        loop {
            let rows = tx.query_portal(&portal, FETCH).await?;
            for row in &rows {
                let cells = table
                    .columns
                    .iter()
                    .map(|(name, kind)| cell(row, name, sql_type(table, *kind)))
                    .collect::<StoreResult<_>>()?;
                sink(&Row { table: at, cells })?;
            }
            if rows.is_empty() {
                break;
            }
        }
    }
    Ok(())
}

fn cell(row: &tokio_postgres::Row, name: &str, of: &str) -> StoreResult<Cell> {
    Ok(match of {
        "bigint[]" => get::<Option<i64>>(row, name)?.map_or(Cell::Null, Cell::Int),
        "boolean[]" => get::<Option<bool>>(row, name)?.map_or(Cell::Null, Cell::Flag),
        "bytea[]" => match get::<Option<Vec<u8>>>(row, name)?.map(String::from_utf8) {
            None => Cell::Null,
            Some(Ok(text)) => Cell::Text(text),
            Some(Err(_)) => return Err(StoreError::Corrupt(format!("{name} is not text"))),
        },
        _ => get::<Option<String>>(row, name)?.map_or(Cell::Null, Cell::Text),
    })
}

/// `false` when a region is there already.
pub async fn load(
    tx: &Transaction<'_>,
    region: &str,
    rows: &mut dyn Iterator<Item = StoreResult<Row>>,
    expect: &Tally,
) -> StoreResult<bool> {
    tx.batch_execute(NO_HURRY).await?;
    if !tx.query("SELECT 1 FROM region LIMIT 1", &[]).await?.is_empty() {
        return Ok(false);
    }
    let mut batch = Batch::default();
    for row in rows {
        let row = row?;
        if batch.is_full(row.table) {
            batch.write(tx, region).await?;
        }
        batch.push(row);
    }
    batch.write(tx, region).await?;
    tx.execute(
        "INSERT INTO event_key (region_id,event_id,case_id,pos,hash)
         SELECT region_id,event_id,case_id,pos,hash FROM event WHERE region_id=$1",
        &[&region],
    )
    .await?;
    tx.execute(COUPONS, &[&region]).await?;
    let mut sum = Adding::default();
    dump(tx, region, &mut |row| sum.add(row).map(drop)).await?;
    match copy::difference(expect, &sum.tally()) {
        None => Ok(true),
        Some(what) => {
            Err(StoreError::Corrupt(format!("what was written is not what was told: {what}")))
        }
    }
}

/// Rows of one table on their way.
#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    bytes: usize,
}

impl Batch {
    fn is_full(&self, next: usize) -> bool {
        self.rows.first().is_some_and(|r| r.table != next)
            || self.rows.len() >= BATCH_ROWS
            || self.bytes >= BATCH_BYTES
    }

    fn push(&mut self, row: Row) {
        let bytes = |c: &Cell| if let Cell::Text(t) = c { t.len() } else { 8 };
        self.bytes += row.cells.iter().map(bytes).sum::<usize>();
        self.rows.push(row);
    }

    async fn write(&mut self, tx: &Transaction<'_>, region: &str) -> StoreResult<()> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let Some(first) = rows.first() else { return Ok(()) };
        let table = first.of()?;
        let statement = tx.prepare_cached(&insert(table)).await?;
        let columns: Vec<Box<dyn ToSql + Sync>> = table
            .columns
            .iter()
            .enumerate()
            .map(|(i, (_, kind))| {
                let of = rows.iter().map(move |r| r.cells.get(i).unwrap_or(&Cell::Null));
                column(of, sql_type(table, *kind))
            })
            .collect();
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&region];
        values.extend(columns.iter().map(|c| &**c as &(dyn ToSql + Sync)));
        tx.execute(&statement, &values).await?;
        Ok(())
    }
}

/// The array a column's values are told in. What was set aside may be any bytes here.
fn sql_type(table: &Table, kind: Kind) -> &'static str {
    match kind {
        Kind::Int => "bigint[]",
        Kind::Flag => "boolean[]",
        Kind::Raw if matches!(table.name, "device_log" | "fork") => "bytea[]",
        Kind::Text | Kind::Raw => "text[]",
    }
}

fn insert(table: &Table) -> String {
    let arrays: Vec<String> = table
        .columns
        .iter()
        .enumerate()
        .map(|(i, (_, kind))| format!("${}::{}", i + 2, sql_type(table, *kind)))
        .collect();
    format!(
        "INSERT INTO {} (region_id,{}) SELECT $1::text,v.* FROM unnest({}) v",
        table.name,
        table.names(),
        arrays.join(",")
    )
}

/// The values of one column as its array.
fn column<'a>(cells: impl Iterator<Item = &'a Cell>, of: &str) -> Box<dyn ToSql + Sync> {
    let text = |c: &'a Cell| if let Cell::Text(t) = c { Some(t.clone()) } else { None };
    match of {
        "bigint[]" => Box::new(
            cells.map(|c| if let Cell::Int(n) = c { Some(*n) } else { None }).collect::<Vec<_>>(),
        ),
        "boolean[]" => Box::new(
            cells.map(|c| if let Cell::Flag(y) = c { Some(*y) } else { None }).collect::<Vec<_>>(),
        ),
        "bytea[]" => Box::new(cells.map(|c| text(c).map(String::into_bytes)).collect::<Vec<_>>()),
        _ => Box::new(cells.map(text).collect::<Vec<_>>()),
    }
}

pub async fn note_backup(tx: &Transaction<'_>, region: &str, b: &Backup) -> StoreResult<()> {
    run(
        tx,
        "INSERT INTO backup AS old (region_id,pos,made_at) VALUES ($1,$2,$3)
         ON CONFLICT (region_id) DO UPDATE SET pos=excluded.pos, made_at=excluded.made_at
           WHERE excluded.pos>=old.pos",
        &[&region, &int(b.pos.0)?, &ms(b.made_at)],
    )
    .await
    .map(drop)
}

pub async fn backup(db: &impl GenericClient, region: &str) -> StoreResult<Option<Backup>> {
    let found = row(db, "SELECT pos, made_at FROM backup WHERE region_id=$1", &[&region]).await?;
    found
        .map(|r| Ok(Backup { pos: Pos(uint(&r, "pos")?), made_at: when(&r, "made_at")? }))
        .transpose()
}
