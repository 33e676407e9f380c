//! People: indicators on recruitment, perpetrators, assistance and context, which cases of CTDC do not have.
//!
//! They come from HTCDS records, from victim-perpetrator files, and from any table that carries the documented
//! [`EXTENSIONS`]. Records become a table of [`victims`] and a table of [`perpetrators`]; from there everything happens in
//! count space, as for cases, with the same bases, filters, breakdowns and protection.
//!
//! ```
//! use ctdata_indicators::Request;
//! use ctdata_indicators::people::{PeopleOptions, compute_records};
//! use ctdata_model::Simulator;
//! use ctdata_table::Control;
//!
//! let records = Simulator::new(1).htcds(1_000)?;
//! let options = PeopleOptions { as_of: Some("2025-01-01".parse()?), ..PeopleOptions::default() };
//! let request = Request::new("time-to-first-service");
//! let result = compute_records(&records, &request, &options, None, &Control::default())?;
//! let median = &result.estimates[0];
//! // Fewer than half were referred while they were observed: there is no median, and the estimate says why.
//! assert!(median.value.known().is_none() && median.numerator < median.base);
//! // What no record says is refused by name, not answered with zero.
//! let fee = compute_records(&records, &Request::new("recruitment-fee"), &options, None, &Control::default());
//! assert!(fee.unwrap_err().to_string().contains("recruitment_fee"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it does not do
//! It guesses nothing: an empty list of support is not recorded and never "no", a date known by its month gives no days,
//! and a case with several victims does not say whom it served.

mod columns;
mod compute;
mod extension;
mod facts;
mod kaplan_meier;
mod measure;
mod numbers;
mod own_region;
mod question;
mod records;
mod shares;
mod subject;
#[cfg(test)]
mod tests;

pub use compute::{compute_all_pairs, compute_all_records, compute_pairs, compute_records};
pub use extension::{EXTENSIONS, Extension};
pub(crate) use measure::{PeopleMeasure, figures, statistics, tables};
pub use own_region::Match;
pub use question::{Answer, Question, Values, VpSet};
pub use records::{PeopleOptions, adopt, perpetrators, victims};
pub(crate) use subject::check;
pub use subject::{SUBJECT, Subject};
