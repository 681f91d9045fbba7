//! XML of office documents, edited as it is read: tags, attributes, and what stands between. Names are compared
//! without their prefix, which a writer may choose.

/// What becomes of an element or an attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    Keep,
    /// It goes, with everything in it.
    Drop,
    /// It stays, and these words in it. No letter of them needs to be escaped.
    Say(&'static str),
}

/// What becomes of what, by local names.
pub(super) trait Rules {
    /// An element, with its prefix; asked with its attributes, local name and raw value each.
    fn element(&mut self, name: &str, attributes: &[(&str, &str)]) -> Fate;
    /// An attribute of an element that stays.
    fn attribute(&mut self, of: &str, name: &str, value: &str) -> Fate;
}

pub(super) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The same document after the rules; comments and instructions to other programs go. `None` for what is no UTF-8,
/// defines words of its own, or does not close what it opened.
pub(super) fn edited(xml: &[u8], rules: &mut dyn Rules) -> Option<Vec<u8>> {
    let mut rest = std::str::from_utf8(xml).ok()?;
    let mut out = String::with_capacity(rest.len());
    // Elements open outside of what is dropped; and within it.
    let (mut open, mut dropped) = (0usize, 0usize);
    // The element that says other words, by the depth it stands at.
    let mut said: Option<usize> = None;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at_checked(at)?;
        let quiet = dropped > 0 || said.is_some();
        if !quiet {
            out.push_str(text);
        }
        if let Some(after) = tag.strip_prefix("<!--") {
            rest = after.split_once("-->")?.1;
            continue;
        }
        if let Some(after) = tag.strip_prefix("<![CDATA[") {
            let (text, after) = after.split_once("]]>")?;
            if !quiet {
                out.push_str("<![CDATA[");
                out.push_str(text);
                out.push_str("]]>");
            }
            rest = after;
            continue;
        }
        if let Some(after) = tag.strip_prefix("<?") {
            let (text, after) = after.split_once("?>")?;
            if text.starts_with("xml ") {
                out.push_str("<?");
                out.push_str(text);
                out.push_str("?>");
            }
            rest = after;
            continue;
        }
        let end = tag_end(tag)?;
        let (tag, after) = tag.split_at_checked(end)?;
        rest = after;
        if tag.starts_with("<!") {
            // The kind of document may be named, words of its own not defined.
            (tag.starts_with("<!DOCTYPE") && !tag.contains('[')).then(|| out.push_str(tag))?;
            continue;
        }
        if tag.starts_with("</") {
            if dropped > 0 {
                dropped -= 1;
                continue;
            }
            open = open.checked_sub(1)?;
            match said {
                Some(at) if at < open => continue,
                _ => said = None,
            }
            out.push_str(tag);
            continue;
        }
        let alone = tag.ends_with("/>");
        if dropped > 0 {
            dropped += usize::from(!alone);
            continue;
        }
        if said.is_some() {
            // What stood there besides words goes, too.
            open += usize::from(!alone);
            continue;
        }
        let inside = tag.get(1..end - if alone { 2 } else { 1 })?;
        let (name, attributes) = attributes(inside)?;
        let told: Vec<(&str, &str)> = attributes.iter().map(|a| (local(a.0), a.1)).collect();
        match rules.element(name, &told) {
            Fate::Drop => {
                dropped = usize::from(!alone);
                continue;
            }
            Fate::Say(words) if !alone => {
                start(&mut out, name, &attributes, rules);
                out.push('>');
                out.push_str(words);
                said = Some(open);
            }
            _ => {
                let before = out.len();
                if start(&mut out, name, &attributes, rules) {
                    out.push_str(if alone { "/>" } else { ">" });
                } else {
                    // Letter by letter as it was.
                    out.truncate(before);
                    out.push_str(tag);
                }
            }
        }
        open += usize::from(!alone);
    }
    (open == 0 && dropped == 0).then_some(())?;
    out.push_str(rest);
    Some(out.into_bytes())
}

/// Behind the tag that begins here: `>` within quotes is none.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// A name and its attributes, each with its raw value.
type Told<'a> = (&'a str, Vec<(&'a str, &'a str)>);

fn attributes(inside: &str) -> Option<Told<'_>> {
    let end = inside.find(|c: char| c.is_ascii_whitespace()).unwrap_or(inside.len());
    let (name, rest) = inside.split_at_checked(end)?;
    let mut rest = rest.trim_ascii_start();
    let mut out = Vec::new();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_ascii_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after.get(1..)?.split_once(quote)?;
        out.push((name.trim_ascii(), value));
        rest = after.trim_ascii_start();
    }
    Some((name, out))
}

/// Writes the tag up to its last mark; whether anything changed.
fn start(out: &mut String, name: &str, all: &[(&str, &str)], rules: &mut dyn Rules) -> bool {
    let mut changed = false;
    out.push('<');
    out.push_str(name);
    for (attribute, value) in all {
        let fate = match attribute.split(':').next() {
            // Names of prefixes tell nothing, and others stand on them.
            Some("xmlns") => Fate::Keep,
            _ => rules.attribute(local(name), local(attribute), value),
        };
        let value = match fate {
            Fate::Keep => *value,
            Fate::Drop => {
                changed = true;
                continue;
            }
            Fate::Say(words) => words,
        };
        changed |= fate != Fate::Keep;
        let quote = if value.contains('"') { '\'' } else { '"' };
        out.push(' ');
        out.push_str(attribute);
        out.push('=');
        out.push(quote);
        out.push_str(value);
        out.push(quote);
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Test;
    impl Rules for Test {
        fn element(&mut self, name: &str, attributes: &[(&str, &str)]) -> Fate {
            match local(name) {
                "gone" => Fate::Drop,
                "said" => Fate::Say("-"),
                _ if attributes.contains(&("kind", "secret")) => Fate::Drop,
                _ => Fate::Keep,
            }
        }
        fn attribute(&mut self, _: &str, name: &str, _: &str) -> Fate {
            match name {
                "who" => Fate::Say("nobody"),
                "when" => Fate::Drop,
                _ => Fate::Keep,
            }
        }
    }

    fn of(xml: &str) -> Option<String> {
        edited(xml.as_bytes(), &mut Test).map(|x| String::from_utf8(x).unwrap())
    }

    #[test]
    fn what_is_to_go_goes_and_the_rest_stays_letter_by_letter() {
        for (xml, wanted) in [
            ("<?xml version='1.0'?>\n<a >\n<b c = 'd>e'/></a >", None),
            ("<a><!-- by Aigul --><?made by?>x</a>", Some("<a>x</a>")),
            ("<a><w:gone><b>x</b><gone/></w:gone>y</a>", Some("<a>y</a>")),
            ("<a><gone/>y<b kind='secret'>z</b></a>", Some("<a>y</a>")),
            (
                "<a><w:said b='1'>x<c>y</c>z<d/></w:said>v</a>",
                Some("<a><w:said b=\"1\">-</w:said>v</a>"),
            ),
            ("<a><said/>y</a>", Some("<a><said/>y</a>")),
            ("<a w:who='A' when='1' b='\"'>x</a>", Some("<a w:who=\"nobody\" b='\"'>x</a>")),
            ("<a xmlns:when='x'><![CDATA[<gone>]]></a>", None),
        ] {
            assert_eq!(of(xml).as_deref(), Some(wanted.unwrap_or(xml)), "{xml}");
        }
        for broken in [
            "<a>",
            "</a>",
            "<a b></a>",
            "<a b=c></a>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
            "<a",
            "<!-- ",
        ] {
            assert_eq!(of(broken), None, "{broken}");
        }
    }
}
