//! Stems: Snowball's Russian, and a suffix table from the grammar of Kazakh, for which no stemmer exists.

use frostem::{Algorithm, Stemmer};

/// The likeliest stem of a folded word: Kazakh when it ends as only Kazakh words do, else Russian.
#[must_use]
pub fn stem(folded: &str) -> String {
    if !has_russian_only_letter(folded) && strip(folded, STRONG, &[]).len() < folded.len() {
        // A strong ending may uncover a weak one: көшесінен → көшесі → көше.
        return strip(folded, STRONG, WEAK).to_owned();
    }
    stem_ru(folded)
}

/// The stem of a folded word taken as Russian. Words with digits stay as they are.
#[must_use]
pub fn stem_ru(folded: &str) -> String {
    if folded.bytes().any(|byte| byte.is_ascii_digit()) {
        return folded.to_owned();
    }
    Stemmer::new(Algorithm::Russian).stem(folded).into_owned()
}

/// The stem of a folded word taken as Kazakh: plural, possessive and case endings go while at least three
/// letters with a vowel remain and the ending's first sound agrees with the sound before it.
#[must_use]
pub fn stem_kk(folded: &str) -> String {
    if folded.bytes().any(|byte| byte.is_ascii_digit()) || has_russian_only_letter(folded) {
        return folded.to_owned();
    }
    strip(folded, STRONG, WEAK).to_owned()
}

/// Letters that stand only in Russian words and loans that keep their spelling.
fn has_russian_only_letter(folded: &str) -> bool {
    folded.contains(['ь', 'ъ', 'щ'])
}

/// What the sound before an ending must be (Kazakh consonant agreement; letters are folded ones).
#[derive(Clone, Copy, PartialEq)]
enum After {
    /// Anything.
    Any,
    /// A vowel.
    Vowel,
    /// A voiceless consonant, or б в г д, which endings treat alike.
    Voiceless,
    /// A vowel, р, й or у.
    Open,
    /// л, м, н, ң, ж, з.
    Sonant,
    /// Any voiced consonant or a vowel.
    Voiced,
    /// м or н.
    Nasal,
    /// A vowel or м, н.
    VowelOrNasal,
    /// A voiced consonant that is not nasal: ж з й л р у.
    VoicedOral,
    /// A consonant.
    Consonant,
}

impl After {
    fn allows(self, before: char) -> bool {
        let vowel = is_vowel(before);
        let voiceless = matches!(
            before,
            'к' | 'п' | 'т' | 'с' | 'ш' | 'ч' | 'ф' | 'х' | 'ц' | 'б' | 'в' | 'г' | 'д'
        );
        match self {
            After::Any => true,
            After::Vowel => vowel,
            After::Voiceless => voiceless,
            After::Open => vowel || matches!(before, 'р' | 'й' | 'у'),
            After::Sonant => matches!(before, 'л' | 'м' | 'н' | 'ж' | 'з'),
            After::Voiced => !voiceless,
            After::Nasal => matches!(before, 'м' | 'н'),
            After::VowelOrNasal => vowel || matches!(before, 'м' | 'н'),
            After::VoicedOral => matches!(before, 'ж' | 'з' | 'й' | 'л' | 'р' | 'у'),
            After::Consonant => !vowel,
        }
    }
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'а' | 'е' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я')
}

