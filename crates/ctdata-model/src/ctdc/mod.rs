//! CTDC's published layouts: one description per release, and the readers and writers that follow them.

#[cfg(feature = "csv")]
mod decode;
mod layout;
#[cfg(feature = "csv")]
mod reader;
mod releases;
mod victim_perpetrator;
#[cfg(feature = "csv")]
mod writer;

pub use layout::{Coding, Detection, Layout, LayoutAttribute, LayoutColumn, LayoutKind, Token};
#[cfg(feature = "csv")]
pub use reader::{CaseReader, Outcome, Problem, Problems};
pub use releases::LAYOUTS;
pub use victim_perpetrator::VpAttribute;
#[cfg(feature = "csv")]
pub use writer::{write_cases, write_table};
