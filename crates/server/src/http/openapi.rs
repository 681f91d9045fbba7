//! `/openapi.json`: the calls of desks, the pages of clerks, operators and applicants, and operation, described from the code.

use crate::portal::{aside, files, region, requests, sign_in};
use crate::status::{form, page};
use axum::Json;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Esik, regional server",
        description = "Messages are JSON under zstd (`application/vnd.esik+zstd`), typed in the crate `esik-wire`. \
                       Refusals are JSON `{code, expected?, retry_after_s?}`. Every call of a desk but enrolment carries the \
                       device's id, a nonce and the device's Ed25519 signature over method, path, body and nonce. \
                       Pages are for people, in a browser: what is described of them is no promise to programs."
    ),
    paths(
        super::api::enroll, super::api::hello, super::api::push, super::api::feed,
        super::api::case_events, super::api::file, super::api::publication, super::api::tree_proof,
        super::api::blob, super::api::put_blob_chunk, super::api::commit_blob, super::api::blob_chunk, super::api::bundle, super::api::carried, super::api::carried_chunk, super::api::spool, super::api::give_back,
        super::health::healthz, super::health::readyz, super::health::metrics,
        requests::list, requests::page, requests::submit, requests::file, files::enclosed,
        sign_in::page, sign_in::sign_in, sign_in::sign_out,
        region::stations, aside::list, aside::decide,
        page::form, page::typed, page::scanned, form::blank, form::said,
    ),
    components(schemas(Refusal)),
    modifiers(&DeviceSignature, &Refusals, &Pages)
)]
struct Description;

/// What every refusal says: `esik_wire::ApiError` as it is written.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only described")]
struct Refusal {
    /// Stable; programs decide by it.
    #[schema(pattern = "^[a-z_]+$")]
    code: String,
    /// For `gap`: the sequence the region expects next.
    #[schema(nullable = false)]
    expected: Option<u64>,
    /// Seconds to wait, as in `Retry-After`.
    #[schema(nullable = false)]
    retry_after_s: Option<u64>,
}

/// What holds for every call of a desk: how it may be refused, and that a refusal is JSON.
struct Refusals;

impl Modify for Refusals {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let said = || Content::new(Some(RefOr::Ref(Ref::from_schema_name("Refusal"))));
        for (path, item) in &mut api.paths.paths {
            if !path.starts_with("/v1/") {
                continue;
            }
            let of = [&mut item.get, &mut item.post, &mut item.put];
            for operation in of.into_iter().flatten() {
                let signed = operation.security.is_some();
                let everywhere = [
                    ("400", "bad_request: cannot be read, or breaks a limit", true),
                    (
                        "401",
                        "unauthorised: unknown or revoked device, or another signature",
                        signed,
                    ),
                    ("404", "not_found: not there, or not for you", signed),
                    ("413", "bad_request: a body over the limit", true),
                    ("503", "busy, with Retry-After", true),
                ];
                for (status, why, here) in everywhere {
                    let there = operation.responses.responses.contains_key(status);
                    if here && !there {
                        let response = Response::new(why);
                        operation.responses.responses.insert(status.to_owned(), response.into());
                    }
                }
                for (status, response) in &mut operation.responses.responses {
                    if let RefOr::T(response) = response
                        && status.starts_with(['4', '5'])
                    {
                        response.content.insert("application/json".to_owned(), RefOr::T(said()));
                    }
                }
            }
        }
    }
}

/// What holds for every page: whoever is not signed in, or asks for what is not there or not for him, is told so in a page.
struct Pages;

impl Modify for Pages {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut api.paths.paths {
            let signed = path.starts_with("/portal") || path.starts_with("/region");
            if !signed && !path.starts_with("/s") {
                continue;
            }
            for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
                let responses = &mut operation.responses.responses;
                let everywhere = [
                    ("303", "to the sign-in", signed),
                    ("401", "the session has ended: the sign-in, with what was typed", signed),
                    ("404", "not there, or not for you", signed),
                    ("503", "busy, with Retry-After", true),
                ];
                for (status, why, _) in everywhere.into_iter().filter(|(_, _, here)| *here) {
                    let there = responses.entry(status.to_owned());
                    there.or_insert_with(|| Response::new(why).into());
                }
                for (status, response) in responses {
                    if let RefOr::T(response) = response
                        && response.content.is_empty()
                        && status != "303"
                    {
                        let page = RefOr::T(Content::default());
                        response.content.insert("text/html".to_owned(), page);
                    }
                }
            }
        }
    }
}

struct DeviceSignature;

impl Modify for DeviceSignature {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new(
            esik_wire::request::SIGNATURE_HEADER,
        )));
        api.components.get_or_insert_default().add_security_scheme("device", scheme);
    }
}

pub async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}
