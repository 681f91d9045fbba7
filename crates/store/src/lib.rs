//! The desk's encrypted database: keys, event log, projections, lists, search, drafts, numbers.
//!
//! Everything an officer reads goes through [`lists`] and [`search`], which take the officer and hide
//! what he may not know of. Everything saved goes through [`Store::write`]: when it returns, it is on
//! the disk.

pub mod attached;
pub mod ballast;
mod db;
pub mod drafts;
mod error;
pub mod exchange;
pub mod journal;
pub mod keys;
pub mod lists;
pub mod log;
pub mod looks;
pub mod mend;
pub mod meta;
pub mod numbers;
pub mod officers;
pub mod papers;
pub mod profile;
mod project;
pub mod publications;
pub mod register;
pub mod search;
mod sql;
pub mod verify;
mod visible;

pub use db::{CIPHER_FLOOR, Diagnosis, Pragmas, SQLITE_FLOOR, Store, Tx};
pub use error::{Result, StoreError};
