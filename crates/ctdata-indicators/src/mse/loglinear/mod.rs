//! Poisson log-linear models: fitting, intervals, criteria.

mod fit;

pub(crate) use fit::{Fit, Fitter};
