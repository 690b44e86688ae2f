//! The conversion of stored values into the columns of a batch.
//!
//! A type that a batch holds as it is stored is read straight into the column;
//! the others go through a buffer.

use std::fmt::Display;

use bytemuck::{cast_slice_mut, pod_read_unaligned};
use half::f16;

use super::dtype::Dtype;
use crate::batch::{Batch, Fault, Names, Role, Scores, Text};
use crate::error::Result;

/// The vector inside an enum of vectors, emptied of another type if need be.
macro_rules! reuse {
    ($place:expr, $of:ident :: $variant:ident) => {{
        let place: &mut $of = $place;
        if !matches!(place, $of::$variant(_)) {
            *place = $of::$variant(Default::default());
        }
        match place {
            $of::$variant(values) => values,
            _ => unreachable!("the variant was set above"),
        }
    }};
}
pub(super) use reuse;

/// How values lie end to end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoding {
    /// Type of a value.
    pub(super) dtype: Dtype,
    /// Whether the bytes of a value are in the order that this machine doesn't use.
    pub(super) swapped: bool,
}

/// One of them, for messages.
pub(super) fn noun(role: Role) -> &'static str {
    match role {
        Role::Labels => "label",
        Role::Predictions => "prediction",
        Role::Scores => "score",
        Role::Slices => "slice",
    }
}

/// The column of a batch that names classes in `role`, and the batch's faults.
pub(super) fn names_of(batch: &mut Batch, role: Role) -> (&mut Names, &mut Vec<Fault>) {
    let column = match role {
        // What reads slices has a batch of its own for each.
        Role::Labels | Role::Slices => &mut batch.labels,
        Role::Predictions | Role::Scores => &mut batch.predictions,
    };
    (column, &mut batch.faults)
}

/// Fills one column of names with `rows` values. `fetch` delivers their bytes.
pub(super) fn read_names(
    encoding: Encoding,
    rows: usize,
    role: Role,
    batch: &mut Batch,
    buffer: &mut Vec<u8>,
    fetch: impl FnOnce(&mut [u8]) -> Result<()>,
) -> Result<()> {
    let Encoding { dtype, swapped } = encoding;
    let (names, faults) = names_of(batch, role);
    // Reads a column that is stored as the batch holds it.
    macro_rules! direct {
        ($variant:ident) => {{
            let values = reuse!(names, Names::$variant);
            values.resize(rows, 0);
            fetch(cast_slice_mut(values))?;
            if swapped {
                values.iter_mut().for_each(|value| *value = value.swap_bytes());
            }
            values
        }};
    }
    match dtype {
        Dtype::U8 => _ = direct!(U8),
        Dtype::U16 => _ = direct!(U16),
        Dtype::U32 => _ = direct!(U32),
        Dtype::I32 => _ = direct!(I32),
        Dtype::I64 => _ = direct!(I64),
        Dtype::Bool => direct!(U8).iter_mut().for_each(|value| *value = u8::from(*value != 0)),
        Dtype::U64 => {
            _ = direct!(I64);
            spell_unsigned(names);
        }
        Dtype::I8
        | Dtype::I16
        | Dtype::F16
        | Dtype::F32
        | Dtype::F64
        | Dtype::Bytes(_)
        | Dtype::Unicode(_) => {
            buffer.resize(rows * dtype.size(), 0);
            fetch(buffer)?;
            convert_names(encoding, buffer, names, role, faults);
        }
        Dtype::Void2 | Dtype::Bf16 => unreachable!("no role but scores may have it"),
    }
    Ok(())
}

/// Converts values that a batch holds in another form than the file.
fn convert_names(
    encoding: Encoding,
    bytes: &mut [u8],
    names: &mut Names,
    role: Role,
    faults: &mut Vec<Fault>,
) {
    let Encoding { dtype, swapped } = encoding;
    let unit = if matches!(dtype, Dtype::Unicode(_)) { 4 } else { dtype.size() };
    if swapped && !matches!(dtype, Dtype::Bytes(_)) {
        bytes.chunks_exact_mut(unit).for_each(<[u8]>::reverse);
    }
    match dtype {
        Dtype::I8 => {
            let values = reuse!(names, Names::I32);
            values.clear();
            values.extend(bytes.iter().map(|&byte| i32::from(byte.cast_signed())));
        }
        Dtype::I16 => {
            let values = reuse!(names, Names::I32);
            values.clear();
            values.extend(stored::<i16>(bytes).map(i32::from));
        }
        Dtype::F16 => integers(stored::<f16>(bytes), names, role, faults),
        Dtype::F32 => integers(stored::<f32>(bytes), names, role, faults),
        Dtype::F64 => integers(stored::<f64>(bytes), names, role, faults),
        Dtype::Bytes(length) => {
            texts(bytes.chunks_exact(length), names, role, faults, |string, out| {
                let end = string.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
                std::str::from_utf8(&string[..end]).is_ok_and(|valid| {
                    out.push_str(valid);
                    true
                })
            });
        }
        Dtype::Unicode(length) => {
            texts(bytes.chunks_exact(length * 4), names, role, faults, |string, out| {
                let used =
                    string.iter().rposition(|&byte| byte != 0).map_or(0, |last| last / 4 + 1);
                stored::<u32>(string).take(used).all(|point| {
                    char::from_u32(point).is_some_and(|c| {
                        out.push(c);
                        true
                    })
                })
            });
        }
        _ => unreachable!("read_names reads the other types without a buffer"),
    }
}

