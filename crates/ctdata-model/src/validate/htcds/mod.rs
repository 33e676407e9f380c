//! Rules R20 to R31: HTCDS records, each by itself and across the people, events and referrals of a case.
//!
//! # Sources
//! IOM, *Human Trafficking Case Data Standard* 2.0 (2021): field standards, definitions and toolkit.

mod breach;
mod check;
mod consent;
mod contact;
mod dates;
mod exploitation;
mod lists;
mod people;
mod status;
#[cfg(test)]
mod tests;

pub use check::RecordCheck;
#[cfg(feature = "csv")]
pub(crate) use contact::{is_email, is_phone};
