//! Notices: what a user should know beside the numbers, each kind by a code.
//!
//! A *warning* is about reading and running: files, options, devices. A
//! *finding* is about the rows: it follows from the tallies alone, so that it is
//! the same however the rows were split, ordered or computed.

use std::path::Path;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::terminal::told;

/// A kind of notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// What programs know it by: "TH101". Never given to another kind.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What it says, in general, for the list of all codes.
    pub meaning: &'static str,
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// What was decided for the user, where it can hardly be wrong.
    Note,
    /// The numbers may not mean what they seem to.
    Warning,
}

impl Severity {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
        }
    }
}

/// Something a user should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its kind.
    pub code: Code,
    /// What was found, and where, in one or two sentences.
    pub text: String,
    /// What to do about it, if there is something to do.
    pub hint: Option<String>,
}

impl Notice {
    /// A notice of which nothing follows. Names in it are fit for a terminal and cut
    /// where they are very long, wherever it is shown or kept.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: told(&text.into()), hint: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(told(&hint.into())), ..self }
    }

    /// Whether it says that numbers may be wrong.
    pub fn is_warning(&self) -> bool {
        self.code.severity == Severity::Warning
    }

    /// What was found and what to do about it, in one line.
    pub fn sentence(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{}; {hint}", self.text),
            None => self.text.clone(),
        }
    }
}

impl Serialize for Notice {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut object = to.serialize_struct("Notice", 4)?;
        object.serialize_field("code", self.code.id)?;
        object.serialize_field("severity", self.code.severity.name())?;
        object.serialize_field("text", &self.text)?;
        match &self.hint {
            Some(hint) => object.serialize_field("hint", hint)?,
            None => object.skip_field("hint")?,
        }
        object.end()
    }
}

/// What is to be said of a process that was killed before it could replace files;
/// nothing, if there are none.
pub fn run_was_killed<'a>(files: impl IntoIterator<Item = &'a Path>) -> Option<Notice> {
    let paths: Vec<String> = files.into_iter().map(|path| path.display().to_string()).collect();
    let text = format!(
        "a run that was to replace {} was killed before it did; other files of that run, and \
         its record in a history, may have been written",
        paths.join(" and ")
    );
    (!paths.is_empty()).then(|| Notice::new(RUN_WAS_KILLED, text))
}

/// Notices of a kind that are told one by one.
const FEW: usize = 3;

/// The same notices, of a kind that many files have only the first few, the last of
/// which says how many there are.
pub fn grouped(notices: Vec<Notice>) -> Vec<Notice> {
    let count = |code: Code| notices.iter().filter(|notice| notice.code == code).count();
    let mut kept: Vec<Notice> = Vec::new();
    for notice in &notices {
        let before = kept.iter().filter(|known| known.code == notice.code).count();
        if before == FEW {
            continue;
        }
        let mut notice = notice.clone();
        let more = count(notice.code) - before - 1;
        if before + 1 == FEW && more > 0 {
            notice.text.push_str(&format!(" (and {more} more alike)"));
        }
        kept.push(notice);
    }
    kept
}

/// Declares the codes and the list of all of them.
macro_rules! codes {
    ($($name:ident = $id:literal, $severity:ident, $meaning:literal;)+) => {
        $(#[doc = $meaning] pub const $name: Code =
            Code { id: $id, severity: Severity::$severity, meaning: $meaning };)+

        /// Every code, in the order of their numbers: 0 files, 1 columns and classes,
        /// 2 scores, 3 running, 5 findings about the rows.
        pub const ALL: &[Code] = &[$($name),+];
    };
}

