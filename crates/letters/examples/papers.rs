//! Writes one coupon and one covering letter into a folder, to be looked at:
//! `cargo run -p esik-letters --example papers -- DIR`. Prints how long the first and the second coupon took.

use std::{error::Error, path::PathBuf, time::Instant};

use chrono::{DateTime, NaiveDate, Utc};
use esik_letters::{Coupon, L10nPair, Promise, ReferralLetter, coupon, referral_letter};

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(std::env::args().nth(1).ok_or("which folder?")?);
    let at: DateTime<Utc> = "2026-11-22T09:05:17Z".parse()?;
    let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).ok_or("no such day");
    let heat = L10nPair::new("Жылу жүйелері мекемесі", "Предприятие тепловых сетей");
    let mut c = Coupon {
        number: "ESK-07-2026-431".into(),
        code: "K7QH4M2X".into(),
        secret: "MZXW6YTBOI2DGNRTGQ3TQOJQGE".into(),
        opened_at: at,
        station: L10nPair::new(
            "Көкшетау қаласы, №7 учаскелік полиция пункті",
            "Город Кокшетау, участковый пункт полиции № 7",
        ),
        receiver_name: "Сейтқали А. Б.".into(),
        receiver_post: L10nPair::new("фронт-офис инспекторы", "инспектор фронт-офиса"),
        promises: vec![
            Promise { what: heat.clone(), until: day(27)? },
            Promise {
                what: L10nPair::new(
                    "Учаскелік инспектор үйге келеді",
                    "Участковый инспектор придёт домой",
                ),
                until: day(24)?,
            },
        ],
        ask_at: vec!["8 (7162) 00-00-00".into()],
    };
    for run in ["first", "second"] {
        let began = Instant::now();
        std::fs::write(dir.join("coupon.pdf"), coupon(&c)?)?;
        println!("{run} coupon: {} ms", began.elapsed().as_millis());
        c.code = "M2XK7QH4".into();
    }
    let long = Promise {
        what: L10nPair::new(
            "Тұрғын үй-коммуналдық шаруашылық, жолаушылар көлігі және автомобиль жолдары бөлімі",
            "Отдел жилищно-коммунального хозяйства, пассажирского транспорта и автомобильных дорог",
        ),
        until: day(30)?,
    };
    let many = Coupon { promises: vec![long; 4], ..c.clone() };
    std::fs::write(dir.join("coupon-many.pdf"), coupon(&many)?)?;
    let none = Coupon { promises: Vec::new(), ask_at: Vec::new(), ..c.clone() };
    std::fs::write(dir.join("coupon-none.pdf"), coupon(&none)?)?;
    let letter = ReferralLetter {
        number: c.number,
        sent_at: at,
        station: c.station,
        agency: heat,
        text: L10nPair::new(
            "Көппәтерлі үйдің бүкіл кіреберісінде екінші тәулік бойы жылу жоқ. Пәтерде емшектегі бала бар, адамдар газ плитасымен жылынып отыр.\nЖылуды қалпына келтіріп, үйге диспетчер жіберуіңізді сұраймыз.",
            "Второй день холодные батареи во всём подъезде. В квартире грудной ребёнок, греются газовой плитой.\nПросим восстановить отопление и направить в дом диспетчера.",
        ),
        until: day(27)?,
        contact: c.ask_at,
        signer_name: c.receiver_name,
        signer_post: c.receiver_post,
    };
    std::fs::write(dir.join("referral.pdf"), referral_letter(&letter)?)?;
    Ok(())
}
