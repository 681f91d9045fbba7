//! Whose word puts an officer into a circle: no desk gives its officers one.

use crate::common::{Desk, World, codes, fresh, kinds, note, referral, refused};
use chrono::TimeDelta;
use ed25519_dalek::SigningKey;
use esik_domain::event::Role;
use esik_domain::ids::{CaseId, OfficerId, Scope};
use esik_server::warrant::Instead;
use esik_wire::signed::key_text;
use esik_wire::{
    ApiErrorCode, CirclesWord, FeedRequest, GiveBack, HelloRequest, OfficerCard, SignedEvent,
    SyncApi as _, Vouching,
};

/// The circle everybody here is after.
const DV: &str = "circle:07:dv";

fn dv() -> Vec<String> {
    vec!["dv".to_owned()]
}

/// Somebody with a key of his own who says that he works at this desk.
fn newcomer(w: &World, desk: &Desk, role: Role) -> (OfficerCard, SigningKey) {
    let key = SigningKey::from_bytes(&w.env.bytes());
    let (id, key_now) = (OfficerId(fresh()), key_text(&key.verifying_key()));
    let clean =
        OfficerCard { circles: dv(), circles_word: None, voucher: None, ..desk.card.clone() };
    (OfficerCard { id, role, key: key_now, ..clean }, key)
}

/// The card with that officer's word that he is in the circle, or out of all.
fn said(card: &OfficerCard, circles: &[String], by: &OfficerCard, key: &SigningKey) -> OfficerCard {
    let word = card.word_on_circles(circles, by.id, key);
    OfficerCard { circles: word.circles.clone(), circles_word: Some(word), ..card.clone() }
}

/// A desk greets with these officers; what it may follow then.
async fn greets(desk: &Desk, officers: &[&OfficerCard]) -> Vec<Scope> {
    let officers = officers.iter().map(|c| (*c).clone()).collect();
    let r = HelloRequest { officers, ..desk.hello_request(200) };
    desk.handle.hello(r).await.unwrap().scopes
}

async fn sees(desk: &Desk, officers: &[&OfficerCard]) -> bool {
    let told = greets(desk, officers).await.contains(&Scope::from(DV));
    let read = desk.read(&Scope::from(DV)).await;
    assert!(told == read.is_ok(), "what a desk is told it may follow, and only that: {read:?}");
    if !told {
        assert_eq!(read, Err(refused(ApiErrorCode::NotFound)));
    }
    told
}

fn stored(w: &World, id: OfficerId) -> OfficerCard {
    w.region.store().officers(&[id]).unwrap().pop().unwrap().card
}

/// A region with a warrant key by whose word its first head is one, or without any.
async fn region(warranted: bool) -> (World, Desk, SigningKey) {
    with_its_head(World::new(), warranted).await
}

async fn with_its_head(w: World, warranted: bool) -> (World, Desk, SigningKey) {
    let warrant = SigningKey::from_bytes(&[9; 32]);
    let mut head = w.desk_with("07", Role::Head, &[]).await;
    if warranted {
        let public = key_text(&warrant.verifying_key());
        w.region.set_warrant(&public, Instead::Nothing).unwrap();
        warrants(&w, &mut head, &warrant);
    }
    (w, head, warrant)
}

fn warrants(w: &World, desk: &mut Desk, warrant: &SigningKey) {
    let of = Vouching { officer: desk.card.id, voucher: desk.card.warrant(warrant) };
    w.region.warrant_officer(&of).unwrap();
    desk.card = stored(w, desk.card.id);
}

