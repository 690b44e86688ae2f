//! Writes input files of every format.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use half::{bf16, f16};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A folder that is gone after the test.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file and returns its path.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

/// The spelling of a path, for requests.
pub fn spelled(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A value that numpy can store, and how.
pub trait Element: Copy {
    /// Kind and size, as in a dtype: "i8".
    const KIND: &'static str;
    /// The bytes, least significant first.
    fn little_endian(self) -> Vec<u8>;
}

macro_rules! element {
    ($($type:ty = $kind:literal),+) => {
        $(impl Element for $type {
            const KIND: &'static str = $kind;
            fn little_endian(self) -> Vec<u8> {
                self.to_le_bytes().to_vec()
            }
        })+
    };
}

element!(
    u8 = "u1",
    u16 = "u2",
    u32 = "u4",
    u64 = "u8",
    i8 = "i1",
    i16 = "i2",
    i32 = "i4",
    i64 = "i8",
    f16 = "f2",
    bf16 = "V2",
    f32 = "f4",
    f64 = "f8"
);

impl Element for bool {
    const KIND: &'static str = "b1";
    fn little_endian(self) -> Vec<u8> {
        vec![u8::from(self)]
    }
}

/// How to lay an array out.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub version: u8,
    pub big_endian: bool,
    pub fortran: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self { version: 1, big_endian: false, fortran: false }
    }
}

/// The header of a `.npy` file.
pub fn npy_header(descr: &str, fortran: bool, shape: &[usize], version: u8) -> Vec<u8> {
    let mut lengths = String::new();
    for length in shape {
        write!(lengths, "{length}, ").unwrap();
    }
    let lengths = if shape.len() == 1 { format!("{},", shape[0]) } else { lengths };
    let fortran = if fortran { "True" } else { "False" };
    let dict =
        format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': ({lengths}), }}");
    let before = if version == 1 { 10 } else { 12 };
    let padding = 63 - (before + dict.len()) % 64;
    let text = format!("{dict}{}\n", " ".repeat(padding));
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    if version == 1 {
        bytes.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
    } else {
        bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
    }
    bytes.extend(text.as_bytes());
    bytes
}

/// A `.npy` file of `values`, which are in row-major order.
pub fn npy_as<T: Element>(values: &[T], shape: &[usize], layout: Layout) -> Vec<u8> {
    assert_eq!(values.len(), shape.iter().product::<usize>());
    let order = if T::KIND.ends_with('1') {
        '|'
    } else if layout.big_endian {
        '>'
    } else {
        '<'
    };
    let descr = format!("{order}{}", T::KIND);
    let mut bytes = npy_header(&descr, layout.fortran, shape, layout.version);
    for place in 0..values.len() {
        let at = if layout.fortran { row_major(place, shape) } else { place };
        let mut value = values[at].little_endian();
        if layout.big_endian {
            value.reverse();
        }
        bytes.extend(value);
    }
    bytes
}

/// The row-major place of a value by its column-major one.
fn row_major(place: usize, shape: &[usize]) -> usize {
    let (mut rest, mut indices) = (place, Vec::new());
    for &length in shape {
        indices.push(rest % length);
        rest /= length;
    }
    shape.iter().zip(indices).fold(0, |at, (&length, index)| at * length + index)
}

/// A little-endian 1-D `.npy` file.
pub fn npy<T: Element>(values: &[T]) -> Vec<u8> {
    npy_as(values, &[values.len()], Layout::default())
}

/// A little-endian C-order matrix as `.npy`.
pub fn npy_matrix<T: Element>(values: &[T], columns: usize) -> Vec<u8> {
    npy_as(values, &[values.len() / columns, columns], Layout::default())
}

/// A `.npz` archive of `.npy` files.
pub fn npz(arrays: &[(&str, Vec<u8>)], method: CompressionMethod, zip64: bool) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method).large_file(zip64);
    for (name, npy) in arrays {
        zip.start_file(format!("{name}.npy"), options).unwrap();
        zip.write_all(npy).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A column of a Parquet file.
#[cfg(feature = "parquet")]
pub enum Column {
    I64(Vec<Option<i64>>),
    F32(Vec<Option<f32>>),
    F64(Vec<Option<f64>>),
    Text(Vec<Option<String>>),
}

/// A Parquet file with row groups of `group_rows` rows; every column may be null.
#[cfg(feature = "parquet")]
pub fn parquet(columns: &[(&str, Column)], group_rows: usize) -> Vec<u8> {
    use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FloatType, Int64Type};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    let fields = columns.iter().map(|(name, column)| match column {
        Column::I64(_) => format!("optional int64 {name};"),
        Column::F32(_) => format!("optional float {name};"),
        Column::F64(_) => format!("optional double {name};"),
        Column::Text(_) => format!("optional binary {name} (UTF8);"),
    });
    let schema = format!("message rows {{ {} }}", fields.collect::<String>());
    let schema = parse_message_type(&schema).unwrap().into();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Default::default()).unwrap();
    let rows = match &columns[0].1 {
        Column::I64(values) => values.len(),
        Column::F32(values) => values.len(),
        Column::F64(values) => values.len(),
        Column::Text(values) => values.len(),
    };
    for start in (0..rows.max(1)).step_by(group_rows) {
        let range = start..rows.min(start + group_rows);
        let mut group = writer.next_row_group().unwrap();
        for (_, column) in columns {
            let mut column_writer = group.next_column().unwrap().unwrap();
            /// Writes the values that are there, and where they are.
            macro_rules! write {
                ($type:ty, $values:expr, $stored:expr) => {{
                    let values = &$values[range.clone()];
                    let levels: Vec<i16> = values.iter().map(|v| i16::from(v.is_some())).collect();
                    let there: Vec<_> = values.iter().flatten().map($stored).collect();
                    let typed = column_writer.typed::<$type>();
                    typed.write_batch(&there, Some(&levels), None).unwrap();
                }};
            }
            match column {
                Column::I64(values) => write!(Int64Type, values, |v| *v),
                Column::F32(values) => write!(FloatType, values, |v| *v),
                Column::F64(values) => write!(DoubleType, values, |v| *v),
                Column::Text(values) => {
                    write!(ByteArrayType, values, |v| ByteArray::from(v.as_str()))
                }
            }
            column_writer.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

/// A parquet file of a key, of a type as schemas spell it, that holds `rows` in it and
/// the class 1 in a column `class` beside it.
#[cfg(feature = "parquet")]
pub fn keyed_parquet(key: &str, class: &str, rows: &[i32]) -> Vec<u8> {
    use parquet::data_type::{
        ByteArray, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
    };
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    let schema = format!("message t {{ required {key}; required int64 {class}; }}");
    let schema = parse_message_type(&schema).unwrap().into();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Default::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    match key.split(['(', ' ']).next() {
        Some("int32") => column.typed::<Int32Type>().write_batch(rows, None, None),
        Some("int64") => {
            let rows: Vec<i64> = rows.iter().map(|&row| row.into()).collect();
            column.typed::<Int64Type>().write_batch(&rows, None, None)
        }
        _ => {
            let length = if key.contains("16") { 16 } else { 3 };
            let bytes = |row: &i32| ByteArray::from(vec![u8::try_from(*row).unwrap(); length]);
            let rows: Vec<_> = rows.iter().map(|row| FixedLenByteArray::from(bytes(row))).collect();
            column.typed::<FixedLenByteArrayType>().write_batch(&rows, None, None)
        }
    }
    .unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int64Type>().write_batch(&vec![1; rows.len()], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.into_inner().unwrap()
}
