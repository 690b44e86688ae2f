//! Probabilities that are none to the letter.

use super::kind::Content::{Bytes, Text};
use super::kind::{Kind, measured, refused, scored};
use crate::common::files::{npy, npy_matrix};

const SINGLE: &str = "eval --labels y.npy --scores s.npy";
const MATRIX: &str = "eval t.csv --labels y --scores 'p*'";

/// Labels 1, 0, 1, 0.
const LABELS: (&str, super::kind::Content) = ("y.npy", Bytes(|| npy(&[1_i64, 0, 1, 0])));

pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: "Single probabilities a hair outside of 0 to 1, as float32 sums leave them.",
        files: &[LABELS, ("s.npy", Bytes(|| npy(&[1.0005, 0.25, 0.75, -0.0005])))],
        runs: &[
            measured(
                SINGLE,
                4,
                "brier_score",
                0.03125,
                "clipped: errors 0, 1/4, 1/4, 0; the mean of their squares is 2/16/4",
            )
            .warns(&["TH205: 2 probabilities up to 0.001 below 0 or above 1 were clipped; the \
                      first: s.npy, row 0"]),
            refused(
                "eval --labels y.npy --scores s.npy --strict",
                "warning TH205: 2 probabilities up to 0.001 below 0 or above 1 were clipped; the \
                 first: s.npy, row 0\n\
                 tallyho: --strict takes warnings for errors, and there is one (TH205); nothing \
                 was written",
            ),
        ],
    },
    Kind {
        what: "Single probabilities of which one is far above 1.",
        files: &[LABELS, ("s.npy", Bytes(|| npy(&[1.5, 0.25, 0.75, 0.0])))],
        runs: &[
            refused(
                SINGLE,
                "s.npy: every score looked at lies in 0 to 100 and some are above 1, as \
                 percentages are; say --scores-are percent if they are, or --scores-are logits",
            ),
            refused(
                "eval --labels y.npy --scores s.npy --scores-are probabilities",
                "s.npy: row 0: score 0 is 1.5, but a probability lies in 0 to 1; if these are \
                 percentages or logits, say --scores-are percent or --scores-are logits; correct \
                 it, or leave such rows out with --on-invalid skip",
            ),
            scored(
                "eval --labels y.npy --scores s.npy --scores-are logits",
                4,
                2.0,
                "a logit of at least 0 is positive: all four are, and two labels",
            )
            .offered("--scores-are logits"),
            scored(
                "eval --labels y.npy --scores s.npy --scores-are probabilities --on-invalid skip",
                3,
                3.0,
                "rows 1 to 3 are on their sides of 1/2",
            )
            .warns(&[
                "TH204: 1 invalid row (25.0 % of all) was left out, so values may be better than \
                 the model; the first: s.npy, row 0: score 0 is 1.5, but a probability lies in 0 \
                 to 1; if these are percentages or logits, say --scores-are percent or \
                 --scores-are logits",
            ])
            .offered("--on-invalid skip"),
        ],
    },
    Kind {
        what: "Single probabilities in percent.",
        files: &[LABELS, ("s.npy", Bytes(|| npy(&[100.0, 25.0, 50.0, 75.0])))],
        runs: &[
            refused(
                SINGLE,
                "s.npy: every score looked at lies in 0 to 100 and some are above 1, as \
                 percentages are; say --scores-are percent if they are, or --scores-are logits",
            ),
            measured(
                "eval --labels y.npy --scores s.npy --scores-are percent",
                4,
                "brier_score",
                0.21875,
                "errors 0, 1/4, 1/2, 3/4: (1 + 4 + 9)/16/4",
            )
            .notes(&["TH206"])
            .offered("--scores-are percent"),
            refused(
                "eval --labels y.npy --scores s.npy --scores-are percent --threshold 60",
                "--threshold 60 is above every score, since --scores-are percent divides them by \
                 100; did you mean --threshold 0.6?",
            ),
            scored(
                "eval --labels y.npy --scores s.npy --scores-are percent --threshold 0.6",
                4,
                2.0,
                "positive are rows 0 and 3, of 1 and 0; row 1 is right, too",
            )
            .notes(&["TH206"])
            .offered("--threshold 0.6"),
        ],
    },
    Kind {
        what: "Probabilities that are said to be percentages.",
        files: &[LABELS, ("s.npy", Bytes(|| npy(&[0.75, 0.25, 0.625, 0.0])))],
        runs: &[
            scored(
                "eval --labels y.npy --scores s.npy --scores-are percent",
                4,
                2.0,
                "divided by 100 all are below 1/2, as the labels 0 should be",
            )
            .notes(&["TH206"])
            .warns(&[
                "TH210: the scores were divided by 100, but every one looked at lies in 0 to \
                      1 as it is; if they are probabilities, say --scores-are probabilities",
            ]),
            scored(
                "eval --labels y.npy --scores s.npy --scores-are probabilities",
                4,
                4.0,
                "all are on their sides of 1/2",
            )
            .offered("--scores-are probabilities"),
        ],
    },
    Kind {
        what: "Rows in percent, which sum to 100.",
        files: &[(
            "t.csv",
            Text("y,p0,p1,p2\n0,62.5,25.25,12.25\n1,10.5,85.25,4.25\n2,30.5,40.25,29.25\n"),
        )],
        runs: &[
            refused(
                MATRIX,
                "t.csv: rows sum to 100, as percentages do; say --scores-are percent if they are, \
                 or --scores-are logits",
            ),
            measured(
                "eval t.csv --labels y --scores 'p*' --scores-are percent",
                3,
                "mean_confidence",
                (0.625 + 0.8525 + 0.4025) / 3.0,
                "the mean of the highest of each row",
            )
            .notes(&["TH102", "TH206"])
            .offered("--scores-are percent"),
            scored(
                "eval t.csv --labels y --scores 'p*' --metrics accuracy",
                3,
                2.0,
                "the highest of row 2 is 1; how much it is does not matter",
            )
            .notes(&["TH102"]),
        ],
    },
    Kind {
        what: "Probabilities rounded to two decimals, so that rows do not sum to 1.",
        files: &[(
            "t.csv",
            Text("y,p0,p1,p2\n0,0.33,0.33,0.33\n1,0.17,0.67,0.17\n2,0.5,0.25,0.25\n"),
        )],
        runs: &[
            measured(
                MATRIX,
                3,
                "mean_confidence",
                (0.33 + 0.67 + 0.5) / 3.0,
                "sums of 0.99 and 1.01 are within 3 · 0.005",
            )
            .notes(&["TH102", "TH208"]),
            scored(
                "eval t.csv --labels y --scores 'p*' --metrics accuracy",
                3,
                2.0,
                "of equal scores the first class wins; row 2 is of 2",
            )
            .notes(&["TH102"]),
        ],
    },
    Kind {
        what: "Rows that are further from 1 than rounding can put them.",
        files: &[("t.csv", Text("y,p0,p1,p2\n0,0.5,0.25,0.05\n1,0.25,0.5,0.25\n2,0.75,0.25,0\n"))],
        runs: &[
            refused(
                MATRIX,
                "t.csv: row 0: the probabilities sum to 0.8, not to 1 within 0.015; to divide each \
                 row by its sum, say --scores-are unnormalized; if these are logits, say \
                 --scores-are logits; correct it, or leave such rows out with --on-invalid skip",
            ),
            measured(
                "eval t.csv --labels y --scores 'p*' --scores-are unnormalized",
                3,
                "mean_confidence",
                0.625,
                "0.5/0.8 = 0.625, 0.5 and 0.75; their mean is 1.875/3",
            )
            .notes(&["TH102", "TH207"])
            .offered("--scores-are unnormalized"),
            scored(
                "eval t.csv --labels y --scores 'p*' --scores-are logits",
                3,
                2.0,
                "row 2 is of 2",
            )
            .notes(&["TH102"])
            .offered("--scores-are logits"),
            scored(
                "eval t.csv --labels y --scores 'p*' --scores-are probabilities --on-invalid skip",
                2,
                1.0,
                "row 1; row 2 is of 2",
            )
            .notes(&["TH102", "TH208"])
            .warns(&[
                "TH204: 1 invalid row (33.3 % of all) was left out, so values may be better than \
                 the model; the first: t.csv, row 0: the probabilities sum to 0.8, not to 1 \
                 within 0.015; to divide each row by its sum, say --scores-are unnormalized; if \
                 these are logits, say --scores-are logits",
            ])
            .offered("--on-invalid skip"),
        ],
    },
    Kind {
        what: "Independent probabilities of each class, as sigmoids give them.",
        files: &[("t.csv", Text("y,p0,p1,p2\n0,0.9,0.8,0.1\n1,0.2,0.7,0.7\n2,0.5,0.6,0.9\n"))],
        runs: &[
            scored(MATRIX, 3, 3.0, "the highest of each row, the first of equal ones")
                .notes(&["TH102"])
                .warns(&[
                    "TH201: every score looked at lies in 0 to 1 but few rows sum to 1: taken \
                          as logits; if they are probabilities that do not sum to 1, say \
                          --scores-are unnormalized; if they are logits, --scores-are logits",
                ]),
            measured(
                "eval t.csv --labels y --scores 'p*' --scores-are unnormalized",
                3,
                "mean_confidence",
                (0.9 / 1.8 + 0.7 / 1.6 + 0.9 / 2.0) / 3.0,
                "each row divided by its sum: 1.8, 1.6, 2",
            )
            .notes(&["TH102", "TH207"])
            .offered("--scores-are unnormalized"),
            scored("eval t.csv --labels y --scores 'p*' --scores-are logits", 3, 3.0, "the same")
                .notes(&["TH102"])
                .offered("--scores-are logits"),
        ],
    },
    Kind {
        what: "Votes of trees, counted.",
        files: &[(
            "t.csv",
            Text(concat!(
                "y,p0,p1,p2\n0,3,1,0\n1,0,4,0\n2,1,1,2\n0,1,3,0\n1,1,3,0\n2,0,0,4\n",
                "0,3,1,0\n1,0,4,0\n2,1,1,2\n0,1,3,0\n1,1,3,0\n2,0,0,4\n"
            )),
        )],
        runs: &[
            scored(MATRIX, 12, 10.0, "rows 3 and 9 are of 0, 1 has most").notes(&["TH102"]).warns(
                &["TH209: no score looked at is below 0, unlike most logits: taken as \
                          logits; if they are votes or weights, say --scores-are unnormalized; if \
                          they are logits, --scores-are logits"],
            ),
            measured(
                "eval t.csv --labels y --scores 'p*' --scores-are unnormalized",
                12,
                "mean_confidence",
                (0.75 + 1.0 + 0.5 + 0.75 + 0.75 + 1.0) / 6.0,
                "3, 4, 2, 3, 3, 4 of 4 votes",
            )
            .notes(&["TH102", "TH207"])
            .offered("--scores-are unnormalized"),
        ],
    },
    Kind {
        what: "A row without any vote, to be divided by its sum.",
        files: &[("t.csv", Text("y,p0,p1,p2\n0,2,1,1\n1,0,0,0\n2,1,2,1\n"))],
        runs: &[
            refused(
                "eval t.csv --labels y --scores 'p*' --scores-are unnormalized",
                "t.csv: row 1: the scores sum to 0, so they cannot be divided by their sum; \
                 correct it, or leave such rows out with --on-invalid skip",
            ),
            scored(
                "eval t.csv --labels y --scores 'p*' --scores-are unnormalized --on-invalid skip",
                2,
                1.0,
                "row 0; row 2 is of 2",
            )
            .notes(&["TH102", "TH207"])
            .warns(&[
                "TH204: 1 invalid row (33.3 % of all) was left out, so values may be better than \
                 the model; the first: t.csv, row 1: the scores sum to 0, so they cannot be \
                 divided by their sum",
            ])
            .offered("--on-invalid skip"),
        ],
    },
    Kind {
        what: "Probabilities that are said to be logits.",
        files: &[
            LABELS,
            ("s.npy", Bytes(|| npy_matrix(&[0.25, 0.75, 0.5, 0.5, 1.0, 0.0, 0.875, 0.125], 2))),
        ],
        runs: &[
            scored(
                "eval --labels y.npy --scores s.npy --scores-are logits",
                4,
                3.0,
                "row 2 is of 1; of equal scores the first class wins",
            )
            .notes(&["TH162"])
            .warns(&["TH202: the scores are taken as logits, but every row would pass as \
                      probabilities; if they are, say --scores-are probabilities"]),
            measured(
                "eval --labels y.npy --scores s.npy --scores-are probabilities",
                4,
                "mean_confidence",
                (0.75 + 0.5 + 1.0 + 0.875) / 4.0,
                "the highest of each row",
            )
            .notes(&["TH162"])
            .offered("--scores-are probabilities"),
        ],
    },
    Kind {
        what: "Logits that give a label no probability at all.",
        files: &[
            LABELS,
            (
                "s.npy",
                Bytes(|| npy_matrix(&[0.0, f64::NEG_INFINITY, 2.0, -2.0, -1.0, 3.0, 5.0, -5.0], 2)),
            ),
        ],
        runs: &[scored(SINGLE, 4, 3.0, "row 0 is of 1, which has -inf")
            .notes(&["TH162"])
            .warns(&["TH203: 1 row gives its label probability 0, so log_loss is undefined; the first: s.npy, row 0"])],
    },
    Kind {
        what: "Shards of which one holds logits and one probabilities.",
        files: &[
            ("1.csv", Text("y,p0,p1\n0,0.875,0.125\n1,0.25,0.75\n")),
            ("2.csv", Text("y,p0,p1\n0,3.5,-2.5\n1,1.5,-0.5\n")),
        ],
        runs: &[
            refused(
                "eval 1.csv 2.csv --labels y --scores 'p*'",
                "1.csv holds probabilities, 2.csv holds logits; say which with --scores-are",
            ),
            scored(
                "eval 2.csv --labels y --scores 'p*'",
                2,
                1.0,
                "apart, each is what it is; row 1 is of 1",
            )
            .notes(&["TH102", "TH162"]),
        ],
    },
];
