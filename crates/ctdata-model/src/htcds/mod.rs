//! The Human Trafficking Case Data Standard (HTCDS) 2.0: records, fields, files.
//!
//! # Sources
//! IOM, *Human Trafficking Case Data Standard* 2.0 (24 December 2021), CC BY 4.0.

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
pub mod lists;
#[cfg(feature = "csv")]
mod owner;
#[cfg(feature = "csv")]
mod read;
mod records;
mod value;

#[cfg(feature = "csv")]
pub use entities::{read_folder, write_folder};
#[cfg(feature = "xlsx")]
pub use excel::{ExcelColumns, ExcelOptions, ExcelReadOptions, is_workbook, read_excel, read_excel_path, write_excel};
pub use fields::{Cardinality, FIELDS, Field, FieldStatus, FieldType, Section, ValueSource, core, fields};
#[cfg(feature = "csv")]
pub use flat::{FlatOptions, Words, read_flat, write_flat, write_xlsform};
#[cfg(feature = "csv")]
pub use formats::HtcdsFormat;
pub use ids::{CaseId, OrganizationId, PersonId};
pub use lists::{ListMember, ListValue, VALUE_LISTS, ValueList};
#[cfg(feature = "csv")]
pub use read::{AddressRow, HtcdsOutcome, Places, ReadOptions};
pub use records::{
    CaseComment, CaseRecord, CaseRole, Connection, Consent, Entity, Organization, OutgoingReferral, Perpetrator,
    Person, Records, SupportPlan, TraffickingEvent, Victim,
};
pub use value::{FieldValue, Listed, Named};
