//! Audits of whole differentially private pipelines on the neighbours that they like least, and what else than
//! noise may differ between neighbours: nothing.
//!
//! Seeds are fixed. At other seeds one that keeps its claim would be accused by one of its 75 audits with
//! a probability of 0.0075 at most.

#![cfg(feature = "serde")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod audit;
mod neighbours;
mod pipeline;
