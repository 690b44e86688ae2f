//! Records and fields of CSV text, RFC 4180 with either line end.
//!
//! Records end at `\n`, or at `\r\n`; a line with nothing on it is no record. A
//! field that begins with a quote goes on to the next lone quote; `""` stands
//! for one. A quote anywhere else is a character like any other.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

/// The end of the record that begins at `start`, just after its line end.
/// `None` if `text` ends before; `None` too when the text ends within quotes.
pub(super) fn record_end(text: &[u8], start: usize) -> Option<usize> {
    let line_end = start + memchr(b'\n', &text[start..])? + 1;
    if memchr(b'"', &text[start..line_end]).is_none() {
        return Some(line_end);
    }
    quoted_record_end(text, start)
}

/// Appends the places of the records of `text[start..]` that end before its
/// first quote, until there are `rows` of them in all. Returns where the next
/// record begins. Blank lines are passed over.
pub(super) fn plain_records(
    text: &[u8],
    start: usize,
    rows: usize,
    records: &mut Vec<Range<usize>>,
) -> usize {
    let plain = memchr(b'"', &text[start..]).map_or(text, |quote| &text[..start + quote]);
    let mut begin = start;
    for line in memchr_iter(b'\n', &plain[start..]) {
        if records.len() >= rows {
            break;
        }
        let end = start + line + 1;
        if !is_blank(&plain[begin..end]) {
            records.push(begin..end);
        }
        begin = end;
    }
    begin
}

/// The same, when there are quotes.
fn quoted_record_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at = if text.get(at) == Some(&b'"') { quoted_end(text, at + 1)? } else { at };
        // Past the quotes, if any, the field goes on to a comma or line end.
        at += text[at..].iter().position(|&byte| byte == b',' || byte == b'\n')?;
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

/// The fields of one record, with or without its line end.
pub(super) struct Fields<'a> {
    /// What is left, `None` after the last field.
    rest: Option<&'a [u8]>,
}

impl<'a> Fields<'a> {
    /// The fields of `record`.
    pub(super) fn new(record: &'a [u8]) -> Self {
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        Self { rest: Some(record.strip_suffix(b"\r").unwrap_or(record)) }
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
        let end = memchr(b',', rest);
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
        let end = memchr(b',', rest);
        buffer.extend_from_slice(&rest[..end.unwrap_or(rest.len())]);
        self.rest = end.map(|end| &rest[end + 1..]);
        buffer
    }
}
