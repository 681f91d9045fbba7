//! Measures the suggestions on labelled texts and holds the examples the product promises.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use esik_domain::catalog::Catalog;
use esik_domain::suggest::{
    AgencyWhy, FlagRoute, History, MAX_TEXT, PastCategory, PastRoute, Suggestion, red_flag_codes, suggest,
};
use proptest::prelude::*;

struct Labelled {
    lang: &'static str,
    expected: Vec<&'static str>,
    flags: Vec<&'static str>,
    text: &'static str,
}

fn read(table: &'static str) -> Vec<Labelled> {
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    rows.map(|line| {
        let cells: Vec<_> = line.split('\t').collect();
        let [lang, expected, flags, text] = cells[..] else { panic!("not four cells: {line}") };
        let list = |cell: &'static str, by: char| cell.split(by).filter(|item| *item != "-").collect();
        Labelled { lang, expected: list(expected, '|'), flags: list(flags, ','), text }
    })
    .collect()
}

fn of(text: &str) -> Suggestion {
    suggest(Catalog::shipped(), text, &History::default())
}

fn flags(got: &Suggestion) -> Vec<&str> {
    got.red_flags.iter().map(|flag| flag.code.as_str()).collect()
}

/// Share of texts whose category is first, among the first three, and whose red flags are all raised.
fn measure(name: &str, texts: &[Labelled]) -> (f64, f64, f64) {
    let mut by_lang: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    let (mut raised, mut wanted) = (0, 0);
    for text in texts {
        let got = of(text.text);
        let place = got.categories.iter().position(|hit| text.expected.contains(&hit.code.as_str()));
        let counts = by_lang.entry(text.lang).or_default();
        counts.0 += 1;
        counts.1 += usize::from(place == Some(0));
        counts.2 += usize::from(place.is_some_and(|place| place < 3));
        let missing: Vec<_> = text.flags.iter().filter(|flag| !flags(&got).contains(flag)).collect();
        wanted += text.flags.len();
        raised += text.flags.len() - missing.len();
        if place != Some(0) || !missing.is_empty() {
            let told: Vec<_> = got.categories.iter().take(3).map(|hit| format!("{} {:.2}", hit.code, hit.score)).collect();
            println!("{} {:?} not raised {missing:?}: {told:?} <- {}", text.lang, text.expected, text.text);
        }
    }
    let sum = by_lang.values().fold((0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
    let share = |part: usize, all: usize| 100.0 * part as f64 / all.max(1) as f64;
    for (lang, (all, first, three)) in &by_lang {
        println!("{name} {lang}: {all} texts, top-1 {:.1} %, top-3 {:.1} %", share(*first, *all), share(*three, *all));
    }
    let result = (share(sum.1, sum.0), share(sum.2, sum.0), share(raised, wanted));
    println!("{name} all: {} texts, top-1 {:.1} %, top-3 {:.1} %, red flags {:.1} % of {wanted}", sum.0, result.0, result.1, result.2);
    result
}

#[test]
fn labelled_texts_find_their_category() {
    let texts = read(include_str!("data/texts.tsv"));
    let (first, three, raised) = measure("texts", &texts);
    assert!(first >= 0.0 && three >= 0.0 && raised >= 0.0);
}
