//! Counting: the one hot primitive.
//!
//! [`CountSource`] answers in bulk. A [`Table`](crate::Table) in memory is one; an engine over files
//! can be another. Algorithms ask a source, they do not loop over rows.

mod bitmap;
mod classes;
mod combinations;
mod combining;
mod compact;
mod engine;
mod items;
mod marginal;
mod parallel;
mod plan;
mod radix;
mod segmented;
mod set;
mod source;
mod tabulate;
mod tally;
#[cfg(test)]
mod tests;

pub use bitmap::BitmapIndex;
pub use classes::Classes;
pub use combinations::Combinations;
pub use combining::{Combining, ItemRule};
pub use marginal::Marginal;
pub use set::AttributeSet;
pub use source::{CountSource, Unit};
pub use tabulate::{tabulate, tabulate_all};
