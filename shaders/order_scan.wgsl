// Where the rows of each counter begin, were they laid out one counter after
// another: sums of the counters before.
//
// Twin: src/kernel/order/twin.rs.
//
// Moves: 8 bytes read and 4 written per counter; it must read 4 and write 4. One
// workgroup does all, each invocation a stretch of its own: the counters are few,
// beside the rows, and no workgroup ever waits for another.

struct Params {
    counters: u32,
    pad0: u32,
    pad1: u32,
    pad2: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> counts: array<u32>;         // [counters]
@group(0) @binding(2) var<storage, read_write> starts: array<u32>;   // [counters]

override WORKGROUP: u32 = 256u;

var<workgroup> sums: array<u32, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    // The same for the whole workgroup.
    if group.x != 0u {
        return;
    }
    let stretch = (params.counters + WORKGROUP - 1u) / WORKGROUP;
    let first = min(local * stretch, params.counters);
    let end = min(first + stretch, params.counters);
    var sum = 0u;
    for (var at = first; at < end; at++) {
        sum += counts[at];
    }
    sums[local] = sum;
    workgroupBarrier();

    var before = 0u;
    for (var other = 0u; other < local; other++) {
        before += sums[other];
    }
    for (var at = first; at < end; at++) {
        starts[at] = before;
        before += counts[at];
    }
}
