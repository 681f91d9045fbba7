//! A paper ready to be set, and kept as it was: its source and its data, so that printing it again years later
//! gives the same bytes whatever templates are in use by then.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use crate::{
    LettersError, Template, Templates, Typeset,
    text::{L10nPair, one_line, paragraphs},
    texts::{date, moment, said},
    world::LetterWorld,
};

/// One paper that can be set any number of times.
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Id of its template.
    pub template: String,
    /// Version of its template.
    pub version: u32,
    /// The whole typst source.
    pub source: String,
    /// What the source reads, JSON.
    pub data: String,
    /// Names the document stably; only hashed into the file.
    pub ident: String,
    /// Date of the document.
    pub at: DateTime<Utc>,
}

impl fmt::Debug for Sheet {
    /// Without its data: they are a person's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sheet")
            .field("template", &self.template)
            .field("version", &self.version)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl Sheet {
    /// Sets the paper: PDF/A-2b, the same bytes every time.
    ///
    /// # Errors
    /// [`LettersError::Typesetting`] when the template is broken; [`LettersError::Date`] when the date cannot
    /// be written.
    pub fn typeset(&self) -> Result<Typeset, LettersError> {
        self.world()?.typeset(self.ident.clone(), self.at)
    }

    /// The pages as SVG pictures, letters drawn as shapes: for looking at the paper where no PDF can be shown.
    ///
    /// # Errors
    /// [`LettersError::Typesetting`] when the template is broken.
    pub fn pictures(&self) -> Result<Vec<String>, LettersError> {
        self.world()?.pictures()
    }

    /// The same paper from a practice desk: the word stands across every page, also out of history.
    ///
    /// # Errors
    /// [`LettersError::Typesetting`] when this build's catalogues are broken.
    pub fn for_practice(self) -> Result<Self, LettersError> {
        self.marked("practice")
    }

    /// The same with a line at the foot of every page: its days were counted by a clock nobody has compared.
    ///
    /// # Errors
    /// [`LettersError::Typesetting`] when this build's catalogues are broken.
    pub fn provisional(self) -> Result<Self, LettersError> {
        let word = said("provisional")?;
        let line = format!(
            "#set page(foreground: place(bottom + center, dy: -3mm, align(center, text(font: \
             \"Noto Sans\", fallback: false, size: 6.5pt)[{} \\ {}])))\n",
            word.kk, word.ru
        );
        Ok(Self { source: line + &self.source, ..self })
    }

    /// A template filled with made-up data.
    pub(crate) fn of_specimen(template: &Template, data: &str) -> Result<Self, LettersError> {
        let Value::Object(values) =
            serde_json::from_str(data).map_err(|e| LettersError::Typesetting(e.to_string()))?
        else {
            return Err(LettersError::Typesetting(template.id.clone()));
        };
        let sheet = Self {
            template: template.id.clone(),
            version: template.version,
            source: template.source(),
            data: Values(values).with_texts(template)?.to_string(),
            ident: format!("specimen {} {}", template.id, template.version),
            at: DateTime::UNIX_EPOCH,
        };
        sheet.marked("specimen")
    }

    /// A word of the catalogues across every page; one line before the source.
    fn marked(self, key: &str) -> Result<Self, LettersError> {
        let word = said(key)?;
        let mark = format!(
            "#set page(foreground: rotate(-32deg, text(font: \"Noto Sans\", fallback: false, \
             size: 44pt, weight: \"bold\", fill: rgb(\"#5b3f9e4d\"))[{} \u{b7} {}]))\n",
            word.kk, word.ru
        );
        Ok(Self { source: mark + &self.source, ..self })
    }

    /// The same paper with the station's address and telephone at its head; blank ones are left out.
    ///
    /// # Errors
    /// [`LettersError::Typesetting`] when the data of the sheet are no JSON object.
    pub fn headed(self, address: &L10nPair, phone: &str) -> Result<Self, LettersError> {
        let phone = one_line(phone);
        if address.is_blank() && phone.is_empty() {
            return Ok(self);
        }
        let mut data: Map<String, Value> = serde_json::from_str(&self.data)
            .map_err(|e| LettersError::Typesetting(e.to_string()))?;
        let address = if address.is_blank() { Value::Null } else { of(address) };
        let phone = if phone.is_empty() { Value::Null } else { phone.into() };
        data.insert("head".to_owned(), json!({ "address": address, "phone": phone }));
        Ok(Self { data: Value::Object(data).to_string(), ..self })
    }

    fn world(&self) -> Result<LetterWorld, LettersError> {
        LetterWorld::new(self.source.clone(), self.data.clone().into_bytes())
    }
}

/// A kind of paper, filled in.
pub trait Document {
    /// Id of its template.
    const TEMPLATE: &'static str;

    /// Date of the document; printed where the layout says so.
    fn at(&self) -> DateTime<Utc>;

    /// Names the document stably among all papers; only hashed into the file.
    fn ident(&self) -> String;

    /// What the layout reads, checked.
    ///
    /// # Errors
    /// [`LettersError::Empty`] and the like when the paper lacks what it cannot be without.
    fn values(&self) -> Result<Values, LettersError>;

