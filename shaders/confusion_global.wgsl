// Rows by label and prediction, counters in the memory of the device.
//
// Twin: src/kernel/confusion/shader.rs. Begins with columns.wgsl.
//
// Moves: the two columns once (2 to 16 bytes per row, which it must) and up to 4
// bytes read and written per row, fewer where neighbouring rows of one thread
// fall into one cell and leave as one addition.

@group(0) @binding(3) var<storage, read_write> cells: array<atomic<u32>>;  // [C * C + 1]

override WORKGROUP: u32 = 64u;

var<private> last: u32;
var<private> run: u32;

fn flush() {
    if run != 0u {
        atomicAdd(&cells[last], run);
    }
}

fn count(cell: u32) {
    if cell == last {
        run += 1u;
    } else if cell != NONE {
        flush();
        last = cell;
        run = 1u;
    }
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    last = 0u;
    run = 0u;
    let quads = (params.rows + 3u) / 4u;
    for (var quad = id.x; quad < quads; quad += groups.x * WORKGROUP) {
        let four = cells_of(quad);
        count(four.x);
        count(four.y);
        count(four.z);
        count(four.w);
    }
    flush();
}
