//! The confusion matrix against a map of its cells: contents, sums, bytes.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;

use tallyho::class::Classes;
use tallyho::metric::{measures, per_class};
use tallyho::tally::{Aggregates, Cell, Confusion, Rows, Spec, Tallies, decode, encode};

type Model = BTreeMap<(u32, u32), u64>;

/// Counts at the ends of every width, and labels and predictions near one another
/// and far apart.
fn cells() -> impl Strategy<Value = Vec<Cell>> {
    let class =
        || prop_oneof![4 => 0..6_u32, 2 => 0..300_u32, 1 => Just(70_000), 1 => Just(u32::MAX)];
    let ends = [1, 2, 255, 256, 65_535, 65_536, (1 << 32) - 1, 1 << 32, 1 << 56];
    let count = prop_oneof![3 => 1..4_u64, 1 => prop::sample::select(ends.to_vec())];
    let cell = (class(), class(), count);
    prop::collection::vec(cell, 0..200).prop_map(|cells| {
        let cell = |(label, prediction, count)| Cell { label, prediction, count };
        cells.into_iter().map(cell).collect()
    })
}

fn model(cells: &[Cell]) -> Model {
    let mut model = Model::new();
    for cell in cells {
        *model.entry((cell.label, cell.prediction)).or_default() += cell.count;
    }
    model
}

fn made(cells: &[Cell]) -> Confusion {
    Confusion::from_cells(cells.to_vec()).unwrap()
}

fn check(confusion: &Confusion, model: &Model) {
    let found: Vec<_> =
        confusion.cells().map(|cell| ((cell.label, cell.prediction), cell.count)).collect();
    assert_eq!(found, model.clone().into_iter().collect::<Vec<_>>());
    assert_eq!((confusion.len(), confusion.is_empty()), (model.len(), model.is_empty()));
    for (&(label, prediction), &count) in model {
        assert_eq!(confusion.count(label, prediction), count);
        for (label, prediction) in [
            (label, prediction.wrapping_add(1)),
            (label, prediction.wrapping_sub(1)),
            (label.wrapping_add(1), prediction),
        ] {
            let expected = model.get(&(label, prediction)).copied().unwrap_or(0);
            assert_eq!(confusion.count(label, prediction), expected);
        }
    }
    let mut visited = Model::new();
    for row in confusion.rows() {
        row.for_each(|prediction, count| {
            if count > 0 {
                assert_eq!(visited.insert((row.label(), prediction), count), None);
            }
        });
    }
    assert_eq!(&visited, model);
    let right = model.iter().filter(|((label, prediction), _)| label == prediction);
    assert_eq!(
        confusion.diagonal().filter(|rows| *rows > 0).collect::<Vec<_>>(),
        right.map(|(_, &count)| count).collect::<Vec<_>>()
    );
}

/// A state of nothing but these counts.
fn state(confusion: &Confusion, classes: usize) -> Vec<u8> {
    let scored = confusion.cells().map(|cell| cell.count).sum();
    encode(&Tallies {
        spec: Spec::default(),
        classes: Classes::numbered(classes),
        rows: Rows { read: scored, scored, ..Rows::default() },
        confusion: confusion.clone(),
        aggregates: Aggregates::default(),
        slices: Vec::new(),
    })
}

