//! What the window says in a language: its own catalogue, so that a story reads the screen as people do.

use serde_json::{Map, Value};

/// The catalogue of one language.
pub struct Texts(Map<String, Value>);

impl Texts {
    /// Everything the window says in `kk`, `ru` or `en`.
    #[must_use]
    pub fn of(language: &str) -> Self {
        let folder = crate::here().join("../ui/src/i18n").join(language);
        let mut all = Map::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|e| e != "json") {
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let part: Map<String, Value> = serde_json::from_str(&text).unwrap();
            all.extend(part);
        }
        Self(all)
    }

    /// A text without values.
    #[must_use]
    pub fn say(&self, id: &str) -> &str {
        self.0.get(id).and_then(Value::as_str).unwrap_or_else(|| panic!("no text {id}"))
    }

    /// The longest part of a text that has no value in it: what is on the screen whatever the values.
    #[must_use]
    pub fn part(&self, id: &str) -> &str {
        let text = self.say(id);
        text.split(['{', '}'])
            .step_by(2)
            .map(str::trim)
            .max_by_key(|part| part.chars().count())
            .unwrap_or(text)
    }
}
