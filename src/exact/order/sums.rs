//! Exact sums over rows in order: the area under the ROC curve, its variance,
//! average precision, the Kolmogorov–Smirnov distance, and risk over coverage.

use super::{Counts, Fold, Group, Key};

/// Bits behind the point of a summed precision or risk.
pub const PRECISION_BITS: u32 = 60;

/// Rows up to which products are summed in 64 bits before they go into 128.
///
/// Counted from the start of such a stretch, w = 2 above + equal is at most 2²⁰,
/// so Σ w² over 2¹⁹ rows is at most 2⁵⁹.
const STRETCH: u64 = 1 << 19;

/// Integers that do not depend on how the rows were split.
///
/// With positives i, negatives j: `above` counts rows of the other kind with a
/// higher score, `equal` those with the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    /// All rows.
    pub all: Counts,
    /// Σ over negatives of w = 2 above + equal: 2U.
    pub negative: u128,
    /// Σ over negatives of w².
    pub negative_squares: u128,
    /// Σ over positives of w²; its Σ w is 2 P N − 2U.
    pub positive_squares: u128,
    /// Σ over positives of the precision at their score, in units of 2⁻⁶⁰; each
    /// term is the nearest double, truncated to the unit.
    pub precision: u128,
    /// max |tp N − fp P| over thresholds.
    pub distance: u128,
}

impl Sums {
    /// Nothing folded yet, of `all` rows to come.
    pub fn new(all: Counts) -> Self {
        Self {
            all,
            negative: 0,
            negative_squares: 0,
            positive_squares: 0,
            precision: 0,
            distance: 0,
        }
    }

    /// Takes in groups of any size.
    pub fn add(&mut self, mut before: Counts, groups: impl Iterator<Item = Counts>) {
        let most = if self.all.rows() >> 32 == 0 { STRETCH } else { 0 };
        let mut stretch = Stretch::default();
        for group in groups {
            if stretch.rows.rows() + group.rows() > most {
                stretch.flush(&mut before, self);
                if group.rows() > most {
                    self.large(&mut before, group);
                    continue;
                }
            }
            stretch.add(group, self.all);
            // Of groups without positives, too: whether they have some is as good
            // as random.
            self.precision += precision(before, stretch.rows, group.positive);
        }
        stretch.flush(&mut before, self);
    }

    /// One group of more rows than a stretch may have.
    fn large(&mut self, before: &mut Counts, group: Counts) {
        let Counts { positive, negative } = group;
        let v = u128::from(2 * before.positive + positive);
        let w = u128::from(2 * before.negative + negative);
        self.negative += u128::from(negative) * v;
        // Only of fewer than 2³² rows, which an exact order has, is the variance asked for.
        let square = |rows: u64, each: u128| u128::from(rows).saturating_mul(each * each);
        self.negative_squares = self.negative_squares.saturating_add(square(negative, v));
        self.positive_squares = self.positive_squares.saturating_add(square(positive, w));
        *before += group;
        self.distance = self.distance.max(distance(*before, self.all).unsigned_abs());
        self.precision += precision(*before, Counts::default(), positive);
    }
}

impl<K: Key> Fold<K> for Sums {
    fn groups(&mut self, before: Counts, groups: &[Group<K>]) {
        self.add(before, groups.iter().map(Group::counts));
    }

    fn join(&mut self, next: Self) {
        self.negative += next.negative;
        self.negative_squares += next.negative_squares;
        self.positive_squares += next.positive_squares;
        self.precision += next.precision;
        self.distance = self.distance.max(next.distance);
    }
}

/// tp N − fp P. Each product is below 2¹²⁷ as there are fewer than 2⁶³ rows.
fn distance(above: Counts, all: Counts) -> i128 {
    (u128::from(above.positive) * u128::from(all.negative)).cast_signed()
        - (u128::from(above.negative) * u128::from(all.positive)).cast_signed()
}

/// `rows` times the share of positives among `before` and `more`.
#[inline(always)]
fn precision(before: Counts, more: Counts, rows: u64) -> u128 {
    let (part, whole) = (before.positive + more.positive, before.rows() + more.rows());
    u128::from(rows) * u128::from(share(part, whole))
}

/// `part / whole` in units of 2⁻⁶⁰: the nearest double, truncated.
#[inline(always)]
fn share(part: u64, whole: u64) -> u64 {
    const UNIT: f64 = (1_u64 << PRECISION_BITS) as f64;
    // Signed conversions are single instructions; counts are below 2⁶³.
    let quotient = part.cast_signed() as f64 / whole.cast_signed() as f64;
    #[allow(clippy::cast_possible_truncation, reason = "at most 2^60; truncated to the unit")]
    let share = (quotient * UNIT) as i64;
    share.cast_unsigned()
}

/// A stretch of groups, counted from its start.
#[derive(Default)]
struct Stretch {
    rows: Counts,
    v: u64,
    v_squares: u64,
    w: u64,
    w_squares: u64,
    /// Greatest and least tp N − fp P, counted from the start.
    high: i64,
    low: i64,
}

impl Stretch {
    #[inline(always)]
    fn add(&mut self, group: Counts, all: Counts) {
        let Counts { positive, negative } = group;
        let v = 2 * self.rows.positive + positive;
        let w = 2 * self.rows.negative + negative;
        self.v += negative * v;
        self.v_squares += negative * v * v;
        self.w += positive * w;
        self.w_squares += positive * w * w;
        self.rows += group;
        // At most 2⁵¹ each: a stretch has 2¹⁹ rows, and there are fewer than 2³².
        let distance = (self.rows.positive * all.negative).cast_signed()
            - (self.rows.negative * all.positive).cast_signed();
        self.high = self.high.max(distance);
        self.low = self.low.min(distance);
    }

    /// Adds the stretch to the sums, moving its start to where it ends.
    fn flush(&mut self, before: &mut Counts, sums: &mut Sums) {
        let done = std::mem::take(self);
        let wide = |value: u64| u128::from(value);
        let (v0, w0) = (wide(2 * before.positive), wide(2 * before.negative));
        sums.negative += wide(done.rows.negative) * v0 + wide(done.v);
        sums.negative_squares +=
            wide(done.rows.negative) * v0 * v0 + 2 * v0 * wide(done.v) + wide(done.v_squares);
        sums.positive_squares +=
            wide(done.rows.positive) * w0 * w0 + 2 * w0 * wide(done.w) + wide(done.w_squares);
        let start = distance(*before, sums.all);
        for end in [done.high, done.low] {
            sums.distance = sums.distance.max((start + i128::from(end)).unsigned_abs());
        }
        *before += done.rows;
    }
}

/// Σ over rows, by falling confidence, of the share of wrong rows among those
/// at least as confident. Positive rows are the wrong ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RiskSum {
    /// In units of 2⁻⁶⁰.
    pub risk: u128,
}

impl<K: Key> Fold<K> for RiskSum {
    fn groups(&mut self, before: Counts, groups: &[Group<K>]) {
        let mut above = before;
        for group in groups {
            above += group.counts();
            let rows = group.counts().rows();
            self.risk += u128::from(rows) * u128::from(share(above.positive, above.rows()));
        }
    }

    fn join(&mut self, next: Self) {
        self.risk += next.risk;
    }
}
