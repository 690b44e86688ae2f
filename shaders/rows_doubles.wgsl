// Scores of double precision, of two words each, low word first: what rows.wgsl says of
// scores.

alias Score = vec2<u32>;
alias Scores = Four;
alias Key = vec2<u32>;
// The row's maximum.
alias Max = vec2<u32>;

const LEAST_KEY: Key = vec2<u32>(0u, 0u);
const INFINITE_KEY: Key = vec2<u32>(0u, INFINITE_KEY_HIGH);
const ZERO: Score = vec2<u32>(0u, 0u);
const MASKED: Score = vec2<u32>(0u, MINUS_INFINITY_HIGH);

const MAGNITUDE_HIGH: u32 = 0x7fffffffu;
const PROBABILITY_ONE_HIGH: u32 = 0x3ff00000u;

// A score, by its place among all.
fn score_at(element: u32) -> Score {
    let pair = scores[element >> 1u];
    return select(pair.xy, pair.zw, (element & 1u) == 1u);
}

// ---- the first reading of a row ----

// What some scores of a row say, kept for every fourth of them apart.
struct Survey {
    key: Four,         // the highest key
    first: vec4<u32>,  // its lowest index
    ahead: vec4<u32>,  // how many are ahead of the label
}

// The keys from which scores are ahead of the label: before and from an index.
struct Ahead {
    bound: u32,
    before: Key,
    after: Key,
}

fn no_survey() -> Survey {
    return Survey(Four(vec4<u32>(0u), vec4<u32>(0u)), vec4<u32>(NONE), vec4<u32>(0u));
}

// Ties are ahead at lower indices than the label's, or at higher ones. The key of a
// label in a row that counts is below INFINITE_KEY: 1 more does not wrap.
fn ahead_of(label: u32, own: Score) -> Ahead {
    let key = key_of(own);
    let next = add64(key, vec2<u32>(1u, 0u));
    if has(HIGHER_FIRST) {
        return Ahead(label + 1u, next, key);
    }
    return Ahead(label, key, next);
}

// Counts four scores at rising indices; those outside of the row are masked.
fn look(survey: Survey, bits: Scores, at: vec4<u32>, ahead: Ahead) -> Survey {
    let inside = at < vec4<u32>(params.columns);
    let key = keys_of_doubles(those_inside(MASKED, bits, inside));
    let is_higher = less_four(survey.key, key);
    var next = survey;
    next.first = select(survey.first, at, is_higher);
    next.key = select_four(survey.key, key, is_higher);
    if ARGMAX_ONLY == 0u {
        let after = Four(ahead.after.xxxx, ahead.after.yyyy);
        let before = Four(ahead.before.xxxx, ahead.before.yyyy);
        let limit = select_four(after, before, at < vec4<u32>(ahead.bound));
        next.ahead += select(vec4<u32>(0u), vec4<u32>(1u), !less_four(key, limit) & inside);
    }
    return next;
}

fn summary_of(survey: Survey) -> Summary {
    let low = survey.key.low;
    let high = survey.key.high;
    let ones = higher(vec2<u32>(low.x, high.x), vec2<u32>(low.y, high.y));
    let others = higher(vec2<u32>(low.z, high.z), vec2<u32>(low.w, high.w));
    let key = higher(ones, others);
    let is_highest = (low == key.xxxx) & (high == key.yyyy);
    let first = select(vec4<u32>(NONE), survey.first, is_highest);
    let ahead = (survey.ahead.x + survey.ahead.y) + (survey.ahead.z + survey.ahead.w);
    return Summary(key, min(min(first.x, first.y), min(first.z, first.w)), ahead);
}

// ---- scores and their keys ----

fn key_of(score: Score) -> Key {
    return key_of_double(score);
}

fn score_of(key: Key) -> Score {
    return double_of_key(key);
}

// Whether it is the key of no NaN and no +infinity.
fn is_known(key: Key) -> bool {
    return key.y < INFINITE_KEY_HIGH;
}

fn is_less(a: Key, b: Key) -> bool {
    return less64(a, b);
}

fn is_same(a: Key, b: Key) -> bool {
    return all(a == b);
}

fn higher(a: Key, b: Key) -> Key {
    return select(a, b, less64(a, b));
}

fn threshold_key() -> Key {
    return vec2<u32>(bitcast<u32>(params.threshold), params.threshold_high);
}

fn four_of(a: Score, b: Score, c: Score, d: Score) -> Scores {
    return Four(vec4<u32>(a.x, b.x, c.x, d.x), vec4<u32>(a.y, b.y, c.y, d.y));
}

fn those_inside(outside: Score, scores: Scores, inside: vec4<bool>) -> Scores {
    return select_four(Four(outside.xxxx, outside.yyyy), scores, inside);
}

// ---- logits ----

fn max_of(key: Key) -> Max {
    return double_of_key(key);
}

fn terms_of_scores(bits: Scores, highest: Max) -> Terms {
    return terms_of_doubles(bits, highest);
}

fn term_of(score: Score, highest: Max) -> Sums {
    return add_terms(no_sums(), terms_of_doubles(four_of(score, MASKED, MASKED, MASKED), highest));
}

fn gap_of(high: Score, low: Score) -> vec2<u32> {
    return difference_of_doubles(high, low);
}

// ---- probabilities ----

// -0 is a probability of 0.
fn are_probabilities(bits: Scores) -> vec4<bool> {
    let one = vec4<u32>(PROBABILITY_ONE_HIGH);
    let whole = bits.low == vec4<u32>(0u);
    let is_end = (bits.high == one) | (bits.high == vec4<u32>(SIGN));
    return (bits.high < one) | (is_end & whole);
}

fn units(bits: Scores) -> vec4<u32> {
    return units_of_doubles(bits);
}

fn unit_of(score: Score) -> u32 {
    return units_of_doubles(Four(score.xxxx, score.yyyy)).x;
}

fn complement(p: Score) -> Score {
    return complement_of_double(p);
}

fn loss_of_probability(score: Score) -> vec2<u32> {
    let least = vec2<u32>(params.clip_low, params.clip_low_high);
    let most = vec2<u32>(params.clip_high, params.clip_high_high);
    return neg_ln_of_double(min64(higher(without_sign(score), least), most));
}

// Of edges there are the low words and the high ones by turns.
fn is_above_edge(score: Score, edge: u32) -> bool {
    let from_there = vec2<u32>(tables[256u + 2u * edge], tables[257u + 2u * edge]);
    return !less64(without_sign(score), from_there);
}

fn without_sign(score: Score) -> Score {
    return vec2<u32>(score.x, score.y & MAGNITUDE_HIGH);
}
