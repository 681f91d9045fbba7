//! Categories of trouble and the bodies that answer for them, as the program ships them (`domain.md` §7, §8).
//!
//! The region sends newer editions as reference data; these tables are what a desk has before its first sync.

mod table;

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::deadline::AppealKind;

pub(crate) const CATEGORIES: &str = include_str!("../data/categories.tsv");
const AGENCIES: &str = include_str!("../data/agencies.tsv");

/// A language of the product. Kazakh and Russian are equals; English is for developers and partners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// Kazakh.
    #[default]
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Lang {
    /// All three, Kazakh first.
    pub const ALL: [Lang; 3] = [Lang::Kk, Lang::Ru, Lang::En];

    /// `kk`, `ru` or `en`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Lang::Kk => "kk",
            Lang::Ru => "ru",
            Lang::En => "en",
        }
    }

    /// The language of a code; `None` for any other text.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|lang| lang.code() == code)
    }
}

/// One text in the three languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ts_rs::TS)]
pub struct L10n {
    /// Kazakh.
    pub kk: String,
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

impl L10n {
    /// The text in one language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Kk => &self.kk,
            Lang::Ru => &self.ru,
            Lang::En => &self.en,
        }
    }
}

/// What the desk does with a trouble of this category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// The police's own service.
    Police,
    /// Another body acts, the station controls.
    Forward,
    /// A crime report: КУИ first.
    Register,
    /// Call first, record later.
    Emergency,
    /// Solved at the desk, no transfer.
    Advise,
}

/// Where the expected term comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineBasis {
    /// 15 working days of the АППК.
    Law,
    /// 20 working days of a complaint.
    LawComplaint,
    /// 5 working days of a complaint on a public service.
    LawService,
    /// Another code.
    LawOther,
    /// Operational target, shorter than the law; the station may change it.
    Op,
    /// КУИ at once, ЕРДР within 24 hours.
    Crime24h,
    /// At once.
    Immediate,
    /// While the person is at the desk.
    Desk,
}

/// Whether the trouble may be a crime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum CrimeFlag {
    /// No.
    None,
    /// Ask the red-flag question.
    Possible,
    /// An administrative offence.
    Admin,
    /// Register first.
    Register,
}

/// A category: one of 14 groups (level 1) or of 71 leaves (level 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Category {
    /// `ZKH-01`; a group is `ZKH`.
    pub code: String,
    /// The group; absent for a group itself.
    pub parent: Option<String>,
    /// 1 or 2.
    pub level: u8,
    /// The restricted circle its cases belong to ([`circle_for`]).
    #[serde(default)]
    pub circle: Option<String>,
    /// Name.
    pub name: L10n,
    /// What the desk does; absent for a group, like everything below.
    pub route: Option<Route>,
    /// Code of the body that answers.
    pub agency_primary: Option<String>,
    /// Codes of the bodies that help.
    pub agency_secondary: Vec<String>,
    /// Nature of the appeal.
    pub appeal_kind: Option<AppealKind>,
    /// Another nature it may have.
    pub appeal_kind_other: Option<AppealKind>,
    /// Working days until the answer is expected; 0 is at once.
    pub deadline_wd: Option<u32>,
    /// Where that term comes from.
    pub deadline_basis: Option<DeadlineBasis>,
    /// 1 now, 2 same day, 3 normal, 4 can wait.
    pub urgency: Option<u8>,
    /// Whether it may be a crime.
    pub crime_flag: Option<CrimeFlag>,
    /// What to ask.
    pub ask: L10n,
    /// What to advise.
    pub advise: L10n,
}

/// Whether the terms of the АППК bind a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum AppkBody {
    /// An administrative body or state legal person.
    Yes,
    /// A communal enterprise, when it acts as a state legal person.
    Partly,
    /// A private body: the term is a request, so the supervising body gets a copy.
    No,
}

/// A competent body, or a unit of the police.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Agency {
    /// `E-HEA`; units of the police begin with `P-`.
    pub code: String,
    /// `UTILITY_HEAT` and the like.
    pub kind: String,
    /// A unit of the police.
    pub internal: bool,
    /// Belongs to the core list every city has.
    pub core: bool,
    /// Name.
    pub name: L10n,
    /// `building`, `district`, `city`, `region` or `republic`.
    pub level: String,
    /// Whether the terms of the АППК bind it.
    pub appk_body: AppkBody,
    /// Channels, first tried first.
    pub channels: Vec<String>,
    /// Working days in which receipt should be confirmed; 0 is the same day.
    pub ack_wd: u32,
    /// What the body answers for, in English, for whoever keeps the directory.
    pub note: String,
}

/// Why a table was refused; `line` counts from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {column}")]
pub struct CatalogError {
    /// The line.
    pub line: usize,
    /// The column that is missing or holds an unknown word.
    pub column: &'static str,
}

