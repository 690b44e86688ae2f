//! The proof that the machine has the instructions of a kernel.

use std::fmt;

/// Instructions beyond those that every machine of the target has, the best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Instructions {
    /// None beyond them.
    Plain,
    /// 256-bit vectors.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 512-bit vectors.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// The instructions that a kernel may use. Only detecting them makes one, so that who
/// holds one may use them:
///
/// ```compile_fail,E0423
/// use tallyho::kernel::{Instructions, Level};
///
/// let forged = Level(Instructions::Avx512);
/// ```
///
/// ```
/// use tallyho::kernel::Level;
///
/// assert!(Level::available().contains(&Level::best()));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(Instructions);

impl Level {
    /// What every machine of the target has.
    pub const PLAIN: Self = Self(Instructions::Plain);

    /// All levels that this machine has, the best one last.
    pub fn available() -> Vec<Self> {
        let mut levels = vec![Self::PLAIN];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
                levels.push(Self(Instructions::Avx2));
            }
            let avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512cd")
                && is_x86_feature_detected!("popcnt");
            if avx512 {
                levels.push(Self(Instructions::Avx512));
            }
        }
        levels
    }

    /// The best level that this machine has.
    pub fn best() -> Self {
        Self::available().pop().unwrap_or(Self::PLAIN)
    }

    /// Which instructions those are.
    #[inline(always)]
    pub fn instructions(self) -> Instructions {
        self.0
    }
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
