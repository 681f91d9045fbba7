//! Certificates and servers, honest and otherwise, on a loopback port.

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use ed25519_dalek::SigningKey;
use esik_domain::ids::DeviceId;
use esik_sync::HttpRegion;
use esik_sync::http::{Nonce, Patience};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

/// A CA of a test.
pub struct Ca {
    pub pem: String,
    key: KeyPair,
}

/// When a leaf holds, as years from and to.
pub const HOLDS: [i32; 2] = [2000, 4000];
pub const EXPIRED: [i32; 2] = [2000, 2001];
pub const NOT_YET: [i32; 2] = [3999, 4000];

impl Ca {
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::default();
        ca.distinguished_name.push(DnType::CommonName, name);
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        ca.not_before = date_time_ymd(2000, 1, 1);
        ca.not_after = date_time_ymd(4000, 1, 1);
        Self { pem: ca.self_signed(&key).unwrap().pem(), key }
    }

    pub fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()
    }

    pub fn fingerprint(&self) -> String {
        hex::encode(Sha256::digest(self.der()))
    }

    /// TLS of a server with a leaf of this CA; `chain` is presented after the leaf.
    pub fn server(
        &self,
        name: &str,
        years: [i32; 2],
        chain: &[CertificateDer<'static>],
    ) -> rustls::ServerConfig {
        let issuer = Issuer::from_ca_cert_pem(&self.pem, &self.key).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut leaf = CertificateParams::new(vec![name.to_owned()]).unwrap();
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.not_before = date_time_ymd(years[0], 1, 1);
        leaf.not_after = date_time_ymd(years[1], 1, 1);
        let leaf = leaf.signed_by(&key, &issuer).unwrap();
        let mut certs = vec![leaf.der().clone()];
        certs.extend_from_slice(chain);
        let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(certs, key)
            .unwrap()
    }

    /// The usual server of this CA.
    pub fn honest(&self) -> rustls::ServerConfig {
        self.server("localhost", HOLDS, &[self.der()])
    }
}

/// A listening server; it ends with the test.
pub struct Serving {
    pub url: String,
    handle: Handle<SocketAddr>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}

/// Serves a router with TLS on a free port.
pub fn serve(router: Router, tls: rustls::ServerConfig) -> Serving {
    let listener = listener();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let handle = Handle::new();
    let config = RustlsConfig::from_config(Arc::new(tls));
    let server = axum_server::from_tcp_rustls(listener, config).unwrap().handle(handle.clone());
    tokio::spawn(server.serve(router.into_make_service()));
    Serving { url, handle }
}

pub fn listener() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

pub fn nonce() -> Nonce {
    Arc::new(|| [7; 16])
}

/// Short, because these tests wait for it; long enough for a loaded machine where they do not.
pub const SHORT: Patience =
    Patience { connect: Duration::from_secs(10), idle: Duration::from_millis(700) };

/// For tests that wait out the whole patience, connecting included.
pub const QUICK: Patience =
    Patience { connect: Duration::from_secs(2), idle: Duration::from_millis(300) };

pub fn client(url: &str, ca_pem: &str, device: DeviceId, key: SigningKey) -> HttpRegion {
    patient(url, ca_pem, device, key, SHORT)
}

pub fn patient(
    url: &str,
    ca_pem: &str,
    device: DeviceId,
    key: SigningKey,
    patience: Patience,
) -> HttpRegion {
    let tls = esik_sync::tls::config_for_ca(ca_pem).unwrap();
    HttpRegion::with(url, tls, device, key, nonce(), patience).unwrap()
}
