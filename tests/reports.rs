//! What the user reads, and what programs read.

use std::path::Path;

use serde_json::Value;
use tallyho::class::Classes;
use tallyho::report::{
    Device, Format, Input, Provenance, Report, Timing, Warning, csv, json, markdown, text,
};
use tallyho::rule::{Judgement, Verdict};
use tallyho::tally::{
    Bin, Cell, Confusion, Moments, Rows, ScoreTallies, ScoreType, ScoresAre, Spec, Tallies, Task,
};
use unicode_width::UnicodeWidthStr;

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn provenance() -> Provenance {
    Provenance {
        device: Device {
            kind: "cpu".into(),
            name: "AMD EPYC 7763 64-Core Processor".into(),
            backend: None,
            threads: 2,
            chosen_because: "asked for".into(),
        },
        inputs: vec![
            Input {
                role: Some("labels".into()),
                path: "y.npy".into(),
                format: "npy".into(),
                dtype: "int64".into(),
                rows: 1797,
                bytes: 14504,
            },
            Input {
                role: None,
                path: "shards/a \"b\".parquet".into(),
                format: "parquet".into(),
                dtype: "int64, float".into(),
                rows: 1797,
                bytes: 90_210,
            },
        ],
        timing: Timing {
            seconds: 0.0083,
            rows_per_second: 216_506.0,
            bytes_per_second: 12_600_000.5,
            peak_memory_bytes: Some(23_500_000),
        },
        warnings: Vec::new(),
    }
}

/// Hard predictions: `counts[label][prediction]`.
fn predictions(names: &[&str], counts: &[&[u64]]) -> Tallies {
    let mut cells = Vec::new();
    for (label, row) in (0..).zip(counts) {
        for (prediction, &count) in (0..).zip(*row) {
            cells.push(Cell { label, prediction, count });
        }
    }
    let scored = cells.iter().map(|cell| cell.count).sum();
    Tallies {
        spec: Spec::default(),
        classes: Classes::given(names.iter().map(ToString::to_string).collect()).unwrap(),
        rows: Rows { read: scored, scored, ..Rows::default() },
        confusion: Confusion::from_cells(cells).unwrap(),
        scores: None,
    }
}

fn iris() -> Tallies {
    predictions(&["setosa", "versicolor", "virginica"], &[&[50, 0, 0], &[0, 47, 3], &[0, 3, 47]])
}

/// Ten classes of which the eighth is often taken for the second, with scores.
fn digits() -> Tallies {
    let counts: Vec<Vec<u64>> = (0..10)
        .map(|label| (0..10).map(|prediction| digit_cell(label, prediction)).collect())
        .collect();
    let counts: Vec<&[u64]> = counts.iter().map(Vec::as_slice).collect();
    let names: Vec<String> = (0..10).map(|digit| digit.to_string()).collect();
    let mut tallies = predictions(&names.iter().map(String::as_str).collect::<Vec<_>>(), &counts);
    tallies.spec = Spec {
        task: Task::Matrix,
        scores_are: Some(ScoresAre::Logits),
        score_type: Some(ScoreType::F32),
        ..Spec::default()
    };
    let scored = tallies.rows.scored;
    tallies.rows = Rows { read: scored + 5, ignored: 3, invalid: 2, ..tallies.rows };
    let correct = (0..10).map(|digit| digit_cell(digit, digit)).sum();
    tallies.scores = Some(scores(scored, correct));
    tallies
}

fn digit_cell(label: u64, prediction: u64) -> u64 {
    match (label, prediction) {
        (8, 1) => 11,
        _ if label == prediction => 170 + label,
        _ if (label * 7 + prediction * 3) % 11 == 0 => 2,
        _ => 0,
    }
}

/// Sums of `rows` rows in units of 2⁻³⁰ and 2⁻³², `[15]` bins.
fn scores(rows: u64, correct: u64) -> ScoreTallies {
    let unit = |value: f64, bits: i32| (value * 2_f64.powi(bits)) as u64;
    let moments = |value: f64, bits, shift| {
        let mut moments = Moments::new(shift);
        (0..rows).for_each(|_| moments.add(unit(value, bits)));
        moments
    };
    let mut calibration = vec![Bin::default(); 15];
    let middling = rows / 100;
    let bin = |rows: u64, correct, mean: f64| Bin {
        rows,
        correct,
        confidence: u128::from(rows) * u128::from(unit(mean, 30)),
    };
    calibration[6] = bin(middling, middling / 3, 0.43);
    calibration[11] = bin(2 * middling, 2 * middling - 9, 0.77);
    calibration[14] = bin(rows - 3 * middling, correct - middling / 3 - 2 * middling + 9, 0.987);
    let mut ranks = vec![0; 10];
    ranks[0] = correct;
    ranks[1] = rows - correct - 3;
    ranks[4] = 3;
    ScoreTallies {
        ranks,
        loss: moments(0.1123, 32, 20),
        squared_error: moments(0.0482, 30, 0),
        confidence: moments(0.95, 30, 0),
        calibration,
        classwise: None,
    }
}

