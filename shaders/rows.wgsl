// Rows of scores: prediction, rank of the label, confidence, squared error,
// loss and calibration bin, as integers that are equal on every device.
//
// Twin: src/kernel/rows. The parts of these kernels: shaders/exact.wgsl, this
// file, and how rows are dealt out (rows_thread.wgsl for narrow ones;
// rows_team.wgsl with one of rows_subgroup.wgsl, rows_workgroup.wgsl and
// rows_workgroup_plain.wgsl for wide ones).
//
// A row must move its scores, C words or half words, 4 bytes of label, and 32
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
    format: u32,     // of the scores: F32, F16 or BF16
    options: u32,    // PROBABILITIES, ..., BINARY
    positive: u32,   // the class of a row's single score, if BINARY
    threshold: i32,  // its key; from there on the prediction is that class
    bins: u32,       // calibration bins
    clip_low: u32,   // probabilities are clipped to between these bits for the loss
    clip_high: u32,
    zero: u32,       // always 0, unknown to the compiler
    sum_tolerance: u32,  // how far probabilities may be from summing to 1, in units of 2^-30
    pad0: u32,
    pad1: u32,
    pad2: u32,
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
const PROBABILITY_ONE: u32 = 0x3f800000u;
const UNIT: vec2<u32> = vec2<u32>(0x40000000u, 0u);  // a probability of 1: 2^30
// In the high word of a sum: some score is no probability. The sum itself is
// below 2^51, and up to 2^11 invocations may say so.
const OUTSIDE: u32 = 0x00100000u;
// The tolerance of sums that do not matter.
const ANY_SUM: u32 = 0xffffffffu;

fn has(option: u32) -> bool {
    return (params.options & option) != 0u;
}

// The bits of one score, by its place among all.
fn score_at(element: u32) -> u32 {
    let narrow = params.format != F32;
    let place = element >> select(0u, 1u, narrow);
    let word = scores[place >> 2u][place & 3u];
    let half = (word >> ((element & 1u) << 4u)) & 0xffffu;
    return select(word, widened(vec4<u32>(half)).x, narrow);
}

// Scores of 16 bits to single precision.
fn widened(half: vec4<u32>) -> vec4<u32> {
    return select(widened_halves(half), half << vec4<u32>(16u), params.format == BF16);
}

// ---- the first reading of a row ----

// What some scores of a row say, kept for every fourth of them apart.
struct Survey {
    key: vec4<i32>,    // the highest key
    first: vec4<u32>,  // its lowest index
    ahead: vec4<u32>,  // how many are ahead of the label
}

// What all say.
struct Summary {
    key: i32,
    first: u32,
    ahead: u32,
}

// The keys from which scores are ahead of the label: before and from an index.
struct Ahead {
    bound: u32,
    before: i32,
    after: i32,
}

fn no_survey() -> Survey {
    return Survey(vec4<i32>(LEAST), vec4<u32>(NONE), vec4<u32>(0u));
}

// Ties are ahead at lower indices than the label's, or at higher ones. The key
// of a label in a row that counts is below INFINITE: 1 more does not wrap.
fn ahead_of(label: u32, own: u32) -> Ahead {
    let key = key1(own);
    if has(HIGHER_FIRST) {
        return Ahead(label + 1u, key + 1, key);
    }
    return Ahead(label, key, key + 1);
}

// Counts four scores at rising indices; those outside of the row are masked.
fn look(survey: Survey, bits: vec4<u32>, at: vec4<u32>, ahead: Ahead) -> Survey {
    let inside = at < vec4<u32>(params.columns);
    let key = key4(select(vec4<u32>(MINUS_INFINITY), bits, inside));
    var next = survey;
    next.first = select(survey.first, at, key > survey.key);
    next.key = max(survey.key, key);
    if ARGMAX_ONLY == 0u {
        let limit = select(vec4<i32>(ahead.after), vec4<i32>(ahead.before), at < vec4<u32>(ahead.bound));
        next.ahead += select(vec4<u32>(0u), vec4<u32>(1u), (key >= limit) & inside);
    }
    return next;
}

fn summary_of(survey: Survey) -> Summary {
    let key = max(max(survey.key.x, survey.key.y), max(survey.key.z, survey.key.w));
    let first = select(vec4<u32>(NONE), survey.first, survey.key == vec4<i32>(key));
    let ahead = (survey.ahead.x + survey.ahead.y) + (survey.ahead.z + survey.ahead.w);
    return Summary(key, min(min(first.x, first.y), min(first.z, first.w)), ahead);
}

// Whether no score is NaN or +infinity and not all are -infinity.
fn is_finite(key: i32) -> bool {
    return (key < INFINITE) & (key != LEAST);
}

// ---- the second reading ----

fn no_sums() -> Sums {
    return Sums(vec2<u32>(0u), vec2<u32>(0u));
}

