//! Estimates as files: one row or one JSON object per estimate.

mod json;
#[cfg(feature = "csv")]
mod long_csv;
#[cfg(feature = "schema")]
mod schema;

pub use json::{FORMAT_VERSION, Observations};
#[cfg(feature = "csv")]
pub use long_csv::{write_long_csv, write_open_sdg_csv};
#[cfg(feature = "schema")]
pub use schema::{OBSERVATION_SCHEMA, observation_schema};
