//! The headless host: changes go to whoever listens, documents to the viewer that is configured.

use esik_app::api::Changed;
use esik_app::host::{Host, HostError};
use esik_app::platform::{Documents, ThisMachine};
use std::path::Path;
use tokio::sync::broadcast;

/// Host of `rpc` and `serve`.
pub struct HeadlessHost {
    documents: Documents,
    changes: broadcast::Sender<Changed>,
}

impl HeadlessHost {
    /// Documents shown lie under the profile until the desk is locked.
    #[must_use]
    pub fn new(profile: &Path) -> Self {
        let (changes, _) = broadcast::channel(256);
        Self { documents: Documents::new(profile.to_owned(), Box::new(ThisMachine)), changes }
    }

    /// Changes from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Changed> {
        self.changes.subscribe()
    }
}

impl Host for HeadlessHost {
    fn open_document(&self, name: &str, bytes: &[u8]) -> Result<(), HostError> {
        self.documents.open(name, bytes)
    }
    fn save_document(&self, name: &str, bytes: &[u8]) -> Result<String, HostError> {
        self.documents.save(name, bytes)
    }
    fn changed(&self, changed: &Changed) {
        // Nobody listening is not an error.
        let _ = self.changes.send(changed.clone());
    }
    fn wipe_documents(&self) {
        self.documents.wipe();
    }
}
