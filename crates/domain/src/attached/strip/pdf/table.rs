//! Where the objects of a PDF lie (ISO 32000-2, 7.5): tables and streams of places, the newest first.

use super::super::flate::Budget;
use super::value::{Kind, Reader, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// More objects than any office writes.
const MOST: usize = 1_000_000;

/// Where an object lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Nowhere,
    At(usize),
    /// In a stream of objects, under this number.
    In(u32),
}

/// An object as it lies in the file.
pub(super) struct Object {
    pub(super) value: Value,
    /// Its bytes, when it is a stream.
    pub(super) stream: Option<Range<usize>>,
    pub(super) at: Range<usize>,
}

/// Every place, and the pieces of the file that tell them.
#[derive(Default)]
pub(super) struct Table {
    pub(super) places: BTreeMap<u32, Place>,
    /// The newest description of the file.
    pub(super) root: Option<u32>,
    pub(super) encrypted: bool,
    /// Pieces that stay, and within them what goes.
    pub(super) kept: Vec<Range<usize>>,
    pub(super) cuts: Vec<Range<usize>>,
}

/// What a description of the file needs. Everything else tells of it, `Info` first.
const NEEDED: [&[u8]; 12] = [
    b"Size",
    b"Root",
    b"Prev",
    b"ID",
    b"XRefStm",
    b"Type",
    b"W",
    b"Index",
    b"Length",
    b"Filter",
    b"DecodeParms",
    b"Encrypt",
];

/// A head at this place: `12 0 obj`. Its number, and where it ends.
pub(super) fn head(bytes: &[u8], at: usize) -> Option<(u32, Range<usize>)> {
    let mut reader = Reader::new(bytes, at);
    reader.skip();
    let from = reader.at;
    let number = u32::try_from(reader.digits()?).ok()?;
    reader.digits()?;
    reader.word(b"obj")?;
    Some((number, from..reader.at))
}

/// The object that lies here; `length` looks up a length that stands elsewhere.
pub(super) fn object(
    bytes: &[u8],
    number: u32,
    at: usize,
    length: impl FnOnce(u32) -> Option<usize>,
) -> Option<Object> {
    let (told, head) = head(bytes, at)?;
    (told == number).then_some(())?;
    let mut reader = Reader::new(bytes, head.end);
    let value = reader.value()?;
    let mut stream = None;
    if reader.word(b"stream").is_some() {
        let from = reader.at
            + match bytes.get(reader.at..)? {
                [b'\r', b'\n', ..] => 2,
                [b'\n', ..] => 1,
                _ => return None,
            };
        let told = value.get(b"Length")?;
        let length = told.whole().or_else(|| length(told.reference()?))?;
        let end = from.checked_add(length)?;
        bytes.get(from..end)?;
        stream = Some(from..end);
        reader = Reader::new(bytes, end);
        // Not `skip`: a remark would be the stream's own.
        reader.at += bytes.get(end..)?.iter().take_while(|b| super::value::is_space(**b)).count();
        reader.word(b"endstream")?;
    }
    reader.word(b"endobj")?;
    Some(Object { value, stream, at: head.start..reader.at })
}

impl Table {
    /// Reads every table and stream of places, from the one the end of the file names.
    pub(super) fn read(bytes: &[u8], budget: &mut Budget) -> Option<Self> {
        const START: &[u8] = b"startxref";
        let from = bytes.len().saturating_sub(4096);
        let start = from + bytes.get(from..)?.windows(START.len()).rposition(|w| w == START)?;
        let mut reader = Reader::new(bytes, start + START.len());
        let mut at = usize::try_from(reader.digits()?).ok()?;
        let end = bytes.get(reader.at..)?.windows(5).position(|w| w == b"%%EOF")?;
        let mut table = Self::default();
        table.kept.push(start..reader.at + end + 5);
        let mut seen = BTreeSet::new();
        loop {
            seen.insert(at).then_some(())?;
            let trailer = table.section(bytes, at, budget)?;
            if table.root.is_none() {
                table.root = Some(trailer.get(b"Root")?.reference()?);
            }
            match trailer.get(b"Prev") {
                None => return Some(table),
                Some(before) => at = before.whole()?,
            }
        }
    }

    fn section(&mut self, bytes: &[u8], at: usize, budget: &mut Budget) -> Option<Value> {
        let mut reader = Reader::new(bytes, at);
        if reader.word(b"xref").is_none() {
            return self.stream(bytes, at, budget);
        }
        let from = reader.at - 4;
        let mut found = Vec::new();
        while reader.word(b"trailer").is_none() {
            let (first, count) = (reader.digits()?, reader.digits()?);
            for n in 0..count {
                let (place, _) = (usize::try_from(reader.digits()?).ok()?, reader.digits()?);
                let place = if reader.word(b"n").is_some() {
                    Place::At(place)
                } else {
                    reader.word(b"f")?;
                    Place::Nowhere
                };
                found.push((u32::try_from(first.checked_add(n)?).ok()?, place));
                (found.len() <= MOST).then_some(())?;
            }
        }
        let trailer = reader.value()?;
        self.described(&trailer);
        self.kept.push(from..reader.at);
        // What the table hides from old programs, the stream beside it tells.
        if let Some(beside) = trailer.get(b"XRefStm") {
            self.stream(bytes, beside.whole()?, budget)?;
        }
        self.add(found)?;
        Some(trailer)
    }

