//! Whom the desk believes: only the region's own CA, TLS 1.3 only; and what a failed call means.

use esik_wire::SyncFailure;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sha2::{Digest as _, Sha256};
use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

/// SHA-256 of a certificate's DER bytes.
pub type Fingerprint = [u8; 32];

/// Why there is no usable trust.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TlsError {
    /// Not a PEM certificate, or not one that can be a root.
    #[error("the region's certificate cannot be read")]
    BadCa,
    /// The cryptography refuses TLS 1.3.
    #[error("TLS 1.3 is not available")]
    NoTls13,
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// Fingerprint of the first certificate in a PEM text.
///
/// # Errors
/// When there is none.
pub fn pem_fingerprint(pem: &str) -> Result<Fingerprint, TlsError> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| TlsError::BadCa)?;
    Ok(fingerprint(&der))
}

fn fingerprint(der: &CertificateDer<'_>) -> Fingerprint {
    Sha256::digest(der.as_ref()).into()
}

fn only_root(der: CertificateDer<'_>) -> Result<RootCertStore, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(der.into_owned())?;
    Ok(roots)
}

/// TLS of an enrolled desk: the region's CA is the only root.
///
/// # Errors
/// When the PEM text holds no usable CA.
pub fn config_for_ca(ca_pem: &str) -> Result<ClientConfig, TlsError> {
    let der = CertificateDer::from_pem_slice(ca_pem.as_bytes()).map_err(|_| TlsError::BadCa)?;
    let roots = only_root(der).map_err(|_| TlsError::BadCa)?;
    Ok(ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|_| TlsError::NoTls13)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// TLS of a desk that joins: no root is known yet, only the fingerprint of one.
///
/// # Errors
/// When TLS 1.3 is not available.
pub fn config_for_fingerprint(ca: Fingerprint) -> Result<ClientConfig, TlsError> {
    let provider = provider();
    let verifier = PinnedCa { ca, provider: Arc::clone(&provider) };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|_| TlsError::NoTls13)?
        // “dangerous” is rustls's name for any own verifier; this one only narrows the usual one.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

/// Finds the certificate with the known fingerprint among those presented, makes it the only root
/// and lets rustls's usual verifier check chain, name and dates against it.
#[derive(Debug)]
struct PinnedCa {
    ca: Fingerprint,
    provider: Arc<CryptoProvider>,
}

impl PinnedCa {
    fn algorithms(&self) -> &WebPkiSupportedAlgorithms {
        &self.provider.signature_verification_algorithms
    }
}

impl ServerCertVerifier for PinnedCa {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let root = intermediates
            .iter()
            .chain([end_entity])
            .find(|c| fingerprint(c) == self.ca)
            .ok_or(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))?;
        let roots = Arc::new(only_root(root.clone())?);
        WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&self.provider))
            .build()
            .map_err(|_| rustls::Error::InvalidCertificate(CertificateError::BadEncoding))?
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, self.algorithms())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, self.algorithms())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms().supported_schemes()
    }
}

/// What a failed request means for a person. TLS first: reqwest calls a bad certificate a failure to
/// connect, which would send the officer looking for the cable.
#[must_use]
pub fn failure_of(error: &reqwest::Error) -> SyncFailure {
    if let Some(tls) = find::<rustls::Error>(error) {
        return tls_failure(tls);
    }
    if error.is_connect() {
        return SyncFailure::Unreachable;
    }
    if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) || error.is_redirect() {
        return SyncFailure::NotEsik;
    }
    // Cut in the middle: whether the region got it is unknown, as with a timeout.
    SyncFailure::Timeout
}

fn tls_failure(error: &rustls::Error) -> SyncFailure {
    use CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(
            C::Expired | C::ExpiredContext { .. } | C::NotValidYet | C::NotValidYetContext { .. },
        ) => SyncFailure::Clock,
        // No TLS at all on that port.
        rustls::Error::InvalidMessage(_) | rustls::Error::InappropriateMessage { .. } => {
            SyncFailure::NotEsik
        }
        _ => SyncFailure::Untrusted,
    }
}

/// Looks for an error type in the chain of causes, also inside `io::Error`, whose `source()` skips
/// the error it wraps.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<E>() {
            return Some(found);
        }
        next = match current.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => current.source(),
        };
    }
    None
}
