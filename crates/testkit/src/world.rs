//! A region on loopback TLS with its stations and desks.

use crate::{TestClock, TestDesk};
use ed25519_dalek::SigningKey;
use esik_domain::ids::OfficerId;
use esik_server::site::Site;
use esik_server::warrant::Instead;
use esik_server::{Env, Region, Running, serve};
use esik_wire::signed::key_text;
use esik_wire::{LocalName, OfficerCard, Vouching};
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Where the region keeps what it has.
const OWN: &str = "region";
/// Where its copy lies.
const TWIN: &str = "twin";

/// Everything a story needs.
pub struct World {
    pub clock: TestClock,
    pub region: Arc<Region>,
    pub addr: SocketAddr,
    /// Lies where no server is: what the operator signs with.
    pub warrant: SigningKey,
    site: Site,
    env: Env,
    server: Option<Running>,
    dir: TempDir,
    runtime: Runtime,
}

impl World {
    /// A region with the station 07, on Friday 20 November 2026, ten in the morning in Kokshetau.
    pub fn new() -> Self {
        Self::at("2026-11-20T05:00:00Z")
    }

    pub fn at(instant: &str) -> Self {
        Self::in_place(instant, |dir| Site::new(&dir.join("region.db"), None))
    }

    /// As [`Self::new`], with everything the region has in one folder: [`Self::copy_region`] can take it.
    pub fn to_be_copied() -> Self {
        Self::in_place("2026-11-20T05:00:00Z", |dir| {
            std::fs::create_dir(dir.join(OWN)).expect("a folder");
            Site::new(&dir.join(OWN).join("region.db"), None)
        })
    }

