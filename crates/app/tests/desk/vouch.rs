//! Who stands for an officer's key: a region that lies brings nobody in, and whoever is vouched for is heard.

use esik_domain::event::Role;
use esik_server::warrant::Instead;
use esik_testkit::{Form, TestDesk, World};
use esik_wire::signed::key_text;
use esik_wire::{OfficerCard, Vouching, WarrantChange};
use serde_json::{Value, json};

fn says(text: &str) -> Form {
    Form::says(text, "ru").category("ZKH-01").at("ул. Абая, 3")
}

fn board(desk: &TestDesk) -> Value {
    desk.ok("sync_board", json!({}))
}

/// Records that wait because nobody vouches for who signed them.
fn waiting(desk: &TestDesk) -> u64 {
    let board = board(desk);
    let mut lines = board["unapplied"].as_array().unwrap().iter();
    lines.find(|l| l["reason"] == "not_vouched").map_or(0, |l| l["n"].as_u64().unwrap())
}

fn sees(desk: &TestDesk, case: &str) -> bool {
    desk.call("case_get", json!({ "id": case, "why": { "code": "control" } })).is_ok()
}

fn unvouched(desk: &TestDesk) -> Vec<Value> {
    desk.ok("officers_unvouched", json!({}))["officers"].as_array().unwrap().clone()
}

fn own_mark(desk: &TestDesk) -> String {
    board(desk)["trust"]["mark"].as_str().unwrap().to_owned()
}

/// A desk that joins, works and sends, and nobody vouches for its head: to every other desk he is what a region that lies
/// could have made up.
fn nobodys(world: &World, surname: &str) -> (TestDesk, String) {
    let desk = world.unjoined_desk(surname);
    world.join_unvouched(&desk);
    let case = desk.takes_in(says("Нет тепла"));
    desk.sync();
    assert_eq!(desk.unacknowledged(), 0, "the region took it");
    (desk, case)
}

/// S14, T12 (part): whatever the region says of a head it made up, he is nobody, and what he signs acts nowhere.
#[test]
fn a_head_whom_the_region_brings_acts_nowhere() {
    let world = World::new();
    let a = world.desk("Әлиева");
    let (stranger, case) = nobodys(&world, "Ешкім");
    let id = stranger.desk.opened().unwrap().actor.id;
    let card = world.card(id);
    let regions = ed25519_dalek::SigningKey::from_bytes(&[66; 32]);
    let head = a.desk.opened().unwrap().actor.id;
    for voucher in [
        None,
        Some(card.warrant(&regions)),
        Some(card.vouch(id, &stranger.desk.opened().unwrap().signing)),
        Some(card.vouch(head, &regions)),
    ] {
        let mut row = world.region.store().officers(&[id]).unwrap().pop().unwrap();
        row.card = OfficerCard { voucher, ..row.card };
        world.region.store().put_officers(&[row]).unwrap();
        a.sync();
        assert!(waiting(&a) >= 4, "{:#}", board(&a));
        // Nothing of it is called unreadable, in the list nor beside it.
        let status = a.ok("sync_status", json!({}));
        let of = |what: &str| status[what].as_u64().unwrap();
        assert_eq!((of("awaits_voucher"), of("awaits_author")), (waiting(&a), 0));
        assert_eq!(of("set_aside"), 0, "{status:#}");
        assert!(!sees(&a, &case));
        assert!(!a.ok("colleagues", json!({})).to_string().contains("Ешкім"));
    }
    // Nothing of it stops what others write.
    let mine = a.takes_in(says("Шум ночью"));
    a.sync();
    assert_eq!((a.unacknowledged(), sees(&a, &mine)), (0, true));
    assert!(!sees(&world.desk("Бекова"), &case), "nor at a desk that joins now");

    // Once the operator vouches, all of it acts, without being sent again.
    world.vouch(&stranger);
    a.sync();
    assert_eq!((waiting(&a), sees(&a, &case)), (0, true));
    assert_eq!(a.ok("sync_status", json!({}))["awaits_voucher"], 0);
    stranger.sync();
    assert_eq!(board(&stranger)["trust"]["vouched"], true);
}

