//! Swapping: records exchange values.

mod rank;
mod unswapped;

pub use rank::{RankSwapping, RankSwappingReport, SwappedColumn};
