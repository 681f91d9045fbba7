//! What is counted: each check that tries many things, how many per build and how many when it counts.
//!
//! A new check is one line in [`JOBS`], and its row on docs/soak.md (`ESIK_WRITE=1 cargo nextest run … -E
//! 'test(the_page_lists_every_check)'` writes it). The test itself reads its number from the variable.

/// What a job's tests need before they run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// A throwaway cluster, named by `ESIK_TEST_POSTGRES`.
    Postgres,
    /// schemathesis, named by `ESIK_SCHEMATHESIS`.
    Schemathesis,
    /// The built programs, named by `ESIK_BIN_DIR`.
    Programs,
}

/// How a job runs.
#[derive(Clone, Copy)]
pub enum How {
    /// Tests of the workspace.
    Tests(Tests),
    /// The simulator's program.
    Simulator,
    /// libFuzzer over the decoders.
    Fuzz,
}

/// Tests that count.
#[derive(Clone, Copy)]
pub struct Tests {
    /// nextest's filter.
    pub filter: &'static str,
    /// Tells them how many.
    pub variable: &'static str,
    pub needs: &'static [Needs],
    /// Bugs (`esik_wire::planted`) each of which they have to find with the number of a build. None: a test beside
    /// them shows that they find something.
    pub finds: &'static [&'static str],
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

