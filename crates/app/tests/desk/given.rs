//! A region that was restored, an officer who is not one any more, and a colleague's desk that still has what he wrote.

use crate::clerk::Clerk;
use esik_server::backup;
use esik_server::site::Site;
use esik_store::meta;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

/// A case as everybody has to see it.
fn facts(desk: &TestDesk, case: &str) -> Value {
    let c = desk.case(case);
    json!([c["number"], c["title"], c["address"], c["referrals"][0]["agency"], c["refused"]])
}

/// S14 (part), S15 (part), S31 (part): what an officer wrote before he was put out of service is given back to a restored
/// region by a colleague's desk. It is not in the order and not lost: it is read at the desk as before, is not
/// offered for ever, survives a backup, and comes into the order with the word of a person of the region. Restored once
/// more, the region hears of it again.
#[test]
fn what_a_revoked_officer_wrote_waits_at_a_restored_region_and_is_read_at_the_desks_meanwhile() {
    let mut world = World::new();
    let [a, b] = [world.desk("Әлиева"), world.desk("Бекова")];
    let copy = world.folder().join("copy");
    backup::backup(world.site(), world.env(), &copy).unwrap();
    let form = Form::says("Нет тепла", "ru").category("ZKH-01").at("ул. Абая, 3").refer("E-HEA");
    let case = a.takes_in(form);
    a.sync();
    b.sync();
    let whole = facts(&b, &case);
    let events = |world: &World| world.region.store().head().unwrap().0;
    let had = events(&world);
    let officer = a.desk.officers()[0].id;

    for restore in ["second", "third"] {
        let site = Site::new(&world.folder().join(format!("{restore}.db")), None);
        world.lies_in(site.clone());
        backup::restore(&site, &copy).unwrap();
        site.accept_restore(world.env()).unwrap();
        world.region_up();
        assert!(world.region.store().revoke_officer(officer).unwrap());
        for _ in 0..2 {
            let said = b.sync();
            assert!(said["failure"].is_null(), "{said}");
        }
        let aside = world.region.store().asides(100).unwrap();
        assert!(!aside.is_empty() && aside.iter().all(|a| a.row.code == "officer_revoked"));
        assert!(
            events(&world) < had,
            "{restore}: only what the region says itself is in the order"
        );

        // The desk has it and asks no more.
        world.clock.advance(chrono::TimeDelta::minutes(11));
        for _ in 0..2 {
            b.sync();
        }
        assert!(
            b.desk
                .opened()
                .unwrap()
                .store
                .read(|c| meta::get::<Value>(c, "region_given"))
                .unwrap()
                .is_none()
        );
        assert_eq!(facts(&b, &case), whole);
        assert_eq!(b.case(&case)["narrative"], "Нет тепла");
        b.sound();
    }

    let kept = world.folder().join("with-what-waits");
    backup::backup(world.site(), world.env(), &kept).unwrap();
    let operator = Clerk::operator(&world);
    let page = operator.page("/region/aside");
    let field = |name: &str| {
        let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let form = format!("csrf={}&matter={}&note=x&act=accepted", field("csrf"), field("matter"));
    assert_eq!(operator.posts("/region/aside", form), 303);
    assert_eq!(world.region.store().asides(100).unwrap(), []);
    b.sync();
    assert_eq!(facts(&b, &case), whole);
    let kept = world.folder().join("settled");
    backup::backup(world.site(), world.env(), &kept).unwrap();

    // Its author's desk finds everything there.
    for _ in 0..2 {
        a.sync();
    }
    assert_eq!((a.unacknowledged(), facts(&a, &case)), (0, whole));
    assert_eq!(world.region.store().asides(100).unwrap(), []);
}
