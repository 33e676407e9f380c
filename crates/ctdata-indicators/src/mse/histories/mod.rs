//! Capture histories: how many persons are on exactly which lists.

mod by_stratum;
mod describe;
mod lists;
#[cfg(feature = "csv")]
mod read;
mod records;
mod simulate;
#[cfg(test)]
pub(super) mod testing;
mod tidy;
#[cfg(feature = "serde")]
mod wire;
#[cfg(feature = "csv")]
mod write;

pub use by_stratum::{MOST_STRATA, NOT_RECORDED, StrataRead};
pub use describe::{HistoryFacts, ListSize, Obstacle, PairOverlap};
#[cfg(feature = "csv")]
pub use read::{CountColumn, HistoryLayout};
pub use records::{HistoriesRead, HistoryRules, OnUnusable};
pub use tidy::{DroppedList, Tidied, Uninformative};

use super::error::MseError;
use super::list_set::{ListSet, MOST_LISTS};
use std::fmt;

/// The most persons a table can have: counts stay exact as floating-point numbers.
const MOST_PERSONS: u64 = 1 << 53;
/// The rule of this limit.
const TOO_MANY: &str = "a table has at most 2^53 persons";

/// How many persons were seen on exactly which lists. Persons on no list are not in it: their number is what is
/// estimated.
///
/// One person is in one history: records of the same person on several lists have been linked before. Links that were
/// missed push every estimate up.
///
/// `Debug` shows the lists and no count: counts of cases can be confidential.
///
/// ```
/// use ctdata_indicators::mse::{CaptureHistories, ListSet};
///
/// let histories = CaptureHistories::try_new(
///     ["police", "shelters"],
///     [(ListSet::of([0]), 40), (ListSet::of([1]), 30), (ListSet::of([0, 1]), 6)],
/// )?;
/// assert_eq!(histories.persons(), 76);
/// assert_eq!(histories.count(ListSet::of([0, 1])), 6);
/// # Ok::<(), ctdata_indicators::mse::MseError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "wire::Histories", try_from = "wire::Histories")
)]
pub struct CaptureHistories {
    lists: Vec<String>,
    /// Histories of at least one person, in the order of [`ListSet`].
    counts: Vec<(ListSet, u64)>,
    persons: u64,
}

impl CaptureHistories {
    /// The histories of persons on named lists. Histories given twice are added; those of nobody may be left out.
    /// White space around names is.
    ///
    /// # Errors
    /// [`MseError::Lists`] for fewer than two lists, more than 16, or names that are empty or given twice (in any
    /// case); [`MseError::Histories`] for a history of no list or of a list that is not there, and for more than
    /// 2^53 persons.
    pub fn try_new<N: Into<String>>(
        lists: impl IntoIterator<Item = N>,
        counts: impl IntoIterator<Item = (ListSet, u64)>,
    ) -> Result<Self, MseError> {
        let lists = named(lists)?;
        let all = ListSet::all(lists.len());
        let mut persons = 0u64;
        let mut checked: Vec<(ListSet, u64)> = Vec::new();
        for (history, count) in counts {
            if !history.is_subset(all) {
                return Err(MseError::Histories("a history has a list that is not there"));
            }
            if history.is_empty() && count > 0 {
                return Err(MseError::Histories("persons on no list cannot have been counted"));
            }
            persons = add(persons, count).ok_or(MseError::Histories(TOO_MANY))?;
            checked.push((history, count));
        }
        Ok(Self::summed(lists, checked))
    }

    /// Histories that are known to be of these lists, with at most 2^53 persons. Those of no list are left out.
    fn summed(lists: Vec<String>, mut counts: Vec<(ListSet, u64)>) -> Self {
        counts.retain(|(history, count)| *count > 0 && !history.is_empty());
        counts.sort_unstable_by_key(|(history, _)| *history);
        counts.dedup_by(|(history, count), (kept, sum)| {
            let same = history == kept;
            *sum += if same { *count } else { 0 };
            same
        });
        let persons = counts.iter().map(|(_, count)| *count).sum();
        Self { lists, counts, persons }
    }

    /// The histories of a published table, which its tests have checked.
    pub(super) fn published(lists: &[&str], counts: &[(ListSet, u64)]) -> Self {
        Self::summed(lists.iter().map(ToString::to_string).collect(), counts.to_vec())
    }

    /// The names of the lists, in order.
    pub fn lists(&self) -> &[String] {
        &self.lists
    }

    /// The number of persons seen, n.
    pub fn persons(&self) -> u64 {
        self.persons
    }

