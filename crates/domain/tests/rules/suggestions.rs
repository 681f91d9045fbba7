//! Measures the suggestions on labelled texts and holds the examples the product promises.

use std::collections::BTreeMap;

use esik_domain::catalog::Catalog;
use esik_domain::suggest::{
    AgencyHit, AgencyWhy, FlagRoute, History, MAX_TEXT, PastCase, PastCategory, PastRoute,
    Suggestion, Territory, bodies, red_flag_codes, suggest,
};
use esik_domain::text::tokens;
use proptest::prelude::*;

/// Learnt from.
const LEARNT: &str = include_str!("../../data/texts.tsv");
const PHRASES: &str = include_str!("../../data/phrases.tsv");
/// Held out: written before or beside the training texts and never used for them.
const FROZEN: &str = include_str!("../data/texts-frozen.tsv");
const UNSEEN: &str = include_str!("../data/texts-unseen.tsv");
const SECOND: &str = include_str!("../data/texts-second.tsv");
const THIRD: &str = include_str!("../data/texts-third.tsv");
const FOURTH: &str = include_str!("../data/texts-fourth.tsv");
const FIFTH: &str = include_str!("../data/texts-fifth.tsv");
/// By a hand that had seen none of our texts.
const SIXTH: &str = include_str!("../data/texts-sixth.tsv");
/// Held out too, but the features and weights were chosen on these: they tell less than the others.
const TUNED: &str = include_str!("../data/texts-tuned.tsv");

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

/// What came of one set of texts, in per cent.
#[derive(Default, Clone, Copy)]
struct Tally {
    all: usize,
    first: usize,
    three: usize,
}

impl Tally {
    fn add(&mut self, place: Option<usize>) {
        self.all += 1;
        self.first += usize::from(place == Some(0));
        self.three += usize::from(place.is_some_and(|place| place < 3));
    }

    fn shares(self) -> (f64, f64) {
        (percent(self.first, self.all), percent(self.three, self.all))
    }
}

fn percent(part: usize, all: usize) -> f64 {
    100.0 * part as f64 / all.max(1) as f64
}

/// Tells how often the expected category is first and among the first three, by language and beside what
/// always naming the commonest category would reach; then all the languages as one, which it returns with the
/// shares of Kazakh.
fn measure(name: &str, texts: &[Labelled]) -> [(f64, f64); 2] {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for text in texts {
        let got = of(text.text);
        let expected = |code: &str| text.expected.contains(&code);
        let place = got.categories.iter().position(|hit| expected(&hit.code));
        for row in [text.lang, "~all"] {
            tallies.entry(row).or_default().add(place);
        }
        if place != Some(0) && std::env::var_os("TELL").is_some() {
            let told: Vec<_> = got
                .categories
                .iter()
                .take(3)
                .map(|hit| {
                    let words: Vec<_> = hit.why.iter().map(|why| why.word.as_str()).collect();
                    format!("{} {:.2} {}", hit.code, hit.score, words.join("+"))
                })
                .collect();
            println!("{} {:?}: {told:?} <- {}", text.lang, text.expected, text.text);
        }
    }
    for (lang, tally) in &tallies {
        let (first, three) = tally.shares();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for text in texts.iter().filter(|text| *lang == "~all" || text.lang == *lang) {
            *counts.entry(text.expected[0]).or_default() += 1;
        }
        let commonest = percent(counts.values().copied().max().unwrap_or(0), tally.all);
        println!(
            "{name:<9} {:<6} {:>4} texts  top-1 {first:5.1} %  top-3 {three:5.1} %  commonest {commonest:4.1} %",
            lang.trim_start_matches('~'),
            tally.all
        );
    }
    ["~all", "kk"].map(|row| tallies[row].shares())
}

