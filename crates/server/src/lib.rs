//! The regional server: sync with desks, the agencies' portal, and the administrator's commands.
//!
//! `Region` is the whole of it without a network; `router` puts it on HTTP, `serve` on a socket with TLS,
//! and `RegionHandle` gives it to a test as the `SyncApi` a desk sees.

mod attempts;
mod author;
pub mod backup;
pub mod blobs;
mod bundle;
mod case_view;
pub mod circles;
pub mod codes;
mod enroll;
pub mod env;
mod feed;
mod files;
mod give_back;
mod given_numbers;
mod handle;
mod hello;
mod hole;
pub mod http;
mod lately;
pub mod meters;
mod news;
mod officers;
mod page_asked;
mod page_headers;
mod pages;
mod peer;
mod plan;
pub mod portal;
mod publish;
mod push;
mod quarantine;
pub mod quota;
mod region;
mod retry_after;
pub mod serve;
pub mod site;
mod status;
pub mod store;
pub mod tls;
pub mod tree;
pub mod turns;
pub mod typed;
pub mod warrant;

pub use enroll::IssuedCode;
pub use env::Env;
pub use handle::RegionHandle;
pub use http::router;
pub use publish::{NewPublication, PublishError};
pub use region::{OpenError, Opening, Region};
pub use serve::{Running, serve};
pub use status::PublicAddress;
pub use tls::TlsDir;
