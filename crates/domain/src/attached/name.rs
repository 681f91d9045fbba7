//! Names of files: harmless to a disk, a screen and a reader, and what they give away.

use super::sniff::extensions;

/// Longest name that is kept, in characters.
const CHARS_MAX: usize = 120;

/// A file's name without folders, control and direction characters, at most 120 characters; the
/// ending stays.
#[must_use]
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|c| {
            !c.is_control()
                && !matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
                // Marks that turn the reading around make `exe.pdf` of `fdp.exe`; the rest are unseen.
                && !matches!(c, '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
                    | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                    | '\u{3164}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        })
        .collect();
    // Dots and spaces together: of `.. CON` a device's name would be left behind a space.
    let trimmed = kept.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if trimmed.is_empty() {
        return "file".to_owned();
    }
    let named = if is_device(trimmed) { format!("_{trimmed}") } else { trimmed.to_owned() };
    let trimmed = named.as_str();
    let count = trimmed.chars().count();
    if count <= CHARS_MAX {
        return trimmed.to_owned();
    }
    // The ending tells what it is; it stays.
    let tail: String = trimmed.chars().skip(count - 20).collect();
    let head: String = trimmed.chars().take(CHARS_MAX - 21).collect();
    format!("{head}…{tail}")
}

/// True for a name that Windows keeps for a device, whatever its ending: such a file can be neither
/// written nor removed there.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let numbered = |kind: &str| {
        stem.strip_prefix(kind).is_some_and(|n| {
            matches!(n, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        })
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered("COM")
        || numbered("LPT")
}

/// The name a file is opened under: a viewer goes by the ending, so the ending has to tell the truth.
#[must_use]
pub fn opened_name(name: &str, media_type: &str) -> String {
    let name = clean_name(name);
    let endings = extensions(media_type);
    let Some(first) = endings.first() else { return name };
    let fits = ending(&name).is_some_and(|e| endings.contains(&e.as_str()));
    if fits { name } else { format!("{name}.{first}") }
}

/// The ending in small letters, without its dot.
pub(super) fn ending(name: &str) -> Option<String> {
    let (stem, end) = name.rsplit_once('.')?;
    (!stem.is_empty() && !end.is_empty()).then(|| end.to_lowercase())
}

/// Beginnings of words that name an identity document in Kazakh, Russian or English, as they are
/// typed into the name of a scan.
const STEMS: &[&str] = &[
    "удостовер",
    "удост",
    "паспорт",
    "пасспорт",
    "загранпасп",
    "куәлі",
    "куали",
    "куэли",
    "төлқұжат",
    "толкужат",
    "водительск",
    "внж",
    "passport",
    "pasport",
    "udosto",
    "kualik",
    "kuelik",
    "driving licen",
    "driver licen",
    "idcard",
    "identity",
    "свидетельство о рожд",
    "туу туралы",
];
/// Words that do so only when they stand alone.
const WORDS: &[&str] = &["id", "ид", "уд", "удл", "жсн", "иин", "iin"];

/// True when the name looks like a copy of an identity document: such copies are never needed
/// (Law 94-V), so the officer has to say that it is none. Errs towards asking.
#[must_use]
pub fn looks_like_identity(name: &str) -> bool {
    let folded = name.to_lowercase();
    let stem = folded.rsplit_once('.').map_or(folded.as_str(), |(stem, _)| stem);
    let spaced: String = stem.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let joined = words.join(" ");
    let at_word = |s: &&str| joined.starts_with(*s) || joined.contains(&format!(" {s}"));
    // Phrases and longer stems also inside a word (`сканпаспорта`); short ones only at its beginning.
    STEMS.iter().any(|s| at_word(s) || (s.chars().count() >= 6 && joined.contains(s)))
        || words.iter().any(|w| {
            let bare = w.trim_end_matches(|c: char| c.is_ascii_digit());
            WORDS.contains(&bare)
        })
        // An IIN as the name of a scan: twelve digits.
        || words.iter().any(|w| w.len() == 12 && w.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_folders_and_tricks() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("C:\\Users\\a\\Жауап.pdf"), "Жауап.pdf");
        assert_eq!(clean_name("ans\u{202e}fdp.exe"), "ansfdp.exe");
        assert_eq!(clean_name("фо\u{200b}то.jpg"), "фото.jpg");
        assert_eq!(clean_name("фо\u{61c}то.jpg"), "фото.jpg");
        assert_eq!(clean_name("..."), "file");
        assert_eq!(clean_name(".. CON"), "_CON");
        assert_eq!(clean_name(" . .bashrc\u{a0}."), "bashrc");
        for name in ["CON.pdf", "nul", "Aux.tar.gz", "com1.jpg", "LPT².txt", "con .pdf"] {
            assert_eq!(clean_name(name), format!("_{name}"));
        }
        for name in ["CONTROL.pdf", "COM10.jpg", "lpt.txt", "ком1.jpg", "console"] {
            assert_eq!(clean_name(name), name);
        }
        assert_eq!(clean_name("a\r\nb.txt"), "ab.txt");
        let long = clean_name(&format!("{}.pdf", "ә".repeat(400)));
        assert!(long.ends_with(".pdf") && long.chars().count() == 120);
    }

    #[test]
    fn a_viewer_is_told_the_true_type() {
        assert_eq!(opened_name("двор.JPG", "image/jpeg"), "двор.JPG");
        assert_eq!(opened_name("двор.pdf", "image/jpeg"), "двор.pdf.jpg");
        assert_eq!(opened_name("двор", "image/png"), "двор.png");
        assert_eq!(opened_name("двор.xyz", "application/octet-stream"), "двор.xyz");
    }

    #[test]
    fn scans_of_identity_documents_are_noticed_in_three_languages() {
        for name in [
            "удостоверение.jpg",
            "Удостоверение личности Ахметов.pdf",
            "уд_личности.png",
            "копия уд.jpg",
            "жеке куәлік.pdf",
            "ЖЕКЕ КУӘЛІК (1).jpg",
            "паспорт.pdf",
            "сканпаспорта.pdf",
            "ID.jpg",
            "id-card.png",
            "ID_2.jpg",
            "passport scan.pdf",
            "төлқұжат.jpg",
            "водительские права.jpg",
            "850101300123.jpg",
            "udostoverenie.jpg",
            "туу туралы куәлік.pdf",
            "внж.pdf",
        ] {
            assert!(looks_like_identity(name), "{name}");
        }
        for name in [
            "двор.jpg",
            "IMG_20260211_101500.jpg",
            "яма у подъезда.png",
            "договор аренды.pdf",
            "video.mp4",
            "Суретте аула.jpg",
            "акт.docx",
            "вода в подвале.jpg",
            "нет отопления.pdf",
            "жауап.pdf",
            "holiday.jpg",
            "scan0001.pdf",
            "правление КСК.pdf",
            "хат.pdf",
        ] {
            assert!(!looks_like_identity(name), "{name}");
        }
    }
}
