//! Events of a desk that nobody has any more: it says so over its signature, and what it wrote behind them goes on.

use crate::common::browser::{Browser, PASSWORD};
use crate::common::{Desk, World, codes, fresh, note, opened, visit};
use ed25519_dalek::SigningKey;
use esik_domain::ids::CaseId;
use esik_server::codes::quarantine::LOST;
use esik_wire::signed::key_from_text;
use esik_wire::{
    ApiError, ApiErrorCode, EventHash, Hole, Segment, SignedEvent, SignedHole, SyncApi as _,
    SyncFailure, signed,
};

/// A desk that sent five events in its first life and wrote four more.
async fn wrote_nine(w: &World) -> (Desk, Vec<SignedEvent>) {
    let mut desk = w.desk("07").await;
    let case = CaseId(fresh());
    desk.say(case, &visit(), "open");
    desk.say(case, &opened("ESK-07-2026-1"), "open");
    let texts = ["3", "4", "5", "6", "7", "8", "9"];
    for text in texts {
        desk.say(case, &note(text), "open");
    }
    let all = desk.unsent.clone();
    desk.handle.push(desk.segment_of(1, all[..5].to_vec())).await.unwrap();
    (desk, all)
}

/// Events from a sequence on, as a branch of life 1 under another life.
fn as_life(desk: &Desk, life: u32, first: u64, events: &[SignedEvent]) -> Segment {
    Segment { incarnation: life, branch_of: Some(1), ..desk.segment_of(first, events.to_vec()) }
}

fn hole(desk: &Desk, all: &[SignedEvent]) -> Hole {
    Hole {
        device_id: desk.device,
        life: 1,
        from: 6,
        to: 7,
        last: all[6].hash(),
        at: "2026-11-27T05:00:00Z".parse().unwrap(),
    }
}

fn said(hole: &Hole, key: &SigningKey) -> Option<SignedHole> {
    Some(SignedHole::sign(hole, key).unwrap())
}

fn gap(expected: u64) -> SyncFailure {
    SyncFailure::Refused(ApiError { expected: Some(expected), ..ApiError::new(ApiErrorCode::Gap) })
}

/// S8, S2 (part), S5 (part), S9 (part): what lies behind events that are lost is taken only with the desk's signed word on them;
/// that word is kept, counted and shown; and when the lost ones turn up after all they are taken as well, each event once.
#[tokio::test]
async fn what_lies_behind_lost_events_is_taken_and_the_hole_is_no_secret() {
    let w = World::new();
    let (desk, all) = wrote_nine(&w).await;
    let push = |s| desk.handle.push(s);
    let late = desk.segment_of(8, all[7..].to_vec());
    assert_eq!(push(late).await, Err(gap(6)), "not silently in its own life");
    let branch = as_life(&desk, 5, 8, &all[7..]);
    assert_eq!(push(branch.clone()).await, Err(gap(6)), "nor in another");

    let true_one = hole(&desk, &all);
    let other = SigningKey::from_bytes(&[9; 32]);
    let lies = [
        said(&true_one, &other),
        said(&Hole { device_id: w.desk("07").await.device, ..true_one.clone() }, &desk.key),
        said(&Hole { life: 2, ..true_one.clone() }, &desk.key),
        said(&Hole { to: 6, ..true_one.clone() }, &desk.key),
        said(&Hole { from: 8, ..true_one.clone() }, &desk.key),
        said(&Hole { from: 0, ..true_one.clone() }, &desk.key),
    ];
    for behind in lies {
        let bad = SyncFailure::Refused(ApiError::new(ApiErrorCode::BadRequest));
        assert_eq!(push(Segment { behind, ..branch.clone() }).await, Err(bad));
    }
    assert!(w.region.store().asides(10).unwrap().is_empty());

    let word = said(&true_one, &desk.key).unwrap();
    let whole = Segment { behind: Some(word.clone()), ..branch.clone() };
    assert_eq!(codes(&push(whole.clone()).await.unwrap()), ["accepted"; 2]);
    assert_eq!(codes(&push(whole).await.unwrap()), ["duplicate"; 2]);
    assert_eq!(codes(&push(branch).await.unwrap()), ["duplicate"; 2], "it began already");
    let asides = w.region.store().asides(10).unwrap();
    let [noted] = asides.as_slice() else { panic!("{asides:?}") };
    assert_eq!((noted.row.code.as_str(), noted.row.incarnation, noted.row.seq), (LOST, 5, 7));
    let kept = SignedHole::of(noted.event.e.clone(), noted.event.s.clone());
    let key = key_from_text(&signed::key_text(&desk.key.verifying_key())).unwrap();
    assert_eq!(kept.verify(&key).unwrap(), true_one, "in the desk's own words");
    assert_eq!(w.region.store().counts().unwrap().quarantined, 1);

    // Somebody brings a stick with them after all.
    let found = push(desk.segment_of(6, all[5..].to_vec())).await.unwrap();
    assert_eq!(codes(&found), ["accepted", "accepted", "duplicate", "duplicate"]);
    let feed = desk.read(&desk.station_scope()).await.unwrap();
    let mut there: Vec<EventHash> = feed.iter().map(|e| e.event.hash()).collect();
    let mut wrote: Vec<EventHash> = all.iter().map(SignedEvent::hash).collect();
    there.sort();
    wrote.sort();
    assert_eq!(there, wrote, "each once");
}

