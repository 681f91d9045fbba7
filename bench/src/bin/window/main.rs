//! The window against a bare WebKitGTK window (MiniBrowser) on the same Xvfb. D1: start until it is
//! painted, and until the first list after signing in. D3: memory then, and after searches. L2
//! ([`save`]): a save through the window. D4 ([`scroll`]): frames of the board.
//!
//! `bench-window [start] [save] [scroll] --esik BIN [--cases 100000] [--rounds 5] [--searches 100]
//! [--profile DIR]`; BIN is a release build of the shell with `custom-protocol`. Painted = at least so
//! many colours in the middle of the screen, read from the X server's own frame buffer: both programs
//! are asked the same question.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "never shipped: a bench that cannot go on stops"
)]

mod save;
mod scroll;

use esik_bench::desk::{PASSWORD, filled};
use esik_bench::{Report, argument, asked, beside, median, option};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const BROWSERS: [&str; 2] = [
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
];
const DISPLAY: &str = ":97";
/// Colours that make a painted page: an empty window has one, a page that loads two or three.
const COLOURS: usize = 6;
const PATIENCE: Duration = Duration::from_secs(120);
/// Without a change for so long, the screen stands still.
const STILL: Duration = Duration::from_millis(600);

/// About what a sign-in screen shows: a heading, tiles, a field, a button.
const PAGE: &str = "<!doctype html><meta charset=utf-8><style>body{margin:0;background:#f4f1ea;\
    font:18px sans-serif;color:#222}div{margin:60px;padding:60px;background:#fff;border:2px solid #888}\
    b{color:#0b6e4f;font-size:60px}i{display:block;background:#c33;height:60px}</style>\
    <div><b>Есік – Қабылдау</b><p>Приём посетителей, 12 обращений<i></i><input value=Дана><button>Кіру</button></div>\
    <div><b>Бақылау</b><i style='background:#36c'></i><i style='background:#dc0'></i></div>";

/// What people type into the search; letters of the keyboard the X server has.
const QUERIES: [&str; 8] =
    ["Akhmetov", "zhylu", "batareya", "Abay 12", "7701", "Dana", "shum", "Nurlan Ospanov"];

fn main() {
    let all = !asked("start") && !asked("save") && !asked("scroll");
    let esik = argument("--esik").map_or_else(|| beside("esik"), PathBuf::from);
    let dir = tempfile::tempdir().unwrap();
    let screen = Screen::start(dir.path());
    if all || asked("save") {
        save::measure(&esik, dir.path());
    }
    if !all && !asked("start") && !asked("scroll") {
        return;
    }
    let cases = option("cases", 100_000);
    let profile = argument("--profile").map_or_else(|| filled(dir.path(), cases), PathBuf::from);
    if all || asked("start") {
        start(&screen, &esik, &profile, dir.path());
    }
    if all || asked("scroll") {
        scroll::measure(&esik, &profile, dir.path());
    }
}

fn browser() -> &'static Path {
    BROWSERS.iter().map(Path::new).find(|b| b.exists()).unwrap()
}

fn start(screen: &Screen, esik: &Path, profile: &Path, dir: &Path) {
    let (cases, rounds, searches) =
        (option("cases", 100_000), option("rounds", 5), option("searches", 100));
    let page = dir.join("page.html");
    std::fs::write(&page, PAGE).unwrap();
    let (mut bare, mut own, mut list) = (Vec::new(), Vec::new(), Vec::new());
    let (mut bare_pss, mut own_pss, mut searched_pss) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=rounds {
        let url = format!("file://{}", page.display());
        let (took, mut window) =
            screen.open(Command::new(browser()).args(["--geometry=1280x800", &url]));
        let floor_pss = pss_mib(window.id());
        screen.end(&mut window);
        let mut command = Command::new(esik);
        command.arg("--profile").arg(profile).env("ESIK_KDF", "floor");
        let (own_took, mut window) = screen.open(&mut command);
        let list_took = screen.sign_in();
        let with_list = pss_mib(window.id());
        // The first round only warms the disk cache.
        if round > 0 {
            bare.push(took);
            own.push(own_took);
            list.push(list_took);
            bare_pss.push(floor_pss);
            own_pss.push(with_list);
            screen.search(searches);
            searched_pss.push(pss_mib(window.id()));
        }
        screen.end(&mut window);
    }
    let mut report = Report::default();
    report.put("cases in the profile", cases);
    report.put("bare WebKitGTK window painted, ms", median(&bare));
    report.put("Esik sign-in painted, ms", median(&own));
    report.put("Esik / bare", median(&own) / median(&bare));
    report.put("Enter to first list standing still, ms", median(&list));
    report.put(
        "start to list (both) / bare (D1 ≤ 1.25)",
        (median(&own) + median(&list)) / median(&bare),
    );
    report.put("bare window, PSS MiB", median(&bare_pss));
    report.put("Esik with its list, PSS MiB", median(&own_pss));
    report.put("Esik − bare, MiB", median(&own_pss) - median(&bare_pss));
    report.put("searches", searches);
    report.put("after searches − bare, MiB (D3 ≤ 60)", median(&searched_pss) - median(&bare_pss));
    report.tell("window: start and memory");
}

