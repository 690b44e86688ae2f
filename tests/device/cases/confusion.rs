//! Two columns of integers: every type, bases at the ends of their range, hot
//! cells, sorted labels, values that are no class.

use tallyho::kernel::Kernel;
use tallyho::kernel::confusion::{self, Column, ColumnType, Params};

use super::ROWS;
use crate::check::Case;
use crate::common::Rng;

const PATTERNS: [&str; 4] = ["hot", "sorted", "any", "beyond"];

/// Numbers of classes with the counters of a cell, as a power of 2.
fn sizes(kernel: &Kernel) -> &'static [(u32, u32)] {
    match kernel.name {
        "confusion" => &[(1, 0), (2, 5), (10, 0), (10, 4), (16, 3), (45, 1), (63, 0)],
        "confusion_diagonal" => &[(1, 5), (2, 0), (10, 5), (64, 5), (90, 4), (1000, 2)],
        _ => &[(1, 0), (2, 0), (10, 0), (16, 0), (64, 0), (90, 0), (1000, 0)],
    }
}

pub fn dense(kernel: &Kernel, rng: &mut Rng) -> Vec<Case> {
    let mut cases = Vec::new();
    let sizes = sizes(kernel).iter().cycle();
    for (column, &(classes, replicas)) in all_columns().zip(sizes) {
        let (params, mut slots, label) = columns(rng, column, classes);
        slots.insert(0, words_of(Params { replicas, ..params }));
        let mut cells = rng.words(classes as usize * classes as usize + 1, u32::MAX);
        // Near the end, to see that they wrap as the twin's do.
        cells[0] = u32::MAX;
        *cells.last_mut().unwrap() = u32::MAX;
        slots.push(cells);
        cases.push(Case { label: format!("{label}, {replicas}"), slots });
    }
    cases
}

/// Tables with room for all, for some and for hardly any, on which an earlier
/// dispatch has left its pairs.
pub fn sparse(rng: &mut Rng) -> Vec<Case> {
    let sizes = [(1, 6), (2, 0), (10, 5), (90, 12), (1000, 6), (70_000, 12), (u32::MAX - 1, 13)];
    let mut cases = Vec::new();
    for (column, (classes, slots_log)) in all_columns().zip(sizes.into_iter().cycle()) {
        let (params, inputs, label) = columns(rng, column, classes);
        let (earlier, earlier_inputs, _) = columns(rng, column, classes);
        let room = params.rows + earlier.rows;
        let sized = |params| Params { slots: slots_log, room, ..params };
        let mut table = vec![0; 4 << slots_log];
        let mut spill = vec![0; 4 + 3 * room as usize];
        let early = &earlier_inputs;
        confusion::sparse(sized(earlier), &early[0], &early[1], &mut table, &mut spill);
        // Counters near the end of their low word, which must carry.
        for slot in table.chunks_exact_mut(4).filter(|slot| slot[2] > 0) {
            slot[2] = u32::MAX - rng.below(2);
        }
        spill[1] = u32::MAX;
        let slots = [vec![words_of(sized(params))], inputs, vec![table, spill]].concat();
        cases.push(Case { label: format!("{label}, 2^{slots_log} slots"), slots });
    }
    cases
}

type Choice = (ColumnType, ColumnType, &'static str, usize);

/// Every pair of types with every pattern, and rows around all multiples.
fn all_columns() -> impl Iterator<Item = Choice> {
    let types = ColumnType::ALL;
    let pairs = types.into_iter().flat_map(move |l| types.into_iter().map(move |p| (l, p)));
    let each = pairs.flat_map(|(l, p)| PATTERNS.into_iter().map(move |pattern| (l, p, pattern)));
    let rows = ROWS.into_iter().chain([2, 3, 4, 5, 257]).cycle();
    each.zip(rows).map(|((l, p, pattern), rows)| (l, p, pattern, rows))
}

fn columns(rng: &mut Rng, choice: Choice, classes: u32) -> (Params, Vec<Vec<u32>>, String) {
    let (label_type, prediction_type, pattern, rows) = choice;
    let within = match pattern {
        "beyond" => classes.saturating_add(2),
        _ => classes,
    };
    let mut labels: Vec<i64> = rng.words(rows, within).into_iter().map(i64::from).collect();
    let mut predictions = labels.clone();
    for prediction in &mut predictions {
        match (pattern, rng.below(10)) {
            ("hot", 0) | ("any", _) => *prediction = rng.below(within).into(),
            ("beyond", 0) => *prediction = -1 - i64::from(rng.below(3)),
            _ => {}
        }
    }
    match pattern {
        "hot" => labels.fill(0),
        "sorted" => {
            labels.sort_unstable();
            predictions.sort_unstable();
        }
        _ => {}
    }
    let label = Column { kind: label_type, base: base(rng, label_type, classes) };
    let prediction = Column { kind: prediction_type, base: base(rng, prediction_type, classes) };
    let params = Params::new(rows.try_into().unwrap(), classes, label, prediction);
    let described = format!("{rows} rows, {classes} classes, {pattern}, {label:?}, {prediction:?}");
    let words = vec![column(rng, label, &labels), column(rng, prediction, &predictions)];
    (params, words, described)
}

/// 0, the least or the greatest value from which on all classes fit.
fn base(rng: &mut Rng, kind: ColumnType, classes: u32) -> i64 {
    let (least, greatest) = match kind {
        ColumnType::U8 => (0, u8::MAX.into()),
        ColumnType::U16 => (0, u16::MAX.into()),
        ColumnType::U32 => (0, u32::MAX.into()),
        ColumnType::I32 => (i32::MIN.into(), i32::MAX.into()),
        ColumnType::I64 => (i64::MIN, i64::MAX),
    };
    let last = (greatest - i64::from(classes - 1)).max(least);
    [0, 0, least, last, 3][rng.below(5) as usize].clamp(least, last)
}

/// The values from the base on; those that do not fit the type come out as some
/// other value. What is after the last row is never to be counted.
fn column(rng: &mut Rng, column: Column, values: &[i64]) -> Vec<u32> {
    let mut bytes = Vec::new();
    for value in values {
        let value = value.wrapping_add(column.base);
        bytes.extend_from_slice(&value.to_le_bytes()[..column.kind.bytes()]);
    }
    while bytes.len() % 16 != 0 {
        bytes.push(rng.below(2) as u8);
    }
    bytemuck::pod_collect_to_vec(&bytes)
}

fn words_of(params: Params) -> Vec<u32> {
    bytemuck::cast_slice(&[params]).to_vec()
}
