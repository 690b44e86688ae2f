//! Batches that a device must count as the CPU does before it is used.

use super::column::{Column, ColumnType, Params};
use crate::kernel::sample::Garbage;

const ROWS: u32 = 1_003;
const CLASSES: u32 = 11;

/// Into the cells of a dense table, which may wrap.
pub(super) fn dense() -> Vec<Vec<Vec<u32>>> {
    samples(|number, params, garbage| {
        let cells = (0..=CLASSES * CLASSES).map(|_| garbage.word()).collect();
        (Params { replicas: number % 5, ..params }, vec![cells])
    })
}

/// Into a hash table: one with room for all pairs, and one that most of them
/// must leave.
pub(super) fn sparse() -> Vec<Vec<Vec<u32>>> {
    samples(|number, params, _| {
        let slots = [9, 4][number as usize % 2];
        let (table, spill) = (vec![0; 4 << slots], vec![0; 4 + 3 * ROWS as usize]);
        (Params { slots, room: ROWS, ..params }, vec![table, spill])
    })
}

/// Columns of every type, with values below and beyond the classes: sorted rows,
/// of which many fall into one cell, then mixed ones.
fn samples(
    counters: impl Fn(u32, Params, &mut Garbage) -> (Params, Vec<Vec<u32>>),
) -> Vec<Vec<Vec<u32>>> {
    let mut garbage = Garbage::new(1);
    let mut sample = |(number, kind): (u32, ColumnType)| {
        let other = ColumnType::ALL[(number as usize + 2) % ColumnType::ALL.len()];
        let [labels, predictions] =
            [kind, other].map(|kind| Column { kind, base: [0, 1, 200, 3][number as usize % 4] });
        let params = Params::new(ROWS, CLASSES, labels, predictions);
        let columns = [labels, predictions].map(|it| column(it, &mut garbage));
        let (params, counters) = counters(number, params, &mut garbage);
        let mut slots = vec![bytemuck::cast_slice(&[params]).to_vec()];
        slots.extend(columns);
        slots.extend(counters);
        slots
    };
    (0..).zip(ColumnType::ALL).map(&mut sample).collect()
}

fn column(column: Column, garbage: &mut Garbage) -> Vec<u32> {
    let class = |row| match row {
        0..300 => i64::from(row / 100),
        _ => i64::from(garbage.below(CLASSES + 2)) - 1,
    };
    let values = (0_u32..ROWS).map(class).map(|class| class + column.base);
    let bytes = values.flat_map(|value| value.to_le_bytes().into_iter().take(column.kind.bytes()));
    let mut bytes: Vec<u8> = bytes.collect();
    // What is after the last row is never to be counted.
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    bytemuck::pod_collect_to_vec(&bytes)
}
