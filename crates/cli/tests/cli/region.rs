//! Joining a region and syncing, over real TLS, as a script does it.

use crate::run::{Answer, Place, command, finish};
use esik_testkit::World;

fn desk(world: &World, place: &Place, profile: &str, args: &[&str]) -> Answer {
    let mut command = command();
    // The region of the test lives on the morning of its own clock.
    command.env("ESIK_CLOCK", world.clock.now().to_rfc3339());
    command.args(["--profile", &place.text(profile), "--password-file", &place.text("password")]);
    command.args(args);
    finish(command, b"")
}

#[test]
fn two_desks_that_synced_hold_the_same() {
    let mut world = World::new();
    let place = Place::new();
    for profile in ["one", "two"] {
        let made = desk(&world, &place, profile, &["init", "--surname", "Әлиева"]);
        assert!(made.ok, "{made:?}");
        let (url, code) = (world.url(), world.code("07"));
        let joined = desk(&world, &place, profile, &["enroll", "--server", &url, "--code", &code]);
        assert!(joined.ok, "{joined:?}");
        assert_eq!(joined.one()["station"]["id"], "07");
        world.vouch_for(made.one()["officer"].as_str().unwrap().parse().unwrap());
    }
    assert!(
        desk(&world, &place, "one", &["generate", "--cases", "12", "--seed", "4", "--load"]).ok
    );
    let pushed = desk(&world, &place, "one", &["sync", "--once"]);
    assert!(pushed.ok, "{pushed:?}");
    let summary = pushed.one();
    assert!(summary["pushed"].as_u64().unwrap() > 100, "{summary}");
    assert_eq!(summary["accepted"], summary["pushed"]);
    assert_eq!((&summary["rejected"], &summary["quarantined"]), (&0.into(), &0.into()));
    let pulled = desk(&world, &place, "two", &["sync", "--once"]);
    assert!(pulled.ok && pulled.one()["pulled"].as_u64().unwrap() > 0, "{pulled:?}");
    // The first takes back what the second desk's sync made the region write, if anything.
    assert!(desk(&world, &place, "one", &["sync", "--once"]).ok);
    let hash = |p: &str| desk(&world, &place, p, &["state-hash"]).one()["state_hash"].clone();
    assert_eq!(hash("one"), hash("two"));
    for (profile, args) in
        ["one", "two"].map(|p| [(p, &["verify"][..]), (p, &["verify", "--region"])]).concat()
    {
        let proof = desk(&world, &place, profile, args);
        assert!(proof.ok, "{proof:?}");
        assert_eq!(proof.one()["unchecked"], 0, "{proof:?}");
    }
    world.region_down();
    let failed = desk(&world, &place, "one", &["sync", "--once"]);
    assert_eq!((failed.ok, failed.code()), (false, "region_unreachable"));
    let failed = desk(&world, &place, "one", &["verify", "--region"]);
    assert_eq!((failed.ok, failed.code()), (false, "region_unreachable"));
}

/// What `generate` and `import` write is what a region takes. The demo's own data (`xtask run`), whole,
/// and a case that ends twice in a theme that wants a second look.
#[test]
fn a_region_refuses_nothing_of_the_demo() {
    let world = World::new();
    let place = Place::new();
    assert!(desk(&world, &place, "one", &["init", "--surname", "Әлиева"]).ok);
    let (url, code) = (world.url(), world.code("07"));
    assert!(desk(&world, &place, "one", &["enroll", "--server", &url, "--code", &code]).ok);
    let demo = ["generate", "--cases", "40", "--seed", "7", "--load"];
    assert!(desk(&world, &place, "one", &demo).ok);
    let line = r#"{"number":"900000000001","narrative":"Дети во дворе бьют моего сына, он боится выходить на улицу.","category":"CHD-01","events":[{"kind":"closed","text":"поговорили"},{"kind":"closed","text":"ещё раз"}]}"#;
    std::fs::write(place.path("lines"), line).unwrap();
    let loaded = desk(&world, &place, "one", &["import", &place.text("lines")]);
    assert!(loaded.ok, "{loaded:?}");
    let pushed = desk(&world, &place, "one", &["sync", "--once"]);
    assert!(pushed.ok, "{pushed:?}");
    let summary = pushed.one();
    assert!(summary["pushed"].as_u64().unwrap() > 400, "{summary}");
    assert_eq!(summary["accepted"], summary["pushed"], "{summary}");
    assert_eq!((&summary["rejected"], &summary["quarantined"]), (&0.into(), &0.into()));
}
