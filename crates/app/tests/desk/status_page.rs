//! The coupon leads to the region's page, and the page tells how the case goes.

use super::moments::coupon;
use esik_testkit::{Form, World};
use serde_json::json;

/// The page's answer to what is typed by hand.
pub fn typed(world: &World, number: &str, code: &str) -> (u16, String) {
    posted(world, "/s", &[("number", number), ("code", code)])
}

/// The page's answer to a form.
pub fn posted(world: &World, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let encode = |s: &str| s.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let body = fields.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect::<Vec<_>>();
    let ca = world.site().tls().ca_pem().unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(ca.as_bytes()).unwrap()])
        .no_proxy()
        .build()
        .unwrap();
    world.runtime().block_on(async {
        let form = client
            .post(format!("{}{path}", world.url()))
            .header("accept-language", "ru")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"));
        let answer = form.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    })
}

/// The eight characters that are typed by hand, from the paper.
pub fn code_of(paper: &str) -> String {
    let mut lines = paper.lines().map(str::trim);
    let code = lines.find(|l| {
        let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == ' ';
        let signs = l.chars().filter(|c| *c != ' ').count();
        signs == 8 && l.chars().all(plain)
    });
    code.unwrap().replace(' ', "")
}

/// B32 (part), S34 (part): an officer takes in and prints; the person types what stands on the paper, before the desk had
/// contact, while the body works, and at the end.
#[test]
fn a_person_types_what_stands_on_the_coupon_and_sees_how_it_goes() {
    let world = World::new();
    world.region.public_at(&"https://status.aqmola.kz".parse().unwrap());
    let desk = world.desk("Әлиева");
    let other = "Чтобы узнать, что с обращением, назовите";
    let before = world.unjoined_desk("Бекова");
    let heating =
        || Form::says("Нет отопления, в доме младенец", "ru").category("ZKH-01").refer("E-HEA");
    let alone = coupon(&before, &before.takes_in(heating()));
    assert!(alone.contains(other) && !alone.contains("aqmola"), "{alone}");

    let case = desk.takes_in(heating());
    let paper = coupon(&desk, &case);
    assert!(paper.contains("status.aqmola.kz/s") && !paper.contains(other), "{paper}");
    let number = desk.case(&case)["number"].as_str().unwrap().to_owned();
    let code = code_of(&paper);
    let (status, page) = typed(&world, &number, &code);
    assert!(status == 404 && page.contains("Если талон выдали недавно"), "{status}");
    desk.sync();
    let (status, page) = typed(&world, &number, &code.to_lowercase());
    assert_eq!(status, 200);
    assert!(page.contains("Обращение рассматривается") && page.contains(&number));
    assert!(page.contains("Теплоснабжающее предприятие"));
    assert_eq!(typed(&world, &number, "ZZZZ2222").0, 404);
    desk.ok(
        "case_close",
        json!({ "case": case, "word": "solved", "outcome": "helped", "text": "Тепло есть",
            "not_called": "сказали лично" }),
    );
    desk.sync();
    let (status, page) = typed(&world, &number, &code);
    assert!(status == 200 && page.contains("Работа по обращению закончена"));
    assert!(!page.contains("Тепло есть"));
}
