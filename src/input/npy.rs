//! The header of a `.npy` array, formats 1 to 3.
//!
//! Source: numpy's `numpy/lib/format.py`, "Format Version 1.0" to "3.0".

use std::io::Read;

use super::dtype::Dtype;

/// The first bytes of every `.npy` file.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// Longest header that is believed. Headers of plain arrays take 128 bytes.
const LONGEST_HEADER: usize = 1 << 20;

/// What may stand between the words of a header, as between those of Python.
const BLANKS: [char; 5] = [' ', '\t', '\n', '\r', '\x0c'];

/// What a header says about the values that follow it, and how they are cut into rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Array {
    /// Type of a value.
    pub(super) dtype: Dtype,
    /// Whether the bytes of a value are in the order that this machine doesn't use.
    pub(super) swapped: bool,
    /// Whether columns, not rows, are contiguous.
    pub(super) fortran: bool,
    /// The shape that it was saved with; one dimension or more.
    pub(super) dimensions: Vec<u64>,
    /// First dimension, or all values where each is a row.
    pub(super) rows: u64,
    /// Values in a row, the product of the other dimensions; `None` for a 1-D array.
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
        spell_tuple(&self.dimensions)
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

    /// Whether its values are in another order than that of their indices.
    pub(super) fn is_reordered(&self) -> bool {
        self.fortran && self.dimensions.iter().filter(|&&length| length > 1).count() > 1
    }

    /// Makes every value a row, in the order of the file.
    pub(super) fn flatten(&mut self) {
        (self.rows, self.columns) = (self.rows * self.width() as u64, None);
    }

    /// Where the value of a flattened array is, as numpy's `unravel_index` gives it.
    pub(super) fn index(&self, value: u64) -> String {
        let mut rest = value;
        let mut places = vec![0; self.dimensions.len()];
        let mut step = |(place, &length): (&mut u64, &u64)| {
            (*place, rest) = (rest % length.max(1), rest / length.max(1));
        };
        let both = places.iter_mut().zip(&self.dimensions);
        if self.fortran {
            both.for_each(&mut step)
        } else {
            both.rev().for_each(&mut step)
        }
        spell_tuple(&places)
    }
}

/// Numbers as Python writes a tuple of them.
fn spell_tuple(numbers: &[u64]) -> String {
    match numbers {
        [only] => format!("({only},)"),
        _ => format!("({})", numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")),
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
    let length_bytes = match (start[6], start[7]) {
        (1, 0) => 2,
        (2 | 3, 0) => 4,
        (major, minor) => {
            let version = if minor == 0 { major.to_string() } else { format!("{major}.{minor}") };
            return Err(format!("has npy format version {version}; 1 to 3 are known"));
        }
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

/// Checks that the values take the bytes that there are: no more, and no fewer,
/// since rows that stand after them would be left out without a word.
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
    if expected < available {
        return Err(format!(
            "has {} bytes after the {expected} that shape {} of {} takes with its header; if it \
             was saved to several times, only the first array would be read: save one, \
             np.save('all.npy', np.concatenate(arrays))",
            available - expected,
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
            "descr" if descr.is_none() => descr = Some(parse_descr(&mut rest)?),
            "fortran_order" if fortran.is_none() => fortran = Some(rest.boolean()?),
            "shape" if shape.is_none() => shape = Some(rest.shape()?),
            "descr" | "fortran_order" | "shape" => {
                return Err(format!("has an npy header with the key '{key}' twice"));
            }
            other => return Err(format!("has an npy header with the unknown key '{other}'")),
        }
        if !rest.take(",") {
            rest.expect("}")?;
            break;
        }
    }
    rest.end()?;
    let (Some((dtype, swapped)), Some(fortran), Some(shape)) = (descr, fortran, shape) else {
        return Err("has an npy header without 'descr', 'fortran_order' or 'shape'".into());
    };
    let [rows, others @ ..] = shape.as_slice() else {
        return Err("has 0 dimensions, shape (): one value, where one for each row is expected; \
                    save a.reshape(1)"
            .into());
    };
    let columns = others
        .iter()
        .try_fold(1_usize, |product, &length| product.checked_mul(usize::try_from(length).ok()?));
    let columns = columns
        .ok_or_else(|| format!("has shape {}, which is beyond 64 bits", spell_tuple(&shape)))?;
    let (rows, columns) = (*rows, (!others.is_empty()).then_some(columns));
    Ok(Array { dtype, swapped, fortran, dimensions: shape, rows, columns, header })
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
        let digits = kind.get(1..).filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()));
        digits
            .and_then(|digits| digits.parse().ok())
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
                        them: scores with np.save('s.npy', s.astype('float64')), classes with \
                        y.astype('int64'), or y.astype('U') for strings"
                    .into(),
            );
        }
        _ => return Err(refused_type(descr, kind)),
    };
    let foreign = if cfg!(target_endian = "little") { ">" } else { "<" };
    Ok((dtype, order == foreign))
}

/// What to write in place of values that are no classes and no scores.
fn refused_type(descr: &str, kind: &str) -> String {
    let (what, advice) = match kind {
        "f12" | "f16" => (
            "long doubles, which every machine stores in another way",
            "convert them: scores with np.save('s.npy', s.astype('float64')), classes with \
             y.astype('int64')",
        ),
        _ if kind.starts_with('c') => (
            "complex numbers",
            "save what they are to be judged by: scores with np.save('s.npy', \
             s.real.astype('float64')), classes with y.real.astype('int64')",
        ),
        _ if kind.starts_with(['M', 'm']) => (
            "dates or times",
            "if they are classes, save them as text: np.save('y.npy', y.astype('U'))",
        ),
        _ => (
            "not known here",
            "expected bool, int8 to int64, uint8 to uint64, float16, bfloat16, float32, float64 \
             or strings; convert them with astype",
        ),
    };
    format!("has values of type '{descr}', {what}; {advice}")
}

/// What is left of a header.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// Steps over `token` if it comes next.
    fn take(&mut self, token: &str) -> bool {
        let trimmed = self.rest.trim_start_matches(BLANKS);
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

    /// Checks that only blanks are left.
    fn end(&mut self) -> Result<(), String> {
        let rest = self.rest.trim_matches(BLANKS);
        if rest.is_empty() {
            return Ok(());
        }
        let found: String = rest.chars().take(12).collect();
        Err(format!("has a malformed npy header: {found:?} after its end"))
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

    /// A tuple of lengths; one in parentheses without a comma is no tuple.
    fn shape(&mut self) -> Result<Vec<u64>, String> {
        self.expect("(")?;
        let mut shape = Vec::new();
        while !self.take(")") {
            shape.push(self.length()?);
            if !self.take(",") {
                self.expect(if shape.len() == 1 { "," } else { ")" })?;
                break;
            }
        }
        Ok(shape)
    }

    /// A whole number as Python writes it: no leading zeros.
    fn length(&mut self) -> Result<u64, String> {
        let text = self.rest.trim_start_matches(BLANKS);
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, rest) = text.split_at(end);
        if digits.len() > 1 && digits.starts_with('0') {
            return Err(format!("has a malformed npy header: length {digits} in its shape"));
        }
        let length = digits.parse().map_err(|_| "has an npy header without a shape")?;
        // Python 2 wrote long integers as `3L`.
        self.rest = rest.strip_prefix('L').unwrap_or(rest);
        Ok(length)
    }
}
