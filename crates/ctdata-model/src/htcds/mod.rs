//! The Human Trafficking Case Data Standard (HTCDS) 2.0: records, fields, files.
//!
//! # Sources
//! IOM, *Human Trafficking Case Data Standard* 2.0 (24 December 2021), CC BY 4.0.

mod fields;
mod ids;
#[cfg(feature = "json")]
mod json;
pub mod lists;
#[cfg(feature = "csv")]
mod read;
mod records;
mod value;

pub use fields::{Cardinality, FIELDS, Field, FieldStatus, FieldType, Section, ValueSource, core, fields};
pub use ids::{CaseId, OrganizationId, PersonId};
#[cfg(feature = "schema")]
pub(crate) use json::holds_several;
#[cfg(all(test, feature = "schema"))]
pub(crate) use json::sample;
#[cfg(feature = "json")]
pub use json::{JsonStyle, write_json};
#[cfg(all(feature = "csv", feature = "json"))]
pub use json::{is_htcds_json, read_json};
pub use lists::{ListMember, ListValue, VALUE_LISTS, ValueList};
#[cfg(feature = "csv")]
pub use read::{HtcdsOutcome, Places, ReadOptions};
#[cfg(feature = "schema")]
pub(crate) use records::ReadEntity;
pub use records::{
    CaseComment, CaseRecord, CaseRole, Connection, Consent, Entity, Organization, OutgoingReferral, Perpetrator,
    Person, Records, SupportPlan, TraffickingEvent, Victim,
};
pub use value::{FieldValue, Listed, Named};
