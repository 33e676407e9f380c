//! Strata: separate estimates with a combined bootstrap, and the pooled estimate beside their sum.

mod result;
mod run;
#[cfg(test)]
mod tests;

pub use result::{Strata, Stratum};

pub(crate) use run::estimate_strata;
