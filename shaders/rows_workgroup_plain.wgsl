// A workgroup to each row, without subgroup operations: for devices that have
// none. Members meet in workgroup memory, half as many in each round: 28 bytes
// for each, 7 KiB with 256. WORKGROUP is a power of two.

var<workgroup> summaries: array<Summary, WORKGROUP>;
var<workgroup> all_sums: array<Sums, WORKGROUP>;
var<private> local: u32;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
) {
    local = index;
    score_runs(group.x, groups.x, local);
}

fn summary_of_team(mine: Summary) -> Summary {
    summaries[local] = mine;
    workgroupBarrier();
    for (var half = WORKGROUP / 2u; half > 0u; half >>= 1u) {
        if local < half {
            summaries[local] = both(summaries[local], summaries[local + half]);
        }
        workgroupBarrier();
    }
    let all = summaries[0];
    workgroupBarrier();
    return all;
}

fn sums_of_team(mine: Sums) -> Sums {
    all_sums[local] = mine;
    workgroupBarrier();
    for (var half = WORKGROUP / 2u; half > 0u; half >>= 1u) {
        if local < half {
            all_sums[local] = sum_of_both(all_sums[local], all_sums[local + half]);
        }
        workgroupBarrier();
    }
    let all = all_sums[0];
    workgroupBarrier();
    return all;
}
