//! The portal as a clerk meets it: over the real router, form by form.

use crate::common::browser::{Browser, PASSWORD, Page};
use crate::common::{Desk, World, kinds, referral};
use axum::body::{Body as HttpBody, to_bytes};
use axum::http::{Request, StatusCode, header};
use chrono::TimeDelta;
use esik_domain::event::{Body, ReferralChecked, ReferralWithdrawn, Role};
use esik_domain::fold::{Entry, Standing, fold};
use esik_domain::ids::{CaseId, ReferralId, Scope};
use esik_server::portal::NewClerk;
use esik_server::quota::Measure;
use esik_server::router;
use esik_wire::SyncApi as _;
use serde_json::Map;
use tower::ServiceExt as _;

fn clerk(world: &World, agency: &str, login: &str) {
    let clerk = NewClerk {
        agency: agency.to_owned(),
        login: login.to_owned(),
        name: "Серік Жылубаев".to_owned(),
        password: PASSWORD.to_owned(),
    };
    world.region.add_clerk(clerk).unwrap();
}

async fn sent(world: &World, text: &str) -> (Desk, CaseId, ReferralId) {
    let mut desk = world.desk("07").await;
    let (case, id) = referral(&mut desk, "E-HEA", text, "open");
    desk.push().await.unwrap();
    (desk, case, id)
}

/// S34 (part).
#[tokio::test]
async fn a_request_goes_to_the_clerk_and_comes_back_answered() {
    let w = World::new();
    clerk(&w, "E-HEA", "heat.serik");
    let (mut desk, _, id) = sent(&w, "Үйде жылу жоқ").await;
    let mut b = Browser::new(&w, "kk");
    assert_eq!(b.get("/portal").await.location, "/portal/sign-in");
    let page = b.sign_in(" Heat.Serik ").await;
    let cookie = page.cookies.first().unwrap();
    for part in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let list = b.get("/portal").await;
    assert!(list.html.contains("<html lang=\"kk\">") && list.html.contains("ESK-07-2026-1"));
    assert!(list.html.contains("Жетінші бөлімше") && list.html.contains("30 қараша"));
    let page = b.get(&format!("/portal/requests/{id}")).await;
    assert!(page.html.contains("Үйде жылу жоқ"));
    assert!(!page.html.contains("SECRET-OF-THE-CASE"), "only what leaves is shown");
    assert!(!page.html.contains("Үйде үш күннен бері"), "nor the case's own story");
    assert!(!page.html.contains("<script"));

    let done = b.act(id, &[("act", "register"), ("incoming_number", " Ж- 431 ")], None).await;
    assert_eq!(done.location, format!("/portal/requests/{id}?done=register"));
    // A double click is one act, another number is not taken.
    let twice = b.act(id, &[("act", "register"), ("incoming_number", "Ж- 431")], None).await;
    assert_eq!(twice.status, StatusCode::SEE_OTHER);
    let other = b.act(id, &[("act", "register"), ("incoming_number", "999")], None).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(other.html.contains("Ж- 431"));
    for _ in 0..2 {
        let done = b.act(id, &[("act", "accept")], None).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
    }
    assert!(b.get("/portal?list=work").await.html.contains("ESK-07-2026-1"));
    let text = "Ақау жойылды.\r\n<b>Жылу</b> берілді & тексерілді";
    let pdf = b"%PDF-1.7 answer";
    for _ in 0..2 {
        let fields = [("act", "answer"), ("text", text)];
        let done = b.act(id, &fields, Some(("../акт.pdf", pdf))).await;
        assert_eq!(done.location, format!("/portal/requests/{id}?done=answer"));
    }
    let again = b.act(id, &[("act", "answer"), ("text", "other")], None).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let page = b.get(&format!("/portal/requests/{id}")).await;
    assert!(page.html.contains("&#60;b&#62;Жылу&#60;/b&#62; берілді &#38; тексерілді"));
    // Who did it stands there by name; the login is the log's.
    assert!(page.html.contains("· Серік Жылубаев") && !page.html.contains("heat.serik"));
    assert!(!page.html.contains("request-form"));

    // Back at the desk: each act once, signed by the region, on behalf of the clerk.
    let entries = desk.read(&desk.station_scope()).await.unwrap();
    assert_eq!(
        kinds(&entries)[3..],
        [
            "referral_sent",
            "delivery_delivered",
            "agency_registered",
            "agency_accepted",
            "agency_answered"
        ]
    );
    let key = &desk.joined.as_ref().unwrap().region_key;
    let key = esik_wire::signed::key_from_text(key).unwrap();
    let mut prev = "0".repeat(64);
    for (n, entry) in entries.iter().skip(4).enumerate() {
        entry.event.verify(&key).unwrap();
        let e = entry.event.envelope().unwrap();
        assert_eq!((e.device_seq.0, &e.prev), (n as u64 + 1, &prev));
        prev = entry.event.hash().hex();
        if n > 0 {
            assert_eq!(e.on_behalf.as_deref(), Some("heat.serik@E-HEA"));
        }
    }
    let story: Vec<Entry> = entries
        .iter()
        .map(|e| Entry { event: e.event.envelope().unwrap(), standing: Standing::Accepted(e.pos) })
        .collect();
    let state = fold(&story).unwrap();
    let r = state.referrals.first().unwrap();
    assert_eq!(r.incoming_number.as_deref(), Some("Ж- 431"));
    let answer = r.answered.clone().unwrap();
    assert_eq!(answer.text, "Ақау жойылды.\n<b>Жылу</b> берілді & тексерілді");
    let file = answer.file.unwrap();
    assert_eq!((file.name.as_str(), file.media_type.as_str()), ("акт.pdf", "application/pdf"));
    assert_eq!(desk.handle.file(file.hash.clone()).await.unwrap(), pdf);
    let far = w.desk("08").await;
    assert!(far.handle.file(file.hash).await.is_err());
    let page = b.get(&format!("/portal/requests/{id}/file")).await;
    assert_eq!(page.html.as_bytes(), pdf);
    // The answer was empty after all: the agency may answer once more.
    let checked = Body::ReferralChecked(ReferralChecked {
        referral_id: id,
        good: false,
        has: vec!["decision".to_owned()],
        lacks: vec!["facts".to_owned(), "appeal".to_owned()],
        note: "Отписка: INTERNAL".to_owned(),
        more: Map::new(),
    });
    desk.say(state.id, &checked, "open");
    desk.push().await.unwrap();
    let page = b.get(&format!("/portal/requests/{id}")).await;
    assert!(page.html.contains("Жаңа жауап жіберіңіз") && !page.html.contains("INTERNAL"));
    let done = b.act(id, &[("act", "answer"), ("text", "Енді толық")], None).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
}

