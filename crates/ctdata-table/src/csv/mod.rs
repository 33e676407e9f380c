//! Reading and writing delimited text.

mod input;
mod scan;
mod write;

pub use input::{BrokenGzip, Input, open};
pub use scan::{Record, ScanError, ScanOptions, Scanner, Separator};
