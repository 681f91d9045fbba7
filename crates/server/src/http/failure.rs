//! A refusal as an HTTP answer: the status, `ApiError` as JSON, `Retry-After` when one should wait.

use crate::region::Region;
use crate::retry_after::with_retry_after;
use axum::Json;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use esik_wire::{ApiError, ApiErrorCode};

/// An `ApiError` on its way out.
pub struct Failure(pub ApiError);

impl From<ApiError> for Failure {
    fn from(e: ApiError) -> Self {
        Self(e)
    }
}

impl From<ApiErrorCode> for Failure {
    fn from(code: ApiErrorCode) -> Self {
        Self(ApiError::new(code))
    }
}

/// A refusal of a program's call.
pub fn told(_: &Region, _: &HeaderMap, e: ApiError) -> Response {
    Failure(e).into_response()
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self.0.code {
            ApiErrorCode::Unauthorised => StatusCode::UNAUTHORIZED,
            ApiErrorCode::BadCode => StatusCode::FORBIDDEN,
            ApiErrorCode::Gap | ApiErrorCode::Fork | ApiErrorCode::HistoryDiverged => {
                StatusCode::CONFLICT
            }
            ApiErrorCode::TooOld | ApiErrorCode::TooNew => StatusCode::UPGRADE_REQUIRED,
            ApiErrorCode::Busy => StatusCode::SERVICE_UNAVAILABLE,
            ApiErrorCode::Quota | ApiErrorCode::TooOften => StatusCode::TOO_MANY_REQUESTS,
            ApiErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ApiErrorCode::NotFound => StatusCode::NOT_FOUND,
            ApiErrorCode::BadRequest | ApiErrorCode::Unknown => StatusCode::BAD_REQUEST,
            ApiErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        with_status(status, self.0)
    }
}

/// The same refusal under another status (413 for a body that is too large).
pub fn with_status(status: StatusCode, e: ApiError) -> Response {
    let wait = e.retry_after_s;
    with_retry_after((status, Json(e)).into_response(), wait)
}

pub async fn not_found() -> Failure {
    Failure(ApiError::new(ApiErrorCode::NotFound))
}

/// The call is there, but not in this way; the `Allow` header tells how.
pub async fn not_allowed() -> Response {
    with_status(StatusCode::METHOD_NOT_ALLOWED, ApiError::new(ApiErrorCode::BadRequest))
}

/// A bug in us; the others go on.
pub fn panicked(_: Box<dyn std::any::Any + Send>) -> Response<Body> {
    tracing::error!("a request panicked");
    Failure(ApiError::new(ApiErrorCode::Internal)).into_response()
}
