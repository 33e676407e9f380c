//! The Human Trafficking Case Data Standard (HTCDS) 2.0: records, fields, files.
//!
//! # Sources
//! IOM, *Human Trafficking Case Data Standard* 2.0 (24 December 2021), CC BY 4.0.

mod cases;
mod fields;
mod ids;
pub mod lists;
#[cfg(feature = "csv")]
mod read;
mod records;
mod value;

pub use cases::{
    CaseConversion, CaseOptions, CaseRow, CitizenshipChoice, CrosswalkRule, Degraded, DegradedKind, FieldLoss,
    FieldLossKind, Fit, LeftOut, LeftOutReason, RecordConversion, SectionAChoice, Statement, Statuses, crosswalk,
    from_cases, standard, to_cases,
};
pub use fields::{Cardinality, FIELDS, Field, FieldStatus, FieldType, Section, ValueSource, core, fields};
pub use ids::{CaseId, OrganizationId, PersonId};
pub use lists::{ListMember, ListValue, VALUE_LISTS, ValueList};
#[cfg(feature = "csv")]
pub use read::{HtcdsOutcome, Places, ReadOptions};
pub use records::{
    CaseComment, CaseRecord, CaseRole, Connection, Consent, Entity, Organization, OutgoingReferral, Perpetrator,
    Person, Records, SupportPlan, TraffickingEvent, Victim,
};
pub use value::{FieldValue, Listed, Named};
