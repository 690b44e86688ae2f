// Sums of what the row kernels left of each row: loss, squared error and
// confidence, with squares; rows by state; first rows at fault.
//
// Twin: src/kernel/sums.rs.
//
// Moves: 20 of the 32 bytes per row that the row kernels wrote, which it must,
// and 120 bytes per workgroup. With STATES_ONLY, which is the kernel called
// sums_states, 4 bytes per row: there the others were not written.
//
// A thread sums in registers. A workgroup adds up halves of words, which cannot
// overflow (at most 2^16 threads) and need no carry; then one thread per number
// puts them together and adds it, word by word with carry, to what is there.

struct Params {
    rows: u32,    // rows in this dispatch, below 2^31
    stride: u32,  // words of a plane
    pad0: u32,
    pad1: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> planes: array<u32>;                // [8][stride]
@group(0) @binding(2) var<storage, read_write> sums: array<atomic<u32>>;    // [32]

override WORKGROUP: u32 = 64u;
// Not 0: only rows by state, and the first that cannot be scored.
override STATES_ONLY: u32 = 0u;

// Words of the numbers: a sum of three and squares of five for each quantity.
const LOSS: u32 = 0u;
const SQUARED_ERROR: u32 = 8u;
const CONFIDENCE: u32 = 16u;
const WORDS: u32 = 24u;
// Counters, then maxima.
const SCORED: u32 = 24u;
const SKIPPED: u32 = 25u;
const INVALID: u32 = 26u;
const INFINITE: u32 = 27u;
const FIRST_INVALID: u32 = 28u;
const FIRST_INFINITE: u32 = 29u;
const ALL: u32 = 30u;

var<private> own: array<u32, 30>;
// Low halves of the first WORDS words, their high halves, then the others.
var<workgroup> group: array<atomic<u32>, 54>;

// Adds one word to that at `at`; returns what is carried.
fn add_word(at: u32, word: u32) -> u32 {
    let sum = own[at] + word;
    own[at] = sum;
    return select(0u, 1u, sum < word);
}

// Adds two words at `at`; returns what is carried.
fn add_wide(at: u32, words: vec2<u32>) -> u32 {
    let carry = add_word(at, words.x);
    let high = add_word(at + 1u, words.y);
    return high + add_word(at + 1u, carry);
}

// A value below 2^32 and its square, at the number at `at`.
fn add_value(at: u32, value: u32) {
    own[at + 2u] += add_wide(at, vec2<u32>(value, 0u));
    own[at + 5u] += add_wide(at + 3u, product64(value, value));
}

fn add_loss(low: u32, high: u32) {
    own[LOSS + 2u] += add_wide(LOSS, vec2<u32>(low, high));
    let square = add_wide(LOSS + 3u, product64(low, low));
    own[LOSS + 7u] += add_wide(LOSS + 5u, vec2<u32>(square, 0u));
    if high != 0u {
        // 2 * low * high in the middle, high * high above it.
        let cross = product64(low, high);
        let twice = double64(cross);
        let middle = add_wide(LOSS + 4u, twice) + (cross.y >> 31u);
        own[LOSS + 7u] += add_word(LOSS + 6u, middle);
        own[LOSS + 7u] += add_wide(LOSS + 5u, product64(high, high));
    }
}

fn read_row(row: u32) {
    let state = planes[7u * params.stride + row];
    // Zero means none, so numbers are kept as their complements.
    let number = ~row;
    if state == 0u {
        own[SCORED] += 1u;
        if STATES_ONLY != 0u {
            return;
        }
        let low = planes[4u * params.stride + row];
        let high = planes[5u * params.stride + row];
        if low == 0u && high == 0x80000000u {
            own[INFINITE] += 1u;
            own[FIRST_INFINITE] = max(own[FIRST_INFINITE], number);
        } else {
            add_loss(low, high);
        }
        add_value(SQUARED_ERROR, planes[3u * params.stride + row]);
        add_value(CONFIDENCE, planes[2u * params.stride + row]);
    } else if state == 1u {
        own[SKIPPED] += 1u;
    } else {
        own[INVALID] += 1u;
        own[FIRST_INVALID] = max(own[FIRST_INVALID], number);
    }
}

// Adds what this thread has to what the workgroup has.
fn gather() {
    for (var at = 0u; at < WORDS; at++) {
        let word = own[at];
        if word != 0u {
            atomicAdd(&group[at], word & 0xffffu);
            atomicAdd(&group[WORDS + at], word >> 16u);
        }
    }
    for (var at = SCORED; at < FIRST_INVALID; at++) {
        if own[at] != 0u {
            atomicAdd(&group[WORDS + at], own[at]);
        }
    }
    for (var at = FIRST_INVALID; at < ALL; at++) {
        if own[at] != 0u {
            atomicMax(&group[WORDS + at], own[at]);
        }
    }
}

// Adds the number of the workgroup in words `begin` to `end` to what is there.
fn deliver(begin: u32, end: u32) {
    var above = 0u;  // from the word before of the workgroup
    var carry = 0u;  // from the word before in memory
    for (var at = begin; at < end; at++) {
        let low = atomicLoad(&group[at]);
        let high = atomicLoad(&group[WORDS + at]);
        let sum = low + (high << 16u);
        let word = sum + above;
        above = (high >> 16u) + select(0u, 1u, sum < low) + select(0u, 1u, word < sum);

        let addend = word + carry;
        carry = select(0u, 1u, addend < word);
        if addend != 0u {
            let before = atomicAdd(&sums[at], addend);
            carry += select(0u, 1u, before + addend < addend);
        }
    }
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    for (var at = local; at < WORDS + ALL; at += WORKGROUP) {
        atomicStore(&group[at], 0u);
    }
    workgroupBarrier();

    for (var at = 0u; at < ALL; at++) {
        own[at] = 0u;
    }
    for (var row = id.x; row < params.rows; row += groups.x * WORKGROUP) {
        read_row(row);
    }
    gather();
    workgroupBarrier();

    // Sums are the first three words of every eight, squares the other five.
    for (var number = local; number < 6u; number += WORKGROUP) {
        let begin = (number >> 1u) * 8u + (number & 1u) * 3u;
        deliver(begin, begin + 3u + (number & 1u) * 2u);
    }
    for (var at = SCORED + local; at < ALL; at += WORKGROUP) {
        let word = atomicLoad(&group[WORDS + at]);
        if at < FIRST_INVALID {
            atomicAdd(&sums[at], word);
        } else {
            atomicMax(&sums[at], word);
        }
    }
}
