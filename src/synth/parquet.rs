//! Rows as a Parquet table: a block is a row group, a class is a column.

use std::io::{self, Write};
use std::sync::Arc;

use ::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{
    ByteArray, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType, Int64Type,
};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::types::{ColumnPath, Type};

use super::block::Block;
use super::csv::columns;
use super::recipe::{Content, Recipe};
use super::write::Passes;
use crate::batch::Scores;
use crate::tally::ScoreType;

/// Writes the table. Its footer, which says where every column of every row
/// group lies, is held in memory until the end.
pub(super) fn write(passes: &Passes<'_>, to: &mut (impl Write + Send)) -> io::Result<()> {
    let recipe = passes.rows.recipe();
    let schema = schema(recipe).map_err(plain)?;
    let mut writer =
        SerializedFileWriter::new(to, schema, Arc::new(properties(recipe))).map_err(plain)?;
    passes.run_groups(|block| write_group(&mut writer, block, recipe).map_err(plain))?;
    writer.close().map(|_| ()).map_err(plain)
}

/// Classes repeat and are written once each; scores hardly do.
fn properties(recipe: &Recipe) -> WriterProperties {
    let properties = WriterProperties::builder().set_compression(Compression::UNCOMPRESSED);
    let properties = match recipe.content {
        Content::Predictions => properties,
        Content::Scores(_) => properties
            .set_dictionary_enabled(false)
            .set_column_dictionary_enabled(ColumnPath::from("label"), true),
    };
    properties.build()
}

fn schema(recipe: &Recipe) -> Result<Arc<Type>> {
    let field = |name: &str, score_type: Option<ScoreType>| -> Result<Arc<Type>> {
        let physical = match score_type {
            None => Physical::INT64,
            Some(ScoreType::F16) => Physical::FIXED_LEN_BYTE_ARRAY,
            Some(ScoreType::Bf16) => unreachable!("refused before a row was made"),
            Some(ScoreType::F32) => Physical::FLOAT,
            Some(ScoreType::F64) => Physical::DOUBLE,
        };
        let field =
            Type::primitive_type_builder(name, physical).with_repetition(Repetition::REQUIRED);
        let field = match score_type {
            Some(ScoreType::F16) => {
                field.with_length(2).with_logical_type(Some(LogicalType::Float16))
            }
            _ => field,
        };
        field.build().map(Arc::new)
    };
    let score_type = match recipe.content {
        Content::Predictions => None,
        Content::Scores(kind) => Some(kind.score_type),
    };
    let mut fields = vec![field("label", None)?];
    for name in columns(recipe) {
        fields.push(field(&name, score_type)?);
    }
    Type::group_type_builder("rows").with_fields(fields).build().map(Arc::new)
}

fn write_group<W: Write + Send>(
    writer: &mut SerializedFileWriter<W>,
    block: &Block,
    recipe: &Recipe,
) -> Result<()> {
    let mut group = writer.next_row_group()?;
    write_column::<Int64Type, W>(&mut group, &block.labels)?;
    if !block.predictions.is_empty() {
        write_column::<Int64Type, W>(&mut group, &block.predictions)?;
    }
    let width = recipe.width();
    for column in 0..width {
        match &block.scores {
            Scores::F16(scores) => {
                let halves = |score: half::f16| ByteArray::from(score.to_le_bytes().to_vec());
                let values: Vec<FixedLenByteArray> =
                    taken(scores, column, width).map(|score| halves(score).into()).collect();
                write_column::<FixedLenByteArrayType, W>(&mut group, &values)?;
            }
            Scores::Bf16(_) => unreachable!("refused before a row was made"),
            Scores::F32(scores) => {
                let values: Vec<f32> = taken(scores, column, width).collect();
                write_column::<FloatType, W>(&mut group, &values)?;
            }
            Scores::F64(scores) => {
                let values: Vec<f64> = taken(scores, column, width).collect();
                write_column::<DoubleType, W>(&mut group, &values)?;
            }
        }
    }
    group.close().map(|_| ())
}

/// One column of a matrix.
fn taken<T: Copy>(matrix: &[T], column: usize, width: usize) -> impl Iterator<Item = T> {
    matrix[column..].iter().step_by(width).copied()
}

fn write_column<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
) -> Result<()> {
    let Some(mut column) = group.next_column()? else {
        unreachable!("as many columns as the schema has")
    };
    column.typed::<T>().write_batch(values, None, None)?;
    column.close()
}

/// The system's own error, where that is the cause.
fn plain(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
