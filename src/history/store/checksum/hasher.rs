//! The checksum of one row.

use rusqlite::types::ValueRef;

/// Bytes of a checksum.
pub(in crate::history) const LENGTH: usize = 16;
/// A checksum.
pub(in crate::history) type Checksum = [u8; LENGTH];

/// The checksum of a row, value by value.
pub(in crate::history) struct Hasher(blake3::Hasher);

impl Hasher {
    pub(in crate::history) fn new(table: &str) -> Self {
        let mut hasher = Self(blake3::Hasher::new());
        hasher.value(ValueRef::Text(table.as_bytes()));
        hasher
    }

    /// Its type, its length and its bytes, so that no two rows are hashed alike.
    pub(in crate::history) fn value(&mut self, value: ValueRef<'_>) {
        let (kind, integer, real);
        let bytes: &[u8] = match value {
            ValueRef::Null => {
                kind = 0;
                &[]
            }
            ValueRef::Integer(number) => {
                (kind, integer) = (1, number.to_le_bytes());
                &integer
            }
            ValueRef::Real(number) => {
                (kind, real) = (2, number.to_bits().to_le_bytes());
                &real
            }
            ValueRef::Text(text) => {
                kind = 3;
                text
            }
            ValueRef::Blob(bytes) => {
                kind = 4;
                bytes
            }
        };
        self.0.update(&[kind]);
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    pub(in crate::history) fn finish(self) -> Checksum {
        let mut checksum = Checksum::default();
        self.0.finalize_xof().fill(&mut checksum);
        checksum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checksum(values: &[ValueRef<'_>]) -> Checksum {
        let mut hasher = Hasher::new("t");
        values.iter().for_each(|value| hasher.value(*value));
        hasher.finish()
    }

    #[test]
    fn rows_that_differ_in_a_type_or_a_border_have_other_checksums() {
        use ValueRef::{Blob, Integer, Null, Real, Text};
        let rows: [&[ValueRef<'_>]; 8] = [
            &[Null],
            &[Null, Null],
            &[Integer(0)],
            &[Real(0.0)],
            &[Real(-0.0)],
            &[Text(b"ab"), Text(b"c")],
            &[Text(b"a"), Text(b"bc")],
            &[Blob(b"ab"), Text(b"c")],
        ];
        let mut all: Vec<Checksum> = rows.iter().map(|row| checksum(row)).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), rows.len());
    }
}
