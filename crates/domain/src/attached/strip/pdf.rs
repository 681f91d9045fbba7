//! PDF: objects that are found by their place in the file. Into an empty copy of the same length goes what the
//! newest description of the file leads to, where it lies: earlier versions, properties and whatever lies between
//! the objects stay behind.

mod attached;
mod table;
#[cfg(test)]
mod tests;
mod value;

use super::boxes::boxes;
use super::flate::{Budget, deflate_zlib};
use super::jpeg;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use table::{Object, Place, Table, filters, head, object, unpacked};
use value::{Kind, Reader, Value, is_space};

/// Entries, wherever they stand, that tell of a page or a picture beside it: properties (XMP), what a program
/// keeps for itself, when and by which program it was made.
const BESIDE: [&[u8]; 6] =
    [b"Metadata", b"PieceInfo", b"LastModified", b"CreatorInfo", b"CreationDate", b"ModDate"];
/// In the place of an object nothing leads to, so that a reader who looks at all of them finds one.
const NOTHING: &[u8] = b" 0 endobj";

/// Object by object from the newest description. `None` for what is enciphered or cannot be followed. A signed
/// file stays as it is: to change a byte is to break what its signer vouches for.
pub(super) fn pdf(bytes: &[u8], budget: &mut Budget) -> Option<Vec<u8>> {
    let table = Table::read(bytes, budget)?;
    (!table.encrypted).then_some(())?;
    let root = table.root?;
    let mut copy = Copy {
        bytes,
        left: bytes.len().checked_mul(4)?,
        kept: table.kept.clone(),
        cuts: table.cuts.clone(),
        table,
        seen: BTreeSet::new(),
        streams: BTreeMap::new(),
        pictures: Vec::new(),
        written: Vec::new(),
        attached: BTreeSet::new(),
        lists: BTreeSet::new(),
        todo: vec![root],
        signed: false,
        pages: false,
    };
    while let Some(number) = copy.todo.pop() {
        if copy.seen.insert(number) {
            copy.visit(number, budget)?;
        }
    }
    if copy.signed {
        return Some(bytes.to_vec());
    }
    copy.pages.then_some(())?;
    copy.attached_files(budget)?;
    copy.repack()?;
    copy.done()
}

/// A copy while it is made.
struct Copy<'a> {
    bytes: &'a [u8],
    table: Table,
    /// Bytes that may still be read: many objects may claim to be one long one.
    left: usize,
    kept: Vec<Range<usize>>,
    /// Within what is kept: filled with room.
    cuts: Vec<Range<usize>>,
    seen: BTreeSet<u32>,
    streams: BTreeMap<u32, Objects>,
    /// JPEGs that lie in the file as they are.
    pictures: Vec<Range<usize>>,
    /// Streams of objects, packed anew: where, and the bytes.
    written: Vec<(usize, Vec<u8>)>,
    /// Numbers of files that are attached to the document, and of lists of such files.
    attached: BTreeSet<u32>,
    lists: BTreeSet<u32>,
    todo: Vec<u32>,
    signed: bool,
    pages: bool,
}

/// A stream of objects, unpacked.
struct Objects {
    plain: Vec<u8>,
    changed: bool,
    packed: bool,
    stream: Range<usize>,
    /// By its number, the place of each, and whether something leads to it.
    inside: BTreeMap<u32, (Range<usize>, bool)>,
}

