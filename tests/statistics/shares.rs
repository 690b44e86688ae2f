//! Tests of shares: p-values against other software, and how often they are small where
//! nothing has changed, by enumeration of every table.

#![allow(clippy::excessive_precision, clippy::unreadable_literal, reason = "values as printed")]

use tallyho::stat::{
    Agreement, binomial_tails, farrington_manning, fisher_fall, normal_quantile, score_bound,
    share_fall, share_fall_paired, student_quantile, student_survival, tango, wilson,
};

fn near(found: f64, expected: f64, bound: f64) {
    assert!((found - expected).abs() <= bound * expected.abs(), "{found:e} {expected:e}");
}

type Counts = (u64, u64);

/// Python's integers, summed exactly and divided with 60 digits by mpmath 1.4.1; scipy
/// 1.17.1 `fisher_exact(…, alternative="less")` has the same digits where it has any.
#[test]
fn fishers_test_agrees_with_exact_sums_down_to_the_smallest() {
    let cases: &[(Counts, Counts, f64)] = &[
        ((990, 1000), (4, 5), 0.05364594462071357),
        ((930, 1000), (900, 1000), 0.0099173098714830518),
        ((95, 100), (80, 100), 0.0010986162759924527),
        ((10, 10), (9, 10), 0.5),
        ((5, 10), (8, 10), 0.97136222910216718),
        ((930, 1000), (930, 1000), 0.53489996314488538),
        ((999, 1000), (400, 1000), 2.8168905398556554e-236),
        ((1500, 1500), (300, 800), 1.0275079634053669e-293),
        ((0, 10), (0, 3), 1.0),
        ((10, 10), (3, 3), 1.0),
        ((0, 0), (3, 3), 1.0),
    ];
    for (first, second, expected) in cases {
        near(fisher_fall(*first, *second), *expected, 1e-12);
    }
    // √n steps: no wait at 10¹⁰ rows. The normal tail of the same difference is 0.3728.
    let found = fisher_fall((9_500_000_000, 10_000_000_000), (9_499_990_000, 10_000_000_000));
    near(found, 0.37281, 1e-4);
}

/// mpmath 1.4.1 with 40 digits: the root of the likelihood's derivative by `findroot`, and
/// `ncdf`. (statsmodels 0.15.0 has a slip in its cubic, `count0 * diff` for `nobs0 *
/// diff`, so that it agrees only where all of the reference are hits.)
#[test]
fn score_tests_agree_with_the_roots_of_the_likelihood() {
    let cases: &[(Counts, Counts, f64, f64, f64)] = &[
        ((930, 1000), (900, 1000), 0.005, -2.0081701432813096, 0.02231260727757808),
        ((990, 1000), (4, 5), 0.1, -0.64290521335177248, 0.26014280320150008),
        ((48, 80), (56, 70), -0.1, 1.3477387181134238, 0.91112878282581629),
        ((100, 100), (195, 200), 0.01, -1.2288825950809469, 0.10955791400058395),
        ((300, 400), (250, 380), 0.02, -2.208417115844637, 0.01360760487508586),
        (
            (9_500_000, 10_000_000),
            (9_490_000, 10_000_000),
            0.0005,
            -5.1058363023563162,
            1.6466735166165899e-7,
        ),
    ];
    for &(first, second, margin, z, p) in cases {
        let score = farrington_manning(first, second, margin);
        near(score.z, z, 1e-11);
        near(score.p_value(), p, 1e-9);
    }
    let paired: &[(u64, u64, u64, f64, f64)] = &[
        (50, 20, 1000, 0.005, -3.025715308526064),
        (12, 3, 100, 0.05, -1.0899223475717197),
        (500, 600, 100_000, -0.002, -2.9916794469524564),
        (5, 0, 100, 0.01, -1.9900743804199785),
    ];
    for &(first, second, rows, margin, z) in paired {
        near(tango(apart(first, second, rows), margin).z, z, 1e-11);
    }
}

/// numpy and scipy 1.17.1: the same test written apart, with likeliest shares by bisection,
/// all tables by matrix products, 2,001 shares and `minimize_scalar` about the best.
#[test]
fn unconditional_tests_agree_with_one_written_apart() {
    let cases: &[(Counts, Counts, f64, f64)] = &[
        ((30, 30), (40, 40), -0.05, 0.21463876494293727),
        ((18, 20), (45, 60), 0.05, 0.2076031426651325),
        ((5, 5), (40, 60), 0.01, 0.08275577492672713),
        ((95, 100), (80, 100), 0.02, 0.0028061460050892786),
        ((28, 30), (30, 40), -0.1, 0.0021177359690429357),
    ];
    for &(first, second, margin, expected) in cases {
        near(share_fall(first, second, margin), expected, 2e-6);
    }
}

