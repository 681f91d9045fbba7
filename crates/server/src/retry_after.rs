//! When whoever was sent away may come back.

use axum::http::{HeaderValue, header};
use axum::response::Response;

/// The answer with `Retry-After`, in seconds, when it is known.
pub(crate) fn with_retry_after(mut answer: Response, seconds: Option<u64>) -> Response {
    if let Some(seconds) = seconds {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}
