// Arithmetic that gives the bits of the CPU's: the shader side of src/exact.
//
// A part of other shaders, not one by itself. The module that it is put in
// declares `params.zero`, a uniform that is always 0, and `tables`, whose first
// words are the tables of `ln_mantissa`.
//
// Integers are exact everywhere. Floats are not: WGSL lets a compiler assume
// that there is no NaN and no infinity, flush subnormals, fuse a product with a
// sum, and reassociate. So scores arrive as words and are compared as integers;
// only finite ones enter float arithmetic; and every product, sum and difference
// passes through `opaque`, so that each is one operation, rounded once. Flushing
// can't show: a gap that small gives the term of a gap of 0.
//
// Stands after shaders/integers.wgsl, which has integers of 64 bits, and
// shaders/floats.wgsl, which has the order of floats.

const LN_2: u32 = 0xb17217f8u;              // in units of 2^-32
const LOSS_CAP_HIGH: u32 = 0x00100000u;     // 2^52, the largest loss that is told apart
const MINUS_INFINITY: u32 = 0xff800000u;    // the bits of a masked score
const ONE: vec2<u32> = vec2<u32>(0u, 256u); // a softmax term of 1: 2^40

// ---- softmax terms ----

// One term is (value << 10) >> n, its square (square << 11) >> 2n.
struct Terms {
    n: vec4<u32>,
    value: vec4<u32>,   // below 2^31
    square: vec4<u32>,  // at most 2^30
}

fn opaque(value: vec4<f32>) -> vec4<f32> {
    return bitcast<vec4<f32>>(bitcast<vec4<u32>>(value) ^ vec4<u32>(params.zero));
}

// The mantissa of normal floats, in units of their last place. Conversions are
// done by shifts: they would saturate, which is slower, and round no better.
fn mantissa(bits: vec4<u32>) -> vec4<u32> {
    return (bits & vec4<u32>(0x007fffffu)) | vec4<u32>(0x00800000u);
}

// e^(x - m) for four scores x, -infinity among them, and half of the row's
// maximum m.
fn terms(bits: vec4<u32>, half_max: f32) -> Terms {
    let masked = bits == vec4<u32>(MINUS_INFINITY);
    let x = bitcast<vec4<f32>>(select(bits, vec4<u32>(0u), masked));
    let gap = opaque(vec4<f32>(half_max) - opaque(x * 0.5));
    return terms_of(select(gap, vec4<f32>(14.0), masked));
}

// The terms of halved gaps.
fn terms_of(gap: vec4<f32>) -> Terms {
    // From 14 on the term is 0, as it is at 14.
    let h = select(vec4<f32>(14.0), gap, gap < vec4<f32>(14.0));
    let y = opaque(h * 2.88539);
    let w = opaque(y + 0.5);
    let w_bits = bitcast<vec4<u32>>(w);
    let f = opaque(y - floor(w));
    var p = opaque(opaque(f * -0.00015461448) + 0.0013390867);
    p = opaque(opaque(p * f) + -0.009618057);
    p = opaque(opaque(p * f) + 0.05550357);
    p = opaque(opaque(p * f) + -0.2402265);
    p = opaque(opaque(p * f) + 0.6931472);
    let e = opaque(1.0 - opaque(f * p));
    let e_bits = bitcast<vec4<u32>>(e);
    let q_bits = bitcast<vec4<u32>>(e * e);
    return Terms(
        mantissa(w_bits) >> (vec4<u32>(150u) - (w_bits >> vec4<u32>(23u))),
        // e * 2^30 and e^2 * 2^29; e lies in 0.7..1.5.
        mantissa(e_bits) << ((e_bits >> vec4<u32>(23u)) - vec4<u32>(120u)),
        mantissa(q_bits) << ((q_bits >> vec4<u32>(23u)) - vec4<u32>(121u)),
    );
}

// Sums of terms or of probabilities, and of their squares.
struct Sums {
    values: vec2<u32>,
    squares: vec2<u32>,
}

// The sum of four u64, each of 20 low bits and the rest.
fn sum_of_parts(high: vec4<u32>, low: vec4<u32>) -> vec2<u32> {
    let highs = (high.x + high.y) + (high.z + high.w);
    let lows = (low.x + low.y) + (low.z + low.w);
    return add64(vec2<u32>(highs << 20u, highs >> 12u), vec2<u32>(lows, 0u));
}

// (value << up) >> down, summed. Shifts count modulo 32, so those beyond are
// held at 31, which leaves nothing of values below 2^31.
fn sum_of_shifted(value: vec4<u32>, up: u32, down: vec4<u32>) -> vec2<u32> {
    let most = vec4<u32>(31u);
    let ups = vec4<u32>(up);
    let high = value >> min(down + vec4<u32>(20u - up), most);
    let low = select(value >> min(down - ups, most), value << (ups - down), down < ups);
    return sum_of_parts(high, low & vec4<u32>(0xfffffu));
}

fn add_terms(sums: Sums, t: Terms) -> Sums {
    return Sums(
        add64(sums.values, sum_of_shifted(t.value, 10u, t.n)),
        add64(sums.squares, sum_of_shifted(t.square, 11u, t.n << vec4<u32>(1u))),
    );
}

// The value and the square of one score's term.
fn single_term(bits: u32, half_max: f32) -> Sums {
    let alone = vec4<u32>(bits, MINUS_INFINITY, MINUS_INFINITY, MINUS_INFINITY);
    return add_terms(Sums(vec2<u32>(0u), vec2<u32>(0u)), terms(alone, half_max));
}

