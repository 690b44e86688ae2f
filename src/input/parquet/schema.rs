//! The columns of a Parquet file, and what they can be used for.

use ::parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use ::parquet::schema::types::{ColumnDescriptor, SchemaDescriptor, Type};

use super::super::key_column::TIME;
use super::super::select::{Column, Kind};
use super::decimal::{Decimal, MOST_DIGITS, Physical as DecimalPhysical};
use crate::exact::ScoreType;

/// How the values of a column are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Bool,
    /// 32 bits; also the narrower integers, which Parquet stores so.
    I32,
    U32,
    I64,
    U64,
    F16,
    F32,
    F64,
    Decimal(Decimal),
    Text,
    /// Dates and times as the 32 or 64 bits that they are stored in, and bytes of one
    /// length, such as UUIDs: classes are none of these, but rows are known by them.
    Time32,
    Time64,
    Bytes,
}

impl Stored {
    /// Its type as a score: whole numbers and decimals become doubles.
    pub(super) fn score_type(self) -> Option<ScoreType> {
        match self {
            Self::Bool | Self::Text | Self::Time32 | Self::Time64 | Self::Bytes => None,
            Self::F16 => Some(ScoreType::F16),
            Self::F32 => Some(ScoreType::F32),
            Self::I32 | Self::U32 | Self::I64 | Self::U64 | Self::F64 | Self::Decimal(_) => {
                Some(ScoreType::F64)
            }
        }
    }

    /// Whether it holds whole numbers only.
    pub(super) fn is_whole(self) -> bool {
        match self {
            Self::I32 | Self::U32 | Self::I64 | Self::U64 => true,
            Self::Decimal(decimal) => decimal.scale == 0,
            _ => false,
        }
    }

    fn name(self) -> String {
        let name = match self {
            Self::Bool => "bool",
            Self::I32 => "int32",
            Self::U32 => "uint32",
            Self::I64 => "int64",
            Self::U64 => "uint64",
            Self::F16 => "float16",
            Self::F32 => "float32",
            Self::F64 => "float64",
            Self::Decimal(Decimal { precision, scale, .. }) => {
                return format!("decimal({precision}, {scale})");
            }
            Self::Text => "string",
            Self::Time32 | Self::Time64 => TIME,
            Self::Bytes => "bytes",
        };
        name.to_owned()
    }
}

/// A column of values that can be read.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    /// Its place among all leaves of the schema.
    pub(super) index: usize,
    pub(super) stored: Stored,
    /// The bits that its integers are said to have, where these are 8 or 16.
    pub(super) narrow: Option<u8>,
    /// Whether each row holds a list of values.
    pub(super) list: bool,
    /// The definition level of a value that is there.
    pub(super) present: i16,
}

impl Leaf {
    /// The type that it is said to have, for reports.
    pub(super) fn type_name(&self) -> String {
        let name = match (self.narrow, self.stored) {
            (Some(bits), Stored::U32) => format!("uint{bits}"),
            (Some(bits), _) => format!("int{bits}"),
            (None, stored) => stored.name(),
        };
        if self.list { format!("list<{name}>") } else { name }
    }
}

/// The columns of a schema, with the leaf of each that can be used.
pub(super) fn columns(schema: &SchemaDescriptor) -> (Vec<Column>, Vec<Option<Leaf>>) {
    let fields = schema.root_schema().get_fields();
    let mut columns = Vec::with_capacity(fields.len());
    let mut leaves = Vec::with_capacity(fields.len());
    let mut first_leaf = vec![None; fields.len()];
    for index in (0..schema.num_columns()).rev() {
        first_leaf[schema.get_column_root_idx(index)] = Some(index);
    }
    for (field, index) in fields.iter().zip(first_leaf) {
        let found = index.ok_or_else(|| "nothing".to_owned()).and_then(|index| {
            let descriptor = schema.column(index);
            leaf(field, index, &descriptor)
        });
        let (kind, leaf) = match found {
            Ok(leaf) => (kind(&leaf), Some(leaf)),
            Err(why) => (Kind::Unusable(why), None),
        };
        columns.push(Column { name: field.name().to_owned(), kind });
        leaves.push(leaf);
    }
    (columns, leaves)
}

