//! Papers of one made-up case.

use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Utc};

use crate::{
    AdviceCertificate, Answer, Cell, Cited, CountedDay, CountedTerm, Coupon, Detail, Entry,
    EscalationLetter, Extension, Finding, Journal, L10nPair, OwedList, OwedRow, Promise, Protocol,
    Redirect, ReferralLetter, Register, RegisterRow, RoundSheet, ShiftSheet, Signer, TermsSheet,
    TrainingCertificate, VisitRow,
};

pub const SECRET: &str = "MZXW6YTBOI2DGNRTGQ3TQOJQGE";

pub fn at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 9, 5, 17).unwrap()
}

pub fn on(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

pub fn cold_flat() -> Coupon {
    Coupon {
        number: "ESK-07-2026-431".into(),
        code: "K7QH4M2X".into(),
        secret: SECRET.into(),
        opened_at: at(),
        station: L10nPair::new(
            "Көкшетау қалалық полиция басқармасының №7 учаскелік полиция пункті",
            "Участковый пункт полиции № 7 управления полиции города Кокшетау",
        ),
        receiver_name: "Сейтқали А. Б.".into(),
        receiver_post: L10nPair::new("фронт-офис инспекторы", "инспектор фронт-офиса"),
        promises: vec![
            Promise {
                what: L10nPair::new(
                    "Тұрғын үй-коммуналдық шаруашылық, жолаушылар көлігі және автомобиль жолдары бөлімі",
                    "Отдел жилищно-коммунального хозяйства, пассажирского транспорта и автомобильных дорог",
                ),
                until: on(11, 27),
            },
            Promise {
                what: L10nPair::new(
                    "Учаскелік инспектор үйге келеді",
                    "Участковый инспектор придёт домой",
                ),
                until: on(11, 24),
            },
        ],
        ask_at: vec!["8 (7162) 00-00-00".into()],
        status_page: None,
    }
}

pub fn heating_request() -> ReferralLetter {
    let c = cold_flat();
    ReferralLetter {
        number: c.number,
        sent_at: at(),
        station: c.station,
        agency: c.promises[0].what.clone(),
        text: L10nPair::new(
            "Көп пәтерлі үйдің бүкіл кіреберісінде екінші тәулік бойы жылу жоқ. Пәтерде емшектегі бала бар, адамдар газ плитасымен жылынып отыр.\nЖылуды қалпына келтіріп, үйге диспетчер жіберуді сұраймыз.",
            "Второй день холодные батареи во всём подъезде. В квартире грудной ребёнок, греются газовой плитой.\nПросим восстановить отопление и направить в дом диспетчера.",
        ),
        details: Vec::new(),
        until: Some(on(11, 27)),
        contact: vec!["8 (7162) 00-00-00".into(), "uchastok7@example.kz".into()],
        signer: Signer { name: c.receiver_name, post: c.receiver_post },
    }
}

/// What a person tells, in one breath.
pub const COLD: &str = "Второй день холодные батареи во всём подъезде, дома грудной ребёнок трёх месяцев.\nСоседка сверху, Әлия Төлегенқызы, говорит, что в управляющей компании не берут трубку. Просим помочь.";

pub fn protocol() -> Protocol {
    let c = cold_flat();
    Protocol {
        number: c.number,
        opened_at: at(),
        station: c.station,
        receiver: Signer { name: c.receiver_name, post: c.receiver_post },
        applicant: Entry::of("Жүнісбекова Гүлжиһан Әбдіғаппарқызы"),
        organisation: String::new(),
        represented: String::new(),
        iin: Entry::of("991231500006"),
        address: Entry::of("Көкшетау қ., Әуезов к-сі, 12-үй, 5-пәтер"),
        phone: Entry::of("+7 701 123 44 12"),
        language: L10nPair::new("орыс тілі", "русский"),
        essence: COLD.into(),
    }
}

/// The applicant said nothing about himself.
pub fn bare_protocol() -> Protocol {
    Protocol {
        applicant: Entry::Unsaid,
        iin: Entry::Unsaid,
        address: Entry::Kept,
        phone: Entry::Unsaid,
        ..protocol()
    }
}

pub fn answer() -> Answer {
    let (c, p) = (cold_flat(), protocol());
    Answer {
        number: c.number,
        made_at: Utc.with_ymd_and_hms(2026, 12, 3, 6, 0, 0).unwrap(),
        opened_at: at(),
        station: c.station,
        applicant: "Жүнісбекова Гүлжиһан Әбдіғаппарқызы".into(),
        topic: L10nPair::new("Жылу жоқ, үй суық", "Нет отопления, холодно в доме"),
        findings: vec![
            Finding {
                who: c.promises[0].what.clone(),
                on: on(11, 26),
                text: "Авария на вводе тепловой сети устранена 25 ноября в 21:40. Температура в квартирах проверена: +21 °C.\nНачисления за два дня будут пересчитаны.".into(),
            },
            Finding {
                who: L10nPair::new("Учаскелік инспектор", "Участковый инспектор"),
                on: on(11, 24),
                text: "Квартиру посетил, семье передан обогреватель.".into(),
            },
        ],
        private: false,
        outcome: L10nPair::new("Көмек көрсетілді", "Вам помогли"),
        text: "Заявительница подтвердила: тепло есть.".into(),
        cited: cited(),
        signer: p.receiver,
    }
}

pub fn advice() -> AdviceCertificate {
    let p = protocol();
    AdviceCertificate {
        number: String::new(),
        visited_at: at(),
        station: p.station,
        applicant: p.applicant,
        topic: L10nPair::new("Құжат жоғалту және қалпына келтіру", "Утрата и восстановление документов"),
        advice: "Удостоверение личности восстанавливают в ЦОНе или через eGov.\nВозьмите фото 3,5 × 4,5, если меняете внешность. Срок – от одного рабочего дня.".into(),
        cited: cited(),
        adviser: p.receiver,
    }
}

fn cited() -> Vec<Cited> {
    let card = |kk: &str, ru: &str, version, confirmed| Cited {
        title: L10nPair::new(kk, ru),
        version,
        confirmed,
    };
    vec![
        card("Газ плитасымен жылынбаңыз", "Не грейтесь газовой плитой", 1, Some(on(11, 20))),
        card("Құжатты қалпына келтіру", "Восстановление документов", 3, None),
    ]
}

pub fn training() -> TrainingCertificate {
    let p = protocol();
    TrainingCertificate {
        made_at: at(),
        station: p.station,
        officer: p.receiver.name,
        post: p.receiver.post,
        passed: vec![
            (L10nPair::new("Үй суық, сәби бар", "Холодно дома, грудной ребёнок"), 100),
            (L10nPair::new("Үйге баруға қорқады", "Боится идти домой"), 87),
        ],
    }
}

/// Received on a Sunday; the term of law ends after a holiday, was extended, and one day moved with the calendar.
pub fn terms() -> TermsSheet {
    let p = protocol();
    let day = |on: NaiveDate, number: Option<u32>, why: &str, holiday: &str| CountedDay {
        on,
        number,
        why: why.into(),
        holiday: holiday.into(),
    };
    let mut number = 0;
    let law =
        on(11, 29).iter_days().take(23).map(|date| match date.weekday().num_days_from_monday() {
            _ if date == on(12, 16) => day(date, None, "holiday", "independence_day"),
            5 | 6 => day(date, None, "weekend", ""),
            _ => {
                number += 1;
                day(date, Some(number), "working", "")
            }
        });
    let law: Vec<CountedDay> = law.collect();
    let term = |kind: &str, ground: &str, due: NaiveDate, days: Vec<CountedDay>| CountedTerm {
        kind: kind.into(),
        whom: L10nPair::default(),
        ground: ground.into(),
        due,
        calendar: "2026-3".into(),
        provisional: false,
        was: None,
        days,
    };
    TermsSheet {
        number: "ESK-07-2026-431".into(),
        opened_at: at(),
        made_at: at(),
        station: p.station,
        terms: vec![
            CountedTerm {
                whom: cold_flat().promises[0].what.clone(),
                was: Some((on(11, 24), "2026-2".into())),
                ..term(
                    "service_answer",
                    "category",
                    on(11, 23),
                    vec![
                        day(on(11, 22), None, "after_closing", ""),
                        day(on(11, 23), Some(1), "working", ""),
                    ],
                )
            },
            term("legal_answer", "appk_76", on(12, 21), law),
            CountedTerm {
                provisional: true,
                ..term("legal_answer", "extension", on(12, 28), Vec::new())
            },
        ],
        signer: p.receiver,
    }
}

pub fn letter_with_details() -> ReferralLetter {
    let detail = |field: &str, kk: &str, ru: &str| Detail {
        field: field.into(),
        value: L10nPair::new(kk, ru),
    };
    ReferralLetter {
        details: vec![
            detail("category", "Жылу жоқ, үй суық", "Нет отопления, холодно в доме"),
            detail("address", "Әуезов к-сі, 12-үй, 5-пәтер", ""),
            detail("phone", "+7 701 123 44 12", ""),
            detail("file", "яма.jpg: дыра у качелей", "яма.jpg: дыра у качелей"),
            detail("copy_of", "Қоқыс шығару операторы", "Оператор по вывозу отходов"),
            detail("something_new", "екінші кіреберіс", "второй подъезд"),
        ],
        ..heating_request()
    }
}

/// The head of the station.
fn head() -> Signer {
    Signer {
        name: "Әбдірахманов Б. Қ.".into(),
        post: L10nPair::new("бөлімше бастығы", "начальник отделения"),
    }
}

pub fn redirect() -> Redirect {
    let p = protocol();
    Redirect {
        number: p.number,
        sent_at: Utc.with_ymd_and_hms(2026, 11, 24, 6, 0, 0).unwrap(),
        opened_at: at(),
        decision_number: "112".into(),
        station: p.station,
        agency: cold_flat().promises[0].what.clone(),
        contact: vec!["Абай к-сі, 96; 8 (7162) 25-00-00".into()],
        part: L10nPair::default(),
        ground: "Закон о местном государственном управлении, статья 31".into(),
        reason: "Теплоснабжением города занимается этот отдел.".into(),
        applicant: p.applicant,
        iin: p.iin,
        address: p.address,
        phone: p.phone,
        essence: p.essence,
        signer: head(),
    }
}

pub fn extension() -> Extension {
    let p = protocol();
    Extension {
        number: p.number,
        opened_at: at(),
        decided_at: Utc.with_ymd_and_hms(2026, 12, 9, 6, 0, 0).unwrap(),
        decision_number: "118".into(),
        decision_date: on(12, 9),
        told_at: Utc.with_ymd_and_hms(2026, 12, 10, 6, 0, 0).unwrap(),
        station: p.station,
        applicant: "Жүнісбекова Гүлжиһан Әбдіғаппарқызы".into(),
        previous_due: on(12, 11),
        until: on(12, 30),
        reason: "Орган ещё не ответил на запрос о состоянии сетей.\nБез его ответа нельзя установить причину аварии.".into(),
        signer: head(),
    }
}

pub fn journal() -> Journal {
    let p = protocol();
    let line = |text: &str| Cell::Line(text.into());
    let row = |n: u32| {
        vec![
            line(&format!("ESK-07-2026-{n}")),
            Cell::Day(on(11, 2)),
            if n == 3 { Cell::Kept } else { Cell::Both(cold_flat().promises[0].what.clone()) },
            line("207-1/2026"),
            Cell::Day(on(11, 20)),
            if n.is_multiple_of(2) { Cell::Day(on(11, 19)) } else { Cell::Blank },
            Cell::Both(L10nPair::new("Жауап тексерілді", "Ответ проверен")),
        ]
    };
    Journal {
        kind: "requests",
        station: p.station,
        from: on(11, 1),
        until: on(11, 30),
        made_at: Utc.with_ymd_and_hms(2026, 12, 1, 6, 0, 0).unwrap(),
        heads: &["number", "sent", "whom", "incoming", "due", "answered", "state"],
        rows: (1..=4).map(row).collect(),
        signer: p.receiver,
    }
}

pub fn owed_list(rows: u32) -> OwedList {
    let p = protocol();
    let row = |n: u32| OwedRow {
        number: format!("ESK-07-2026-{n}"),
        sent: on(11, 2),
        incoming: if n.is_multiple_of(3) { String::new() } else { format!("207-{n}/2026") },
        topic: L10nPair::new("Жылу жоқ, үй суық", "Нет отопления, холодно в доме"),
        due: (n != 5).then(|| on(11, 10 + n)),
        late: 6_u32.saturating_sub(n),
        reminders: n % 2,
    };
    OwedList {
        station: p.station,
        agency: cold_flat().promises[0].what.clone(),
        day: on(11, 23),
        made_at: Utc.with_ymd_and_hms(2026, 11, 23, 4, 0, 0).unwrap(),
        total: rows + 2,
        late: 5,
        rows: (1..=rows).map(row).collect(),
        signer: p.receiver,
    }
}

pub fn escalation() -> EscalationLetter {
    let p = protocol();
    EscalationLetter {
        request: OwedRow {
            number: "ESK-07-2026-431".into(),
            sent: on(11, 22),
            incoming: "207/2026".into(),
            topic: L10nPair::new("Жылу жоқ, үй суық", "Нет отопления, холодно в доме"),
            due: Some(on(11, 23)),
            late: 5,
            reminders: 2,
        },
        written_on: on(11, 30),
        made_at: Utc.with_ymd_and_hms(2026, 11, 30, 6, 0, 0).unwrap(),
        station: p.station,
        to: Some(L10nPair::new("Қала әкімінің аппараты", "Аппарат акима города")),
        agency: cold_flat().promises[0].what.clone(),
        text: L10nPair::new("", "В квартире грудной ребёнок, дом без тепла вторую неделю."),
        signer: p.receiver,
    }
}

pub fn register(rows: usize) -> Register {
    let p = protocol();
    let row = |n: usize| RegisterRow {
        number: format!("ESK-07-2026-{n}"),
        received: on(11, 2),
        restricted: n % 4 == 3,
        applicant: if n.is_multiple_of(3) {
            String::new()
        } else {
            "Жүнісбекова Гүлжиһан Әбдіғаппарқызы".into()
        },
        topic: L10nPair::new("Жылу жоқ, үй суық", "Нет отопления, холодно в доме"),
        whom: vec![cold_flat().promises[0].what.clone()],
        due: n.is_multiple_of(2).then(|| on(11, 20)),
        state: crate::state_name(false, n.is_multiple_of(5).then(|| on(11, 19))).unwrap(),
    };
    Register {
        station: p.station,
        from: on(11, 1),
        until: on(11, 30),
        made_at: Utc.with_ymd_and_hms(2026, 12, 1, 6, 0, 0).unwrap(),
        rows: (1..=rows).map(row).collect(),
        signer: p.receiver,
    }
}

pub fn shift() -> ShiftSheet {
    let p = protocol();
    let topic = L10nPair::new("Жылу жоқ, үй суық", "Нет отопления, холодно в доме");
    ShiftSheet {
        station: p.station,
        from: Utc.with_ymd_and_hms(2026, 11, 22, 4, 0, 0).unwrap(),
        until: Utc.with_ymd_and_hms(2026, 11, 22, 13, 30, 0).unwrap(),
        handed_by: p.receiver,
        received_by: "Ким В. С.".into(),
        taken: vec![
            ("ESK-07-2026-431".into(), topic.clone()),
            ("ESK-07-2026-432".into(), L10nPair::new("Қар тазаланбаған", "Не убран снег")),
        ],
        promised: vec![("ESK-07-2026-418".into(), topic, on(11, 24))],
        unsent: 3,
        why: L10nPair::new("өңірмен байланыс жоқ", "нет связи с регионом"),
        proof: "1 204 · 9f3ac11d".into(),
        notes: "Позвонить заявителю по № 418 после 18:00.".into(),
    }
}

pub fn round() -> RoundSheet {
    let p = protocol();
    let visit = |h, m, address: &str, result| VisitRow {
        at: Utc.with_ymd_and_hms(2026, 11, 23, h, m, 0).unwrap(),
        address: address.into(),
        result,
    };
    RoundSheet {
        station: p.station,
        day: on(11, 23),
        made_at: Utc.with_ymd_and_hms(2026, 11, 23, 13, 10, 0).unwrap(),
        officer: p.receiver,
        visits: vec![
            visit(5, 40, "ул. Ауэзова, 12, кв. 4", L10nPair::new("Сөйлестік", "Поговорили")),
            visit(6, 5, "ул. Ауэзова, 14", L10nPair::new("Үйде ешкім жоқ", "Никого нет дома")),
        ],
        count: 2,
        results: vec![
            (L10nPair::new("Сөйлестік", "Поговорили"), 1),
            (L10nPair::new("Үйде ешкім жоқ", "Никого нет дома"), 1),
        ],
        taken: 1,
        files: 3,
        records: 9,
        unsent: 4,
        why: L10nPair::new("өңірмен байланыс жоқ", "нет связи с регионом"),
        proof: "1 311 · 0c77be52".into(),
    }
}

/// A full day of an inspector: as many visits as a long day has, with the longest names there are.
pub fn full_round() -> RoundSheet {
    let ways = [
        ("Сөйлестік", "Поговорили"),
        ("Үйде ешкім жоқ", "Никого нет дома"),
        ("Көмек керек, өтініш қабылданды", "Нужна помощь, обращение принято"),
        ("Бас тартты, есік ашпады", "Отказались, дверь не открыли"),
    ]
    .map(|(kk, ru)| L10nPair::new(kk, ru));
    let addresses = [
        "Көкшетау қ., Нұрсұлтан Назарбаев даңғылы, 12-үй, 2-кіреберіс, 148-пәтер",
        "г. Кокшетау, микрорайон Сарыарка, дом 32, корпус 4, подъезд 3, квартира 117",
        "Ақмола обл., Зеренді ауд., Қонысбай а., Шоқан Уәлиханов к-сі, 8/1-үй",
        "ул. Ауэзова, 14",
        "мкр. Васильковский, 1Б, общежитие Кокшетауского университета имени Абая Мырзахметова, комната 415",
    ];
    let visits: Vec<VisitRow> = (0u32..20)
        .map(|n| VisitRow {
            at: Utc.with_ymd_and_hms(2026, 11, 23, 4 + n * 25 / 60, n * 25 % 60, 0).unwrap(),
            address: addresses[n as usize % addresses.len()].into(),
            result: ways[n as usize % ways.len()].clone(),
        })
        .collect();
    RoundSheet {
        officer: Signer {
            name: "Нұрмұхамбетова-Әбдіғаппарова Г. Ә.".into(),
            post: L10nPair::new(
                "учаскелік полиция инспекторы, полиция аға лейтенанты",
                "участковый инспектор полиции, старший лейтенант полиции",
            ),
        },
        count: 20,
        results: ways.iter().map(|way| (way.clone(), 5)).collect(),
        taken: 5,
        files: 31,
        records: 64,
        unsent: 17,
        visits,
        ..round()
    }
}

/// A full shift of a busy station.
pub fn full_shift() -> ShiftSheet {
    let themes = [
        ("Жылу жоқ, үй суық", "Нет отопления, холодно в доме"),
        (
            "Балаға, зейнеткерге немесе мүгедектігі бар адамға күтім жасау және әлеуметтік көмек",
            "Уход за ребёнком, пенсионером или человеком с инвалидностью и социальная помощь",
        ),
        ("Қар тазаланбаған", "Не убран снег"),
        ("Көршілер түнде шулайды", "Соседи шумят ночью"),
    ]
    .map(|(kk, ru)| L10nPair::new(kk, ru));
    let long = cold_flat().promises[0].what.clone();
    let number = |n: usize| format!("ESK-07-2026-{}", 1418 + n);
    ShiftSheet {
        taken: (0..18).map(|n| (number(n), themes[n % themes.len()].clone())).collect(),
        promised: (0..14)
            .map(|n| {
                let what = if n % 3 == 0 { &long } else { &themes[n % themes.len()] };
                (number(n), what.clone(), on(11, 23 + n as u32 / 3))
            })
            .collect(),
        handed_by: full_round().officer,
        received_by: "Жүнісбекова-Сейтмағамбетова Г. Ә.".into(),
        notes: "Заявителю по № 1431 позвонить после 18:00: днём он на смене, телефон не берёт.\n\
            Әуезов к-сі, 12-үйдегі көршілерге ескерту жасалды, кешке қайта бару керек.\n\
            Ключ от шкафа с талонами – у дежурного. Принтер жуёт бумагу, подавать по листу."
            .into(),
        ..shift()
    }
}
