//! Runs the decoders over the kept inputs and over changes of them.

use crate::kept;
use crate::mutate::{Dice, changed};
use esik_decoders::{TARGETS, Target};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Changed inputs of each decoder; `ESIK_DECODER_INPUTS` says how many.
fn many() -> usize {
    std::env::var("ESIK_DECODER_INPUTS").ok().and_then(|n| n.parse().ok()).unwrap_or(500)
}

/// A paper takes a second to be set without optimisation: so many fewer inputs, and a few hundred at most.
fn fewer(name: &str, many: usize) -> usize {
    if name == "paper" { many.min(8_000) / 40 } else { many }
}

/// The first input that a decoder does not come back from.
fn first_failure(
    target: Target,
    inputs: &[(String, Vec<u8>)],
    many: usize,
) -> Option<(String, Vec<u8>)> {
    let holds = |bytes: &[u8]| catch_unwind(AssertUnwindSafe(|| target(bytes))).is_ok();
    if let Some(kept) = inputs.iter().find(|(_, bytes)| !holds(bytes)) {
        return Some(kept.clone());
    }
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let none = Vec::new();
    for n in 0..many {
        let pick = |dice: &mut Dice| inputs.get(dice.of(inputs.len())).map_or(&none, |i| &i.1);
        let (one, other) = (pick(&mut dice), pick(&mut dice));
        let bytes = changed(one, other, &mut dice);
        if !holds(&bytes) {
            return Some((format!("changed input {n}"), bytes));
        }
    }
    None
}

/// B39 (part), S22 (part): every decoder comes back from everything that is kept and from changes of it.
#[test]
fn every_decoder_comes_back() {
    if std::env::var_os("ESIK_WRITE").is_some() {
        return;
    }
    let many = many();
    let mut failed = Vec::new();
    for (name, target) in TARGETS {
        let inputs = kept::inputs(name);
        assert!(inputs.len() >= 2, "{name} has no seeds in fuzz/corpus");
        if let Some((which, bytes)) = first_failure(*target, &inputs, fewer(name, many)) {
            let file = std::env::temp_dir().join(format!("esik-decoder-{name}"));
            std::fs::write(&file, bytes).unwrap();
            failed.push(format!("{name}: {which}, kept in {}", file.display()));
        }
    }
    println!("soak: {} decoders", TARGETS.len());
    assert!(failed.is_empty(), "\n{}\n", failed.join("\n"));
}

/// A decoder that believes a length it is told.
fn planted(bytes: &[u8]) {
    if let Some((length, rest)) = bytes.split_first() {
        let _ = &rest[..usize::from(*length)];
    }
}

#[test]
fn a_decoder_that_indexes_without_looking_is_found() {
    let seeds = [("good".to_owned(), b"\x03abc".to_vec())];
    let (which, bytes) = first_failure(planted, &seeds, 200).expect("the planted bug is found");
    assert!(which.starts_with("changed"), "{which}");
    assert!(catch_unwind(|| planted(&bytes)).is_err(), "the kept input shows it again");
}

/// A target that nobody can start finds nothing.
#[test]
fn every_decoder_has_its_fuzz_target() {
    let manifest = std::fs::read_to_string(kept::fuzz().join("Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        assert!(manifest.contains(&format!("\nname = \"{name}\"\n")), "fuzz/Cargo.toml: {name}");
        let source = std::fs::read_to_string(kept::fuzz().join(format!("targets/{name}.rs")));
        assert!(source.unwrap().contains(&format!("run(\"{name}\", bytes)")), "{name}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len(), "a target without a decoder");
}
