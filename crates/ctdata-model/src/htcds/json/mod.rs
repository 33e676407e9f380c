//! Records as JSON: one document, or lines with one record each.
//!
//! A document is `{"format": "htcds", "format_version": 1, "standard": "2.0", "organizations": […], "persons": […],
//! "cases": […]}`. A line is `{"organization": {…}}`, `{"person": {…}}` or `{"case": {…}}`. Fields have their official
//! names, values of lists theirs; what is not recorded is left out.
//!
//! Readers are as lenient as those of sheets: labels and other known spellings stand for values and fields, a list may
//! be a text with `;`, and null, an empty text and an empty list say that nothing is recorded. Texts lose white space
//! at their ends. Identifiers are needed, occur once, and references lead somewhere.

#[cfg(feature = "csv")]
mod read;
#[cfg(any(feature = "csv", feature = "schema"))]
#[cfg_attr(not(feature = "csv"), expect(dead_code, reason = "only readers of files use all of it"))]
mod record;
#[cfg(test)]
#[cfg(any(feature = "csv", feature = "schema"))]
pub(crate) mod sample;
#[cfg(test)]
#[cfg(feature = "csv")]
mod tests;
#[cfg(feature = "csv")]
mod tree;
mod write;

#[cfg(feature = "csv")]
pub use read::{is_htcds_json, read_json};
#[cfg(feature = "schema")]
pub(crate) use record::holds_several;
pub use write::{JsonStyle, write_json};

/// What a document says it is.
const FORMAT: &str = "htcds";

/// The version of the document's form.
const FORMAT_VERSION: u64 = 1;

/// The version of the standard.
const STANDARD: &str = "2.0";
