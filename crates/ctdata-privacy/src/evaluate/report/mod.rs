//! The report of an evaluation, as data, text, Markdown and plots.

mod markdown;
mod plots;
mod svg;
mod tables;
#[cfg(test)]
mod tests;
mod text;

use super::alignment::Alignment;
use super::attack::Attacks;
use super::combinations::{Leakage, Preservation};
use super::marginals::{AssociationDistance, GroupScores, MarginalDistance};
use super::propensity::Propensity;

/// What every report says of itself.
const NOTICE: &str = "internal: holds figures of the original";

/// How far a released table is from the original, and what attackers gain from it.
///
/// It is made from the confidential original and holds figures of it: it is not for publication. `Debug`
/// shows no figure.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Evaluation {
    /// That the report is internal.
    pub notice: String,
    /// Records of the original.
    pub original_records: u64,
    /// Records of the released table.
    pub released_records: u64,
    /// Records of the hold-out; none without one.
    pub holdout_records: Option<u64>,
    /// What was compared, and what was left out.
    pub alignment: Alignment,
    /// Total variation distances, by the number of attributes.
    pub marginals: Vec<MarginalDistance>,
    /// Scores within groups, where an attribute was named.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub groups: Option<GroupScores>,
    /// Differences of Cramér's V; none for a single attribute or marginals of single attributes only.
    pub association: Option<AssociationDistance>,
    /// Combinations that are kept.
    pub preservation: Preservation,
    /// Share of the released table's distinct combinations that the original does not have; none without any.
    pub fabricated: Option<f64>,
    /// Rare combinations that the release shows, by length.
    pub leakage: Vec<Leakage>,
    /// Whether a model can tell released records from original ones; none if either table is empty.
    pub propensity: Option<Propensity>,
    /// Attacks; none if they were not asked for.
    pub attacks: Option<Attacks>,
}

opaque_debug!(Evaluation);

/// A plot as a file: a name and an SVG document.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plot {
    /// A file name without extension.
    pub name: &'static str,
    /// The document.
    pub svg: String,
}

opaque_debug!(Plot);

impl Evaluation {
    /// What every report says of itself.
    pub(super) fn notice() -> String {
        NOTICE.to_owned()
    }

    /// The report as text in columns.
    pub fn to_plain_text(&self) -> String {
        text::write(&tables::sections(self))
    }

    /// The report as Markdown with tables.
    pub fn to_markdown(&self) -> String {
        markdown::write(&tables::sections(self))
    }

    /// Plots: `count-against-count`, `error-by-length`, `preservation-by-count`.
    pub fn plots(&self) -> Vec<Plot> {
        vec![
            Plot { name: "count-against-count", svg: plots::count_against_count(self) },
            Plot { name: "error-by-length", svg: plots::error_by_length(self) },
            Plot { name: "preservation-by-count", svg: plots::preservation_by_count(self) },
        ]
    }
}
