//! In which circle a case is: what opens it says so, or who moves it (docs/adr/0046).

use crate::log::Log;
use esik_domain::audience::Audience;
use serde_json::json;

/// A woman whose case is one of domestic violence comes again about her child: that visit is the juvenile officer's alone, the
/// case stays where it is – at the desk as at the region, which moved nothing.
#[test]
fn a_further_visit_in_another_circle_does_not_take_the_case_along() {
    let mut log = Log::empty();
    log.add("visit_noted", json!({ "channel": "front_office", "language": "ru" }));
    log.restrict_last("dv");
    log.add("visit_noted", json!({ "channel": "front_office", "language": "ru" }));
    log.restrict_last("juvenile");
    assert_eq!(log.case().circle.0, "dv");
    let mut audience = Audience::default();
    for entry in log.entries() {
        audience.add(&entry.event);
    }
    assert_eq!(audience.circle().0, "dv");
    let last = &log.entries().last().unwrap().event;
    let scopes: Vec<String> = audience.of(last).into_iter().map(|s| s.0).collect();
    assert!(scopes.contains(&"circle:07:juvenile".to_owned()), "{scopes:?}");
    assert!(!scopes.contains(&"circle:07:dv".to_owned()), "{scopes:?}");
}

#[test]
fn an_open_case_is_put_into_a_circle_once() {
    let mut log = Log::opened();
    for circle in ["dv", "juvenile"] {
        log.add("case_restricted", json!({ "reason": "" }));
        log.restrict_last(circle);
    }
    assert_eq!(log.case().circle.0, "dv");
}
