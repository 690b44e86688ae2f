//! The `tallyho` program: a thin shell on the library.

use std::io;
use std::process::ExitCode;

/// Counts what is allocated, so that a limit can be held to.
#[global_allocator]
static ALLOCATOR: tallyho::memory::Counting = tallyho::memory::Counting;

fn main() -> ExitCode {
    #[cfg(feature = "gpu")]
    tallyho::gpu::mesa_env::leave_out();
    let status = tallyho::cli::run(std::env::args_os(), &mut io::stdout(), &mut io::stderr());
    ExitCode::from(status)
}
