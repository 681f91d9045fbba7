//! Finding cases: by number, phone, IIN and name at once; by words through the full-text index.

pub(crate) mod keys;
mod find;
mod index;
mod near;

pub use find::{Hit, Why, search};
pub use keys::place_key;

pub(crate) use index::{clear_index, document, index_pending};
