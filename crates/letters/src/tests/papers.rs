//! Every paper against the text it is meant to have, word by word, in both languages.
//!
//! `ESIK_WRITE_GOLDEN=1` writes the texts anew after a wanted change; read the difference before it is kept.
//! `ESIK_PAPERS=DIR` also leaves the files there, to be looked at.

use std::path::Path;

use super::looks::{looks_right, whole};
use super::samples::{
    advice, answer, bare_protocol, cold_flat, escalation, extension, full_round, full_shift,
    heating_request, journal, letter_with_details, owed_list, protocol, redirect, register, round,
    shift, terms, training,
};
use super::{Paper, sound};
use crate::{
    Coupon, Document, Entry, ExtensionDecision, ExtensionNotice, L10nPair, LettersError,
    RedirectLetter, RedirectNotice, Sheet, Templates,
};

/// Sets the paper twice, compares bytes, text and looks.
fn golden(name: &str, paper: &impl Document) {
    let templates = Templates::shipped().unwrap();
    let sheet = paper.sheet(templates).unwrap();
    let first = sheet.typeset().unwrap();
    assert_eq!(first.pdf, sheet.typeset().unwrap().pdf, "{name}: the same bytes twice");
    if let Some(dir) = std::env::var_os("ESIK_PAPERS") {
        std::fs::write(Path::new(&dir).join(format!("{name}.pdf")), &first.pdf).unwrap();
    }
    let read = sound(&first);
    looks_right(name, &read, first.pages);
    let text = read.text();
    assert!(!text.contains('\u{fffd}'), "{name}: a letter is missing");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/tests/golden/{name}.txt"));
    if std::env::var_os("ESIK_WRITE_GOLDEN").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let wanted = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, wanted, "{name}: not the golden text");
}

#[test]
fn each_paper_says_what_it_is_meant_to_say() {
    golden("coupon", &cold_flat());
    let page = Some("https://status.aqmola.kz/s".to_owned());
    golden("coupon-online", &Coupon { status_page: page, ..cold_flat() });
    golden("protocol", &protocol());
    golden("protocol-bare", &bare_protocol());
    golden("referral", &heating_request());
    golden("referral-details", &letter_with_details());
    golden("answer", &answer());
    golden("advice", &advice());
    golden("redirect", &RedirectLetter(&redirect()));
    golden("redirect-notice", &RedirectNotice(&redirect()));
    golden("escalation", &escalation());
    golden("extension", &ExtensionDecision(&extension()));
    golden("extension-notice", &ExtensionNotice(&extension()));
    golden("journal", &journal());
    golden("owed-list", &owed_list(6));
    golden("register", &register(9));
    golden("round", &round());
    golden("shift", &shift());
    golden("terms", &terms());
    golden("training", &training());
}

/// A long day with long names: every line whole, nothing cut or on top of something else; which paper it is, and the page, below.
#[test]
fn a_full_day_of_rounds_and_a_full_shift_are_whole_on_their_sheets() {
    golden("round-full", &full_round());
    golden("shift-full", &full_shift());
    let (day, shift) = (full_round(), full_shift());
    let text = |paper: &crate::Typeset| sound(paper).words();
    let (on_round, on_shift) = (text(&super::set(&day)), text(&super::set(&shift)));
    for visit in &day.visits {
        super::has(&on_round, &visit.address);
    }
    for (number, what) in &shift.taken {
        for said in [number, &what.kk, &what.ru] {
            super::has(&on_shift, said);
        }
    }
    // A double name may take two lines beside its signature; a house (12-үй, in the addresses above) may not.
    for (words, title) in
        [(&on_round, "Аралау күнінің қолхаты, 2026"), (&on_shift, "Ауысымды тапсыру парағы, 2026")]
    {
        super::has(words, "1-бет, барлығы");
        super::has(words, title);
        super::has(&words.replace("- ", "-"), &day.officer.name);
    }
    super::has(&on_shift.replace("- ", "-"), &shift.received_by);
}

