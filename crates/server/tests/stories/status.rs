//! The applicant's page as a person meets it: over the real router, with the number and the code of a paper.

use crate::common::browser::{Browser, PASSWORD};
use crate::common::coupon::{
    CODE, NUMBER, SECRET, Seen, Told, ask, closed, coupon, get, told, told_as, typed, typed_from,
    words,
};
use crate::common::{World, fresh, opened, sent, visit};
use axum::http::{Request, StatusCode, header};
use chrono::TimeDelta;
use esik_domain::event::{Body, ContactHow, ContactMade, NoteAdded, Reached};
use esik_domain::ids::CaseId;
use esik_server::portal::NewClerk;
use serde_json::Map;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// S34 (part), B32 (part), T14 (part): who holds the coupon sees how it goes, typed or by the QR code, and a look changes
/// nothing.
#[tokio::test]
async fn the_holder_of_a_coupon_sees_how_it_goes_from_receipt_to_the_end() {
    let w = World::new();
    let clerk = NewClerk {
        agency: "E-HEA".to_owned(),
        login: "heat".to_owned(),
        name: "CLERK".to_owned(),
        password: PASSWORD.to_owned(),
    };
    w.region.add_clerk(clerk).unwrap();
    let (mut desk, case, id) = told(&w).await;
    assert_eq!(typed(&w, NUMBER, CODE).await.status, StatusCode::NOT_FOUND, "not here yet");
    desk.push().await.unwrap();
    let page = typed(&w, "esk 07/2026 1", "abcd 2345").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("Обращение принято") && page.html.contains(NUMBER));
    assert!(!page.html.contains("Последний день"), "nothing was sent yet");

    desk.say(case, &sent(id), "open");
    desk.push().await.unwrap();
    w.pass(TimeDelta::days(1));
    let page = typed(&w, NUMBER, CODE).await;
    assert!(page.html.contains("Обращение рассматривается"), "{}", page.html);
    assert!(page.html.contains("30 ноября 2026 года") && page.html.contains("27 ноября 2026 года"));
    let scanned = get(&w, &format!("/s/{NUMBER}/{SECRET}")).await;
    assert_eq!(scanned.status, StatusCode::OK);
    assert!(scanned.html.contains("Обращение рассматривается"));
    let kazakh = get(&w, &format!("/s/{NUMBER}/{SECRET}?lang=kk")).await;
    assert!(kazakh.html.contains("<html lang=\"kk\">") && kazakh.html.contains("қаралып жатыр"));
    let english = get(&w, &format!("/s/{NUMBER}/{SECRET}?lang=en")).await;
    assert!(english.html.contains("is being dealt with"));
    for seen in [&page, &scanned] {
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-robots-tag", "noindex, nofollow, noarchive"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(seen.header(name), value);
        }
        assert!(seen.header("content-security-policy").starts_with("default-src 'none'"));
        assert!(!seen.headers.contains_key(header::SET_COOKIE));
        assert!(!seen.html.contains("<script") && !seen.html.contains("http"));
    }

    let before = w.region.store().head().unwrap();
    for _ in 0..3 {
        let again = get(&w, &format!("/s/{NUMBER}/{SECRET}")).await;
        assert_eq!(words(&again.html), words(&scanned.html));
        assert_ne!(again.html, scanned.html, "each form has a word of its own");
    }
    assert_eq!(w.region.store().head().unwrap(), before, "a look is no event");

    let mut b = Browser::new(&w, "kk");
    b.sign_in("heat").await;
    b.get(&format!("/portal/requests/{id}")).await;
    b.act(id, &[("act", "register"), ("incoming_number", "INCOMING")], None).await;
    b.act(id, &[("act", "answer"), ("text", "ANSWER")], None).await;
    let page = typed(&w, NUMBER, CODE).await;
    assert!(page.html.contains("Ответ получен") && page.html.contains("Выполнено"));
    assert!(page.html.contains("28 ноября 2026 года"), "when it changed");

    desk.say(case, &closed(), "open");
    desk.push().await.unwrap();
    let page = typed(&w, NUMBER, CODE).await;
    assert!(page.html.contains("Работа по обращению закончена"));
    assert!(!page.html.contains("Ближайший срок"));
    let metrics = get(&w, "/metrics").await.html;
    assert!(metrics.contains("esik_status_reads_total{outcome=\"shown\"} 10"), "{metrics}");
    assert!(metrics.contains("esik_status_reads_total{outcome=\"unknown\"} 1"));
}

