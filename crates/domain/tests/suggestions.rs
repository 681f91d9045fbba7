//! Measures the suggestions on labelled texts and holds the examples the product promises.
#![expect(clippy::panic, reason = "tests")]

use std::collections::BTreeMap;

use esik_domain::catalog::Catalog;
use esik_domain::suggest::{
    AgencyWhy, FlagRoute, History, MAX_TEXT, PastCategory, PastRoute, Suggestion, red_flag_codes,
    suggest,
};
use proptest::prelude::*;

struct Labelled {
    lang: &'static str,
    expected: Vec<&'static str>,
    flags: Vec<&'static str>,
    text: &'static str,
}

fn read(table: &'static str) -> Vec<Labelled> {
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    rows.map(|line| {
        let cells: Vec<_> = line.split('\t').collect();
        let [lang, expected, flags, text] = cells[..] else { panic!("not four cells: {line}") };
        let list =
            |cell: &'static str, by: char| cell.split(by).filter(|item| *item != "-").collect();
        Labelled { lang, expected: list(expected, '|'), flags: list(flags, ','), text }
    })
    .collect()
}

fn of(text: &str) -> Suggestion {
    suggest(Catalog::shipped(), text, &History::default())
}

fn flags(got: &Suggestion) -> Vec<&str> {
    got.red_flags.iter().map(|flag| flag.code.as_str()).collect()
}

