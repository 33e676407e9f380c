//! Datasets as Arrow record batches and Parquet files, and back.
//!
//! The metadata of the schema name the layout, so that cases come back as cases. What the columns are and mean:
//! [`ctdata_table::arrow`]. Batches and files are working copies: they hold whole domains.
//!
//! ```
//! use ctdata_model::arrow::{dataset, record_batch};
//! use ctdata_model::{Dataset, Layout, Simulator};
//! let layout = Layout::named("ctdc-synthetic-2024").unwrap();
//! let cases = Dataset::Cases(Simulator::new(1).cases(layout, 100)?);
//! assert_eq!(dataset(&record_batch(&cases)?)?, cases);
//! # Ok::<(), ctdata_model::ModelError>(())
//! ```

use arrow_array::RecordBatch;
use ctdata_table::Table;
use ctdata_table::arrow::{ArrowOptions, from_record_batch, layout, to_record_batch};

use crate::{CaseTable, Dataset, Layout, LayoutKind, ModelError, VpTable};

/// A dataset as one batch, without ids and weights.
///
/// # Errors
/// As [`to_record_batch`].
pub fn record_batch(dataset: &Dataset) -> Result<RecordBatch, ModelError> {
    Ok(to_record_batch(dataset.table(), &options(dataset))?)
}

/// The dataset of a batch: of the layout that its metadata name if its columns are still those of the layout, else a
/// plain table.
///
/// # Errors
/// As [`from_record_batch`].
pub fn dataset(batch: &RecordBatch) -> Result<Dataset, ModelError> {
    let name = layout(batch.schema_ref()).map(str::to_owned);
    of_layout(from_record_batch(batch)?, name.as_deref())
}

/// Writes a dataset as [`ctdata_table::parquet::write_parquet`] does, without ids and weights.
///
/// # Errors
/// As there.
#[cfg(feature = "parquet")]
pub fn write_parquet(
    dataset: &Dataset,
    output: impl std::io::Write + Send,
    control: &ctdata_table::Control,
) -> Result<(), ModelError> {
    Ok(ctdata_table::parquet::write_parquet(dataset.table(), &options(dataset), output, control)?)
}

/// Reads a file as [`dataset`] reads a batch.
///
/// # Errors
/// As [`ctdata_table::parquet::read_parquet`].
#[cfg(feature = "parquet")]
pub fn read_parquet(file: std::fs::File, control: &ctdata_table::Control) -> Result<Dataset, ModelError> {
    let (table, layout) = ctdata_table::parquet::read_parquet_and_layout(file, control)?;
    of_layout(table, layout.as_deref())
}

fn options(dataset: &Dataset) -> ArrowOptions {
    ArrowOptions { layout: dataset.layout().map(|layout| layout.name.to_owned()), ..ArrowOptions::default() }
}

fn of_layout(table: Table, name: Option<&str>) -> Result<Dataset, ModelError> {
    let Some(layout) = name.and_then(Layout::named) else {
        return Ok(Dataset::Plain(table));
    };
    match layout.kind {
        LayoutKind::Cases => match CaseTable::try_new(table.clone(), layout) {
            Ok(cases) => Ok(Dataset::Cases(cases)),
            Err(ModelError::NotOfLayout { .. }) => Ok(Dataset::Plain(table)),
            Err(error) => Err(error),
        },
        LayoutKind::VictimPerpetrator => match VpTable::from_columns(layout, table.columns().to_vec()) {
            Ok(rows) if *rows.table() == table => Ok(Dataset::VictimPerpetrator(rows)),
            _ => Ok(Dataset::Plain(table)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LAYOUTS, Simulator};

    #[test]
    fn every_layout_comes_back_as_itself() {
        for layout in LAYOUTS {
            let simulated = Simulator::new(5).dataset(layout, 300).unwrap();
            let batch = record_batch(&simulated).unwrap();
            assert_eq!(dataset(&batch).unwrap(), simulated, "{}", layout.name);
            #[cfg(feature = "parquet")]
            {
                use std::io::Seek;
                let control = ctdata_table::Control::default();
                let mut file = tempfile::tempfile().unwrap();
                write_parquet(&simulated, file.try_clone().unwrap(), &control).unwrap();
                file.rewind().unwrap();
                assert_eq!(read_parquet(file, &control).unwrap(), simulated, "{}", layout.name);
            }
            // Where a column was left out, or cells were changed by a type, the layout no longer fits.
            let fewer = batch.project(&(1..batch.num_columns()).collect::<Vec<_>>()).unwrap();
            assert!(matches!(dataset(&fewer).unwrap(), Dataset::Plain(_)));
        }
        let plain = Dataset::Plain(Simulator::new(5).dataset(&LAYOUTS[0], 10).unwrap().table().clone());
        assert_eq!(dataset(&record_batch(&plain).unwrap()).unwrap(), plain);
    }
}
