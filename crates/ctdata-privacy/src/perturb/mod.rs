//! Perturbation: released values differ from those of the input, or are their averages.
//!
//! Everything here makes a *working copy*, never a release. A verifier takes a perturbed table for its
//! input: perturbation is preprocessing and lowers risk, but none of these methods alone gives
//! k-anonymity, with one exception: microaggregation of all quasi-identifiers jointly.

mod coding;
mod column;
pub(crate) mod draw;
mod local_suppression;
mod microaggregation;
mod pram;
mod report;
mod rounding;
mod swap;

pub use coding::{BottomCode, CodedReplacement, CodingReport, TopBottomCoding, TopCode};
pub(crate) use local_suppression::suppress;
pub use local_suppression::{Concealment, LocalSuppression, LocalSuppressionBuilder, Requirement};
pub use microaggregation::{
    AggregatedColumn, AggregatedColumnReport, GroupSizes, Microaggregation, MicroaggregationMethod,
    MicroaggregationReport, Replacement,
};
pub use pram::{MissingInPram, Pram, PramColumn, PramReport, ReleasedMatrix, Transition, TransitionMatrix};
pub use report::{PerturbationDetails, PerturbationMethod, PerturbationReport, Perturbed, PerturbedAttribute};
pub use rounding::{Rounding, RoundingReport};
pub use swap::{RankSwapping, RankSwappingReport, SwappedColumn};
