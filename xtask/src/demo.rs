//! `cargo xtask run`: a regional server on loopback with demo data, a demo desk and the real window.

use crate::region::{self, CLERKS, Region};
use crate::{binaries, exec, paths, setup};
use anyhow::{Context as _, Result, bail};
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What was asked for on the command line.
pub struct Wish {
    /// Only the window, with the first-run wizard.
    pub empty: bool,
    pub language: Option<String>,
    pub dir: Option<PathBuf>,
}

/// Everybody's password in the demo. It guards nothing: server and data are invented and on loopback.
pub const PASSWORD: &str = "esik-demo-2026";

/// Names the folder for what belongs to no profile: the demo leaves nothing on the machine but its own folder.
const STATE: &str = "ESIK_STATE";

/// Who works at the demo desk besides the head: surname, given name, patronymic, post, role, circle.
const OFFICERS: [[&str; 6]; 2] = [
    [
        "Сәрсенов",
        "Ерлан",
        "Маратұлы",
        "Фронт-кеңсе инспекторы / инспектор фронт-офиса",
        "officer",
        "",
    ],
    [
        "Ахметова",
        "Айгүл",
        "Серікқызы",
        "Әйелдерді қорғау инспекторы / инспектор по защите женщин",
        "inspector",
        "dv",
    ],
];

/// Invented cases the demo begins with.
const CASES: &str = "40";

/// Runs until the window is closed.
pub fn run(wish: &Wish) -> Result<()> {
    if let Some(language) = &wish.language
        && !["kk", "ru", "en"].contains(&language.as_str())
    {
        bail!("--lang takes kk, ru or en");
    }
    screen()?;
    setup::run()?;
    let programs = binaries::build()?;
    let dir = wish.dir.clone().unwrap_or_else(|| paths::root().join(".demo"));
    std::fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
    let dir = dir.canonicalize().with_context(|| dir.display().to_string())?;
    if wish.empty { empty(wish, &programs, &dir) } else { demo(wish, &programs, &dir) }
}

/// There must be a screen to open a window on.
fn screen() -> Result<()> {
    let shown = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !shown("DISPLAY") && !shown("WAYLAND_DISPLAY") {
        bail!(
            "there is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set.\n\
             To run on a virtual one: xvfb-run -a -s \"-screen 0 1280x900x24\" cargo xtask run"
        );
    }
    Ok(())
}

/// A new, empty profile each time; the earlier ones are kept.
fn empty(wish: &Wish, programs: &binaries::Programs, dir: &Path) -> Result<()> {
    let profile = (1..)
        .map(|n| dir.join(format!("empty-{n}")))
        .find(|profile| !profile.exists())
        .context("no free name for the profile")?;
    std::fs::create_dir_all(&profile).with_context(|| profile.display().to_string())?;
    speak(wish, programs, &profile)?;
    println!(
        "\nEsik opens with nothing but the first-run wizard.\nIts data: {}\n",
        profile.display()
    );
    window(programs, &profile, false)
}

fn demo(wish: &Wish, programs: &binaries::Programs, dir: &Path) -> Result<()> {
    let home = dir.join("demo");
    if !home.exists() {
        // Made aside and moved when it is whole: an interrupted start leaves no half demo behind.
        let making = dir.join("making");
        if making.exists() {
            std::fs::remove_dir_all(&making).with_context(|| making.display().to_string())?;
        }
        make(programs, &making).context("making the demo")?;
        std::fs::rename(&making, &home).with_context(|| home.display().to_string())?;
    }
    let desk = home.join("desk");
    speak(wish, programs, &desk)?;
    let region = Region::start(programs, &home)?;
    tell(&region);
    let ended = window(programs, &desk, true);
    region.stop();
    ended
}

