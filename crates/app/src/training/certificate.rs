//! The certificate: every visitor was helped well enough, under one's own name.

use super::enter::{REAL_STATION, is_guest};
use super::run::{practising, progress};
use crate::api::{Changed, Nothing, PaperPrinted};
use crate::desk::Desk;
use crate::error::AppError;
use crate::paper::{fault, signer};
use esik_domain::training::shipped;
use esik_letters::{Document as _, L10nPair, Templates, TrainingCertificate};

/// Hands the certificate over for printing.
///
/// # Errors
/// `not_practice`; `practice_guest` for somebody who has not signed in at the real desk;
/// `practice_not_passed` while a scenario is missing; `viewer_failed` when nothing takes it.
pub fn practice_certificate(desk: &Desk, _: Nothing) -> Result<PaperPrinted, AppError> {
    let open = practising(desk)?;
    if is_guest(open.actor.id) {
        return Err(AppError::refused("practice_guest"));
    }
    let progress = progress(&open)?;
    let passed: Option<Vec<_>> = shipped()
        .iter()
        .map(|s| {
            let mine = progress.get(&s.code).filter(|p| p.passed_at.is_some())?;
            Some((L10nPair::new(s.title.kk.clone(), s.title.ru.clone()), mine.best?))
        })
        .collect();
    let passed = passed.ok_or_else(|| AppError::refused("practice_not_passed"))?;
    let station: Option<(String, String)> = open
        .store
        .read(|conn| esik_store::meta::get::<Option<(String, String)>>(conn, REAL_STATION))?
        .flatten();
    let me = signer(&open.name, &open.post)?;
    let sheet = TrainingCertificate {
        made_at: desk.env().now(),
        station: match station {
            Some((kk, ru)) => L10nPair::new(kk, ru),
            None => esik_letters::unnamed_station().map_err(fault)?,
        },
        officer: me.name,
        post: me.post,
        passed,
    }
    .sheet(Templates::shipped().map_err(fault)?)
    .map_err(fault)?;
    let pdf = sheet.typeset().map_err(fault)?.pdf;
    desk.host().open_document("esik-training.pdf", &pdf).map_err(|error| {
        tracing::warn!(%error, "nothing takes the certificate");
        AppError::refused("viewer_failed")
    })?;
    Ok(PaperPrinted { changed: Changed::default() })
}
