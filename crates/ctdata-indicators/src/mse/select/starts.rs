//! The models that searches start from.

use super::pairs;
use crate::mse::existence::check;
use crate::mse::list_set::ListSet;
use crate::mse::loglinear::{Fit, Fitter};
use crate::mse::model::Model;
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;

/// Main effects and their fit.
pub(super) fn independence(sample: &Sample, fitter: &mut Fitter) -> Result<(Model, Fit), Status> {
    if !overlaps(sample) {
        return Err(Status::NoOverlap);
    }
    let model = Model::main_effects(sample.lists());
    let admissibility = check(sample, &model);
    if !admissibility.is_admissible() {
        return Err(admissibility.status());
    }
    let fit = fitter.fit(sample, &model)?;
    Ok((model, fit))
}

/// All two-list interactions and their fit, if they have one.
pub(super) fn all_pairs(sample: &Sample, fitter: &mut Fitter) -> Option<(Model, Fit)> {
    let model = Model::try_new(sample.lists(), pairs(sample.lists())).ok()?;
    if !check(sample, &model).is_admissible() {
        return None;
    }
    let fit = fitter.fit(sample, &model).ok()?;
    Some((model, fit))
}

/// Whether anybody is on two lists: the lists together have more entries than there are persons.
pub(super) fn overlaps(sample: &Sample) -> bool {
    let size = |list: usize| sample.sums().get(ListSet::single(list).index()).copied().unwrap_or_default();
    (0..sample.lists()).map(size).sum::<u64>() > sample.persons()
}
