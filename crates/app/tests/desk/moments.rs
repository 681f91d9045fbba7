//! A desk whose clock is far from the truth, and what its cases become at the next contact.

use base64::Engine as _;
use chrono::{DateTime, Datelike as _, Duration, NaiveDate, Utc};
use esik_testkit::{Form, TestClock, TestDesk, World};
use serde_json::{Value, json};

/// A desk with a clock of its own, right until it is moved, which has met the region.
fn desk(world: &World) -> (TestDesk, TestClock) {
    let clock = TestClock::at(&world.clock.now().to_rfc3339());
    let dir = world.folder().join("desk-own-clock");
    let desk = TestDesk::set_up(&dir, "Әлиева", &clock, world.runtime().handle());
    world.join(&desk);
    desk.sync();
    (desk, clock)
}

fn heating() -> Form {
    Form::says("Нет отопления, в доме младенец", "ru").category("ZKH-01").refer("E-HEA")
}

/// Every day that stands on the case, wherever.
fn days(case: &Value) -> Vec<NaiveDate> {
    let clocks = case["clocks"].as_array().unwrap().iter().map(|c| c["deadline"]["due"].clone());
    let owed = case["obligations"].as_array().unwrap().iter().map(|o| o["due"].clone());
    let said = case["referrals"].as_array().unwrap().iter().map(|r| r["answer_due"].clone());
    clocks.chain(owed).chain(said).filter_map(|d| d.as_str()?.parse().ok()).collect()
}

/// What stands on the coupon.
pub fn coupon(desk: &TestDesk, case: &str) -> String {
    let seen = desk.ok("coupon_preview", json!({ "id": case }));
    let pdf = base64::engine::general_purpose::STANDARD.decode(seen["base64"].as_str().unwrap());
    let file = desk.dir.join("coupon.pdf");
    std::fs::write(&file, pdf.unwrap()).unwrap();
    let text = std::process::Command::new("pdftotext").arg(&file).arg("-").output().unwrap();
    std::fs::remove_file(&file).unwrap();
    String::from_utf8(text.stdout).unwrap()
}

