//! Arithmetic that gives the same bits on every machine and device.
//!
//! A row of scores becomes integers here: softmax terms, confidence, loss and
//! squared error. Everything is written with operations that a compute shader
//! has too (single-precision `+ - *`, 32-bit integers, shifts), one at a time:
//! no fused multiply-add, no library `exp` or `ln`, no division but that of
//! [`Denominator`]. Sums are integer sums, so their order can't show.
//!
//! | quantity | unit | where it truncates |
//! |---|---|---|
//! | softmax term | 2⁻⁴⁰ | [`exp::term`] |
//! | squared softmax term | 2⁻⁴⁰ | [`exp::Term`] |
//! | confidence, squared error | 2⁻³⁰ | towards 0, [`Denominator`] and [`fixed::unit`] |
//! | loss | 2⁻³² nats | [`ln`], [`fixed::difference`] |

pub mod exp;
pub mod fixed;
pub mod ln;
mod quotient;

pub use quotient::{Denominator, ratio_restoring};
