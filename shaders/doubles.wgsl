// Doubles as pairs of words, low word first: the shader side of src/exact/doubles.rs,
// which says what each function gives. WGSL has no doubles, so all is done by integers.
//
// A part of other shaders, not one by itself. Stands after shaders/exact.wgsl.

// Four doubles, or four integers of 64 bits.
struct Four {
    low: vec4<u32>,
    high: vec4<u32>,
}

const SIGN: u32 = 0x80000000u;
const INFINITE_HIGH: u32 = 0x7ff00000u;       // the high word of +infinity
const INFINITE_KEY_HIGH: u32 = 0xffe00000u;   // and that of its key
const MINUS_INFINITY_HIGH: u32 = 0xfff00000u;

// ---- four integers of 64 bits ----

fn add_four(a: Four, b: Four) -> Four {
    let low = a.low + b.low;
    return Four(low, a.high + b.high + select(vec4<u32>(0u), vec4<u32>(1u), low < b.low));
}

fn sub_four(a: Four, b: Four) -> Four {
    let borrow = select(vec4<u32>(0u), vec4<u32>(1u), a.low < b.low);
    return Four(a.low - b.low, a.high - b.high - borrow);
}

fn less_four(a: Four, b: Four) -> vec4<bool> {
    return (a.high < b.high) | ((a.high == b.high) & (a.low < b.low));
}

fn select_four(no: Four, yes: Four, condition: vec4<bool>) -> Four {
    return Four(select(no.low, yes.low, condition), select(no.high, yes.high, condition));
}

// For counts below 64.
fn left_four(a: Four, count: vec4<u32>) -> Four {
    let bits = count & vec4<u32>(31u);
    let high = (a.high << bits) | ((a.low >> vec4<u32>(1u)) >> (vec4<u32>(31u) - bits));
    let low = a.low << bits;
    let far = count >= vec4<u32>(32u);
    return Four(select(low, vec4<u32>(0u), far), select(high, low, far));
}

// For counts below 64; digits that are lost leave a last bit of 1.
fn right_four(a: Four, count: vec4<u32>) -> Four {
    let bits = count & vec4<u32>(31u);
    let low = (a.low >> bits) | ((a.high << vec4<u32>(1u)) << (vec4<u32>(31u) - bits));
    let high = a.high >> bits;
    let far = count >= vec4<u32>(32u);
    let mask = (vec4<u32>(1u) << bits) - vec4<u32>(1u);
    let lost = select(a.low & mask, a.low | (a.high & mask), far);
    let kept = Four(select(low, high, far), select(high, vec4<u32>(0u), far));
    return Four(kept.low | min(lost, vec4<u32>(1u)), kept.high);
}

// ---- keys ----

fn keys_of_doubles(bits: Four) -> Four {
    let magnitude = Four(bits.low, bits.high & vec4<u32>(0x7fffffffu));
    let middle = Four(vec4<u32>(0u), vec4<u32>(INFINITE_HIGH));
    let below = sub_four(middle, magnitude);
    return select_four(add_four(middle, magnitude), below, bits.high >= vec4<u32>(SIGN));
}

fn key_of_double(bits: vec2<u32>) -> vec2<u32> {
    let key = keys_of_doubles(Four(bits.xxxx, bits.yyyy));
    return vec2<u32>(key.low.x, key.high.x);
}

fn double_of_key(key: vec2<u32>) -> vec2<u32> {
    let middle = vec2<u32>(0u, INFINITE_HIGH);
    let below = sub64(middle, key);
    return select(sub64(key, middle), vec2<u32>(below.x, below.y | SIGN), less64(key, middle));
}

// ---- differences ----

// digits * 2^(scale - 1140); digits are 0, or from 2^62 to 2^63 and a multiple of 2^10.
struct Rounded {
    digits: Four,
    scale: vec4<u32>,
}

