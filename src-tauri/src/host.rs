//! The window as the core sees it.

use esik_app::api::Changed;
use esik_app::host::{Host, HostError};
use esik_app::platform::{Documents, Platform};
use std::path::PathBuf;
use std::sync::OnceLock;
use tauri::{AppHandle, Emitter as _};

/// Name of the event that tells the screens what changed.
pub const CHANGED: &str = "changed";

/// Documents go to the system's viewer, changes to the web view.
pub struct WindowHost {
    documents: Documents,
    app: OnceLock<AppHandle>,
}

impl WindowHost {
    /// Documents shown lie under the profile until the desk is locked.
    #[must_use]
    pub fn new(profile: PathBuf, platform: Box<dyn Platform>) -> Self {
        Self { documents: Documents::new(profile, platform), app: OnceLock::new() }
    }

    /// The window exists from now on.
    pub fn attach(&self, app: AppHandle) {
        let _ = self.app.set(app);
    }
}

impl Host for WindowHost {
    fn open_document(&self, name: &str, bytes: &[u8]) -> Result<(), HostError> {
        self.documents.open(name, bytes)
    }

    fn save_document(&self, name: &str, bytes: &[u8]) -> Result<String, HostError> {
        self.documents.save(name, bytes)
    }

    fn changed(&self, changed: &Changed) {
        if let Some(app) = self.app.get()
            && let Err(error) = app.emit(CHANGED, changed)
        {
            tracing::warn!(%error, "the window did not take a change");
        }
    }

    fn wipe_documents(&self) {
        self.documents.wipe();
    }

    fn end(&self) {
        if let Some(app) = self.app.get() {
            app.exit(0);
        }
    }
}
