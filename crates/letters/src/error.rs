//! Why a paper could not be made.

/// Why a paper could not be made. Codes are for programs; words for people live in the catalogues of the screens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LettersError {
    /// The register number is not 1 to 40 ASCII letters, digits and hyphens.
    #[error("number_malformed")]
    Number,
    /// The typed code is not exactly 8 ASCII letters and digits.
    #[error("code_malformed")]
    Code,
    /// The secret is not 128 bits in base32 (26 characters) or hex (32 characters).
    #[error("secret_malformed")]
    Secret,
    /// A field the law or the reader cannot do without is empty; its name is the struct's.
    #[error("field_empty: {0}")]
    Empty(&'static str),
    /// The date cannot be printed (outside the years 1 to 9999).
    #[error("date_out_of_range")]
    Date,
    /// The QR code could not be made.
    #[error("qr_failed")]
    Qr,
    /// A template's file cannot be used, or there is none for this paper; says which and why.
    #[error("template_broken: {0}")]
    Template(String),
    /// Fonts, catalogues or templates of this build are broken; the text is typst's or the parser's own.
    #[error("typesetting_failed: {0}")]
    Typesetting(String),
}

impl LettersError {
    /// The stable code of this error, without its details.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Number => "number_malformed",
            Self::Code => "code_malformed",
            Self::Secret => "secret_malformed",
            Self::Empty(_) => "field_empty",
            Self::Date => "date_out_of_range",
            Self::Qr => "qr_failed",
            Self::Template(_) => "template_broken",
            Self::Typesetting(_) => "typesetting_failed",
        }
    }
}