/// B32 (part), T14 (part): everything that leaves, word by word; what was written into the case is not among it.
#[tokio::test]
async fn only_what_is_allowed_leaves() {
    let w = World::new();
    let (mut desk, case, id) = told(&w).await;
    desk.say(case, &sent(id), "open");
    desk.say(
        case,
        &Body::NoteAdded(NoteAdded { text: "NOTE".to_owned(), more: Map::new() }),
        "open",
    );
    desk.push().await.unwrap();
    let page = get(&w, &format!("/s/{NUMBER}/{SECRET}")).await;
    assert_eq!(
        words(&page.html),
        "Обращение\nESK-07-2026-1\nОбращение рассматривается\n\
         Подразделение полиции следит за вашим обращением.\n\
         Ближайший срок:\n30 ноября 2026 года\n\
         Что вам обещали\nТеплоснабжающее предприятие\nПоследний день: 30 ноября 2026 года\n\
         Даты\nПринято\n27 ноября 2026 года\nПоследнее изменение\n27 ноября 2026 года\n\
         Написать в подразделение\n\
         Если что-то изменилось, напишите. Прочтёт сотрудник полиции.\n\
         Несколько слов, если хотите\n\
         До 1000 знаков. Не пишите того, чего не должны видеть другие: талон может оказаться и в чужих \
         руках.\n\
         Здесь не отвечают сразу. Если жизни угрожает опасность, звоните 102 или 112.\n\
         Отправить\n\
         Если есть вопрос\n\
         Позвоните или придите в подразделение полиции, которое приняло обращение. Его название \
         указано на талоне.\n\
         Никуда больше идти не нужно: пока вы не получите ответ, за обращение отвечает это \
         подразделение. Если жизни угрожает опасность, звоните 102 или 112.\n\
         Посмотреть другой талон\n"
    );
    for secret in [
        "TITLE",
        "NARRATIVE",
        "ADDRESS",
        "EXTERNAL",
        "SURNAME",
        "GIVEN",
        "IIN",
        "PHONE",
        "ASKED",
        "RECEIVER",
        "POST",
        "NOTE",
        "SECRET-OF-THE-CASE",
        "Ахметова",
        CODE,
    ] {
        assert!(!page.html.contains(secret), "{secret}");
    }
}

/// T14 (part): of a restricted case, and where somebody is in danger, neither body nor progress is told.
#[tokio::test]
async fn what_is_restricted_is_said_in_person_only() {
    let open = Told { circle: "open", referral: "open", ..Told::default() };
    let unsafe_contact = Body::ContactMade(ContactMade {
        how: ContactHow::Call,
        reached: Reached::Unsafe,
        word: None,
        text: "CONTACT".to_owned(),
        more: Map::new(),
    });
    let mut pages = Vec::new();
    for (name, as_, contact) in [
        ("the case", Told { circle: "dv", ..open.clone() }, None),
        ("a referral", Told { referral: "dv", ..open.clone() }, None),
        ("afraid", Told { circumstances: &["afraid"], ..open.clone() }, None),
        ("not to be called", Told { circumstances: &["do_not_call"], ..open.clone() }, None),
        ("asked not to be called", Told { do_not_call: true, ..open.clone() }, None),
        ("how to call", Told { call_note: "NOTE", ..open.clone() }, None),
        ("met somebody else", open.clone(), Some(unsafe_contact)),
    ] {
        let w = World::new();
        let (mut desk, case, id) = told_as(&w, &as_).await;
        desk.say(case, &sent(id), as_.referral);
        if let Some(contact) = contact {
            desk.say(case, &contact, "open");
        }
        desk.push().await.unwrap();
        let page = get(&w, &format!("/s/{NUMBER}/{SECRET}")).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        assert!(page.html.contains("Разберём ваш вопрос и сообщим вам лично"), "{name}");
        assert!(
            !page.html.contains("Теплоснаб") && !page.html.contains("рассматривается"),
            "{name}"
        );
        pages.push(words(&page.html));
    }
    assert!(pages.windows(2).all(|p| p[0] == p[1]), "{pages:#?}");
}

