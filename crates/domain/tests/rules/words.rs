//! Folding, stems, layouts and names: every way people write one word must meet.

use esik_domain::catalog::Lang;
use esik_domain::name::{PersonName, query_key, sort_key};
use esik_domain::text::{
    Terms, fold, normalize_input, query_words, search_terms, skeleton, stem, stem_kk, stem_ru,
    tokens, wrong_layout,
};
use proptest::prelude::*;

#[test]
fn input_is_cleaned_without_changing_what_it_says() {
    for (typed, clean) in [
        ("и\u{306}од", "йод"),
        ("е\u{308}лка", "ёлка"),
        ("кв.\u{a0}12\u{202f}а", "кв. 12 а"),
        ("бір\r\nекі\rүш", "бір\nекі\nүш"),
        ("таб\tқалады", "таб\tқалады"),
        ("ну\u{0}ль\u{7}", "нуль"),
        ("пере\u{ad}нос\u{200b}", "перенос"),
        ("\u{feff}\u{202e}тест\u{202c}", "тест"),
        ("👨\u{200d}👩", "👨\u{200d}👩"),
    ] {
        assert_eq!(normalize_input(typed), clean, "{typed:?}");
    }
}

#[test]
fn kazakh_russian_and_latin_spellings_fold_to_one() {
    for group in [
        &["Нұрлан", "Нурлан", "Nurlan", "НҰРЛАН", "nurlan"][..],
        &["Қайрат", "Кайрат", "Kairat", "Qairat", "Kayrat"],
        &["Әсем", "Асем", "Asem", "Äsem", "Əсем"],
        &["Көкшетау", "Кокшетау", "Kokshetau", "Kökşetau"],
        &["жылу", "jylu", "zhylu"],
        &["ёлка", "елка", "yolka"],
        &["шағым", "шагым", "shagym", "şağym"],
        &["Ахметов", "Akhmetov", "Ahmetov"],
        &["избил", "izbil"],
    ] {
        for word in group {
            assert_eq!(fold(word), fold(group[0]), "{word}");
        }
    }
    assert_eq!(fold("мой чай"), "мой чай", "й stays й");
    assert_eq!(fold("мо\u{438}\u{306} ча\u{438}\u{306}"), "мой чай");
    assert_eq!(fold("Һәм ІҢКӘР"), "хам инкар");
}

#[test]
fn latin_look_alikes_inside_cyrillic_words_are_repaired() {
    // Latin c, o, a, e, p, x, H, K typed by mistake.
    assert_eq!(fold("cнeг"), "снег");
    assert_eq!(fold("oтoплeние"), "отопление");
    assert_eq!(fold("Hұрлан"), "нурлан");
    assert_eq!(fold("пpoпuска").chars().next(), Some('п'));
    // A car plate is one whichever keyboard it was typed on.
    assert_eq!(fold("123ABC03"), fold("123АВС03"));
}

#[test]
fn words_know_where_they_stand() {
    let text = "😀 Екі к\u{fc}н, жылу жоқ; үй-і суы\u{ad}қ!";
    let words: Vec<_> = tokens(text)
        .iter()
        .map(|token| (&text[token.start..token.end], token.folded.clone()))
        .collect();
    let folded: Vec<_> = words.iter().map(|(_, folded)| folded.as_str()).collect();
    assert_eq!(folded, ["еки", "кун", "жылу", "жок", "уй", "и", "суык"]);
    assert_eq!(words[6].0, "суы\u{ad}қ");
}

#[test]
fn russian_words_share_a_stem() {
    for group in [
        &["отопление", "отопления", "отоплению"][..],
        &["справка", "справку", "справки", "справок"][..3],
        &["квартира", "квартире", "квартиры"],
        &["мусор", "мусора", "мусором"],
    ] {
        for word in group {
            assert_eq!(stem(&fold(word)), stem(&fold(group[0])), "{word}");
        }
    }
}

