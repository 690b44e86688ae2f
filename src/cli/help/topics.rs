//! The topics of the help, each with what stands before and after its options.

#[cfg(feature = "history")]
use crate::cli::args::HISTORY;
use crate::cli::args::{CLASSES, INPUT, METRICS, ORDER, OUTPUT, RUNNING};

/// A page of the help.
pub(super) struct Topic {
    /// What is typed after `tallyho help`.
    pub(super) name: &'static str,
    /// The heading that its options stand below.
    pub(super) heading: &'static str,
    pub(super) before: &'static str,
    pub(super) after: &'static str,
}

/// Every page.
pub(super) const TOPICS: &[Topic] = &[
    Topic { name: "input", heading: INPUT, before: INPUT_BEFORE, after: INPUT_AFTER },
    Topic { name: "classes", heading: CLASSES, before: CLASSES_BEFORE, after: CLASSES_AFTER },
    Topic { name: "metrics", heading: METRICS, before: METRICS_BEFORE, after: METRICS_AFTER },
    Topic { name: "order", heading: ORDER, before: ORDER_BEFORE, after: ORDER_AFTER },
    Topic { name: "output", heading: OUTPUT, before: OUTPUT_BEFORE, after: OUTPUT_AFTER },
    Topic { name: "running", heading: RUNNING, before: RUNNING_BEFORE, after: RUNNING_AFTER },
    #[cfg(feature = "history")]
    Topic { name: "history", heading: HISTORY, before: HISTORY_BEFORE, after: HISTORY_AFTER },
];

const INPUT_BEFORE: &str = "\
Where rows come from, and what they hold.

A row has a label, the true class, and beside it a prediction, or scores: one
for each class, or one for the positive class of two. With tables, --labels,
--predictions and --scores name columns of them, or arrays of an npz. Without
tables, each names a file that holds that alone, or a column of one, as in
truth.parquet:label or 'scores.csv:p_*'; all have the same rows.";

const INPUT_AFTER: &str = "\
`tallyho eval TABLE` without roles lists what is in a table, and ends with a
command that can be pasted.

Scores are logits or probabilities; `auto` decides by the first 1,024 rows of
every file, says in the report which, and refuses files that do not agree. A row
that cannot be scored, such as one with a missing label, stops the run with its
number (rows count from 0, a header is not a row); --on-invalid skip leaves such
rows out and counts them in the report.

Examples:
  tallyho eval predictions.parquet --labels label --predictions prediction
  tallyho eval 'shards/*.csv' --labels y --scores 'p_*'
  tallyho eval t.csv --labels y --scores malignant,benign
  tallyho eval --labels truth.parquet:y --predictions answers.csv:p
  tallyho eval --labels y.npy --scores logits.npy --scores-are logits";

const CLASSES_BEFORE: &str = "\
Which classes there are, and which of them is predicted.

A class is its name. Integers, integral floats and bools are spelled in decimal,
so that '1' in a text and 1 in an array are one class. Classes are those found
in labels and predictions, or those that --classes gives, or those of the score
columns. They are ordered as numbers if all names are whole numbers, else as
text.";

const CLASSES_AFTER: &str = "\
Values may begin with a hyphen: --ignore-label -100, --positive -1.

With one score per row the classes are two, and the later one is positive if
--positive does not say otherwise: of 0 and 1, 1; of ham and spam, spam.

Examples:
  tallyho eval t.csv --labels y --predictions p --ignore-label -100
  tallyho eval t.csv --labels y --scores s --positive spam --threshold 0.3
  tallyho eval t.csv --labels y --predictions p --classes names.txt";

const METRICS_BEFORE: &str = "\
What is measured, and how.

Without --metrics a report has every metric that the rows can have without
further passes over them. `tallyho eval --list-metrics` lists all by name, with
formula, range, when each is undefined, and its source. Names that other tools
use for the same thing are understood: mcc, auc, nll, ece.";

const METRICS_AFTER: &str = "\
Per class there are precision, recall, f1, specificity and jaccard; of all
classes their averages: f1_macro, f1_micro, f1_weighted. A quotient with
denominator 0 is undefined, counts as 0 in averages, and the report says so;
--zero-division sets it.

Examples:
  tallyho eval t.csv --labels y --predictions p --metrics accuracy,f1_macro
  tallyho eval t.csv --labels y --scores 'p_*' --top-k 1,10 --bins 20
  tallyho eval t.csv --labels y --predictions p --metrics 'fbeta_macro(beta=2)'";

const ORDER_BEFORE: &str = "\
Areas under curves, and thresholds: what follows from the order of rows by their
scores.

One score per row is put in order without asking. With a score for each class
that takes another pass over the rows: --auc or a metric by name asks for it.";

const ORDER_AFTER: &str = "\
Memory does not grow with the number of rows, but under --auc exact: by 2 to 4
bytes a row for one score per row (8 to 16 for f64), by as many for metrics by
confidence, and by about 60 bytes a row, however many classes, for a score for
each class. --auc binned takes 0.5 MiB for each class on each thread, and what
it counts merges.

Examples:
  tallyho eval --labels y.npy --scores s.npy --threshold-for 'recall >= 0.95'
  tallyho eval --labels y.npy --scores s.npy --cost 'fp=1,fn=10' --max-fpr 0.1
  tallyho eval --labels y.npy --scores logits.npy --auc binned";

const OUTPUT_BEFORE: &str = "\
What is shown and written, and what must hold.

A table is printed that fits the terminal. Files are opened before work begins
and replaced in one step at the end. Warnings go to standard error and into
every report.";

const OUTPUT_AFTER: &str = "\
A rule is a metric, a comparison and a number: accuracy >= 0.9, recall[cat] >=
0.8, fbeta_macro(beta=2) >= 0.7. docs/rules.md has the grammar in full.

Exit status: 0 done and every rule holds; 1 a rule is broken or undefined; 2 bad
usage, bad input or a failure (2 wins over 1); 130 interrupted.

Examples:
  tallyho eval t.csv --labels y --predictions p -o report.json -o report.md
  tallyho eval t.csv --labels y --predictions p --require 'recall[*] >= 0.8'
  tallyho eval t.csv --labels y --predictions p --json --strict";

const RUNNING_BEFORE: &str = "\
On what rows are counted, with how much of it, and options from a file.

Counts are the same on every device and with any number of threads.";

const RUNNING_AFTER: &str = "\
A file for --options has the options of `eval` by their names, with _ for -:

  labels = \"label\"
  scores = [\"p_cat\", \"p_dog\"]
  ignore_label = [\"-100\"]
  require = [\"accuracy >= 0.9\"]

An option on the command line takes the place of the one in the file, but that
rules of both must hold. Paths are those of the working directory, as on the
command line. What is not known is an error with its line and column.";

#[cfg(feature = "history")]
const HISTORY_BEFORE: &str = "\
Recording a run, so that later ones are compared with it.

The history is one SQLite file. A run is recorded in one step, with its counts.";

#[cfg(feature = "history")]
const HISTORY_AFTER: &str = "\
Examples:
  tallyho eval t.csv --labels y --predictions p --history tallyho.db \\
      --dataset cats --model steady --require 'accuracy >= previous - 0.01'
  tallyho history trend accuracy --model steady";
