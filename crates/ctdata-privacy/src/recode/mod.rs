//! Recoding: released values are coarser than those of the input.

mod mondrian;
mod recoded;

pub use mondrian::MondrianMode;
pub(crate) use mondrian::{MondrianOutcome, mondrian};
pub use recoded::QuasiIdentifier;
pub(crate) use recoded::{Meaning, RecodedColumn};
