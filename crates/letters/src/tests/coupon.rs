//! The coupon and the covering letter.

use chrono::NaiveDate;

use super::samples::{SECRET, at, cold_flat, heating_request, on};
use super::{Paper, bytes_of, has, set, sound};
use crate::{
    Coupon, L10nPair, LettersError, Promise, ReferralLetter, Signer, coupon, neutral_promise,
};

#[test]
fn the_coupon_says_what_the_law_asks_in_both_languages_on_one_page() {
    let made = set(&cold_flat());
    assert_eq!(made.pages, 1);
    let words = sound(&made).words();
    for text in [
        "ESK-07-2026-431",
        "2026 жылғы 22 қараша, сағат 14:05",
        "22 ноября 2026 года, 14:05",
        "Сейтқали А. Б.",
        "фронт-офис инспекторы",
        "инспектор фронт-офиса",
        "№7 учаскелік полиция пункті",
        "2026 жылғы 27 қараша",
        "24 ноября 2026 года",
        "8 (7162) 00-00-00",
        "Жолданымды қабылдау талоны",
        "Талон о приёме обращения",
        "K7QH 4M2X",
    ] {
        has(&words, text);
    }
    assert!(!words.contains(SECRET));
}

#[test]
fn a_phone_reads_number_and_secret_from_the_paper_and_nothing_else() {
    let (w, h, pixels) = Paper::new(&coupon(&cold_flat()).unwrap()).picture(1, "200");
    let mut seen = rqrr::PreparedImage::prepare_from_greyscale(w, h, |x, y| pixels[y * w + x]);
    let read: Vec<String> =
        seen.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect();
    assert_eq!(read, [format!("ESK-07-2026-431/{SECRET}")]);
}

