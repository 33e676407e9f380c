//! Audits of whole differentially private pipelines on the neighbours that they like least, and what else than
//! noise may differ between neighbours: nothing.
//!
//! Seeds are fixed. At other seeds one that keeps its claim would be accused by one of its 75 audits with
//! a probability of 0.0075 at most.

mod audit;
mod neighbours;
mod pipeline;
