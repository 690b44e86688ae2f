//! Fuzz targets: each takes any bytes, and panics where a promise is broken.
//!
//! Two drivers share them: `fuzz/drive.rs` on stable, and libFuzzer by
//! `fuzz/libfuzzer.rs`.

mod classes;
mod config;
mod csv;
mod file;
mod history;
mod npy;
mod npz;
mod parquet;
mod rules;
mod state;
mod synth;
mod table;

/// A function of bytes that panics where a promise is broken.
pub type Run = fn(&[u8]);

/// A target and what helps to find inputs for it.
pub struct Target {
    /// Its name, which is that of the folder of its corpus.
    pub name: &'static str,
    /// What it does.
    pub run: Run,
    /// What its inputs are made of.
    pub words: &'static [&'static str],
}

/// Every target.
pub const ALL: [Target; 10] = [
    Target { name: "csv", run: csv::run, words: csv::WORDS },
    Target { name: "npy", run: npy::run, words: npy::WORDS },
    Target { name: "npz", run: npz::run, words: &["PK\u{1}\u{2}", "PK\u{3}\u{4}", "label.npy"] },
    Target { name: "parquet", run: parquet::run, words: &["PAR1", "label", "prediction", "s_0"] },
    Target { name: "state", run: state::run, words: &["TALLYHO\n", "\0outside"] },
    Target { name: "history", run: history::run, words: &[] },
    Target { name: "rules", run: rules::run, words: rules::WORDS },
    Target { name: "config", run: config::run, words: config::WORDS },
    Target { name: "classes", run: classes::run, words: classes::WORDS },
    Target { name: "synth", run: synth::run, words: &[] },
];

/// The target of a name.
pub fn find(name: &str) -> Option<&'static Target> {
    ALL.iter().find(|target| target.name == name)
}
