// Rows in order: the key of a row, of which the upper 16 bits are its bucket.
//
// Twin: src/kernel/order/twin.rs. A part of order_count.wgsl and of
// order_scatter.wgsl, which run over the same rows. Rows of a bucket are of two
// kinds, and each kind has a counter: a slot.
//
// What a row is put in order by is a score, a confidence, or the bin of either
// (src/exact/grid.rs), which then is the bucket. Scores of rows that were not
// scored are not looked at: no NaN comes here.

struct Params {
    rows: u32,      // rows in this dispatch, below 2^31
    stride: u32,    // words of a plane
    format: u32,    // of the scores: F32, F16 or BF16
    by: u32,        // SCORE, ..., CONFIDENCE_BIN
    positive: u32,  // the class whose rows are positive, by a score
    pad0: u32,
    pad1: u32,
    pad2: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> scores: array<u32>;  // [rows], one or two to a word
@group(0) @binding(2) var<storage, read> labels: array<u32>;  // [rows]
@group(0) @binding(3) var<storage, read> planes: array<u32>;  // [8, stride]

override WORKGROUP: u32 = 64u;

const F32: u32 = 0u;
const BF16: u32 = 2u;

const SCORE: u32 = 0u;
const CONFIDENCE: u32 = 1u;
const LOGIT_BIN: u32 = 2u;
const PROBABILITY_BIN: u32 = 3u;
const CONFIDENCE_BIN: u32 = 4u;

const NOWHERE: u32 = 0xffffffffu;
const MAGNITUDE: u32 = 0x7fffffffu;
const HALF_BITS: u32 = 0x3f000000u;
const ONE_BITS: u32 = 0x3f800000u;
const LAST_STEP: u32 = 0x7fffu;
const LAST_BIN: u32 = 0xffffu;

// Where a row belongs; NOWHERE if it was not scored.
struct Place {
    slot: u32,  // twice the bucket, and one more for a positive row
    low: u32,   // the lower 16 bits of the key
}

fn place_of(row: u32) -> Place {
    if planes[7u * params.stride + row] != 0u {
        return Place(NOWHERE, 0u);
    }
    let by_confidence = (params.by == CONFIDENCE) | (params.by == CONFIDENCE_BIN);
    let label = labels[row];
    // By confidence, wrong rows are the positive ones.
    var positive = label == params.positive;
    var key = 0u;
    if by_confidence {
        positive = label != planes[row];
        key = key_of_confidence(planes[2u * params.stride + row]);
    } else {
        key = key_of_score(score_at(row));
    }
    return Place(((key >> 16u) << 1u) | select(0u, 1u, positive), key & 0xffffu);
}

fn score_at(row: u32) -> u32 {
    if params.format == F32 {
        return scores[row];
    }
    let half = (scores[row >> 1u] >> ((row & 1u) << 4u)) & 0xffffu;
    return select(widened_halves(vec4<u32>(half)).x, half << 16u, params.format == BF16);
}

fn key_of_score(bits: u32) -> u32 {
    let size = bits & MAGNITUDE;
    let below = (bits != size) & (size != 0u);
    if params.by == LOGIT_BIN {
        let step = step_of_float(size, 14u);
        return select(0x8000u + step, LAST_STEP - step, below) << 16u;
    }
    if params.by == PROBABILITY_BIN {
        return bin_of_probability(size) << 16u;
    }
    return select(0x80000000u + size, MAGNITUDE - size, below);
}

// 1,024 steps to an octave, 32 octaves from 2^-down up. Subnormals are below.
fn step_of_float(size: u32, down: u32) -> u32 {
    let step = size >> 13u;
    let first = (127u - down) << 10u;
    return min(step - min(step, first), LAST_STEP);
}

// Of p below 1/2, and of 1 - p from there on, which is an integer times 2^-24.
fn bin_of_probability(bits: u32) -> u32 {
    if bits < HALF_BITS {
        return step_of_float(bits, 33u);
    }
    let rest = select(0x01000000u - ((bits & 0x007fffffu) | 0x00800000u), 0u, bits >= ONE_BITS);
    // From 2^-33 up: 9 octaves below 2^-24.
    return LAST_BIN - select(min(step_of_integer(rest, 10u) + (9u << 10u), LAST_STEP), 0u, rest == 0u);
}

fn key_of_confidence(confidence: u32) -> u32 {
    if params.by == CONFIDENCE {
        return confidence;
    }
    // 1 - confidence in units of 2^-30; from 2^-1 of them up.
    let rest = 0x40000000u - min(confidence, 0x40000000u);
    return (LAST_BIN - select(step_of_integer(rest, 11u) + (1u << 11u), 0u, rest == 0u)) << 16u;
}

// 2^bits steps to an octave of an integer above 0, from 1 up.
fn step_of_integer(value: u32, bits: u32) -> u32 {
    let octave = firstLeadingBit(value);
    let within = select(value << ((bits - octave) & 31u), value >> ((octave - bits) & 31u), octave >= bits);
    return (octave << bits) | (within & ((1u << bits) - 1u));
}