const NOTHING: &[Needs] = &[];
const API: &[Needs] = &[Needs::Postgres, Needs::Schemathesis];
const POSTGRES: &[Needs] = &[Needs::Postgres];
const PROGRAMS: &[Needs] = &[Needs::Programs];

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
        unit: "drills with each of four kinds of copy",
        per_build: 2,
        full: 200,
        how: tests(
            "binary(=two_stations) and test(drill)",
            "ESIK_DRILLS",
            POSTGRES,
            &["no_second_push"],
        ),
    },
    Job {
        name: "copied-desks",
        property: "B14",
        unit: "regions with copied desks",
        per_build: 4,
        full: 300,
        how: tests(
            "test(copied_desks_join_again)",
            "ESIK_COPIES",
            NOTHING,
            &["branch_on_the_chain"],
        ),
    },
    Job {
        name: "serial-gap",
        property: "B15",
        unit: "pushes of each of 16 writers, twice",
        per_build: 6,
        full: 2_000,
        how: tests(
            "test(readers_beside_many_writers)",
            "ESIK_GAP_PUSHES",
            POSTGRES,
            &["moved_is_done"],
        ),
    },
    Job {
        name: "coupons",
        property: "B32, T14",
        unit: "coupons tried at random",
        per_build: 2_000,
        full: 100_000,
        how: tests(
            "binary(=on_sqlite) and (test(coupons_tried) + test(how_long_an_answer))",
            "ESIK_COUPON_TRIES",
            NOTHING,
            &["any_code_opens"],
        ),
    },
    Job {
        name: "power-loss",
        property: "B01",
        unit: "disks a power cut could leave",
        per_build: 500,
        full: 10_000,
        how: tests(
            "binary(=power_loss) and test(a_power_cut)",
            "ESIK_POWER_IMAGES",
            PROGRAMS,
            &["left_in_the_cache"],
        ),
    },
    Job {
        name: "io-errors",
        property: "B06",
        unit: "failing acts on the disk",
        per_build: 48,
        full: 2_304,
        how: tests(
            "binary(=process) and test(io_errors)",
            "ESIK_IO_FAULTS",
            PROGRAMS,
            &["failed_commit_is_saved"],
        ),
    },
    Job {
        name: "held-files",
        property: "B09",
        unit: "acts of officers while files are held",
        per_build: 400,
        full: 8_000,
        how: tests(
            "binary(=process) and test(held_files)",
            "ESIK_HELD_SAVES",
            PROGRAMS,
            &["not_patient"],
        ),
    },
    Job {
        name: "cuts",
        property: "B11",
        unit: "cuts of a session of fifty events",
        per_build: 48,
        full: 26_000,
        how: tests(
            "binary(=process) and test(cut_at_any_byte)",
            "ESIK_CUTS",
            PROGRAMS,
            &["repeated_is_new"],
        ),
    },
    Job {
        name: "repeats",
        property: "B11",
        unit: "sessions in which each request comes one to five times",
        per_build: 8,
        full: 400,
        how: tests(
            "binary(=process) and test(said_again)",
            "ESIK_REPEATS",
            PROGRAMS,
            &["repeated_is_new"],
        ),
    },
    Job {
        name: "dead-regions",
        property: "B02",
        unit: "kills of the region in the middle of a push",
        per_build: 12,
        full: 500,
        how: tests(
            "binary(=process) and test(a_region_killed)",
            "ESIK_DEAD_REGIONS",
            PROGRAMS,
            &["ack_before_commit"],
        ),
    },
    Job {
        name: "offline",
        property: "B16",
        unit: "events of thirty days offline, with a file to each twenty-five",
        per_build: 100,
        full: 5_000,
        how: tests(
            "binary(=process) and test(a_month_without)",
            "ESIK_OFFLINE_EVENTS",
            PROGRAMS,
            &["ack_before_commit"],
        ),
    },
    Job {
        name: "clocks",
        property: "B17",
        unit: "rounds of thirteen desks, each with another wrong clock",
        per_build: 1,
        full: 50,
        how: tests(
            "binary(=process) and test(desks_with_wrong_clocks)",
            "ESIK_CLOCK_ROUNDS",
            PROGRAMS,
            &["wrong_clock_unsaid"],
        ),
    },
    Job {
        name: "saves",
        property: "B19",
        unit: "saves on each of four lines",
        per_build: 12,
        full: 400,
        how: tests(
            "binary(=process) and test(saving_does_not)",
            "ESIK_SAVES",
            PROGRAMS,
            &["save_waits_for_line"],
        ),
    },
    Job {
        name: "herd",
        property: "B20",
        unit: "laptops with 60 events and 2 files each, all at once",
        per_build: 20,
        full: 400,
        how: tests(
            "binary(=process) and test(the_evening_herd)",
            "ESIK_HERD",
            PROGRAMS,
            &["ack_before_commit"],
        ),
    },
    Job {
        name: "bit-rot",
        property: "B07, T26",
        unit: "flipped bits in database, log and spare",
        per_build: 24,
        full: 1_000,
        how: tests(
            "test(whatever_bit_rots)",
            "ESIK_BIT_FLIPS",
            NOTHING,
            &["nothing_spared", "mended_reads_on"],
        ),
    },
    Job {
        name: "tampering",
        property: "B10, T4",
        unit: "edits by somebody with the keys",
        per_build: 25,
        full: 1_000,
        how: tests(
            "binary(=desk) and test(tampering_is_told)",
            "ESIK_TAMPERS",
            NOTHING,
            &["set_back_unnoticed"],
        ),
    },
    Job {
        name: "full-disks",
        property: "B05",
        unit: "disks",
        per_build: 8,
        full: 200,
        how: tests(
            "binary(=process) and test(disk_full)",
            "ESIK_FULL_DISKS",
            PROGRAMS,
            &["failed_commit_is_saved"],
        ),
    },
    Job {
        name: "instances",
        property: "B08",
        unit: "rounds of two to eight programs",
        per_build: 5,
        full: 20,
        how: tests(
            "binary(=process) and test(instances)",
            "ESIK_INSTANCES",
            PROGRAMS,
            &["lock_not_taken"],
        ),
    },
    Job {
        name: "kills",
        property: "B02",
        unit: "kills of each kind",
        per_build: 8,
        full: 500,
        how: tests(
            "binary(=process) and test(kills)",
            "ESIK_KILLS",
            PROGRAMS,
            &["commit_left_for_later"],
        ),
    },
    Job {
        name: "migrations",
        property: "B18",
        unit: "stops on the way from an older schema",
        per_build: 16,
        full: 1_000,
        how: tests(
            "test(a_database_stopped_at_any_statement)",
            "ESIK_MIGRATION_STOPS",
            NOTHING,
            &[],
        ),
    },
    Job {
        name: "future",
        property: "B37",
        unit: "events of programs to come, at each engine",
        per_build: 500,
        full: 5_000,
        how: tests("test(events_of_the_future)", "ESIK_FUTURES", POSTGRES, &["forwarded_anew"]),
    },
    Job {
        name: "poison",
        property: "B38",
        unit: "broken events among twenty times as many good ones, at each engine",
        per_build: 200,
        full: 2_000,
        how: tests("test(nonsense_among_good)", "ESIK_POISON", POSTGRES, &["refused_cuts_batch"]),
    },
    Job {
        name: "orders",
        property: "S10",
        unit: "histories of three desks, six ways each",
        per_build: 4,
        full: 500,
        how: tests(
            "test(equal_events_are_an_equal_database)",
            "ESIK_ORDERS",
            NOTHING,
            &["order_by_arrival"],
        ),
    },
    Job {
        name: "interface",
        property: "B29",
        unit: "requests of schemathesis to each engine",
        per_build: 1_000,
        full: 50_000,
        how: tests("binary(=api)", "ESIK_API_REQUESTS", API, &[]),
    },
    Job {
        name: "decoders",
        property: "B39",
        unit: "changed inputs of each decoder, replayed",
        per_build: 500,
        full: 200_000,
        how: tests("test(every_decoder_comes_back)", "ESIK_DECODER_INPUTS", NOTHING, &[]),
    },
    Job {
        name: "fuzz",
        property: "B39",
        unit: "seconds of each decoder under libFuzzer",
        per_build: 2,
        full: 600,
        how: How::Fuzz,
    },
];

const fn tests(
    filter: &'static str,
    variable: &'static str,
    needs: &'static [Needs],
    finds: &'static [&'static str],
) -> How {
    How::Tests(Tests { filter, variable, needs, finds })
}
