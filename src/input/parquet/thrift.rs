//! A walk through structures of Thrift's compact protocol, in step with the `parquet`
//! crate, which goes by the numbers of fields and not by the types that are written.
//!
//! In the crate elements of some lists take no bytes, so that a short file has it go
//! through billions of them; and who is out of step with it does not see such a list.
//! So a field that it knows must be of the type that it takes it for, and lists of bools
//! and maps, of which a file of Parquet has none, are refused.
//!
//! Source: `thrift-compact-protocol.md` of Apache Thrift; `parquet_thrift.rs` of the crate.

/// Structures within structures that are followed; there are 9 in a footer, and the crate
/// goes to 64.
const DEEPEST: usize = 32;

/// Types as they are written.
const STOP: u8 = 0;
const BOOLS: std::ops::RangeInclusive<u8> = 1..=2;
const BYTE: u8 = 3;
const INTEGERS: std::ops::RangeInclusive<u8> = 4..=6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LISTS: std::ops::RangeInclusive<u8> = 9..=10;
const STRUCT: u8 = 12;
const UUID: u8 = 13;

/// The fields of a structure that are known, by number.
pub(super) type Fields = &'static [(i16, Kind)];

/// What a field that is known must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Bool,
    Byte,
    /// An integer of 16 bits or more; all are written alike.
    Int,
    Double,
    Binary,
    List(&'static Kind),
    Struct(Fields),
}

impl Kind {
    fn is(self, written: u8) -> bool {
        match self {
            Self::Bool => BOOLS.contains(&written),
            Self::Byte => written == BYTE,
            Self::Int => INTEGERS.contains(&written),
            Self::Double => written == DOUBLE,
            Self::Binary => written == BINARY,
            Self::List(_) => LISTS.contains(&written),
            Self::Struct(_) => written == STRUCT,
        }
    }
}

/// Why a walk stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The bytes end before the structures do.
    End,
    /// They are not what they should be.
    Wrong(String),
}

fn wrong<T>(problem: &str) -> Result<T> {
    Err(Flaw::Wrong(problem.to_owned()))
}

pub(super) type Result<T, E = Flaw> = std::result::Result<T, E>;

/// What is left of structures.
pub(super) struct Thrift<'a> {
    pub(super) rest: &'a [u8],
    /// Whether there may be lists.
    has_lists: bool,
}

