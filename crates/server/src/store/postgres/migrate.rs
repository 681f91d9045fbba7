//! Brings the tables up to date with refinery.
//!
//! Its own driver is a feature of a crate that the desk's store uses too: turned on here, it would put
//! tokio and PostgreSQL below the desk in every build of the workspace. These are the few lines of it.

use super::connect::NO_HURRY;
use crate::store::{StoreError, StoreResult};
use refinery_core::Migration;
use refinery_core::traits::r#async::{AsyncMigrate, AsyncQuery, AsyncTransaction};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio_postgres::Client;

mod embedded {
    refinery::embed_migrations!("src/store/postgres/migrations");
}

/// Applies what is missing; refuses a database that is newer than this program.
pub async fn migrate(db: &mut Client) -> StoreResult<()> {
    embedded::migrations::runner()
        // In one transaction: see the desk's, in crates/store.
        .set_grouped(true)
        .run_async(&mut Over(db))
        .await
        .map(|_| ())
        .map_err(|e| StoreError::Engine(format!("bringing the tables up to date: {e}")))
}

struct Over<'c>(&'c mut Client);

/// What can go wrong while the tables are brought up to date.
#[derive(Debug, thiserror::Error)]
enum MigrateError {
    #[error(transparent)]
    Database(#[from] tokio_postgres::Error),
    #[error("the list of applied migrations cannot be read: {0}")]
    List(String),
}

impl AsyncTransaction for Over<'_> {
    type Error = MigrateError;

    async fn execute<'a, T: Iterator<Item = &'a str> + Send + 'a>(
        &'a mut self,
        queries: T,
    ) -> Result<usize, MigrateError> {
        let tx = self.0.transaction().await?;
        tx.batch_execute(NO_HURRY).await?;
        let mut count = 0;
        for query in queries {
            tx.batch_execute(query).await?;
            count += 1;
        }
        tx.commit().await?;
        Ok(count)
    }
}

impl AsyncQuery<Vec<Migration>> for Over<'_> {
    async fn query<'a>(&'a mut self, query: &'a str) -> Result<Vec<Migration>, MigrateError> {
        let list = |e: &dyn std::fmt::Display| MigrateError::List(e.to_string());
        let mut applied = Vec::new();
        for row in self.0.query(query, &[]).await? {
            let (at, sum): (&str, &str) = (row.try_get(2)?, row.try_get(3)?);
            let at = OffsetDateTime::parse(at, &Rfc3339).map_err(|e| list(&e))?;
            let sum = sum.parse().map_err(|e| list(&e))?;
            applied.push(Migration::applied(row.try_get(0)?, row.try_get(1)?, at, sum));
        }
        Ok(applied)
    }
}

impl AsyncMigrate for Over<'_> {}
