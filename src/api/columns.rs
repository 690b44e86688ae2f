//! Columns of class names: one-dimensional views of integers, bools and strings.

use std::fmt::Debug;
use std::ops::Range;

use ndarray::{ArrayView1, s};

use super::outputs::Outputs;
use crate::batch::{Names, Text};

/// The class of every row: a view of integers, bools or strings, or a slice of them.
/// A class is its name: the label 7 is that of class '7', and `true` that of '1'.
#[derive(Debug)]
pub struct Labels<'a>(Box<dyn Column + 'a>);

impl Labels<'_> {
    pub(super) fn rows(&self) -> usize {
        self.0.rows()
    }

    pub(super) fn dtype(&self) -> &'static str {
        self.0.dtype()
    }

    /// Bytes of a value, of a string its address.
    pub(super) fn value_bytes(&self) -> usize {
        self.0.value_bytes()
    }

    /// Replaces `names` by those of some rows.
    pub(super) fn fill(&self, rows: Range<usize>, names: &mut Names) {
        self.0.fill(rows, names);
    }
}

/// A one-dimensional view, whatever its type and stride.
trait Column: Debug + Send + Sync {
    fn rows(&self) -> usize;
    fn dtype(&self) -> &'static str;
    fn value_bytes(&self) -> usize;
    fn fill(&self, rows: Range<usize>, names: &mut Names);
}

/// What is the same for every type.
macro_rules! view {
    ($stored:ty, $dtype:literal) => {
        fn rows(&self) -> usize {
            self.len()
        }

        fn dtype(&self) -> &'static str {
            $dtype
        }

        fn value_bytes(&self) -> usize {
            size_of::<$stored>()
        }
    };
}

/// Integers that a vector of [`Names`] holds, in its own width or a narrower one.
macro_rules! integers {
    ($($stored:ty as $wide:ty => $variant:ident, $dtype:literal;)+) => {$(
        impl Column for ArrayView1<'_, $stored> {
            view!($stored, $dtype);

            fn fill(&self, rows: Range<usize>, names: &mut Names) {
                let mut values = match std::mem::take(names) {
                    Names::$variant(values) => values,
                    _ => Vec::new(),
                };
                values.clear();
                let view = self.slice(s![rows]);
                match view.as_slice() {
                    Some(slice) => values.extend(slice.iter().map(|&it| <$wide>::from(it))),
                    None => values.extend(view.iter().map(|&it| <$wide>::from(it))),
                }
                *names = Names::$variant(values);
            }
        }
    )+};
}

integers! {
    bool as u8 => U8, "bool";
    u8 as u8 => U8, "uint8";
    u16 as u16 => U16, "uint16";
    u32 as u32 => U32, "uint32";
    i8 as i32 => I32, "int8";
    i16 as i32 => I32, "int16";
    i32 as i32 => I32, "int32";
    i64 as i64 => I64, "int64";
}

/// Integers that may be beyond 64 bits signed, which are names in decimal then.
macro_rules! large_integers {
    ($($stored:ty => $dtype:literal;)+) => {$(
        impl Column for ArrayView1<'_, $stored> {
            view!($stored, $dtype);

            fn fill(&self, rows: Range<usize>, names: &mut Names) {
                let view = self.slice(s![rows]);
                let values: Result<Vec<i64>, _> = view.iter().map(|&it| i64::try_from(it)).collect();
                *names = match values {
                    Ok(values) => Names::I64(values),
                    Err(_) => text(view.iter().map(<$stored>::to_string)),
                };
            }
        }
    )+};
}

large_integers! {
    u64 => "uint64";
    usize => "uint64";
}

macro_rules! strings {
    ($($stored:ty),+) => {$(
        impl Column for ArrayView1<'_, $stored> {
            view!($stored, "string");

            fn fill(&self, rows: Range<usize>, names: &mut Names) {
                *names = text(self.slice(s![rows]).iter());
            }
        }
    )+};
}

strings!(&str, String);

fn text(strings: impl Iterator<Item = impl AsRef<str>>) -> Names {
    let mut text = Text::default();
    strings.for_each(|string| text.push(string.as_ref()));
    Names::Text(text)
}

/// The ways in, for labels and for predictions alike.
macro_rules! from_views {
    ($($stored:ty),+ $(,)?) => {$(
        impl<'a> From<ArrayView1<'a, $stored>> for Labels<'a> {
            fn from(view: ArrayView1<'a, $stored>) -> Self {
                Self(Box::new(view))
            }
        }

        impl<'a> From<&'a [$stored]> for Labels<'a> {
            fn from(slice: &'a [$stored]) -> Self {
                Self(Box::new(ArrayView1::from(slice)))
            }
        }

        impl<'a> From<ArrayView1<'a, $stored>> for Outputs<'a> {
            fn from(view: ArrayView1<'a, $stored>) -> Self {
                super::predictions(view)
            }
        }
    )+};
}

from_views!(bool, u8, u16, u32, u64, usize, i8, i16, i32, i64, String);

impl<'a, 's: 'a> From<ArrayView1<'a, &'s str>> for Labels<'a> {
    fn from(view: ArrayView1<'a, &'s str>) -> Self {
        Self(Box::new(view))
    }
}

impl<'a, 's: 'a> From<&'a [&'s str]> for Labels<'a> {
    fn from(slice: &'a [&'s str]) -> Self {
        Self(Box::new(ArrayView1::from(slice)))
    }
}

impl<'a, 's: 'a> From<ArrayView1<'a, &'s str>> for Outputs<'a> {
    fn from(view: ArrayView1<'a, &'s str>) -> Self {
        super::predictions(view)
    }
}