/// Endings no plain Russian word agrees with: plural, genitive, ablative, instrumental, "of ours".
const STRONG: &[(&str, After)] = &[
    ("лар", After::Open),
    ("лер", After::Open),
    ("дар", After::Sonant),
    ("дер", After::Sonant),
    ("тар", After::Voiceless),
    ("тер", After::Voiceless),
    ("лары", After::Open),
    ("лери", After::Open),
    ("дары", After::Sonant),
    ("дери", After::Sonant),
    ("тары", After::Voiceless),
    ("тери", After::Voiceless),
    ("ларды", After::Open),
    ("лерди", After::Open),
    ("дарды", After::Sonant),
    ("дерди", After::Sonant),
    ("тарды", After::Voiceless),
    ("терди", After::Voiceless),
    ("ларын", After::Open),
    ("лерин", After::Open),
    ("дарын", After::Sonant),
    ("дерин", After::Sonant),
    ("тарын", After::Voiceless),
    ("терин", After::Voiceless),
    ("ларга", After::Open),
    ("лерге", After::Open),
    ("дарга", After::Sonant),
    ("дерге", After::Sonant),
    ("тарга", After::Voiceless),
    ("терге", After::Voiceless),
    ("ларда", After::Open),
    ("лерде", After::Open),
    ("дарда", After::Sonant),
    ("дерде", After::Sonant),
    ("тарда", After::Voiceless),
    ("терде", After::Voiceless),
    ("нын", After::VowelOrNasal),
    ("нин", After::VowelOrNasal),
    ("дын", After::VoicedOral),
    ("дин", After::VoicedOral),
    ("тын", After::Voiceless),
    ("тин", After::Voiceless),
    ("дан", After::VoicedOral),
    ("ден", After::VoicedOral),
    ("тан", After::Voiceless),
    ("тен", After::Voiceless),
    ("нан", After::Nasal),
    ("нен", After::Nasal),
    ("мыз", After::Any),
    ("миз", After::Any),
    ("ныз", After::Vowel),
    ("низ", After::Vowel),
    ("пен", After::Voiceless),
    ("мен", After::Open),
    ("бен", After::Sonant),
    ("дагы", After::Voiced),
    ("деги", After::Voiced),
    ("тагы", After::Voiceless),
    ("теги", After::Voiceless),
];

/// Every ending, tried longest first; a Russian word may lose its tail to these, so [`stem`] does not begin here.
const WEAK: &[(&str, After)] = &[
    ("ында", After::Consonant),
    ("инде", After::Consonant),
    ("ынан", After::Consonant),
    ("инен", After::Consonant),
    ("ына", After::Consonant),
    ("ине", After::Consonant),
    ("сына", After::Vowel),
    ("сине", After::Vowel),
    ("сында", After::Vowel),
    ("синде", After::Vowel),
    ("сынан", After::Vowel),
    ("синен", After::Vowel),
    ("сы", After::Vowel),
    ("си", After::Vowel),
    ("сын", After::Vowel),
    ("син", After::Vowel),
    ("дан", After::Vowel),
    ("ден", After::Vowel),
    ("ым", After::Consonant),
    ("им", After::Consonant),
    ("ын", After::Consonant),
    ("ин", After::Consonant),
    ("ыма", After::Consonant),
    ("име", After::Consonant),
    ("да", After::Voiced),
    ("де", After::Voiced),
    ("та", After::Voiceless),
    ("те", After::Voiceless),
    ("га", After::Voiced),
    ("ге", After::Voiced),
    ("ка", After::Voiceless),
    ("ке", After::Voiceless),
    ("ды", After::VoicedOral),
    ("ди", After::VoicedOral),
    ("ты", After::Voiceless),
    ("ти", After::Voiceless),
    ("ны", After::VowelOrNasal),
    ("ни", After::VowelOrNasal),
    ("ы", After::Consonant),
    ("и", After::Consonant),
];

/// Takes endings off the right end, longest first, at most four of them.
fn strip<'a>(word: &'a str, strong: &[(&str, After)], weak: &[(&str, After)]) -> &'a str {
    let mut stem = word;
    for _ in 0..4 {
        let cut = strong
            .iter()
            .chain(weak)
            .filter_map(|(ending, after)| {
                let rest = stem.strip_suffix(ending)?;
                let before = rest.chars().next_back()?;
                let long_enough = rest.chars().count() >= 3 && rest.chars().any(is_vowel);
                (long_enough && after.allows(before)).then_some(rest)
            })
            .min_by_key(|rest| rest.len());
        match cut {
            Some(rest) => stem = rest,
            None => break,
        }
    }
    stem
}