/// S13 (part): whoever has a desk's computer adds whom he likes and writes what he likes into the cards; he reads no
/// case of a circle by it, whatever signatures he makes or copies.
#[tokio::test]
async fn a_stolen_desk_gives_its_officers_no_circle() {
    for warranted in [false, true] {
        let (w, head, _) = region(warranted).await;
        let mut victim = w.desk("07").await;
        let (case, _) = referral(&mut victim, "E-CRS", "Баспана керек", "dv");
        victim.push().await.unwrap();
        let member = newcomer(&w, &head, Role::Inspector).0;
        let member = said(&member, &dv(), &head.card, &head.officer_key);
        assert!(sees(&head, &[&head.card, &member]).await, "whom the head put there");

        let (mut helper, helper_key) = newcomer(&w, &head, Role::Officer);
        helper.voucher = Some(helper.vouch(head.card.id, &head.officer_key));
        greets(&head, &[&helper]).await;

        let stolen = w.desk("07").await;
        assert!(!sees(&stolen, &[&stolen.card]).await);
        let own = OfficerCard { circles: dv(), ..stolen.card.clone() };
        let (plain, plain_key) = newcomer(&w, &stolen, Role::Officer);
        let (boss, boss_key) = newcomer(&w, &stolen, Role::Head);
        let boss = said(&boss, &dv(), &boss, &boss_key);
        let mut second = newcomer(&w, &stolen, Role::Controller).0;
        second.voucher = Some(second.vouch(boss.id, &boss_key));
        let region = OfficerCard { id: OfficerId(w.region.identity().device.0), ..boss.clone() };
        let copied = OfficerCard { circles_word: member.circles_word.clone(), ..plain.clone() };
        let warranted_by_another = plain.warrant_circles(&dv(), &boss_key);
        for (card, why) in [
            (own.clone(), "his own officer's card, changed"),
            (said(&own, &dv(), &own, &stolen.officer_key), "with a word of a plain officer"),
            (plain.clone(), "a new officer"),
            (said(&plain, &dv(), &plain, &plain_key), "on his own word"),
            (boss.clone(), "a head who was never one, on his own word"),
            (said(&second, &dv(), &boss, &boss_key), "whom that head put there"),
            (said(&plain, &dv(), &head.card, &boss_key), "in the name of the true head"),
            (said(&plain, &dv(), &region, &boss_key), "in the name of the region"),
            (said(&plain, &dv(), &helper, &helper_key), "by a colleague who may not add officers"),
            (
                OfficerCard { circles_word: Some(warranted_by_another), ..plain.clone() },
                "a warrant",
            ),
            (copied, "with the true head's word on another"),
        ] {
            assert!(!sees(&stolen, &[&card, &boss, &stolen.card]).await, "{why}, {warranted}");
            assert!(!sees(&stolen, &[&stolen.card]).await, "{why}, {warranted}");
        }
        let read = stolen.handle.case_events(case).await.unwrap().entries;
        assert_eq!(kinds(&read), ["visit_noted", "case_opened"]);
    }
}

/// S13 (part): who is in a circle by his head's word is so at once, stays so under another name and when that head is gone;
/// a head who was revoked puts nobody there.
#[tokio::test]
async fn a_heads_word_holds() {
    for warranted in [false, true] {
        let (w, head, _) = region(warranted).await;
        let mut desk = w.desk("07").await;
        desk.card = said(&desk.card, &dv(), &head.card, &head.officer_key);
        assert!(sees(&desk, &[&desk.card]).await);
        // An older program of the same desk knows of no words.
        let older =
            OfficerCard {
                name: "Иная И.".to_owned(), circles_word: None, ..desk.card.clone()
            };
        assert!(sees(&desk, &[&older]).await);
        assert_eq!(stored(&w, desk.card.id).name, "Иная И.");
        let none = OfficerCard { circles: Vec::new(), ..older };
        assert!(sees(&desk, &[&none]).await, "nor does a desk take anybody out");
        let own = said(&head.card, &dv(), &head.card, &head.officer_key);
        assert!(sees(&head, &[&own]).await, "himself too");
        let other = newcomer(&w, &desk, Role::Officer).0;
        let late = said(&other, &dv(), &head.card, &head.officer_key);
        assert!(w.region.store().revoke_officer(head.card.id).unwrap());
        assert!(sees(&desk, &[&desk.card]).await);
        greets(&desk, &[&late]).await;
        assert_eq!(stored(&w, late.id).circles, Vec::<String>::new());
        assert!(!sees(&head, &[&own]).await, "he himself reads nothing any more");
    }
}

