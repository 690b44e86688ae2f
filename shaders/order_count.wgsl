// How many rows of either kind each bucket has.
//
// Twin: src/kernel/order/twin.rs. Stands after shaders/floats.wgsl and
// shaders/order.wgsl.
//
// A row must move its score, its label and its state, 12 bytes of single
// precision; by confidence 16, with two more planes. Each adds 1 to a word of
// 512 KiB, which a cache holds: rows of one score wait for one another there.

@group(0) @binding(4) var<storage, read_write> counts: array<atomic<u32>>;  // [2^17]

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    for (var row = id.x; row < params.rows; row += groups.x * WORKGROUP) {
        let place = place_of(row);
        if place.slot != NOWHERE {
            atomicAdd(&counts[place.slot], 1u);
        }
    }
}
