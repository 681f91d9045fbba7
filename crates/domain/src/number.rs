//! Register numbers: our own series, leased to a desk in disjoint blocks (`settled.md` 5).

use crate::ids::StationId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A block of numbers that only one desk may use.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct Lease {
    /// Station the series belongs to.
    pub station: StationId,
    /// Calendar year of the series, in Almaty time.
    pub year: i32,
    /// First number of the block.
    #[ts(type = "number")]
    pub from: u64,
    /// Last number of the block, inclusive.
    #[ts(type = "number")]
    pub to: u64,
    /// Until when the desk may use it; each greeting begins its days anew. Nothing from an older region: then it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "string | null")]
    pub expires: Option<DateTime<Utc>>,
}

/// `ESK-07-2026-431`, from the register's series.
#[must_use]
pub fn register_number(station: &StationId, year: i32, n: u64) -> String {
    format!("ESK-{station}-{year}-{n}")
}

/// `ESK-07-2026-T3F-12`: the desk's own series when its block is used up and there is no line.
/// `device` is a short mark of the device. The register's number is added later; both stay.
#[must_use]
pub fn own_number(station: &StationId, year: i32, device: &str, n: u64) -> String {
    format!("ESK-{station}-{year}-{device}-{n}")
}

/// Splits a number as a person types it: `ESK-07-2026-431`, `esk 7 2026 431`, `2026/431`, `431`.
/// Returns the part that identifies it in the register, upper case, dashes between. Of a coupon's QR code, read by a
/// scanner that types, the number is left.
#[must_use]
pub fn normalise_typed(typed: &str) -> String {
    scanned(typed)
        .trim()
        .to_uppercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|p| !p.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// `…/ESK-07-2026-431/<128 bits>`: the number in it; anything else as it is.
fn scanned(text: &str) -> &str {
    let secret =
        |s: &str| matches!(s.len(), 26 | 32) && s.bytes().all(|b| b.is_ascii_alphanumeric());
    match text.trim().rsplit_once('/') {
        Some((before, last)) if secret(last) => before.rsplit('/').next().unwrap_or(before),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_number_meets_the_printed_one() {
        let printed = register_number(&"07".into(), 2026, 431);
        assert_eq!(printed, "ESK-07-2026-431");
        assert_eq!(normalise_typed(" esk 07/2026 – 431 "), printed);
        let secret = "0123456789abcdef0123456789abcdef";
        assert_eq!(normalise_typed(&format!("{printed}/{secret}\n")), printed);
        assert_eq!(normalise_typed(&format!("https://aqmola.kz/s/{printed}/{secret}")), printed);
        assert_eq!(normalise_typed("2026/431"), "2026-431");
    }
}
