//! A CSV reader that goes through a file byte by byte and shares no code with
//! the one under test.
//!
//! It knows commas, quotes, either line end and the byte order mark, and says
//! when a text has more than one meaning. It guesses nothing.

/// A header and rows, as bytes.
#[derive(Debug, Default, PartialEq)]
pub(super) struct NaiveTable {
    pub(super) header: Vec<Vec<u8>>,
    pub(super) rows: Vec<Vec<Vec<u8>>>,
}

/// Why a text is no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unclear {
    /// A quote is never closed.
    OpenQuote,
    /// Text follows the quote that closes a field.
    AfterQuote,
    /// A carriage return stands alone.
    CarriageReturn,
    /// There is nothing.
    Nothing,
}

/// Where in a field the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Begin,
    Plain,
    Quoted,
    Closed,
}

/// Reads a whole file.
pub(super) fn read(text: &[u8]) -> Result<NaiveTable, Unclear> {
    let text = if text.starts_with(&[0xef, 0xbb, 0xbf]) { &text[3..] } else { text };
    let mut records: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut record: Vec<Vec<u8>> = Vec::new();
    let mut field: Vec<u8> = Vec::new();
    let mut state = State::Begin;
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        at += 1;
        if state == State::Quoted {
            match (byte, text.get(at)) {
                (b'"', Some(b'"')) => {
                    field.push(b'"');
                    at += 1;
                }
                (b'"', _) => state = State::Closed,
                _ => field.push(byte),
            }
            continue;
        }
        match byte {
            b'"' if state == State::Begin => state = State::Quoted,
            b',' => {
                record.push(std::mem::take(&mut field));
                state = State::Begin;
            }
            b'\n' => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
                state = State::Begin;
            }
            // Before the end of a line, or of the file.
            b'\r' if text.get(at).is_none_or(|&next| next == b'\n') => {}
            b'\r' => return Err(Unclear::CarriageReturn),
            _ if state == State::Closed => return Err(Unclear::AfterQuote),
            _ => {
                field.push(byte);
                state = State::Plain;
            }
        }
    }
    if state == State::Quoted {
        return Err(Unclear::OpenQuote);
    }
    // A last line without its end is one, unless there is nothing on it.
    if state != State::Begin || !record.is_empty() {
        record.push(field);
        records.push(record);
    }
    let is_blank = |record: &Vec<Vec<u8>>| record.len() == 1 && record[0].is_empty();
    let first = records.iter().position(|record| !is_blank(record)).ok_or(Unclear::Nothing)?;
    let header = records[first].clone();
    let rows = records.split_off(first + 1);
    // With one column, an empty line is an empty value.
    let keep = |record: &Vec<Vec<u8>>| header.len() == 1 || !is_blank(record);
    let rows = rows.into_iter().filter(keep).collect();
    Ok(NaiveTable { header, rows })
}

#[test]
fn the_naive_reader_reads_what_was_written_by_hand() {
    let text = |fields: &[&str]| fields.iter().map(|it| it.as_bytes().to_vec()).collect::<Vec<_>>();
    let table = read(b"\xef\xbb\xbfy,p\r\n\"a,\"\"b\"\"\n\",c\n\nd,\"\"\r\ne\"f,g").unwrap();
    assert_eq!(table.header, text(&["y", "p"]));
    let rows = [text(&["a,\"b\"\n", "c"]), text(&["d", ""]), text(&["e\"f", "g"])];
    assert_eq!(table.rows, rows);
    let column = read(b"\ny\na\n\nb\n\n").unwrap();
    assert_eq!(column.header, text(&["y"]));
    assert_eq!(column.rows, [text(&["a"]), text(&[""]), text(&["b"]), text(&[""])]);
    for (text, unclear) in [
        (&b"y\n\"a"[..], Unclear::OpenQuote),
        (b"y\n\"a\"b\n", Unclear::AfterQuote),
        (b"y\na\rb\n", Unclear::CarriageReturn),
        (b"y\na\r\r\n", Unclear::CarriageReturn),
        (b"\n\r\n", Unclear::Nothing),
    ] {
        assert_eq!(read(text), Err(unclear), "{}", text.escape_ascii());
    }
}
