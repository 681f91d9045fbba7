//! A further visit in a case that exists: what the case does not know yet becomes part of it, and nothing it knows is
//! written over. What differs stands in the note, as it was typed.

use super::{Ground, Plan, issues, party_added, people};
use crate::api::IntakeForm;
use esik_domain::case::{CaseParty, CaseState};
use esik_domain::event::{Address, Body, CaseAmended, NoteAdded, Party, PartyAmended};
use esik_domain::ids::EventId;
use esik_domain::text::normalize_input;
use serde_json::Map;

/// The events of such a visit, after the visit itself. Beside a crime only the social sentence.
pub(super) fn join(form: &IntakeForm, kept: &str, ground: &Ground<'_>, plan: &mut Plan) {
    let mut note = vec![kept.to_owned()];
    if let Some(case) = ground.existing.filter(|_| form.crime.is_none()) {
        add_people(form, case, ground, plan, &mut note);
        add_place(form, case, plan, &mut note);
        add_issues(form, case, ground, plan, &mut note);
    }
    note.retain(|line| !line.trim().is_empty());
    if !note.is_empty() {
        plan.push(Body::NoteAdded(NoteAdded { text: note.join("\n\n"), more: Map::new() }));
    }
}

fn add_people(
    form: &IntakeForm,
    case: &CaseState,
    ground: &Ground<'_>,
    plan: &mut Plan,
    note: &mut Vec<String>,
) {
    for typed in people(form) {
        match case.parties.iter().find(|known| is_same(&known.party, &typed)) {
            None => plan.push(party_added(ground, typed)),
            Some(CaseParty { id, party }) => {
                let filled = filled(party, typed, note);
                if filled != *party {
                    plan.push(Body::PartyAmended(PartyAmended {
                        party_id: *id,
                        party: filled,
                        more: Map::new(),
                    }));
                }
            }
        }
    }
}

/// One person, told twice: by the number, else by the name, else – where one of them has no name – by the telephone.
fn is_same(known: &Party, typed: &Party) -> bool {
    if !known.iin.is_empty() && !typed.iin.is_empty() {
        return known.iin == typed.iin;
    }
    let phone = !known.phone.is_empty() && known.phone == typed.phone;
    if known.is_nameless() || typed.is_nameless() {
        return phone;
    }
    let fits = |a: &str, b: &str| a.is_empty() || b.is_empty() || alike(a, b);
    let whole = !typed.surname.is_empty() && !typed.given.is_empty();
    alike(&known.surname, &typed.surname)
        && alike(&known.given, &typed.given)
        && alike(&known.organisation, &typed.organisation)
        && fits(&known.patronymic, &typed.patronymic)
        && (phone || whole || fits(&known.phone, &typed.phone))
}

fn alike(a: &str, b: &str) -> bool {
    a.to_lowercase().split_whitespace().eq(b.to_lowercase().split_whitespace())
}

/// The person with what was not known yet. A value that differs is left as it is and goes into the note.
fn filled(known: &Party, typed: Party, note: &mut Vec<String>) -> Party {
    let mut out = known.clone();
    // Whoever asked not to be called is not called from now on.
    out.do_not_call |= typed.do_not_call;
    let pairs = [
        (&mut out.surname, typed.surname),
        (&mut out.given, typed.given),
        (&mut out.patronymic, typed.patronymic),
        (&mut out.organisation, typed.organisation),
        (&mut out.iin, typed.iin),
        (&mut out.phone, typed.phone),
        (&mut out.call_note, typed.call_note),
    ];
    for (field, value) in pairs {
        if field.is_empty() {
            *field = value;
        } else if !value.is_empty() && !alike(field, &value) {
            note.push(value);
        }
    }
    out
}

fn add_place(form: &IntakeForm, case: &CaseState, plan: &mut Plan, note: &mut Vec<String>) {
    let text = normalize_input(&form.address).trim().to_owned();
    let known = case.address.as_ref().map_or("", |a| a.text.trim());
    if text.is_empty() || alike(known, &text) {
        return;
    }
    if known.is_empty() {
        plan.push(Body::CaseAmended(CaseAmended {
            title: None,
            address: Some(Address { text, ..Address::default() }),
            ext_number: None,
            more: Map::new(),
        }));
    } else {
        note.push(text);
    }
}

fn add_issues(
    form: &IntakeForm,
    case: &CaseState,
    ground: &Ground<'_>,
    plan: &mut Plan,
    note: &mut Vec<String>,
) {
    let mut known: Vec<_> = case.issues.iter().map(|i| i.category.clone()).collect();
    let first = (form.category.clone(), String::new());
    let more = form.more_issues.iter().map(|i| (i.category.clone(), normalize_input(&i.text)));
    for (theme, text) in std::iter::once(first).chain(more) {
        match theme.filter(|theme| !known.contains(theme)) {
            None => note.push(text),
            Some(theme) => {
                known.push(theme.clone());
                plan.push(issues::added(ground, theme, text));
            }
        }
    }
}

/// What an event of such a visit amends: two values that meet are looked at.
pub fn base(body: &Body, case: &CaseState) -> Option<EventId> {
    let field = match body {
        Body::CaseAmended(_) => "address".to_owned(),
        Body::PartyAmended(b) => format!("party:{}", b.party_id),
        _ => return None,
    };
    case.set_by.get(&field).copied()
}
