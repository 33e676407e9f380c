//! What a table is like before anything is estimated.

use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::sample::Sample;

/// One list of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ListFacts {
    /// Its name.
    pub name: String,
    /// The persons on it.
    pub persons: u64,
    /// The persons on it and on no other.
    pub alone: u64,
    /// The persons on it and on each list, in the order of the lists; with itself, all on it.
    pub shared_with: Vec<u64>,
}

/// Sizes and overlaps.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TableFacts {
    /// The persons seen, n.
    pub persons: u64,
    /// The lists, in order.
    pub lists: Vec<ListFacts>,
    /// The persons on exactly one list, two lists, and so on: f₁, f₂, ….
    pub on_exactly: Vec<u64>,
    /// Pairs of lists, both of them with persons, that share nobody.
    pub empty_pairs: Vec<[String; 2]>,
    /// Pairs of lists that share somebody.
    pub overlapping_pairs: usize,
}

impl TableFacts {
    /// The facts of a table.
    pub fn of(histories: &CaptureHistories) -> Self {
        let names = histories.lists();
        let sample = Sample::of(histories);
        let on_all = |set: ListSet| sample.sums().get(set.index()).copied().unwrap_or_default();
        let lists = names
            .iter()
            .enumerate()
            .map(|(list, name)| ListFacts {
                name: name.clone(),
                persons: on_all(ListSet::single(list)),
                alone: histories.count(ListSet::single(list)),
                shared_with: (0..names.len()).map(|other| on_all(ListSet::of([list, other]))).collect(),
            })
            .collect();
        let mut on_exactly = vec![0; names.len()];
        for (history, count) in histories.iter() {
            if let Some(sum) = history.len().checked_sub(1).and_then(|place| on_exactly.get_mut(place)) {
                *sum += count;
            }
        }
        let (mut empty_pairs, mut overlapping_pairs) = (Vec::new(), 0);
        for (one, first) in names.iter().enumerate() {
            for (other, second) in names.iter().enumerate().skip(one + 1) {
                if on_all(ListSet::of([one, other])) > 0 {
                    overlapping_pairs += 1;
                } else if on_all(ListSet::single(one)) > 0 && on_all(ListSet::single(other)) > 0 {
                    empty_pairs.push([first.clone(), second.clone()]);
                }
            }
        }
        Self { persons: histories.persons(), lists, on_exactly, empty_pairs, overlapping_pairs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// mse.md §3, the three-list table.
    #[test]
    fn sizes_and_overlaps_are_counted() {
        let set = |lists: &[usize]| ListSet::of(lists.iter().copied());
        let counts = [(set(&[0]), 40), (set(&[1]), 30), (set(&[2]), 20), (set(&[0, 1]), 6)];
        let facts = TableFacts::of(&CaptureHistories::try_new(["A", "B", "C"], counts).unwrap());
        assert_eq!((facts.persons, facts.on_exactly, facts.overlapping_pairs), (96, vec![90, 6, 0], 1));
        assert_eq!((facts.lists[0].persons, facts.lists[0].alone), (46, 40));
        assert_eq!(facts.lists[1].shared_with, [6, 36, 0]);
        assert_eq!(facts.empty_pairs, [["A", "C"], ["B", "C"]].map(|pair| pair.map(str::to_owned)));
    }
}
