//! A real regional server over TLS, administered from outside, and a clerk's browser at its portal.

use crate::PASSWORD;
use crate::program::{Running, bin};
use serde_json::Value;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A region on the disk and, while it runs, on the line.
pub struct Region {
    db: String,
    dir: PathBuf,
    pub port: u16,
    server: Option<Running>,
    /// Variables of the server that is started next.
    env: Vec<(String, OsString)>,
}

impl Region {
    /// Creates a region with the station 07 and starts it.
    pub fn start(dir: &Path) -> Self {
        std::fs::create_dir_all(dir).unwrap();
        let mut region = Self::lying(dir);
        region.admin(&[
            "region",
            "create",
            "--id",
            "akmola",
            "--name-kk",
            "Ақмола облысы",
            "--name-ru",
            "Акмолинская область",
        ]);
        region.admin(&[
            "station",
            "add",
            "--id",
            "07",
            "--name-kk",
            "Көкшетау қаласының полиция бөлімі",
            "--name-ru",
            "Отдел полиции города Кокшетау",
        ]);
        region.up();
        region
    }

    /// The region of this folder, not started.
    #[must_use]
    pub fn lying(dir: &Path) -> Self {
        let db = format!("sqlite:{}", dir.join("region.db").display());
        Self { db, dir: dir.to_owned(), port: 0, server: None, env: vec![] }
    }

    /// An administration command; its answer.
    pub fn admin(&self, args: &[&str]) -> Value {
        let out = Command::new(bin("esik-server"))
            .args(["--db", &self.db, "admin"])
            .args(args)
            .output()
            .unwrap();
        assert!(out.status.success(), "admin {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).unwrap()
    }

    /// Starts the server; the second time on the port it had.
    pub fn up(&mut self) {
        let listen = format!("127.0.0.1:{}", self.port);
        let mut child = Command::new(bin("esik-server"))
            .args(["--db", &self.db, "--listen", &listen])
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).expect("the server tells where it listens");
        let port = told["listening"].as_str().unwrap().rsplit(':').next().unwrap();
        self.port = port.parse().unwrap();
        self.server = Some(Running(child));
    }

    /// A variable of the server, from its next start on.
    pub fn with(&mut self, name: &str, value: impl Into<OsString>) {
        self.env.push((name.to_owned(), value.into()));
    }

    /// The running server, to be killed while it is asked.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.server.as_ref().expect("it runs").0.id()
    }

    /// Kills the server as it stands.
    pub fn down(&mut self) {
        if let Some(server) = self.server.take() {
            server.kill();
        }
    }

    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// A one-time code for a desk.
    pub fn code(&self) -> String {
        self.admin(&["code", "issue", "--station", "07"])["code"].as_str().unwrap().to_owned()
    }

    /// A clerk of an agency, signed in at the portal.
    pub fn clerk(&self, agency: &str) -> Clerk {
        let login = format!("clerk-{}", agency.to_lowercase());
        let file = self.dir.join("clerk-password");
        std::fs::write(&file, PASSWORD).unwrap();
        self.admin(&[
            "clerk",
            "add",
            "--agency",
            agency,
            "--login",
            &login,
            "--name",
            "Жылу кезекшісі",
            "--password-file",
            file.to_str().unwrap(),
        ]);
        self.sign_in(&login)
    }

    /// Somebody who has an account at the portal already.
    #[must_use]
    pub fn sign_in(&self, login: &str) -> Clerk {
        Clerk::sign_in(&self.url(), &self.ca(), login)
    }

    /// Where it lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.dir
    }

    /// Its own authority, PEM.
    #[must_use]
    pub fn ca(&self) -> Vec<u8> {
        std::fs::read(self.state().join("tls").join("ca.pem")).unwrap()
    }

    /// One of its metrics, by name; the sum over its labels.
    ///
    /// # Panics
    /// When it does not answer, or has no such metric.
    pub async fn metric(&self, name: &str) -> u64 {
        let answer = visitor(&self.ca()).get(format!("{}/metrics", self.url())).send().await;
        let text = answer.unwrap().text().await.unwrap();
        let values = text.lines().filter_map(|line| {
            let (of, value) = line.strip_prefix(name)?.split_once(' ')?;
            (of.is_empty() || of.starts_with('{')).then(|| value.parse::<u64>().unwrap())
        });
        let values: Vec<u64> = values.collect();
        assert!(!values.is_empty(), "no {name} in\n{text}");
        values.iter().sum()
    }

    /// The folder beside the database.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.dir.join("region.db.state")
    }
}

