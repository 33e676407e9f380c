//! What is known of strata and of their sum.

use crate::mse::bootstrap::Bootstrap;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::outcome::Method;
use crate::mse::sample::Sample;

/// A stratum with fewer persons is not fitted by itself.
const LEAST_PERSONS: u64 = 100;
/// Nor is one with fewer pairs of lists that share a person.
const LEAST_OVERLAPPING_PAIRS: usize = 2;

/// Separate estimates for parts of a population, their sum, and the pooled estimate.
///
/// The sum of estimates whose models are chosen separately is not the pooled estimate; both are given, and a large
/// difference says that capture differs between strata. Strata of fewer than 100 persons, or with fewer than two pairs
/// of lists that overlap, are not fitted by themselves but pooled with each other; and if they are too sparse even
/// together, with the smallest stratum that is not.
///
/// # Sources
/// Cruyff, van Dijk and van der Heijden (2017), The challenge of counting victims of human trafficking, *Chance* 30(3).
/// Davison and Hinkley (1997), *Bootstrap Methods and their Application*, section 3.2 (several samples).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Strata {
    /// The column that names the strata, if they come from one.
    pub column: Option<String>,
    /// The method by which all of them are estimated.
    pub method: Method,
    /// The strata in the order given; those too sparse have the status `too-sparse`.
    pub strata: Vec<Stratum>,
    /// The strata too sparse, pooled with each other, and if that is not enough with the smallest other stratum: the
    /// part of the sum that has them. `None` if there is nothing to pool. It may itself be too sparse.
    pub sparse_pooled: Option<Stratum>,
    /// The sum over parts that make up the whole. Without an answer if a part has none: a sum without it would not be
    /// of the whole.
    pub sum: Bootstrap,
    /// The names of the parts of the sum: the strata that were fitted, and the pooled sparse ones.
    pub summed: Vec<String>,
    /// All strata as one table.
    pub pooled: Bootstrap,
    /// What to know, in plain sentences without a full stop at the end.
    pub notes: Vec<String>,
}

/// One stratum.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Stratum {
    /// Its name; of pooled strata, their names.
    pub name: String,
    /// The persons seen.
    pub persons: u64,
    /// Pairs of lists that share a person.
    pub overlapping_pairs: usize,
    /// The model chosen, with the names of the lists.
    pub model: Option<String>,
    /// The estimate with its intervals, from the same replicates as the sum if it is a part of it.
    pub bootstrap: Bootstrap,
}

/// The number of pairs of lists that share a person.
pub(super) fn overlapping_pairs(histories: &CaptureHistories) -> usize {
    let sample = Sample::of(histories);
    let lists = histories.lists().len();
    let pairs = (0..lists).flat_map(|one| (0..one).map(move |other| ListSet::of([one, other])));
    pairs.filter(|pair| sample.sums().get(pair.index()).is_some_and(|sum| *sum > 0)).count()
}

/// Whether a stratum can stand for itself.
pub(super) fn is_fitted(persons: u64, overlapping_pairs: usize) -> bool {
    persons >= LEAST_PERSONS && overlapping_pairs >= LEAST_OVERLAPPING_PAIRS
}
