// Floats as words: their order, and half precision. A part of other shaders, not
// one by itself.
//
// WGSL lets a compiler assume that there is no NaN and no infinity. So scores
// arrive as words and are compared as integers.

// The key of a score's bits: ordered as the scores are, equal for both zeros.
// -infinity has the least key; +infinity and every NaN have INFINITE or more.
const LEAST: i32 = -2147483648;
const INFINITE: i32 = 0x7f000000;

fn key4(bits: vec4<u32>) -> vec4<i32> {
    let sign = bitcast<vec4<i32>>(bits) >> vec4<u32>(31u);
    let magnitude = bitcast<vec4<i32>>(bits & vec4<u32>(0x7fffffffu));
    return ((magnitude ^ sign) - sign) - vec4<i32>(0x00800000);
}

fn key1(bits: u32) -> i32 {
    return key4(vec4<u32>(bits)).x;
}

// The bits that a key stands for; those of +0 for zeros.
fn bits_of_key(key: i32) -> u32 {
    let value = key + 0x00800000;
    return select(bitcast<u32>(value), bitcast<u32>(-value) | 0x80000000u, value < 0);
}

// IEEE half precision, in the lower 16 bits, to single precision.
fn widened_halves(half: vec4<u32>) -> vec4<u32> {
    let sign = (half & vec4<u32>(0x8000u)) << vec4<u32>(16u);
    let magnitude = half & vec4<u32>(0x7fffu);
    let normal = (magnitude << vec4<u32>(13u)) + vec4<u32>(0x38000000u);
    // NaN and infinity: the exponent goes on to its end.
    let finite = select(normal, normal + vec4<u32>(0x38000000u), magnitude >= vec4<u32>(0x7c00u));
    // Subnormal: magnitude * 2^-24, whose leading bit becomes implicit.
    let leading = firstLeadingBit(magnitude);
    let fraction = (magnitude << (vec4<u32>(23u) - leading)) & vec4<u32>(0x7fffffu);
    let small = ((leading + vec4<u32>(103u)) << vec4<u32>(23u)) | fraction;
    let nonzero = select(vec4<u32>(0u), small, magnitude != vec4<u32>(0u));
    return sign | select(finite, nonzero, magnitude < vec4<u32>(0x0400u));
}
