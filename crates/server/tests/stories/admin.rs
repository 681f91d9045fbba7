//! The administrator's commands and the server process, as they are run; a restored database.

use crate::common::engine::{Place, on_postgres};
use crate::common::{codes, fresh, note, test_env, visit};
use esik_domain::event::Role;
use esik_domain::ids::CaseId;
use esik_server::site::Site;
use esik_server::store::postgres::PostgresStore;
use esik_server::{Env, OpenError, Region, RegionHandle};
use esik_wire::{ApiError, ApiErrorCode, EnrollRequest, Head, LocalName, SyncApi as _, signed};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// A region's place in the engine this file runs over.
struct Spot {
    db: String,
    state: PathBuf,
    /// Its schema, where there are schemas.
    place: Option<Place>,
}

impl Spot {
    fn new(dir: &Path, name: &str) -> Self {
        if on_postgres() {
            let place = Place::new();
            let state = dir.join(format!("{name}.state"));
            Self { db: place.url(), state, place: Some(place) }
        } else {
            Self::file(dir, name)
        }
    }

    fn file(dir: &Path, name: &str) -> Self {
        let db = dir.join(format!("{name}.db"));
        let state = dir.join(format!("{name}.db.state"));
        Self { db: format!("sqlite:{}", db.display()), state, place: None }
    }

    fn site(&self) -> Site {
        match &self.place {
            Some(place) => Site::on_postgres(place.address(), self.state.clone(), None),
            None => Site::new(Path::new(self.db.strip_prefix("sqlite:").unwrap()), None),
        }
    }

    fn sql(&self, statement: &str) {
        match &self.place {
            Some(place) => drop(place.sql(statement)),
            None => {
                let file = self.db.strip_prefix("sqlite:").unwrap();
                rusqlite::Connection::open(file).unwrap().execute_batch(statement).unwrap();
            }
        }
    }

    /// The database as it is now, to be put in place another day.
    fn copied(&self, to: &Path) -> Yesterday {
        match &self.place {
            Some(place) => Yesterday::Schema(copied(place)),
            None => {
                let file = self.db.strip_prefix("sqlite:").unwrap();
                let from = rusqlite::Connection::open(file).unwrap();
                from.execute("VACUUM INTO ?1", [to.to_str().unwrap()]).unwrap();
                Yesterday::File(to.to_owned())
            }
        }
    }

    /// Puts yesterday's database in place; nobody says so.
    fn set_back(self, yesterday: Yesterday) -> Self {
        match yesterday {
            Yesterday::Schema(place) => Self { db: place.url(), place: Some(place), ..self },
            Yesterday::File(from) => {
                let file = self.db.strip_prefix("sqlite:").unwrap();
                for tail in ["-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{file}{tail}"));
                }
                std::fs::copy(from, file).unwrap();
                self
            }
        }
    }
}

enum Yesterday {
    File(PathBuf),
    Schema(Place),
}

/// Every row of a schema in another one.
fn copied(from: &Place) -> Place {
    let to = Place::new();
    drop(PostgresStore::open(&to.address(), "akmola").unwrap());
    let tables = from.sql(&format!(
        "SELECT relname::text FROM pg_class WHERE relnamespace='{}'::regnamespace
           AND relkind IN ('r','p') AND NOT relispartition AND relname NOT LIKE 'refinery_%'",
        from.0
    ));
    for table in tables {
        to.sql(&format!("INSERT INTO {table} SELECT * FROM {}.{table}", from.0));
    }
    to
}

fn server(db: &Spot) -> Command {
    let mut c = Command::new(env!("CARGO_BIN_EXE_esik-server"));
    c.arg("--db").arg(&db.db).env_remove("ESIK_SERVER_DB").env_remove("ESIK_SERVER_STATE");
    if db.place.is_some() {
        c.arg("--state").arg(&db.state).env_remove("PGPASSWORD");
    }
    c.stderr(Stdio::null());
    c
}

fn admin(db: &Spot, args: &[&str]) -> (bool, Value) {
    let out = server(db).arg("admin").args(args).output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "one JSON value a line: {text}");
    (out.status.success(), serde_json::from_str(&text).unwrap())
}

fn done(db: &Spot, args: &[&str]) -> Value {
    let (good, value) = admin(db, args);
    assert!(good, "{args:?}: {value}");
    value
}