/// Categories and agencies together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Tables", into = "Tables")]
pub struct Catalog {
    categories: Vec<Category>,
    agencies: Vec<Agency>,
    category_at: HashMap<String, usize>,
    agency_at: HashMap<String, usize>,
}

#[derive(Serialize, Deserialize)]
struct Tables {
    categories: Vec<Category>,
    agencies: Vec<Agency>,
}

impl From<Tables> for Catalog {
    fn from(tables: Tables) -> Self {
        Catalog::new(tables.categories, tables.agencies)
    }
}

impl From<Catalog> for Tables {
    fn from(catalog: Catalog) -> Self {
        Tables { categories: catalog.categories, agencies: catalog.agencies }
    }
}

impl Catalog {
    /// The edition this program was built with. A test proves that it reads; were it broken, the
    /// catalogue would be empty and intake would go on with free text.
    #[must_use]
    pub fn shipped() -> &'static Catalog {
        static SHIPPED: LazyLock<Catalog> =
            LazyLock::new(|| Catalog::from_tsv(CATEGORIES, AGENCIES).unwrap_or_default());
        &SHIPPED
    }

    /// A catalogue of the given rows, in their order. Of rows with one code the last is found.
    #[must_use]
    pub fn new(categories: Vec<Category>, agencies: Vec<Agency>) -> Catalog {
        let category_at =
            categories.iter().enumerate().map(|(at, row)| (row.code.clone(), at)).collect();
        let agency_at =
            agencies.iter().enumerate().map(|(at, row)| (row.code.clone(), at)).collect();
        Catalog { categories, agencies, category_at, agency_at }
    }

    /// Reads the two tables of `data/`: tab-separated, a header line, lists parted by `|` or `;`.
    ///
    /// # Errors
    /// [`CatalogError`] with the first line and column that cannot be read.
    pub fn from_tsv(categories: &str, agencies: &str) -> Result<Catalog, CatalogError> {
        let categories =
            table::rows(categories).map(|row| table::category(&row)).collect::<Result<_, _>>()?;
        let agencies =
            table::rows(agencies).map(|row| table::agency(&row)).collect::<Result<_, _>>()?;
        Ok(Catalog::new(categories, agencies))
    }

    /// Groups and leaves in the order of the tree.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// Units of the police first, then other bodies.
    #[must_use]
    pub fn agencies(&self) -> &[Agency] {
        &self.agencies
    }

    /// A category by its code.
    #[must_use]
    pub fn category(&self, code: &str) -> Option<&Category> {
        self.category_at.get(code).and_then(|at| self.categories.get(*at))
    }

    /// An agency by its code.
    #[must_use]
    pub fn agency(&self, code: &str) -> Option<&Agency> {
        self.agency_at.get(code).and_then(|at| self.agencies.get(*at))
    }
}

/// The restricted circles an officer can be put into.
pub const CIRCLES: [&str; 4] = ["dv", "juvenile", "integrity", "corruption"];

/// The restricted circle a case of this category belongs to from its first minute (`domain.md` §2.8):
/// `dv` domestic violence, `juvenile` violence to a child, `integrity` a complaint about an officer,
/// `corruption`. `None`: everybody at the desk sees it.
#[must_use]
pub fn circle_for(category: &str) -> Option<&'static str> {
    match category {
        "FAM-01" => Some("dv"),
        "FAM-02" => Some("juvenile"),
        "GOV-01" => Some("integrity"),
        "GOV-03" => Some("corruption"),
        _ => None,
    }
}

/// The circle of a case when its red flags are known too (codes of [`crate::suggest::red_flag_codes`], as the
/// officer confirmed them): a child matter with violence is `juvenile`, an officer `integrity`, a bribe
/// `corruption`, whatever category was chosen. The category's own circle comes first.
#[must_use]
pub fn circle_with_flags(category: &str, flags: &[&str]) -> Option<&'static str> {
    let has = |code: &str| flags.contains(&code);
    let child_matter = category.starts_with("CHD-") || category == "FAM-03" || has("child");
    let violent = has("violence") || has("sexual_violence") || has("threat");
    circle_for(category).or(match () {
        () if has("bribe") => Some("corruption"),
        () if has("officer") => Some("integrity"),
        () if has("child_danger") || child_matter && violent => Some("juvenile"),
        () => None,
    })
}

/// The restricted circle a referral belongs to because of where it goes: that a person was sent to the
/// crisis centre tells everything, whatever the category.
#[must_use]
pub fn circle_for_agency(agency: &str) -> Option<&'static str> {
    match agency {
        "E-CRS" | "P-WOM" => Some("dv"),
        "P-OSB" => Some("integrity"),
        "E-ACR" => Some("corruption"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
