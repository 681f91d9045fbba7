//! What a region reads besides messages: forms of its pages, and the rows of a copy that is put back.

use crate::{chosen, text};
use esik_domain::event::Word;
use esik_server::backup::{Check, Manifest};
use esik_server::store::copy::Row;
use esik_server::typed::{self, FORM_SIGNS, Words};
use futures_executor::block_on;

/// What stands between the parts of the form.
const PARTS: &str = "multipart/form-data; boundary=esik";

/// Forms of portal and status page. The first byte chooses: with a file, small, or an address.
pub fn forms(bytes: &[u8]) {
    let Some((which, body)) = chosen(bytes) else { return };
    match which % 3 {
        0 => {
            for typed in block_on(typed::request(PARTS, body.to_vec())).unwrap_or_default() {
                assert!(
                    !typed.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')),
                    "what may not stand in an event: {typed:?}"
                );
            }
        }
        1 => {
            block_on(typed::small(body));
            if let Some((number, code)) = block_on(typed::status(body)) {
                assert!(code.len() == 8 && !number.is_empty(), "{number:?} {code:?}");
            }
        }
        _ => {
            if let Some((number, secret)) = text(body).and_then(typed::scanned) {
                assert!(matches!(secret.len(), 26 | 32) && !number.is_empty(), "{number:?}");
            }
        }
    }
}

/// The word of whoever holds a coupon, as the status page's form brings it. What comes of it may stand in an event, and the
/// form that is shown again with it says the same once more.
pub fn said(bytes: &[u8]) {
    let Some((ask, words)) = block_on(typed::said(bytes)) else { return };
    if let Some((number, proof)) = ask {
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        assert!(!number.is_empty() && plain(&number) && plain(&proof), "{number:?} {proof:?}");
        assert!(matches!(proof.len(), 8 | 26 | 32), "{proof:?}");
    }
    let kept = words.text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    assert!(kept && words.text.trim() == words.text, "what may not stand in an event: {words:?}");
    assert!(words.satisfaction.is_none_or(|n| (1..=5).contains(&n)), "{words:?}");
    assert!(words.form.is_empty() || words.form.len() == FORM_SIGNS, "{words:?}");
    assert!(words.form.bytes().all(|b| b.is_ascii_hexdigit()), "{words:?}");
    let word = match words.word {
        None => "",
        Some(Word::Solved) => "solved",
        Some(Word::NotSolved) => "not_solved",
        other => unreachable!("nobody can choose {other:?}"),
    };
    let stars = words.satisfaction.map(|n| n.to_string()).unwrap_or_default();
    assert_eq!(Words::of(word, &stars, &words.text, &words.form), words, "said once more");
}

/// Rows of a region's copy, a line each, as `restore` reads them before it believes any; and the list beside them.
pub fn rows(bytes: &[u8]) {
    let _ = serde_json::from_slice::<Manifest>(bytes);
    let Some(lines) = text(bytes) else { return };
    let mut check = Check::default();
    for line in lines.lines() {
        let Ok(row) = Row::parse(line) else { continue };
        let again = row.line().ok().and_then(|line| Row::parse(&line).ok());
        assert_eq!(again.as_ref(), Some(&row), "what was read is written and read again");
        if check.row(&row).is_err() {
            return;
        }
    }
    let _ = check.finish();
}