/// Every kind that has a letterhead, with where the station is found.
#[test]
fn the_stations_address_and_telephone_stand_at_the_head_of_every_paper() {
    let templates = Templates::shipped().unwrap();
    let at = L10nPair::new("Көкшетау қ., Абай к-сі, 96", "г. Кокшетау, ул. Абая, 96");
    for (name, sheet) in [
        ("coupon", cold_flat().sheet(templates)),
        ("protocol", protocol().sheet(templates)),
        ("referral", letter_with_details().sheet(templates)),
        ("answer", answer().sheet(templates)),
        ("advice", advice().sheet(templates)),
        ("redirect", RedirectLetter(&redirect()).sheet(templates)),
        ("redirect notice", RedirectNotice(&redirect()).sheet(templates)),
        ("extension", ExtensionDecision(&extension()).sheet(templates)),
        ("extension notice", ExtensionNotice(&extension()).sheet(templates)),
        ("register", register(2).sheet(templates)),
        ("round", round().sheet(templates)),
        ("shift", shift().sheet(templates)),
        ("terms", terms().sheet(templates)),
        ("training", training().sheet(templates)),
    ] {
        let bare = sheet.unwrap();
        assert_eq!(bare.clone().headed(&L10nPair::default(), " ").unwrap(), bare, "{name}");
        let made = bare.headed(&at, "8 (7162) 25-01-02").unwrap().typeset().unwrap();
        if let Some(dir) = std::env::var_os("ESIK_PAPERS") {
            std::fs::write(Path::new(&dir).join(format!("head-{name}.pdf")), &made.pdf).unwrap();
        }
        let read = sound(&made);
        looks_right(name, &read, made.pages);
        let words = read.words();
        for said in [&at.kk, &at.ru, "8 (7162) 25-01-02"] {
            assert!(words.contains(said), "{name}: {said} is missing in {words}");
        }
    }
}

/// A sheet with nothing on it but where to sign proves nothing.
#[test]
fn a_signature_never_stands_alone_on_a_page() {
    assert_eq!(
        super::set(&RedirectLetter(&redirect())).pages,
        1,
        "an ordinary letter is one sheet"
    );
    let mut r = redirect();
    for more in 0..14 {
        r.reason = "Теплоснабжением города занимается этот отдел.\n".repeat(more + 1);
        let boxes = sound(&super::set(&RedirectLetter(&r))).boxes();
        let last = boxes.last().unwrap();
        // Name, post in two languages, the caption and the foot are twenty words at most.
        assert!(last.len() > 24, "{more}: {:?}", last.iter().map(|(_, w)| w).collect::<Vec<_>>());
    }
}

#[test]
fn a_paper_from_a_practice_desk_says_so_on_every_page() {
    let real = cold_flat().sheet(Templates::shipped().unwrap()).unwrap();
    let word = |sheet: &Sheet| sound(&sheet.typeset().unwrap()).words();
    assert!(!word(&real).contains("ПРОБА"));
    let practice = real.clone().for_practice().unwrap();
    if let Some(dir) = std::env::var_os("ESIK_PAPERS") {
        let pdf = practice.typeset().unwrap().pdf;
        std::fs::write(Path::new(&dir).join("coupon-practice.pdf"), pdf).unwrap();
    }
    let words = word(&practice);
    assert!(words.contains("СЫНАҚ") && words.contains("ПРОБА"), "{words}");
    // The mark is in the source that history keeps: it cannot be left out by printing again.
    let again = Sheet { template: "coupon".into(), version: 1, ..practice };
    assert!(word(&again).contains("ПРОБА"));
}

/// S19 (part): days counted by a clock nobody compared are called provisional on the paper, in both languages.
#[test]
fn a_paper_whose_days_are_provisional_says_so_at_its_foot() {
    let real = cold_flat().sheet(Templates::shipped().unwrap()).unwrap();
    let marked = real.clone().provisional().unwrap();
    let pdf = marked.typeset().unwrap().pdf;
    if let Some(dir) = std::env::var_os("ESIK_PAPERS") {
        std::fs::write(Path::new(&dir).join("coupon-provisional.pdf"), &pdf).unwrap();
    }
    let words = sound(&marked.typeset().unwrap()).words();
    assert!(words.contains("Күндер алдын ала") && words.contains("Дни предварительные"), "{words}");
    let plain = sound(&real.typeset().unwrap()).words();
    assert!(!plain.contains("предварительные"));
}

#[test]
fn a_paper_out_of_history_has_the_bytes_of_the_first_print_whatever_templates_say_now() {
    let printed = protocol().sheet(Templates::shipped().unwrap()).unwrap();
    let first = printed.typeset().unwrap().pdf;
    let kept = Sheet { template: "no_longer_known".into(), version: 999, ..printed };
    assert_eq!(kept.typeset().unwrap().pdf, first);
    let newer = crate::Template {
        version: 2,
        layout: "#show: a4\nбасқа".into(),
        ..Templates::shipped().unwrap().newest("protocol").unwrap().clone()
    };
    let region = Templates::shipped().unwrap().clone().with(newer);
    let now = protocol().sheet(&region).unwrap();
    assert_eq!(now.version, 2);
    assert_ne!(now.typeset().unwrap().pdf, first);
    assert!(Paper::new(&now.typeset().unwrap().pdf).text().contains("басқа"));
}