/// S13 (part): without a warrant key the first who may add officers at a station is believed for himself; who comes after
/// him needs his word, or the region's administrator's. With one, he who is vouched for.
#[tokio::test]
async fn only_the_first_of_a_station_is_believed_for_himself() {
    let (w, first, warrant) = region(false).await;
    let mut later = w.desk_with("07", Role::Controller, &[]).await;
    let far = w.desk_with("08", Role::Head, &[]).await;
    let own = |d: &Desk| said(&d.card, &dv(), &d.card, &d.officer_key);
    let other = newcomer(&w, &later, Role::Officer).0;
    let others = |d: &Desk| said(&other, &dv(), &d.card, &d.officer_key);
    assert!(!sees(&later, &[&own(&later), &others(&later)]).await);
    assert!(!sees(&later, &[&others(&far)]).await, "no other station's head");
    assert!(sees(&first, &[&own(&first)]).await);
    // Whom the first one vouches for may say who else is; of himself he still does not.
    later.card.voucher = Some(later.card.vouch(first.card.id, &first.officer_key));
    assert!(!sees(&later, &[&own(&later)]).await);
    assert!(sees(&later, &[&others(&later)]).await);

    // Whom the region's administrator put there: to take everything away says nothing good of anybody.
    let mut third = w.desk_with("07", Role::Head, &[]).await;
    let fourth = newcomer(&w, &third, Role::Officer).0;
    let word = |third: &Desk| said(&fourth, &dv(), &third.card, &third.officer_key);
    w.region.set_circles(third.card.id, &[]).unwrap();
    third.card = stored(&w, third.card.id);
    assert!(!sees(&third, &[&word(&third)]).await);
    w.region.set_circles(third.card.id, &["juvenile".to_owned()]).unwrap();
    third.card = stored(&w, third.card.id);
    assert!(sees(&third, &[&word(&third)]).await);

    // From the day there is a warrant key, everybody has to be vouched for from it.
    w.region.set_warrant(&key_text(&warrant.verifying_key()), Instead::Nothing).unwrap();
    let mut last = w.desk_with("07", Role::Head, &[]).await;
    let fifth = newcomer(&w, &last, Role::Officer).0;
    let of_first = said(&fifth, &dv(), &first.card, &first.officer_key);
    for card in [own(&last), of_first] {
        assert!(!sees(&last, &[&card]).await, "{card:?}");
    }
    // His desk tells it again at each greeting, until somebody stands for him.
    let own = own(&last);
    warrants(&w, &mut last, &warrant);
    assert!(sees(&last, &[&own]).await);
    let word = fifth.warrant_circles(&dv(), &warrant);
    let sixth = OfficerCard { id: OfficerId(fresh()), ..fifth.clone() };
    greets(&last, &[&OfficerCard { circles_word: Some(word.clone()), ..fifth.clone() }]).await;
    greets(&last, &[&OfficerCard { circles_word: Some(word), ..sixth.clone() }]).await;
    assert_eq!(stored(&w, fifth.id).circles, dv(), "the warrant key's word is one too");
    assert_eq!(stored(&w, sixth.id).circles, Vec::<String>::new(), "on him alone");
}

/// S13 (part): what was taken away does not come back by an old word, the region's administrator's decision stands over every
/// earlier one, and the feed stops at once, for whoever waits on it too.
#[tokio::test]
async fn what_was_taken_away_stays_away() {
    let (w, head, _) = region(true).await;
    let mut desk = w.desk("07").await;
    let by_head =
        |card: &OfficerCard, circles: &[String]| said(card, circles, &head.card, &head.officer_key);
    let given = by_head(&desk.card, &dv());
    assert!(sees(&desk, &[&given]).await);
    let taken = by_head(&given, &[]);
    assert!(!sees(&desk, &[&taken]).await);
    for old in [&given, &desk.card, &OfficerCard { circles: dv(), ..desk.card.clone() }] {
        assert!(!sees(&desk, &[old]).await, "replayed: {old:?}");
    }
    let again = by_head(&taken, &dv());
    assert!(sees(&desk, &[&again]).await, "a later word");

    let waiting = FeedRequest {
        scope: Scope::from(DV),
        after: w.region.store().head().unwrap(),
        epoch: desk.epoch.clone(),
        limit: 100,
        wait_s: 50,
        seen: None,
    };
    let handle = desk.handle.clone();
    let waits = tokio::spawn(async move { handle.feed(waiting).await });
    tokio::task::yield_now().await;
    let word = w.region.set_circles(desk.card.id, &[]).unwrap();
    assert_eq!((word.n, word.by.unwrap().0), (4, w.region.identity().device.0));
    assert_eq!(desk.read(&Scope::from(DV)).await, Err(refused(ApiErrorCode::NotFound)));
    let mut author = w.desk("07").await;
    referral(&mut author, "E-CRS", "Баспана керек", "dv");
    author.push().await.unwrap();
    match waits.await.unwrap() {
        Err(e) => assert_eq!(e, refused(ApiErrorCode::NotFound)),
        Ok(page) => assert_eq!(page.entries, [], "nothing that came afterwards"),
    }
    // What he writes as if he knew of the circle's cases, he may not any more.
    desk.say(CaseId(fresh()), &note("x"), "open");
    assert_eq!(codes(&desk.push().await.unwrap()).len(), 1);
    let same_number = by_head(&taken, &["dv".to_owned(), "juvenile".to_owned()]);
    for old in [&given, &again, &same_number] {
        assert!(!sees(&desk, &[old]).await, "replayed: {old:?}");
    }
    // Nor does a head use the numbers up.
    let end = CirclesWord { n: u64::MAX - 1, ..again.circles_word.clone().unwrap() };
    let far = by_head(&OfficerCard { circles_word: Some(end), ..again.clone() }, &dv());
    assert!(!sees(&desk, &[&far]).await);
    let told = OfficerCard { circles_word: Some(word), circles: Vec::new(), ..desk.card.clone() };
    assert!(sees(&desk, &[&by_head(&told, &dv())]).await, "until a later word comes");
    w.pass(TimeDelta::days(1));
    assert!(sees(&desk, &[&told]).await);
}

