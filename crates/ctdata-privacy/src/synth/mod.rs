//! Synthetic records: from rare-proof combinations of real ones, or from noisy counts.

mod aggregate_seeded;
mod aggregates;
mod items;
mod row_seeded;
mod synthesized;
mod unseeded;
mod value_seeded;

pub use aggregate_seeded::{AggregateSeeded, AggregateSeededReport};
pub use aggregates::{AggregateEntry, AggregateOptions, Aggregates, ReportableAggregates};
pub use row_seeded::RowSeeded;
pub use synthesized::{SynthesisReport, Synthesized};
pub use unseeded::Unseeded;
pub use value_seeded::ValueSeeded;

#[cfg(test)]
mod tests;
