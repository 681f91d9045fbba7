//! What waits goes on while the desk is locked (docs/adr/0025): sealed segments written at lock, sent without keys.

use crate::bundle::{read, sealed, take_all, with_ending, write};
use crate::desk::{Desk, Open};
use crate::env::{Env, fill};
use crate::error::AppError;
use crate::sync::{ATTEMPT, EngineClock, LastAttempt, nonce};
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use esik_domain::ids::DeviceId;
use esik_sync::{Clock as _, HttpRegion, retry};
use esik_wire::bundle::{BUNDLE_BYTES_MAX, BUNDLE_ENDING, RECEIPT_ENDING, head};
use esik_wire::{ApiErrorCode, SyncFailure};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// Folder of the profile.
const FOLDER: &str = "spool";
/// Where it goes to, and what the locked screen tells.
const ABOUT: &str = "about.json";
/// Segments written at one lock, at most: locking stays a matter of a moment. The rest waits for the next sign-in.
const SEGMENTS_MAX: usize = 20;

/// What a locked desk knows of its region. Nothing secret, nothing of any citizen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct About {
    server: String,
    ca_pem: String,
    device: DeviceId,
    /// Device time of the last contact that went well before the lock.
    last_success: Option<DateTime<Utc>>,
    /// Events that wait and are in no segment here.
    beside: u64,
}

/// What waits at a locked desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub events: u64,
    pub last_success: Option<DateTime<Utc>>,
}

/// How a try to send what is there ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// Nothing is left.
    All,
    /// The region asks to come again after so many seconds.
    Later(Option<u64>),
    /// The region could not be asked.
    Failed(SyncFailure),
    /// The region does not take it so; the engine has to speak with it when somebody is signed in.
    Refused(ApiErrorCode),
}

fn folder(profile: &Path) -> PathBuf {
    profile.join(FOLDER)
}

fn about(profile: &Path) -> Option<About> {
    serde_json::from_slice(&std::fs::read(folder(profile).join(ABOUT)).ok()?).ok()
}

fn forget(profile: &Path) {
    match std::fs::remove_dir_all(folder(profile)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, "the spool could not be emptied");
        }
        _ => {}
    }
}

/// Writes what waits, sealed to the region, before the keys are dropped. A desk that never met a region, and a
/// practice desk, write nothing.
pub(crate) fn keep(open: &Open, profile: &Path, now: DateTime<Utc>) {
    forget(profile);
    if open.is_practice() {
        return;
    }
    if let Err(error) = written(open, profile, now) {
        // Nothing is lost by it: all of it waits in the database.
        tracing::warn!(%error, "what waits could not be written for the time of the lock");
        forget(profile);
    }
}

fn written(open: &Open, profile: &Path, now: DateTime<Utc>) -> Result<(), AppError> {
    let Some(region) = crate::sync::region(open)? else { return Ok(()) };
    let (unsent, attempt) = open.store.read(|conn| {
        let attempt: Option<LastAttempt> = esik_store::meta::get(conn, ATTEMPT)?;
        Ok((esik_store::log::unsent_count(conn)?, attempt))
    })?;
    let to = folder(profile);
    std::fs::create_dir_all(&to)?;
    let (mut segments, mut events) = (0, 0);
    if unsent > 0 {
        sealed(open, now, &mut |sealed| {
            write(&to, &sealed.file, &sealed.bytes)?;
            events += sealed.events;
            segments += 1;
            Ok(segments < SEGMENTS_MAX)
        })?;
    }
    let about = About {
        server: region.server,
        ca_pem: region.ca_pem,
        device: open.device_id,
        last_success: attempt.and_then(|a| a.success_at),
        beside: unsent.saturating_sub(events),
    };
    let text = serde_json::to_vec(&about).map_err(|e| AppError::Internal(e.to_string()))?;
    write(&to, ABOUT, &text)
}

/// Takes the answers that came meanwhile; from now on the engine sends.
pub(crate) fn take(open: &Open, profile: &Path) {
    let at = folder(profile);
    if with_ending(&at, RECEIPT_ENDING).is_ok_and(|all| !all.is_empty()) {
        match take_all(open, &at) {
            Ok(done) => tracing::info!(events = done.events, "were acknowledged while locked"),
            // The engine sends the same again and hears the same verdicts.
            Err(error) => tracing::warn!(%error, "answers that came while locked were not taken"),
        }
    }
    forget(profile);
}

