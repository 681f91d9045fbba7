//! The region's own CA and the server's certificate. On loopback too: there is no plain HTTP.

use crate::env::Env;
use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use esik_platform::{Platform as _, ThisMachine};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Years the CA is good for; it is the anchor of every desk.
const CA_YEARS: i64 = 10;
/// Days a server's certificate is good for.
const LEAF_DAYS: i64 = 365;
/// It is renewed at start when fewer days are left.
const RENEW_DAYS: i64 = 60;

/// Why certificates cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{what} {path}: {source}")]
    File { what: &'static str, path: PathBuf, source: std::io::Error },
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    #[error("{path} is not what it should be: {why}")]
    Shape { path: PathBuf, why: String },
    #[error("TLS: {0}")]
    Rustls(#[from] rustls::Error),
}

/// The folder with `ca.pem`, `ca.key`, `server.pem`, `server.key`, `server.json`.
#[derive(Clone, Debug)]
pub struct TlsDir(pub PathBuf);

#[derive(Serialize, Deserialize)]
struct Leaf {
    hosts: Vec<String>,
    not_after: DateTime<Utc>,
}

impl TlsDir {
    /// Makes a CA, unless there is one, and a certificate for `localhost`, `127.0.0.1`, `::1` and
    /// the given names.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn create(&self, env: &Env, region: &str, hosts: &[String]) -> Result<(), TlsError> {
        make_dir(&self.0)?;
        if !self.0.join("ca.pem").exists() {
            let key = KeyPair::generate()?;
            let now = env.now();
            let mut ca = CertificateParams::default();
            ca.distinguished_name = name(&format!("Esik CA {region}"));
            ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
            ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            ca.serial_number = Some(serial(env));
            span(&mut ca, now, TimeDelta::days(CA_YEARS * 365));
            let cert = ca.self_signed(&key)?;
            write_private(&self.0.join("ca.key"), key.serialize_pem().as_bytes())?;
            write(&self.0.join("ca.pem"), cert.pem().as_bytes())?;
        }
        self.issue(env, hosts)
    }

    fn issue(&self, env: &Env, hosts: &[String]) -> Result<(), TlsError> {
        let ca_key = KeyPair::from_pem(&self.text("ca.key")?)?;
        let ca = Issuer::from_ca_cert_pem(&self.ca_pem()?, ca_key)?;
        let mut all: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
        all.extend(hosts.iter().filter(|h| !all.contains(h)).cloned().collect::<Vec<_>>());
        let key = KeyPair::generate()?;
        let mut leaf = CertificateParams::new(all.clone())?;
        leaf.distinguished_name = name("Esik");
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        leaf.serial_number = Some(serial(env));
        let now = env.now();
        span(&mut leaf, now, TimeDelta::days(LEAF_DAYS));
        let cert = leaf.signed_by(&key, &ca)?;
        write_private(&self.0.join("server.key"), key.serialize_pem().as_bytes())?;
        write(&self.0.join("server.pem"), cert.pem().as_bytes())?;
        let about = Leaf { hosts: all, not_after: now + TimeDelta::days(LEAF_DAYS) };
        let json = serde_json::to_vec(&about).unwrap_or_default();
        write(&self.0.join("server.json"), &json)
    }

    /// The CA's certificate, PEM.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn ca_pem(&self) -> Result<String, TlsError> {
        self.text("ca.pem")
    }

    /// SHA-256 of the CA's certificate (DER), lower-case hex: the second part of every code.
    ///
    /// # Errors
    /// When the certificate cannot be read.
    pub fn ca_fingerprint(&self) -> Result<String, TlsError> {
        Ok(hex::encode(Sha256::digest(self.certificate("ca.pem")?)))
    }

    /// What the server shows: its certificate and the CA's, so that a desk that only knows the
    /// CA's fingerprint finds it in the chain. Renews the server's certificate when it runs out.
    ///
    /// # Errors
    /// When a file is missing or spoilt.
    pub fn server_config(&self, env: &Env) -> Result<Arc<rustls::ServerConfig>, TlsError> {
        let about: Option<Leaf> =
            self.text("server.json").ok().and_then(|t| serde_json::from_str(&t).ok());
        let fresh =
            about.as_ref().is_some_and(|l| l.not_after - env.now() > TimeDelta::days(RENEW_DAYS));
        if !fresh {
            self.issue(env, &about.map(|l| l.hosts).unwrap_or_default())?;
        }
        let chain = vec![self.certificate("server.pem")?, self.certificate("ca.pem")?];
        let path = self.0.join("server.key");
        let key = PrivateKeyDer::from_pem_file(&path)
            .map_err(|e| TlsError::Shape { path, why: e.to_string() })?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    fn certificate(&self, file: &str) -> Result<CertificateDer<'static>, TlsError> {
        let path = self.0.join(file);
        CertificateDer::from_pem_file(&path)
            .map_err(|e| TlsError::Shape { path, why: e.to_string() })
    }

    fn text(&self, file: &str) -> Result<String, TlsError> {
        let path = self.0.join(file);
        std::fs::read_to_string(&path).map_err(|source| TlsError::File {
            what: "reading",
            path,
            source,
        })
    }
}

fn name(common: &str) -> DistinguishedName {
    let mut dn = DistinguishedName::new();
    dn.push(DnType::CommonName, common);
    dn
}

fn serial(env: &Env) -> SerialNumber {
    let mut bytes = env.bytes::<16>();
    // Positive and not empty.
    bytes[0] = (bytes[0] & 0x7f) | 0x40;
    SerialNumber::from_slice(&bytes)
}

/// From yesterday (a desk's clock may be late) for so long; whole days.
fn span(params: &mut CertificateParams, now: DateTime<Utc>, good_for: TimeDelta) {
    let day = |at: DateTime<Utc>| {
        let month = u8::try_from(at.month()).unwrap_or(1);
        date_time_ymd(at.year(), month, u8::try_from(at.day()).unwrap_or(1))
    };
    params.not_before = day(now - TimeDelta::days(2));
    params.not_after = day(now + good_for + TimeDelta::days(1));
}

/// Makes a folder only its owner can enter.
///
/// # Errors
/// When it cannot be made.
pub fn make_dir(path: &Path) -> Result<(), TlsError> {
    let fail = |source| TlsError::File { what: "making", path: path.to_path_buf(), source };
    ThisMachine.private_dir(path).map_err(fail)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), TlsError> {
    std::fs::write(path, bytes).map_err(|source| TlsError::File {
        what: "writing",
        path: path.to_path_buf(),
        source,
    })
}

/// Writes a file only its owner can read; it never exists with wider rights.
///
/// # Errors
/// When it cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), TlsError> {
    use std::io::Write as _;
    let fail = |source| TlsError::File { what: "writing", path: path.to_path_buf(), source };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let mut file = ThisMachine.private_file(&mut options, path).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    file.sync_all().map_err(fail)
}
