//! What has to be known before anybody calls, writes to or visits the people of a case: dangers, and the language.

use super::CaseState;
use crate::event::{ContactHow, Reached};
use crate::ids::OfficerId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Why a contact may do harm.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum CautionKind {
    /// It was unsafe to speak when somebody tried.
    Unsafe,
    /// The person asked not to be called.
    DoNotCall,
    /// The person is afraid.
    Afraid,
}

/// One warning, with how it was learnt.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Caution {
    pub kind: CautionKind,
    /// When it was learnt; none = it stands in the data of a person.
    pub at: Option<DateTime<Utc>>,
    pub by: Option<OfficerId>,
    /// The way that was unsafe.
    pub how: Option<ContactHow>,
    /// What was written down then.
    pub text: String,
    /// Since then somebody was spoken with: when, and how. It does not make the other way safe.
    pub spoken: Option<(DateTime<Utc>, ContactHow)>,
}

impl CaseState {
    /// The language the person spoke last, so that whoever calls or writes begins in it; empty when it is not known.
    #[must_use]
    pub fn language(&self) -> &str {
        let noted = self.visits.iter().rfind(|v| !v.language.is_empty());
        noted.map_or("", |v| v.language.as_str())
    }

    /// What to know before a contact, the most dangerous first; each reason once, as it was learnt last.
    #[must_use]
    pub fn cautions(&self) -> Vec<Caution> {
        let found = [self.unsafe_contact(), self.not_to_be_called(), self.told("afraid")];
        let kinds = [CautionKind::Unsafe, CautionKind::DoNotCall, CautionKind::Afraid];
        kinds.into_iter().zip(found).filter_map(|(kind, c)| Some(Caution { kind, ..c? })).collect()
    }

    fn unsafe_contact(&self) -> Option<Caution> {
        let at = self.contacts.iter().rposition(|c| c.reached == Reached::Unsafe)?;
        let bad = self.contacts.get(at)?;
        let after = self.contacts.get(at..)?.iter().rfind(|c| c.reached == Reached::Yes);
        Some(Caution {
            kind: CautionKind::Unsafe,
            at: Some(bad.at),
            by: Some(bad.by),
            how: Some(bad.how),
            text: bad.text.clone(),
            spoken: after.map(|c| (c.at, c.how)),
        })
    }

    fn not_to_be_called(&self) -> Option<Caution> {
        let flagged = self.parties.iter().any(|p| p.party.do_not_call);
        self.told("do_not_call").or_else(|| flagged.then(|| nameless(None, None)))
    }

    /// A circumstance, as it was noted last.
    fn told(&self, circumstance: &str) -> Option<Caution> {
        let told = |c: &String| c == circumstance;
        let visit = self.visits.iter().rfind(|v| v.circumstances.iter().any(told))?;
        Some(nameless(Some(visit.at), Some(visit.by)))
    }
}

fn nameless(at: Option<DateTime<Utc>>, by: Option<OfficerId>) -> Caution {
    Caution { kind: CautionKind::DoNotCall, at, by, how: None, text: String::new(), spoken: None }
}
