//! Another program holds our files for a moment: a virus scanner, a backup.

use crate::faults::{FOR_EVER, Fault, how, kinds};
use crate::io_errors::{Bench, strays};
use crate::{lost, rounds};
use system_tests::dice::{number, seed};
use system_tests::program::scratch;
use system_tests::rpc::DeskProcess;
use system_tests::work::Said;

/// Acts of officers in one test run, over four desks; another number by `ESIK_HELD_SAVES`.
const SAVES: u64 = 400;

/// T33 (part), B09 (part): one opening, renaming or removal in five is refused.
#[test]
fn files_held_by_another_program_lose_nothing_and_leave_nothing() {
    let dir = scratch();
    let bench = Bench::new(dir.path(), seed());
    let each = number("ESIK_HELD_SAVES", SAVES) / 4;
    let wrong = rounds(4, |i, worker| {
        let (profile, control) = bench.fresh(worker);
        let mut work = bench.work();
        let mut desk = DeskProcess::with(&profile, control.cli(&bench.library, &profile));
        let mut wrong = Vec::new();
        let _ = work.step(&mut desk);
        control.set(Fault {
            kinds: kinds::OPEN | kinds::RENAME | kinds::UNLINK,
            how: if i % 2 == 0 { how::EACCES } else { how::EBUSY },
            from: 1,
            times: FOR_EVER,
            percent: 20,
            seed: bench.seed + i,
        });
        for step in 0..each {
            match work.step(&mut desk) {
                Said::Done(_) => {}
                Said::Refused(code) => wrong.push(format!("step {step}: {code}")),
                Said::Gone => wrong.push(format!("step {step}: gone")),
            }
        }
        if control.hits() == 0 {
            wrong.push("nothing was held".to_owned());
        }
        println!("soak: {} held of {}, {} cases", control.hits(), control.seen(), work.cases());
        control.heal();
        desk.end();
        wrong.extend(lost(&profile, &work));
        wrong.extend(strays(&profile));
        wrong.into_iter().map(|w| format!("desk {i}: {w}")).collect()
    });
    assert!(wrong.is_empty(), "seed {}:\n{}", bench.seed, wrong.join("\n"));
}
