//! Files of an unfinished intake: they become the case's with it, or go with it.

use crate::append::Pen;
use crate::desk::Open;
use crate::intake::plan::Planned;
use esik_domain::event::{AttachmentLinked, Body, EnclosedFile};
use esik_domain::ids::{Circle, DraftId, OfficerId};
use esik_store::attached::drafts;
use esik_store::{StoreError, Tx};
use rusqlite::Connection;
use serde_json::Map;

/// The events that put a draft's files to the case it becomes.
///
/// # Errors
/// The store's.
pub(crate) fn linked(
    tx: &Tx<'_>,
    pen: &Pen,
    draft: DraftId,
    circle: &Circle,
) -> Result<Vec<Planned>, StoreError> {
    let keys = pen.open.drk.blob_key();
    let mut out = Vec::new();
    for file in drafts::list(tx, pen.open.actor.id, draft)? {
        let key = keys.unwrap_key(&file.file.hash, &file.wrapped)?;
        let body = Body::AttachmentLinked(AttachmentLinked {
            attachment_id: file.id,
            file: file.file,
            key: hex::encode(*key),
            note: file.note,
            not_identity: file.not_identity,
            preview_of: file.preview_of,
            covers: file.covers,
            more: Map::new(),
        });
        out.push(Planned { body, circle: circle.clone() });
    }
    Ok(out)
}

/// The draft's files, as they may go with a request.
///
/// # Errors
/// The store's.
pub(crate) fn enclosed(
    conn: &Connection,
    open: &Open,
    draft: DraftId,
) -> Result<Vec<EnclosedFile>, StoreError> {
    let keys = open.drk.blob_key();
    drafts::list(conn, open.actor.id, draft)?
        .into_iter()
        .filter(|f| f.preview_of.is_none())
        .map(|f| {
            let key = keys.unwrap_key(&f.file.hash, &f.wrapped)?;
            let key = hex::encode(*key);
            Ok(EnclosedFile { attachment_id: f.id, file: f.file, key, note: f.note })
        })
        .collect()
}

/// Where the draft's files lie; to be removed once the draft is gone.
///
/// # Errors
/// The store's.
pub(crate) fn addresses(
    tx: &Tx<'_>,
    officer: OfficerId,
    draft: DraftId,
) -> Result<Vec<String>, StoreError> {
    Ok(drafts::list(tx, officer, draft)?.into_iter().map(|f| f.file.hash).collect())
}

/// Removes those of the files that nothing names any more: a visit, its case and an intake at the door
/// may name the same bytes. What the disk does not let go of is swept at the next start: it is nobody's
/// failure.
pub(crate) fn remove_files(open: &Open, addresses: impl IntoIterator<Item = String>) {
    let wanted = match open.store.read(esik_store::attached::wanted) {
        Ok(wanted) => wanted,
        Err(error) => return tracing::warn!(%error, "it cannot be told what is wanted; all stays"),
    };
    for address in addresses.into_iter().filter(|a| !wanted.contains(a)) {
        if let Err(error) = open.files.remove(&address) {
            tracing::warn!(%error, "a file could not be removed yet");
        }
    }
}
