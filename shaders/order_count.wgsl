// How many rows of either kind each bucket has; and the sum of the marks of all
// rows, by which the host sees whether order_scatter.wgsl put every row in its
// place.
//
// Twin: src/kernel/order/twin.rs. Stands after shaders/floats.wgsl and
// shaders/order.wgsl.
//
// A row must move its score, its label and its state, 12 bytes of single
// precision; by confidence 16, with two more planes. Each adds 1 to a word of
// 512 KiB, which a cache holds: rows of one score wait for one another there. The
// marks are added up by each invocation first.

@group(0) @binding(4) var<storage, read_write> counts: array<atomic<u32>>;  // [2^17 + 1]

const SLOTS: u32 = 131072u;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    var marks = 0u;
    for (var row = id.x; row < params.rows; row += groups.x * WORKGROUP) {
        let place = place_of(row);
        if place.slot != NOWHERE {
            atomicAdd(&counts[place.slot], 1u);
            marks += mark_of(place);
        }
    }
    if marks != 0u {
        atomicAdd(&counts[SLOTS], marks);
    }
}

// Tells a row in one place from one in another, mostly.
fn mark_of(place: Place) -> u32 {
    let mixed = (place.slot * 0x9e3779b1u) ^ ((place.low + 1u) * 0x85ebca77u);
    return (mixed ^ (mixed >> 15u)) * 0xc2b2ae3du;
}
