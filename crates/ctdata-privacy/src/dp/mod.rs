//! Differential privacy: what is spent, on what, and the noise that is bought with it.
//!
//! The unit is the person where a table knows persons, else the record; neighbours differ in all records
//! of one person, added or removed. Privacy loss is counted in rho of zero-concentrated differential privacy
//! and stated as (epsilon, delta). A [`Charge`] is taken from an [`Allowance`] and consumed by the mechanism
//! that draws the noise. The samplers themselves ([`DiscreteGaussian`], [`DiscreteLaplace`]) can be used without: what is
//! made with them is nobody's guarantee.

mod allowance;
mod budget;
#[doc = include_str!("choosing.md")]
pub mod choosing {}
mod contribution;
mod convert;
mod ledger;
mod marginals;
mod mechanism;
mod noise;
mod payment;
mod select;
mod source;
mod stability;

pub use allowance::{Allowance, Charge, DeltaCharge, Expense};
pub use budget::{Budget, Delta, Epsilon, Rho};
pub use contribution::{Bounded, ContributionBound};
pub use convert::{
    delta_of_discrete_gaussian, delta_of_rho, epsilon_of_rho, rho_of_epsilon, rho_of_exponential, rho_of_pure_epsilon,
};
pub use ledger::{EntryHash, Ledger, LedgerEntry, LedgerFault, LedgerView, Receipt, Remaining, Reservation};
pub use marginals::{LengthSplit, NoisyAggregates, NoisyLength, RecordCap, SparseMarginals, Weighting};
pub use mechanism::{ExponentialMechanism, GaussianMechanism, LaplaceMechanism, Noisy, PermuteAndFlip};
pub use noise::{DiscreteGaussian, DiscreteLaplace, Ratio};
pub use payment::{Payment, ReleaseNote};
pub use source::NoiseSource;
pub use stability::{DiscoveredCounts, StabilityHistogram};
