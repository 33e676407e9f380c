//! How many people are alone in their class in the population, estimated from a sample.

mod class_sizes;
mod dankar;
mod estimate;
mod pitman;
mod snb;
mod zayatz;

pub use class_sizes::ClassSizes;
pub use estimate::{NotEstimated, PopulationEstimator, PopulationUniques};
