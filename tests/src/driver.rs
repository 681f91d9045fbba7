//! The real window under WebKit's own driver: what a person sees and types.

use crate::program::{Running, bin};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Everything on a busy machine comes within this.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// One opened window.
pub struct Window {
    pub client: Client,
    /// The program's process: the driver starts it as its child.
    program: u32,
    driver: Running,
}

/// The element was there and is no longer.
fn is_stale(error: &CmdError) -> bool {
    error.is_stale_element_reference() || error.to_string().contains("Stale element")
}

/// The child of a process that still runs (one that is dead and not yet fetched does not).
fn child_of(parent: u32) -> Option<u32> {
    let found = Command::new("pgrep").args(["-r", "D,R,S", "-P", &parent.to_string()]).output();
    String::from_utf8(found.ok()?.stdout).ok()?.lines().next()?.parse().ok()
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Window {
    /// Opens the window on a profile. `viewer` gets the documents that are printed.
    pub async fn open(profile: &Path, viewer: &Path) -> Self {
        let state = profile.with_extension("state");
        let places: [(&str, &Path); 3] =
            [("ESIK_PROFILE", profile), ("ESIK_VIEWER", viewer), ("ESIK_STATE", &state)];
        Self::open_program(&bin("esik"), &[], &places).await
    }

    /// Opens the window of a program with these arguments that is told these places.
    pub async fn open_program(program: &Path, args: &[&str], places: &[(&str, &Path)]) -> Self {
        let port = free_port();
        let driver = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("ESIK_KDF", "floor")
            .envs(places.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver (package webkit2gtk-driver)");
        let driver = Running(driver);
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < PATIENCE, "the driver did not listen");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let options = json!({ "webkitgtk:browserOptions": { "binary": program, "args": args } });
        let capabilities: Capabilities = options.as_object().unwrap().clone();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a session with the window");
        let program = child_of(driver.0.id()).expect("the program that the driver started");
        Self { client, program, driver }
    }

    /// Waits for an element.
    pub async fn find(&self, css: &str) -> Element {
        self.waits_for(Locator::Css(css), css).await
    }

    /// Looks until it is there. A screen may put another element in its place between being looked
    /// at and being named (“stale”): then, as a person would, one looks again.
    async fn waits_for(&self, what: Locator<'_>, name: &str) -> Element {
        let start = Instant::now();
        loop {
            let error = match self.client.find(what).await {
                Ok(element) => return element,
                Err(error) if error.is_no_such_element() || is_stale(&error) => error,
                Err(error) => panic!("{name}: {error}\n{}", self.text().await),
            };
            if start.elapsed() > PATIENCE {
                panic!("{name}: {error}\n{}", self.text().await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Everything that is written on the screen.
    pub async fn text(&self) -> String {
        self.client
            .execute("return document.body.innerText", vec![])
            .await
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Waits until a text is on the screen.
    pub async fn sees(&self, text: &str) {
        let start = Instant::now();
        loop {
            let now = self.text().await;
            if now.contains(text) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "“{text}” is not on the screen:\n{now}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Keeps a picture of the screen when `ESIK_SHOTS` names a folder. (The driver's own screenshot
    /// never comes back from this web view, so the picture is taken from the X screen.)
    pub async fn shot(&self, name: &str) {
        if let Some(dir) = std::env::var_os("ESIK_SHOTS") {
            let _ = std::fs::create_dir_all(&dir);
            tokio::time::sleep(Duration::from_millis(400)).await;
            let file = Path::new(&dir).join(format!("{name}.png"));
            let _ = Command::new("import").args(["-window", "root"]).arg(file).status();
        }
    }

    /// `kill -9` of the program, in the middle of whatever it does.
    pub async fn kill(self) {
        let _ = Command::new("kill").args(["-9", &self.program.to_string()]).status();
        self.has_ended().await;
    }

    /// Ends the session. The driver answers first and ends the program afterwards: a driver that is
    /// killed in between leaves the program behind without a page, and the profile in use.
    pub async fn close(self) {
        let _ = self.client.clone().close().await;
        self.has_ended().await;
    }

    async fn has_ended(&self) {
        let start = Instant::now();
        while child_of(self.driver.0.id()) == Some(self.program) {
            assert!(start.elapsed() < PATIENCE, "the program did not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Keys as WebDriver names them.
pub mod keys {
    pub const ENTER: char = '\u{E007}';
    pub const ESCAPE: char = '\u{E00C}';
    pub const CONTROL: char = '\u{E009}';
    pub const ALT: char = '\u{E00A}';
    pub const TAB: char = '\u{E004}';
    pub const RELEASE: char = '\u{E000}';
    pub const F2: char = '\u{E032}';
}

impl Window {
    /// Presses a key with a modifier held, as hands do.
    pub async fn chord(&self, modifier: char, key: char) {
        self.keys(&format!("{modifier}{key}{}", keys::RELEASE)).await;
    }

    /// Presses one key.
    pub async fn press(&self, key: char) {
        self.keys(&key.to_string()).await;
    }

    /// Keys go where the focus is. (WebKit's driver never answers a key *action* after which the
    /// element with the focus is gone; keys sent to an element it does answer.)
    async fn keys(&self, keys: &str) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    }

    /// Types into a field.
    pub async fn types(&self, css: &str, text: &str) {
        self.find(css).await.send_keys(text).await.unwrap();
    }

    /// Clicks what a person would click for these words: a button, a link, a choice.
    pub async fn clicks(&self, words: &str) {
        let path = format!(
            "//*[self::button or self::a or self::label or @role='button' or @role='option'][contains(normalize-space(.), '{words}')]"
        );
        let start = Instant::now();
        loop {
            let found = self.waits_for(Locator::XPath(&path), words).await;
            // Something closing may still lie over it, or a new one took its place: press again.
            let Err(error) = found.click().await else { return };
            if start.elapsed() > PATIENCE {
                panic!("{words}: {error}\n{}", self.text().await);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Signs the first officer in with the keyboard.
    pub async fn signs_in(&self) {
        let word = format!("{}{}", crate::PASSWORD, keys::ENTER);
        self.types("input[type=password]", &word).await;
        self.find("nav").await;
    }
}