/// S8 (part): the word on lost events makes no other chain fit, and is not noted where nothing is lost.
#[tokio::test]
async fn a_word_on_lost_events_opens_nothing_else() {
    let w = World::new();
    let (desk, all) = wrote_nine(&w).await;
    let wrong = Hole { last: EventHash([7; 32]), ..hole(&desk, &all) };
    let behind = said(&wrong, &desk.key);
    let push = |s| desk.handle.push(s);
    let fork = push(Segment { behind, ..as_life(&desk, 5, 8, &all[7..]) }).await.unwrap_err();
    assert!(
        matches!(&fork, SyncFailure::Refused(e) if e.code == ApiErrorCode::Fork),
        "the event behind it names another one: {fork:?}"
    );
    // In the life itself, and at its beginning, it means nothing.
    let behind = said(&hole(&desk, &all), &desk.key);
    let same = Segment { behind: behind.clone(), ..desk.segment_of(8, all[7..].to_vec()) };
    let bad = SyncFailure::Refused(ApiError::new(ApiErrorCode::BadRequest));
    assert_eq!(push(same).await, Err(bad));

    let w = World::new();
    let (desk, all) = wrote_nine(&w).await;
    desk.handle.push(desk.segment_of(6, all[5..7].to_vec())).await.unwrap();
    let behind = said(&hole(&desk, &all), &desk.key);
    let branch = Segment { behind, ..as_life(&desk, 5, 8, &all[7..]) };
    assert_eq!(codes(&desk.handle.push(branch).await.unwrap()), ["accepted"; 2]);
    assert!(w.region.store().asides(10).unwrap().is_empty(), "the region has them");
}

/// S31 (part): the operator reads how much is lost and why, and says what was done about it; the desk hears it.
#[tokio::test]
async fn the_operator_reads_what_is_lost() {
    for (lang, title, why) in [
        ("ru", "Утрачены 2 записи", "утрачены на повреждённом диске"),
        ("kk", "2 жазба жоғалған", "бүлінген дискісінде"),
    ] {
        let w = World::new();
        let (desk, all) = wrote_nine(&w).await;
        let behind = said(&hole(&desk, &all), &desk.key);
        let branch = Segment { behind, ..as_life(&desk, 5, 8, &all[7..]) };
        desk.handle.push(branch).await.unwrap();
        let login = "oblys".to_owned();
        w.region.add_operator(login, "Бекова А. Т.".to_owned(), PASSWORD.to_owned()).unwrap();
        let mut b = Browser::new(&w, lang);
        b.sign_in("oblys").await;
        let page = b.get("/region/aside").await.html;
        assert!(page.contains(title) && page.contains(why), "{page}");
        assert!(!page.contains("value=\"accepted\""), "there is nothing to judge again");
        let field = |name: &str| {
            let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let (csrf, matter) = (field("csrf"), field("matter"));
        let form = [("csrf", csrf.as_str()), ("matter", &matter), ("note", "x"), ("act", "left")];
        let done = b.post("/region/aside", &form).await;
        assert_eq!(done.location, "/region/aside?done=left");
        let told = desk.hello(200).await.unwrap().decisions;
        assert_eq!((told.len(), told[0].what.as_str(), told[0].event), (1, "left", None));
    }
}
