//! Restore drills: a backup at some moment, desks that go on, a region that is lost and restored elsewhere.
//! `ESIK_DRILLS` says how many of each kind of copy; a few per build.

use esik_server::backup;
use esik_server::site::Site;
use esik_server::store::postgres::Address;
use esik_testkit::cluster::{self, Cluster};
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A small generator: the same seed, the same drill.
struct Dice(u64);

impl Dice {
    fn of(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) % sides
    }
}

fn drills() -> u64 {
    std::env::var("ESIK_DRILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(2)
}

/// An empty place in a file.
fn in_a_file(dir: &Path, name: &str) -> Site {
    Site::new(&dir.join(format!("{name}.db")), None)
}

/// An empty place in the PostgreSQL of the tests: a schema of its own.
fn in_postgres(dir: &Path, name: &str) -> Site {
    let url = std::env::var("ESIK_TEST_POSTGRES").expect("docs/howto/test-with-postgresql.md");
    let schema = format!("drill_{}_{name}", std::process::id());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, line) =
            tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("PostgreSQL");
        tokio::spawn(line);
        let anew = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        client.batch_execute(&anew).await.unwrap();
    });
    let address = format!("{url}?options=-c%20search_path%3D{schema}");
    Site::on_postgres(Address::parse(&address, None).unwrap(), dir.join(name), None)
}

fn takes_in(desk: &TestDesk, n: u64) -> String {
    desk.takes_in(
        Form::says("Екі күннен бері жылу жоқ, үйде сәби бар", "kk")
            .category("ZKH-01")
            .at(&format!("Абай, {n}"))
            .person("Сейтова", "Алма", "8 701 123 45 67")
            .refer("E-HEA"),
    )
}

/// A case as everybody has to see it.
fn facts(desk: &TestDesk, case: &str) -> Value {
    let c = desk.case(case);
    json!([c["number"], c["title"], c["address"], c["referrals"][0]["agency"], c["notes"]])
}

/// How a region is copied, and how the copy becomes a region.
trait Copying {
    /// An empty place.
    fn place(&mut self, dir: &Path, name: &str) -> Site;
    /// The region as it is now; what is needed to put it back is kept.
    fn copy(&mut self, world: &World);
    /// The place the copy lies in now, as its administrator left it.
    fn put_back(&mut self, world: &World, name: &str) -> Site;
    /// The copy says of itself that it is one.
    const SAYS_SO: bool;
}

/// With our own program.
struct Own(fn(&Path, &str) -> Site);

impl Copying for Own {
    const SAYS_SO: bool = true;

    fn place(&mut self, dir: &Path, name: &str) -> Site {
        self.0(dir, name)
    }

    fn copy(&mut self, world: &World) {
        let made = backup::backup(world.site(), world.env(), &world.folder().join("copy"));
        assert_eq!(made.unwrap().epoch, world.region.identity().epoch);
    }

    fn put_back(&mut self, world: &World, name: &str) -> Site {
        let site = self.0(world.folder(), name);
        backup::restore(&site, &world.folder().join("copy")).unwrap();
        site
    }
}

/// With PostgreSQL's own programs, which know nothing of Esik: the folder of the region's state stays where it is.
struct Postgres {
    how: Foreign,
    primary: Cluster,
    /// Where the region lies now.
    database: String,
    state: PathBuf,
    base: Option<Cluster>,
    /// Goes last: the clusters lie in it.
    dir: tempfile::TempDir,
}

#[derive(Clone, Copy)]
enum Foreign {
    /// `pg_dump` and `pg_restore`.
    Dump,
    /// `pg_basebackup`, started as a cluster of its own.
    Base,
}

impl Postgres {
    fn new(how: Foreign) -> Self {
        let dir = cluster::folder();
        let primary = Cluster::primary(dir.path());
        let (database, state, base) = (String::new(), PathBuf::new(), None);
        Self { how, primary, database, state, base, dir }
    }

    fn site(&self, url: &str) -> Site {
        Site::on_postgres(Address::parse(url, None).unwrap(), self.state.clone(), None)
    }

