//! The header of a CSV file where it comes again among the rows, as where files
//! were put together: as it was, in other quotes, or with its columns moved.

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
    names: Vec<Vec<u8>>,
    sorted: Vec<Vec<u8>>,
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
        let names = fields(&text, delimiter);
        let mut begins = [false; 256];
        begins[usize::from(b'"')] = true;
        begins[usize::from(MARK[0])] = true;
        for name in &names {
            begins[usize::from(name.first().copied().unwrap_or(delimiter))] = true;
        }
        if names.iter().all(Vec::is_empty) {
            begins[usize::from(b'\n')] = true;
            begins[usize::from(b'\r')] = true;
        }
        let bare = names.iter().map(Vec::len).sum::<usize>() + names.len().saturating_sub(1);
        let is_number = |name: &Vec<u8>| {
            std::str::from_utf8(name).is_ok_and(|name| name.trim().parse::<f64>().is_ok())
        };
        let may_move = !names.iter().all(is_number);
        let mut sorted = names.clone();
        sorted.sort_unstable();
        Self { text, delimiter, names, sorted, begins, bare, may_move }
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
        let most = 2 * self.bare + 2 * self.names.len() + MARK.len();
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
        if found == self.names {
            return Some(Again::Same);
        }
        if !self.may_move || found.len() != self.names.len() {
            return None;
        }
        let mut found = found.to_vec();
        found.sort_unstable();
        (found == self.sorted).then_some(Again::Moved)
    }
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
