//! The field dictionary: every field of the standard, as data. Readers, writers, JSON Schema and docs follow it.
//!
//! # Sources
//! IOM, *HTCDS Field Standards* 2.0 (24 December 2021), CC BY 4.0.

mod field;
mod lookup;
mod table;
#[cfg(test)]
mod tests;

pub use field::{Cardinality, Field, FieldStatus, FieldType, Section, ValueSource};
pub use lookup::{core, fields};
pub use table::FIELDS;
