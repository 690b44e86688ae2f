//! Inputs for every kernel: adversarial ones first.

mod ranks;
pub mod rows;

use tallyho::kernel::Kernel;

use crate::check::Case;
use crate::common::Rng;

/// Inputs for `kernel`. A kernel without cases is a failure, not a pass.
pub fn cases(kernel: &Kernel, rng: &mut Rng) -> Vec<Case> {
    match kernel.name {
        "ranks" => ranks::cases(rng),
        name if name.starts_with("rows_") || name.starts_with("argmax_") => rows::cases(name, rng),
        other => panic!("no test cases for kernel `{other}`: add them here"),
    }
}

/// Row counts around the sizes of workgroups, and more rows than invocations.
pub const ROWS: [usize; 8] = [0, 1, 31, 32, 63, 64, 65, 5_000];
