//! Panics of the decoders become errors.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether this thread is in [`guarded`].
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

static QUIET: Once = Once::new();

/// Runs decoders of the `parquet` crate, of which some panic on damaged pages
/// ("Decoder for dict should have been set"). Such a panic is an error like any
/// other, and the panic hook hears nothing of it.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    QUIET.call_once(|| {
        let hook = take_hook();
        set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                hook(panic);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    // What the decoders leave behind half done is not used again: the caller
    // stops at the first error.
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    done.unwrap_or_else(|_| Err("a page cannot be decoded".into()))
}
