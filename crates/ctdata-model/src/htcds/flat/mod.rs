//! One flat CSV file: a row for each person or organization in a case; and the export of a survey form.

mod read;
mod rows;
mod write;

pub use read::read_flat;
pub(crate) use read::{FileRows, scan_header};
pub(crate) use rows::check;
#[cfg(feature = "xlsx")]
pub(crate) use rows::{FlatCell, FlatColumn, FlatTable};
pub(crate) use write::push_value;
pub use write::{FlatOptions, Words, write_flat, write_xlsform};

#[cfg(test)]
mod tests;