/// Nobody tunes on these texts, so they tell what words nobody thought of may expect. The floors stand a little
/// below what was measured (`docs/measurements.md`).
#[test]
fn texts_never_learnt_from_find_their_category() {
    let [(first, three), (first_kk, three_kk)] = measure("frozen", &read(FROZEN));
    assert!(first >= 92.0 && three >= 96.0, "{first:.1} {three:.1}");
    assert!(first_kk >= 92.0 && three_kk >= 95.0, "{first_kk:.1} {three_kk:.1}");
    let [(first, three), _] = measure("unseen", &read(UNSEEN));
    assert!(first >= 91.0 && three >= 97.0, "{first:.1} {three:.1}");
}

#[test]
fn texts_written_after_the_model_find_their_category() {
    let [(first, three), (first_kk, three_kk)] = measure("second", &read(SECOND));
    assert!(first >= 72.0 && three >= 86.0, "{first:.1} {three:.1}");
    assert!(first_kk >= 70.0 && three_kk >= 88.0, "{first_kk:.1} {three_kk:.1}");
}

#[test]
fn texts_told_at_the_desk_find_their_category() {
    let [(first, three), (first_kk, three_kk)] = measure("third", &read(THIRD));
    assert!(first >= 92.0 && three >= 96.0, "{first:.1} {three:.1}");
    assert!(first_kk >= 92.0 && three_kk >= 96.0, "{first_kk:.1} {three_kk:.1}");
}

#[test]
fn texts_of_many_kinds_of_people_find_their_category() {
    let [(first, three), (first_kk, three_kk)] = measure("fourth", &read(FOURTH));
    assert!(first >= 90.0 && three >= 95.0, "{first:.1} {three:.1}");
    assert!(first_kk >= 90.0 && three_kk >= 95.0, "{first_kk:.1} {three_kk:.1}");
}

#[test]
fn sideways_stories_and_long_messages_find_their_category() {
    let [(first, three), (first_kk, three_kk)] = measure("fifth", &read(FIFTH));
    assert!(first >= 90.0 && three >= 95.5, "{first:.1} {three:.1}");
    assert!(first_kk >= 92.0 && three_kk >= 96.0, "{first_kk:.1} {three_kk:.1}");
}

#[test]
fn texts_of_another_hand_find_their_category() {
    let [(first, three), (first_kk, three_kk)] = measure("sixth", &read(SIXTH));
    assert!(first >= 91.0 && three >= 96.0, "{first:.1} {three:.1}");
    assert!(first_kk >= 91.0 && three_kk >= 96.0, "{first_kk:.1} {three_kk:.1}");
}

#[test]
fn texts_tuned_on_find_their_category() {
    let [(first, three), _] = measure("tuned on", &read(TUNED));
    assert!(first >= 90.0 && three >= 96.0, "{first:.1} {three:.1}");
}

#[test]
fn texts_learnt_from_are_remembered() {
    let [(first, three), _] = measure("learnt", &read(LEARNT));
    assert!(first >= 98.0 && three >= 99.0, "{first:.1} {three:.1}");
}

/// A held-out text that shares a turn of phrase with what was learnt from would measure memory.
#[test]
fn held_out_texts_share_no_run_of_words_with_what_is_learnt() {
    const RUN: usize = 4;
    let runs = |text: &str| {
        let words: Vec<String> = tokens(text).into_iter().map(|token| token.folded).collect();
        words.windows(RUN).map(|run| run.join(" ")).collect::<Vec<_>>()
    };
    let mut learnt: BTreeMap<String, &str> = BTreeMap::new();
    let hints = include_str!("../../data/categories.tsv").split(['\t', '\n']);
    let terms = include_str!("../../data/lexicon.tsv").split(['\t', '\n', '|']);
    let said = PHRASES.split(['\t', '\n', '|']).chain(hints).chain(terms);
    for text in said.chain(read(LEARNT).iter().map(|text| text.text)) {
        learnt.extend(runs(text).into_iter().map(|run| (run, text)));
    }
    let held_out =
        [FROZEN, UNSEEN, SECOND, THIRD, FOURTH, FIFTH, SIXTH, TUNED].into_iter().flat_map(read);
    let shared: Vec<_> = held_out
        .flat_map(|text| runs(text.text))
        .filter_map(|run| learnt.get(&run).map(|from| format!("{run} <- {from}")))
        .collect();
    assert!(shared.is_empty(), "{shared:#?}");
}

