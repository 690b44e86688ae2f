// Rows of scores: prediction, rank of the label, confidence, squared error,
// loss and calibration bin, as integers that are equal on every device.
//
// Twin: src/kernel/rows. The parts of these kernels: shaders/exact.wgsl, this
// file, what a score is (rows_singles.wgsl, or shaders/doubles.wgsl with
// rows_doubles.wgsl), and how rows are dealt out (rows_thread.wgsl for narrow
// ones; rows_team.wgsl with one of rows_subgroup.wgsl, rows_workgroup.wgsl and
// rows_workgroup_plain.wgsl for wide ones).
//
// What a score is declares the types Score, Scores (four of them), Key and Max
// (what terms are relative to), and the functions of them that are called here.
//
// A row must move its scores, C words, half words or pairs of words, 4 bytes of label, and 32
// bytes of results. Those that are read twice, once for the maximum and once for
// the softmax, come from a cache the second time. With ARGMAX_ONLY, which is the
// kernels called argmax, one reading of the scores and 8 bytes of results.
//
// Scores are read four words at a time whatever the start of a row; what is not
// of the row is masked. So the buffer of scores is a multiple of 16 bytes long.

struct Params {
    rows: u32,       // rows in this dispatch; rows * columns < 2^32
    columns: u32,    // scores in a row
    classes: u32,    // C; as many as columns, or 2
    stride: u32,     // words of a plane, at least rows
    format: u32,     // of the scores: F32, F16, BF16 or F64
    options: u32,    // PROBABILITIES, ..., BINARY
    positive: u32,   // the class of a row's single score, if BINARY
    threshold: i32,  // its key; from there on the prediction is that class
    bins: u32,       // calibration bins
    clip_low: u32,   // probabilities are clipped to between these bits for the loss
    clip_high: u32,
    zero: u32,       // always 0, unknown to the compiler
    sum_tolerance: u32,  // how far probabilities may be from summing to 1, in units of 2^-30
    // The high words of those above, of doubles.
    threshold_high: u32,
    clip_low_high: u32,
    clip_high_high: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> scores: array<vec4<u32>>;     // [rows, columns] without gaps
@group(0) @binding(2) var<storage, read> labels: array<u32>;           // [rows]; from C on: not to be scored
@group(0) @binding(3) var<storage, read> tables: array<u32>;           // ln [128], inverses [128], edges [bins - 1]
@group(0) @binding(4) var<storage, read_write> planes: array<u32>;     // [8, stride]

override WORKGROUP: u32 = 64u;
// Not 0: only predictions and states.
override ARGMAX_ONLY: u32 = 0u;

const F32: u32 = 0u;
const F16: u32 = 1u;
const BF16: u32 = 2u;

const PROBABILITIES: u32 = 1u;
const HIGHER_FIRST: u32 = 2u;
const RIGHT_CLOSED: u32 = 4u;
const BINARY: u32 = 8u;

const SCORED: u32 = 0u;
const SKIPPED: u32 = 1u;
const NOT_FINITE: u32 = 2u;
const NOT_PROBABILITY: u32 = 3u;
const OFF_SUM: u32 = 4u;

const NONE: u32 = 0xffffffffu;
const UNIT: vec2<u32> = vec2<u32>(0x40000000u, 0u);  // a probability of 1: 2^30
// In the high word of a sum: some score is no probability. The sum itself is
// below 2^51, and up to 2^11 invocations may say so.
const OUTSIDE: u32 = 0x00100000u;
// The tolerance of sums that do not matter.
const ANY_SUM: u32 = 0xffffffffu;

fn has(option: u32) -> bool {
    return (params.options & option) != 0u;
}

// ---- the readings of a row ----

// What all scores of a row say.
struct Summary {
    key: Key,    // the highest
    first: u32,  // its lowest index
    ahead: u32,  // how many are ahead of the label
}

// Whether no score is NaN or +infinity and not all are -infinity.
fn is_finite(key: Key) -> bool {
    return is_known(key) & !is_same(key, LEAST_KEY);
}

fn no_sums() -> Sums {
    return Sums(vec2<u32>(0u), vec2<u32>(0u));
}

// Adds four scores; those outside of the row are masked.
fn add_logits(sums: Sums, bits: Scores, at: vec4<u32>, highest: Max) -> Sums {
    let inside = at < vec4<u32>(params.columns);
    return add_terms(sums, terms_of_scores(those_inside(MASKED, bits, inside), highest));
}

fn add_probabilities(sums: Sums, bits: Scores, at: vec4<u32>) -> Sums {
    let known = those_inside(ZERO, bits, at < vec4<u32>(params.columns));
    let unit = units(known);
    var next = sums;
    for (var i = 0u; i < 4u; i++) {
        next.values = add64(next.values, vec2<u32>(unit[i], 0u));
        next.squares = add64(next.squares, product64(unit[i], unit[i]));
    }
    next.values.y |= select(OUTSIDE, 0u, all(are_probabilities(known)));
    return next;
}

// ---- from sums to results ----

// What is known of a row when its scores have been read.
struct Read {
    label: u32,
    own: Score,       // the label's
    top: Score,       // the prediction's
    max: Key,         // the highest key
    prediction: u32,
    rank: u32,
    sums: Sums,
}

fn read_of(label: u32, own: Score, summary: Summary, sums: Sums) -> Read {
    let top = score_of(summary.key);
    return Read(label, own, top, summary.key, summary.first, summary.ahead, sums);
}

fn state_of(read: Read) -> u32 {
    if read.label >= params.classes {
        return SKIPPED;
    }
    if !is_finite(read.max) {
        return NOT_FINITE;
    }
    if has(PROBABILITIES) {
        if read.sums.values.y >= OUTSIDE {
            return NOT_PROBABILITY;
        }
        let values = read.sums.values;
        let off = select(sub64(values, UNIT), sub64(UNIT, values), less64(values, UNIT));
        if params.sum_tolerance != ANY_SUM && less64(vec2<u32>(params.sum_tolerance, 0u), off) {
            return OFF_SUM;
        }
    }
    return SCORED;
}

// The planes of a row, but for prediction, rank and state.
struct Results {
    confidence: u32,
    squared_error: u32,
    loss: vec2<u32>,
    bin: u32,
}

fn write(row: u32, read: Read) {
    let state = state_of(read);
    let scored = state == SCORED;
    let stride = params.stride;
    planes[row] = select(NONE, read.prediction, scored);
    planes[row + 7u * stride] = state;
    if ARGMAX_ONLY == 0u {
        var results = Results(0u, 0u, vec2<u32>(0u), NONE);
        if scored {
            if has(PROBABILITIES) {
                results = of_probabilities(read);
            } else {
                results = of_logits(read);
            }
        }
        planes[row + stride] = select(NONE, read.rank, scored);
        planes[row + 2u * stride] = results.confidence;
        planes[row + 3u * stride] = results.squared_error;
        planes[row + 4u * stride] = results.loss.x;
        planes[row + 5u * stride] = results.loss.y;
        planes[row + 6u * stride] = results.bin;
    }
}

fn of_logits(read: Read) -> Results {
    let highest = max_of(read.max);
    let own = term_of(read.own, highest);
    var top = ONE;
    if has(BINARY) {
        top = term_of(read.top, highest).values;
    }
    let whole = read.sums.values;
    // ((S - t)^2 + the other squares) / S^2: no cancellation where p is near 1.
    let miss = ratio(sub64(whole, own.values), whole);
    let others = ratio(sub64(read.sums.squares, own.squares), whole);
    let rest = ratio(vec2<u32>(others << 9u, others >> 23u), whole);
    var loss = vec2<u32>(0u, 0x80000000u);
    if !is_same(key_of(read.own), LEAST_KEY) {
        let gap = gap_of(score_of(read.max), read.own);
        loss = min64(add64(ln_sum(whole), gap), vec2<u32>(0u, LOSS_CAP_HIGH));
    }
    return Results(
        ratio(top, whole) >> 1u,
        high_product(miss, miss) + (rest >> 1u),
        loss,
        bin_of_quotient(top, whole, params.bins, has(RIGHT_CLOSED)),
    );
}

fn of_probabilities(read: Read) -> Results {
    let own = unit_of(read.own);
    let miss = UNIT.x - own;
    let others = sub64(read.sums.squares, product64(own, own));
    let squares = add64(others, product64(miss, miss));
    return Results(
        unit_of(read.top),
        (squares.x >> 30u) | (squares.y << 2u),
        loss_of_probability(read.own),
        bin_of_probability(read.top),
    );
}

// How many edges a probability is above.
fn bin_of_probability(score: Score) -> u32 {
    var low = 0u;
    var high = params.bins - 1u;
    while low < high {
        let middle = (low + high) >> 1u;
        if is_above_edge(score, middle) {
            low = middle + 1u;
        } else {
            high = middle;
        }
    }
    return low;
}

// ---- one score for a class of two ----

// A logit z counts as the row [0, z], a probability p as [1 - p, p].
fn read_of_single(label: u32, score: Score) -> Read {
    let key = key_of(score);
    let highest = higher(key, key_of(ZERO));
    var other = ZERO;
    var known = is_known(key);
    var sums = no_sums();
    if has(PROBABILITIES) {
        known = known & !is_same(key, LEAST_KEY);
        // A score that is none enters no arithmetic; the sums tell of it.
        let is_one = are_probabilities(four_of(score, score, score, score)).x;
        other = complement(select(ZERO, score, is_one));
        sums = pair_of_probabilities(score, other, is_one);
    } else if known {
        let pair = four_of(score, other, MASKED, MASKED);
        sums = add_terms(no_sums(), terms_of_scores(pair, max_of(highest)));
    }
    let is_positive = !is_less(key, threshold_key());
    let prediction = select(1u - params.positive, params.positive, is_positive);
    return Read(
        label,
        select(other, score, label == params.positive),
        select(other, score, is_positive),
        select(INFINITE_KEY, highest, known),
        prediction,
        select(0u, 1u, prediction != label),
        sums,
    );
}

fn pair_of_probabilities(score: Score, other: Score, is_one: bool) -> Sums {
    let unit = units(four_of(score, other, ZERO, ZERO));
    var values = vec2<u32>(unit.x + unit.y, 0u);
    values.y |= select(OUTSIDE, 0u, is_one);
    return Sums(values, add64(product64(unit.x, unit.x), product64(unit.y, unit.y)));
}
