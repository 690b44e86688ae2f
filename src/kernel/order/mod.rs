//! Rows of two kinds in the order of their scores, exactly.
//!
//! Workers hold the keys of the rows they meet by their upper 16 bits, positives
//! and negatives apart ([`Held`]). Within such a bucket the rest is counted or
//! sorted, which gives the groups of equal keys, and a
//! [`Fold`](crate::exact::order::Fold) takes them in from the highest key down
//! ([`fold`]). Buckets are independent: how many rows are above each follows from
//! the sizes of the others. So any number of threads can fold them, and the results
//! are joined in order.
//!
//! Many classes against the rest have few positives each. There the positives
//! alone are sorted, and every negative is located among them ([`Locator`]), in a
//! second pass over the rows: memory for the positives is all that it takes.

mod bucket;
mod held;
mod keys;
mod locate;
mod sample;
pub mod shader;
pub mod twin;

pub use bucket::fold;
pub use held::Held;
pub use keys::{keys, of_surprise, to_surprise};
pub use locate::Locator;
