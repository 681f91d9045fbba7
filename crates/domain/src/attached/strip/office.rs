//! Documents of an office: a zip of XML and pictures. Office Open XML (ECMA-376) and OpenDocument 1.3.

use super::flate::Budget;
use super::within;
use super::xml::{Fate, Rules, edited, local};
use super::zip::{Entry, Writer, entries};
use std::collections::BTreeSet;

/// A name in the place of a name, as the word processors themselves write it when they take names out.
const SOMEBODY: &str = "Author";
/// A moment in the place of one that must be told.
const SOME_DAY: &str = "2000-01-01T00:00:00Z";
/// The document without its properties, small picture, names and days of notes and changes, and whatever tells of
/// the machine it was written on; its pictures as pictures go. `None` when a part cannot be read or is enciphered.
/// A signed document stays as it is: to change a byte is to break what its signer vouches for.
pub(super) fn office(bytes: &[u8], budget: &mut Budget) -> Option<Vec<u8>> {
    let parts = entries(bytes)?;
    if parts.iter().any(|p| signature(&p.name)) {
        return Some(bytes.to_vec());
    }
    let kind = Kind::of(&parts);
    let gone = kind.gone(&parts, budget)?;
    let mut writer = Writer::default();
    for part in &parts {
        let name = part.name.to_lowercase();
        // The relations of a part that is gone go with it.
        if gone.contains(&name) || relations_of(&name).is_some_and(|of| gone.contains(&of)) {
            continue;
        }
        let plain = part.plain(budget)?;
        let changed = match kind {
            Kind::OpenXml if name.ends_with(".xml") || name.ends_with(".rels") => {
                openxml(part, &plain, &gone)?
            }
            Kind::OpenDocument if name.ends_with(".xml") => opendocument(&name, &plain, &gone)?,
            _ => within(&part.name, &plain, budget)?,
        };
        writer.put(part, (changed != plain).then_some(changed.as_slice()))?;
    }
    writer.done()
}

/// Whose parts these are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    OpenXml,
    OpenDocument,
    /// An archive of whatever: its pictures and documents go as they go.
    Archive,
}

impl Kind {
    fn of(parts: &[Entry<'_>]) -> Self {
        let has = |name: &str| parts.iter().any(|p| p.name.eq_ignore_ascii_case(name));
        match (has("[Content_Types].xml"), has("META-INF/manifest.xml") && has("mimetype")) {
            (true, _) => Self::OpenXml,
            (_, true) => Self::OpenDocument,
            _ => Self::Archive,
        }
    }

    /// Parts that are no part of what is written, in small letters.
    fn gone(self, parts: &[Entry<'_>], budget: &mut Budget) -> Option<BTreeSet<String>> {
        let names = parts.iter().map(|p| p.name.to_lowercase());
        match self {
            Self::Archive => Some(BTreeSet::new()),
            Self::OpenDocument => Some(names.filter(|name| beside(name)).collect()),
            Self::OpenXml => {
                let mut gone = names.filter(|name| told(name)).collect();
                for list in parts.iter().filter(|p| p.name.to_lowercase().ends_with(".rels")) {
                    let mut found = Relations { of: &list.name, gone: &mut gone };
                    edited(&list.plain(budget)?, &mut found)?;
                }
                Some(gone)
            }
        }
    }
}

/// Signatures of the document or of its macros.
fn signature(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with("_xmlsignatures/")
        || name == "meta-inf/documentsignatures.xml"
        || name == "meta-inf/macrosignatures.xml"
}

/// Parts of Office Open XML that are no part of what is written.
fn told(name: &str) -> bool {
    ["docprops/", "customxml/", "xl/printersettings/", "word/printersettings/", "ppt/changesinfos/"]
        .iter()
        .any(|folder| name.starts_with(folder))
}

/// Parts of `OpenDocument` that are none: the small picture, older versions, how it lay in the window.
fn beside(name: &str) -> bool {
    name.starts_with("thumbnails/")
        || name.starts_with("versions/")
        || name == "versionlist.xml"
        || name == "layout-cache"
}

/// The part whose relations these are: `a/_rels/b.xml.rels` are those of `a/b.xml`.
fn relations_of(name: &str) -> Option<String> {
    let (folder, file) = name.rsplit_once("_rels/")?;
    Some(format!("{folder}{}", file.strip_suffix(".rels")?))
}

/// Where a relation leads, as the zip names it.
fn target(of: &str, target: &str) -> String {
    if let Some(whole) = target.strip_prefix('/') {
        return whole.to_lowercase();
    }
    let folder = of.rsplit_once("_rels/").map_or("", |(folder, _)| folder);
    let mut path: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            ".." => drop(path.pop()),
            "." | "" => {}
            step => path.push(step),
        }
    }
    path.join("/").to_lowercase()
}

/// Kinds of relations, by their last word, to what is no part of what is written.
const TOLD: &[&str] = &[
    "core-properties",
    "extended-properties",
    "custom-properties",
    "thumbnail",
    "printerSettings",
    "customXml",
    "customXmlProps",
    // The folder of the template, with the user's name.
    "attachedTemplate",
    "people",
    "changesInfo",
    "revisionInfo",
    // Of serial letters: whom they go to.
    "mailMergeSource",
    "mailMergeHeaderSource",
    "recipientData",
];

/// A list of relations, which loses those to what goes; what they lead to is noted.
struct Relations<'a> {
    of: &'a str,
    gone: &'a mut BTreeSet<String>,
}

