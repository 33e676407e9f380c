//! What was counted.

use crate::PrivacyUnit;

/// How many people share combinations of values, and how many are candidates for whoever knows them.
///
/// A *combination* is a set of attributes with one value each (not applicable is a value; not
/// recorded, withheld and unknown are none). It is below k if at least one but fewer than k units of
/// the released table have it.
///
/// The *attacker view* knows true values of people in the input on a set of attributes and counts
/// released units that are compatible, blanks with everything. Where the input has a blank, the
/// attacker may know what we do not; only released blanks are counted there, and if that leaves
/// none, the smallest group of compatible released units decides, as in
/// [`AttackerView`](crate::AttackerView).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CombinationRisk {
    /// The threshold.
    pub k: u32,
    /// The most values that are known.
    pub m: usize,
    /// Whether of flags only `yes` counts as known.
    pub only_yes: bool,
    /// What is counted.
    pub unit: PrivacyUnit,
    /// By number of attributes, from 1.
    pub sizes: Vec<CombinationSize>,
    /// By attribute.
    pub attributes: Vec<CombinationShare>,
    /// Rows of the released table.
    pub records: u64,
    /// Released records with at least one combination below k.
    pub records_below_k: u64,
    /// Input records of whom something can be known that fewer than k but at least one released unit
    /// is compatible with.
    pub records_exposed: u64,
    /// Whether no combination is below k.
    pub holds: bool,
    /// Whether no input record is exposed.
    pub attacker_view_holds: bool,
}

/// Combinations of one number of attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CombinationSize {
    /// The number of attributes.
    pub size: usize,
    /// Sets of so many attributes.
    pub sets: u64,
    /// Combinations that occur in the released table.
    pub combinations: u64,
    /// Those of them that are below k.
    pub below_k: u64,
    /// Units of the rarest combination; none without any.
    pub smallest: Option<u64>,
    /// Combinations of cells in the input that leave fewer than k candidates but at least one.
    pub exposed: u64,
    /// The smallest number of candidates above 0; none where nothing known meets the release.
    pub smallest_candidates: Option<u64>,
}

/// An attribute's part in rare combinations.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CombinationShare {
    /// The attribute.
    pub attribute: String,
    /// Combinations below k that it is part of.
    pub below_k: u64,
    /// Exposed combinations that it is part of.
    pub exposed: u64,
}

impl CombinationRisk {
    /// Combinations below k, of all sizes.
    pub fn below_k(&self) -> u64 {
        self.sizes.iter().map(|size| size.below_k).sum()
    }

    /// Exposed combinations, of all sizes.
    pub fn exposed(&self) -> u64 {
        self.sizes.iter().map(|size| size.exposed).sum()
    }
}
