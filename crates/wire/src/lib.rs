//! The sync protocol: signed events, messages, versions and limits, and `trait SyncApi` that both the
//! HTTP client and the in-process region implement (`architecture.md` §4, `settled.md` 7–17).

pub mod api;
pub mod blobs;
pub mod bundle;
pub mod carried;
pub mod circles;
pub mod frame;
pub mod hole;
pub mod limits;
pub mod messages;
pub mod planted;
pub mod publication;
pub mod request;
pub mod sealed;
pub mod signed;
pub mod tree;
pub mod voucher;

pub use api::{ApiError, ApiErrorCode, SyncApi, SyncFailure};
pub use blobs::{BLOB_BYTES_MAX, BLOB_CHUNK_BYTES, BlobPart, BlobStatus};
pub use circles::CirclesWord;
pub use hole::{Hole, SignedHole};
pub use messages::*;
pub use publication::{Publication, PublicationRef, SignedPublication};
pub use signed::{EventHash, SignedEvent, SigningError, ZERO_HASH};
pub use tree::{SignedTreeHead, TreeHead, TreeLeaf, TreeProof, TreeProofRequest};
pub use voucher::{Voucher, Vouching, Warrant, WarrantChange};

/// Protocol this program speaks.
pub const PROTOCOL: u16 = 1;
/// Oldest protocol the region still takes. A too-old desk may always push.
pub const PROTOCOL_MIN: u16 = 1;
/// Events in one segment, at most.
pub const SEGMENT_EVENTS_MAX: usize = 500;
/// Bytes of one segment before compression, at most.
pub const SEGMENT_BYTES_MAX: usize = 1024 * 1024;
/// Entries of one feed page, at most.
pub const FEED_PAGE_MAX: u32 = 500;
/// A decompressed message, at most, in bytes.
pub const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
