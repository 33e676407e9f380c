//! The trafficking case: its values, the files it is published in, and what makes it consistent.
//!
//! ```
//! use ctdata_model::validate::Validator;
//! use ctdata_model::{CaseAttribute, CaseReader, Gender, Layout, Recorded, Simulator, write_cases};
//! use ctdata_table::Control;
//!
//! let control = Control::default();
//! let layout = Layout::named("ctdc-synthetic-2024").unwrap();
//! let mut file = Vec::new();
//! write_cases(&Simulator::new(1).cases(layout, 100)?, &mut file, &control)?;
//!
//! let outcome = CaseReader::default().read(&file[..], "cases.csv", &control)?;
//! assert!(Validator::default().check_outcome(&outcome, &control).is_valid()?);
//! let cases = outcome.into_cases()?;
//! assert_eq!(cases.layout().name, "ctdc-synthetic-2024");
//! assert!(cases.position(CaseAttribute::Gender).is_some());
//! let women = cases.cases().filter(|case| case.gender == Some(Recorded::Value(Gender::Female)));
//! assert!(women.count() > 0);
//! # Ok::<(), ctdata_model::ModelError>(())
//! ```
//!
//! # Map
//! | question | types |
//! |---|---|
//! | which values are there? | [`codes`], [`Country`], [`region`], [`Year`], [`Period`], [`Recorded`], [`Redacted`] |
//! | what can be said of a case? | [`CaseAttribute`], [`CaseGroup`], [`Case`], [`CaseTable`] |
//! | which files are known? | [`LAYOUTS`], [`Layout`], [`Detection`] |
//! | how are they read and written? | [`CaseReader`], [`Outcome`], [`Problem`], [`write_cases`], [`write_json_lines`] |
//! | what is lost between layouts? | [`convert`], [`Loss`] |
//! | what are HTCDS records, and how do they become cases? | [`htcds`] |
//! | is a file consistent? | [`validate`] |
//! | how do values generalize, what cannot exist? | [`case_hierarchies`], [`case_constraints`] |
//! | where do I get data to try things on? | [`Simulator`] |
//!
//! # What it does not do
//! It computes no statistics and protects nothing. It does not guess: what a source did not state is not
//! recorded, and a merged statement is never split. Free text, names and addresses are in [`htcds`] records alone; a case
//! has no place for them.
//!
//! # Features
//! `csv` (readers and writers), `json` (JSON lines, HTCDS as JSON) and `serde` are on by default; `xlsx` (HTCDS workbooks),
//! `mapping` (mapping files), `schema` (JSON Schema), `pseudonyms`, `arrow` and `parquet` are not; `rayon` simulates on all
//! cores of the caller's pool with the same result.

#[cfg(feature = "arrow")]
pub mod arrow;
mod case;
pub mod codes;
mod constraints;
pub mod country;
mod crosswalk;
mod ctdc;
mod dataset;
mod error;
mod hierarchies;
pub mod htcds;
#[cfg(feature = "json")]
mod json;
pub mod period;
pub mod recorded;
pub mod redacted;
pub mod region;
#[cfg(feature = "schema")]
mod schema;
mod simulate;
pub mod validate;

pub use case::{Case, CaseAttribute, CaseGroup, CaseTable, CaseTableBuilder};
pub use codes::{
    AgeBand, CodeList, DataSource, DurationBand, ExploitationForm, Gender, IsicSection, LabourSector, Majority,
    MeansOfControl, PerpetratorAgeBand, PerpetratorRelation, PerpetratorRole, RecruiterRelation, RegisterPeriod,
    SexualExploitationType, StatusDecisionMaker, TraffickerRelationship, TraffickingStatus, UnknownCode, VpRegion,
};
pub use constraints::case_constraints;
pub use country::{Country, CountryStatus};
pub use crosswalk::{Conversion, Loss, LossKind, convert};
#[cfg(feature = "csv")]
pub use ctdata_table::csv::OnError;
#[cfg(feature = "csv")]
pub use ctdc::{CaseReader, Outcome, Problem, Problems, write_cases, write_recoded, write_table};
pub use ctdc::{Coding, Detection, LAYOUTS, Layout, LayoutAttribute, LayoutColumn, LayoutKind, Token, VpAttribute};
pub use dataset::{Dataset, PLAIN_LAYOUT, VpTable};
pub use error::ModelError;
pub use hierarchies::{CaseHierarchies, case_hierarchies};
#[cfg(feature = "json")]
pub use json::{read_json_lines, write_json_lines};
pub use period::{InvalidPeriod, Period, Precision, Year};
pub use recorded::Recorded;
pub use redacted::Redacted;
pub use region::{IntermediateRegion, Region, SdgRegion, SubRegion};
#[cfg(feature = "schema")]
pub use schema::{SCHEMA_NAMES, schema};
pub use simulate::Simulator;
