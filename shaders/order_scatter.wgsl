// The lower halves of all keys, by bucket and kind.
//
// Twin: src/kernel/order/twin.rs. Stands after shaders/floats.wgsl and
// shaders/order.wgsl, and runs over the rows that order_count.wgsl counted.
//
// A row must move its score, its label and its state, 12 bytes of single
// precision (by confidence 16), and 2 bytes of result. It adds 1 to its cursor,
// and its half word goes into a word of zeros that it may share with another row.
// Which of the rows of a slot comes first depends on the device; which are there
// does not.

@group(0) @binding(4) var<storage, read_write> cursors: array<atomic<u32>>;  // [2^17], the starts at first
@group(0) @binding(5) var<storage, read_write> lows: array<atomic<u32>>;     // [rows / 2], zeros at first

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    for (var row = id.x; row < params.rows; row += groups.x * WORKGROUP) {
        let place = place_of(row);
        if place.slot != NOWHERE {
            let at = atomicAdd(&cursors[place.slot], 1u);
            atomicOr(&lows[at >> 1u], place.low << ((at & 1u) << 4u));
        }
    }
}
