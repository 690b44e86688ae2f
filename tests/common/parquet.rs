//! Parquet files of any stored type, written by the `parquet` crate.

use std::sync::Arc;

use half::f16;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    FloatType, Int32Type, Int64Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// Values in the type they are stored in.
#[derive(Clone, Debug)]
pub enum Values {
    Bool(Vec<bool>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Bytes(Vec<Vec<u8>>),
    Fixed(Vec<Vec<u8>>),
}

/// A column without nulls.
#[derive(Clone, Debug)]
pub struct Stored {
    /// As in a schema: "int32", "fixed_len_byte_array(16)".
    pub physical: String,
    /// As in a schema: "(DECIMAL(9,2))"; or empty.
    pub annotation: String,
    /// Values in the list of each row; `None` for one value per row.
    pub list: Option<usize>,
    pub values: Values,
}

impl Stored {
    pub fn new(physical: &str, annotation: &str, values: Values) -> Self {
        let (physical, annotation) = (physical.to_owned(), annotation.to_owned());
        Self { physical, annotation, list: None, values }
    }

    pub fn lists(self, width: usize) -> Self {
        Self { list: Some(width), ..self }
    }

    fn declaration(&self, name: &str) -> String {
        let Self { physical, annotation, .. } = self;
        match self.list {
            None => format!("required {physical} {name} {annotation};"),
            Some(_) => format!(
                "required group {name} (LIST) {{ repeated group list {{ required {physical} \
                 element {annotation}; }} }}"
            ),
        }
    }
}

/// Every decimal column that holds `whole · 10^-scale`.
pub fn decimals(wholes: &[i128], scale: u32) -> Vec<Stored> {
    let most = wholes.iter().map(|it| it.unsigned_abs()).max().unwrap_or(0);
    let annotation = |digits: u32| format!("(DECIMAL({digits},{scale}))");
    let fits = |digits: u32| scale <= digits && most < 10_u128.pow(digits);
    let mut columns = Vec::new();
    if fits(9) {
        let values = wholes.iter().map(|&it| i32::try_from(it).unwrap()).collect();
        columns.push(Stored::new("int32", &annotation(9), Values::I32(values)));
    }
    if fits(18) {
        let values = wholes.iter().map(|&it| i64::try_from(it).unwrap()).collect();
        columns.push(Stored::new("int64", &annotation(18), Values::I64(values)));
    }
    let wide: Vec<Vec<u8>> = wholes.iter().map(|it| it.to_be_bytes().to_vec()).collect();
    let short = wide.iter().map(|bytes| {
        let redundant = |at: &usize| {
            let sign = if bytes[0] & 0x80 == 0 { 0 } else { 0xff };
            bytes[*at] == sign && (bytes[at + 1] ^ sign) & 0x80 == 0
        };
        bytes[(0..15).take_while(redundant).count()..].to_vec()
    });
    columns.push(Stored::new("binary", &annotation(38), Values::Bytes(short.collect())));
    columns.push(Stored::new("fixed_len_byte_array(16)", &annotation(38), Values::Fixed(wide)));
    columns
}

/// Half-precision floats.
pub fn halves(values: &[f64]) -> Stored {
    let bytes = values.iter().map(|&it| f16::from_f64(it).to_le_bytes().to_vec()).collect();
    Stored::new("fixed_len_byte_array(2)", "(FLOAT16)", Values::Fixed(bytes))
}

/// A file with row groups of `group_rows` rows.
pub fn stored(columns: &[(&str, &Stored)], rows: usize, group_rows: usize, coded: bool) -> Vec<u8> {
    let fields: String = columns.iter().map(|(name, column)| column.declaration(name)).collect();
    let schema = Arc::new(parse_message_type(&format!("message rows {{ {fields} }}")).unwrap());
    let properties = WriterProperties::builder().set_dictionary_enabled(coded).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    for start in (0..rows).step_by(group_rows) {
        let mut group = writer.next_row_group().unwrap();
        for (_, column) in columns {
            let width = column.list.unwrap_or(1);
            let range = start * width..rows.min(start + group_rows) * width;
            let repeats: Vec<i16> =
                range.clone().map(|at| i16::from(!at.is_multiple_of(width))).collect();
            let present = vec![1_i16; range.len()];
            let levels = column.list.map(|_| (present.as_slice(), repeats.as_slice()));
            let (definition, repetition) = levels.unzip();
            let mut column_writer = group.next_column().unwrap().unwrap();
            macro_rules! write {
                ($type:ty, $values:expr) => {{
                    let values: Vec<_> = $values;
                    let typed = column_writer.typed::<$type>();
                    typed.write_batch(&values, definition, repetition).unwrap();
                }};
            }
            let bytes = |values: &[Vec<u8>]| -> Vec<ByteArray> {
                values.iter().map(|it| ByteArray::from(it.clone())).collect()
            };
            match &column.values {
                Values::Bool(values) => write!(BoolType, values[range].to_vec()),
                Values::I32(values) => write!(Int32Type, values[range].to_vec()),
                Values::I64(values) => write!(Int64Type, values[range].to_vec()),
                Values::F32(values) => write!(FloatType, values[range].to_vec()),
                Values::F64(values) => write!(DoubleType, values[range].to_vec()),
                Values::Bytes(values) => write!(ByteArrayType, bytes(&values[range])),
                Values::Fixed(values) => write!(
                    FixedLenByteArrayType,
                    bytes(&values[range]).into_iter().map(FixedLenByteArray::from).collect()
                ),
            }
            column_writer.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}