/// Anybody who believes this authority alone.
///
/// # Panics
/// When it is no certificate.
#[must_use]
pub fn visitor(ca: &[u8]) -> reqwest::Client {
    let ca = reqwest::Certificate::from_pem(ca).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([ca]);
    client.redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

/// A clerk's browser without JavaScript: forms and cookies only.
pub struct Clerk {
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    base: String,
    cookie: String,
}

impl Clerk {
    fn sign_in(base: &str, ca: &[u8], login: &str) -> Self {
        let client = visitor(ca);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut clerk = Self { client, runtime, base: base.to_owned(), cookie: String::new() };
        let page = clerk.get("/portal/sign-in");
        let mut fields = hidden(&page);
        fields.push(("login".into(), login.into()));
        fields.push(("password".into(), PASSWORD.into()));
        clerk.post("/portal/sign-in", &fields);
        assert!(!clerk.cookie.is_empty(), "the portal gave a session");
        clerk
    }

    /// A page of the portal as HTML.
    pub fn get(&mut self, path: &str) -> String {
        let request =
            self.client.get(format!("{}{path}", self.base)).header("cookie", self.cookie.clone());
        self.run(request).1
    }

    fn post(&mut self, path: &str, fields: &[(String, String)]) -> (u16, String) {
        let body: String = fields
            .iter()
            .map(|(k, v)| format!("{}={}", encode(k), encode(v)))
            .collect::<Vec<_>>()
            .join("&");
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .header("cookie", self.cookie.clone())
            .header("origin", self.base.clone())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        self.run(request)
    }

    fn run(&mut self, request: reqwest::RequestBuilder) -> (u16, String) {
        let (status, cookies, text) = self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            let cookies: Vec<String> = answer
                .headers()
                .get_all("set-cookie")
                .iter()
                .filter_map(|v| v.to_str().ok()?.split(';').next().map(str::to_owned))
                .collect();
            (status, cookies, answer.text().await.unwrap())
        });
        for new in cookies {
            let name = new.split('=').next().unwrap_or_default().to_owned();
            let mut kept: Vec<String> = self
                .cookie
                .split("; ")
                .filter(|c| !c.is_empty() && c.split('=').next() != Some(&name))
                .map(str::to_owned)
                .collect();
            kept.push(new);
            self.cookie = kept.join("; ");
        }
        (status, text)
    }

    /// Addresses of the requests on the clerk's list.
    pub fn requests(&mut self) -> Vec<String> {
        let page = self.get("/portal");
        let mut out: Vec<String> = page
            .split("href=\"")
            .skip(1)
            .filter_map(|p| p.split('"').next())
            .filter(|p| p.starts_with("/portal/requests/"))
            .map(str::to_owned)
            .collect();
        out.sort();
        out.dedup();
        out
    }

    /// Acts on a request as its form's button would: `register`, `accept`, `reject`, `answer`.
    pub fn act(&mut self, request: &str, act: &str, fields: &[(&str, &str)]) {
        let page = self.get(request);
        let mut all = hidden(&page);
        all.push(("act".into(), act.into()));
        all.extend(fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        let (status, text) = self.post_multipart(request, &all);
        assert!((300..400).contains(&status), "{act} was not taken ({status}): {text}");
    }

    fn post_multipart(&mut self, path: &str, fields: &[(String, String)]) -> (u16, String) {
        let boundary = "esik-test-boundary";
        let mut body = String::new();
        for (k, v) in fields {
            body.push_str(&format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"{k}\"\r\n\r\n{v}\r\n"
            ));
        }
        body.push_str(&format!("--{boundary}--\r\n"));
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .header("cookie", self.cookie.clone())
            .header("origin", self.base.clone())
            .header("content-type", format!("multipart/form-data; boundary={boundary}"))
            .body(body);
        self.run(request)
    }
}

/// Hidden fields of a form: the guard against foreign posts among them.
fn hidden(html: &str) -> Vec<(String, String)> {
    html.split("<input")
        .skip(1)
        .filter_map(|input| {
            let tag = input.split('>').next()?;
            if !tag.contains("type=\"hidden\"") {
                return None;
            }
            let attribute = |name: &str| {
                Some(tag.split(&format!("{name}=\"")).nth(1)?.split('"').next()?.to_owned())
            };
            Some((attribute("name")?, attribute("value").unwrap_or_default()))
        })
        .collect()
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(b).to_string()
            }
            _ => format!("%{b:02X}"),
        })
        .collect()
}