/// Flags are of use only when those that matter are raised: the share of those a table asks for.
fn raised(name: &str, texts: &[Labelled]) -> f64 {
    let (mut raised, mut wanted) = (0, 0);
    for text in texts {
        let got = of(text.text);
        let missing: Vec<_> = text
            .flags
            .iter()
            .filter(|one| !one.split('|').any(|flag| flags(&got).contains(&flag)))
            .collect();
        wanted += text.flags.len();
        raised += text.flags.len() - missing.len();
        if !missing.is_empty() && std::env::var_os("TELL").is_some() {
            println!("not raised {missing:?} <- {}", text.text);
        }
    }
    println!("{name:<9} red flags {:5.1} % of {wanted}", percent(raised, wanted));
    percent(raised, wanted)
}

/// Alarms on texts that speak of no crime, danger, bribe or officer: an alarm that cries wolf is not heard.
fn false_alarms(name: &str, texts: &[Labelled]) -> f64 {
    let calm = |code: &&str| {
        let category = Catalog::shipped().category(code);
        let group = category.and_then(|category| category.parent.as_deref());
        // In these two an alarm is often right: somebody was hurt, a child is alone.
        !["TRF-01", "CHD-02"].contains(code)
            && group.is_some_and(|group| !["CRM", "FAM", "EMG", "GOV"].contains(&group))
    };
    let (mut all, mut alarms) = (0, 0);
    for text in texts.iter().filter(|text| text.flags.is_empty() && text.expected.iter().all(calm))
    {
        let got = of(text.text);
        let alarm: Vec<_> = got
            .red_flags
            .iter()
            .filter(|flag| flag.route != FlagRoute::Vulnerability && flag.code != "gas")
            .map(|flag| {
                let words: Vec<_> = flag.words.iter().map(|why| why.word.as_str()).collect();
                format!("{} {}", flag.code, words.join("+"))
            })
            .collect();
        all += 1;
        alarms += usize::from(!alarm.is_empty());
        if !alarm.is_empty() && std::env::var_os("TELL").is_some() {
            println!("alarm {alarm:?} <- {}", text.text);
        }
    }
    println!("{name:<9} alarms on {:4.1} % of {all} calm texts", percent(alarms, all));
    percent(alarms, all)
}

#[test]
fn red_flags_are_raised_and_seldom_in_vain() {
    assert!(raised("learnt", &read(LEARNT)) >= 98.0);
    assert!(raised("unseen", &read(UNSEEN)) >= 94.0);
    assert!(raised("frozen", &read(FROZEN)) >= 90.0);
    assert!(raised("fourth", &read(FOURTH)) >= 78.0);
    assert!(raised("fifth", &read(FIFTH)) >= 90.0);
    assert!(false_alarms("learnt", &read(LEARNT)) <= 6.0);
    assert!(false_alarms("frozen", &read(FROZEN)) <= 8.0);
    assert!(false_alarms("fourth", &read(FOURTH)) <= 8.0);
    assert!(false_alarms("fifth", &read(FIFTH)) <= 13.0);
}

