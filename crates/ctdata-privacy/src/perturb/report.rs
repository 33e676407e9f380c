//! What perturbation hands back: a working copy, and an account of what was done to it.

use ctdata_table::Table;

use super::{CodingReport, MicroaggregationReport, PramReport, RankSwappingReport, RoundingReport};

/// A perturbed table, which is a working copy and not a release, and the account of what was done.
///
/// Rows, ids, weights and the other columns are those of the input. The perturbed columns may have
/// another domain.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Perturbed {
    /// The table with perturbed columns, in the places of the old ones.
    pub table: Table,
    /// What was done. Internal: it is computed from the input.
    pub report: PerturbationReport,
}

/// An account of one perturbation. Internal: errors and counts of changed cells come from
/// confidential values; what a reader of a release must know is in [`details`](Self::details) where the
/// method says so (the matrices of PRAM).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PerturbationReport {
    /// What was done.
    pub method: PerturbationMethod,
    /// The perturbed attributes, in the order in which they were asked for.
    pub attributes: Vec<PerturbedAttribute>,
    /// Cells of these attributes whose content changed, in all.
    pub changed_cells: u64,
    /// What is particular to the method.
    pub details: PerturbationDetails,
}

impl PerturbationReport {
    pub(super) fn new(
        method: PerturbationMethod,
        attributes: Vec<PerturbedAttribute>,
        details: PerturbationDetails,
    ) -> Self {
        let changed_cells = attributes.iter().map(|attribute| attribute.changed_cells).sum();
        Self { method, attributes, changed_cells, details }
    }
}

/// The methods of perturbation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum PerturbationMethod {
    /// Microaggregation in groups around extreme records.
    Mdav,
    /// Microaggregation of one attribute with the least error possible.
    OptimalMicroaggregation,
    /// Post-randomization by a transition matrix.
    Pram,
    /// Extreme values joined.
    TopBottomCoding,
    /// Rounding to the nearest multiple.
    NearestRounding,
    /// Rounding up or down by chance, without bias.
    RandomRounding,
    /// Values exchanged between records of similar rank.
    RankSwapping,
}

impl PerturbationMethod {
    /// Whether the outcome depends on chance.
    pub const fn is_random(self) -> bool {
        matches!(self, Self::Pram | Self::RandomRounding | Self::RankSwapping)
    }

    /// The wire code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Mdav => "mdav",
            Self::OptimalMicroaggregation => "optimal-microaggregation",
            Self::Pram => "pram",
            Self::TopBottomCoding => "top-bottom-coding",
            Self::NearestRounding => "nearest-rounding",
            Self::RandomRounding => "random-rounding",
            Self::RankSwapping => "rank-swapping",
        }
    }
}

/// How much of one attribute was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PerturbedAttribute {
    /// Its name.
    pub name: String,
    /// Cells that say something else than before. Numbers are compared as numbers: 42 and 42.0 are
    /// the same.
    pub changed_cells: u64,
}

/// What is particular to a method.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum PerturbationDetails {
    /// Groups and errors of microaggregation.
    Microaggregation(MicroaggregationReport),
    /// The matrices of PRAM, which are published with the data.
    Pram(PramReport),
    /// Top and bottom coded cells.
    Coding(CodingReport),
    /// The base of rounding.
    Rounding(RoundingReport),
    /// Pairs of rank swapping.
    RankSwapping(RankSwappingReport),
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    #[test]
    fn a_report_travels_under_stable_names() {
        let attribute = PerturbedAttribute { name: "age".into(), changed_cells: 3 };
        let details = PerturbationDetails::Rounding(RoundingReport { base: 5 });
        let report = PerturbationReport::new(PerturbationMethod::NearestRounding, vec![attribute], details);
        let text = serde_json::to_string(&report).unwrap();
        let expected = concat!(
            r#"{"method":"nearest-rounding","attributes":[{"name":"age","changed_cells":3}],"#,
            r#""changed_cells":3,"details":{"rounding":{"base":5}}}"#
        );
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<PerturbationReport>(&text).unwrap(), report);
        assert!(text.contains(report.method.code()));
    }
}
