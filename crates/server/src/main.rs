//! `esik-server`: serves a region, or administers it. Answers on stdout are JSON, one value a line.

mod admin;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use esik_server::blobs::BlobPlace;
use esik_server::quota::Measure;
use esik_server::site::Site;
use esik_server::store::postgres::Address;
use esik_server::{Env, OpenError, PublicAddress, backup, serve};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// How often the region's position is remembered outside the database.
const REMEMBER_EVERY: Duration = Duration::from_secs(15);

/// How often files that nothing names any more are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// Threads that wait for the disk or the database, at most: a crowd waits in a queue, not on three hundred threads.
const BLOCKING_THREADS: usize = 16;

/// The regional server of Esik.
#[derive(Parser)]
#[command(name = "esik-server", version)]
struct Args {
    /// Database: `sqlite:FILE`, with key, certificates and files in `FILE.state/`; or
    /// `postgres://USER@HOST/DATABASE` with `--state`.
    #[arg(long, global = true, env = "ESIK_SERVER_DB")]
    db: Option<String>,
    /// Folder of key, certificates and files of a region in PostgreSQL.
    #[arg(long, global = true, env = "ESIK_SERVER_STATE")]
    state: Option<PathBuf>,
    /// File with the password of the database's role; `PGPASSWORD` when missing.
    #[arg(long, global = true)]
    db_password_file: Option<PathBuf>,
    /// Folder of the CA and the server's certificate, instead of `tls` in the state's folder.
    #[arg(long, global = true)]
    tls_dir: Option<PathBuf>,
    /// Where attached files of desks lie: a folder, or `s3://BUCKET[/PREFIX]` with the variables `AWS_*`;
    /// beside the region's other files when missing.
    #[arg(long, global = true, env = "ESIK_SERVER_BLOBS")]
    blobs: Option<String>,
    /// Address to serve on; port 0 takes a free one and tells it on stdout.
    #[arg(long, default_value = "127.0.0.1:7443")]
    listen: SocketAddr,
    /// Serves what is there and takes nothing: over a standby of PostgreSQL.
    #[arg(long)]
    read_only: bool,
    /// The address under which people reach this server, `https://…`: coupons bear it and its page `/s`.
    #[arg(long, env = "ESIK_SERVER_PUBLIC")]
    public: Option<PublicAddress>,
    /// Address of a proxy in front of this server: its word on who asks is believed (`X-Forwarded-For`).
    #[arg(long)]
    proxy: Vec<std::net::IpAddr>,
    #[command(flatten)]
    a_day: ADay,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Administration; prints JSON.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Makes a warrant key and signs with it: on a machine of the operator's own, never on the region's server.
    #[command(subcommand)]
    Warrant(admin::warrant::Warrant),
    /// Copies the region into a folder and reads it back; beside a running server. Whoever has the folder
    /// has the region's key and everything people told: only its owner may read it.
    Backup {
        /// A folder that is not there yet, or is empty.
        #[arg(long)]
        to: PathBuf,
        /// Only reads a backup through and tells what it holds.
        #[arg(long)]
        verify: bool,
    },
    /// Fills an empty place from a backup; the region is served again after `--accept`.
    Restore {
        /// The backup's folder.
        #[arg(long, required_unless_present = "accept")]
        from: Option<PathBuf>,
        /// Opens what was restored, under a new epoch: desks send again what is missing.
        #[arg(long)]
        accept: bool,
    },
    /// Moves a whole region to another database; the server is stopped meanwhile, desks notice nothing.
    Migrate {
        /// Where it is: `sqlite:FILE` or `postgres://…`.
        #[arg(long)]
        from: String,
        /// Where it goes: the other of the two. `--state` is the folder of the one in PostgreSQL.
        #[arg(long)]
        to: String,
    },
}

fn main() -> ExitCode {
    let args = Args::parse();
    if args.command.is_none() {
        few_heaps();
    }
    let filter = EnvFilter::try_from_env("ESIK_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,refinery_core=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    // Another provider was never installed before: this is the first line of the process.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            tracing::error!("{e:#}");
            println!("{}", admin::failure(&e));
            ExitCode::FAILURE
        }
    }
}

