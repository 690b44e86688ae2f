//! Sums over rows of loss, squared error and confidence, with their squares.

use std::ops::Range;

use bytemuck::{Pod, Zeroable};

use super::planes::{self, INFINITE, Plane};
use super::sample::{Garbage, planes as sample_planes};
use super::shader::fields;
use super::{Access, Kernel, Launch, Slot};

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
    sums(params.params(), planes.words(), words.write(), states_only);
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

impl Moments {
    fn add(&mut self, value: u64) {
        // Cannot wrap: of values below 2⁵³, of at most BLOCK rows.
        let value = u128::from(value);
        self.sum = self.sum.wrapping_add(value);
        self.squares = self.squares.wrapping_add(value.wrapping_mul(value));
    }
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
pub fn sums(params: Params, planes: &[u32], sums: &mut [u32], states_only: bool) {
    let rows = params.rows as usize;
    // So few at a time that no total overflows.
    for from in (0..rows).step_by(BLOCK) {
        let range = from..rows.min(from + BLOCK);
        let totals = block(params, planes, range, sums, states_only);
        for (Moments { sum, squares }, words) in totals.into_iter().zip(sums.chunks_exact_mut(8)) {
            let (of_sum, of_squares) = words.split_at_mut(3);
            add_number(of_sum, sum);
            add_number(of_squares, squares);
        }
    }
}

/// Rows in a block: that many squares of losses below 2⁵³ fit 128 bits.
const BLOCK: usize = 1 << 20;

/// Counts rows, and returns what they add to the three quantities.
fn block(
    params: Params,
    planes: &[u32],
    range: Range<usize>,
    sums: &mut [u32],
    states_only: bool,
) -> [Moments; 3] {
    let plane = |plane| planes::plane(planes, plane, params.stride, params.rows as usize);
    let (confidences, errors) = (plane(Plane::Confidence), plane(Plane::SquaredError));
    let (lows, highs) = (plane(Plane::LossLow), plane(Plane::LossHigh));
    let states = plane(Plane::State);
    let mut totals = [Moments::default(); 3];
    for row in range {
        #[allow(clippy::cast_possible_truncation, reason = "below `rows`")]
        let number = row as u32;
        if states[row] != 0 {
            let at = if states[row] == 1 { SKIPPED } else { INVALID };
            sums[at] = sums[at].wrapping_add(1);
            if at == INVALID {
                sums[FIRST_INVALID] = sums[FIRST_INVALID].max(!number);
            }
            continue;
        }
        sums[SCORED] = sums[SCORED].wrapping_add(1);
        if states_only {
            continue;
        }
        let loss = u64::from(highs[row]) << 32 | u64::from(lows[row]);
        if loss == INFINITE {
            sums[INFINITE_LOSS] = sums[INFINITE_LOSS].wrapping_add(1);
            sums[FIRST_INFINITE] = sums[FIRST_INFINITE].max(!number);
        } else {
            totals[0].add(loss);
        }
        totals[1].add(errors[row].into());
        totals[2].add(confidences[row].into());
    }
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