/// Every way to be wrong, as one would ask it.
fn wrong_ways(n: u64) -> Vec<(&'static str, String, Option<&'static str>)> {
    let other = format!("{:032x}", u128::from(n) + 77);
    vec![
        ("unknown number", format!("/s/ESK-07-2026-9/{other}"), None),
        ("wrong secret", format!("/s/{NUMBER}/{other}"), None),
        ("not here yet", format!("/s/ESK-07-2026-2/{SECRET}"), None),
        ("malformed", format!("/s/{NUMBER}/{}", &other[..20]), None),
        ("too much of it", format!("/s/{NUMBER}/{other}/x"), None),
        ("unknown number, typed", "ESK-07-2026-9".to_owned(), Some("ZZZZ9999")),
        ("wrong code, typed", NUMBER.to_owned(), Some("ZZZZ9999")),
        ("malformed, typed", "ESK-07-2026-Ж".to_owned(), Some("ZZZZ9999")),
        ("nothing, typed", String::new(), Some("")),
    ]
}

async fn wrong(w: &World, from: &str, way: &(&str, String, Option<&str>)) -> Seen {
    match way.2 {
        Some(code) => typed_from(w, from, &way.1, code).await,
        None => ask(w, from, Request::get(&way.1), vec![]).await,
    }
}

/// B32 (part), T14 (part): whatever is wrong, the answer is one, of one length, and says what to do.
#[tokio::test]
async fn what_is_wrong_with_a_coupon_is_not_told() {
    let w = World::new();
    let (mut desk, ..) = told(&w).await;
    desk.push().await.unwrap();
    let mut seen = Vec::new();
    for (n, way) in wrong_ways(0).iter().enumerate() {
        let answer = wrong(&w, &format!("203.0.113.{n}"), way).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", way.0);
        let (html, headers) = (answer.html, answer.headers);
        for word in ["ничего не найдено", "Сверьте номер и код", "Попробуйте позже", "Спросите в"]
        {
            assert!(html.contains(word), "{}: {word}", way.0);
        }
        let names: Vec<String> =
            headers.keys().map(ToString::to_string).filter(|n| n != "content-length").collect();
        seen.push((way.0, html, names));
    }
    for way in &seen[1..] {
        assert_eq!(way.2, seen[0].2, "{}", way.0);
        let (a, b) = (way.1.len().min(seen[0].1.len()), way.1.len().max(seen[0].1.len()));
        assert!((b - a) * 20 <= a, "{}: {a} and {b} bytes", way.0);
    }
    // Of what the QR code may hold, nothing at all comes back.
    assert!(seen[..5].iter().all(|(_, html, _)| *html == seen[0].1));
    // And of one who asks with an unknown number nothing else is learnt by going on.
    for number in [NUMBER, "ESK-07-2026-9"] {
        for n in 1..12 {
            let answer = typed_from(&w, &format!("192.0.2.{n}"), number, "YYYY9999").await;
            let wanted = if n < 10 { StatusCode::NOT_FOUND } else { StatusCode::TOO_MANY_REQUESTS };
            assert_eq!(answer.status, wanted, "{number}, {n}");
        }
    }
}