#[test]
fn kazakh_words_share_a_stem() {
    for group in [
        &[
            "көше",
            "көшеде",
            "көшеге",
            "көшеден",
            "көшені",
            "көшенің",
            "көшелер",
            "көшелерде",
            "көшесі",
            "көшесінде",
            "көшемен",
        ][..],
        &["аула", "аулада", "ауланың", "аулалар", "ауласы"],
        &["шатыр", "шатырдан", "шатырдың", "шатырлар", "шатырға", "шатыры"],
        &["көлік", "көліктер", "көліктің", "көлікті", "көлікке", "көліктен", "көлікпен"],
        &["мектеп", "мектепте", "мектептер", "мектептен", "мектепке"],
        &["қала", "қалада", "қалаға", "қаланың", "қаладағы"],
        &["бала", "балалар", "балаларға", "баланың", "балалары"],
    ] {
        for word in group {
            assert_eq!(stem_kk(&fold(word)), stem_kk(&fold(group[0])), "{word}");
        }
    }
    // Too short to lose anything.
    for word in ["су", "үй", "жол", "қар", "сот"] {
        assert_eq!(stem_kk(&fold(word)), fold(word));
    }
}

#[test]
fn kazakh_endings_do_not_cut_russian_words() {
    for word in [
        "доллар",
        "капитан",
        "карантин",
        "магазин",
        "партнер",
        "бухгалтер",
        "принтер",
        "один",
        "мусор",
        "площадь",
        "лидер",
    ] {
        assert_eq!(stem(&fold(word)), stem_ru(&fold(word)), "{word}");
    }
}

#[test]
fn numbers_stay_as_they_are() {
    for number in ["12а", "2026", "abc123"] {
        let folded = fold(number);
        assert_eq!((stem(&folded), stem_kk(&folded)), (folded.clone(), folded));
    }
}

#[test]
fn a_wrong_layout_is_put_right() {
    for (typed, meant) in [
        ("ghbdtn", "привет"),
        ("jnjgktybt", "отопление"),
        ("ytn djls", "нет воды"),
        ("cghfdrf", "справка"),
        ("pfzdktybt", "заявление"),
        ("Rjritnfe", "Кокшетау"),
        (";ske ;j0", "жылу жоқ"),
        ("жылу жо0", "жылу жоқ"),
        ("е3 к8н", "е3 күн"),
        ("0айда", "қайда"),
        ("к-ше", "көше"),
    ] {
        assert_eq!(wrong_layout(typed).as_deref(), Some(meant), "{typed}");
    }
}

#[test]
fn good_text_is_left_alone() {
    for typed in [
        "привет",
        "нет отопления",
        "жылу жоқ",
        "Nurlan",
        "Kokshetau",
        "Akhmetov",
        "egov",
        "kaspi",
        "whatsapp",
        "samsung",
        "olx",
        "дом 12а",
        "кв. 5б",
        "ул. Абая 10",
        "как-то",
        "Нур-Султан",
        "тел. 25-25-25",
        "ESK-014-2026-123",
        "2-й этаж",
        "",
        "123",
        "ОСИ-2",
    ] {
        assert_eq!(wrong_layout(typed), None, "{typed}");
    }
}

#[test]
fn a_query_meets_the_document_it_means() {
    let document = search_terms(
        "Нұрлан Ахметов, Көкшетау, Абай көшесі 12а: екі күннен бері отопление жоқ, справка керек. Айгүл",
    );
    let terms: Vec<_> = document.split(' ').collect();
    for query in [
        "нурлан",
        "Nurlan",
        "Nūrlan",
        "Нұрлан",
        "ахметов",
        "Akhmetov",
        "кокшетау",
        "Kokshetau",
        "Rjritnfe",
        "көшеде",
        "коше",
        "отопления",
        "отоплению",
        "jnjgktybt",
        "күнде",
        "кун",
        "справки",
        "справку",
        "cghfdrf",
        "12а",
        "Айгуль",
        "Aigul",
        "Aygul",
        "абая",
    ] {
        let words = query_words(query);
        let met = words.iter().all(|forms| forms.iter().any(|form| terms.contains(&form.as_str())));
        assert!(met, "{query}: {words:?} not in {terms:?}");
    }
    for query in ["армтов", "электричество", "жарық", "Астана"] {
        let words = query_words(query);
        let met = words.iter().all(|forms| forms.iter().any(|form| terms.contains(&form.as_str())));
        assert!(!met, "{query} should not be found");
    }
}

#[test]
fn index_terms_stand_once() {
    let terms = search_terms("вода вода воды Вода");
    let mut list: Vec<_> = terms.split(' ').collect();
    let all = list.len();
    list.sort_unstable();
    list.dedup();
    assert_eq!(list.len(), all);
    assert_eq!(search_terms("  …  "), "");
}

fn name(line: &str) -> (String, String, String) {
    let name = PersonName::parse(line).unwrap();
    (name.surname, name.given, name.patronymic.unwrap_or_default())
}

