//! Small pictures of attached ones: made when the file is put here, a file of their own that travels before it.
//! What is drawn in the window is made anew from the small picture here (docs/adr/0012, docs/adr/0019).

use super::open::find;
use crate::api::{AttachTo, AttachmentFetch, AttachmentOpen, AttachmentPreview};
use crate::desk::{Desk, Open};
use crate::env::fill;
use crate::error::AppError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use esik_domain::attached::small_picture;
use esik_domain::event::FileRef;
use esik_store::attached::Sealed;
/// What is drawn may come from another desk: nothing larger is read, in bytes.
const PREVIEW_BYTES_MAX: u64 = 128 * 1024;
/// Type of every small picture.
const TYPE: &str = "image/jpeg";

/// Makes, seals and keeps the small picture of a file that was just sealed. A desk without it has lost
/// nothing: whatever goes wrong, there is none.
pub(super) fn of(
    open: &Open,
    whole: &Sealed,
    name: &str,
    media_type: &str,
) -> Option<(FileRef, Sealed)> {
    let made = || -> Result<Option<Sealed>, AppError> {
        if !media_type.starts_with("image/") {
            return Ok(None);
        }
        let bytes = open.files.read(&whole.address, &whole.key)?;
        let Some(small) = small_picture(media_type, &bytes) else { return Ok(None) };
        let mut sealer = open.files.begin(&mut |out| fill(out))?;
        sealer.push(&small)?;
        Ok(Some(sealer.finish()?))
    };
    let sealed = made().unwrap_or_else(|error| {
        tracing::warn!(%error, "no small picture");
        None
    })?;
    let file = FileRef {
        hash: sealed.address.clone(),
        name: name.to_owned(),
        media_type: TYPE.to_owned(),
        bytes: sealed.bytes,
    };
    Some((file, sealed))
}

/// The small picture to be drawn. One that is at the region only is asked for, and comes before every large file.
///
/// # Errors
/// `not_found` for a file he may not know of.
pub fn attachment_preview(desk: &Desk, r: AttachmentFetch) -> Result<AttachmentPreview, AppError> {
    let open = desk.opened()?;
    let (file, key) = find(&open, &AttachmentOpen { to: r.to, id: r.id, sure: false })?;
    if let AttachTo::Case { id, .. } = r.to {
        crate::look::touched(desk, &open, id)?;
    }
    let none = Ok(AttachmentPreview { jpeg: None });
    if file.bytes > PREVIEW_BYTES_MAX {
        return none;
    }
    if open.files.has(&file.hash) {
        // What another desk sent is drawn again here, or not at all.
        let jpeg = open.files.read(&file.hash, &key).ok().and_then(|b| small_picture(TYPE, &b));
        return Ok(AttachmentPreview { jpeg: jpeg.map(|j| B64.encode(j)) });
    }
    let address = file.hash;
    let known = open.store.read(|conn| esik_store::attached::travel::of(conn, &address))?;
    if !known.asked && crate::sync::region(&open)?.is_some() {
        open.store.write(move |tx| esik_store::attached::travel::ask(tx, &address))?;
        if let Some(engine) = desk.inner().engine.as_ref() {
            engine.wake();
        }
    }
    none
}