/// The region, its clerks, the desk with its officers and some cases.
fn make(programs: &binaries::Programs, home: &Path) -> Result<()> {
    println!("\nxtask: making the demo: region, station, officers, {CASES} cases");
    std::fs::create_dir_all(home).with_context(|| home.display().to_string())?;
    let password = home.join("password.txt");
    std::fs::write(&password, format!("{PASSWORD}\n")).context("password.txt")?;
    let code = region::found(programs, home, &password)?;
    let region = Region::start(programs, home)?;
    let cli = |words: &[&str]| -> Result<String> {
        exec::output(
            Command::new(binaries::find(programs, "esik-cli")?)
                .arg("--profile")
                .arg(home.join("desk"))
                .env(STATE, home.join("desk").with_extension("state"))
                .arg("--password-file")
                .arg(&password)
                .args(words),
        )
    };
    let first = cli(&[
        "init",
        "--surname",
        "Әлиева",
        "--given",
        "Дана",
        "--patronymic",
        "Болатқызы",
        "--post",
        "Бөлімше бастығы / начальник отделения",
        "--role",
        "head",
    ])?;
    let read = |said: &str| -> Result<serde_json::Value> {
        serde_json::from_str(said).with_context(|| format!("esik-cli said {said:?}"))
    };
    cli(&["enroll", "--server", &region.url(), "--code", &code])?;
    let first = read(&first)?;
    let officer = first["officer"].as_str().context("no officer was made")?;
    region::vouch(programs, home, &password, officer, &read(&cli(&["diag"])?)?)?;
    let password_word = password.to_str().context("the folder's name is not text")?;
    for [surname, given, patronymic, post, role, circle] in OFFICERS {
        let mut words = vec!["officer-add", "--surname", surname, "--given", given];
        words.extend(["--patronymic", patronymic, "--post", post, "--role", role]);
        words.extend(["--new-password-file", password_word]);
        if !circle.is_empty() {
            words.extend(["--circle", circle]);
        }
        cli(&words)?;
    }
    cli(&["generate", "--cases", CASES, "--seed", "7", "--load"])?;
    cli(&["sync", "--once"])?;
    region.stop();
    Ok(())
}

/// Sets the language of the window, when one was asked for.
fn speak(wish: &Wish, programs: &binaries::Programs, profile: &Path) -> Result<()> {
    let Some(language) = &wish.language else { return Ok(()) };
    let mut rpc = Command::new(binaries::find(programs, "esik-cli")?)
        .arg("--profile")
        .arg(profile)
        .arg("rpc")
        .env(STATE, profile.with_extension("state"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start esik-cli")?;
    let line = json!({ "id": 1, "cmd": "settings_set", "args": { "language": language } });
    if let Some(mut input) = rpc.stdin.take() {
        writeln!(input, "{line}").context("esik-cli rpc")?;
    }
    let answer = rpc.wait_with_output().context("esik-cli rpc")?;
    let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
    if !answer.contains("\"ok\"") {
        bail!("the language could not be set: {}", answer.trim());
    }
    Ok(())
}

fn tell(region: &Region) {
    println!("\nEsik is open. Everything in it is invented; nothing leaves this computer.\n");
    println!(
        "  Officers at the desk    Әлиева (head), Сәрсенов (officer), Ахметова (domestic violence)"
    );
    println!("  Agency portal           {}/portal", region.url());
    for clerk in CLERKS {
        println!("    {:<20}  {} ({})", clerk.login, clerk.of, clerk.agency);
    }
    println!("  Applicant's page        {}/s (number and code of a coupon)", region.url());
    println!("  Password of everybody   {PASSWORD}\n");
    println!("The browser will warn about the portal's certificate: it is the demo region's own.");
    println!("Close the window to stop. The next `cargo xtask run` goes on with the same data;");
    println!("to begin anew, remove the folder .demo (or the one given with --dir).\n");
}

/// Opens the real window and waits until it is closed.
fn window(programs: &binaries::Programs, profile: &Path, demo: bool) -> Result<()> {
    let mut esik = Command::new(binaries::find(programs, "esik")?);
    esik.arg("--profile").arg(profile).env("ESIK_PROFILE", profile);
    esik.env(STATE, profile.with_extension("state"));
    if demo {
        esik.env("ESIK_DEMO", "1");
    }
    exec::run(&mut esik)
}
