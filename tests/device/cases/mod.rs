//! Inputs for every kernel: adversarial ones first.

mod confusion;
mod order;
mod planes;
mod ranks;
pub mod rows;

use tallyho::kernel::Kernel;

use crate::check::Case;
use crate::common::Rng;

/// Inputs for `kernel`. A kernel without cases is a failure, not a pass.
pub fn cases(kernel: &Kernel, rng: &mut Rng) -> Vec<Case> {
    match kernel.name {
        "bins" => planes::bins(rng, &[1, 2, 10, 15, 100, 256]),
        "bins_global" => planes::many_bins(rng),
        "confusion_sparse" => confusion::sparse(rng),
        name if name.starts_with("confusion") => confusion::dense(kernel, rng),
        "sums" | "sums_states" => planes::sums(rng),
        "order_count" => order::cases(rng, false),
        "order_scan" => order::scans(rng),
        "order_scatter" => order::cases(rng, true),
        "ranks" => ranks::cases(rng),
        name if name.starts_with("rows_") || name.starts_with("argmax_") => rows::cases(name, rng),
        other => panic!("no test cases for kernel `{other}`: add them here"),
    }
}

/// Row counts around the sizes of workgroups, and more rows than invocations.
pub const ROWS: [usize; 8] = [0, 1, 31, 32, 63, 64, 65, 5_000];
