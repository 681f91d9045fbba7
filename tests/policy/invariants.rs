//! `docs/invariants.md`: every invariant (S), property (B) and threat (T) with the tests that hold it, or “missing”.
//!
//! A test says what it holds in a line of its doc comment that begins with the codes, as in `/// S15, T29: …` or
//! `/// S28 (part).`; tests of the pages say it in a comment above `it(`.
//! `ESIK_WRITE=1 cargo nextest run … -E 'test(invariants)'` writes the page anew.

use super::{none, root, text, tracked_files};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const PAGE: &str = "docs/invariants.md";
const LIST: &str = "tests/policy/invariants.tsv";

/// Who says he holds an invariant.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Claim {
    code: String,
    part: bool,
    file: String,
    test: String,
}

/// The codes a comment begins with: `S15, T29 (part): words` → S15 whole, T29 in part.
fn codes(comment: &str) -> Vec<(String, bool)> {
    let head = comment.split([':', '.']).next().unwrap_or_default();
    let one = |word: &str| {
        let (code, part) = match word.trim().strip_suffix("(part)") {
            Some(code) => (code.trim(), true),
            None => (word.trim(), false),
        };
        let (letter, number) = code.split_at_checked(1)?;
        let real = ["S", "B", "T"].contains(&letter)
            && (1..=2).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_digit());
        real.then(|| (code.to_owned(), part))
    };
    head.split(',').map(one).collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// What the tests of a file claim. A claim that stands above no test is nobody's.
fn claims(file: &str, source: &str) -> Vec<Claim> {
    let mut found = Vec::new();
    let mut open: Vec<(String, bool)> = Vec::new();
    let mut is_test = !file.ends_with(".rs");
    for line in source.lines().map(str::trim) {
        if let Some(comment) = line.strip_prefix("///").or_else(|| line.strip_prefix("//")) {
            open.extend(codes(comment.trim()));
        } else if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if line.starts_with("#[") || line.is_empty() {
            // Other attributes between the comment and the function.
        } else {
            let name = if file.ends_with(".rs") {
                let rest = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
                rest.and_then(|r| r.split('(').next()).map(String::from)
            } else {
                let call = ["it('", "test('", "it(\"", "test(\""];
                call.iter()
                    .find_map(|c| line.strip_prefix(c))
                    .and_then(|r| r.split(['\'', '"']).next())
                    .map(String::from)
            };
            if let Some(test) = name.filter(|_| is_test) {
                found.extend(open.iter().map(|(code, part)| Claim {
                    code: code.clone(),
                    part: *part,
                    file: file.to_owned(),
                    test: test.clone(),
                }));
            }
            open.clear();
            is_test = !file.ends_with(".rs");
        }
    }
    found
}

fn listed() -> Vec<(String, String)> {
    text(LIST)
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(code, words)| (code.to_owned(), words.to_owned()))
        .collect()
}

fn page(list: &[(String, String)], claims: &[Claim]) -> String {
    let mut by_code: BTreeMap<&str, Vec<&Claim>> = BTreeMap::new();
    for claim in claims {
        by_code.entry(&claim.code).or_default().push(claim);
    }
    let state = |code: &str| match by_code.get(code) {
        None => "missing",
        Some(held) if held.iter().all(|c| c.part) => "part",
        Some(_) => "held",
    };
    let mut out = String::from(
        "# Invariants, properties, threats\n\nWritten by a test (`tests/policy/invariants.rs`) from what the tests say of themselves. “held” = at least one\n\
         test says it holds the whole; “part” = tests hold a part only; “missing” = nobody. Partial is not resolved.\n",
    );
    for (letter, title) in
        [("S", "Invariants of the synchronisation"), ("B", "Properties"), ("T", "Threats")]
    {
        let of: Vec<_> = list.iter().filter(|(code, _)| code.starts_with(letter)).collect();
        let count = |what: &str| of.iter().filter(|(code, _)| state(code) == what).count();
        let _ = write!(
            out,
            "\n## {title}\n\nheld {}, part {}, missing {}.\n\n|  | what | state | tests |\n|---|---|---|---|\n",
            count("held"),
            count("part"),
            count("missing"),
        );
        for (code, words) in of {
            let tests: Vec<String> = by_code
                .get(code.as_str())
                .into_iter()
                .flatten()
                .map(|c| {
                    let part = if c.part { " (part)" } else { "" };
                    format!("`{}` in {}{part}", c.test, c.file)
                })
                .collect();
            let _ =
                writeln!(out, "| {code} | {words} | {} | {} |", state(code), tests.join("<br>"));
        }
    }
    out
}

fn all_claims() -> Vec<Claim> {
    let mut found: Vec<Claim> = tracked_files()
        .iter()
        .filter(|f| f.ends_with(".rs") || f.ends_with(".test.ts") || f.ends_with(".test.tsx"))
        .filter(|f| *f != "tests/policy/invariants.rs")
        .flat_map(|f| claims(f, &text(f)))
        .collect();
    found.sort_by(|a, b| (&a.file, &a.test).cmp(&(&b.file, &b.test)));
    found
}

#[test]
fn the_page_of_invariants_is_what_the_tests_say() {
    let (list, claims) = (listed(), all_claims());
    assert!(list.len() == 35 + 40 + 37, "{} lines in {LIST}", list.len());
    let unknown: Vec<String> = claims
        .iter()
        .filter(|c| !list.iter().any(|(code, _)| *code == c.code))
        .map(|c| format!("{}: {} names {}, which is not in {LIST}", c.file, c.test, c.code))
        .collect();
    none(&unknown);
    let page = page(&list, &claims);
    if std::env::var_os("ESIK_WRITE").is_some() {
        std::fs::write(root().join(PAGE), &page).unwrap();
    }
    assert!(
        text(PAGE) == page,
        "{PAGE} is not what the tests say; write it anew with ESIK_WRITE=1 and look at the difference"
    );
}

#[test]
fn a_claim_is_read_where_a_test_stands() {
    let source = "/// A story.\n/// S15, T29 (part): words. S3.\n#[tokio::test]\nasync fn told() {}\n\
                  /// S1.\nfn helper() {}\n/// Shelves are not S2.\n#[test]\nfn other() {}\n";
    let found = claims("a.rs", source);
    let seen: Vec<_> = found.iter().map(|c| (c.code.as_str(), c.part, c.test.as_str())).collect();
    assert_eq!(seen, [("S15", false, "told"), ("T29", true, "told")]);
    let found = claims("a.test.ts", "// S20.\nit('tells a wrong clock', () => {\n");
    assert_eq!(found[0].test, "tells a wrong clock");
    let list = [("S1".into(), "a".into()), ("S15".into(), "b".into()), ("T29".into(), "c".into())];
    let page = page(&list, &claims("a.rs", source));
    assert!(page.contains("| S1 | a | missing |"), "{page}");
    assert!(page.contains("| S15 | b | held | `told` in a.rs |"), "{page}");
    assert!(page.contains("| T29 | c | part |"), "{page}");
}
