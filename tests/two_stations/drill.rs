//! Restore drills: a backup at some moment, desks that go on, a region that is lost and restored elsewhere.
//! `ESIK_DRILLS` says how many of each engine; a few per build.

use esik_server::backup;
use esik_server::site::Site;
use esik_server::store::postgres::Address;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};
use std::path::Path;

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

fn drill(seed: u64, place: fn(&Path, &str) -> Site) {
    let mut dice = Dice(seed * 0x9e37_79b9 + 1);
    let mut world =
        World::in_place("2026-11-20T05:00:00Z", |dir| place(dir, &format!("before{seed}")));
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
    let copy = world.folder().join("copy");
    let made = backup::backup(world.site(), world.env(), &copy).unwrap();
    let times = 1 + dice.of(5);
    work(&mut dice, &mut cases, times);
    for desk in desks.iter().take(usize::from(dice.of(3) > 0) * 2) {
        desk.sync();
    }

    // The machine is lost. Only the copy is there.
    let site = place(world.folder(), &format!("after{seed}"));
    world.lies_in(site.clone());
    backup::restore(&site, &copy).unwrap();
    assert!(site.open(world.env()).is_err(), "S15: drill {seed}: served before it was accepted");
    let epoch = site.accept_restore(world.env()).unwrap();
    assert_ne!(epoch, made.epoch);
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
    (1..=drills()).for_each(|seed| drill(seed, in_a_file));
}

/// B13 (part), S2 (part), S15: the same in PostgreSQL.
#[test]
fn a_lost_region_in_postgres_is_brought_back_by_its_desks() {
    (1..=drills()).for_each(|seed| drill(seed + 1000, in_postgres));
}
