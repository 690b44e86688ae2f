//! Tallies made the plain way, and values looked up by name.

use tallyho::class::Classes;
use tallyho::metric::{Measure, measures};
use tallyho::tally::{
    Aggregate, Aggregates, Bin, Calibration, Cell, Classwise, Confusion, Ranks, RowSums, Rows,
    ScoreType, ScoresAre, Spec, Tallies, Task,
};

/// Tallies of hard predictions, from non-zero cells; classes are `0..classes`.
pub fn confusion(classes: usize, cells: &[(u32, u32, u64)]) -> Tallies {
    let scored = cells.iter().map(|cell| cell.2).sum();
    let cells = cells.iter().map(|&(label, prediction, count)| Cell { label, prediction, count });
    Tallies {
        spec: Spec::default(),
        classes: Classes::numbered(classes),
        rows: Rows { read: scored, scored, ..Rows::default() },
        confusion: Confusion::from_cells(cells.collect()).unwrap(),
        aggregates: Aggregates::default(),
        slices: Vec::new(),
    }
}

/// Tallies of hard predictions, from a matrix with a row for each label.
pub fn matrix<Row: AsRef<[u64]>>(matrix: &[Row]) -> Tallies {
    let mut cells = Vec::new();
    for (label, row) in (0..).zip(matrix) {
        cells
            .extend((0..).zip(row.as_ref()).map(|(prediction, count)| (label, prediction, *count)));
    }
    confusion(matrix.len(), &cells)
}

/// The same tallies under other options.
pub fn with(tallies: &Tallies, change: impl FnOnce(&mut Spec)) -> Tallies {
    let mut changed = tallies.clone();
    change(&mut changed.spec);
    changed
}

/// Units of confidence and squared error in 1.
const SHARE: f64 = (1u64 << 30) as f64;
/// Units of loss in a nat.
const NAT: f64 = (1u64 << 32) as f64;

/// `value` in fixed point, rounded down.
#[allow(clippy::cast_possible_truncation, reason = "fixed point is the value rounded down")]
fn fixed(value: f64, unit: f64) -> u64 {
    (value * unit) as u64
}

/// Tallies of probabilities, row by row, in the units of the tallies.
pub fn scored(labels: &[usize], probabilities: &[Vec<f64>], bins: usize) -> Tallies {
    let classes = probabilities[0].len();
    let spec = Spec {
        task: Task::Matrix,
        scores_are: Some(ScoresAre::Probabilities),
        score_type: Some(ScoreType::F64),
        bins,
        asked: [Classwise::NAME].into(),
        ..Spec::default()
    };
    let mut found = Aggregates::empty(&spec, classes);
    let mut cells = Vec::new();
    let mut infinite_loss = 0;
    for (&label, row) in labels.iter().zip(probabilities) {
        let prediction = (0..classes).find(|class| rank(row, *class) == 0).unwrap();
        cells.push((u32::try_from(label).unwrap(), u32::try_from(prediction).unwrap(), 1));
        infinite_loss += u64::from(row[label] == 0.0);
        score(&mut found, label, prediction, row);
    }
    let mut tallies = confusion(classes, &cells);
    tallies.spec = spec;
    tallies.rows.infinite_loss = infinite_loss;
    tallies.aggregates = found;
    tallies
}

/// How many classes are ahead of `class`.
fn rank(row: &[f64], class: usize) -> usize {
    let ahead = |other: usize| row[other] > row[class] || row[other] == row[class] && other < class;
    (0..row.len()).filter(|other| ahead(*other)).count()
}

/// Adds one row of probabilities.
fn score(found: &mut Aggregates, label: usize, prediction: usize, row: &[f64]) {
    found.get_mut::<Ranks>().unwrap().0[rank(row, label)] += 1;
    let sums = found.get_mut::<RowSums>().unwrap();
    if row[label] > 0.0 {
        sums.loss.add(fixed(-row[label].ln(), NAT));
    }
    let hit = |class: usize| f64::from(u8::from(class == label));
    let errors = row.iter().enumerate().map(|(class, p)| (p - hit(class)).powi(2));
    sums.squared_error.add(fixed(errors.sum(), SHARE));
    sums.confidence.add(fixed(row[prediction], SHARE));
    let calibration = &mut found.get_mut::<Calibration>().unwrap().0;
    let bins = calibration.len();
    let bin = |p: f64| (1..bins).take_while(|edge| p > *edge as f64 / bins as f64).count();
    fill(&mut calibration[bin(row[prediction])], row[prediction], prediction == label);
    for (class, p) in row.iter().enumerate() {
        let cells = &mut found.get_mut::<Classwise>().unwrap().cells;
        fill(&mut cells[class * bins + bin(*p)], *p, class == label);
    }
}

/// Adds one probability to its bin.
fn fill(bin: &mut Bin, p: f64, right: bool) {
    bin.rows += 1;
    bin.correct += u64::from(right);
    bin.confidence += u128::from(fixed(p, SHARE));
}

/// The same tallies with few resamples, for tests that look at values.
pub fn few(tallies: &Tallies) -> Tallies {
    with(tallies, |spec| spec.replicates = Some(20))
}

/// One metric, asked for by its full name.
pub fn measure(tallies: &Tallies, name: &str) -> Measure {
    let tallies = with(tallies, |spec| {
        spec.metrics = vec![name.to_owned()];
        spec.replicates = spec.replicates.or(Some(20));
    });
    let mut found = measures(&tallies).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(found.len(), 1, "{name}");
    found.remove(0).1
}