proptest! {
    #[test]
    fn cells_in_any_order_are_those_of_a_map(cells in cells(), turn in 0_usize..200) {
        let model = model(&cells);
        let confusion = made(&cells);
        check(&confusion, &model);
        let mut turned = cells.clone();
        turned.rotate_left(turn.min(cells.len()));
        turned.reverse();
        prop_assert_eq!(made(&turned), confusion);
    }

    #[test]
    fn merging_adds_cell_by_cell(own in cells(), more in cells()) {
        let mut sum = made(&own);
        sum.merge(&made(&more)).unwrap();
        let both = [own, more].concat();
        check(&sum, &model(&both));
        prop_assert_eq!(sum, made(&both));
    }

    #[test]
    fn a_dense_table_has_the_cells_of_its_rows(
        classes in 1..80_u32,
        cells in cells(),
        threads in 1..4_usize,
    ) {
        let inside = |cell: &&Cell| cell.label < classes && cell.prediction < classes;
        let cells: Vec<Cell> = cells.iter().filter(inside).copied().collect();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let confusion = pool.install(|| Confusion::from_table(classes as usize, &(0..classes).collect::<Vec<_>>(), |label, counts| {
            for cell in cells.iter().filter(|cell| cell.label == label) {
                counts[cell.prediction as usize] += cell.count;
            }
        }));
        prop_assert_eq!(confusion, made(&cells));
    }

    #[test]
    fn states_give_back_every_cell(cells in cells()) {
        let inside = |cell: &Cell| cell.label < 300 && cell.prediction < 300;
        // All together are fewer rows than a state may hold.
        let fewer = |cell: Cell| Cell { count: cell.count.min(1 << 40), ..cell };
        let confusion = made(&cells.into_iter().filter(inside).map(fewer).collect::<Vec<_>>());
        let read = decode(Path::new("x.tally"), &state(&confusion, 300)).unwrap().confusion;
        prop_assert_eq!(read, confusion);
    }

    #[test]
    fn renumbering_back_and_forth_changes_nothing(cells in cells(), shift in 0..300_u32) {
        let inside = |cell: &&Cell| cell.label < 300 && cell.prediction < 300;
        let confusion = made(&cells.iter().filter(inside).copied().collect::<Vec<_>>());
        let there: Vec<u32> = (0..300).map(|class| (class + shift) % 300).collect();
        let back: Vec<u32> = (0..300).map(|class| (class + 300 - shift) % 300).collect();
        let moved = confusion.renumbered(&there).unwrap();
        prop_assert_eq!(moved.len(), confusion.len());
        prop_assert_eq!(moved.renumbered(&back).unwrap(), confusion);
    }
}

#[test]
fn empty_cells_and_empty_tables_leave_nothing() {
    let empty = Cell { label: 3, prediction: 4, count: 0 };
    assert_eq!(made(&[empty, empty]), Confusion::default());
    assert_eq!(Confusion::from_table(5, &[1, 3], |_, _| {}), Confusion::default());
    assert_eq!(Confusion::from_table(0, &[], |_, _| {}), Confusion::default());
    let mut sum = Confusion::default();
    sum.merge(&Confusion::default()).unwrap();
    assert_eq!(sum, Confusion::default());
}

#[test]
fn counts_beyond_64_bits_are_refused() {
    let most = Cell { label: 1, prediction: 2, count: u64::MAX };
    let one = Cell { count: 1, ..most };
    assert!(Confusion::from_cells(vec![most, one]).is_err());
    let mut full = made(&[most]);
    assert!(full.merge(&made(&[one])).is_err());
    assert_eq!(full, made(&[most]), "left as it was");
}

/// A byte a cell where counts off the diagonal are below 256, five where few cells
/// occur; a label with a greater one takes more for itself alone.
#[test]
fn states_are_as_small_as_their_counts() {
    let table = |label: u32, counts: &mut [u64]| {
        counts.fill(3);
        counts[label as usize] = 45_000;
        counts[0] = if label == 7 { 300 } else { 200 };
    };
    let dense = Confusion::from_table(1_000, &(0..1_000).collect::<Vec<_>>(), table);
    let names = 1_000 * 11;
    let expected = 1_000 * 1_000 + 1_000;
    let bytes = state(&dense, 1_000).len();
    assert!((expected..expected + names + 1_000 * 21 + 500).contains(&bytes), "{bytes}");
    let far = |label: u32| [(label + 1) % 1_000, (label + 500) % 1_000];
    let cell = |label: u32| far(label).map(|prediction| Cell { label, prediction, count: 9 });
    let sparse = made(&(0..1_000).flat_map(cell).collect::<Vec<_>>());
    let expected = 2_000 * 5;
    let bytes = state(&sparse, 1_000).len();
    assert!((expected..expected + names + 1_000 * 21 + 500).contains(&bytes), "{bytes}");
}

