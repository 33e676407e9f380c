//! Synthetic records: from rare-proof combinations of real ones, or from noisy counts.

mod graphical;
pub(crate) mod consistency;
mod aggregate_seeded;
mod aggregates;
mod synthesized;
mod items;
mod output;
mod row_seeded;
mod unseeded;
mod value_seeded;

pub use aggregate_seeded::{AggregateSeeded, AggregateSeededReport};
pub use aggregates::{AggregateEntry, AggregateOptions, Aggregates, ReportableAggregates};
pub use output::{CombinationCounts, Synthetic};
pub use row_seeded::RowSeeded;
pub use synthesized::SynthesisReport;
use synthesized::Synthesized;
pub use unseeded::Unseeded;
pub use value_seeded::ValueSeeded;
