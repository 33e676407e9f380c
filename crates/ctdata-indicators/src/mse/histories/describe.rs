//! What a table says before any model: sizes, overlaps, and whether there is anything to estimate from.

use super::CaptureHistories;
use super::tidy::DroppedList;
use crate::error::coded;
use crate::mse::list_set::ListSet;
use crate::mse::outcome::Status;

coded! {
    /// A fact of a table that leaves nothing to estimate from.
    #[non_exhaustive]
    pub enum Obstacle: "obstacle" {
        /// Nobody is on any list.
        Nobody = "nobody" / "nobody is on any list",
        /// No person is on two lists.
        NoOverlap = "no-overlap" / "no person is on two lists",
        /// Without lists that say nothing, fewer than two are left.
        OneList = "one-list" / "fewer than two lists say anything about who was not seen",
    }
}

impl Obstacle {
    /// What a method answers that meets it.
    pub const fn status(self) -> Status {
        match self {
            Self::Nobody => Status::Undefined,
            Self::NoOverlap => Status::NoOverlap,
            Self::OneList => Status::ListsOutOfRange,
        }
    }
}

/// A list and its size.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ListSize {
    /// The name of the list.
    pub list: String,
    /// The persons on it.
    pub persons: u64,
    /// Of these, the persons on no other list.
    pub only_there: u64,
}

/// Two lists and the persons on both.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PairOverlap {
    /// The names of the lists, in the order of the table.
    pub lists: [String; 2],
    /// The persons on both, whatever other lists they are on.
    pub persons: u64,
}

/// What a table says before any model; see [`CaptureHistories::facts`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HistoryFacts {
    /// The persons seen, n.
    pub persons: u64,
    /// The lists with their sizes, in order.
    pub lists: Vec<ListSize>,
    /// The persons on exactly one list, on exactly two, and so on to all lists: f₁, f₂, …
    pub on_exactly: Vec<u64>,
    /// Row by row, the persons on both of two lists; in the diagonal the sizes of the lists.
    pub overlap: Vec<Vec<u64>>,
    /// The pairs of lists without a common person.
    pub empty_pairs: Vec<[String; 2]>,
    /// The pair with the fewest common persons; the first of several.
    pub smallest_overlap: Option<PairOverlap>,
    /// The pair with the most.
    pub largest_overlap: Option<PairOverlap>,
    /// The lists that say nothing about who was not seen.
    pub uninformative: Vec<DroppedList>,
    /// Why there is nothing to estimate from, if so.
    pub obstacle: Option<Obstacle>,
}

