//! Templates: a paper's words in Kazakh and Russian and its layout, as data with a version.
//!
//! One file of `papers/` is one version of one paper. A region's own file with a higher version takes the
//! place of the shipped one. What was printed carries its template along ([`crate::Sheet`]), so a paper can
//! be made again after its version has left every set.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;

use crate::{LettersError, Sheet, specimen, text::L10nPair};

/// What every layout may use; put before it as it stands.
const SHARED: &str = include_str!("../papers/shared.typ");

/// The papers this program ships.
const SHIPPED: [&str; 17] = [
    include_str!("../papers/advice.2.toml"),
    include_str!("../papers/answer.2.toml"),
    include_str!("../papers/coupon.2.toml"),
    include_str!("../papers/escalation.1.toml"),
    include_str!("../papers/extension.1.toml"),
    include_str!("../papers/extension_notice.1.toml"),
    include_str!("../papers/journal.1.toml"),
    include_str!("../papers/owed_list.1.toml"),
    include_str!("../papers/protocol.1.toml"),
    include_str!("../papers/redirect.1.toml"),
    include_str!("../papers/redirect_notice.1.toml"),
    include_str!("../papers/referral.3.toml"),
    include_str!("../papers/register.1.toml"),
    include_str!("../papers/round.3.toml"),
    include_str!("../papers/shift.2.toml"),
    include_str!("../papers/terms.1.toml"),
    include_str!("../papers/training.1.toml"),
];

/// One version of one paper.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// `protocol`, `coupon`, …: small ASCII letters and `_`.
    pub id: String,
    /// Counted from 1; a changed word is a new version.
    pub version: u32,
    /// The words by name, as the layout asks for them.
    pub texts: BTreeMap<String, L10nPair>,
    /// Typst source, set after the shared part.
    pub layout: String,
}

impl Template {
    /// Reads a template's file.
    ///
    /// # Errors
    /// [`LettersError::Template`] naming what is wrong: no TOML, an unknown field, a text without one of its
    /// languages, an id that is no name, version 0.
    pub fn read(file: &str) -> Result<Self, LettersError> {
        let made: Self = toml::from_str(file).map_err(|e| {
            let line =
                e.span().map(|at| file.get(..at.start).unwrap_or(file).lines().count().max(1));
            let place = line.map_or_else(String::new, |n| format!("line {n}: "));
            LettersError::Template(format!("{place}{}", e.message()))
        })?;
        let named = !made.id.is_empty()
            && made.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
            && made.version > 0;
        if !named {
            return Err(LettersError::Template(format!(
                "id {} or version {}",
                made.id, made.version
            )));
        }
        let half = |pair: &L10nPair| pair.kk.trim().is_empty() || pair.ru.trim().is_empty();
        match made.texts.iter().find(|(_, pair)| half(pair)) {
            Some((name, _)) => Err(LettersError::Template(format!("{}: {name}", made.id))),
            None => Ok(made),
        }
    }

    /// Reads a template that is to be published, and sets it with made-up data: what a desk could not print is
    /// told before any desk has it.
    ///
    /// # Errors
    /// Those of [`Template::read`]; [`LettersError::Template`] for a paper this program does not know, for holes
    /// that are not the same in both languages, and for what typst says, with the line of the layout.
    pub fn check(file: &str) -> Result<Self, LettersError> {
        let made = Self::read(file)?;
        let at = |what: String| LettersError::Template(format!("{}: {what}", made.id));
        let uneven = made.texts.iter().find(|(_, t)| holes(&t.kk) != holes(&t.ru));
        if let Some((name, _)) = uneven {
            return Err(at(format!("{name}: other {{holes}} in Kazakh than in Russian")));
        }
        let copied = made.texts.iter().find(|(_, t)| t.kk == t.ru);
        if let Some((name, _)) = copied {
            return Err(at(format!("{name}: the same in Kazakh and Russian")));
        }
        let set = made.specimen()?.typeset().map_err(|e| match e {
            LettersError::Typesetting(said) => at(in_layout(&said)),
            other => other,
        })?;
        match set.warnings.first() {
            Some(warning) => Err(at(warning.clone())),
            None => Ok(made),
        }
    }

    /// The paper filled with made-up data, with the word “specimen” across its pages.
    ///
    /// # Errors
    /// [`LettersError::Template`] for a paper this program does not know.
    pub fn specimen(&self) -> Result<Sheet, LettersError> {
        let data = specimen::data(&self.id)
            .ok_or_else(|| LettersError::Template(format!("there is no paper {}", self.id)))?;
        Sheet::of_specimen(self, data)
    }

