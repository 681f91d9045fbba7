//! What an officer may look up and cite.

pub mod cite;
pub mod look;
pub mod replies;