/// Share of texts whose category is first, among the first three, and whose red flags are all raised.
fn measure(name: &str, texts: &[Labelled]) -> (f64, f64, f64) {
    let mut by_lang: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    let (mut raised, mut wanted) = (0, 0);
    for text in texts {
        let got = of(text.text);
        let place =
            got.categories.iter().position(|hit| text.expected.contains(&hit.code.as_str()));
        let counts = by_lang.entry(text.lang).or_default();
        counts.0 += 1;
        counts.1 += usize::from(place == Some(0));
        counts.2 += usize::from(place.is_some_and(|place| place < 3));
        let missing: Vec<_> =
            text.flags.iter().filter(|flag| !flags(&got).contains(flag)).collect();
        wanted += text.flags.len();
        raised += text.flags.len() - missing.len();
        if place != Some(0) || !missing.is_empty() {
            let told: Vec<_> = got
                .categories
                .iter()
                .take(3)
                .map(|hit| {
                    let words: Vec<_> = hit.why.iter().map(|why| why.word.as_str()).collect();
                    format!("{} {:.2} {}", hit.code, hit.score, words.join("+"))
                })
                .collect();
            println!(
                "{} {:?} not raised {missing:?}: {told:?} <- {}",
                text.lang, text.expected, text.text
            );
        }
    }
    let sum = by_lang.values().fold((0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
    let share = |part: usize, all: usize| 100.0 * part as f64 / all.max(1) as f64;
    for (lang, (all, first, three)) in &by_lang {
        println!(
            "{name} {lang}: {all} texts, top-1 {:.1} %, top-3 {:.1} %",
            share(*first, *all),
            share(*three, *all)
        );
    }
    let result = (share(sum.1, sum.0), share(sum.2, sum.0), share(raised, wanted));
    println!(
        "{name} all: {} texts, top-1 {:.1} %, top-3 {:.1} %, red flags {:.1} % of {wanted}",
        sum.0, result.0, result.1, result.2
    );
    result
}

/// The lexicon was widened with these texts in hand, so the floor is near what is reached (99.6, 100, 100 %).
#[test]
fn labelled_texts_find_their_category() {
    let (first, three, raised) = measure("texts", &read(include_str!("data/texts.tsv")));
    assert!(first >= 96.0 && three >= 98.5 && raised >= 98.0, "{first:.1} {three:.1} {raised:.1}");
}

/// These texts were written after the lexicon and never used to change it: they tell what words nobody
/// thought of may expect (83.6, 87.7, 100 % when first measured).
#[test]
fn unseen_texts_mostly_find_their_category() {
    let (first, three, raised) = measure("unseen", &read(include_str!("data/texts-unseen.tsv")));
    assert!(first >= 78.0 && three >= 83.0 && raised >= 94.0, "{first:.1} {three:.1} {raised:.1}");
}

#[test]
fn frozen_texts_find_their_category() {
    measure("frozen", &read(include_str!("data/texts-frozen.tsv")));
}

#[test]
fn every_category_has_a_text_in_each_language() {
    let texts = read(include_str!("data/texts.tsv"));
    assert!(texts.len() >= 150);
    for category in Catalog::shipped().categories().iter().filter(|category| category.level == 2) {
        for lang in ["ru", "kk"] {
            let some = texts
                .iter()
                .any(|text| text.lang == lang && text.expected.contains(&category.code.as_str()));
            assert!(some, "{} {lang}", category.code);
        }
    }
}

#[test]
fn the_examples_the_product_promises() {
    for (text, category, agency) in [
        ("Второй день нет отопления, дома грудной ребёнок", "ZKH-01", "E-HEA"),
        ("Екі күннен бері жылу жоқ, үй суық, сәби бар", "ZKH-01", "E-HEA"),
        ("Меня избил муж", "FAM-01", "P-DUTY"),
        ("күйеуім ұрды", "FAM-01", "P-DUTY"),
        ("где получить справку о несудимости", "DOC-04", "E-CON"),
        ("справка қайдан алам", "DOC-04", "E-CON"),
    ] {
        let got = of(text);
        assert_eq!(got.categories[0].code, category, "{text}");
        assert_eq!(
            (got.agencies[0].code.as_str(), got.agencies[0].why),
            (agency, AgencyWhy::Primary),
            "{text}"
        );
        assert!(!got.categories[0].why.is_empty(), "{text}");
        assert!(
            got.categories.len() <= 5
                && got.categories.iter().all(|hit| (0.0..=1.0).contains(&hit.score))
        );
    }
    let violence = of("Меня избил муж");
    let flag = &violence.red_flags[0];
    assert_eq!((flag.code.as_str(), flag.route), ("violence", FlagRoute::Register));
    assert_eq!(flag.words[0].word, "избил");
    assert_eq!(flags(&of("Второй день нет отопления, дома грудной ребёнок")), ["baby", "child"]);
}

#[test]
fn a_gas_stove_for_warmth_asks_about_carbon_monoxide() {
    for text in ["Отопления нет, греемся газовой плитой", "жылу жоқ, газ плитамен жылынып отырмыз"]
    {
        assert_eq!(of(text).red_flags[0].code, "co_stove", "{text}");
        assert_eq!(of(text).red_flags[0].route, FlagRoute::Emergency);
    }
    assert!(!flags(&of("Купил газовую плиту, магазин не меняет")).contains(&"co_stove"));
}

#[test]
fn emergencies_come_before_all_else() {
    let got = of("Муж избил, в квартире пахнет газом, бабушка не встаёт, участковый нагрубил");
    let routes: Vec<_> = got.red_flags.iter().map(|flag| flag.route).collect();
    use FlagRoute::{ClosedCircle, Emergency, Register, Vulnerability};
    assert_eq!(routes, [Emergency, Register, ClosedCircle, Vulnerability]);
}

#[test]
fn every_kind_of_flag_can_be_raised_in_both_languages() {
    let examples = [
        ("gas", "Пахнет газом", "Газ иісі шығып тұр"),
        ("co_stove", "Греемся газовой плитой", "Плитамен жылынып отырмыз"),
        ("fire", "Пожар у соседей", "Көршіден өрт шықты"),
        ("suicide", "Сказала, что не хочет жить", "Өлгім келеді дейді"),
        ("weapon", "Бегает с ножом", "Пышақпен жүгіріп жүр"),
        ("child_danger", "За стеной бьют ребёнка", "Көрші баласын ұрады"),
        ("missing", "Пропал муж", "Әкем жоғалды, үйге қайтпады"),
        ("violence", "Меня ударили", "Мені ұрды"),
        ("sexual_violence", "Её изнасиловали", "Қызды зорлады"),
        ("threat", "Он мне угрожает", "Мені қорқытып жүр"),
        ("afraid_home", "Боюсь идти домой", "Үйге барудан қорқамын"),
        ("captivity", "Отобрали паспорт и не пускают", "Паспортымды тартып алды"),
        ("theft", "Украли телефон", "Телефонымды ұрлап кетті"),
        ("fraud", "Обманули на деньги мошенники", "Алаяқтар ақшамды алды"),
        ("road_victim", "Сбила машина", "Баланы машина қағып кетті"),
        ("bribe", "Просит взятку", "Пара сұрады"),
        ("officer", "Полицейский меня оскорбил", "Учаскелікке шағымым бар"),
        ("baby", "Дома младенец", "Үйде сәби бар"),
        ("child", "У меня дети", "Балаларым бар"),
        ("elderly", "Бабушке плохо", "Әжем ауырып жатыр"),
        ("disability", "Я инвалид", "Мүгедекпін"),
        ("pregnant", "Я беременна", "Жүктімін"),
        ("no_home", "Негде ночевать", "Қонатын жерім жоқ"),
        ("language", "Нужен переводчик", "Аудармашы керек"),
    ];
    for (code, ru, kk) in examples {
        assert!(flags(&of(ru)).contains(&code), "{code}: {ru}");
        assert!(flags(&of(kk)).contains(&code), "{code}: {kk}");
    }
    let all: Vec<_> = red_flag_codes().map(|(code, _)| code).collect();
    assert_eq!(
        all,
        examples.map(|(code, ..)| code),
        "a flag without an example, or in another order"
    );
}

#[test]
fn what_did_not_happen_raises_no_flag() {
    for text in
        ["Муж меня не бил", "Мне никто не угрожал", "ешкім ұрған жоқ", "Он не избивал детей"]
    {
        let raised = of(text);
        assert!(
            !flags(&raised)
                .iter()
                .any(|flag| ["violence", "threat", "child_danger"].contains(flag)),
            "{text}: {:?}",
            flags(&raised)
        );
    }
    // But a "not" somewhere else in the sentence hides nothing.
    assert!(flags(&of("Не знаю, что делать, муж избил")).contains(&"violence"));
}

#[test]
fn ordinary_troubles_raise_no_alarm() {
    for text in [
        "Прошу прочистить дорогу от снега",
        "Қоқысты шығармай жатыр",
        "Как получить паспорт через десять дней",
        "Пришёл штраф с камеры",
        "Лифт істемейді",
        "Благодарю за помощь",
        "Через пару минут отключат свет",
    ] {
        assert_eq!(flags(&of(text)), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn words_are_told_where_javascript_and_rust_find_them() {
    let text = "😀 Ертең емес, бүгін: жылу жоқ";
    let got = of(text);
    let hit = &got.categories[0];
    let words: Vec<_> = hit.why.iter().map(|why| why.word.as_str()).collect();
    assert_eq!(words, ["жылу", "жоқ"]);
    let units: Vec<u16> = text.encode_utf16().collect();
    for why in &hit.why {
        assert_eq!(&text[why.start..why.end], why.word);
        assert_eq!(String::from_utf16(&units[why.start_utf16..why.end_utf16]).unwrap(), why.word);
    }
}

#[test]
fn the_practice_of_the_station_speaks_but_does_not_shout() {
    let route = |agency: &str, accepted, rejected| PastRoute {
        category: "ZKH-01".into(),
        agency: agency.into(),
        accepted,
        rejected,
    };
    let with = |routes: Vec<PastRoute>| {
        let history = History { routes, categories: Vec::new() };
        let got = suggest(Catalog::shipped(), "нет отопления", &history);
        got.agencies.iter().map(|hit| (hit.code.clone(), hit.why)).collect::<Vec<_>>()
    };
    let plain = with(Vec::new());
    assert_eq!(
        plain.iter().map(|hit| hit.0.as_str()).collect::<Vec<_>>(),
        ["E-HEA", "E-ZKH", "E-OSI"]
    );
    let joined = with(vec![route("E-AKM", 4, 1), route("E-KRM", 2, 0), route("E-NONE", 9, 0)]);
    assert_eq!(joined[3], ("E-AKM".to_owned(), AgencyWhy::History));
    assert_eq!(joined.len(), 4, "two acceptances are no practice, and an unknown body is none");
    let bounced = with(vec![route("E-HEA", 1, 5)]);
    assert_eq!(
        bounced.last().map(|hit| hit.0.as_str()),
        Some("E-HEA"),
        "it keeps sending these back"
    );
}

#[test]
fn what_the_station_often_meets_only_breaks_near_ties() {
    let text = "Көршім үйде тыныштық бермейді, балалар алаңы сынған";
    let plain = of(text);
    let second = plain.categories[1].code.clone();
    let close = plain.categories[1].score / plain.categories[0].score;
    let history = History {
        routes: Vec::new(),
        categories: vec![PastCategory { category: second.clone(), count: 90 }],
    };
    let nudged = suggest(Catalog::shipped(), text, &history);
    assert_eq!(nudged.categories[0].code == second, close > 0.95, "{close}");
    let unrelated = History {
        routes: Vec::new(),
        categories: vec![PastCategory { category: "TRF-02".into(), count: 900 }],
    };
    assert_eq!(suggest(Catalog::shipped(), text, &unrelated), plain);
}

#[test]
fn an_empty_or_foreign_text_suggests_nothing() {
    for text in ["", "   ", "?!", "你好", "lorem ipsum dolor"] {
        assert_eq!(of(text), Suggestion::default(), "{text}");
    }
    let empty = Catalog::default();
    assert_eq!(suggest(&empty, "нет отопления", &History::default()).categories, []);
}

#[test]
fn only_the_beginning_of_a_very_long_text_is_read() {
    let filler = "слово ".repeat(MAX_TEXT / "слово ".len() + 1);
    let late = format!("{filler}нет отопления");
    assert_eq!(of(&late).categories, []);
    let early = format!("нет отопления {filler}");
    assert_eq!(of(&early).categories[0].code, "ZKH-01");
}

#[test]
fn history_may_be_partly_missing_in_json() {
    assert_eq!(serde_json::from_str::<History>("{}").unwrap(), History::default());
    let got = of("нет отопления, муж избил");
    let text = serde_json::to_string(&got).unwrap();
    assert_eq!(serde_json::from_str::<Suggestion>(&text).unwrap(), got);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        of(&text);
    }

    #[test]
    fn no_mix_of_its_own_words_makes_it_panic(words in prop::collection::vec(
        prop::sample::select(vec!["не", "нет", "жоқ", "муж", "избил", "күйеуім", "ұрды", "газом", "пахнет", "жылу", "отопления", "бала", "справка", "\u{301}", "😀", ",", "үй", "12а"]),
        0..60,
    ), glue in prop::sample::select(vec![" ", "", "-", "\u{a0}"])) {
        let text = words.join(glue);
        let got = of(&text);
        for why in got.categories.iter().flat_map(|hit| &hit.why).chain(got.red_flags.iter().flat_map(|hit| &hit.words)) {
            prop_assert_eq!(&text[why.start..why.end], why.word.as_str());
        }
        // The same text, the same answer.
        prop_assert_eq!(of(&text), got);
    }
}
