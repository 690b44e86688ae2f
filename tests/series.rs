//! Statistics of series: moving windows, changes of level.

use tallyho::stat::{change_points, mean_and_deviation, moving, segment_means};

use crate::common::Rng;

/// Standard normal values.
fn noise(rng: &mut Rng, count: usize) -> Vec<f64> {
    (0..count).map(|_| f64::from(rng.normal())).collect()
}

/// Values from `statistics.mean` and `statistics.stdev` of Python 3.
#[test]
fn the_past_of_a_value_leaves_the_value_itself_out() {
    let values = [0.9, 0.91, 0.89, 0.92, 0.5];
    let found = moving(&values, 3);
    assert_eq!(found[0], None);
    let second = found[1].unwrap();
    assert_eq!((second.values, second.mean, second.deviation, second.z), (1, 0.9, None, None));
    let last = found[4].unwrap();
    assert_eq!(last.values, 3);
    assert!((last.mean - 0.906_666_666_666_666_6).abs() < 1e-15);
    assert!((last.deviation.unwrap() - 0.015_275_252_316_519_48).abs() < 1e-15);
    assert!((last.z.unwrap() - (0.5 - last.mean) / 0.015_275_252_316_519_48).abs() < 1e-9);
}

#[test]
fn equal_values_have_a_deviation_of_exactly_zero_and_no_z_score() {
    for value in [0.1, 1.0 / 3.0, 1e17, 0.0] {
        let (mean, deviation) = mean_and_deviation(&[value; 7]).unwrap();
        assert_eq!((mean, deviation), (value, Some(0.0)));
        assert_eq!(moving(&[value; 7], 5)[6].unwrap().z, None);
    }
    assert_eq!(mean_and_deviation(&[]), None);
}

#[test]
fn a_step_is_found_where_it_is() {
    let mut rng = Rng::new(1);
    for (before, after) in [(20, 10), (5, 25), (29, 1), (50, 50)] {
        let mut values = noise(&mut rng, before + after);
        values[before..].iter_mut().for_each(|value| *value -= 8.0);
        assert_eq!(change_points(&values), [before], "{before} before, {after} after");
        let means = segment_means(&values, &[before]);
        assert!(means[0] - means[1] > 6.0);
    }
}

#[test]
fn a_blip_is_two_changes_and_two_steps_are_two() {
    let mut rng = Rng::new(2);
    let mut blip = noise(&mut rng, 40);
    blip[20] += 12.0;
    assert_eq!(change_points(&blip), [20, 21]);
    let mut stairs = noise(&mut rng, 60);
    stairs[20..].iter_mut().for_each(|value| *value += 7.0);
    stairs[40..].iter_mut().for_each(|value| *value += 7.0);
    assert_eq!(change_points(&stairs), [20, 40]);
}

/// The same rows every night give the same value every night, to the bit.
#[test]
fn a_step_between_constants_is_found_and_a_constant_has_none() {
    assert!(change_points(&[0.9; 30]).is_empty());
    for at in [1, 2, 15, 29] {
        let values: Vec<f64> = (0..30).map(|night| if night < at { 0.9 } else { 0.8 }).collect();
        assert_eq!(change_points(&values), [at]);
    }
    assert!(change_points(&[0.9, 0.8]).is_empty(), "too few to tell");
}

/// What the documentation claims, counted on 400 series each.
#[test]
fn noise_without_a_change_seldom_has_one_found() {
    let mut rng = Rng::new(3);
    for (count, most) in [(30, 0.09), (100, 0.03)] {
        let alarms = (0..400).filter(|_| !change_points(&noise(&mut rng, count)).is_empty());
        let share = alarms.count() as f64 / 400.0;
        assert!(share <= most, "{share} of series of {count}");
    }
}

/// Against all segmentations of short series.
#[test]
fn the_segmentation_is_the_cheapest_of_all() {
    let mut rng = Rng::new(4);
    for _ in 0..60 {
        let mut values = noise(&mut rng, 11);
        let step = rng.below(11) as usize;
        values[step..].iter_mut().for_each(|value| *value += 3.0);
        let mut differences: Vec<f64> =
            values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
        differences.sort_by(f64::total_cmp);
        let sigma = 1.482_602_218_505_602 * (differences[4] + differences[5]) / 2.0;
        let penalty = 1.69 * 2.0 * 11_f64.ln() * sigma * sigma / 2.0;
        let cost = |changes: &[usize]| {
            let bounds = [&[0], changes, &[11]].concat();
            let segments = bounds.windows(2).map(|pair| {
                let part = &values[pair[0]..pair[1]];
                let mean = part.iter().sum::<f64>() / part.len() as f64;
                part.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
            });
            segments.sum::<f64>() + penalty * changes.len() as f64
        };
        let all = (0..1_u32 << 10)
            .map(|bits| (1..11).filter(|at| bits >> (at - 1) & 1 == 1).collect::<Vec<usize>>());
        let least = all.map(|changes| cost(&changes)).fold(f64::INFINITY, f64::min);
        let found = cost(&change_points(&values));
        assert!((found - least).abs() < 1e-9, "{found} against {least}: {values:?}");
    }
}