    /// The whole typst source of this paper.
    #[must_use]
    pub fn source(&self) -> String {
        format!("{SHARED}\n{}", self.layout)
    }
}

/// What stands in braces, in order.
fn holes(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> =
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    found.sort_unstable();
    found
}

/// Typst counts the lines of the whole source: told as those of the layout where it is there.
fn in_layout(said: &str) -> String {
    let Some((line, rest)) = said.strip_prefix("line ").and_then(|s| s.split_once(": ")) else {
        return said.to_owned();
    };
    // The mark of a specimen is one line, and one line parts the shared part from the layout.
    let before = SHARED.lines().count() + 1;
    match line.parse::<usize>().ok().and_then(|n| n.checked_sub(before)).filter(|n| *n > 0) {
        Some(n) => format!("layout, line {n}: {rest}"),
        None => said.to_owned(),
    }
}

/// A set of templates.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    known: BTreeMap<(String, u32), Template>,
}

impl Templates {
    /// What the program ships.
    ///
    /// # Errors
    /// [`LettersError::Template`] when this build's files are broken.
    pub fn shipped() -> Result<&'static Self, LettersError> {
        static READ: OnceLock<Result<Templates, LettersError>> = OnceLock::new();
        READ.get_or_init(|| {
            SHIPPED
                .into_iter()
                .try_fold(Self::default(), |set, file| Ok(set.with(Template::read(file)?)))
        })
        .as_ref()
        .map_err(Clone::clone)
    }

    /// The same set with one template more; one of the same id and version is replaced.
    #[must_use]
    pub fn with(mut self, template: Template) -> Self {
        self.known.insert((template.id.clone(), template.version), template);
        self
    }

    /// A version of a paper, or nothing when this set has none such.
    #[must_use]
    pub fn get(&self, id: &str, version: u32) -> Option<&Template> {
        self.known.get(&(id.to_owned(), version))
    }

    /// The newest version of a paper.
    #[must_use]
    pub fn newest(&self, id: &str) -> Option<&Template> {
        self.known.range((id.to_owned(), 0)..=(id.to_owned(), u32::MAX)).next_back().map(|(_, t)| t)
    }

    /// Every template, by id and version.
    pub fn all(&self) -> impl Iterator<Item = &Template> {
        self.known.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(id: &str, version: u32) -> String {
        format!(
            "id = \"{id}\"\nversion = {version}\nlayout = '''үй'''\n[texts]\na = {{ kk = \"есік\", ru = \"дверь\" }}\n"
        )
    }

    #[test]
    fn a_regions_newer_version_is_taken_and_the_older_one_stays_to_be_looked_up() {
        let shipped = Templates::shipped().unwrap().clone();
        let own = Template::read(&file("coupon", 7)).unwrap();
        let set = shipped.with(own);
        assert_eq!(set.newest("coupon").unwrap().version, 7);
        assert_eq!(set.get("coupon", 2).unwrap().version, 2);
        assert_eq!(set.get("coupon", 1), None);
        assert_eq!(set.newest("no_such").map(|t| t.version), None);
    }

    #[test]
    fn a_broken_template_is_told_by_name() {
        for (broken, word) in [
            (file("coupon", 0), "version 0"),
            (file("Талон", 1), "id Талон"),
            (file("coupon", 1).replace("дверь", " "), "coupon: a"),
            (file("coupon", 1).replace("layout", "lay_out"), "lay_out"),
            ("не".to_owned(), "invalid key"),
        ] {
            let told = Template::read(&broken).unwrap_err();
            assert_eq!(told.code(), "template_broken");
            assert!(told.to_string().contains(word), "{told}");
        }
    }

    #[test]
    fn kazakh_is_written_and_no_latin_letters_stray_into_either_language() {
        for template in Templates::shipped().unwrap().all() {
            for (name, pair) in &template.texts {
                let at = format!("{} {name}", template.id);
                assert_ne!(pair.kk, pair.ru, "{at}");
                assert_eq!(holes(&pair.kk), holes(&pair.ru), "{at}");
                assert!(
                    template.layout.contains(&format!("t.{name}")) || name.starts_with("field_"),
                    "{at}: a text nobody prints"
                );
                for text in [&pair.kk, &pair.ru] {
                    let mut bare = text.replace("QR", "");
                    for hole in holes(text) {
                        bare = bare.replace(&format!("{{{hole}}}"), "");
                    }
                    assert!(!bare.chars().any(|c| c.is_ascii_alphabetic()), "{at}: {text}");
                }
            }
        }
    }
}
