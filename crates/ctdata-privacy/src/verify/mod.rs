//! Verifiers: each recomputes a claim by a code path that the mechanism does not share.

mod counting;
mod microdata;
mod possible;
mod suppression;
#[cfg(test)]
mod tests;

pub(crate) use counting::CountingClaim;
pub(crate) use suppression::SuppressionClaim;