fn failed(db: &Spot, args: &[&str]) -> String {
    let (good, value) = admin(db, args);
    assert!(!good, "{args:?}: {value}");
    value.pointer("/error/code").unwrap().as_str().unwrap().to_owned()
}

const CREATE: [&str; 8] =
    ["region", "create", "--id", "akmola", "--name-kk", "Ақмола", "--name-ru", "Акмола"];

#[test]
fn a_region_is_made_and_administered_from_outside() {
    let dir = tempfile::tempdir().unwrap();
    let db = Spot::new(dir.path(), "region");
    assert_eq!(failed(&db, &["station", "list"]), "not_founded");
    assert!(!db.state.join("region.key").exists() && !dir.path().join("region.db").exists());
    let made = done(&db, &CREATE);
    let fingerprint = made.get("ca_fingerprint").unwrap().as_str().unwrap().to_owned();
    assert_eq!(fingerprint.len(), 64);
    assert_eq!(failed(&db, &CREATE), "founded_before");
    let station = ["station", "add", "--id", "07", "--name-kk", "Жетінші", "--name-ru", "Седьмое"];
    assert_eq!(done(&db, &station), json!({ "station": "07" }));
    assert_eq!(failed(&db, &["code", "issue", "--station", "08"]), "failed");
    let code = done(&db, &["code", "issue", "--station", "07", "--minutes", "1440"]);
    let text = code.get("code").unwrap().as_str().unwrap();
    assert_eq!(text.split_once('.').unwrap().1, fingerprint);
    assert!(code.get("expires_at").unwrap().as_str().unwrap().ends_with('Z'));

    let password = dir.path().join("password");
    std::fs::write(&password, "short\n").unwrap();
    let file = password.to_str().unwrap().to_owned();
    let add = |agency: &str, login: &str| {
        let args =
            ["--agency", agency, "--login", login, "--name", "Серік", "--password-file", &file];
        admin(&db, &[&["clerk", "add"], &args[..]].concat())
    };
    assert!(!add("E-HEA", "heat").0, "a short password is refused");
    std::fs::write(&password, "long enough\n").unwrap();
    assert!(!add("E-NONE", "heat").0, "an unknown agency is refused");
    assert!(!add("E-HEA", "a b").0, "a login with a space is refused");
    assert!(add("E-HEA", "Heat").0);
    assert!(!add("E-HEA", "heat").0, "a taken login is refused");
    done(&db, &["clerk", "password", "--login", "heat", "--password-file", &file]);
    done(&db, &["clerk", "revoke", "--login", "heat"]);
    let clerks = done(&db, &["clerk", "list"]);
    assert_eq!(clerks.pointer("/0/revoked").unwrap(), true);
    assert!(!clerks.to_string().contains("argon2"));
    for list in ["officer", "device", "quarantine"] {
        assert_eq!(done(&db, &[list, "list"]), json!([]));
    }
    assert_eq!(failed(&db, &["device", "revoke", "not-an-id"]), "failed");
    assert_eq!(done(&db, &["region", "show"]).get("pos").unwrap(), 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mut secrets = vec![db.state.join("region.key"), db.state.join("tls/ca.key")];
        secrets.extend(db.db.strip_prefix("sqlite:").map(PathBuf::from));
        for secret in secrets {
            let mode = std::fs::metadata(&secret).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", secret.display());
        }
    }
}

/// The server's process, and where it listens.
fn listening(db: &Spot) -> (Child, String) {
    let mut child =
        server(db).args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let addr = told.get("listening").unwrap().as_str().unwrap().to_owned();
    (child, addr)
}

