//! Authorities of the tests and what they sign.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SignatureAlgorithm, date_time_ymd,
};
use std::path::{Path, PathBuf};

/// The years in which a certificate is valid.
#[derive(Clone, Copy)]
pub struct Years(pub i32, pub i32);

/// Whatever the machine's clock says.
pub const NOW: Years = Years(2020, 2090);

/// An authority with a key of its own.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    algorithm: &'static SignatureAlgorithm,
}

/// A certificate and its key, PEM.
pub struct Signed {
    pub cert: String,
    pub key: String,
}

fn named(name: &str, years: Years) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(years.0, 1, 1);
    params.not_after = date_time_ymd(years.1, 1, 1);
    params
}

impl Authority {
    pub fn new(algorithm: &'static SignatureAlgorithm) -> Self {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let mut params = named("Authority of a test", NOW);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem, algorithm }
    }

    /// Its own certificate, in a file of this folder.
    pub fn file(&self, dir: &Path, name: &str) -> PathBuf {
        let path = dir.join(name);
        std::fs::write(&path, &self.pem).unwrap();
        path
    }

    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate for a host, or of a role of this name.
    pub fn signs(&self, name: &str, years: Years) -> Signed {
        let key = KeyPair::generate_for(self.algorithm).unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let about = named(name, years);
        params.distinguished_name = about.distinguished_name;
        params.not_before = about.not_before;
        params.not_after = about.not_after;
        let cert = params.signed_by(&key, &self.issuer).unwrap().pem();
        Signed { cert, key: key.serialize_pem() }
    }
}

/// A certificate that vouches for itself.
pub fn self_signed(name: &str) -> Signed {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    Signed { cert: made.cert.pem(), key: made.signing_key.serialize_pem() }
}
