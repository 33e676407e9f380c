//! One sweep of the Gibbs sampler.
//!
//! A person is in class k with probability ν(k) and then on list j with probability λ(j,k), independent of other lists.
//! ν comes from sticks V(k) ~ Beta(1, α) broken one after the other, the last class taking what is left; α ~ Gamma,
//! λ ~ uniform, and N has the prior 1/N up to a bound. A sweep
//! 1. shares the persons of each history between the classes (multinomial),
//! 2. draws the number of persons not seen (negative binomial, cut at the bound) and shares them as well,
//! 3. lets two classes exchange their sticks, by a Metropolis step,
//! 4. draws λ (beta), V (beta) and α (gamma).
//!
//! The time of a sweep depends on the number of histories and of classes, not on the number of persons: the shares are
//! binomial counts, class by class, largest class first, until all are placed.
//!
//! # Sources
//! Manrique-Vallier (2016), Bayesian population size estimation using Dirichlet process mixtures, *Biometrics* 72(4).
//! Ishwaran and James (2001), Gibbs sampling methods for stick-breaking priors, *JASA* 96(453), for the update of the
//! sticks and of α. Papaspiliopoulos and Roberts (2008), Retrospective Markov chain Monte Carlo methods for Dirichlet process
//! hierarchical models, *Biometrika* 95(1), for the exchange of sticks.

#![expect(
    clippy::indexing_slicing,
    reason = "matrices by list or part and class, made for the lists and classes of the kernel"
)]

mod parameters;
mod share;
#[cfg(test)]
mod tests;
mod weigh;

use self::weigh::PART;
use crate::mse::chains::Observed;
use crate::mse::list_set::{ListSet, MOST_LISTS};
use crate::mse::number::real;
use crate::mse::random::Source;

/// Parts of the most lists.
const PARTS: usize = MOST_LISTS.div_ceil(PART);

/// The numbers of a model that a sweep needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prior {
    pub(super) classes: usize,
    /// Shape and rate of α.
    pub(super) shape: f64,
    pub(super) rate: f64,
    /// The most persons not seen.
    pub(super) bound: u64,
}

/// A history and where it stands in the tabulated probabilities.
#[derive(Debug, Clone, Copy)]
struct Row {
    history: ListSet,
    count: u64,
    places: [usize; PARTS],
}

/// The state of one chain. Classes stand in the order of their size, largest first; `label` says which stick each has.
#[derive(Debug)]
pub(super) struct Kernel {
    prior: Prior,
    lists: usize,
    seen: u64,
    rows: Vec<Row>,
    label: Vec<usize>,
    /// ν by label, and the logarithm of the last.
    shares: Vec<f64>,
    log_last: f64,
    alpha: f64,
    /// λ and 1 − λ by list and place of the class.
    on: Vec<f64>,
    off: Vec<f64>,
    /// By part of the lists, set of its lists and class: the joint probability; ν is in the first part.
    parts: [Vec<f64>; PARTS],
    /// Persons by class, and of these on each list.
    persons: Vec<u64>,
    captures: Vec<u64>,
    unseen: u64,
    /// Of the history in hand, by class: its probability, and the sum from this class on.
    weight: Vec<f64>,
    tail: Vec<f64>,
    /// The probability of that history.
    chance: f64,
    by_label: Vec<u64>,
}

impl Kernel {
    pub(super) fn new(observed: &Observed, prior: Prior) -> Self {
        let (k, lists) = (prior.classes, observed.lists.len());
        let used = lists.div_ceil(PART).max(1);
        // The history of nobody comes first: nobody is on it yet.
        let rows = std::iter::once((ListSet::EMPTY, 0)).chain(observed.histories.iter().copied());
        let row = |(history, count): (ListSet, u64)| {
            let place = |part: usize| k * (usize::from(history.bits()) >> (PART * part) & ((1 << PART) - 1));
            Row { history, count, places: std::array::from_fn(|part| if part < used { place(part) } else { 0 }) }
        };
        let table = |part: usize| if part < used { vec![0.0; k << PART] } else { Vec::new() };
        Self {
            prior,
            lists,
            seen: observed.persons,
            rows: rows.map(row).collect(),
            label: (0..k).collect(),
            shares: vec![0.0; k],
            log_last: 0.0,
            alpha: 1.0,
            on: vec![0.0; lists * k],
            off: vec![0.0; lists * k],
            parts: std::array::from_fn(table),
            persons: vec![0; k],
            captures: vec![0; lists * k],
            unseen: 0,
            weight: vec![0.0; k],
            tail: vec![0.0; k + 1],
            chance: 0.0,
            by_label: vec![0; k],
        }
    }

    /// A start in which about `unseen` persons were not seen: classes scatter around the shares of the lists that this
    /// gives, and the first persons are shared accordingly.
    pub(super) fn start(&mut self, unseen: u64, source: &mut Source) {
        let all = real(self.seen) + real(unseen);
        for list in 0..self.lists {
            let held: u64 = self.rows.iter().filter(|row| row.history.contains(list)).map(|row| row.count).sum();
            // The chance to be on the list and not, with one person more on each side, scattered by a factor of e.
            for class in 0..self.prior.classes {
                let (yes, no) = ((real(held) + 1.0) * source.normal().exp(), all - real(held) + 1.0);
                self.on[list * self.prior.classes + class] = yes / (yes + no);
                self.off[list * self.prior.classes + class] = no / (yes + no);
            }
        }
        self.alpha = 1.0;
        self.draw_shares(source);
        self.tabulate();
        self.share_seen(source);
        self.unseen = unseen;
        self.weigh(0);
        self.share_out(0, unseen, source);
        self.draw_parameters(source);
    }

    /// One sweep; gives the number of persons not seen.
    pub(super) fn sweep(&mut self, source: &mut Source) -> u64 {
        self.share_seen(source);
        self.weigh(0);
        self.unseen = source.unseen(self.seen, self.chance, self.prior.bound);
        self.share_out(0, self.unseen, source);
        self.draw_parameters(source);
        self.unseen
    }

    /// The number of classes with anybody in them.
    pub(super) fn classes_in_use(&self) -> usize {
        self.persons.iter().filter(|persons| **persons > 0).count()
    }
}
