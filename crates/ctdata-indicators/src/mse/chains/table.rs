//! A table as the chains see it: lists and histories in an order of their own.
//!
//! Random numbers are spent list by list and history by history. Lists are put in order by what they hold, so that the
//! order in which they were given changes nothing; lists of nobody are left out.

use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use std::cmp::Reverse;

/// The persons seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observed {
    /// By place, the list of the table: those with more persons first, then by the sizes of their histories. Lists with
    /// the same content in this sense stay in the order given.
    pub(crate) lists: Vec<usize>,
    /// Histories by place of lists with their counts, larger counts first.
    pub(crate) histories: Vec<(ListSet, u64)>,
    pub(crate) persons: u64,
}

impl Observed {
    pub(crate) fn of(histories: &CaptureHistories) -> Self {
        let content = |list: usize| {
            let mut held: Vec<(u64, usize)> = histories
                .iter()
                .filter(|(history, _)| history.contains(list))
                .map(|(history, count)| (count, history.len()))
                .collect();
            held.sort_unstable_by(|one, other| other.cmp(one));
            (held.iter().map(|(count, _)| count).sum::<u64>(), held)
        };
        let mut lists: Vec<_> = (0..histories.lists().len()).map(|list| (Reverse(content(list)), list)).collect();
        lists.retain(|(Reverse((persons, _)), _)| *persons > 0);
        lists.sort_by(|(one, _), (other, _)| one.cmp(other));
        let lists: Vec<usize> = lists.into_iter().map(|(_, list)| list).collect();
        let place = |history: ListSet| {
            let on = |(place, list): (usize, &usize)| history.contains(*list).then_some(place);
            ListSet::of(lists.iter().enumerate().filter_map(on))
        };
        let mut placed: Vec<(ListSet, u64)> =
            histories.iter().map(|(history, count)| (place(history), count)).collect();
        placed.sort_unstable_by_key(|(history, count)| (Reverse(*count), *history));
        Self { lists, histories: placed, persons: histories.persons() }
    }

    /// The set of lists of the table that stands at these places.
    pub(crate) fn of_table(&self, places: ListSet) -> ListSet {
        ListSet::of(places.iter().filter_map(|place| self.lists.get(place).copied()))
    }

    /// How many lists of the table have nobody, as a note.
    pub(crate) fn note_left_out(&self, histories: &CaptureHistories) -> Option<String> {
        let empty = histories.lists().len() - self.lists.len();
        (empty > 0).then(|| format!("lists without any person, left out: {empty}"))
    }

    /// Whether anybody is on two lists.
    pub(crate) fn overlaps(&self) -> bool {
        self.histories.iter().any(|(history, _)| history.len() > 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_given_changes_nothing() {
        let one = CaptureHistories::try_new(
            ["a", "b", "c", "d"],
            [(ListSet::of([0]), 5), (ListSet::of([1]), 9), (ListSet::of([0, 1]), 2), (ListSet::of([1, 3]), 2)],
        );
        let other = CaptureHistories::try_new(
            ["d", "c", "b", "a"],
            [(ListSet::of([2, 0]), 2), (ListSet::of([3, 2]), 2), (ListSet::of([2]), 9), (ListSet::of([3]), 5)],
        );
        let (one, other) = (Observed::of(&one.unwrap()), Observed::of(&other.unwrap()));
        assert_eq!(one.histories, other.histories);
        assert_eq!((one.lists.clone(), other.lists), (vec![1, 0, 3], vec![2, 3, 0]));
        assert_eq!(one.of_table(ListSet::of([0, 2])), ListSet::of([1, 3]));
        assert!(one.overlaps());
    }
}