/// S14: from the operator to a station's first head, from him to who joins later and to colleagues; a desk that joins last reads all.
#[test]
fn a_station_is_vouched_for_from_its_first_head_down() {
    let world = World::new();
    // The colleague was added before there was a station that a word on him could name.
    let first = world.unjoined_desk("Әлиева");
    first.officer("Бекова", "officer", &[]);
    world.join(&first);
    first.officer("Сейтова", "controller", &[]);
    first.sync();
    let mut cases = Vec::new();
    for (officer, text) in [("Әлиева", "Нет воды"), ("Бекова", "Шум"), ("Сейтова", "Яма")]
    {
        first.sign_in(officer);
        cases.push(first.takes_in(says(text)));
    }
    first.sync();

    let (second, case) = nobodys(&world, "Досанов");
    cases.push(case);
    second.officer("Ерлан", "officer", &[]);
    second.sign_in("Ерлан");
    cases.push(second.takes_in(says("Нет света")));
    second.sync();
    second.sign_in("Досанов");
    let mark = own_mark(&second);
    assert_eq!(board(&second)["trust"]["vouched"], false);

    // The controller of the first desk vouches for the second one's head; with him comes whoever he added.
    first.sync();
    assert!(waiting(&first) >= 8, "{:#}", board(&first));
    let asked = unvouched(&first);
    let names: Vec<&str> = asked.iter().map(|o| o["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 2, "{asked:#?}");
    let head = asked.iter().find(|o| o["name"].as_str().unwrap().starts_with("Досанов")).unwrap();
    assert_eq!((&head["mark"], &head["known"]), (&json!(mark), &json!(false)));
    let left = first.ok("officer_vouch", json!({ "officer": head["id"], "mark": mark }));
    first.sync();
    assert_eq!(unvouched(&first), Vec::<Value>::new(), "{left}");
    for case in &cases {
        assert!(sees(&first, case), "{case}");
    }
    second.sync();
    assert_eq!(board(&second)["trust"]["vouched"], true);

    let last = world.desk("Ғалымова");
    last.sync();
    for case in &cases {
        assert!(sees(&last, case), "{case}");
    }
    assert_eq!(waiting(&last), 0);
}

/// S14: what a head vouches for is what was compared, of his own station, and not himself.
#[test]
fn a_word_is_given_for_the_card_that_was_compared() {
    let world = World::new();
    let a = world.desk("Әлиева");
    let (stranger, case) = nobodys(&world, "Досанов");
    a.sync();
    let id = stranger.desk.opened().unwrap().actor.id;
    let code = |desk: &TestDesk, args: Value| desk.call("officer_vouch", args).unwrap_err().code;
    let other = json!({ "officer": id, "mark": own_mark(&a) });
    assert_eq!(code(&a, other), "mark_other");
    let me = a.desk.opened().unwrap().actor.id;
    assert_eq!(code(&a, json!({ "officer": me, "mark": own_mark(&a) })), "not_found");
    assert_eq!(waiting(&stranger), 0, "his own desk needs nobody's word on him");
    stranger.sync();
    let own = json!({ "officer": id, "mark": own_mark(&stranger) });
    assert_eq!(code(&stranger, own), "vouch_not_yours");
    a.officer("Бекова", "officer", &[]);
    a.sign_in("Бекова");
    let mark = own_mark(&stranger);
    let typed = mark.to_lowercase().replace('-', " ");
    assert_eq!(code(&a, json!({ "officer": id, "mark": typed })), "forbidden");
    assert!(!sees(&a, &case));
    a.sign_in("Әлиева");
    a.ok("officer_vouch", json!({ "officer": id, "mark": typed }));
    assert!(sees(&a, &case), "it acts at once, without the region");
    a.sync();
    assert!(world.card(id).voucher.is_some(), "and the region passes the word on");
}

/// S14, T12 (part): another warrant key is not believed, and is said, unless the one before gave its word on it.
#[test]
fn a_changed_warrant_key_is_kept_out() {
    let world = World::new();
    let a = world.desk("Әлиева");
    let trust = board(&a)["trust"].clone();
    assert_eq!(trust["other"], Value::Null);
    let other = ed25519_dalek::SigningKey::from_bytes(&[66; 32]);
    let public = key_text(&other.verifying_key());
    world.region.set_warrant(&public, Instead::Nothing).unwrap_err();
    world.region.set_warrant(&public, Instead::Lost).unwrap();
    let (stranger, case) = nobodys(&world, "Ешкім");
    let officer = stranger.desk.opened().unwrap().actor.id;
    let warranted = |key| {
        let voucher = world.card(officer).warrant(key);
        world.region.warrant_officer(&Vouching { officer, voucher })
    };
    warranted(&world.warrant).unwrap_err();
    warranted(&other).unwrap();
    a.sync();
    let now = board(&a)["trust"].clone();
    assert_eq!(now["warrant"], trust["warrant"], "the pinned one stays");
    assert_ne!(now["other"]["mark"], trust["warrant"]);
    assert!(now["other"]["mark"].is_string() && waiting(&a) > 0 && !sees(&a, &case), "{now:#}");
    // A desk that joins now knows no other key, and goes by the one it is told.
    assert!(sees(&world_desk(&world, &other, "Бекова"), &case));

    // The operator finds the first key again: the region tells that one, and all is as it was.
    world.region.set_warrant(&key_text(&world.warrant.verifying_key()), Instead::Lost).unwrap();
    a.sync();
    assert_eq!(board(&a)["trust"], trust);
    // And replaces it as it should be: with its own word on the next one.
    let next = ed25519_dalek::SigningKey::from_bytes(&[10; 32]);
    let change = WarrantChange::sign(&world.warrant, &next.verifying_key());
    let public = key_text(&next.verifying_key());
    world.region.set_warrant(&public, Instead::Change(change)).unwrap();
    warranted(&next).unwrap();
    a.sync();
    let now = board(&a)["trust"].clone();
    assert_eq!(now["other"], Value::Null);
    assert_ne!(now["warrant"], trust["warrant"]);
    assert!(sees(&a, &case));
}

/// A desk whose head the holder of another key vouches for.
fn world_desk(world: &World, key: &ed25519_dalek::SigningKey, surname: &str) -> TestDesk {
    let desk = world.unjoined_desk(surname);
    world.join_unvouched(&desk);
    let officer = desk.desk.opened().unwrap().actor.id;
    let voucher = world.card(officer).warrant(key);
    world.region.warrant_officer(&Vouching { officer, voucher }).unwrap();
    desk.sync();
    desk
}

/// A lost warrant key: a head joins his desk again with a code, says that the key is a new one, and the desk goes by what it
/// then hears. Nobody else at the desk can.
#[test]
fn a_lost_warrant_key_is_replaced_desk_by_desk() {
    let world = World::new();
    let a = world.desk("Әлиева");
    a.officer("Бекова", "officer", &[]);
    let mine = a.takes_in(says("Нет воды"));
    a.sync();
    let lost = board(&a)["trust"]["warrant"].clone();
    let other = ed25519_dalek::SigningKey::from_bytes(&[66; 32]);
    let public = key_text(&other.verifying_key());
    world.region.set_warrant(&public, Instead::Lost).unwrap();
    let again = |new: bool| json!({ "code": world.code("07"), "new_warrant": new });
    a.sign_in("Бекова");
    assert_eq!(a.call("profile_join_again", again(true)).unwrap_err().code, "forbidden");
    a.ok("profile_join_again", again(false));
    a.sync();
    assert_eq!(board(&a)["trust"]["warrant"], lost, "joining again alone changes nothing");
    a.sign_in("Әлиева");
    a.ok("profile_join_again", again(true));
    a.sync();
    let trust = board(&a)["trust"].clone();
    assert_ne!(trust["warrant"], lost);
    assert_eq!(trust["other"], Value::Null);
    assert!(sees(&a, &mine), "whoever was known stays");
}

/// S13 (part), S14 (part): the region keeps nobody's word that is none, and takes none from the revoked.
#[test]
fn the_region_keeps_a_word_only_when_it_is_one() {
    let world = World::new();
    let a = world.desk("Әлиева");
    let (stranger, _) = nobodys(&world, "Досанов");
    a.sync();
    let id = stranger.desk.opened().unwrap().actor.id;
    let head = a.desk.opened().unwrap().actor.id;
    assert!(world.region.store().revoke_officer(head).unwrap());
    let mark = own_mark(&stranger);
    a.ok("officer_vouch", json!({ "officer": id, "mark": mark }));
    a.sync();
    assert_eq!(world.card(id).voucher, None, "the region does not pass on a revoked head's word");
    assert_eq!(world.card(id).role, Role::Head);
}

/// S12 (part), S14 (part): whoever left the service before anybody vouched for him can be vouched for all the same, and what he wrote
/// before acts.
#[test]
fn who_left_before_anybody_vouched_for_him_is_vouched_for_afterwards() {
    let world = World::new();
    let a = world.desk("Әлиева");
    let (stranger, case) = nobodys(&world, "Досанов");
    let (id, mark) = (stranger.desk.opened().unwrap().actor.id, own_mark(&stranger));
    assert!(world.region.store().revoke_officer(id).unwrap());
    a.sync();
    assert!(waiting(&a) >= 4 && !sees(&a, &case));
    assert_eq!(unvouched(&a).len(), 1);
    a.ok("officer_vouch", json!({ "officer": id, "mark": mark }));
    a.sync();
    assert_eq!((waiting(&a), sees(&a, &case)), (0, true));
    let later = world.desk("Бекова");
    later.sync();
    assert!(sees(&later, &case), "also at a desk that joins afterwards");
}
