//! Files on their way in, part by part: sealed as they come, so that no plain byte lies on the disk.

use super::may_attach;
use crate::api::{AttachmentGot, AttachmentPart};
use crate::desk::Desk;
use crate::env::fill;
use crate::error::AppError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use esik_domain::attached::fits;
use esik_store::attached::Sealer;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Files that may be on their way at once; the oldest gives way.
const AT_ONCE: usize = 8;
/// Plain bytes of one part.
const PART_MAX: usize = 4 * 1024 * 1024;

/// What has come of the files of this session. Locking the desk drops them, and their bytes with them.
#[derive(Debug, Default)]
pub struct Uploads(Mutex<Vec<(Uuid, Sealer)>>);

impl Uploads {
    fn all(&self) -> MutexGuard<'_, Vec<(Uuid, Sealer)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one out, to be finished or put back.
    pub(super) fn take(&self, id: Uuid) -> Option<Sealer> {
        let mut all = self.all();
        let at = all.iter().position(|(i, _)| *i == id)?;
        Some(all.remove(at).1)
    }

    pub(super) fn put(&self, id: Uuid, sealer: Sealer) {
        let mut all = self.all();
        if all.len() >= AT_ONCE {
            all.remove(0);
        }
        all.push((id, sealer));
    }
}

/// Takes the next part of a file. A part that was refused ends the upload: it begins anew from 0.
///
/// # Errors
/// `attachment_too_large`; `upload_gone` when parts are missing before it; a disk that refuses.
pub fn attachment_part(desk: &Desk, r: AttachmentPart) -> Result<AttachmentGot, AppError> {
    let open = desk.opened()?;
    may_attach(&open)?;
    let bytes = Zeroizing::new(
        B64.decode(Zeroizing::new(r.base64).as_bytes())
            .map_err(|_| AppError::refused("bad_request"))?,
    );
    if bytes.len() > PART_MAX {
        return Err(AppError::refused("bad_request"));
    }
    let before = open.uploads.take(r.upload);
    if !fits(r.from, bytes.len() as u64) {
        return Err(AppError::refused("attachment_too_large"));
    }
    let mut sealer = match before {
        _ if r.from == 0 => open.files.begin(&mut |out| fill(out))?,
        Some(sealer) if sealer.bytes() == r.from => sealer,
        _ => return Err(AppError::refused("upload_gone")),
    };
    sealer.push(&bytes)?;
    let got = AttachmentGot { bytes: sealer.bytes() };
    open.uploads.put(r.upload, sealer);
    Ok(got)
}
