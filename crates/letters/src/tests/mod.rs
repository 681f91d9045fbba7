//! Papers looked at as a reader does: with poppler's text, fonts and pictures, and a QR reader.
//! Poppler is part of `cargo xtask test`; without it these tests fail, they do not skip.

mod coupon;
mod looks;
mod papers;
pub(crate) mod samples;

use std::process::Command;

use crate::{Document, LettersError, Templates, Typeset};

fn set(paper: &impl Document) -> Typeset {
    paper.sheet(Templates::shipped().unwrap()).unwrap().typeset().unwrap()
}

fn bytes_of(paper: &impl Document) -> Result<Vec<u8>, LettersError> {
    Ok(paper.sheet(Templates::shipped()?)?.typeset()?.pdf)
}

/// A PDF on disk for poppler, beside whatever poppler writes.
struct Paper {
    dir: tempfile::TempDir,
}

impl Paper {
    fn new(bytes: &[u8]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("paper.pdf"), bytes).unwrap();
        Self { dir }
    }

    fn poppler(&self, tool: &str, args: &[&str]) -> String {
        let made = Command::new(tool)
            .args(args)
            .current_dir(self.dir.path())
            .output()
            .unwrap_or_else(|e| panic!("{tool} of poppler-utils is needed by the tests: {e}"));
        assert!(made.status.success(), "{tool}: {}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).unwrap()
    }

    /// All words in reading order, one space apart, without the invisible break marks.
    fn words(&self) -> String {
        let text = self.poppler("pdftotext", &["-raw", "paper.pdf", "-"]).replace('\u{200b}', "");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The text line by line as poppler reads it, page after page, without break marks and empty lines.
    fn text(&self) -> String {
        let text = self.poppler("pdftotext", &["-raw", "paper.pdf", "-"]).replace('\u{200b}', "");
        let lines: Vec<&str> = text
            .split(['\n', '\u{c}'])
            .map(str::trim_end)
            .filter(|line| !line.is_empty())
            .collect();
        lines.join("\n") + "\n"
    }

    /// Names of fonts with their columns `emb sub uni`.
    fn fonts(&self) -> Vec<(String, String)> {
        let table = self.poppler("pdffonts", &["paper.pdf"]);
        table
            .lines()
            .skip(2)
            .map(|line| {
                let columns: Vec<&str> = line.split_whitespace().collect();
                (columns[0].to_owned(), columns[columns.len() - 5..columns.len() - 2].join(" "))
            })
            .collect()
    }

    /// A page, from 1, in grey: width, height, pixels.
    fn picture(&self, page: usize, dpi: &str) -> (usize, usize, Vec<u8>) {
        let n = page.to_string();
        self.poppler(
            "pdftoppm",
            &["-r", dpi, "-gray", "-f", &n, "-l", &n, "-singlefile", "paper.pdf", "page"],
        );
        let pgm = std::fs::read(self.dir.path().join("page.pgm")).unwrap();
        let head: Vec<&[u8]> = pgm.splitn(4, |b| b.is_ascii_whitespace()).collect();
        let n = |i: usize| std::str::from_utf8(head[i]).unwrap().parse::<usize>().unwrap();
        let (w, h) = (n(1), n(2));
        let pixels = pgm[pgm.len() - w * h..].to_vec();
        (w, h, pixels)
    }

    /// Boxes of words of every page, in points from the upper left: left, top, right, bottom, and the word.
    fn boxes(&self) -> Vec<Vec<([f64; 4], String)>> {
        let html = self.poppler("pdftotext", &["-bbox", "paper.pdf", "-"]);
        let side = |line: &str, name: &str| -> f64 {
            let rest = line.split(&format!("{name}=\"")).nth(1).unwrap();
            rest.split('"').next().unwrap().parse().unwrap()
        };
        let mut pages = Vec::new();
        for line in html.lines() {
            if line.contains("<page ") {
                pages.push(Vec::new());
            } else if line.contains("<word ") {
                let word = line.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned();
                let sides = ["xMin", "yMin", "xMax", "yMax"].map(|name| side(line, name));
                pages.last_mut().unwrap().push((sides, word));
            }
        }
        pages
    }
}

fn sound(made: &Typeset) -> Paper {
    assert_eq!(made.warnings, Vec::<String>::new());
    let paper = Paper::new(&made.pdf);
    let fonts = paper.fonts();
    assert!(!fonts.is_empty());
    archival(&made.pdf);
    for (name, flags) in fonts {
        assert!(name.contains("NotoSans-"), "{name} is not ours");
        assert_eq!(flags, "yes yes yes", "{name}: embedded, subset, with its Unicode map");
    }
    paper
}

/// What a PDF/A-2b file says of itself and must not hold (ISO 19005-2): its XMP is never compressed.
fn archival(pdf: &[u8]) {
    let raw = String::from_utf8_lossy(pdf);
    let claim = |tag: &str| {
        let (open, close) = (format!("<pdfaid:{tag}>"), format!("</pdfaid:{tag}>"));
        let rest = raw.split(&open).nth(1).unwrap_or_else(|| panic!("XMP without {tag}"));
        rest.split(&close).next().unwrap_or_default().to_owned()
    };
    assert_eq!((claim("part"), claim("conformance")), ("2".to_owned(), "B".to_owned()));
    assert!(raw.contains("GTS_PDFA1") && raw.contains("OutputIntent"), "colours without a profile");
    for banned in ["/Encrypt", "/JavaScript", "/Launch", "/EmbeddedFile", "/AcroForm"] {
        assert!(!raw.contains(banned), "{banned} in an archival file");
    }
    assert!(raw.contains("/ID") && raw.contains("xmp:CreateDate"), "no name or no date");
}

/// Bare words of `text`, as `Paper::words` gives them back.
fn has(words: &str, text: &str) {
    let bare = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&bare), "not on paper: {bare}\npaper: {words}");
}
