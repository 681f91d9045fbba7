//! The engine that syncs by itself while an officer is signed in.

use super::{StoreLocal, client, region};
use crate::api::Changed;
use crate::desk::{Desk, Open};
use crate::env::{Env, fill};
use crate::error::AppError;
use chrono::{DateTime, Utc};
use esik_domain::ids::CaseId;
use esik_sync::{Clock, Engine, Local, Summary, SyncStop, Wake};
use std::sync::Arc;
use tokio::runtime::Handle;

/// The running engine of an open desk.
pub struct Background {
    engine: Engine,
}

impl Background {
    /// Starts it; `None` while the desk has not joined a region.
    ///
    /// # Errors
    /// When what is known of the region cannot be used.
    pub fn start(desk: &Desk, open: &Arc<Open>) -> Result<Option<Self>, AppError> {
        // A practice desk has no engine, also when somebody wrote a region into its database.
        if open.is_practice() || region(open)?.is_none() {
            return Ok(None);
        }
        let api = client(open)?;
        let local = local(desk, Arc::clone(open));
        let clock: Arc<dyn Clock> = Arc::new(EngineClock::new(desk.env().clone()));
        let watcher = super::now::watcher(desk);
        let engine = Engine::start(desk.runtime(), Arc::new(api), local, clock, watcher);
        Ok(Some(Self { engine }))
    }

    /// Something was saved.
    pub fn wake(&self) {
        self.engine.wake(Wake::Saved);
    }

    /// A round is going on.
    #[must_use]
    pub fn running(&self) -> bool {
        self.engine.status().borrow().running
    }

    /// A person's press, and how the round ended.
    pub fn press(&self) -> impl Future<Output = Result<Summary, SyncStop>> + Send + use<> {
        self.engine.sync_now()
    }

    /// What the last call said; `None` before the first.
    #[must_use]
    pub fn online(&self) -> Option<bool> {
        let status = self.engine.status();
        let status = status.borrow();
        status.last_attempt.map(|_| status.online)
    }

    /// Stops it; a call under way is given up, nothing is lost by that.
    pub fn stop(self, runtime: &Handle) {
        runtime.block_on(self.engine.stop());
    }
}

/// Device time as a function.
fn telling(env: &Env) -> Arc<dyn Fn() -> DateTime<Utc> + Send + Sync> {
    let env = env.clone();
    Arc::new(move || env.now())
}

/// The desk as the engine sees it; screens learn what changed.
pub(super) fn local(desk: &Desk, open: Arc<Open>) -> Arc<dyn Local> {
    let (host, of_files) = (Arc::clone(desk.host()), Arc::clone(desk.host()));
    Arc::new(StoreLocal::new(
        open,
        telling(desk.env()),
        Arc::new(move |cases| host.changed(&changed(&cases))),
        Arc::new(move || {
            let lists = ["files", "sync"].map(str::to_owned).to_vec();
            of_files.changed(&Changed { cases: Vec::new(), lists });
        }),
    ))
}

/// The screen refreshes what the region changed.
#[must_use]
pub fn changed(cases: &[CaseId]) -> Changed {
    // Receipts of hand-overs come with any answer of the region, also one that changes no case.
    let mut lists = ["sync", "shift", "round", "publications"].map(str::to_owned).to_vec();
    if !cases.is_empty() {
        lists.extend(["reception", "control", "queue"].map(str::to_owned));
    }
    Changed { cases: cases.iter().map(ToString::to_string).collect(), lists }
}

/// The desk's time and randomness, as the engine takes them.
pub struct EngineClock {
    env: Env,
}

impl EngineClock {
    /// Over the desk's environment.
    #[must_use]
    pub fn new(env: Env) -> Self {
        Self { env }
    }
}

impl Clock for EngineClock {
    fn now(&self) -> DateTime<Utc> {
        self.env.now()
    }
    fn random(&self) -> f64 {
        let mut bytes = [0; 4];
        fill(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}
