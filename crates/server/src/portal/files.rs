//! The files an officer chose for a request, for the body it went to (docs/adr/0019).
//!
//! What opens a file stands in the request's own event, for its circle and its body alone. The server opens
//! it in memory, for a signed-in clerk of that body, and gives a copy that tells nothing beside the picture.

use super::requests::{find, not_bare, not_found, to_sign_in, trouble};
use super::texts::Texts;
use super::visitor::Visitor;
use crate::blobs::Blobs;
use crate::page_asked::PageNamed;
use crate::region::{Region, busy, failed};
use crate::store::RequestRow;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse as _, Response};
use esik_domain::attached::{Danger, NotGiven, danger, given, opened_name};
use esik_domain::case::ReferralState;
use esik_domain::event::{Body, EnclosedFile};
use esik_domain::ids::ReferralId;
use esik_wire::ApiError;
use esik_wire::sealed::{key_of, sealed_len, unseal};
use std::sync::Arc;

/// Nothing of a stranger's file runs, whatever a browser takes it for.
const POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// One file of a request, as its page shows it.
pub struct FileLine {
    /// Its address on this server; none when it cannot be given.
    pub link: Option<String>,
    pub name: String,
    pub size: String,
    pub note: String,
    /// Why it cannot be given, in words.
    pub why: String,
}

/// A file of a request and whether its bytes are here.
#[derive(Clone)]
pub struct Enclosed {
    file: EnclosedFile,
    here: bool,
    withdrawn: bool,
}

impl Region {
    /// The files of a request that was not taken back, with what opens them.
    pub(super) async fn enclosed(
        self: &Arc<Self>,
        request: &RequestRow,
    ) -> Result<Vec<Enclosed>, ApiError> {
        let referral = &request.doc.referral;
        if referral.files.is_empty() || referral.state() == ReferralState::Withdrawn {
            return Ok(Vec::new());
        }
        let (case, id) = (request.case, request.referral);
        let files = self.off(move |region| region.enclosed_now(case, id)).await?;
        let mut out = Vec::new();
        for (file, withdrawn) in files {
            let held = held(&self.blobs, &file).await?;
            if !withdrawn {
                self.lacking.note(&file.file.hash, held);
            }
            out.push(Enclosed { here: held && !withdrawn, withdrawn, file });
        }
        Ok(out)
    }

    /// From the request's own event; beside each, whether the case took it back since.
    fn enclosed_now(
        &self,
        case: esik_domain::ids::CaseId,
        id: ReferralId,
    ) -> Result<Vec<(EnclosedFile, bool)>, ApiError> {
        let drafted = self
            .store
            .case_events(case)
            .map_err(failed)?
            .into_iter()
            .filter_map(|e| e.event.envelope().ok())
            .find_map(|e| match e.read_body() {
                Body::ReferralDrafted(b) if b.referral_id == id => Some(b.files),
                _ => None,
            })
            .unwrap_or_default();
        let state = self.case_view(case)?.state();
        let gone = |f: &EnclosedFile| {
            state.as_ref().is_none_or(|s| {
                s.attachments.iter().all(|a| a.id != f.attachment_id || a.withdrawn.is_some())
            })
        };
        Ok(drafted.into_iter().map(|f| (gone(&f), f)).map(|(gone, f)| (f, gone)).collect())
    }
}

async fn held(blobs: &Blobs, file: &EnclosedFile) -> Result<bool, ApiError> {
    blobs.held(&file.file.hash).await.map(|h| h.whole).map_err(|e| {
        tracing::error!(error = %e, "the place of files does not answer");
        busy(30)
    })
}

/// The lines of a request's page.
pub fn lines(t: &Texts, request: ReferralId, files: &[Enclosed]) -> Vec<FileLine> {
    files
        .iter()
        .map(|e| {
            let f = &e.file;
            let program = danger(&f.file.media_type, &f.file.name) == Danger::Program;
            let why = match e {
                _ if program => "file-program",
                Enclosed { withdrawn: true, .. } => "file-withdrawn",
                Enclosed { here: false, .. } => "file-waiting",
                _ => "",
            };
            FileLine {
                link: why
                    .is_empty()
                    .then(|| format!("/portal/requests/{request}/files/{}", f.attachment_id)),
                name: f.file.name.clone(),
                size: size(t, f.file.bytes),
                note: f.note.clone(),
                why: if why.is_empty() { String::new() } else { t.get(why) },
            }
        })
        .collect()
}

