//! libFuzzer over every decoder of `crates/decoders` (docs/adr/0027-fuzzing.md). It works on the toolchain that is
//! there, by the compiler's own switch for unstable flags and without a sanitizer.

use crate::count::Count;
use crate::{exec, paths, tool};
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

const VERSION: &str = "0.13.2";
/// Memory of one input, at most, in MiB (B39).
const MEMORY_MIB: u32 = 512;
/// Bytes of one input, at most: an event is no larger.
const BYTES: u32 = 64 * 1024;

/// How thorough.
#[derive(Clone, Copy)]
pub enum Depth {
    /// A few seconds for each, from the same beginning each time; the light decoders only.
    Build,
    /// All of them, from another beginning each time; a second for an input is too long.
    Soak,
}

/// Runs each decoder so many seconds. What failed lies in `target/fuzz/failed`.
pub fn run(seconds: u64, depth: Depth, count: &mut Count) -> Result<String> {
    if cfg!(windows) {
        bail!("libFuzzer is run on Linux only; the kept inputs are replayed here, too");
    }
    build(depth)?;
    let targets = targets(depth)?;
    let programs = folder().join(host()?).join("release");
    let next = Mutex::new(targets.iter());
    let said = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(name) = next.lock().ok().and_then(|mut next| next.next()) {
                    let ran = one(&programs, name, seconds, depth);
                    if let Ok(mut said) = said.lock() {
                        said.push((name.clone(), ran));
                    }
                }
            });
        }
    });
    let (mut inputs, mut failed) = (0, Vec::new());
    for (name, ran) in said.into_inner().unwrap_or_default() {
        match ran {
            Ok(many) => {
                inputs += many;
                count.passed += 1;
            }
            Err(error) => {
                println!("{name}: {error:#}");
                failed.push(name);
                count.failed += 1;
            }
        }
    }
    let all = targets.len();
    if failed.is_empty() && count.passed > 0 {
        Ok(format!("{all} decoders, {seconds} s each, {inputs} inputs, 0 failed"))
    } else {
        bail!("{inputs} inputs; {} of {all} decoders failed: {}", failed.len(), failed.join(", "))
    }
}

fn folder() -> PathBuf {
    paths::target().join("fuzz")
}

fn sources() -> PathBuf {
    paths::root().join("fuzz")
}

/// The bins of `fuzz/Cargo.toml`; those that want a feature only for a soak.
fn targets(depth: Depth) -> Result<Vec<String>> {
    let manifest = sources().join("Cargo.toml");
    let text =
        std::fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?;
    let of = |bin: &str| {
        let name = bin.lines().find_map(|line| line.strip_prefix("name = "))?;
        let heavy = bin.contains("required-features");
        (!heavy || matches!(depth, Depth::Soak)).then(|| name.trim_matches('"').to_owned())
    };
    let found: Vec<String> = text.split("[[bin]]").skip(1).filter_map(of).collect();
    if found.is_empty() {
        bail!("{} names no target", manifest.display());
    }
    Ok(found)
}

fn build(depth: Depth) -> Result<()> {
    let tool = tool::installed("cargo-fuzz", VERSION)?;
    let mut fuzz = Command::new(tool);
    fuzz.current_dir(paths::root()).env("RUSTC_BOOTSTRAP", "1");
    fuzz.args(["fuzz", "build", "--sanitizer", "none", "--fuzz-dir", "fuzz", "--target-dir"]);
    fuzz.arg(folder());
    if matches!(depth, Depth::Soak) {
        fuzz.args(["--features", "line,paper,region"]);
    }
    exec::run(&mut fuzz)
}

fn host() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = exec::output(Command::new(rustc).arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc names no host")
}

/// One decoder; how many inputs it was given.
fn one(programs: &Path, name: &str, seconds: u64, depth: Depth) -> Result<u64> {
    let failed = folder().join("failed").join(name);
    let found = folder().join("found").join(name);
    if matches!(depth, Depth::Build) {
        let _ = std::fs::remove_dir_all(&found);
    }
    for dir in [&failed, &found] {
        std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    }
    let mut program = Command::new(programs.join(name));
    program.arg(format!("-artifact_prefix={}/", failed.display()));
    program.args([format!("-max_total_time={seconds}"), format!("-max_len={BYTES}")]);
    program.args([format!("-rss_limit_mb={MEMORY_MIB}"), "-print_final_stats=1".to_owned()]);
    match depth {
        // On a machine with other work a second proves nothing; a loop without an end is found all the same.
        Depth::Build => program.args(["-seed=1", "-timeout=25"]),
        Depth::Soak => program.arg("-timeout=1"),
    };
    // New inputs go into the first folder; those of the repository are only read.
    program.arg(&found);
    for kind in ["corpus", "crashes"] {
        let kept = sources().join(kind).join(name);
        if kept.is_dir() {
            program.arg(kept);
        }
    }
    let out = program
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", exec::shown(&program)))?;
    let told = String::from_utf8_lossy(&out.stderr);
    if !out.status.success() {
        let lines: Vec<&str> = told.lines().collect();
        let last = lines.get(lines.len().saturating_sub(30)..).unwrap_or_default().join("\n");
        bail!("{} ended with {}; the input lies in {}\n{last}", name, out.status, failed.display());
    }
    let many = inputs(&told).context("it does not tell how many inputs it ran")?;
    println!("{name}: {many} inputs");
    Ok(many)
}

fn inputs(told: &str) -> Option<u64> {
    let line = told.lines().find_map(|l| l.strip_prefix("stat::number_of_executed_units:"))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_targets_are_read_from_the_manifest() {
        let light = targets(Depth::Build).unwrap();
        let all = targets(Depth::Soak).unwrap();
        assert!(light.contains(&"event".to_owned()) && !light.contains(&"certificate".to_owned()));
        assert!(all.contains(&"certificate".to_owned()) && all.len() > light.len());
    }

    #[test]
    fn what_libfuzzer_tells_is_read() {
        assert_eq!(inputs("x\nstat::number_of_executed_units: 4096\ny"), Some(4096));
        assert_eq!(inputs("nothing"), None);
    }
}