#[test]
fn names_are_read_in_whatever_order_they_are_said() {
    for (line, surname, given, patronymic) in [
        ("Ахметов Нурлан Болатович", "Ахметов", "Нурлан", "Болатович"),
        ("Нурлан Болатович Ахметов", "Ахметов", "Нурлан", "Болатович"),
        ("Нурлан Болатович", "", "Нурлан", "Болатович"),
        ("Нурлан Ахметов", "Ахметов", "Нурлан", ""),
        ("Ахметов Нурлан", "Ахметов", "Нурлан", ""),
        ("Ахметова Айгуль Сериковна", "Ахметова", "Айгуль", "Сериковна"),
        ("Серік Айгүл Болатқызы", "Серік", "Айгүл", "Болатқызы"),
        ("Серік Айгүл Болат қызы", "Серік", "Айгүл", "Болатқызы"),
        ("Айгүл Болатқызы Серік", "Серік", "Айгүл", "Болатқызы"),
        ("Әлиева Әлия", "Әлиева", "Әлия", ""),
        ("Қуат Серік", "Қуат", "Серік", ""),
        ("АХМЕТОВ НҰРЛАН БОЛАТҰЛЫ", "Ахметов", "Нұрлан", "Болатұлы"),
        ("ахметов нұрлан", "Ахметов", "Нұрлан", ""),
        ("Ким, Ольга", "Ким", "Ольга", ""),
        ("Петрова-Водкина Анна Ильинична", "Петрова-Водкина", "Анна", "Ильинична"),
        ("МакДональд Джон", "МакДональд", "Джон", ""),
        ("Гусейнов Али Вагиф оглы", "Гусейнов", "Али", "Вагиф оглы"),
        ("Нурлан", "", "Нурлан", ""),
        ("Ахметов", "Ахметов", "", ""),
        ("Марина Иванова", "Иванова", "Марина", ""),
        ("Smith John", "Smith", "John", ""),
    ] {
        assert_eq!(name(line), (surname.into(), given.into(), patronymic.into()), "{line}");
    }
    assert_eq!(PersonName::parse("  12 , "), None);
}

#[test]
fn one_person_has_one_key_however_written() {
    for group in [
        &[
            "Ахметов Нұрлан Болатұлы",
            "Ахметов Нурлан Болатович",
            "Akhmetov Nurlan Bolatuly",
            "Ахметов Нурлан Болат улы",
        ][..],
        &["Ахметова Айгүл Серікқызы", "Ахметова Айгуль Сериковна", "Akhmetova Aigul Serikkyzy"],
        &["Әлия", "Алия", "Aliya", "Aliia"],
        &["Юлия", "Yuliya", "Yulia", "Iuliia"],
        &["Сергеевич", "Сергей"],
        &["Игоревна", "Игорь"],
        &["Жанна", "Zhanna", "Жана"],
        &["Бауыржан", "Bauyrzhan", "Бауржан"][..2],
    ] {
        for line in group {
            assert_eq!(query_key(line), query_key(group[0]), "{line}");
        }
    }
    assert_ne!(query_key("Ахмет"), query_key("Ахметов"));
    assert_eq!(
        PersonName::parse("Ахметова Айгүл").unwrap().search_key(),
        query_key("Akhmetova Aigul")
    );
}

#[test]
fn names_are_shown_and_spoken_to_as_each_language_does() {
    let full = PersonName::parse("Ахметов Нурлан Болатович").unwrap();
    assert_eq!(full.display(Lang::Ru), "Ахметов Нурлан Болатович");
    assert_eq!(full.display(Lang::En), "Нурлан Болатович Ахметов");
    assert_eq!(full.initials(), "Ахметов Н. Б.");
    assert_eq!(
        (full.address(Lang::Ru).as_str(), full.address(Lang::Kk).as_str()),
        ("Нурлан Болатович", "Нурлан")
    );
    let given = PersonName::parse("Нұрлан").unwrap();
    assert_eq!((given.display(Lang::Kk).as_str(), given.initials().as_str()), ("Нұрлан", "Нұрлан"));
}

