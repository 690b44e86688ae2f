//! Names that stand for a missing value in many files.

/// Names that pandas, R, SQL and spreadsheets write where there is no value.
const MISSING: [&str; 25] = [
    "", "nan", "NaN", "NAN", "-nan", "-NaN", "null", "NULL", "Null", "None", "NaT", "NA", "<NA>",
    "#NA", "#N/A", "N/A", "n/a", "#N/A N/A", "1.#IND", "-1.#IND", "1.#QNAN", "\\N", "-", "?", ".",
];

/// Whether a name is one that stands for a missing value in many files.
pub fn is_missing(name: &str) -> bool {
    MISSING.contains(&name)
}
