//! Privacy models: what a released table must satisfy. One file per model.

pub(crate) mod evaluator;
mod k_anonymity;
mod report;

pub use k_anonymity::KAnonymity;
pub use report::{Measure, ModelReport};
