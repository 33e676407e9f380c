//! The trafficking case: code lists, countries and regions, and the values a record can hold.

mod case;
pub mod codes;
mod constraints;
pub mod country;
mod crosswalk;
mod ctdc;
mod dataset;
mod error;
mod hierarchies;
#[cfg(feature = "json")]
mod json;
pub mod period;
pub mod recorded;
pub mod redacted;
pub mod region;
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
pub use ctdc::{CaseReader, Outcome, Problem, Problems, write_cases, write_table};
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
pub use simulate::Simulator;
