//! Rows of few scores, a lane to each.

use super::LANES;
use super::abreast::{Logits, Measures, bin_of_value, neg_ln, squared_error};
use super::lanes::{Ints, Lanes, Mask, low_words, squares, wide};
use super::single::{LARGE, Rows};
use super::softmax::{ABREAST, Gaps, Terms};
use super::vector::Words;
use crate::exact::exp::ONE;
use crate::kernel::rows::ANY_SUM;
use crate::kernel::rows::narrow::{MOST_COLUMNS, Planes, Reading};

/// Columns of scores.
type Tile = [[f32; LANES]; MOST_COLUMNS];

/// Scores rows of at most [`MOST_COLUMNS`] scores and writes their planes; how many,
/// before the first vector that needs more care.
#[inline(always)]
pub(super) unsafe fn matrix<V: Lanes>(
    reading: &Reading,
    columns: usize,
    scores: &[f32],
    labels: &[u32],
    planes: &mut Planes<'_>,
) -> usize {
    let rows = labels.len().min(scores.len() / columns.max(1));
    let rows = planes.iter().fold(rows, |rows, it| rows.min(it.len()));
    let mut tile = [[0.0; LANES]; MOST_COLUMNS];
    let columns = columns.min(MOST_COLUMNS);
    for (at, scores) in (0..rows).step_by(LANES).zip(scores.chunks_exact(columns * LANES)) {
        turn(scores, columns, &mut tile);
        for from in (0..LANES).step_by(V::LANES) {
            // SAFETY: the caller has checked for the instructions, and LANES rows from
            // `at` on lie within `rows`, since so many have scores.
            unsafe {
                if at + LANES > rows {
                    return at;
                }
                let label = V::Ints::load(labels.as_ptr().add(at + from));
                let scored = label.below32(V::Ints::splat32(reading.classes));
                let columns = Columns { tile: &tile[..columns], from };
                let Some(rows) = scored_rows::<V>(reading, columns, label, scored) else {
                    return at + from;
                };
                rows.put(scored, planes, at + from, reading.predictions_only);
            }
        }
    }
    rows / LANES * LANES
}

/// Turns rows of scores to columns.
#[inline(always)]
fn turn(scores: &[f32], columns: usize, tile: &mut Tile) {
    match columns {
        1 => turn_all::<1>(scores, tile),
        2 => turn_all::<2>(scores, tile),
        3 => turn_all::<3>(scores, tile),
        4 => turn_all::<4>(scores, tile),
        _ => {
            for (lane, row) in scores.chunks_exact(columns).enumerate() {
                for (column, &score) in tile.iter_mut().zip(row) {
                    column[lane % LANES] = score;
                }
            }
        }
    }
}

#[inline(always)]
fn turn_all<const COLUMNS: usize>(scores: &[f32], tile: &mut Tile) {
    let (rows, _) = scores.as_chunks::<COLUMNS>();
    let Some(rows) = rows.first_chunk::<LANES>() else { return };
    for (lane, row) in rows.iter().enumerate() {
        for (column, score) in row.iter().enumerate() {
            tile[column][lane] = *score;
        }
    }
}

/// Columns, of which some lanes are looked at.
#[derive(Clone, Copy)]
struct Columns<'a> {
    tile: &'a [[f32; LANES]],
    from: usize,
}

impl Columns<'_> {
    /// SAFETY: the caller has checked for the instructions.
    #[inline(always)]
    unsafe fn load<V: Lanes>(self, column: &[f32; LANES]) -> V {
        // SAFETY: as above; LANES is a multiple of the vector's.
        unsafe { V::load(column.as_ptr().add(self.from)) }
    }
}

/// What rows come to; `None` if some of those to be `scored` needs more care.
#[inline(always)]
unsafe fn scored_rows<V: Lanes>(
    reading: &Reading,
    columns: Columns<'_>,
    label: V::Ints,
    scored: V::Mask,
) -> Option<Rows<V>> {
    // SAFETY: the caller has checked for the instructions.
    unsafe {
        let survey = Survey::<V>::of(reading, columns, label);
        if !scored.but_not(survey.usual).is_empty() {
            return None;
        }
        let Survey { prediction, .. } = survey;
        let none = Measures::none();
        if reading.predictions_only && (!reading.probabilities || reading.sum_tolerance == ANY_SUM)
        {
            return Some(Rows { prediction, rank: V::Ints::none(), measures: none });
        }
        let measures = match reading.probabilities {
            true => of_probabilities(reading, columns, &survey, scored)?,
            false => of_logits(reading, columns, &survey),
        };
        let rank = survey.rank(reading.higher_first, columns, label);
        Some(Rows { prediction, rank, measures })
    }
}

/// What rows say beside their sums.
struct Survey<V: Lanes> {
    max: V,
    /// The label's score.
    own: V,
    prediction: V::Ints,
    /// Rows that need no more care.
    usual: V::Mask,
}

