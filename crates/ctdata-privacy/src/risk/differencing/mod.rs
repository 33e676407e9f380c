//! What several releases of one dataset tell together.

mod coverage;
mod measure;
mod report;
mod signature;
#[cfg(test)]
mod tests;

pub use coverage::{Coverage, ReleaseView};
pub use report::{DifferencingRisk, ReleaseChange};
