//! The Human Trafficking Case Data Standard (HTCDS) 2.0: records, fields, files.
//!
//! # Sources
//! IOM, *Human Trafficking Case Data Standard* 2.0 (24 December 2021), CC BY 4.0.

pub mod dictionary;
mod cases;
mod fields;
pub mod ic_tip;
#[cfg(feature = "csv")]
mod gap;
#[cfg(test)]
pub(crate) mod arbitrary;
#[cfg(feature = "csv")]
mod entities;
#[cfg(feature = "xlsx")]
mod excel;
mod fields;
#[cfg(feature = "csv")]
mod flat;
#[cfg(feature = "csv")]
mod formats;
mod ids;
#[cfg(feature = "json")]
mod json;
pub mod lists;
#[cfg(feature = "mapping")]
pub mod mapping;
#[cfg(feature = "csv")]
mod owner;
#[cfg(feature = "pseudonyms")]
mod pseudonyms;
#[cfg(feature = "csv")]
mod read;
pub(crate) mod records;
mod value;

pub use dictionary::dictionary_markdown;
pub use crate::simulate::htcds::{MARKER, PHONE_MARKER};
pub use cases::{
    CaseConversion, CaseOptions, CaseRow, CitizenshipChoice, CrosswalkRule, Degraded, DegradedKind, FieldLoss,
    FieldLossKind, Fit, LeftOut, LeftOutReason, RecordConversion, SectionAChoice, Statement, Statuses, crosswalk,
    from_cases, standard, to_cases,
};
pub use fields::{Cardinality, FIELDS, Field, FieldStatus, FieldType, Section, ValueSource, core, fields};
#[cfg(feature = "csv")]
pub use gap::{CoreGap, FieldGap, GapBase, GapReport};
#[cfg(feature = "csv")]
pub use entities::{read_folder, write_folder};
#[cfg(feature = "xlsx")]
pub use excel::{ExcelColumns, ExcelOptions, ExcelReadOptions, read_excel, read_excel_path, write_excel};
pub use fields::{Cardinality, FIELDS, Field, FieldStatus, FieldType, Section, ValueSource, core, fields};
#[cfg(feature = "csv")]
pub use flat::{FlatOptions, Words, read_flat, write_flat, write_xlsform};
#[cfg(feature = "csv")]
pub use formats::HtcdsFormat;
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
#[cfg(feature = "pseudonyms")]
pub use pseudonyms::{IdKind, Identities, Key, Pseudonym, Split, join};
#[cfg(feature = "csv")]
pub use read::{AddressRow, HtcdsOutcome, Places, ReadOptions};
pub use records::{
    CaseComment, CaseRecord, CaseRole, Connection, Consent, Entity, Organization, OutgoingReferral, Perpetrator,
    Person, Records, SupportPlan, TraffickingEvent, Victim,
};
pub use value::{FieldValue, Listed, Named};
