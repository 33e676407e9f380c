//! The cell-key method: noise that depends on the records behind a count, so that the same records always get the same.

mod counts;
mod figures;
mod key;
mod solver;
mod sums;
mod table;

pub use counts::PerturbedCounts;
pub use figures::FigureKeys;
pub use key::{RecordKeys, TableKey};
pub use sums::{KeySums, tabulate_keys};
pub use table::{NoiseDesign, PerturbationTable};
