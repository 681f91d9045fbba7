//! rustls below tokio-postgres: the handshake, the bytes, and what binds a password to this one line.

use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, ServerName};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use std::error::Error;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream as Bound};
use tokio_rustls::{TlsConnector, client::TlsStream};
use x509_parser::oid_registry as oid;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Encrypts lines as this configuration says.
#[derive(Clone, Debug)]
pub(super) struct Encrypt(Arc<ClientConfig>);

impl Encrypt {
    pub(super) fn with(config: ClientConfig) -> Self {
        Self(Arc::new(config))
    }
}

/// What cannot be done before anything is sent, or what the handshake said.
type Failed = Box<dyn Error + Send + Sync>;

impl<S: Line> MakeTlsConnect<S> for Encrypt {
    type Stream = Encrypted<S>;
    type TlsConnect = Handshake;
    type Error = Failed;

    fn make_tls_connect(&mut self, host: &str) -> Result<Handshake, Failed> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| format!("no certificate can be for a host called {host:?}"))?;
        Ok(Handshake { how: TlsConnector::from(Arc::clone(&self.0)), name })
    }
}

/// A line before the handshake.
pub(super) trait Line: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Line for S {}

/// A handshake with one host.
pub(super) struct Handshake {
    how: TlsConnector,
    name: ServerName<'static>,
}

impl<S: Line> TlsConnect<S> for Handshake {
    type Stream = Encrypted<S>;
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Encrypted<S>, Failed>> + Send>>;

    fn connect(self, line: S) -> Self::Future {
        Box::pin(async move { Ok(Encrypted(self.how.connect(self.name, line).await?)) })
    }
}

/// A line after it.
pub(super) struct Encrypted<S>(TlsStream<S>);

impl<S: Line> Bound for Encrypted<S> {
    fn channel_binding(&self) -> ChannelBinding {
        let chain = self.0.get_ref().1.peer_certificates();
        chain
            .and_then(|c| end_point(c.first()?))
            .map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

/// `tls-server-end-point` of RFC 5929: the certificate's digest by the function its own signature used, by SHA-256
/// where that was SHA-1. None where a signature has no such function (Ed25519, RSA-PSS): PostgreSQL finds none either.
fn end_point(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let by = &parsed.signature_algorithm.algorithm;
    let is = |names: &[oid::Oid<'static>]| names.contains(by);
    if is(&[
        oid::OID_PKCS1_SHA1WITHRSA,
        oid::OID_PKCS1_SHA256WITHRSA,
        oid::OID_SIG_ECDSA_WITH_SHA256,
    ]) {
        Some(Sha256::digest(certificate).to_vec())
    } else if is(&[oid::OID_PKCS1_SHA384WITHRSA, oid::OID_SIG_ECDSA_WITH_SHA384]) {
        Some(Sha384::digest(certificate).to_vec())
    } else if is(&[oid::OID_PKCS1_SHA512WITHRSA, oid::OID_SIG_ECDSA_WITH_SHA512]) {
        Some(Sha512::digest(certificate).to_vec())
    } else {
        None
    }
}

impl<S: Line> AsyncRead for Encrypted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl<S: Line> AsyncWrite for Encrypted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
