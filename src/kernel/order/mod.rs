//! Rows of two kinds in the order of their scores, exactly.
//!
//! Workers hold the keys of the rows they meet, positives and negatives apart
//! and counted by their upper 16 bits ([`Held`]). Each then scatters its keys
//! once, into buckets of those bits ([`Bucketed`]). Within a bucket the rest is
//! counted or sorted, which gives the groups of equal keys, and a
//! [`Fold`](crate::exact::order::Fold) takes them in from the highest key down
//! ([`fold`]). Buckets are independent: how many rows are above each follows from
//! the first count. So any number of threads can fold them, and the results are
//! joined in order.
//!
//! Many classes against the rest have few positives each. There the positives
//! alone are sorted, and every negative is located among them ([`Locator`]), in a
//! second pass over the rows: memory for the positives is all that it takes.

mod bucket;
mod held;
mod keys;
mod locate;

pub use bucket::{Bucketed, fold};
pub use held::Held;
pub use keys::{keys, of_surprise, to_surprise};
pub use locate::Locator;