impl CaptureHistories {
    /// The persons on all of these lists, whatever other lists they are on. Of no list: everybody.
    ///
    /// ```
    /// use ctdata_indicators::mse::{ListSet, published_table};
    ///
    /// let table = published_table("uk-2013-five-lists").ok_or("no such table")?.histories();
    /// assert_eq!(table.on_all(ListSet::of([0, 1])), 18); // local authorities and NGOs
    /// assert_eq!((table.on_exactly(1), table.on_exactly(2)), (2_523, 214));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_all(&self, lists: ListSet) -> u64 {
        self.iter().filter(|(history, _)| lists.is_subset(*history)).map(|(_, count)| count).sum()
    }

    /// The persons on exactly this many lists, f with this index.
    pub fn on_exactly(&self, lists: usize) -> u64 {
        self.iter().filter(|(history, _)| history.len() == lists).map(|(_, count)| count).sum()
    }

    /// Row by row, the persons on both of two lists; in the diagonal the sizes of the lists.
    pub fn overlap_matrix(&self) -> Vec<Vec<u64>> {
        let lists = 0..self.lists().len();
        let row = |one: usize| lists.clone().map(move |other| self.on_all(ListSet::of([one, other]))).collect();
        lists.clone().map(row).collect()
    }

    /// The pairs of lists without a common person, in order.
    pub fn empty_pairs(&self) -> Vec<ListSet> {
        self.pairs().filter(|(_, persons)| *persons == 0).map(|(pair, _)| pair).collect()
    }

    /// Why there is nothing to estimate from, if so. Methods answer it with [`Obstacle::status`].
    pub fn obstacle(&self) -> Option<Obstacle> {
        if self.persons() == 0 {
            Some(Obstacle::Nobody)
        } else if self.on_exactly(1) == self.persons() {
            Some(Obstacle::NoOverlap)
        } else {
            self.tidied().histories.is_none().then_some(Obstacle::OneList)
        }
    }

    /// What the table says before any model.
    pub fn facts(&self) -> HistoryFacts {
        let lists = self.lists().len();
        let size = |(list, name): (usize, &String)| ListSize {
            list: name.clone(),
            persons: self.on_all(ListSet::single(list)),
            only_there: self.count(ListSet::single(list)),
        };
        let pair = |(pair, persons): (ListSet, u64)| PairOverlap { lists: self.names_of(pair), persons };
        HistoryFacts {
            persons: self.persons(),
            lists: self.lists().iter().enumerate().map(size).collect(),
            on_exactly: (1..=lists).map(|lists| self.on_exactly(lists)).collect(),
            overlap: self.overlap_matrix(),
            empty_pairs: self.empty_pairs().into_iter().map(|pair| self.names_of(pair)).collect(),
            smallest_overlap: self.pairs().min_by_key(|(_, persons)| *persons).map(pair),
            // The last of equals would be taken; the first is wanted.
            largest_overlap: self.pairs().min_by_key(|(_, persons)| std::cmp::Reverse(*persons)).map(pair),
            uninformative: self.tidied().dropped,
            obstacle: self.obstacle(),
        }
    }

    /// All pairs of lists with their common persons.
    fn pairs(&self) -> impl Iterator<Item = (ListSet, u64)> {
        let lists = self.lists().len();
        let pairs = (0..lists).flat_map(move |one| (one + 1..lists).map(move |other| ListSet::of([one, other])));
        pairs.map(|pair| (pair, self.on_all(pair)))
    }

    fn names_of(&self, pair: ListSet) -> [String; 2] {
        let mut names = pair.iter().map(|list| self.name(list).clone());
        [names.next().unwrap_or_default(), names.next().unwrap_or_default()]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::tables;
    use super::*;
    use proptest::prelude::*;

    fn table(rows: &[(&[usize], u64)]) -> CaptureHistories {
        let rows = rows.iter().map(|(lists, count)| (ListSet::of(lists.iter().copied()), *count));
        CaptureHistories::try_new(["a", "b", "c"], rows).unwrap()
    }

    #[test]
    fn the_facts_of_a_small_table() {
        let facts = table(&[(&[0], 40), (&[1], 30), (&[2], 20), (&[0, 1], 6)]).facts();
        assert_eq!((facts.persons, facts.on_exactly), (96, vec![90, 6, 0]));
        assert_eq!(facts.overlap, [[46, 6, 0], [6, 36, 0], [0, 0, 20]]);
        assert_eq!(facts.empty_pairs, [["a", "c"], ["b", "c"]]);
        let (smallest, largest) = (facts.smallest_overlap.unwrap(), facts.largest_overlap.unwrap());
        assert_eq!((smallest.lists, smallest.persons), (["a".to_owned(), "c".to_owned()], 0));
        assert_eq!((largest.lists, largest.persons), (["a".to_owned(), "b".to_owned()], 6));
        assert_eq!(facts.lists[0], ListSize { list: "a".to_owned(), persons: 46, only_there: 40 });
        assert_eq!((facts.obstacle, facts.uninformative), (None, Vec::new()));
    }

    #[test]
    fn what_leaves_nothing_to_estimate_from_is_named() {
        assert_eq!(table(&[]).obstacle(), Some(Obstacle::Nobody));
        assert_eq!(table(&[(&[0], 3), (&[1], 2), (&[2], 1)]).obstacle(), Some(Obstacle::NoOverlap));
        assert_eq!(table(&[(&[0, 1, 2], 5)]).obstacle(), Some(Obstacle::OneList));
        assert_eq!(table(&[(&[0], 3), (&[0, 1], 2)]).obstacle(), Some(Obstacle::OneList));
        assert_eq!(table(&[(&[0], 3), (&[1], 2), (&[0, 1], 1)]).obstacle(), None);
        assert_eq!(Obstacle::NoOverlap.status(), Status::NoOverlap);
    }

    proptest! {
        #[test]
        fn sizes_and_overlaps_agree(table in tables()) {
            let facts = table.facts();
            prop_assert_eq!(facts.on_exactly.iter().sum::<u64>(), facts.persons);
            // Each person on k lists is counted k times in the sizes and k(k − 1)/2 times in the overlaps.
            let times = |times: fn(u64) -> u64| -> u64 { (1..).zip(&facts.on_exactly).map(|(k, f)| times(k) * f).sum() };
            prop_assert_eq!(facts.lists.iter().map(|list| list.persons).sum::<u64>(), times(|k| k));
            let both: u64 = facts.overlap.iter().enumerate().flat_map(|(at, row)| row.iter().skip(at + 1)).sum();
            prop_assert_eq!(both, times(|k| k * (k - 1) / 2));
            prop_assert_eq!(facts.empty_pairs.is_empty(), facts.smallest_overlap.unwrap().persons > 0);
        }
    }
}
