//! The table of runs as Parquet; every column may be null.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::columns::{Cells, Column};

/// One row group of all runs.
pub(super) fn write<W: Write + Send>(columns: &[Column], file: W) -> io::Result<()> {
    table(columns, file).map_err(|error| match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    })
}

fn table<W: Write + Send>(columns: &[Column], file: W) -> Result<()> {
    let fields = columns.iter().map(field).collect::<Result<Vec<_>>>()?;
    let schema = Type::group_type_builder("runs").with_fields(fields).build()?;
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), properties)?;
    let mut group = writer.next_row_group()?;
    for column in columns {
        match &column.cells {
            Cells::Integer(cells) => cells_of::<Int64Type, _, _>(&mut group, cells, |it| *it)?,
            Cells::Float(cells) => cells_of::<DoubleType, _, _>(&mut group, cells, |it| *it)?,
            Cells::Text(cells) => {
                let bytes = |text: &String| ByteArray::from(text.as_str());
                cells_of::<ByteArrayType, _, _>(&mut group, cells, bytes)?;
            }
        }
    }
    group.close()?;
    writer.close().map(drop)
}

fn field(column: &Column) -> Result<Arc<Type>> {
    let (physical, logical) = match column.cells {
        Cells::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Cells::Integer(_) => (Physical::INT64, None),
        Cells::Float(_) => (Physical::DOUBLE, None),
    };
    let field = Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical);
    field.build().map(Arc::new)
}

/// Writes the values that are there, and where they are.
fn cells_of<T: DataType, C, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    cells: &[Option<C>],
    stored: impl Fn(&C) -> T::T,
) -> Result<()> {
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let there: Vec<T::T> = cells.iter().flatten().map(stored).collect();
    let Some(mut column) = group.next_column()? else {
        unreachable!("as many columns as the schema has")
    };
    column.typed::<T>().write_batch(&there, Some(&levels), None)?;
    column.close()
}
