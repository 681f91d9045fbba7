//! `/openapi.json`: the desk's calls and the operator's pages, described from the code.

use axum::Json;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Esik, regional server",
        description = "Messages are JSON under zstd (`application/vnd.esik+zstd`), typed in the crate `esik-wire`. \
                       Refusals are JSON `{code, expected?, retry_after_s?}`. Every call but enrolment carries the \
                       device's id, a nonce and the device's Ed25519 signature over method, path, body and nonce."
    ),
    paths(
        super::api::enroll, super::api::hello, super::api::push, super::api::feed,
        super::api::case_events, super::api::file, super::api::publication, super::api::tree_proof,
        super::api::blob, super::api::put_blob_chunk, super::api::commit_blob, super::api::blob_chunk, super::api::bundle, super::api::spool, super::api::give_back,
        super::health::healthz, super::health::readyz, super::health::metrics,
    ),
    modifiers(&DeviceSignature)
)]
struct Description;

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
