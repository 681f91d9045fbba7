//! What somebody says who holds a coupon, as a person meets it: over the real router, with forms as a browser sends them.

use crate::common::browser::{Browser, PASSWORD};
use crate::common::coupon::{
    CODE, NUMBER, SECRET, Seen, Told, ask, closed, coupon, get, told, told_as, typed, words,
};
use crate::common::{Desk, START_MS, World, fresh, opened, sent, visit};
use axum::http::{Request, StatusCode, header};
use chrono::TimeDelta;
use esik_domain::event::{Body, ContactHow, ContactMade, CouponIssued, Envelope, Reached, Role};
use esik_domain::ids::{CaseId, ReferralId, Scope};
use esik_server::portal::NewClerk;
use esik_server::quota::Measure;
use serde_json::{Map, json};
use std::sync::atomic::Ordering;

/// The form as it stands in a page.
fn form_of(page: &Seen) -> String {
    let at = page.html.find("name=\"form\" value=\"").unwrap();
    page.html.get(at + 19..at + 51).unwrap().to_owned()
}

async fn say_from(w: &World, from: &str, fields: &[(&str, &str)]) -> Seen {
    let encode = |s: &str| s.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let body = fields.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect::<Vec<_>>();
    let request =
        Request::post("/s/say").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    ask(w, from, request, body.join("&").into_bytes()).await
}

/// With the QR code.
async fn say(w: &World, fields: &[(&str, &str)]) -> Seen {
    let all = [&[("number", NUMBER), ("secret", SECRET), ("lang", "ru")][..], fields].concat();
    say_from(w, "198.51.100.1", &all).await
}

/// What was said in a case, as the region's order has it.
fn said(w: &World, case: CaseId) -> Vec<Envelope> {
    let all = w.region.store().case_events(case).unwrap();
    let events = all.iter().map(|e| e.event.envelope().unwrap());
    events.filter(|e| e.kind == "applicant_word").collect()
}

async fn answered(w: &World) -> (Desk, CaseId, ReferralId) {
    let clerk = NewClerk {
        agency: "E-HEA".to_owned(),
        login: "heat".to_owned(),
        name: "CLERK".to_owned(),
        password: PASSWORD.to_owned(),
    };
    w.region.add_clerk(clerk).unwrap();
    let (mut desk, case, id) = told(w).await;
    desk.say(case, &sent(id), "open");
    desk.push().await.unwrap();
    let mut b = Browser::new(w, "kk");
    b.sign_in("heat").await;
    b.get(&format!("/portal/requests/{id}")).await;
    b.act(id, &[("act", "answer"), ("text", "ANSWER")], None).await;
    (desk, case, id)
}

