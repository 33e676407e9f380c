//! Tables as Parquet files and back. What the columns are and mean: [`arrow`](crate::arrow).

use std::fs::File;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::arrow::{ArrowOptions, Batches, from_record_batches, layout};
use crate::table::MAX_ROWS;
use crate::{Control, Table, TableError};

/// Rows that are written as one group.
const GROUP_ROWS: usize = 1 << 20;
/// Rows that are read at a time.
const BATCH_ROWS: usize = 1 << 16;

/// Writes a table in row groups of 1,048,576 rows, compressed with Snappy. Every table comes back equal.
///
/// # Errors
/// [`TableError::Parquet`] if the output fails; and as [`to_record_batch`](crate::arrow::to_record_batch).
pub fn write_parquet(
    table: &Table,
    options: &ArrowOptions,
    output: impl Write + Send,
    control: &Control,
) -> Result<(), TableError> {
    let batches = Batches::new(table, options)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_created_by(concat!("ctdata-table ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut writer = ArrowWriter::try_new(output, batches.schema(), Some(properties))?;
    let rows = table.rows();
    for start in (0..rows).step_by(GROUP_ROWS) {
        control.check()?;
        let end = rows.min(start + GROUP_ROWS);
        writer.write(&batches.batch(start..end)?)?;
        control.report("writing", end as u64, Some(rows as u64));
    }
    writer.close()?;
    Ok(())
}

/// Reads a whole file.
///
/// # Errors
/// [`TableError::Parquet`] if the file cannot be read or is broken; and as [`from_record_batches`].
pub fn read_parquet(file: File, control: &Control) -> Result<Table, TableError> {
    read_parquet_and_layout(file, control).map(|(table, _)| table)
}

/// Reads a whole file, and the name of the layout in its metadata: see [`layout`](crate::arrow::layout).
///
/// # Errors
/// As [`read_parquet`].
pub fn read_parquet_and_layout(file: File, control: &Control) -> Result<(Table, Option<String>), TableError> {
    let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file))?;
    let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(u64::MAX);
    if total > MAX_ROWS {
        return Err(TableError::TooManyRows { limit: MAX_ROWS });
    }
    let schema = builder.schema().clone();
    let mut batches = Vec::new();
    let mut rows = 0_u64;
    let mut reader = guarded(|| builder.with_batch_size(BATCH_ROWS).build())?;
    while let Some(batch) = guarded(|| Ok(reader.next().transpose()?))? {
        control.check()?;
        rows += batch.num_rows() as u64;
        if rows > MAX_ROWS {
            return Err(TableError::TooManyRows { limit: MAX_ROWS });
        }
        control.report("reading", rows, Some(total));
        batches.push(batch);
    }
    Ok((from_record_batches(&schema, &batches)?, layout(&schema).map(str::to_owned)))
}

/// Some broken files make the library panic (in version 59: a broken Arrow schema). Nothing it worked on is used again.
fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, TableError> {
    let done = catch_unwind(AssertUnwindSafe(work));
    Ok(done.map_err(|_| TableError::Parquet("the file is broken".into()))??)
}

#[cfg(test)]
mod tests;
