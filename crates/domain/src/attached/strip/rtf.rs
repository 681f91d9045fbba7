//! Rich Text Format 1.9: groups within groups, of words behind a backslash and of text. Newlines are nothing in it, so what goes
//! is overwritten with newlines where it lies.

use super::flate::Budget;
use super::within;
use std::ops::Range;

/// Groups within groups, at most: no program writes so many.
const DEEPEST: usize = 1000;
/// Destinations that a reader who does not know them passes over (`\*`), and that are needed to show the text: lists, styles,
/// fonts, pictures and shapes, fields, places that are referred to, notes and what divides them from the text.
const SHOWN: &[&[u8]] = &[
    b"annotation",
    b"atnref",
    b"atrfend",
    b"atrfstart",
    b"background",
    b"bkmkend",
    b"bkmkstart",
    b"cs",
    b"falt",
    b"fldinst",
    b"formfield",
    b"ftnsep",
    b"ftnsepc",
    b"hl",
    b"hlfr",
    b"hlinkbase",
    b"listoverridetable",
    b"listpicture",
    b"listtable",
    b"panose",
    b"pgptbl",
    b"picprop",
    b"pn",
    b"pnseclvl",
    b"pntext",
    b"pntxta",
    b"pntxtb",
    b"shpinst",
    b"shppict",
    b"tx",
    b"ts",
];
/// Destinations that every reader knows, and that tell of the document beside its text.
const BESIDE: &[&[u8]] = &[b"info", b"xmlnstbl", b"revtbl", b"nextfile", b"template"];
/// Words that tell who wrote or changed the text beside them, when, and in which session.
const TELLS: &[&[u8]] = &[
    b"charrsid",
    b"crauth",
    b"crdate",
    b"delrsid",
    b"insrsid",
    b"pararsid",
    b"revauth",
    b"revauthdel",
    b"revdttm",
    b"revdttmdel",
    b"rsid",
    b"rsidroot",
    b"sectrsid",
    b"tblrsid",
    b"styrsid",
];
/// An object of another program, whose bytes nobody can look through; and bytes that are not written as text.
const SEALED: &[&[u8]] = &[b"objdata", b"bin"];

/// A copy of the same length. `None` for a document that cannot be read to its end, or holds an object of another program.
pub(super) fn rtf(bytes: &[u8], budget: &mut Budget) -> Option<Vec<u8>> {
    bytes.starts_with(b"{\\rtf").then_some(())?;
    let mut copy = Copy { bytes, out: bytes.to_vec(), open: Vec::new(), gone: None };
    let mut at = 0;
    loop {
        at = copy.next(at, budget)?;
        if copy.open.is_empty() {
            break;
        }
    }
    // What follows is not read by anybody.
    copy.out.get_mut(at..)?.fill(b'\n');
    Some(copy.out)
}

/// A group that is open.
struct Group {
    start: usize,
    /// Nothing but its first words was read so far; and whether `\*` was among them.
    first: bool,
    starred: bool,
    /// Its text is a picture.
    picture: bool,
    /// Where that text lies.
    digits: Vec<Range<usize>>,
}

struct Copy<'a> {
    bytes: &'a [u8],
    out: Vec<u8>,
    open: Vec<Group>,
    /// How many were open when a group began that goes.
    gone: Option<usize>,
}