fn exponent_of_four(bits: Four) -> vec4<u32> {
    return max((bits.high >> vec4<u32>(20u)) & vec4<u32>(0x7ffu), vec4<u32>(1u));
}

// 53 digits and three more, for what is rounded away.
fn digits_of_four(bits: Four) -> Four {
    let implicit = select(vec4<u32>(0u), vec4<u32>(0x00100000u), (bits.high & vec4<u32>(INFINITE_HIGH)) != vec4<u32>(0u));
    let high = (bits.high & vec4<u32>(0x000fffffu)) | implicit;
    return Four(bits.low << vec4<u32>(3u), (high << vec4<u32>(3u)) | (bits.low >> vec4<u32>(29u)));
}

// high - low >= 0 for finite doubles, rounded to 53 bits, ties to even.
fn difference_in_53_bits(high: Four, low: Four) -> Rounded {
    let a = Four(high.low, high.high & vec4<u32>(0x7fffffffu));
    let b = Four(low.low, low.high & vec4<u32>(0x7fffffffu));
    let swap = less_four(a, b);
    let large = select_four(a, b, swap);
    let small = select_four(b, a, swap);
    let exponent = exponent_of_four(large);
    let shift = min(exponent - exponent_of_four(small), vec4<u32>(63u));
    let digits = digits_of_four(large);
    let aligned = right_four(digits_of_four(small), shift);
    let apart = (high.high ^ low.high) >= vec4<u32>(SIGN);
    let sum = select_four(sub_four(digits, aligned), add_four(digits, aligned), apart);
    let zero = (sum.low | sum.high) == vec4<u32>(0u);
    let wide = sum.high != vec4<u32>(0u);
    let leading = select(firstLeadingBit(sum.low), firstLeadingBit(sum.high) + vec4<u32>(32u), wide);
    let place = select(leading, vec4<u32>(0u), zero);
    let full = left_four(sum, vec4<u32>(62u) - place);
    let odd = (full.low >> vec4<u32>(10u)) & vec4<u32>(1u);
    let rounded = add_four(full, Four(vec4<u32>(0x1ffu) + odd, vec4<u32>(0u)));
    return Rounded(
        Four(rounded.low & vec4<u32>(0xfffffc00u), rounded.high),
        select(exponent + place, vec4<u32>(0u), zero),
    );
}

// The bits of max / 2 - score / 2, in single precision.
fn half_gap(high: Four, low: Four) -> vec4<u32> {
    let difference = difference_in_53_bits(high, low);
    let scale = difference.scale;
    let more = min(difference.digits.low, vec4<u32>(1u));
    let digits = difference.digits.high | more;
    let odd = (digits >> vec4<u32>(7u)) & vec4<u32>(1u);
    let rounded = (digits + vec4<u32>(63u) + odd) >> vec4<u32>(7u);
    let single = ((scale - vec4<u32>(953u)) << vec4<u32>(23u)) + rounded;
    let near = select(single, vec4<u32>(0u), scale < vec4<u32>(1039u));
    return select(near, vec4<u32>(0x41600000u), scale >= vec4<u32>(1083u));
}

// e^(x - max) for four scores x, -infinity among them.
fn terms_of_doubles(bits: Four, max: vec2<u32>) -> Terms {
    let masked = bits.high == vec4<u32>(MINUS_INFINITY_HIGH);
    let most = Four(max.xxxx, max.yyyy);
    let gap = bitcast<vec4<f32>>(half_gap(most, select_four(bits, most, masked)));
    return terms_of(select(gap, vec4<f32>(14.0), masked));
}

// 1 - p for a probability.
fn complement_of_double(p: vec2<u32>) -> vec2<u32> {
    let one = Four(vec4<u32>(0u), vec4<u32>(0x3ff00000u));
    let rest = difference_in_53_bits(one, Four(p.xxxx, p.yyyy));
    let digits = vec2<u32>((rest.digits.low.x >> 10u) | (rest.digits.high.x << 22u), rest.digits.high.x >> 10u);
    let bits = add64(digits, vec2<u32>(0u, (rest.scale.x - 56u) << 20u));
    return select(bits, vec2<u32>(0u), rest.scale.x == 0u);
}

