//! What a request asks in its address. What cannot be read is refused as every other refusal is: as JSON.

use super::failure::Failure;
use crate::region::bad_request;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};

/// The parts of the path.
#[derive(FromRequestParts)]
#[from_request(via(Path), rejection(Failure))]
pub struct Named<T>(pub T);

/// The query.
#[derive(FromRequestParts)]
#[from_request(via(Query), rejection(Failure))]
pub struct Asked<T>(pub T);

impl From<PathRejection> for Failure {
    fn from(_: PathRejection) -> Self {
        Self(bad_request())
    }
}

impl From<QueryRejection> for Failure {
    fn from(_: QueryRejection) -> Self {
        Self(bad_request())
    }
}
