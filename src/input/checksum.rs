//! The CRC-32 of bytes that many threads read in any order.
//!
//! A CRC is linear: that of a whole is the exclusive or of those of its pieces,
//! each moved on by the bytes that follow it. So pieces need not be kept or
//! sorted, and one word holds all that were read.
//!
//! Source: M. Adler, zlib's `crc32.c`, "crc32_combine", "multmodp", "x2nmodp".

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// The polynomial of CRC-32 with its bits reversed, x³² left out.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// 1 and x⁸, bits reversed.
const ONE: u32 = 1 << 31;
const X_TO_8: u32 = 1 << 23;

/// The checksum of a run of bytes that all are read once.
#[derive(Debug)]
pub(super) struct Checksum {
    /// Where the bytes end.
    end: u64,
    seen: Mutex<Seen>,
}

/// What was read so far.
#[derive(Debug)]
struct Seen {
    crc: u32,
    bytes_left: u64,
}

impl Checksum {
    /// Of these bytes, of which none were read.
    pub(super) fn new(bytes: &Range<u64>) -> Self {
        let bytes_left = bytes.end.saturating_sub(bytes.start);
        Self { end: bytes.end, seen: Mutex::new(Seen { crc: 0, bytes_left }) }
    }

    /// Adds pieces that were not added before. Returns the checksum of all
    /// bytes to the one caller whose pieces were the last.
    pub(super) fn add(&self, pieces: &Pieces) -> Option<u32> {
        let crc = shift(pieces.crc, power(self.end.saturating_sub(pieces.end)));
        // Nothing that could panic happens under this lock.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.crc ^= crc;
        seen.bytes_left = seen.bytes_left.saturating_sub(pieces.bytes);
        (seen.bytes_left == 0 && pieces.bytes > 0).then_some(seen.crc)
    }
}

/// Pieces of a run of bytes, with gaps between them.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// Their share of the checksum of everything up to `end`.
    crc: u32,
    bytes: u64,
    /// Where the last of them ends.
    end: u64,
    /// The last distance between ends, and its [`power`]: the runs of columns
    /// lie at regular distances.
    step: (u64, u32),
}

impl Pieces {
    /// Adds a piece, which must lie after those before.
    pub(super) fn push(&mut self, at: u64, piece: &[u8]) {
        let end = at + piece.len() as u64;
        if self.bytes > 0 {
            let distance = end - self.end;
            if self.step.0 != distance {
                self.step = (distance, power(distance));
            }
            self.crc = shift(self.crc, self.step.1);
        }
        self.crc ^= crc32fast::hash(piece);
        self.bytes += piece.len() as u64;
        self.end = end;
    }
}

/// x to the power of 8 for each of `bytes`, modulo the polynomial.
fn power(mut bytes: u64) -> u32 {
    let (mut product, mut square) = (ONE, X_TO_8);
    while bytes > 0 {
        if bytes & 1 == 1 {
            product = shift(product, square);
        }
        square = shift(square, square);
        bytes >>= 1;
    }
    product
}

/// The product of two polynomials, bits reversed, modulo the polynomial. If
/// `by` is a [`power`], a checksum is moved on by that many bytes.
fn shift(mut crc: u32, by: u32) -> u32 {
    let mut product = 0;
    for bit in (0..32).rev() {
        product ^= crc & 0_u32.wrapping_sub((by >> bit) & 1);
        crc = (crc >> 1) ^ (POLYNOMIAL & 0_u32.wrapping_sub(crc & 1));
    }
    product
}
