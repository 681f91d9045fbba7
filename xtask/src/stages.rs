//! The stages of `cargo xtask test`, cheap ones first. A missing tool is a failure, never a skip.

use crate::count::{Count, Reader};
use crate::postgres::Postgres;
use crate::s3::S3;
use crate::{binaries, deb, deny, exec, fuzz, paths, schemathesis, setup, simulate, soak, types};
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One check.
#[derive(Clone, Copy)]
pub struct Stage {
    pub name: &'static str,
    /// What must have run before, when this one is asked for alone.
    pub after: &'static [&'static str],
    /// Whether tests are counted here; then none at all is a failure.
    pub has_tests: bool,
    pub run: fn(&mut State, &mut Count) -> Result<bool>,
}

/// What a stage leaves for the later ones.
#[derive(Default)]
pub struct State {
    /// Copies of the programs under test.
    programs: Option<PathBuf>,
    /// The database of the tests; stopped when the last stage is over.
    postgres: Option<Postgres>,
}

/// The database of the tests, started by the first stage that needs it.
fn with_postgres(state: &mut State, tests: &mut Command) -> Result<()> {
    let cluster = match state.postgres.take() {
        Some(running) => running,
        None => Postgres::start()?,
    };
    cluster.tell(tests);
    state.postgres = Some(cluster);
    Ok(())
}

const BUILT: &[&str] = &["setup", "pages", "build"];

/// In the order they run.
pub const STAGES: &[Stage] = &[
    Stage { name: "setup", after: &[], has_tests: false, run: |_, _| set_up() },
    Stage { name: "fmt", after: &[], has_tests: false, run: |_, _| fmt() },
    Stage { name: "biome", after: &["setup"], has_tests: false, run: |_, _| npm("lint") },
    Stage { name: "tsc", after: &["setup"], has_tests: false, run: |_, _| npm("check") },
    // Plants a type error: proves that the stage above can fail.
    Stage { name: "canary", after: &["setup"], has_tests: false, run: |_, _| npm("canary") },
    Stage { name: "vitest", after: &["setup"], has_tests: true, run: |_, count| vitest(count) },
    Stage { name: "pages", after: &["setup"], has_tests: false, run: |_, _| npm("build") },
    Stage { name: "deny", after: &[], has_tests: false, run: |_, _| deny() },
    Stage { name: "clippy", after: &["setup", "pages"], has_tests: false, run: |_, _| clippy() },
    Stage {
        name: "build",
        after: &["setup", "pages"],
        has_tests: false,
        run: |state, _| build(state),
    },
    Stage { name: "types", after: BUILT, has_tests: false, run: |state, _| check_types(state) },
    Stage { name: "crates", after: BUILT, has_tests: true, run: crates },
    Stage { name: "system", after: BUILT, has_tests: true, run: system },
    Stage { name: "simulator", after: &["setup", "pages"], has_tests: true, run: simulator },
    Stage { name: "fuzz", after: &["setup"], has_tests: true, run: |_, count| fuzz(count) },
    Stage { name: "window", after: BUILT, has_tests: true, run: window },
    Stage { name: "package", after: BUILT, has_tests: true, run: package },
];

fn set_up() -> Result<bool> {
    setup::run()?;
    setup::rust_components()?;
    Ok(true)
}

fn success(mut command: Command) -> Result<bool> {
    exec::watch(&mut command, |_| {})
}

fn deny() -> Result<bool> {
    let mut ok = true;
    for command in deny::commands()? {
        ok &= success(command)?;
    }
    Ok(ok)
}

/// A few seconds of libFuzzer for each decoder of foreign bytes.
fn fuzz(count: &mut Count) -> Result<bool> {
    println!("{}", fuzz::run(soak::per_build("fuzz")?, fuzz::Depth::Build, count)?);
    Ok(true)
}

fn fmt() -> Result<bool> {
    let mut fmt = Command::new(paths::cargo());
    fmt.current_dir(paths::root()).args(["fmt", "--all", "--check"]);
    success(fmt)
}

