//! Arrays of other shapes than one value per row, and options that fit none of them.

use super::kind::Content::Bytes;
use super::kind::{Content, Kind, measured, refused, scored};
use crate::common::files::{Layout, npy, npy_as, npy_matrix};

const PAIRS: &str = "eval --labels y.npy --predictions p.npy";
const SCORES: &str = "eval --labels y.npy --scores s.npy";

/// Probabilities of two classes; those of class 1 are 1/8, 7/8, 1/4, 3/8.
const TWO: (&str, Content) =
    ("s.npy", Bytes(|| npy_matrix(&[0.875, 0.125, 0.125, 0.875, 0.75, 0.25, 0.625, 0.375], 2)));

/// Labels 0, 1, 1, 0: of the four pairs of a 1 and a 0, only 1/4 below 3/8 is wrong.
const OF_TWO: (&str, Content) = ("y.npy", Bytes(|| npy(&[0_i64, 1, 1, 0])));

fn cube(values: [u8; 8]) -> Vec<u8> {
    npy_as(&values, &[2, 2, 2], Layout::default())
}

pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: "Scores of shape (N, 1), as networks with one output give them.",
        files: &[OF_TWO, ("s.npy", Bytes(|| npy_matrix(&[0.125, 0.875, 0.25, 0.375], 1)))],
        runs: &[
            scored(SCORES, 4, 3.0, "row 2 is of 1, below 1/2"),
            measured(SCORES, 4, "roc_auc", 0.75, "three of four pairs are in order"),
        ],
    },
    Kind {
        what: "Predictions of shape (N, 1).",
        files: &[OF_TWO, ("p.npy", Bytes(|| npy_matrix(&[0_i64, 1, 0, 0], 1)))],
        runs: &[scored(PAIRS, 4, 3.0, "row 2 is of 1")],
    },
    Kind {
        what: "Two columns of a binary problem, as predict_proba gives them.",
        files: &[OF_TWO, TWO],
        runs: &[
            scored(SCORES, 4, 3.0, "row 2 is of 1").notes(&["TH162"]),
            measured(
                "eval --labels y.npy --scores s.npy --metrics roc_auc",
                4,
                "roc_auc",
                0.75,
                "three of four pairs are in order",
            )
            .notes(&["TH161"]),
            measured(
                "eval --labels y.npy --scores s.npy --positive 1",
                4,
                "average_precision",
                (1.0 + 2.0 / 3.0) / 2.0,
                "the ones come first and third: (1/1 + 2/3)/2",
            ),
            measured(
                "eval --labels y.npy --scores s.npy --positive 0",
                4,
                "roc_auc",
                0.75,
                "the other class, the other way round",
            ),
            measured(
                "eval --labels y.npy --scores s.npy --max-fpr 0.5",
                4,
                "partial_roc_auc(0.5)",
                2.0 / 3.0,
                "to rate 1/2 the area is 1/4; (1 + (1/4 − 1/8)/(1/2 − 1/8))/2",
            )
            .notes(&["TH161"]),
            scored(
                "eval --labels y.npy --scores s.npy --threshold-for 'recall >= 0.9'",
                4,
                3.0,
                "a threshold is found, not used",
            )
            .notes(&["TH161"]),
            scored(
                "eval --labels y.npy --scores s.npy --threshold 0.3",
                4,
                2.0,
                "3/8 is positive now: rows 0 and 1",
            )
            .notes(&["TH161"]),
        ],
    },
    Kind {
        what: "Options of two columns that cannot be met.",
        files: &[OF_TWO, TWO],
        runs: &[
            refused(
                "eval --labels y.npy --scores s.npy --positive 2",
                "--positive '2' is not a class; the classes are '0' and '1'",
            ),
            refused(
                "eval --labels y.npy --scores s.npy --auc none --positive 1",
                "--positive is without effect on a score for each of two classes where neither \
                 --threshold nor an order needs it; leave out --auc none, or --positive",
            ),
            refused(
                "eval --labels y.npy --scores s.npy --outside wrong",
                "--outside is for predictions; rows of scores always predict one of their classes",
            ),
        ],
    },
    Kind {
        what: "Options of one positive class on scores of three.",
        files: &[
            ("y.npy", Bytes(|| npy(&[0_i64, 1, 2]))),
            ("s.npy", Bytes(|| npy_matrix(&[3.0, 1.0, -1.0, 0.5, 2.0, -2.0, 1.5, 0.0, -3.0], 3))),
            ("one.npy", Bytes(|| npy(&[0_i64, 1, 0]))),
            ("column.npy", Bytes(|| npy(&[1.0, 2.0, -1.0]))),
        ],
        runs: &[
            refused(
                "eval --labels y.npy --scores s.npy --threshold-for 'recall >= 0.9'",
                "--threshold-for is for one positive class, and these rows have a score for each \
                 of 3; for one class, give its column as --scores and labels of two classes, or \
                 leave it out",
            ),
            refused(
                "eval --labels y.npy --scores s.npy --max-fpr 0.1",
                "--max-fpr is for one positive class, and these rows have a score for each of 3; \
                 for one class, give its column as --scores and labels of two classes, or leave it \
                 out (--metrics roc_auc_ovr_macro is the mean of all)",
            ),
            refused(
                "eval --labels y.npy --scores s.npy --positive 1",
                "--positive is for one positive class, and these rows have a score for each of 3; \
                 for one class, give its column as --scores and labels of two classes, or leave it \
                 out (the report has precision, recall and f1 of each)",
            ),
            refused(
                "eval --labels y.npy --scores s.npy --metrics roc_auc",
                "roc_auc needs one score per row or two score columns; these rows have a score for \
                 each class: name an average such as roc_auc_ovr_macro, or give the scores of one \
                 class",
            ),
            measured(
                "eval --labels y.npy --scores s.npy --metrics roc_auc_ovr_macro",
                3,
                "roc_auc_ovr_macro",
                (1.0 + 1.0 + 0.0) / 3.0,
                "softmax of 2, where it should be highest, is lowest; 0 and 1 are in order",
            )
            .offered("--metrics roc_auc_ovr_macro"),
            measured(
                "eval --labels one.npy --scores column.npy --max-fpr 0.5",
                3,
                "roc_auc",
                1.0,
                "2 of the one row of class 1 is highest",
            )
            .offered("give its column as --scores and labels of two classes"),
        ],
    },
    Kind {
        what: "Options of scores on predictions.",
        files: &[OF_TWO, ("p.npy", Bytes(|| npy(&[0_i64, 1, 0, 0])))],
        runs: &[
            refused(
                "eval --labels y.npy --predictions p.npy --threshold 0.5",
                "--threshold needs scores; these rows have only predictions (use --scores)",
            ),
            refused(
                "eval --labels y.npy --predictions p.npy --top-k 2",
                "--top-k needs scores; these rows have only predictions (use --scores)",
            ),
            refused(
                "eval --labels y.npy --predictions p.npy --metrics log_loss",
                "log_loss needs scores, and these rows have predictions only; give --scores",
            ),
        ],
    },
    Kind {
        what: "One score per row where the labels have three classes.",
        files: &[
            ("y.npy", Bytes(|| npy(&[0_i64, 1, 2, 0]))),
            ("s.npy", Bytes(|| npy(&[0.125, 0.875, 0.25, 0.375]))),
        ],
        runs: &[
            refused(
                SCORES,
                "y.npy: row 2: label '2' has no score: the classes are '0' and '1'; --ignore-label '2' leaves such rows out, or name the two with --classes and leave all others out with --on-invalid skip",
            ),
            scored(
                "eval --labels y.npy --scores s.npy --ignore-label 2",
                3,
                3.0,
                "rows 0, 1, 3 are on their sides of 1/2",
            )
            .offered("--ignore-label"),
        ],
    },
    Kind {
        what: "Masks of shape (N, H, W), of which some pixels are to be ignored.",
        files: &[
            ("y.npy", Bytes(|| cube([0, 1, 2, 1, 255, 1, 2, 0]))),
            ("p.npy", Bytes(|| cube([0, 1, 1, 1, 0, 1, 2, 1]))),
        ],
        runs: &[
            scored(PAIRS, 8, 5.0, "pixels 2, 4 and 7 differ").notes(&["TH121"]),
            scored(
                "eval --labels y.npy --predictions p.npy --ignore-label 255",
                7,
                5.0,
                "pixel 4 is left out",
            )
            .notes(&["TH121"]),
        ],
    },
    Kind {
        what: "Classes of tokens, of shape (N, T), padded with -100.",
        files: &[
            ("y.npy", Bytes(|| npy_matrix(&[3_i64, 5, -100, 4, -100, -100], 3))),
            ("p.npy", Bytes(|| npy_matrix(&[3_i64, 4, 4, 4, 3, 3], 3))),
        ],
        runs: &[scored(
            "eval --labels y.npy --predictions p.npy --ignore-label -100",
            3,
            2.0,
            "tokens 0 and 3; token 1 is of 5",
        )
        .notes(&["TH121"])],
    },
    Kind {
        what: "Masks of other shapes for labels and predictions.",
        files: &[
            ("y.npy", Bytes(|| cube([0, 1, 2, 1, 3, 1, 2, 0]))),
            ("p.npy", Bytes(|| npy_matrix(&[0_u8, 1, 1, 1, 0, 1, 2, 1], 4))),
            ("same.npy", Bytes(|| cube([0, 1, 1, 1, 0, 1, 2, 1]))),
        ],
        runs: &[
            refused(
                PAIRS,
                "p.npy has predictions of shape (2, 4), but y.npy has labels of shape (2, 2, 2); \
                 expected one shape: transpose or cut one of them until its elements follow those \
                 of the other, or save both with ravel()",
            ),
            scored("eval --labels y.npy --predictions same.npy", 8, 5.0, "2, 4, 7 differ")
                .notes(&["TH121"])
                .offered("expected one shape"),
        ],
    },
    Kind {
        what: "Labels of 0 and 1 in two dimensions, which may be a mask, one-hot or several.",
        files: &[
            ("y.npy", Bytes(|| npy_matrix(&[0_u8, 1, 0, 1, 0, 0], 3))),
            ("p.npy", Bytes(|| npy_matrix(&[0_u8, 1, 0, 0, 0, 1], 3))),
        ],
        runs: &[
            refused(
                PAIRS,
                "y.npy: holds labels of shape (2, 3) whose values are only 0 and 1: if every \
                 element is a row, as in a mask, say --labels-are rows (6 rows of two classes); if \
                 each row is one-hot, say --labels-are one-hot (2 rows of 3 classes); if a row has \
                 several labels, save one column at a time: y[:, 0]",
            ),
            scored(
                "eval --labels y.npy --predictions p.npy --labels-are rows",
                6,
                4.0,
                "elements 3 and 5 differ",
            )
            .notes(&["TH121"])
            .offered("--labels-are rows"),
            scored(
                "eval --labels y.npy --predictions p.npy --labels-are one-hot",
                2,
                1.0,
                "1 is 1, but 0 is not 2",
            )
            .notes(&["TH122", "TH122"]).warns(&["TH518: no label has the predicted class '2' (1 of 2 rows), which is 1 of the 3 \
                 classes that averages are over; --outside wrong counts such predictions as wrong \
                 and not as classes; if they are classes, name all in --classes"])
            .offered("--labels-are one-hot"),
        ],
    },
    Kind {
        what: "One-hot labels beside predicted classes.",
        files: &[
            ("y.npy", Bytes(|| npy_matrix(&[0_u8, 1, 0, 1, 0, 0], 3))),
            ("p.npy", Bytes(|| npy(&[1_u8, 2]))),
            ("argmax.npy", Bytes(|| npy(&[1_u8, 0]))),
        ],
        runs: &[
            refused(
                PAIRS,
                "y.npy has labels of shape (2, 3), but p.npy has predictions of shape (2,); if \
                 each row is one-hot, say --labels-are one-hot, or save the classes: \
                 np.save('y.npy', y.argmax(1))",
            ),
            scored(
                "eval --labels y.npy --predictions p.npy --labels-are one-hot",
                2,
                1.0,
                "1 is 1, but 0 is not 2",
            )
            .notes(&["TH122"]).warns(&["TH518: no label has the predicted class '2' (1 of 2 rows), which is 1 of the 3 \
                 classes that averages are over; --outside wrong counts such predictions as wrong \
                 and not as classes; if they are classes, name all in --classes"])
            .offered("--labels-are one-hot"),
            scored("eval --labels argmax.npy --predictions p.npy", 2, 1.0, "the same")
.warns(&["TH518: no label has the predicted class '2' (1 of 2 rows), which is 1 of the 3 \
                 classes that averages are over; --outside wrong counts such predictions as wrong \
                 and not as classes; if they are classes, name all in --classes"])
                .offered("y.argmax(1)"),
        ],
    },
    Kind {
        what: "Labels that are said to be one-hot and have two ones in a row.",
        files: &[
            ("y.npy", Bytes(|| npy_matrix(&[1_u8, 1, 0, 1, 0, 0], 3))),
            ("p.npy", Bytes(|| npy(&[1_u8, 0]))),
        ],
        runs: &[refused(
            "eval --labels y.npy --predictions p.npy --labels-are one-hot",
            "y.npy: row 0: the label is not one-hot: 2 of its 3 columns hold 1, expected exactly \
             one; correct it, or leave such rows out with --on-invalid skip",
        )],
    },
    Kind {
        what: "Scores given as predictions.",
        files: &[
            ("y.npy", Bytes(|| npy(&[1_i64, 0]))),
            ("p.npy", Bytes(|| npy_matrix(&[-1.0, 2.5, 0.5, 0.25, 0.75, -2.0], 3))),
            ("argmax.npy", Bytes(|| npy(&[1_i64, 1]))),
        ],
        runs: &[
            refused(
                PAIRS,
                "p.npy has predictions of shape (2, 3), but y.npy has labels of shape (2,); if a \
                 row has a score for each class, name it with --scores; for predicted classes \
                 alone, np.save('p.npy', p.argmax(1))",
            ),
            scored("eval --labels y.npy --scores p.npy", 2, 1.0, "row 1 is of 0")
                .offered("--scores"),
            scored("eval --labels y.npy --predictions argmax.npy", 2, 1.0, "row 1 is of 0")
                .offered("p.argmax(1)"),
        ],
    },
    Kind {
        what: "Scores of tokens, of shape (N, T, C).",
        files: &[
            ("y.npy", Bytes(|| npy_matrix(&[1_i64, 0], 2))),
            ("s.npy", Bytes(|| npy_as(&[0.5, 2.5, -1.0, 3.0], &[1, 2, 2], Layout::default()))),
            ("flat.npy", Bytes(|| npy(&[1_i64, 0]))),
            ("rows.npy", Bytes(|| npy_matrix(&[0.5, 2.5, -1.0, 3.0], 2))),
        ],
        runs: &[
            refused(
                SCORES,
                "s.npy: has scores of shape (1, 2, 2); expected (rows,) or (rows, classes). If the \
                 last axis is that of the classes: np.save('s.npy', s.reshape(-1, 2)), and \
                 np.save('y.npy', y.ravel()) for the labels; if it is another, np.moveaxis(s, 1, \
                 -1) first",
            ),
            scored("eval --labels flat.npy --scores rows.npy", 2, 1.0, "token 1 is of 0")
                .notes(&["TH162"])
                .offered("y.ravel()"),
        ],
    },
    Kind {
        what: "A label to be ignored and a positive class that begin with a hyphen.",
        files: &[
            ("y.npy", Bytes(|| npy(&[0_i64, 1, -100, 1]))),
            ("p.npy", Bytes(|| npy(&[0_i64, 1, 1, 0]))),
            ("sign.npy", Bytes(|| npy(&[1_i64, -1, 1, -1]))),
            ("s.npy", Bytes(|| npy(&[0.25, 0.75, 0.375, 0.125]))),
        ],
        runs: &[
            scored(
                "eval --labels y.npy --predictions p.npy --ignore-label -100",
                3,
                2.0,
                "row 3 is of 1",
            ),
            scored(
                "eval --labels y.npy --predictions p.npy --ignore-label=-100",
                3,
                2.0,
                "the same",
            ),
            scored(
                "eval --labels sign.npy --scores s.npy --positive -1",
                4,
                3.0,
                "-1 from 1/2 on: row 1 of two",
            ),
            scored(
                "eval --labels y.npy --predictions p.npy --ignore-label -1",
                4,
                2.0,
                "-100 is a class then, rows 2 and 3 are wrong",
            )
            .warns(&[
                "TH141: no row has the label '-1', which --ignore-label leaves out; did you \
                      mean '-100'?",
            ]),
            refused(
                "eval --labels y.npy --predictions p.npy --ignore-label --json",
                "error: a value is required for '--ignore-label <LABEL>' but none was supplied; \
                 '--json' is an option",
            ),
        ],
    },
];