/// The leaf of a column by which rows may be known; `None` if there is none, or more.
pub(super) fn key(schema: &SchemaDescriptor, name: &str) -> Option<Leaf> {
    let fields = schema.root_schema().get_fields();
    let mut named = (0..schema.num_columns())
        .filter(|&index| fields[schema.get_column_root_idx(index)].name() == name);
    let (index, None) = (named.next()?, named.next()) else { return None };
    let descriptor = schema.column(index);
    if descriptor.max_rep_level() > 0 || descriptor.path().parts().len() > 1 {
        return None;
    }
    let stored = stored(&descriptor).ok().or_else(|| match descriptor.physical_type() {
        Physical::INT32 => Some(Stored::Time32),
        Physical::INT64 => Some(Stored::Time64),
        Physical::FIXED_LEN_BYTE_ARRAY => Some(Stored::Bytes),
        _ => None,
    })?;
    let present = descriptor.max_def_level();
    Some(Leaf { index, stored, narrow: None, list: false, present })
}

fn kind(leaf: &Leaf) -> Kind {
    match (leaf.stored.score_type(), leaf.list) {
        (Some(_), true) => Kind::FloatList,
        (Some(_), false) if leaf.stored.is_whole() => Kind::Integer,
        (Some(_), false) => Kind::Float,
        (None, true) => Kind::Unusable(format!("{}; scores are numbers", leaf.type_name())),
        (None, false) => Kind::Class(leaf.stored.name()),
    }
}

/// The leaf of a field, or what the field holds that can't be read.
fn leaf(field: &Type, index: usize, descriptor: &ColumnDescriptor) -> Result<Leaf, String> {
    let list = match (field.is_primitive(), descriptor.max_rep_level()) {
        (true, 0) => false,
        (false, 1) if is_list(field) => true,
        _ => return Err("nested values; expected one value, or a list of numbers, per row".into()),
    };
    let stored = stored(descriptor)?;
    let narrow = narrow(descriptor).filter(|_| matches!(stored, Stored::I32 | Stored::U32));
    Ok(Leaf { index, stored, narrow, list, present: descriptor.max_def_level() })
}

/// The bits of integers that are said to have 8 or 16.
fn narrow(descriptor: &ColumnDescriptor) -> Option<u8> {
    match (descriptor.logical_type_ref(), descriptor.converted_type()) {
        (Some(LogicalType::Integer(integer)), _) => {
            u8::try_from(integer.bit_width).ok().filter(|bits| *bits < 32)
        }
        (_, ConvertedType::INT_8 | ConvertedType::UINT_8) => Some(8),
        (_, ConvertedType::INT_16 | ConvertedType::UINT_16) => Some(16),
        _ => None,
    }
}

/// Whether a group is a list of values, in the form that all writers use now
/// (three levels) or the older one (two).
fn is_list(field: &Type) -> bool {
    let info = field.get_basic_info();
    let annotated = matches!(info.logical_type_ref(), Some(LogicalType::List))
        || info.converted_type() == ConvertedType::LIST;
    let [repeated] = field.get_fields() else { return false };
    let repeats = repeated.get_basic_info().repetition() == Repetition::REPEATED;
    let values = repeated.is_primitive()
        || matches!(repeated.get_fields(), [element] if element.is_primitive());
    annotated && repeats && values
}

