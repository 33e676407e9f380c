//! The Human Trafficking Case Data Standard (HTCDS) 2.0: records, fields, files.
//!
//! ```
//! use ctdata_model::Simulator;
//! use ctdata_model::htcds::{CaseOptions, Field, to_cases};
//! let records = Simulator::new(7).htcds(100)?;
//! let victim = &records.cases[0].victims[0];
//! assert!(format!("{victim:?}").starts_with("Victim { recorded: ")); // never what is recorded
//! assert!(Field::named("prs_Birthdate").is_some_and(Field::is_identifying));
//! let made = to_cases(&records, &CaseOptions::default())?;
//! assert!(made.cases.rows() <= 100); // only who is an actual victim becomes a case
//! # Ok::<(), ctdata_model::ModelError>(())
//! ```
//!
//! # Map
//! | question | items |
//! |---|---|
//! | what does the standard say? | [`dictionary`], [`FIELDS`], [`Field`], [`VALUE_LISTS`], [`lists`] |
//! | how do I get there? | [`adopt`] |
//! | what is a record? | [`Records`], [`CaseRecord`], [`Person`], [`Victim`], … |
//! | how is a file read, of whatever kind? | [`RecordReader`], [`HtcdsFormat`], [`HtcdsOutcome`] |
//! | how is it written? | [`write_flat`], [`write_xlsform`], [`write_folder`], [`write_json`], `write_excel` (feature `xlsx`) |
//! | what if my columns and codes are others? | `mapping` (feature `mapping`) |
//! | how far am I from the standard? | [`GapReport`] |
//! | what becomes of records as CTDC's cases, and back? | [`to_cases`], [`from_cases`], [`crosswalk`], [`standard`] |
//! | are they consistent? | [`Validator::check_htcds`](crate::validate::Validator::check_htcds) |
//! | how are identities kept apart? | `pseudonyms` (feature `pseudonyms`) |
//! | where do I get records to try things on? | [`Simulator::htcds`](crate::Simulator::htcds), [`MARKER`] |
//!
//! # Sources
//! IOM, *Human Trafficking Case Data Standard* 2.0 (24 December 2021), CC BY 4.0.

#[cfg(test)]
pub(crate) mod arbitrary;
mod cases;
pub mod dictionary;
#[cfg(feature = "csv")]
mod entities;
#[cfg(feature = "xlsx")]
mod excel;
mod fields;
#[cfg(feature = "csv")]
mod flat;
#[cfg(feature = "csv")]
mod formats;
#[cfg(feature = "csv")]
mod gap;
pub mod ic_tip;
mod ids;
#[cfg(feature = "json")]
mod json;
pub mod lists;
#[cfg(feature = "mapping")]
pub mod mapping;
#[cfg(feature = "csv")]
mod open;
#[cfg(feature = "csv")]
mod owner;
#[cfg(feature = "pseudonyms")]
pub mod pseudonyms;
#[cfg(feature = "csv")]
mod read;
#[cfg_attr(not(feature = "csv"), expect(dead_code, reason = "only readers of files use all of it"))]
mod records;
#[cfg_attr(not(feature = "csv"), expect(dead_code, reason = "only readers of files use all of it"))]
mod value;

#[doc = include_str!("adopt.md")]
pub mod adopt {}

pub use crate::simulate::htcds::{MARKER, PHONE_MARKER};
pub use cases::{
    CaseConversion, CaseOptions, CaseRow, CitizenshipChoice, CrosswalkRule, Degraded, DegradedKind, FieldLoss,
    FieldLossKind, Fit, LeftOut, LeftOutReason, RecordConversion, SectionAChoice, Statement, Statuses, crosswalk,
    from_cases, standard, to_cases,
};
#[cfg(feature = "csv")]
pub use entities::{read_folder, write_folder};
#[cfg(feature = "xlsx")]
pub use excel::{ExcelColumns, ExcelOptions, ExcelReadOptions, is_workbook, read_excel, read_excel_path, write_excel};
pub use fields::{Cardinality, FIELDS, Field, FieldStatus, FieldType, Section, ValueSource, core, fields};
#[cfg(feature = "csv")]
pub use flat::{FlatOptions, Words, read_flat, write_flat, write_xlsform};
#[cfg(feature = "csv")]
pub use formats::HtcdsFormat;
#[cfg(feature = "csv")]
pub use gap::{CoreGap, FieldGap, GapBase, GapReport};
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
pub use open::RecordReader;
#[cfg(feature = "csv")]
pub use read::{AddressRow, HtcdsOutcome, MadeIds, Places, ReadOptions};
#[cfg(feature = "schema")]
pub(crate) use records::ReadEntity;
pub use records::{
    CaseComment, CaseRecord, CaseRole, Connection, Consent, Entity, Organization, OutgoingReferral, Perpetrator,
    Person, Records, SupportPlan, TraffickingEvent, Victim,
};
pub use value::{FieldValue, Listed, Named};
