//! The command line of `esik-cli`.

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Esik without a window. Every line on stdout is JSON.
#[derive(Parser, Debug)]
#[command(name = "esik-cli", version)]
pub struct Cli {
    /// Folder of the profile.
    #[arg(long, global = true, env = "ESIK_PROFILE")]
    pub profile: Option<PathBuf>,
    /// File with the officer's password; `-` reads one line from stdin. Never an argument.
    #[arg(long, global = true)]
    pub password_file: Option<PathBuf>,
    /// Officer who signs in: id, or the beginning of the name; the first one when missing.
    #[arg(long = "as", global = true)]
    pub officer: Option<String>,
    /// Allows `ESIK_CLOCK` in a release build.
    #[arg(long, global = true)]
    pub allow_test_clock: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// A new profile with its first officer.
    Init {
        #[arg(long, default_value = "Әлиева")]
        surname: String,
        #[arg(long, default_value = "Дана")]
        given: String,
        #[arg(long, default_value = "")]
        patronymic: String,
        #[arg(long, default_value = "Фронт-кеңсе инспекторы / инспектор фронт-офиса")]
        post: String,
        /// head, controller, officer, duty, inspector, consultant
        #[arg(long, default_value = "head")]
        role: String,
        /// Restricted circles: dv, juvenile, integrity, corruption.
        #[arg(long)]
        circle: Vec<String>,
        #[arg(long, default_value = "ru")]
        language: String,
    },
    /// Adds an officer; his password comes from a file.
    OfficerAdd {
        #[arg(long)]
        surname: String,
        #[arg(long)]
        given: String,
        #[arg(long, default_value = "")]
        patronymic: String,
        #[arg(long, default_value = "")]
        post: String,
        #[arg(long, default_value = "officer")]
        role: String,
        #[arg(long)]
        circle: Vec<String>,
        #[arg(long)]
        new_password_file: PathBuf,
    },
    /// Joins the profile to a region.
    Enroll {
        #[arg(long, env = "ESIK_SERVER")]
        server: String,
        #[arg(long)]
        code: String,
    },
    /// A copied desk joins its region again: it begins a new life, and nothing it wrote is lost.
    JoinAgain {
        #[arg(long)]
        code: String,
        /// The region's warrant key was lost: the one it tells next is believed. Only head and controller.
        #[arg(long)]
        new_warrant: bool,
    },
    /// Commands as JSON lines on stdin, answers on stdout.
    Rpc,
    /// One full sync with its summary.
    Sync {
        #[arg(long)]
        once: bool,
    },
    /// Hash of the folded state of everything open; `--all` takes restricted circles in.
    StateHash {
        #[arg(long)]
        all: bool,
    },
    /// Chains, signatures, projections against the log, every page; non-zero on any difference.
    Verify {
        /// Then reads everything the region has for this desk once more and tells what was not here or stood otherwise.
        #[arg(long)]
        region: bool,
    },
    /// Every event and row in a stable order.
    Dump {
        #[arg(long)]
        canonical: bool,
    },
    /// Engine versions and pragmas as really in force.
    Diag,
    /// A hit a line, best first.
    Search {
        query: String,
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Category, bodies and red flags for a text.
    Suggest { text: String },
    /// Checks of numbers and dates.
    Check {
        #[command(subcommand)]
        what: Check,
    },
    /// Days without a line: what waits goes on a stick, and the receipt comes back on it.
    Bundle {
        #[command(subcommand)]
        what: Bundle,
    },
    /// Bulk load of cases, a JSON line each.
    Import { file: PathBuf },
    /// Realistic seeded data in the import format, on stdout, or into the profile with `--load`.
    Generate {
        #[arg(long)]
        cases: u32,
        #[arg(long, env = "ESIK_SEED", default_value_t = 1)]
        seed: u64,
        #[arg(long)]
        load: bool,
    },
    /// Everything the officer may see, in the import format.
    Export {
        #[arg(long, default_value = "-")]
        file: PathBuf,
    },
    /// An encrypted copy of the profile into a new folder.
    Backup { to: PathBuf },
    /// Restores a copy into this (new, empty) profile; the device starts a new life.
    Restore { from: PathBuf },
    /// Locks a desk that `serve` holds open (the next command needs a password again).
    Lock,
    /// The same commands over loopback HTTP, for browser tests.
    Serve {
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: String,
        /// Folder with the built UI.
        #[arg(long, default_value = "ui/dist")]
        ui: PathBuf,
        /// One-time token; made and printed when missing.
        #[arg(long)]
        token: Option<String>,
    },
    /// The command list as TypeScript.
    #[command(hide = true)]
    Types,
    /// The command list, a line each.
    Commands,
}

#[derive(Subcommand, Debug)]
pub enum Bundle {
    /// Writes what waits into a folder, sealed to the region, and the attached files beside it.
    Export { folder: PathBuf },
    /// Hands the bundles and attached files of a folder on to the region; its receipts lie beside them afterwards.
    Import { folder: PathBuf },
    /// Takes the receipts of a folder that are for this desk.
    Receipt { folder: PathBuf },
}

#[derive(Subcommand, Debug)]
pub enum Check {
    /// IIN or BIN.
    Iin {
        #[arg(allow_hyphen_values = true)]
        number: String,
    },
    /// Telephone number.
    Phone {
        #[arg(allow_hyphen_values = true)]
        number: String,
    },
    /// A term in working days.
    Deadline {
        #[arg(long)]
        from: String,
        #[arg(long)]
        working_days: u32,
        /// receipt (default) or next
        #[arg(long, default_value = "receipt")]
        first_day: String,
        /// Closing hour, HH:MM.
        #[arg(long, default_value = "18:30")]
        closing: String,
    },
}
