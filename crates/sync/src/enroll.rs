//! A desk joins its region: the code carries a one-time word and the fingerprint of the region's CA,
//! so that the very first connection is already to the right server.

use crate::http::{HttpError, HttpRegion, Nonce, Patience};
use crate::tls::{self, Fingerprint};
use ed25519_dalek::SigningKey;
use esik_wire::{EnrollRequest, EnrollResponse, SyncApi as _, SyncFailure};
use std::fmt;

/// Characters of the one-time word.
const WORD_CHARS: usize = 10;

/// Why a desk did not join.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EnrollError {
    /// Not `<10 characters>.<64 hex characters>`; a mistyped or cut code.
    #[error("not a joining code")]
    BadCodeFormat,
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The call failed, or the region refused the code.
    #[error(transparent)]
    Failure(#[from] SyncFailure),
    /// The server named another CA than the code did.
    #[error("the server named another certificate than the code")]
    OtherCa,
}

impl EnrollError {
    /// Stable code for messages.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadCodeFormat => "bad_code_format",
            Self::Http(HttpError::BadUrl) => "bad_url",
            Self::Http(_) => "tls_unavailable",
            Self::Failure(f) => crate::plan::failure_code(f),
            Self::OtherCa => "untrusted",
        }
    }
}

/// A joining code, as the region's administrator hands it over.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinCode {
    /// One-time word, upper case; the only part that travels.
    pub word: String,
    /// SHA-256 of the region's CA certificate (DER).
    pub ca: Fingerprint,
}

impl fmt::Debug for JoinCode {
    /// The word opens the region for one desk: it stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinCode").field("ca", &hex::encode(self.ca)).finish_non_exhaustive()
    }
}

impl JoinCode {
    /// Reads a code as people write it: any case, spaces, dashes and line breaks anywhere.
    ///
    /// # Errors
    /// When it is not a code; a cut or mistyped fingerprint is noticed by its length.
    pub fn parse(typed: &str) -> Result<Self, EnrollError> {
        let bare: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '‑' | '–' | '—'))
            .collect();
        let (word, ca_hex) = bare.split_once('.').ok_or(EnrollError::BadCodeFormat)?;
        if word.len() != WORD_CHARS || !word.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(EnrollError::BadCodeFormat);
        }
        let mut ca = [0; 32];
        hex::decode_to_slice(ca_hex, &mut ca).map_err(|_| EnrollError::BadCodeFormat)?;
        Ok(Self { word: word.to_ascii_uppercase(), ca })
    }
}

/// Joins a region. The one-time word of `code` replaces `request.code`; the fingerprint never leaves
/// the desk. On success [`EnrollResponse::ca_pem`] is the CA the code named.
///
/// # Errors
/// See [`EnrollError`]; nothing is stored here, the caller does that.
pub async fn enroll(
    server_url: &str,
    code: &str,
    mut request: EnrollRequest,
    key: &SigningKey,
    nonce: Nonce,
    patience: Patience,
) -> Result<EnrollResponse, EnrollError> {
    let code = JoinCode::parse(code)?;
    let tls = tls::config_for_fingerprint(code.ca).map_err(HttpError::from)?;
    let region =
        HttpRegion::with(server_url, tls, request.device_id, key.clone(), nonce, patience)?;
    request.code = code.word;
    let answer = region.enroll(request).await?;
    match tls::pem_fingerprint(&answer.ca_pem) {
        Ok(ca) if ca == code.ca => Ok(answer),
        _ => Err(EnrollError::OtherCa),
    }
}
