//! Counts that pass the integers of f64, and very many classes.

use std::time::{Duration, Instant};

use tallyho::metric::{measures, per_class};

use super::made::{confusion, measure};

#[test]
fn counts_beyond_2_to_the_53_stay_exact() {
    let most = (1u64 << 60) - 1;
    let tallies = confusion(2, &[(0, 0, most), (0, 1, 1), (1, 1, most), (1, 0, 1)]);
    let accuracy = measure(&tallies, "accuracy");
    assert_eq!(accuracy.ratio, Some(((1 << 61) - 2, 1 << 61)));
    assert_eq!(per_class(&tallies)[0].tp, most);
    // 1 - accuracy would be 0 in f64.
    assert_eq!(measure(&tallies, "error_rate").value, Ok(2.0 / (1u64 << 61) as f64));
}

/// R_K = (a d − b c) / sqrt(...) by hand; the products pass 2¹²⁷.
#[test]
fn correlations_of_2_to_the_64_rows_do_not_overflow() {
    let quarter = 1u64 << 62;
    let cells = [(0, 0, quarter), (0, 1, quarter), (1, 0, quarter), (1, 1, quarter - 1)];
    let almost_none = confusion(2, &cells);
    for name in ["matthews_corrcoef", "cohen_kappa", "cohen_kappa_linear", "cohen_kappa_quadratic"]
    {
        let value = measure(&almost_none, name).value.unwrap();
        assert!(value.abs() < 1e-15, "{name}: {value}");
    }
    let most = u64::MAX / 2;
    let perfect = confusion(60_000, &[(0, 0, most), (59_999, 59_999, most)]);
    let opposite = confusion(60_000, &[(0, 59_999, most), (59_999, 0, most)]);
    for name in ["matthews_corrcoef", "cohen_kappa", "cohen_kappa_linear", "cohen_kappa_quadratic"]
    {
        assert_eq!(measure(&perfect, name).value, Ok(1.0), "{name}");
        assert_eq!(measure(&opposite, name).value, Ok(-1.0), "{name}");
    }
}

#[test]
fn a_million_dense_cells_take_a_moment() {
    let cells: Vec<(u32, u32, u64)> = (0..1_000)
        .flat_map(|label| {
            (0..1_000)
                .map(move |prediction| (label, prediction, 1 + u64::from(label ^ prediction) % 7))
        })
        .collect();
    let tallies = confusion(1_000, &cells);
    let start = Instant::now();
    assert!(measures(&tallies).unwrap().len() > 15);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}