// A probability's bits in units of 2^-30, truncated.
fn unit4(bits: vec4<u32>) -> vec4<u32> {
    let exponent = (bits >> vec4<u32>(23u)) & vec4<u32>(0xffu);
    let down = min(vec4<u32>(120u) - exponent, vec4<u32>(31u));
    let up = exponent - vec4<u32>(120u);
    return select(mantissa(bits) >> down, mantissa(bits) << up, exponent >= vec4<u32>(120u));
}

// ---- quotients ----

// floor(numerator * 2^31 / denominator) for numerator <= denominator < 2^62.
fn ratio(numerator: vec2<u32>, denominator: vec2<u32>) -> u32 {
    var rest = numerator;
    var quotient = 0u;
    if !less64(rest, denominator) {
        rest = sub64(rest, denominator);
        quotient = 1u;
    }
    for (var bit = 0u; bit < 31u; bit++) {
        rest = double64(rest);
        let short = less64(rest, denominator);
        rest = select(sub64(rest, denominator), rest, short);
        quotient = (quotient << 1u) | select(1u, 0u, short);
    }
    return quotient;
}

// The bin of part / whole <= 1 among `bins`, by long multiplication: the rest
// stays below whole, so twice the rest and one part are below 3 * 2^62.
fn bin_of_quotient(part: vec2<u32>, whole: vec2<u32>, bins: u32, right_closed: bool) -> u32 {
    var rest = vec2<u32>(0u);
    var bin = 0u;
    for (var bit = 32u - countLeadingZeros(bins); bit > 0u; bit--) {
        rest = double64(rest);
        bin <<= 1u;
        if ((bins >> (bit - 1u)) & 1u) == 1u {
            rest = add64(rest, part);
        }
        for (var twice = 0u; twice < 2u; twice++) {
            let short = less64(rest, whole);
            rest = select(sub64(rest, whole), rest, short);
            bin += select(1u, 0u, short);
        }
    }
    // An edge is the end of the bin below it, if bins hold their upper edges.
    let on_edge = all(rest == vec2<u32>(0u));
    bin -= select(0u, 1u, right_closed & on_edge & (bin != 0u));
    return min(bin, bins - 1u);
}

// ---- logarithms, in units of 2^-32 ----

// ln of a mantissa in 1..2, given in units of 2^-31.
fn ln_mantissa(value: u32) -> u32 {
    let i = (value >> 24u) & 0x7fu;
    let r = high_product((value & 0x00ffffffu) << 1u, tables[128u + i]);
    let r2 = high_product(r, r);
    let r3 = high_product(r2, r);
    let r4 = high_product(r2, r2);
    return tables[i] + (r - (r2 >> 1u) + r3 / 3u - (r4 >> 2u));
}

// ln of a softmax sum in units of 2^-40: 2^40 <= sum < 2^63.
fn ln_sum(sum: vec2<u32>) -> vec2<u32> {
    let zeros = countLeadingZeros(sum.y);
    let top = left64(sum, zeros).y;
    return add64(product64(23u - zeros, LN_2), vec2<u32>(ln_mantissa(top), 0u));
}

// -ln of a probability, by its bits, which are normal and at most those of 1.
fn neg_ln(bits: u32) -> vec2<u32> {
    let whole = product64(127u - (bits >> 23u), LN_2);
    let part = vec2<u32>(ln_mantissa(0x80000000u | (bits << 8u)), 0u);
    return select(sub64(whole, part), vec2<u32>(0u), less64(whole, part));
}

// floor(x * 2^32) for |x| < 2^31, in two's complement.
fn fixed(bits: u32) -> vec2<u32> {
    let exponent = (bits >> 23u) & 0xffu;
    let implicit = select(0u, 0x00800000u, exponent != 0u);
    let digits = (bits & 0x007fffffu) | implicit;
    let negative = (bits >> 31u) == 1u;
    // x = digits * 2^(exponent - 150)
    let up = exponent - 118u;
    let down = min(118u - exponent, 31u);
    let below32 = vec2<u32>(digits << up, select(0u, digits >> (32u - up), up != 0u));
    let large = select(below32, vec2<u32>(0u, digits << (up - 32u)), up >= 32u);
    let lost = (digits & ((1u << down) - 1u)) != 0u;
    let small = vec2<u32>((digits >> down) + select(0u, 1u, lost & negative), 0u);
    let magnitude = select(small, large, exponent >= 118u);
    return select(magnitude, sub64(vec2<u32>(0u), magnitude), negative);
}

// high - low for finite scores, high >= low, each truncated downwards to units
// of 2^-32; at most LOSS_CAP.
fn difference(high: u32, low: u32) -> vec2<u32> {
    let cap = vec2<u32>(0u, LOSS_CAP_HIGH);
    let high_exponent = (high >> 23u) & 0xffu;
    let low_exponent = (low >> 23u) & 0xffu;
    let most = max(high_exponent, low_exponent);
    let least = min(high_exponent, low_exponent);
    // Below 2^31 both, as fixed-point numbers.
    let near = min64(sub64(fixed(high), fixed(low)), cap);
    // Else they are whole numbers with neighbouring exponents, or far apart.
    let high_digits = ((high & 0x007fffffu) | 0x00800000u) << min(high_exponent - least, 1u);
    let low_digits = ((low & 0x007fffffu) | 0x00800000u) << min(low_exponent - least, 1u);
    let digits = max(high_digits, low_digits) - min(high_digits, low_digits);
    let scale = least - 150u;
    let beyond = digits >= (1u << (20u - min(scale, 20u)));
    let far = (((high ^ low) >> 31u) == 1u) | (most - least > 1u) | beyond;
    let apart = select(vec2<u32>(0u, digits << min(scale, 20u)), cap, far);
    return select(near, apart, most >= 158u);
}