/// S34, S14 (part): in the night somebody says that the water is still off. It is one event of the region's, which names the
/// coupon, in the feed of the station by the morning; the page tells it in neutral words, and the body hears nothing.
#[tokio::test]
async fn in_the_night_somebody_says_that_it_is_not_solved() {
    let w = World::new();
    let (desk, case, id) = answered(&w).await;
    w.pass(TimeDelta::hours(12));
    let page = get(&w, &format!("/s/{NUMBER}/{SECRET}")).await;
    assert!(page.html.contains("Вопрос решён?") && page.html.contains("Насколько вы довольны?"));
    let form = form_of(&page);
    let text = "Воды всё ещё нет, «слесарь» не пришёл";
    let fields = [("form", &*form), ("word", "not_solved"), ("stars", "2"), ("text", text)];
    let page = say(&w, &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    // After closing time: the next working day, a Monday.
    assert!(page.html.contains("прочтёт не позднее этого дня: 30 ноября 2026 года"));
    assert!(page.html.contains("27 ноября 2026 года по этому талону сообщили: не решено"));
    assert!(!page.html.contains("слесарь"), "what was said is told in neutral words");
    let all = said(&w, case);
    assert_eq!(all.len(), 1);
    let e = &all[0];
    assert_eq!(e.on_behalf.as_deref(), Some("coupon:ESK-07-2026-1"));
    assert_eq!((e.role, e.device_id), (Role::Region, w.region.identity().device));
    assert_eq!(e.body["word"], "not_solved");
    assert_eq!((&e.body["text"], &e.body["satisfaction"]), (&json!(text), &json!(2)));
    assert_eq!(e.body["due"], "2026-11-30");
    let feed = desk.read(&desk.station_scope()).await.unwrap();
    assert!(feed.iter().any(|f| f.event.envelope().unwrap().id == e.id));

    let mut b = Browser::new(&w, "ru");
    b.sign_in("heat").await;
    let request = b.get(&format!("/portal/requests/{id}")).await;
    assert_eq!(request.status, StatusCode::OK);
    assert!(!request.html.contains("слесарь") && !request.html.contains("не решено"));
    let metrics = get(&w, "/metrics").await.html;
    assert!(metrics.contains("esik_status_words_total{outcome=\"said\"} 1"), "{metrics}");
}

/// S34: pressed five times, loaded again, gone back to and sent anew: said once. Another word is another one.
#[tokio::test]
async fn pressed_five_times_is_said_once() {
    let w = World::new();
    let (_desk, case, _) = answered(&w).await;
    let form = form_of(&get(&w, &format!("/s/{NUMBER}/{SECRET}")).await);
    let fields = [("form", form.as_str()), ("word", "solved"), ("text", "Рахмет")];
    let send = || say(&w, &fields);
    let (a, b, c, d, e) = tokio::join!(send(), send(), send(), send(), send());
    for page in [a, b, c, d, e] {
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains("Записано."));
    }
    let again = form_of(&get(&w, &format!("/s/{NUMBER}/{SECRET}")).await);
    let typed_again = [("form", &*again), ("word", "solved"), ("text", " Рахмет\r\n")];
    assert_eq!(say(&w, &typed_again).await.status, StatusCode::OK);
    assert_eq!(said(&w, case).len(), 1);
    w.pass(TimeDelta::days(3));
    assert_eq!(say(&w, &fields).await.status, StatusCode::OK, "the old page, loaded again");
    assert_eq!(said(&w, case).len(), 1);
    say(&w, &[("form", &form), ("word", "not_solved"), ("text", "Опять нет")]).await;
    let words: Vec<_> = said(&w, case).iter().map(|e| e.body["word"].clone()).collect();
    assert_eq!(words, ["solved", "not_solved"], "the same form with other words is no copy");
}

/// S34, B32 (part), T14 (part): who has a wrong code writes nothing, is told what a look would tell him, and is counted
/// with it.
#[tokio::test]
async fn a_stranger_with_a_wrong_code_writes_nothing() {
    let w = World::new();
    let (_desk, case, _) = answered(&w).await;
    let head = w.region.store().head().unwrap();
    let other = "f".repeat(32);
    let wrong = [
        [("number", NUMBER), ("secret", other.as_str())],
        [("number", NUMBER), ("secret", &SECRET[1..])],
        [("number", "ESK-07-2026-9"), ("secret", SECRET)],
        [("number", NUMBER), ("code", "ZZZZ2222")],
        [("number", NUMBER), ("code", "")],
        [("number", ""), ("code", CODE)],
    ];
    for (n, proof) in wrong.iter().enumerate() {
        let fields = [&proof[..], &[("word", "solved"), ("text", "Не теряйте"), ("lang", "ru")]];
        let page = say_from(&w, &format!("203.0.113.{n}"), &fields.concat()).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{proof:?}");
        assert!(page.html.contains("ничего не найдено") && page.html.contains("Не теряйте"));
    }
    for n in 0..20 {
        let fields = [("number", NUMBER), ("secret", other.as_str()), ("text", "x")];
        let wanted = if n < 20 { StatusCode::NOT_FOUND } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(say_from(&w, "203.0.113.99", &fields).await.status, wanted);
    }
    let fields = [("number", NUMBER), ("secret", other.as_str()), ("text", "Не теряйте")];
    let full = say_from(&w, "203.0.113.99", &fields).await;
    assert_eq!((full.status, full.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "600"));
    assert!(full.html.contains("Не теряйте"));
    assert_eq!(w.region.store().head().unwrap(), head, "nothing was written");
    assert_eq!(said(&w, case).len(), 0);
    let with_code = [("number", NUMBER), ("code", CODE), ("text", "Мен")];
    assert_eq!(say_from(&w, "198.51.100.7", &with_code).await.status, StatusCode::OK);
    assert_eq!(said(&w, case).len(), 1, "the right code, by hand");
}

