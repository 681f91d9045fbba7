//! `kill -9`: at the n-th act on the disk, in whatever the program does, and at any moment while desk and region
//! talk. (That the disk keeps what was synced is what `power_loss` tests: the kernel keeps everything here.)

use crate::faults::{Control, Fault, how, kinds};
use crate::io_errors::Bench;
use crate::{lost, on, rounds};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use system_tests::dice::{Dice, number, seed};
use system_tests::program::{cli, copy_profile, scratch};
use system_tests::region::Region;
use system_tests::rpc::{DeskProcess, password_file, set_up};
use system_tests::served::Served;
use system_tests::work::{Asked as _, Kind, Said, Work};

/// Kills of each kind in one test run; another number by `ESIK_KILLS`.
const KILLS: u64 = 8;

fn kills() -> u64 {
    number("ESIK_KILLS", KILLS)
}

fn at(n: u64) -> Fault {
    Fault { kinds: kinds::ALL, how: how::KILL, from: n, times: 1, percent: 0, seed: 0 }
}

/// Runs a command to its end; whether it got there.
fn ends(mut command: Command, args: &[&str]) -> bool {
    command.args(args).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
}

/// A desk that has done something, and a ledger of it.
struct Worked {
    bench: Bench,
    profile: PathBuf,
    work: Work,
    password: PathBuf,
}

impl Worked {
    fn new(dir: &Path) -> Self {
        let bench = Bench::new(dir, seed());
        let (profile, _) = bench.fresh(99);
        let mut work = Work::new("а", bench.seed, Kind { files: false, crimes: true });
        let mut desk = DeskProcess::start(&profile);
        for _ in 0..12 {
            assert!(matches!(work.step(&mut desk), Said::Done(_)));
        }
        desk.end();
        let password = password_file(dir);
        Self { bench, profile, work, password }
    }

    /// A command on a copy of the desk, killed at acts spread over all it does; then `check`.
    fn killed(
        &self,
        what: &str,
        command: impl Fn(Command, &Path) -> Command + Sync,
        check: impl Fn(&Path) -> Vec<String> + Sync,
    ) -> Vec<String> {
        let run = |n: u64, home: &Path| {
            let _ = std::fs::remove_dir_all(home);
            let profile = home.join("desk");
            copy_profile(&self.profile, &profile);
            let control = Control::new(&home.with_extension("control"));
            control.set(at(n));
            let prepared = control.cli_over(&self.bench.library, home, &profile);
            let ended = ends(command(prepared, home), &[]);
            (ended, control.seen())
        };
        let place = |n: usize| self.bench.dir.join(format!("{what}-{n}"));
        // How often the thread that indexes comes by differs, on a busy machine by a third.
        let counted: Vec<(bool, u64)> = (0..3).map(|_| run(0, &place(9))).collect();
        assert!(counted.iter().all(|(ended, acts)| *ended && *acts > 0), "{what}: {counted:?}");
        let each = || counted.iter().map(|(_, acts)| *acts);
        let (least, acts) = (each().min().unwrap(), each().max().unwrap());
        let kills = kills().min(acts);
        println!("soak: {what}: {kills} kills over {acts} acts");
        rounds(kills, |i, worker| {
            let n = 1 + i * acts / kills;
            let (ended, _) = run(n, &place(worker));
            // So the last acts may not come. Nothing is wrong then.
            if ended && n * 4 < least * 3 {
                return vec![format!("{what}, act {n} of {acts}: it was not killed")];
            }
            let mut wrong = Vec::new();
            wrong.extend(check(&place(worker)));
            wrong.into_iter().map(|w| format!("{what}, act {n} of {acts}: {w}")).collect()
        })
    }

