//! Rates per residents: 16.2.2 and its companions.

use super::{Definition, Measure};

pub(super) const RATES: &[Definition] = &[Definition {
    id: "victims-per-100k",
    title: "Detected victims of human trafficking per 100,000 population",
    sentence: "Detected victims of a country and year, per 100,000 residents.",
    code: None,
    official: Some("16.2.2"),
    base: None,
    version: "1",
    within: &[],
    aliases: &["detected-victims"],
    measure: Measure::Rate,
    notes: &[],
}];
