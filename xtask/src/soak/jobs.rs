//! What is counted: each check that tries many things, how many per build and how many when it counts.
//!
//! A new check is one line in [`JOBS`], and its row on docs/soak.md (`ESIK_WRITE=1 cargo nextest run … -E
//! 'test(the_page_lists_every_check)'` writes it). The test itself reads its number from the variable.

/// What a job's tests need before they run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// A throwaway cluster, named by `ESIK_TEST_POSTGRES`.
    Postgres,
    /// The built programs, named by `ESIK_BIN_DIR`.
    #[allow(dead_code, reason = "checks of real processes come with it")]
    Programs,
}

/// How a job runs.
#[derive(Clone, Copy)]
pub enum How {
    /// Tests of the workspace: nextest's filter, and the variable that tells them how many.
    Tests { filter: &'static str, variable: &'static str, needs: &'static [Needs] },
    /// The simulator's program.
    Simulator,
}

/// One check with its numbers.
#[derive(Clone, Copy)]
pub struct Job {
    /// For `--only`; unique.
    pub name: &'static str,
    /// The properties of docs/invariants.md that it is for.
    pub property: &'static str,
    /// What is counted, as it reads after a number.
    pub unit: &'static str,
    pub per_build: u64,
    pub full: u64,
    pub how: How,
}

const POSTGRES: &[Needs] = &[Needs::Postgres];

/// Every one of them, in the order they run.
pub const JOBS: &[Job] = &[
    Job {
        name: "simulator",
        property: "B12",
        unit: "seeds",
        per_build: crate::simulate::PER_BUILD,
        full: 10_000,
        how: How::Simulator,
    },
    Job {
        name: "restored-regions",
        property: "B13",
        unit: "drills for each engine",
        per_build: 2,
        full: 200,
        how: tests("binary(=two_stations) and test(drill)", "ESIK_DRILLS", POSTGRES),
    },
    Job {
        name: "serial-gap",
        property: "B15",
        unit: "pushes of each of 16 writers, twice",
        per_build: 6,
        full: 2_000,
        how: tests("test(readers_beside_many_writers)", "ESIK_GAP_PUSHES", POSTGRES),
    },
];

const fn tests(filter: &'static str, variable: &'static str, needs: &'static [Needs]) -> How {
    How::Tests { filter, variable, needs }
}