fn npm(script: &str) -> Result<bool> {
    let mut npm = setup::npm();
    npm.args(["run", "--silent", script]);
    success(npm)
}

fn vitest(count: &mut Count) -> Result<bool> {
    let mut vitest = setup::npm();
    vitest.args(["run", "--silent", "test"]);
    watch_tests(vitest, count)
}

fn clippy() -> Result<bool> {
    let mut clippy = binaries::cargo("clippy");
    clippy.args(["--all-targets", "--keep-going", "--", "-D", "warnings"]);
    success(clippy)
}

fn build(state: &mut State) -> Result<bool> {
    // The tests' own programs are built here too, so that the times below are theirs alone.
    let built = binaries::programs(&["--all-targets"])?;
    let aside = paths::target().join("under-test");
    binaries::set_aside(&built, &aside)?;
    state.programs = Some(aside);
    Ok(true)
}

fn programs(state: &State) -> Result<&PathBuf> {
    state.programs.as_ref().context("not run: there are no programs")
}

fn check_types(state: &State) -> Result<bool> {
    types::with_program(&programs(state)?.join("esik-cli"), true)?;
    Ok(true)
}

/// Unit and integration tests of the crates.
fn crates(state: &mut State, count: &mut Count) -> Result<bool> {
    programs(state)?;
    let targets = test_targets(|package| package != SYSTEM)?;
    let mut words = vec!["--lib".into(), "--bins".into()];
    words.extend(names(&targets));
    let mut tests = runner(&format!("not package({SYSTEM})"), &words, false);
    with_postgres(state, &mut tests)?;
    let bucket = S3::start()?;
    bucket.tell(&mut tests);
    watch_tests(tests, count)
}

/// Tests of the whole: policy, two stations, upgrade, power loss.
fn system(state: &mut State, count: &mut Count) -> Result<bool> {
    let targets: Vec<String> = test_targets(|package| package == SYSTEM)?
        .into_iter()
        .filter(|target| target != PACKAGE && !WINDOWED.contains(&target.as_str()))
        .collect();
    let mut tests = runner(&only(&targets), &names(&targets), false);
    schemathesis::tell(&mut tests)?;
    tests.env("ESIK_BIN_DIR", programs(state)?);
    with_postgres(state, &mut tests)?;
    watch_tests(tests, count)
}

/// Desks, line and region under seeded accidents; then every planted bug, each of which has to be found.
fn simulator(_: &mut State, count: &mut Count) -> Result<bool> {
    let program = simulate::build(&[])?;
    for ok in [simulate::seeds(&program, simulate::PER_BUILD)?.0, simulate::hunt(&program)?] {
        if ok {
            count.passed += 1;
        } else {
            count.failed += 1;
        }
    }
    Ok(count.failed == 0)
}

/// Tests that open the real window or a browser, one at a time on a screen of their own.
fn window(state: &mut State, count: &mut Count) -> Result<bool> {
    let targets: Vec<String> = test_targets(|package| package == SYSTEM)?
        .into_iter()
        .filter(|target| WINDOWED.contains(&target.as_str()))
        .collect();
    if targets.is_empty() {
        bail!("there are no window tests");
    }
    watch_tests(on_a_screen(&targets, programs(state)?)?, count)
}

/// The package is built from the program under test, installed into this machine, opened, and removed.
fn package(state: &mut State, count: &mut Count) -> Result<bool> {
    let programs = programs(state)?;
    let package = deb::bundle(&programs.join("esik"), false)?;
    let mut tests = on_a_screen(&[PACKAGE.to_string()], programs)?;
    tests.env("ESIK_DEB", package);
    watch_tests(tests, count)
}

