//! One column of a Parquet file, from pages to values.

use std::mem;

use ::parquet::column::reader::ColumnReaderImpl;
use ::parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    FloatType, Int32Type, Int64Type,
};
use ::parquet::file::metadata::RowGroupMetaData;
use half::f16;

use super::chunk::ChunkFile;
use super::decimal::{self, Physical};
use super::pages::Pages;
use super::schema::{Leaf, Stored};
use super::values::{Levels, Typed};
use crate::batch::{Fault, Names, Role, Scores};
use crate::exact::ScoreType;
use crate::input::convert::{doubles, integers, noun, reuse, spell_unsigned, texts};

/// Rows looked at together for the length of a list.
pub(super) const PROBED_ROWS: usize = 1024;

/// A column at some row, and the values read since it was last cleared.
pub(super) struct Column {
    leaf: Leaf,
    values: Values,
    levels: Levels,
    /// Rows read since it was last cleared.
    rows: usize,
    /// Those of them that are null.
    nulls: Vec<usize>,
    /// Those of them whose list is not a row of scores, and why.
    ragged: Vec<(usize, String)>,
}

/// The values, in the type they are stored in.
enum Values {
    Bool(Typed<BoolType>),
    I32(Typed<Int32Type>),
    I64(Typed<Int64Type>),
    F32(Typed<FloatType>),
    F64(Typed<DoubleType>),
    Bytes(Typed<ByteArrayType>),
    Fixed(Typed<FixedLenByteArrayType>),
}

/// Does the same whatever the type of the values.
macro_rules! with_values {
    ($values:expr, $typed:ident => $does:expr) => {
        match $values {
            Values::Bool($typed) => $does,
            Values::I32($typed) => $does,
            Values::I64($typed) => $does,
            Values::F32($typed) => $does,
            Values::F64($typed) => $does,
            Values::Bytes($typed) => $does,
            Values::Fixed($typed) => $does,
        }
    };
}

impl Column {
    pub(super) fn new(leaf: &Leaf) -> Self {
        let fixed = || FixedLenByteArray::from(ByteArray::from(vec![0, 0]));
        let values = match leaf.stored {
            Stored::Decimal(decimal) => match decimal.physical {
                Physical::I32 => Values::I32(Typed::new(0)),
                Physical::I64 => Values::I64(Typed::new(0)),
                Physical::Bytes => Values::Bytes(Typed::new(ByteArray::from(vec![0]))),
                Physical::Fixed => Values::Fixed(Typed::new(fixed())),
            },
            Stored::Bool => Values::Bool(Typed::new(false)),
            Stored::I32 | Stored::U32 | Stored::Time32 => Values::I32(Typed::new(0)),
            Stored::I64 | Stored::U64 | Stored::Time64 => Values::I64(Typed::new(0)),
            Stored::F16 | Stored::Bytes => Values::Fixed(Typed::new(fixed())),
            Stored::F32 => Values::F32(Typed::new(0.0)),
            Stored::F64 => Values::F64(Typed::new(0.0)),
            Stored::Text => Values::Bytes(Typed::new(ByteArray::from(Vec::new()))),
        };
        Self {
            leaf: leaf.clone(),
            values,
            levels: Levels::default(),
            rows: 0,
            nulls: Vec::new(),
            ragged: Vec::new(),
        }
    }

    /// Whether each row holds a list.
    pub(super) fn is_list(&self) -> bool {
        self.leaf.list
    }

    /// Goes to the beginning of a row group.
    pub(super) fn open(
        &mut self,
        file: &ChunkFile,
        group: &RowGroupMetaData,
    ) -> Result<(), String> {
        let chunk = group.column(self.leaf.index);
        let rows = usize::try_from(group.num_rows()).unwrap_or(usize::MAX);
        let pages = Pages::new(file, chunk, rows).map_err(|error| error.to_string())?;
        let pages = Box::new(pages);
        let descriptor = chunk.column_descr_ptr();
        with_values!(&mut self.values, typed => {
            typed.reader = Some(ColumnReaderImpl::new(descriptor, pages));
        });
        Ok(())
    }

    /// Forgets what was read.
    pub(super) fn clear(&mut self) {
        self.rows = 0;
        self.nulls.clear();
        self.ragged.clear();
        with_values!(&mut self.values, typed => typed.values.clear());
    }

    /// Checks that the row group has no more rows of it than were read.
    pub(super) fn check_ended(&mut self) -> Result<(), String> {
        with_values!(&mut self.values, typed => typed.check_ended(&mut self.levels))
    }

