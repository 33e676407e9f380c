//! Synthetic records: from rare-proof combinations of real ones, or from noisy counts.

mod graphical;

pub use graphical::{Aim, GraphicalMethod, GraphicalReport, MeasuredSet, ModelledAttribute, Mst};
