//! Synthetic records: from combinations of values that enough people have, or from noisy counts.
//!
//! | you want | take |
//! |---|---|
//! | records like the real ones, rare values left out | [`RowSeeded`] |
//! | the same without following single records | [`ValueSeeded`], [`Unseeded`] |
//! | records from published counts alone | [`AggregateSeeded`], [`ReportableAggregates`] |
//! | differential privacy, sparse records, few made-up combinations | [`DpAggregateSeeded`] |
//! | differential privacy, distributions as near as can be | [`Aim`]; [`Mst`] is faster and coarser |
//!
//! Each hands back a [`Synthetic`]: an [`Unverified`](crate::Unverified) table with the claim that its verifier
//! recounts, and a report.

mod aggregate_seeded;
mod aggregates;
pub(crate) mod consistency;
mod dp_aggregate_seeded;
mod graphical;
mod items;
mod output;
mod private;
mod row_seeded;
mod synthesized;
mod unseeded;
mod value_seeded;

pub use aggregate_seeded::{AggregateSeeded, AggregateSeededReport};
pub use aggregates::{AggregateEntry, AggregateOptions, Aggregates, ReportableAggregates};
pub use dp_aggregate_seeded::{DpAggregateSeeded, NoisySynthesis};
pub use graphical::{Aim, GraphicalMethod, GraphicalReport, MeasuredSet, ModelledAttribute, Mst};
pub use output::{CombinationCounts, Synthetic};
pub use private::NoisyAggregatesReport;
pub use row_seeded::RowSeeded;
pub use synthesized::SynthesisReport;
pub(crate) use synthesized::Synthesized;
pub use unseeded::Unseeded;
pub use value_seeded::ValueSeeded;

#[cfg(test)]
mod tests;
