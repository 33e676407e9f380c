//! Local suppression: single cells become blank until nobody is exposed in the attacker view.

mod algorithm;
mod cover;
mod greedy;
mod params;
mod problem;
mod projection;
mod restore;
#[cfg(test)]
mod tests;

pub(crate) use algorithm::suppress;
pub use params::{Concealment, LocalSuppression, LocalSuppressionBuilder, Requirement};
