//! Bayesian model averaging over decomposable graphs.
//!
//! A graph says which lists may depend on each other; the tables of its cliques have Dirichlet priors that agree with
//! each other (hyper-Dirichlet). For each graph and each number of unseen persons the weight of the table is then a
//! ratio of gamma functions, and the posterior of the number of persons is a sum over both: no chain, no seed.
//!
//! # Sources
//! Madigan and York (1997), Bayesian methods for estimation of the size of a closed population, *Biometrika* 84,
//! 19–31.

mod estimate;
mod evaluate;
mod graphs;
mod grid;
mod log_gamma;
mod options;
mod summary;
mod weights;

#[cfg(test)]
mod tests;

pub use estimate::{Bma, BmaEdge, BmaGraph};
pub use options::{BmaGrid, BmaOptions, PopulationPrior};
pub use summary::{BmaBin, BmaSummary};

// Counts and unseen numbers are below 2^53, as the options and the table see to.
use crate::mse::number::real;

/// What is left out because bounds prove it negligible is less than e^−34, or 2e-15, of the posterior.
const NEGLIGIBLE: f64 = 34.0;