    /// As [`Self::new`], with the region where `place` says; it gets the folder of the world.
    pub fn in_place(instant: &str, place: impl FnOnce(&std::path::Path) -> Site) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let dir = TempDir::new().expect("a folder");
        let clock = TestClock::at(instant);
        let ticking = clock.clone();
        let env =
            Env::new(move || ticking.now(), |bytes| getrandom::fill(bytes).expect("randomness"));
        let site = place(dir.path());
        let name = LocalName {
            kk: "Ақмола облысы".into(), ru: "Акмолинская область".into()
        };
        site.create(&env, "akmola", name, &["localhost".into(), "127.0.0.1".into()])
            .expect("a region");
        let region = site.open(env.clone()).expect("the region opens");
        region
            .add_station(
                "07",
                LocalName {
                    kk: "Көкшетау қалалық полиция басқармасы".into(),
                    ru: "УП города Кокшетау".into(),
                },
            )
            .expect("a station");
        let warrant = SigningKey::from_bytes(&[9; 32]);
        region
            .set_warrant(&key_text(&warrant.verifying_key()), Instead::Nothing)
            .expect("a warrant key");
        let tls = site.tls().server_config(&env).expect("certificates");
        let server = runtime
            .block_on(serve(region.clone(), ([127, 0, 0, 1], 0).into(), tls))
            .expect("the server listens");
        let addr = server.addr;
        Self { clock, region, addr, warrant, site, env, server: Some(server), dir, runtime }
    }

    /// A desk of the station, joined to the region, its first officer signed in.
    pub fn desk(&self, surname: &str) -> TestDesk {
        let desk = self.unjoined_desk(surname);
        self.join(&desk);
        desk
    }

    /// Somebody of a body can sign in to the portal: what is sent to it is delivered.
    pub fn served(self, agency: &str) -> Self {
        let clerk = esik_server::portal::NewClerk {
            agency: agency.to_owned(),
            login: format!("clerk.{}", agency.to_lowercase()),
            name: "Оператор органа".to_owned(),
            password: crate::PASSWORD.to_owned(),
        };
        self.region.add_clerk(clerk).expect("a clerk is added");
        self
    }

    /// A desk that has not joined.
    pub fn unjoined_desk(&self, surname: &str) -> TestDesk {
        let dir = self.dir.path().join(format!("desk-{surname}"));
        TestDesk::set_up(&dir, surname, &self.clock, self.runtime.handle())
    }

    /// The program on a profile that is there already, nobody signed in.
    pub fn started(&self, dir: &std::path::Path) -> TestDesk {
        TestDesk::start(dir, &self.clock, self.runtime.handle())
    }

    /// Joins a desk to the station 07; the operator vouches for whoever joins it.
    pub fn join(&self, desk: &TestDesk) {
        self.join_unvouched(desk);
        self.vouch(desk);
        desk.sync();
    }

    /// Joins a desk to the station 07, and nobody has vouched for its officers.
    pub fn join_unvouched(&self, desk: &TestDesk) {
        desk.ok(
            "profile_enroll",
            serde_json::json!({ "server": self.url(), "code": self.code("07") }),
        );
    }

    /// The operator vouches for whoever is signed in at a desk.
    pub fn vouch(&self, desk: &TestDesk) {
        self.vouch_for(desk.desk.opened().expect("somebody is signed in").actor.id);
    }

    /// The operator vouches for an officer.
    pub fn vouch_for(&self, officer: OfficerId) {
        let card = self.card(officer);
        let voucher = card.warrant(&self.warrant);
        self.region.warrant_officer(&Vouching { officer, voucher }).expect("the word fits");
    }

    /// An officer as the region has him.
    pub fn card(&self, officer: OfficerId) -> OfficerCard {
        let found = self.region.store().officers(&[officer]).expect("the store works");
        found.into_iter().next().expect("the region knows him").card
    }

    /// A one-time code with the fingerprint of the region's CA.
    pub fn code(&self, station: &str) -> String {
        let fingerprint = self.site.tls().ca_fingerprint().expect("a CA");
        let issued = self
            .region
            .issue_code(station, 10, &fingerprint)
            .expect("the store works")
            .expect("the station is there");
        issued.code
    }

    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.addr.port())
    }

    /// The server is killed, as a power cut would.
    pub fn region_down(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.kill());
        }
    }

    /// It comes back on the same port, opened from the disk.
    pub fn region_up(&mut self) {
        let region = self.site.open(self.env.clone()).expect("the region opens");
        let tls = self.site.tls().server_config(&self.env).expect("certificates");
        let server = self
            .runtime
            .block_on(serve(region.clone(), self.addr, tls))
            .expect("the server listens again");
        self.region = region;
        self.server = Some(server);
    }

    /// Where the region lies.
    pub fn site(&self) -> &Site {
        &self.site
    }

    pub fn env(&self) -> Env {
        self.env.clone()
    }

    /// From now on the region lies somewhere else; what was open at the old place is let go.
    pub fn lies_in(&mut self, site: Site) {
        self.region_down();
        let files = self.dir.path().join("nowhere");
        self.region = Region::in_memory(self.env(), "nowhere", String::new(), files)
            .expect("a region of nobody");
        self.site = site;
    }

    /// What an untrue administrator keeps: a copy of everything the region has. The region must be down, and of
    /// [`Self::to_be_copied`].
    pub fn copy_region(&self) {
        let (from, to) = (self.dir.path().join(OWN), self.dir.path().join(TWIN));
        std::fs::create_dir(&to).expect("a folder");
        let mut folders = vec![from.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
                let path = entry.path();
                let target = to.join(path.strip_prefix(&from).expect("inside"));
                if path.is_dir() {
                    std::fs::create_dir(&target).expect("a folder");
                    folders.push(path);
                } else {
                    std::fs::copy(&path, &target).expect("a copy");
                }
            }
        }
    }

    /// From the next [`Self::region_up`] on the copy answers, with the same key and certificates; or the
    /// region itself again.
    pub fn answer_with_the_copy(&mut self, copy: bool) {
        let folder = self.dir.path().join(if copy { TWIN } else { OWN });
        self.lies_in(Site::new(&folder.join("region.db"), None));
    }

    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    pub fn folder(&self) -> &std::path::Path {
        self.dir.path()
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
