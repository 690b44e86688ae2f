//! Types that are no classes or scores as they are: read exactly, or refused with the
//! line that converts them.

use super::kind::Content::{Bytes, Fixture, Text};
use super::kind::{Kind, measured, refused, scored};
use crate::common::files::{npy, npy_header, npy_matrix};
use crate::common::parquet::{Stored, Values, stored};

const PAIRS: &str = "eval --labels y.npy --predictions p.npy";
const SCORES: &str = "eval --labels y.npy --scores s.npy";
const T: &str = "eval t.parquet --labels y --predictions p";

fn decimal(wholes: &[i32], scale: u32) -> Stored {
    let annotation = format!("(DECIMAL(9,{scale}))");
    Stored::new("int32", &annotation, Values::I32(wholes.to_vec()))
}

fn whole(values: &[i64]) -> Stored {
    Stored::new("int64", "", Values::I64(values.to_vec()))
}

fn bytes(values: &[i32]) -> Stored {
    Stored::new("int32", "(INTEGER(8,true))", Values::I32(values.to_vec()))
}

fn table(rows: usize, columns: &[(&str, Stored)]) -> Vec<u8> {
    let columns: Vec<(&str, &Stored)> = columns.iter().map(|(name, it)| (*name, it)).collect();
    stored(&columns, rows, 2, true)
}

/// An array of Python objects; of its values nothing is read.
fn objects() -> Vec<u8> {
    let mut bytes = npy_header("|O", false, &[2], 1);
    bytes.extend(b"\x80\x04]\x94.");
    bytes
}

pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: "Classes that Snowflake or DuckDB wrote as DECIMAL.",
        files: &[
            (
                "t.parquet",
                Bytes(|| {
                    table(4, &[("y", decimal(&[0, 1, 2, 1], 0)), ("p", decimal(&[0, 1, 1, 1], 0))])
                }),
            ),
            (
                "cents.parquet",
                Bytes(|| table(2, &[("y", decimal(&[0, 150], 2)), ("p", decimal(&[0, 100], 2))])),
            ),
        ],
        runs: &[
            scored(T, 4, 3.0, "row 2 is of 2"),
            refused(
                "eval cents.parquet --labels y --predictions p",
                "cents.parquet: row 1: label 1.50 is not an integer; correct it, or leave such \
                 rows out with --on-invalid skip",
            ),
        ],
    },
    Kind {
        what: "Scores that were written as DECIMAL.",
        files: &[(
            "t.parquet",
            Bytes(|| {
                table(4, &[("y", whole(&[0, 1, 1, 0])), ("s", decimal(&[125, 875, 250, 375], 3))])
            }),
        )],
        runs: &[
            scored("eval t.parquet --labels y --scores s", 4, 3.0, "0.25 of row 2 is below 1/2"),
            measured(
                "eval t.parquet --labels y --scores s",
                4,
                "roc_auc",
                0.75,
                "of four pairs, 0.250 and 0.375 are not in order",
            ),
        ],
    },
    Kind {
        what: "Quantised scores of int8 and uint8 in an array.",
        files: &[
            ("y.npy", Bytes(|| npy(&[0_i64, 1]))),
            ("s.npy", Bytes(|| npy_matrix(&[100_i8, -20, -5, 60], 2))),
            ("u.npy", Bytes(|| npy_matrix(&[100_u8, 20, 5, 60], 2))),
            ("scaled.npy", Bytes(|| npy_matrix(&[5.0, -1.0, -0.25, 3.0], 2))),
        ],
        runs: &[
            refused(
                SCORES,
                "s.npy: holds scores of type int8, which are quantised and come without their \
                 scale; save them dequantised, np.save('s.npy', (q.astype('float32') - zero_point) \
                 * scale), or, if they are predicted classes, name them with --predictions",
            ),
            refused(
                "eval --labels y.npy --scores u.npy",
                "u.npy: holds scores of type uint8, which are quantised and come without their \
                 scale; save them dequantised, np.save('s.npy', (q.astype('float32') - zero_point) \
                 * scale), or, if they are predicted classes, name them with --predictions",
            ),
            scored("eval --labels y.npy --scores scaled.npy", 2, 2.0, "both are right")
                .notes(&["TH162"])
                .offered("save them dequantised"),
        ],
    },
    Kind {
        what: "Scores of whole numbers.",
        files: &[
            ("y.npy", Bytes(|| npy(&[0_i64, 1, 1]))),
            ("s.npy", Bytes(|| npy_matrix(&[100_i32, 20, -5, 60, 7, 3], 2))),
            (
                "t.parquet",
                Bytes(|| {
                    table(
                        3,
                        &[
                            ("y", whole(&[0, 1, 1])),
                            ("s", whole(&[100, 20, -5, 60, 7, 3]).lists(2)),
                        ],
                    )
                }),
            ),
        ],
        runs: &[
            scored(SCORES, 3, 2.0, "row 2 is of 1").notes(&["TH123", "TH162"]),
            scored("eval t.parquet --labels y --scores s", 3, 2.0, "the same as lists")
                .notes(&["TH123", "TH162"]),
        ],
    },
    Kind {
        what: "Quantised scores of int8 in lists of a parquet file.",
        files: &[(
            "t.parquet",
            Bytes(|| {
                table(
                    3,
                    &[("y", whole(&[0, 1, 1])), ("s", bytes(&[100, 20, -5, 60, 7, 3]).lists(2))],
                )
            }),
        )],
        runs: &[scored("eval t.parquet --labels y --scores s", 3, 2.0, "row 2 is of 1")
            .notes(&["TH162"])
            .warns(&["TH125: t.parquet: all scores are integers of 8 bits, as quantised models \
                      give them, and the file has no scale for them: losses and calibration mean \
                      nothing then; write them dequantised: (q - zero_point) * scale"])],
    },
    Kind {
        what: "Predicted classes that are named as scores.",
        files: &[
            ("y.npy", Bytes(|| npy(&[0_i64, 1, 1]))),
            ("s.npy", Bytes(|| npy(&[0_i64, 1, 0]))),
            (
                "t.parquet",
                Bytes(|| table(3, &[("y", whole(&[0, 1, 1])), ("s", whole(&[0, 1, 0]))])),
            ),
        ],
        runs: &[
            refused(
                SCORES,
                "s.npy: scores must be floats, found int64; for predicted classes use \
                 --predictions; if each is the one score of its row, np.save('s.npy', \
                 s.astype('float64'))",
            ),
            scored("eval --labels y.npy --predictions s.npy", 3, 2.0, "row 2 is of 1")
                .offered("--predictions"),
            scored(
                "eval t.parquet --labels y --scores s",
                3,
                2.0,
                "0 and 1 as probabilities of 1 say the same",
            )
            .warns(&[
                "TH124: t.parquet: the one score of a row is a whole number (int64), as \
                      predicted classes are; if they are predicted classes, name them with \
                      --predictions",
            ]),
            scored("eval t.parquet --labels y --predictions s", 3, 2.0, "row 2 is of 1")
                .offered("--predictions"),
        ],
    },
    Kind {
        what: "Lists of scores of which one is shorter.",
        files: &[("t.csv", Text("y,p_0,p_1\n0,1.5,-1\n1,2.5,\n"))],
        runs: &[
            refused(
                "eval t.csv --labels y --scores 'p_*'",
                "t.csv: row 1: score column 'p_1' is missing; correct it, or leave such rows out with --on-invalid skip",
            ),
            scored("eval t.csv --labels y --scores 'p_*' --on-invalid skip", 1, 1.0, "row 0")
                .notes(&["TH102", "TH162"])
                .warns(&[
                    "TH204: 1 invalid row (50.0 % of all) was left out, so values may be better \
                     than the model; the first: t.csv, row 1: score column 'p_1' is missing",
                ])
                .offered("--on-invalid skip"),
        ],
    },
    Kind {
        what: "An array of Python objects, as pandas leaves text.",
        files: &[
            ("y.npy", Bytes(|| npy(&[0_i64, 1]))),
            ("p.npy", Bytes(objects)),
            ("anew.npy", Bytes(|| npy(&[0_i64, 0]))),
        ],
        runs: &[
            refused(
                PAIRS,
                "p.npy: holds Python objects (dtype object), which only Python can read; convert them: scores with np.save('s.npy', s.astype('float64')), classes with y.astype('int64'), or y.astype('U') for strings",
            ),
            scored("eval --labels y.npy --predictions anew.npy", 2, 1.0, "row 1 is of 1")
                .offered("y.astype('int64')"),
        ],
    },
    Kind {
        what: "Predictions that are no whole numbers.",
        files: &[("y.npy", Bytes(|| npy(&[0_i64, 1]))), ("p.npy", Bytes(|| npy(&[0.25, 0.75])))],
        runs: &[
            refused(
                PAIRS,
                "p.npy: row 0: prediction 0.25 is not an integer; correct it, name it \
                 with --scores if it is a score, or leave such rows out with --on-invalid skip",
            ),
            scored("eval --labels y.npy --scores p.npy", 2, 2.0, "as scores they are right")
                .offered("--scores"),
        ],
    },
    Kind {
        what: "One value where one for each row is expected.",
        files: &[
            ("y.npy", Bytes(|| crate::common::files::npy_as(&[5_i64], &[], Default::default()))),
            ("p.npy", Bytes(|| npy(&[5_i64]))),
        ],
        runs: &[
            refused(
                PAIRS,
                "y.npy: has 0 dimensions, shape (): one value, where one for each row is expected; \
                 save a.reshape(1)",
            ),
            scored("eval --labels p.npy --predictions p.npy", 1, 1.0, "the one row")
                .warns(&["TH517: 'p.npy' is named for labels and for predictions, so that every \
                          row is right; name what the model said with --predictions"])
                .offered("a.reshape(1)"),
        ],
    },
    Kind {
        what: "Encrypted parquet files, as a whole or by column.",
        files: &[
            ("t.parquet", Fixture("encrypted.parquet")),
            ("c.parquet", Fixture("encrypted_columns.parquet")),
        ],
        runs: &[
            refused(
                T,
                "t.parquet: is encrypted; decrypt it first: read it with its keys where they are, \
                 and write it without, as by pq.write_table(table, 'plain.parquet')",
            ),
            refused(
                "eval c.parquet --labels label --predictions prediction",
                "c.parquet: has encrypted columns; decrypt it first: read it with its keys where \
                 they are, and write it without, as by pq.write_table(table, 'plain.parquet')",
            ),
        ],
    },
    Kind {
        what: "A parquet file that is compressed with brotli.",
        files: &[("t.parquet", Fixture("brotli.parquet"))],
        runs: &[refused(
            "eval t.parquet --labels label --predictions prediction",
            "t.parquet: is compressed with brotli, which is not read here; write it with zstd or \
             snappy, as by pq.write_table(pq.read_table(old), new, compression='zstd')",
        )],
    },
    Kind {
        what: "A CSV file that gzip compressed, under either name.",
        files: &[
            ("t.csv.gz", Bytes(|| b"\x1f\x8b\x08\x00\x00\x00\x00\x00".to_vec())),
            ("t.csv", Bytes(|| b"\x1f\x8b\x08\x00\x00\x00\x00\x00".to_vec())),
        ],
        runs: &[
            refused(
                "eval t.csv.gz --labels y --predictions p",
                "t.csv.gz: is compressed with gzip; decompress it first: gunzip t.csv.gz",
            ),
            refused(
                "eval t.csv --labels y --predictions p",
                "t.csv: is compressed with gzip; decompress it first: gunzip t.csv",
            ),
        ],
    },
    Kind {
        what: "Tables of other formats: JSON lines, a spreadsheet, a pickle.",
        files: &[
            ("t.jsonl", Text("{\"y\": 1, \"p\": 1}\n")),
            ("t.xlsx", Bytes(|| b"PK\x03\x04\x14\x00\x06\x00".to_vec())),
            ("t.pkl", Bytes(|| b"\x80\x04\x95\x00\x00\x00\x00\x00".to_vec())),
            ("t.txt", Text("1 1\n0 1\n")),
        ],
        runs: &[
            refused(
                "eval t.jsonl --labels y --predictions p",
                "t.jsonl: is of a format that is not read here; with pandas, if it holds a table: \
                 pd.read_json('t.jsonl', lines=True).to_parquet('t.parquet')",
            ),
            refused(
                "eval t.xlsx --labels y --predictions p",
                "t.xlsx: is of a format that is not read here; with pandas, if it holds a table: \
                 pd.read_excel('t.xlsx').to_parquet('t.parquet')",
            ),
            refused(
                "eval t.pkl --labels y --predictions p",
                "t.pkl: is of a format that is not read here; with pandas, if it holds a table: \
                 pd.read_pickle('t.pkl').to_parquet('t.parquet')",
            ),
            refused(
                "eval t.txt --labels y --predictions p",
                "t.txt: has a format that is not known here; expected .npy, .npz, .csv, .tsv or \
                 .parquet",
            ),
        ],
    },
];
