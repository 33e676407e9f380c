//! All hierarchical models up to an order, each as a bit mask over the terms it may have.
//!
//! # Sources
//! Bishop, Fienberg and Holland (1975), *Discrete Multivariate Analysis*, chapter 6.

use crate::mse::list_set::ListSet;
use crate::mse::model::Model;
use crate::mse::sample::Sample;
use std::cmp::Ordering;

/// The terms of two lists up to an order, and which are parts of which. A mask has bit i for term i.
#[derive(Debug, Clone)]
pub(super) struct Lattice {
    lists: usize,
    terms: Vec<ListSet>,
    /// By term, its parts among the terms.
    parts: Vec<u64>,
    /// By term, the terms it is a part of.
    wholes: Vec<u64>,
}

impl Lattice {
    /// Terms of 2 up to `order` lists, never of all lists. `None` if there are more than 64 of them: the models would be
    /// too many to enumerate in any case.
    pub(super) fn new(lists: usize, order: usize) -> Option<Self> {
        let order = order.min(lists.saturating_sub(1));
        let mut terms: Vec<ListSet> = Vec::new();
        for bits in 0..=ListSet::all(lists).bits() {
            let term = ListSet::from_bits(bits);
            if (2..=order).contains(&term.len()) {
                if terms.len() == 64 {
                    return None;
                }
                terms.push(term);
            }
        }
        terms.sort_unstable();
        let related = |is: &dyn Fn(ListSet) -> bool| -> u64 {
            terms.iter().enumerate().filter(|(_, other)| is(**other)).map(|(at, _)| 1u64 << at).sum()
        };
        let parts = terms.iter().map(|term| related(&|other| other != *term && other.is_subset(*term))).collect();
        let wholes = terms.iter().map(|term| related(&|other| other != *term && term.is_subset(other))).collect();
        Some(Self { lists, terms, parts, wholes })
    }

    pub(super) fn lists(&self) -> usize {
        self.lists
    }

    /// The terms, in order.
    pub(super) fn terms(&self) -> &[ListSet] {
        &self.terms
    }

    /// The mask of all terms.
    pub(super) fn all(&self) -> u64 {
        self.terms.iter().enumerate().map(|(at, _)| 1u64 << at).sum()
    }

    /// Parts and wholes of a term.
    pub(super) fn around(&self, term: usize) -> (u64, u64) {
        let of = |masks: &[u64]| masks.get(term).copied().unwrap_or_default();
        (of(&self.parts), of(&self.wholes))
    }

