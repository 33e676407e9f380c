//! Why the mechanisms do what they claim: one note each, with claim, assumptions, argument and
//! source.

#[doc = include_str!("cell_key.md")]
pub mod cell_key {}

#[doc = include_str!("contribution_bound.md")]
pub mod contribution_bound {}

#[doc = include_str!("discrete_gaussian.md")]
pub mod discrete_gaussian {}

#[doc = include_str!("discrete_laplace.md")]
pub mod discrete_laplace {}

#[doc = include_str!("aim.md")]
pub mod aim {}

#[doc = include_str!("graphical_inference.md")]
pub mod graphical_inference {}

#[doc = include_str!("k_anonymity_by_suppression.md")]
pub mod k_anonymity_by_suppression {}

#[doc = include_str!("ledger.md")]
pub mod ledger {}

#[doc = include_str!("k_anonymous_synthesis.md")]
pub mod k_anonymous_synthesis {}

#[doc = include_str!("local_suppression.md")]
pub mod local_suppression {}

#[doc = include_str!("private_choice.md")]
pub mod private_choice {}

#[doc = include_str!("sparse_marginals.md")]
pub mod sparse_marginals {}

#[doc = include_str!("mst.md")]
pub mod mst {}

#[doc = include_str!("recoding.md")]
pub mod recoding {}

#[doc = include_str!("stability_histogram.md")]
pub mod stability_histogram {}

#[doc = include_str!("random_rounding.md")]
pub mod random_rounding {}

#[doc = include_str!("table_suppression.md")]
pub mod table_suppression {}

#[doc = include_str!("zcdp_accounting.md")]
pub mod zcdp_accounting {}
