//! The kernels that count, against naive sums; shaders are compared with these
//! kernels in the tests that need a device.

use std::collections::BTreeMap;

use tallyho::kernel::confusion::{self, Column, ColumnType, Entry, Params, Traits};
use tallyho::kernel::sums::{self, Moments, Sums};
use tallyho::kernel::{Level, bins};

use crate::common::Rng;

fn column(kind: ColumnType, values: &[i64]) -> Vec<u32> {
    let bytes = values.iter().flat_map(|value| value.to_le_bytes().into_iter().take(kind.bytes()));
    let mut bytes: Vec<u8> = bytes.collect();
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    bytemuck::pod_collect_to_vec(&bytes)
}

#[test]
fn pairs_of_all_types_are_counted_by_class_with_the_others_in_the_last_cell() {
    let mut rng = Rng::new(5);
    for (label_type, prediction_type) in
        ColumnType::ALL.into_iter().flat_map(|l| ColumnType::ALL.map(|p| (l, p)))
    {
        let classes = 1 + rng.below(20);
        let base = |kind| match kind {
            ColumnType::I32 => i64::from(i32::MIN) + 3,
            ColumnType::I64 => i64::MIN + 3,
            _ => 3,
        };
        let mut make = |kind| -> Vec<i64> {
            (0..4_999).map(|_| base(kind) - 2 + i64::from(rng.below(classes + 4))).collect()
        };
        let (labels, predictions) = (make(label_type), make(prediction_type));
        let mut expected = vec![0; (classes * classes + 1) as usize];
        for (label, prediction) in labels.iter().zip(&predictions) {
            let classes = i64::from(classes);
            let (label, prediction) =
                (label - base(label_type), prediction - base(prediction_type));
            let inside = (0..classes).contains(&label) && (0..classes).contains(&prediction);
            let cell = if inside { label * classes + prediction } else { classes * classes };
            expected[cell as usize] += 1;
        }
        let of = |kind| Column { kind, base: base(kind) };
        let params = Params::new(4_999, classes, of(label_type), of(prediction_type));
        let mut cells = vec![0; expected.len()];
        let columns = [column(label_type, &labels), column(prediction_type, &predictions)];
        confusion::confusion(params, &columns[0], &columns[1], &mut cells);
        assert_eq!(cells, expected, "{label_type:?}, {prediction_type:?}, {classes} classes");
    }
}

#[test]
fn a_table_too_small_for_its_pairs_loses_none() {
    for (slots, classes) in [(0, 1), (0, 100), (4, 100), (10, 100_000), (14, 3)] {
        let mut rng = Rng::new(slots);
        let kind = ColumnType::U32;
        let column_of = Column { kind, base: 0 };
        let params = Params {
            slots: slots as u32,
            room: 10_000,
            ..Params::new(5_000, classes, column_of, column_of)
        };
        let (mut table, mut spill) = (vec![0; 4 << slots], vec![0; 4 + 3 * 10_000]);
        let mut expected = BTreeMap::new();
        for _ in 0..2 {
            let labels = rng.words(5_000, classes);
            let predictions = rng.words(5_000, classes);
            for pair in labels.iter().copied().zip(predictions.iter().copied()) {
                *expected.entry(pair).or_insert(0) += 1;
            }
            confusion::sparse(params, &labels, &predictions, &mut table, &mut spill);
        }
        let expected: Vec<Entry> = expected
            .into_iter()
            .map(|((label, prediction), rows)| Entry { label, prediction, rows })
            .collect();
        assert_eq!(confusion::entries(&table, &spill), expected, "2^{slots} slots, {classes}");
    }
}

