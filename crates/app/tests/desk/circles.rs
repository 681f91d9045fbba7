//! Who is in a restricted circle: by the word of whoever added him, as the region believes it, until it is taken away.

use esik_domain::ids::{CaseId, OfficerId};
use esik_testkit::{Form, PASSWORD, TestDesk, World};
use serde_json::json;

fn violence() -> Form {
    Form::says("Боится идти домой", "ru").category("FAM-01").crime("КУИ-26-7781", "Нужен ночлег")
}

fn dv() -> Vec<String> {
    vec!["dv".to_owned()]
}

fn sees(desk: &TestDesk, case: &str) -> bool {
    desk.call("case_get", json!({ "id": case, "why": { "code": "control" } })).is_ok()
}

/// Who is signed in.
fn me(desk: &TestDesk) -> OfficerId {
    desk.desk.opened().unwrap().actor.id
}

/// The circles an officer has at this desk the next time he signs in.
fn here(desk: &TestDesk, officer: OfficerId) -> Vec<String> {
    let open = desk.desk.opened().unwrap();
    open.store.read(|c| esik_store::officers::get(c, officer)).unwrap().unwrap().card.circles
}

/// The number of the word on them.
fn word_here(desk: &TestDesk, officer: OfficerId) -> u64 {
    let open = desk.desk.opened().unwrap();
    let found = open.store.read(|c| esik_store::officers::get(c, officer)).unwrap();
    found.unwrap().card.circles_word.unwrap().n
}

/// S13 (part): whom the head adds to a circle reads its cases, from other desks too; when the region's administrator takes
/// that away, the region tells nothing more of it at once and the desk shows nothing at his next sign-in. It stays so when
/// the region is put back to a copy of before, and until somebody who may says otherwise.
#[test]
fn a_head_puts_an_officer_into_a_circle_and_the_region_takes_him_out() {
    let mut world = World::to_be_copied();
    let (a, b) = (world.desk("Әлиева"), world.desk("Бекова"));
    a.officer("Шеңбер", "officer", &["dv"]);
    a.officer("Ким", "officer", &[]);
    a.sync();
    let first = b.takes_in(violence());
    b.sync();
    a.sync();
    a.sign_in("Ким");
    assert!(!sees(&a, &first));
    a.sign_in("Шеңбер");
    let officer = me(&a);
    assert!(sees(&a, &first));
    assert_eq!(world.card(officer).circles, dv());

    world.region_down();
    world.copy_region();
    world.region_up();
    world.region.set_circles(officer, &[]).unwrap();
    let second = b.takes_in(violence());
    for desk in [&b, &a, &b] {
        desk.sync();
    }
    assert_eq!(here(&a, officer), Vec::<String>::new());
    a.sign_in("Шеңбер");
    assert!(!sees(&a, &first) && !sees(&a, &second));
    let open = a.desk.opened().unwrap();
    let second: CaseId = second.parse().unwrap();
    let came = open.store.read(|c| esik_store::log::case_entries(c, second)).unwrap();
    assert!(came.is_empty(), "nor did it come to this computer");
    drop(open);

    // As of before the decision; the desk brings the decision itself, signed by the region.
    world.region_down();
    world.answer_with_the_copy(true);
    world.site().accept_restore(world.env()).unwrap();
    world.region_up();
    assert_eq!(world.card(officer).circles, dv());
    b.sync();
    assert_eq!(word_here(&b, officer), 2, "nor does the other desk forget the later word");
    a.sync();
    assert_eq!((world.card(officer).circles, here(&a, officer)), (Vec::new(), Vec::new()));

    world.region.set_circles(officer, &dv()).unwrap();
    a.sync();
    a.sign_in("Шеңбер");
    a.sync();
    assert!(sees(&a, &first));
}

/// S13 (part): a desk that has not joined knows by itself who is in which circle. Once it joins, its head's words go along,
/// on himself too; until somebody stands for him, they count for nothing, and afterwards without being given again.
#[test]
fn what_was_said_before_a_desk_joined_counts_once_its_head_is_vouched_for() {
    let world = World::new();
    let dir = world.folder().join("desk");
    let desk = world.started(&dir);
    let head = json!({ "surname": "Әлиева", "given": "Дана", "post": "Инспектор", "role": "head",
        "password": PASSWORD, "circles": ["dv"] });
    desk.ok("profile_create", json!({ "language": "ru", "officer": head }));
    desk.officer("Шеңбер", "officer", &["dv", "juvenile"]);
    let head = me(&desk);
    desk.sign_in("Шеңбер");
    let officer = me(&desk);
    desk.sign_in("Әлиева");
    let both = ["dv", "juvenile"].map(str::to_owned).to_vec();
    assert_eq!((here(&desk, head), here(&desk, officer)), (dv(), both.clone()));

    world.join_unvouched(&desk);
    desk.sync();
    for officer in [head, officer] {
        assert_eq!(world.card(officer).circles, Vec::<String>::new());
        assert_eq!(here(&desk, officer), Vec::<String>::new(), "the desk goes by the region");
    }
    world.vouch(&desk);
    desk.sync();
    assert_eq!((world.card(head).circles, world.card(officer).circles), (dv(), both.clone()));
    assert_eq!((here(&desk, head), here(&desk, officer)), (dv(), both));
    desk.sign_in("Әлиева");
    let case = desk.takes_in(violence());
    desk.sign_in("Шеңбер");
    assert!(sees(&desk, &case));
}

/// S13 (part): a desk that goes on telling its head's word does not undo what the region decided since. Whoever may not add
/// officers puts nobody into a circle.
#[test]
fn the_regions_decision_stands_over_the_word_before_it() {
    let world = World::new();
    let desk = world.desk("Әлиева");
    desk.officer("Шеңбер", "officer", &["dv"]);
    desk.sync();
    desk.sign_in("Шеңбер");
    let officer = me(&desk);
    world.region.set_circles(officer, &["juvenile".to_owned()]).unwrap();
    for _ in 0..2 {
        desk.sync();
        assert_eq!(world.card(officer).circles, ["juvenile"]);
        assert_eq!(here(&desk, officer), ["juvenile"]);
    }
    let args = json!({ "surname": "Ким", "given": "А", "role": "officer", "circles": ["dv"],
        "post": "", "password": PASSWORD });
    assert_eq!(desk.call("officer_add", args).unwrap_err().code, "forbidden");
}
