//! Indicators on trafficking in persons from case data: estimates with intervals and provenance.
//!
//! A [`Request`] names an indicator of the [`CATALOGUE`], a breakdown and filters. The answer is a
//! list of [`Estimate`]s, each with numerator, base, unknown, interval and the notes that a reader
//! needs, and the tables of counts they were computed from.
//!
//! ```
//! use ctdata_indicators::{Request, compute};
//! use ctdata_model::{Layout, Simulator};
//! use ctdata_table::Control;
//!
//! let layout = Layout::named("ctdc-synthetic-2024").ok_or("no such layout")?;
//! let cases = Simulator::new(1).cases(layout, 2_000)?;
//! let request = Request::new("form-of-exploitation").by("sex").filter("year", "2010/2020");
//! let result = compute(cases.table(), &request, None, &Control::default())?;
//! for share in &result.estimates {
//!     let coordinates: Vec<_> = share.dimensions.iter().map(|d| d.label.as_ref()).collect();
//!     if let (Some(percent), Some(interval)) = (share.value.known(), share.interval) {
//!         println!("{}: {percent:.1} % ({:.1} to {:.1})", coordinates.join(", "), interval.low(), interval.high());
//!     }
//! }
//! assert!(result.estimates.iter().all(|share| share.numerator <= share.base));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How it works
//! Everything happens in count space. [`Definition::tables`] says which tables of counts a request
//! needs; [`Definition::estimates`] turns counted tables into figures. [`compute`] does both on a
//! table of cases; the same figures come from released tables, without the cases.
//! [`Definition::trace`] says besides which cells each number of a share or a rate is the sum of; means and
//! quantiles are no sums, and are refused there. Missing is never "no": the base of each share is a
//! choice ([`Base`]) with a default in the catalogue, and it is printed with the result, like the moment
//! of age and the meaning of country.
//!
//! # Map
//! | question | where |
//! |---|---|
//! | which indicators are there? | [`CATALOGUE`], [`Definition`], [`indicator`] |
//! | what do I ask? | [`Request`], [`GeoLevel`], [`FormCoding`], [`estimate::ChildBasis`], [`estimate::Attribution`] |
//! | what is the answer? | [`compute`], [`compute_all`], [`compute_clustered`], [`IndicatorResult`], [`TableSpec`] |
//! | what does a result look like? | [`estimate`] |
//! | what of recruitment, perpetrators, assistance? | [`people`] |
//! | how certain is it? | [`interval`] |
//! | per how many residents? | [`population`] |
//! | rates of published counts, undetected victims, series codes? | [`sdg`] |
//! | how many victims were not detected? | [`mse`] |
//! | and of a region? | [`region_aggregate`] |
//! | which targets are connected, how is each measured, what can case data not say? | [`framework`] |
//! | how does it change over the years? | [`series`] |
//! | what do published tables say? | [`published`], [`Count`] |
//! | is it comparable with other populations? | [`standardize`] |
//! | what about convictions? | [`justice`] |
//! | what is computed from figures, not from cases? | [`DERIVED`] |
//! | how does it become a file? | [`export`] |
//! | and a picture? | `plot`, with the feature of this name |
//! | what can go wrong? | [`error`] |
//!
//! # What it does not do
//! It reads no case files and protects no table: counts are as confidential as the cases until they
//! are protected. It gives no prevalence and no official indicator but 16.2.2, from cases its detected
//! part: victims who were not detected are added only as estimates with their interval and models
//! ([`sdg::with_undetected`]), from tables of several lists ([`mse`]) or from elsewhere. What needs a survey, or a field that no record has, is refused by type.
//! Shares describe identified persons, who are no random sample of victims.
//!
//! # Features
//! `csv` (population files, long CSV) and `serde` are on by default; `schema` describes observations
//! as JSON Schema; `plot` draws pictures as SVG; `rayon` counts on all cores of the caller's pool with
//! the same results. MSRV 1.89.

mod catalogue;
mod clustered;
mod compute;
mod count;
mod derived;
pub mod error;
pub mod estimate;
pub mod export;
mod flow;
pub mod framework;
pub mod interval;
pub mod justice;
pub mod mse;
pub mod people;
#[cfg(feature = "plot")]
pub mod plot;
pub mod population;
mod profile;
pub mod published;
pub mod region_aggregate;
mod request;
pub mod sdg;
pub mod series;
pub mod standardize;
mod trace;

pub use catalogue::{CATALOGUE, CatalogueEntry, Definition, catalogue_markdown, catalogue_table, indicator};
pub use clustered::compute_clustered;
pub use compute::{CatalogueResult, IndicatorResult, Skipped, TableSpec, compute, compute_all};
pub use count::{Count, Difference, NotCount};
pub use derived::{DERIVED, Derived, derived};
pub use error::{IndicatorError, UnknownCode};
pub use estimate::{Base, Estimate};
pub use interval::{Interval, Level};
pub use population::{Persons, Population, Thousands, rate_per_100k};
pub use request::{AllocateUnknown, FormCoding, GeoLevel, PopBase, Request};
pub use trace::{CellRef, Traced};
