//! Recoding: released values are coarser than those of the input.

mod recoded;

pub use recoded::QuasiIdentifier;
pub(crate) use recoded::{Meaning, RecodedColumn};
