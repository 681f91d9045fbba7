//! What reaches typst: a paper's own file, as a region publishes it, and the words of people.

use crate::{chosen, text};
use chrono::DateTime;
use esik_letters::{
    AdviceCertificate, Cited, Document as _, Entry, L10nPair, LettersError, Signer, Template,
    Templates,
};

/// The first byte chooses: a template, or words in every place of a shipped paper.
pub fn paper(bytes: &[u8]) {
    let Some((which, rest)) = chosen(bytes) else { return };
    let Some(text) = text(rest) else { return };
    if which % 2 == 0 {
        // What is wrong is told; what is right was set.
        let _ = Template::check(text);
        return;
    }
    // Everything a person typed was put in order before.
    let words = esik_domain::text::normalize_input(text);
    let pair = || L10nPair::new(words.clone(), words.clone());
    let paper = AdviceCertificate {
        number: String::new(),
        visited_at: DateTime::UNIX_EPOCH,
        station: pair(),
        applicant: Entry::of(&words),
        topic: pair(),
        advice: words.clone(),
        cited: vec![Cited { title: pair(), version: 1, confirmed: None }],
        adviser: Signer { post: pair(), name: words.clone() },
    };
    let shipped = Templates::shipped();
    let set = shipped.and_then(|papers| paper.sheet(papers)).and_then(|sheet| sheet.typeset());
    let refused = matches!(set, Err(LettersError::Empty(_)));
    assert!(set.is_ok() || refused, "no word breaks a paper: {:?}", set.err());
}
