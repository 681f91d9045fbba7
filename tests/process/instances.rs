//! Several programs on one profile: one has it, the others say so, and when it dies the next one may.

use crate::lost;
use serde_json::json;
use system_tests::dice::{Dice, number, seed};
use system_tests::program::scratch;
use system_tests::rpc::set_up;
use system_tests::served::Served;
use system_tests::work::{Asked as _, Kind, Said, Work};

/// Rounds in one test run; another number by `ESIK_INSTANCES`.
const ROUNDS: u64 = 5;

/// S35, T32 (part), B08: two to eight programs on one profile at once, writing from each.
#[test]
fn one_of_many_programs_has_the_profile() {
    let dir = scratch();
    let seed = seed();
    let profile = dir.path().join("desk");
    set_up(&profile, "Әлиева", None);
    let mut dice = Dice(seed);
    let mut work = Work::new("а", seed, Kind { files: true, crimes: true });
    let mut wrong = Vec::new();
    for round in 0..number("ESIK_INSTANCES", ROUNDS) {
        let many = 2 + dice.below(7);
        let mut desks: Vec<Served> = std::thread::scope(|scope| {
            let starts: Vec<_> =
                (0..many).map(|_| scope.spawn(|| Served::start(&profile).unwrap())).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        let said: Vec<Said> = desks.iter_mut().map(Served::sign_in).collect();
        let owner = said.iter().position(|said| matches!(said, Said::Done(_)));
        let owners = said.iter().filter(|said| matches!(said, Said::Done(_))).count();
        if owners != 1 {
            wrong.push(format!("round {round}: {owners} of {many} have the profile"));
        }
        for (n, desk) in desks.iter_mut().enumerate().filter(|(n, _)| Some(*n) != owner) {
            match &said[n] {
                Said::Done(_) => {}
                Said::Refused(code) if code == "profile_in_use" => {}
                other => wrong.push(format!("round {round}: another program is told {other:?}")),
            }
            if let Said::Done(_) = desk.ask("draft_open", json!({})) {
                wrong.push(format!("round {round}: program {n} wrote beside the owner"));
            }
        }
        let owner = desks.remove(owner.expect("somebody has the profile"));
        let mut owner = owner;
        for _ in 0..8 {
            work.step(&mut owner);
        }
        // However the owner ends, the next round has one again.
        if round % 2 == 0 {
            owner.kill();
        } else {
            owner.end();
        }
        drop(desks);
        wrong.extend(lost(&profile, &work).into_iter().map(|w| format!("round {round}: {w}")));
    }
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
}
