//! What each correction of a case changed: the old value beside the new one, for its history.

use crate::api::FieldChange;
use esik_domain::event::{Body, Party};
use esik_domain::fold::{Entry, Standing};
use esik_domain::ids::EventId;
use esik_domain::undo::undone;
use std::collections::BTreeMap;

/// Values as they stood, by the field's name as an amendment's base knows it.
#[derive(Default)]
struct Values {
    plain: BTreeMap<String, String>,
    people: BTreeMap<String, Party>,
}

/// What every amendment among the events changed. One that does not count (refused, taken back) tells
/// what it would have changed, and changes nothing for those after it.
pub fn changes(entries: &[Entry]) -> BTreeMap<EventId, Vec<FieldChange>> {
    let undone = undone(entries);
    let mut values = Values::default();
    let mut out = BTreeMap::new();
    for entry in entries {
        let stands = !matches!(entry.standing, Standing::Refused(_))
            && !undone.contains_key(&entry.event.id);
        let told = values.take(entry.event.read_body(), stands);
        if !told.is_empty() {
            out.insert(entry.event.id, told);
        }
    }
    out
}

impl Values {
    fn take(&mut self, body: Body, stands: bool) -> Vec<FieldChange> {
        match body {
            Body::CaseOpened(b) => {
                self.set("title", b.title);
                self.set("address", b.address.map(|a| a.text).unwrap_or_default());
                self.set("ext_number", b.ext_number.unwrap_or_default());
            }
            Body::IssueAdded(b) => self.set(&format!("category:{}", b.issue_id), b.category.0),
            Body::PartyAdded(b) => {
                self.people.insert(b.party_id.to_string(), b.party);
            }
            Body::CaseAmended(b) => {
                let address = b.address.map(|a| a.text);
                let wanted =
                    [("title", b.title), ("address", address), ("ext_number", b.ext_number)];
                return wanted
                    .into_iter()
                    .filter_map(|(field, after)| self.change(field, field, after?, stands))
                    .collect();
            }
            Body::CategoryChanged(b) => {
                let key = format!("category:{}", b.issue_id);
                return self.change(&key, "category", b.category.0, stands).into_iter().collect();
            }
            Body::PartyAmended(b) => {
                let id = b.party_id.to_string();
                let before = self.people.get(&id).cloned().unwrap_or_default();
                let told = differences(&before, &b.party);
                if stands {
                    self.people.insert(id, b.party);
                }
                return told;
            }
            _ => {}
        }
        Vec::new()
    }

    fn set(&mut self, key: &str, value: String) {
        self.plain.insert(key.to_owned(), value);
    }

    fn change(
        &mut self,
        key: &str,
        field: &str,
        after: String,
        stands: bool,
    ) -> Option<FieldChange> {
        let before = self.plain.get(key).cloned().unwrap_or_default();
        if stands {
            self.set(key, after.clone());
        }
        (before != after).then(|| FieldChange { field: field.to_owned(), before, after })
    }
}

fn differences(before: &Party, after: &Party) -> Vec<FieldChange> {
    let said = |p: &Party| {
        let asked = if p.do_not_call { "yes" } else { "" };
        [
            ("surname", p.surname.clone()),
            ("given", p.given.clone()),
            ("patronymic", p.patronymic.clone()),
            ("organisation", p.organisation.clone()),
            ("iin", p.iin.clone()),
            ("phone", p.phone.clone()),
            ("call_note", p.call_note.clone()),
            ("do_not_call", asked.to_owned()),
        ]
    };
    said(before)
        .into_iter()
        .zip(said(after))
        .filter(|((_, b), (_, a))| b != a)
        .map(|((field, before), (_, after))| FieldChange { field: field.to_owned(), before, after })
        .collect()
}