// ---- probabilities ----

// The mantissas of normal doubles in units of 2^-31, truncated.
fn top_digits(bits: Four) -> vec4<u32> {
    return (bits.high << vec4<u32>(11u)) | (bits.low >> vec4<u32>(21u)) | vec4<u32>(SIGN);
}

// In units of 2^-30, truncated.
fn units_of_doubles(bits: Four) -> vec4<u32> {
    let shift = vec4<u32>(1024u) - exponent_of_four(bits);
    return select(top_digits(bits) >> shift, vec4<u32>(0u), shift >= vec4<u32>(32u));
}

// -ln of a probability that is normal.
fn neg_ln_of_double(bits: vec2<u32>) -> vec2<u32> {
    let whole = product64(1023u - (bits.y >> 20u), LN_2);
    let digits = (bits.y << 11u) | (bits.x >> 21u) | SIGN;
    let part = vec2<u32>(ln_mantissa(digits), 0u);
    return select(sub64(whole, part), vec2<u32>(0u), less64(whole, part));
}

// ---- differences in units of 2^-32 ----

// floor(x * 2^32) for |x| < 2^80, in two's complement of 128 bits.
fn fixed_of_double(bits: vec2<u32>) -> vec4<u32> {
    let exponent = max((bits.y >> 20u) & 0x7ffu, 1u);
    let implicit = select(0u, 0x00100000u, (bits.y & INFINITE_HIGH) != 0u);
    let digits = vec2<u32>(bits.x, (bits.y & 0x000fffffu) | implicit);
    let negative = bits.y >= SIGN;
    // x * 2^32 = digits * 2^(exponent - 1043)
    var size: vec4<u32>;
    if exponent >= 1043u {
        let up = exponent - 1043u;
        let count = up & 31u;
        let rest = 31u - count;
        let middle = (digits.y << count) | ((digits.x >> 1u) >> rest);
        let near = vec4<u32>(digits.x << count, middle, (digits.y >> 1u) >> rest, 0u);
        size = select(near, vec4<u32>(0u, near.xyz), up >= 32u);
    } else {
        let down = min(1043u - exponent, 63u);
        let count = down & 31u;
        let mask = (1u << count) - 1u;
        if down >= 32u {
            let lost = digits.x | (digits.y & mask);
            size = vec4<u32>((digits.y >> count), 0u, 0u, 0u);
            size.x += select(0u, 1u, negative & (lost != 0u));
        } else {
            let low = (digits.x >> count) | ((digits.y << 1u) << (31u - count));
            let more = select(0u, 1u, negative & ((digits.x & mask) != 0u));
            size = vec4<u32>(add64(vec2<u32>(low, digits.y >> count), vec2<u32>(more, 0u)), 0u, 0u);
        }
    }
    if negative {
        return sub128(vec4<u32>(0u), size);
    }
    return size;
}

fn sub128(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
    let low = sub64(a.xy, b.xy);
    let borrow = select(0u, 1u, less64(a.xy, b.xy));
    return vec4<u32>(low, sub64(sub64(a.zw, b.zw), vec2<u32>(borrow, 0u)));
}

// high - low for finite doubles, high >= low; at most LOSS_CAP.
fn difference_of_doubles(high: vec2<u32>, low: vec2<u32>) -> vec2<u32> {
    let cap = vec2<u32>(0u, LOSS_CAP_HIGH);
    let most = max((high.y >> 20u) & 0x7ffu, (low.y >> 20u) & 0x7ffu);
    if most >= 1103u {
        return select(cap, vec2<u32>(0u), all(high == low));
    }
    let gap = sub128(fixed_of_double(high), fixed_of_double(low));
    return select(min64(gap.xy, cap), cap, (gap.z | gap.w) != 0u);
}
