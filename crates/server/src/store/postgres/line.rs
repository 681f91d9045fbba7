//! The encrypted line to a database on another machine: TLS 1.3, to a server that is told by the authority that
//! signed its certificate and by its name. There is no weaker kind (docs/adr/0035).

use super::connect::AddressError;
use super::stream::Encrypt;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription as Alert, CertificateError as Bad, ClientConfig, RootCertStore};
use std::error::Error as _;
use std::path::Path;
use std::sync::Arc;

/// The one `sslmode` that tells the right server from a wrong one.
const FULL: &str = "verify-full";

/// What of an address is about the line; PostgreSQL's own names.
#[derive(Default)]
pub(super) struct Asked {
    mode: Option<String>,
    root: Option<String>,
    cert: Option<String>,
    key: Option<String>,
}

impl Asked {
    /// Takes what is about the line out of an address, which goes on without it: the crate below does not know
    /// these words.
    pub(super) fn out_of(address: &str) -> (String, Self) {
        let mut asked = Self::default();
        // The first sign after the user's end: a password may hold one.
        let from = address.find('@').unwrap_or(0);
        let Some((before, query)) = address.get(from..).and_then(|a| a.split_once('?')) else {
            return (address.to_owned(), asked);
        };
        let mut others = Vec::new();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let place = match name {
                "sslmode" => &mut asked.mode,
                "sslrootcert" => &mut asked.root,
                "sslcert" => &mut asked.cert,
                "sslkey" => &mut asked.key,
                _ => {
                    others.push(pair);
                    continue;
                }
            };
            *place = Some(plain(value));
        }
        let mut rest = format!("{}{before}", address.get(..from).unwrap_or_default());
        if !others.is_empty() {
            rest = format!("{rest}?{}", others.join("&"));
        }
        (rest, asked)
    }

    /// The line that was asked for; none is a plain one.
    ///
    /// # Errors
    /// When it would be weaker than it looks, or a file does not hold what it should.
    pub(super) fn line(self) -> Result<Option<Encrypt>, AddressError> {
        let beside = [&self.root, &self.cert, &self.key].into_iter().any(Option::is_some);
        match self.mode.as_deref() {
            None if beside => return Err(AddressError::NoMode),
            None => return Ok(None),
            Some(FULL) => {}
            Some(other) => return Err(AddressError::Mode(other.to_owned())),
        }
        let root = self.root.ok_or(AddressError::NoRoot)?;
        let own = match (self.cert, self.key) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            _ => return Err(AddressError::HalfOwn),
        };
        believing(&root, own.as_ref().map(|(c, k)| (c.as_str(), k.as_str()))).map(Some)
    }
}

/// Percent signs resolved, as in every address.
fn plain(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let two = after.get(..2).and_then(|d| hex::decode(d).ok());
        match two.as_deref() {
            Some([byte]) if *first == b'%' => {
                bytes.push(*byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Believes what the authorities in `root` signed, nobody else; shows `own`, a certificate and its key.
fn believing(root: &str, own: Option<(&str, &str)>) -> Result<Encrypt, AddressError> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(root)? {
        roots.add(authority).map_err(|e| file(root, &e))?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|e| AddressError::Unreadable(e.to_string()))?
        .with_root_certificates(roots);
    let mut config = match own {
        None => config.with_no_client_auth(),
        Some((cert, key)) => {
            let chain = certificates(cert)?;
            let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| file(key, &e))?;
            config.with_client_auth_cert(chain, secret).map_err(|e| file(key, &e))?
        }
    };
    // Asked for by PostgreSQL 17 where TLS begins at once (`sslnegotiation=direct`).
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(Encrypt::with(config))
}

/// The certificates of a PEM file; at least one.
fn certificates(path: &str) -> Result<Vec<CertificateDer<'static>>, AddressError> {
    let all: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|e| file(path, &e))?;
    if all.is_empty() {
        return Err(file(path, &"no certificate stands in it"));
    }
    Ok(all)
}

fn file(path: &str, why: &dyn std::fmt::Display) -> AddressError {
    AddressError::File { path: Path::new(path).to_owned(), why: why.to_string() }
}

/// Why the other end is not spoken to, and what to do; nothing when the line was only cut.
pub(super) fn refused(e: &tokio_postgres::Error) -> Option<String> {
    let cause = e.source()?;
    let tls = cause
        .downcast_ref::<std::io::Error>()
        .and_then(|io| io.get_ref())
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let told = match tls {
        Some(rustls::Error::InvalidCertificate(bad)) => certificate(bad),
        Some(rustls::Error::AlertReceived(alert)) => heard(*alert)?.to_owned(),
        Some(rustls::Error::PeerIncompatible(why)) => format!("its server speaks another TLS: {why:?}"),
        // Damaged on its way: as good as cut.
        Some(_) => return None,
        None if cause.is::<std::io::Error>() => return None,
        // The crate below has no other sign for “not a word of TLS”.
        None if cause.to_string() == "server does not support TLS" => {
            "its server speaks no TLS: set `ssl = on` with `ssl_cert_file` and `ssl_key_file` in its \
             postgresql.conf; nothing is sent to it in the clear"
                .to_owned()
        }
        None => return None,
    };
    Some(told)
}

fn certificate(bad: &Bad) -> String {
    match bad {
        // The last one: an authority of the same name, whose key is of another kind.
        Bad::UnknownIssuer
        | Bad::BadSignature
        | Bad::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "its certificate is signed by none of the authorities in `sslrootcert`: is this the right server, \
             and the right file?"
                .to_owned()
        }
        Bad::Expired | Bad::ExpiredContext { .. } => {
            "its certificate has expired: give the server a new one (or set this machine's clock)".to_owned()
        }
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
            "its certificate is not valid yet: is this machine's clock right?".to_owned()
        }
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
            "its certificate is for another host name: write the name that stands in the certificate, or give \
             the server one for this name"
                .to_owned()
        }
        other => format!("its certificate is not taken: {other:?}"),
    }
}

/// What the other end says of us or of the way of speaking.
fn heard(alert: Alert) -> Option<&'static str> {
    Some(match alert {
        Alert::ProtocolVersion => {
            "its server speaks no TLS 1.3: take away `ssl_max_protocol_version` from its postgresql.conf"
        }
        Alert::HandshakeFailure | Alert::InsufficientSecurity => {
            "its server has no cipher of TLS 1.3 in common with us"
        }
        Alert::CertificateRequired
        | Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::UnknownCA
        | Alert::AccessDenied
        | Alert::DecryptError => {
            "its server does not take our certificate: look at `sslcert` and `sslkey`, and at its `ssl_ca_file`"
        }
        _ => return None,
    })
}
