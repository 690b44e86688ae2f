//! The p-value that a share has fallen by more than a margin, and which test gives it.

use super::binomial::binomial_tails;
use super::compare::Agreement;
use super::fisher::fisher_fall;
use super::score::{Score, farrington_manning, tango};
use super::{unconditional, unconditional_paired};

/// Below this p-value no approximation is trusted.
const SMALL: f64 = 1e-3;
/// Hits and misses that each side expects where one is.
const ENOUGH: f64 = 200.0;

/// How likely as low a second share is, if it is not below the first by more than
/// `margin`, in (−1, 1), of different rows; each is (hits, rows). One-sided.
///
/// Without a margin it is [Fisher's exact test](fisher_fall). With one it is the score
/// test of Farrington and Manning where p is above 10⁻³ and each side expects 200 hits and
/// 200 misses; else an exact unconditional test by the same score (Berger and Boos,
/// γ = 10⁻⁹), which takes up to 15 ms; and for tables that would take longer, of some 10⁷
/// rows and more, a binomial tail at the bound of the first share, which errs on the side
/// of 1.
///
/// By enumeration of every table of up to 300 rows a side, at 401 shares, no level from 0.2
/// down to 10⁻⁷ is passed by more than a millionth of it; where the score test is taken, by
/// at most 6 %.
pub fn share_fall(first: (u64, u64), second: (u64, u64), margin: f64) -> f64 {
    if first.1 == 0 || second.1 == 0 || !(-1.0..1.0).contains(&margin) {
        return 1.0;
    }
    if margin == 0.0 {
        return fisher_fall(first, second);
    }
    by_score(farrington_manning(first, second, margin))
        .unwrap_or_else(|| unconditional::unpaired(first, second, margin))
}

/// The same of shares of the same rows.
///
/// Without a margin it is McNemar's exact test. With one it is Tango's score test under
/// the same conditions, 200 rows expected that only one side is right about; else an
/// exact unconditional test; and where that would take longer than 15 ms a binomial tail,
/// given the rows that differ, at the bound of their share.
pub fn share_fall_paired(rows: Agreement, margin: f64) -> f64 {
    let Agreement { both, first, second, neither } = rows;
    let sum = both.checked_add(first).and_then(|it| it.checked_add(second)?.checked_add(neither));
    let Some(all) = sum.filter(|all| *all > 0 && (-1.0..1.0).contains(&margin)) else {
        return 1.0;
    };
    if margin == 0.0 {
        return binomial_tails(second, first + second, 0.5).0;
    }
    by_score(tango(rows, margin))
        .unwrap_or_else(|| unconditional_paired::paired((first, second), all, margin))
}

fn by_score(score: Score) -> Option<f64> {
    Some(score.p_value()).filter(|p| *p > SMALL && score.fewest >= ENOUGH)
}
