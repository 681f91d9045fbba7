//! The certificate of training: the one paper that comes from a practice desk and is meant for real life.

use crate::{
    Document, L10nPair, LettersError, Values,
    sheet::of,
    texts::{date, day},
};
use chrono::{DateTime, Utc};
use serde_json::json;

/// An officer helped every practice visitor well enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingCertificate {
    /// The date of the document.
    pub made_at: DateTime<Utc>,
    /// Full name of the officer's station.
    pub station: L10nPair,
    /// Surname and initials.
    pub officer: String,
    /// Post.
    pub post: L10nPair,
    /// What was practised and how well, of a hundred; at least one.
    pub passed: Vec<(L10nPair, u32)>,
}

impl Document for TrainingCertificate {
    const TEMPLATE: &'static str = "training";

    fn at(&self) -> DateTime<Utc> {
        self.made_at
    }

    fn ident(&self) -> String {
        self.officer.clone()
    }

    /// # Errors
    /// [`LettersError::Empty`] when the officer, the post, the station or what was passed is missing;
    /// [`LettersError::Date`] when the date cannot be written.
    fn values(&self) -> Result<Values, LettersError> {
        if self.passed.is_empty() {
            return Err(LettersError::Empty("passed"));
        }
        let passed: Vec<_> = self
            .passed
            .iter()
            .map(|(what, percent)| json!({ "what": of(what), "result": format!("{percent} %") }))
            .collect();
        Ok(Values::default()
            .put("made", json!(date(day(self.made_at))?))
            .line("officer", &self.officer)?
            .pair("post", &self.post)?
            .pair("station", &self.station)?
            .put("passed", passed))
    }
}