impl Copy<'_> {
    fn object(&mut self, number: u32) -> Option<Object> {
        let Some(Place::At(at)) = self.table.places.get(&number).copied() else { return None };
        let (table, bytes) = (&self.table, self.bytes);
        let mut cost = 0;
        let found = object(bytes, number, at, |length| match table.places.get(&length) {
            Some(Place::At(at)) => {
                let told = object(bytes, length, *at, |_| None)?;
                cost = told.at.len();
                told.value.whole()
            }
            _ => None,
        })?;
        self.left = self.left.checked_sub(found.at.len())?.checked_sub(cost)?;
        Some(found)
    }

    fn visit(&mut self, number: u32, budget: &mut Budget) -> Option<()> {
        match self.table.places.get(&number).copied() {
            // A number that leads nowhere is nothing.
            None | Some(Place::Nowhere) => Some(()),
            Some(Place::At(_)) => {
                let found = self.object(number)?;
                let mut cuts = Vec::new();
                self.follow(&found.value, &mut cuts);
                self.cuts.extend(cuts);
                if let Some(stream) = found.stream.clone() {
                    self.stream(&found.value, stream, budget)?;
                }
                self.kept.push(found.at);
                Some(())
            }
            Some(Place::In(within)) => {
                if !self.streams.contains_key(&within) {
                    let objects = self.objects(within, budget)?;
                    self.streams.insert(within, objects);
                }
                let objects = self.streams.get_mut(&within)?;
                let (at, led) = objects.inside.get_mut(&number)?;
                *led = true;
                let at = at.clone();
                self.left = self.left.checked_sub(at.len())?;
                let value = Reader::new(objects.plain.get(..at.end)?, at.start).value()?;
                let mut cuts = Vec::new();
                self.follow(&value, &mut cuts);
                // Whatever stands behind it.
                cuts.push(value.at.end..at.end);
                let objects = self.streams.get_mut(&within)?;
                for cut in cuts {
                    objects.fill(cut, b"")?;
                }
                Some(())
            }
        }
    }

    /// What the value leads to, and what of it goes.
    fn follow(&mut self, value: &Value, cuts: &mut Vec<Range<usize>>) {
        match &value.kind {
            Kind::Ref(number) => self.todo.push(*number),
            Kind::Array(items) => items.iter().for_each(|item| self.follow(item, cuts)),
            Kind::Dict(entries) => {
                self.signed |=
                    value.get(b"ByteRange").is_some() && value.get(b"Contents").is_some();
                self.pages |= value.get(b"Pages").is_some();
                // A note on the page; the `T` of a field to be filled in is its name.
                let note = value.get(b"Rect").is_some()
                    && value.get(b"Subtype").is_some_and(|s| s.name() != Some(b"Widget"));
                self.files_of(value);
                // A picture of the page as it was.
                let page = value.get(b"Type").and_then(Value::name) == Some(b"Page");
                for (name, inner) in entries {
                    let beside = BESIDE.contains(&name.name.as_slice())
                        || note && matches!(name.name.as_slice(), b"T" | b"M")
                        || page && name.name == b"Thumb"
                        || name.name == b"Params" && attached::tells_of_file(inner);
                    if beside {
                        cuts.push(name.at..inner.at.end);
                    } else {
                        self.follow(inner, cuts);
                    }
                }
            }
            _ => {}
        }
    }

    /// Pictures tell within themselves, too.
    fn stream(&mut self, dict: &Value, at: Range<usize>, budget: &mut Budget) -> Option<()> {
        match filters(dict)?.as_slice() {
            [b"DCTDecode"] => self.pictures.push(at),
            [b"FlateDecode", b"DCTDecode"] => {
                let told = budget.inflate_zlib(self.bytes.get(at.clone())?)?;
                let mut bare = told.clone();
                jpeg::blank(&mut bare)?;
                if bare != told {
                    self.fit(&bare, &at)?;
                }
            }
            // A codestream alone tells nothing; a file of boxes may.
            [b"JPXDecode"] => {
                let told = self.bytes.get(at.clone())?;
                if !told.starts_with(&[0xff, 0x4f]) {
                    self.written.push((at.start, boxes(told)?));
                }
            }
            // Behind another filter nothing can be overwritten where it lies.
            [.., b"DCTDecode" | b"JPXDecode"] => return None,
            _ => {}
        }
        Some(())
    }

    /// Packs bytes anew into the place they came from; what is left of it is room behind their end.
    fn fit(&mut self, plain: &[u8], at: &Range<usize>) -> Option<()> {
        let mut packed = deflate_zlib(plain)?;
        (packed.len() <= at.len()).then_some(())?;
        packed.resize(at.len(), 0);
        self.written.push((at.start, packed));
        Some(())
    }

    fn objects(&mut self, number: u32, budget: &mut Budget) -> Option<Objects> {
        let found = self.object(number)?;
        let dict = &found.value;
        (dict.get(b"Type")?.name()? == b"ObjStm").then_some(())?;
        let stream = found.stream.clone()?;
        let plain = unpacked(dict, self.bytes.get(stream.clone())?, budget)?;
        // A table of rows would have to be told as one again.
        dict.get(b"DecodeParms").is_none().then_some(())?;
        let (count, first) = (dict.get(b"N")?.whole()?, dict.get(b"First")?.whole()?);
        let mut reader = Reader::new(plain.get(..first)?, 0);
        let mut starts = Vec::new();
        for _ in 0..count {
            let number = u32::try_from(reader.digits()?).ok()?;
            starts.push((first.checked_add(usize::try_from(reader.digits()?).ok()?)?, number));
        }
        starts.sort_unstable();
        let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([plain.len()]);
        let inside: BTreeMap<_, _> = starts
            .iter()
            .zip(ends)
            .map(|((at, number), end)| (*number, (*at..end, false)))
            .collect();
        // One number twice: nobody can tell which is meant.
        (inside.len() == count).then_some(())?;
        let packed = !filters(dict)?.is_empty();
        self.kept.push(found.at);
        Some(Objects { plain, changed: false, packed, stream, inside })
    }

    fn repack(&mut self) -> Option<()> {
        for (number, mut objects) in std::mem::take(&mut self.streams) {
            for (at, _) in std::mem::take(&mut objects.inside).into_values().filter(|(_, led)| !led)
            {
                let said: &[u8] = if at.len() < 4 { b"" } else { b"null" };
                objects.fill(at, said)?;
            }
            self.seen.insert(number);
            if !objects.changed {
                continue;
            }
            if objects.packed {
                self.fit(&objects.plain, &objects.stream)?;
            } else {
                self.written.push((objects.stream.start, objects.plain));
            }
        }
        Some(())
    }

    fn done(mut self) -> Option<Vec<u8>> {
        let mut out = vec![b' '; self.bytes.len()];
        let version = self.bytes.get(..8)?;
        (version.starts_with(b"%PDF-")).then_some(())?;
        out.get_mut(..8)?.copy_from_slice(version);
        self.kept.sort_by_key(|r| r.start);
        // Overlapping ones would be cut twice, or not at all.
        self.kept.windows(2).all(|w| matches!(w, [a, b] if a.end <= b.start)).then_some(())?;
        (self.kept.first()?.start > 8).then_some(())?;
        if let Some(end) = out.get_mut(8) {
            *end = b'\n';
        }
        for at in &self.kept {
            out.get_mut(at.clone())?.copy_from_slice(self.bytes.get(at.clone())?);
        }
        self.nothing(&mut out)?;
        for at in self.cuts {
            out.get_mut(at)?.fill(b' ');
        }
        for (at, bytes) in self.written {
            out.get_mut(at..at + bytes.len())?.copy_from_slice(&bytes);
        }
        for at in self.pictures {
            jpeg::blank(out.get_mut(at)?)?;
        }
        Some(out)
    }

    /// Objects nothing leads to, when there is room for their head and nothing more.
    fn nothing(&self, out: &mut [u8]) -> Option<()> {
        let mut free = 9;
        let mut kept = self.kept.iter().peekable();
        let mut places: Vec<(usize, u32)> = self
            .table
            .places
            .iter()
            .filter_map(|(number, place)| match place {
                Place::At(at) if !self.seen.contains(number) => Some((*at, *number)),
                _ => None,
            })
            .collect();
        places.sort_unstable();
        // Each place once, and no run of room read again and again.
        places.dedup_by_key(|(at, _)| *at);
        for (at, number) in places {
            let found = self.bytes.get(at).filter(|b| b.is_ascii_digit());
            let Some((told, head)) = found.and_then(|_| head(self.bytes, at)) else { continue };
            let end = head.end + NOTHING.len();
            while kept.next_if(|k| k.end <= head.start).is_some() {}
            let blocked = kept.peek().is_some_and(|k| k.start < end);
            if told != number || head.start < free || blocked || head.len() > 32 {
                continue;
            }
            out.get_mut(head.clone())?.copy_from_slice(self.bytes.get(head.clone())?);
            out.get_mut(head.end..end)?.copy_from_slice(NOTHING);
            free = end;
        }
        Some(())
    }
}

impl Objects {
    /// Room, and in it these words, unless nothing but room is there.
    fn fill(&mut self, at: Range<usize>, words: &[u8]) -> Option<()> {
        let there = self.plain.get_mut(at)?;
        if there.iter().all(|b| is_space(*b)) && words.is_empty() {
            return Some(());
        }
        let before = there.to_vec();
        there.fill(b' ');
        there.get_mut(..words.len())?.copy_from_slice(words);
        self.changed |= before != there;
        Some(())
    }
}
