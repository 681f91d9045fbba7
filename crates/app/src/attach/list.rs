//! The files of a case or a draft, as this officer may see them.

use super::{case, of_place};
use crate::api::{AttachTo, AttachmentGone, AttachmentLine, Attachments, Travel};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use chrono::{DateTime, Utc};
use esik_domain::attached::{
    ATTACHED_BYTES_MAX, ATTACHED_MAX, Danger, NOTE_CHARS_MAX, can_cover, danger,
    looks_like_identity,
};
use esik_domain::event::FileRef;
use esik_domain::ids::{AttachmentId, OfficerId};
use std::collections::{BTreeSet, HashMap};

/// Lists them in the order they came, those taken back among them.
///
/// # Errors
/// `not_found` for a case he may not know of, or another officer's draft or beat.
pub fn attachment_list(desk: &Desk, to: AttachTo) -> Result<Attachments, AppError> {
    let open = desk.opened()?;
    let files = match to {
        AttachTo::Case { id, .. } | AttachTo::Place { id } => {
            let names: HashMap<OfficerId, String> = open
                .store
                .read(esik_store::officers::list)?
                .into_iter()
                .map(|o| (o.card.id, o.card.name))
                .collect();
            let name = |id: OfficerId| names.get(&id).cloned().unwrap_or_default();
            let files = match to {
                // The last visit's are what one looks for; a beat is kept for years.
                AttachTo::Place { .. } => {
                    of_place::all(&open, id)?.into_iter().rev().take(ATTACHED_MAX).collect()
                }
                _ => {
                    let case = case(&open, id)?;
                    crate::look::touched(desk, &open, id)?;
                    case.attachments
                }
            };
            let previews =
                previews(files.iter().filter(|a| a.withdrawn.is_none()), |a| (a.preview_of, a.id));
            let covered: BTreeSet<AttachmentId> =
                files.iter().filter(|a| a.is_kept()).filter_map(|a| a.covers).collect();
            files
                .into_iter()
                .filter(|a| a.preview_of.is_none())
                .map(|a| {
                    let way = travel(&open, &a.file.hash)?;
                    let mut line = line(&open, a.id, a.file, a.at, name(a.by), way);
                    line.note = a.note;
                    line.preview = previews.get(&a.id).copied();
                    (line.covered_of, line.has_covered) = (a.covers, covered.contains(&a.id));
                    line.withdrawn = a.withdrawn.map(|stamp| AttachmentGone {
                        at: stamp.at,
                        who: stamp.by.parse().map(name).unwrap_or_default(),
                        reason: a.reason,
                    });
                    Ok(line)
                })
                .collect::<Result<_, AppError>>()?
        }
        AttachTo::Draft { id } => {
            super::own_draft(&open, id)?;
            let me = open.actor.id;
            let files = open.store.read(|conn| esik_store::attached::drafts::list(conn, me, id))?;
            let previews = previews(files.iter(), |f| (f.preview_of, f.id));
            let covered: BTreeSet<AttachmentId> = files.iter().filter_map(|f| f.covers).collect();
            files
                .into_iter()
                .filter(|f| f.preview_of.is_none())
                .map(|f| {
                    let mut line =
                        line(&open, f.id, f.file, f.at, open.name.clone(), Travel::Stays);
                    line.note = f.note;
                    line.preview = previews.get(&line.id).copied();
                    (line.covered_of, line.has_covered) = (f.covers, covered.contains(&f.id));
                    line
                })
                .collect()
        }
    };
    Ok(Attachments {
        files,
        most: u32::try_from(ATTACHED_MAX).unwrap_or(u32::MAX),
        note_max: u32::try_from(NOTE_CHARS_MAX).unwrap_or(u32::MAX),
        bytes_max: ATTACHED_BYTES_MAX,
    })
}

/// Ids of small pictures by the file each is of.
fn previews<'a, T: 'a>(
    of: impl Iterator<Item = &'a T>,
    ids: impl Fn(&T) -> (Option<AttachmentId>, AttachmentId),
) -> HashMap<AttachmentId, AttachmentId> {
    of.filter_map(|one| ids(one).0.map(|whole| (whole, ids(one).1))).collect()
}

/// Where its bytes are on their way.
fn travel(open: &Open, address: &str) -> Result<Travel, AppError> {
    if crate::sync::region(open)?.is_none() {
        return Ok(Travel::Stays);
    }
    let way = open.store.read(|conn| esik_store::attached::travel::of(conn, address))?;
    let (done, of) = (way.done, way.chunks);
    Ok(match (open.files.has(address), way) {
        (true, way) if way.arrived => Travel::Arrived,
        (true, way) if of == 0 || way.why.is_some() => Travel::Waits { why: way.why },
        (true, _) => Travel::Goes { done, of },
        (false, way) if way.missing => Travel::Expected,
        (false, way) if way.asked => Travel::Comes { done, of },
        (false, _) => Travel::There,
    })
}

fn line(
    open: &Open,
    id: AttachmentId,
    file: FileRef,
    at: DateTime<Utc>,
    who: String,
    travel: Travel,
) -> AttachmentLine {
    AttachmentLine {
        id,
        active: danger(&file.media_type, &file.name) != Danger::Calm,
        here: open.files.has(&file.hash),
        travel,
        identity: looks_like_identity(&file.name),
        can_cover: can_cover(&file.media_type),
        covered_of: None,
        has_covered: false,
        name: file.name,
        media_type: file.media_type,
        bytes: file.bytes,
        note: String::new(),
        preview: None,
        at,
        who,
        withdrawn: None,
    }
}
