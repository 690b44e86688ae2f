//! Statistics as pure numbers: special functions, intervals, random counts,
//! comparisons of two models and of two days, series.
//!
//! Nothing here knows what is counted. Transcendental functions come from the
//! `libm` crate, so that every machine gives the same bits.
//!
//! # What the intervals cover
//!
//! The share of 2,000 simulated sets whose interval at the level 95 % covers
//! the truth; `tests/statistics/coverage.rs` says what is simulated, and holds
//! this table to what it measures.
//!
//! | interval | covers |
//! |---|---|
//! | Wilson | 95.2 %, 94.7 %, 94.8 %, 94.7 % |
//! | Clopper–Pearson | 96.5 %, 95.5 %, 95.9 %, 95.0 % |
//! | normal, of means | 95.0 %, 95.0 % |
//! | DeLong | 95.5 %, 94.2 % |
//! | percentile bootstrap | 96.1 %, 95.2 %, 95.6 %, 94.8 % |
//!
//! For shares: 50 and 500 expected of 1,000 rows, 1,950 of 2,000 and 1,000 of
//! a million. For means: 1,000 exponential losses, large and tiny. For DeLong:
//! 500 and 500 rows, 100 and 1,000. For the bootstrap: macro F1, Matthews'
//! correlation, balanced accuracy and quadratic kappa of 2,000 rows.

mod averages;
mod beta;
mod binomial;
mod change_point;
mod compare;
mod delong;
mod draw;
mod drift;
mod fisher;
mod gamma;
mod normal;
mod philox;
mod product;
mod proportion;
mod sample;
mod score;
mod share_test;
mod student;
mod unconditional;
mod unconditional_paired;
mod window;

pub use averages::{area_interval, difference_of_means, widest_area_interval};
pub use beta::{beta_quantile, regularized_beta};
pub use binomial::{binomial_tails, chi_square_survival};
pub use change_point::{change_points, segment_means};
pub use compare::{Agreement, difference_paired, difference_unpaired, holm, mcnemar};
pub use delong::Placements;
pub use draw::{Chance, Draws, Resampler};
pub use drift::{Test, chi_square, jensen_shannon, kolmogorov_smirnov, stability_index};
pub use fisher::fisher_fall;
pub use normal::{normal_quantile, normal_survival};
pub(crate) use philox::halves;
pub use philox::philox4x32;
pub use proportion::{clopper_pearson, wilson};
pub use sample::{normal_interval, percentile_interval, quantile, standard_error_of_mean};
pub use score::{Score, farrington_manning, score_bound, tango};
pub use share_test::{share_fall, share_fall_paired};
pub use student::{student_quantile, student_survival};
pub use window::{Past, mean_and_deviation, moving};
