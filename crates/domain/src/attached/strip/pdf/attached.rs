//! Files that are attached to a document: each is bare as a file of its own would be, where it lies.

use super::super::flate::Budget;
use super::super::within;
use super::value::{Kind, Value};
use super::{Copy, Place, Reader, filters};
use std::ops::Range;

/// What is told of an attached file beside its content: when it was made and last changed, on which system; and its size
/// and sum, which are no longer true.
const TOLD: [&[u8]; 5] = [b"CreationDate", b"ModDate", b"Mac", b"Size", b"CheckSum"];

pub(super) fn tells_of_file(value: &Value) -> bool {
    TOLD.iter().any(|name| value.get(name).is_some())
}

/// Every number the value names, however deep.
fn numbers(value: &Value, into: &mut impl Extend<u32>) {
    match &value.kind {
        Kind::Ref(number) => into.extend([*number]),
        Kind::Array(items) => items.iter().for_each(|item| numbers(item, into)),
        Kind::Dict(entries) => entries.iter().for_each(|(_, inner)| numbers(inner, into)),
        _ => {}
    }
}

impl Copy<'_> {
    /// Remembers which files a dictionary attaches. Another one that happens to have such an entry, as a list of fonts has,
    /// loses nothing by it.
    pub(super) fn files_of(&mut self, value: &Value) {
        for files in [b"EF", b"RF"].into_iter().filter_map(|name| value.get(name)) {
            match files.kind {
                Kind::Ref(list) => {
                    self.lists.insert(list);
                }
                _ => numbers(files, &mut self.attached),
            }
        }
    }

    /// Once everything was followed: the files among it.
    pub(super) fn attached_files(&mut self, budget: &mut Budget) -> Option<()> {
        for list in std::mem::take(&mut self.lists) {
            match self.table.places.get(&list).copied() {
                Some(Place::At(_)) => {
                    let value = self.object(list)?.value;
                    numbers(&value, &mut self.attached);
                }
                Some(Place::In(within)) => {
                    let objects = self.streams.get(&within)?;
                    let (at, _) = objects.inside.get(&list)?;
                    let value = Reader::new(objects.plain.get(..at.end)?, at.start).value()?;
                    numbers(&value, &mut self.attached);
                }
                None | Some(Place::Nowhere) => {}
            }
        }
        for number in std::mem::take(&mut self.attached) {
            if let Some(Place::At(_)) = self.table.places.get(&number) {
                let found = self.object(number)?;
                if let Some(at) = found.stream {
                    self.file(&found.value, &at, budget)?;
                }
            }
        }
        Some(())
    }

    /// A file whose copy does not fit where it lies is none that can be made bare.
    fn file(&mut self, dict: &Value, at: &Range<usize>, budget: &mut Budget) -> Option<()> {
        let lies = self.bytes.get(at.clone())?;
        let filters = filters(dict)?;
        let told = match filters.as_slice() {
            [] => {
                budget.spend(lies.len())?;
                lies.to_vec()
            }
            [b"FlateDecode"] if dict.get(b"DecodeParms").is_none() => budget.inflate_zlib(lies)?,
            _ => return None,
        };
        let bare = within("", &told, budget)?;
        if bare == told {
            return Some(());
        }
        // Its size and sum stand elsewhere and would be wrong.
        dict.get(b"Params").is_none_or(tells_of_file).then_some(())?;
        if filters.is_empty() {
            (bare.len() == lies.len()).then_some(())?;
            self.written.push((at.start, bare));
            return Some(());
        }
        self.fit(&bare, at)
    }
}