impl Copy<'_> {
    /// One brace, word, sign or letter; where the next begins.
    fn next(&mut self, at: usize, budget: &mut Budget) -> Option<usize> {
        match *self.bytes.get(at)? {
            b'{' => {
                (self.open.len() < DEEPEST).then_some(())?;
                if let Some(around) = self.open.last_mut() {
                    around.first = false;
                }
                let digits = Vec::new();
                self.open.push(Group {
                    start: at,
                    first: true,
                    starred: false,
                    picture: false,
                    digits,
                });
                Some(at + 1)
            }
            b'}' => {
                let group = self.open.pop()?;
                if self.gone == Some(self.open.len()) {
                    self.gone = None;
                    self.out.get_mut(group.start..=at)?.fill(b'\n');
                } else if group.picture && self.gone.is_none() {
                    self.picture(&group.digits, budget)?;
                }
                Some(at + 1)
            }
            b'\\' => self.word(at),
            b'\n' | b'\r' => Some(at + 1),
            letter => {
                let group = self.open.last_mut()?;
                group.first = false;
                if group.picture && letter != b' ' {
                    match group.digits.last_mut() {
                        Some(last) if last.end == at => last.end += 1,
                        _ => group.digits.push(at..at + 1),
                    }
                }
                Some(at + 1)
            }
        }
    }

    fn word(&mut self, at: usize) -> Option<usize> {
        let rest = self.bytes.get(at + 1..)?;
        let letters = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let group = self.open.last_mut()?;
        if letters == 0 {
            let sign = *rest.first()?;
            if sign == b'*' {
                group.starred |= group.first;
            } else {
                group.first = false;
            }
            // A letter by its number: its two digits are no text.
            let digits = if sign == b'\'' { rest.get(1..)? } else { &[] };
            return Some(
                at + 2 + digits.iter().take(2).take_while(|b| b.is_ascii_hexdigit()).count(),
            );
        }
        let (word, after) = rest.split_at_checked(letters)?;
        let minus = usize::from(after.first() == Some(&b'-'));
        let digits = after.get(minus..)?.iter().take_while(|b| b.is_ascii_digit()).count();
        let number = if digits > 0 { minus + digits } else { 0 };
        let space = usize::from(after.get(number) == Some(&b' '));
        let end = at + 1 + letters + number + space;
        if self.gone.is_none() {
            SEALED.iter().all(|sealed| *sealed != word).then_some(())?;
            if TELLS.contains(&word) {
                // Another word becomes the group's first.
                self.out.get_mut(at..end)?.fill(b'\n');
                return Some(end);
            }
            let beside = BESIDE.contains(&word);
            if beside || group.first && group.starred && !SHOWN.contains(&word) {
                // In the middle of a group it is not told what belongs to it; and never the whole document goes.
                (group.first && self.open.len() > 1).then_some(())?;
                self.gone = Some(self.open.len() - 1);
            }
        } else if word == b"bin" {
            // What is not written as text may hold braces.
            return None;
        }
        let group = self.open.last_mut()?;
        group.picture |= word == b"pict";
        group.first = false;
        Some(end)
    }

    /// A picture as it would be alone, in the same digits.
    fn picture(&mut self, digits: &[Range<usize>], budget: &mut Budget) -> Option<()> {
        let mut told = Vec::new();
        let mut half = None;
        for digit in digits.iter().cloned().flatten() {
            let value = u8::try_from(char::from(*self.bytes.get(digit)?).to_digit(16)?).ok()?;
            match half.take() {
                None => half = Some(value),
                Some(first) => told.push(first << 4 | value),
            }
        }
        half.is_none().then_some(())?;
        budget.spend(told.len())?;
        let bare = within("", &told, budget)?;
        if bare == told {
            return Some(());
        }
        let mut bare = bare.into_iter().flat_map(|b| [b >> 4, b & 15]);
        for digit in digits.iter().cloned().flatten() {
            let said = bare.next().and_then(|value| char::from_digit(u32::from(value), 16));
            *self.out.get_mut(digit)? = said.map_or(Some(b'\n'), |c| u8::try_from(c).ok())?;
        }
        // One that grew has no room.
        bare.next().is_none().then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::has;
    use super::*;
    use crate::attached::stripped;
    use proptest::prelude::*;

    const RTF: &str = "application/rtf";

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    fn photo() -> Vec<u8> {
        let exif = b"\xff\xd8\xff\xe1\0\x0fExif\0\0Aigul53".as_slice();
        [exif, b"\xff\xdb\0\x07table\xff\xda\0\x06head", b"drawn\xff\xd9"].concat()
    }

    #[test]
    fn a_letter_is_read_as_before_and_tells_nothing_else() {
        let digits = hex(&photo());
        let (one, two) = digits.split_at(31);
        let told = format!(
            "{{\\rtf1\\ansi{{\\fonttbl{{\\f0\\fnil{{\\*\\panose 02}} Times;}}}}{{\\info{{\\author Aigul}}{{\\creatim\\yr2026}}}}\
             {{\\*\\generator Aigul's words;}}{{\\*\\rsidtbl \\rsid42}}{{\\*\\userprops {{\\propname Aigul}}}}\n\
             {{\\*\\revtbl {{Unknown;}}{{Aigul;}}}}\\pard\\insrsid4242 words\\'e6 \\revauth1\\revdttm99 more\\par \
             {{\\*\\shppict{{\\pict\\jpegblip{{\\*\\blipuid a1}}\\picw9 {one}\r\n{two}}}}}\
             {{\\*\\annotation note}}{{\\*\\atnauthor Aigul}}\\{{ \\\\ last}}"
        );
        let told = [told.as_bytes(), b"\0Aigul behind"].concat();
        let bare = stripped(RTF, &told).unwrap();
        assert_eq!(bare.len(), told.len());
        for gone in ["Aigul", "2026", "4242", "rsid", "revauth", "99", "blipuid", &hex(b"Aigul")] {
            assert!(!has(&bare, gone.as_bytes()), "{gone}");
        }
        for there in [
            "\\fonttbl",
            "panose 02} Times;",
            "words\\'e6 ",
            "more\\par ",
            "\\picw9 ",
            "annotation note",
            "\\{ \\\\ last",
        ] {
            let at = |bytes: &[u8]| bytes.windows(there.len()).position(|w| w == there.as_bytes());
            assert_eq!(at(&bare), at(&told), "{there}");
            assert!(at(&bare).is_some(), "{there}");
        }
        let drawn = hex(&stripped("image/jpeg", &photo()).unwrap());
        let digits: Vec<u8> =
            bare.iter().copied().filter(|b| !matches!(b, b'\n' | b'\r')).collect();
        assert!(has(&digits, drawn.as_bytes()));
        assert_eq!(stripped(RTF, &bare).as_ref(), Some(&bare), "bare stays bare");
        for end in 0..told.len() - b"\0Aigul behind".len() {
            assert_eq!(stripped(RTF, &told[..end]), None, "cut at {end}");
        }
    }

    #[test]
    fn what_cannot_be_looked_through_is_not_given() {
        for (told, given) in [
            ("{\\rtf1 words}", true),
            ("{\\rtf1{\\object{\\*\\objclass Package}{\\result as it looks}}}", true),
            ("{\\rtf1{\\object{\\*\\objdata 0102}}}", false),
            ("{\\rtf1{\\object{\\objdata 0102}}}", false),
            ("{\\rtf1{\\pict\\bin4 ab}d}", false),
            ("{\\rtf1{\\*\\unknown\\bin4 ab}d}", false),
            ("{\\rtf1{\\pict\\pngblip 012}}", false),
            ("{\\rtf1{\\pict\\pngblip 0g}}", false),
            ("{\\rtf1{\\pict\\pngblip 89504e470d0a1a0a}}", false),
            ("{\\rtf1{\\rsid5 \\info Aigul}}", true),
            ("{\\rtf1{words\\info Aigul}}", false),
            ("{\\*\\rtf1 words}", false),
            ("{\\rtf1 words", false),
            ("words", false),
        ] {
            assert_eq!(stripped(RTF, told.as_bytes()).is_some(), given, "{told}");
        }
        let deep = |n: usize| ["{\\rtf1 ", &"{".repeat(n), &"}".repeat(n), "}"].concat();
        assert!(stripped(RTF, deep(DEEPEST - 1).as_bytes()).is_some());
        assert_eq!(stripped(RTF, deep(DEEPEST).as_bytes()), None);
    }

    proptest! {
        /// Whatever stands where: the length is kept, bare stays bare, and what is passed over by readers is gone unless it is shown.
        #[test]
        fn only_what_is_shown_is_left(parts in proptest::collection::vec((0..8_usize, "[a-z0-9 ]{0,12}"), 0..20)) {
            let mut told = "{\\rtf1 ".to_owned();
            for (kind, text) in &parts {
                told.push_str(&match kind {
                    0 => format!("{{\\info {{Aigul {text}}}}}"),
                    1 => format!("{{\\*\\secret {{\\*\\cs Aigul {text}}}}}"),
                    2 => format!("{{\n\\*\r\\stranger Aigul \\'e6\\}}{text}}}"),
                    3 => format!("\\rsid-7 {text}"),
                    4 => format!("{{\\*\\shpinst \\{{{text}}}"),
                    5 => format!("\\par{text}"),
                    6 => format!("{{{text}{{\\*\\generator Aigul}}}}"),
                    _ => text.clone(),
                });
            }
            told.push('}');
            let bare = stripped(RTF, told.as_bytes()).unwrap();
            prop_assert_eq!(bare.len(), told.len());
            prop_assert!(!has(&bare, b"Aigul") && !has(&bare, b"rsid"));
            prop_assert_eq!(stripped(RTF, &bare), Some(bare));
        }

        #[test]
        fn any_bytes_end_well(text in "[{}\\\\*'a-c0-9\n -]{0,80}") {
            let told = format!("{{\\rtf1{text}");
            if let Some(bare) = stripped(RTF, told.as_bytes()) {
                prop_assert_eq!(bare.len(), told.len());
                prop_assert_eq!(stripped(RTF, &bare), Some(bare));
            }
        }
    }
}