impl<'a> Thrift<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest, has_lists: true }
    }

    /// Structures that hold no lists.
    pub(super) fn without_lists(rest: &'a [u8]) -> Self {
        Self { rest, has_lists: false }
    }

    fn byte(&mut self) -> Result<u8> {
        let (&first, rest) = self.rest.split_first().ok_or(Flaw::End)?;
        self.rest = rest;
        Ok(first)
    }

    fn skip(&mut self, bytes: u64) -> Result<()> {
        let rest = usize::try_from(bytes).ok().and_then(|bytes| self.rest.get(bytes..));
        self.rest = rest.ok_or(Flaw::End)?;
        Ok(())
    }

    /// An unsigned number in groups of 7 bits, lowest first.
    pub(super) fn number(&mut self) -> Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        wrong("a number is longer than 64 bits")
    }

    pub(super) fn signed(&mut self) -> Result<i64> {
        // Zigzag: the sign is the lowest bit.
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// The type of a structure's next field, whose number becomes `field`; `None` at the
    /// end of the structure.
    pub(super) fn field(&mut self, field: &mut i16) -> Result<Option<u8>> {
        let header = self.byte()?;
        let written = header & 15;
        if written == STOP {
            return Ok(None);
        }
        #[allow(clippy::cast_possible_truncation, reason = "as the crate takes it")]
        let number = match header >> 4 {
            0 => Some(self.signed()? as i16),
            step => field.checked_add(i16::from(step)),
        };
        match number {
            Some(number) => *field = number,
            None => return wrong("a field has a number of more than 16 bits"),
        }
        Ok(Some(written))
    }

    /// Skips a field's value, which must be what is known of it.
    pub(super) fn known(&mut self, fields: Fields, field: i16, written: u8) -> Result<()> {
        self.field_value(fields, field, written, 0)
    }

    /// Skips a structure's fields up to the value of the `wanted` one; whether it is there.
    pub(super) fn skip_to(&mut self, wanted: i16, fields: Fields) -> Result<bool> {
        let mut field = 0;
        while let Some(written) = self.field(&mut field)? {
            if field == wanted {
                return Ok(true);
            }
            self.known(fields, field, written)?;
        }
        Ok(false)
    }

    /// Skips a structure.
    pub(super) fn structure(&mut self, fields: Fields) -> Result<()> {
        self.fields(fields, 0)
    }

    fn fields(&mut self, fields: Fields, depth: usize) -> Result<()> {
        let mut field = 0;
        while let Some(written) = self.field(&mut field)? {
            self.field_value(fields, field, written, depth)?;
        }
        Ok(())
    }

    fn field_value(&mut self, fields: Fields, field: i16, written: u8, depth: usize) -> Result<()> {
        let known = fields.iter().find(|(number, _)| *number == field).map(|(_, kind)| *kind);
        match written {
            // The value of a bool is its type.
            1 | 2 if known.is_none_or(|kind| kind.is(written)) => Ok(()),
            _ => self.value(known, written, depth),
        }
    }

    /// The length of a list and the type of what is in it.
    pub(super) fn list(&mut self) -> Result<(u64, u8)> {
        if !self.has_lists {
            return wrong("there is a list where none should be");
        }
        let header = self.byte()?;
        let count = match header >> 4 {
            15 => self.number()?,
            count => u64::from(count),
        };
        if count > self.rest.len() as u64 {
            let left = self.rest.len();
            let problem =
                format!("a list says to hold {count} elements, and {left} bytes are left");
            return Err(Flaw::Wrong(problem));
        }
        Ok((count, header & 15))
    }

    fn value(&mut self, known: Option<Kind>, written: u8, depth: usize) -> Result<()> {
        if known.is_some_and(|kind| !kind.is(written)) {
            return wrong("a field is of another type than it should be");
        }
        let within = depth + 1;
        if within > DEEPEST {
            return wrong(&format!("structures are nested more than {DEEPEST} deep"));
        }
        match written {
            BYTE => self.skip(1),
            4..=6 => self.number().map(drop),
            DOUBLE => self.skip(8),
            BINARY => {
                let length = self.number()?;
                self.skip(length)
            }
            9 | 10 => {
                let (count, written) = self.list()?;
                let element = match known {
                    Some(Kind::List(element)) => Some(*element),
                    _ => None,
                };
                (0..count).try_for_each(|_| self.value(element, written, within))
            }
            STRUCT => match known {
                Some(Kind::Struct(fields)) => self.fields(fields, within),
                _ => self.fields(&[], within),
            },
            UUID => self.skip(16),
            _ => wrong("there are values of a type that is not used"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: Fields = &[(1, Kind::Int), (2, Kind::Struct(&[(1, Kind::Bool)]))];

    fn walk(bytes: &[u8]) -> Result<()> {
        Thrift::new(bytes).structure(FIELDS)
    }

    fn refused(bytes: &[u8]) -> String {
        match walk(bytes) {
            Err(Flaw::Wrong(problem)) => problem,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn structures_are_followed_to_their_end() {
        let whole = [0x15, 2, 0x1c, 0x11, 0, 0x38, 3, 0x19, 0xf1, 9, 0x19, 0x25, 1, 2, 0];
        assert_eq!(walk(&whole), Ok(()));
        for end in 0..whole.len() {
            assert!(walk(&whole[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn elements_that_take_no_bytes_are_refused() {
        // A list of bools, a map of them, and both deeper than is followed.
        assert!(refused(&[0x99, 0x21, 0, 0, 0]).contains("a type that is not used"));
        assert!(refused(&[0x9b, 2, 0x11, 0, 0]).contains("a type that is not used"));
        let deep = [&[0x9c][..], &[0x1c; 35], &[0x19, 0x21, 0, 0], &[0; 37]].concat();
        assert!(refused(&deep).contains("nested more than 32 deep"));
    }

    #[test]
    fn a_field_that_is_taken_for_another_type_is_refused() {
        // A binary of a list of bools for an integer; an integer for a structure and a
        // bool; numbers of fields that are others when they are cut off.
        for bytes in [
            &[0x18, 3, 0x19, 0x21, 0, 0][..],
            &[0x25, 3, 0],
            &[0x21, 0],
            &[0x2c, 0x15, 2, 0, 0],
            &[0x08, 0x82, 0x80, 0x08, 1, 0, 0],
        ] {
            assert!(refused(bytes).contains("another type than it should be"), "{bytes:?}");
        }
        assert!(
            refused(&[0x15, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0])
                .contains("longer than 64 bits")
        );
        assert!(refused(&[0x08, 0xfe, 0xff, 0x03, 0, 0x18, 0, 0]).contains("more than 16 bits"));
    }

    #[test]
    fn lists_are_refused_where_there_are_none() {
        let lists = [0x99, 0x15, 2, 0];
        assert_eq!(walk(&lists), Ok(()));
        let refused = Thrift::without_lists(&lists).structure(FIELDS);
        assert_eq!(refused, wrong("there is a list where none should be"));
    }
}
