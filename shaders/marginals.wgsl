// Rows per class from the cells of a dense table: those on the diagonal, those
// with the class as label, those with it as prediction.
//
// Twin: src/kernel/marginals.rs.
//
// Moves: the C * C cells once, which it must, and 12 bytes per class and
// workgroup at most.
//
// Threads side by side read cells side by side; each keeps to its columns, and a
// workgroup to its labels, so a prediction leaves once per workgroup. Sums of a
// row of cells are rare additions, since most cells of a large table are 0.

struct Params {
    classes: u32,  // C; 4 * C * C fits a binding
    pad0: u32,
    pad1: u32,
    pad2: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cells: array<u32>;                    // [C * C], or more
// Right, by label, by prediction: [3][C].
@group(0) @binding(2) var<storage, read_write> counts: array<atomic<u32>>;

override WORKGROUP: u32 = 64u;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    let classes = params.classes;
    for (var prediction = local; prediction < classes; prediction += WORKGROUP) {
        var rows = 0u;
        for (var label = group.x; label < classes; label += groups.x) {
            let cell = cells[label * classes + prediction];
            if cell != 0u {
                rows += cell;
                atomicAdd(&counts[classes + label], cell);
                if label == prediction {
                    atomicAdd(&counts[label], cell);
                }
            }
        }
        if rows != 0u {
            atomicAdd(&counts[2u * classes + prediction], rows);
        }
    }
}
