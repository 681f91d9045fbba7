//! Categories of trouble and the bodies that answer for them, as the program ships them (`domain.md` §7, §8).
//!
//! The region sends newer editions as reference data; these tables are what a desk has before its first sync.

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
        let categories = rows(categories).map(|row| category(&row)).collect::<Result<_, _>>()?;
        let agencies = rows(agencies).map(|row| agency(&row)).collect::<Result<_, _>>()?;
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

struct Row<'a> {
    line: usize,
    cells: Vec<&'a str>,
}

impl<'a> Row<'a> {
    fn cell(&self, at: usize, column: &'static str) -> Result<&'a str, CatalogError> {
        self.cells.get(at).map(|cell| cell.trim()).ok_or(CatalogError { line: self.line, column })
    }

    fn full(&self, at: usize, column: &'static str) -> Result<&'a str, CatalogError> {
        self.cell(at, column).and_then(|cell| {
            if cell.is_empty() { Err(CatalogError { line: self.line, column }) } else { Ok(cell) }
        })
    }

    /// An empty cell is `None`; a word `read` does not know is an error.
    fn maybe<T>(
        &self,
        at: usize,
        column: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, CatalogError> {
        match self.cell(at, column)? {
            "" => Ok(None),
            word => read(word).map(Some).ok_or(CatalogError { line: self.line, column }),
        }
    }
}

fn rows(table: &str) -> impl Iterator<Item = Row<'_>> {
    let lines = table.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| Row { line: at + 1, cells: line.split('\t').collect() })
}

/// Reads a word as serde would: the tables and the JSON use the same names.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

fn list(cell: &str) -> Vec<String> {
    cell.split(['|', ';'])
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

fn category(row: &Row<'_>) -> Result<Category, CatalogError> {
    let kinds = row.cell(9, "appeal_kind")?;
    let mut kinds = kinds.split('|').filter(|kind| !kind.is_empty()).map(appeal_kind);
    let mut kind = || match kinds.next() {
        None => Ok(None),
        Some(None) => Err(CatalogError { line: row.line, column: "appeal_kind" }),
        Some(kind) => Ok(kind),
    };
    Ok(Category {
        code: row.full(0, "code")?.to_owned(),
        parent: row.maybe(1, "parent", |cell| Some(cell.to_owned()))?,
        level: row
            .full(2, "level")?
            .parse()
            .map_err(|_| CatalogError { line: row.line, column: "level" })?,
        name: L10n {
            ru: row.full(3, "name_ru")?.to_owned(),
            kk: row.full(4, "name_kk")?.to_owned(),
            en: row.full(5, "name_en")?.to_owned(),
        },
        route: row.maybe(6, "route", word)?,
        agency_primary: row.maybe(7, "agency_primary", |cell| Some(cell.to_owned()))?,
        agency_secondary: list(row.cell(8, "agency_secondary")?),
        appeal_kind: kind()?,
        appeal_kind_other: kind()?,
        deadline_wd: row.maybe(10, "deadline_wd", |cell| cell.parse().ok())?,
        deadline_basis: row.maybe(11, "deadline_basis", basis)?,
        urgency: row.maybe(12, "urgency", |cell| {
            cell.parse().ok().filter(|grade| (1..=4).contains(grade))
        })?,
        crime_flag: row.maybe(13, "crime_flag", word)?,
        ask: L10n {
            ru: row.cell(14, "ask_ru")?.into(),
            kk: row.cell(16, "ask_kk")?.into(),
            en: row.cell(18, "ask_en")?.into(),
        },
        advise: L10n {
            ru: row.cell(15, "advise_ru")?.into(),
            kk: row.cell(17, "advise_kk")?.into(),
            en: row.cell(19, "advise_en")?.into(),
        },
    })
}

/// serde's snake case of `Crime24h` is `crime24h`, as the table writes it.
fn basis(cell: &str) -> Option<DeadlineBasis> {
    word(cell)
}

fn appeal_kind(cell: &str) -> Option<AppealKind> {
    match cell {
        "Сообщение" => Some(AppealKind::Message),
        "Заявление" => Some(AppealKind::Application),
        "Жалоба" => Some(AppealKind::Complaint),
        "Запрос" => Some(AppealKind::Request),
        "Предложение" => Some(AppealKind::Suggestion),
        "Отклик" => Some(AppealKind::Response),
        "Жалоба по госуслугам" => Some(AppealKind::ServiceComplaint),
        "Сообщение о преступлении" => Some(AppealKind::CrimeReport),
        _ => None,
    }
}

fn agency(row: &Row<'_>) -> Result<Agency, CatalogError> {
    let bit = |at, column| match row.full(at, column)? {
        "0" => Ok(false),
        "1" => Ok(true),
        _ => Err(CatalogError { line: row.line, column }),
    };
    Ok(Agency {
        code: row.full(0, "code")?.to_owned(),
        kind: row.full(1, "type")?.to_owned(),
        internal: bit(2, "internal")?,
        core: bit(3, "core")?,
        name: L10n {
            ru: row.full(4, "name_ru")?.to_owned(),
            kk: row.full(5, "name_kk")?.to_owned(),
            en: row.full(6, "name_en")?.to_owned(),
        },
        level: row.full(7, "level")?.to_owned(),
        appk_body: word(row.full(8, "appk_body")?)
            .ok_or(CatalogError { line: row.line, column: "appk_body" })?,
        channels: list(row.cell(9, "channels")?),
        ack_wd: row
            .full(10, "ack_wd")?
            .parse()
            .map_err(|_| CatalogError { line: row.line, column: "ack_wd" })?,
        note: row.cell(11, "note_en")?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_shipped_tables_read_and_agree_with_each_other() {
        let read = Catalog::from_tsv(CATEGORIES, AGENCIES).unwrap();
        assert_eq!(&read, Catalog::shipped());
        let groups = read.categories().iter().filter(|row| row.level == 1).count();
        let leaves: Vec<_> = read.categories().iter().filter(|row| row.level == 2).collect();
        assert_eq!((groups, leaves.len()), (14, 71));
        assert_eq!(read.categories().len(), read.category_at.len(), "a code stands twice");
        assert_eq!(read.agencies().len(), read.agency_at.len(), "a code stands twice");
        assert_eq!(read.agencies().iter().filter(|row| row.internal).count(), 11);
        assert_eq!(read.agencies().iter().filter(|row| !row.internal).count(), 36);
        for leaf in leaves {
            let parent = leaf.parent.as_deref().and_then(|code| read.category(code)).unwrap();
            assert_eq!(parent.level, 1);
            assert!(leaf.code.starts_with(&parent.code));
            for agency in leaf.agency_primary.iter().chain(&leaf.agency_secondary) {
                assert!(read.agency(agency).is_some(), "{}: no agency {agency}", leaf.code);
            }
            assert!(
                leaf.agency_primary.is_some() && leaf.route.is_some() && leaf.appeal_kind.is_some(),
                "{}",
                leaf.code
            );
            assert!(
                leaf.deadline_wd.is_some()
                    && leaf.deadline_basis.is_some()
                    && leaf.urgency.is_some(),
                "{}",
                leaf.code
            );
        }
        assert_eq!(read.category("GOV-04").unwrap().appeal_kind_other, Some(AppealKind::Response));
    }

    #[test]
    fn kazakh_is_written_not_copied() {
        let catalog = Catalog::shipped();
        let of_categories = catalog
            .categories()
            .iter()
            .flat_map(|row| [&row.name, &row.ask, &row.advise].map(|text| (&row.code, text)));
        let of_agencies = catalog.agencies().iter().map(|row| (&row.code, &row.name));
        for (code, text) in of_categories.chain(of_agencies).filter(|(_, text)| !text.ru.is_empty())
        {
            assert_ne!(text.kk, text.ru, "{code}");
            assert!(!text.kk.is_empty() && !text.en.is_empty(), "{code}");
            assert_ne!(text.en, text.ru, "{code}");
        }
    }

    #[test]
    fn sensitive_categories_have_their_circle_and_exist() {
        let catalog = Catalog::shipped();
        for (code, circle) in [
            ("FAM-01", "dv"),
            ("FAM-02", "juvenile"),
            ("GOV-01", "integrity"),
            ("GOV-03", "corruption"),
        ] {
            assert_eq!(circle_for(code), Some(circle));
            assert!(catalog.category(code).is_some());
        }
        assert_eq!(circle_for("ZKH-01"), None);
        assert_eq!(circle_for_agency("E-CRS"), Some("dv"));
        assert!(
            ["E-CRS", "P-WOM", "P-OSB", "E-ACR"].iter().all(|code| catalog.agency(code).is_some())
        );
    }

    #[test]
    fn a_broken_table_names_line_and_column() {
        let broken = CATEGORIES.replacen("\tforward\t", "\tsomewhere\t", 1);
        assert_eq!(
            Catalog::from_tsv(&broken, AGENCIES),
            Err(CatalogError { line: 3, column: "route" })
        );
        let short = "header\nX-1\tKIND";
        assert_eq!(
            Catalog::from_tsv(CATEGORIES, short),
            Err(CatalogError { line: 2, column: "internal" })
        );
    }

    #[test]
    fn it_survives_its_own_json() {
        let text = serde_json::to_string(Catalog::shipped()).unwrap();
        assert_eq!(&serde_json::from_str::<Catalog>(&text).unwrap(), Catalog::shipped());
    }

    #[test]
    fn languages_have_codes() {
        for lang in Lang::ALL {
            assert_eq!(Lang::from_code(lang.code()), Some(lang));
            assert_eq!(serde_json::to_value(lang).unwrap(), lang.code());
        }
        assert_eq!(Lang::from_code("de"), None);
    }
}