    /// The persons seen on exactly these lists.
    pub fn count(&self, history: ListSet) -> u64 {
        self.counts
            .binary_search_by_key(&history, |(history, _)| *history)
            .ok()
            .and_then(|place| self.counts.get(place))
            .map_or(0, |(_, count)| *count)
    }

    /// The histories of at least one person with their counts, in the order of [`ListSet`].
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ListSet, u64)> {
        self.counts.iter().copied()
    }
}

/// Shows the lists, never a count.
impl fmt::Debug for CaptureHistories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaptureHistories").field("lists", &self.lists).finish_non_exhaustive()
    }
}

/// The names of lists, checked.
fn named<N: Into<String>>(lists: impl IntoIterator<Item = N>) -> Result<Vec<String>, MseError> {
    // One more than allowed is enough to refuse.
    let lists: Vec<String> = lists.into_iter().take(MOST_LISTS + 1).map(|name| name.into().trim().to_owned()).collect();
    let repeated = |(place, name): (usize, &String)| {
        lists.iter().take(place).any(|other| other.to_lowercase() == name.to_lowercase())
    };
    let rule = if lists.len() < 2 {
        "an estimate needs at least two lists"
    } else if lists.len() > MOST_LISTS {
        "a table has at most 16 lists"
    } else if lists.iter().any(String::is_empty) {
        "each list has a name"
    } else if lists.iter().enumerate().any(repeated) {
        "each list has a name of its own"
    } else {
        return Ok(lists);
    };
    Err(MseError::Lists(rule))
}

/// A number of persons and some more, within the limit of a table.
fn add(persons: u64, more: u64) -> Option<u64> {
    persons.checked_add(more).filter(|sum| *sum <= MOST_PERSONS)
}

#[cfg(test)]
mod tests {
    use super::testing::tables;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn histories_given_twice_are_added_and_nobody_is_left_out() {
        let one = ListSet::of([0]);
        let histories = CaptureHistories::try_new(["a", "b"], [(one, 2), (ListSet::of([1]), 0), (one, 3)]).unwrap();
        assert_eq!(histories.iter().collect::<Vec<_>>(), [(one, 5)]);
        assert_eq!((histories.persons(), histories.count(ListSet::of([1]))), (5, 0));
    }

    #[test]
    fn what_is_no_table_of_histories_is_refused() {
        let with = |lists: &[&str], history: ListSet, count: u64| {
            CaptureHistories::try_new(lists.iter().copied(), [(history, count)])
        };
        let one = ListSet::of([0]);
        assert!(matches!(with(&["a"], one, 1), Err(MseError::Lists(_))));
        assert!(matches!(with(&["a", "a"], one, 1), Err(MseError::Lists(_))));
        assert!(matches!(with(&["a", " A"], one, 1), Err(MseError::Lists(_))));
        assert!(matches!(with(&["a", " "], one, 1), Err(MseError::Lists(_))));
        assert!(matches!(with(&["a", "b"], ListSet::EMPTY, 1), Err(MseError::Histories(_))));
        assert!(matches!(with(&["a", "b"], ListSet::of([2]), 1), Err(MseError::Histories(_))));
        assert!(matches!(with(&["a", "b"], one, u64::MAX), Err(MseError::Histories(_))));
        assert!(with(&["a", "b"], one, MOST_PERSONS).is_ok());
        let seventeen: Vec<String> = (0..17).map(|list| list.to_string()).collect();
        assert!(matches!(CaptureHistories::try_new(seventeen, []), Err(MseError::Lists(_))));
    }

    #[test]
    fn counts_are_not_shown() {
        let histories = CaptureHistories::try_new(["a", "b"], [(ListSet::of([0]), 4711)]).unwrap();
        let shown = format!("{histories:?} {histories:#?}");
        assert!(shown.contains("\"a\"") && !shown.contains("4711"), "{shown}");
    }

    proptest! {
        #[test]
        fn the_order_of_rows_does_not_matter(table in tables(), seed in any::<u64>()) {
            let mut rows: Vec<(ListSet, u64)> = table.iter().collect();
            let places = rows.len().max(1);
            rows.rotate_left(usize::try_from(seed).unwrap_or_default() % places);
            rows.reverse();
            // A row in two parts is the same row.
            if let Some((history, count)) = rows.pop() {
                rows.insert(0, (history, count - count / 3));
                rows.push((history, count / 3));
            }
            prop_assert!(CaptureHistories::try_new(table.lists().to_vec(), rows).unwrap() == table);
        }
    }
}
