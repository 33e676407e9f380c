//! Estimates as files, each format with what it has no place for.
//!
//! | format | what it takes |
//! |---|---|
//! | [`write_long_csv`] | every field of every estimate |
//! | [`Observations`] | the same as JSON, with the [`Metadata`] of the whole |
//! | [`open_sdg()`] | figures of single years, a file of data and a file of metadata for each indicator |
//! | [`write_sdmx_csv`] | 16.2.2 alone, under the codes of [`sdmx`] |
//!
//! The last two return what they leave out, with the reason ([`LeftOut`]). A figure that is withheld is written as
//! missing, never as zero.

mod json;
#[cfg(feature = "csv")]
mod left_out;
#[cfg(feature = "csv")]
mod long_csv;
mod metadata;
#[cfg(feature = "csv")]
mod open_sdg;
#[cfg(feature = "schema")]
mod schema;
pub mod sdmx;
#[cfg(feature = "csv")]
mod sdmx_csv;

pub use json::{FORMAT_VERSION, Observations};
#[cfg(feature = "csv")]
pub use left_out::{LeftOut, LeftOutReason};
#[cfg(feature = "csv")]
pub use long_csv::{write_long_csv, write_open_sdg_csv};
pub use metadata::{Coverage, DefinitionUsed, IntervalUsed, Metadata, PopulationUsed, WithoutValue};
#[cfg(feature = "csv")]
pub use open_sdg::{OpenSdg, OpenSdgIndicator, OpenSdgOptions, open_sdg};
#[cfg(feature = "schema")]
pub use schema::{OBSERVATION_SCHEMA, OBSERVATIONS_SCHEMA, observation_schema, observations_schema};
#[cfg(feature = "csv")]
pub use sdmx_csv::{ReportingType, SdmxAction, SdmxOptions, SdmxReport, write_sdmx_csv};
