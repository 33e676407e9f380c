//! Bootstrap intervals that include the choice of the model: each replicate of the table goes through it anew.
//!
//! A replicate is a multinomial draw from the observed histories, of as many persons as were seen unless the options say
//! otherwise. Replicate i uses random stream i of the seed, and histories are drawn in the order of the names of their
//! lists, so that neither threads nor the order of lists matter.

#![expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons, a bootstrap 10 million replicates")]

mod bca;
mod choice;
mod options;
mod over_models;
mod quantile;
mod resample;
mod result;
mod run;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use choice::ModelChoice;
pub use options::{Acceleration, BootstrapOptions, Resampling};
pub use over_models::{LadderStep, ModelLadder, bootstrap_over_models, models_kept};
pub use result::{Bootstrap, ModelShare, StatusCount};
pub use run::bootstrap;

pub(crate) use bca::Jackknife;
pub(crate) use resample::{Resampler, over_replicates};
pub(crate) use run::{bootstrap_selector, jackknife};
