//! What the address of a page asks for. What cannot be read asks for nothing: whoever follows a broken link gets a page.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::convert::Infallible;

/// The query.
pub(crate) struct PageAsked<T>(pub T);

impl<S: Sync, T: DeserializeOwned + Default> FromRequestParts<S> for PageAsked<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Query::try_from_uri(&parts.uri).map(|q| q.0).unwrap_or_default()))
    }
}

/// The parts of the path.
pub(crate) struct PageNamed<T>(pub Option<T>);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PageNamed<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(Path::from_request_parts(parts, state).await.ok().map(|p| p.0)))
    }
}
