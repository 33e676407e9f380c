//! Multiple systems estimation: the number of victims who were not detected, from who was on which lists.

mod bma;
mod error;
mod existence;
mod histories;
mod list_set;
mod loglinear;
mod model;
mod outcome;
mod parallel;
mod sample;
mod select;

pub use bma::{Bma, BmaBin, BmaEdge, BmaGraph, BmaGrid, BmaOptions, BmaSummary, PopulationPrior};
pub use error::MseError;
pub use histories::CaptureHistories;
pub use list_set::{ListSet, MOST_LISTS};
pub use model::Model;
pub use outcome::{Finding, IntervalKind, Method, NumberInterval, Status};
