// Rows by label and prediction, counters in workgroup memory: few classes.
//
// Twin: src/kernel/confusion/shader.rs. Begins with columns.wgsl.
//
// Moves: the two columns once (2 to 16 bytes per row, which it must) and the
// cells once per workgroup.
//
// Predictions are mostly right, so a few cells are hot. A cell has 2^replicas
// counters, next to each other, and threads side by side use different ones;
// neighbouring rows of one thread in one cell leave as one addition.

@group(0) @binding(3) var<storage, read_write> cells: array<atomic<u32>>;  // [C * C + 1]

override WORKGROUP: u32 = 64u;

// C * C * 2^replicas of them are in use.
var<workgroup> counters: array<atomic<u32>, 4096>;

var<private> last: u32;
var<private> run: u32;
var<private> beyond: u32;

fn flush(replica: u32) {
    if run != 0u {
        atomicAdd(&counters[(last << params.replicas) + replica], run);
    }
}

fn count(cell: u32, none: u32, replica: u32) {
    if cell == last {
        run += 1u;
    } else if cell < none {
        flush(replica);
        last = cell;
        run = 1u;
    } else if cell == none {
        beyond += 1u;
    }
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    let none = params.classes * params.classes;
    for (var at = local; at < none << params.replicas; at += WORKGROUP) {
        atomicStore(&counters[at], 0u);
    }
    workgroupBarrier();

    let replica = local & ((1u << params.replicas) - 1u);
    last = 0u;
    run = 0u;
    beyond = 0u;
    let quads = (params.rows + 3u) / 4u;
    for (var quad = id.x; quad < quads; quad += groups.x * WORKGROUP) {
        let four = cells_of(quad);
        count(four.x, none, replica);
        count(four.y, none, replica);
        count(four.z, none, replica);
        count(four.w, none, replica);
    }
    flush(replica);
    if beyond != 0u {
        atomicAdd(&cells[none], beyond);
    }
    workgroupBarrier();

    for (var cell = local; cell < none; cell += WORKGROUP) {
        var rows = 0u;
        for (var at = 0u; at < 1u << params.replicas; at++) {
            rows += atomicLoad(&counters[(cell << params.replicas) + at]);
        }
        if rows != 0u {
            atomicAdd(&cells[cell], rows);
        }
    }
}
