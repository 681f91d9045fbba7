//! A region that shows two histories, or takes one back, is caught by its own signature.

use chrono::TimeDelta;
use esik_app::sync::tree::{FurthestRead, Roots, begin_anew, judged, look_at, read_to};
use esik_app::sync::{KNOWN, REGION, Region, TREE, TREE_READ, TREE_ROOTS};
use esik_domain::ids::Pos;
use esik_server::store::StoredEvent;
use esik_store::meta;
use esik_sync::tree::{Demand, Signer};
use esik_testkit::{Form, TestDesk, World};
use esik_wire::signed::key_from_text;
use esik_wire::{FeedEntry, FeedPage, KnownRegion, SignedTreeHead, TreeProof};
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

/// S15, S33 (part): the line broke before the region had proven what a desk read, and the region was set back meanwhile. The next
/// contact begins with that proof: the head that the desk had kept from before would fit both orders.
#[test]
fn what_a_round_read_that_was_cut_off_is_proven_by_the_next() {
    let (mut world, first, second, reader) = twins_and_a_reader();
    let kept = |desk: &TestDesk| {
        let open = desk.desk.opened().unwrap();
        open.store.read(|conn| meta::get::<SignedTreeHead>(conn, TREE)).unwrap()
    };
    reader.sync();
    let before = kept(&reader);
    note(&first, 2);
    reader.sync();
    assert_ne!(kept(&reader), before);
    // As the desk is when the line breaks right before the proof.
    reader.desk.opened().unwrap().store.write(move |tx| meta::put(tx, TREE, &before)).unwrap();

    change_places(&mut world, true);
    note(&second, 4);
    let cases = |desk: &TestDesk| desk.ok("control", json!({}))["counts"]["all"].clone();
    reader.sync();
    assert_eq!(fault(&reader), "split", "it is told");
    assert_eq!(
        cases(&reader),
        json!(8),
        "two before, two that only it and their author have, four new ones"
    );
    first.sync();
    reader.sync();
    assert_eq!(cases(&second), json!(6));
    second.sync();
    assert_eq!(cases(&second), json!(8));
}

/// S33 (part): a cursor goes no further than what can be proven of the order by the next round, should this one be cut off.
#[test]
fn a_page_beyond_the_greeting_is_read_as_far_as_it_can_be_proven() {
    let world = World::new();
    let (first, desk) = (world.desk("Әлиева"), world.desk("Ким"));
    note(&first, 1);
    desk.sync();
    let open = desk.desk.opened().unwrap();
    let known = open.store.read(|conn| meta::get::<KnownRegion>(conn, KNOWN)).unwrap().unwrap();
    let greeted = known.pos;
    let scope = esik_domain::ids::Scope::station(&open.station);
    let mut entry = world.region.store().feed(&scope, Pos(0), 1).unwrap().events.remove(0);
    let reads = |entries: Vec<FeedEntry>, next: u64| {
        let page =
            FeedPage { entries, next: Pos(next), more: false, moves: Vec::new(), root: None };
        let of = scope.clone();
        let to = open.store.write(move |tx| {
            let mut page = page.clone();
            read_to(tx, &of, &mut page)?;
            Ok(page.next)
        });
        let read = open.store.read(|conn| meta::get::<FurthestRead>(conn, TREE_READ)).unwrap();
        (to.unwrap().0 - greeted.0, read.map(|r| r.leaf.pos.0 - greeted.0))
    };
    assert_eq!(reads(Vec::new(), greeted.0), (0, None));
    assert_eq!(reads(Vec::new(), greeted.0 + 9), (0, None), "nothing of it can be proven");
    let at = |entry: &StoredEvent| FeedEntry {
        pos: entry.pos,
        recorded_at: entry.recorded_at,
        event: entry.event.clone(),
    };
    assert_eq!(reads(vec![at(&entry)], greeted.0), (0, None));
    entry.pos = Pos(greeted.0 + 5);
    assert_eq!(reads(vec![at(&entry)], greeted.0 + 9), (5, Some(5)));
    entry.pos = Pos(greeted.0 + 3);
    assert_eq!(
        reads(vec![at(&entry)], greeted.0 + 3),
        (3, Some(5)),
        "another feed's last event is less far"
    );
    assert_eq!(reads(Vec::new(), greeted.0 + 9), (5, Some(5)), "an empty page sets nothing back");
    // The round was cut off, and the region went on: what the next one reads does not take the place of what is not proven yet.
    let next = KnownRegion { pos: Pos(greeted.0 + 7), ..known.clone() };
    open.store.write(move |tx| meta::put(tx, KNOWN, &next)).unwrap();
    entry.pos = Pos(greeted.0 + 9);
    assert_eq!(reads(vec![at(&entry)], greeted.0 + 9), (7, Some(5)));
    open.store.write(|tx| begin_anew(tx)).unwrap();
    open.store.write(move |tx| meta::put(tx, KNOWN, &known)).unwrap();
    assert_eq!(reads(Vec::new(), greeted.0), (0, None), "of another history it proves nothing");
}

