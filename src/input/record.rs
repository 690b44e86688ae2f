//! Records and fields of CSV text, RFC 4180 with either line end.
//!
//! Records end at `\n`, or at `\r\n`. A line with nothing on it is a record, of
//! one missing value, where there is one column, and else none. A field that
//! begins with a quote goes on to the next lone quote; `""` stands for one. A
//! quote anywhere else is a character like any other.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

/// The end of the record that begins at `start`, just after its line end.
/// `None` if `text` ends before; `None` too when the text ends within quotes.
pub(super) fn record_end(text: &[u8], start: usize, delimiter: u8) -> Option<usize> {
    let line_end = start + memchr(b'\n', &text[start..])? + 1;
    if memchr(b'"', &text[start..line_end]).is_none() {
        return Some(line_end);
    }
    quoted_record_end(text, start, delimiter)
}

/// Appends the places of the records of `text[start..]` that end before its
/// first quote, until there are `rows` of them in all. Returns where the next
/// record begins. Unless they are records, `blank_lines` are passed over.
pub(super) fn plain_records(
    text: &[u8],
    start: usize,
    rows: usize,
    blank_lines: bool,
    records: &mut Vec<Range<usize>>,
) -> usize {
    let plain = memchr(b'"', &text[start..]).map_or(text, |quote| &text[..start + quote]);
    let mut begin = start;
    for line in memchr_iter(b'\n', &plain[start..]) {
        if records.len() >= rows {
            break;
        }
        let end = start + line + 1;
        if blank_lines || !is_blank(&plain[begin..end]) {
            records.push(begin..end);
        }
        begin = end;
    }
    begin
}

/// The same, when there are quotes.
fn quoted_record_end(text: &[u8], start: usize, delimiter: u8) -> Option<usize> {
    let mut at = start;
    loop {
        at = if text.get(at) == Some(&b'"') { quoted_end(text, at + 1)? } else { at };
        // Past the quotes, if any, the field goes on to a separator or line end.
        at += text[at..].iter().position(|&byte| byte == delimiter || byte == b'\n')?;
        if text[at] == b'\n' {
            return Some(at + 1);
        }
        at += 1;
    }
}

/// Just after the quote that closes the field whose content begins at `start`.
fn quoted_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at += memchr(b'"', &text[at..])? + 1;
        match text.get(at) {
            Some(b'"') => at += 1,
            // At the end of the text, the next byte may still be a quote.
            None => return None,
            Some(_) => return Some(at),
        }
    }
}

/// Whether a record, with its line end, is a line with nothing on it.
pub(super) fn is_blank(record: &[u8]) -> bool {
    matches!(record, b"\n" | b"\r\n" | b"\r" | b"")
}

/// Whether a carriage return ends no line and is in no quotes.
pub(super) fn has_stray_return(record: &[u8], delimiter: u8) -> bool {
    let text = without_line_end(record);
    if memchr(b'\r', text).is_none() {
        return false;
    }
    let mut at = 0;
    loop {
        let is_quoted = text.get(at) == Some(&b'"');
        let begin = if is_quoted { quoted_end(text, at + 1).unwrap_or(text.len()) } else { at };
        let end = memchr(delimiter, &text[begin..]).map_or(text.len(), |end| begin + end);
        if text[begin..end].contains(&b'\r') {
            return true;
        }
        if end == text.len() {
            return false;
        }
        at = end + 1;
    }
}

/// Whether all carriage returns in `text` end one of the `records`; `false` too
/// where some are in quotes or on blank lines.
pub(super) fn returns_end_records(text: &[u8], records: &[Range<usize>]) -> bool {
    let returns = memchr_iter(b'\r', text).count();
    returns == 0 || {
        let ends = |record: &&Range<usize>| text[(*record).clone()].ends_with(b"\r\n");
        returns == records.iter().filter(ends).count()
    }
}

/// A record without its line end.
pub(super) fn without_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}

/// The fields of one record, with or without its line end.
pub(super) struct Fields<'a> {
    delimiter: u8,
    /// What is left, `None` after the last field.
    rest: Option<&'a [u8]>,
    /// Whether a field went on after the quote that closes it.
    goes_on: bool,
}

impl<'a> Fields<'a> {
    /// The fields of `record`, separated by commas.
    pub(super) fn new(record: &'a [u8]) -> Self {
        Self::split(record, b',')
    }

    /// The fields of `record`, separated by `delimiter`.
    pub(super) fn split(record: &'a [u8], delimiter: u8) -> Self {
        Self { delimiter, rest: Some(without_line_end(record)), goes_on: false }
    }

    /// Whether a field so far went on after the quote that closes it, so that the
    /// quote that opens it may be a mere character.
    pub(super) fn go_on_after_quotes(&self) -> bool {
        self.goes_on
    }

    /// How many there are.
    pub(super) fn count(mut self) -> usize {
        let mut buffer = Vec::new();
        let mut count = 0;
        while self.next(&mut buffer).is_some() {
            count += 1;
        }
        count
    }

    /// The next field. One with quotes is put together in `buffer`.
    pub(super) fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Option<&'b [u8]>
    where
        'a: 'b,
    {
        let rest = self.rest?;
        if rest.first() == Some(&b'"') {
            return Some(self.quoted(&rest[1..], buffer));
        }
        let end = memchr(self.delimiter, rest);
        self.rest = end.map(|end| &rest[end + 1..]);
        Some(&rest[..end.unwrap_or(rest.len())])
    }

    /// A field whose opening quote was just passed.
    fn quoted<'b>(&mut self, mut rest: &'a [u8], buffer: &'b mut Vec<u8>) -> &'b [u8] {
        buffer.clear();
        loop {
            let Some(quote) = memchr(b'"', rest) else {
                // Never closed: `record_end` lets this happen in the last record only.
                buffer.extend_from_slice(rest);
                self.rest = None;
                return buffer;
            };
            buffer.extend_from_slice(&rest[..quote]);
            rest = &rest[quote + 1..];
            if rest.first() != Some(&b'"') {
                break;
            }
            buffer.push(b'"');
            rest = &rest[1..];
        }
        let end = memchr(self.delimiter, rest);
        let after = &rest[..end.unwrap_or(rest.len())];
        self.goes_on |= !after.is_empty();
        buffer.extend_from_slice(after);
        self.rest = end.map(|end| &rest[end + 1..]);
        buffer
    }
}
