//! Why the mechanisms do what they claim: one note each, with claim, assumptions, argument and
//! source.

#[doc = include_str!("aim.md")]
pub mod aim {}

#[doc = include_str!("graphical_inference.md")]
pub mod graphical_inference {}

#[doc = include_str!("k_anonymity_by_suppression.md")]
pub mod k_anonymity_by_suppression {}

#[doc = include_str!("local_suppression.md")]
pub mod local_suppression {}

#[doc = include_str!("mst.md")]
pub mod mst {}

#[doc = include_str!("recoding.md")]
pub mod recoding {}
