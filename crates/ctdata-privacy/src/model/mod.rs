//! Privacy models: what a released table must satisfy. One file per model.

mod average_risk;
mod beta_likeness;
mod checked;
mod delta_disclosure;
mod delta_presence;
mod distinct_l_diversity;
mod earth_mover;
mod entropy_l_diversity;
pub(crate) mod evaluator;
mod histogram;
mod k_anonymity;
mod k_map;
mod measure;
mod missing;
mod monotonicity;
mod population;
mod population_uniqueness;
mod privacy_model;
mod recursive_c_l_diversity;
mod report;
mod sample_uniqueness;
mod suppressed;
mod t_closeness;
#[cfg(test)]
mod tests;

pub use average_risk::AverageRisk;
pub use beta_likeness::{BetaBound, BetaLikeness};
pub use checked::SamplingFraction;
pub use delta_disclosure::{AbsentValues, DeltaDisclosure};
pub use delta_presence::DeltaPresence;
pub use distinct_l_diversity::DistinctLDiversity;
pub use entropy_l_diversity::{EntropyEstimator, EntropyLDiversity};
pub use k_anonymity::KAnonymity;
pub use k_map::{KMap, SampledClass};
pub use measure::measure_models;
pub use missing::{Discount, MissingSemantics, frequencies};
pub use monotonicity::Monotonicity;
pub use population::{ClassSizes, NotEstimated, PopulationEstimator, PopulationUniques};
pub use population_uniqueness::PopulationUniqueness;
pub use privacy_model::{ClassModel, PrivacyModel, TableModel};
pub use recursive_c_l_diversity::RecursiveCLDiversity;
pub use report::{Measure, ModelReport};
pub use sample_uniqueness::SampleUniqueness;
pub use suppressed::SuppressedRecords;
pub use t_closeness::{SensitiveDistance, TCloseness};

#[doc = include_str!("which.md")]
pub mod which {}
