//! Reading the two tab-separated tables.

use super::{Agency, CatalogError, Category, DeadlineBasis, L10n};
use crate::deadline::AppealKind;

pub(super) struct Row<'a> {
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

pub(super) fn rows(table: &str) -> impl Iterator<Item = Row<'_>> {
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

pub(super) fn category(row: &Row<'_>) -> Result<Category, CatalogError> {
    let kinds = row.cell(9, "appeal_kind")?;
    let mut kinds = kinds.split('|').filter(|kind| !kind.is_empty()).map(appeal_kind);
    let mut kind = || match kinds.next() {
        None => Ok(None),
        Some(None) => Err(CatalogError { line: row.line, column: "appeal_kind" }),
        Some(kind) => Ok(kind),
    };
    let code = row.full(0, "code")?.to_owned();
    Ok(Category {
        circle: super::circle_for(&code).map(str::to_owned),
        code,
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

pub(super) fn agency(row: &Row<'_>) -> Result<Agency, CatalogError> {
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