#[test]
fn names_sort_by_the_kazakh_alphabet() {
    let mut names = [
        "Яна",
        "Әлия",
        "Азат",
        "Ғани",
        "Гүлнар",
        "Қайрат",
        "Камал",
        "Ңа",
        "Нұр",
        "Өмір",
        "Олжас",
        "Іңкәр",
        "Ыбырай",
        "Ұлан",
        "Үміт",
        "Умар",
        "Һадиша",
        "Хасан",
        "Ёлка",
        "Елена",
        "Жан",
    ];
    names.sort_by_key(|name| sort_key(name));
    assert_eq!(
        names,
        [
            "Азат",
            "Әлия",
            "Гүлнар",
            "Ғани",
            "Елена",
            "Ёлка",
            "Жан",
            "Камал",
            "Қайрат",
            "Нұр",
            "Ңа",
            "Олжас",
            "Өмір",
            "Умар",
            "Ұлан",
            "Үміт",
            "Хасан",
            "Һадиша",
            "Ыбырай",
            "Іңкәр",
            "Яна"
        ]
    );
    let key = |line: &str| PersonName::parse(line).unwrap().sort_key();
    assert!(key("Ахмет Серік") < key("Ахметов Азат"), "a shorter surname goes first");
}

#[test]
fn likeness_ranks_candidates_for_a_human() {
    let of = |line: &str| PersonName::parse(line).unwrap();
    let sought = of("Ахметов Нұрлан Болатұлы");
    assert!((sought.similarity(&of("Akhmetov Nurlan Bolatovich")) - 1.0).abs() < 1e-9);
    let typo = sought.similarity(&of("Ахмедов Нурлан Болатович"));
    let brother = sought.similarity(&of("Ахметов Марат Болатович"));
    let stranger = sought.similarity(&of("Ким Ольга Петровна"));
    assert!(
        typo > 0.9 && typo > brother && brother > stranger && stranger < 0.6,
        "{typo} {brother} {stranger}"
    );
    assert_eq!(PersonName::default().similarity(&sought), 0.0);
}

proptest! {
    #[test]
    fn cleaning_and_folding_settle_at_once(text in any::<String>()) {
        let clean = normalize_input(&text);
        prop_assert_eq!(&normalize_input(&clean), &clean);
        prop_assert_eq!(fold(&clean), fold(&text));
    }

    #[test]
    fn folded_cyrillic_stays_folded(text in "[а-яёәғқңөұүһіА-ЯЁӘҒҚҢӨҰҮҺІ 0-9.,-]{0,60}") {
        let folded = fold(&text);
        prop_assert_eq!(fold(&folded), folded.clone());
        prop_assert_eq!(skeleton(&skeleton(&folded)), skeleton(&folded));
        prop_assert!(!folded.contains(['ё', 'ә', 'қ', 'ғ', 'ң', 'ө', 'ұ', 'ү', 'һ', 'і']));
    }

    #[test]
    fn words_lie_inside_the_text_in_order(text in any::<String>()) {
        let mut last = 0;
        for token in tokens(&text) {
            prop_assert!(last <= token.start && token.start < token.end && text.is_char_boundary(token.start) && text.is_char_boundary(token.end));
            prop_assert!(!token.folded.is_empty() && !token.stem.is_empty() && !token.stem_kk.is_empty());
            last = token.end;
        }
    }

    #[test]
    fn a_document_is_found_by_its_own_words(text in "[а-яәғқңөұүһіa-z]{2,12}( [а-яәғқңөұүһіa-z]{2,12}){0,4}") {
        let document = search_terms(&text);
        let terms: Vec<_> = document.split(' ').collect();
        for forms in tokens(&text).iter().map(|token| query_words(&text[token.start..token.end])) {
            prop_assert!(forms.iter().all(|forms| forms.iter().any(|form| terms.contains(&form.as_str()))), "{:?}", forms);
        }
    }

    #[test]
    fn no_line_makes_layout_or_names_panic(text in any::<String>(), keys in "[a-zа-я0-9;'\\[\\],.=-]{0,30}") {
        for line in [&text, &keys] {
            let _ = wrong_layout(line);
            if let Some(name) = PersonName::parse(line) {
                prop_assert!(!name.display(Lang::Kk).is_empty());
                let _ = (name.search_key(), name.sort_key(), name.initials(), name.similarity(&name));
            }
        }
    }
}

#[test]
fn a_text_has_the_same_terms_whatever_was_read_before_it() {
    let mut terms = Terms::default();
    for text in ["Көшедегі шам Абая 12", "на улице Абая не горит фонарь", "Абая АБАЯ абая", ""]
    {
        assert_eq!(terms.of(text), search_terms(text));
        assert_eq!(terms.of(text), search_terms(text), "again");
    }
}
