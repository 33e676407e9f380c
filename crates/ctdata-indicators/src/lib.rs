//! Indicators on trafficking in persons from case data: estimates with intervals and provenance.
//!
//! # Map
//! | question | module |
//! |---|---|
//! | what does a result look like? | [`estimate`] |
//! | how certain is it? | [`interval`] |
//! | per how many residents? | [`population`] |
//! | which official indicator is it, or is it none? | [`framework`] |
//! | what can go wrong? | [`error`] |

pub mod error;
pub mod estimate;
pub mod framework;
pub mod interval;
pub mod population;

pub use error::{IndicatorError, UnknownCode};
pub use estimate::{Base, Estimate};
pub use interval::{Interval, Level};
pub use population::{Persons, Population, Thousands, rate_per_100k};
