//! The Human Trafficking Case Data Standard (HTCDS) 2.0: records, fields, files.
//!
//! # Sources
//! IOM, *Human Trafficking Case Data Standard* 2.0 (24 December 2021), CC BY 4.0.

mod fields;
mod ids;
pub mod lists;
#[cfg(feature = "pseudonyms")]
mod pseudonyms;
#[cfg(feature = "csv")]
mod read;
mod records;
mod value;

pub use crate::simulate::htcds::{MARKER, PHONE_MARKER};
pub use fields::{Cardinality, FIELDS, Field, FieldStatus, FieldType, Section, ValueSource, core, fields};
pub use ids::{CaseId, OrganizationId, PersonId};
pub use lists::{ListMember, ListValue, VALUE_LISTS, ValueList};
#[cfg(feature = "pseudonyms")]
pub use pseudonyms::{IdKind, Identities, Key, Pseudonym, Split, join};
#[cfg(feature = "csv")]
pub use read::{HtcdsOutcome, Places, ReadOptions};
pub use records::{
    CaseComment, CaseRecord, CaseRole, Connection, Consent, Entity, Organization, OutgoingReferral, Perpetrator,
    Person, Records, SupportPlan, TraffickingEvent, Victim,
};
pub use value::{FieldValue, Listed, Named};
