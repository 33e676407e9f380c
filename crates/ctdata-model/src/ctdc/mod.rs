//! CTDC's published layouts: one description per release, and the readers and writers that follow them.

#[cfg(feature = "csv")]
mod decode;
mod layout;
#[cfg(feature = "csv")]
mod outcome;
#[cfg(feature = "csv")]
mod reader;
mod releases;
#[cfg(feature = "csv")]
mod rows;
mod victim_perpetrator;
#[cfg(feature = "csv")]
mod writer;

pub(crate) use layout::HTCDS_CASES;
pub use layout::{Coding, Detection, Layout, LayoutAttribute, LayoutColumn, LayoutKind, Token};
#[cfg(feature = "csv")]
pub(crate) use outcome::without_file;
#[cfg(feature = "csv")]
pub use outcome::{Outcome, Problem, Problems};
#[cfg(feature = "csv")]
pub use reader::CaseReader;
pub use releases::LAYOUTS;
#[cfg(feature = "csv")]
pub(crate) use rows::{TOO_LONG, TOO_SHORT};
pub use victim_perpetrator::VpAttribute;
#[cfg(feature = "csv")]
pub use writer::{write_cases, write_recoded, write_table};
