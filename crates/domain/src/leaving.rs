//! What may not leave the police, and to whom a restricted trouble may go (`domain.md` §2.8, §6.1).
//!
//! The rules are data (`data/leaving.tsv`, `data/supervisors.tsv`); this module only reads them.

use crate::catalog::{AppkBody, Catalog};
use crate::event::{Basis, Disclosed};
use crate::ids::Circle;
use std::collections::HashMap;
use std::sync::LazyLock;

const RULES: &str = include_str!("../data/leaving.tsv");
const SUPERVISORS: &str = include_str!("../data/supervisors.tsv");

/// Why something may not leave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LeavingFault {
    /// Never forwarded to this body: the person is advised how to go there.
    AdviseOnly,
    /// A sign of crime: registered first; only bodies of parallel help get a request, with the minimum.
    CrimeFirst,
    /// A complaint about an officer goes to internal security or the prosecutor only.
    OfficerComplaint,
    /// A corruption report stays in its circle.
    Corruption,
    /// Who reported it may not be told to anybody.
    IdentityProtected,
    /// A private body gets a name or a phone with consent, or with a legal ground and a reason.
    NoBasis,
    /// A private body gets a file only with the applicant's consent.
    FileConsent,
    /// The file is in a circle that the request is not in.
    FileCircle,
    /// The duty can only move to a body the АППК binds.
    NotAState,
    /// The body has to answer the applicant: without a name it cannot.
    Nameless,
}

impl LeavingFault {
    /// The code people's screens have words for.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            LeavingFault::AdviseOnly => "leaving_advise_only",
            LeavingFault::CrimeFirst => "leaving_crime_first",
            LeavingFault::OfficerComplaint => "leaving_officer_complaint",
            LeavingFault::Corruption => "leaving_corruption",
            LeavingFault::IdentityProtected => "leaving_identity",
            LeavingFault::NoBasis => "leaving_no_basis",
            LeavingFault::FileConsent => "leaving_file_consent",
            LeavingFault::FileCircle => "leaving_file_circle",
            LeavingFault::NotAState => "redirect_private",
            LeavingFault::Nameless => "redirect_nameless",
        }
    }
}

/// A row of the rules: what holds for a category (`*` for every one) and a body (`*` for every one).
struct Rule {
    category: &'static str,
    /// Bodies it may go to all the same; a single `*` is all.
    only: Vec<&'static str>,
    /// Who reported it may be told.
    identity: bool,
    /// The whole duty may move.
    redirect: bool,
    fault: LeavingFault,
}

static TABLE: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    RULES
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let (category, only, identity, redirect, fault) =
                (cells.next()?, cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            let fault = match fault {
                "crime_first" => LeavingFault::CrimeFirst,
                "officer_complaint" => LeavingFault::OfficerComplaint,
                "corruption" => LeavingFault::Corruption,
                "identity" => LeavingFault::IdentityProtected,
                _ => return None,
            };
            Some(Rule {
                category,
                only: only.split('|').collect(),
                identity: identity == "yes",
                redirect: redirect == "yes",
                fault,
            })
        })
        .collect()
});

static SUPERVISED: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    SUPERVISORS
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split('\t');
            Some((cells.next()?, cells.next()?))
        })
        .collect()
});

/// The body that supervises a private one and gets a copy, if one is known.
#[must_use]
pub fn supervisor(agency: &str) -> Option<&'static str> {
    SUPERVISED.get(agency).copied()
}

/// Who gets a copy of a request to a private body, for information: its supervisor, when one is known, may have the
/// theme, and the request is in no circle: a copy tells nobody more than the request itself.
#[must_use]
pub fn copy_goes_to(
    catalog: &Catalog,
    category: Option<&str>,
    agency: &str,
    request: &Circle,
) -> Option<&'static str> {
    let supervisor = supervisor(agency).filter(|_| request.is_open())?;
    let may = may_refer(catalog, category, supervisor, Disclosed::default(), None);
    may.is_ok().then_some(supervisor)
}

