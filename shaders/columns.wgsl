// Columns of integers in their own width, read as classes: the beginning of
// every module that counts pairs.
//
// Twin: src/kernel/confusion/column.rs.
//
// A thread reads four rows at once, so that rows of one and two bytes come in
// whole words; threads side by side read quads side by side. A column of a byte
// per row costs one load of a word in four rows, one of eight bytes two of four.

struct Params {
    rows: u32,             // rows in this dispatch, below 2^31
    classes: u32,          // C, below 2^32 - 1
    label_type: u32,       // the column types below
    prediction_type: u32,
    label_base: vec2<u32>,      // the value of class 0, low word first
    prediction_base: vec2<u32>,
    replicas: u32,         // counters of a cell in workgroup memory, as a power of 2
    slots: u32,            // slots of the sparse table, as a power of 2
    room: u32,             // pairs that the spill list has room for
    pad: u32,
}

const U8: u32 = 1u;
const U16: u32 = 2u;
const U32: u32 = 4u;
const I32: u32 = 20u;
const I64: u32 = 8u;

// Column types known when the module is compiled, or 0: as the parameters say.
// Drivers leave out what other types need; some run it all, unless told.
override LABELS: u32 = 0u;
override PREDICTIONS: u32 = 0u;

// No class, no cell.
const NONE: u32 = 0xffffffffu;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> labels: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> predictions: array<vec4<u32>>;

// The values of four rows, widened to 64 bits.
struct Quad {
    low: vec4<u32>,
    high: vec4<u32>,
}

fn bytes(word: u32) -> Quad {
    let all = vec4<u32>(word) >> vec4<u32>(0u, 8u, 16u, 24u);
    return Quad(all & vec4<u32>(0xffu), vec4<u32>());
}

fn halves(first: u32, second: u32) -> Quad {
    let all = vec4<u32>(first, first, second, second) >> vec4<u32>(0u, 16u, 0u, 16u);
    return Quad(all & vec4<u32>(0xffffu), vec4<u32>());
}

fn words(low: vec4<u32>, code: u32) -> Quad {
    let sign = bitcast<vec4<u32>>(bitcast<vec4<i32>>(low) >> vec4<u32>(31u));
    return Quad(low, select(vec4<u32>(), sign, code == I32));
}

fn pairs(first: vec4<u32>, second: vec4<u32>) -> Quad {
    return Quad(vec4<u32>(first.xz, second.xz), vec4<u32>(first.yw, second.yw));
}

fn label_quad(quad: u32) -> Quad {
    let code = select(LABELS, params.label_type, LABELS == 0u);
    switch code {
        case U8: { return bytes(labels[quad >> 2u][quad & 3u]); }
        case U16: {
            let at = (quad & 1u) * 2u;
            return halves(labels[quad >> 1u][at], labels[quad >> 1u][at + 1u]);
        }
        case I64: { return pairs(labels[quad * 2u], labels[quad * 2u + 1u]); }
        default: { return words(labels[quad], code); }
    }
}

fn prediction_quad(quad: u32) -> Quad {
    let code = select(PREDICTIONS, params.prediction_type, PREDICTIONS == 0u);
    switch code {
        case U8: { return bytes(predictions[quad >> 2u][quad & 3u]); }
        case U16: {
            let at = (quad & 1u) * 2u;
            return halves(predictions[quad >> 1u][at], predictions[quad >> 1u][at + 1u]);
        }
        case I64: { return pairs(predictions[quad * 2u], predictions[quad * 2u + 1u]); }
        default: { return words(predictions[quad], code); }
    }
}

// Values from `base` on as classes; NONE for all that are not in 0..2^32 - 1.
fn classes_of(values: Quad, base: vec2<u32>) -> vec4<u32> {
    let borrow = select(vec4<u32>(), vec4<u32>(1u), values.low < vec4<u32>(base.x));
    let high = values.high - vec4<u32>(base.y) - borrow;
    return select(vec4<u32>(NONE), values.low - vec4<u32>(base.x), high == vec4<u32>());
}

fn label_classes(quad: u32) -> vec4<u32> {
    return classes_of(label_quad(quad), params.label_base);
}

fn prediction_classes(quad: u32) -> vec4<u32> {
    return classes_of(prediction_quad(quad), params.prediction_base);
}