/// S34 (part), T6 (part), B24 (part).
#[tokio::test]
async fn another_agencys_request_does_not_exist() {
    let w = World::new();
    clerk(&w, "E-WAT", "water");
    let (desk, _, id) = sent(&w, "Жылу жоқ").await;
    let mut b = Browser::new(&w, "ru");
    b.sign_in("water").await;
    assert!(!b.get("/portal").await.html.contains("ESK-07-2026-1"));
    let path = format!("/portal/requests/{id}");
    let foreign = b.get(&path).await;
    let nothing = b.get("/portal/requests/00000000-0000-0000-0000-000000000000").await;
    assert_eq!((foreign.status, nothing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(foreign.html, nothing.html);
    assert_eq!(b.get(&format!("{path}/file")).await.status, StatusCode::NOT_FOUND);
    for fields in [
        vec![("act", "accept")],
        vec![("act", "register"), ("incoming_number", "1")],
        vec![("act", "answer"), ("text", "x")],
    ] {
        assert_eq!(b.act(id, &fields, None).await.status, StatusCode::NOT_FOUND);
    }
    let read = desk.read(&desk.station_scope()).await.unwrap();
    assert_eq!(kinds(&read).last().unwrap(), "delivery_by_hand", "nobody of its own body is here");
    for path in ["/portal/requests/x", "/portal/requests/x%00y", "/portal/nowhere"] {
        assert_eq!(b.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed() {
    let w = World::new();
    clerk(&w, "E-HEA", "heat");
    let (desk, _, id) = sent(&w, "Жылу жоқ").await;
    let mut b = Browser::new(&w, "ru");
    b.sign_in("heat").await;
    b.get(&format!("/portal/requests/{id}")).await;
    let typed = [("text", "Уже пишу ответ"), ("reason", ""), ("incoming_number", "7")];
    let with = |act: &'static str| {
        let mut all = vec![("act", act)];
        all.extend(typed);
        all
    };
    let page = b.act(id, &with("reject"), None).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("Выберите, почему возвращаете"));
    assert!(page.html.contains("Напишите, почему возвращаете"));
    assert!(page.html.contains("<title>Ошибка:") && page.html.contains("role=\"alert\""));
    let kept = |p: &Page| p.html.contains("Уже пишу ответ") && p.html.contains("value=\"7\"");
    assert!(kept(&page));
    // Another language: nothing is done, nothing is lost.
    let page = b.act(id, &with("lang-kk"), None).await;
    assert!(page.html.contains("<html lang=\"kk\">") && kept(&page));
    assert!(page.cookies.iter().any(|c| c.starts_with("__Host-esik-lang=kk")));
    // A token of another page: nothing is done, nothing is lost.
    let good = std::mem::replace(&mut b.csrf, "0".repeat(32));
    let page = b.act(id, &with("accept"), None).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(kept(&page) && page.html.contains("Страница устарела"));
    assert_eq!(b.csrf, good, "the page carries the right token again");
    let long = "ә".repeat(20_001);
    let quotes = "\"".repeat(19_999);
    for text in ["  ", &long] {
        let page = b.act(id, &[("act", "answer"), ("text", text)], None).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.html.contains(text.trim_end()), "what was typed is there");
    }
    let page = b
        .act(id, &[("act", "answer"), ("text", "ok")], Some(("big.bin", &vec![0; 10_485_761])))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("Файл больше 10"));
    let page = b.act(id, &[("act", "answer"), ("text", "ok")], Some(("empty", b""))).await;
    assert!(page.html.contains("Файл пустой"));
    let page = b.act(id, &[("act", "dance")], None).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(desk.read(&desk.station_scope()).await.unwrap().len(), 5, "nothing was done");
    // An act done while another was being written: the page says so and keeps the other.
    let page = b.act(id, &with("accept"), None).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(kept(&page) && page.html.contains("Принято в работу"));
    // The largest text that is taken is one every desk can read.
    let done = b.act(id, &[("act", "answer"), ("text", &quotes)], None).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let read = desk.read(&desk.station_scope()).await.unwrap();
    assert_eq!(kinds(&read).last().unwrap(), "agency_answered");
}

/// S34 (part): a clerk who does too much in a day is told so, with everything typed, and goes on tomorrow; another clerk
/// goes on today.
#[tokio::test]
async fn a_clerk_who_does_too_much_in_a_day_goes_on_tomorrow() {
    let w = World::new();
    clerk(&w, "E-HEA", "heat");
    clerk(&w, "E-HEA", "other");
    w.region.measure_clerks(Measure { events: 1, event_bytes: 1000, file_bytes: 5 });
    let (desk, _, id) = sent(&w, "Жылу жоқ").await;
    let mut b = Browser::new(&w, "ru");
    b.sign_in("heat").await;
    b.get(&format!("/portal/requests/{id}")).await;
    let page = b.act(id, &[("act", "answer"), ("text", "Вот акт")], Some(("акт", b"large!"))).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "a file over the measure");
    assert!(page.html.contains("Вот акт") && page.html.contains("отправьте завтра"));
    assert_eq!(b.act(id, &[("act", "accept")], None).await.status, StatusCode::SEE_OTHER);
    let answer = [("act", "answer"), ("text", "Тепло дали")];
    let page = b.act(id, &answer, None).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.html.contains("Тепло дали"), "nothing typed is lost");
    assert_eq!(
        kinds(&desk.read(&desk.station_scope()).await.unwrap()).last().unwrap(),
        "agency_accepted"
    );
    let mut other = Browser::new(&w, "ru");
    other.sign_in("other").await;
    other.get(&format!("/portal/requests/{id}")).await;
    assert_eq!(other.act(id, &answer, None).await.status, StatusCode::SEE_OTHER);
    w.pass(TimeDelta::hours(24));
    let (_, _, second) = sent(&w, "Тағы жылу жоқ").await;
    b.sign_in("heat").await;
    b.get(&format!("/portal/requests/{second}")).await;
    assert_eq!(b.act(second, &[("act", "accept")], None).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_rejection_needs_its_reason_and_ends_the_request() {
    let w = World::new();
    clerk(&w, "E-HEA", "heat");
    let (mut desk, case, id) = sent(&w, "Жылу жоқ").await;
    let mut b = Browser::new(&w, "ru");
    b.sign_in("heat").await;
    b.get(&format!("/portal/requests/{id}")).await;
    let fields = [("act", "reject"), ("code", "not_ours"), ("reason", "Дом на балансе ОСИ")];
    for _ in 0..2 {
        assert_eq!(b.act(id, &fields, None).await.status, StatusCode::SEE_OTHER);
    }
    let page = b.get("/portal?list=back").await;
    assert!(page.html.contains("ESK-07-2026-1") && page.html.contains("Возвращён"));
    let page = b.act(id, &[("act", "accept")], None).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    let read = desk.read(&desk.station_scope()).await.unwrap();
    let last = read.last().unwrap().event.envelope().unwrap();
    assert_eq!((last.kind.as_str(), read.len()), ("agency_rejected", 6));
    assert_eq!(last.body.get("code").unwrap(), "not_ours");
    assert_eq!(last.body.get("reason").unwrap(), "Дом на балансе ОСИ");
    // One that the station took back cannot be worked on.
    let (_, second) = referral(&mut desk, "E-HEA", "Тағы", "open");
    let second_case = desk.unsent.last().unwrap().envelope().unwrap().case_id;
    assert_ne!(case, second_case);
    let withdrawn = Body::ReferralWithdrawn(ReferralWithdrawn {
        referral_id: second,
        reason: "Дом оказался частным".to_owned(),
        more: Map::new(),
    });
    desk.say(second_case, &withdrawn, "open");
    desk.push().await.unwrap();
    let page = b.get(&format!("/portal/requests/{second}")).await;
    assert!(page.html.contains("отозвало") && !page.html.contains("request-form"));
    assert!(page.html.contains("Причина: Дом оказался частным"), "the body is told why");
    let page = b.act(second, &[("act", "answer"), ("text", "x")], None).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_the_agency_does_in_a_circle_stays_in_the_circle() {
    let w = World::new();
    clerk(&w, "E-CRS", "crisis");
    let mut desk = w.desk("07").await;
    let (other, member) = (w.desk("07").await, w.desk_with("07", Role::Inspector, &["dv"]).await);
    let (_, id) = referral(&mut desk, "E-CRS", "Баспана", "dv");
    desk.push().await.unwrap();
    let mut b = Browser::new(&w, "kk");
    b.sign_in("crisis").await;
    b.get(&format!("/portal/requests/{id}")).await;
    let fields = [("act", "answer"), ("text", "Орын бар")];
    assert_eq!(b.act(id, &fields, None).await.status, StatusCode::SEE_OTHER);
    assert_eq!(other.read(&other.station_scope()).await.unwrap().len(), 2);
    for scope in [Scope::officer(desk.card.id), Scope::from("circle:07:dv")] {
        let reader = if scope.as_str().starts_with("officer") { &desk } else { &member };
        let read = reader.read(&scope).await.unwrap();
        assert_eq!(kinds(&read).last().unwrap(), "agency_answered");
        assert_eq!(read.last().unwrap().event.envelope().unwrap().circle.0, "dv");
    }
}

/// S34 (part), T6 (part).
#[tokio::test]
async fn wrong_passwords_lock_the_login_for_a_while() {
    let w = World::new();
    clerk(&w, "E-HEA", "heat");
    let mut b = Browser::new(&w, "ru");
    for login in ["heat", "nobody"] {
        for n in 0..5 {
            let fields = [("login", login), ("password", "wrong password")];
            let page = b.post("/portal/sign-in", &fields).await;
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{login} {n}");
            assert!(page.html.contains("Имя или пароль неверны") && page.html.contains(login));
            assert!(!page.html.contains("wrong password"));
        }
        let page = b.post("/portal/sign-in", &[("login", login), ("password", PASSWORD)]).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(page.html.contains("через 15 минут"));
    }
    w.pass(TimeDelta::minutes(15));
    b.sign_in("heat").await;
    // The right password is no longer right once the account is closed; its session ends too.
    assert_eq!(b.get("/portal").await.status, StatusCode::OK);
    w.region.store().change_clerk("heat", None, true).unwrap();
    assert_ne!(b.get("/portal").await.status, StatusCode::OK);
    let page = b.post("/portal/sign-in", &[("login", "heat"), ("password", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_but_the_answer_is_kept() {
    let w = World::new();
    clerk(&w, "E-HEA", "heat");
    let (desk, _, id) = sent(&w, "Жылу жоқ").await;
    let mut b = Browser::new(&w, "ru");
    b.sign_in("heat").await;
    for _ in 0..3 {
        w.pass(TimeDelta::minutes(29));
        assert_eq!(b.get(&format!("/portal/requests/{id}")).await.status, StatusCode::OK);
    }
    w.pass(TimeDelta::minutes(31));
    let long = "Ответ,\nкоторый писали полчаса";
    let page = b.act(id, &[("act", "answer"), ("text", long)], None).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.html.contains("Написанное сохранено") && page.html.contains(long));
    let id_text = id.to_string();
    let fields = [("login", "heat"), ("password", PASSWORD), ("next", &id_text), ("text", long)];
    let page = b.post("/portal/sign-in", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains(long) && page.html.contains("ещё не отправлено"));
    assert_eq!(desk.read(&desk.station_scope()).await.unwrap().len(), 5);
    let done = b.act(id, &[("act", "answer"), ("text", long)], None).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    // Signing out needs the page's own token, and ends the session at the server.
    let csrf = b.csrf.clone();
    let cookie = b.cookie.clone();
    b.post("/portal/sign-out", &[("csrf", "wrong")]).await;
    b.cookie = cookie.clone();
    assert_eq!(b.get("/portal").await.status, StatusCode::OK);
    b.post("/portal/sign-out", &[("csrf", &csrf)]).await;
    b.cookie = cookie;
    assert_ne!(b.get("/portal").await.status, StatusCode::OK);
}

/// B26 (part), T8 (part).
#[tokio::test]
async fn hostile_text_is_only_text() {
    let w = World::new();
    clerk(&w, "E-HEA", "heat");
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}";
    let (_desk, _, id) = sent(&w, evil).await;
    let mut b = Browser::new(&w, "ru");
    let page = b.post("/portal/sign-in", &[("login", evil), ("password", evil)]).await;
    assert!(!page.html.contains("<script") && !page.html.contains("<img src=x"));
    b.sign_in("heat").await;
    for path in [
        "/portal".to_owned(),
        format!("/portal/requests/{id}"),
        "/portal?list=%3Cscript%3E&page=99999999999999999999".to_owned(),
        "/portal?lang=%22%3E%3Cscript%3E".to_owned(),
        format!("/portal/requests/{id}?done=%3Cscript%3E"),
    ] {
        let page = b.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.html.contains("<script") && !page.html.contains("<img src=x"), "{path}");
    }
    let page = b.act(id, &[("act", "register"), ("incoming_number", evil)], None).await;
    assert!(!page.html.contains("<img src=x"));
    // Half a form, no form, another site's form.
    let cut = Request::post(format!("/portal/requests/{id}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B");
    let body = "--B\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhalf".to_owned();
    let page = b.send(cut, body.into_bytes()).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let none = Request::post(format!("/portal/requests/{id}"));
    assert_eq!(b.send(none, vec![]).await.status, StatusCode::BAD_REQUEST);
    let foreign = Request::post("/portal/sign-in")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let page = b.send(foreign, b"login=heat&password=x".to_vec()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let text = Request::post("/portal/sign-in").header(header::CONTENT_TYPE, "text/plain");
    assert_eq!(b.send(text, vec![0xff; 100]).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn lists_say_what_is_late_and_switch_language() {
    let w = World::new();
    clerk(&w, "E-HEA", "heat");
    let (_desk, _, id) = sent(&w, "Жылу жоқ").await;
    let mut b = Browser::new(&w, "en");
    b.sign_in("heat").await;
    let page = b.get("/portal").await;
    assert!(page.html.contains("<html lang=\"kk\">"), "Kazakh unless asked for Russian");
    let page = b.get("/portal?list=new&lang=ru").await;
    assert!(page.html.contains("Последний день: 30 ноября 2026 года"));
    assert!(page.html.contains("Седьмое отделение"));
    assert!(page.cookies.iter().any(|c| c.starts_with("__Host-esik-lang=ru")));
    w.pass(TimeDelta::days(3));
    let page = Box::pin(b.sign_in("heat")).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(b.get("/portal?lang=ru").await.html.contains("Сегодня последний день"));
    assert!(b.get("/portal?list=late&lang=ru").await.html.contains("Просроченных запросов нет"));
    w.pass(TimeDelta::days(2));
    b.sign_in("heat").await;
    let page = b.get("/portal?list=late&lang=ru").await;
    assert!(page.html.contains("Опоздание 2 дня") && page.html.contains(&id.to_string()));
}

/// S30 (part): whoever comes while the house is full reads so in a page of his language, with what every page carries, and when to
/// come back; so does whoever follows a broken link.
#[tokio::test]
async fn a_full_house_and_a_broken_link_are_told_in_a_page() {
    let w = World::new();
    let app = router(w.region.clone());
    let get = |path: &str| {
        let request = Request::get(path).header(header::ACCEPT_LANGUAGE, "ru");
        app.clone().oneshot(request.body(HttpBody::empty()).unwrap())
    };
    for (path, status) in [
        ("/portal?list=new&list=late", StatusCode::SEE_OTHER),
        ("/portal?page=%FF", StatusCode::SEE_OTHER),
        ("/portal/requests/%FF", StatusCode::SEE_OTHER),
        ("/s?lang=ru&lang=kk", StatusCode::OK),
        ("/s/%FF/x", StatusCode::NOT_FOUND),
    ] {
        let answer = get(path).await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        assert!(answer.headers().contains_key(header::CONTENT_SECURITY_POLICY), "{path}");
    }
    let request = format!("/portal/requests/{}", ReferralId(uuid::Uuid::from_u128(1)));
    for (form, kind, page, told) in [
        (&*request, "multipart/form-data; boundary=x", "/portal", "Попробуйте чуть позже"),
        ("/s", "application/x-www-form-urlencoded", "/s", "Сейчас показать не получается"),
    ] {
        // Forms that begin and do not end.
        let endless = || {
            let body = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
            let request = Request::post(form).header(header::CONTENT_TYPE, kind);
            tokio::spawn(app.clone().oneshot(request.body(HttpBody::from_stream(body)).unwrap()))
        };
        let slow: Vec<_> = (0..100).map(|_| endless()).collect();
        let mut tries = 0;
        let full = loop {
            tokio::task::yield_now().await;
            tries += 1;
            assert!(tries < 1000, "{page}: there is room without end");
            let answer = get(page).await.unwrap();
            if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
                break answer;
            }
        };
        let header = |name| full.headers().get(name).map_or("", |v| v.to_str().unwrap());
        assert!(header(header::CONTENT_TYPE).starts_with("text/html"), "{page}");
        assert!(header(header::CONTENT_SECURITY_POLICY).starts_with("default-src 'none'"));
        assert!(header(header::RETRY_AFTER).parse::<u64>().is_ok_and(|s| s > 0), "{page}");
        assert_eq!(header(header::CACHE_CONTROL), "no-store");
        let html = to_bytes(full.into_body(), 1 << 20).await.unwrap();
        let html = String::from_utf8(html.to_vec()).unwrap();
        assert!(html.contains("lang=\"ru\"") && html.contains(told), "{page}: {html}");
        for one in slow {
            one.abort();
        }
    }
}
