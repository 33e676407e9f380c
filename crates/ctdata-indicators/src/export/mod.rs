//! Estimates as files: one row or one JSON object per estimate.

mod json;
#[cfg(feature = "csv")]
mod long_csv;

pub use json::{FORMAT_VERSION, Observations};
#[cfg(feature = "csv")]
pub use long_csv::{write_long_csv, write_open_sdg_csv};
