//! The documented import format: a JSON line a case. Every field but `narrative` may be missing or null.

use chrono::{DateTime, Utc};
use esik_domain::event::{Address, PartyRole};
use serde::{Deserialize, Deserializer, Serialize};

/// One case of another system (or of `generate` and `export`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CaseLine {
    /// Register number; the next of the desk's own when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// A number a third system gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ext_number: Option<String>,
    /// Now when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<DateTime<Utc>>,
    /// `front_office`, `phone`, `round`, `letter`; anything else is `import`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// `kk`, `ru`, `en`; told by the letters of the narrative when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    pub narrative: String,
    /// Leaf of the category tree: `ZKH-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<PartyLine>,
    /// Body of the catalogue that the case was referred to: `E-HEA`; a unit of the police gets a task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventLine>,
}

/// A person or organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartyLine {
    #[serde(deserialize_with = "or_default")]
    pub role: PartyRole,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub surname: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub given: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub patronymic: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub iin: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub phone: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub organisation: String,
}

/// Something that happened later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventLine {
    /// See docs/contract.md; an unknown kind is kept as a note.
    #[serde(default, deserialize_with = "or_default")]
    pub kind: String,
    /// The case's opening when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "or_default")]
    pub text: String,
}

/// null is as good as missing.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_narrative_has_to_be_there() {
        let least: CaseLine = serde_json::from_str(r#"{"narrative":"Холодно"}"#).unwrap();
        let nulls: CaseLine = serde_json::from_str(
            r#"{"narrative":"Холодно","number":null,"address":null,"parties":null,"events":null}"#,
        )
        .unwrap();
        assert_eq!(least, nulls);
        let party: CaseLine = serde_json::from_str(
            r#"{"narrative":"Холодно","parties":[{"surname":"Иванов","patronymic":null,"role":null}]}"#,
        )
        .unwrap();
        assert_eq!(party.parties[0].role, PartyRole::Applicant);
        assert!(serde_json::from_str::<CaseLine>(r#"{"number":"1"}"#).is_err());
        assert_eq!(
            serde_json::to_string(&least).unwrap(),
            r#"{"narrative":"Холодно"}"#,
            "what is not there is not written"
        );
    }
}
