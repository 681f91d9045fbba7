//! A desk whose profile was copied to a second machine, and both machines work on.

use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

fn form(text: &str) -> Form {
    Form::says(text, "ru").category("ZKH-01").at("ул. Абая, 3").refer("E-HEA")
}

/// The folder of a desk on another machine, copied while the program does not run.
fn copied(desk: TestDesk, world: &World, to: &Path) -> [TestDesk; 2] {
    desk.desk.close();
    std::fs::create_dir_all(to).unwrap();
    for entry in walk(&desk.dir) {
        let target = to.join(entry.strip_prefix(&desk.dir).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(&entry, target).unwrap();
    }
    let copy = world.started(to);
    let desk = desk.restart();
    for one in [&desk, &copy] {
        one.sign_in("Әлиева");
    }
    [desk, copy]
}

fn walk(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { out.extend(walk(&path)) } else { out.push(path) }
    }
    out
}

fn failure(status: &Value) -> &str {
    status["failure"]["code"].as_str().unwrap_or("none")
}

/// Every case of a desk by what the person said; nothing twice.
fn told(desk: &TestDesk) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (_, said, _) in numbers(desk) {
        assert!(out.insert(said.clone()), "{said} is there twice");
    }
    out
}

/// The cases of a desk: number, what the person said, and how many others have the number.
fn numbers(desk: &TestDesk) -> Vec<(String, String, usize)> {
    let open = desk.desk.opened().unwrap();
    let ids: Vec<uuid::Uuid> = open
        .store
        .read(|c| {
            let mut found =
                c.prepare("SELECT DISTINCT hex(case_id) FROM case_row WHERE number IS NOT NULL")?;
            let ids = found.query_map([], |r| r.get::<_, String>(0))?;
            Ok(ids.map(|id| id.unwrap().parse().unwrap()).collect())
        })
        .unwrap();
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let one = |id: &uuid::Uuid| {
        let case = desk.case(&id.to_string());
        let others = case["same_number"].as_array().unwrap().len();
        (text(&case["number"]), text(&case["narrative"]), others)
    };
    ids.iter().map(one).collect()
}

fn number_of(desk: &TestDesk, said: &str) -> String {
    numbers(desk).into_iter().find(|(_, text, _)| text == said).unwrap().0
}

/// Numbers that two cases have; both say so.
fn doubled(desk: &TestDesk) -> BTreeSet<String> {
    let all = numbers(desk);
    let many = |n: &str| all.iter().filter(|(number, _, _)| number == n).count();
    for (number, _, others) in &all {
        assert_eq!(many(number) - 1, *others, "{number}");
    }
    all.iter().filter(|(_, _, others)| *others > 0).map(|(n, _, _)| n.clone()).collect()
}

fn hash(desk: &TestDesk) -> String {
    let open = desk.desk.opened().unwrap();
    open.store.read(|c| esik_store::verify::state_hash(c, false)).unwrap()
}

/// S17, T31, B14 (part): of two copies of a desk the later one is told, works on, and joins again with a code; what it
/// wrote since the fork reaches the region and every other desk under the signatures it was made with, nothing is lost
/// and nothing is there twice. What both had not sent when the copy was made counts once.
#[test]
fn a_copied_desk_joins_again_and_nothing_is_lost() {
    for copy_first in [false, true] {
        let world = World::new();
        let desk = world.desk("Әлиева");
        let third = world.desk("Бекова");
        desk.takes_in(form("before"));
        desk.sync();
        desk.takes_in(form("before, not sent"));
        let to = desk.dir.with_file_name("copy");
        let [desk, copy] = copied(desk, &world, &to);
        let (first, later) = if copy_first { (copy, desk) } else { (desk, copy) };
        for n in 0..3 {
            first.takes_in(form(&format!("first {n}")));
        }
        for n in 0..5 {
            later.takes_in(form(&format!("later {n}")));
        }
        assert_eq!(failure(&first.sync()), "none");
        assert_eq!(failure(&later.sync()), "region_fork");
        assert_eq!(failure(&first.sync()), "region_fork", "both are told");
        let kept = |world: &World| {
            let counts = world.region.store().aside_counts().unwrap();
            counts.iter().map(|c| c.branch).sum::<u64>()
        };
        assert!(kept(&world) > 0, "the branch is kept at the region");
        // It is frozen for push, not for work.
        later.takes_in(form("later, told"));
        first.takes_in(form("first, told"));
        later.ok("profile_join_again", json!({ "code": world.code("07") }));
        assert_eq!(failure(&later.sync()), "none");
        assert_eq!(later.unacknowledged(), 0);
        assert_eq!(failure(&first.sync()), "none", "the other one goes on as it was");
        assert_eq!(kept(&world), 0, "the region's matter has ended");
        later.takes_in(form("later, joined"));
        for _ in 0..2 {
            for one in [&later, &first, &third] {
                assert_eq!(failure(&one.sync()), "none");
            }
        }
        let all: BTreeSet<String> =
            ["before", "before, not sent", "first, told", "later, told", "later, joined"]
                .map(str::to_owned)
                .into_iter()
                .chain((0..3).map(|n| format!("first {n}")))
                .chain((0..5).map(|n| format!("later {n}")))
                .collect();
        for one in [&third, &first, &later] {
            assert_eq!(told(one), all);
            assert_eq!(one.unacknowledged(), 0);
            assert_eq!(one.sound(), 0, "everything that came is applied");
            assert_eq!(hash(one), hash(&third));
        }
        assert_eq!(world.region.store().counts().unwrap().devices_frozen, 0);
        // What both gave before anybody was told stays with both cases, and each of them names the other.
        let twice = doubled(&third);
        assert_eq!(twice.len(), 3, "as many as the first one took in by then: {twice:?}");
        for (one, said) in
            [(&later, "later, told"), (&first, "first, told"), (&later, "later, joined")]
        {
            let number = number_of(one, said);
            assert!(
                !twice.contains(&number),
                "{said}: since it was told it gives numbers of its own"
            );
        }
    }
}

/// S15, S17, S2 (part): a region was set back, and others wrote more to it since than it had lost; a desk joins it again before it
/// has heard of that. The desk still notices that this is another history, and what the region had lost of it comes back.
#[test]
fn a_desk_that_joins_a_restored_region_again_notices_that_it_was_restored() {
    let mut world = World::to_be_copied();
    let (desk, other) = (world.desk("Әлиева"), world.desk("Бекова"));
    desk.takes_in(form("in the copy"));
    desk.sync();
    world.region_down();
    world.copy_region();
    world.region_up();
    for n in 0..2 {
        desk.takes_in(form(&format!("lost with the region {n}")));
    }
    assert_eq!(failure(&desk.sync()), "none");
    world.answer_with_the_copy(true);
    world.site().accept_restore(world.env()).unwrap();
    world.region_up();
    for n in 0..5 {
        other.takes_in(form(&format!("since {n}")));
    }
    assert_eq!(failure(&other.sync()), "none");
    desk.ok("profile_join_again", json!({ "code": world.code("07") }));
    for one in [&desk, &desk, &other] {
        assert_eq!(failure(&one.sync()), "none");
    }
    assert_eq!(told(&other).len(), 8, "{:?}", told(&other));
    assert_eq!(told(&desk), told(&other));
    assert_eq!(hash(&desk), hash(&other));
    assert_eq!(desk.sound(), 0, "everything that came is applied");
}
