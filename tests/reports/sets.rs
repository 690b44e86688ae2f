//! Synthetic tallies of every kind that a report has to show.

use tallyho::class::Classes;
use tallyho::tally::{
    Aggregates, Bin, Calibration, Cell, Confusion, Moments, Ranks, RowSums, Rows, ScoreType,
    ScoresAre, Spec, Tallies, Task,
};

/// Hard predictions: `counts[label][prediction]`.
pub fn predictions(names: &[&str], counts: &[&[u64]]) -> Tallies {
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
        aggregates: Aggregates::default(),
        slices: Vec::new(),
    }
}

pub fn iris() -> Tallies {
    predictions(&["setosa", "versicolor", "virginica"], &[&[50, 0, 0], &[0, 47, 3], &[0, 3, 47]])
}

/// Ten classes of which the eighth is often taken for the second, with scores.
pub fn digits() -> Tallies {
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
    tallies.aggregates = scores(scored, correct);
    tallies
}

fn digit_cell(label: u64, prediction: u64) -> u64 {
    match (label, prediction) {
        (8, 1) => 11,
        _ if label == prediction => 170 + label,
        _ if (label * 7 + prediction * 3).is_multiple_of(11) => 2,
        _ => 0,
    }
}

/// Sums of `rows` rows in units of 2⁻³⁰ and 2⁻³², `[15]` bins.
fn scores(rows: u64, correct: u64) -> Aggregates {
    #[allow(clippy::cast_possible_truncation, reason = "rounded down, as a tally is")]
    let unit = |value: f64, bits: i32| (value * 2_f64.powi(bits)) as u64;
    let moments = |value: f64, bits| {
        let mut moments = Moments::default();
        // Around the mean by 5 %, so that there is an interval.
        let around = |row| if row % 2 == 0 { 0.95 } else { 1.05 };
        (0..rows).for_each(|row| moments.add(unit(value * around(row), bits)));
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
    let mut found = Aggregates::default();
    found.set(Some(Ranks(ranks)));
    found.set(Some(RowSums {
        loss: moments(0.1123, 32),
        squared_error: moments(0.0482, 30),
        confidence: moments(0.95, 30),
    }));
    found.set(Some(Calibration(calibration)));
    found
}

/// A thousand classes, each taken for its neighbours now and then; the last ten
/// never occur.
pub fn thousand() -> Tallies {
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
        aggregates: Aggregates::default(),
        slices: Vec::new(),
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

pub fn weird() -> Tallies {
    let counts: Vec<Vec<u64>> = (0..8)
        .map(|label| (0..8).map(|it| 5 * u64::from(it == label) + it % 2).collect())
        .collect();
    predictions(&WEIRD, &counts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// A class without rows that is never predicted, one that is only predicted.
pub fn holes() -> Tallies {
    predictions(
        &["cat", "dog", "eel", "fox"],
        &[&[90, 6, 0, 4], &[10, 1_234_567, 0, 0], &[0; 4], &[0; 4]],
    )
}

/// Every synthetic set, with a name.
pub fn sets() -> Vec<(&'static str, Tallies)> {
    vec![
        ("iris", iris()),
        ("digits", digits()),
        ("thousand", thousand()),
        ("weird", weird()),
        ("holes", holes()),
        ("nothing", nothing()),
    ]
}

/// Every row ignored: nothing is defined.
fn nothing() -> Tallies {
    let mut tallies = predictions(&["no", "yes"], &[&[0, 0], &[0, 0]]);
    tallies.rows = Rows { read: 4, ignored: 4, ..Rows::default() };
    tallies
}

/// `classes` classes, each predicted right once; the first is once taken for the last.
pub fn diagonal(classes: u32) -> Tallies {
    let mut tallies = iris();
    let right = |class| Cell { label: class, prediction: class, count: 1 };
    let mut cells: Vec<Cell> = (0..classes).map(right).collect();
    cells.push(Cell { label: 0, prediction: classes - 1, count: 1 });
    tallies.classes = Classes::numbered(classes as usize);
    tallies.confusion = Confusion::from_cells(cells).unwrap();
    let scored = u64::from(classes) + 1;
    tallies.rows = Rows { read: scored, scored, ..Rows::default() };
    tallies
}
