//! Any target under libFuzzer, which the variable `TARGET` names.
//!
//! ```text
//! TARGET=csv cargo +nightly fuzz run --features libfuzzer any fuzz/corpus/csv
//! ```

#![no_main]

use std::sync::LazyLock;

use tallyho_fuzz::{Run, find};

static RUN: LazyLock<Run> = LazyLock::new(|| {
    let name = std::env::var("TARGET").expect("TARGET names a target");
    find(&name).expect("a target of this name").run
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| RUN(data));