    /// The terms of a mask, in order.
    pub(super) fn terms_of(&self, mask: u64, terms: &mut Vec<ListSet>) {
        terms.clear();
        terms.extend(self.terms.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1).map(|(_, term)| *term));
    }

    /// The model of a mask that has all parts of its terms.
    pub(super) fn model(&self, mask: u64) -> Model {
        let mut terms = Vec::new();
        self.terms_of(mask, &mut terms);
        Model::closed(self.lists, terms)
    }

    /// The mask of the terms of a model, in order; terms beyond the order of the lattice are left out.
    pub(super) fn mask(&self, terms: &[ListSet]) -> u64 {
        let has = self.terms.iter().enumerate().filter(|(_, term)| terms.binary_search(term).is_ok());
        has.map(|(at, _)| 1u64 << at).sum()
    }

    /// The number of models, or `None` if there are more than `most`.
    pub(super) fn count(&self, most: u64) -> Option<u64> {
        let mut count = 0u64;
        let whole = self.visit(&mut |_| {
            count += 1;
            count <= most
        });
        whole.then_some(count)
    }

    /// Gives each model once, a model right before those that have terms more behind its last one; until `give` says
    /// to stop. Whether it went to the end.
    pub(super) fn visit(&self, give: &mut dyn FnMut(u64) -> bool) -> bool {
        self.visit_from(0, 0, give)
    }

    fn visit_from(&self, at: usize, mask: u64, give: &mut dyn FnMut(u64) -> bool) -> bool {
        give(mask)
            && self
                .parts
                .iter()
                .enumerate()
                .skip(at)
                .all(|(next, parts)| parts & !mask != 0 || self.visit_from(next + 1, mask | 1 << next, give))
    }

    /// The terms that nobody in the sample has, and of these the ones with an empty list.
    pub(super) fn empty_terms(&self, sample: &Sample) -> EmptyTerms {
        let nobody = |set: ListSet| sample.sums().get(set.index()).is_none_or(|sum| *sum == 0);
        let mut empty = EmptyTerms::default();
        for (at, term) in self.terms.iter().enumerate() {
            if nobody(*term) {
                empty.terms |= 1 << at;
                if term.iter().any(|list| nobody(ListSet::single(list))) {
                    empty.lists |= 1 << at;
                }
            }
        }
        empty
    }

    /// What is left of a model once boundary terms and their cells are gone: the free terms and the smallest boundary
    /// terms, which say what cells are gone. Models of which the same is left have the same likelihood, estimate and
    /// admissibility.
    pub(super) fn reduced(&self, mask: u64, empty: EmptyTerms) -> (u64, u64) {
        // Cells of an empty list are gone in every model.
        let boundary = mask & empty.terms & !empty.lists;
        let (mut smallest, mut left) = (0, boundary);
        while left != 0 {
            let (term, bit) = (left.trailing_zeros() as usize, left & left.wrapping_neg());
            if self.around(term).0 & boundary == 0 {
                smallest |= bit;
            }
            left ^= bit;
        }
        (mask & !empty.terms, smallest)
    }
}

/// Terms without overlap in a sample.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct EmptyTerms {
    /// All of them.
    terms: u64,
    /// Those with a list of nobody.
    lists: u64,
}

/// The order in which models are visited.
pub(super) fn visits(one: u64, other: u64) -> Ordering {
    let first = (one ^ other) & (one ^ other).wrapping_neg();
    // Who has the first term that differs comes first, unless the other ends before it.
    match (one & first != 0, other & first != 0) {
        (true, _) if other > first => Ordering::Less,
        (true, _) => Ordering::Greater,
        (_, true) if one > first => Ordering::Greater,
        (_, true) => Ordering::Less,
        _ => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn count(lists: usize, order: usize) -> u64 {
        Lattice::new(lists, order).unwrap().count(u64::MAX).unwrap()
    }

    /// Silverman, Chan and Vincent (2024): 8, 113 and 6,893 hierarchical models of three, four and five lists.
    #[test]
    fn there_are_as_many_models_as_published() {
        assert_eq!((count(2, 1), count(3, 2), count(4, 3), count(5, 4)), (1, 8, 113, 6_893));
        for lists in 2..7 {
            assert_eq!(count(lists, 2), if lists == 2 { 1 } else { 1 << (lists * (lists - 1) / 2) });
            assert_eq!(count(lists, 1), 1);
        }
        assert_eq!(Lattice::new(6, 5).unwrap().count(100_000), None);
        assert!(Lattice::new(12, 2).is_none() && Lattice::new(16, 15).is_none());
    }

    #[test]
    fn each_model_is_hierarchical_and_visited_once_in_order() {
        let lattice = Lattice::new(4, 3).unwrap();
        let (mut seen, mut last) = (HashSet::new(), None);
        lattice.visit(&mut |mask| {
            let model = lattice.model(mask);
            assert_eq!(Model::try_new(4, model.terms().iter().copied()).unwrap(), model);
            assert_eq!(lattice.mask(model.terms()), mask);
            assert!(seen.insert(mask));
            assert!(last.is_none_or(|last| visits(last, mask).is_lt() && visits(mask, last).is_gt()));
            assert!(visits(mask, mask).is_eq());
            last = Some(mask);
            true
        });
    }
}