codes! {
    CSV_DELIMITER = "TH011", Note, "the separator of a CSV file is another than the usual one";
    DECIMAL_COMMA = "TH012", Note, "scores in a CSV file have a decimal comma";
    HEADER_TAKEN = "TH013", Note, "the first line of a CSV file was taken for a header without proof";
    REPEATED_HEADER = "TH014", Note, "lines equal to the header were left out of a CSV file";
    BLANK_LINES_FIRST = "TH015", Warning, "a CSV file of one column begins with empty lines, which were not taken for rows";
    ROW_NAMES = "TH016", Note, "the header of a CSV file is one name short: the first column is of row names";
    HEADER_AS_ROWS = "TH017", Warning, "lines equal to the header of a CSV file were taken for rows";
    BLANKS_IN_NAMES = "TH018", Note, "a column was found whose name differs by blanks around it";
    CUT_OFF = "TH019", Warning, "the last line of a CSV file has no line end";
    EMPTY_FILES = "TH031", Note, "files without rows were passed over";
    HIDDEN_FILES = "TH032", Note, "tables whose names begin with '_' or '.' were passed over";
    OTHER_FILES = "TH033", Note, "files of other formats were passed over";
    UNREAD_FILES = "TH034", Warning, "files that may hold rows were passed over";
    FILE_TWICE = "TH035", Warning, "a file was met twice and is counted once";
    SAME_ROWS = "TH036", Warning, "files hold the same labels in the same order, as of several models";
    POOLED = "TH037", Note, "files whose names differ by more than numbers are one report";
    WIDENED = "TH038", Note, "columns have other types in other files";
    KEY_COLUMNS = "TH039", Note, "rows of several files were matched by columns that both have";
    NAMED_REST = "TH040", Note, "the second of two classes was named, since no label is of it";
    SAME_TALLIES = "TH041", Warning, "two states hold the same counts, as of the same rows";
    KEYS_DIFFER = "TH042", Warning, "rows of two files differ in a column that both have";
    SPELLED_IN_FILES = "TH043", Warning, "files spell classes differently";
    UNVERIFIED = "TH045", Note, "states are signed, and by whom was not verified";
    REPEATED_SHARD = "TH046", Note, "two states of one shard were added, as asked";
    SLICES_LEFT_OUT = "TH047", Warning, "slices that not all states have were left out";
    SHOWN_AS_FIRST = "TH048", Note, "states differ in what a report shows; the first of them says";
    INDEX_COLUMN = "TH101", Note, "a column that only numbers the rows was left out of the scores";
    SCORE_COLUMNS = "TH102", Note, "how score columns became classes";
    REORDERED_COLUMNS = "TH103", Note, "files have their score columns in different orders";
    UNLABELLED_COLUMN = "TH104", Warning, "a score column whose class is the label of no row";
    NOT_NUMBERED = "TH105", Warning, "a column that is not numbered like the others was left out of the scores";
    AGAINST_ITS_NAME = "TH106", Warning, "a score column is listed for another class than the one it is named like";
    ELEMENT_ROWS = "TH121", Note, "labels have several dimensions: every element is a row";
    ONE_HOT = "TH122", Note, "one-hot rows were taken as the class that their 1 stands for";
    WHOLE_SCORES = "TH123", Note, "scores are whole numbers";
    WHOLE_SCORE = "TH124", Warning, "the one score of a row is a whole number, as predicted classes are";
    QUANTISED_SCORES = "TH125", Warning, "scores are 8-bit integers without a scale";
    NEVER_IGNORED = "TH141", Warning, "no row has a label that was to be left out";
    OUTSIDE_LEFT_OUT = "TH142", Warning, "rows whose prediction is of no class were left out";
    RESPELLED = "TH143", Note, "spellings that were taken for one class";
    POSITIVE_COLUMN = "TH161", Note, "which of two score columns is that of the positive class";
    UNORDERED_COLUMNS = "TH162", Note, "two score columns were not put in order, and how to ask for it";
    ONE_IS_ALL = "TH163", Note, "every label is 1, so that the classes were taken for 0 and 1";
    GUESSED_POSITIVE = "TH166", Warning, "the positive class was guessed: names do not tell which it is, or tell another";
    POSITIVE_BY_NAME = "TH167", Note, "the positive class was told by the name of its score column";
    UNIT_RANGE = "TH201", Warning, "scores from 0 to 1 were taken as logits";
    ALL_PASS = "TH202", Warning, "scores taken as logits would pass as probabilities";
    INFINITE_LOSS = "TH203", Warning, "rows give their label probability 0";
    INVALID_ROWS = "TH204", Warning, "rows that cannot be scored were left out";
    CLIPPED = "TH205", Warning, "probabilities a little outside of 0 to 1 were clipped";
    PERCENT = "TH206", Note, "scores were divided by 100";
    UNNORMALIZED = "TH207", Note, "rows of scores were divided by their sums";
    SUM_TOLERANCE = "TH208", Note, "rows of rounded probabilities may be further from summing to 1";
    NOT_NEGATIVE = "TH209", Warning, "scores of which none is below 0 were taken as logits";
    SMALL_PERCENTAGES = "TH210", Warning, "scores said to be percentages look like probabilities";
    THRESHOLD_BEYOND = "TH211", Warning, "the threshold is beyond all probabilities, or at the last of them";
    NOT_POSITIVE = "TH212", Warning, "scores of which none is above 0 were taken as logits";
    DEVICE_NOT_USED = "TH301", Note, "rows were counted on the CPU though a device was named";
    DEVICE_FAILED = "TH302", Warning, "a device failed and the CPU went on";
    RUN_WAS_KILLED = "TH303", Note, "a run was killed before it could replace an output";
    FEWER_THREADS = "TH305", Note, "fewer threads than were asked for";
    MANY_INVALID = "TH501", Warning, "more than 1 % of the rows were left out as invalid";
    UNLABELLED_PREDICTION = "TH502", Warning, "most rows are predicted as a class that no label has";
    SPELLED_ALIKE = "TH511", Warning, "classes differ in nothing but their spelling";
    OUTSIDE_WRONG = "TH512", Note, "predictions of no class count as wrong";
    ALL_OUTSIDE = "TH513", Warning, "no prediction is of any class";
    ONLY_PREDICTED = "TH514", Note, "predicted classes that no label has, few among many or told of otherwise";
    MISSING_NAMES = "TH515", Warning, "classes that are called as missing values are";
    NONE_RIGHT = "TH516", Warning, "no row is right";
    ONE_COLUMN = "TH517", Warning, "labels and predictions are one column";
    AVERAGES_OF_ONLY_PREDICTED = "TH518", Warning, "averages over classes count predicted classes that no label has";
    SLICES_ALIKE = "TH519", Warning, "values of a slice differ in nothing but their spelling";
}

#[cfg(test)]
mod tests {
    use super::{ALL, DECIMAL_COMMA, INDEX_COLUMN, Notice, grouped};

    #[test]
    fn notices_of_many_files_are_told_by_the_first_few() {
        let file = |number: usize| Notice::new(INDEX_COLUMN, format!("{number}.csv"));
        let other = Notice::new(DECIMAL_COMMA, "a");
        let many = (0..1_000).map(file).chain([other.clone()]).collect();
        let told: Vec<String> = grouped(many).into_iter().map(|notice| notice.text).collect();
        assert_eq!(told, ["0.csv", "1.csv", "2.csv (and 997 more alike)", "a"]);
        let three: Vec<Notice> = (0..3).map(file).collect();
        assert_eq!(grouped(three.clone()), three);
    }

    #[test]
    fn codes_are_in_order_and_none_stands_twice() {
        assert!(ALL.windows(2).all(|pair| pair[0].id < pair[1].id));
        assert!(ALL.iter().all(|code| code.id.len() == 5 && code.id.starts_with("TH")));
    }
}
