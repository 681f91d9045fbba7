//! Time of one suggestion against a floor of the same run: folding the text and one pass over its words through
//! a hash map; without cases of the station and with the 300 that the desk gives it. Prints the medians and
//! their ratio. `cargo run --release -p esik-domain --example speed`

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use esik_domain::catalog::Catalog;
use esik_domain::suggest::{History, PastCase, suggest};
use esik_domain::text::fold;

const TEXTS: &str = include_str!("../data/texts.tsv");
const ROUNDS: usize = 5;
const CASES: usize = 300;

fn main() {
    let lines = TEXTS.lines().filter(|line| !line.starts_with('#'));
    let told: Vec<(&str, &str)> = lines
        .filter_map(|line| {
            let mut cells = line.split('\t');
            Some((cells.nth(1)?, cells.nth(1)?))
        })
        .collect();
    let texts: Vec<&str> = told.iter().map(|(_, text)| *text).collect();
    let case = |(category, title): &(&str, &str)| PastCase {
        category: (*category).to_owned(),
        title: (*title).to_owned(),
    };
    let cases = told.iter().rev().take(CASES).map(case).collect();
    measure("no cases", &texts, &History::default());
    measure("300 cases", &texts, &History { cases, ..History::default() });
}

fn measure(name: &str, texts: &[&str], history: &History) {
    let catalog = Catalog::shipped();
    let mut map: HashMap<String, usize> = HashMap::new();
    for text in texts {
        for word in fold(text).split_whitespace() {
            let next = map.len();
            map.entry(word.to_owned()).or_insert(next);
        }
        black_box(suggest(catalog, text, history));
    }
    let (mut floor, mut whole) = (Vec::new(), Vec::new());
    for text in texts.iter().cycle().take(texts.len() * ROUNDS) {
        let start = Instant::now();
        let folded = fold(black_box(text));
        black_box(folded.split_whitespace().filter_map(|word| map.get(word)).sum::<usize>());
        floor.push(start.elapsed());
        let start = Instant::now();
        black_box(suggest(catalog, black_box(text), history));
        whole.push(start.elapsed());
    }
    let (floor, whole) = (median(&mut floor), median(&mut whole));
    println!(
        "{name}: {} texts, {ROUNDS} rounds: suggestion {:.1} us, floor {:.2} us, ratio {:.0}",
        texts.len(),
        whole.as_secs_f64() * 1e6,
        floor.as_secs_f64() * 1e6,
        whole.as_secs_f64() / floor.as_secs_f64()
    );
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
