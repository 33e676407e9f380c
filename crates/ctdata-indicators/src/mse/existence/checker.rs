//! Checks of many models of one table.
//!
//! A direction f is known by its values on the terms of the reduced model: Möbius inversion gives c, and
//! f(ω) = Σ w(υ, ω) f(υ) with w(υ, ω) = Σ (−1)^(|θ|−|υ|) over the terms θ with υ ⊆ θ ⊆ ω. Where persons were seen f is
//! zero, so that what is unknown are the values on the empty set and on the few terms without persons of their own;
//! each further history with persons is one equation between them. Mostly these equations leave nothing, and the model
//! is admissible without a look at the empty cells. What they leave goes to [`super::cone`].

use super::Admissibility;
use super::cone::{Directions, Table};
use crate::mse::list_set::ListSet;
use crate::mse::model::Model;
use crate::mse::sample::Sample;
use num_bigint::BigInt;

/// The most unknown values: the square matrix of them takes 32 MB.
const MOST_UNKNOWN: usize = 1 << 11;

/// Checks models on one table after another, with the same buffers.
#[derive(Debug)]
pub(crate) struct Checker {
    table: Table,
    /// Histories of at least one person, small ones first.
    histories: Vec<ListSet>,
    /// By set of lists, whether somebody is at least on these.
    overlap: Vec<bool>,
    directions: Directions<i64>,
}

impl Checker {
    pub(crate) fn of(sample: &Sample) -> Self {
        let mut checker = Self {
            table: Table::default(),
            histories: Vec::new(),
            overlap: Vec::new(),
            directions: Directions::default(),
        };
        checker.load(sample);
        checker
    }

    /// Numbers written so far, a measure of the time that the checks took; the easy ones count nothing.
    pub(crate) fn work(&self) -> u64 {
        self.directions.work
    }

    /// Goes on with another table.
    pub(super) fn load(&mut self, sample: &Sample) {
        self.table.reset(sample);
        self.overlap.clear();
        self.overlap.extend(sample.sums().iter().map(|persons| *persons > 0));
        self.histories.clear();
        let sets = (0..=u16::MAX).map(ListSet::from_bits);
        self.histories.extend(sets.zip(sample.counts()).filter(|(_, count)| **count > 0).map(|(history, _)| history));
        self.histories.sort_unstable_by_key(|history| (history.len(), history.bits()));
    }

    /// Checks a model.
    pub(crate) fn check(&mut self, model: &Model) -> Admissibility {
        self.check_terms(model.terms().iter().copied())
    }

    /// Checks a model by its interactions: with each of them all its parts of two lists or more, in any order. Interactions
    /// of lists that the table does not have say nothing.
    pub(crate) fn check_terms(&mut self, interactions: impl IntoIterator<Item = ListSet>) -> Admissibility {
        let Self { table, histories, overlap, directions } = self;
        table.clear();
        table.add(ListSet::EMPTY);
        for term in (0..table.lists()).map(ListSet::single).chain(interactions) {
            match overlap.get(term.index()) {
                Some(true) => table.add(term),
                Some(false) => table.without.push(term),
                None => {}
            }
        }
        if table.unknown.len() > MOST_UNKNOWN {
            return Admissibility::TOO_LARGE;
        }
        let small = directions.decide(table, histories);
        small.or_else(|| Directions::<BigInt>::default().decide(table, histories)).unwrap_or(Admissibility::TOO_LARGE)
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::super::tests::{sparse_table, table_and_model, uk_five_lists};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Integers of any size are for overflows that tables of few lists do not have: they are tried beside words.
        #[test]
        fn long_integers_give_the_same_answer((histories, model) in table_and_model()) {
            let mut checker = Checker::of(&Sample::of(&histories));
            let found = checker.check(&model);
            let long = Directions::<BigInt>::default().decide(&checker.table, &checker.histories);
            prop_assert_eq!(long, Some(found));
        }

        #[test]
        fn buffers_remember_nothing_of_the_table_before(
            tables in proptest::collection::vec(sparse_table(3..=5), 1..5),
            pairs in proptest::collection::vec(any::<bool>(), 10),
        ) {
            let mut checker = Checker::of(&Sample::of(&uk_five_lists()));
            for histories in tables {
                let sample = Sample::of(&histories);
                checker.load(&sample);
                let all = (1..1u16 << sample.lists()).map(ListSet::from_bits).filter(|term| term.len() == 2);
                let terms = all.zip(&pairs).filter(|(_, taken)| **taken).map(|(term, _)| term);
                let model = Model::try_new(sample.lists(), terms).unwrap();
                for model in [&model, &Model::main_effects(sample.lists())] {
                    prop_assert_eq!(checker.check(model), check(&sample, model));
                }
            }
        }
    }
}