    /// Steps over rows.
    pub(super) fn skip(&mut self, rows: usize) -> Result<(), String> {
        let Self { leaf, levels, .. } = self;
        with_values!(&mut self.values, typed => if leaf.list {
            typed.skip_lists(rows, levels)
        } else {
            typed.skip(rows)
        })
    }

    /// Reads rows after those already read; lists should have `width` values.
    pub(super) fn read(&mut self, rows: usize, width: usize) -> Result<(), String> {
        let Self { leaf, levels, nulls, ragged, .. } = self;
        let first = self.rows;
        self.rows += rows;
        with_values!(&mut self.values, typed => if leaf.list {
            typed.read_lists(rows, leaf.present, width, levels, |row, why| {
                ragged.push((first + row, why));
            })
        } else {
            typed.read_scalars(rows, leaf.present, levels, |row| nulls.push(first + row))
        })
    }

    /// The length of the first list in the rest of the row group that has a value.
    pub(super) fn first_length(&mut self) -> Result<Option<usize>, String> {
        loop {
            self.clear();
            let levels = &mut self.levels;
            let rows = with_values!(&mut self.values, typed => {
                typed.read_levels(PROBED_ROWS, levels)?.0
            });
            let Levels { definition, repetition } = levels;
            if let Some(start) = definition.iter().position(|&level| level == self.leaf.present) {
                // A list may begin with nulls.
                let start = repetition[..=start].iter().rposition(|&level| level == 0).unwrap_or(0);
                let rest = repetition[start + 1..].iter();
                return Ok(Some(1 + rest.take_while(|&&level| level != 0).count()));
            }
            if rows < PROBED_ROWS {
                return Ok(None);
            }
        }
    }

    /// Hands over what was read as names of classes.
    pub(super) fn take_names(&mut self, role: Role, names: &mut Names, faults: &mut Vec<Fault>) {
        for &row in &self.nulls {
            faults.push(Fault { row, role, problem: format!("the {} is null", noun(role)) });
        }
        if let Stored::Decimal(decimal) = self.leaf.stored {
            return self.values.wholes(|values| decimal.names(values, names, role, faults));
        }
        match &mut self.values {
            Values::Bool(typed) => {
                let target = reuse!(names, Names::U8);
                target.clear();
                target.extend(typed.values.iter().map(|&value| u8::from(value)));
            }
            Values::I32(typed) if self.leaf.stored == Stored::U32 => {
                let target = reuse!(names, Names::U32);
                target.clear();
                target.extend(typed.values.iter().map(|value| value.cast_unsigned()));
            }
            Values::I32(typed) => mem::swap(reuse!(names, Names::I32), &mut typed.values),
            Values::I64(typed) => {
                mem::swap(reuse!(names, Names::I64), &mut typed.values);
                if self.leaf.stored == Stored::U64 {
                    spell_unsigned(names);
                }
            }
            Values::F32(typed) => integers(typed.values.iter().copied(), names, role, faults),
            Values::F64(typed) => integers(typed.values.iter().copied(), names, role, faults),
            Values::Fixed(typed) if self.leaf.stored == Stored::Bytes => {
                let bytes = typed.values.iter().map(|value| value.data());
                texts(bytes, names, role, faults, |bytes, out| {
                    // So that none is taken for a number, as `1e3` would be.
                    out.push_str("0x");
                    bytes.iter().for_each(|byte| out.push_str(&format!("{byte:02x}")));
                    true
                });
            }
            Values::Fixed(typed) => integers(halves(typed), names, role, faults),
            Values::Bytes(typed) => {
                let strings = typed.values.iter().map(ByteArray::data);
                texts(strings, names, role, faults, |string, out| {
                    let valid = std::str::from_utf8(string);
                    out.push_str(valid.unwrap_or_default());
                    valid.is_ok()
                });
            }
        }
    }

    /// Hands over what was read as column `place` of the scores, in the bytes
    /// of `score_type`.
    pub(super) fn take_scores(
        &mut self,
        score_type: ScoreType,
        target: &mut [u8],
        (place, name): (usize, Option<&String>),
        faults: &mut Vec<Fault>,
    ) {
        for &row in &self.nulls {
            let problem = match name {
                Some(name) => format!("score column '{name}' is null"),
                None => format!("score {place} is null"),
            };
            faults.push(Fault { row, role: Role::Scores, problem });
        }
        match (self.leaf.stored, &self.values) {
            (Stored::F32, Values::F32(typed)) => {
                write(typed.values.iter().copied(), score_type, target);
            }
            (Stored::F64, Values::F64(typed)) => {
                write(typed.values.iter().copied(), score_type, target);
            }
            (Stored::F16, Values::Fixed(typed)) => write(halves(typed), score_type, target),
            _ => self.write_wholes(target, |row| (row, place), faults),
        }
    }

