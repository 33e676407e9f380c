//! The probabilities of histories by class.
//!
//! The joint probabilities of three lists at a time are tabulated once a sweep, so that a history takes one product for
//! each three lists.

use super::Kernel;

/// Lists whose joint probabilities are tabulated together.
pub(super) const PART: usize = 3;
/// Probabilities of a history below this are added up in logs.
pub(super) const TINY: f64 = 1e-280;

impl Kernel {
    /// Fills the joint probabilities of each part of the lists.
    pub(super) fn tabulate(&mut self) {
        let k = self.prior.classes;
        for (number, table) in self.parts.iter_mut().enumerate() {
            if table.is_empty() {
                break;
            }
            for (start, label) in table.iter_mut().zip(&self.label) {
                *start = if number == 0 { self.shares[*label] } else { 1.0 };
            }
            let mut sets = 1;
            for list in (PART * number..self.lists).take(PART) {
                let (on, off) = (&self.on[list * k..(list + 1) * k], &self.off[list * k..(list + 1) * k]);
                let (without, with) = table[..2 * sets * k].split_at_mut(sets * k);
                for (without, with) in without.chunks_exact_mut(k).zip(with.chunks_exact_mut(k)) {
                    for class in 0..k {
                        with[class] = without[class] * on[class];
                        without[class] *= off[class];
                    }
                }
                sets *= 2;
            }
        }
    }

    /// The probabilities of a history by class, and their sums from each class on.
    pub(super) fn weigh(&mut self, row: usize) {
        let k = self.prior.classes;
        let places = &self.rows[row].places;
        let [first, others @ ..] = &self.parts;
        for (weight, factor) in self.weight.iter_mut().zip(&first[places[0]..places[0] + k]) {
            *weight = *factor;
        }
        for (part, place) in others.iter().zip(&places[1..]) {
            if part.is_empty() {
                break;
            }
            for (weight, factor) in self.weight.iter_mut().zip(&part[*place..*place + k]) {
                *weight *= factor;
            }
        }
        self.add_up();
        self.chance = self.tail[0];
        if self.chance < TINY {
            self.weigh_in_logs(row);
        }
    }

    fn add_up(&mut self) {
        let mut sum = 0.0;
        for (tail, weight) in self.tail.iter_mut().zip(&self.weight).rev() {
            sum += weight;
            *tail = sum;
        }
    }

    /// The same up to a factor, where the probabilities themselves are too small for floats.
    #[cold]
    pub(super) fn weigh_in_logs(&mut self, row: usize) {
        let k = self.prior.classes;
        let history = self.rows[row].history;
        for class in 0..k {
            let chance = |list: usize| if history.contains(list) { &self.on } else { &self.off }[list * k + class];
            let lists: f64 = (0..self.lists).map(|list| chance(list).ln()).sum();
            self.weight[class] = self.shares[self.label[class]].ln() + lists;
        }
        let top = self.weight.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for weight in &mut self.weight {
            // No class at all: chances of 0 in each, which rounding alone could give. All are alike then.
            *weight = if top.is_finite() { (*weight - top).exp() } else { 1.0 };
        }
        self.add_up();
    }
}
