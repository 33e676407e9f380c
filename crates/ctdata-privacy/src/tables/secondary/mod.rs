//! Secondary suppression: which other figures are withheld, so that no marked cell follows from the rest.

mod field;
mod gauss;
mod graph;
mod reduce;
mod tableau;
#[cfg(test)]
mod tests;

use ctdata_table::Control;

use self::graph::Graph;
use super::{Pattern, Standing, SystemCell, TableSystem};
use crate::PrivacyError;

/// How figures are withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct SuppressOptions {
    /// Whoever is alone in a marked cell, or knows who is, knows its count; no other marked cell may be exactly known
    /// with that. On by default: the only victim in a cell, and the exploiter, are such persons.
    pub singletons: bool,
}

impl Default for SuppressOptions {
    fn default() -> Self {
        Self { singletons: true }
    }
}

/// Withholds the marked figures, and others until no marked cell follows from what is published, with the defaults of
/// [`SuppressOptions`].
///
/// What is withheld costs little by its weights, but it is not the cheapest choice there is. Cells are preferred that
/// have room: a cell that has to look like five more needs others that could be five less.
///
/// # Guarantee
/// No marked cell follows, by the relations, from the published figures; where bounds leave it, cells with room for its
/// level move together with it. A cell that follows whatever is withheld, such as an inner cell that relations alone
/// determine, stays exposed. Ranks are computed modulo the prime 2^61 - 1. A cell that follows by rational numbers
/// follows modulo the prime too, unless the prime divides each determinant in question; those of sums and sub-totals
/// are -1, 0 or 1 for tables of two dimensions, and far smaller than the prime for others. How far bounds narrow a cell
/// is the business of the audit, which proves every cell in whole numbers, and finds what such an accident could leave.
///
/// # Errors
/// [`PrivacyError::Cancelled`].
pub fn suppress(system: &TableSystem, control: &Control) -> Result<Pattern, PrivacyError> {
    suppress_with(system, SuppressOptions::default(), control)
}

/// [`suppress`] with options.
///
/// # Errors
/// [`PrivacyError::Cancelled`].
pub fn suppress_with(
    system: &TableSystem,
    options: SuppressOptions,
    control: &Control,
) -> Result<Pattern, PrivacyError> {
    match Graph::of(system) {
        Some(graph) => graph.suppress(options.singletons, control),
        None => gauss::suppress(system, options.singletons, control),
    }
}

/// Whether a cell is to be protected.
fn is_marked(cell: &SystemCell) -> bool {
    !cell.level.is_none() && cell.standing != Standing::Fixed
}

/// By how much a marked cell has to be able to move.
fn need(cell: &SystemCell) -> u64 {
    cell.level.lower.max(cell.level.upper)
}

/// By how much a cell can be moved up and down.
fn room(cell: &SystemCell) -> u64 {
    (cell.count - cell.least).min(cell.most.map_or(u64::MAX, |most| most - cell.count))
}

/// A figure is withheld without room only if nothing else helps: this is added to its cost.
fn penalty(system: &TableSystem) -> f64 {
    let figures = system.cells().iter().filter(|cell| cell.standing == Standing::Figure && cell.weight.is_finite());
    figures.map(|cell| cell.weight).fold(1.0, f64::max)
}

/// What it costs to withhold a figure; more than anything if its weight makes no sense.
fn cost(cell: &SystemCell, penalty: f64) -> f64 {
    let weight = if cell.weight.is_nan() { f64::MAX } else { cell.weight.clamp(0.0, f64::MAX) };
    if room(cell) == 0 { weight + penalty } else { weight }
}
