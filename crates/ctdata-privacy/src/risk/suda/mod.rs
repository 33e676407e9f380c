//! SUDA2: how special a record is, by the smallest sets of attributes on which it is unique.

mod algorithm;
mod params;
mod partition;
mod result;
#[cfg(test)]
mod tests;

pub(super) use params::check_fraction;
pub use params::{Suda, SudaWeighting};
pub(super) use result::dis_parts;
pub use result::{SudaDis, SudaReport, SudaScores};
