//! Recoding: released values are coarser than those of the input.

mod attributes;
mod classes;
mod engine;
mod judge;
mod lattice;
mod metric;
mod mixed;
mod mondrian;
#[cfg(test)]
mod oracle;
mod problem;
mod quality;
mod recoded;
mod search;
mod tally;
#[cfg(test)]
mod testing;

pub use metric::{Aggregate, Metric, MetricFamily, UnknownMetric};
pub(crate) use mixed::recode_by_row;
pub use mondrian::MondrianMode;
pub(crate) use mondrian::{MondrianOutcome, mondrian};
pub(crate) use problem::{Problem, Solution, recode, solve};
pub use quality::{AttributeQuality, MetricValue, Quality};
pub use recoded::QuasiIdentifier;
pub(crate) use recoded::{Meaning, RecodedColumn};
pub use search::{Search, SearchReport, SuppressionLimit, UnknownSearch};
