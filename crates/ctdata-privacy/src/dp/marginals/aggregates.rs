//! What is known after the noise.

use ctdata_table::Combinations;

/// Noisy counts of combinations that agree with each other: nothing in it depends on a record but through noise
/// that was paid for, so that all of it may be published.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NoisyAggregates {
    /// The number of records, with noise; not below 0.
    pub records: u64,
    /// The combinations that were found, with estimates of how many records have them, at least 1. With a
    /// combination all its parts are there, and none counts more than one of its parts; the values of an attribute
    /// beside a combination sum to no more than it counts. Positions are those of the table's schema.
    pub combinations: Combinations,
    /// How each length was measured.
    pub lengths: Vec<NoisyLength>,
}

/// How combinations of one length were measured.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct NoisyLength {
    /// Values in a combination.
    pub length: u64,
    /// Combinations that were measured: all parts of them were found before, and no rule forbids them.
    pub candidates: u64,
    /// Combinations that were found.
    pub found: u64,
    /// How many of these are estimated, from above, to be ones that no record has.
    pub false_found: f64,
    /// What the squares of what one record adds sum to at most, where a rare combination in full adds 1.
    pub cap: f64,
    /// The standard deviation of the noise on a rare combination, in records. On a more frequent one it is larger
    /// where weights differ.
    pub noise: f64,
}