fn moment(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

fn legal(case: &Value) -> &Value {
    let clocks = case["clocks"].as_array().unwrap();
    clocks.iter().find(|c| c["kind"] == "legal_answer").unwrap()
}

/// S19 (part), T22 (part), B17 (part): a flat battery sets the clock to 2015, or somebody to 2036. Until contact the days are
/// called provisional; after it they run from the receipt, for this desk and for its colleagues, and are told why.
#[test]
fn a_case_of_2015_or_2036_has_its_days_from_the_receipt_after_contact() {
    for year in ["2015-06-10T05:00:00Z", "2036-05-01T00:00:00Z"] {
        let mut world = World::new();
        let colleague = world.desk("Бекова");
        let (desk, clock) = desk(&world);
        let control = colleague.takes_in(heating());
        // It has no day of its own: the law's is its day.
        let goes_there = |desk: &TestDesk, case: &str| {
            let task = json!({ "case": case, "unit": "P-UIP", "text": "Съездить", "due": null });
            desk.ok("task_add", task);
        };
        goes_there(&colleague, &control);
        let control = colleague.case(&control);
        world.region_down();
        clock.set(year);
        let id = desk.takes_in(heating());
        goes_there(&desk, &id);
        let before = desk.case(&id);
        assert_eq!(before["dates_provisional"], json!(true), "{year}");
        assert!(days(&before).iter().all(|d| d.year() != 2026), "{year}");
        // What is printed stays: the number is of the last contact's year, and of the desk's block.
        let number = before["number"].as_str().unwrap();
        assert!(number.starts_with("ESK-07-2026-") && !number.contains('T'), "{year}: {number}");
        assert!(coupon(&desk, &id).contains("предварительные"), "{year}");
        // The program is restarted, an hour passes, and the line is back.
        let desk = desk.restart();
        desk.sign_in("Әлиева");
        for c in [&clock, &world.clock] {
            c.advance(Duration::hours(1));
        }
        world.region_up();
        desk.sync();
        assert_eq!(desk.unacknowledged(), 0, "the correction goes in the same round");
        let seen = desk.case(&id);
        assert!(days(&seen).iter().all(|d| d.year() == 2026), "{year}: {:?}", days(&seen));
        assert_eq!(days(&seen), days(&control), "{year}: as the desk whose clock is right");
        assert_eq!(seen["dates_provisional"], json!(false));
        assert!(!coupon(&desk, &id).contains("предварительные"), "{year}");
        let was = &legal(&seen)["was"];
        assert_eq!(moment(&was["clock"]["was"]).year().to_string(), year[..4]);
        assert_eq!(moment(&was["clock"]["now"]).year(), 2026);
        let told = seen["timeline"].as_array().unwrap();
        let told = told.iter().find(|i| i["kind"] == "clock_corrected").unwrap();
        assert!(told["who"].as_str().unwrap().starts_with("Әлиева"), "{told}");
        // Everybody sees it, and again nothing is corrected.
        colleague.sync();
        let theirs = colleague.case(&id);
        assert_eq!(days(&theirs), days(&seen), "{year}");
        let times = |c: &Value| {
            c["timeline"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|i| i["kind"] == "clock_corrected")
                .count()
        };
        let once = times(&seen);
        desk.sync();
        clock.set(&world.clock.now().to_rfc3339());
        desk.sync();
        desk.sync();
        // Counted before the case is opened again: by a clock that leapt, looks of before are long ago and are signed.
        assert_eq!(desk.unacknowledged(), 0, "{year}");
        assert_eq!(times(&desk.case(&id)), once, "{year}");
        let open = desk.desk.opened().unwrap();
        let report = open.store.read(|conn| esik_store::verify::verify(conn, &|_| None)).unwrap();
        assert!(report.is_sound(), "{report:?}");
        // The head still extends the term: the region counts from the corrected day too.
        let due = legal(&seen)["deadline"]["due"].as_str().unwrap().to_owned();
        let until = due.parse::<NaiveDate>().unwrap() + Duration::days(14);
        let args = json!({ "case": id, "granted": true, "until": until, "reason": "Ждём заключения",
            "decision_number": "12", "decision_date": "2026-11-20" });
        desk.ok("extension_decide", args);
        desk.sync();
        let after = desk.case(&id);
        assert_eq!(after["refused"], json!([]), "{:#}", after["refused"]);
    }
}

/// S19 (part): the officer set the clock right before contact. The difference is nothing then, and the moments are
/// impossible all the same: they are those of the last thing that is known.
#[test]
fn a_clock_set_right_before_contact_still_leaves_no_wrong_day() {
    let mut world = World::new();
    let (desk, clock) = desk(&world);
    let joined = world.clock.now();
    world.region_down();
    for year in ["2015-06-10T05:00:00Z", "2036-05-01T00:00:00Z"] {
        clock.set(year);
        desk.takes_in(heating());
    }
    world.clock.advance(Duration::days(3));
    clock.set(&world.clock.now().to_rfc3339());
    let right = desk.takes_in(heating());
    world.region_up();
    desk.sync();
    assert_eq!(desk.unacknowledged(), 0);
    let open = desk.desk.opened().unwrap();
    let cases = open.store.read(|c| {
        let ask = "SELECT DISTINCT lower(hex(case_id)) FROM event WHERE kind = 'case_opened'";
        let mut ask = c.prepare(ask)?;
        Ok(ask.query_map([], |r| r.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?)
    });
    for id in cases.unwrap() {
        let id: uuid::Uuid = id.parse().unwrap();
        let seen = desk.case(&id.to_string());
        let opened = moment(&seen["opened_at"]);
        assert!(days(&seen).iter().all(|d| d.year() == 2026), "{seen:#}");
        if id.to_string() == right {
            assert!(opened > joined + Duration::days(2), "what was right stays");
        } else {
            let clock = &legal(&seen)["was"]["clock"];
            assert_eq!(clock["guessed"], json!(true), "{clock}");
            assert!((opened - joined).abs() < Duration::minutes(10), "{opened}");
            assert!(seen["recorded_late"].is_string(), "a gap of more than a day is flagged");
        }
    }
}

/// S19 (part): a restricted case is corrected by somebody who may know of it, not by whoever happens to be signed in.
#[test]
fn a_restricted_case_waits_for_somebody_who_may_know_of_it() {
    let mut world = World::new();
    let (desk, clock) = desk(&world);
    desk.officer("Шеңбер", "officer", &["dv"]);
    desk.officer("Бекова", "officer", &[]);
    desk.sync();
    world.region_down();
    clock.set("2015-06-10T05:00:00Z");
    desk.sign_in("Шеңбер");
    let id = desk.takes_in(Form::says("Боится идти домой", "ru").category("FAM-01"));
    desk.sign_in("Бекова");
    world.region_up();
    desk.sync();
    assert_eq!(desk.unacknowledged(), 0);
    desk.sign_in("Шеңбер");
    assert!(days(&desk.case(&id)).iter().all(|d| d.year() != 2026));
    desk.sync();
    assert!(days(&desk.case(&id)).iter().all(|d| d.year() == 2026));
    assert_eq!(desk.case(&id)["refused"], json!([]));
}

/// Without a line from 20 December to 10 January, and with a clock that was forty days ahead at the last contact and is
/// set right on the way: the year is the day's, and the preview says the number and the day
/// that the case then has.
#[test]
fn new_year_without_a_line_is_the_new_year() {
    let form = || json!({ "form": heating().0 });
    let mut world = World::new();
    let (desk, clock) = desk(&world);
    let to = |world: &World, day: &str, ahead: i64| {
        world.clock.set(day);
        clock.set(&(world.clock.now() + Duration::days(ahead)).to_rfc3339());
    };
    let takes_in = |year: &str| {
        let told = desk.ok("intake_preview", form());
        let number = told["number"].as_str().unwrap();
        assert!(number.starts_with(&format!("ESK-07-{year}-")), "{number}");
        let case = desk.case(&desk.takes_in(heating()));
        assert_eq!(case["number"], number);
        let promised = &told["referrals"][0]["answer"]["due"];
        assert!(promised.is_string(), "{told}");
        assert_eq!(&case["referrals"][0]["answer_due"], promised);
    };
    to(&world, "2026-12-20T05:00:00Z", 40);
    desk.sync();
    world.region_down();
    // The clock shows the end of January.
    takes_in("2026");
    to(&world, "2027-01-10T05:00:00Z", 40);
    takes_in("2027");
    to(&world, "2027-01-11T05:00:00Z", 0);
    takes_in("2027");
}
