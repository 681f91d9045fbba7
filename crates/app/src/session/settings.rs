//! Language and look of the desk.

use crate::api::{AppState, SettingsChange};
use crate::desk::Desk;
use crate::error::AppError;

/// Changes what was given, leaves the rest.
///
/// # Errors
/// A disk that refuses.
pub fn settings_set(desk: &Desk, r: SettingsChange) -> Result<AppState, AppError> {
    desk.save_face(|face| {
        if let Some(language) = r.language {
            face.language = language;
        }
        if let Some(theme) = r.theme {
            face.theme = theme;
        }
    })?;
    Ok(desk.state())
}
