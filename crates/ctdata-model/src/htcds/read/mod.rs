//! From sheets to records: one plan of columns, one builder, one account of problems for every kind of file.

mod builder;
mod columns;
mod header;
mod metadata;
mod outcome;

pub(crate) use builder::{CellInput, RecordBuilder, Scope};
pub(crate) use columns::{ColumnPlan, SheetPlan, Target};
pub(crate) use header::{HeaderRules, is_form, is_htcds, target_name};
#[cfg(feature = "xlsx")]
pub(crate) use metadata::is_metadata;
pub use outcome::{AddressRow, HtcdsOutcome, MadeIds, Places, ReadOptions};
