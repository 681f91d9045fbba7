//! The little world typst sees: bundled fonts, our templates and one letter's data. No disk, no network, no clock.

use std::sync::OnceLock;

use chrono::{DateTime, Datelike, Timelike, Utc};
use typst::{
    Library, LibraryExt, World, WorldExt,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use typst_svg::SvgOptions;

use crate::LettersError;

/// Regular, bold and italic of Noto Sans with every Kazakh letter; licence in `fonts/OFL.txt`.
const FONTS: [&[u8]; 3] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../fonts/NotoSans-Italic.ttf"),
];

/// What all letters share; parsing it once is what makes the second letter quick.
struct Common {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

fn common() -> &'static Common {
    static COMMON: OnceLock<Common> = OnceLock::new();
    COMMON.get_or_init(|| {
        let fonts: Vec<Font> =
            FONTS.iter().filter_map(|data| Font::new(Bytes::new(*data), 0)).collect();
        Common {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
        }
    })
}

/// True when every bundled font draws `c`.
pub(crate) fn can_print(c: char) -> bool {
    common().fonts.iter().all(|font| font.info().coverage.contains(c.into()))
}

/// A letter's world: its source and the data it reads.
pub(crate) struct LetterWorld {
    main: Source,
    data: (FileId, Bytes),
}

/// A finished paper.
#[derive(Debug)]
pub struct Typeset {
    /// The PDF/A-2b file.
    pub pdf: Vec<u8>,
    /// Number of pages.
    pub pages: usize,
    /// What typst grumbled about; empty for a sound template.
    pub warnings: Vec<String>,
}

impl LetterWorld {
    /// A world whose main file is `source` (a template's, never what a person typed) and whose `data.json`
    /// is `data`.
    ///
    /// # Errors
    /// [`LettersError::Typesetting`] when typst takes the two names for no paths.
    pub(crate) fn new(source: String, data: Vec<u8>) -> Result<Self, LettersError> {
        Ok(Self {
            main: Source::new(file_id("main.typ")?, source),
            data: (file_id("data.json")?, Bytes::new(data)),
        })
    }

    /// Sets the letter and writes it as PDF/A-2b, dated `at`; `ident` names the document stably and is only hashed.
    ///
    /// # Errors
    /// [`LettersError::Typesetting`] when the template fails or the result would not be PDF/A-2b
    /// (a glyph no bundled font has, for one); [`LettersError::Date`] when `at` cannot be written.
    pub(crate) fn typeset(
        &self,
        ident: String,
        at: DateTime<Utc>,
    ) -> Result<Typeset, LettersError> {
        let made = self.typeset_keeping_cache(ident, at);
        // Typst memoises across documents. Nothing of one person's paper is to stay for the next.
        typst::comemo::evict(0);
        made
    }

    /// Sets the letter and draws its pages as SVG.
    ///
    /// # Errors
    /// [`LettersError::Typesetting`] when the template fails.
    pub(crate) fn pictures(&self) -> Result<Vec<String>, LettersError> {
        let drawn = self.compile().map(|(document, _)| {
            document
                .pages()
                .iter()
                .map(|page| typst_svg::svg(page, &SvgOptions::default()))
                .collect()
        });
        typst::comemo::evict(0);
        drawn
    }

    fn compile(&self) -> Result<(PagedDocument, Vec<String>), LettersError> {
        let compiled = typst::compile::<PagedDocument>(self);
        let warnings = compiled.warnings.iter().map(|w| w.message.to_string()).collect();
        Ok((compiled.output.map_err(|errors| self.at_line(&errors))?, warnings))
    }

    /// Typst's first error, with the line of the source where typst names one.
    fn at_line(&self, errors: &[SourceDiagnostic]) -> LettersError {
        let line = errors
            .first()
            .and_then(|e| self.range(e.span))
            .and_then(|range| self.main.lines().byte_to_line(range.start));
        match (line, broken(errors)) {
            (Some(line), LettersError::Typesetting(said)) => {
                LettersError::Typesetting(format!("line {}: {said}", line + 1))
            }
            (_, bare) => bare,
        }
    }

    fn typeset_keeping_cache(
        &self,
        ident: String,
        at: DateTime<Utc>,
    ) -> Result<Typeset, LettersError> {
        let (document, warnings) = self.compile()?;
        let standards = PdfStandards::new(&[PdfStandard::A_2b])
            .map_err(|e| LettersError::Typesetting(e.message().to_string()))?;
        let options = PdfOptions {
            ident: Smart::Custom(ident),
            creator: Smart::Custom(Some("Esik".to_owned())),
            timestamp: Some(timestamp(at).ok_or(LettersError::Date)?),
            standards,
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| broken(&errors))?;
        Ok(Typeset { pdf, pages: document.pages().len(), warnings })
    }
}

fn file_id(name: &str) -> Result<FileId, LettersError> {
    let path =
        VirtualPath::new(name).map_err(|e| LettersError::Typesetting(format!("{name}: {e}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn timestamp(at: DateTime<Utc>) -> Option<Timestamp> {
    let part = |n: u32| u8::try_from(n).ok();
    let (month, day) = (part(at.month())?, part(at.day())?);
    let (hour, minute, second) = (part(at.hour())?, part(at.minute())?, part(at.second())?);
    Datetime::from_ymd_hms(at.year(), month, day, hour, minute, second).map(Timestamp::new_utc)
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}

/// Typst's first error. Its message names our template's fault, not a person's text.
fn broken(errors: &[SourceDiagnostic]) -> LettersError {
    LettersError::Typesetting(errors.first().map(|e| e.message.to_string()).unwrap_or_default())
}

impl World for LetterWorld {
    fn library(&self) -> &LazyHash<Library> {
        &common().library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &common().book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(not_found(id)) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let (known, bytes) = &self.data;
        if id == *known { Ok(bytes.clone()) } else { Err(not_found(id)) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        common().fonts.get(index).cloned()
    }

    /// No letter knows what day it is: dates are arguments.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn at() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 22, 9, 5, 0).unwrap()
    }

    fn world(source: &str) -> LetterWorld {
        LetterWorld::new(source.to_owned(), b"{}".to_vec()).unwrap()
    }

    #[test]
    fn every_bundled_font_has_every_kazakh_letter() {
        assert_eq!(common().fonts.len(), 3);
        for c in "АаӘәБбВвГгҒғДдЕеЁёЖжЗзИиЙйКкҚқЛлМмНнҢңОоӨөПпРрСсТтУуҰұҮүФфХхҺһЦцЧчШшЩщЪъЫыІіЬьЭэЮюЯя₸№«»—\u{fffd}\u{200b}".chars() {
            assert!(can_print(c), "{c} U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn a_glyph_no_font_has_is_an_error_and_never_another_font() {
        let source = "#set text(font: \"Noto Sans\", fallback: false)\nүй 家";
        let refused = world(source).typeset("t".into(), at()).unwrap_err();
        assert_eq!(refused.code(), "typesetting_failed");
    }

    #[test]
    fn an_unknown_font_is_grumbled_about() {
        let made = world("#set text(font: (\"Comic Sans\", \"Noto Sans\"))\nүй");
        assert!(!made.typeset("t".into(), at()).unwrap().warnings.is_empty());
    }

    #[test]
    fn a_template_sees_no_files_but_its_own_and_no_clock() {
        for template in ["#read(\"/etc/passwd\")", "#read(\"../secret\")", "#datetime.today()"] {
            assert!(world(template).typeset("t".into(), at()).is_err(), "{template}");
        }
    }
}
