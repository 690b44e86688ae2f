// Rows by label and prediction, counters in workgroup memory: few classes.
//
// Twin: src/kernel/confusion/shader.rs. Begins with columns.wgsl, cells.wgsl.
//
// Moves: the two columns once (2 to 16 bytes per row, which it must) and the
// cells once per workgroup.
//
// Predictions are mostly right, so a few cells are hot. A cell has 2^replicas
// counters, next to each other, and threads side by side use different ones.

// (C * C + 1) * 2^replicas of them are in use.
var<workgroup> counters: array<atomic<u32>, 4096>;

var<private> replica: u32;

fn keys(label: vec4<u32>, prediction: vec4<u32>) -> vec4<u32> {
    return label * params.classes + prediction;
}

fn add(key: u32, rows: u32) {
    atomicAdd(&counters[(key << params.replicas) + replica], rows);
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    let count = params.classes * params.classes + 1u;
    for (var at = local; at < count << params.replicas; at += WORKGROUP) {
        atomicStore(&counters[at], 0u);
    }
    workgroupBarrier();

    replica = local & ((1u << params.replicas) - 1u);
    count_quads(id.x, groups.x * WORKGROUP);
    workgroupBarrier();

    for (var cell = local; cell < count; cell += WORKGROUP) {
        var rows = 0u;
        for (var at = 0u; at < 1u << params.replicas; at++) {
            rows += atomicLoad(&counters[(cell << params.replicas) + at]);
        }
        if rows != 0u {
            atomicAdd(&cells[cell], rows);
        }
    }
}
