//! Reading lines of unknown origin: bounded, and never stopped by bytes that are not UTF-8.

use std::io::{BufRead, Read as _};

/// One line of input.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    Text(String),
    /// Longer than the limit; read past, not kept.
    TooLong,
    /// Not UTF-8.
    NotText,
}

/// The next line without its end; `None` at the end of the input.
///
/// # Errors
/// When the input cannot be read.
pub fn next(input: &mut impl BufRead, max_bytes: u64) -> std::io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    let limit = max_bytes.saturating_add(1);
    if input.by_ref().take(limit).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    } else if bytes.len() as u64 == limit {
        skip_line(input)?;
        return Ok(Some(Line::TooLong));
    }
    Ok(Some(String::from_utf8(bytes).map_or(Line::NotText, Line::Text)))
}

fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|b| *b == b'\n');
        let used = end.map_or(buffer.len(), |at| at + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8], max: u64) -> Vec<Line> {
        let mut input = text;
        std::iter::from_fn(|| next(&mut input, max).unwrap()).collect()
    }

    #[test]
    fn a_bad_line_never_takes_the_next_one_with_it() {
        let text = |s: &str| Line::Text(s.to_owned());
        assert_eq!(all(b"one\r\n\ntwo", 10), [text("one"), text(""), text("two")]);
        assert_eq!(all(b"0123456789\nok\n", 5), [Line::TooLong, text("ok")]);
        assert_eq!(all(b"\xff\xfe\nok\n", 5), [Line::NotText, text("ok")]);
        assert_eq!(all(b"01234\n", 5), [text("01234")]);
        assert_eq!(all(b"", 5), []);
    }
}
