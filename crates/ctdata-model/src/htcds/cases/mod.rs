//! HTCDS records to cases, and back where possible.
//!
//! Cases are a table of the layout `htcds-cases`, one victim of one case per row: every column is a public code list, a
//! year or a flag, so that no name, address or free text can pass. From there [`convert`](crate::convert) leads to the
//! layouts of CTDC. What a case cannot say, or not so precisely, is accounted for by field.
//!
//! Nothing is said that the records do not say: a date that leaves two age bands possible gives none, two countries
//! that no date puts in order give none. Where HTCDS and CTDC mean different things by similar words, the account says
//! so.

mod account;
mod age;
mod back;
mod crosswalk;
mod options;
mod rows;
mod shared;
mod standard;
#[cfg(test)]
mod tests;

use crate::ctdc::HTCDS_CASES;
use crate::{Layout, ModelError};

pub use account::{FieldLoss, FieldLossKind};
pub use back::{RecordConversion, from_cases};
pub use crosswalk::{CrosswalkRule, Fit, Statement, crosswalk};
pub use options::{CaseOptions, CitizenshipChoice, SectionAChoice, Statuses};
pub use rows::{CaseConversion, CaseRow, LeftOut, LeftOutReason, to_cases};
pub use standard::{Degraded, DegradedKind, standard};

/// The layout of the cases that records become.
fn layout() -> Result<&'static Layout, ModelError> {
    Layout::named(HTCDS_CASES).ok_or_else(|| ModelError::NoSuchLayout { name: HTCDS_CASES.to_owned(), nearest: None })
}