#[test]
fn the_pictures_for_the_window_are_the_pages_of_the_file_and_carry_no_live_parts() {
    let sheet = cold_flat().sheet(Templates::shipped().unwrap()).unwrap();
    let pictures = sheet.pictures().unwrap();
    assert_eq!(pictures.len(), sheet.typeset().unwrap().pages);
    for picture in &pictures {
        assert!(picture.starts_with("<svg") && picture.contains("<path"));
        for live in ["<script", "<foreignObject", "<h5:", "href=\"http", "<text"] {
            assert!(!picture.contains(live), "{live}");
        }
    }
    assert_eq!(pictures, sheet.pictures().unwrap());
}

#[test]
fn a_narrative_of_48_kib_takes_as_many_pages_as_it_needs_and_loses_nothing() {
    let line =
        "Бүкіл кіреберісте екінші тәулік бойы жылу жоқ, во всём подъезде второй день холодно.";
    let mut essence = String::new();
    for n in 1.. {
        let next = format!("{n}-сөз. {line}\n");
        if essence.len() + next.len() > 48 * 1024 {
            break;
        }
        essence.push_str(&next);
    }
    let paper = crate::Protocol { essence: essence.clone(), ..protocol() };
    let made = super::set(&paper);
    assert!(made.pages > 5, "{} pages", made.pages);
    let read = sound(&made);
    looks_right("a long protocol", &read, made.pages);
    whole(&read, &essence);
    super::has(&read.words(), &format!("страница {} из {}", made.pages, made.pages));
}

#[test]
fn the_longest_real_words_and_no_words_at_all_keep_inside_their_places() {
    let long = "қанағаттандырылмағандықтарыңыздан человеконенавистничество";
    let endless = "Ғ".repeat(80);
    let pair = L10nPair::new(
        "Тұрғын үй-коммуналдық шаруашылық, жолаушылар көлігі және автомобиль жолдары басқармасының өкілдігі",
        "Представительство управления жилищно-коммунального хозяйства, пассажирского транспорта и автомобильных дорог",
    );
    let mut p = protocol();
    p.applicant = Entry::of(&format!("{long} {endless}"));
    p.address = Entry::of(&format!("{long}, {long}, {endless}"));
    p.represented = endless.clone();
    p.organisation = long.into();
    p.station = pair.clone();
    p.receiver.post = pair.clone();
    p.number = format!("ESK-{}", "9".repeat(36));
    let mut a = answer();
    a.station = pair.clone();
    a.applicant = format!("{long} {endless}");
    a.topic = pair.clone();
    a.signer.post = pair.clone();
    a.findings[0].text = format!("{endless} {long}");
    let mut c = advice();
    c.station = pair.clone();
    c.topic = pair.clone();
    c.applicant = Entry::of(&endless);
    let mut l = letter_with_details();
    l.station = pair.clone();
    l.details[1].value = L10nPair::new(&endless, long);
    let mut r = redirect();
    r.station = pair.clone();
    r.agency = pair.clone();
    r.part = L10nPair::new(&endless, long);
    r.ground = endless.clone();
    r.reason = format!("{long} {endless}");
    r.contact = vec![endless.clone()];
    r.applicant = Entry::Said(endless.clone());
    let mut x = extension();
    x.station = pair.clone();
    x.decision_number = endless.clone();
    x.applicant = endless.clone();
    x.signer.post = pair.clone();
    let mut g = register(3);
    g.station = pair.clone();
    g.rows[0].applicant = endless.clone();
    g.rows[0].number = format!("ESK-{}", "9".repeat(36));
    g.rows[0].topic = L10nPair::new(long, &endless);
    g.rows[0].whom = vec![pair.clone(); 3];
    let mut h = shift();
    h.taken[0] = (format!("ESK-{}", "9".repeat(36)), L10nPair::new(&endless, long));
    h.received_by = endless.clone();
    h.why = pair.clone();
    h.notes = endless.clone();
    let mut d = round();
    d.visits[0].address = endless.clone();
    d.visits[0].result = L10nPair::new(&endless, long);
    d.why = pair.clone();
    d.visits = (0..120).map(|_| d.visits[0].clone()).collect();
    for (name, made) in [
        ("redirect", super::set(&RedirectLetter(&r))),
        ("redirect notice", super::set(&RedirectNotice(&r))),
        ("extension", super::set(&ExtensionDecision(&x))),
        ("extension notice", super::set(&ExtensionNotice(&x))),
        ("register", super::set(&g)),
        ("shift", super::set(&h)),
        ("round", super::set(&d)),
        ("protocol", super::set(&p)),
        ("answer", super::set(&a)),
        ("advice", super::set(&c)),
        ("referral", super::set(&l)),
    ] {
        looks_right(name, &sound(&made), made.pages);
    }
}

