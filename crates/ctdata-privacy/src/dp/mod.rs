//! Differential privacy: what is spent, on what, and the noise that is bought with it.
//!
//! The unit is the person where a table knows persons, else the record; neighbours differ in all records
//! of one person, added or removed. Privacy loss is counted in rho of zero-concentrated differential privacy
//! and stated as (epsilon, delta). A [`Charge`] is taken from an [`Allowance`] and consumed by the mechanism
//! that draws the noise, so that no noise exists that was not paid for.

mod allowance;
mod budget;
mod convert;
mod marginals;
mod mechanism;
mod noise;
mod source;

pub use allowance::{Allowance, Charge, Expense};
pub use budget::{Delta, Epsilon, Rho};
pub use convert::{epsilon_of_rho, rho_of_epsilon};
pub use marginals::{LengthSplit, NoisyAggregates, NoisyLength, RecordCap, SparseMarginals, Weighting};
pub use mechanism::{ExponentialMechanism, GaussianMechanism, Noisy};
pub use noise::{DiscreteGaussian, Ratio};
pub use source::NoiseSource;
