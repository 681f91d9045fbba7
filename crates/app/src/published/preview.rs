//! A paper's template looked at with made-up data, before anybody gets it.

use crate::api::{PaperPages, Specimen};
use crate::desk::Desk;
use crate::error::AppError;
use crate::paper::fault;
use esik_domain::publication::Kind;
use esik_letters::{Template, Templates};
use esik_store::publications;

/// The pages of one version, with the word “specimen” across them. Nothing is kept.
///
/// # Errors
/// `not_found` for a version that is not here, `paper_unusable` for one this program cannot set.
pub fn paper_specimen(desk: &Desk, r: Specimen) -> Result<PaperPages, AppError> {
    let open = desk.opened()?;
    let own =
        open.store.read(|conn| publications::body(conn, Kind::Paper.code(), &r.name, r.version))?;
    let unusable = |_| AppError::refused("paper_unusable");
    let template = match own {
        Some(text) => Template::read(&text).map_err(unusable)?,
        None => Templates::shipped()
            .map_err(fault)?
            .get(&r.name, r.version)
            .cloned()
            .ok_or_else(|| AppError::refused("not_found"))?,
    };
    let pages = template.specimen().and_then(|s| s.pictures()).map_err(unusable)?;
    Ok(PaperPages { name: format!("{}-{}.pdf", r.name, r.version), pages })
}
