//! Values as PDF writes them (ISO 32000-2, 7.3), each with the place where it stands.

use std::ops::Range;

/// Deeper than any program nests.
const DEEPEST: usize = 64;
/// More values than any program writes into one object.
const MOST: usize = 500_000;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) kind: Kind,
    pub(super) at: Range<usize>,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// Names of entries are told with their `#` taken out.
    Dict(Vec<(Name, Value)>),
    Array(Vec<Value>),
    Name(Vec<u8>),
    Whole(i64),
    /// Another object, by its number.
    Ref(u32),
    /// Words to be read, other numbers, true, false, nothing.
    Other,
}

/// The name of an entry and where it stands.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) name: Vec<u8>,
    pub(super) at: usize,
}

impl Value {
    pub(super) fn entries(&self) -> &[(Name, Value)] {
        if let Kind::Dict(entries) = &self.kind { entries } else { &[] }
    }

    pub(super) fn get(&self, name: &[u8]) -> Option<&Self> {
        self.entries().iter().find(|(n, _)| n.name == name).map(|(_, value)| value)
    }

    pub(super) fn items(&self) -> &[Self] {
        if let Kind::Array(items) = &self.kind { items } else { &[] }
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Kind::Name(name) = &self.kind { Some(name) } else { None }
    }

    /// A number that counts or points.
    pub(super) fn whole(&self) -> Option<usize> {
        if let Kind::Whole(n) = self.kind { usize::try_from(n).ok() } else { None }
    }

    pub(super) fn reference(&self) -> Option<u32> {
        if let Kind::Ref(n) = self.kind { Some(n) } else { None }
    }
}

/// Reads values one behind the other.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    values: usize,
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !b"()<>[]{}/%".contains(&byte)
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, values: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Over room and remarks.
    pub(super) fn skip(&mut self) {
        loop {
            let rest = self.rest();
            self.at += rest.iter().take_while(|b| is_space(**b)).count();
            if self.rest().first() != Some(&b'%') {
                return;
            }
            self.at += self.rest().iter().take_while(|b| !matches!(b, 10 | 13)).count();
        }
    }

    /// Is this word next? Then it is read.
    pub(super) fn word(&mut self, word: &[u8]) -> Option<()> {
        self.skip();
        let after = self.rest().strip_prefix(word)?;
        (!after.first().is_some_and(|b| is_regular(*b))).then_some(())?;
        self.at += word.len();
        Some(())
    }

    fn regular(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().take_while(|b| is_regular(**b)).count();
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Digits alone.
    pub(super) fn digits(&mut self) -> Option<u64> {
        self.skip();
        let text = self.regular();
        text.iter().all(u8::is_ascii_digit).then_some(())?;
        std::str::from_utf8(text).ok()?.parse().ok()
    }

    pub(super) fn value(&mut self) -> Option<Value> {
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Option<Value> {
        self.values += 1;
        (depth < DEEPEST && self.values < MOST).then_some(())?;
        self.skip();
        let from = self.at;
        let kind = match self.rest() {
            [b'<', b'<', ..] => {
                self.at += 2;
                let mut entries = Vec::new();
                loop {
                    self.skip();
                    if self.rest().starts_with(b">>") {
                        self.at += 2;
                        break Kind::Dict(entries);
                    }
                    let at = self.at;
                    let name = self.name()?;
                    entries.push((Name { name, at }, self.nested(depth + 1)?));
                }
            }
            [b'[', ..] => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    self.skip();
                    if self.rest().first() == Some(&b']') {
                        self.at += 1;
                        break Kind::Array(items);
                    }
                    items.push(self.nested(depth + 1)?);
                }
            }
            [b'/', ..] => Kind::Name(self.name()?),
            [b'<', inside @ ..] => {
                self.at += 2 + inside.iter().position(|b| *b == b'>')?;
                Kind::Other
            }
            [b'(', ..] => {
                self.text()?;
                Kind::Other
            }
            _ => {
                let word = self.regular();
                (!word.is_empty()).then_some(())?;
                self.number(word)
            }
        };
        Some(Value { kind, at: from..self.at })
    }

    fn name(&mut self) -> Option<Vec<u8>> {
        (self.rest().first() == Some(&b'/')).then_some(())?;
        self.at += 1;
        let raw = self.regular();
        let mut out = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let Some((&first, after)) = rest.split_first() {
            let two = after.get(..2).filter(|_| first == b'#');
            let code =
                two.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
            out.push(code.unwrap_or(first));
            rest = if code.is_some() { after.get(2..)? } else { after };
        }
        Some(out)
    }

    /// Brackets within brackets, a backslash before what is none.
    fn text(&mut self) -> Option<()> {
        let mut open = 0usize;
        let mut bytes = self.rest().iter();
        while let Some(byte) = bytes.next() {
            self.at += 1;
            match byte {
                b'\\' => {
                    bytes.next()?;
                    self.at += 1;
                }
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Some(());
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// A number, or the number of an object: `12 0 R`.
    fn number(&mut self, word: &[u8]) -> Kind {
        let Some(number) = std::str::from_utf8(word).ok().and_then(|text| text.parse::<i64>().ok())
        else {
            return Kind::Other;
        };
        let back = self.at;
        if let (Ok(number), Some(_), Some(())) =
            (u32::try_from(number), self.digits(), self.word(b"R"))
        {
            return Kind::Ref(number);
        }
        self.at = back;
        Kind::Whole(number)
    }
}
