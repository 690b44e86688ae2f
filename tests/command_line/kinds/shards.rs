//! Tables that are read as one: shards, folders, and files that are met twice.

use zip::CompressionMethod;

#[cfg(unix)]
use super::kind::Content::Link;
use super::kind::Content::{Bytes, Text};
use super::kind::{Kind, refused, scored};
use crate::common::files::{Column, npy, npz, parquet};
use crate::common::parquet::{Stored, Values, stored};

/// An archive of two labels, 0 and 1, with a score for each row.
fn one_score(scores: Vec<u8>) -> Vec<u8> {
    npz(&[("y", npy(&[0_i64, 1])), ("s", scores)], CompressionMethod::Stored, false)
}

fn numbers(y: &[i64], p: &[i64]) -> Vec<u8> {
    let column = |values: &[i64]| Column::I64(values.iter().copied().map(Some).collect());
    parquet(&[("y", column(y)), ("p", column(p))], 4)
}

fn texts(y: &[&str], p: &[&str]) -> Vec<u8> {
    let text = |it: &&str| Some((*it).to_owned());
    let column = |values: &[&str]| Column::Text(values.iter().map(text).collect());
    parquet(&[("y", column(y)), ("p", column(p))], 4)
}

/// Text of a dictionary, or plain.
fn coded(y: &[&str], p: &[&str], coded: bool) -> Vec<u8> {
    let column = |values: &[&str]| {
        let values = values.iter().map(|it| it.as_bytes().to_vec()).collect();
        Stored::new("binary", "(UTF8)", Values::Bytes(values))
    };
    stored(&[("y", &column(y)), ("p", &column(p))], y.len(), 2, coded)
}

/// 20 labels, alternating in a way that two files do not share by chance.
const MODEL_A: &str = "y,p\n0,0\n1,1\n1,1\n0,0\n1,1\n0,0\n0,0\n1,1\n0,0\n1,1\n\
                       1,1\n0,0\n1,1\n0,0\n0,0\n1,1\n0,0\n1,1\n1,0\n0,1\n";
const MODEL_B: &str = "y,p\n0,1\n1,0\n1,1\n0,0\n1,1\n0,0\n0,0\n1,1\n0,0\n1,1\n\
                       1,1\n0,0\n1,1\n0,0\n0,0\n1,1\n0,0\n1,1\n1,0\n0,1\n";

pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: "A folder that Spark wrote: markers, checksums, a shard without rows.",
        files: &[
            ("out/part-0.parquet", Bytes(|| numbers(&[1, 0, 1], &[1, 1, 1]))),
            ("out/part-1.parquet", Bytes(|| numbers(&[], &[]))),
            ("out/_SUCCESS", Text("")),
            ("out/.part-0.parquet.crc", Text("crc")),
        ],
        runs: &[
            scored("eval out --labels y --predictions p", 3, 2.0, "row 1 is of 0")
                .notes(&["TH031"]),
            scored("eval 'out/*' --labels y --predictions p", 3, 2.0, "the same by a glob")
                .notes(&["TH031"]),
            scored(
                "eval 'out/*.parquet' --labels y --predictions p",
                3,
                2.0,
                "and by a narrow one",
            )
            .notes(&["TH031"]),
        ],
    },
    Kind {
        what: "CSV shards of a header alone, and of nothing at all.",
        files: &[
            ("c/0.csv", Text("y,p\n1,1\n0,1\n1,1\n")),
            ("c/1.csv", Text("y,p\n")),
            ("c/2.csv", Text("")),
        ],
        runs: &[
            scored("eval 'c/*.csv' --labels y --predictions p", 3, 2.0, "row 1 is of 0")
                .notes(&["TH031"]),
            scored("eval c --labels y --predictions p", 3, 2.0, "the same").notes(&["TH031"]),
        ],
    },
    Kind {
        what: "Shards of which none has a row.",
        files: &[("c/0.csv", Text("y,p\n")), ("c/1.csv", Text("y,p\n")), ("empty.csv", Text(""))],
        runs: &[
            refused(
                "eval c --labels y --predictions p",
                "empty: none of 2 files has a row: c/0.csv, c/1.csv",
            ),
            refused(
                "eval c/0.csv --labels y --predictions p",
                "c/0.csv: is empty: no rows after the header",
            ),
            refused("eval empty.csv --labels y --predictions p", "empty.csv: is empty: 0 bytes"),
        ],
    },
    Kind {
        what: "A folder with other files beside the tables.",
        files: &[
            ("out/0.csv", Text("y,p\n1,1\n0,1\n")),
            ("out/1.csv.gz", Text("\u{1f}")),
            ("out/notes.txt", Text("lr 0.1\n")),
            ("out/_old.csv", Text("y,p\n9,9\n")),
        ],
        runs: &[
            scored("eval out --labels y --predictions p", 2, 1.0, "row 1 is of 0")
                .notes(&["TH032", "TH033"])
                .warns(&["TH034: passed over out/1.csv.gz, which may hold rows; to count them, \
                          write them as a table: .parquet, .csv or .npz"]),
            scored("eval 'out/*.csv' --labels y --predictions p", 2, 1.0, "the same rows")
                .notes(&["TH032"]),
        ],
    },
    Kind {
        what: "Folders without tables, and names of nothing.",
        files: &[("arrays/y.npy", Bytes(|| npy(&[1_i64]))), ("other/notes.txt", Text("lr 0.1\n"))],
        runs: &[
            refused(
                "eval arrays --labels y --predictions p",
                "arrays: is a folder of arrays, not of tables: arrays/y.npy; name one file for \
                 each role with --labels, --predictions and --scores",
            ),
            scored(
                "eval --labels arrays/y.npy --predictions arrays/y.npy",
                1,
                1.0,
                "the same file twice",
            )
            .warns(&["TH517: 'arrays/y.npy' is named for labels and for predictions, so that \
                      every row is right; name what the model said with --predictions"])
            .offered("name one file for each role with --labels"),
            refused(
                "eval other --labels y --predictions p",
                "other: is a folder without tables (.parquet, .csv or .npz); it has: \
                 other/notes.txt",
            ),
            refused(
                "eval absent.csv --labels y --predictions p",
                "absent.csv: cannot open the file: No such file or directory (os error 2)",
            ),
            refused(
                "eval 'absent*.csv' --labels y --predictions p",
                "no file matches 'absent*.csv'",
            ),
        ],
    },
    Kind {
        what: "A file that two names or two globs meet.",
        files: &[("t.csv", Text("y,p\n1,1\n0,1\n"))],
        runs: &[
            scored("eval t.csv ./t.csv --labels y --predictions p", 2, 1.0, "two rows, not four")
                .warns(&["TH035: t.csv and ./t.csv are one file; it is counted once"]),
            scored("eval t.csv 't*.csv' --labels y --predictions p", 2, 1.0, "the same")
                .warns(&["TH035: t.csv is named twice; it is counted once"]),
            scored("eval t.csv t.csv --labels y --predictions p", 2, 1.0, "the same")
                .warns(&["TH035: t.csv is named twice; it is counted once"]),
        ],
    },
    #[cfg(unix)]
    Kind {
        what: "A link to a table beside the table.",
        files: &[("t.csv", Text("y,p\n1,1\n0,1\n")), ("latest.csv", Link("t.csv"))],
        runs: &[
            scored("eval t.csv latest.csv --labels y --predictions p", 2, 1.0, "two rows")
                .warns(&["TH035: t.csv and latest.csv are one file; it is counted once"]),
            scored("eval latest.csv --labels y --predictions p", 2, 1.0, "a link is a name"),
        ],
    },
    Kind {
        what: "Files of two models that are given together.",
        files: &[
            ("resnet.csv", Text("y,p\n1,1\n0,1\n")),
            ("vit.csv", Text("y,p\n0,0\n1,1\n")),
            ("a.csv", Text(MODEL_A)),
            ("b.csv", Text(MODEL_B)),
        ],
        runs: &[
            scored("eval resnet.csv vit.csv --labels y --predictions p", 4, 3.0, "row 1 of resnet")
                .notes(&["TH037"]),
            scored("eval a.csv b.csv --labels y --predictions p", 40, 34.0, "2 and 4 are wrong")
                .warns(&[
                    "TH036: a.csv and b.csv begin with the same 20 labels in the same order, \
                          as the same rows by two models do; they are pooled into one report; to \
                          compare models, evaluate each file apart",
                ]),
            scored("eval a.csv --labels y --predictions p", 20, 18.0, "the last two are wrong")
                .offered("evaluate each file apart"),
        ],
    },
    Kind {
        what: "Shards whose score columns stand in other orders.",
        files: &[
            ("1.csv", Text("y,p_cat,p_dog\ncat,0.875,0.125\ndog,0.25,0.75\n")),
            ("2.csv", Text("p_dog,y,p_cat\n0.875,dog,0.125\n0.625,cat,0.375\n")),
        ],
        runs: &[scored(
            "eval 1.csv 2.csv --labels y --scores 'p_*'",
            4,
            3.0,
            "row 1 of the second is of cat",
        )
        .notes(&["TH102", "TH103", "TH162"])],
    },
    Kind {
        what: "Shards of which one lacks a class.",
        files: &[
            ("1.csv", Text("y,p_cat,p_dog\ncat,0.875,0.125\n")),
            ("2.csv", Text("y,p_cat,p_eel\ncat,0.875,0.125\n")),
            ("3.csv", Text("y,p_cat\ncat,0.875\n")),
            ("4.csv", Text("label,p_cat,p_dog\ncat,0.875,0.125\n")),
        ],
        runs: &[
            refused(
                "eval 1.csv 2.csv --labels y --scores 'p_*'",
                "1.csv has a score column for class 'dog', but 2.csv has none; all files must have \
                 the same classes",
            ),
            refused(
                "eval 1.csv 3.csv --labels y --scores 'p_*'",
                "1.csv has 2 scores of type f64 per row, but 3.csv has one score of type f64 per \
                 row; all files must agree",
            ),
            refused(
                "eval 1.csv 4.csv --labels y --scores 'p_*'",
                "4.csv: has no column 'y', unlike 1.csv: if its first line, 'label,p_cat,p_dog', is a row, write the header 'y,p_cat,p_dog' above it, or evaluate the file apart with --csv header=no (its columns are then named 0, 1, …) and -o, and put the states together with tallyho merge",
            ),
        ],
    },
    Kind {
        what: "Shards of float32 and of float64.",
        files: &[
            (
                "1.parquet",
                Bytes(|| {
                    let y = Column::I64(vec![Some(0), Some(1)]);
                    let s = Column::F32(vec![Some(0.25), Some(0.75)]);
                    parquet(&[("y", y), ("s", s)], 2)
                }),
            ),
            (
                "2.parquet",
                Bytes(|| {
                    let y = Column::I64(vec![Some(0), Some(1)]);
                    let s = Column::F64(vec![Some(0.625), Some(0.75)]);
                    parquet(&[("y", y), ("s", s)], 2)
                }),
            ),
        ],
        runs: &[scored("eval 1.parquet 2.parquet --labels y --scores s", 4, 3.0, "0.625 is of 0")
            .notes(&["TH038"])],
    },
    Kind {
        what: "Shards of numbers and of their text, as parquet and CSV.",
        files: &[
            ("1.parquet", Bytes(|| numbers(&[0, 1], &[0, 1]))),
            ("2.parquet", Bytes(|| texts(&["0", "1"], &["0", "0"]))),
            ("3.csv", Text("y,p\n0,0\n1,0\n")),
        ],
        runs: &[
            scored(
                "eval 1.parquet 2.parquet --labels y --predictions p",
                4,
                3.0,
                "row 1 of the second is of 1",
            )
            .notes(&["TH038"]),
            scored(
                "eval 1.parquet 3.csv --labels y --predictions p",
                4,
                3.0,
                "what text holds is told by its values",
            ),
        ],
    },
    Kind {
        what: "Shards of which one has a dictionary.",
        files: &[
            ("1.parquet", Bytes(|| coded(&["cat", "dog"], &["cat", "dog"], true))),
            ("2.parquet", Bytes(|| coded(&["cat", "dog"], &["dog", "dog"], false))),
        ],
        runs: &[scored(
            "eval 1.parquet 2.parquet --labels y --predictions p",
            4,
            3.0,
            "row 0 of the second is of cat",
        )],
    },
    Kind {
        what: "Single precision beside double, with a score that rounding took above 1.001.",
        files: &[
            ("1.npz", Bytes(|| one_score(npy(&[0.25, 0.75])))),
            ("2.npz", Bytes(|| one_score(npy(&[0.25_f32, 1.001])))),
        ],
        runs: &[scored("eval 1.npz 2.npz --labels y --scores s", 4, 4.0, "as in 2.npz alone")
            .notes(&["TH038"])
            .warns(&[
                "TH205: 1 probability up to 0.001 below 0 or above 1 was clipped; the first: \
                      2.npz, row 1",
            ])],
    },
    Kind {
        what: "Shards that call their score columns differently, one with a fault.",
        files: &[
            ("1.csv", Text("y,p_0,p_1\n0,0.75,0.25\n")),
            ("2.csv", Text("y,prob_0,prob_1\n0,1.75,0.25\n")),
        ],
        runs: &[refused(
            "eval 1.csv 2.csv --labels y --scores 'p*' --scores-are probabilities",
            "2.csv: row 0: score column 'prob_0' is 1.75, but a probability lies in 0 to 1; if \
             these are percentages, weights or logits, say --scores-are percent, unnormalized or \
             logits; correct it, or leave such rows out with --on-invalid skip",
        )],
    },
];
