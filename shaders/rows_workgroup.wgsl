// A workgroup to each row, with subgroup operations: for rows of more than 1,024
// scores. Subgroups meet in workgroup memory: 28 bytes for each, 1.75 KiB.

// Subgroups in a workgroup: 256 invocations by 4.
const MOST_SUBGROUPS: u32 = 64u;

var<workgroup> summaries: array<Summary, MOST_SUBGROUPS>;
var<workgroup> all_sums: array<Sums, MOST_SUBGROUPS>;
var<private> subgroup: u32;
var<private> subgroups: u32;
var<private> lane: u32;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
    @builtin(subgroup_id) subgroup_id: u32,
    @builtin(num_subgroups) num_subgroups: u32,
) {
    subgroup = subgroup_id;
    subgroups = num_subgroups;
    lane = subgroupExclusiveAdd(1u);
    score_runs(group.x, groups.x, local);
}

fn summary_of_team(mine: Summary) -> Summary {
    let own = summary_of_lanes(mine);
    if lane == 0u {
        summaries[subgroup] = own;
    }
    workgroupBarrier();
    var all = summaries[0];
    for (var other = 1u; other < subgroups; other++) {
        all = both(all, summaries[other]);
    }
    workgroupBarrier();
    return all;
}

fn sums_of_team(mine: Sums) -> Sums {
    let own = sums_of_lanes(mine);
    if lane == 0u {
        all_sums[subgroup] = own;
    }
    workgroupBarrier();
    var all = all_sums[0];
    for (var other = 1u; other < subgroups; other++) {
        all = sum_of_both(all, all_sums[other]);
    }
    workgroupBarrier();
    return all;
}
