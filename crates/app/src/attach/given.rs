//! Which of the files chosen for a request its body will not be given: said before it leaves, by the rule the region
//! gives by (docs/adr/0037).

use super::open::find;
use crate::api::{AttachmentOpen, AttachmentsChosen, AttachmentsNotGiven, NotGivenFile};
use crate::desk::Desk;
use crate::error::AppError;
use esik_domain::attached::{ATTACHED_MAX, NotGiven, given};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What was found of files looked through in this session, by their address. Looking through one of 50 MiB costs time
/// and memory, and what it says never changes.
#[derive(Debug, Default)]
pub struct LookedThrough(Mutex<HashMap<String, Option<NotGiven>>>);

/// Looks through the chosen files that lie on this computer; of the others nothing can be said.
///
/// # Errors
/// `bad_request` for more than a case may have, `not_found` for one he may not see.
pub fn attachments_not_given(
    desk: &Desk,
    r: AttachmentsChosen,
) -> Result<AttachmentsNotGiven, AppError> {
    let open = desk.opened()?;
    if r.ids.len() > ATTACHED_MAX {
        return Err(AppError::refused("bad_request"));
    }
    let mut files = Vec::new();
    for id in r.ids {
        let (file, key) = find(&open, &AttachmentOpen { to: r.to, id, sure: false })?;
        // One at a time: each is held in memory a few times over.
        let mut known = open.looked_through.0.lock().unwrap_or_else(PoisonError::into_inner);
        let why = match known.get(&file.hash) {
            Some(why) => *why,
            None if !open.files.has(&file.hash) => None,
            None => {
                let Ok(bytes) = open.files.read(&file.hash, &key) else { continue };
                let why = given(&file.media_type, &file.name, &bytes).err();
                known.insert(file.hash, why);
                why
            }
        };
        files.extend(why.map(|why| NotGivenFile { id, why }));
    }
    Ok(AttachmentsNotGiven { files })
}