/// The values that lie end to end in `bytes`, in this machine's byte order.
fn stored<T: bytemuck::Pod>(bytes: &[u8]) -> impl Iterator<Item = T> + '_ {
    bytes.chunks_exact(size_of::<T>()).map(pod_read_unaligned)
}

/// Unsigned integers whose bits were read as signed ones: spelled in decimal if
/// one of them is beyond the signed.
pub(super) fn spell_unsigned(names: &mut Names) {
    let Names::I64(values) = &*names else { return };
    if values.iter().all(|&value| value >= 0) {
        return;
    }
    let mut text = Text::default();
    for value in values {
        text.push(&value.cast_unsigned().to_string());
    }
    *names = Names::Text(text);
}

/// Labels stored as floats; each must be an integer.
pub(super) fn integers<T: Copy + Display + Into<f64>>(
    stored: impl Iterator<Item = T>,
    names: &mut Names,
    role: Role,
    faults: &mut Vec<Fault>,
) {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0; // 2⁶³
    let values = reuse!(names, Names::I64);
    values.clear();
    for (row, value) in stored.enumerate() {
        let wide: f64 = value.into();
        if wide.trunc() == wide && (-BEYOND..BEYOND).contains(&wide) {
            #[allow(clippy::cast_possible_truncation, reason = "checked to be an i64")]
            values.push(wide as i64);
        } else {
            values.push(0);
            faults.push(Fault { row, role, problem: not_an_integer(&value, wide, noun(role)) });
        }
    }
}

/// How the fault ends of a number that is no class, because it has a fraction.
pub(super) const NOT_INTEGER: &str = "is not an integer";

fn not_an_integer(value: &dyn Display, wide: f64, noun: &str) -> String {
    if wide.is_nan() {
        format!("the {noun} is NaN")
    } else if wide.is_infinite() {
        format!("the {noun} is infinite")
    } else if wide.fract() == 0.0 {
        format!("{noun} {value} is beyond 64 bits")
    } else {
        format!("{noun} {value} {NOT_INTEGER}")
    }
}

/// Fills `target` with doubles from `bytes`, which are whole numbers, row by row or
/// column by column. `place` tells row and column of each, for the faults.
pub(super) fn whole_scores(
    encoding: Encoding,
    bytes: &mut [u8],
    target: &mut [u8],
    place: impl Fn(usize) -> (usize, usize),
    faults: &mut Vec<Fault>,
) {
    let Encoding { dtype, swapped } = encoding;
    if swapped {
        bytes.chunks_exact_mut(dtype.size()).for_each(<[u8]>::reverse);
    }
    match dtype {
        Dtype::I16 => doubles(stored::<i16>(bytes), target, place, faults),
        Dtype::I32 => doubles(stored::<i32>(bytes), target, place, faults),
        Dtype::I64 => doubles(stored::<i64>(bytes), target, place, faults),
        Dtype::U32 => doubles(stored::<u32>(bytes), target, place, faults),
        Dtype::U64 => doubles(stored::<u64>(bytes), target, place, faults),
        _ => unreachable!("only whole numbers come here"),
    }
}

/// Writes whole numbers as doubles; one that no double is, is a fault.
pub(super) fn doubles<T: Copy + Into<i128>>(
    values: impl Iterator<Item = T>,
    target: &mut [u8],
    place: impl Fn(usize) -> (usize, usize),
    faults: &mut Vec<Fault>,
) {
    for (at, (value, target)) in values.zip(target.chunks_exact_mut(8)).enumerate() {
        let whole: i128 = value.into();
        let double = whole as f64;
        target.copy_from_slice(&double.to_ne_bytes());
        #[allow(clippy::cast_possible_truncation, reason = "of 64 bits at most")]
        if whole.unsigned_abs() > 1 << 53 && double as i128 != whole {
            let (row, column) = place(at);
            let problem = format!("score {column} is {whole}, which no double is exactly");
            faults.push(Fault { row, role: Role::Scores, problem });
        }
    }
}

/// Strings; `decode` appends one to its buffer, or says that it is not valid.
pub(super) fn texts<'a>(
    stored: impl Iterator<Item = &'a [u8]>,
    names: &mut Names,
    role: Role,
    faults: &mut Vec<Fault>,
    mut decode: impl FnMut(&[u8], &mut String) -> bool,
) {
    let text = reuse!(names, Names::Text);
    text.clear();
    let mut string = String::new();
    for (row, bytes) in stored.enumerate() {
        string.clear();
        if !decode(bytes, &mut string) {
            string.clear();
            let problem = format!("the {} is not valid Unicode", noun(role));
            faults.push(Fault { row, role, problem });
        }
        text.push(&string);
    }
}

/// Turns the bytes of each score around.
pub(super) fn swap_scores(scores: &mut Scores) {
    let (score_type, count) = (scores.score_type(), scores.len());
    let bytes = scores.room(score_type, count);
    match score_type.bytes() {
        2 => cast_slice_mut(bytes).iter_mut().for_each(|v: &mut u16| *v = v.swap_bytes()),
        4 => cast_slice_mut(bytes).iter_mut().for_each(|v: &mut u32| *v = v.swap_bytes()),
        _ => cast_slice_mut(bytes).iter_mut().for_each(|v: &mut u64| *v = v.swap_bytes()),
    }
}
