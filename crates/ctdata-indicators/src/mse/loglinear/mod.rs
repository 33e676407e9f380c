//! Poisson log-linear models: fitting, intervals, criteria.

mod cholesky;
mod deviance;
mod fit;
mod profile;
mod start;

pub(crate) use deviance::saturated;
pub(crate) use fit::{Fit, Fitter, Start};
pub(crate) use profile::Profile;

#[cfg(test)]
mod tests;