    fn described(&mut self, trailer: &Value) {
        self.encrypted |= trailer.get(b"Encrypt").is_some();
        for (name, value) in trailer.entries() {
            if !NEEDED.contains(&name.name.as_slice()) {
                self.cuts.push(name.at..value.at.end);
            }
        }
    }

    fn add(&mut self, found: Vec<(u32, Place)>) -> Option<()> {
        for (number, place) in found {
            self.places.entry(number).or_insert(place);
        }
        (self.places.len() <= MOST).then_some(())
    }

    fn stream(&mut self, bytes: &[u8], at: usize, budget: &mut Budget) -> Option<Value> {
        let (number, _) = head(bytes, at)?;
        let object = object(bytes, number, at, |_| None)?;
        let dict = object.value;
        (dict.get(b"Type")?.name()? == b"XRef").then_some(())?;
        let plain = unpacked(&dict, bytes.get(object.stream?)?, budget)?;
        let widths: Vec<usize> =
            dict.get(b"W")?.items().iter().map(Value::whole).collect::<Option<_>>()?;
        let [kind, second, third] = widths.try_into().ok()?;
        (kind <= 8 && second <= 8 && third <= 8).then_some(())?;
        let size = dict.get(b"Size")?.whole()?;
        let runs: Vec<usize> = match dict.get(b"Index") {
            Some(index) => index.items().iter().map(Value::whole).collect::<Option<_>>()?,
            None => vec![0, size],
        };
        let mut entries = plain.chunks_exact((kind + second + third).max(1));
        let mut found = Vec::new();
        for run in runs.chunks_exact(2) {
            let [first, count] = run.try_into().ok()?;
            for n in 0..count {
                let entry = entries.next()?;
                let number = |from: usize, width: usize| {
                    let told = entry.get(from..from + width)?;
                    Some(told.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)))
                };
                let place = number(kind, second)?;
                let place = match if kind == 0 { 1 } else { number(0, kind)? } {
                    1 => Place::At(usize::try_from(place).ok()?),
                    2 => Place::In(u32::try_from(place).ok()?),
                    _ => Place::Nowhere,
                };
                let of = first.checked_add(n).and_then(|of| u32::try_from(of).ok())?;
                found.push((of, place));
                (found.len() <= MOST).then_some(())?;
            }
        }
        self.described(&dict);
        self.kept.push(object.at);
        // The stream of places is an object, too, and stays.
        self.add(found)?;
        Some(dict)
    }
}

/// Names of a stream's filters, the first to be undone first.
pub(super) fn filters(dict: &Value) -> Option<Vec<&[u8]>> {
    match dict.get(b"Filter") {
        None => Some(Vec::new()),
        Some(one) if one.name().is_some() => Some(one.name().into_iter().collect()),
        Some(Value { kind: Kind::Array(all), .. }) => all.iter().map(Value::name).collect(),
        Some(_) => None,
    }
}

/// A stream of the file's own structure, unpacked; its rows may be told by what differs from the one above.
pub(super) fn unpacked(dict: &Value, packed: &[u8], budget: &mut Budget) -> Option<Vec<u8>> {
    let plain = match filters(dict)?.as_slice() {
        [] => {
            budget.spend(packed.len())?;
            packed.to_vec()
        }
        [b"FlateDecode"] => budget.inflate_zlib(packed)?,
        _ => return None,
    };
    let Some(how) = dict.get(b"DecodeParms") else { return Some(plain) };
    let how = how.items().first().unwrap_or(how);
    let number = |name: &[u8], or: usize| how.get(name).map_or(Some(or), Value::whole);
    match number(b"Predictor", 1)? {
        1 => Some(plain),
        10..=15 if number(b"Colors", 1)? == 1 && number(b"BitsPerComponent", 8)? == 8 => {
            rows(&plain, number(b"Columns", 1)?)
        }
        _ => None,
    }
}

/// PNG's way to tell a row (RFC 2083, 6), a byte a dot.
fn rows(told: &[u8], columns: usize) -> Option<Vec<u8>> {
    (columns > 0).then_some(())?;
    let mut out: Vec<u8> = Vec::with_capacity(told.len());
    for row in told.chunks(columns.checked_add(1)?) {
        let (&how, row) = row.split_first()?;
        for (n, &byte) in row.iter().enumerate() {
            let at = out.len();
            let above = |back: usize| {
                at.checked_sub(columns + back).and_then(|i| out.get(i)).copied().unwrap_or(0)
            };
            let left = if n == 0 { 0 } else { out.last().copied().unwrap_or(0) };
            let (up, slant) = (above(0), if n == 0 { 0 } else { above(1) });
            let guess = match how {
                0 => 0,
                1 => left,
                2 => up,
                3 => u8::try_from((u16::from(left) + u16::from(up)) / 2).ok()?,
                4 => paeth(left, up, slant),
                _ => return None,
            };
            out.push(byte.wrapping_add(guess));
        }
    }
    Some(out)
}

fn paeth(left: u8, up: u8, slant: u8) -> u8 {
    let far = |of: u8| (i16::from(left) + i16::from(up) - i16::from(slant) - i16::from(of)).abs();
    [left, up, slant].into_iter().min_by_key(|of| far(*of)).unwrap_or(0)
}