/// S15, S33 (part): a page came from another program of the region, in the middle of a round. With the next page the region says that
/// its order is another one, and everything is read anew.
#[test]
fn a_page_of_another_order_is_found_with_the_next_one() {
    let world = World::new();
    let (first, reader) = (world.desk("Әлиева"), world.desk("Ким"));
    note(&first, 2);
    reader.sync();
    let open = reader.desk.opened().unwrap();
    let roots = || open.store.read(|conn| meta::get::<Roots>(conn, TREE_ROOTS)).unwrap().unwrap();
    let told = roots();
    assert!(told.contains_key(&esik_domain::ids::Scope::station(&open.station)), "{told:?}");
    let mut of_another = told.clone();
    of_another.values_mut().for_each(|(_, root)| *root = esik_wire::ZERO_HASH);
    let put = of_another.clone();
    open.store.write(move |tx| meta::put(tx, TREE_ROOTS, &put)).unwrap();
    let status = reader.sync();
    assert_eq!((&status["failure"], &fault(&reader)), (&Value::Null, &Value::Null), "{status}");
    assert_eq!(roots(), told, "read anew, to where it stood");
    reader.sound();
}

/// S15, S33 (part): the line breaks right after the region was found out. That everything has to be read anew is not forgotten.
#[test]
fn what_is_found_out_is_read_anew_though_the_line_breaks() {
    let (mut world, first, second, reader) = twins_and_a_reader();
    note(&second, 3);
    reader.sync();
    change_places(&mut world, true);
    note(&first, 4);
    note(&second, 1);
    let open = reader.desk.opened().unwrap();
    // As the desk is when the line breaks right after the proof: the finding and the newest head are kept.
    let head =
        first.desk.opened().unwrap().store.read(|conn| meta::get::<SignedTreeHead>(conn, TREE));
    let (head, at) = (head.unwrap().unwrap(), world.clock.now());
    let kept = open.store.read(|conn| meta::get::<SignedTreeHead>(conn, TREE)).unwrap().unwrap();
    let region = open.store.read(|conn| meta::get::<Region>(conn, REGION)).unwrap().unwrap();
    let key = key_from_text(&region.region_key).unwrap();
    let epoch = world.region.identity().epoch.clone();
    let by = Signer { key, region: region.region_id, epoch };
    let old = by.read(&kept).map(|of| (kept, of));
    let demand = Demand { by, old, new: None, leaf: None, own: true, begun: None, read: None };
    let answer = TreeProof { head: Some(head), ..TreeProof::default() };
    let proven = open.store.write(move |tx| judged(tx, at, &demand, Some(&answer))).unwrap();
    assert!(!proven);
    reader.sync();
    let cases = |desk: &TestDesk| desk.ok("control", json!({}))["counts"]["all"].clone();
    first.sync();
    assert_eq!(cases(&reader), cases(&first));
    assert_eq!(fault(&reader), "split");
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