fn size(t: &Texts, bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    if bytes < MIB {
        return t.with("size-kb", "n", &bytes.div_ceil(1024).to_string());
    }
    let tenths = bytes.saturating_mul(10) / MIB;
    t.with("size-mb", "n", &format!("{},{}", tenths / 10, tenths % 10))
}

/// One file, as an attachment: no browser of ours opens it.
#[utoipa::path(get, path = "/portal/requests/{id}/files/{file}", tag = "clerk",
    params(("id" = String, Path, description = "the request"), ("file" = String, Path, description = "the file")),
    responses((status = 200, description = "the file", content_type = "application/octet-stream"),
        (status = 422, description = "no copy can be made that tells nothing beside what it shows")))]
pub async fn enclosed(
    State(region): State<Arc<Region>>,
    v: Visitor,
    PageNamed(named): PageNamed<(ReferralId, String)>,
) -> Response {
    let Some(clerk) = v.clerk.clone() else { return to_sign_in(&v) };
    let Some((id, file)) = named else { return not_found(&v) };
    let found = match find(&region, &clerk, id).await {
        Ok(Some(found)) => found,
        Ok(None) => return not_found(&v),
        Err(e) => return trouble(&v, &e),
    };
    let wanted =
        found.files.into_iter().find(|e| e.here && e.file.attachment_id.to_string() == file);
    let Some(wanted) = wanted.map(|e| e.file) else { return not_found(&v) };
    tracing::info!(clerk = clerk.login, request = %id, file, "a body takes a file of its request");
    let (name, kind) = (wanted.file.name.clone(), wanted.file.media_type.clone());
    match region.opened(wanted).await {
        Ok(Some(Ok(bytes))) => attachment(&opened_name(&name, &kind), bytes),
        Ok(Some(Err(NotGiven::Told))) => not_bare(&v),
        Ok(Some(Err(NotGiven::Program)) | None) => not_found(&v),
        Err(e) => trouble(&v, &e),
    }
}

impl Region {
    /// The plain bytes of a file, without what it tells beside what it shows, or why a body is not given them; `None`
    /// when they are not here.
    async fn opened(
        self: &Arc<Self>,
        f: EnclosedFile,
    ) -> Result<Option<Result<Vec<u8>, NotGiven>>, ApiError> {
        // Each holds its file in memory a few times over. Closed never.
        let _turn = self.opening.acquire().await.ok();
        let sealed =
            self.blobs.read(&f.file.hash, sealed_len(f.file.bytes)).await.map_err(|e| {
                tracing::error!(error = %e, "the place of files does not answer");
                busy(30)
            })?;
        let Some(sealed) = sealed else {
            self.lacking.note(&f.file.hash, false);
            return Ok(None);
        };
        self.off(move |_| {
            let plain = key_of(&f.key).and_then(|key| unseal(&sealed, &key));
            let Ok(plain) = plain else {
                tracing::warn!("the key of a request's file does not open it");
                return Ok(None);
            };
            let bare = given(&f.file.media_type, &f.file.name, &plain);
            if bare.is_err() {
                tracing::warn!(
                    kind = f.file.media_type,
                    "a file is not given: it may start a program, or what it tells cannot be taken out"
                );
            }
            Ok(Some(bare))
        })
        .await
    }
}

/// Bytes with the headers under which a browser only saves them (RFC 6266).
pub fn attachment(name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, disposition(name)),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (HeaderName::from_static("x-content-type-options"), "nosniff".to_owned()),
    ];
    (headers, bytes).into_response()
}

/// For old browsers a name of plain letters, for the others the name.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", percent(name))
}

/// RFC 8187: everything but letters, digits, dot and dash as %XX.
fn percent(name: &str) -> String {
    name.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_') {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        let name = disposition("яма\"; x=\r\n.html");
        assert!(name.is_ascii() && !name.contains('\r') && name.matches('"').count() == 2);
        assert!(name.starts_with("attachment; filename=\"___"));
        assert!(name.ends_with(".html"));
    }
}
