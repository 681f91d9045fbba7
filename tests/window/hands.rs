//! Files come with real hands: dragged from a file manager with the mouse, pasted from the system's clipboard.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use system_tests::driver::{PATIENCE, Window, keys};
use system_tests::program::{Running, until};
use system_tests::rpc::set_up;

/// The screen the window tests have (`xtask/src/stages.rs`).
const CORNER: (i32, i32) = (1250, 30);
const MIDDLE: (i32, i32) = (500, 400);

fn hand(args: &[&str]) {
    assert!(Command::new("xdotool").args(args).status().unwrap().success(), "xdotool {args:?}");
}

fn at((x, y): (i32, i32)) {
    hand(&["mousemove", "--sync", &x.to_string(), &y.to_string()]);
}

/// A file manager that shows these files at the corner of the screen.
fn manager(files: &[&Path]) -> Running {
    with_files("window/drag.py", files)
}

/// A file manager in which these files were copied.
fn copied(files: &[&Path]) -> Running {
    with_files("window/copy.py", files)
}

fn with_files(program: &str, files: &[&Path]) -> Running {
    let mut child: Child = Command::new("/usr/bin/python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(program))
        .args(files)
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3-gi");
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    Running(child)
}

/// Holds a picture for whoever asks the clipboard.
fn clipboard(picture: &Path) -> Running {
    let child = Command::new("xclip")
        .args(["-quiet", "-selection", "clipboard", "-t", "image/png", "-i"])
        .arg(picture)
        .stderr(Stdio::null())
        .spawn()
        .expect("xclip");
    Running(child)
}

/// Holds words for whoever asks the clipboard.
fn text(words: &Path) -> Running {
    let child = Command::new("xclip")
        .args(["-quiet", "-selection", "clipboard", "-i"])
        .arg(words)
        .stderr(Stdio::null())
        .spawn()
        .expect("xclip");
    Running(child)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_dropped_with_the_mouse_and_a_picture_pasted_from_the_clipboard() {
    let dir = tempfile::tempdir().unwrap();
    let profile = dir.path().join("desk");
    {
        let profile = profile.clone();
        tokio::task::spawn_blocking(move || set_up(&profile, "Әлиева", None)).await.unwrap();
    }
    let sealed = || super::files::sealed(&profile);
    // A drag asks the manager of the windows which of them lies under the mouse.
    let _manager = Running(Command::new("openbox").arg("--sm-disable").spawn().expect("openbox"));
    let w = Window::open(&profile, Path::new("/bin/true")).await;
    w.signs_in().await;
    w.chord(keys::CONTROL, 'n').await;
    w.types("#trouble", "Во дворе яма, ребёнок упал").await;
    w.sees("Сохранено на этом компьютере").await;

    let letter = dir.path().join("ответ әкімдік.txt");
    std::fs::write(&letter, "Яма будет засыпана").unwrap();
    let shelf = manager(&[&letter]);
    at(CORNER);
    hand(&["mousedown", "1"]);
    // A hand moves by and by; the drag begins after a few pixels.
    for step in 1..=10 {
        at((
            CORNER.0 + (MIDDLE.0 - CORNER.0) * step / 10,
            CORNER.1 + (MIDDLE.1 - CORNER.1) * step / 10,
        ));
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    w.shot("hands-1-over").await;
    hand(&["mouseup", "1"]);
    until("the dropped file is sealed", PATIENCE, || sealed() == 1);
    w.sees("ответ әкімдік.txt").await;
    drop(shelf);

    let picture = dir.path().join("двор.png");
    let drawn = Command::new("convert").args(["-size", "40x30", "xc:teal"]).arg(&picture).status();
    assert!(drawn.unwrap().success(), "imagemagick");
    let held = clipboard(&picture);
    w.find("#trouble").await.click().await.unwrap();
    until("the picture is kept", PATIENCE, || {
        // The clipboard's holder may not be there for the first key.
        hand(&["key", "--clearmodifiers", "ctrl+v"]);
        std::thread::sleep(Duration::from_millis(700));
        sealed() >= 2
    });
    drop(held);
    w.sees(".png").await;
    w.shot("hands-2-kept").await;

    // Into the field where one types: attached, and not a letter of it is written there.
    let act = dir.path().join("акт обследования №2.txt");
    std::fs::write(&act, "Яма 40 см").unwrap();
    let shelf = copied(&[&act]);
    let typed = || async { w.find("#trouble").await.prop("value").await.unwrap().unwrap() };
    // The small picture of the picture is sealed by and by.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (before, kept) = (typed().await, sealed());
    w.find("#trouble").await.click().await.unwrap();
    hand(&["key", "--clearmodifiers", "ctrl+v"]);
    until("the copied file is sealed", PATIENCE, || sealed() == kept + 1);
    w.sees("акт обследования №2.txt").await;
    assert_eq!(typed().await, before);
    w.shot("hands-3-pasted").await;
    drop(shelf);
    // Words that look like a place of a file are words: they stand where they were pasted.
    let words = dir.path().join("words");
    std::fs::write(&words, "/12 кабинет").unwrap();
    let held = text(&words);
    hand(&["key", "--clearmodifiers", "ctrl+v"]);
    let start = std::time::Instant::now();
    while !typed().await.contains("/12 кабинет") {
        assert!(start.elapsed() < PATIENCE, "{}", typed().await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    drop(held);
    assert_eq!(sealed(), kept + 1);
    // What was pasted by mistake is taken back by the key every office program has for it, and brought again.
    for (key, there) in
        [("ctrl+z", false), ("ctrl+shift+z", true), ("ctrl+z", false), ("ctrl+y", true)]
    {
        hand(&["key", "--clearmodifiers", key]);
        let start = std::time::Instant::now();
        while typed().await.contains("/12 кабинет") != there {
            assert!(start.elapsed() < PATIENCE, "{key}: {}", typed().await);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        assert!(typed().await.contains("ребёнок упал"), "{key} took more than the last step");
    }
    w.close().await;
}
