//! The header of a `.npy` array, formats 1 to 3.
//!
//! Source: numpy's `numpy/lib/format.py`, "Format Version 1.0" to "3.0".

use std::io::Read;

use super::dtype::Dtype;

/// The first bytes of every `.npy` file.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// Longest header that is believed. Headers of plain arrays take 128 bytes.
const LONGEST_HEADER: usize = 1 << 20;

/// What a header says about the values that follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Array {
    /// Type of a value.
    pub(super) dtype: Dtype,
    /// Whether the bytes of a value are in the order that this machine doesn't use.
    pub(super) swapped: bool,
    /// Whether columns, not rows, are contiguous.
    pub(super) fortran: bool,
    /// First dimension.
    pub(super) rows: u64,
    /// Second dimension; `None` for a 1-D array.
    pub(super) columns: Option<usize>,
    /// Bytes of the header, so where the values begin.
    pub(super) header: u64,
}

impl Array {
    /// Values in a row.
    pub(super) fn width(&self) -> usize {
        self.columns.unwrap_or(1)
    }

    /// Bytes of a row. [`read_header`] checked that it does not overflow.
    pub(super) fn row_bytes(&self) -> usize {
        self.width() * self.dtype.size()
    }

    /// Bytes of all values.
    pub(super) fn bytes(&self) -> u64 {
        self.rows * self.row_bytes() as u64
    }

    /// The shape as numpy prints it.
    pub(super) fn shape(&self) -> String {
        match self.columns {
            None => format!("({},)", self.rows),
            Some(columns) => format!("({}, {columns})", self.rows),
        }
    }

    /// The problem with an array that has no rows.
    pub(super) fn refuse_empty(&self) -> Result<(), String> {
        match self.rows {
            0 => Err(format!("is empty: no rows, shape {}", self.shape())),
            _ => Ok(()),
        }
    }

    /// Whether a row's values are apart from each other in the file.
    pub(super) fn is_strided(&self) -> bool {
        self.fortran && self.rows > 1 && self.width() > 1
    }
}

/// Reads the header of an array of which `available` bytes exist in all, and
/// checks that its values fit in them.
///
/// # Errors
///
/// What is wrong with the array, for the caller to put the file's name before.
pub(super) fn read_header(from: &mut impl Read, available: u64) -> Result<Array, String> {
    let mut start = [0; 8];
    read(from, &mut start)?;
    if &start[..6] != MAGIC {
        return Err("is not an npy array: the first bytes are not \\x93NUMPY".into());
    }
    let mut length = [0; 4];
    let length_bytes = match start[6] {
        1 => 2,
        2 | 3 => 4,
        other => return Err(format!("has npy format version {other}; 1 to 3 are known")),
    };
    read(from, &mut length[..length_bytes])?;
    let length = u32::from_le_bytes(length) as usize;
    let before = (start.len() + length_bytes) as u64;
    if length > LONGEST_HEADER || before + length as u64 > available {
        return Err(format!(
            "says that its npy header takes {length} bytes, but the file has {available}; \
             it is damaged"
        ));
    }
    let mut text = vec![0; length];
    read(from, &mut text)?;
    let array = parse(&text, before + length as u64)?;
    check_size(&array, available)?;
    Ok(array)
}

fn read(from: &mut impl Read, buffer: &mut [u8]) -> Result<(), String> {
    from.read_exact(buffer).map_err(|error| format!("cannot read the npy header: {error}"))
}

fn check_size(array: &Array, available: u64) -> Result<(), String> {
    let row = array.width().checked_mul(array.dtype.size());
    let expected = row
        .and_then(|row| array.rows.checked_mul(row as u64))
        .and_then(|values| values.checked_add(array.header))
        .ok_or_else(|| format!("has shape {}, which is beyond 64 bits", array.shape()))?;
    if expected > available {
        return Err(format!(
            "is truncated: shape {} of {} takes {expected} bytes with its header, found {available}",
            array.shape(),
            array.dtype.name()
        ));
    }
    Ok(())
}