fn apart(first: u64, second: u64, rows: u64) -> Agreement {
    Agreement { both: rows - first - second, first, second, neither: 0 }
}

#[test]
fn the_bound_of_a_score_is_where_it_is_rejected() {
    let score = |difference: f64| farrington_manning((930, 1000), (900, 1000), -difference);
    let of = |margin: f64| farrington_manning((930, 1000), (900, 1000), margin);
    let bound = score_bound(0.05, of);
    near(score(bound).p_value(), 0.05, 1e-9);
    assert!((-0.03..-0.005).contains(&bound), "{bound}");
}

/// mpmath 1.4.1, `betainc(v/2, 1/2, 0, v/(v + t²), regularized=True)/2` with 50 digits;
/// quantiles: scipy 1.17.1 `t.isf`.
#[test]
fn students_distribution_agrees_with_mpmath() {
    let cases: &[(f64, f64, f64)] = &[
        (0.5, 4.0, 0.32166498159093164),
        (3.0, 4.0, 0.019970984035859414),
        (3.0, 29.0, 0.0027495960669517031),
        (40.0, 6.0, 8.1591804652712347e-9),
        (6.0, 29.0, 7.9639542130873323e-7),
        (1.96, 1000.0, 0.025136592477874357),
        (5.0, 1e6, 2.8669989354453708e-7),
        (8.0, 37.5, 6.2626729663763359e-10),
        (1000.0, 4.0, 2.9999800001049995e-12),
        (0.001, 12.0, 0.49960927376532473),
        (10.0, 3000.0, 1.7502445285322972e-23),
    ];
    for &(t, degrees, tail) in cases {
        near(student_survival(t, degrees), tail, 1e-9);
        near(student_survival(-t, degrees), 1.0 - tail, 1e-12);
        near(student_quantile(tail, degrees), t, 1e-9);
    }
    near(student_quantile(0.0013498980316300933, 29.0), 3.2804260974096024, 1e-12);
    assert!(student_survival(1.0, 1.5).is_nan() && student_quantile(0.7, 5.0).is_nan());
}

/// The chances of 0 to n hits.
fn chances(n: u64, p: f64) -> Vec<f64> {
    let up_to = |hits: u64| binomial_tails(hits, n, p).0;
    (0..=n).map(|hits| up_to(hits) - if hits > 0 { up_to(hits - 1) } else { 0.0 }).collect()
}

const LEVELS: [f64; 7] = [0.2, 0.05, 0.01, 1e-3, 1e-4, 1e-5, 1e-7];

/// The most that the chance of p ≤ level is of the level, over levels and shares at the
/// margin, by every table of `n` and `m` rows.
fn size_unpaired(n: u64, m: u64, margin: f64, p_value: impl Fn(Counts, Counts) -> f64) -> f64 {
    let tables: Vec<Vec<f64>> =
        (0..=n).map(|x| (0..=m).map(|y| p_value((x, n), (y, m))).collect()).collect();
    let mut most = 0.0_f64;
    for step in 0..=50 {
        let p = f64::from(step) / 50.0;
        let q = p - margin;
        if !(0.0..=1.0).contains(&q) {
            continue;
        }
        let (first, second) = (chances(n, p), chances(m, q));
        for level in LEVELS {
            let rows = tables.iter().zip(&first).map(|(row, chance)| {
                let small = row.iter().zip(&second).filter(|(p, _)| **p <= level);
                chance * small.map(|(_, chance)| chance).sum::<f64>()
            });
            most = most.max(rows.sum::<f64>() / level);
        }
    }
    most
}

#[test]
fn tests_of_different_rows_hold_their_level_in_every_table() {
    for (n, m) in [(5, 60), (20, 5), (12, 14)] {
        for margin in [0.0, 0.01, 0.1, -0.05] {
            let size = size_unpaired(n, m, margin, |a, b| share_fall(a, b, margin));
            assert!(size <= 1.0 + 1e-6, "{n} {m} {margin}: {size}");
        }
    }
}

