//! k-anonymity by suppression of records, or of cells of chosen columns and then of records.

mod algorithm;
mod params;

pub use params::{KAnonymizer, KAnonymizerBuilder};
