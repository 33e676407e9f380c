//! Indicators on trafficking in persons from case data: estimates with intervals and provenance.
//!
//! # Map
//! | question | where |
//! |---|---|
//! | which indicators are there? | [`CATALOGUE`], [`Definition`], [`indicator`] |
//! | what do I want to know? | [`Request`] |
//! | what is it? | [`compute`], [`compute_all`] |
//! | what does a result look like? | [`estimate`] |
//! | how certain is it? | [`interval`] |
//! | per how many residents? | [`population`] |
//! | which official indicator is it, or is it none? | [`framework`] |
//! | how does it become a file? | [`export`] |
//! | what can go wrong? | [`error`] |

mod catalogue;
mod compute;
pub mod error;
pub mod estimate;
pub mod export;
mod flow;
pub mod framework;
pub mod interval;
pub mod population;
mod profile;
mod request;
mod sdg;

pub use catalogue::{CATALOGUE, Definition, indicator};
pub use compute::{CatalogueResult, IndicatorResult, Skipped, TableSpec, compute, compute_all};
pub use error::{IndicatorError, UnknownCode};
pub use estimate::{Base, Estimate};
pub use interval::{Interval, Level};
pub use population::{Persons, Population, Thousands, rate_per_100k};
pub use request::{FormCoding, GeoLevel, Request};
