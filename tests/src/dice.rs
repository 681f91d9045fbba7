//! Chance of a test, and the numbers a run may be given.

/// Chance that can be had again: SplitMix64.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// Below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.roll() % (n.max(1) as u64)).unwrap()
    }
    pub fn percent(&mut self, p: usize) -> bool {
        self.below(100) < p
    }
}

/// A number from the environment, or the one of a build.
pub fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |n| n.parse().expect("a number"))
}

/// Whether this run has the full number of its check, on a machine that has nothing else to do: then times and memory
/// are held to their limits. A build prints them only, for it runs on whatever machine there is.
pub fn full() -> bool {
    number("ESIK_FULL", 0) == 1
}

/// What is wrong when a limit counts ([`full`]) and is passed.
pub fn beyond(what: &str, value: f64, most: f64) -> Option<String> {
    passed(full(), what, value, most)
}

fn passed(counts: bool, what: &str, value: f64, most: f64) -> Option<String> {
    (counts && value > most).then(|| format!("{what}: {value:.1}, {most} at most"))
}

/// The seed of this run, said so that it can be had again.
pub fn seed() -> u64 {
    let seed = number("ESIK_SEED", 22);
    println!("seed {seed} (ESIK_SEED)");
    seed
}

#[test]
fn a_limit_is_passed_when_it_counts_and_more_was_needed() {
    assert_eq!(passed(true, "ms", 150.0, 150.0), None);
    assert_eq!(passed(true, "ms", 150.1, 150.0).as_deref(), Some("ms: 150.1, 150 at most"));
    assert_eq!(passed(false, "ms", 150.1, 150.0), None);
}
