//! The Debian package on this machine: what is in it, and that it installs, starts and removes cleanly.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod dpkg;

use dpkg::{Package, Profile, said};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use system_tests::driver::{PATIENCE, Window, keys};
use system_tests::program::until;

/// Where the package puts things, and nowhere else.
const FILES: [&str; 6] = [
    "/usr/bin/esik",
    "/usr/share/applications/Esik.desktop",
    "/usr/share/doc/esik/copyright",
    "/usr/share/icons/hicolor/128x128/apps/esik.png",
    "/usr/share/icons/hicolor/256x256@2/apps/esik.png",
    "/usr/share/icons/hicolor/32x32/apps/esik.png",
];

#[test]
fn the_package_holds_the_desk_and_nothing_else() {
    let package = Package::under_test();
    let files: Vec<String> = package.files();
    assert_eq!(files, FILES);

    assert_eq!(package.field("Package"), "esik");
    assert_eq!(package.field("Version"), env!("CARGO_PKG_VERSION"));
    let depends = package.field("Depends");
    for library in ["libc6 (>= ", "libgtk-3-0 (>= ", "libwebkit2gtk-4.1-0 (>= "] {
        assert!(depends.contains(library), "{library}…: {depends}");
    }
    assert!(package.field("Recommends").contains("xdg-utils"), "a coupon wants a viewer");

    let folder = tempfile::tempdir().unwrap();
    let control = folder.path().join("control");
    said(Command::new("dpkg-deb").arg("-e").arg(package.path()).arg(&control));
    let scripts: BTreeSet<String> = std::fs::read_dir(&control)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    // No script runs as root at an installation: nothing is needed, so nothing can go wrong there.
    assert_eq!(scripts, BTreeSet::from(["control".to_string(), "md5sums".to_string()]));

    let root = folder.path().join("root");
    said(Command::new("dpkg-deb").arg("-x").arg(package.path()).arg(&root));
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap();
    let licence = Path::new(env!("CARGO_MANIFEST_DIR")).join("../LICENSE");
    assert_eq!(
        read("usr/share/doc/esik/copyright"),
        std::fs::read_to_string(licence).unwrap(),
        "the licence comes along"
    );
    let entry = read("usr/share/applications/Esik.desktop");
    for line in [
        "[Desktop Entry]",
        "Type=Application",
        "Name=Esik",
        "Exec=esik",
        "Icon=esik",
        "Categories=Office;",
        "GenericName[kk]=Полиция қабылдауы",
        "GenericName[ru]=Приём в полиции",
    ] {
        assert!(entry.lines().any(|found| found == line), "{line}:\n{entry}");
    }
    for size in ["32x32", "128x128", "256x256@2"] {
        let icon = root.join(format!("usr/share/icons/hicolor/{size}/apps/esik.png"));
        assert!(std::fs::read(icon).unwrap().starts_with(b"\x89PNG"), "{size}");
    }
    for file in FILES {
        let mode = root.join(&file[1..]).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if file == "/usr/bin/esik" { 0o755 } else { 0o644 }, "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_installed_opened_used_and_removed() {
    let package = Package::under_test();
    let home = tempfile::tempdir().unwrap();
    let before = named_esik();
    let installed = package.install();
    let places: BTreeSet<PathBuf> = installed.paths();
    assert!(places.contains(Path::new("/usr/bin/esik")));
    assert_eq!(said(Command::new("dpkg").args(["--verify", "esik"])), "", "as it was packed");

    // A newcomer starts it from the menu: no setting, a home folder of his own.
    let profile = Profile::of(home.path());
    let data = home.path().join("share");
    let w = Window::open_program(
        Path::new("/usr/bin/esik"),
        &[],
        &[("HOME", home.path()), ("XDG_DATA_HOME", &data)],
    )
    .await;
    until("a window called Esik is on the screen", PATIENCE, || dpkg::titles().contains("Esik"));
    w.find("input[type=password]").await;
    assert!(!profile.is_set_up(), "nothing is made before somebody says who they are");
    w.types("form input:not([type=radio]):not([type=password])", "Әлиева").await;
    w.types("input[type=password]", &format!("{}{}", system_tests::PASSWORD, keys::ENTER)).await;
    until("the profile is made", PATIENCE, || profile.is_set_up());
    w.shot("installed").await;
    w.close().await;

    installed.remove();
    let left: Vec<&PathBuf> =
        places.iter().filter(|place| !package.was_there(place) && place.exists()).collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    assert_eq!(named_esik(), before, "and nothing of that name anywhere else");
    assert!(profile.is_set_up(), "what the officers wrote is theirs: removing a program keeps it");
}

/// Everything called esik where programs are installed and where dpkg keeps its books.
fn named_esik() -> String {
    let mut find = Command::new("find");
    find.args(["/etc", "/lib", "/opt", "/usr", "/var/lib/dpkg", "-xdev", "-iname", "*esik*"]);
    said(&mut find)
}
