//! An intake as a test writes it down.

use serde_json::{Value, json};

/// Builds the `form` of `intake_finish`.
#[derive(Clone)]
pub struct Form(pub Value);

impl Form {
    /// What the person says, in a language.
    pub fn says(text: &str, language: &str) -> Self {
        Self(json!({ "text": text, "language": language }))
    }
    pub fn category(self, code: &str) -> Self {
        self.with("category", json!(code))
    }
    pub fn at(self, address: &str) -> Self {
        self.with("address", json!(address))
    }
    pub fn person(self, surname: &str, given: &str, phone: &str) -> Self {
        self.with(
            "applicant",
            json!({ "role": "applicant", "surname": surname, "given": given, "phone": phone }),
        )
    }
    pub fn advice(self, text: &str) -> Self {
        self.with("advice", json!(text))
    }
    /// One referral, with address and phone disclosed.
    pub fn refer(self, agency: &str) -> Self {
        self.refer_with(agency, json!({ "name": false, "phone": true, "address": true }))
    }
    pub fn refer_with(mut self, agency: &str, disclosed: Value) -> Self {
        let referral = json!({ "agency": agency, "text": "", "disclosed": disclosed });
        match self.0.get_mut("referrals").and_then(Value::as_array_mut) {
            Some(list) => list.push(referral),
            None => self.0["referrals"] = json!([referral]),
        }
        self
    }
    pub fn crime(self, kui: &str, social: &str) -> Self {
        self.with(
            "crime",
            json!({ "kui_number": kui, "received_by": "Дежурный", "social_sentence": social }),
        )
    }
    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.0[field] = value;
        self
    }
}