    fn with_password(&self, mut command: Command, args: &[&str]) -> Command {
        command.arg("--password-file").arg(&self.password).args(args);
        command
    }
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn incarnation(profile: &Path) -> Option<u64> {
    let text = std::fs::read(profile.join("keys.v1")).ok()?;
    serde_json::from_slice::<Value>(&text).ok()?["incarnation"].as_u64()
}

/// B02 (part): killed at its n-th act while saving.
#[test]
fn a_desk_killed_while_it_saves_loses_nothing() {
    let dir = scratch();
    let bench = Bench::new(dir.path(), seed());
    let (_, _, acts) = bench.shift(at(0), 0);
    let wrong = rounds(kills() * 2, |i, worker| {
        let n = 1 + i * acts / (kills() * 2);
        let (profile, control) = bench.fresh(worker);
        control.set(at(n));
        let mut work = bench.work();
        let mut desk = DeskProcess::with(&profile, control.cli(&bench.library, &profile));
        while !matches!(work.step(&mut desk), Said::Gone) {}
        desk.kill();
        let wrong = lost(&profile, &work);
        wrong.into_iter().map(|w| format!("act {n} of {acts}: {w}")).collect()
    });
    none(&wrong);
}

/// B02 (part): killed at its n-th act while a copy is made. The desk is whole; what lies in the folder is a whole copy
/// or is not taken for one.
#[test]
fn a_desk_killed_while_it_is_copied_loses_nothing() {
    let dir = scratch();
    let desk = Worked::new(dir.path());
    let wrong = desk.killed(
        "backup",
        |command, home| {
            let to = home.join("copy");
            desk.with_password(command, &["backup", to.to_str().unwrap()])
        },
        |home| {
            let mut wrong = lost(&home.join("desk"), &desk.work);
            let (copy, back) = (home.join("copy"), home.join("back"));
            let restore = ["restore", copy.to_str().unwrap()];
            if ends(desk.with_password(cli(&back), &restore), &[]) {
                wrong.extend(lost(&back, &desk.work).into_iter().map(|w| format!("copy: {w}")));
            } else if back.join("keys.v1").exists() {
                wrong.push("half a copy became a desk".to_owned());
            }
            wrong
        },
    );
    none(&wrong);
}

/// S16 (part), B02 (part): killed at its n-th act while a copy is put back: it is no desk yet, or it has begun its new life.
#[test]
fn a_desk_killed_while_it_is_put_back_never_lives_its_old_life() {
    let dir = scratch();
    let mut desk = Worked::new(dir.path());
    let copy = dir.path().join("copy");
    on(&desk.profile, &["backup", copy.to_str().unwrap()]);
    let old = incarnation(&copy);
    // The place is empty before.
    desk.profile = dir.path().join("nothing");
    std::fs::create_dir(&desk.profile).unwrap();
    let restore = ["restore", copy.to_str().unwrap()];
    let wrong = desk.killed(
        "restore",
        |command, _| desk.with_password(command, &restore),
        |home| {
            let profile = home.join("desk");
            let signs_in = ends(desk.with_password(cli(&profile), &["verify"]), &[]);
            if !signs_in {
                return Vec::new();
            }
            let mut wrong = lost(&profile, &desk.work);
            if incarnation(&profile) == old {
                wrong.push("it lives its old life".to_owned());
            }
            wrong
        },
    );
    none(&wrong);
    assert!(ends(desk.with_password(cli(&dir.path().join("last")), &restore), &[]));
}

/// B02 (part): killed at its n-th act while it is set up for the first time.
#[test]
fn a_desk_killed_while_it_is_set_up_can_be_set_up() {
    let dir = scratch();
    let mut desk = Worked::new(dir.path());
    desk.profile = dir.path().join("nothing");
    std::fs::create_dir(&desk.profile).unwrap();
    let wrong = desk.killed(
        "set-up",
        |command, _| desk.with_password(command, &["init"]),
        |home| {
            let profile = home.join("desk");
            let out = desk.with_password(cli(&profile), &["init"]).output().unwrap();
            let said = String::from_utf8_lossy(&out.stdout).into_owned();
            // It may have been done; then it opens.
            let out = desk.with_password(cli(&profile), &["verify"]).output().unwrap();
            if out.status.success() {
                return Vec::new();
            }
            vec![format!("init: {said} verify: {}", String::from_utf8_lossy(&out.stdout))]
        },
    );
    none(&wrong);
}

/// B02 (part): killed at its n-th act while an officer gets his keys.
#[test]
fn a_desk_killed_while_its_keys_change_opens() {
    let dir = scratch();
    let desk = Worked::new(dir.path());
    let file = desk.password.to_str().unwrap();
    let add =
        ["officer-add", "--surname", "Бекова", "--given", "Айгүл", "--new-password-file", file];
    let wrong = desk.killed(
        "keys",
        |command, _| desk.with_password(command, &add),
        |home| {
            let profile = home.join("desk");
            let mut wrong = lost(&profile, &desk.work);
            if !ends(desk.with_password(cli(&profile), &add), &[]) {
                wrong.push("no officer can be added any more".to_owned());
            }
            wrong.extend(lost(&profile, &desk.work).into_iter().map(|w| format!("after: {w}")));
            wrong
        },
    );
    none(&wrong);
}

/// B02 (part), B18 (part): killed at its n-th act while an older schema is brought up to date.
#[test]
fn a_desk_killed_while_it_is_brought_up_to_date_opens() {
    let dir = scratch();
    let mut desk = Worked::new(dir.path());
    desk.profile = Path::new(env!("CARGO_MANIFEST_DIR")).join("upgrade/desks/v1");
    let home = dir.path().join("plain").join("desk");
    copy_profile(&desk.profile, &home);
    password_file(&dir.path().join("plain"));
    let clean = on(&home, &["state-hash", "--all"]);
    let wrong = desk.killed(
        "migration",
        |command, _| desk.with_password(command, &["verify"]),
        |home| {
            let profile = home.join("desk");
            let mut wrong = Vec::new();
            if on(&profile, &["verify"])[0]["sound"] != true {
                wrong.push("not sound".to_owned());
            }
            if on(&profile, &["state-hash", "--all"]) != clean {
                wrong.push("another state".to_owned());
            }
            wrong
        },
    );
    none(&wrong);
}

/// S2 (part), S3 (part), B02 (part): desk and region are killed at any moment, again and again, while both work.
#[test]
fn desk_and_region_killed_at_any_moment_end_up_with_the_same() {
    let dir = scratch();
    let seed = seed();
    let mut region = Region::start(&dir.path().join("region"));
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    set_up(&a, "Әлиева", Some((&region.url(), &region.code())));
    set_up(&b, "Бекова", Some((&region.url(), &region.code())));
    let mut work = Work::new("а", seed, Kind { files: true, crimes: false });
    let mut dice = Dice(seed);
    let mut wrong = Vec::new();
    for round in 0..kills() {
        let mut desk = Served::start(&a).unwrap();
        let (pid, mut screen) = (desk.pid(), desk.screen());
        let pause = Duration::from_millis(dice.below(700) as u64);
        let region_too = round % 3 == 1;
        let killer = std::thread::spawn(move || {
            std::thread::sleep(pause);
            let _ = screen.ask("sync_now", json!({}));
        });
        let desk_dies = std::thread::spawn(move || {
            std::thread::sleep(pause + Duration::from_millis(5));
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
        });
        let mut signed_in = matches!(desk.sign_in(), Said::Done(_));
        if region_too {
            region.down();
        }
        while signed_in {
            signed_in = !matches!(work.step(&mut desk), Said::Gone);
        }
        if region_too {
            region.up();
        }
        killer.join().unwrap();
        desk_dies.join().unwrap();
        desk.kill();
        wrong.extend(lost(&a, &work).into_iter().map(|w| format!("round {round}: {w}")));
    }
    println!("soak: desk and region: {} kills, {} cases", kills(), work.cases());
    for profile in [&a, &b, &a] {
        on(profile, &["sync", "--once"]);
    }
    let mut other = DeskProcess::start(&b);
    wrong.extend(work.missing_elsewhere(&mut other));
    other.end();
    assert_eq!(on(&a, &["state-hash"]), on(&b, &["state-hash"]));
    none(&wrong);
}
