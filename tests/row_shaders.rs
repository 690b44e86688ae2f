//! What the shaders of rows are given: thresholds and edges of double precision
//! as words that tell apart the same scores.

use tallyho::exact::ScoreType;
use tallyho::kernel::Level;
use tallyho::kernel::rows::shader::{Format, Params, Task, tables};
use tallyho::kernel::rows::twin::{MOST_COLUMNS_OF_THREAD, argmax_variant, variant};
use tallyho::kernel::rows::{self, Params as Reading};

use crate::common::Rng;

fn reading(bins: usize, right_closed: bool) -> Reading {
    Reading {
        probabilities: true,
        higher_first: false,
        epsilon: f32::EPSILON.into(),
        sum_tolerance: rows::sum_tolerance(ScoreType::F32),
        edges: rows::edges(bins),
        right_closed,
        level: Level::PLAIN,
    }
}

#[test]
fn a_threshold_of_double_precision_splits_the_same_scores() {
    let mut rng = Rng::new(1);
    let mut thresholds = vec![0.0, -0.0, 1e300, -1e300, 1e-300, -1e-300, f64::NAN, 0.1, 1.0 / 3.0];
    thresholds.extend([f64::INFINITY, f64::NEG_INFINITY, f64::from(f32::MAX), f64::from(f32::MIN)]);
    thresholds.extend((0..2_000).map(|_| f64::from(rng.normal()) + f64::from(rng.normal()) * 1e-9));
    for threshold in thresholds {
        let task = Task::Binary { positive: 1, threshold };
        let of_doubles = Params::new(&reading(15, true), Format::F64, task).task();
        let Task::Binary { threshold: of_doubles, .. } = of_doubles else { panic!("{threshold}") };
        let own = [threshold.next_down(), threshold, threshold.next_up(), f64::MIN, -0.0, 0.0];
        for score in own.into_iter().chain([f64::NEG_INFINITY]).filter(|it| *it < f64::INFINITY) {
            assert_eq!(score >= of_doubles, score >= threshold, "{score:?} against {threshold:?}");
        }
        let params = Params::new(&reading(15, true), Format::F32, task);
        let Task::Binary { threshold: found, .. } = params.task() else { panic!("{params:?}") };
        let near = threshold as f32;
        let scores = [near, near.next_up(), near.next_down(), 0.0, -0.0, f32::MAX, f32::MIN];
        for score in scores.into_iter().chain([f32::NEG_INFINITY]).filter(|it| *it < f32::INFINITY)
        {
            let score = f64::from(score);
            assert_eq!(score >= found, score >= threshold, "{score:?} against {threshold:?}");
        }
    }
}

#[test]
fn edges_of_bins_are_words_that_split_the_same_probabilities() {
    for bins in [1, 2, 3, 7, 10, 15, 100, 1_000, 4_096, 65_537] {
        for right_closed in [false, true] {
            let reading = reading(bins, right_closed);
            let words = &tables(&reading, Format::F32)[256..];
            let doubles = &tables(&reading, Format::F64)[256..];
            let doubles: Vec<u64> = bytemuck::pod_collect_to_vec(doubles);
            assert_eq!((words.len(), doubles.len()), (bins - 1, bins - 1));
            assert!(words.is_sorted() && doubles.is_sorted());
            for edge in &reading.edges {
                for p in [edge.next_down(), *edge, edge.next_up()].into_iter().filter(|p| *p <= 1.0)
                {
                    let bin = doubles.partition_point(|&from| p.to_bits() >= from);
                    assert_eq!(bin as u32, reading.bin_of_value(p), "{p:?} of {bins}");
                }
            }
            for edge in &reading.edges {
                let near = *edge as f32;
                for p in [near.next_down(), near, near.next_up()].into_iter().filter(|p| *p <= 1.0)
                {
                    let bin = words.partition_point(|&word| p.to_bits() >= word);
                    assert_eq!(bin as u32, reading.bin_of_value(p.into()), "{p:?} of {bins}");
                }
            }
        }
    }
}

#[test]
fn rows_are_read_as_their_width_and_the_device_allow() {
    let of = |format, columns, subgroups, software| {
        let pair = [variant, argmax_variant]
            .map(|choose| choose(format, columns, subgroups, software).name);
        assert_eq!(pair[0].strip_prefix("rows_"), pair[1].strip_prefix("argmax_"));
        assert!(subgroups || !variant(format, columns, subgroups, software).subgroups);
        pair[0]
    };
    let names = |columns, subgroups, software| {
        let doubles = of(Format::F64, columns, subgroups, software);
        let singles = of(Format::F32, columns, subgroups, software);
        assert_eq!(doubles, singles.replace("rows_", "rows_f64_"));
        assert_eq!(of(Format::Bf16, columns, subgroups, software), singles);
        singles
    };
    for subgroups in [false, true] {
        assert_eq!(names(1, subgroups, false), "rows_thread");
        assert_eq!(names(MOST_COLUMNS_OF_THREAD, subgroups, true), "rows_thread");
    }
    assert_eq!(names(33, true, false), "rows_subgroup");
    assert_eq!(names(1_024, true, false), "rows_subgroup");
    assert_eq!(names(1_025, true, false), "rows_workgroup");
    assert_eq!(names(32_768, true, true), "rows_subgroup");
    assert_eq!(names(33, false, false), "rows_workgroup_plain");
}
