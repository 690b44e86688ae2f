//! CSV files as programs and people write them: headers, separators, decimal marks,
//! encodings.

use super::kind::Content::{Bytes, Text};
use super::kind::{Kind, refused, scored};
use crate::common::files::npy;

const T: &str = "eval t.csv --labels y --predictions p";
const S: &str = "eval t.csv --labels y --scores 'p_*'";
const FILES: &str = "eval --labels y.csv --predictions p.csv";

pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: "Files of np.savetxt, which have no header.",
        files: &[("y.csv", Text("1\n0\n1\n")), ("p.csv", Text("1\n1\n1\n"))],
        runs: &[
            refused(
                FILES,
                "y.csv: the first line, '1', is of numbers like the rows below it; if it is a row, \
                 use --csv header=no (its columns are then named 0, 1, …), and if it is a header, \
                 --csv header=yes",
            ),
            scored(
                "eval --labels y.csv --predictions p.csv --csv header=no",
                3,
                2.0,
                "row 1 is of 0",
            )
            .offered("--csv header=no"),
            scored(
                "eval --labels y.csv --predictions p.csv --csv header=yes",
                2,
                1.0,
                "of the last two rows, the first is of 0",
            )
            .warns(&[
                "TH017: y.csv: 1 line equal to the header was taken for rows; if files were put \
                 together, use --csv repeated-header=skip, and if all are rows, --csv \
                 repeated-header=keep",
                "TH017: p.csv: 2 lines equal to the header were taken for rows; if files were put \
                 together, use --csv repeated-header=skip, and if all are rows, --csv \
                 repeated-header=keep",
            ])
            .offered("--csv header=yes"),
        ],
    },
    Kind {
        what: "Labels and scores side by side without a header, by np.savetxt of np.c_[y, s].",
        files: &[
            ("t.csv", Text("0,0.875,0.125\n1,0.25,0.75\n1,0.75,0.25\n")),
            ("classes", Text("0\n1\n")),
        ],
        runs: &[
            refused(
                S,
                "t.csv: the first line, '0,0.875,0.125', is of numbers like the rows below it; if \
                 it is a row, use --csv header=no (its columns are then named 0, 1, …), and if it \
                 is a header, --csv header=yes",
            ),
            scored(
                "eval t.csv --labels 0 --scores 1,2 --csv header=no",
                3,
                2.0,
                "the first score is of the first class, 0; row 2 is of 1",
            )
            .notes(&["TH102", "TH162"])
            .offered("--csv header=no"),
            scored(
                "eval t.csv --labels 0 --scores '*' --csv header=no",
                3,
                2.0,
                "all but the labels",
            )
            .notes(&["TH102", "TH162"]),
            scored(
                "eval t.csv --labels 0 --scores '[12]' --csv header=no --classes classes",
                3,
                2.0,
                "classes that are given are in the order of the columns",
            )
            .notes(&["TH102", "TH162"]),
            refused(
                "eval t.csv --labels y --scores 's*' --csv header=no",
                "t.csv: has no column 'y'; it has: '0', '1', '2'",
            ),
        ],
    },
    Kind {
        what: "Scores alone without a header.",
        files: &[
            ("y.npy", Bytes(|| npy(&[0_i64, 1, 1]))),
            ("s.csv", Text("0.875,0.125\n0.25,0.75\n0.75,0.25\n")),
        ],
        runs: &[
            refused(
                "eval --labels y.npy --scores s.csv",
                "s.csv: the first line, '0.875,0.125', is of numbers like the rows below it; if it \
                 is a row, use --csv header=no (its columns are then named 0, 1, …), and if it is \
                 a header, --csv header=yes",
            ),
            scored("eval --labels y.npy --scores s.csv --csv header=no", 3, 2.0, "row 2 is of 1")
                .notes(&["TH102", "TH162"])
                .offered("--csv header=no"),
        ],
    },
    Kind {
        what: "Names of classes without a header, of which the first comes again.",
        files: &[("y.csv", Text("cat\ndog\ncat\ncat\n")), ("p.csv", Text("cat\ncat\ncat\ndog\n"))],
        runs: &[
            refused(
                FILES,
                "y.csv: the first line, 'cat', looks like a row: row 1 has it again; if it is a \
                 row, use --csv header=no, if it is a header all the same, --csv header=yes, and \
                 if files were put together, --csv repeated-header=skip",
            ),
            scored(
                "eval --labels y.csv --predictions p.csv --csv header=no",
                4,
                2.0,
                "rows 0 and 2",
            )
            .offered("--csv header=no"),
        ],
    },
    Kind {
        what: "Names of classes under a header that could be one of them.",
        files: &[("y.csv", Text("answer\ncat\ndog\n")), ("p.csv", Text("guess\ncat\ncat\n"))],
        runs: &[scored(FILES, 2, 1.0, "row 1 is of dog").notes(&["TH013", "TH013"])],
    },
    Kind {
        what: "CSV files that were put together with their headers.",
        files: &[("t.csv", Text("y,p\n1,1\n0,1\ny,p\n1,1\n0,0\n"))],
        runs: &[
            refused(
                T,
                "t.csv: row 2: repeats the header line; --csv repeated-header=skip leaves such \
                 lines out; for rows like it, use --csv repeated-header=keep",
            ),
            scored(
                "eval t.csv --labels y --predictions p --csv repeated-header=skip",
                4,
                3.0,
                "row 1 is of 0",
            )
            .notes(&["TH014"])
            .offered("--csv repeated-header=skip"),
            scored(
                "eval t.csv --labels y --predictions p --csv repeated-header=keep",
                5,
                3.0,
                "and the row of y is predicted as p",
            )
            .warns(&[
                "TH518: no label has the predicted class 'p' (1 of 5 rows), which is 1 of the 4 \
                 classes that averages are over; --outside wrong counts such predictions as wrong \
                 and not as classes; if they are classes, name all in --classes",
            ])
            .offered("--csv repeated-header=keep"),
        ],
    },
    Kind {
        what: "Classes that are called like the columns.",
        files: &[("t.csv", Text("y,p\ny,p\ny,y\ny,y\n"))],
        runs: &[
            refused(
                T,
                "t.csv: the first line, 'y,p', looks like a row: row 0 has it again; if it is a \
                 row, use --csv header=no, if it is a header all the same, --csv header=yes, and \
                 if files were put together, --csv repeated-header=skip",
            ),
            refused(
                "eval t.csv --labels y --predictions p --csv header=yes",
                "t.csv: row 0: repeats the header line; --csv repeated-header=skip leaves such \
                 lines out; for rows like it, use --csv repeated-header=keep",
            )
            .offered("--csv header=yes"),
            scored(
                "eval t.csv --labels y --predictions p --csv repeated-header=keep",
                3,
                2.0,
                "rows 1 and 2; who says so knows that row 0 is one",
            )
            .warns(&[
                "TH518: no label has the predicted class 'p' (1 of 3 rows), which is 1 of the 2 \
                 classes that averages are over; --outside wrong counts such predictions as wrong \
                 and not as classes; if they are classes, name all in --classes",
            ])
            .offered("repeated-header=keep"),
            scored(
                "eval t.csv --labels 0 --predictions 1 --csv header=no",
                4,
                2.0,
                "the first line is a row, too, and wrong",
            )
            .warns(&[
                "TH518: no label has the predicted class 'p' (2 of 4 rows), which is 1 of the 2 \
                 classes that averages are over; --outside wrong counts such predictions as wrong \
                 and not as classes; if they are classes, name all in --classes",
            ])
            .offered("--csv header=no"),
            scored(
                "eval t.csv --labels y --predictions p --csv repeated-header=skip",
                2,
                2.0,
                "rows 1 and 2",
            )
            .notes(&["TH014"])
            .offered("--csv repeated-header=skip"),
        ],
    },
    Kind {
        what: "A comment above the header.",
        files: &[("t.csv", Text("# epoch 3\ny,p\n1,1\n"))],
        runs: &[refused(
            T,
            "t.csv: has no column 'y'; it has: '# epoch 3'; its first line begins with '#': \
                 if that is a comment, take such lines out",
        )],
    },
    Kind {
        what: "Semicolons between fields, as European spreadsheets write.",
        files: &[("t.csv", Text("y;p\n1;1\n0;1\n1;1\n"))],
        runs: &[
            scored(T, 3, 2.0, "row 1 is of 0").notes(&["TH011"]),
            scored(
                "eval t.csv --labels y --predictions p --csv 'delimiter=;'",
                3,
                2.0,
                "what is told is not said",
            ),
            refused(
                "eval t.csv --labels y --predictions p --csv delimiter=comma",
                "t.csv: has no column 'y'; it has: 'y;p'; did you mean 'y;p'?",
            ),
        ],
    },
    Kind {
        what: "Tabs between fields, under either extension.",
        files: &[("t.tsv", Text("y\tp\n1\t1\n0\t1\n")), ("t.csv", Text("y\tp\n1\t1\n0\t1\n"))],
        runs: &[
            scored("eval t.tsv --labels y --predictions p", 2, 1.0, "row 1 is of 0"),
            scored(T, 2, 1.0, "the same, by another extension").notes(&["TH011"]),
            scored("eval t.tsv t.csv --labels y --predictions p", 4, 2.0, "both").notes(&["TH011"]),
        ],
    },
    Kind {
        what: "Bars between fields, and Excel's line that names the separator.",
        files: &[
            ("t.csv", Text("y|p\n1|1\n0|1\n")),
            ("sep.csv", Text("sep=;\ny;p\n1;1\n0;1\n1;1\n")),
        ],
        runs: &[
            scored(T, 2, 1.0, "row 1 is of 0").notes(&["TH011"]),
            scored("eval sep.csv --labels y --predictions p", 3, 2.0, "row 1 is of 0")
                .notes(&["TH011"]),
        ],
    },
    Kind {
        what: "Decimal commas between semicolons.",
        files: &[("t.csv", Text("y;p_0;p_1\n0;0,875;0,125\n1;0,25;0,75\n1;0,75;0,25\n"))],
        runs: &[
            scored(S, 3, 2.0, "row 2 is of 1").notes(&["TH011", "TH012", "TH102", "TH162"]),
            scored(
                "eval t.csv --labels y --scores 'p_*' --csv 'delimiter=;,decimal=,'",
                3,
                2.0,
                "what is told is not said",
            )
            .notes(&["TH102", "TH162"]),
            refused(
                "eval t.csv --labels y --scores 'p_*' --csv decimal=point",
                "t.csv: row 0: score column 'p_0' is '0,875', not a number; if that is a decimal comma, use --csv decimal=comma; correct it, or leave such rows out with --on-invalid skip",
            ),
        ],
    },
    Kind {
        what: "Decimal commas in quotes between commas, and without quotes.",
        files: &[
            ("t.csv", Text("y,p_0,p_1\n0,\"0,875\",\"0,125\"\n1,\"0,75\",\"0,25\"\n")),
            ("bare.csv", Text("y,p_0,p_1\n0,0,875,0,125\n1,0,75,0,25\n")),
        ],
        runs: &[
            scored(S, 2, 1.0, "row 1 is of 1").notes(&["TH012", "TH102", "TH162"]),
            refused(
                "eval bare.csv --labels y --scores 'p_*'",
                "bare.csv: row 0: has 5 fields where the header has 3; a number with a decimal \
                 comma must be in quotes; correct it, or leave such rows out with --on-invalid \
                 skip",
            ),
        ],
    },
    Kind {
        what: "Decimal commas and points in one file.",
        files: &[("t.csv", Text("y;p_0;p_1\n0;0,875;0.125\n1;0,25;0.75\n"))],
        runs: &[refused(
            S,
            "t.csv: has numbers with a comma, such as '0,875' in column 'p_0', and with a point, such as '0.125' in column 'p_1'; write all of them alike",
        )],
    },
    Kind {
        what: "Commas that may be decimal or part thousands.",
        files: &[("t.csv", Text("y;s\n0;-1,234\n1;2,555\n1;3,125\n"))],
        runs: &[
            refused(
                "eval t.csv --labels y --scores s",
                "t.csv: column 's': '-1,234' may be -1.234 or -1234; if it is -1.234, use --csv decimal=comma, and if it is -1234, write it so, without a comma",
            ),
            scored(
                "eval t.csv --labels y --scores s --csv decimal=comma",
                3,
                3.0,
                "logits of 0 and more are positive",
            )
            .notes(&["TH011"])
            .offered("--csv decimal=comma"),
        ],
    },
    Kind {
        what: "UTF-16 with and without its mark, and UTF-8 with one.",
        files: &[
            ("t.csv", Text("\u{feff}y,p\n1,1\n0,1\n")),
            ("mark.csv", Bytes(|| utf_16("\u{feff}y,p\n1,1\n"))),
            ("bare.csv", Bytes(|| utf_16("y,p\n1,1\n"))),
        ],
        runs: &[
            scored(T, 2, 1.0, "row 1 is of 0"),
            refused(
                "eval mark.csv --labels y --predictions p",
                "mark.csv: is UTF-16; save the file as UTF-8",
            ),
            refused(
                "eval bare.csv --labels y --predictions p",
                "bare.csv: looks like UTF-16; save the file as UTF-8",
            ),
        ],
    },
    Kind {
        what: "Latin-1 in a value and in the header.",
        files: &[
            ("t.csv", Bytes(|| b"y,p\nAna,Ana\nJos\xe9,Ana\n".to_vec())),
            ("head.csv", Bytes(|| b"\xe9,p\n1,1\n".to_vec())),
        ],
        runs: &[
            refused(T, "t.csv: is not UTF-8: row 1 has 'Jos\u{fffd}'; save the file as UTF-8"),
            refused(
                "eval head.csv --labels y --predictions p",
                "head.csv: has a header line that is not UTF-8; save the file as UTF-8",
            ),
        ],
    },
    Kind {
        what: "A row that was cut off, as by a full disk.",
        files: &[("t.csv", Text("y,p,q\n1,1,0\n0,1,1\n1,\n"))],
        runs: &[
            refused(
                T,
                "t.csv: row 2: has 2 fields where the header has 3; correct it, or leave such rows \
                 out with --on-invalid skip",
            ),
            scored("eval t.csv --labels y --predictions p --on-invalid skip", 2, 1.0, "row 0")
                .warns(&[
                    "TH204: 1 invalid row (33.3 % of all) was left out, so values may be better \
                     than the model; the first: t.csv, row 2: has 2 fields where the header has 3",
                ])
                .offered("--on-invalid skip"),
        ],
    },
];

fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
