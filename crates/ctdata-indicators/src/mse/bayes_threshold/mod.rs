//! Bayesian thresholding: all interactions of two lists with a prior around zero, and those kept that stand out.

mod params;
mod result;
mod target;
#[cfg(test)]
mod tests;
mod walk;

pub use params::{BayesThresholdBuilder, BayesThresholdModel};
pub use result::{BayesThreshold, InteractionPosterior};
