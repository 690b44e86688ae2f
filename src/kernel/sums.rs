//! Sums over rows of loss, squared error and confidence, with their squares.

use bytemuck::{Pod, Zeroable};

use super::planes::{self, Plane};
use super::sample::{Garbage, planes as sample_planes};
use super::shader::fields;
use super::{Access, Kernel, Launch, Level, Slot};

/// The shader `shaders/sums.wgsl` and its twin [`sums`].
pub const KERNEL: Kernel =
    kernel("sums", &[("STATES_ONLY", 0)], |slots: &mut [Slot<'_>]| run(slots, false));

/// The same for rows by state alone: the other planes are not read.
pub const STATES: Kernel =
    kernel("sums_states", &[("STATES_ONLY", 1)], |slots: &mut [Slot<'_>]| run(slots, true));

const fn kernel(
    name: &'static str,
    constants: &'static [(&'static str, u32)],
    cpu: fn(&mut [Slot<'_>]),
) -> Kernel {
    Kernel {
        name,
        wgsl: &[
            include_str!("../../shaders/integers.wgsl"),
            include_str!("../../shaders/sums.wgsl"),
        ],
        bindings: &[Access::Uniform, Access::Read, Access::ReadWrite],
        params_size: size_of::<Params>(),
        params_fields: fields!(Params { rows, stride }),
        subgroups: false,
        launch: Launch { workgroups: 64, workgroup: 64, constants },
        cpu,
        canonical: None,
        samples,
    }
}

fn run(slots: &mut [Slot<'_>], states_only: bool) {
    let [params, planes, words] = slots else { unreachable!("three bindings") };
    sums(Level::best(), params.params(), planes.words(), words.write(), states_only);
}

/// Words of the sums.
pub const WORDS: usize = 32;

/// Mirrors `Params` in the shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Params {
    /// Rows in this dispatch.
    pub rows: u32,
    /// Words of a plane.
    pub stride: u32,
    /// Nothing; uniforms come in units of 16 bytes.
    pub pad: [u32; 2],
}

/// Words of the counters and of the maxima.
const SCORED: usize = 24;
const SKIPPED: usize = 25;
const INVALID: usize = 26;
const INFINITE_LOSS: usize = 27;
const FIRST_INVALID: usize = 28;
const FIRST_INFINITE: usize = 29;

/// What the sums say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Loss in units of 2⁻³² nats, without rows whose loss is infinite.
    pub loss: Moments,
    /// Squared error in units of 2⁻³⁰.
    pub squared_error: Moments,
    /// Confidence in units of 2⁻³⁰.
    pub confidence: Moments,
    /// Rows that were scored, those with infinite loss among them.
    pub scored: u32,
    /// Rows that the host did not want scored.
    pub skipped: u32,
    /// Rows that cannot be scored.
    pub invalid: u32,
    /// Scored rows that give their label probability 0.
    pub infinite_loss: u32,
    /// The first row that cannot be scored.
    pub first_invalid: Option<u32>,
    /// The first row that gives its label probability 0.
    pub first_infinite: Option<u32>,
}

/// A sum and a sum of squares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    /// Σ v, modulo 2⁹⁶.
    pub sum: u128,
    /// Σ v², modulo 2¹²⁸.
    pub squares: u128,
}

impl Sums {
    /// Reads the [`WORDS`] words that [`sums`] adds to.
    pub fn of(words: &[u32; WORDS]) -> Self {
        let number = |from: usize, count: usize| {
            let words = words[from..from + count].iter().rev();
            words.fold(0, |sum: u128, &word| sum << 32 | u128::from(word))
        };
        let moments = |from| Moments { sum: number(from, 3), squares: number(from + 3, 4) };
        let first = |at: usize| (words[at] != 0).then_some(!words[at]);
        Self {
            loss: moments(0),
            squared_error: moments(8),
            confidence: moments(16),
            scored: words[SCORED],
            skipped: words[SKIPPED],
            invalid: words[INVALID],
            infinite_loss: words[INFINITE_LOSS],
            first_invalid: first(FIRST_INVALID),
            first_infinite: first(FIRST_INFINITE),
        }
    }
}

/// Adds every row of `planes`, as the row kernels wrote them, to `sums`; or only
/// counts rows by state.
///
/// # Shapes and units
///
/// `sums` is [`WORDS`] words: for loss, squared error and confidence each the
/// sum (three words, low one first) and the sum of squares (five); then rows
/// scored, skipped, invalid, and with infinite loss; then the complement of the
/// number of the first invalid row and of the first with infinite loss, 0 for
/// none. The others are left as they are.
pub fn sums(level: Level, params: Params, planes: &[u32], sums: &mut [u32], states_only: bool) {
    let rows = params.rows as usize;
    // So few at a time that no total overflows.
    for from in (0..rows).step_by(BLOCK) {
        let range = from..rows.min(from + BLOCK);
        let plane = |plane| &planes::plane(planes, plane, params.stride, rows)[range.clone()];
        let states = plane(Plane::State);
        let mut scored = scored_of(states);
        if scored < states.len() {
            count_unscored(states, from, sums);
        }
        add(sums, SCORED, scored);
        if states_only {
            continue;
        }
        let losses = [plane(Plane::LossLow), plane(Plane::LossHigh)];
        let others = [plane(Plane::SquaredError), plane(Plane::Confidence)];
        let totals = level.plane_totals(states, losses, others);
        scored -= totals.finite;
        if scored > 0 {
            add(sums, INFINITE_LOSS, scored);
            let is_infinite = |&row: &usize| states[row] == 0 && losses[1][row] >> 31 == 1;
            note_first(sums, FIRST_INFINITE, (0..states.len()).find(is_infinite), from);
        }
        for (Moments { sum, squares }, words) in
            totals.moments().into_iter().zip(sums.chunks_exact_mut(8))
        {
            let (of_sum, of_squares) = words.split_at_mut(3);
            add_number(of_sum, sum);
            add_number(of_squares, squares);
        }
    }
}

/// Rows in a block: that many products below 2⁵³ fit 64 bits.
const BLOCK: usize = 1 << 10;

fn scored_of(states: &[u32]) -> usize {
    states.iter().fold(0_u32, |rows, state| rows.wrapping_add((*state == 0).into())) as usize
}

/// Counts rows that were skipped and those that cannot be scored.
fn count_unscored(states: &[u32], from: usize, sums: &mut [u32]) {
    add(sums, SKIPPED, states.iter().filter(|state| **state == 1).count());
    let is_invalid = |state: &u32| *state > 1;
    add(sums, INVALID, states.iter().filter(|state| is_invalid(state)).count());
    note_first(sums, FIRST_INVALID, states.iter().position(is_invalid), from);
}

fn add(sums: &mut [u32], at: usize, rows: usize) {
    // At most BLOCK.
    #[allow(clippy::cast_possible_truncation, reason = "rows of a block")]
    let rows = rows as u32;
    sums[at] = sums[at].wrapping_add(rows);
}

/// Keeps the complement of the first row of all, which is the greatest.
fn note_first(sums: &mut [u32], at: usize, row: Option<usize>, from: usize) {
    #[allow(clippy::cast_possible_truncation, reason = "below `rows`")]
    let complement = row.map_or(0, |row| !((from + row) as u32));
    sums[at] = sums[at].max(complement);
}

/// What the rows of a block add up to. Products are of words, which are summed by
/// their halves so that nothing wraps.
#[derive(Default)]
pub(in crate::kernel) struct Totals {
    /// Scored rows with a finite loss.
    finite: usize,
    loss_low: Square,
    /// Products of the low and the high words of losses, which are below 2⁵³.
    loss_mixed: u64,
    loss_high: u64,
    loss_high_squares: u64,
    others: [Square; 2],
}

/// Σ v, and Σ v² by the halves of the squares.
#[derive(Clone, Copy, Default)]
struct Square {
    sum: u64,
    low: u64,
    high: u64,
}

impl Square {
    #[inline(always)]
    fn add(&mut self, word: u32) {
        let word = u64::from(word);
        // Cannot wrap: of words, of at most BLOCK rows.
        let square = word.wrapping_mul(word);
        self.sum = self.sum.wrapping_add(word);
        self.low = self.low.wrapping_add(square & 0xffff_ffff);
        self.high = self.high.wrapping_add(square >> 32);
    }

    fn squares(self) -> u128 {
        u128::from(self.low) + (u128::from(self.high) << 32)
    }
}

impl Totals {
    /// Those of loss, squared error and confidence.
    fn moments(&self) -> [Moments; 3] {
        let loss = Moments {
            sum: u128::from(self.loss_low.sum) + (u128::from(self.loss_high) << 32),
            squares: self.loss_low.squares()
                + (u128::from(self.loss_mixed) << 33)
                + (u128::from(self.loss_high_squares) << 64),
        };
        let [error, confidence] =
            self.others.map(|it| Moments { sum: it.sum.into(), squares: it.squares() });
        [loss, error, confidence]
    }
}

/// The totals of at most [`BLOCK`] rows: words of rows that were not scored, and losses
/// without end, count as 0. In plain Rust, nothing checked, so that the compiler can turn
/// it into vector instructions; compiled again for every level.
#[inline(always)]
pub(in crate::kernel) fn totals(
    states: &[u32],
    [lows, highs]: [&[u32]; 2],
    [errors, confidences]: [&[u32]; 2],
) -> Totals {
    let mut totals = Totals::default();
    let mut finite_rows = 0_u32;
    let words = lows.iter().zip(highs).zip(errors.iter().zip(confidences));
    for (&state, ((&low, &high), (&error, &confidence))) in states.iter().zip(words) {
        let scored = 0_u32.wrapping_sub(u32::from(state == 0));
        let finite = scored & (high >> 31).wrapping_sub(1);
        finite_rows = finite_rows.wrapping_sub(finite);
        let (low, high) = (low & finite, high & finite);
        totals.loss_low.add(low);
        let (low, high) = (u64::from(low), u64::from(high));
        totals.loss_high = totals.loss_high.wrapping_add(high);
        totals.loss_mixed = totals.loss_mixed.wrapping_add(low.wrapping_mul(high));
        totals.loss_high_squares = totals.loss_high_squares.wrapping_add(high.wrapping_mul(high));
        totals.others[0].add(error & scored);
        totals.others[1].add(confidence & scored);
    }
    totals.finite = finite_rows as usize;
    totals
}

/// Adds `number` to the words of a larger one, low word first; what is carried
/// out of the last is lost.
fn add_number(words: &mut [u32], number: u128) {
    let mut rest = number;
    for word in words {
        // What is left of the number and what is carried fit together.
        rest += u128::from(*word);
        #[allow(clippy::cast_possible_truncation, reason = "the lower word is what is wanted")]
        let low = rest as u32;
        *word = low;
        rest >>= 32;
    }
}

/// Rows of every state and loss, into sums that carry from word to word.
fn samples() -> Vec<Vec<Vec<u32>>> {
    const ROWS: u32 = 1_003;
    let mut garbage = Garbage::new(4);
    let (stride, planes) = sample_planes(&mut garbage, ROWS, 15);
    let params = Params { rows: ROWS, stride, pad: [0; 2] };
    let mut sums = vec![u32::MAX; WORDS];
    sums[FIRST_INVALID] = 0;
    sums[FIRST_INFINITE] = 0;
    vec![vec![bytemuck::cast_slice(&[params]).to_vec(), planes, sums]]
}
