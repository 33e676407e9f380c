//! Choosing a model for a table.

mod aic;
mod best;
mod bic;
mod downhill;
mod fixed;
mod forward;
mod lattice;
mod poisson;
mod result;
mod score;
mod starts;
mod stepwise;
#[cfg(test)]
mod tests;

pub use aic::{AIC_SIGNIFICANCE, AicEntry, StepwiseAic, stepwise_aic};
pub use bic::{BicSearch, ModelSearch, RankedModel, RefusedModels, bic_search};
pub use downhill::{Downhill, DownhillSearch, DownhillStart, SearchStart, downhill};
pub use fixed::{FixedModel, fixed_model};
pub use result::ChosenModel;
pub use stepwise::{STEPWISE_THRESHOLD, Stepwise, StepwiseEntry, stepwise};

pub(crate) use aic::AicSelector;
pub(crate) use best::BicSelector;
pub(crate) use downhill::DownhillSelector;
pub(crate) use fixed::FixedSelector;
pub(crate) use stepwise::StepwiseSelector;

use self::score::Score;
use crate::mse::error::MseError;
use crate::mse::list_set::ListSet;
use crate::mse::loglinear::Fitter;
use crate::mse::model::Model;
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;
use ctdata_table::Control;

/// A way to choose a model, on the table itself and on each bootstrap replicate of it; reports no progress.
pub(crate) trait Selector: Sync {
    /// The model chosen and the number of all persons that it gives.
    ///
    /// # Errors
    /// [`MseError::Table`] when cancelled. A table without an answer is `Ok(Err(status))`.
    fn select(
        &self,
        sample: &Sample,
        fitter: &mut Fitter,
        control: &Control,
    ) -> Result<Result<Selected, Status>, MseError>;
}

/// What a [`Selector`] chose.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Selected {
    pub(crate) model: Model,
    /// All persons, seen and not.
    pub(crate) estimate: f64,
}

impl Selected {
    fn of(sample: &Sample, terms: Vec<ListSet>, score: Score) -> Self {
        Self { model: Model::closed(sample.lists(), terms), estimate: score.estimate }
    }
}

/// All pairs of lists in the order 12, 13, …, 23, ….
pub(crate) fn pairs(lists: usize) -> impl Iterator<Item = ListSet> {
    (0..lists).flat_map(move |first| (first + 1..lists).map(move |second| ListSet::of([first, second])))
}

/// Terms in order with one more.
fn with(terms: &[ListSet], term: ListSet, larger: &mut Vec<ListSet>) {
    larger.clear();
    larger.extend_from_slice(terms);
    larger.insert(larger.partition_point(|other| *other < term), term);
}
