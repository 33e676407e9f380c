//! Tables as Arrow record batches and back.
//!
//! | domain | Arrow type |
//! |---|---|
//! | flag (`no`, `yes`) | Boolean |
//! | nominal, ordered | Dictionary of UInt8 or UInt16 to Utf8: the labels in the order of the codes |
//! | numeric, scale 0 | Int64 |
//! | numeric, scaled | Decimal128 of 19 digits and that scale |
//! | date | Date32 |
//!
//! A missing cell is null. What a null means is in the metadata of its field: the key `ctdata.domain` holds one JSON
//! object with the whole domain (kind, origin, values), the declared kinds of missing and the kind that a null stands
//! for. The keys of a dictionary are the codes of the column, in the same memory; a null has a key past the labels, as
//! Arrow allows. Only where the cells of one column are missing for more than one reason, a second column (`<name>.missing`,
//! metadata `ctdata.missing-of`) names the reason of each null. Groups are metadata of the schema, and so is the
//! name of a layout that the columns follow, if it is given. So a table comes back equal to what was written.
//!
//! Batches of other origin, without this metadata, are read as observed domains in which a null is not recorded.
//!
//! The metadata hold all values of a domain, those that no row has included: as confidential as the table.
//!
//! ```
//! use ctdata_table::arrow::{ArrowOptions, from_record_batch, to_record_batch};
//! use ctdata_table::{Attribute, Cell, Missing, Schema, TableBuilder};
//! let mut builder = TableBuilder::new(Schema::try_new(vec![Attribute::flag("forced_labour")])?);
//! builder.push_row(&[Cell::Value(1)])?;
//! builder.push_row(&[Cell::Missing(Missing::NotRecorded)])?;
//! let table = builder.finish()?;
//!
//! let batch = to_record_batch(&table, &ArrowOptions::default())?;
//! assert_eq!(batch.column(0).null_count(), 1);
//! assert_eq!(from_record_batch(&batch)?, table);
//! # Ok::<(), ctdata_table::TableError>(())
//! ```

mod cells;
mod note;
mod read;
#[cfg(test)]
pub(crate) mod tests;
mod write;

pub use read::{from_record_batch, from_record_batches, layout};
#[cfg(feature = "parquet")]
pub(crate) use write::Batches;
pub use write::{ArrowOptions, to_record_batch};

use crate::TableError;

fn refused(column: &str, rule: impl std::fmt::Display) -> TableError {
    TableError::Arrow(format!("column `{column}`: {rule}"))
}