/// A tree that cannot be made stops no body's page and no applicant's: the region listens all the same.
#[tokio::test]
async fn a_region_without_a_tree_listens() {
    let dir = tempfile::tempdir().unwrap();
    let db = Spot::new(dir.path(), "region");
    done(&db, &CREATE);
    db.sql("ALTER TABLE tree_tile RENAME TO aside");
    let (mut child, addr) = listening(&db);
    tokio::net::TcpStream::connect(&addr).await.unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn the_process_tells_where_it_listens_and_stops_when_told() {
    let dir = tempfile::tempdir().unwrap();
    let db = Spot::new(dir.path(), "region");
    done(&db, &CREATE);
    let (mut child, addr) = listening(&db);
    assert!(!addr.ends_with(":0"));
    tokio::net::TcpStream::connect(&addr).await.unwrap();
    // Administration goes on beside the running server.
    let station = ["station", "add", "--id", "07", "--name-kk", "Жетінші", "--name-ru", "Седьмое"];
    done(&db, &station);
    let pid = child.id().to_string();
    Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(child.wait().unwrap().success());
}

/// A desk on a region of the disk.
async fn desk(region: &Arc<Region>, world: &crate::common::World) -> crate::common::Desk {
    let mut desk = crate::common::Desk::new(world, "07", Role::Officer, &[]);
    desk.handle = RegionHandle { region: Arc::clone(region), device: desk.device };
    desk.epoch = region.identity().epoch.clone();
    let code = region.issue_code("07", 10, "ff").unwrap().unwrap().code;
    let joined = desk
        .handle
        .enroll(EnrollRequest {
            code,
            device_id: desk.device,
            incarnation: 1,
            device_key: signed::key_text(&desk.key.verifying_key()),
            officers: vec![desk.card.clone()],
            version: String::new(),
        })
        .await
        .unwrap();
    desk.joined = Some(joined);
    desk
}

/// S13 (part): the operator says who is in which circle, beside a region that runs.
#[tokio::test]
async fn the_operator_says_who_is_in_a_circle() {
    let w = crate::common::World::new();
    let db = Spot::new(w.dir.path(), "circles");
    done(&db, &CREATE);
    done(&db, &["station", "add", "--id", "07", "--name-kk", "Жетінші", "--name-ru", "Седьмое"]);
    let region = open(&db.site(), &w.env).unwrap();
    let a = desk(&region, &w).await;
    let id = a.card.id.to_string();
    let set = |circles: &str| done(&db, &["circles", &id, "--set", circles]);
    let listed = || {
        let all = done(&db, &["officer", "list"]);
        (all[0]["circles"].clone(), all[0]["circles_by"].clone())
    };
    assert_eq!(listed(), (json!([]), Value::Null));
    let said = json!({ "officer": id, "circles": ["dv", "juvenile"], "n": 1 });
    assert_eq!(set("juvenile, dv"), said);
    assert_eq!(listed(), (said["circles"].clone(), json!("region")));
    let dv = esik_domain::ids::Scope::from("circle:07:dv");
    assert!(a.hello(200).await.unwrap().scopes.contains(&dv), "the region that runs knows it");
    assert_eq!(set(""), json!({ "officer": id, "circles": [], "n": 2 }));
    assert!(a.read(&dv).await.is_err(), "at once");
    let nobody = "01900000-0000-7000-8000-000000000fff";
    assert_eq!(failed(&db, &["circles", nobody, "--set", "dv"]), "failed");
    assert_eq!(failed(&db, &["circles", "not-an-id", "--set", "dv"]), "failed");
    let typed = server(&db).args(["admin", "circles", &id, "--set", "dw"]).output().unwrap();
    assert!(!typed.status.success(), "no such circle");
    assert_eq!(listed().0, json!([]));
}

fn open(site: &Site, env: &Env) -> Result<Arc<Region>, OpenError> {
    site.open(env.clone())
}

/// S15, B13 (part), T29 (part).
#[tokio::test]
async fn a_restored_database_is_noticed_and_refilled_by_the_desks() {
    let (env, _) = test_env();
    let dir = tempfile::tempdir().unwrap();
    let db = Spot::new(dir.path(), "region");
    let site = db.site();
    let name = LocalName { kk: "Ақмола".to_owned(), ru: "Акмола".to_owned() };
    site.create(&env, "akmola", name, &[]).unwrap();
    let world = crate::common::World::new();
    let case = CaseId(fresh());
    let (mut a, all, old_lease, yesterday) = {
        let region = open(&site, &env).unwrap();
        let name = LocalName { kk: "7".to_owned(), ru: "7".to_owned() };
        region.add_station("07", name).unwrap();
        let mut a = desk(&region, &world).await;
        a.say(case, &visit(), "open");
        let mut all = a.unsent.clone();
        a.push().await.unwrap();
        let yesterday = db.copied(&dir.path().join("backup.db"));
        let lease = a.hello(0).await.unwrap().leases.pop().unwrap();
        a.say(case, &note("after the backup"), "open");
        all.extend(a.unsent.clone());
        a.push().await.unwrap();
        site.remember(&region).unwrap();
        (a, all, lease, yesterday)
    };
    // Nothing was restored: it opens.
    drop(open(&site, &env).unwrap());

    // Yesterday's database is put in place; nobody says so.
    a.handle.region = Arc::clone(&world.region);
    let db = db.set_back(yesterday);
    let site = db.site();
    assert!(matches!(open(&site, &env), Err(OpenError::Older { database: 1, file: 2 })));
    let epoch = site.accept_restore(env.clone()).unwrap();
    assert_ne!(epoch, a.epoch);
    let region = open(&site, &env).unwrap();
    assert!(region.identity().incarnation > 1);

    // The desk's old cursor and epoch are refused, hello tells the truth, the rest comes again.
    a.handle.region = Arc::clone(&region);
    let diverged = ApiError::new(ApiErrorCode::HistoryDiverged);
    assert_eq!(a.handle.push(a.segment()).await.unwrap_err(), diverged.into());
    let hello = a.hello(0).await.unwrap();
    assert_eq!((&hello.epoch, hello.acked.seq, hello.region_pos.0), (&epoch, 1, 1));
    a.epoch = hello.epoch;
    let answer = a.handle.push(a.segment_of(1, all)).await.unwrap();
    assert_eq!(codes(&answer), ["duplicate", "accepted"]);
    assert_eq!(answer.acked, a.head);
    assert_ne!(answer.acked, Head::default());
    // Numbers given after the backup are not given again.
    assert!(hello.leases.first().unwrap().from > old_lease.to);

    // A database that lost the mark beside it is as suspicious.
    drop(region);
    std::fs::remove_file(db.state.join("epoch")).unwrap();
    assert!(matches!(open(&site, &env), Err(OpenError::OtherEpoch { .. })));
}

/// B13 (part): the commands as a person types them: backup, what it tells, restore, accept, move.
#[test]
fn a_region_is_backed_up_restored_and_moved_from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let [db, other, third] = ["region", "other", "third"].map(|name| Spot::new(dir.path(), name));
    let said = |db: &Spot, args: &[&str]| {
        let out = server(db).args(args).output().unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let code = value.pointer("/error/code").and_then(Value::as_str).map(str::to_owned);
        assert_eq!(out.status.success(), code.is_none(), "{text}");
        (value, code)
    };
    let refused = |db: &Spot, args: &[&str]| said(db, args).1.unwrap();
    let copy = at("copy");
    assert_eq!(refused(&db, &["backup", "--to", &copy]), "not_founded");
    assert!(!dir.path().join("copy").exists());
    done(&db, &CREATE);
    let (made, _) = said(&db, &["backup", "--to", &copy]);
    assert_eq!(made.get("region").unwrap(), "akmola");
    assert_eq!(refused(&db, &["backup", "--to", &copy]), "not_empty");
    assert_eq!(said(&db, &["backup", "--to", &copy, "--verify"]).0, made);
    assert_eq!(refused(&db, &["restore", "--from", &copy]), "not_empty");
    assert_eq!(refused(&other, &["restore", "--from", &at("nothing")]), "no_backup");
    let (restored, _) = said(&other, &["restore", "--from", &copy]);
    assert_eq!(restored.get("pos"), made.get("pos"));
    // Not served, not administered, not backed up before somebody says that it is meant.
    assert_eq!(failed(&other, &["region", "show"]), "restored");
    assert_eq!(refused(&other, &["backup", "--to", &at("again")]), "restored");
    assert_eq!(refused(&other, &["--listen", "127.0.0.1:0"]), "restored");
    let (accepted, _) = said(&other, &["restore", "--accept"]);
    assert_ne!(accepted.get("epoch"), made.get("epoch"));
    let shown = done(&other, &["region", "show"]);
    assert_eq!(shown.get("epoch"), accepted.get("epoch"));
    // In one go.
    let (one, _) = said(&third, &["restore", "--from", &copy, "--accept"]);
    assert!(one.get("epoch").is_some() && one.get("pos").is_some(), "{one}");

    // Into a file, from wherever it is.
    let fourth = Spot::file(dir.path(), "fourth");
    let (moved, _) = said(&other, &["migrate", "--from", &other.db, "--to", &fourth.db]);
    assert_eq!(moved.get("epoch"), accepted.get("epoch"));
    assert_eq!(failed(&other, &["region", "show"]), "moved");
    assert_eq!(done(&fourth, &["region", "show"]).get("epoch"), accepted.get("epoch"));
    let (_, broken) = said(&db, &["backup", "--to", &at("nothing"), "--verify"]);
    assert_eq!(broken.as_deref(), Some("no_backup"));
}

