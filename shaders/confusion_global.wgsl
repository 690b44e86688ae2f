// Rows by label and prediction, counters in the memory of the device.
//
// Twin: src/kernel/confusion/shader.rs. Begins with columns.wgsl, cells.wgsl.
//
// Moves: the two columns once (2 to 16 bytes per row, which it must) and up to 4
// bytes read and written per row, fewer where rows leave as one addition.

fn keys(label: vec4<u32>, prediction: vec4<u32>) -> vec4<u32> {
    return label * params.classes + prediction;
}

fn add(key: u32, rows: u32) {
    atomicAdd(&cells[key], rows);
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    count_quads(id.x, groups.x * WORKGROUP);
}
