//! What people type and paste: phones, identity numbers, names, texts, lists of addresses.

use crate::text;
use esik_domain::catalog::Catalog;
use esik_domain::event::TEXT_BYTES_MAX;
use esik_domain::name::{PersonName, query_key, sort_key};
use esik_domain::{iin, number, phone, round, suggest as suggestions, text as words};

/// One line in any field.
pub fn typed(bytes: &[u8]) {
    let Some(line) = text(bytes).filter(|t| t.len() <= TEXT_BYTES_MAX) else { return };
    let normal = words::normalize_input(line);
    assert_eq!(words::normalize_input(&normal), normal, "what is in order stays");
    let read = phone::check(line);
    assert_eq!(read.valid, read.e164.is_some());
    if let Some(number) = &read.e164 {
        let again = phone::check(number);
        assert_eq!(again.e164.as_ref(), Some(number), "a number that is kept is read as itself");
    }
    let _ = phone::check_in(line, "7162");
    let _ = iin::check(line);
    let number = number::normalise_typed(line);
    assert_eq!(number::normalise_typed(&number), number);
    if let Some(name) = PersonName::parse(line) {
        let _ = (name.search_key(), name.initials(), name.sort_key());
        assert!((0.0..=1.0).contains(&name.similarity(&name)));
    }
    let _ = (query_key(line), sort_key(line), words::headline(line), words::search_terms(line));
    let _ = (words::query_words(line), esik_domain::text::wrong_layout(line));
    for token in words::tokens_as_meant(line) {
        let _ = words::stem(&words::fold(line.get(token.start..token.end).unwrap_or_default()));
    }
    let _ = esik_store::search::place_key(line);
}

/// A story, and what is suggested for it.
pub fn suggest(bytes: &[u8]) {
    let Some(story) = text(bytes) else { return };
    let got = suggestions::suggest(Catalog::shipped(), story, &suggestions::History::default());
    assert!(got.categories.len() <= 16, "a list that nobody reads");
}

/// A list of addresses, as another program wrote it.
pub fn places(bytes: &[u8]) {
    let Some(list) = text(bytes) else { return };
    let lines = u32::try_from(list.lines().count()).unwrap_or(u32::MAX);
    for read in round::read_csv(list) {
        assert!((1..=lines).contains(&read.line), "a line of the list");
        if let Ok((address, _)) = read.read {
            assert!(!address.trim().is_empty());
        }
    }
}
