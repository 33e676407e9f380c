//! Synthetic records: from rare-proof combinations of real ones, or from noisy counts.

mod aggregate_seeded;
mod aggregates;
pub(crate) mod consistency;
mod dp_aggregate_seeded;
mod items;
mod row_seeded;
mod synthesized;
mod unseeded;
mod value_seeded;

pub use aggregate_seeded::{AggregateSeeded, AggregateSeededReport};
pub use aggregates::{AggregateEntry, AggregateOptions, Aggregates, ReportableAggregates};
pub use dp_aggregate_seeded::{DpAggregateSeeded, NoisySynthesis};
pub use row_seeded::RowSeeded;
pub use synthesized::{SynthesisReport, Synthesized};
pub use unseeded::Unseeded;
pub use value_seeded::ValueSeeded;

#[cfg(test)]
mod tests;
