//! Folding: letters of three alphabets to one plain Cyrillic key.

use unicode_normalization::UnicodeNormalization;

use super::{is_invisible, is_word_char, normalize_input};

/// Folds every word of a text, leaving what stands between them: composed and lower case, ё→е, ә→а, қ→к,
/// ғ→г, ң→н, ө→о, ұ ү→у, һ→х, і→и; Latin look-alikes inside Cyrillic words repaired; words wholly in Latin
/// letters transliterated. й stays й.
///
/// ```
/// use esik_domain::text::fold;
/// assert_eq!(fold("Нұрлан"), "нурлан");
/// assert_eq!(fold("Nurlan"), fold("Нурлан"));
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let text = normalize_input(text);
    let mut folded = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        if first.is_alphanumeric() {
            let len = rest.find(|c| !is_word_char(c)).unwrap_or(rest.len());
            let (word, tail) = rest.split_at(len);
            folded.push_str(&fold_word(word));
            rest = tail;
        } else {
            folded.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    folded
}

/// Folds one word; the result holds letters and digits only.
pub(super) fn fold_word(word: &str) -> String {
    // Nearly every word is made of letters that are their own composed form.
    let composed: String = if word.chars().all(|c| c.is_ascii_alphanumeric() || is_cyrillic(c)) {
        word.to_owned()
    } else {
        word.chars().filter(|c| !is_invisible(*c) && *c != '\u{200d}').nfc().collect()
    };
    let cyrillic = composed.chars().any(is_cyrillic);
    let latin = composed.chars().any(is_latin);
    let digits = composed.bytes().any(|byte| byte.is_ascii_digit());
    if latin && !cyrillic && !digits {
        return plain(&transliterate(&composed.to_lowercase()));
    }
    if latin {
        // A Cyrillic word with a Latin letter in it, or a car plate: whoever typed it saw the shape.
        let repaired: String = composed.chars().map(|c| look_alike(c).unwrap_or(c)).collect();
        let lower = repaired.to_lowercase();
        return plain(&if lower.chars().any(is_latin) { transliterate(&lower) } else { lower });
    }
    plain(&composed.to_lowercase())
}

/// The sound of a folded word with what people hear differently taken out: й, ы and и are one, soft signs
/// and doubled letters go, я is иа. Айгүл, Айгуль, Aigul and Aygul share one skeleton.
#[must_use]
pub fn skeleton(folded: &str) -> String {
    let mut bones = String::with_capacity(folded.len());
    let mut last = None;
    let mut push = |c: char| {
        if last != Some(c) || c.is_ascii_digit() {
            bones.push(c);
            last = Some(c);
        }
    };
    for c in folded.chars() {
        match c {
            'ь' | 'ъ' => {}
            'й' | 'ы' => push('и'),
            'э' => push('е'),
            'щ' => push('ш'),
            'я' => ['и', 'а'].into_iter().for_each(&mut push),
            'ю' => ['и', 'у'].into_iter().for_each(&mut push),
            c => push(c),
        }
    }
    bones
}

pub(super) fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

