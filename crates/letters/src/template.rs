//! Templates: a paper's words in Kazakh and Russian and its layout, as data with a version.
//!
//! One file of `papers/` is one version of one paper. A region's own file with a higher version takes the
//! place of the shipped one. What was printed carries its template along ([`crate::Sheet`]), so a paper can
//! be made again after its version has left every set.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;

use crate::{LettersError, text::L10nPair};

/// What every layout may use; put before it as it stands.
const SHARED: &str = include_str!("../papers/shared.typ");

/// The papers this program ships.
const SHIPPED: [&str; 13] = [
    include_str!("../papers/advice.1.toml"),
    include_str!("../papers/answer.1.toml"),
    include_str!("../papers/coupon.1.toml"),
    include_str!("../papers/extension.1.toml"),
    include_str!("../papers/extension_notice.1.toml"),
    include_str!("../papers/protocol.1.toml"),
    include_str!("../papers/redirect.1.toml"),
    include_str!("../papers/redirect_notice.1.toml"),
    include_str!("../papers/referral.1.toml"),
    include_str!("../papers/register.1.toml"),
    include_str!("../papers/round.1.toml"),
    include_str!("../papers/shift.1.toml"),
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
        let made: Self =
            toml::from_str(file).map_err(|e| LettersError::Template(e.message().to_owned()))?;
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

    /// The whole typst source of this paper.
    #[must_use]
    pub fn source(&self) -> String {
        format!("{SHARED}\n{}", self.layout)
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
        assert_eq!(set.get("coupon", 1).unwrap().version, 1);
        assert_eq!(set.get("coupon", 2), None);
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
        let holes = |text: &str| {
            let mut found: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|r| r.split('}').next())
                .map(str::to_owned)
                .collect();
            found.sort();
            found
        };
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
