// Columns of integers in their own width, read as classes: the beginning of
// every module that counts pairs.
//
// Twin: src/kernel/confusion/column.rs.
//
// A thread reads four rows at once, so that rows of one and two bytes come in
// whole words; threads side by side read quads side by side. A column of a byte
// per row costs one load in four rows, one of eight bytes eight.

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
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read> predictions: array<u32>;

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

fn signs(low: vec4<u32>) -> vec4<u32> {
    return bitcast<vec4<u32>>(bitcast<vec4<i32>>(low) >> vec4<u32>(31u));
}

fn label_quad(quad: u32) -> Quad {
    let code = select(LABELS, params.label_type, LABELS == 0u);
    let at = quad * (code & 15u);
    switch code {
        case U8: { return bytes(labels[at]); }
        case U16: { return halves(labels[at], labels[at + 1u]); }
        case I64: {
            return Quad(
                vec4<u32>(labels[at], labels[at + 2u], labels[at + 4u], labels[at + 6u]),
                vec4<u32>(labels[at + 1u], labels[at + 3u], labels[at + 5u], labels[at + 7u]),
            );
        }
        default: {
            let low = vec4<u32>(labels[at], labels[at + 1u], labels[at + 2u], labels[at + 3u]);
            return Quad(low, select(vec4<u32>(), signs(low), code == I32));
        }
    }
}

fn prediction_quad(quad: u32) -> Quad {
    let code = select(PREDICTIONS, params.prediction_type, PREDICTIONS == 0u);
    let at = quad * (code & 15u);
    switch code {
        case U8: { return bytes(predictions[at]); }
        case U16: { return halves(predictions[at], predictions[at + 1u]); }
        case I64: {
            return Quad(
                vec4<u32>(
                    predictions[at], predictions[at + 2u],
                    predictions[at + 4u], predictions[at + 6u],
                ),
                vec4<u32>(
                    predictions[at + 1u], predictions[at + 3u],
                    predictions[at + 5u], predictions[at + 7u],
                ),
            );
        }
        default: {
            let low = vec4<u32>(
                predictions[at], predictions[at + 1u], predictions[at + 2u], predictions[at + 3u],
            );
            return Quad(low, select(vec4<u32>(), signs(low), code == I32));
        }
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
