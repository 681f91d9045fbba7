//! Register numbers of a desk that is long without a line.

use chrono::TimeDelta;
use esik_testkit::{Form, TestClock, TestDesk, World};

fn takes_in(desk: &TestDesk, text: &str) -> String {
    let case = desk.takes_in(Form::says(text, "ru").category("ZKH-01").at("ул. Абая, 3"));
    desk.case(&case)["number"].as_str().unwrap_or_default().to_owned()
}

/// A desk in contact never notices that its block has a day: each greeting begins the days anew. One that was away longer goes
/// on in its own series, and has the register's numbers again with its next contact, from where it was.
#[test]
fn a_desk_that_was_away_for_a_quarter_goes_on_in_its_own_series_until_it_is_back() {
    let world = World::at("2026-03-02T05:00:00Z");
    let mut desk = world.desk("Әлиева");
    let later = |desk: TestDesk, days| {
        world.clock.advance(TimeDelta::days(days));
        let desk = desk.restart();
        desk.sign_in("Әлиева");
        desk
    };
    assert_eq!(takes_in(&desk, "Нет тепла"), "ESK-07-2026-1");
    for n in 2..4 {
        desk = later(desk, 60);
        desk.sync();
        assert_eq!(takes_in(&desk, "Нет воды"), format!("ESK-07-2026-{n}"));
    }
    desk = later(desk, 89);
    assert_eq!(takes_in(&desk, "Нет света"), "ESK-07-2026-4");
    desk = later(desk, 2);
    let own = takes_in(&desk, "Нет газа");
    assert!(own.starts_with("ESK-07-2026-T"), "{own}");
    desk.sync();
    assert_eq!(takes_in(&desk, "Шум"), "ESK-07-2026-5");
}

/// A clock that is years ahead uses up no blocks: whether one still holds is asked of the region's time.
#[test]
fn a_desk_whose_clock_is_years_ahead_has_the_registers_numbers_and_asks_for_no_more_than_others() {
    let world = World::at("2026-03-02T05:00:00Z");
    let clock = TestClock::at("2026-03-02T05:00:00Z");
    let dir = world.folder().join("desk-own-clock");
    let desk = TestDesk::set_up(&dir, "Әлиева", &clock, world.runtime().handle());
    world.join(&desk);
    desk.sync();
    clock.set("2031-03-02T05:00:00Z");
    for n in 1..5 {
        desk.sync();
        assert_eq!(takes_in(&desk, "Нет тепла"), format!("ESK-07-2026-{n}"));
    }
    let device = desk.desk.opened().unwrap().device_id;
    assert_eq!(world.region.store().leases(device).unwrap().len(), 1, "the one it joined with");
}
