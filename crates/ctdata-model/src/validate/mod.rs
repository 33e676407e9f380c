//! Consistency of case data: rules, findings, and three ways to ask.

mod report;
mod rule;

pub use report::{Finding, Place, Report, Severity};
pub use rule::{RULES, Rule};
