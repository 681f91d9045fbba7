//! The event log: append, feed, verdicts, outbox. Projections follow in the same transaction.

mod append;
mod aside;
mod branch;
mod entries;
mod feed;
mod leave;
mod outbox;
mod own;
mod region;
mod saved;

pub use append::{Author, NewEvent, append, author, head, head_of_life};
pub use aside::{WAITING_BYTES_MAX, WAITING_EVENTS_MAX, poisoned, read_from, retry_poisoned};
pub use branch::{Behind, Lost, begins, behind, branch_off};
pub use entries::{StoredEvent, case_entries};
pub use feed::{FeedOutcome, Following, KeyOf, apply_feed, cursor, read_anew, read_first, read_to};
pub use leave::{KEPT_DAYS, erase_gone, follow_only};
pub use outbox::{oldest_unsent, outbox, unsent_count};
pub use own::{acked, hash_of, made_between, older_unsent, proof, proven, segment};
pub use region::{VerdictOutcome, apply_verdicts, left_the_order, orphans, region_diverged};
pub use saved::{by_id, length, saved_since};

pub(crate) use branch::{heads_of, is_place_of};
pub(crate) use entries::{base_entries, secrets, signed, visible_entries};
pub(crate) use outbox::counted as counted_unsent;