#[test]
fn every_category_has_a_text_in_each_language() {
    let texts = read(FROZEN);
    assert!(texts.len() + read(UNSEEN).len() >= 500);
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

/// Stems of danger meet innocent words: each of these alarmed once.
#[test]
fn innocent_words_that_resemble_danger_raise_no_alarm() {
    for text in [
        "Дорога нашего города разбита",
        "Просим повесить расписание на остановке",
        "С целью ремонта закрыли целый тротуар",
        "Проезд для пожарной машины заставлен",
        "Мест в автобусе нет, спереди не пройти",
        "Во дворе развелось много мышей",
        "Пыталась дозвониться до управляющей компании",
    ] {
        let got = of(text);
        let alarm = got.red_flags.iter().find(|flag| flag.route != FlagRoute::Vulnerability);
        assert_eq!(alarm, None, "{text}");
    }
    for (text, code) in
        [("Дом горит", "fire"), ("Он хочет повеситься", "suicide"), ("Пишет, что убьёт", "threat")]
    {
        assert!(flags(&of(text)).contains(&code), "{text}");
    }
}

/// One trouble draws the other after it: what was told first stays among the first three.
#[test]
fn of_three_troubles_the_one_told_first_is_not_lost() {
    for (text, first) in [
        (
            "Три месяца не платят зарплату. Накопился долг за коммуналку. Детям уже есть нечего… Не знаю, с чего и начать.",
            "LAB-01",
        ),
        (
            "Үш айдан бері жалақы бермейді. Коммуналдық қарыз жиналды. Балаларға тамақ та таусылды… Қайсысынан бастарымды білмеймін.",
            "LAB-01",
        ),
    ] {
        let got = of(text);
        let told: Vec<_> = got.categories.iter().take(2).map(|hit| hit.code.as_str()).collect();
        assert!(told.contains(&first), "{told:?}");
    }
}

/// To whom one wrote is not what one wrote about: the body named in every complaint once drowned the trouble.
#[test]
fn the_body_that_does_not_answer_is_not_the_trouble() {
    for (text, code) in [
        ("Ямы у дома всё больше, почему управляющая компания их не засыпает", "BLG-04"),
        ("Лампочек на лестнице нет, КСК не шевелится", "ZKH-07"),
        ("Батареи холодные, УК на заявки не реагирует", "ZKH-01"),
        ("Подъезд жуылмайды, КСК-ға айттық, үндемейді", "ZKH-07"),
        ("Председатель КСК не отчитывается о взносах", "ZKH-09"),
    ] {
        assert_eq!(of(text).categories[0].code, code, "{text}");
    }
}

/// Told sideways: none of these words names the trouble, all of them stand in its scene.
#[test]
fn words_of_the_scene_lead_to_the_trouble_nobody_names() {
    for (text, code) in [
        ("Внук в варежках пишет, плед на плечах, пуховик не снимаем", "ZKH-01"),
        ("Қолғап киіп, көрпе жамылып, шапанмен отырмыз", "ZKH-01"),
        ("Намордника нет, поводка нет, икра зашита", "BLG-06"),
    ] {
        let got = of(text);
        assert_eq!(got.categories[0].code, code, "{text}: {:?}", got.categories);
    }
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
        let history = History { routes, ..History::default() };
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
fn a_body_stands_where_its_own_acts_and_its_territory_put_it() {
    let route = |agency: &str, accepted, rejected| PastRoute {
        category: "ZKH-08".into(),
        agency: agency.into(),
        accepted,
        rejected,
    };
    let ranked = |routes: Vec<PastRoute>, addressed| {
        let history = History { routes, ..History::default() };
        bodies(Catalog::shipped(), "ZKH-08", &history, addressed)
    };
    let codes = |hits: &[AgencyHit]| hits.iter().map(|h| h.code.clone()).collect::<Vec<_>>();
    assert_eq!(codes(&ranked(Vec::new(), true)), ["E-KRM", "E-HEA", "E-WAT", "E-ELE"]);
    // Sent back twice: behind all the others, and it is said. Once is no habit.
    let twice = ranked(vec![route("E-KRM", 0, 2)], true);
    assert_eq!(codes(&twice), ["E-HEA", "E-WAT", "E-ELE", "E-KRM"]);
    assert!(twice[3].returns && twice[3].rejected == 2);
    let once = ranked(vec![route("E-KRM", 0, 1), route("E-WAT", 3, 0)], true);
    assert_eq!(codes(&once), ["E-KRM", "E-WAT", "E-HEA", "E-ELE"], "who accepts comes first");
    assert!(!once[0].returns && once[1].accepted == 3);
    let rather = ranked(vec![route("E-KRM", 9, 2)], true);
    assert_eq!(codes(&rather)[0], "E-KRM", "two of eleven are no habit");
    // The body of a building is found by its address; a region is further than the city.
    let lift =
        |addressed| codes(&bodies(Catalog::shipped(), "ZKH-03", &History::default(), addressed));
    assert_eq!(lift(true), ["E-WAT", "E-OSI", "E-HIN"]);
    assert_eq!(lift(false), ["E-WAT", "E-HIN", "E-OSI"]);
    assert_eq!(ranked(Vec::new(), true)[0].territory, Some(Territory::Region));
    assert_eq!(bodies(Catalog::shipped(), "NO-01", &History::default(), true), []);
}

#[test]
fn what_the_station_often_meets_only_breaks_near_ties() {
    let order =
        |got: &Suggestion| got.categories.iter().map(|hit| hit.code.clone()).collect::<Vec<_>>();
    let often = |code: &str| History {
        categories: vec![PastCategory { category: code.to_owned(), count: 90 }],
        ..History::default()
    };
    let mut flips = [0, 0];
    for text in read(FROZEN) {
        let plain = of(text.text);
        let [first, second, ..] = plain.categories.as_slice() else { continue };
        if first.score < 0.2 {
            // Hardly known at all: a nudge may turn it into “no idea”.
            continue;
        }
        let nudged = suggest(Catalog::shipped(), text.text, &often(&second.code));
        let flipped = nudged.categories[0].code == second.code;
        assert_eq!(flipped, second.score / first.score > 0.819, "{}", text.text);
        flips[usize::from(flipped)] += 1;
        let unrelated = if plain.categories.iter().all(|hit| hit.code != "TRF-03") {
            often("TRF-03")
        } else {
            often("DOC-05")
        };
        let got = suggest(Catalog::shipped(), text.text, &unrelated);
        assert_eq!(order(&got)[..2], order(&plain)[..2], "{}", text.text);
    }
    assert!(flips[0] > 20 && flips[1] > 0, "{flips:?}");
}

/// A word of this town alone: nothing shipped knows the Sparrow, this station has corrected it.
#[test]
fn what_the_station_corrected_is_remembered_and_told() {
    let text = "Опять у Воробьихи на Кирпичке";
    let case =
        |category: &str, title: &str| PastCase { category: category.into(), title: title.into() };
    let with = |cases: Vec<PastCase>| {
        suggest(Catalog::shipped(), text, &History { cases, ..History::default() })
    };
    assert_ne!(of(text).categories.first().map(|hit| hit.code.as_str()), Some("ORD-02"));
    let corrected: Vec<_> = [
        "Шум у Воробьихи на Кирпичке",
        "Воробьиха, Кирпичка, гости",
        "У Воробьихи на Кирпичке пьют",
    ]
    .iter()
    .map(|title| case("ORD-02", title))
    .collect();
    let got = with(corrected.clone());
    assert_eq!((got.categories[0].code.as_str(), got.categories[0].similar), ("ORD-02", 3));
    assert!(got.categories[1..].iter().all(|hit| hit.similar == 0));
    // Unlike cases say nothing, however many.
    let unlike = vec![case("ORD-02", "Нет воды в доме третий день"); 50];
    assert_eq!(with(unlike), of(text));
    // And a plain text is not overruled by one odd case.
    let plain = "Второй день нет отопления, батареи холодные";
    let odd = History { cases: vec![case("GOV-04", plain)], ..History::default() };
    let got = suggest(Catalog::shipped(), plain, &odd);
    assert_eq!(got.categories[0].code, "ZKH-01");
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
    let filler = "12345 ".repeat(MAX_TEXT / "12345 ".len() + 1);
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
    let mut read = serde_json::from_str::<Suggestion>(&text).unwrap();
    // A number read back from JSON may differ in its last bit; everything else is the same.
    for (back, kept) in read.categories.iter_mut().zip(&got.categories) {
        assert!((back.score - kept.score).abs() < 1e-12);
        back.score = kept.score;
    }
    assert_eq!(read, got);
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