/// S34: of a hundred messages ten are taken, the rest is told when it may come and stays in the form; others are not
/// blocked, and tomorrow there is room again.
#[tokio::test]
async fn a_hundred_messages_meet_the_measure_and_nobody_else_does() {
    let w = World::new();
    let (mut desk, case, _) = answered(&w).await;
    let other = CaseId(fresh());
    desk.say(other, &visit(), "open");
    desk.say(other, &opened("ESK-07-2026-2"), "open");
    desk.say(other, &coupon("ESK-07-2026-2", "EFGH6789", &"e".repeat(32)), "open");
    desk.push().await.unwrap();
    for n in 0..100 {
        let page = say(&w, &[("text", &format!("Хабар {n}"))]).await;
        if n < 10 {
            assert_eq!(page.status, StatusCode::OK, "{n}");
        } else {
            assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{n}");
            assert_eq!(page.header("retry-after"), "86400");
            assert!(page.html.contains(&format!("Хабар {n}</textarea>")), "nothing typed is lost");
            assert!(page.html.contains("через 24 часа"));
        }
    }
    assert_eq!(said(&w, case).len(), 10);
    let neighbour =
        [("number", "ESK-07-2026-2"), ("secret", "e".repeat(32).leak()), ("text", "Мен де")];
    assert_eq!(say_from(&w, "198.51.100.1", &neighbour).await.status, StatusCode::OK);
    assert_eq!(said(&w, other).len(), 1, "another coupon from the same address");
    w.pass(TimeDelta::days(1));
    assert_eq!(say(&w, &[("text", "Ертеңінде")]).await.status, StatusCode::OK);

    // So many from one address in an hour, so many in all in a day.
    w.region.measure_words(Measure { events: 0, event_bytes: 0, file_bytes: 0 });
    let full = say(&w, &[("text", "Тағы")]).await;
    assert_eq!(full.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(full.html.contains("Тағы</textarea>"));
}

/// S34: an address that speaks for many coupons waits for the next hour.
#[tokio::test]
async fn an_address_that_speaks_for_many_waits() {
    let w = World::new();
    let mut desk = w.desk("07").await;
    let secret = |n: usize| format!("{n:032x}");
    for n in 0..7 {
        let (case, number) = (CaseId(fresh()), format!("ESK-07-2026-{n}"));
        desk.say(case, &visit(), "open");
        desk.say(case, &opened(&number), "open");
        desk.say(case, &coupon(&number, "EFGH6789", &secret(n)), "open");
    }
    desk.push().await.unwrap();
    let send = async |from: &str, n: usize, text: String| {
        let (number, secret) = (format!("ESK-07-2026-{n}"), secret(n));
        let fields = [("number", number.as_str()), ("secret", &secret), ("text", &text)];
        say_from(&w, from, &fields).await.status
    };
    for n in 0..60 {
        assert_eq!(send("203.0.113.5", n / 10, n.to_string()).await, StatusCode::OK, "{n}");
    }
    let more = || send("203.0.113.5", 6, "тағы".to_owned());
    assert_eq!(more().await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(send("203.0.113.6", 6, "мен".to_owned()).await, StatusCode::OK);
    w.pass(TimeDelta::hours(1));
    assert_eq!(more().await, StatusCode::OK);
}

/// B26 (part), T8 (part): a script in the text is text in the event, in the form that comes back, and nowhere else; signs
/// that turn or hide text are not kept.
#[tokio::test]
async fn a_script_in_the_text_is_only_text() {
    let w = World::new();
    let (_desk, case, _) = answered(&w).await;
    let text =
        "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u{202e}\u{0}{{7*7}}";
    let page = say(&w, &[("word", "not_solved"), ("text", text)]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.html.contains("alert"));
    let kept = said(&w, case)[0].body["text"].as_str().unwrap().to_owned();
    assert_eq!(kept, text.replace(['\u{202e}', '\u{0}'], ""));
    let long = format!("{text}{}", "ж".repeat(1_000));
    let page = say(&w, &[("word", "not_solved"), ("text", &long)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.html.contains("<script") && !page.html.contains("<img src=x"));
    assert!(page.html.contains("&#60;script&#62;alert(1)") && page.html.contains("role=\"alert\""));
    for hostile in ["form", "stars", "word", "lang", "number"] {
        let fields = [("secret", SECRET), ("number", NUMBER), (hostile, "\"><script>alert(3)")];
        let page = say_from(&w, "203.0.113.7", &fields).await;
        assert!(!page.html.contains("<script"), "{hostile}");
    }
}

/// Nothing typed is lost: empty, too long, not the question any more, another language, and a standby.
#[tokio::test]
async fn whatever_is_wrong_the_form_comes_back_filled_in() {
    let w = World::new();
    let (mut desk, case, id) = told(&w).await;
    desk.say(case, &sent(id), "open");
    desk.push().await.unwrap();
    let page = get(&w, &format!("/s/{NUMBER}/{SECRET}")).await;
    assert!(!page.html.contains("Вопрос решён?"), "nobody answered, and the day is not over");
    let empty = say(&w, &[("text", " \n ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.html.contains("<title>Ошибка: ") && empty.html.contains("aria-invalid"));
    let early = say(&w, &[("word", "solved"), ("text", "Қазір жылы")]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.html.contains("Қазір жылы</textarea>"));
    assert_eq!(say(&w, &[("stars", "5"), ("text", "x")]).await.status.as_u16(), 422);
    let long = "Ә".repeat(1_001);
    let page = say(&w, &[("text", &long)]).await;
    assert!(page.html.contains(&long) && page.html.contains("1001 знак."));
    let most = "Ә\r\n".repeat(500);
    assert_eq!(said(&w, case).len(), 0);
    assert_eq!(
        say(&w, &[("text", &most)]).await.status,
        StatusCode::OK,
        "a line's end is one sign"
    );

    w.pass(TimeDelta::days(4));
    let page = typed(&w, NUMBER, CODE).await;
    assert!(page.html.contains("Вопрос решён?"), "the day is over");
    let fields = [("other", "kk"), ("word", "not_solved"), ("stars", "1"), ("text", "Суық")];
    let page = say(&w, &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("<html lang=\"kk\">") && page.html.contains("Суық</textarea>"));
    assert!(page.html.contains("value=\"not_solved\" checked"));
    assert!(page.html.contains("value=\"1\" checked"));
    assert_eq!(said(&w, case).len(), 1, "another language says nothing");
    let cut = ask(
        &w,
        "203.0.113.8",
        Request::post("/s/say").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
        vec![b'x'; 100_000],
    );
    assert_eq!(cut.await.status, StatusCode::NOT_FOUND);
    let by_hand = ask(&w, "203.0.113.8", Request::get("/s/say"), vec![]).await;
    assert_eq!(by_hand.status, StatusCode::OK, "the address of the form alone is the first page");
}

/// T14 (part): where somebody else may hold the telephone the form is the same, the page tells neither that an answer came
/// nor that anybody wrote, and only those hear of it who know of the matter.
#[tokio::test]
async fn where_somebody_else_may_look_a_word_leaves_no_trace_on_the_page() {
    let open = Told { circle: "open", referral: "open", ..Told::default() };
    let met = Body::ContactMade(ContactMade {
        how: ContactHow::Call,
        reached: Reached::Unsafe,
        word: None,
        text: "CONTACT".to_owned(),
        more: Map::new(),
    });
    let mut pages = Vec::new();
    for (name, as_, contact, scope) in [
        ("the case", Told { circle: "dv", ..open.clone() }, None, "circle:07:dv"),
        ("a referral", Told { referral: "dv", ..open.clone() }, None, "circle:07:dv"),
        ("afraid", Told { circumstances: &["afraid"], ..open.clone() }, None, "station:07"),
        ("not to be called", Told { do_not_call: true, ..open.clone() }, None, "station:07"),
        ("met somebody else", open.clone(), Some(met), "station:07"),
    ] {
        let w = World::new();
        let (mut desk, case, id) = told_as(&w, &as_).await;
        desk.say(case, &sent(id), as_.referral);
        if let Some(contact) = contact {
            desk.say(case, &contact, "open");
        }
        desk.push().await.unwrap();
        let path = format!("/s/{NUMBER}/{SECRET}");
        let before = get(&w, &path).await;
        assert!(before.html.contains("Написать в подразделение"), "{name}");
        let page = say(&w, &[("text", "Помогите")]).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        assert!(page.html.contains("Записано."), "{name}");
        let after = get(&w, &path).await;
        assert_eq!(words(&after.html), words(&before.html), "{name}: no trace");
        pages.push(words(&after.html));
        let of = |scope: &str| Scope::from(scope.to_owned());
        let heard = async |scope: &str| {
            let feed = desk.read(&of(scope)).await.unwrap();
            feed.iter().any(|f| f.event.envelope().unwrap().kind == "applicant_word")
        };
        assert!(heard(scope).await, "{name}");
        if scope != "station:07" {
            assert!(!heard("station:07").await, "{name}: the station does not hear of it");
            let author = Scope::officer(desk.card.id);
            assert!(heard(author.as_str()).await, "{name}: who wrote it does");
        }
    }
    assert!(pages.windows(2).all(|p| p[0] == p[1]), "{pages:#?}");
    assert!(!pages[0].contains("Вопрос решён?"));
}

/// A case that is over takes a word as well: the question is asked, and the next working day somebody looks.
#[tokio::test]
async fn a_closed_case_takes_a_word() {
    let w = World::new();
    let (mut desk, case, _) = answered(&w).await;
    desk.say(case, &closed(), "open");
    desk.push().await.unwrap();
    let page = say(&w, &[("word", "not_solved")]).await;
    assert_eq!(page.status, StatusCode::OK);
    // In the opening hours it is looked at the same day.
    assert!(page.html.contains("прочтёт не позднее этого дня: 27 ноября 2026 года"));
    assert_eq!(w.clock.load(Ordering::SeqCst), START_MS);
    assert_eq!(said(&w, case).len(), 1);
}

/// The page names the telephone of the paper and lets it be called; what is no telephone is left out.
#[tokio::test]
async fn the_page_says_whom_to_call() {
    for (phone, wanted) in [
        (
            "8 (7162) 25-00-00",
            Some("<a class=\"phone\" href=\"tel:+77162250000\">8 (7162) 25-00-00</a>"),
        ),
        ("102", Some("<b class=\"phone\">102</b>")),
        ("", None),
        ("<b>8 7162 25 00 00</b>", None),
        (&"8".repeat(61), None),
    ] {
        let w = World::new();
        let (mut desk, case, _) = told(&w).await;
        let Body::CouponIssued(plain) = coupon(NUMBER, CODE, SECRET) else { unreachable!() };
        let with = CouponIssued { phone: phone.to_owned(), ..plain };
        desk.say(case, &Body::CouponIssued(with), "open");
        desk.push().await.unwrap();
        let page = get(&w, &format!("/s/{NUMBER}/{SECRET}")).await;
        match wanted {
            Some(wanted) => assert!(page.html.contains(wanted), "{}", page.html),
            None => assert!(!page.html.contains("class=\"phone\""), "{phone}"),
        }
    }
}