    /// Writes whole numbers and decimals as doubles.
    fn write_wholes(
        &self,
        target: &mut [u8],
        place: impl Fn(usize) -> (usize, usize),
        faults: &mut Vec<Fault>,
    ) {
        match (self.leaf.stored, &self.values) {
            (Stored::Decimal(decimal), values) => values.wholes(|wholes| {
                let put = |at: usize, value: f64| {
                    target[at * 8..][..8].copy_from_slice(&value.to_ne_bytes());
                };
                decimal.scores(wholes, place, faults, put);
            }),
            (Stored::U32, Values::I32(typed)) => {
                let values = typed.values.iter().map(|value| value.cast_unsigned());
                doubles(values, target, place, faults);
            }
            (Stored::U64, Values::I64(typed)) => {
                let values = typed.values.iter().map(|value| value.cast_unsigned());
                doubles(values, target, place, faults);
            }
            (_, Values::I32(typed)) => doubles(typed.values.iter().copied(), target, place, faults),
            (_, Values::I64(typed)) => doubles(typed.values.iter().copied(), target, place, faults),
            _ => unreachable!("the catalog lets only numbers be scores"),
        }
    }

    /// Hands over what was read as all scores of each row.
    pub(super) fn take_list(&mut self, scores: &mut Scores, faults: &mut Vec<Fault>) {
        let fault = |(row, problem)| Fault { row, role: Role::Scores, problem };
        faults.extend(self.ragged.drain(..).map(fault));
        match (self.leaf.stored, &mut self.values) {
            (Stored::F32, Values::F32(typed)) => {
                mem::swap(reuse!(scores, Scores::F32), &mut typed.values);
            }
            (Stored::F64, Values::F64(typed)) => {
                mem::swap(reuse!(scores, Scores::F64), &mut typed.values);
            }
            (Stored::F16, Values::Fixed(typed)) => {
                let target = reuse!(scores, Scores::F16);
                target.clear();
                target.extend(halves(typed));
            }
            (_, values) => {
                let count = with_values!(values, typed => typed.values.len());
                let width = (count / self.rows.max(1)).max(1);
                let target = scores.room(ScoreType::F64, count);
                self.write_wholes(target, |at| (at / width, at % width), faults);
            }
        }
    }
}

impl Values {
    /// Hands over the whole numbers that decimals are stored as; `None` for those
    /// that 128 bits don't hold.
    fn wholes(&self, take: impl FnOnce(&mut dyn Iterator<Item = Option<i128>>)) {
        match self {
            Self::I32(typed) => take(&mut typed.values.iter().map(|&it| Some(it.into()))),
            Self::I64(typed) => take(&mut typed.values.iter().map(|&it| Some(it.into()))),
            Self::Bytes(typed) => {
                take(&mut typed.values.iter().map(|it| decimal::whole(it.data())));
            }
            Self::Fixed(typed) => {
                take(&mut typed.values.iter().map(|it| decimal::whole(it.data())));
            }
            _ => unreachable!("decimals are stored in no other type"),
        }
    }
}

/// The half-precision floats in values of two bytes.
fn halves(typed: &Typed<FixedLenByteArrayType>) -> impl Iterator<Item = f16> + '_ {
    typed.values.iter().map(|value| match value.data() {
        &[low, high] => f16::from_le_bytes([low, high]),
        _ => f16::NAN,
    })
}

/// Writes scores in a type that is as wide as theirs or wider.
fn write<T: Into<f64>>(scores: impl Iterator<Item = T>, score_type: ScoreType, target: &mut [u8]) {
    match score_type {
        ScoreType::F16 => {
            for (score, target) in scores.zip(target.chunks_exact_mut(2)) {
                target.copy_from_slice(&f16::from_f64(score.into()).to_ne_bytes());
            }
        }
        ScoreType::Bf16 => unreachable!("parquet has no such type"),
        ScoreType::F32 => {
            for (score, target) in scores.zip(target.chunks_exact_mut(4)) {
                #[allow(clippy::cast_possible_truncation, reason = "it was an f32 or narrower")]
                let score = score.into() as f32;
                target.copy_from_slice(&score.to_ne_bytes());
            }
        }
        ScoreType::F64 => {
            for (score, target) in scores.zip(target.chunks_exact_mut(8)) {
                target.copy_from_slice(&score.into().to_ne_bytes());
            }
        }
    }
}
