//! Capture histories: how many persons are on exactly which lists.

use super::error::MseError;
use super::list_set::{ListSet, MOST_LISTS};

/// The most persons a table can have: counts stay exact as floating-point numbers.
const MOST_PERSONS: u64 = 1 << 53;

/// How many persons were seen on exactly which lists. Persons on no list are not in it: their number is what is
/// estimated.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureHistories {
    lists: Vec<String>,
    /// Histories of at least one person, in the order of [`ListSet`].
    counts: Vec<(ListSet, u64)>,
    persons: u64,
}

impl CaptureHistories {
    /// The histories of persons on named lists. Histories given twice are added; those of nobody may be left out.
    ///
    /// # Errors
    /// [`MseError::Lists`] for fewer than two lists, more than 16, or names that are empty or given twice;
    /// [`MseError::Histories`] for a history of no list or of a list that is not there, and for more than
    /// 2^53 persons.
    pub fn try_new<N: Into<String>>(
        lists: impl IntoIterator<Item = N>,
        counts: impl IntoIterator<Item = (ListSet, u64)>,
    ) -> Result<Self, MseError> {
        let lists: Vec<String> = lists.into_iter().map(Into::into).collect();
        check_lists(&lists)?;
        let mut counts: Vec<(ListSet, u64)> = counts.into_iter().collect();
        let all = ListSet::all(lists.len());
        if counts.iter().any(|(history, count)| history.is_empty() && *count > 0) {
            return Err(MseError::Histories("persons on no list cannot have been counted"));
        }
        if counts.iter().any(|(history, _)| !history.is_subset(all)) {
            return Err(MseError::Histories("a history has a list that is not there"));
        }
        counts.retain(|(_, count)| *count > 0);
        counts.sort_unstable_by_key(|(history, _)| *history);
        let mut persons = 0u64;
        let mut merged: Vec<(ListSet, u64)> = Vec::with_capacity(counts.len());
        for (history, count) in counts {
            persons = persons
                .checked_add(count)
                .filter(|persons| *persons <= MOST_PERSONS)
                .ok_or(MseError::Histories("a table has at most 2^53 persons"))?;
            match merged.last_mut() {
                Some((last, sum)) if *last == history => *sum += count,
                _ => merged.push((history, count)),
            }
        }
        Ok(Self { lists, counts: merged, persons })
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

fn check_lists(lists: &[String]) -> Result<(), MseError> {
    let rule = if lists.len() < 2 {
        "an estimate needs at least two lists"
    } else if lists.len() > MOST_LISTS {
        "a table has at most 16 lists"
    } else if lists.iter().any(|name| name.trim().is_empty()) {
        "each list has a name"
    } else if lists.iter().enumerate().any(|(place, name)| lists.iter().skip(place + 1).any(|other| other == name)) {
        "each list has a name of its own"
    } else {
        return Ok(());
    };
    Err(MseError::Lists(rule))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(matches!(with(&["a", " "], one, 1), Err(MseError::Lists(_))));
        assert!(matches!(with(&["a", "b"], ListSet::EMPTY, 1), Err(MseError::Histories(_))));
        assert!(matches!(with(&["a", "b"], ListSet::of([2]), 1), Err(MseError::Histories(_))));
        assert!(matches!(with(&["a", "b"], one, u64::MAX), Err(MseError::Histories(_))));
        let seventeen: Vec<String> = (0..17).map(|list| list.to_string()).collect();
        assert!(matches!(CaptureHistories::try_new(seventeen, []), Err(MseError::Lists(_))));
    }
}
