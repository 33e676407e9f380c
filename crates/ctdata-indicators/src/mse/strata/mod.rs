//! Strata: separate estimates with a combined bootstrap, and the pooled estimate beside their sum.

mod result;
mod run;
#[cfg(test)]
mod tests;

pub use result::{Strata, Stratum};
pub use run::estimate_strata;
