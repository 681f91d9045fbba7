//! `cargo xtask …`: the two commands of the README (`run`, `test`) and the chores behind them.

mod apt;
mod binaries;
mod count;
mod deb;
mod demo;
mod deny;
mod exec;
mod fuzz;
mod gate;
mod paths;
mod postgres;
mod python;
mod region;
mod s3;
mod schemathesis;
mod setup;
mod simulate;
mod soak;
mod stages;
mod tool;
mod types;

use anyhow::{Result, bail};
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask run [--empty] [--lang kk|ru|en] [--dir DIR]
    builds everything, starts a regional server on loopback with demo data and opens the window
    --empty: only the window, with the first-run wizard
cargo xtask test [--only NAME]
    every check of the project; --only runs the stages whose name contains NAME
cargo xtask soak [--only NAME] [--count N] [--planted]
    the full numbers, for hours; writes what came of it into docs/soak.md
    --only: the checks whose name contains NAME; --count: another number than the full one
    --planted: the numbers of a build, against the bugs that each check has to find
cargo xtask setup     installs what is missing: system packages, npm packages
cargo xtask build     builds the window's pages and every program
cargo xtask deb [--release]
    the Debian package of the desk; --release: the one for an office, with its own OpenSSL
cargo xtask types [--check]
    writes the TypeScript types of the commands; --check only compares
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<ExitCode> {
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", args),
    };
    let mut options = Options::new(rest);
    match command {
        "run" => {
            let wish = demo::Wish {
                empty: options.flag("--empty"),
                language: options.value("--lang")?,
                dir: options.value("--dir")?.map(Into::into),
            };
            options.finish()?;
            demo::run(&wish)?;
        }
        "test" => {
            let only = options.value("--only")?;
            options.finish()?;
            return gate::run(only.as_deref());
        }
        "soak" => {
            let only = options.value("--only")?;
            let count = options.value("--count")?.map(|n| n.parse()).transpose()?;
            let planted = options.flag("--planted");
            options.finish()?;
            setup::run()?;
            // A fresh clone has no pages yet, and what does not build is no check that failed.
            binaries::pages()?;
            soak::run(&soak::Wish { only, count, planted })?;
        }
        "setup" => {
            options.finish()?;
            setup::run()?;
        }
        "build" => {
            options.finish()?;
            setup::run()?;
            binaries::build()?;
        }
        "deb" => {
            let release = options.flag("--release");
            options.finish()?;
            deb::run(release)?;
        }
        "types" => {
            let check = options.flag("--check");
            options.finish()?;
            types::run(check)?;
        }
        "help" | "--help" | "-h" => print!("{HELP}"),
        other => bail!("no command {other:?}\n\n{HELP}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// The words after the command; what nobody asked for is an error, never ignored.
struct Options {
    left: Vec<String>,
}

impl Options {
    fn new(words: &[String]) -> Self {
        Self { left: words.to_vec() }
    }

    fn flag(&mut self, name: &str) -> bool {
        let before = self.left.len();
        self.left.retain(|word| word != name);
        self.left.len() < before
    }

    fn value(&mut self, name: &str) -> Result<Option<String>> {
        let Some(at) = self.left.iter().position(|word| word == name) else { return Ok(None) };
        if at + 1 >= self.left.len() {
            bail!("{name} needs a value");
        }
        self.left.remove(at);
        Ok(Some(self.left.remove(at)))
    }

    fn finish(self) -> Result<()> {
        match self.left.first() {
            Some(word) => bail!("{word:?} is not understood here\n\n{HELP}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(words: &[&str]) -> Options {
        Options::new(&words.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn flags_and_values_are_taken_in_any_order() {
        let mut asked = options(&["--lang", "ru", "--empty"]);
        assert!(asked.flag("--empty"));
        assert_eq!(asked.value("--lang").unwrap().as_deref(), Some("ru"));
        assert!(asked.finish().is_ok());
    }

    #[test]
    fn a_mistyped_word_is_refused() {
        assert!(options(&["--emty"]).finish().is_err());
        assert!(options(&["--lang"]).value("--lang").is_err());
    }
}
