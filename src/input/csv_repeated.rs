//! The header of a CSV file where it comes again among the rows, as where files
//! were put together: as it was, in other quotes, or with its columns moved.

use std::sync::OnceLock;

use super::record::{Fields, without_line_end};

/// The UTF-8 byte order mark.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

/// How a record is the header once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// The same names in the same order.
    Same,
    /// The same names in another order: below it the columns are others.
    Moved,
}

/// A header line, to be recognised when it comes again.
#[derive(Clone, Debug)]
pub(super) struct HeaderLine {
    text: Vec<u8>,
    delimiter: u8,
    /// How many names there are.
    count: usize,
    /// The names as they stand and sorted, once a record was compared with them.
    names: OnceLock<[Vec<Vec<u8>>; 2]>,
    /// Whether a record that is the header begins with this byte.
    begins: [bool; 256],
    /// Length of the names and the separators between them.
    bare: usize,
    /// Whether names in another order are told: not of numbers, which may be a row.
    may_move: bool,
}

impl HeaderLine {
    /// That of the record that is a header.
    pub(super) fn of(record: &[u8], delimiter: u8) -> Self {
        let text = without_line_end(record).to_vec();
        let mut begins = [false; 256];
        begins[usize::from(b'"')] = true;
        begins[usize::from(MARK[0])] = true;
        let (mut count, mut bare, mut are_empty, mut are_numbers) = (0_usize, 0, true, true);
        let (mut fields, mut buffer) = (Fields::split(&text, delimiter), Vec::new());
        while let Some(name) = fields.next(&mut buffer) {
            begins[usize::from(name.first().copied().unwrap_or(delimiter))] = true;
            count += 1;
            bare += name.len();
            are_empty &= name.is_empty();
            are_numbers = are_numbers && is_number(name);
        }
        if are_empty {
            begins[usize::from(b'\n')] = true;
            begins[usize::from(b'\r')] = true;
        }
        let (bare, may_move) = (bare + count.saturating_sub(1), !are_numbers);
        Self { text, delimiter, count, names: OnceLock::new(), begins, bare, may_move }
    }

    /// How a record is the header once more, if it is; a file that was appended to
    /// another may begin with a byte order mark of its own.
    #[inline]
    pub(super) fn again(&self, record: &[u8]) -> Option<Again> {
        // Nearly every record is told apart by its first byte.
        let begins = record.first().is_none_or(|first| self.begins[usize::from(*first)]);
        if begins { self.is_again(record) } else { None }
    }

    fn is_again(&self, record: &[u8]) -> Option<Again> {
        let record = without_line_end(record);
        // With no quotes it is as long as the names, and quotes take 2 bytes a name.
        let most = 2 * self.bare + 2 * self.count + MARK.len();
        if record.len() < self.bare || record.len() > most {
            return None;
        }
        let record = record.strip_prefix(MARK).unwrap_or(record);
        if record == self.text {
            return Some(Again::Same);
        }
        if record.len() > self.bare && !record.contains(&b'"') {
            return None;
        }
        self.compare(&fields(record, self.delimiter))
    }

    fn compare(&self, found: &[Vec<u8>]) -> Option<Again> {
        if found.len() != self.count {
            return None;
        }
        let [names, sorted] = self.names.get_or_init(|| {
            let names = fields(&self.text, self.delimiter);
            let mut sorted = names.clone();
            sorted.sort_unstable();
            [names, sorted]
        });
        if found == names {
            return Some(Again::Same);
        }
        if !self.may_move {
            return None;
        }
        let mut found = found.to_vec();
        found.sort_unstable();
        (found == *sorted).then_some(Again::Moved)
    }
}

fn is_number(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| name.trim().parse::<f64>().is_ok())
}

fn fields(record: &[u8], delimiter: u8) -> Vec<Vec<u8>> {
    let mut fields = Fields::split(record, delimiter);
    let (mut found, mut buffer) = (Vec::new(), Vec::new());
    while let Some(field) = fields.next(&mut buffer) {
        found.push(field.to_vec());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_recognised_in_any_quotes_and_any_order() {
        let header = HeaderLine::of(b"\"y\",p,\"a,b\"\r\n", b',');
        for (record, expected) in [
            ("\"y\",p,\"a,b\"\n", Some(Again::Same)),
            ("y,p,\"a,b\"", Some(Again::Same)),
            ("\u{feff}\"y\",\"p\",\"a,b\"\r\n", Some(Again::Same)),
            ("p,y,\"a,b\"\n", Some(Again::Moved)),
            ("\"a,b\",y,p\n", Some(Again::Moved)),
            ("p,p,\"a,b\"\n", None),
            ("y,p,a,b\n", None),
            ("y,p,c\n", None),
            ("y,p\n", None),
            ("\n", None),
        ] {
            assert_eq!(header.again(record.as_bytes()), expected, "{record:?}");
        }
        let empty = HeaderLine::of(b",p\n", b',');
        assert_eq!(empty.again(b"\"\",p\n"), Some(Again::Same));
        assert_eq!(empty.again(b"p,\n"), Some(Again::Moved));
        // Numbers in another order may be a row.
        let numbers = HeaderLine::of(b"0,1\n", b',');
        assert_eq!(numbers.again(b"1,0\n"), None);
        assert_eq!(numbers.again(b"0,1\n"), Some(Again::Same));
    }
}
