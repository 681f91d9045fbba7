//! The region on HTTP: routes, limits and what every answer carries.

mod api;
mod asked;
mod failure;
mod health;
mod openapi;
mod signed_in;

use crate::meters::Full;
use crate::page_headers::with_page_headers;
use crate::region::Region;
use crate::{portal, status};
use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use esik_wire::ApiError;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::classify::ServerErrorsFailureClass;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// A request's body, at most, in bytes: compressed messages of desks, and chunks of files, which are as large.
const MESSAGE_BODY_MAX: usize = 1024 * 1024;
/// A bundle's, which is sealed and base64 inside, and so the largest of all; a chunk of a carried file has its slip
/// before it.
pub const BODY_BYTES_MAX: usize = 1536 * 1024;
/// Requests worked on at once; beyond it one is told to come back.
const AT_ONCE: usize = 2048;
/// Desks waiting on their feeds at once: they cost memory, not work.
const WAITING_AT_ONCE: usize = 4096;
/// Seconds until a request is given up.
const TIMEOUT_S: u64 = 60;
/// Seconds a clerk's form may take: ten megabytes over a slow line.
const UPLOAD_S: u64 = 300;
/// Seconds after which one may ask again what a standby cannot do: a fail-over takes minutes.
const READ_ONLY_S: u64 = 60;
/// Pages of the portal worked on at once.
const PORTAL_AT_ONCE: usize = 32;

/// Pages for applicants worked on at once: a flood of strangers there takes no room from clerks or desks.
const STATUS_AT_ONCE: usize = 16;

/// Everything the server answers. Put it behind [`crate::serve`], or call it in a test.
pub fn router(region: Arc<Region>) -> Router {
    let api = Router::new()
        .route("/v1/enroll", post(api::enroll))
        .route("/v1/hello", post(api::hello))
        .route("/v1/push", post(api::push))
        .route("/v1/cases/{id}/events", get(api::case_events))
        .route("/v1/files/{hash}", get(api::file))
        .route("/v1/publications/{hash}", get(api::publication))
        .route("/v1/back", post(api::give_back))
        .route("/v1/blobs/{hash}", get(api::blob).post(api::commit_blob))
        .route("/v1/blobs/{hash}/{n}", get(api::blob_chunk).put(api::put_blob_chunk))
        .route("/v1/tree/proof", get(api::tree_proof))
        .layer(DefaultBodyLimit::max(MESSAGE_BODY_MAX))
        .merge(
            Router::new()
                .route("/v1/bundle", post(api::bundle))
                .route("/v1/spool", post(api::spool))
                .route("/v1/carried", post(api::carried))
                .route("/v1/carried/{n}", put(api::carried_chunk))
                .layer(DefaultBodyLimit::max(BODY_BYTES_MAX)),
        )
        .layer(admission(AT_ONCE, &region, failure::told));
    let feeds = Router::new().route("/v1/feeds/{scope}", get(api::feed)).layer(admission(
        WAITING_AT_ONCE,
        &region,
        failure::told,
    ));
    // Uploads over a slow line take their time, and each holds its file in memory.
    let portal = portal::routes().layer(admission(PORTAL_AT_ONCE, &region, portal::full));
    let portal = pages(portal.layer(timeout(UPLOAD_S)), &region, portal::full, "noindex");
    let status = status::routes().layer(admission(STATUS_AT_ONCE, &region, status::full));
    let robots = "noindex, nofollow, noarchive";
    let status = pages(status.layer(timeout(TIMEOUT_S)), &region, status::full, robots);
    let open = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .route("/openapi.json", get(openapi::openapi));
    let header =
        |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    api.merge(feeds)
        .layer(timeout(TIMEOUT_S))
        .layer(from_fn_with_state(Arc::clone(&region), late))
        .layer(from_fn_with_state((Arc::clone(&region), failure::told as Told), reads_only))
        .merge(open.layer(timeout(TIMEOUT_S)))
        .merge(portal)
        .merge(status)
        .fallback(failure::not_found)
        .method_not_allowed_fallback(failure::not_allowed)
        .layer(
            ServiceBuilder::new()
                .layer(TraceLayer::new_for_http().make_span_with(span).on_failure(broken))
                .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
                .layer(header(header::CACHE_CONTROL, "no-store"))
                .layer(header(header::REFERRER_POLICY, "no-referrer"))
                .layer(CatchPanicLayer::custom(failure::panicked)),
        )
        .with_state(region)
}