/// glibc gives threads heaps of their own, eight a core, and what a crowd left in one is of no use to another: with
/// two the memory of the busiest minute is a third less at the same work. It reads this when a process starts, so this
/// one starts again, with the same number; whoever set it is obeyed.
#[cfg(unix)]
fn few_heaps() {
    use std::os::unix::process::CommandExt as _;
    const HEAPS: &str = "MALLOC_ARENA_MAX";
    if std::env::var_os(HEAPS).is_some() {
        return;
    }
    let mut words = std::env::args_os();
    let (Ok(program), Some(name)) = (std::env::current_exe(), words.next()) else { return };
    // Comes back only when it failed; then everything goes on with more memory.
    let _ = std::process::Command::new(program).arg0(name).args(words).env(HEAPS, "2").exec();
}

#[cfg(not(unix))]
fn few_heaps() {}

fn run(args: Args) -> anyhow::Result<()> {
    let env = machine();
    if let Some(Command::Migrate { from, to }) = &args.command {
        let (from, to) = (site(from, &args)?, site(to, &args)?);
        let found = backup::migrate(&from, &to)?;
        println!("{}", json!({ "epoch": found.epoch, "pos": found.pos, "tables": found.tally }));
        return Ok(());
    }
    if let Some(Command::Backup { to, verify: true }) = &args.command {
        println!("{}", json!(backup::verify(to)?.0));
        return Ok(());
    }
    if let Some(Command::Warrant(command)) = args.command {
        println!("{}", admin::warrant::own(command, &env)?);
        return Ok(());
    }
    let db = args.db.as_deref().context("--db sqlite:FILE or postgres://… is missing")?;
    let site = site(db, &args)?;
    match args.command {
        Some(Command::Backup { to, .. }) => {
            println!("{}", json!(backup::backup(&site, env, &to)?));
            tracing::warn!(
                folder = %to.display(),
                "whoever has this folder has the region's key and everything people told: keep it \
                 encrypted and elsewhere"
            );
            Ok(())
        }
        Some(Command::Restore { from, accept }) => {
            let mut said = serde_json::Map::new();
            if let Some(from) = from {
                let manifest = backup::restore(&site, &from)?;
                said.insert("region".to_owned(), json!(manifest.region));
                said.insert("pos".to_owned(), json!(manifest.pos));
                said.insert("made_at".to_owned(), json!(manifest.made_at));
            }
            if accept {
                said.insert("epoch".to_owned(), json!(site.accept_restore(env)?));
            }
            println!("{}", Value::Object(said));
            Ok(())
        }
        Some(Command::Migrate { .. } | Command::Warrant(_)) => Ok(()),
        Some(Command::Admin(command)) => {
            println!("{}", admin::run(command, &site, env)?);
            Ok(())
        }
        None => tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .max_blocking_threads(BLOCKING_THREADS)
            .build()
            .context("starting the runtime")?
            .block_on(serve_until_told(site, env, &args)),
    }
}

/// What one desk may bring in a day; more is taken the next day. Raise it for the import of a large archive.
#[derive(clap::Args, Clone, Copy)]
struct ADay {
    /// Most events that one desk may bring in a day.
    #[arg(long, default_value_t = Measure::default().events)]
    events_a_day: u64,
    /// Most bytes of events that one desk may bring in a day, MiB.
    #[arg(long, default_value_t = Measure::default().event_bytes / MIB)]
    event_mib_a_day: u64,
    /// Most bytes of attached files that one desk may bring in a day, MiB.
    #[arg(long, default_value_t = Measure::default().file_bytes / MIB)]
    file_mib_a_day: u64,
}

const MIB: u64 = 1024 * 1024;

impl From<ADay> for Measure {
    fn from(a: ADay) -> Self {
        Self {
            events: a.events_a_day,
            event_bytes: a.event_mib_a_day.saturating_mul(MIB),
            file_bytes: a.file_mib_a_day.saturating_mul(MIB),
        }
    }
}

