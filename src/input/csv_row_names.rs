//! Row names as R writes them: a first field in every record that the header has no
//! name for.

use std::collections::HashSet;

use super::record::Fields;

/// Without quotes, the numbers of fewer rows than this may be anything.
const ENOUGH: usize = 8;

/// Whether every record has one field more than the header, and the first is a name
/// of its row: in quotes like the header's and different in each, or the row's number.
pub(super) fn are_there(header: &[u8], columns: usize, delimiter: u8, records: &[Vec<u8>]) -> bool {
    let is_quoted = |record: &[u8]| record.first() == Some(&b'"');
    let all_quoted = is_quoted(header) && records.iter().all(|record| is_quoted(record));
    if !all_quoted && records.len() < ENOUGH {
        return false;
    }
    let mut seen = HashSet::new();
    let mut buffer = Vec::new();
    records.iter().enumerate().all(|(row, record)| {
        let mut fields = Fields::split(record, delimiter);
        let name = fields.next(&mut buffer).unwrap_or_default().to_vec();
        let is_number = || std::str::from_utf8(&name).is_ok_and(|it| it == (row + 1).to_string());
        (all_quoted || is_number())
            && Fields::split(record, delimiter).count() == columns + 1
            && seen.insert(name)
    })
}

#[cfg(test)]
mod tests {
    use super::are_there;

    #[test]
    fn row_names_are_told_from_commas_too_many() {
        let found = |header: &str, rows: &[&str]| {
            let columns = header.split(',').count();
            let rows: Vec<Vec<u8>> = rows.iter().map(|row| row.as_bytes().to_vec()).collect();
            are_there(header.as_bytes(), columns, b',', &rows)
        };
        assert!(found("\"y\",\"p\"", &["\"1\",0,0", "\"2\",1,0"]));
        assert!(!found("\"y\",\"p\"", &["\"1\",0,0", "\"1\",1,0"]), "not different");
        assert!(!found("\"y\",\"p\"", &["\"1\",0", "\"2\",1,0"]), "not all");
        assert!(!found("y,s", &["cat,0,5", "dog,0,7"]), "decimal commas");
        let numbered: Vec<String> = (1..=8).map(|row| format!("{row},0,5")).collect();
        let numbered: Vec<&str> = numbered.iter().map(String::as_str).collect();
        assert!(found("y,p", &numbered));
        assert!(!found("y,p", &numbered[1..]));
    }
}
