//! Predictions of no class, rows that are left out, and averages over chosen classes.

use super::kind::Content::Text;
use super::kind::{Kind, measured, refused, scored};

const T: &str = "eval t.csv --labels y --predictions p";

/// Answers of a language model, two of which are no class.
const ANSWERS: &str = "y,p\nyes,yes\nno,yes\nno,no\nyes,I think so\nno,N/A\n";

/// Tokens of which most are of no entity.
const TOKENS: &str = "y,p\nO,O\nO,O\nLOC,LOC\nPER,O\nO,PER\nPER,PER\n";

pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: "Answers of a language model outside the classes, which nobody named.",
        files: &[("t.csv", Text(ANSWERS))],
        runs: &[
            measured(T, 5, "f1_macro", 0.25, "yes 1/2, no 1/2, and 0 of two more classes")
                .warns(&["TH515: classes are called as missing values are: 'N/A' (labels: 0, \
                          predictions: 1); their rows count as any; --outside wrong counts \
                          predictions of 'N/A' as wrong and not as a class; if it is one, name \
                          all in --classes",
                         "TH518: no label has the predicted classes 'I think so', 'N/A' (2 of 5 rows), which are 2 of the 4 \
                 classes that averages are over; --outside wrong counts such predictions as wrong \
                 and not as classes; if they are classes, name all in --classes"]),
            measured(
                "eval t.csv --labels y --predictions p --outside wrong",
                5,
                "f1_macro",
                0.5,
                "yes: 2·1/(2 + 2); no: 2·1/(3 + 1)",
            )
            .notes(&["TH512"]),
            scored("eval t.csv --labels y --predictions p --outside wrong", 5, 2.0, "rows 0 and 2")
                .notes(&["TH512"]),
            refused(
                "eval t.csv --labels y --predictions p --outside skip",
                "--outside skip needs --classes: only the last row tells which classes the labels \
                 have; name them, or count predictions of other names with --outside wrong",
            ),
        ],
    },
    Kind {
        what: "Answers outside the classes that are given.",
        files: &[("t.csv", Text(ANSWERS)), ("classes", Text("yes\nno\n"))],
        runs: &[
            refused(
                "eval t.csv --labels y --predictions p --classes classes",
                "t.csv: row 3: prediction 'I think so' is not one of the classes that --classes \
                 names; correct it, count such predictions as wrong with --outside wrong, or leave \
                 such rows out with --on-invalid skip",
            ),
            measured(
                "eval t.csv --labels y --predictions p --classes classes --outside wrong",
                5,
                "f1_macro",
                0.5,
                "yes: 2·1/(2 + 2); no: 2·1/(3 + 1)",
            )
            .notes(&["TH512"])
            .offered("--outside wrong"),
            scored(
                "eval t.csv --labels y --predictions p --classes classes --outside skip",
                3,
                2.0,
                "rows 0 and 2 of the first three",
            )
            .warns(&[
                "TH142: 2 rows (40.0 % of all) whose prediction is of no class were left out, so \
                 values are better than the model; the first: t.csv, row 3: prediction 'I think \
                 so' is not one of the classes that --classes names; --outside wrong counts them \
                 as wrong",
            ]),
            scored(
                "eval t.csv --labels y --predictions p --classes classes --on-invalid skip",
                3,
                2.0,
                "the same rows",
            )
            .warns(&[
                "TH204: 2 invalid rows (40.0 % of all) were left out, so values may be better \
                 than the model; the first: t.csv, row 3: prediction 'I think so' is not one of \
                 the classes that --classes names",
            ])
            .offered("--on-invalid skip"),
        ],
    },
    Kind {
        what: "Answers that are missing.",
        files: &[("t.csv", Text("y,p\nyes,yes\nno,\nno,no\nyes,\n"))],
        runs: &[
            refused(
                T,
                "t.csv: row 1: the prediction is missing; correct it, count such predictions as \
                 wrong with --outside wrong, or leave such rows out with --on-invalid skip",
            ),
            scored("eval t.csv --labels y --predictions p --outside wrong", 4, 2.0, "rows 0 and 2")
                .notes(&["TH512"])
                .offered("--outside wrong"),
            measured(
                "eval t.csv --labels y --predictions p --outside wrong",
                4,
                "f1_macro",
                2.0 / 3.0,
                "each class: 2·1/(2 + 1)",
            )
            .notes(&["TH512"])
            .offered("--outside wrong"),
            scored("eval t.csv --labels y --predictions p --on-invalid skip", 2, 2.0, "0 and 2")
                .warns(&[
                    "TH204: 2 invalid rows (50.0 % of all) were left out, so values may be better \
                     than the model; the first: t.csv, row 1: the prediction is missing",
                ])
                .offered("--on-invalid skip"),
        ],
    },
    Kind {
        what: "Answers of which none is of any class.",
        files: &[("t.csv", Text("y,p\nyes,a\nno,b\nno,\n"))],
        runs: &[scored(
            "eval t.csv --labels y --predictions p --outside wrong",
            3,
            0.0,
            "all are wrong",
        )
        .warns(&["TH513: 3 of 3 predictions are of no class and count as wrong; 1 is missing; \
                  named are 'a' (1), 'b' (1)"])],
    },
    Kind {
        what: "A label that is missing, beside predictions of no class.",
        files: &[("t.csv", Text("y,p\nyes,yes\n,yes\nno,maybe\n"))],
        runs: &[
            refused(
                "eval t.csv --labels y --predictions p --outside wrong",
                "t.csv: row 1: the label is missing; correct it, or leave such rows out with \
                 --on-invalid skip",
            ),
            scored(
                "eval t.csv --labels y --predictions p --outside wrong --on-invalid skip",
                2,
                1.0,
                "row 0; row 2 is wrong",
            )
            .notes(&["TH512"])
            .warns(&[
                "TH204: 1 invalid row (33.3 % of all) was left out, so values may be better than \
                 the model; the first: t.csv, row 1: the label is missing",
            ])
            .offered("--on-invalid skip"),
        ],
    },
    Kind {
        what: "Named entities, whose averages leave out the class of none.",
        files: &[("t.csv", Text(TOKENS))],
        runs: &[
            measured(T, 6, "f1_micro", 4.0 / 6.0, "over all classes it is accuracy"),
            measured(
                "eval t.csv --labels y --predictions p --average-over LOC,PER",
                6,
                "f1_micro",
                2.0 / 3.0,
                "tp 2 of 3 labels and 3 predictions",
            ),
            measured(
                "eval t.csv --labels y --predictions p --average-over LOC,PER",
                6,
                "f1_macro",
                0.75,
                "LOC 1, PER 2·1/(2 + 2)",
            ),
            measured(
                "eval t.csv --labels y --predictions p --average-over '!O'",
                6,
                "f1_macro",
                0.75,
                "all but O, the same",
            ),
            refused(
                "eval t.csv --labels y --predictions p --average-over LOC,ORG",
                "--average-over: there is no class 'ORG'; did you mean 'O'?",
            ),
            refused(
                "eval t.csv --labels y --predictions p --average-over -O",
                "--average-over: there is no class '-O'; there are LOC, O, PER",
            ),
        ],
    },
    Kind {
        what: "Named entities, of which rows of none are ignored, though they are predicted.",
        files: &[("t.csv", Text(TOKENS))],
        runs: &[measured(
            "eval t.csv --labels y --predictions p --ignore-label O",
            3,
            "f1_macro",
            (1.0 + 2.0 / 3.0) / 3.0,
            "LOC 1, PER 2·1/(2 + 1), and O, which is predicted once, 0",
        )
        .warns(&["TH518: no label has the predicted class 'O' (1 of 3 rows), which is 1 of the 3 \
                 classes that averages are over; --outside wrong counts such predictions as wrong \
                 and not as classes; if they are classes, name all in --classes"])],
    },
    Kind {
        what: "Few invalid rows, at most one in a hundred.",
        files: &[(
            "t.csv",
            Text(concat!(
                "y,p\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n",
                "0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n",
                "0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n0,0\n",
                "0,0\n0,0\n0,0\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n",
                "1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n",
                "1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n",
                "1,1\n1,1\n1,1\n1,0\n0,\n",
            )),
        )],
        runs: &[scored(
            "eval t.csv --labels y --predictions p --on-invalid skip",
            99,
            98.0,
            "15 + 16 + 16 + 3 of 0; 13 + 16 + 16 + 3 of 1, and one more that is wrong",
        )
        .warns(&[
            "TH204: 1 invalid row was left out; the first: t.csv, row 99: the prediction is \
                  missing",
        ])],
    },
    Kind {
        what: "A shard of positives only, with one score per row.",
        files: &[
            ("t.csv", Text("y,s\nspam,0.9\nspam,0.4\nspam,0.7\n")),
            ("classes", Text("ham\nspam\n")),
        ],
        runs: &[
            refused(
                "eval t.csv --labels y --scores s",
                "t.csv: all labels are 'spam'; one score per row needs two classes, name them with \
                 --classes, or say --positive 'spam' if that is the positive class",
            ),
            scored("eval t.csv --labels y --scores s --positive spam", 3, 2.0, "0.4 is below 1/2")
                .notes(&["TH040"])
                .offered("say --positive 'spam'"),
            measured(
                "eval t.csv --labels y --scores s --positive spam",
                3,
                "roc_auc",
                0.0,
                "there is no pair of two classes",
            )
            .undefined()
            .notes(&["TH040"]),
            scored(
                "eval t.csv --labels y --scores s --classes classes",
                3,
                2.0,
                "the later class is positive",
            )
            .offered("--classes"),
        ],
    },
    Kind {
        what: "A strict run of rows of which some were left out.",
        files: &[("t.csv", Text("y,p\n1,1\n0,\n"))],
        runs: &[refused(
            "eval t.csv --labels y --predictions p --on-invalid skip --strict",
            "warning TH204: 1 invalid row (50.0 % of all) was left out, so values may be better \
             than the model; the first: t.csv, row 1: the prediction is missing\n\
             tallyho: --strict takes warnings for errors, and there is one (TH204); nothing \
             was written",
        )],
    },
];