/// T14 (part): where the region shows how a case is, the paper says so and its code leads there; the secret is in the code only.
#[test]
fn a_phone_is_led_to_the_page_when_there_is_one() {
    let longest = format!("https://{}.kz/s", "aqmola-".repeat(12));
    for page in ["https://status.aqmola.kz/s", &longest] {
        let c = Coupon { status_page: Some(page.to_owned()), ..cold_flat() };
        let paper = Paper::new(&coupon(&c).unwrap());
        let (w, h, pixels) = paper.picture(1, "200");
        let mut seen = rqrr::PreparedImage::prepare_from_greyscale(w, h, |x, y| pixels[y * w + x]);
        let read: Vec<String> =
            seen.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect();
        assert_eq!(read, [format!("{page}/ESK-07-2026-431/{SECRET}")]);
        let made = set(&c);
        assert_eq!(made.pages, 1);
        let words = sound(&made).words();
        assert!(!words.contains(SECRET) && !words.contains("https"));
    }
    for page in ["http://status.aqmola.kz/s", "https://статус.kz/s", "javascript:alert(1)"] {
        let c = Coupon { status_page: Some(page.to_owned()), ..cold_flat() };
        assert_eq!(coupon(&c).unwrap_err(), LettersError::Qr, "{page}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_and_another_moment_gives_others() {
    let first = coupon(&cold_flat()).unwrap();
    assert_eq!(first, coupon(&cold_flat()).unwrap());
    let later = Coupon { opened_at: at() + chrono::TimeDelta::minutes(1), ..cold_flat() };
    assert_ne!(first, coupon(&later).unwrap());
    assert_eq!(bytes_of(&heating_request()).unwrap(), bytes_of(&heating_request()).unwrap());
}

#[test]
fn the_file_says_it_is_pdf_a_2b_of_the_moment_of_receipt() {
    for pdf in [coupon(&cold_flat()).unwrap(), bytes_of(&heating_request()).unwrap()] {
        let raw = String::from_utf8_lossy(&pdf);
        assert!(
            raw.contains("<pdfaid:part>2</pdfaid:part>")
                && raw.contains("<pdfaid:conformance>B</pdfaid:conformance>")
        );
        assert!(raw.contains("OutputIntent"));
        assert!(raw.contains("(D:20261122090517"), "creation date");
        assert!(!raw.contains(SECRET));
    }
}

#[test]
fn what_people_typed_is_printed_and_never_obeyed() {
    let sly = "#panic() \"x\" \\ $a$ *b* _c_ `d` @e <f> [g] {h} // i -- ~ #import \"k\"";
    let c = Coupon {
        station: L10nPair::new(sly, sly),
        receiver_name: sly.into(),
        receiver_post: L10nPair::new(sly, sly),
        promises: vec![Promise { what: L10nPair::new(sly, sly), until: on(1, 9) }],
        ask_at: vec![sly.into()],
        ..cold_flat()
    };
    let words = sound(&set(&c)).words();
    assert_eq!(words.matches(sly).count(), 8, "{words}");
    let letter = ReferralLetter {
        text: L10nPair::new(sly, ""),
        signer: Signer { name: sly.into(), post: heating_request().signer.post },
        ..heating_request()
    };
    let words = sound(&set(&letter)).words();
    assert_eq!(words.matches(sly).count(), 2, "{words}");
}

#[test]
fn the_longest_names_stay_inside_the_paper_and_whole() {
    let endless = "Қ".repeat(90);
    let many = "Білім беру бөлімінің жетекшісі ".repeat(6);
    let c = Coupon {
        number: format!("ESK-{}", "9".repeat(36)),
        station: L10nPair::new(format!("{many}{endless}"), &many),
        receiver_name: endless.clone(),
        receiver_post: L10nPair::new(&many, &endless),
        promises: vec![Promise { what: L10nPair::new(&endless, &many), until: on(9, 30) }; 3],
        ask_at: vec![endless.clone()],
        ..cold_flat()
    };
    let made = set(&c);
    let paper = sound(&made);
    let (width, height, margin) = (148.0 / 25.4 * 72.0, 210.0 / 25.4 * 72.0, 12.0);
    let boxes: Vec<_> = paper.boxes().into_iter().flatten().collect();
    assert!(boxes.len() > 50);
    for ([left, top, right, bottom], _) in boxes {
        assert!(
            left >= margin && right <= width - margin && top >= margin && bottom <= height - margin,
            "{left} {top} {right} {bottom}"
        );
    }
    let words = paper.words();
    has(&words, &c.number);
    has(&words, &many);
    assert_eq!(words.replace(' ', "").matches(&endless).count(), 7);
}

#[test]
fn no_promise_is_dropped_however_many_there_are() {
    for n in [0_u32, 1, 5, 6, 7, 12, 40] {
        let promise = |i: u32| Promise {
            what: L10nPair::new(format!("Тапсырма-{i}."), format!("Поручение-{i}.")),
            until: on(12, 1 + i % 30),
        };
        let c = Coupon { promises: (0..n).map(promise).collect(), ..cold_flat() };
        let made = set(&c);
        if n <= 6 {
            assert_eq!(made.pages, 1, "{n} promises");
        }
        let words = sound(&made).words();
        for i in 0..n {
            has(&words, &format!("Тапсырма-{i}."));
            has(&words, &format!("Поручение-{i}."));
        }
        if n == 0 {
            has(&words, "Жолданымыңыз бақылауда.");
        }
        if made.pages > 1 {
            has(&words, &format!("2-бет, барлығы {}", made.pages));
        }
    }
}

#[test]
fn a_letter_no_font_has_does_not_keep_the_applicant_without_a_coupon() {
    let c = Coupon { receiver_name: "李 А. 👮‍♀️ \u{202e}Б.".into(), ..cold_flat() };
    has(&sound(&set(&c)).words(), "\u{fffd} А. \u{fffd}\u{fffd} Б.");
}

#[test]
fn a_coupon_that_lacks_what_the_law_asks_is_refused() {
    let refuse = |change: fn(&mut Coupon)| {
        let mut c = cold_flat();
        change(&mut c);
        coupon(&c).unwrap_err()
    };
    assert_eq!(refuse(|c| c.number.clear()), LettersError::Number);
    assert_eq!(refuse(|c| c.number = "ESK/7".into()), LettersError::Number);
    assert_eq!(refuse(|c| c.number = "9".repeat(41)), LettersError::Number);
    assert_eq!(refuse(|c| c.code = "K7QH4M2".into()), LettersError::Code);
    assert_eq!(refuse(|c| c.code = "Қ7QH4M2".into()), LettersError::Code);
    assert_eq!(refuse(|c| c.secret = "short".into()), LettersError::Secret);
    assert_eq!(refuse(|c| c.secret = format!("{}!", &SECRET[1..])), LettersError::Secret);
    assert_eq!(refuse(|c| c.receiver_name = "  ".into()), LettersError::Empty("receiver_name"));
    assert_eq!(
        refuse(|c| c.receiver_post = L10nPair::default()),
        LettersError::Empty("receiver_post")
    );
    assert_eq!(refuse(|c| c.station = L10nPair::default()), LettersError::Empty("station"));
    assert_eq!(
        refuse(|c| c.promises[0].what = L10nPair::default()),
        LettersError::Empty("promises.what")
    );
    assert_eq!(refuse(|c| c.promises[0].until = NaiveDate::MAX), LettersError::Date);
}

#[test]
fn a_restricted_promise_names_nobody_and_a_log_holds_no_secret() {
    let neutral = neutral_promise().unwrap();
    assert_ne!(neutral.kk, neutral.ru);
    let c = Coupon {
        promises: vec![Promise { what: neutral.clone(), until: on(11, 27) }],
        ..cold_flat()
    };
    let words = sound(&set(&c)).words();
    has(&words, &neutral.kk);
    has(&words, &neutral.ru);
    assert!(!words.contains("шаруашылық"));
    let logged = format!("{c:?}");
    assert!(logged.contains("ESK-07") && !logged.contains(SECRET) && !logged.contains("K7QH"));
}

#[test]
fn the_covering_letter_carries_the_request_whole() {
    let letter = heating_request();
    let made = set(&letter);
    assert_eq!(made.pages, 1);
    let words = sound(&made).words();
    for text in [
        &letter.number,
        &letter.agency.kk,
        &letter.agency.ru,
        &letter.text.kk,
        &letter.text.ru,
        &letter.contact[1],
        &letter.signer.name,
    ] {
        has(&words, text);
    }
    has(&words, "2026 жылғы 27 қараша");
    has(&words, "27 ноября 2026 года");
}

#[test]
fn a_long_request_takes_more_pages_and_loses_nothing() {
    let lines: Vec<String> =
        (0..200).map(|i| format!("Абзац-{i}. Во всём подъезде холодно.")).collect();
    let letter = ReferralLetter { text: L10nPair::new("", lines.join("\n")), ..heating_request() };
    let made = set(&letter);
    assert!(made.pages > 1);
    let words = sound(&made).words();
    for line in &lines {
        has(&words, line);
    }
    has(&words, &format!("страница 2 из {}", made.pages));
    let refuse = |change: fn(&mut ReferralLetter)| {
        let mut l = heating_request();
        change(&mut l);
        bytes_of(&l).unwrap_err()
    };
    assert_eq!(refuse(|l| l.text = L10nPair::default()), LettersError::Empty("text"));
    assert_eq!(refuse(|l| l.agency = L10nPair::default()), LettersError::Empty("agency"));
    assert_eq!(refuse(|l| l.signer.name.clear()), LettersError::Empty("signer_name"));
    assert_eq!(refuse(|l| l.number.clear()), LettersError::Number);
}
