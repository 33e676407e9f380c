//! Searches for the generalization of least cost.

mod boxes;
mod exhaustive;
mod greedy;
#[cfg(test)]
mod proofs;
mod report;
mod searcher;
mod sweep;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

pub use report::SearchReport;
pub(crate) use searcher::{Found, SearchInput};

use searcher::{Searcher, Stop};

use crate::PrivacyError;

/// How the lattice is searched. All of them end at the caller's deadline with the best answer so far
/// and what is proven of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Search {
    /// The best solution, proven so. Nodes are left out where a proof says that they are no solution
    /// or no better one.
    #[default]
    Optimal,
    /// The best solution by looking at every node.
    Exhaustive,
    /// A good solution: down from the top, then exchanges of one level for another. Nothing is proven
    /// but a lower bound.
    Heuristic,
}

impl Search {
    /// All searches.
    pub const ALL: [Self; 3] = [Self::Optimal, Self::Exhaustive, Self::Heuristic];

    /// The name in plans and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Exhaustive => "exhaustive",
            Self::Heuristic => "heuristic",
        }
    }
}

impl fmt::Display for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a search (optimal, exhaustive, heuristic)")]
pub struct UnknownSearch;

impl FromStr for Search {
    type Err = UnknownSearch;

    fn from_str(text: &str) -> Result<Self, UnknownSearch> {
        Self::ALL.into_iter().find(|search| search.name() == text).ok_or(UnknownSearch)
    }
}

/// The share of records that may be dropped, from 0 (none, the default) to 1. A limit of 1 still asks
/// for one record to be kept.
///
/// ```
/// use ctdata_privacy::SuppressionLimit;
/// let limit = SuppressionLimit::try_new(0.02)?;
/// assert_eq!(limit.records(30_162), 603);
/// assert_eq!(SuppressionLimit::try_new(1.0)?.records(10), 9);
/// assert!(SuppressionLimit::try_new(1.1).is_err());
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct SuppressionLimit(f64);

impl SuppressionLimit {
    /// No record may be dropped.
    pub const NONE: Self = Self(0.0);

    /// A share of all records.
    ///
    /// # Errors
    /// A share outside [0, 1].
    pub fn try_new(share: f64) -> Result<Self, PrivacyError> {
        if (0.0..=1.0).contains(&share) {
            return Ok(Self(share));
        }
        Err(PrivacyError::InvalidParameter {
            parameter: "suppression limit",
            rule: "it is a share between 0 and 1".into(),
        })
    }

    /// The share.
    pub const fn share(self) -> f64 {
        self.0
    }

    /// How many of so many records may be dropped: the share of them rounded down, and never all.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count of records")]
    pub fn records(self, records: u64) -> u64 {
        let share = (self.0 * crate::recode::metric::to_real(records)).floor() as u64;
        share.min(records.saturating_sub(1))
    }
}

/// Lattices up to this size are swept node by node; larger ones are split.
pub(crate) const SWEPT: u128 = 1 << 20;

/// Runs a search; lattices up to the size `swept` are swept where that is possible.
pub(crate) fn run(search: Search, swept: u128, input: SearchInput<'_>) -> Result<Found, PrivacyError> {
    let mut searcher = Searcher::new(input);
    let sweeps = searcher.monotone() && searcher.cost().leads() && searcher.lattice().size() <= swept;
    let outcome = match search {
        Search::Exhaustive => exhaustive::run(&mut searcher),
        Search::Heuristic => {
            let mut seen = greedy::Seen::default();
            match greedy::run(&mut searcher, &mut seen) {
                // That it found nothing proves nothing: where the models are not monotone, somebody must look.
                Ok(()) if searcher.best().is_none() && !seen.all_fail(searcher.lattice().top()) => {
                    boxes::run(&mut searcher, boxes::OPEN)
                }
                outcome => outcome,
            }
        }
        Search::Optimal if sweeps => sweep::run(&mut searcher),
        Search::Optimal => boxes::run(&mut searcher, boxes::OPEN),
    };
    match outcome {
        Ok(()) => searcher.finish(search != Search::Heuristic, None),
        Err(Stop::Cancelled(error)) => Err(error),
        Err(Stop::Deadline) => searcher.finish(false, Some(ctdata_table::StopReason::Deadline)),
    }
}