impl Rules for Relations<'_> {
    fn element(&mut self, name: &str, attributes: &[(&str, &str)]) -> Fate {
        let value = |of: &str| attributes.iter().find(|a| a.0 == of).map_or("", |a| a.1);
        if local(name) != "Relationship" {
            return Fate::Keep;
        }
        let kind = value("Type").rsplit('/').next().unwrap_or_default();
        let leads = target(self.of, value("Target"));
        let outside = value("TargetMode") == "External";
        if TOLD.contains(&kind) {
            if !outside {
                self.gone.insert(leads);
            }
            return Fate::Drop;
        }
        if !outside && self.gone.contains(&leads) { Fate::Drop } else { Fate::Keep }
    }

    fn attribute(&mut self, _: &str, _: &str, _: &str) -> Fate {
        Fate::Keep
    }
}

fn openxml(part: &Entry<'_>, plain: &[u8], gone: &BTreeSet<String>) -> Option<Vec<u8>> {
    if part.name.to_lowercase().ends_with(".rels") {
        return edited(plain, &mut Relations { of: &part.name, gone: &mut gone.clone() });
    }
    edited(plain, &mut OpenXml { gone })
}

/// Words, tables and slides alike: their names do not collide.
struct OpenXml<'a> {
    gone: &'a BTreeSet<String>,
}

impl Rules for OpenXml<'_> {
    fn element(&mut self, name: &str, attributes: &[(&str, &str)]) -> Fate {
        match local(name) {
            // The sessions it was written in; the document's own number; its template, its printer, the letters'
            // source.
            "rsids" | "docId" | "attachedTemplate" | "printerSettings" | "mailMerge" => Fate::Drop,
            // The program and its build; the folder it lay in; who holds it; which save it is.
            "fileVersion" | "absPath" | "fileSharing" | "revisionPtr" => Fate::Drop,
            "Override" => {
                let part = attributes.iter().find(|a| a.0 == "PartName").map_or("", |a| a.1);
                let part = part.trim_start_matches('/').to_lowercase();
                if self.gone.contains(&part) { Fate::Drop } else { Fate::Keep }
            }
            // Of a table's notes: a list of names. Of a slide's, the names are attributes.
            "author" if attributes.iter().all(|a| a.0 == "space") => Fate::Say(SOMEBODY),
            _ => Fate::Keep,
        }
    }

    fn attribute(&mut self, of: &str, name: &str, _: &str) -> Fate {
        match (of, name) {
            (_, "author") => Fate::Say(SOMEBODY),
            (_, "initials") => Fate::Say("A"),
            // Who changed a slide's or a table's note last, and who asked the data of a pivot.
            ("cmAuthor" | "author", "name") | ("person", "displayName") => Fate::Say(SOMEBODY),
            ("person" | "author", "userId") => Fate::Say(SOMEBODY),
            ("person" | "author", "providerId") => Fate::Say("None"),
            (_, "refreshedBy" | "refreshedDate" | "dateUtc") => Fate::Drop,
            ("comment" | "ins" | "del" | "moveFrom" | "moveTo", "date") => Fate::Drop,
            (of, "date") if of.ends_with("Change") || of.ends_with("RangeStart") => Fate::Drop,
            ("cellIns" | "cellDel" | "cellMerge" | "numberingChange", "date") => Fate::Drop,
            ("threadedComment", "dT") | ("cm", "dt") => Fate::Drop,
            ("cm" | "reply", "created") => Fate::Say(SOME_DAY),
            // The place in a list of relations that is no more.
            ("pageSetup", "id") => Fate::Drop,
            (_, name) if name.starts_with("rsid") => Fate::Drop,
            _ => Fate::Keep,
        }
    }
}

fn opendocument(name: &str, plain: &[u8], gone: &BTreeSet<String>) -> Option<Vec<u8>> {
    if name == "meta.xml" || name.ends_with("/meta.xml") {
        return edited(plain, &mut Meta);
    }
    let mut rules = OpenDocument { gone, secret: false };
    edited(plain, &mut rules).filter(|_| !rules.secret)
}

/// Everything within `office:meta`.
struct Meta;

impl Rules for Meta {
    fn element(&mut self, name: &str, _: &[(&str, &str)]) -> Fate {
        if matches!(local(name), "document-meta" | "meta") { Fate::Keep } else { Fate::Drop }
    }
    fn attribute(&mut self, _: &str, _: &str, _: &str) -> Fate {
        Fate::Keep
    }
}

struct OpenDocument<'a> {
    gone: &'a BTreeSet<String>,
    secret: bool,
}

impl Rules for OpenDocument<'_> {
    fn element(&mut self, name: &str, attributes: &[(&str, &str)]) -> Fate {
        match local(name) {
            "encryption-data" => {
                self.secret = true;
                Fate::Keep
            }
            "file-entry" => {
                let path = attributes.iter().find(|a| a.0 == "full-path").map_or("", |a| a.1);
                if self.gone.contains(&path.to_lowercase()) { Fate::Drop } else { Fate::Keep }
            }
            // A field of that name is read on the page.
            _ if name.starts_with("text:") => Fate::Keep,
            // Of notes and changes: who and when.
            "creator" | "creator-initials" => Fate::Say(SOMEBODY),
            "date" => Fate::Say(SOME_DAY),
            // The printer, the session, the source of a serial letter.
            "config-item" => {
                let told = |a: &(&str, &str)| {
                    a.0 == "name"
                        && ["Printer", "Rsid", "CurrentDatabase"].iter().any(|n| a.1.starts_with(n))
                };
                if attributes.iter().any(told) { Fate::Drop } else { Fate::Keep }
            }
            _ => Fate::Keep,
        }
    }

    fn attribute(&mut self, _: &str, name: &str, _: &str) -> Fate {
        if matches!(name, "rsid" | "paragraph-rsid") { Fate::Drop } else { Fate::Keep }
    }
}
