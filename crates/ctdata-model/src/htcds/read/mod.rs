//! From sheets to records: one plan of columns, one builder, one account of problems for every kind of file.

mod builder;
mod columns;
mod outcome;

pub(crate) use builder::{CellInput, RecordBuilder};
pub(crate) use columns::{ColumnPlan, SheetPlan, Target};
pub use outcome::{HtcdsOutcome, Places, ReadOptions};
