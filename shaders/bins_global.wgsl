// Rows by calibration bin, counters in the memory of the device: any number of
// bins.
//
// Twin: src/kernel/bins.rs. Begins with bin_rows.wgsl.
//
// Moves: 16 bytes per row, which it must, and up to 16 bytes read and written per
// run of rows in one bin.

fn add(bin: u32, sum: Sum) {
    deliver(bin, sum);
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    sum_rows(id.x, groups.x * WORKGROUP);
}
