//! What all Markov chains share: the plan of a run, how far the chains agree, what they say of the
//! number of persons.

mod diagnostics;
mod plan;
mod posterior;
mod table;

pub(crate) use diagnostics::{Diagnostics, mean, variance};
pub(crate) use plan::ChainPlan;
pub use posterior::Posterior;
pub(crate) use table::Observed;
