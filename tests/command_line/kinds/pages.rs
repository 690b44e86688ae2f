//! The page that is printed: nothing on it that does not hold or that nobody asked.

use super::kind::Content::{Bytes, Text};
use super::kind::{Kind, printed};
use crate::common::files::{npy, npy_matrix};

const TEXTS: &str = "y,p\nlow,low\nmedium,high\nhigh,high\nlow,low\n";

pub(super) const KINDS: &[Kind] = &[
    Kind {
        what: "Classes whose names have no order.",
        files: &[("t.csv", Text(TEXTS)), ("classes", Text("low\nmedium\nhigh\n"))],
        runs: &[
            printed(
                "eval t.csv --labels y --predictions p",
                &["cohen_kappa ", "3 / 4"],
                &["kappa_linear", "kappa_quadratic", "GPU", "gpu"],
            ),
            printed(
                "eval t.csv --labels y --predictions p --ordinal",
                &["kappa_linear", "high < low < medium", "--classes gives"],
                &[],
            ),
            printed(
                "eval t.csv --labels y --predictions p --ordinal --classes classes",
                &["kappa_linear"],
                &["high < low"],
            )
            .offered("--classes"),
        ],
    },
    Kind {
        what: "Classes that are numbers, which have an order.",
        files: &[("t.csv", Text("y,p\n0,0\n2,10\n10,10\n"))],
        runs: &[printed(
            "eval t.csv --labels y --predictions p",
            &["cohen_kappa_linear", "cohen_kappa_quadratic", "2 / 3"],
            &["is taken to be"],
        )],
    },
    Kind {
        what: "A report without resamples, so without most intervals.",
        files: &[("t.csv", Text(TEXTS))],
        runs: &[printed(
            "eval t.csv --labels y --predictions p --replicates 0",
            &["no interval for", "no resamples\nwere asked for"],
            &["bootstrap"],
        )],
    },
    Kind {
        what: "A loss so small that its last digits do not hold.",
        files: &[
            ("y.npy", Bytes(|| npy(&[0_i64, 1]))),
            ("s.npy", Bytes(|| npy_matrix(&[1.0 - 1e-7, 1e-7, 1e-7, 1.0 - 1e-7], 2))),
        ],
        runs: &[printed(
            "eval --labels y.npy --scores s.npy",
            &["brier_score", "0.000000"],
            &["e-14", "e-8", "e-7"],
        )],
    },
    Kind {
        what: "Rows that were left out, which the first lines of a page say.",
        files: &[("t.csv", Text("y,p\n1,1\n0,0\n0,1\n"))],
        runs: &[printed(
            "eval t.csv --labels y --predictions p --ignore-label 0",
            &["1 scored", "2 ignored"],
            &["invalid"],
        )],
    },
];
