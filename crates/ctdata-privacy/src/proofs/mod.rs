//! Why the mechanisms do what they claim: one note each, with claim, assumptions, argument and
//! source.

#[doc = include_str!("k_anonymity_by_suppression.md")]
pub mod k_anonymity_by_suppression {}

#[doc = include_str!("k_anonymous_synthesis.md")]
pub mod k_anonymous_synthesis {}

#[doc = include_str!("local_suppression.md")]
pub mod local_suppression {}

#[doc = include_str!("sparse_marginals.md")]
pub mod sparse_marginals {}

#[doc = include_str!("recoding.md")]
pub mod recoding {}
