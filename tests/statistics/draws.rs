//! Random counts: known answers, and the distributions they must have.

use tallyho::stat::{Chance, Draws, Resampler, chi_square_survival, philox4x32};

/// The known answers of Random123 1.14.0, `kat_vectors`: philox4x32 with 10 rounds.
#[test]
fn philox_gives_its_known_answers() {
    let cases = [
        ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
        (
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
            [0xa409_3822, 0x299f_31d0],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
        ),
    ];
    for (counter, key, expected) in cases {
        assert_eq!(philox4x32(counter, key), expected);
    }
}

/// Draws are part of what a report shows, so they may not change.
#[test]
fn draws_of_a_seed_stay() {
    let mut draws = Draws::new(7, 3, 0);
    assert_eq!(draws.uniforms(), [0.5925802497947082, 0.16271346262651054]);
    let counts: Vec<u64> = [(10, 1, 3), (1_000, 1, 3), (1 << 40, 1, 1 << 38), (50, 49, 50)]
        .map(|(n, part, whole)| draws.binomial(n, &Chance::new(part, whole)))
        .to_vec();
    assert_eq!(counts, [4, 328, 3, 49]);
    let resampler = Resampler::new(&[5, 1, 90, 4, 1_000_000]);
    let mut counts = [0; 5];
    resampler.resample(&mut Draws::new(u64::MAX, 9, 0), &mut counts);
    assert_eq!(counts, [9, 1, 102, 3, 999_985]);
    assert_eq!(counts.iter().sum::<u64>(), 1_000_100);
}

#[test]
fn replicates_and_seeds_and_purposes_have_draws_of_their_own() {
    let mut seen = std::collections::BTreeSet::new();
    for (seed, replicate, purpose) in
        [(0, 0, 0), (1, 0, 0), (1 << 32, 0, 0), (0, 1, 0), (0, 0, 1), (1 << 63, 7, 1)]
    {
        let mut draws = Draws::new(seed, replicate, purpose);
        for _ in 0..100 {
            assert!(seen.insert(draws.uniforms().map(f64::to_bits)));
        }
    }
}