struct Screen {
    server: Child,
    buffer: PathBuf,
}

impl Screen {
    fn start(dir: &Path) -> Self {
        let server = Command::new("Xvfb")
            .args([DISPLAY, "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-fbdir"])
            .arg(dir)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let buffer = dir.join("Xvfb_screen0");
        let start = Instant::now();
        while std::fs::metadata(&buffer).map_or(true, |m| m.len() == 0) {
            assert!(start.elapsed() < PATIENCE, "no X server");
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(500));
        Self { server, buffer }
    }

    /// Pixels of the middle, every second of every fourth line: below any tool bar.
    fn look(&self) -> Vec<u32> {
        let bytes = std::fs::read(&self.buffer).unwrap();
        let word =
            |i: usize| u32::from_be_bytes(bytes[i * 4..i * 4 + 4].try_into().unwrap()) as usize;
        // The X window dump's header: size, …, width, height, …, bytes per line, …, colours.
        let (start, stride) = (word(0) + word(19) * 12, word(12));
        let (width, height) = (word(4), word(5));
        let mut out = Vec::new();
        for y in (height / 4..height).step_by(4) {
            for x in (0..width).step_by(2) {
                let at = start + y * stride + x * 4;
                out.push(u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap()));
            }
        }
        out
    }

    fn painted(&self) -> bool {
        self.look().into_iter().collect::<HashSet<_>>().len() >= COLOURS
    }

    fn open(&self, command: &mut Command) -> (f64, Child) {
        let start = Instant::now();
        let window = command
            .env("DISPLAY", DISPLAY)
            .env("GDK_BACKEND", "x11")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !self.painted() {
            assert!(start.elapsed() < PATIENCE, "nothing was painted");
            std::thread::sleep(Duration::from_millis(3));
        }
        let took = start.elapsed().as_secs_f64() * 1e3;
        self.still();
        (took, window)
    }

    /// Waits until nothing changes; gives the moment of the last change.
    fn still(&self) -> Instant {
        self.still_since(self.look(), Instant::now())
    }

    /// The same when the last change so far was at this moment, to this picture.
    fn still_since(&self, mut before: Vec<u32>, mut changed: Instant) -> Instant {
        let start = Instant::now();
        while changed.elapsed() < STILL && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
            let now = self.look();
            // A blinking caret is not the page: a few pixels do not count.
            if now.iter().zip(&before).filter(|(a, b)| a != b).count() > 40 {
                changed = Instant::now();
            }
            before = now;
        }
        changed
    }

    fn sign_in(&self) -> f64 {
        tool(&["type", "--delay", "15", PASSWORD]);
        self.still();
        let before = self.look();
        let start = Instant::now();
        tool(&["key", "Return"]);
        // A button that waits is not the desk, however long a busy machine shows it.
        let (first, opened) = loop {
            std::thread::sleep(Duration::from_millis(5));
            let now = self.look();
            let differs = now.iter().zip(&before).filter(|(a, b)| a != b).count();
            if differs * 20 > now.len() {
                break (now, Instant::now());
            }
            assert!(start.elapsed() < PATIENCE, "signing in changed nothing: {differs}");
        };
        (self.still_since(first, opened) - start).as_secs_f64() * 1e3
    }

    /// Looks for something so many times, as hands do: Ctrl+K, letters, Escape.
    fn search(&self, times: u64) {
        let before = self.look();
        for i in 0..times {
            tool(&["key", "ctrl+k"]);
            std::thread::sleep(Duration::from_millis(150));
            tool(&["type", "--delay", "10", QUERIES[i as usize % QUERIES.len()]]);
            std::thread::sleep(Duration::from_millis(450));
            if i == 0 {
                self.still();
                let differs = self.look().iter().zip(&before).filter(|(a, b)| a != b).count();
                assert!(differs * 20 > before.len(), "the search did not open: {differs}");
            }
            tool(&["key", "Escape"]);
            tool(&["key", "Escape"]);
        }
        self.still();
    }

    fn end(&self, window: &mut Child) {
        window.kill().unwrap();
        window.wait().unwrap();
        // Its helpers notice, and the screen is empty again.
        let start = Instant::now();
        while self.painted() && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// The hands.
fn tool(args: &[&str]) {
    let done = Command::new("xdotool").args(args).env("DISPLAY", DISPLAY).status().unwrap();
    assert!(done.success());
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Proportional memory of a process and all its descendants.
fn pss_mib(root: u32) -> f64 {
    let mut kib = 0.0;
    let mut open = vec![root];
    while let Some(pid) = open.pop() {
        let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let line = text.lines().find(|l| l.starts_with("Pss:")).unwrap_or_default().to_owned();
        kib += line.split_whitespace().nth(1).and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0);
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        for task in tasks {
            let children =
                std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            open.extend(children.split_whitespace().filter_map(|c| c.parse::<u32>().ok()));
        }
    }
    kib / 1024.0
}
