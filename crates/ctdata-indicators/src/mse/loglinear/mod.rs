//! Poisson log-linear models: fitting, intervals, criteria.

mod cholesky;
mod deviance;
mod fit;
mod start;

pub(crate) use deviance::saturated;
pub(crate) use fit::{Fit, Fitter, Start};

#[cfg(test)]
mod tests;
