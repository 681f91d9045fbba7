//! The issues of one visit: the first, whose words are the visit's, and the further ones, each with its own theme and words.

use super::{Becomes, Ground};
use crate::api::{IntakeForm, MoreIssue};
use esik_domain::catalog::{Catalog, CrimeFlag, Lang, circle_for};
use esik_domain::event::{Body, IssueAdded};
use esik_domain::ids::{CategoryCode, Circle, IssueId};
use esik_domain::queue::circle_of_words;
use esik_domain::text::normalize_input;
use serde_json::Map;

/// The issue a request names: 0 the first, then the further ones in order; none when there is no such issue.
pub(super) fn nth(form: &IntakeForm, issue: Option<u32>) -> Option<usize> {
    let n = usize::try_from(issue.unwrap_or(0)).ok()?;
    (n <= form.more_issues.len()).then_some(n)
}

fn more(form: &IntakeForm, n: usize) -> Option<&MoreIssue> {
    n.checked_sub(1).and_then(|n| form.more_issues.get(n))
}

/// The theme of an issue, as far as it may be kept. A further visit in a case is about that case's theme, if the officer
/// named no other.
pub(super) fn theme(form: &IntakeForm, n: usize, ground: &Ground<'_>) -> Option<CategoryCode> {
    let crime = form.crime.is_some();
    let chosen = match more(form, n) {
        Some(issue) => issue.category.clone(),
        // The class of a crime is its content too.
        None if crime => None,
        None => form.category.clone().or_else(|| ground.existing?.category().cloned()),
    };
    chosen.filter(|c| !crime || stands_beside_a_crime(ground.catalog, c))
}

/// Beside a crime no theme is kept that tells what it was: the class of a crime, or a restricted matter.
pub(crate) fn stands_beside_a_crime(catalog: &Catalog, theme: &CategoryCode) -> bool {
    let class = catalog.category(theme.as_str()).and_then(|c| c.crime_flag);
    class != Some(CrimeFlag::Register) && circle_for(theme.as_str()).is_none()
}

/// Who may know of it, from the first minute: as one of its themes wants it, and where the officer chose no theme, as it was
/// heard at the door and as the words sound. A case that gets another visit was judged before.
pub(super) fn circle(form: &IntakeForm, ground: &Ground<'_>) -> Circle {
    let more = form.more_issues.iter().filter_map(|issue| issue.category.as_ref());
    if let Some(of_theme) = form.category.iter().chain(more).find_map(|c| circle_for(c.as_str())) {
        return Circle(of_theme.to_owned());
    }
    if form.existing_case.is_some() {
        return Circle::open();
    }
    (0..=form.more_issues.len())
        .map(|n| own_circle(form, n, ground))
        .find(|circle| !circle.is_open())
        .unwrap_or_else(Circle::open)
}

/// The circle one issue belongs to by itself.
fn own_circle(form: &IntakeForm, n: usize, ground: &Ground<'_>) -> Circle {
    let issue = more(form, n);
    let theme = issue.map_or(form.category.as_ref(), |issue| issue.category.as_ref());
    if let Some(theme) = theme {
        return circle_for(theme.as_str()).map_or_else(Circle::open, |c| Circle(c.to_owned()));
    }
    match issue {
        Some(issue) => circle_of_words(ground.catalog, &issue.text, None),
        None => match ground.existing {
            Some(case) => case.circle.clone(),
            None if ground.ticket.is_open() => circle_of_words(ground.catalog, &form.text, None),
            None => ground.ticket.clone(),
        },
    }
}

/// What goes to a body about this issue when the officer wrote nothing for it: the issue's own words. An issue without any
/// is told in the words of the visit; where those tell of a restricted matter too, nothing goes by itself.
pub(super) fn words(form: &IntakeForm, n: usize, kept: &str, ground: &Ground<'_>) -> String {
    // On the crime branch this is the social sentence, and nothing else is kept.
    if form.crime.is_some() {
        return kept.to_owned();
    }
    let own = |n: usize| {
        more(form, n).map(|i| normalize_input(&i.text)).filter(|text| !text.trim().is_empty())
    };
    if let Some(text) = own(n) {
        return text;
    }
    let mine = own_circle(form, n, ground);
    let told_of_others = (0..=form.more_issues.len()).filter(|i| *i != n && own(*i).is_none());
    let secret = |i: usize| {
        let circle = own_circle(form, i, ground);
        !circle.is_open() && circle != mine
    };
    if told_of_others.into_iter().any(secret) { String::new() } else { kept.to_owned() }
}

/// What is kept of the words, where there is one text for all of them: in a case those of issues without a theme stand with
/// the visit's, in an advice every further issue does. Beside a crime only the social sentence.
pub(super) fn told(form: &IntakeForm, kept: &str, becomes: Becomes, catalog: &Catalog) -> String {
    let mut out = vec![kept.to_owned()];
    if form.crime.is_none() {
        out.extend(form.more_issues.iter().filter_map(|issue| match (becomes, &issue.category) {
            (Becomes::Case | Becomes::Advice, None) => Some(normalize_input(&issue.text)),
            (Becomes::Advice, Some(theme)) => Some(with_theme(form, theme, &issue.text, catalog)),
            _ => None,
        }));
    }
    out.retain(|text| !text.trim().is_empty());
    out.join("\n\n")
}

/// An issue in one line, called by its theme in the language the person spoke: an advice has one theme of its own.
fn with_theme(form: &IntakeForm, theme: &CategoryCode, text: &str, catalog: &Catalog) -> String {
    let lang = Lang::from_code(&form.language).unwrap_or(Lang::Ru);
    let name = catalog.category(theme.as_str()).map_or(theme.as_str(), |c| c.name.get(lang));
    let text = normalize_input(text);
    if text.trim().is_empty() { name.to_owned() } else { format!("{name}: {text}") }
}

/// What becomes an issue of a case: every theme that may be kept, with its words.
pub(super) fn themed(form: &IntakeForm, ground: &Ground<'_>) -> Vec<(CategoryCode, String)> {
    let crime = form.crime.is_some();
    (0..=form.more_issues.len())
        .filter_map(|n| {
            let text = more(form, n).filter(|_| !crime).map_or("", |issue| issue.text.as_str());
            Some((theme(form, n, ground)?, normalize_input(text)))
        })
        .collect()
}

/// An issue of the case.
pub(super) fn added(ground: &Ground<'_>, category: CategoryCode, text: String) -> Body {
    let issue_id = IssueId((ground.uuid)());
    Body::IssueAdded(IssueAdded { issue_id, category, text, more: Map::new() })
}
