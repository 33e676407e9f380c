//! Consistency of case data: rules, findings, and three ways to ask.
//!
//! [`RULES`] says what holds, [`Validator`] checks it, and a [`Report`] holds the findings. Findings name
//! places and counts, never values.

mod age;
mod answers;
mod chunk;
mod forms;
mod htcds;
mod lists;
mod places;
mod repeats;
mod report;
mod rule;
#[cfg(test)]
#[cfg(feature = "csv")]
mod tests;
mod time;
mod validator;
mod visitor;

use std::ops::ControlFlow;

use ctdata_table::Control;

pub use htcds::RecordCheck;
#[cfg(feature = "csv")]
pub(crate) use htcds::{is_email, is_phone};
pub use report::{CaseFindings, Finding, Place, Report, Severity};
pub use rule::{RULES, Rule};
pub use validator::{Check, RuleSelection, Validator};

/// A rule about single rows, over the rows of a chunk.
type RowRule = fn(&chunk::Chunk<'_>, &mut visitor::Visitor) -> ControlFlow<()>;
/// A rule about a file as a whole. None is an error, so that none stops the work.
type FileRule = fn(&crate::Dataset, &mut visitor::Visitor, &Control) -> Result<(), crate::ModelError>;
