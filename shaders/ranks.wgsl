// Rows by the rank of their label: one counter per rank.
//
// Twin: src/kernel/ranks.rs.
//
// Most rows of a good model have rank 0, so neighbouring rows of one thread are
// counted in a register and leave as one addition.

struct Params {
    rows: u32,     // rows in this dispatch, below 2^31
    classes: u32,  // C
    pad0: u32,
    pad1: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> ranks: array<u32>;                   // [rows]; from C on: not scored
@group(0) @binding(2) var<storage, read_write> counts: array<atomic<u32>>;    // [C]

override WORKGROUP: u32 = 64u;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    var last = 0u;
    var run = 0u;
    for (var row = id.x; row < params.rows; row += groups.x * WORKGROUP) {
        let rank = ranks[row];
        if rank != last {
            if run != 0u {
                atomicAdd(&counts[last], run);
            }
            last = rank;
            run = 0u;
        }
        run += select(0u, 1u, rank < params.classes);
    }
    if run != 0u {
        atomicAdd(&counts[last], run);
    }
}