/// The type of a leaf, or what it is that can't be read.
fn stored(descriptor: &ColumnDescriptor) -> Result<Stored, String> {
    let logical = descriptor.logical_type_ref();
    let converted = descriptor.converted_type();
    let plain = logical.is_none() && converted == ConvertedType::NONE;
    let integer = match logical {
        Some(LogicalType::Integer(integer)) => Some(integer.is_signed),
        _ if plain => Some(true),
        _ => match converted {
            ConvertedType::INT_8
            | ConvertedType::INT_16
            | ConvertedType::INT_32
            | ConvertedType::INT_64 => Some(true),
            ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64 => Some(false),
            _ => None,
        },
    };
    if converted == ConvertedType::DECIMAL || matches!(logical, Some(LogicalType::Decimal(_))) {
        return decimal(descriptor).map(Stored::Decimal);
    }
    let text = plain
        || matches!(logical, Some(LogicalType::String | LogicalType::Enum | LogicalType::Json))
        || matches!(converted, ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON);
    match (descriptor.physical_type(), integer) {
        (Physical::BOOLEAN, _) => Ok(Stored::Bool),
        (Physical::INT32, Some(true)) => Ok(Stored::I32),
        (Physical::INT32, Some(false)) => Ok(Stored::U32),
        (Physical::INT64, Some(true)) => Ok(Stored::I64),
        (Physical::INT64, Some(false)) => Ok(Stored::U64),
        (Physical::FLOAT, _) => Ok(Stored::F32),
        (Physical::DOUBLE, _) => Ok(Stored::F64),
        (Physical::BYTE_ARRAY, _) if text => Ok(Stored::Text),
        (Physical::FIXED_LEN_BYTE_ARRAY, _)
            if matches!(logical, Some(LogicalType::Float16)) && descriptor.type_length() == 2 =>
        {
            Ok(Stored::F16)
        }
        _ => Err(refused(descriptor)),
    }
}

/// The type of a column of decimals.
fn decimal(descriptor: &ColumnDescriptor) -> Result<Decimal, String> {
    let physical = match descriptor.physical_type() {
        Physical::INT32 => DecimalPhysical::I32,
        Physical::INT64 => DecimalPhysical::I64,
        Physical::BYTE_ARRAY => DecimalPhysical::Bytes,
        Physical::FIXED_LEN_BYTE_ARRAY => DecimalPhysical::Fixed,
        other => return Err(format!("decimals stored as {other}, which no writer does")),
    };
    let (precision, scale) = (descriptor.type_precision(), descriptor.type_scale());
    let sound = u32::try_from(precision).ok().zip(u32::try_from(scale).ok());
    match sound.filter(|(precision, scale)| *precision <= MOST_DIGITS && scale <= precision) {
        Some((precision, scale)) => Ok(Decimal { physical, precision, scale }),
        None => Err(format!(
            "decimals of {precision} digits, {scale} of them after the point; at most {MOST_DIGITS} \
             are read, so cast it to double, or to decimal({MOST_DIGITS}, n)"
        )),
    }
}

/// What a leaf holds that can't be read, and the cast that helps.
fn refused(descriptor: &ColumnDescriptor) -> String {
    let what = match (descriptor.logical_type_ref(), descriptor.converted_type()) {
        (Some(LogicalType::Date), _) | (_, ConvertedType::DATE) => "dates",
        (Some(LogicalType::Time(_)), _)
        | (_, ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS) => "times of day",
        (Some(LogicalType::Timestamp(_)), _)
        | (_, ConvertedType::TIMESTAMP_MILLIS | ConvertedType::TIMESTAMP_MICROS) => "timestamps",
        (_, ConvertedType::INTERVAL) => "spans of time",
        (Some(LogicalType::Uuid), _) => "UUIDs",
        (Some(LogicalType::Bson), _) | (_, ConvertedType::BSON) => "BSON documents",
        (Some(LogicalType::Unknown), _) => {
            return "nothing but nulls, of no type; cast it to an integer or a string".into();
        }
        _ if descriptor.physical_type() == Physical::INT96 => "timestamps (INT96)",
        _ if descriptor.physical_type() == Physical::FIXED_LEN_BYTE_ARRAY => {
            let length = descriptor.type_length();
            return format!(
                "{length} bytes in each row, without a type; cast it to a string or a number"
            );
        }
        (Some(logical), _) => return format!("values of type {logical:?}"),
        (None, converted) => return format!("values of type {converted}"),
    };
    format!("{what}; a class is an integer or a string, so cast it: CAST(column AS VARCHAR)")
}
