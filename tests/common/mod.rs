//! Shared by the tests.

#[cfg(feature = "job")]
pub mod entries;
pub mod files;
pub mod memory;
#[cfg(feature = "job")]
pub mod mlflow;
#[cfg(feature = "parquet")]
pub mod parquet;
#[cfg(feature = "cli")]
pub mod program;
#[cfg(feature = "job")]
pub mod server;
#[cfg(feature = "job")]
pub mod service;

/// A small generator (SplitMix64), so that a seed names a case.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678)
    }

    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    /// Uniform in `0..end`.
    pub fn below(&mut self, end: u32) -> u32 {
        ((u64::from(self.next_u32()) * u64::from(end)) >> 32) as u32
    }

    /// As many numbers in `0..end`.
    #[allow(dead_code, reason = "only one of the test binaries uses it")]
    pub fn words(&mut self, count: usize, end: u32) -> Vec<u32> {
        (0..count).map(|_| self.below(end)).collect()
    }

    /// Roughly standard normal: the sum of twelve uniforms.
    pub fn normal(&mut self) -> f32 {
        let sum: f64 = (0..12).map(|_| f64::from(self.next_u32()) / 4_294_967_296.0).sum();
        (sum - 6.0) as f32
    }
}

/// How many random cases there are, and which.
pub struct Campaign {
    pub count: u32,
    pub seed: u64,
}

/// The usual campaign, unless the environment says another count by `variable`, or
/// another `TALLYHO_SEED`.
pub fn campaign(variable: &str, usual: u32) -> Campaign {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let seed = number("TALLYHO_SEED").unwrap_or(1);
    Campaign { count: number(variable).map_or(usual, |count| u32::try_from(count).unwrap()), seed }
}

/// Says what a campaign found; `.ci/long` makes a table of it.
#[allow(dead_code, reason = "only one of the test binaries uses it")]
#[allow(clippy::print_stdout, reason = "it is shown where a campaign was asked for")]
pub fn figure(cases: u32, found: &str) {
    println!("figure: {cases} {found}");
}
