//! Rows of several files that shift against each other.

use super::kind::Content::{Bytes, Text};
use super::kind::{Kind, refused, scored};
use crate::common::files::{Column, npy, npz, parquet};
use zip::CompressionMethod;

const FILES: &str = "eval --labels y.csv --predictions p.csv";

pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: "A null among labels, one per line, which polars and DuckDB write as an empty line.",
        files: &[("y.csv", Text("label\n1\n\n0\n1\n")), ("p.csv", Text("answer\n1\n0\n0\n1\n"))],
        runs: &[
            refused(
                FILES,
                "y.csv: row 1: the label is missing; correct it, or leave such rows out with \
                 --on-invalid skip",
            ),
            scored(
                "eval --labels y.csv --predictions p.csv --on-invalid skip",
                3,
                3.0,
                "rows 0, 2 and 3 are right; one off, two would be",
            )
            .warns(&[
                "TH204: 1 invalid row (25.0 % of all) was left out, so values may be better than \
                 the model; the first: y.csv, row 1: the label is missing",
            ])
            .offered("--on-invalid skip"),
        ],
    },
    Kind {
        what: "A null among predictions, one per line.",
        files: &[
            ("y.csv", Text("label\r\n1\r\n1\r\n0\r\n1\r\n")),
            ("p.csv", Text("answer\r\n1\r\n\r\n0\r\n0\r\n")),
        ],
        runs: &[
            refused(
                FILES,
                "p.csv: row 1: the prediction is missing; correct it, count such predictions as \
                 wrong with --outside wrong, or leave such rows out with --on-invalid skip",
            ),
            scored(
                "eval --labels y.csv --predictions p.csv --outside wrong",
                4,
                2.0,
                "rows 0 and 2; row 3 is wrong",
            )
            .notes(&["TH512"])
            .offered("--outside wrong"),
        ],
    },
    Kind {
        what: "A null among single scores, as pandas writes it.",
        files: &[
            ("y.csv", Text("label\n1\n0\n0\n1\n")),
            ("s.csv", Text("score\n0.75\n\"\"\n0.25\n0.125\n")),
        ],
        runs: &[
            refused(
                "eval --labels y.csv --scores s.csv",
                "s.csv: row 1: score column 'score' is missing; correct it, or leave such rows out with --on-invalid skip",
            ),
            scored(
                "eval --labels y.csv --scores s.csv --on-invalid skip",
                3,
                2.0,
                "row 3 is of 1, below 1/2",
            )
            .warns(&[
                "TH204: 1 invalid row (25.0 % of all) was left out, so values may be better than \
                 the model; the first: s.csv, row 1: score column 'score' is missing",
            ])
            .offered("--on-invalid skip"),
        ],
    },
    Kind {
        what: "Nulls at the end, which look like line ends too many.",
        files: &[
            ("y.csv", Text("label\n1\n0\n\n\n")),
            ("p.csv", Text("answer\n1\n0\n")),
            ("long.csv", Text("answer\n1\n0\n1\n0\n")),
        ],
        runs: &[
            refused(
                FILES,
                "y.csv has 4 labels, but p.csv has 2 predictions; the last row of y.csv is empty",
            ),
            refused(
                "eval --labels y.csv --predictions long.csv",
                "y.csv: row 2: the label is missing; correct it, or leave such rows out with \
                 --on-invalid skip",
            ),
        ],
    },
    Kind {
        what: "Empty lines above the header, or a null where the header should be.",
        files: &[
            ("y.csv", Text("\nlabel\n1\n0\n")),
            ("p.csv", Text("answer\n1\n0\n")),
            ("bare.csv", Text("\n1\n0\n1\n")),
        ],
        runs: &[
            scored(FILES, 2, 2.0, "both are right").warns(&[
                "TH015: y.csv begins with empty lines; they were passed over, and 'label' was \
                 taken for its header; if they are rows without a value, use --csv header=no",
            ]),
            refused(
                "eval --labels bare.csv --predictions p.csv",
                "bare.csv: the first line, '1', is of numbers like the rows below it; if it is a \
                 row, use --csv header=no (its columns are then named 0, 1, …), and if it is a \
                 header, --csv header=yes",
            ),
        ],
    },
    Kind {
        what: "A file that was cut off within its last line.",
        files: &[("t.csv", Text("y,p\n1,1\n12,12\n12,1"))],
        runs: &[scored("eval t.csv --labels y --predictions p", 3, 2.0, "as it stands").warns(&[
            "TH019: the last line of t.csv has no line end, so the file may be cut off within it; \
             if it is complete, end it with a newline",
        ])],
    },
    Kind {
        what: "Empty lines between rows of a table, which are nothing.",
        files: &[("t.csv", Text("y,p\n1,1\n\n0,1\n\n1,1\n"))],
        runs: &[scored("eval t.csv --labels y --predictions p", 3, 2.0, "row 1 is of 0")],
    },
    Kind {
        what: "Predictions in another order than labels, both with an id.",
        files: &[
            ("y.csv", Text("id,label\n7,1\n8,0\n9,1\n")),
            ("p.csv", Text("id,answer\n9,1\n8,0\n7,1\n")),
            ("sorted.csv", Text("id,answer\n7,1\n8,1\n9,1\n")),
        ],
        runs: &[
            refused(
                FILES,
                "rows of y.csv and p.csv do not belong together: in row 0, column 'id' of the one \
                 is '7', of the other '9'; sort both by 'id', or write one table",
            ),
            scored("eval --labels y.csv --predictions sorted.csv", 3, 2.0, "row 8 is of 0")
                .notes(&["TH039"])
                .offered("sort both by 'id'"),
        ],
    },
    Kind {
        what: "Predictions in another order than labels, both with a group and no id.",
        files: &[
            ("y.csv", Text("fold,label\n0,1\n0,0\n1,1\n1,1\n")),
            ("p.csv", Text("fold,answer\n0,1\n1,0\n1,1\n0,1\n")),
            ("t.csv", Text("label,answer\n1,1\n0,1\n1,1\n1,0\n")),
        ],
        runs: &[
            refused(
                FILES,
                "y.csv: has 2 columns ('fold', 'label'); name one, as in --labels y.csv:label",
            ),
            scored(
                "eval --labels y.csv:label --predictions p.csv:answer",
                4,
                4.0,
                "row by row, though rows 1 and 3 are of other groups",
            )
            .warns(&[
                "TH042: rows of y.csv and p.csv may not belong together: in row 1, column 'fold' of \
                 the one is '0', of the other '1'; give both files a column that names each row, \
                 or write one table",
            ])
            .offered("name one, as in --labels y.csv:label"),
            scored("eval t.csv --labels label --predictions answer", 4, 2.0, "rows 0 and 2")
                .offered("write one table"),
        ],
    },
    Kind {
        what: "Predictions in another order than labels, by an id that comes twice and is \
               called ID in one file.",
        files: &[
            ("y.csv", Text("id,label\n7,1\n8,0\n8,0\n9,1\n")),
            ("p.csv", Text("ID,answer\n9,1\n8,0\n8,0\n7,1\n")),
            ("sorted.csv", Text("ID,answer\n7,1\n8,1\n8,0\n9,1\n")),
        ],
        runs: &[
            refused(
                "eval --labels y.csv:label --predictions p.csv:answer",
                "rows of y.csv and p.csv do not belong together: in row 0, column 'id' of the one \
                 is '7', of the other '9'; sort both by 'id', or write one table",
            ),
            scored(
                "eval --labels y.csv:label --predictions sorted.csv:answer",
                4,
                3.0,
                "one of 8 is of 0",
            )
            .notes(&["TH039"])
            .offered("sort both by 'id'"),
        ],
    },
    Kind {
        what: "Scores in another order than labels, both with a text id.",
        files: &[
            ("y.csv", Text("name,label\na.png,1\nb.png,0\nc.png,1\n")),
            ("s.csv", Text("name,score\na.png,0.75\nc.png,0.25\nb.png,0.5\n")),
        ],
        runs: &[refused(
            "eval --labels y.csv --scores s.csv",
            "rows of y.csv and s.csv do not belong together: in row 1, column 'name' of the one is \
             'b.png', of the other 'c.png'; sort both by 'name', or write one table",
        )],
    },
    Kind {
        what: "Files of which one has a row more.",
        files: &[
            ("y.csv", Text("label\n1\n0\n1\n")),
            ("p.csv", Text("answer\n1\n0\n1\n1\n")),
            ("y.npy", Bytes(|| npy(&[1_i64, 0, 1]))),
            ("p.npy", Bytes(|| npy(&[1_i64, 0]))),
        ],
        runs: &[
            refused(
                FILES,
                "y.csv has 3 labels, but p.csv has 4 predictions; if the first line of y.csv, 'label', is a row, use --csv header=no",
            ),
            refused(
                "eval --labels y.npy --predictions p.npy",
                "y.npy has 3 labels, but p.npy has 2 predictions; expected one for each row",
            ),
            refused(
                "eval --labels y.csv --predictions p.csv --on-invalid skip",
                "y.csv has 3 labels, but p.csv has 4 predictions; if the first line of y.csv, 'label', is a row, use --csv header=no",
            ),
        ],
    },
    Kind {
        what: "A file of a role with more columns than one, and no key in the other.",
        files: &[
            ("y.csv", Text("id,label,split\n7,1,a\n8,0,a\n9,1,b\n")),
            ("p.csv", Text("answer\n1\n1\n1\n")),
            ("label.csv", Text("label\n1\n0\n1\n")),
        ],
        runs: &[
            refused(
                FILES,
                "y.csv: has 3 columns ('id', 'label', 'split'); name one, as in --labels y.csv:label",
            ),
            refused(
                "eval y.csv --labels label --predictions p.csv",
                "y.csv: has no column 'p.csv'; it has: 'id', 'label', 'split'; files of one role each are named without a table before them: --labels FILE …",
            ),
            scored("eval --labels y.csv:label --predictions p.csv", 3, 2.0, "row 1 is of 0")
                .offered("name one, as in --labels y.csv:label"),
            scored("eval --labels label.csv --predictions p.csv", 3, 2.0, "row 1 is of 0"),
        ],
    },
    Kind {
        what: "A few rows of scores beside an id, in a file of their own.",
        files: &[
            ("y.csv", Text("y\ncat\ndog\n")),
            ("s.csv", Text("id,cat,dog\n7,0.75,0.25\n4,0.75,0.25\n")),
        ],
        runs: &[
            refused(
                "eval --labels y.csv --scores s.csv",
                "s.csv: column 'id' holds whole numbers and others decimals, so it may be no score; \
                 name the score columns: --scores s.csv:cat,dog",
            ),
            scored("eval --labels y.csv --scores s.csv:cat,dog", 2, 1.0, "row 1 is of dog")
                .notes(&["TH013", "TH102", "TH162", "TH208"])
                .offered("--scores s.csv:cat,dog"),
        ],
    },
    Kind {
        what: "An archive of several arrays given as the file of one role.",
        files: &[(
            "t.npz",
            Bytes(|| {
                let arrays = [("y", npy(&[1_i64, 0])), ("p", npy(&[1_i64, 1]))];
                npz(&arrays, CompressionMethod::Stored, false)
            }),
        )],
        runs: &[
            refused(
                "eval --labels t.npz --predictions t.npz",
                "t.npz: holds 2 arrays (y, p); name one, as in --labels t.npz:y",
            ),
            scored("eval --labels t.npz:y --predictions t.npz:p", 2, 1.0, "row 1 is of 0")
                .offered("--labels t.npz:y"),
            scored("eval t.npz --labels y --predictions p", 2, 1.0, "row 1 is of 0"),
        ],
    },
    Kind {
        what: "Nulls in a column of a parquet file.",
        files: &[(
            "t.parquet",
            Bytes(|| {
                let y = Column::I64(vec![Some(1), None, Some(0)]);
                let p = Column::I64(vec![Some(1), Some(0), Some(1)]);
                parquet(&[("y", y), ("p", p)], 2)
            }),
        )],
        runs: &[
            refused(
                "eval t.parquet --labels y --predictions p",
                "t.parquet: row 1: the label is null; correct it, or leave such rows out with \
                 --on-invalid skip",
            ),
            refused(
                "eval t.parquet --labels p --predictions y",
                "t.parquet: row 1: the prediction is null; correct it, count such predictions \
                 as wrong with --outside wrong, or leave such rows out with --on-invalid skip",
            ),
            scored(
                "eval t.parquet --labels p --predictions y --outside wrong",
                3,
                1.0,
                "row 0; row 2 is of 1",
            )
            .notes(&["TH512"])
            .offered("--outside wrong"),
        ],
    },
];
