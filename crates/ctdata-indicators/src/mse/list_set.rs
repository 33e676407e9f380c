//! A set of lists, as a bit mask: a capture history or a term of a model.

use super::error::MseError;
use std::cmp::Ordering;

/// The most lists a table can have.
pub const MOST_LISTS: usize = 16;

/// A set of lists. Of a person it is the capture history: the lists the person is on. Of a model it is a term.
///
/// Sets are ordered by size, then by their lists: 1, 2, 12, 13, 23, 123. In files a set is the numbers of its lists,
/// from 1: `[1, 3]`.
///
/// ```
/// use ctdata_indicators::mse::ListSet;
///
/// let both = ListSet::of([0, 2]);
/// assert_eq!(both.len(), 2);
/// assert!(ListSet::single(2).is_subset(both) && !ListSet::single(1).is_subset(both));
/// assert_eq!(both.iter().collect::<Vec<_>>(), [0, 2]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "Vec<usize>", try_from = "Vec<usize>")
)]
pub struct ListSet(u16);

impl ListSet {
    /// No list: the history of those who were not seen.
    pub const EMPTY: Self = Self(0);

    /// The set with these bits; bit 0 is the first list.
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// One list. Lists from [`MOST_LISTS`] on do not exist and give the empty set.
    pub const fn single(list: usize) -> Self {
        if list < MOST_LISTS { Self(1 << list) } else { Self(0) }
    }

    /// The set of these lists.
    pub fn of(lists: impl IntoIterator<Item = usize>) -> Self {
        lists.into_iter().fold(Self::EMPTY, |set, list| set.union(Self::single(list)))
    }

    /// All of the first `lists` lists.
    pub const fn all(lists: usize) -> Self {
        if lists < MOST_LISTS { Self((1 << lists) - 1) } else { Self(u16::MAX) }
    }

    /// The bits; bit 0 is the first list.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The place of this set in an array over all sets of lists.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    /// How many lists.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a list is in the set.
    pub const fn contains(self, list: usize) -> bool {
        Self::single(list).0 & self.0 != 0
    }

    /// Whether all lists of this set are in the other.
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & other.0 == self.0
    }

    /// The lists of either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The lists of both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The lists of this set that are not in the other.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The lists, in order.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..MOST_LISTS).filter(move |list| self.contains(*list))
    }
}

impl Ord for ListSet {
    fn cmp(&self, other: &Self) -> Ordering {
        // With bits reversed the set of earlier lists is the larger number: 12 before 13 before 23.
        (self.len().cmp(&other.len())).then_with(|| other.0.reverse_bits().cmp(&self.0.reverse_bits()))
    }
}

impl PartialOrd for ListSet {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<ListSet> for Vec<usize> {
    /// The numbers of the lists, from 1.
    fn from(set: ListSet) -> Self {
        set.iter().map(|list| list + 1).collect()
    }
}

impl TryFrom<Vec<usize>> for ListSet {
    type Error = MseError;

    /// A set by the numbers of its lists, from 1.
    fn try_from(numbers: Vec<usize>) -> Result<Self, MseError> {
        if numbers.iter().any(|number| *number == 0 || *number > MOST_LISTS) {
            return Err(MseError::Lists("lists are numbered from 1 to 16"));
        }
        Ok(Self::of(numbers.into_iter().map(|number| number - 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_stand_in_the_order_people_write_them() {
        let mut sets: Vec<ListSet> = (0..8).map(ListSet::from_bits).collect();
        sets.sort_unstable();
        let lists: Vec<Vec<usize>> = sets.into_iter().map(|set| set.iter().collect()).collect();
        assert_eq!(lists, [vec![], vec![0], vec![1], vec![2], vec![0, 1], vec![0, 2], vec![1, 2], vec![0, 1, 2]]);
    }

    #[test]
    fn a_set_is_written_by_numbers_from_one() {
        let set = ListSet::of([0, 2, 15]);
        assert_eq!(Vec::from(set), [1, 3, 16]);
        assert_eq!(ListSet::try_from(vec![16, 1, 3]).unwrap(), set);
        assert!(ListSet::try_from(vec![0]).is_err() && ListSet::try_from(vec![17]).is_err());
    }

    #[test]
    fn sixteen_lists_fit_and_no_more() {
        assert_eq!(ListSet::all(16).len(), 16);
        assert_eq!(ListSet::all(3), ListSet::of([0, 1, 2]));
        assert!(ListSet::single(16).is_empty() && !ListSet::all(16).contains(16));
    }
}