/// P(X = k) by multiplication from the mode, which keeps its digits.
fn binomial_probabilities(n: u64, p: f64) -> Vec<f64> {
    let mode = ((n + 1) as f64 * p) as u64;
    let mut weights = vec![0.0; n as usize + 1];
    weights[mode as usize] = 1.0;
    let odds = p / (1.0 - p);
    for k in mode + 1..=n {
        weights[k as usize] = weights[k as usize - 1] * odds * (n - k + 1) as f64 / k as f64;
    }
    for k in (0..mode).rev() {
        weights[k as usize] = weights[k as usize + 1] / odds * (k + 1) as f64 / (n - k) as f64;
    }
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// The p-value of counts against expected ones; neighbours with fewer than ten
/// expected are taken together.
fn goodness_of_fit(observed: &[u64], expected: &[f64]) -> f64 {
    let (mut statistic, mut cells) = (0.0, 0);
    let (mut o, mut e) = (0.0, 0.0);
    let mut rest: f64 = expected.iter().sum();
    for (observed, expected) in observed.iter().zip(expected) {
        o += *observed as f64;
        e += expected;
        rest -= expected;
        if e >= 10.0 && rest >= 10.0 || rest.abs() < 1e-6 && e > 0.0 {
            statistic += (o - e) * (o - e) / e;
            cells += 1;
            (o, e) = (0.0, 0.0);
        }
    }
    assert!(cells > 1, "{cells} cells are no test");
    chi_square_survival(statistic, f64::from(cells - 1))
}

/// Both samplers, near and far from where they change, rare and common.
#[test]
fn binomial_counts_have_their_distribution() {
    const DRAWS: u32 = 100_000;
    let cases = [
        (1, 1, 2),
        (20, 1, 4),
        (20, 3, 4),
        (1_000, 1, 1_000),
        (999, 1, 100),
        (1_001, 1, 100),
        (30, 1, 2),
        (21, 10, 21),
        (40, 30, 40),
        (1_000, 500, 1_000),
        (1_000, 987, 1_000),
        (100_000, 1, 3),
        (100_000, 1, 2_000),
    ];
    let mut values = Vec::new();
    for (case, (n, part, whole)) in (0..).zip(cases) {
        let chance = Chance::new(part, whole);
        let mut draws = Draws::new(1, case, 9);
        let mut observed = vec![0; n as usize + 1];
        (0..DRAWS).for_each(|_| observed[draws.binomial(n, &chance) as usize] += 1);
        let expected: Vec<f64> = binomial_probabilities(n, part as f64 / whole as f64)
            .iter()
            .map(|p| p * f64::from(DRAWS))
            .collect();
        let p = goodness_of_fit(&observed, &expected);
        assert!(p > 1e-4, "{part}/{whole} of {n}: p = {p:e}");
        values.push(p);
    }
    // A test that nothing can fail would have p-values all near 1.
    assert!(values.iter().any(|p| *p < 0.5), "{values:?}");
}

/// A distribution that is off by a thirtieth of its spread is told apart.
#[test]
fn a_slightly_wrong_distribution_is_caught() {
    let (n, draws) = (1_000, 1_000_000.0);
    let right: Vec<f64> = binomial_probabilities(n, 0.5).iter().map(|p| p * draws).collect();
    let wrong = binomial_probabilities(n, 0.5005);
    let observed: Vec<u64> = wrong.iter().map(|p| (p * draws).round() as u64).collect();
    assert!(goodness_of_fit(&observed, &right) < 1e-4);
}

/// Mean and spread where there are too many counts to tabulate.
#[test]
fn large_counts_have_their_mean_and_spread() {
    const DRAWS: u32 = 20_000;
    for (n, part, whole) in
        [(1 << 40, 1, 3_u64), (10_000_000_000, 1, 100_000_000), (1 << 50, 999, 1000)]
    {
        let chance = Chance::new(part, whole);
        let mut draws = Draws::new(2, 0, 9);
        let p = part as f64 / whole as f64;
        let (mean, spread) = (n as f64 * p, (n as f64 * p * (1.0 - p)).sqrt());
        let z: Vec<f64> =
            (0..DRAWS).map(|_| (draws.binomial(n, &chance) as f64 - mean) / spread).collect();
        let count = f64::from(DRAWS);
        let first = z.iter().sum::<f64>() / count;
        let second = z.iter().map(|z| z * z).sum::<f64>() / count;
        let beyond = z.iter().filter(|z| z.abs() > 1.96).count() as f64 / count;
        assert!(first.abs() < 4.0 / count.sqrt(), "{n}: mean {first}");
        assert!((second - 1.0).abs() < 4.0 * (2.0 / count).sqrt(), "{n}: variance {second}");
        assert!((beyond - 0.05).abs() < 0.007, "{n}: {beyond} beyond 1.96");
    }
}

/// All outcomes of four rows of three kinds against the multinomial formula.
#[test]
fn resampled_counts_are_multinomial() {
    const DRAWS: u32 = 60_000;
    let (kinds, rows) = ([1_u64, 2, 1], 4_u64);
    let resampler = Resampler::new(&kinds);
    let mut observed = std::collections::BTreeMap::new();
    let mut counts = [0; 3];
    for replicate in 0..DRAWS {
        resampler.resample(&mut Draws::new(5, replicate, 9), &mut counts);
        assert_eq!(counts.iter().sum::<u64>(), rows);
        *observed.entry(counts).or_insert(0_u64) += 1;
    }
    let factorial = |n: u64| (1..=n).product::<u64>() as f64;
    let (mut found, mut expected) = (Vec::new(), Vec::new());
    for a in 0..=rows {
        for b in 0..=rows - a {
            let outcome = [a, b, rows - a - b];
            let ways = outcome.iter().fold(factorial(rows), |ways, &k| ways / factorial(k));
            let chance = outcome.iter().zip(kinds).fold(1.0, |chance, (&k, kind)| {
                chance * (kind as f64 / rows as f64).powi(k as i32)
            });
            expected.push(ways * chance * f64::from(DRAWS));
            found.push(observed.remove(&outcome).unwrap_or(0));
        }
    }
    assert!(observed.is_empty());
    let p = goodness_of_fit(&found, &expected);
    assert!(p > 1e-4, "p = {p:e}");
}