    /// The paper in the newest version of its template.
    ///
    /// # Errors
    /// Those of [`Document::values`]; [`LettersError::Template`] when the set has no such paper.
    fn sheet(&self, templates: &Templates) -> Result<Sheet, LettersError> {
        let template = templates
            .newest(Self::TEMPLATE)
            .ok_or_else(|| LettersError::Template(Self::TEMPLATE.to_owned()))?;
        Ok(Sheet {
            template: template.id.clone(),
            version: template.version,
            source: template.source(),
            data: self.values()?.with_texts(template)?.to_string(),
            ident: format!("{} {} {}", Self::TEMPLATE, self.ident(), self.at().timestamp()),
            at: self.at(),
        })
    }
}

/// Words all papers share.
const COMMON: [&str; 4] = ["page", "unsaid", "kept", "kept_short"];

/// What a layout reads, made printable as it is put in.
#[derive(Debug, Default)]
pub struct Values(Map<String, Value>);

impl Values {
    /// Any value of the caller's own making.
    pub(crate) fn put(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// A text in both languages that has to be there.
    pub(crate) fn pair(self, name: &'static str, pair: &L10nPair) -> Result<Self, LettersError> {
        if pair.is_blank() {
            return Err(LettersError::Empty(name));
        }
        Ok(self.put(name, of(pair)))
    }

    /// A text in both languages; null when there is none.
    pub(crate) fn maybe_pair(self, name: &'static str, pair: &L10nPair) -> Self {
        let value = if pair.is_blank() { Value::Null } else { of(pair) };
        self.put(name, value)
    }

    /// A line that has to be there.
    pub(crate) fn line(self, name: &'static str, text: &str) -> Result<Self, LettersError> {
        let line = one_line(text);
        if line.is_empty() {
            return Err(LettersError::Empty(name));
        }
        Ok(self.put(name, line))
    }

    /// A line; null when there is none.
    pub(crate) fn maybe_line(self, name: &'static str, text: &str) -> Self {
        let line = one_line(text);
        self.put(name, if line.is_empty() { Value::Null } else { line.into() })
    }

    /// Lines; blank ones are left out.
    pub(crate) fn lines(self, name: &'static str, lines: &[String]) -> Self {
        let kept: Vec<String> =
            lines.iter().map(|l| one_line(l)).filter(|l| !l.is_empty()).collect();
        self.put(name, kept)
    }

    /// A text as paragraphs; may be empty.
    pub(crate) fn paragraphs(self, name: &'static str, text: &str) -> Self {
        self.put(name, paragraphs(text))
    }

    /// A day in words.
    pub(crate) fn day(self, name: &'static str, on: NaiveDate) -> Result<Self, LettersError> {
        Ok(self.put(name, json!(date(on)?)))
    }

    /// A day and the time of day in Almaty, in words.
    pub(crate) fn moment(
        self,
        name: &'static str,
        at: DateTime<Utc>,
    ) -> Result<Self, LettersError> {
        Ok(self.put(name, json!(moment(at)?)))
    }

    /// Who signs.
    pub(crate) fn signer(self, signer: &Signer) -> Result<Self, LettersError> {
        self.line("signer_name", &signer.name)?.pair("signer_post", &signer.post)
    }

    /// As the layout reads them, without the template's texts.
    #[cfg(test)]
    pub(crate) fn json(self) -> Value {
        Value::Object(self.0)
    }

    fn with_texts(mut self, template: &Template) -> Result<Value, LettersError> {
        let mut texts: Map<String, Value> =
            template.texts.iter().map(|(name, pair)| (name.clone(), json!(pair))).collect();
        for key in COMMON {
            texts.insert(key.to_owned(), json!(said(key)?));
        }
        self.0.insert("texts".to_owned(), Value::Object(texts));
        Ok(Value::Object(self.0))
    }
}

/// A pair as a layout reads it.
pub(crate) fn of(pair: &L10nPair) -> Value {
    json!(pair.printable())
}

/// Who signs a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// Surname and initials: `Сейтқали А. Б.`
    pub name: String,
    /// Post.
    pub post: L10nPair,
}

/// A line about a person that may be missing, or be there and not be for paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Printed as it was said.
    Said(String),
    /// The person did not say; nobody has to (`domain.md` 2.3).
    Unsaid,
    /// Known and kept in the card: a paper can be read at home by whom it is about (`domain.md` 2.9).
    Kept,
}

impl Entry {
    /// What was said, or that nothing was.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.trim().is_empty() { Self::Unsaid } else { Self::Said(text.to_owned()) }
    }

    /// The words, when they were said and may be printed.
    pub(crate) fn said(&self) -> &str {
        match self {
            Self::Said(text) => text,
            Self::Unsaid | Self::Kept => "",
        }
    }

    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Said(text) => json!({ "said": one_line(text) }),
            Self::Unsaid => json!({ "unsaid": true }),
            Self::Kept => json!({ "kept": true }),
        }
    }
}
