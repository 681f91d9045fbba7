//! Nothing can be driven from outside that docs/contract.md does not name.

use crate::run::run;
use std::path::Path;

fn contract() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/contract.md"))
        .unwrap()
}

/// Names clap lists under “Commands:”.
fn subcommands(args: &[&str]) -> Vec<String> {
    let mut all = args.to_vec();
    all.push("--help");
    let help =
        std::process::Command::new(env!("CARGO_BIN_EXE_esik-cli")).args(all).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    help.lines()
        .skip_while(|l| !l.starts_with("Commands:"))
        .skip(1)
        .take_while(|l| l.starts_with("  "))
        // A long text goes on in lines that are indented further.
        .filter(|l| !l.starts_with("   "))
        .filter_map(|l| l.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Long options of a subcommand.
fn options(args: &[&str]) -> Vec<String> {
    let mut all = args.to_vec();
    all.push("--help");
    let help =
        std::process::Command::new(env!("CARGO_BIN_EXE_esik-cli")).args(all).output().unwrap();
    String::from_utf8(help.stdout)
        .unwrap()
        .lines()
        .filter_map(|l| l.split_whitespace().find(|w| w.starts_with("--")))
        .map(|w| w.trim_end_matches(['.', ',']).to_owned())
        .filter(|w| !matches!(w.as_str(), "--help" | "--version"))
        .collect()
}

#[test]
fn every_subcommand_and_option_is_in_the_contract() {
    let text = contract();
    let names = subcommands(&[]);
    assert!(names.len() > 18, "the help is not what it seems: {names:?}");
    for name in &names {
        assert!(text.contains(&format!("`{name}")), "{name} is missing in docs/contract.md");
        for option in options(&[name]) {
            assert!(text.contains(&option), "{name} {option} is missing in docs/contract.md");
        }
    }
    for name in subcommands(&["check"]) {
        assert!(text.contains(&format!("`check {name}")), "check {name} is missing");
        for option in options(&["check", &name]) {
            assert!(text.contains(&option), "check {name} {option} is missing");
        }
    }
}

#[test]
fn every_command_of_the_list_is_in_the_contract_as_it_is() {
    let text = contract();
    let list = run(&["commands"], b"");
    assert!(list.lines.len() > 30);
    for c in list.lines {
        let word = |k: &str| c[k].as_str().unwrap().to_owned();
        let personal = if c["reads_personal_data"] == true { "yes" } else { "no" };
        let row = format!(
            "| `{}` | `{}` | `{}` | {} | {personal} |",
            word("name"),
            word("request"),
            word("response"),
            word("permission")
        );
        assert!(text.contains(&row), "docs/contract.md lacks the row\n{row}");
    }
}
