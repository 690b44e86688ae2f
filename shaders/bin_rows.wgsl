// Rows by calibration bin: the beginning of the modules that count them, which
// say where the counters are by declaring `add`.
//
// Twin: src/kernel/bins.rs.
//
// Most rows of a good model lie in the last bin, so neighbouring rows of one
// thread in one bin are summed in registers and leave as one addition.

struct Params {
    rows: u32,      // rows in this dispatch, below 2^31
    stride: u32,    // words of a plane
    bins: u32,      // B, at most 2^20
    replicas: u32,  // counters of a bin in workgroup memory, as a power of 2
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> labels: array<u32>;                    // [rows]
@group(0) @binding(2) var<storage, read> planes: array<u32>;                    // [8][stride]
// Rows, those that are right, and their confidence in two words: [B][4].
@group(0) @binding(3) var<storage, read_write> counters: array<atomic<u32>>;

override WORKGROUP: u32 = 64u;

struct Sum {
    rows: u32,
    correct: u32,
    low: u32,
    high: u32,
}

// Sums every `step`th row from `first` on; from B on a bin is none.
fn sum_rows(first: u32, step: u32) {
    var last = params.bins;
    var sum = Sum();
    for (var row = first; row < params.rows; row += step) {
        let bin = planes[6u * params.stride + row];
        if bin != last {
            if sum.rows != 0u {
                add(last, sum);
            }
            last = bin;
            sum = Sum();
        }
        if bin < params.bins {
            let confidence = planes[2u * params.stride + row];
            sum.rows += 1u;
            sum.correct += select(0u, 1u, planes[row] == labels[row]);
            sum.low += confidence;
            sum.high += select(0u, 1u, sum.low < confidence);
        }
    }
    if sum.rows != 0u {
        add(last, sum);
    }
}

// Adds to the counters of a bin on the device.
fn deliver(bin: u32, sum: Sum) {
    let at = 4u * bin;
    atomicAdd(&counters[at], sum.rows);
    if sum.correct != 0u {
        atomicAdd(&counters[at + 1u], sum.correct);
    }
    let before = atomicAdd(&counters[at + 2u], sum.low);
    let high = sum.high + select(0u, 1u, before + sum.low < sum.low);
    if high != 0u {
        atomicAdd(&counters[at + 3u], high);
    }
}
