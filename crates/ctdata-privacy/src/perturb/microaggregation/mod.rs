//! Microaggregation: records in small groups, values replaced by those of their group.

mod algorithm;
mod grid;
mod mdav;
mod optimal;
mod outermost;
mod params;
mod remaining;
mod replace;
mod report;
#[cfg(test)]
mod tests;

pub use params::{AggregatedColumn, Microaggregation, MicroaggregationMethod, Replacement};
pub use report::{AggregatedColumnReport, GroupSizes, MicroaggregationReport};