/// What waits at this locked desk; `None` when nobody has written it down.
#[must_use]
pub fn waiting(profile: &Path) -> Option<Waiting> {
    let about = about(profile)?;
    let bundles = with_ending(&folder(profile), BUNDLE_ENDING).unwrap_or_default();
    let events: u64 = bundles
        .iter()
        .filter_map(|path| head(&read(path, BUNDLE_BYTES_MAX).ok()?).ok())
        .map(|h| (h.last_seq + 1).saturating_sub(h.first_seq))
        .sum();
    Some(Waiting { events: events + about.beside, last_success: about.last_success })
}

/// Sends what is there, in its order; each answer lies beside until somebody signs in.
pub async fn deliver(profile: &Path) -> Delivered {
    let at = folder(profile);
    let (Some(about), Ok(bundles)) = (about(profile), with_ending(&at, BUNDLE_ENDING)) else {
        return Delivered::All;
    };
    let mut seed = [0; 32];
    fill(&mut seed);
    // The region looks at nobody's signature here; a request has one all the same.
    let nobody = SigningKey::from_bytes(&seed);
    let region = match HttpRegion::new(&about.server, &about.ca_pem, about.device, nobody, nonce())
    {
        Ok(region) => region,
        Err(error) => {
            tracing::warn!(%error, "the region's address cannot be used");
            return Delivered::Refused(ApiErrorCode::NotFound);
        }
    };
    for path in bundles {
        let Ok(bytes) = read(&path, BUNDLE_BYTES_MAX) else { return Delivered::All };
        let receipt = match region.spool(bytes).await {
            Ok(receipt) => receipt,
            Err(SyncFailure::Refused(e)) if e.code == ApiErrorCode::Internal => {
                return Delivered::Failed(SyncFailure::Refused(e));
            }
            Err(SyncFailure::Refused(e)) => {
                return match e.code {
                    ApiErrorCode::Busy | ApiErrorCode::Quota | ApiErrorCode::TooOften => {
                        Delivered::Later(e.retry_after_s)
                    }
                    code => Delivered::Refused(code),
                };
            }
            Err(failure) => return Delivered::Failed(failure),
        };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let kept = serde_json::to_vec(&receipt)
            .map_err(|e| AppError::Internal(e.to_string()))
            .and_then(|text| write(&at, &format!("{stem}.{RECEIPT_ENDING}"), &text));
        if let Err(error) = kept {
            tracing::warn!(%error, "an answer could not be kept");
            return Delivered::Failed(SyncFailure::Unreachable);
        }
        // Its answer is here: sent once more it would only be heard again.
        let _ = std::fs::remove_file(&path);
    }
    Delivered::All
}

/// Sends by itself until everything went, or somebody signs in.
pub(crate) struct Spooler {
    task: JoinHandle<()>,
}

impl Spooler {
    /// Starts when there is something to send.
    pub(crate) fn start(desk: &Desk) -> Option<Self> {
        let profile = desk.dir().to_owned();
        let device = about(&profile)?.device;
        if with_ending(&folder(&profile), BUNDLE_ENDING).ok()?.is_empty() {
            return None;
        }
        let (env, host) = (desk.env().clone(), desk.host().clone());
        let told = move || {
            let lists = vec!["sync".to_owned()];
            host.changed(&crate::api::Changed { cases: Vec::new(), lists });
        };
        Some(Self { task: desk.runtime().spawn(run(profile, device, env, told)) })
    }

    /// It is still at it.
    pub(crate) fn runs(&self) -> bool {
        !self.task.is_finished()
    }

    /// Stops it and waits until it has let go of the folder.
    pub(crate) fn stop(self, runtime: &Handle) {
        self.task.abort();
        let _ = runtime.block_on(self.task);
    }
}

async fn run(profile: PathBuf, device: DeviceId, env: Env, told: impl Fn()) {
    let clock = EngineClock::new(env);
    let mut failures = 0;
    loop {
        let delivered = deliver(&profile).await;
        told();
        let pause = match &delivered {
            Delivered::All => return,
            Delivered::Refused(code) => {
                tracing::info!(?code, "the region takes it from nobody but a signed-in desk");
                return;
            }
            Delivered::Later(seconds) => retry::busy_pause(*seconds, clock.random()),
            Delivered::Failed(failure) => {
                tracing::debug!(%failure, "what waits could not be sent while locked");
                failures += 1;
                let pause = retry::round_pause(failures, 0, clock.random());
                pause.min(retry::until_evening(clock.now(), device)).max(Duration::from_millis(500))
            }
        };
        clock.sleep(pause).await;
    }
}
