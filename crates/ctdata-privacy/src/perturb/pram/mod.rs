//! PRAM, the post-randomization method: values change by chance, with published probabilities.

mod algorithm;
mod matrix;
mod params;

pub use algorithm::{PramReport, ReleasedMatrix};
pub use matrix::TransitionMatrix;
pub use params::{MissingInPram, Pram, PramColumn, Transition};
