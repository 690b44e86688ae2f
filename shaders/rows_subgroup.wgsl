// A subgroup to each row, of whatever size: for rows of some 33 to 1,024 scores.
//
// A workgroup takes a run of neighbouring rows and its subgroups divide it, so
// that subgroups of several sizes would not overlap. Lanes are counted, not
// assumed: a subgroup need not be full.

// The rows that a workgroup takes at once.
const LEAST_ROWS: u32 = 8u;
const MOST_ROWS: u32 = 256u;

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(subgroup_id) subgroup: u32,
    @builtin(num_subgroups) subgroups: u32,
) {
    let lanes = subgroupAdd(1u);
    let lane = subgroupExclusiveAdd(1u);
    let run = clamp((params.rows + groups.x - 1u) / groups.x, LEAST_ROWS, MOST_ROWS);
    let share = (run + subgroups - 1u) / subgroups;
    let runs = (params.rows + run - 1u) / run;
    for (var number = group.x; number < runs; number += groups.x) {
        let start = number * run;
        let end = min(start + run, params.rows);
        let first = min(start + subgroup * share, end);
        score_rows(first, min(first + share, end), lane, lanes);
    }
}

fn summary_of_team(mine: Summary) -> Summary {
    return summary_of_lanes(mine);
}

fn sums_of_team(mine: Sums) -> Sums {
    return sums_of_lanes(mine);
}
