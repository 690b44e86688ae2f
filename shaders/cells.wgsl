// Rows of two columns by cell: between columns.wgsl and the module that says
// where the counters are.
//
// It declares `keys`, which maps the cells of four rows to numbers of counters,
// and `add`, which adds to one of them. Neighbouring rows of one thread that fall
// into one cell are counted in a register and leave as one addition: labels are
// often sorted.

@group(0) @binding(3) var<storage, read_write> cells: array<atomic<u32>>;  // [C * C + 1]

override WORKGROUP: u32 = 64u;

var<private> last: u32;
var<private> run: u32;

fn count(key: u32) {
    if key == last {
        run += 1u;
    } else if key != NONE {
        if run != 0u {
            add(last, run);
        }
        last = key;
        run = 1u;
    }
}

// Cells of four rows: C * C for a pair beyond the classes, NONE after the end.
fn keys_of(quad: u32) -> vec4<u32> {
    let classes = vec4<u32>(params.classes);
    let label = label_classes(quad);
    let prediction = prediction_classes(quad);
    let inside = (label < classes) & (prediction < classes);
    let key = keys(label, prediction);
    let row = vec4<u32>(quad * 4u) + vec4<u32>(0u, 1u, 2u, 3u);
    let cell = select(classes * classes, key, inside);
    return select(vec4<u32>(NONE), cell, row < vec4<u32>(params.rows));
}

// Counts every `step`th quad from `first` on.
fn count_quads(first: u32, step: u32) {
    last = NONE;
    run = 0u;
    let quads = (params.rows + 3u) / 4u;
    for (var quad = first; quad < quads; quad += step) {
        let four = keys_of(quad);
        count(four.x);
        count(four.y);
        count(four.z);
        count(four.w);
    }
    if run != 0u {
        add(last, run);
    }
}