    fn dump(&self) -> PathBuf {
        self.dir.path().join(format!("{}.dump", self.database))
    }

    /// What the drill before left is not needed any more.
    fn clean(&mut self) {
        if let Some(base) = self.base.take() {
            let data = base.data.clone();
            drop(base);
            std::fs::remove_dir_all(data).unwrap();
        }
        let _ = std::fs::remove_file(self.dump());
    }
}

impl Copying for Postgres {
    const SAYS_SO: bool = false;

    fn place(&mut self, dir: &Path, name: &str) -> Site {
        self.clean();
        name.clone_into(&mut self.database);
        self.state = dir.join("state");
        self.site(&self.primary.database(name))
    }

    fn copy(&mut self, _: &World) {
        match self.how {
            Foreign::Dump => self.primary.dump(&self.database, &self.dump()),
            Foreign::Base => {
                let name = format!("base_{}", self.database);
                self.base = Some(Cluster::copy_of(self.dir.path(), &name, &self.primary));
            }
        }
    }

    fn put_back(&mut self, _: &World, name: &str) -> Site {
        let url = match &self.base {
            None => {
                let url = self.primary.database(name);
                self.primary.put_back(&self.dump(), name);
                url
            }
            Some(base) => {
                base.start();
                base.url_of(&self.database)
            }
        };
        self.site(&url)
    }
}

fn drill<C: Copying>(seed: u64, copying: &mut C) {
    let mut dice = Dice(seed * 0x9e37_79b9 + 1);
    let mut world =
        World::in_place("2026-11-20T05:00:00Z", |dir| copying.place(dir, &format!("before{seed}")));
    let desks = [world.desk("Әлиева"), world.desk("Бекова")];
    let mut cases = Vec::new();
    let mut n = 0;
    let mut work = |dice: &mut Dice, cases: &mut Vec<String>, times: u64| {
        for _ in 0..times {
            n += 1;
            let desk = &desks[usize::from(dice.of(2) == 1)];
            cases.push(takes_in(desk, n));
            if dice.of(3) > 0 {
                desk.sync();
            }
        }
    };
    let times = dice.of(4);
    work(&mut dice, &mut cases, times);
    let epoch = world.region.identity().epoch.clone();
    let at = world.region.store().head().unwrap().0;
    copying.copy(&world);
    let times = 1 + dice.of(5);
    work(&mut dice, &mut cases, times);
    for desk in desks.iter().take(usize::from(dice.of(3) > 0) * 2) {
        desk.sync();
    }
    // Its server does so every quarter of a minute; what was lost may be younger.
    let remembered = dice.of(4) > 0;
    if remembered {
        world.site().remember(&world.region).unwrap();
    }
    let lost = world.region.store().head().unwrap().0 - at;

    // The machine is lost. Only the copy is there.
    let nowhere = Site::new(&world.folder().join("nowhere.db"), None);
    world.lies_in(nowhere);
    let site = copying.put_back(&world, &format!("after{seed}"));
    world.lies_in(site.clone());
    if C::SAYS_SO || (lost > 0 && remembered) {
        assert!(
            site.open(world.env()).is_err(),
            "S15: drill {seed}: served before it was accepted"
        );
        assert_ne!(site.accept_restore(world.env()).unwrap(), epoch);
    }
    world.region_up();

    // Two rounds of every desk, and nothing else that a person would do.
    for desk in desks.iter().chain(&desks) {
        let said = desk.sync();
        assert!(said["failure"].is_null(), "drill {seed}: {said}");
    }
    for desk in &desks {
        assert_eq!(desk.unacknowledged(), 0, "drill {seed}");
    }
    let counts = world.region.store().counts().unwrap();
    assert_eq!((counts.head_pos, counts.max_pos), (counts.events, counts.events));
    // Who joins now sees every case as both see it, and has it from the region alone.
    let late = world.desk("Сейтенов");
    late.sync();
    for case in &cases {
        assert_eq!(facts(&late, case), facts(&desks[0], case), "drill {seed}");
        assert_eq!(facts(&late, case), facts(&desks[1], case), "drill {seed}");
    }
    assert_eq!(world.region.store().counts().unwrap().quarantined, 0, "drill {seed}");
}

