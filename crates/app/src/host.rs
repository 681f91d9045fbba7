//! What the core asks of the program around it: the window, or the headless host of tests.

use crate::api::Changed;

/// Why a host could not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HostError(pub String);

/// The program around the core.
pub trait Host: Send + Sync + 'static {
    /// Hands a document to the person's viewer (or the spooler). `name` is a bare file name.
    /// The file lies in a private directory that is wiped at lock.
    ///
    /// # Errors
    /// When no viewer could be started.
    fn open_document(&self, name: &str, bytes: &[u8]) -> Result<(), HostError>;
    /// Saves a plain copy under a new name where the person keeps what was downloaded; its path. An old
    /// file is never written over.
    ///
    /// # Errors
    /// When there is no such folder, or it cannot be written.
    fn save_document(&self, name: &str, bytes: &[u8]) -> Result<String, HostError>;
    /// Something changed without the screen having asked: an answer arrived, sync went on.
    fn changed(&self, changed: &Changed);
    /// Documents shown so far are removed.
    fn wipe_documents(&self);
    /// The program ends: somebody closes the window and was asked about what waits. A host without a window
    /// goes on.
    fn end(&self) {}
}