#[test]
fn the_choice_of_counters_fits_workgroup_memory_and_bindings() {
    let hardware = Traits { binding_bytes: 128 << 20, subgroups: true, software: false };
    let plain = Traits { subgroups: false, ..hardware };
    let software = Traits { software: true, ..hardware };
    let name = |classes, traits| confusion::choose(classes, traits).0.name;
    assert_eq!(name(10, hardware), "confusion");
    assert_eq!(name(63, hardware), "confusion");
    assert_eq!(name(64, hardware), "confusion_diagonal");
    assert_eq!(name(4_096, plain), "confusion_diagonal");
    assert_eq!(name(4_097, hardware), "confusion_subgroup");
    assert_eq!(name(4_097, plain), "confusion_global");
    assert_eq!(name(5_793, hardware), "confusion_sparse");
    assert_eq!(name(5_792, hardware), "confusion_subgroup");
    assert_eq!(name(64, software), "confusion_global");
    assert_eq!(name(u32::MAX - 1, software), "confusion_sparse");
    for classes in 1..5_000 {
        for traits in [hardware, plain, software] {
            let (kernel, replicas) = confusion::choose(classes, traits);
            let words = match kernel.name {
                "confusion" => (classes * classes + 1) << replicas,
                "confusion_diagonal" => classes << replicas,
                _ => 0,
            };
            assert!(words <= confusion::WORKGROUP_WORDS, "{classes}, {}", kernel.name);
        }
    }
    for count in 1..3_000 {
        let (kernel, replicas) = bins::choose(count, false);
        let words = if kernel.name == "bins" { (4 * count) << replicas } else { 0 };
        assert!(words <= confusion::WORKGROUP_WORDS, "{count} bins");
    }
}

#[test]
fn sums_and_bins_are_those_of_wide_integers() {
    let (rows, stride) = (3_000, 3_008);
    let mut rng = Rng::new(11);
    let mut planes = rng.words(8 * stride, 1 << 30);
    let labels = rng.words(rows, 3);
    let mut expected =
        Sums { first_invalid: Some(41), first_infinite: Some(52), ..Sums::default() };
    let mut expected_bins = vec![0_u64; 3 * 15];
    for row in 0..rows {
        planes[row] = rng.below(3);
        planes[5 * stride + row] = rng.below(1 << 21);
        planes[6 * stride + row] = rng.below(15);
        let state = if row < 41 { rng.below(2) } else { rng.below(5) };
        planes[7 * stride + row] = if row == 41 { 3 } else { u32::from(row != 52) * state };
        if row == 52 || (row > 52 && rng.below(5) == 0) {
            planes[4 * stride + row] = 0;
            planes[5 * stride + row] = 1 << 31;
        }
        let word = |plane: usize| u64::from(planes[plane * stride + row]);
        match word(7) {
            0 => expected.scored += 1,
            1 => expected.skipped += 1,
            _ => expected.invalid += 1,
        }
        if word(7) > 0 {
            planes[6 * stride + row] = u32::MAX;
            continue;
        }
        let add = |to: &mut Moments, value: u64| {
            to.sum += u128::from(value);
            to.squares += u128::from(value).pow(2);
        };
        match word(5) >> 31 {
            1 => expected.infinite_loss += 1,
            _ => add(&mut expected.loss, word(5) << 32 | word(4)),
        }
        add(&mut expected.squared_error, word(3));
        add(&mut expected.confidence, word(2));
        let bin = &mut expected_bins[3 * word(6) as usize..][..3];
        bin[0] += 1;
        bin[1] += u64::from(planes[row] == labels[row]);
        bin[2] += word(2);
    }
    let sized = sums::Params { rows: rows as u32, stride: stride as u32, pad: [0; 2] };
    let mut words = [0; sums::WORDS];
    sums::sums(Level::best(), sized, &planes, &mut words, false);
    assert_eq!(Sums::of(&words), expected);

    let mut counters = vec![0; 4 * 15];
    let params = bins::Params { rows: rows as u32, stride: stride as u32, bins: 15, replicas: 0 };
    bins::bins(params, &labels, &planes, &mut counters);
    let found = counters.chunks(4).flat_map(|bin| {
        [bin[0].into(), bin[1].into(), u64::from(bin[3]) << 32 | u64::from(bin[2])]
    });
    assert_eq!(found.collect::<Vec<u64>>(), expected_bins);
}
