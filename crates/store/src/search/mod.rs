//! Finding cases: by number, phone, IIN and name at once; by words through the full-text index.

mod find;
mod index;
pub(crate) mod keys;
mod near;
pub(crate) mod parts;

pub use find::{Hit, Why, search};
pub use keys::place_key;

pub(crate) use index::{clear_index, document, index_pending};
