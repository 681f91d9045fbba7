//! Files that hands bring into the window where the web view gives its pages none (WebKitGTK): dropped from a file
//! manager, or a picture from the clipboard. The page learns names and sizes and takes what it was offered by a
//! number; it never names a path. On other systems the page gets files itself and nothing of this is used.

use esik_app::api::Refusal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use tauri::ipc::Response;
use tauri::webview::WebviewWindowBuilder;
use tauri::{AppHandle, DragDropEvent, Emitter as _, Manager, State, WindowEvent, Wry};

/// Name of the event that tells the page of a hand over it.
const HAND: &str = "hand";
/// Files of one drop; more is a slip of the hand, not an attachment.
const MOST: usize = 50;

/// What a hand does over the window.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
enum Hand {
    /// Files are held over the window.
    Over,
    /// They were taken away again.
    Away,
    Dropped {
        files: Vec<Offered>,
    },
}

/// A file the page may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offered {
    id: u32,
    name: String,
    /// Its size in bytes.
    bytes: u64,
}

enum Source {
    File(PathBuf),
    Bytes(Vec<u8>),
}

#[derive(Default)]
struct Inner {
    last: u32,
    held: BTreeMap<u32, Source>,
}

/// What was brought and not taken yet.
#[derive(Default)]
pub struct Hands(Mutex<Inner>);

impl Hands {
    /// Offers these; what was offered before and not taken is forgotten.
    fn offer(&self, brought: Vec<(String, u64, Source)>) -> Vec<Offered> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.held.clear();
        let mut offered = Vec::new();
        for (name, bytes, source) in brought.into_iter().take(MOST) {
            inner.last = inner.last.wrapping_add(1);
            let id = inner.last;
            inner.held.insert(id, source);
            offered.push(Offered { id, name, bytes });
        }
        offered
    }

    /// Files of a file manager; folders and what is no file are not offered.
    fn offer_files(&self, paths: Vec<PathBuf>) -> Vec<Offered> {
        let files = paths.into_iter().filter_map(|path| {
            let about = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
            let name = path.file_name()?.to_string_lossy().into_owned();
            Some((name, about.len(), Source::File(path)))
        });
        self.offer(files.collect())
    }

    fn take(&self, id: u32) -> Option<Source> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).held.remove(&id)
    }
}

/// The bytes of something offered, once.
///
/// # Errors
/// `attachment_unreadable` when it was taken before, was never offered, or cannot be read any more.
#[tauri::command]
pub async fn hand_take(hands: State<'_, Hands>, id: u32) -> Result<Response, Refusal> {
    let gone = || esik_app::refusal("attachment_unreadable");
    match hands.take(id).ok_or_else(gone)? {
        Source::Bytes(bytes) => Ok(Response::new(bytes)),
        Source::File(path) => {
            let read = tauri::async_runtime::spawn_blocking(move || std::fs::read(path)).await;
            Ok(Response::new(read.map_err(|_| gone())?.map_err(|_| gone())?))
        }
    }
}

/// Offers what lies in the clipboard when somebody pastes: a picture, else files copied in a file manager.
///
/// # Errors
/// None in fact: what cannot be read is not offered.
#[tauri::command]
pub async fn hand_paste(app: AppHandle, hands: State<'_, Hands>) -> Result<Vec<Offered>, Refusal> {
    Ok(clipboard::read(&app, &hands).await)
}

/// The window of a page that is given no files takes drops itself; elsewhere it keeps out of it.
pub fn who_takes_drops<'a, M: Manager<Wry>>(
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    if cfg!(target_os = "linux") { builder } else { builder.disable_drag_drop_handler() }
}

/// Tells the page of files over the window.
pub fn over(app: &AppHandle, event: &WindowEvent) {
    let WindowEvent::DragDrop(event) = event else { return };
    let hand = match event {
        DragDropEvent::Enter { .. } => Hand::Over,
        DragDropEvent::Leave => Hand::Away,
        DragDropEvent::Drop { paths, .. } => {
            Hand::Dropped { files: app.state::<Hands>().offer_files(paths.clone()) }
        }
        _ => return,
    };
    if let Err(error) = app.emit(HAND, hand) {
        tracing::warn!(%error, "the window was not told of a drop");
    }
}

#[cfg(target_os = "linux")]
mod clipboard {
    use super::{Hands, Offered, Source};
    use std::path::PathBuf;
    use std::time::Duration;
    use tauri::AppHandle;

    /// Whoever holds the clipboard may never answer.
    const PATIENCE: Duration = Duration::from_secs(5);

    enum Found {
        Picture(Vec<u8>),
        Files(Vec<PathBuf>),
    }

    pub(super) async fn read(app: &AppHandle, hands: &Hands) -> Vec<Offered> {
        let (tell, hear) = tokio::sync::oneshot::channel();
        // GTK is asked from its own thread, and answers when the holder has answered.
        let asked = app.run_on_main_thread(move || {
            let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
            clipboard.request_image(move |clipboard, picture| {
                let png = picture.and_then(|p| p.save_to_bufferv("png", &[]).ok());
                if let Some(png) = png {
                    let _ = tell.send(Found::Picture(png));
                    return;
                }
                clipboard.request_uris(move |_, uris| {
                    let files = uris.iter().filter_map(|uri| glib::filename_from_uri(uri).ok());
                    let _ = tell.send(Found::Files(files.map(|(path, _)| path).collect()));
                });
            });
        });
        if asked.is_err() {
            return Vec::new();
        }
        match tokio::time::timeout(PATIENCE, hear).await {
            Ok(Ok(Found::Picture(png))) => {
                let bytes = u64::try_from(png.len()).unwrap_or(u64::MAX);
                // As web views call it; the page names it by its time.
                hands.offer(vec![("image.png".to_owned(), bytes, Source::Bytes(png))])
            }
            Ok(Ok(Found::Files(paths))) => hands.offer_files(paths),
            _ => Vec::new(),
        }
    }
}

/// Elsewhere the page gets what is pasted itself.
#[cfg(not(target_os = "linux"))]
mod clipboard {
    use super::{Hands, Offered};

    pub(super) async fn read(_: &tauri::AppHandle, _: &Hands) -> Vec<Offered> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_is_taken_once_and_folders_are_no_files() {
        let dir = tempfile::tempdir().unwrap();
        let letter = dir.path().join("хат.txt");
        std::fs::write(&letter, "абв").unwrap();
        let hands = Hands::default();
        let paths = vec![letter, dir.path().to_owned(), dir.path().join("нет")];
        let offered = hands.offer_files(paths);
        assert_eq!(offered, [Offered { id: 1, name: "хат.txt".to_owned(), bytes: 6 }]);
        assert!(matches!(hands.take(1), Some(Source::File(_))));
        assert!(hands.take(1).is_none() && hands.take(7).is_none());
    }

    #[test]
    fn a_new_drop_forgets_what_was_not_taken_and_has_its_limit() {
        let hands = Hands::default();
        let many = || (0..60).map(|_| (String::new(), 0, Source::Bytes(Vec::new()))).collect();
        assert_eq!(hands.offer(many()).len(), MOST);
        let second = hands.offer(many());
        assert_eq!(second.first().map(|o| o.id), Some(51));
        assert!(hands.take(1).is_none());
    }
}
