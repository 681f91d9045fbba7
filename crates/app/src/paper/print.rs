//! Looking at a paper inside the window, and printing it.

use super::make::{Made, fault, kept, make};
use crate::api::{Changed, PaperOf, PaperPages, PaperPrinted};
use crate::desk::{Desk, Open};
use crate::error::AppError;
use crate::look::{Leave, left, look, may_leave, touched};
use esik_domain::ids::PaperId;
use esik_domain::look::LookWhat;

/// The paper for looking at it inside the window. Nothing is kept of it.
///
/// # Errors
/// `not_found` for a case or print he may not know of, `no_such_paper` for a paper the case has not.
pub fn paper_preview(desk: &Desk, of: PaperOf) -> Result<PaperPages, AppError> {
    let open = desk.opened()?;
    let made = make(desk, &open, &of)?;
    if let Some(case) = made.printed.case {
        touched(desk, &open, case)?;
    }
    Ok(PaperPages { name: made.printed.name, pages: made.sheet.pictures().map_err(fault)? })
}

/// Hands the paper over for printing; the journal and the history learn of it after that.
///
/// # Errors
/// As [`paper_preview`]; `viewer_failed` when nothing takes it, and then nothing is noted.
pub fn paper_print(desk: &Desk, of: PaperOf) -> Result<PaperPrinted, AppError> {
    let open = desk.opened()?;
    let changed = hand_over(desk, &open, &of)?;
    Ok(PaperPrinted { changed })
}

pub(crate) fn hand_over(desk: &Desk, open: &Open, of: &PaperOf) -> Result<Changed, AppError> {
    print_out(desk, open, of).map(|(_, changed)| changed)
}

/// The same, with the id under which history has the paper.
pub(crate) fn print_out(
    desk: &Desk,
    open: &Open,
    of: &PaperOf,
) -> Result<(PaperId, Changed), AppError> {
    let Made { printed, sheet, again } = make(desk, open, of)?;
    let leave = match printed.case {
        Some(case) => may_leave(open, case)?,
        None => Leave::of_desk(),
    }
    .narrowed(&printed.circle);
    let pdf = sheet.typeset().map_err(fault)?.pdf;
    desk.host().open_document(&printed.name, &pdf).map_err(|error| {
        tracing::warn!(%error, "nothing takes the paper");
        AppError::refused("viewer_failed")
    })?;
    let cases = printed.case.iter().map(ToString::to_string).collect();
    let (id, own) = (printed.id, printed.case.is_none());
    left(desk, open, &leave, look(LookWhat::Printed, printed.case).paper(&printed.kind));
    let kept = (!again).then(|| kept(sheet));
    open.store.write(move |tx| esik_store::papers::note(tx, &printed, kept.as_ref()))?;
    let lists = if own { vec!["papers".to_owned()] } else { Vec::new() };
    Ok((id, Changed { cases, lists }))
}

/// A paper as a file.
pub(crate) struct File {
    pub name: String,
    pub pdf: Vec<u8>,
}

/// The paper as a file, for a caller that shows it itself.
pub(crate) fn made(desk: &Desk, open: &Open, of: &PaperOf) -> Result<File, AppError> {
    let made = make(desk, open, of)?;
    if let Some(case) = made.printed.case {
        touched(desk, open, case)?;
    }
    Ok(File { name: made.printed.name, pdf: made.sheet.typeset().map_err(fault)?.pdf })
}