/// How a refusal is told to whoever asks: a page to people, JSON to programs.
type Told = fn(&Region, &HeaderMap, ApiError) -> Response;

/// Pages, with what every page carries, a refusal too.
fn pages(
    routes: Router<Arc<Region>>,
    region: &Arc<Region>,
    told: Told,
    robots: &'static str,
) -> Router<Arc<Region>> {
    let reads_only = from_fn_with_state((Arc::clone(region), told), reads_only);
    with_page_headers(routes.layer(reads_only), robots)
}

/// Over a standby everything that would write is told to come back; a desk's greeting writes nothing there.
async fn reads_only(
    State((region, told)): State<(Arc<Region>, Told)>,
    req: axum::extract::Request,
    next: Next,
) -> Response {
    // The status page is asked by a form, so that what was typed stands in no address; it writes nothing. A word that
    // is said there is told by the page itself to come back, with the text in it.
    let reads = req.method().is_safe() || matches!(req.uri().path(), "/v1/hello" | "/s" | "/s/say");
    if region.read_only && !reads {
        return told(&region, req.headers(), crate::region::busy(READ_ONLY_S));
    }
    next.run(req).await
}

/// What was given up is told when to come back, like everybody else; how soon people are told so is counted.
async fn late(
    State(region): State<Arc<Region>>,
    req: axum::extract::Request,
    next: Next,
) -> Response {
    let came = Instant::now();
    let answer = next.run(req).await;
    if answer.status() != StatusCode::SERVICE_UNAVAILABLE {
        return answer;
    }
    region.meters.told_after(came.elapsed());
    if answer.headers().contains_key(header::RETRY_AFTER) {
        return answer;
    }
    region.meters.full(Full::Late);
    failure::Failure(crate::region::busy(region.turns.room_in())).into_response()
}

/// What a line of the log says of its request. A coupon's address proves who holds the coupon: it is in no log.
fn span(req: &axum::extract::Request) -> tracing::Span {
    if req.uri().path().starts_with(status::SECRET_PATH) {
        tracing::debug_span!("request", method = %req.method(), uri = "/s/…")
    } else {
        tracing::debug_span!("request", method = %req.method(), uri = %req.uri())
    }
}

/// A full house is no error: it is counted. Everything else that a server answers for is one.
fn broken(class: ServerErrorsFailureClass, _: Duration, _: &tracing::Span) {
    let full = matches!(class, ServerErrorsFailureClass::StatusCode(s) if s == StatusCode::SERVICE_UNAVAILABLE);
    if !full {
        tracing::error!(%class, "a request failed");
    }
}

fn timeout(seconds: u64) -> TimeoutLayer {
    let late = StatusCode::SERVICE_UNAVAILABLE;
    TimeoutLayer::with_status_code(late, Duration::from_secs(seconds))
}

/// Takes so many requests at once and tells the others to come back, at once.
fn admission(
    at_once: usize,
    region: &Arc<Region>,
    told: Told,
) -> impl tower::Layer<
    axum::routing::Route,
    Service = impl tower::Service<
        axum::extract::Request,
        Response = Response,
        Error = std::convert::Infallible,
        Future = impl Send + 'static,
    > + Clone
              + Send
              + Sync
              + 'static,
> + Clone
+ Send
+ Sync
+ 'static {
    let region = Arc::clone(region);
    ServiceBuilder::new()
        .layer(HandleErrorLayer::new(move |headers: HeaderMap, _: tower::BoxError| {
            region.meters.full(Full::Requests);
            let refused = told(&region, &headers, crate::region::busy(region.turns.room_in()));
            async move { refused }
        }))
        .layer(LoadShedLayer::new())
        .layer(GlobalConcurrencyLimitLayer::new(at_once))
}