// Adds four scores; those outside of the row are masked.
fn add_logits(sums: Sums, bits: vec4<u32>, at: vec4<u32>, half_max: f32) -> Sums {
    let inside = at < vec4<u32>(params.columns);
    return add_terms(sums, terms(select(vec4<u32>(MINUS_INFINITY), bits, inside), half_max));
}

fn add_probabilities(sums: Sums, bits: vec4<u32>, at: vec4<u32>) -> Sums {
    let known = select(vec4<u32>(0u), bits, at < vec4<u32>(params.columns));
    // -0 is a probability of 0.
    let wrong = (known > vec4<u32>(PROBABILITY_ONE)) & (known != vec4<u32>(0x80000000u));
    let unit = unit4(known);
    var next = sums;
    for (var i = 0u; i < 4u; i++) {
        next.values = add64(next.values, vec2<u32>(unit[i], 0u));
        next.squares = add64(next.squares, product64(unit[i], unit[i]));
    }
    next.values.y |= select(0u, OUTSIDE, any(wrong));
    return next;
}

fn half_of(key: i32) -> f32 {
    return opaque(vec4<f32>(bitcast<f32>(bits_of_key(key)) * 0.5)).x;
}

// ---- from sums to results ----

// What is known of a row when its scores have been read.
struct Read {
    label: u32,
    own: u32,         // bits of the label's score
    top: u32,         // bits of the prediction's score
    max: i32,         // the highest key
    prediction: u32,
    rank: u32,
    sums: Sums,
}

fn read_of(label: u32, own: u32, summary: Summary, sums: Sums) -> Read {
    let top = bits_of_key(summary.key);
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
    let half_max = half_of(read.max);
    let own = single_term(read.own, half_max);
    var top = ONE;
    if has(BINARY) {
        top = single_term(read.top, half_max).values;
    }
    let whole = read.sums.values;
    // ((S - t)^2 + the other squares) / S^2: no cancellation where p is near 1.
    let miss = ratio(sub64(whole, own.values), whole);
    let others = ratio(sub64(read.sums.squares, own.squares), whole);
    let rest = ratio(vec2<u32>(others << 9u, others >> 23u), whole);
    var loss = vec2<u32>(0u, 0x80000000u);
    if read.own != MINUS_INFINITY {
        let gap = difference(bits_of_key(read.max), read.own);
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
    // Without the sign of -0.
    let own = read.own & 0x7fffffffu;
    let top = read.top & 0x7fffffffu;
    let units = unit4(vec4<u32>(own, top, 0u, 0u));
    let miss = UNIT.x - units.x;
    let others = sub64(read.sums.squares, product64(units.x, units.x));
    let squares = add64(others, product64(miss, miss));
    return Results(
        units.y,
        (squares.x >> 30u) | (squares.y << 2u),
        neg_ln(min(max(own, params.clip_low), params.clip_high)),
        bin_of_probability(top),
    );
}

// How many edges a probability is above.
fn bin_of_probability(bits: u32) -> u32 {
    var low = 0u;
    var high = params.bins - 1u;
    while low < high {
        let middle = (low + high) >> 1u;
        if bits >= tables[256u + middle] {
            low = middle + 1u;
        } else {
            high = middle;
        }
    }
    return low;
}

// ---- one score for a class of two ----

// A logit z counts as the row [0, z], a probability p as [1 - p, p].
fn read_of_single(label: u32, score: u32) -> Read {
    let key = key1(score);
    var other = 0u;
    var known = key < INFINITE;
    var sums = no_sums();
    if has(PROBABILITIES) {
        known = known & (key != LEAST);
        // A score that is none enters no float arithmetic; the sums tell of it.
        let is_one = (score <= PROBABILITY_ONE) | (score == 0x80000000u);
        let p = bitcast<f32>(select(0u, score, is_one));
        other = bitcast<u32>(opaque(vec4<f32>(1.0 - p)).x);
        sums = pair_of_probabilities(score, other);
    } else if known {
        let pair = vec4<u32>(score, other, MINUS_INFINITY, MINUS_INFINITY);
        sums = add_terms(no_sums(), terms(pair, half_of(max(key, key1(0u)))));
    }
    let is_positive = key >= params.threshold;
    let prediction = select(1u - params.positive, params.positive, is_positive);
    return Read(
        label,
        select(other, score, label == params.positive),
        select(other, score, is_positive),
        select(INFINITE, max(key, key1(0u)), known),
        prediction,
        select(0u, 1u, prediction != label),
        sums,
    );
}

fn pair_of_probabilities(score: u32, other: u32) -> Sums {
    let wrong = (score > PROBABILITY_ONE) & (score != 0x80000000u);
    let unit = unit4(vec4<u32>(score, other, 0u, 0u));
    var values = vec2<u32>(unit.x + unit.y, 0u);
    values.y |= select(0u, OUTSIDE, wrong);
    return Sums(values, add64(product64(unit.x, unit.x), product64(unit.y, unit.y)));
}
