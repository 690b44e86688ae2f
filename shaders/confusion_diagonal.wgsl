// Rows by label and prediction, the diagonal in workgroup memory, the rest in the
// memory of the device: as many classes as workgroup memory has words.
//
// Twin: src/kernel/confusion/shader.rs. Begins with columns.wgsl, cells.wgsl.
//
// Moves: the two columns once (2 to 16 bytes per row, which it must), the
// diagonal once per workgroup, and 4 bytes read and written per row that is wrong.
//
// A class has 2^replicas counters, next to each other, and threads side by side
// use different ones.

// C * 2^replicas of them are in use.
var<workgroup> diagonal: array<atomic<u32>, 4096>;

var<private> replica: u32;

// Counters of the diagonal are numbered after all cells.
fn keys(label: vec4<u32>, prediction: vec4<u32>) -> vec4<u32> {
    let classes = params.classes;
    let off = label * classes + prediction;
    return select(off, label + (classes * classes + 1u), label == prediction);
}

fn add(key: u32, rows: u32) {
    let count = params.classes * params.classes + 1u;
    if key < count {
        atomicAdd(&cells[key], rows);
    } else {
        atomicAdd(&diagonal[((key - count) << params.replicas) + replica], rows);
    }
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    for (var at = local; at < params.classes << params.replicas; at += WORKGROUP) {
        atomicStore(&diagonal[at], 0u);
    }
    workgroupBarrier();

    replica = local & ((1u << params.replicas) - 1u);
    count_quads(id.x, groups.x * WORKGROUP);
    workgroupBarrier();

    for (var label = local; label < params.classes; label += WORKGROUP) {
        var rows = 0u;
        for (var at = 0u; at < 1u << params.replicas; at++) {
            rows += atomicLoad(&diagonal[(label << params.replicas) + at]);
        }
        if rows != 0u {
            atomicAdd(&cells[label * (params.classes + 1u)], rows);
        }
    }
}