/// Where the region lies, as the options tell.
fn site(db: &str, args: &Args) -> anyhow::Result<Site> {
    let site = database(db, args)?;
    let Some(place) = args.blobs.as_deref().filter(|p| !p.is_empty()) else { return Ok(site) };
    Ok(site.with_blobs(if place.starts_with("s3://") {
        BlobPlace::Bucket(place.to_owned())
    } else {
        BlobPlace::Folder(PathBuf::from(place))
    }))
}

fn database(db: &str, args: &Args) -> anyhow::Result<Site> {
    if let Some(file) = db.strip_prefix("sqlite:").filter(|f| !f.is_empty()) {
        let moving = matches!(args.command, Some(Command::Migrate { .. }));
        anyhow::ensure!(
            args.state.is_none() || moving,
            "--state is for PostgreSQL: it is FILE.state here"
        );
        return Ok(Site::new(&PathBuf::from(file), args.tls_dir.clone()));
    }
    if !db.starts_with("postgres://") && !db.starts_with("postgresql://") {
        // Not repeated: it may hold a password.
        anyhow::bail!("--db: `sqlite:FILE` or `postgres://USER@HOST/DATABASE`");
    }
    let state =
        args.state.clone().context("--state DIR is missing: the region's key lies there")?;
    let password = match &args.db_password_file {
        Some(file) => Some(
            std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?,
        ),
        None => std::env::var("PGPASSWORD").ok(),
    };
    let password = password.as_deref().map(|p| p.trim_end_matches(['\r', '\n']));
    Ok(Site::on_postgres(Address::parse(db, password)?, state, args.tls_dir.clone()))
}

/// The machine's clock and randomness; the only place that asks for them.
#[expect(clippy::disallowed_methods, reason = "the binary is where Env comes from")]
fn machine() -> Env {
    Env::new(chrono::Utc::now, |bytes| {
        if getrandom::fill(bytes).is_err() {
            eprintln!("the system gives no randomness: stopping");
            std::process::abort();
        }
    })
}

async fn serve_until_told(site: Site, env: Env, args: &Args) -> anyhow::Result<()> {
    let (listen, read_only) = (args.listen, args.read_only);
    let region = if read_only { site.open_to_read(env.clone())? } else { site.open(env.clone())? };
    region.measure(args.a_day.into());
    region.behind(args.proxy.iter().map(std::net::IpAddr::to_canonical).collect());
    if let Some(public) = &args.public {
        region.public_at(public);
    }
    let tls = site.tls().server_config(&env)?;
    let running = serve(region.clone(), listen, tls)
        .await
        .with_context(|| format!("listening on {listen}"))?;
    println!("{}", serde_json::json!({ "listening": running.addr.to_string() }));
    tracing::info!(addr = %running.addr, region = region.identity().id, "serving");
    let mut remember = tokio::time::interval(REMEMBER_EVERY);
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    let stop = told_to_stop();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            _ = remember.tick(), if !read_only => match site.remember(&region) {
                Ok(()) => {}
                // What comes next would be decided over an older history: nobody is served any more.
                Err(e @ OpenError::Older { .. }) => {
                    running.kill().await;
                    return Err(e.into());
                }
                Err(e) => tracing::warn!(error = %e, "the region's position is not remembered"),
            },
            _ = sweep.tick(), if !read_only => {
                let region = region.clone();
                tokio::spawn(async move {
                    match region.sweep_blobs().await {
                        Ok(0) => {}
                        Ok(n) => tracing::info!(n, "files that nothing named for a month are gone"),
                        Err(error) => tracing::warn!(%error, "files could not be swept"),
                    }
                });
            }
            () = &mut stop => break,
        }
    }
    running.shutdown().await.context("stopping")?;
    if read_only {
        return Ok(());
    }
    site.remember(&region).context("remembering the region's position")
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! { _ = interrupted => (), _ = terminated.recv() => () },
        Err(_) => drop(interrupted.await),
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    let _ = tokio::signal::ctrl_c().await;
}
