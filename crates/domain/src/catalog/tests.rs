//! The shipped tables, and what happens to broken ones.
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
            leaf.deadline_wd.is_some() && leaf.deadline_basis.is_some() && leaf.urgency.is_some(),
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
    for (code, text) in of_categories.chain(of_agencies).filter(|(_, text)| !text.ru.is_empty()) {
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
    assert!(["E-CRS", "P-WOM", "P-OSB", "E-ACR"].iter().all(|code| catalog.agency(code).is_some()));
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

#[test]
fn red_flags_close_a_case_its_category_would_leave_open() {
    for (category, flags, circle) in [
        ("CHD-01", &["violence"][..], Some("juvenile")),
        ("CHD-01", &["child"], None),
        ("ORD-03", &["child_danger"], Some("juvenile")),
        ("CRM-05", &["child", "violence"], Some("juvenile")),
        ("CRM-05", &["violence"], None),
        ("FAM-01", &["child", "violence"], Some("dv")),
        ("TRF-02", &["officer"], Some("integrity")),
        ("HLT-01", &["bribe", "officer"], Some("corruption")),
        ("ZKH-01", &[], None),
    ] {
        assert_eq!(circle_with_flags(category, flags), circle, "{category} {flags:?}");
    }
}
