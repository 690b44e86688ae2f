//! Inputs for every kernel: adversarial ones first.

mod ranks;

use tallyho::kernel::Kernel;

use crate::check::Case;
use crate::common::Rng;

/// Inputs for `kernel`. A kernel without cases is a failure, not a pass.
pub fn cases(kernel: &Kernel, rng: &mut Rng) -> Vec<Case> {
    match kernel.name {
        "ranks" => ranks::cases(rng),
        other => panic!("no test cases for kernel `{other}`: add them here"),
    }
}

/// Row counts around the sizes of workgroups, and more rows than invocations.
pub const ROWS: [usize; 8] = [0, 1, 31, 32, 63, 64, 65, 5_000];
