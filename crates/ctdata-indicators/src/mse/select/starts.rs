//! The models that searches start from.

use super::pairs;
use super::score::{Score, Scorer};
use crate::mse::list_set::ListSet;
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;

/// Main effects.
///
/// # Errors
/// Why they have no estimate; nothing has one if nobody is on two lists.
pub(super) fn independence(scorer: &mut Scorer<'_>) -> Result<Score, Status> {
    if overlaps(scorer.sample()) { scorer.score(&[]) } else { Err(Status::NoOverlap) }
}

/// All two-list interactions, if that model has an estimate.
pub(super) fn all_pairs(scorer: &mut Scorer<'_>) -> Option<(Vec<ListSet>, Score)> {
    let lists = scorer.sample().lists();
    // That of two lists is of all lists, and not identifiable.
    let terms: Vec<ListSet> = pairs(lists).filter(|_| lists > 2).collect();
    let score = scorer.score(&terms).ok()?;
    Some((terms, score))
}

/// Whether anybody is on two lists: the lists together have more entries than there are persons.
pub(super) fn overlaps(sample: &Sample) -> bool {
    let size = |list: usize| sample.sums().get(ListSet::single(list).index()).copied().unwrap_or_default();
    (0..sample.lists()).map(size).sum::<u64>() > sample.persons()
}
