//! Counting: the one hot primitive.
//!
//! [`CountSource`] answers in bulk. A [`Table`](crate::Table) in memory is one; an engine over files
//! can be another. Algorithms ask a source, they do not loop over rows.

mod set;
mod source;

pub use set::AttributeSet;
pub use source::{CountSource, Unit};
