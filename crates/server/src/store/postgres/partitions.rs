//! Partitions of the event table, made ahead: each holds a range of positions.

use super::values::get;
use crate::store::{StoreError, StoreResult};
use deadpool_postgres::Client;

/// Positions in one partition.
pub const POSITIONS: u64 = 1_000_000;

/// Makes partitions until a whole empty one lies beyond `pos`; gives the end of the last.
pub async fn ensure(db: &mut Client, pos: u64, size: u64) -> StoreResult<u64> {
    let mut end = end(db).await?;
    while end <= pos.saturating_add(size) {
        let to = end + size;
        let tx = db.transaction().await?;
        // Numbers, not text from anywhere: nothing else can be put into this statement.
        let made = tx
            .batch_execute(&format!(
                "CREATE TABLE IF NOT EXISTS event_p{end}_{to}
                   PARTITION OF event FOR VALUES FROM ({end}) TO ({to});
                 REVOKE UPDATE, DELETE, TRUNCATE ON event_p{end}_{to} FROM CURRENT_USER"
            ))
            .await;
        let done = match made {
            Ok(()) => tx.commit().await,
            Err(e) => {
                drop(tx);
                Err(e)
            }
        };
        let now = self::end(db).await?;
        match done {
            Ok(()) => tracing::info!(from = end, to, "a partition for events is made"),
            // Another server made it at the same moment.
            Err(_) if now > end => {}
            Err(e) => return Err(e.into()),
        }
        end = now;
    }
    Ok(end)
}

/// The end of the last partition: the first position that has none. From the partitions' names.
async fn end(db: &Client) -> StoreResult<u64> {
    let sql = "SELECT c.relname::text AS name FROM pg_inherits i
               JOIN pg_class c ON c.oid=i.inhrelid WHERE i.inhparent='event'::regclass";
    let mut end = 0;
    for row in db.query(sql, &[]).await? {
        let name: &str = get(&row, "name")?;
        let to = name
            .strip_prefix("event_p")
            .and_then(|range| range.split_once('_'))
            .and_then(|(_, to)| to.parse::<u64>().ok())
            .ok_or_else(|| StoreError::Corrupt(format!("partition {name}")))?;
        end = end.max(to);
    }
    Ok(end)
}
