//! Pictures of figures, as SVG: a series of years, shares as bars, flows as a matrix, hidden numbers by method.
//!
//! Numbers are printed beside the shapes, and each picture carries a title and a description with all figures in words,
//! for readers who do not see it. What is withheld is marked and said, never drawn as zero. Colours are told apart
//! by readers with any colour vision, and shapes differ besides. The same figures give the same bytes.
//!
//! ```
//! use ctdata_indicators::interval::ShareInterval;
//! use ctdata_indicators::estimate::Dimension;
//! use ctdata_indicators::{Estimate, Level, plot};
//!
//! let mut share = Estimate::share("form-of-exploitation", 9, 27, ShareInterval::Wilson, Level::P95)?;
//! share.dimensions.set(Dimension::new("form", "forced-labour", "Forced labour"));
//! let svg = plot::shares(&[share])?;
//! assert!(svg.contains("33.3 % (18.6 to 52.2)"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Sources
//! Palette: Okabe and Ito, *Color Universal Design* (2008).

mod canvas;
mod flows;
mod hidden;
mod label;
mod scale;
mod series;
mod shares;

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::estimate::{Estimate, NotAvailable, Unit, Value};

pub use flows::{MOST_PLACES, flows};
pub use hidden::{MOST_FINDINGS, hidden_numbers, profile_likelihood};
pub use series::{Line, MOST_LINES, Point, Shown, series, series_lines, series_points};
pub use shares::{MOST_BARS, shares};

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// No estimate was given.
    #[error("there is nothing to draw")]
    Nothing,
    /// Estimates of several indicators.
    #[error("a picture shows one indicator; these are {0}")]
    SeveralIndicators(usize),
    /// Estimates in several units.
    #[error("a picture shows figures of one unit")]
    SeveralUnits,
    /// An estimate without a year in a series.
    #[error("a series needs figures of single years")]
    NoYears,
    /// Estimates without two places in a matrix of flows.
    #[error("a matrix of flows needs figures by two places and nothing else")]
    NoFlows,
    /// Two figures for the same place in the picture.
    #[error("there are two figures for the same place in the picture")]
    Twice,
    /// More than can be told apart.
    #[error("there are {count} {what}; a picture shows at most {most}")]
    TooMany {
        /// What there is too much of.
        what: Cow<'static, str>,
        /// How many there are.
        count: usize,
        /// How many there can be.
        most: usize,
    },
    /// Lists of different lengths.
    #[error("years, values and intervals must be as many as each other")]
    Lengths,
    /// The drawing library failed.
    #[error("drawing failed")]
    Drawing,
}

/// The picture that the estimates call for: a matrix for flows, lines where there are several years, else bars.
///
/// # Errors
/// [`PlotError::Nothing`], [`PlotError::SeveralIndicators`], and what the picture chosen refuses.
pub fn auto(estimates: &[Estimate]) -> Result<String, PlotError> {
    one_indicator(estimates)?;
    if estimates.iter().all(|estimate| flows::places(estimate).is_some()) {
        return flows(estimates);
    }
    let years: BTreeSet<u16> = estimates.iter().filter_map(Estimate::year).collect();
    if years.len() > 1 { series(estimates) } else { shares(estimates) }
}

/// The indicator and the unit that all estimates share.
fn one_indicator(estimates: &[Estimate]) -> Result<(&str, Unit), PlotError> {
    let first = estimates.first().ok_or(PlotError::Nothing)?;
    let indicators: BTreeSet<&str> = estimates.iter().map(|estimate| estimate.indicator.as_ref()).collect();
    if indicators.len() > 1 {
        return Err(PlotError::SeveralIndicators(indicators.len()));
    }
    if estimates.iter().any(|estimate| estimate.unit != first.unit) {
        return Err(PlotError::SeveralUnits);
    }
    Ok((first.indicator.as_ref(), first.unit))
}

/// The title of an indicator.
fn title(id: &str) -> Cow<'_, str> {
    crate::indicator(id).map_or(Cow::Borrowed(id), |definition| Cow::Borrowed(definition.title))
}

/// What is shown of an estimate.
fn shown(estimate: &Estimate) -> Shown {
    match estimate.value {
        Value::Known(value) => Shown::Value(value),
        Value::NotAvailable(NotAvailable::Suppressed) => Shown::Withheld,
        Value::NotAvailable(_) => Shown::Missing,
    }
}

/// The words of the conditions that all figures meet.
fn conditions(estimate: &Estimate) -> Option<String> {
    let parts: Vec<String> =
        estimate.filters.iter().map(|filter| format!("{}: {}", filter.dimension, filter.codes.join(" or "))).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests;
