//! The encrypted line to the database: the contract over it, who is refused and by which name, a line that is cut.

use super::certificates::{Authority, NOW, Signed, Years, self_signed};
use super::writers::commit;
use crate::common::engine::{Place, url};
use esik_domain::ids::EventId;
use esik_server::store::postgres::{Address, PostgresStore};
use esik_server::store::{Committed, Store, StoreError, contract};
use esik_testkit::cluster::{Cluster, folder, sql};
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Tries of each kind (B30).
const TRIES: u32 = 20;

fn open(address: &str) -> Result<PostgresStore, StoreError> {
    PostgresStore::open(&Address::parse(address, None).unwrap(), "akmola")
}

/// S3 (part), S8 (part), B30 (part): the contract over TLS; PostgreSQL itself says that every line is encrypted.
#[test]
fn postgres_keeps_the_contract_over_tls() {
    let database = format!("t_{}_tls", std::process::id());
    sql(&url(), &format!("DROP DATABASE IF EXISTS {database}; "));
    sql(&url(), &format!("CREATE DATABASE {database}"));
    let schemas = AtomicU64::new(0);
    let there = url().rsplit_once('/').map(|(server, _)| format!("{server}/{database}")).unwrap();
    let seen = Mutex::new(Vec::new());
    contract::all(&|| {
        let schema = format!("s{}", schemas.fetch_add(1, Ordering::SeqCst));
        sql(&there, &format!("CREATE SCHEMA {schema}"));
        let address = Place(schema).encrypted().replace("/esik?", &format!("/{database}?"));
        let store = Arc::new(open(&address).unwrap());
        seen.lock().unwrap().extend(sql(
            &there,
            "SELECT s.ssl::text || ' ' || s.version FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
             WHERE a.application_name = 'esik-server' AND a.datname = current_database()",
        ));
        store as Arc<dyn Store>
    });
    let seen = seen.into_inner().unwrap();
    assert!(!seen.is_empty() && seen.iter().all(|line| line == "true TLSv1.3"), "{seen:?}");
    sql(&url(), &format!("DROP DATABASE {database} WITH (FORCE)"));
}

/// A cluster that shows this certificate from now on.
fn shows(cluster: &Cluster, signed: &Signed) {
    cluster.keep("server.crt", &signed.cert);
    cluster.keep("server.key", &signed.key);
    cluster.set("ssl", "on");
}

fn address(cluster: &Cluster, host: &str, root: &Path) -> String {
    format!(
        "postgres://esik@{host}:{}/esik?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert={}",
        cluster.port,
        root.display()
    )
}

/// B30 (part): another authority, none at all, a certificate that is over or not yet valid or for another name, a
/// server without TLS or with an old one: each is refused by its own name, every time, and no word is sent to it.
#[test]
fn only_the_right_server_is_spoken_to() {
    let dir = folder();
    let cluster = Cluster::primary(dir.path());
    let [ours, other] = [&PKCS_ECDSA_P256_SHA256; 2].map(Authority::new);
    let (ours_file, other_file) =
        (ours.file(dir.path(), "ours.pem"), other.file(dir.path(), "o.pem"));
    let refused = |host: &str, root: &Path, word: &str| {
        for _ in 0..TRIES {
            match open(&address(&cluster, host, root)).map(drop) {
                Err(StoreError::Unfit(why)) => assert!(why.contains(word), "{word}: {why}"),
                said => panic!("{word}: {said:?}"),
            }
        }
    };
    refused("localhost", &ours_file, "speaks no TLS");
    shows(&cluster, &ours.signs("localhost", NOW));
    refused("localhost", &other_file, "none of the authorities");
    refused("db.example.kz", &ours_file, "another host name");
    open(&address(&cluster, "localhost", &ours_file)).unwrap();
    for (signed, word) in [
        (other.signs("localhost", NOW), "none of the authorities"),
        (self_signed("localhost"), "none of the authorities"),
        (ours.signs("localhost", Years(2020, 2021)), "has expired"),
        (ours.signs("localhost", Years(2089, 2090)), "not valid yet"),
        (ours.signs("db.example.kz", NOW), "another host name"),
    ] {
        shows(&cluster, &signed);
        refused("localhost", &ours_file, word);
    }
    open(&address(&cluster, "db.example.kz", &ours_file)).unwrap();
    cluster.set("ssl_max_protocol_version", "TLSv1.2");
    refused("db.example.kz", &ours_file, "no TLS 1.3");
    cluster.set("ssl_max_protocol_version", "");
    open(&address(&cluster, "db.example.kz", &ours_file)).unwrap();
    // Of all who were refused none came as far as to say who he is.
    let log = std::fs::read_to_string(cluster.data.join("log")).unwrap();
    assert!(!log.contains("role \"esik\""), "{log}");
}