/// A thousand classes, each taken for its neighbours now and then; the last ten
/// never occur.
fn thousand() -> Tallies {
    let mut cells = Vec::new();
    for label in 0..990_u32 {
        let cell = |prediction, count| Cell { label, prediction, count };
        cells.push(cell(label, 40_000 + u64::from(label * 7919 % 1000)));
        cells.push(cell((label + 1) % 990, u64::from(label * 7 % 300)));
        cells.push(cell((label + 17) % 990, u64::from(label * label % 91)));
    }
    cells.push(Cell { label: 281, prediction: 282, count: 31_000 });
    let scored = cells.iter().map(|cell| cell.count).sum();
    Tallies {
        spec: Spec::default(),
        classes: Classes::given((0..1000).map(|class| format!("n{:08}", class * 7919)).collect())
            .unwrap(),
        rows: Rows { read: scored, scored, ..Rows::default() },
        confusion: Confusion::from_cells(cells).unwrap(),
        scores: None,
    }
}

const WEIRD: [&str; 8] = [
    "",
    " lead",
    "a|b`c\\|",
    "comma, \"quote\"",
    "new\nline\ttab",
    "\u{1b}[31mred\u{7}",
    "大きな犬と小さな猫がいる家の庭で遊ぶ子供たち",
    "👩‍👩‍👧 é \u{202e}desrever",
];

fn weird() -> Tallies {
    let counts: Vec<Vec<u64>> = (0..8)
        .map(|label| (0..8).map(|it| 5 * u64::from(it == label) + it % 2).collect())
        .collect();
    predictions(&WEIRD, &counts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// A class without rows that is never predicted, one that is only predicted.
fn holes() -> Tallies {
    predictions(
        &["cat", "dog", "eel", "fox"],
        &[&[90, 6, 0, 4], &[10, 1_234_567, 0, 0], &[0; 4], &[0; 4]],
    )
}

fn verdicts() -> Vec<Judgement> {
    let judgement = |rule: &str, verdict, value, reason: &str| Judgement {
        rule: rule.into(),
        verdict,
        value,
        reason: reason.into(),
    };
    vec![
        judgement("accuracy >= 0.9", Verdict::Holds, Some(0.96), "0.96 is at least 0.9"),
        judgement(
            "recall[\"virginica\"] >= 0.95",
            Verdict::Broken,
            Some(0.94),
            "0.94 is below 0.95 by 0.01 (47 of 50 rows)",
        ),
        judgement(
            "log_loss <= 0.3",
            Verdict::Undefined,
            None,
            "3 rows give their label probability 0, first row 17 of shards/part-00017.parquet",
        ),
    ]
}

fn report<'t>(tallies: &'t Tallies, judgements: Vec<Judgement>) -> Report<'t> {
    Report::new(tallies, DIGEST.into(), provenance(), judgements).unwrap()
}

#[test]
fn look() {
    let out = std::env::var("LOOK").unwrap_or_default();
    if out.is_empty() {
        return;
    }
    let w: usize = std::env::var("W").ok().and_then(|w| w.parse().ok()).unwrap_or(80);
    let c = std::env::var("C").is_ok();
    let t = match out.as_str() {
        "iris" => iris(),
        "digits" => digits(),
        "thousand" => thousand(),
        "weird" => weird(),
        _ => holes(),
    };
    let mut r = report(&t, verdicts());
    r.provenance.warnings.push(Warning { code: "x".into(), text: "every row of these logits would pass as probabilities; say --scores-are probabilities if they are".into() });
    let s = match std::env::var("F").as_deref() {
        Ok("md") => markdown(&r),
        Ok("json") => json(&r),
        Ok("csv") => csv(&r),
        _ => text(&r, w, c),
    };
    std::fs::write("/tmp/look.txt", s).unwrap();
}