impl<V: Lanes> Survey<V> {
    #[inline(always)]
    unsafe fn of(reading: &Reading, columns: Columns<'_>, label: V::Ints) -> Self {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let zero = V::splat(0.0);
            let least = V::splat(f32::NEG_INFINITY);
            // Scores are below the one limit, the label's above the other.
            let limit = if reading.predictions_only { f32::INFINITY } else { LARGE };
            let limit = V::splat(limit);
            let (mut max, mut own, mut prediction) = (least, zero, V::Ints::none());
            let mut usual = zero.eq(zero);
            for (class, column) in (0..).zip(columns.tile) {
                let score = columns.load::<V>(column);
                let class = V::Ints::splat32(class);
                own = own.or_where(label.eq32(class), score);
                let better = max.lt(score);
                max = max.or_where(better, score);
                prediction = prediction.or_where32(better, class);
                usual = usual.and(match reading.probabilities {
                    true => zero.le(score).and(score.le(V::splat(1.0))),
                    false => score.lt(limit),
                });
            }
            usual = match (reading.probabilities, reading.predictions_only) {
                (true, _) => usual,
                (false, true) => usual.and(least.lt(max)),
                (false, false) => usual.and(V::splat(-LARGE).lt(own)),
            };
            Self { max, own, prediction, usual }
        }
    }

    /// How many classes are ahead of the label.
    #[inline(always)]
    unsafe fn rank(&self, higher_first: bool, columns: Columns<'_>, label: V::Ints) -> V::Ints {
        // SAFETY: the caller has checked for the instructions.
        unsafe {
            let mut rank = V::Ints::none();
            for (class, column) in (0..).zip(columns.tile) {
                let score = columns.load::<V>(column);
                let class = V::Ints::splat32(class);
                let wins_tie = match higher_first {
                    true => label.lt32(class),
                    false => class.lt32(label),
                };
                let ahead = self.own.lt(score).or(self.own.eq(score).and(wins_tie));
                rank = rank.count32(ahead);
            }
            rank
        }
    }
}

#[inline(always)]
unsafe fn of_logits<V: Lanes>(
    reading: &Reading,
    columns: Columns<'_>,
    survey: &Survey<V>,
) -> Measures<V::Ints> {
    // SAFETY: the caller has checked for the instructions.
    unsafe {
        let mut gaps = Gaps::<V>::none();
        let mut terms = Terms::<V>::none();
        for columns_abreast in columns.tile.chunks(ABREAST) {
            for column in columns_abreast {
                gaps.push(survey.max.sub(columns.load::<V>(column)));
            }
            terms.add(&mut gaps);
        }
        let mut labels = Terms::<V>::none();
        gaps.push(survey.max.sub(survey.own));
        labels.add(&mut gaps);
        let none = [V::Ints::none(); 2];
        let (mut values, mut other_squares, mut of_label) = (none, none, none);
        for half in 0..2 {
            values[half] = V::words(terms.values[half]);
            of_label[half] = V::words(labels.values[half]);
            let of_label = V::words(labels.squares[half]);
            other_squares[half] = V::words(terms.squares[half]).sub64(of_label);
        }
        let top = [V::Ints::splat64(ONE); 2];
        let Survey { max, own, .. } = *survey;
        Logits { values, other_squares, of_label, top, max, own }.measured(reading.bins)
    }
}

/// `None` if some row does not sum to 1.
#[inline(always)]
unsafe fn of_probabilities<V: Lanes>(
    reading: &Reading,
    columns: Columns<'_>,
    survey: &Survey<V>,
    scored: V::Mask,
) -> Option<Measures<V::Ints>> {
    // SAFETY: the caller has checked for the instructions.
    unsafe {
        let unit = V::splat(1_073_741_824.0);
        let none = [V::Ints::none(); 2];
        let (mut values, mut all_squares) = (none, none);
        for column in columns.tile {
            let units = columns.load::<V>(column).mul(unit).truncated();
            let (wide, squares) = (wide(units), squares(units));
            for half in 0..2 {
                values[half] = values[half].add64(wide[half]);
                all_squares[half] = all_squares[half].add64(squares[half]);
            }
        }
        let of_label = survey.own.mul(unit).truncated();
        let own_squares = squares(of_label);
        let mut off = none;
        for half in 0..2 {
            all_squares[half] = all_squares[half].sub64(own_squares[half]);
            let most = V::Ints::splat64(reading.sum_tolerance + (1 << 30));
            let twice = V::Ints::splat64(2 * reading.sum_tolerance);
            // Below 0 where a sum is above the most, and where it is further below.
            let below = most.sub64(values[half]);
            off[half] = below.negative64().or(twice.sub64(below).negative64());
        }
        let fits = low_words(off).eq32(V::Ints::none());
        if reading.sum_tolerance != ANY_SUM && !scored.but_not(fits).is_empty() {
            return None;
        }
        let [low, high] = reading.clip;
        Some(Measures {
            confidence: survey.max.mul(unit).truncated(),
            squared_error: squared_error(of_label, all_squares),
            loss: neg_ln(survey.own.max(V::splat(low)).least(V::splat(high))),
            bin: bin_of_value(reading.bins, survey.max),
        })
    }
}