/// A server that wants to know who we are by a certificate of ours.
#[test]
fn our_own_certificate_is_shown_and_a_wrong_one_is_named() {
    let dir = folder();
    let cluster = Cluster::primary(dir.path());
    let [ours, other] = [&PKCS_ECDSA_P256_SHA256; 2].map(Authority::new);
    let root = ours.file(dir.path(), "ours.pem");
    cluster.keep("clients.pem", ours.pem());
    cluster.keep("pg_hba.conf", "local all all trust\nhostssl all all 127.0.0.1/32 cert\n");
    cluster.set("ssl_ca_file", "clients.pem");
    shows(&cluster, &ours.signs("localhost", NOW));
    let asked = |name: &str, signed: &Signed| {
        let (cert, key) =
            (dir.path().join(format!("{name}.pem")), dir.path().join(format!("{name}.key")));
        std::fs::write(&cert, &signed.cert).unwrap();
        std::fs::write(&key, &signed.key).unwrap();
        let own = format!("&sslcert={}&sslkey={}", cert.display(), key.display());
        open(&(address(&cluster, "localhost", &root) + &own)).map(drop)
    };
    asked("right", &ours.signs("esik", NOW)).unwrap();
    let foreign = asked("foreign", &other.signs("esik", NOW)).unwrap_err().to_string();
    assert!(foreign.contains("does not take our certificate"), "{foreign}");
    let nobody = open(&address(&cluster, "localhost", &root)).map(drop).unwrap_err().to_string();
    assert!(nobody.contains("client certificate"), "{nobody}");
    // A certificate that does not belong to the key is no certificate.
    let mixed = Signed { cert: ours.signs("esik", NOW).cert, key: ours.signs("esik", NOW).key };
    let (cert, key) = (dir.path().join("m.pem"), dir.path().join("m.key"));
    std::fs::write(&cert, mixed.cert).unwrap();
    std::fs::write(&key, mixed.key).unwrap();
    let own = format!("&sslcert={}&sslkey={}", cert.display(), key.display());
    let said = Address::parse(&(address(&cluster, "localhost", &root) + &own), None).unwrap_err();
    assert!(said.to_string().contains("m.key"), "{said}");
}

/// The password is bound to the line: whoever stood in between with a certificate of his own could not use it.
#[test]
fn a_password_is_bound_to_the_line() {
    let dir = folder();
    let cluster = Cluster::primary(dir.path());
    cluster
        .keep("pg_hba.conf", "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n");
    cluster.owner("ALTER ROLE esik PASSWORD 'құпия'");
    let bound = |algorithm, binding: &str| {
        let authority = Authority::new(algorithm);
        let root = authority.file(dir.path(), "root.pem");
        shows(&cluster, &authority.signs("localhost", NOW));
        let address =
            format!("{}&channel_binding={binding}", address(&cluster, "localhost", &root));
        let address = Address::parse(&address, Some("құпия")).unwrap();
        PostgresStore::open(&address, "akmola").map(drop)
    };
    for algorithm in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384, &PKCS_ECDSA_P521_SHA512] {
        bound(algorithm, "require").unwrap();
        bound(algorithm, "prefer").unwrap();
    }
}

/// A line that ends after so many bytes, in either direction, once; then it is good.
struct Cutter {
    port: u16,
    /// Bytes that still pass, up and down; below zero all do.
    left: Arc<[AtomicI64; 2]>,
    /// Bytes that passed, up and down.
    passed: Arc<[AtomicU64; 2]>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Cutter {
    fn to(upstream: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let left = Arc::new([AtomicI64::new(-1), AtomicI64::new(-1)]);
        let open = Arc::new(Mutex::new(Vec::new()));
        let passed = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
        let (these, lines, counts) = (Arc::clone(&left), Arc::clone(&open), Arc::clone(&passed));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                let Ok(server) = TcpStream::connect(("127.0.0.1", upstream)) else { return };
                let two = || [&client, &server].map(|s| s.try_clone().unwrap());
                lines.lock().unwrap().extend(two());
                for way in 0..2 {
                    let [a, b] = two();
                    let (from, to) = if way == 0 { (a, b) } else { (b, a) };
                    let (left, passed) = (Arc::clone(&these), Arc::clone(&counts));
                    std::thread::spawn(move || pass(from, to, &left[way], &passed[way]));
                }
            }
        });
        Self { port, left, passed, open }
    }

    fn passed(&self) -> [u64; 2] {
        [0, 1].map(|way: usize| self.passed[way].load(Ordering::SeqCst))
    }

    fn cut_after(&self, way: usize, bytes: i64) {
        self.left[way].store(bytes, Ordering::SeqCst);
    }

    /// Whether the cut came; it comes no more.
    fn was_cut(&self, way: usize) -> bool {
        self.left[way].swap(-1, Ordering::SeqCst) == -1
    }
}

