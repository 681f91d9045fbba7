//! The words of the generator, from `data/*.json`.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Deserialize)]
pub struct People {
    pub ru: Sexes,
    pub kk: Sexes,
    pub organisations: Both,
    pub mobile_codes: Vec<String>,
}
#[derive(Deserialize)]
pub struct Sexes {
    pub male: Names,
    pub female: Names,
}
#[derive(Deserialize)]
pub struct Names {
    pub surname: Vec<String>,
    pub given: Vec<String>,
    pub patronymic: Vec<String>,
}
#[derive(Deserialize)]
pub struct Both {
    pub ru: Vec<String>,
    pub kk: Vec<String>,
}
#[derive(Deserialize)]
pub struct Places {
    pub streets: Vec<Street>,
}
#[derive(Deserialize)]
pub struct Street {
    pub ru: String,
    pub kk: String,
    pub lat: f64,
    pub lon: f64,
    pub houses: u64,
}
#[derive(Deserialize)]
pub struct Phrases {
    pub ru: Pools,
    pub kk: Pools,
}
#[derive(Deserialize)]
pub struct Pools {
    pub open: Vec<String>,
    pub more: Vec<String>,
    pub wish: Vec<String>,
}
#[derive(Deserialize)]
pub struct Stories {
    pub categories: BTreeMap<String, Story>,
}
#[derive(Deserialize)]
pub struct Story {
    pub weight: u64,
    pub ru: Vec<String>,
    pub kk: Vec<String>,
}
#[derive(Deserialize)]
pub struct Events {
    pub kinds: Vec<Kind>,
    pub count_weights: BTreeMap<u64, u64>,
    pub channels: BTreeMap<String, u64>,
    pub window: Window,
}
#[derive(Deserialize)]
pub struct Kind {
    pub kind: String,
    pub weight: u64,
    pub ru: Vec<String>,
    pub kk: Vec<String>,
}
#[derive(Deserialize)]
pub struct Window {
    pub from: DateTime<Utc>,
    pub days: i64,
}

pub struct Data {
    pub people: People,
    pub places: Places,
    pub phrases: Phrases,
    pub stories: Vec<(u64, (String, Story))>,
    pub kinds: Vec<(u64, Kind)>,
    pub counts: Vec<(u64, u64)>,
    pub channels: Vec<(u64, String)>,
    pub window: Window,
}

/// Read once; a test proves that it reads.
pub static DATA: LazyLock<Option<Data>> = LazyLock::new(|| read().ok());

fn read() -> serde_json::Result<Data> {
    let stories: Stories = serde_json::from_str(include_str!("../../../data/stories.json"))?;
    let events: Events = serde_json::from_str(include_str!("../../../data/events.json"))?;
    Ok(Data {
        people: serde_json::from_str(include_str!("../../../data/people.json"))?,
        places: serde_json::from_str(include_str!("../../../data/places.json"))?,
        phrases: serde_json::from_str(include_str!("../../../data/phrases.json"))?,
        stories: stories.categories.into_iter().map(|(c, s)| (s.weight, (c, s))).collect(),
        kinds: events.kinds.into_iter().map(|k| (k.weight, k)).collect(),
        counts: events.count_weights.into_iter().map(|(n, w)| (w, n)).collect(),
        channels: events.channels.into_iter().map(|(c, w)| (w, c)).collect(),
        window: events.window,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use esik_domain::catalog::Catalog;

    #[test]
    fn the_words_are_there_for_every_category_in_both_languages() {
        let data = read().expect("the data read");
        let known: Vec<&str> = data.stories.iter().map(|(_, (code, _))| code.as_str()).collect();
        let leaves: Vec<&str> = Catalog::shipped()
            .categories()
            .iter()
            .filter(|c| c.level == 2)
            .map(|c| c.code.as_str())
            .collect();
        assert_eq!(leaves.len(), 71);
        for code in &leaves {
            assert!(known.contains(code), "{code} has no story");
        }
        assert_eq!(known.len(), leaves.len());
        for (_, (code, story)) in &data.stories {
            assert!(story.ru.len() >= 2 && story.kk.len() >= 2, "{code}");
            // Kazakh is written, not a copy.
            assert!(
                story.kk.iter().all(|s| s.chars().any(|c| "әғқңөұүһіӘҒҚҢӨҰҮҺІ".contains(c))),
                "{code}"
            );
        }
    }
}