/// S13 (part), S23 (part): what an older region believed of an officer stays as it is, and grows by no desk's say.
#[tokio::test]
async fn circles_of_before_there_were_words_stay_and_do_not_grow() {
    let (w, _, _) = region(true).await;
    let desk = w.desk("07").await;
    let mut row = w.region.store().officers(&[desk.card.id]).unwrap().pop().unwrap();
    row.card.circles = vec!["juvenile".to_owned()];
    w.region.store().put_officers(&[row]).unwrap();
    let juvenile = Scope::from("circle:07:juvenile");
    for circles in [&["juvenile"][..], &["dv", "juvenile"], &["dv"], &[]] {
        let circles = circles.iter().map(|c| (*c).to_owned()).collect();
        let card = OfficerCard { circles, ..desk.card.clone() };
        let scopes = greets(&desk, &[&card]).await;
        assert!(scopes.contains(&juvenile) && !scopes.contains(&Scope::from(DV)), "{scopes:?}");
    }
    w.region.set_circles(desk.card.id, &[]).unwrap();
    let card = OfficerCard { circles: vec!["juvenile".to_owned()], ..desk.card.clone() };
    assert!(!greets(&desk, &[&card]).await.contains(&juvenile));
}

/// S13 (part), S15 (part): a forgotten officer comes back into a circle by somebody's word alone.
#[tokio::test]
async fn a_forgotten_officer_brings_no_circle_of_his_own() {
    let (w, mut head, _) = with_its_head(World::restored(), true).await;
    let giver = w.desk("07").await;
    let mut forgotten = async |word: fn(&OfficerCard, &Desk) -> Option<CirclesWord>| {
        let (mut card, key) = newcomer(&w, &head, Role::Officer);
        card.voucher = Some(card.vouch(head.card.id, &head.officer_key));
        card.circles_word = word(&card, &head);
        let mut envelope = head.envelope(CaseId(fresh()), &note("жылу жоқ"), "open");
        (envelope.actor_id, envelope.role) = (card.id, card.role);
        let event = SignedEvent::sign(&envelope, &key).unwrap();
        head.save_signed(event.clone());
        let (epoch, officers) = (giver.epoch.clone(), vec![card.clone()]);
        let back = GiveBack { epoch, events: vec![event], officers };
        assert_eq!(giver.handle.give_back(back).await.unwrap().taken, 1);
        stored(&w, card.id).circles
    };
    assert_eq!(forgotten(|_, _| None).await, Vec::<String>::new());
    let forged = |c: &OfficerCard, h: &Desk| Some(c.word_on_circles(&dv(), h.card.id, &h.key));
    assert_eq!(forgotten(forged).await, Vec::<String>::new());
    let true_one =
        |c: &OfficerCard, h: &Desk| Some(c.word_on_circles(&dv(), h.card.id, &h.officer_key));
    assert_eq!(forgotten(true_one).await, dv());
}