#[test]
fn a_paper_that_lacks_what_it_cannot_be_without_is_refused_and_a_nameless_person_is_not() {
    let templates = Templates::shipped().unwrap();
    let mut p = protocol();
    p.essence = " \n ".into();
    assert_eq!(p.sheet(templates).unwrap_err(), LettersError::Empty("essence"));
    let mut a = answer();
    a.findings.clear();
    a.outcome = L10nPair::default();
    a.text.clear();
    assert_eq!(a.sheet(templates).unwrap_err(), LettersError::Empty("findings"));
    a.private = true;
    a.applicant.clear();
    a.topic = L10nPair::default();
    let made = super::set(&a);
    let read = sound(&made);
    super::has(&read.words(), "О результате скажем вам лично.");
    looks_right("a private answer", &read, made.pages);
    let mut c = advice();
    c.advice.clear();
    assert_eq!(c.sheet(templates).unwrap_err(), LettersError::Empty("advice"));
    assert_eq!(
        Templates::default().newest("advice").map(|t| t.version),
        None,
        "an empty set has no paper"
    );
    assert_eq!(advice().sheet(&Templates::default()).unwrap_err().code(), "template_broken");
}

#[test]
fn what_is_kept_in_the_card_is_named_as_kept_and_not_printed() {
    let words = sound(&super::set(&bare_protocol())).words();
    super::has(&words, "хранится в карточке, на бумаге не печатается");
    super::has(&words, "картада сақталған, қағазға басылмайды");
    assert!(!words.contains("Әуезов"));
    let logged = format!("{:?}", protocol().sheet(Templates::shipped().unwrap()).unwrap());
    assert!(logged.contains("protocol") && !logged.contains("Әуезов"), "{logged}");
}

#[test]
fn a_register_of_many_pages_has_every_number_and_says_nothing_of_restricted_cases() {
    let made = super::set(&register(120));
    assert!(made.pages > 3);
    let read = sound(&made);
    looks_right("a long register", &read, made.pages);
    let words = read.words();
    for n in 1..=120 {
        super::has(&words, &format!("ESK-07-2026-{n} "));
    }
    assert_eq!(words.matches("Қабылданды Принято").count(), made.pages, "a head on every page");
    let mut one = register(1);
    one.rows[0].restricted = true;
    let words = sound(&super::set(&one)).words();
    super::has(&words, "жабық шеңбер · закрытый круг");
    for secret in ["Жүнісбекова", "Жылу жоқ", "шаруашылық"] {
        assert!(!words.contains(secret), "{secret}");
    }
    let none = super::set(&register(0));
    super::has(&sound(&none).words(), "За этот период обращений не было.");
    looks_right("an empty register", &sound(&none), none.pages);
}

#[test]
fn a_shift_sheet_never_says_that_all_arrived_without_proof_and_a_decision_is_reasoned() {
    let templates = Templates::shipped().unwrap();
    let mut s = shift();
    s.why = L10nPair::default();
    assert_eq!(s.sheet(templates).unwrap_err(), LettersError::Empty("why"));
    s.unsent = 0;
    super::has(&sound(&super::set(&s)).words(), "Дошло всё. Подтверждение: 1 204 · 9f3ac11d.");
    s.proof.clear();
    assert_eq!(s.sheet(templates).unwrap_err(), LettersError::Empty("proof"));
    let mut d = round();
    d.why = L10nPair::default();
    assert_eq!(d.sheet(templates).unwrap_err(), LettersError::Empty("why"));
    d.unsent = 0;
    super::has(&sound(&super::set(&d)).words(), "Дошло всё. Подтверждение: 1 311 · 0c77be52.");
    d.proof.clear();
    assert_eq!(d.sheet(templates).unwrap_err(), LettersError::Empty("proof"));
    let mut x = extension();
    x.reason = " ".into();
    assert_eq!(ExtensionDecision(&x).sheet(templates).unwrap_err(), LettersError::Empty("reason"));
    let mut r = redirect();
    r.ground.clear();
    assert_eq!(RedirectNotice(&r).sheet(templates).unwrap_err(), LettersError::Empty("ground"));
}
