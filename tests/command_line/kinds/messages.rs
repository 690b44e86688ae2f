//! Names that other tools use: of classes, roles, metrics, options and commands.

use super::kind::Content::{Bytes, Text};
use super::kind::{Kind, measured, refused, scored};
use crate::common::files::npy;

const T: (&str, super::kind::Content) = ("t.csv", Text("y,p\ncat,cat\ndog,cat\ndog,dog\n"));

/// Labels 0, 1, 1 and predictions 0, 1, 0.
const Y: (&str, super::kind::Content) = ("y.npy", Bytes(|| npy(&[0_i64, 1, 1])));
const P: (&str, super::kind::Content) = ("p.npy", Bytes(|| npy(&[0_i64, 1, 0])));

pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: "A map of id to label, as Hugging Face writes it, for the classes.",
        files: &[
            T,
            ("id2label.json", Text(r#"{"0": "cat", "1": "dog"}"#)),
            ("config.json", Text(r#"{"id2label": {"0": "cat", "1": "dog"}}"#)),
            ("label2id.json", Text(r#"{"dog": 1, "cat": 0}"#)),
            ("gap.json", Text(r#"{"0": "cat", "2": "dog"}"#)),
        ],
        runs: &[
            scored(
                "eval t.csv --labels y --predictions p --classes id2label.json",
                3,
                2.0,
                "row 1 is of dog",
            ),
            scored(
                "eval t.csv --labels y --predictions p --classes config.json",
                3,
                2.0,
                "the same within a config",
            ),
            scored(
                "eval t.csv --labels y --predictions p --classes label2id.json",
                3,
                2.0,
                "the same the other way round",
            ),
            refused(
                "eval t.csv --labels y --predictions p --classes gap.json",
                "gap.json: has no class 1; the keys of a map of 2 classes are 0 to 1",
            ),
        ],
    },
    Kind {
        what: "A glob of arrays for a role.",
        files: &[Y, P, T],
        runs: &[
            refused(
                "eval --labels 'y*.npy' --predictions p.npy",
                "--labels 'y*.npy' is a glob, but without a table each role is one file; join the \
                 arrays with np.concatenate, or save those of each shard in one npz, and write: \
                 tallyho eval '*.npz' --labels COLUMN --predictions COLUMN",
            ),
            refused(
                "eval t.csv --labels 'y*' --predictions p",
                "t.csv: has no column 'y*'; it has: 'y', 'p'; did you mean 'y'?",
            ),
            scored("eval t.csv --labels y --predictions p", 3, 2.0, "row 1 is of dog")
                .offered("did you mean 'y'?"),
        ],
    },
    Kind {
        what: "Metrics by the names of other libraries.",
        files: &[Y, P, ("s.npy", Bytes(|| npy(&[0.25, 0.75, 0.125])))],
        runs: &[
            measured(
                "eval --labels y.npy --predictions p.npy --metrics mean_iou",
                3,
                "jaccard_macro",
                0.5,
                "each class: 1 of 2",
            ),
            measured(
                "eval --labels y.npy --predictions p.npy --metrics mcc",
                3,
                "matthews_corrcoef",
                0.5,
                "(1·1 − 0·1)/√(1·2·1·2)",
            ),
            measured(
                "eval --labels y.npy --predictions p.npy --metrics hamming_loss",
                3,
                "error_rate",
                1.0 / 3.0,
                "row 2 is wrong",
            ),
            measured(
                "eval --labels y.npy --predictions p.npy --metrics zero_one_loss",
                3,
                "error_rate",
                1.0 / 3.0,
                "row 2 is wrong",
            ),
            measured(
                "eval --labels y.npy --scores s.npy --metrics auc",
                3,
                "roc_auc",
                0.5,
                "3/4 is above 1/4, 1/8 is below",
            ),
        ],
    },
    Kind {
        what: "Names of metrics that are no number by themselves, or that none is called.",
        files: &[Y, P],
        runs: &[
            refused(
                "eval --labels y.npy --predictions p.npy --metrics precision",
                "precision is a value of each class: write precision[CLASS], or precision_macro, \
                 precision_micro, precision_weighted",
            ),
            measured(
                "eval --labels y.npy --predictions p.npy --metrics precision_macro",
                3,
                "precision_macro",
                0.75,
                "0: 1 of 2; 1: 1 of 1",
            )
            .offered("precision_macro"),
            refused(
                "eval --labels y.npy --predictions p.npy --metrics f1-score",
                "f1-score is a value of each class (f1 here): write f1[CLASS], or f1_macro, \
                 f1_micro, f1_weighted",
            ),
            refused(
                "eval --labels y.npy --predictions p.npy --metrics accurracy",
                "there is no metric 'accurracy'; did you mean 'accuracy'?",
            ),
            refused(
                "eval --labels y.npy --predictions p.npy --metrics pr_auc",
                "there is no metric 'pr_auc'; the area under the precision-recall curve is \
                 average_precision: by steps, not by trapezoids, which are too large",
            ),
            refused(
                "eval --labels y.npy --predictions p.npy --metrics auc",
                "roc_auc needs scores, and these rows have predictions only; give --scores",
            ),
        ],
    },
    Kind {
        what: "Options by the names of other libraries.",
        files: &[Y, P],
        runs: &[
            refused(
                "eval --labels y.npy --preds p.npy",
                "eval has no option --preds; it is --predictions here (tallyho eval --help)",
            ),
            refused(
                "eval --y-true y.npy --y-pred p.npy",
                "eval has no option --y-true; it is --labels here (tallyho eval --help)",
            ),
            refused(
                "eval --labels y.npy --y-pred p.npy",
                "eval has no option --y-pred; it is --predictions here (tallyho eval --help)",
            ),
            scored("eval --labels y.npy --predictions p.npy", 3, 2.0, "row 2 is of 1")
                .offered("--predictions"),
            refused(
                "eval --labels y.npy --predictions p.npy --average macro",
                "eval has no option --average; it is --metrics f1_macro (or f1_micro, f1_weighted) \
                 here (tallyho eval --help)",
            ),
            measured(
                "eval --labels y.npy --predictions p.npy --metrics f1_macro",
                3,
                "f1_macro",
                2.0 / 3.0,
                "each class: 2·1/(1 + 2)",
            )
            .offered("--metrics f1_macro"),
            refused(
                "eval --labels y.npy --predictions p.npy --ignore-index 1",
                "eval has no option --ignore-index; it is --ignore-label here (tallyho eval --help)",
            ),
            scored(
                "eval --labels y.npy --predictions p.npy --ignore-label 0",
                2,
                1.0,
                "of rows 1 and 2, the first",
            )
            .warns(&[
                "TH518: no label has the predicted class '0' (1 of 2 rows), which is 1 of the 2 \
                 classes that averages are over; --outside wrong counts such predictions as wrong \
                 and not as classes; if they are classes, name all in --classes",
            ])
            .offered("--ignore-label"),
        ],
    },
    Kind {
        what: "The history, which has one name as a file to write and another to read.",
        files: &[T],
        runs: &[
            refused(
                "eval t.csv --db runs.db",
                "eval has no option --db; it is --history here (tallyho eval --help)",
            ),
            refused(
                "history list --history runs.db",
                "history has no option --history; it is --db here (tallyho history --help)",
            ),
        ],
    },
    Kind {
        what: "Subcommands by other names, and none at all.",
        files: &[T],
        runs: &[
            refused(
                "evaluate t.csv",
                "there is no subcommand 'evaluate'; it is `tallyho eval` here",
            ),
            refused(
                "t.csv",
                "'t.csv' is no subcommand; to evaluate a file: tallyho eval t.csv --labels NAME \
                 --predictions NAME",
            ),
            scored("eval t.csv --labels y --predictions p", 3, 2.0, "row 1 is of dog")
                .offered("tallyho eval t.csv"),
            refused(
                "trend accuracy",
                "there is no subcommand 'trend'; it is `tallyho history` here",
            ),
        ],
    },
    Kind {
        what: "A table without a word about what its columns are.",
        files: &[T, ("wide.csv", Text("id,y,p_cat,p_dog\n1,cat,0.875,0.125\n2,dog,0.75,0.25\n"))],
        runs: &[
            refused(
                "eval t.csv",
                "name the true classes with --labels, and --predictions or --scores\n\n\
                 t.csv: csv, 2 columns\n  \
                 y  text  cat, dog, dog, …\n  \
                 p  text  cat, cat, dog, …\n\n\
                 By the names, this may be meant:\n\
                 tallyho eval t.csv --labels y --predictions p",
            ),
            scored("eval t.csv --labels y --predictions p", 3, 2.0, "row 1 is of dog")
                .offered("tallyho eval t.csv --labels y --predictions p"),
            refused(
                "eval wide.csv --labels y",
                "name the answers with --predictions or --scores\n\n\
                 wide.csv: csv, 4 columns\n  \
                 id     integer  1, 2, …\n  \
                 y      text     cat, dog, …\n  \
                 p_cat  number   0.875, 0.75, …\n  \
                 p_dog  number   0.125, 0.25, …\n\n\
                 By the names, this may be meant:\n\
                 tallyho eval wide.csv --labels y --scores 'p_*'",
            ),
            scored("eval wide.csv --labels y --scores 'p_*'", 2, 1.0, "row 1 is of dog")
                .notes(&["TH102", "TH162"])
                .offered("--scores 'p_*'"),
        ],
    },
    Kind {
        what: "No files and no roles, or only one.",
        files: &[Y, P],
        runs: &[
            refused(
                "eval",
                "name the true classes with --labels, and --predictions or --scores, as in: \
                 tallyho eval --labels y.npy --predictions p.npy\n\
                 `tallyho eval TABLE` lists what is in a table; `tallyho eval -h` has more",
            ),
            refused(
                "eval --labels y.npy",
                "name the answers with --predictions or --scores, as in: tallyho eval --labels \
                 y.npy --predictions p.npy\n\
                 `tallyho eval TABLE` lists what is in a table; `tallyho eval -h` has more",
            ),
            scored("eval --labels y.npy --predictions p.npy", 3, 2.0, "row 2 is of 1")
                .offered("--labels y.npy --predictions p.npy"),
            refused(
                "eval y.npy --labels y --predictions p",
                "y.npy: is one array, not a table; name it with --labels, --predictions or --scores",
            ),
        ],
    },
];