pub(super) fn is_latin(c: char) -> bool {
    c.is_alphabetic()
        && (c.is_ascii() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{259}' | '\u{1e00}'..='\u{1eff}'))
}

/// The Cyrillic letter that looks like this Latin one.
fn look_alike(c: char) -> Option<char> {
    Some(match c {
        'A' => 'А',
        'B' => 'В',
        'C' => 'С',
        'E' => 'Е',
        'H' => 'Н',
        'I' => 'І',
        'K' => 'К',
        'M' => 'М',
        'O' => 'О',
        'P' => 'Р',
        'T' => 'Т',
        'X' => 'Х',
        'Y' => 'У',
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'h' => 'һ',
        'i' => 'і',
        'k' => 'к',
        'o' => 'о',
        'p' => 'р',
        'x' => 'х',
        'y' => 'у',
        'ə' | 'ä' => 'ә',
        'ö' => 'ө',
        'ï' => 'и',
        'ë' => 'ё',
        _ => return None,
    })
}

/// Lower-case letters to the plain key; whatever is neither letter nor digit goes.
fn plain(lower: &str) -> String {
    lower
        .chars()
        .filter_map(|c| {
            Some(match c {
                'ё' | 'є' | 'ѐ' => 'е',
                'ә' => 'а',
                'қ' | 'ҡ' => 'к',
                'ғ' | 'ґ' => 'г',
                'ң' => 'н',
                'ө' => 'о',
                'ұ' | 'ү' | 'ў' | 'ӯ' => 'у',
                'һ' | 'ҳ' => 'х',
                'і' | 'ї' | 'ѝ' | 'ӣ' => 'и',
                'җ' => 'ж',
                'ҷ' => 'ч',
                c if c.is_alphanumeric() => c,
                _ => return None,
            })
        })
        .collect()
}

/// Several letters for one sound, longest first. English, passport and 2021 Kazakh Latin spellings meet here.
const SEVERAL: &[(&str, &str)] = &[
    ("shch", "щ"),
    ("iya", "ия"),
    ("zh", "ж"),
    ("kh", "х"),
    ("gh", "г"),
    ("sh", "ш"),
    ("ch", "ч"),
    ("ts", "ц"),
    ("ph", "ф"),
    ("ck", "к"),
    ("yu", "ю"),
    ("ya", "я"),
    ("yo", "е"),
    ("ye", "е"),
];

/// A lower-case Latin word to Cyrillic letters; other letters stay.
fn transliterate(lower: &str) -> String {
    let mut out = String::with_capacity(lower.len() * 2);
    let mut rest = lower;
    let mut after_vowel = false;
    while let Some(c) = rest.chars().next() {
        if let Some((latin, cyrillic)) = SEVERAL.iter().find(|(latin, _)| rest.starts_with(latin)) {
            out.push_str(cyrillic);
            after_vowel = latin.ends_with(['a', 'o', 'u', 'e']);
            rest = rest.get(latin.len()..).unwrap_or_default();
            continue;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        let softens = rest.starts_with(['e', 'i', 'y']);
        let vowel_next = rest.starts_with(['a', 'e', 'i', 'o', 'u', 'y']);
        match letter(c, after_vowel, softens, vowel_next) {
            Some(letter) => out.push(letter),
            // An accented letter outside the table: its base decides, the accent goes.
            None => out.extend(
                c.nfd()
                    .filter(|part| part.is_alphanumeric())
                    .map(|base| letter(base, after_vowel, softens, vowel_next).unwrap_or(base)),
            ),
        }
        after_vowel =
            matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'ä' | 'ə' | 'ö' | 'ü' | 'ū' | 'ı');
    }
    out
}

fn letter(c: char, after_vowel: bool, softens: bool, vowel_next: bool) -> Option<char> {
    Some(match c {
        'a' | 'ä' | 'ə' | 'á' => 'а',
        'b' => 'б',
        'c' if softens => 'с',
        'c' | 'k' | 'q' => 'к',
        'd' => 'д',
        'e' => 'е',
        'f' => 'ф',
        'g' | 'ğ' | 'ǵ' => 'г',
        'h' | 'x' => 'х',
        'i' if after_vowel && !vowel_next => 'й',
        'i' | 'ı' if c == 'i' => 'и',
        'ı' => 'ы',
        'j' => 'ж',
        'l' => 'л',
        'm' => 'м',
        'n' | 'ñ' | 'ń' | 'ŋ' => 'н',
        'o' | 'ö' | 'ó' => 'о',
        'p' => 'п',
        'r' => 'р',
        's' => 'с',
        'ş' | 'š' => 'ш',
        't' => 'т',
        'u' | 'ū' | 'ü' | 'ú' | 'w' => 'у',
        'v' => 'в',
        'y' if after_vowel => 'й',
        'y' => 'ы',
        'z' => 'з',
        _ => return None,
    })
}
