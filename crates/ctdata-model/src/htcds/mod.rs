//! The Human Trafficking Case Data Standard (HTCDS) 2.0: records, fields, files.
//!
//! # Sources
//! IOM, *Human Trafficking Case Data Standard* 2.0 (24 December 2021), CC BY 4.0.

pub mod dictionary;
mod fields;
pub mod ic_tip;
mod ids;
pub mod lists;
#[cfg(feature = "csv")]
mod owner;
#[cfg(feature = "csv")]
mod read;
mod records;
mod value;

pub use dictionary::dictionary_markdown;
pub use fields::{Cardinality, FIELDS, Field, FieldStatus, FieldType, Section, ValueSource, core, fields};
pub use ids::{CaseId, OrganizationId, PersonId};
pub use lists::{ListMember, ListValue, VALUE_LISTS, ValueList};
#[cfg(feature = "csv")]
pub use read::{AddressRow, HtcdsOutcome, Places, ReadOptions};
pub use records::{
    CaseComment, CaseRecord, CaseRole, Connection, Consent, Entity, Organization, OutgoingReferral, Perpetrator,
    Person, Records, SupportPlan, TraffickingEvent, Victim,
};
pub use value::{FieldValue, Listed, Named};