/// The region and the desk that wrote it are lost together; the newest backup is of the day before. Only a neighbour
/// that had heard of it is there, and then the lost desk after all.
fn lost_together(name: &str, place: fn(&Path, &str) -> Site) {
    let before = format!("{name}_before");
    let mut world = World::in_place("2026-11-20T05:00:00Z", |dir| place(dir, &before));
    let [lost, neighbour] = [world.desk("Әлиева"), world.desk("Бекова")];
    let copy = world.folder().join("copy");
    backup::backup(world.site(), world.env(), &copy).unwrap();
    let cases: Vec<String> = (1..4).map(|n| takes_in(&lost, n)).collect();
    lost.sync();
    neighbour.sync();
    let had = world.region.store().counts().unwrap().events;

    let site = place(world.folder(), &format!("{name}_after"));
    world.lies_in(site.clone());
    backup::restore(&site, &copy).unwrap();
    site.accept_restore(world.env()).unwrap();
    world.region_up();
    assert_eq!(world.region.store().counts().unwrap().events, 0);
    let said = neighbour.sync();
    assert!(said["failure"].is_null(), "{said}");
    let counts = world.region.store().counts().unwrap();
    // Handing the referrals on is done anew, and told beside the first time.
    assert!(counts.events >= had, "{} of {had}", counts.events);
    assert_eq!((counts.head_pos, counts.max_pos), (counts.events, counts.events));
    let late = world.desk("Сейтенов");
    late.sync();
    for case in &cases {
        assert_eq!(facts(&late, case), facts(&neighbour, case));
        assert_eq!(facts(&late, case), facts(&lost, case));
    }

    // It was not lost after all.
    for _ in 0..2 {
        let said = lost.sync();
        assert!(said["failure"].is_null() && lost.unacknowledged() == 0, "{said}");
    }
    let after = world.region.store().counts().unwrap();
    assert_eq!((after.events, after.quarantined, after.rejected), (counts.events, 0, 0));
    neighbour.sync();
    for case in &cases {
        assert_eq!(facts(&lost, case), facts(&neighbour, case));
    }
}

/// S2, S15: of a region that is lost with the desk that wrote, everything comes back that another desk had heard.
#[test]
fn what_a_lost_desk_had_sent_comes_back_from_its_neighbour() {
    lost_together("file", in_a_file);
    lost_together("postgres", in_postgres);
}

/// B13 (part), S2 (part), S15: a region in a file is restored from a backup of any moment; its desks bring everything back
/// in two rounds, and nobody does more than accept it.
#[test]
fn a_lost_region_in_a_file_is_brought_back_by_its_desks() {
    (1..=drills()).for_each(|seed| drill(seed, &mut Own(in_a_file)));
}

/// B13 (part), S2 (part), S15: the same in PostgreSQL.
#[test]
fn a_lost_region_in_postgres_is_brought_back_by_its_desks() {
    (1..=drills()).for_each(|seed| drill(seed + 1000, &mut Own(in_postgres)));
}

/// B13 (part), S2 (part), S15: the same from a dump that knows nothing of Esik, in another database. It is noticed by the mark
/// that lies beside.
#[test]
fn a_lost_region_is_brought_back_from_a_dump() {
    let mut postgres = Postgres::new(Foreign::Dump);
    (1..=drills()).for_each(|seed| drill(seed + 2000, &mut postgres));
}

/// B13, S2 (part), S15: the same from a base backup of the whole cluster; with the three before it, every kind of copy there is.
#[test]
fn a_lost_region_is_brought_back_from_a_base_backup() {
    let mut postgres = Postgres::new(Foreign::Base);
    (1..=drills()).for_each(|seed| drill(seed + 3000, &mut postgres));
}
