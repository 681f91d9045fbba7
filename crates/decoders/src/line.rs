//! What a desk reads when it joins a region: the code on a paper, the region's certificate.

use crate::text;

/// A code that somebody typed from a paper.
pub fn joining(bytes: &[u8]) {
    let Some(typed) = text(bytes) else { return };
    if let Ok(code) = esik_sync::enroll::JoinCode::parse(typed) {
        assert_eq!(code.word.len(), 10);
    }
}

/// The region's certificate, as text.
pub fn certificate(bytes: &[u8]) {
    let Some(pem) = text(bytes) else { return };
    let print = esik_sync::tls::pem_fingerprint(pem);
    let config = esik_sync::tls::config_for_ca(pem);
    assert!(config.is_err() || print.is_ok(), "what is believed has a fingerprint");
}
