//! What was set aside is decided about by a person: the pages, over the real router, and what the desk hears of it.

use crate::common::browser::{Browser, PASSWORD};
use crate::common::{Desk, World, codes, fresh, kinds, note, opened, visit};
use axum::http::StatusCode;
use esik_domain::ids::CaseId;
use esik_server::portal::NewClerk;
use esik_wire::{Segment, SyncApi as _, Verdict};

pub(super) async fn operator(world: &World) -> Browser<'_> {
    world
        .region
        .add_operator("oblys".to_owned(), "Бекова А. Т.".to_owned(), PASSWORD.to_owned())
        .unwrap();
    let mut b = Browser::new(world, "ru");
    let page = b.sign_in("oblys").await;
    assert_eq!(page.location, "/portal");
    assert_eq!(b.get("/portal").await.location, "/region");
    b
}

/// The value of the first hidden field of this name.
fn hidden(html: &str, name: &str) -> String {
    let at = html.find(&format!("name=\"{name}\" value=\"")).unwrap();
    let rest = &html[at..];
    rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn decide(b: &mut Browser<'_>, act: &str, said: &str) -> crate::common::browser::Page {
    let page = b.get("/region/aside").await;
    let (csrf, matter) = (hidden(&page.html, "csrf"), hidden(&page.html, "matter"));
    b.post("/region/aside", &[("csrf", &csrf), ("matter", &matter), ("note", said), ("act", act)])
        .await
}

/// Work of an officer whose rights were taken away before it arrived.
async fn set_aside(world: &World) -> (Desk, Segment) {
    let mut desk = world.desk("07").await;
    let officer = world.region.store().all_officers().unwrap().first().unwrap().card.id;
    world.region.store().revoke_officer(officer).unwrap();
    let case = CaseId(fresh());
    desk.say(case, &visit(), "open");
    desk.say(case, &opened("ESK-07-2026-1"), "open");
    desk.say(case, &note("SECRET-OF-THE-CASE"), "open");
    let segment = desk.segment();
    let answer = desk.push().await.unwrap();
    assert_eq!(codes(&answer), ["quarantined:officer_revoked"; 3]);
    (desk, segment)
}

/// S31 (part): a person leaves aside with a note, asks, or has it judged again; nothing is deleted, each decision
/// stays with the name, and the desk hears of it.
#[tokio::test]
async fn a_person_decides_about_what_was_set_aside_and_the_desk_hears_of_it() {
    let w = World::new();
    let (desk, segment) = set_aside(&w).await;
    let mut b = operator(&w).await;
    let page = b.get("/region/aside").await;
    assert!(page.html.contains("3 записи") && page.html.contains("право сотрудника отозвано"));
    assert!(page.html.contains("Посещение, Обращение, Заметка"), "{}", page.html);
    assert!(!page.html.contains("SECRET-OF-THE-CASE"), "what a citizen told is not the operator's");
    assert!(!page.html.contains("<script"));

    let empty = decide(&mut b, "asked", " ").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.html.contains("Напишите пояснение"));
    assert_eq!(decide(&mut b, "deleted", "x").await.status, StatusCode::BAD_REQUEST);
    let old = b
        .post("/region/aside", &[("csrf", "x"), ("matter", "x"), ("note", "x"), ("act", "left")])
        .await;
    assert_eq!(old.status, StatusCode::FORBIDDEN);
    assert_eq!(w.region.store().decisions(None, 10).unwrap(), [], "none of these decided anything");

    let asked = decide(&mut b, "asked", "Кто работал в тот день?").await;
    assert_eq!(asked.location, "/region/aside?done=asked");
    let told = desk.hello(200).await.unwrap().decisions;
    assert_eq!(told.len(), 3, "one for each of its events");
    assert!(told.iter().all(|d| d.what == "asked" && d.by == "Бекова А. Т." && d.event.is_some()));
    assert!(told.iter().all(|d| d.note == "Кто работал в тот день?"));

    let done = decide(&mut b, "accepted", "Работал до увольнения").await;
    assert_eq!(done.location, "/region/aside?done=accepted", "{}", done.html);
    let entries = desk.read(&desk.station_scope()).await.unwrap();
    assert_eq!(kinds(&entries), ["visit_noted", "case_opened", "note_added"], "in their order");
    assert!(b.get("/region/aside").await.html.contains("Ничего не отложено"));
    let all = w.region.store().decisions(None, 10).unwrap();
    assert_eq!(all.len(), 6, "the question stays beside the acceptance");
    assert!(desk.hello(200).await.unwrap().decisions.iter().all(|d| d.what == "accepted"));
    // Sent again the events are what they are now.
    let again = desk.handle.push(segment).await.unwrap();
    let positions = again.verdicts.iter().map(|v| match v.verdict {
        Verdict::Duplicate { pos, .. } => pos.0,
        _ => 0,
    });
    assert_eq!(positions.collect::<Vec<_>>(), [1, 2, 3]);
}

/// S31 (part): no person's word makes a signature fit.
#[tokio::test]
async fn what_does_not_fit_its_signature_is_never_accepted() {
    let w = World::new();
    let mut desk = w.desk("07").await;
    let case = CaseId(fresh());
    let envelope = desk.envelope(case, &visit(), "open");
    let stranger = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
    desk.save_signed(esik_wire::SignedEvent::sign(&envelope, &stranger).unwrap());
    assert_eq!(codes(&desk.push().await.unwrap()), ["quarantined:bad_signature"]);
    let mut b = operator(&w).await;
    let page = b.get("/region/aside").await;
    assert!(page.html.contains("подпись сотрудника не сходится"));
    assert!(!page.html.contains("value=\"accepted\""), "the way is not offered");
    let forced = decide(&mut b, "accepted", "всё равно").await;
    assert_eq!(forced.status, StatusCode::CONFLICT);
    assert!(forced.html.contains("всё равно"), "nothing typed is lost");
    assert_eq!(desk.read(&desk.station_scope()).await.unwrap(), []);
}

#[tokio::test]
async fn stations_are_told_with_what_waits_there_and_only_to_an_operator() {
    let w = World::new();
    let (desk, _) = set_aside(&w).await;
    desk.hello(200).await.unwrap();
    let clerk = NewClerk {
        agency: "E-HEA".to_owned(),
        login: "heat.serik".to_owned(),
        name: "Серік Жылубаев".to_owned(),
        password: PASSWORD.to_owned(),
    };
    w.region.add_clerk(clerk).unwrap();
    let mut agency = Browser::new(&w, "kk");
    for path in ["/region", "/region/aside"] {
        assert_eq!(agency.get(path).await.location, "/portal/sign-in", "{path}");
    }
    agency.sign_in("heat.serik").await;
    for path in ["/region", "/region/aside"] {
        assert_eq!(agency.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let mut b = operator(&w).await;
    let page = b.get("/region").await;
    assert!(page.html.contains("рабочее место А") || page.html.contains("рабочее место A"));
    for part in ["Последняя связь", "верно", "0.1.0"] {
        assert!(page.html.contains(part), "{part}: {}", page.html);
    }
    assert!(page.html.contains("<span class=\"tag late\">3</span>"), "what is set aside is marked");
    let id = w.region.store().devices().unwrap().first().unwrap().id;
    w.region.store().revoke_device(id).unwrap();
    assert!(b.get("/region").await.html.contains("выведено из работы"));
}
