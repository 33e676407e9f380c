//! Combinations of few values that few people share: k over every combination.

mod cells;
mod measure;
mod params;
mod persons;
mod report;
#[cfg(test)]
pub(crate) mod tests;

pub use params::KCombinations;
pub use report::{CombinationRisk, CombinationShare, CombinationSize};