/// B32 (part): more than twenty tries in ten minutes wait; nobody else does, nor who has the QR code, and so many wrong
/// codes for one number in an hour, from wherever they come.
#[tokio::test]
async fn who_tries_too_often_waits_and_nobody_else() {
    let w = World::new();
    let (mut desk, ..) = told(&w).await;
    desk.push().await.unwrap();
    let other = format!("/s/{NUMBER}/{}", "f".repeat(32));
    let from = |home: &'static str| ask(&w, home, Request::get(&other), vec![]);
    for _ in 0..20 {
        assert_eq!(from("2001:db8:1:1::1").await.status, StatusCode::NOT_FOUND);
    }
    // Another address of the same home.
    let full = from("2001:db8:1:1:ffff::2").await;
    assert_eq!((full.status, full.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "600"));
    assert!(full.html.contains("Слишком много неверных кодов. Попробуйте через 10 минут."));
    let code = typed_from(&w, "2001:db8:1:1::3", NUMBER, CODE).await;
    assert_eq!(code.status, StatusCode::TOO_MANY_REQUESTS, "a right code could be a guess");
    let right = ask(&w, "2001:db8:1:1::3", Request::get(format!("/s/{NUMBER}/{SECRET}")), vec![]);
    assert_eq!(right.await.status, StatusCode::OK, "128 bits are none");
    assert_eq!(from("2001:db8:1:2::1").await.status, StatusCode::NOT_FOUND, "the neighbour");
    assert_eq!(typed_from(&w, "198.51.100.9", NUMBER, CODE).await.status, StatusCode::OK);
    w.pass(TimeDelta::minutes(10));
    assert_eq!(typed_from(&w, "2001:db8:1:1::3", NUMBER, CODE).await.status, StatusCode::OK);

    for n in 0..10 {
        let wrong = typed_from(&w, &format!("203.0.113.{n}"), "esk 07 2026 1", "ZZZZ2222").await;
        assert_eq!(wrong.status, StatusCode::NOT_FOUND);
    }
    let number = typed_from(&w, "203.0.113.99", NUMBER, CODE).await;
    assert_eq!(
        (number.status, number.header("retry-after")),
        (StatusCode::TOO_MANY_REQUESTS, "3600")
    );
    assert!(number.html.contains("ждать не нужно"));
    assert_eq!(get(&w, &format!("/s/{NUMBER}/{SECRET}")).await.status, StatusCode::OK);
    w.pass(TimeDelta::hours(1));
    assert_eq!(typed_from(&w, "203.0.113.99", NUMBER, CODE).await.status, StatusCode::OK);
    let metrics = get(&w, "/metrics").await.html;
    assert!(metrics.contains("esik_status_reads_total{outcome=\"too_often\"} 3"), "{metrics}");
}

/// B32 (part): what is typed stands in the page as text, what cannot be read is a wrong coupon, and a language is changed
/// without a try.
#[tokio::test]
async fn hostile_and_clumsy_input_is_a_wrong_coupon() {
    let w = World::new();
    for (n, (number, code)) in [
        ("<script>alert(1)</script>", "\"><b>"),
        ("\u{202e}ESK", "\u{0}\u{0}"),
        (&"9".repeat(3_000), "x"),
        ("' OR 1=1 --", "' OR 1=1"),
        ("ESK-07-2026-%", "________"),
    ]
    .into_iter()
    .enumerate()
    {
        let page = typed_from(&w, &format!("203.0.113.{n}"), number, code).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{number:.20}");
        assert!(
            !page.html.contains("<script")
                && !page.html.contains("<b>\"")
                && !page.html.contains("OR 1=1")
        );
    }
    for (n, path) in
        ["/s/", "/s//", "/s/%ff%fe/%00", "/s/..%2f..%2fetc", "/s/a?lang=%ff"].iter().enumerate()
    {
        let page = ask(&w, &format!("203.0.114.{n}"), Request::get(*path), vec![]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    for (n, (kind, body)) in [
        ("application/x-www-form-urlencoded", &b"number=\xff&number=1"[..]),
        ("application/json", b"{}"),
        ("multipart/form-data; boundary=B", b"--B--"),
        ("application/x-www-form-urlencoded", &[b'x'; 100_000]),
    ]
    .into_iter()
    .enumerate()
    {
        let request = Request::post("/s").header(header::CONTENT_TYPE, kind);
        let page = ask(&w, &format!("203.0.115.{n}"), request, body.to_vec()).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{kind}");
    }
    // What a person typed stays, also in another language, which is no try.
    let page = typed(&w, "ЕСК 07/2026–431", "абв 234").await;
    assert!(
        page.html.contains("value=\"ЕСК 07/2026–431\"") && page.html.contains("value=\"абв 234\"")
    );
    for _ in 0..30 {
        let request =
            Request::post("/s").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = b"number=ESK-07-2026-5&code=abc&lang=ru&other=kk".to_vec();
        let page = ask(&w, "198.51.100.77", request, body).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains("<html lang=\"kk\">") && page.html.contains("ESK-07-2026-5"));
        assert!(!page.html.contains("role=\"alert\""));
    }
}

/// Coupons that are tried per build; `cargo xtask soak` tries all.
fn tries() -> u64 {
    std::env::var("ESIK_COUPON_TRIES").map_or(2_000, |n| n.parse().unwrap())
}

/// B32 (part), T14 (part): who tries coupons at random finds none, by hand or as a QR code.
#[tokio::test]
async fn coupons_tried_at_random_find_nothing() {
    let w = World::new();
    let (mut desk, ..) = told(&w).await;
    desk.push().await.unwrap();
    let alphabet = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut found = 0;
    for n in 0..tries() {
        // Another asker for each ten, and an hour later: what is tried here is the coupon and not the limit.
        let from = format!("10.{}.{}.1", n / 2560 % 256, n / 10 % 256);
        let random = w.env.bytes::<16>();
        let answer = if n % 2 == 0 {
            let path = format!("/s/{NUMBER}/{:032x}", u128::from_be_bytes(random));
            ask(&w, &from, Request::get(path), vec![]).await
        } else {
            let code: String =
                random[..8].iter().map(|b| char::from(alphabet[usize::from(b % 32)])).collect();
            typed_from(&w, &from, NUMBER, &code).await
        };
        assert!(
            matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::OK),
            "{}",
            answer.status
        );
        found += u64::from(answer.status == StatusCode::OK);
        if n % 10 == 9 {
            w.pass(TimeDelta::hours(1));
        }
    }
    println!("soak: {} coupons tried at random, {found} found", tries());
    assert_eq!(found, 0);
    assert_eq!(typed(&w, NUMBER, CODE).await.status, StatusCode::OK, "the right one is");
}