/// Runs test targets one at a time on a screen of their own.
fn on_a_screen(targets: &[String], programs: &Path) -> Result<Command> {
    for tool in ["xvfb-run", "WebKitWebDriver", "chromium", "xdotool"] {
        if paths::on_path(tool).is_none() {
            bail!("{tool} is missing; `cargo xtask setup` installs it");
        }
    }
    let inner = runner(&only(targets), &names(targets), true);
    let mut tests = Command::new("xvfb-run");
    tests
        .args(["-a", "-s", "-screen 0 1280x900x24"])
        .arg(inner.get_program())
        .args(inner.get_args())
        .current_dir(paths::root())
        .env("CARGO_TARGET_DIR", paths::target())
        .env("ESIK_BIN_DIR", programs)
        // On that screen, not on the developer's; and apart from an Esik that is open there.
        .env("GDK_BACKEND", "x11")
        .env_remove("WAYLAND_DISPLAY")
        .env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    Ok(tests)
}

const SYSTEM: &str = "system-tests";

/// The test targets of `system-tests` that need a screen.
const WINDOWED: [&str; 2] = ["ui", "window"];

/// The test target of `system-tests` that needs the package.
const PACKAGE: &str = "package";

fn watch_tests(mut command: Command, count: &mut Count) -> Result<bool> {
    let mut reader = Reader::default();
    let ok = exec::watch(&mut command, |line| reader.read(line))?;
    *count = reader.count();
    Ok(ok)
}

/// nextest where it is installed, else cargo test: the same tests either way.
fn runner(filter: &str, names: &[String], one_at_a_time: bool) -> Command {
    let mut command = bare_runner(filter, names, one_at_a_time);
    soak::tell_per_build(&mut command);
    command
}

fn bare_runner(filter: &str, names: &[String], one_at_a_time: bool) -> Command {
    if paths::on_path("cargo-nextest").is_some() {
        let mut nextest = Command::new(paths::cargo());
        nextest.current_dir(paths::root()).env("CARGO_TARGET_DIR", paths::target());
        nextest.args(["nextest", "run", "--locked", "--workspace", "--no-fail-fast"]);
        nextest.args(["--features", binaries::FEATURES, "--filterset", filter]);
        if one_at_a_time {
            nextest.args(["--test-threads", "1"]);
        }
        nextest
    } else {
        let mut test = binaries::cargo("test");
        test.arg("--no-fail-fast").args(names);
        if one_at_a_time {
            test.args(["--", "--test-threads", "1"]);
        }
        test
    }
}

/// nextest's words for the targets of `system-tests`.
fn only(targets: &[String]) -> String {
    let binaries: Vec<String> = targets.iter().map(|name| format!("binary(={name})")).collect();
    format!("package({SYSTEM}) and ({})", binaries.join(" or "))
}

/// cargo's words for targets.
fn names(targets: &[String]) -> Vec<String> {
    targets.iter().flat_map(|name| ["--test".to_string(), name.clone()]).collect()
}

/// The integration test targets of the packages that `wanted` takes, as cargo knows them.
fn test_targets(wanted: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let metadata = exec::output(Command::new(paths::cargo()).current_dir(paths::root()).args([
        "metadata",
        "--locked",
        "--no-deps",
        "--format-version",
        "1",
    ]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata).context("cargo metadata")?;
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    Ok(list(&metadata["packages"])
        .iter()
        .filter(|package| package["name"].as_str().is_some_and(&wanted))
        .flat_map(|package| list(&package["targets"]))
        .filter(|target| target["kind"][0] == "test")
        .filter_map(|target| target["name"].as_str().map(String::from))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_runners_are_asked_for_the_same_targets() {
        let targets = vec!["policy".to_string(), "two_stations".to_string()];
        assert_eq!(
            only(&targets),
            "package(system-tests) and (binary(=policy) or binary(=two_stations))"
        );
        assert_eq!(names(&targets), ["--test", "policy", "--test", "two_stations"]);
    }

    #[test]
    fn the_test_that_is_built_with_the_programs_exists() {
        let targets = test_targets(|_| true).unwrap();
        assert!(targets.iter().any(|name| name == binaries::A_TEST));
    }

    #[test]
    fn what_is_named_here_is_among_the_system_tests() {
        let targets = test_targets(|package| package == SYSTEM).unwrap();
        for target in ["policy", PACKAGE].iter().chain(&WINDOWED) {
            assert!(targets.iter().any(|name| name == target), "{target}");
        }
    }
}
