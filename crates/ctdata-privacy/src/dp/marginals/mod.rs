//! Noisy counts of combinations of values, up to a length, of sparse records.

mod aggregates;
mod discover;
mod items;
mod lattice;
mod measure;
mod params;
#[cfg(test)]
mod tests;
mod weigh;

pub use aggregates::{NoisyAggregates, NoisyLength};
pub use params::{LengthSplit, RecordCap, SparseMarginals, Weighting};