/// B32 (part), T14 (part): how long each wrong way takes; told, not asserted, for a machine's load makes any bound a lie.
#[tokio::test]
async fn how_long_an_answer_takes_tells_little() {
    let w = World::new();
    let (mut desk, ..) = told(&w).await;
    desk.push().await.unwrap();
    let times = tries() / 100;
    let mut took: Vec<(&str, Vec<u128>)> =
        wrong_ways(0).iter().map(|way| (way.0, Vec::new())).collect();
    for n in 0..times {
        for (i, way) in wrong_ways(n).iter().enumerate() {
            let start = Instant::now();
            let answer = wrong(&w, &format!("10.{}.{}.{i}", n / 256, n % 256), way).await;
            took[i].1.push(start.elapsed().as_micros());
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
        w.pass(TimeDelta::hours(1));
    }
    let medians = took.iter_mut().map(|(name, all)| {
        all.sort_unstable();
        format!("{name} {} µs", all[all.len() / 2])
    });
    println!("soak: medians of {times}: {}", medians.collect::<Vec<_>>().join(", "));
}

/// T14 (part): a coupon's address is in no log, however much is logged.
#[tokio::test]
async fn a_coupon_is_in_no_log() {
    // The log is the whole process's, as in the server: what runs on its other threads is seen too. So is what other tests
    // do at the same time, with other coupons.
    const NUMBER: &str = "ESK-07-2026-4711";
    const CODE: &str = "LQGH7777";
    const SECRET: &str = "5ec7e7c0ffee5ec7e7c0ffee5ec7e7c0";
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let w = World::new();
    let log = Log::default();
    let writer = log.clone();
    let all = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(all).unwrap();
    let (mut desk, case) = (w.desk("07").await, CaseId(fresh()));
    for body in [visit(), opened(NUMBER), coupon(NUMBER, CODE, SECRET)] {
        desk.say(case, &body, "open");
    }
    desk.push().await.unwrap();
    assert_eq!(get(&w, &format!("/s/{NUMBER}/{SECRET}")).await.status, StatusCode::OK);
    assert_eq!(get(&w, &format!("/s/{NUMBER}/{SECRET}0")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(typed(&w, NUMBER, CODE).await.status, StatusCode::OK);
    assert_eq!(get(&w, "/healthz").await.status, StatusCode::OK);
    let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(said.contains("/s/…") && said.contains("/healthz"), "{said}");
    assert!(!said.contains(SECRET) && !said.contains(CODE) && !said.contains(NUMBER), "{said}");
}
