//! Blocks of register numbers: no number is given twice, whatever is restored how often; and a block holds for some days.

use crate::common::engine::{Place, on_postgres};
use crate::common::{Desk, World};
use chrono::TimeDelta;
use esik_domain::number::Lease;
use esik_server::backup;
use esik_server::site::Site;
use esik_wire::{HelloResponse, LocalName, SyncApi as _};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

fn block(from: u64, to: u64) -> Lease {
    Lease { station: "07".into(), year: 2026, from, to, expires: None }
}

async fn tells(desk: &Desk, blocks: Vec<Lease>, left: u64) -> HelloResponse {
    let request = esik_wire::HelloRequest { blocks, ..desk.hello_request(left) };
    desk.handle.hello(request).await.unwrap()
}

/// A block is given for ninety days, and every greeting of a desk that tells of it begins them anew. An older desk tells of
/// none, and nothing is told to it.
#[tokio::test]
async fn a_block_holds_for_ninety_days_from_each_greeting() {
    let w = World::new();
    let desk = w.desk("07").await;
    let given = desk.joined.as_ref().unwrap().leases.clone();
    let days = |n| Some(w.env.now() + TimeDelta::days(n));
    assert_eq!(given[0].expires, days(90));
    w.pass(TimeDelta::days(20));
    assert_eq!(desk.hello(200).await.unwrap().renewed, [], "an older desk");
    let answer = tells(&desk, given.clone(), 200).await;
    assert_eq!(answer.renewed, [Lease { expires: days(90), ..given[0].clone() }]);
    assert_eq!(answer.leases, []);
    // Also when they are over: nobody else ever has them.
    w.pass(TimeDelta::days(5));
    let over = vec![Lease { expires: days(-1), ..given[0].clone() }];
    assert_eq!(tells(&desk, over, 200).await.renewed[0].expires, days(90));
    let other = w.desk("07").await;
    assert!(other.joined.as_ref().unwrap().leases[0].from > given[0].to);
}

/// A region that forgot what it gave learns it from the desks that have it, and gives it to nobody else. What another desk has as
/// well is over for who comes later. No desk's word moves a series for long, nor another station's.
#[tokio::test]
async fn a_region_learns_from_the_desks_what_it_gave_away() {
    let w = World::new();
    let (a, b) = (w.desk("07").await, w.desk("07").await);
    let forgotten = block(10_401, 10_600);
    let now = w.env.now();
    let until = Some(now + TimeDelta::days(90));
    let answer = tells(&a, vec![forgotten.clone()], 0).await;
    assert_eq!(answer.renewed, [Lease { expires: until, ..forgotten.clone() }]);
    assert_eq!(answer.leases[0].from, 10_601, "also its own next one is another");
    assert_eq!(b.hello(0).await.unwrap().leases[0].from, 10_801);
    assert_eq!(w.region.store().leases(a.device).unwrap().len(), 3);

    // Both have some of its numbers: who comes later goes on without.
    let later = tells(&b, vec![block(10_500, 10_699)], 200).await;
    assert_eq!(later.renewed, [Lease { expires: Some(now), ..block(10_500, 10_699) }]);

    // What no region can have given.
    let lies = vec![
        block(0, 100),
        block(30_000, 30_200),
        block(30_001, 30_000),
        block(u64::MAX - 5, u64::MAX),
        block(1_999_900, 2_000_001),
        Lease { year: 2025, ..block(30_001, 30_002) },
        Lease { year: 2028, ..block(30_001, 30_002) },
        Lease { station: "08".into(), ..block(30_001, 30_200) },
    ];
    assert_eq!(tells(&b, lies, 200).await.renewed, []);
    let series = w.region.store().series().unwrap();
    assert_eq!((series.len(), series[0].next), (1, 11_001));
    // Many at once: some of them are looked at, and a day has an end.
    let many = |n: u64| {
        (0..100)
            .map(|k| block(40_001 + (n * 100 + k) * 200, 40_200 + (n * 100 + k) * 200))
            .collect()
    };
    let mut taken = 0;
    for n in 0..8 {
        taken += tells(&b, many(n), 200).await.renewed.len();
    }
    assert!((40..=50).contains(&taken), "{taken}");
}

fn place(dir: &Path, of: &str) -> (Site, PathBuf) {
    let state = dir.join(of);
    std::fs::create_dir_all(&state).unwrap();
    if on_postgres() {
        (Site::on_postgres(Place::new().address(), state.join("state"), None), state)
    } else {
        (Site::new(&state.join("region.db"), None), state)
    }
}

/// A place whose database is lost, and its state is not.
fn lost(site: &Site, state: &Path) -> Site {
    if on_postgres() {
        return Site::on_postgres(Place::new().address(), state.join("state"), None);
    }
    for tail in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(state.join(format!("region.db{tail}")));
    }
    site.clone()
}

/// S15 (part): one backup is restored again and again with what lies beside the database: no number is given twice.
#[tokio::test]
async fn a_backup_that_is_restored_again_beside_its_state_gives_no_number_twice() {
    restored_again_and_again(true).await;
}

/// S15 (part): the same where nothing but the backup is left each time.
#[tokio::test]
async fn a_backup_that_is_restored_again_without_its_state_gives_no_number_twice() {
    restored_again_and_again(false).await;
}

/// After each restore desks join and get numbers.
async fn restored_again_and_again(state_survives: bool) {
    let mut w = World::new();
    let dir = w.dir.path().to_path_buf();
    let env = w.env.clone();
    let (mut site, mut state) = place(&dir, "first");
    let name = || LocalName { kk: "Жетінші".to_owned(), ru: "Седьмое".to_owned() };
    site.create(&env, "akmola", name(), &[]).unwrap();
    let copy = dir.join("copy");
    let mut given: HashSet<u64> = HashSet::new();
    for round in 0..5 {
        w.region = site.open(env.clone()).unwrap();
        if round == 0 {
            w.region.add_station("07", name()).unwrap();
        }
        for _ in 0..2 {
            let desk = w.desk("07").await;
            let joined = desk.joined.as_ref().unwrap().leases.clone();
            let more = desk.hello(0).await.unwrap().leases;
            for n in joined.iter().chain(&more).flat_map(|l| l.from..=l.to) {
                assert!(given.insert(n), "restored {round} times: {n}");
                assert!(n < 1_100_000, "short enough to be read out: {n}");
            }
        }
        if round == 0 {
            backup::backup(&site, env.clone(), &copy).unwrap();
        } else if round % 2 == 0 {
            // Its server does so four times a minute, and may not have come to it.
            site.remember(&w.region).unwrap();
        }
        w.region = World::new().region;
        if state_survives {
            site = lost(&site, &state);
        } else {
            (site, state) = place(&dir, &format!("restored{round}"));
        }
        backup::restore(&site, &copy).unwrap();
        site.accept_restore(env.clone()).unwrap();
    }
}
