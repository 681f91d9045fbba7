//! Advice cards and the directory of services; citing a card in a case.

use super::Changed;
use chrono::NaiveDate;
use esik_domain::catalog::L10n;
use esik_domain::ids::{CaseId, CategoryCode, ReferralId};
use esik_domain::knowledge::{Card, CardRef, Service};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct KnowledgeRequest {
    /// Words in any of the languages; empty = everything.
    pub query: String,
    /// Only cards of this theme.
    pub category: Option<CategoryCode>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Knowledge {
    pub cards: Vec<CardLine>,
    pub services: Vec<ServiceLine>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CardLine {
    #[serde(flatten)]
    #[ts(flatten)]
    pub card: Card,
    /// The day that counts: the desk's own confirmation, else the shipped one.
    pub confirmed_on: Option<NaiveDate>,
    /// Not confirmed within a quarter, or never.
    pub stale: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ServiceLine {
    #[serde(flatten)]
    #[ts(flatten)]
    pub service: Service,
    pub name: L10n,
    pub confirmed_on: Option<NaiveDate>,
    pub stale: bool,
}

/// Somebody looked and it is still so.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct KnowledgeConfirm {
    /// Code of a card or of a body.
    pub code: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct KnowledgeConfirmed {
    pub changed: Changed,
}

/// Ready words for a moment of a case.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RepliesRequest {
    pub case: CaseId,
    /// One of `esik_domain::reply::MOMENTS`; another one has none.
    pub moment: String,
    /// The referral they are about, where there is one.
    #[serde(default)]
    pub referral: Option<ReferralId>,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Replies {
    pub texts: Vec<ReplyText>,
}

/// A ready text, filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplyText {
    pub code: String,
    pub kk: String,
    pub ru: String,
}

/// Advice given in a case that exists.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AdviceAdd {
    pub case: CaseId,
    pub text: String,
    #[serde(default)]
    pub cards: Vec<CardRef>,
}