/// Parses the header's text, a Python dict such as
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
fn parse(text: &[u8], header: u64) -> Result<Array, String> {
    let text = std::str::from_utf8(text).map_err(|_| "has an npy header that is not text")?;
    let mut rest = Tokens { rest: text };
    rest.expect("{")?;
    let (mut descr, mut fortran, mut shape) = (None, None, None);
    while !rest.take("}") {
        let key = rest.string()?;
        rest.expect(":")?;
        match key {
            "descr" => descr = Some(parse_descr(&mut rest)?),
            "fortran_order" => fortran = Some(rest.boolean()?),
            "shape" => shape = Some(rest.shape()?),
            other => return Err(format!("has an npy header with the unknown key '{other}'")),
        }
        if !rest.take(",") {
            rest.expect("}")?;
            break;
        }
    }
    let (Some((dtype, swapped)), Some(fortran), Some(shape)) = (descr, fortran, shape) else {
        return Err("has an npy header without 'descr', 'fortran_order' or 'shape'".into());
    };
    let (rows, columns) = match *shape.as_slice() {
        [rows] => (rows, None),
        [rows, columns] => {
            (rows, Some(usize::try_from(columns).map_err(|_| "has too many columns")?))
        }
        _ => {
            return Err(format!(
                "has {} dimensions, shape {shape:?}; expected 1 or 2",
                shape.len()
            ));
        }
    };
    Ok(Array { dtype, swapped, fortran, rows, columns, header })
}

/// The type, and whether its bytes need swapping.
fn parse_descr(rest: &mut Tokens<'_>) -> Result<(Dtype, bool), String> {
    if rest.take("[") {
        return Err("holds records of several fields (a structured dtype); \
                    save each field as an array of its own: np.save('y.npy', a['label'])"
            .into());
    }
    let descr = rest.string()?;
    let (order, kind) = match descr.as_bytes().first() {
        Some(b'<' | b'>' | b'|' | b'=') => descr.split_at(1),
        _ => ("", descr),
    };
    let length = || {
        let length: Option<usize> = kind.get(1..).and_then(|digits| digits.parse().ok());
        length
            .filter(|&length| length > 0)
            .ok_or_else(|| format!("has values of type '{descr}', which hold nothing"))
    };
    let dtype = match kind {
        "b1" | "?" => Dtype::Bool,
        "u1" => Dtype::U8,
        "u2" => Dtype::U16,
        "u4" => Dtype::U32,
        "u8" => Dtype::U64,
        "i1" => Dtype::I8,
        "i2" => Dtype::I16,
        "i4" => Dtype::I32,
        "i8" => Dtype::I64,
        "f2" => Dtype::F16,
        "V2" => Dtype::Void2,
        "f4" => Dtype::F32,
        "f8" => Dtype::F64,
        _ if kind.starts_with('S') => Dtype::Bytes(length()?),
        _ if kind.starts_with('U') => Dtype::Unicode(length()?),
        _ if kind.starts_with('O') => {
            return Err(
                "holds Python objects (dtype object), which only Python can read; convert \
                        them: np.save('y.npy', y.astype('int64')), or y.astype('U') for strings"
                    .into(),
            );
        }
        _ => {
            return Err(format!(
                "has values of type '{descr}'; expected bool, int8 to int64, uint8 to uint64, \
                 float16, bfloat16, float32, float64 or strings; convert them with astype"
            ));
        }
    };
    let foreign = if cfg!(target_endian = "little") { ">" } else { "<" };
    Ok((dtype, order == foreign))
}

/// What is left of a header.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// Steps over `token` if it comes next.
    fn take(&mut self, token: &str) -> bool {
        let trimmed = self.rest.trim_start();
        let after = trimmed.strip_prefix(token);
        self.rest = after.unwrap_or(trimmed);
        after.is_some()
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) {
            return Ok(());
        }
        let found: String = self.rest.chars().take(12).collect();
        Err(format!("has a malformed npy header: expected '{token}', found {found:?}"))
    }

    fn string(&mut self) -> Result<&'a str, String> {
        let quote = if self.take("\"") {
            '"'
        } else {
            self.expect("'")?;
            '\''
        };
        let (string, rest) =
            self.rest.split_once(quote).ok_or("has an npy header with an open quote")?;
        self.rest = rest;
        Ok(string)
    }

    fn boolean(&mut self) -> Result<bool, String> {
        if self.take("True") {
            return Ok(true);
        }
        self.expect("False").map(|()| false)
    }

    /// A tuple of lengths.
    fn shape(&mut self) -> Result<Vec<u64>, String> {
        self.expect("(")?;
        let mut shape = Vec::new();
        while !self.take(")") {
            let text = self.rest.trim_start();
            let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            let length = text[..end].parse().map_err(|_| "has an npy header without a shape")?;
            shape.push(length);
            self.rest = &text[end..];
            // Python 2 wrote long integers as `3L`.
            self.take("L");
            if !self.take(",") {
                self.expect(")")?;
                break;
            }
        }
        Ok(shape)
    }
}
