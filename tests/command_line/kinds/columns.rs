//! Score columns: which are scores, and which class each stands for.

use super::kind::Content::{Bytes, Text};
use super::kind::{Kind, refused, scored};
use crate::common::files::npy;

/// Two score columns whose number is higher first. Three decimals need no tolerance.
const REVERSED: &str = "y,p_1,p_0\n1,0.875,0.125\n0,0.25,0.75\n1,0.375,0.625\n";

/// Columns became classes; two of them could be put in order.
const TWO: &[&str] = &["TH102", "TH162"];

pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: "Score columns that stand in another order than their numbers.",
        files: &[("t.csv", Text(REVERSED))],
        runs: &[
            scored("eval t.csv --labels y --scores 'p_*'", 3, 2.0, "row 2 is of 1, p_0 is highest")
                .notes(TWO),
            scored("eval t.csv --labels y --scores 'p_?'", 3, 2.0, "any glob is alike").notes(TWO),
            scored("eval t.csv --labels y --scores 'p_[01]'", 3, 2.0, "the same").notes(TWO),
            scored("eval t.csv --labels y --scores p_1,p_0", 3, 2.0, "a list, too").notes(TWO),
            scored("eval t.csv --labels y --scores p_1 --scores p_0", 3, 2.0, "or two options")
                .notes(TWO),
        ],
    },
    Kind {
        what: "Numbered columns with gaps and of two digits, sorted as text by a database.",
        files: &[("t.csv", Text("y,p_10,p_2,p_7\n2,0.25,0.7,0.05\n10,0.5,0.25,0.25\n7,1,0,0\n"))],
        runs: &[scored("eval t.csv --labels y --scores 'p_*'", 3, 2.0, "p_10 wins row 2 of 7")
            .notes(&["TH102", "TH208"])],
    },
    Kind {
        what: "Columns called by whole class names, which share no part.",
        files: &[(
            "t.csv",
            Text(
                "diagnosis,malignant,benign\nbenign,0.125,0.875\nmalignant,0.375,0.625\n\
                 benign,0.25,0.75\n",
            ),
        )],
        runs: &[scored(
            "eval t.csv --labels diagnosis --scores malignant,benign",
            3,
            2.0,
            "row 1 is malignant, benign is highest",
        )
        .notes(TWO)],
    },
    Kind {
        what: "A prefix that columns and labels share, as class_0 in both.",
        files: &[
            ("t.csv", Text("y,class_1,class_0\nclass_0,0.125,0.875\nclass_1,0.25,0.75\n")),
            ("n.csv", Text("y,class_1,class_0\n0,0.125,0.875\n1,0.25,0.75\n")),
        ],
        runs: &[
            scored("eval t.csv --labels y --scores 'class_*'", 2, 1.0, "row 1 is of class_1")
                .notes(TWO),
            scored("eval n.csv --labels y --scores 'class_*'", 2, 1.0, "labels are numbers")
                .notes(TWO),
            refused(
                "eval n.csv --labels y --scores 'klass_*'",
                "n.csv: no column of numbers matches --scores 'klass_*'; it has: 'y', 'class_1', 'class_0'",
            ),
            refused(
                "eval n.csv --labels y --scores class_0,klass_1",
                "n.csv: has no column 'klass_1'; it has: 'y', 'class_1', 'class_0'; did you mean 'class_1'?",
            ),
        ],
    },
    Kind {
        what: "Columns whose names have nothing to do with the labels.",
        files: &[
            ("t.csv", Text("y,b,a\ncat,0.875,0.125\ndog,0.25,0.75\ndog,0.75,0.25\n")),
            ("classes", Text("cat\ndog\n")),
        ],
        runs: &[
            refused(
                "eval t.csv --labels y --scores '?'",
                "t.csv: row 0: label 'cat' has no score: the classes are 'b' and 'a'; name the \
                 classes of the columns, in their order, with --classes, leave this label out with \
                 --ignore-label, or all such rows with --on-invalid skip",
            ),
            refused(
                "eval t.csv --labels y --scores '?' --classes classes",
                "t.csv: nothing tells which score column is which class: the columns are named \
                 'b', …, the classes of --classes 'cat', …; list the columns in the order of the \
                 classes: --scores b,a,…",
            )
            .offered("--classes"),
            scored(
                "eval t.csv --labels y --scores b,a --classes classes",
                3,
                2.0,
                "b is cat, so row 2 is taken for cat",
            )
            .notes(TWO)
            .offered("--scores b,a"),
            refused(
                "eval t.csv --labels y --scores '?' --on-invalid skip",
                "t.csv: no row is left to score: 3 read, 0 ignored, 3 invalid",
            )
            .offered("--on-invalid skip"),
        ],
    },
    Kind {
        what: "Labels that begin at 0 beside columns that begin at 1.",
        files: &[
            ("t.csv", Text("y,p_1,p_2\n0,0.875,0.125\n1,0.25,0.75\n1,0.75,0.25\n")),
            ("classes", Text("0\n1\n")),
        ],
        runs: &[
            refused(
                "eval t.csv --labels y --scores p_1,p_2",
                "t.csv: row 0: label '0' has no score: the classes are '1' and '2'; name the \
                 classes of the columns, in their order, with --classes, leave this label out with \
                 --ignore-label, or all such rows with --on-invalid skip",
            ),
            scored(
                "eval t.csv --labels y --scores p_1,p_2 --classes classes",
                3,
                2.0,
                "p_1 is 0, so row 2 is taken for 0",
            )
            .notes(TWO)
            .warns(&[
                "TH106: score column 'p_1' is listed for class '0', though another class is named \
                 like it",
            ])
            .offered("--classes"),
        ],
    },
    Kind {
        what: "A label that marks rows without one, beside scores of real classes.",
        files: &[
            ("y.npy", Bytes(|| npy(&[0_i64, 1, -100]))),
            ("s.csv", Text("0,1\n0.875,0.125\n0.75,0.25\n0.5,0.5\n")),
        ],
        runs: &[
            refused(
                "eval --labels y.npy --scores s.csv",
                "y.npy: row 2: label '-100' has no score: the classes are '0' and '1'; name the \
                 classes of the columns, in their order, with --classes, leave this label out with \
                 --ignore-label, or all such rows with --on-invalid skip",
            ),
            scored("eval --labels y.npy --scores s.csv --ignore-label -100", 2, 1.0, "row 0")
                .notes(TWO)
                .offered("--ignore-label"),
        ],
    },
    Kind {
        what: "An index that pandas wrote before the scores.",
        files: &[
            ("y.npy", Bytes(|| npy(&[0_i64, 1, 2]))),
            ("s.csv", Text(",0,1,2\n0,2.5,1,-4\n1,7,5,-1\n2,1,0,7\n")),
            ("u.csv", Text("Unnamed: 0,0,1,2\n0,2.5,1,-4\n1,7,5,-1\n2,1,0,7\n")),
            ("t.csv", Text(",y,p_0,p_1\n0,0,0.875,0.125\n1,1,0.25,0.75\n")),
        ],
        runs: &[
            scored("eval --labels y.npy --scores s.csv", 3, 2.0, "row 1 is of 1, 7 is highest")
                .notes(&["TH101", "TH102"]),
            scored("eval --labels y.npy --scores u.csv", 3, 2.0, "the same by another name")
                .notes(&["TH101", "TH102"]),
            scored("eval t.csv --labels y --scores '*'", 2, 2.0, "both are right")
                .notes(&["TH101", "TH102", "TH162"]),
            scored("eval t.csv --labels y --scores 'p_*'", 2, 2.0, "the glob passes it over")
                .notes(TWO),
        ],
    },
    Kind {
        what: "An index that pandas wrote before labels and before predictions.",
        files: &[
            ("y.csv", Text(",label\n0,cat\n1,dog\n2,cat\n")),
            ("p.csv", Text(",answer\n0,cat\n1,cat\n2,cat\n")),
            ("bare.csv", Text("answer\n7\n8\n8\n")),
            ("n.csv", Text(",label\n0,7\n1,8\n2,7\n")),
        ],
        runs: &[
            scored("eval --labels y.csv --predictions p.csv", 3, 2.0, "row 1 is of dog")
                .notes(&["TH101", "TH101"]),
            scored("eval --labels n.csv --predictions bare.csv", 3, 2.0, "row 2 is of 7")
                .notes(&["TH101"]),
        ],
    },
    Kind {
        what: "Logits of which one column happens to be of whole numbers.",
        files: &[(
            "t.csv",
            Text("y,p_cat,p_dog,p_eel\ncat,2.5,-1,7\neel,0.5,1,3\ndog,0.25,9,4\neel,-1.5,0,2\n"),
        )],
        runs: &[scored("eval t.csv --labels y --scores 'p_*'", 4, 3.0, "eel wins row 0 of cat")
            .notes(&["TH102"])],
    },
    Kind {
        what: "A score column that holds nothing but NA.",
        files: &[("t.csv", Text("y,p_cat,p_dog,p_eel\ncat,2.5,-1,NA\ndog,5.5,1,NA\n"))],
        runs: &[
            refused(
                "eval t.csv --labels y --scores 'p_*'",
                "t.csv: column 'p_eel' matches --scores 'p_*' but holds text such as 'NA'; if it \
                 is a score, save it as numbers, and if not, name the others: --scores p_cat,p_dog",
            ),
            scored("eval t.csv --labels y --scores p_cat,p_dog", 2, 1.0, "row 1 is of dog")
                .notes(TWO)
                .offered("--scores p_cat,p_dog"),
        ],
    },
    Kind {
        what: "A score column of which some rows are NA.",
        files: &[("t.csv", Text("y,p_cat,p_dog\ncat,2.5,-1\ndog,0.5,NA\ndog,0.5,3\n"))],
        runs: &[
            refused(
                "eval t.csv --labels y --scores 'p_*'",
                "t.csv: row 1: score column 'p_dog' is 'NA', not a number; correct it, or leave such rows out with --on-invalid skip",
            ),
            scored("eval t.csv --labels y --scores 'p_*' --on-invalid skip", 2, 2.0, "rows 0, 2")
                .notes(TWO)
                .warns(&[
                    "TH204: 1 invalid row (33.3 % of all) was left out, so values may be better \
                     than the model; the first: t.csv, row 1: score column 'p_dog' is 'NA', not a \
                     number",
                ])
                .offered("--on-invalid skip"),
        ],
    },
    Kind {
        what: "A maximum of each row beside the scores, which the same glob matches.",
        files: &[(
            "t.csv",
            Text("y,prob_cat,prob_dog,prob_max\ncat,4,-2,4.5\ndog,-3,5,5.5\ncat,-1,2,2.5\n"),
        )],
        runs: &[
            scored("eval t.csv --labels y --scores 'prob_*'", 3, 0.0, "max wins every row")
                .notes(&["TH102"])
                .warns(&["TH502: class 'max' is predicted for 3 of 3 rows and is the label of \
                          none; if its column holds no score, leave it out of the scores"]),
            scored("eval t.csv --labels y --scores prob_cat,prob_dog", 3, 2.0, "row 2 is of cat")
                .notes(TWO)
                .offered("leave it out of the scores"),
        ],
    },
    Kind {
        what: "A name of the model beside numbered scores, which the same glob matches.",
        files: &[("t.csv", Text("y,p_0,p_1,p_model\n0,0.875,0.125,vit\n1,0.75,0.25,vit\n"))],
        runs: &[
            scored("eval t.csv --labels y --scores 'p_*'", 2, 1.0, "row 1 is of 1")
                .notes(TWO)
                .warns(&["TH105: t.csv: column 'p_model' is not numbered like 'p_0' and 'p_1', \
                          though --scores 'p_*' matches: left out; narrow the glob, as in \
                          --scores 'p_[0-9]*', or list the columns if these are scores"]),
            scored("eval t.csv --labels y --scores 'p_[0-9]*'", 2, 1.0, "the same")
                .notes(TWO)
                .offered("--scores 'p_[0-9]*'"),
        ],
    },
    Kind {
        what: "A column that is no score beside named classes, which a glob of all matches.",
        files: &[("t.csv", Text("y,cat,dog,eel\ncat,3,-1,-2\ndog,-1,2,-3\ncat,1,0,-1\n"))],
        runs: &[
            refused(
                "eval t.csv --labels y --scores cat,dog,cat",
                "--scores names column 'cat' twice",
            ),
            refused(
                "eval t.csv --labels y --scores y,cat,dog",
                "t.csv: --scores names column 'y', which has another role already",
            ),
            scored("eval t.csv --labels y --scores cat,dog", 3, 3.0, "the list is what is meant")
                .notes(TWO),
        ],
    },
    Kind {
        what: "Sixteen rows and more of which none has the class of one of the columns.",
        files: &[(
            "t.csv",
            Text(concat!(
                "y,p_cat,p_dog,p_eel\n",
                "cat,2,-1,-3\ncat,2,-1,-3\ncat,2,-1,-3\ncat,2,-1,-3\n",
                "cat,2,-1,-3\ncat,2,-1,-3\ncat,2,-1,-3\ncat,2,-1,-3\n",
                "dog,2,-1,-3\ndog,2,-1,-3\ndog,2,-1,-3\ndog,2,-1,-3\n",
                "dog,-1,2,-3\ndog,-1,2,-3\ndog,-1,2,-3\ndog,-1,2,-3\n"
            )),
        )],
        runs: &[
            scored("eval t.csv --labels y --scores 'p_*'", 16, 12.0, "cat wins four rows of dog")
                .notes(&["TH102"])
                .warns(&[
                    "TH104: no label belongs to 1 of the 3 score columns: 'p_eel'; if one of \
                          them holds no score, leave it out: --scores takes a list of columns, \
                          too",
                ]),
            scored("eval t.csv --labels y --scores p_cat,p_dog", 16, 12.0, "the same rows")
                .notes(TWO)
                .offered("leave it out"),
        ],
    },
];