/// May a request about this category go to this body, with these data?
///
/// # Errors
/// The first rule it breaks.
pub fn may_refer(
    catalog: &Catalog,
    category: Option<&str>,
    agency: &str,
    disclosed: Disclosed,
    basis: Option<&Basis>,
) -> Result<(), LeavingFault> {
    let body = catalog.agency(agency);
    if body.is_some_and(|a| a.channels.iter().any(|c| c == "advise-only")) {
        return Err(LeavingFault::AdviseOnly);
    }
    let personal = disclosed.name || disclosed.phone;
    for rule in TABLE.iter().filter(|r| category == Some(r.category)) {
        let listed = rule.only.iter().any(|a| *a == "*" || *a == agency);
        if !listed {
            return Err(rule.fault);
        }
        if !rule.identity && personal {
            return Err(LeavingFault::IdentityProtected);
        }
    }
    let private = body.is_some_and(|a| a.appk_body == AppkBody::No);
    let grounded = match basis {
        None => false,
        Some(Basis::Consent) => true,
        Some(Basis::Override { ground, reason }) => {
            !ground.trim().is_empty() && !reason.trim().is_empty()
        }
    };
    if private && personal && !grounded { Err(LeavingFault::NoBasis) } else { Ok(()) }
}

/// May a file of this circle go with a request to this body? A picture or a scan shows more than fields
/// do: a private body gets none without consent, whatever other ground there is; where nobody may know who
/// reported it, none goes at all; and none leaves its circle.
///
/// # Errors
/// The first rule it breaks.
pub fn may_enclose(
    catalog: &Catalog,
    category: Option<&str>,
    agency: &str,
    basis: Option<&Basis>,
    file: &Circle,
    request: &Circle,
) -> Result<(), LeavingFault> {
    let shown = TABLE.iter().filter(|r| category == Some(r.category)).all(|r| r.identity);
    let private = catalog.agency(agency).is_some_and(|a| a.appk_body == AppkBody::No);
    if !shown {
        Err(LeavingFault::IdentityProtected)
    } else if private && basis != Some(&Basis::Consent) {
        Err(LeavingFault::FileConsent)
    } else if !file.is_open() && file != request {
        Err(LeavingFault::FileCircle)
    } else {
        Ok(())
    }
}

