//! Reading and writing delimited text.

mod coder;
mod input;
mod outline;
mod problems;
mod reader;
mod rows;
mod scan;
mod table_writer;
mod write;

pub use coder::{Coder, ObservedDomain, Refusal};
pub use input::{BrokenGzip, Input, open};
pub use problems::{OnError, Problem, ProblemKind, Problems};
pub use reader::{CsvReader, Outcome};
pub use scan::{Record, ScanError, ScanOptions, Scanner, Separator};
pub use table_writer::{WriteOptions, write_csv, write_csv_file};
pub use write::{Access, CsvWriter, LineEnd, quote, write_atomically};
