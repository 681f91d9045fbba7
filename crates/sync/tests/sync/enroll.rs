//! Joining by a code that names the region's CA.

use crate::desk::Desk;
use crate::region::start;
use crate::tls_server::{Ca, EXPIRED, HOLDS, SHORT, nonce, serve};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use axum::routing::post;
use esik_domain::ids::{DeviceId, StationId};
use esik_sync::{EnrollError, JoinCode, enroll};
use esik_wire::request::{NONCE_HEADER, SIGNATURE_HEADER, verify};
use esik_wire::{EnrollRequest, EnrollResponse, LocalName, SyncFailure, frame};
use uuid::Uuid;

const WORD: &str = "AB2CD3EF4G";

fn region(ca_pem: &str) -> Router {
    let ca_pem = ca_pem.to_owned();
    Router::new().route(
        "/v1/enroll",
        post(move |headers: HeaderMap, body: Bytes| async move {
            let r: EnrollRequest = frame::decode(&body).unwrap();
            assert_eq!(r.code, WORD, "only the one-time word travels");
            let text = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
            let key = Desk::new(1).key().verifying_key();
            verify(&key, "POST", "/v1/enroll", &body, &text(NONCE_HEADER), &text(SIGNATURE_HEADER))
                .expect("the desk proves that it holds its key");
            let answer = EnrollResponse {
                region_id: "aqm".to_owned(),
                region_name: LocalName::default(),
                station_id: StationId::from("07"),
                station_name: LocalName::default(),
                region_device: DeviceId(Uuid::nil()),
                region_key: String::new(),
                ca_pem,
                epoch: "e1".to_owned(),
                server_time: start(),
                leases: vec![],
            };
            ([(header::CONTENT_TYPE, frame::MEDIA_TYPE)], frame::encode(&answer).unwrap())
        }),
    )
}

async fn join(
    named: &Ca,
    told: &Ca,
    tls: rustls::ServerConfig,
) -> Result<EnrollResponse, EnrollError> {
    let server = serve(region(&told.pem), tls);
    let desk = Desk::new(1);
    let request = EnrollRequest {
        code: String::new(),
        device_id: desk.device(),
        incarnation: 1,
        device_key: esik_wire::signed::key_text(&desk.key().verifying_key()),
        officers: vec![],
        version: "0.1.0".to_owned(),
    };
    let code = format!("{WORD}.{}", named.fingerprint());
    enroll(&server.url, &code, request, &desk.key(), nonce(), SHORT).await
}

#[tokio::test]
async fn the_code_alone_finds_the_right_server() {
    let ca = Ca::new("region");
    let answer = join(&ca, &ca, ca.honest()).await.unwrap();
    assert_eq!(answer.ca_pem, ca.pem);
}

/// S24 (part).
#[tokio::test]
async fn a_server_the_code_does_not_name_is_refused() {
    let (ca, evil) = (Ca::new("region"), Ca::new("evil"));
    let untrusted = Err(EnrollError::Failure(SyncFailure::Untrusted));
    assert_eq!(join(&ca, &ca, evil.honest()).await, untrusted, "another CA");
    // The region's CA certificate is no secret: showing it without its signature proves nothing.
    let borrowed = evil.server("localhost", HOLDS, &[ca.der()]);
    assert_eq!(join(&ca, &ca, borrowed).await, untrusted, "a borrowed CA certificate");
    let elsewhere = ca.server("elsewhere.kz", HOLDS, &[ca.der()]);
    assert_eq!(join(&ca, &ca, elsewhere).await, untrusted, "another name");
    let unnamed = ca.server("localhost", HOLDS, &[]);
    assert_eq!(join(&ca, &ca, unnamed).await, untrusted, "the CA is not in the chain");
    let late = ca.server("localhost", EXPIRED, &[ca.der()]);
    assert_eq!(join(&ca, &ca, late).await, Err(EnrollError::Failure(SyncFailure::Clock)));
}

/// S24.
#[tokio::test]
async fn a_region_that_names_another_ca_than_the_code_is_refused() {
    let (ca, other) = (Ca::new("region"), Ca::new("other"));
    assert_eq!(join(&ca, &other, ca.honest()).await, Err(EnrollError::OtherCa));
}

#[test]
fn a_code_is_read_as_people_write_it() {
    let hash = "0a".repeat(32);
    let plain = JoinCode::parse(&format!("{WORD}.{hash}")).unwrap();
    assert_eq!((plain.word.as_str(), plain.ca), (WORD, [10; 32]));
    let spaced: String = hash
        .to_uppercase()
        .as_bytes()
        .chunks(4)
        .map(|c| format!("{} ", String::from_utf8_lossy(c)))
        .collect();
    for typed in [
        format!("  ab2cd-3ef4g.{hash}\n"),
        format!("AB2C D3EF 4G . {spaced}"),
        format!("ab2cd–3ef4g.\n{spaced}"),
    ] {
        assert_eq!(JoinCode::parse(&typed).unwrap(), plain, "{typed}");
    }
    for bad in [
        String::new(),
        WORD.to_owned(),
        format!("{WORD}.{}", &hash[1..]),
        format!("{WORD}.{hash}0"),
        format!("{}.{hash}", &WORD[1..]),
        format!("{WORD}{hash}"),
        format!("{WORD}.{}", hash.replace('a', "g")),
        format!("AБ2CD3EF4.{hash}"),
    ] {
        assert_eq!(JoinCode::parse(&bad), Err(EnrollError::BadCodeFormat), "{bad}");
    }
    assert!(!format!("{plain:?}").contains(WORD), "the word stays out of logs");
}
