// Scores of single precision, or of 16 bits and widened: what rows.wgsl says of scores.

alias Score = u32;
alias Scores = vec4<u32>;
alias Key = i32;
// Half of the row's maximum.
alias Max = f32;

const LEAST_KEY: Key = LEAST;
const INFINITE_KEY: Key = INFINITE;
const ZERO: Score = 0u;
const MASKED: Score = MINUS_INFINITY;
const PROBABILITY_ONE: u32 = 0x3f800000u;

// A score, by its place among all.
fn score_at(element: u32) -> Score {
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
fn ahead_of(label: u32, own: Score) -> Ahead {
    let key = key1(own);
    if has(HIGHER_FIRST) {
        return Ahead(label + 1u, key + 1, key);
    }
    return Ahead(label, key, key + 1);
}

// Counts four scores at rising indices; those outside of the row are masked.
fn look(survey: Survey, bits: Scores, at: vec4<u32>, ahead: Ahead) -> Survey {
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

// ---- scores and their keys ----

fn key_of(score: Score) -> Key {
    return key1(score);
}

fn score_of(key: Key) -> Score {
    return bits_of_key(key);
}

// Whether it is the key of no NaN and no +infinity.
fn is_known(key: Key) -> bool {
    return key < INFINITE;
}

fn is_less(a: Key, b: Key) -> bool {
    return a < b;
}

fn is_same(a: Key, b: Key) -> bool {
    return a == b;
}

fn higher(a: Key, b: Key) -> Key {
    return max(a, b);
}

fn threshold_key() -> Key {
    return params.threshold;
}

fn four_of(a: Score, b: Score, c: Score, d: Score) -> Scores {
    return vec4<u32>(a, b, c, d);
}

fn those_inside(outside: Score, scores: Scores, inside: vec4<bool>) -> Scores {
    return select(vec4<u32>(outside), scores, inside);
}

// ---- logits ----

fn max_of(key: Key) -> Max {
    return opaque(vec4<f32>(bitcast<f32>(bits_of_key(key)) * 0.5)).x;
}

fn terms_of_scores(bits: Scores, highest: Max) -> Terms {
    return terms(bits, highest);
}

fn term_of(score: Score, highest: Max) -> Sums {
    return single_term(score, highest);
}

fn gap_of(high: Score, low: Score) -> vec2<u32> {
    return difference(high, low);
}

// ---- probabilities ----

// -0 is a probability of 0.
fn are_probabilities(bits: Scores) -> vec4<bool> {
    return (bits <= vec4<u32>(PROBABILITY_ONE)) | (bits == vec4<u32>(0x80000000u));
}

fn units(bits: Scores) -> vec4<u32> {
    return unit4(bits);
}

fn unit_of(score: Score) -> u32 {
    return unit4(vec4<u32>(score)).x;
}

fn complement(p: Score) -> Score {
    return bitcast<u32>(opaque(vec4<f32>(1.0 - bitcast<f32>(p))).x);
}

fn loss_of_probability(score: Score) -> vec2<u32> {
    return neg_ln(min(max(score & 0x7fffffffu, params.clip_low), params.clip_high));
}

fn is_above_edge(score: Score, edge: u32) -> bool {
    return (score & 0x7fffffffu) >= tables[256u + edge];
}
