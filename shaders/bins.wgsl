// Rows by calibration bin, counters in workgroup memory: up to 256 bins.
//
// Twin: src/kernel/bins.rs. Begins with bin_rows.wgsl.
//
// Moves: 16 bytes per row, which it must, and the counters once per workgroup.
//
// A bin has 2^replicas counters, next to each other, and threads side by side use
// different ones.

// Words of a counter lie a plane apart; 4 * B * 2^replicas of them are in use.
var<workgroup> group: array<atomic<u32>, 4096>;

var<private> replica: u32;

fn add(bin: u32, sum: Sum) {
    let plane = params.bins << params.replicas;
    let at = (bin << params.replicas) + replica;
    atomicAdd(&group[at], sum.rows);
    if sum.correct != 0u {
        atomicAdd(&group[plane + at], sum.correct);
    }
    let before = atomicAdd(&group[2u * plane + at], sum.low);
    let high = sum.high + select(0u, 1u, before + sum.low < sum.low);
    if high != 0u {
        atomicAdd(&group[3u * plane + at], high);
    }
}

// All that threads of this workgroup have added to a bin.
fn gathered(bin: u32) -> Sum {
    let plane = params.bins << params.replicas;
    var sum = Sum();
    for (var replica = 0u; replica < 1u << params.replicas; replica++) {
        let at = (bin << params.replicas) + replica;
        sum.rows += atomicLoad(&group[at]);
        sum.correct += atomicLoad(&group[plane + at]);
        let low = atomicLoad(&group[2u * plane + at]);
        sum.low += low;
        sum.high += atomicLoad(&group[3u * plane + at]) + select(0u, 1u, sum.low < low);
    }
    return sum;
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    for (var at = local; at < (4u * params.bins) << params.replicas; at += WORKGROUP) {
        atomicStore(&group[at], 0u);
    }
    workgroupBarrier();

    replica = local & ((1u << params.replicas) - 1u);
    sum_rows(id.x, groups.x * WORKGROUP);
    workgroupBarrier();

    for (var bin = local; bin < params.bins; bin += WORKGROUP) {
        let sum = gathered(bin);
        if sum.rows != 0u {
            deliver(bin, sum);
        }
    }
}
