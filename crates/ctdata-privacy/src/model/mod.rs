//! Privacy models: what a released table must satisfy. One file per model.

mod k_anonymity;
mod report;

pub use k_anonymity::KAnonymity;
pub use report::{Measure, ModelReport};
