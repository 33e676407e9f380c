//! Graphical models: the distribution of largest entropy that agrees best with noisy counts of some sets of
//! attributes, and records drawn from it.
//!
//! Everything here is post-processing of released numbers; see
//! [`graphical_inference`](crate::proofs::graphical_inference).
//!
//! # Sources
//! R. McKenna, D. Sheldon and G. Miklau (2019), "Graphical-model based estimation and inference for differential
//! privacy", ICML.
#![cfg_attr(not(test), expect(dead_code, reason = "for MST and AIM"))]

mod clique;
mod factor;
mod inference;
mod junction_tree;
mod model;
mod pairs;
mod propagation;
mod query;
#[cfg(test)]
mod sample_tests;
mod sampling;
#[cfg(test)]
mod tests;

#[cfg_attr(not(test), expect(unused_imports, reason = "for MST and AIM"))]
pub(crate) use inference::{FitOptions, Impossible, Measurement};
#[cfg_attr(not(test), expect(unused_imports, reason = "for MST and AIM"))]
pub(crate) use junction_tree::junction_tree_cells;
#[cfg_attr(not(test), expect(unused_imports, reason = "for MST and AIM"))]
pub(crate) use model::GraphicalModel;