/// The shipped calendar under another version.
fn calendar(version: &str) -> String {
    include_str!("../../../domain/data/calendar-kz.json").replace("2026-3", version)
}

#[test]
fn a_file_is_looked_at_and_published_and_a_bad_one_is_told_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let db = Spot::new(dir.path(), "region");
    done(&db, &CREATE);
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let good = file("good.json", &calendar("2026-4"));
    let seen = done(&db, &["preview", "calendar", &good]);
    assert_eq!(seen, json!({ "kind": "calendar", "version": "2026-4" }));
    assert_eq!(done(&db, &["published"]), json!([]), "looking publishes nothing");
    let publish = |kind: &str, file: &str, more: &[&str]| {
        admin(&db, &[&["publish", kind, file, "--by", "Бекова А. Т."], more].concat())
    };
    let told = |kind: &str, file: &str, more: &[&str]| {
        let (taken, value) = publish(kind, file, more);
        assert!(!taken, "{value}");
        let at = |path: &str| value.pointer(path).unwrap().as_str().unwrap().to_owned();
        (at("/error/code"), at("/error/params/detail"))
    };
    let (taken, first) = publish("calendar", &good, &[]);
    assert!(taken, "{first}");
    assert_eq!(first.get("version").unwrap(), "2026-4");

    // Each with what is wrong and where.
    let cut = calendar("2026-5").replace("\"working\"", "\"workng\"");
    let (code, detail) = told("calendar", &file("cut.json", &cut), &[]);
    assert_eq!(code, "publication_broken");
    assert!(detail.contains("workng") && detail.contains("line "), "{detail}");
    let sunday = calendar("2026-5").replace("2026-12-16", "2026-12-13");
    let (_, detail) = told("calendar", &file("sunday.json", &sunday), &[]);
    assert!(detail.contains("2026-12-13"), "{detail}");
    let mut short: Value = serde_json::from_str(&calendar("2026-5")).unwrap();
    short.get_mut("years").unwrap().as_array_mut().unwrap().remove(0);
    let (_, detail) = told("calendar", &file("short.json", &short.to_string()), &[]);
    assert!(detail.contains("year 2024 is missing"), "{detail}");
    for again in ["2026-4", "2026-3", "2025-9"] {
        let (code, detail) = told("calendar", &file("again.json", &calendar(again)), &[]);
        assert_eq!(code, "publication_not_newer", "{detail}");
    }
    let large = calendar("2026-5") + &" ".repeat(256 * 1024);
    assert_eq!(told("calendar", &file("large.json", &large), &[]).0, "publication_too_large");
    let next = file("next.json", &calendar("2026-5"));
    assert_eq!(told("calendar", &next, &["--from", "2020-01-01"]).0, "publication_past");
    assert_eq!(told("paper", &next, &[]).0, "publication_broken");
    let cards = file("cards.json", r#"{"version":1,"cards":[{"code":"x"}]}"#);
    let (_, detail) = told("knowledge", &cards, &[]);
    assert!(detail.contains("missing field") && detail.contains("line 1"), "{detail}");

    // A paper is set before it is taken.
    let advice = include_str!("../../../letters/papers/advice.2.toml");
    let (code, _) = told("paper", &file("same.toml", advice), &[]);
    assert_eq!(code, "publication_not_newer");
    let next = advice.replace("version = 2", "version = 3");
    let broken = next.replace("#sign(", "#no_such_sign(");
    let (_, detail) = told("paper", &file("broken.toml", &broken), &[]);
    assert!(
        detail.contains("advice: layout, line ") && detail.contains("no_such_sign"),
        "{detail}"
    );
    let good = file("good.toml", &next);
    let out = dir.path().join("specimen.pdf");
    let seen = done(&db, &["preview", "paper", &good, "--out", out.to_str().unwrap()]);
    assert_eq!(seen.get("pages").unwrap(), 1);
    assert!(std::fs::read(&out).unwrap().starts_with(b"%PDF-"));
    assert!(publish("paper", &good, &[]).0);

    let all = done(&db, &["published"]);
    let kinds: Vec<&str> =
        all.as_array().unwrap().iter().map(|p| p.get("kind").unwrap().as_str().unwrap()).collect();
    assert_eq!(kinds, ["calendar", "paper"]);
}
