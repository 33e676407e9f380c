//! Poisson log-linear models: fitting, intervals, criteria.
//!
//! [`fit_model`] is for one model and a reader; [`Fitter`] for methods that fit thousands.

mod cholesky;
mod deviance;
mod fit;
mod log_linear;
mod profile;
mod start;

pub(crate) use deviance::saturated;
pub(crate) use fit::{Fit, Fitter, Start};
pub use log_linear::{Coefficient, FittedCell, LogLinear, ProfileCurve, fit_model, profile_curve};

#[cfg(test)]
mod tests;
