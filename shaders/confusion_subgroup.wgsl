// Rows by label and prediction, counters in the memory of the device, hot cells
// gathered by subgroups.
//
// Twin: src/kernel/confusion/shader.rs. Begins with columns.wgsl, cells.wgsl.
//
// Moves: the two columns once (2 to 16 bytes per row, which it must) and up to 4
// bytes read and written per row, fewer where rows leave as one addition.
//
// Runs of a thread leave it when its cell changes, a whole subgroup at a time:
// the cell of one thread is taken, all that have the same are added up and leave
// as one; twice, then the others one by one.

const ROUNDS: u32 = 2u;

fn keys(label: vec4<u32>, prediction: vec4<u32>) -> vec4<u32> {
    return label * params.classes + prediction;
}

// What `count_quads` would call; here runs leave by `gather`.
fn add(key: u32, rows: u32) {
    atomicAdd(&cells[key], rows);
}

// Adds `rows` to the counter of every thread whose `rows` is not 0. All threads
// of a subgroup come here together.
fn gather(key: u32, rows: u32) {
    var left = rows;
    for (var round = 0u; round < ROUNDS; round++) {
        let picked = subgroupMax(select(0u, key + 1u, left != 0u));
        let same = left != 0u && key + 1u == picked;
        let sum = subgroupAdd(select(0u, left, same));
        let before = subgroupExclusiveAdd(select(0u, 1u, same));
        if same && before == 0u {
            add(key, sum);
        }
        left = select(left, 0u, same);
    }
    if left != 0u {
        add(key, left);
    }
}

fn count_together(key: u32) {
    let changes = key != last && key != NONE;
    gather(last, select(0u, run, changes));
    if changes {
        last = key;
        run = 0u;
    }
    run += select(0u, 1u, key != NONE);
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    last = NONE;
    run = 0u;
    let quads = (params.rows + 3u) / 4u;
    // The same number of rounds for all threads of a workgroup.
    for (var first = group.x * WORKGROUP; first < quads; first += groups.x * WORKGROUP) {
        let four = keys_of(first + local);
        count_together(four.x);
        count_together(four.y);
        count_together(four.z);
        count_together(four.w);
    }
    gather(last, run);
}