/// The risk at which Newcombe's upper bound, of Wilson ends, reaches 0.
fn inverted((x, n): Counts, (y, m): Counts) -> f64 {
    let (p, q) = (x as f64 / n as f64, y as f64 / m as f64);
    let excludes = |risk: f64| {
        let level = 1.0 - 2.0 * risk;
        let (low, _) = wilson(x, n, level).unwrap();
        let (_, high) = wilson(y, m, level).unwrap();
        q - p + ((p - low).powi(2) + (high - q).powi(2)).sqrt() < 0.0
    };
    let risks = LEVELS.into_iter().filter(|level| excludes(*level));
    risks.fold(1.0, f64::min)
}

/// What alarms once took for p-values: the check above fails on them.
#[test]
fn inverted_wilson_intervals_do_not_hold_it() {
    let size = size_unpaired(5, 60, 0.0, inverted);
    assert!(size > 10.0, "{size}");
}

/// Where the approximation takes over, near its least numbers.
#[test]
fn the_score_test_holds_its_level_nearly_where_it_is_taken() {
    let rows = 1_000_u64;
    for (p, margin) in [(0.75, 0.01), (0.5, -0.01), (0.78, 0.05)] {
        let (first, second) = (chances(rows, p), chances(rows, p - margin));
        let mut up_to = 0.0;
        let below: Vec<f64> = second.iter().map(|it| (up_to, up_to += it).0).collect();
        for level in [0.05, 0.01] {
            let rejects = |x: u64, y: u64| {
                let score = farrington_manning((x, rows), (y, rows), margin);
                score.z <= normal_quantile(level)
            };
            let likely = (0..=rows).filter(|x| first[*x as usize] > 1e-9);
            let size: f64 = likely
                .map(|x| {
                    let (mut low, mut high) = (0, rows);
                    while low < high {
                        let middle = (low + high) / 2;
                        if rejects(x, middle) { low = middle + 1 } else { high = middle }
                    }
                    first[x as usize] * below[low as usize]
                })
                .sum();
            assert!((0.9..1.06).contains(&(size / level)), "{p} {margin} {level}: {size}");
        }
    }
}

#[test]
fn tests_of_the_same_rows_hold_their_level_in_every_table() {
    let rows = 24_u64;
    for margin in [0.0, 0.02, 0.15, -0.05] {
        let p = |first: u64, second: u64| share_fall_paired(apart(first, second, rows), margin);
        let tables: Vec<Vec<f64>> =
            (0..=rows).map(|of| (0..=of).map(|second| p(of - second, second)).collect()).collect();
        for step in 1..=20 {
            let differ = f64::from(step) / 20.0;
            let share = 0.5 - margin / 2.0 / differ;
            if !(0.0..=1.0).contains(&share) {
                continue;
            }
            let of = chances(rows, differ);
            for level in LEVELS {
                let size = tables.iter().enumerate().map(|(apart, row)| {
                    let second = chances(apart as u64, share);
                    let small = row.iter().zip(&second).filter(|(p, _)| **p <= level);
                    of[apart] * small.map(|(_, chance)| chance).sum::<f64>()
                });
                let size = size.sum::<f64>() / level;
                assert!(size <= 1.0 + 1e-6, "{margin} {differ} {level}: {size}");
            }
        }
    }
}

/// Beyond the points that are worth their time, and with nothing to test.
#[test]
fn large_and_empty_tables_have_p_values_too() {
    let p = share_fall((930_000_000, 1_000_000_000), (928_000_000, 1_000_000_000), 0.0005);
    assert!((1e-9..1e-6).contains(&p), "{p}");
    // Tango's normal tail is 9.1e-7.
    let p = share_fall_paired(apart(6_000, 5_000, 100_000), 0.005);
    assert!((9e-7..9.5e-7).contains(&p), "{p}");
    // Here it is 4.8e-6, and given the rows that differ wider.
    let p = share_fall_paired(apart(6_000_000, 5_485_000, 100_000_000), 0.005);
    assert!((5e-6..5e-5).contains(&p), "{p}");
    assert_eq!(share_fall((3, 3), (0, 0), 0.01), 1.0);
    assert_eq!(share_fall_paired(apart(0, 0, 0), 0.0), 1.0);
    // All of 3 right on both nights prove little: p at the margin is far from small.
    assert!(share_fall((0, 3), (0, 3), -0.0001) > 0.9);
}
