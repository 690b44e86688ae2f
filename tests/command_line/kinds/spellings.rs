//! One class in several spellings.

use super::kind::Content::{Bytes, Text};
use super::kind::{Kind, refused, scored};
use crate::common::files::{npy, npy_matrix};

const T: &str = "eval t.csv --labels y --predictions p";
const LOOSE: &str = "eval t.csv --labels y --predictions p --match-classes loose";
const WAY_OUT: &str = "--match-classes loose";

pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: "Whole numbers that pandas wrote as 1.0, since the column once had a null.",
        files: &[("t.csv", Text("y,p\n1,1.0\n2,2.0\n2,2\n1,2\n"))],
        runs: &[
            scored(T, 4, 1.0, "row 2 as it is spelled").notes(&["TH514"]).warns(&[
                "TH511: classes that differ in nothing but their spelling are counted apart: '1' \
                 (labels: 2, predictions: 0) and '1.0' (labels: 0, predictions: 1); '2' (labels: \
                 2, predictions: 2) and '2.0' (labels: 0, predictions: 1); --match-classes loose \
                 counts such as one, exact keeps them apart without a word",
            ]),
            scored(LOOSE, 4, 3.0, "row 3 is of 1").notes(&["TH143"]).offered(WAY_OUT),
            scored(
                "eval t.csv --labels y --predictions p --match-classes exact",
                4,
                1.0,
                "row 2 as it is spelled",
            )
            .notes(&["TH514"])
            .offered("exact keeps them apart without a word"),
        ],
    },
    Kind {
        what: "Labels 1 beside predictions 1.0, throughout.",
        files: &[("t.csv", Text("y,p\n1,1.0\n2,2.0\n1,2.0\n"))],
        runs: &[
            refused(
                T,
                "t.csv: labels and predictions have no class in common: labels are spelled like \
                 '1', predictions like '1.0'; --match-classes loose takes such spellings for one \
                 class",
            ),
            scored(LOOSE, 3, 2.0, "row 2 is of 1").notes(&["TH143"]).offered(WAY_OUT),
        ],
    },
    Kind {
        what: "Truth in three spellings: True of Python, TRUE of a spreadsheet, true of JSON.",
        files: &[("t.csv", Text("y,p\nTrue,TRUE\nFalse,False\nTrue,true\nTrue,False\n"))],
        runs: &[
            scored(T, 4, 1.0, "row 1").notes(&["TH514"]).warns(&[
                "TH511: classes that differ in nothing but their spelling are counted apart: \
                 'TRUE' (labels: 0, predictions: 1) and 'True' (labels: 3, predictions: 0) and \
                 'true' (labels: 0, predictions: 1); --match-classes loose counts such as one, \
                 exact keeps them apart without a word",
            ]),
            scored(LOOSE, 4, 3.0, "row 3 is of True").notes(&["TH143"]).offered(WAY_OUT),
        ],
    },
    Kind {
        what: "True and False beside 1 and 0.",
        files: &[("t.csv", Text("y,p\nTrue,1\nFalse,0\nTrue,0\n"))],
        runs: &[
            refused(
                T,
                "t.csv: labels and predictions have no class in common: labels are spelled like \
                 'False', predictions like '0'; --match-classes loose takes such spellings for one \
                 class",
            ),
            scored(LOOSE, 3, 2.0, "row 2 is of True").notes(&["TH143"]).offered(WAY_OUT),
        ],
    },
    Kind {
        what: "A space before each value, as a hand-written CSV has it.",
        files: &[("t.csv", Text("y, p\ncat, cat\ndog, dog\ncat,dog\ndog,dog\n"))],
        runs: &[
            scored("eval t.csv --labels y --predictions p", 4, 1.0, "row 3")
                .notes(&["TH018", "TH514"])
                .warns(&["TH511: classes that differ in nothing but their spelling are counted \
                          apart: ' cat' (labels: 0, predictions: 1) and 'cat' (labels: 2, \
                          predictions: 0); ' dog' (labels: 0, predictions: 1) and 'dog' (labels: \
                          2, predictions: 2); --match-classes loose counts such as one, exact \
                          keeps them apart without a word"]),
            scored(
                "eval t.csv --labels y --predictions ' p' --match-classes loose",
                4,
                3.0,
                "row 2 is of cat",
            )
            .notes(&["TH143"])
            .offered(WAY_OUT),
        ],
    },
    Kind {
        what: "Capital letters in labels alone.",
        files: &[("t.csv", Text("y,p\nCat,cat\nDog,dog\nEel,Eel\nCat,dog\n"))],
        runs: &[
            scored(T, 4, 1.0, "row 2").notes(&["TH514"]).warns(&[
                "TH511: classes that differ in nothing but their spelling are counted apart: 'Cat' \
                 (labels: 2, predictions: 0) and 'cat' (labels: 0, predictions: 1); 'Dog' (labels: \
                 1, predictions: 0) and 'dog' (labels: 0, predictions: 2); --match-classes loose \
                 counts such as one, exact keeps them apart without a word",
            ]),
            scored(LOOSE, 4, 3.0, "row 3 is of Cat").notes(&["TH143"]).offered(WAY_OUT),
        ],
    },
    Kind {
        what: "Accents composed by Windows and decomposed by macOS, which look alike.",
        files: &[("t.csv", Text("y,p\ncaf\u{e9},cafe\u{301}\ntea,tea\ntea,tea\n"))],
        runs: &[
            scored(T, 3, 2.0, "rows 1 and 2").notes(&["TH514"]).warns(&[
                "TH511: classes that differ in nothing but their spelling are counted apart: \
                 'cafe\\u{301}' (labels: 0, predictions: 1) and 'caf\u{e9}' (labels: 1, \
                 predictions: 0); --match-classes loose counts such as one, exact keeps them apart \
                 without a word",
            ]),
            scored(LOOSE, 3, 3.0, "all are the same").notes(&["TH143"]).offered(WAY_OUT),
        ],
    },
    Kind {
        what: "Codes with leading zeros or a sign, which a spreadsheet took off.",
        files: &[("t.csv", Text("y,p\n007,7\n+1,1\n7,7\n1,7\n"))],
        runs: &[
            scored(T, 4, 1.0, "row 2").warns(&[
                "TH511: classes that differ in nothing but their spelling are counted apart: '+1' \
                 (labels: 1, predictions: 0) and '1' (labels: 1, predictions: 1); '007' (labels: \
                 1, predictions: 0) and '7' (labels: 1, predictions: 3); --match-classes loose \
                 counts such as one, exact keeps them apart without a word",
            ]),
            scored(LOOSE, 4, 3.0, "row 3 is of 1").notes(&["TH143"]).offered(WAY_OUT),
        ],
    },
    Kind {
        what: "Shards of which only one spells its classes as 1.0.",
        files: &[
            ("1.csv", Text("y,p\n1,1\n0,0\n1,0\n")),
            ("2.csv", Text("y,p\n1.0,1.0\n0.0,1.0\n")),
        ],
        runs: &[
            scored("eval 1.csv 2.csv --labels y --predictions p", 5, 3.0, "rows 0, 1, 3").warns(&[
                "TH511: classes that differ in nothing but their spelling are counted apart: '0' \
                 (labels: 1, predictions: 2) and '0.0' (labels: 1, predictions: 0); '1' (labels: \
                 2, predictions: 1) and '1.0' (labels: 1, predictions: 2); --match-classes loose \
                 counts such as one, exact keeps them apart without a word",
                "TH043: files spell classes differently: by their first 1024 rows, '0.0' and '1.0' \
                 are only in 2.csv",
            ]),
            scored(
                "eval 1.csv 2.csv --labels y --predictions p --match-classes loose",
                5,
                3.0,
                "the same rows, but two classes and not four",
            )
            .notes(&["TH143"])
            .offered(WAY_OUT),
        ],
    },
    Kind {
        what: "Numbers of a float array, which are classes as they are.",
        files: &[
            ("y.npy", Bytes(|| npy(&[1.0, 0.0, 2.0]))),
            ("p.npy", Bytes(|| npy(&[1_u8, 0, 1]))),
            ("b.npy", Bytes(|| npy(&[true, false, true]))),
            ("h.npy", Bytes(|| npy(&[1.0, 0.5, 2.0]))),
        ],
        runs: &[
            scored("eval --labels y.npy --predictions p.npy", 3, 2.0, "row 2 is of 2"),
            scored("eval --labels p.npy --predictions b.npy", 3, 3.0, "true is 1"),
            refused(
                "eval --labels h.npy --predictions p.npy",
                "h.npy: row 1: label 0.5 is not an integer; correct it, or leave such rows out \
                 with --on-invalid skip",
            ),
        ],
    },
    Kind {
        what: "A label to be ignored that no row has.",
        files: &[("t.csv", Text("y,p\n0,0\n1,1\n255,0\n"))],
        runs: &[
            scored(
                "eval t.csv --labels y --predictions p --ignore-label 254",
                3,
                2.0,
                "255 is a class then",
            )
            .warns(&[
                "TH141: no row has the label '254', which --ignore-label leaves out; did you \
                      mean '255'?",
            ]),
            scored(
                "eval t.csv --labels y --predictions p --ignore-label 255",
                2,
                2.0,
                "rows 0 and 1",
            )
            .offered("did you mean '255'?"),
        ],
    },
    Kind {
        what: "A label to be ignored in another spelling than the rows have.",
        files: &[("t.csv", Text("y,p\n0,0\n1,1\n255.0,0\n"))],
        runs: &[
            scored(
                "eval t.csv --labels y --predictions p --ignore-label 255",
                3,
                2.0,
                "255.0 is a class then",
            )
            .warns(&[
                "TH141: no row has the label '255', which --ignore-label leaves out; there \
                      are rows with the label '255.0': name that one, or see --match-classes \
                      loose",
            ]),
            scored(
                "eval t.csv --labels y --predictions p --ignore-label 255.0",
                2,
                2.0,
                "rows 0 and 1",
            )
            .offered("name that one"),
            scored(
                "eval t.csv --labels y --predictions p --ignore-label 255 --match-classes loose",
                2,
                2.0,
                "the same",
            )
            .notes(&["TH143"])
            .offered(WAY_OUT),
        ],
    },
    Kind {
        what: "Classes that are given in another spelling than the rows have.",
        files: &[
            ("t.csv", Text("y,p\nCat,cat\ndog,dog\n")),
            ("classes", Text("cat\ndog\n")),
            ("both", Text("cat\nCat\n")),
        ],
        runs: &[
            refused(
                "eval t.csv --labels y --predictions p --classes classes",
                "t.csv: row 0: label 'Cat' is not one of the classes that --classes names \
                 (--match-classes loose takes it for 'cat'); correct it, or leave such rows out \
                 with --on-invalid skip",
            ),
            scored(
                "eval t.csv --labels y --predictions p --classes classes --match-classes loose",
                2,
                2.0,
                "both are right",
            )
            .notes(&["TH143"])
            .offered(WAY_OUT),
            refused(
                "eval t.csv --labels y --predictions p --classes both --match-classes loose",
                "--match-classes loose cannot tell the classes 'cat' and 'Cat' apart; rename one, \
                 or use --match-classes exact",
            ),
        ],
    },
    Kind {
        what: "Score columns whose classes the labels spell otherwise.",
        files: &[("t.csv", Text("y,p_cat,p_dog\nCat,0.875,0.125\nDog,0.75,0.25\n"))],
        runs: &[
            refused(
                "eval t.csv --labels y --scores 'p_*'",
                "t.csv: row 0: label 'Cat' has no score: the classes are 'cat' and 'dog' \
                 (--match-classes loose takes it for 'cat'); correct it, or leave such rows out \
                 with --on-invalid skip",
            ),
            scored(
                "eval t.csv --labels y --scores 'p_*' --match-classes loose",
                2,
                1.0,
                "row 1 is of Dog",
            )
            .notes(&["TH102", "TH143", "TH162"])
            .offered(WAY_OUT),
        ],
    },
    Kind {
        what: "Two classes of single scores, each in two spellings.",
        files: &[
            ("y.csv", Text("label\nspam\nham\nSpam\nHam\n")),
            ("s.npy", Bytes(|| npy(&[0.75, 0.25, 0.625, 0.5]))),
            ("m.npy", Bytes(|| npy_matrix(&[0.25, 0.75, 0.75, 0.25], 2))),
        ],
        runs: &[
            refused(
                "eval --labels y.csv --scores s.npy",
                "y.csv: row 2: label 'Spam' has no score: the classes are 'ham' and 'spam' (--match-classes loose takes it for 'spam'); --ignore-label 'Spam' leaves such rows out, or name the two with --classes and leave all others out with --on-invalid skip",
            ),
            scored(
                "eval --labels y.csv --scores s.npy --match-classes loose",
                4,
                3.0,
                "row 3 is of ham, 1/2 is positive",
            )
            .notes(&["TH013", "TH143"])
            .warns(&["TH166: nothing tells which of 'ham' and 'spam' is the positive class: 'spam' \
                      was taken, the later one; say --positive 'spam' if it is, or --positive 'ham'"])
            .offered(WAY_OUT),
        ],
    },
];