/// The state of `confusion`, of two classes and 8 rows, with other bytes for the
/// counts, and with the digest and the checksum of those.
fn forged(confusion: &Confusion, honest: &[u8], forgery: &[u8]) -> Vec<u8> {
    let bytes = state(confusion, 2);
    let (head, body) = (&bytes[..12], &bytes[20..bytes.len() - 32 - 64]);
    let at = body.windows(honest.len()).position(|window| window == honest).unwrap();
    let name = |name: &[u8]| [&1_u64.to_le_bytes(), name].concat();
    let classes = [&2_u64.to_le_bytes()[..], &name(b"0"), &name(b"1")].concat();
    // The options that count come first in the body.
    let said = [&head[8..], &body[..COUNTED], &classes, &8_u64.to_le_bytes(), &[0; 8]].concat();
    let digest = blake3::hash(&[&said, forgery].concat()).to_hex();
    let body = [&body[..at], forgery, &body[at + honest.len()..], digest.as_bytes()].concat();
    let covered = [head, &(body.len() as u64).to_le_bytes(), &body].concat();
    [&covered[..], blake3::hash(&covered).as_bytes()].concat()
}

/// Bytes of the options that change what is counted.
const COUNTED: usize = 26;

/// Bytes that say the same in another way are refused: one set of counts has one
/// digest.
#[test]
fn counts_laid_out_in_another_way_are_refused() {
    let confusion = made(&[
        Cell { label: 1, prediction: 0, count: 7 },
        Cell { label: 1, prediction: 1, count: 1 },
    ]);
    // One label, 1, with a count of its own; how its others are laid out.
    let said = |right: u8, layout: u8, first: u8, last: u8, counts: &[u8]| {
        let mut said = [0; 29];
        [said[0], said[8], said[12], said[20], said[21], said[25]] =
            [1, 1, right, layout, first, last];
        [&said[..], counts].concat()
    };
    let honest = said(1, 0, 0, 0, &[7]);
    assert_eq!(forged(&confusion, &honest, &honest), state(&confusion, 2));
    for (how, forgery) in [
        ("wider than need be", said(1, 1, 0, 0, &[7, 0])),
        ("an empty cell at the end", said(1, 0, 0, 1, &[7, 0])),
        ("listed", said(1, 4, 0, 1, &[0, 0, 0, 0, 7])),
        ("listed from another place", said(1, 4, 1, 1, &[0, 0, 0, 0, 7])),
        ("the label among the others", said(0, 0, 0, 1, &[7, 1])),
        ("no such layout", said(1, 8, 0, 0, &[7])),
        ("an end before the beginning", said(1, 0, 1, 0, &[])),
    ] {
        let error = decode(Path::new("x.tally"), &forged(&confusion, &honest, &forgery));
        assert!(error.unwrap_err().to_string().contains("contradict"), "{how}");
    }
}

/// A table so large that several threads sum it up.
#[test]
fn sums_of_large_tables_are_those_of_one_thread() {
    let classes: Vec<u32> = (0..1_100).collect();
    let confusion = Confusion::from_table(1_100, &classes, |label, counts| {
        (0..).zip(counts).for_each(|(prediction, count): (u64, _)| {
            *count = 1 + (u64::from(label) * 31 + prediction * 17) % 300;
        });
    });
    assert!(confusion.len() > 1 << 20);
    let bytes = state(&confusion, 1_100);
    let tallies = decode(Path::new("x.tally"), &bytes).unwrap();
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| (measures(&tallies).unwrap(), per_class(&tallies)))
    };
    let (alone, together) = (of(1), of(4));
    assert_eq!(alone, together);
    let support: u64 = confusion.cells().filter(|it| it.label == 7).map(|it| it.count).sum();
    let predicted: u64 = confusion.cells().filter(|it| it.prediction == 7).map(|it| it.count).sum();
    assert_eq!((alone.1[7].support, alone.1[7].predicted), (support, predicted));
}
