//! A region that shows two histories, or takes one back, is caught by its own signature.

use chrono::TimeDelta;
use esik_app::sync::tree::look_at;
use esik_testkit::{Form, TestDesk, World};
use serde_json::{Value, json};

fn fault(desk: &TestDesk) -> Value {
    desk.ok("sync_status", json!({}))["tree_fault"]["code"].clone()
}

fn note(desk: &TestDesk, times: usize) {
    for _ in 0..times {
        desk.takes_in(Form::says("Нет отопления", "ru").category("ZKH-01").at("Абая 12"));
    }
    desk.sync();
}

/// The region goes down; the copy, or the region itself, comes back on its place.
fn change_places(world: &mut World, copy: bool) {
    world.region_down();
    world.answer_with_the_copy(copy);
    world.region_up();
}

fn twins() -> (World, TestDesk, TestDesk) {
    let (world, first, second, _) = twins_and_a_reader();
    (world, first, second)
}

fn twins_and_a_reader() -> (World, TestDesk, TestDesk, TestDesk) {
    let mut world = World::to_be_copied();
    let (first, second) = (world.desk("Әлиева"), world.desk("Ким"));
    let reader = world.desk("Оспан");
    note(&first, 1);
    note(&second, 1);
    world.region_down();
    world.copy_region();
    world.region_up();
    (world, first, second, reader)
}

/// S33, T12 (part): two desks were shown two orders; the one that saw the first finds it, and the other one learns it
/// by the head that the first carried, though it never saw the first order itself.
#[test]
fn two_histories_of_one_region_are_found_by_both_desks() {
    let (mut world, first, second) = twins();
    note(&first, 1);
    assert_eq!((fault(&first), fault(&second)), (Value::Null, Value::Null), "nothing is wrong yet");

    change_places(&mut world, true);
    note(&second, 3);
    assert_eq!(fault(&second), Value::Null, "he cannot know");
    let status = first.sync();
    assert_eq!(status["tree_fault"]["code"], "split", "{status}");
    assert_eq!(status["failure"], Value::Null, "work goes on");
    second.sync();
    assert_eq!(fault(&second), "split");

    let told = fault(&first);
    first.sync();
    assert_eq!(fault(&first), told, "told once, and it stays");
}

/// S33 (part), S15 (part): a region that was set back without a word is refilled in the same round, but with other
/// times: not the order that it signed.
#[test]
fn a_history_taken_back_is_found_and_nothing_is_lost() {
    let (mut world, first, second) = twins();
    note(&first, 2);
    change_places(&mut world, true);
    let status = first.sync();
    assert_eq!(status["tree_fault"]["code"], "split", "{status}");
    first.sync();
    second.sync();
    assert_eq!(first.unacknowledged(), 0, "sent anew");
    let cases = |desk: &TestDesk| desk.ok("control", json!({}))["counts"]["all"].clone();
    assert_eq!(cases(&first), json!(4));
    assert_eq!(cases(&first), cases(&second));
}

/// S15, S12 (part): a region is set back without a word, and others write before a desk comes that had read what was lost:
/// the region has more than that desk saw, and nothing of its own is missing. What lies below its cursor is read all the same.
#[test]
fn what_others_wrote_into_a_region_that_was_set_back_is_read_by_who_had_read_further() {
    let (mut world, first, second, reader) = twins_and_a_reader();
    note(&second, 3);
    reader.sync();
    change_places(&mut world, true);
    note(&first, 1);
    note(&second, 1);
    let cases = |desk: &TestDesk| desk.ok("control", json!({}))["counts"]["all"].clone();
    first.sync();
    assert_eq!(cases(&first), json!(7), "two before, three that came again, one of each");
    reader.sync();
    assert_eq!(cases(&reader), json!(7));
    reader.sync();
    assert_eq!(fault(&reader), "split", "and it is told");
}

/// A restore that is said (another epoch) is no contradiction, and growth of any size is proven.
#[test]
fn an_honest_region_is_believed() {
    let mut world = World::new();
    let (first, second) = (world.desk("Әлиева"), world.desk("Ким"));
    for n in 1..6 {
        note(&first, n);
        note(&second, 1);
        world.region_down();
        world.region_up();
        first.sync();
    }
    assert_eq!((fault(&first), fault(&second)), (Value::Null, Value::Null));
}

/// The region greets and shows no head of its order.
fn greeted_without(world: &World, desk: &TestDesk) {
    let hello = json!({
        "protocol": 1, "server_time": world.clock.now(), "epoch": world.region.identity().epoch,
        "acked": { "seq": 0, "hash": "0".repeat(64) }, "scopes": [], "leases": [], "officers": [],
        "region_pos": 0,
    });
    let open = desk.desk.opened().unwrap();
    look_at(&open, &serde_json::from_value(hello).unwrap(), world.clock.now()).unwrap();
}

/// S33 (part): a region that signed its order and does so no more is not contradicted by that (a standby signs nothing), but the desk
/// says since when; after three days to everybody.
#[test]
fn a_region_that_signs_its_order_no_more_is_told_since_when() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    let silence = || desk.ok("sync_status", json!({}))["tree_silent"].clone();
    note(&desk, 1);
    assert_eq!(silence(), Value::Null);
    greeted_without(&world, &desk);
    let since = silence()["since"].clone();
    assert!(since.is_string(), "{since}");
    world.clock.advance(TimeDelta::days(3) - TimeDelta::minutes(1));
    greeted_without(&world, &desk);
    assert_eq!(silence(), json!({ "since": since, "long": false }));
    world.clock.advance(TimeDelta::minutes(1));
    assert_eq!(silence(), json!({ "since": since, "long": true }));
    assert_eq!(fault(&desk), Value::Null, "nothing contradicts it");
    desk.sync();
    assert_eq!(silence(), Value::Null, "it signs again");
}

/// One that never signed anything, as an older program, is not asked why.
#[test]
fn a_region_that_never_signed_its_order_is_not_silent() {
    let world = World::new();
    let desk = world.unjoined_desk("Ким");
    desk.ok("profile_enroll", json!({ "server": world.url(), "code": world.code("07") }));
    greeted_without(&world, &desk);
    assert_eq!(desk.ok("sync_status", json!({}))["tree_silent"], Value::Null);
}