impl Drop for Cutter {
    fn drop(&mut self) {
        for line in self.open.lock().unwrap().drain(..) {
            let _ = line.shutdown(Shutdown::Both);
        }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, left: &AtomicI64, passed: &AtomicU64) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        let now = left.load(Ordering::SeqCst);
        let some = usize::try_from(now).unwrap_or(n).min(n);
        if to.write_all(&buffer[..some]).is_err() {
            break;
        }
        passed.fetch_add(some as u64, Ordering::SeqCst);
        if now >= 0 {
            let rest = now - i64::try_from(some).unwrap();
            left.store(if rest == 0 { -1 } else { rest }, Ordering::SeqCst);
            if rest == 0 {
                break;
            }
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

/// B15 (part), S3 (part): a commit whose line is cut at any byte is there whole or not at all, is told as “come again”,
/// and is there once when it is said again; in the clear and in the middle of TLS alike.
#[test]
fn a_line_cut_at_any_byte_of_a_commit_leaves_all_or_nothing() {
    const CUTS: u64 = 60;
    for encrypted in [false, true] {
        let (place, _) = super::writers::two_stores();
        let text = if encrypted { place.encrypted() } else { place.url() };
        let at = text.split_once('@').unwrap().1;
        let (host, rest) = at.split_once('/').unwrap();
        let (name, port) = host.split_once(':').unwrap();
        let line = Cutter::to(port.parse().unwrap());
        let store = open(&format!("postgres://esik@{name}:{}/{rest}", line.port)).unwrap();
        let head = || loop {
            match store.head() {
                Ok(pos) => return pos.0,
                Err(StoreError::Busy) => std::thread::sleep(Duration::from_millis(2)),
                Err(e) => panic!("{e:?}"),
            }
        };
        // What a commit says and hears when nothing happens to it; the second one has its statements prepared.
        assert_eq!(store.commit(&commit(0, 1_000_001)), Ok(Committed::Done));
        let from = line.passed();
        assert_eq!(store.commit(&commit(1, 1_000_002)), Ok(Committed::Done));
        let bytes = [0, 1].map(|way: usize| line.passed()[way] - from[way]);
        let (mut met, mut unknown, mut came) = (0, 0, 0);
        for n in 0..CUTS {
            let before = head();
            let id = u128::from(n) + 1;
            let way = usize::from(n % 2 == 1);
            line.cut_after(way, i64::try_from(1 + n * bytes[way] / CUTS).unwrap());
            let said = store.commit(&commit(before, id));
            let cut = line.was_cut(way);
            met += u64::from(cut);
            match said {
                Ok(Committed::Done) => {}
                Err(StoreError::Busy) => {
                    assert!(cut, "busy though nothing was cut");
                    unknown += 1;
                    let there = head() > before;
                    came += u64::from(there);
                    let known = store.known(&[EventId(uuid::Uuid::from_u128(id))]).unwrap();
                    assert_eq!(known.is_empty(), !there, "half a commit");
                    if !there {
                        assert_eq!(store.commit(&commit(before, id)), Ok(Committed::Done));
                    }
                }
                other => panic!("encrypted {encrypted}, cut {n}: {other:?}"),
            }
        }
        let counts = store.counts().unwrap();
        let all = CUTS + 2;
        assert_eq!((counts.head_pos, counts.max_pos, counts.events), (all, all, all));
        println!(
            "encrypted {encrypted}, {bytes:?} bytes: {met} cuts met, {unknown} told as busy, {came} of them committed"
        );
        assert!(met * 4 > CUTS * 3 && unknown * 3 > CUTS, "{met} cuts met, {unknown} busy");
    }
}
