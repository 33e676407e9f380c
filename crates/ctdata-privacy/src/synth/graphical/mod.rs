//! Graphical models: the distribution of largest entropy that agrees best with noisy counts of some sets of
//! attributes, and records drawn from it.
//!
//! Everything here is post-processing of released numbers; see
//! [`graphical_inference`](crate::proofs::graphical_inference).
//!
//! # Sources
//! R. McKenna, D. Sheldon and G. Miklau (2019), "Graphical-model based estimation and inference for differential
//! privacy", ICML.
#![cfg_attr(not(test), expect(dead_code, reason = "until `Mst` and `Aim` have their public runs"))]

mod aim;
mod clique;
mod compress;
mod draft;
mod factor;
mod given;
mod inference;
mod junction_tree;
mod measure;
mod model;
mod mst;
mod pairs;
mod propagation;
mod query;
#[cfg(test)]
mod sample_tests;
mod sampling;
mod score;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trials;

pub use aim::Aim;
pub(crate) use draft::GraphicalDraft;
use draft::Scope;
pub use draft::{GraphicalMethod, GraphicalReport, MeasuredSet, ModelledAttribute};
#[expect(unused_imports, reason = "for synthesizers that start from counts released before")]
pub(crate) use given::draw_from;
pub(crate) use inference::{FitOptions, Impossible, Measurement};
pub(crate) use junction_tree::junction_tree_cells;
pub(crate) use model::GraphicalModel;
pub use mst::Mst;