/// May the duty itself move to this body (АППК art. 65)?
///
/// # Errors
/// The first rule it breaks.
pub fn may_redirect(
    catalog: &Catalog,
    category: Option<&str>,
    agency: &str,
    named: bool,
) -> Result<(), LeavingFault> {
    may_refer(catalog, category, agency, Disclosed::default(), None)?;
    if let Some(rule) = TABLE.iter().find(|r| category == Some(r.category) && !r.redirect) {
        return Err(rule.fault);
    }
    let bound = catalog
        .agency(agency)
        .is_some_and(|a| !a.internal && matches!(a.appk_body, AppkBody::Yes | AppkBody::Partly));
    if !bound {
        Err(LeavingFault::NotAState)
    } else if !named {
        Err(LeavingFault::Nameless)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_read_whole_and_name_only_what_exists() {
        let catalog = Catalog::shipped();
        assert_eq!(TABLE.len(), RULES.lines().count() - 1, "no row was passed over");
        for rule in TABLE.iter() {
            assert!(catalog.category(rule.category).is_some(), "{}", rule.category);
            for body in rule.only.iter().filter(|a| **a != "*") {
                assert!(catalog.agency(body).is_some(), "{body}");
            }
        }
        assert_eq!(SUPERVISED.len(), SUPERVISORS.lines().count() - 1);
        for (private, supervisor) in SUPERVISED.iter() {
            assert_eq!(catalog.agency(private).map(|a| a.appk_body), Some(AppkBody::No));
            assert_eq!(catalog.agency(supervisor).map(|a| a.appk_body), Some(AppkBody::Yes));
        }
        // Every category that is registered first has its rule.
        for c in catalog.categories() {
            if c.crime_flag == Some(crate::catalog::CrimeFlag::Register) {
                assert!(TABLE.iter().any(|r| r.category == c.code), "{} has no rule", c.code);
            }
        }
    }

    #[test]
    fn a_file_goes_with_consent_inside_its_circle_and_names_no_one_who_is_protected() {
        let (open, dv) = (Circle::open(), Circle("dv".to_owned()));
        let ground = Basis::Override { ground: "94-V".into(), reason: "газ".into() };
        let table = [
            (Some("BLG-04"), "E-ZKH", None, &open, &open, None),
            (Some("ZKH-06"), "E-OSI", None, &open, &open, Some(LeavingFault::FileConsent)),
            (Some("ZKH-06"), "E-OSI", Some(&ground), &open, &open, Some(LeavingFault::FileConsent)),
            (Some("ZKH-06"), "E-OSI", Some(&Basis::Consent), &open, &open, None),
            (Some("FAM-01"), "E-SOC", None, &dv, &dv, None),
            (None, "E-SOC", None, &open, &dv, None),
            (Some("FAM-01"), "E-SOC", None, &dv, &open, Some(LeavingFault::FileCircle)),
            (Some("ORD-02"), "E-ZKH", None, &open, &open, Some(LeavingFault::IdentityProtected)),
        ];
        for (category, agency, basis, file, request, wanted) in table {
            let got = may_enclose(Catalog::shipped(), category, agency, basis, file, request);
            assert_eq!(got.err(), wanted, "{category:?} {agency}");
        }
    }

    #[test]
    fn what_may_leave_is_a_table() {
        let nobody = Disclosed::default();
        let phone = Disclosed { phone: true, ..nobody };
        let place = Disclosed { address: true, ..nobody };
        let because = |ground: &str, reason: &str| {
            Some(Basis::Override { ground: ground.into(), reason: reason.into() })
        };
        let table = [
            (Some("ZKH-01"), "E-HEA", phone, None, "ok"),
            (Some("ZKH-06"), "E-OSI", place, None, "ok"),
            (Some("ZKH-06"), "E-OSI", phone, None, "leaving_no_basis"),
            (Some("ZKH-06"), "E-OSI", phone, Some(Basis::Consent), "ok"),
            (Some("ZKH-06"), "E-OSI", phone, because("ст. 9", " "), "leaving_no_basis"),
            (Some("ZKH-06"), "E-OSI", phone, because("ст. 9", "ребёнок в лифте"), "ok"),
            (None, "E-CRT", nobody, None, "leaving_advise_only"),
            (Some("CRM-01"), "E-AKM", nobody, None, "leaving_crime_first"),
            (Some("FAM-01"), "E-CRS", nobody, None, "ok"),
            (Some("FAM-01"), "E-CRS", phone, None, "ok"),
            (Some("FAM-01"), "E-AKM", nobody, None, "leaving_crime_first"),
            (Some("GOV-01"), "E-AKM", nobody, None, "leaving_officer_complaint"),
            (Some("GOV-01"), "E-PRO", phone, None, "ok"),
            (Some("GOV-03"), "E-ACR", nobody, None, "ok"),
            (Some("GOV-03"), "E-TAX", nobody, None, "leaving_corruption"),
            (Some("ORD-02"), "E-ZKH", nobody, None, "ok"),
            (Some("ORD-02"), "E-ZKH", phone, None, "leaving_identity"),
        ];
        for (category, agency, disclosed, basis, wanted) in table {
            let got = may_refer(Catalog::shipped(), category, agency, disclosed, basis.as_ref())
                .map_or_else(LeavingFault::code, |()| "ok");
            assert_eq!(got, wanted, "{category:?} to {agency}");
        }
    }

    #[test]
    fn the_duty_moves_only_to_a_body_the_law_binds_and_with_a_name() {
        let table = [
            ("ZKH-09", "E-HIN", true, "ok"),
            ("ZKH-01", "E-HEA", true, "ok"),
            ("ZKH-09", "E-OSI", true, "redirect_private"),
            ("ZKH-09", "P-UIP", true, "redirect_private"),
            ("ZKH-09", "E-HIN", false, "redirect_nameless"),
            ("FAM-01", "E-CRS", true, "leaving_crime_first"),
            ("GOV-01", "E-PRO", true, "ok"),
        ];
        for (category, agency, named, wanted) in table {
            let got = may_redirect(Catalog::shipped(), Some(category), agency, named)
                .map_or_else(LeavingFault::code, |()| "ok");
            assert_eq!(got, wanted, "{category} to {agency}");
        }
        assert_eq!(supervisor("E-OSI"), Some("E-HIN"));
        let copy = |category, agency, circle: &str| {
            copy_goes_to(Catalog::shipped(), Some(category), agency, &Circle(circle.to_owned()))
        };
        assert_eq!(copy("ZKH-06", "E-OSI", "open"), Some("E-HIN"));
        assert_eq!(copy("ZKH-06", "E-OSI", "dv"), None, "a copy widens no circle");
        assert_eq!(copy("CRM-01", "E-LAW", "open"), None, "the supervisor may not have the theme");
        assert_eq!(copy("ZKH-06", "E-HIN", "open"), None);
        assert_eq!(supervisor("E-HIN"), None);
    }
}
