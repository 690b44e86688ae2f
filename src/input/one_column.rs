//! The one score column of a table, beside the others that it was chosen from.

use super::select::Column;

/// A score column that is alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneColumn {
    /// Its name.
    pub name: String,
    /// The names of the table's other columns.
    pub others: Vec<String>,
}

impl OneColumn {
    /// The one of `columns` at `places`, if it is one.
    pub(super) fn of(columns: &[Column], places: &[usize]) -> Option<Self> {
        let [place] = places else { return None };
        let others = columns.iter().enumerate().filter(|(other, _)| other != place);
        let others = others.map(|(_, column)| column.name.clone()).collect();
        Some(Self { name: columns.get(*place)?.name.clone(), others })
    }
}
