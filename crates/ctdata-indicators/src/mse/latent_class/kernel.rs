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

use crate::mse::chains::Observed;
use crate::mse::list_set::{ListSet, MOST_LISTS};
use crate::mse::number::{real, real_size, whole};
use crate::mse::random::Source;

/// Lists whose joint probabilities are tabulated together.
const PART: usize = 3;
const PARTS: usize = MOST_LISTS.div_ceil(PART);
/// Probabilities of a history below this are added up in logs.
const TINY: f64 = 1e-280;
/// Up to this many persons are placed one by one.
const FEW: u64 = 6;
/// The smallest α: its reciprocal is still a number.
const LEAST_ALPHA: f64 = 1e-290;

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

    /// Shares the persons seen between the classes.
    fn share_seen(&mut self, source: &mut Source) {
        self.persons.fill(0);
        self.captures.fill(0);
        for row in 1..self.rows.len() {
            self.weigh(row);
            self.share_out(row, self.rows[row].count, source);
        }
    }

    /// λ, ν and α given who is in which class.
    fn draw_parameters(&mut self, source: &mut Source) {
        self.exchange(source);
        self.order();
        self.draw_chances(source);
        self.draw_shares(source);
        let k = real_size(self.prior.classes);
        let alpha = source.gamma(self.prior.shape + k - 1.0) / (self.prior.rate - self.log_last);
        self.alpha = alpha.max(LEAST_ALPHA);
        self.tabulate();
    }

    /// The probabilities of a history by class, and their sums from each class on.
    fn weigh(&mut self, row: usize) {
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
    fn weigh_in_logs(&mut self, row: usize) {
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

    /// Shares persons of a history that was weighed.
    fn share_out(&mut self, row: usize, count: u64, source: &mut Source) {
        let last = self.prior.classes - 1;
        let (mut left, mut class) = (count, 0);
        while left > FEW && class < last {
            let placed = source.binomial(left, self.weight[class], self.tail[class + 1]);
            if placed > 0 {
                self.place(row, class, placed);
                left -= placed;
            }
            class += 1;
        }
        if class == last {
            self.place(row, last, left);
            return;
        }
        for _ in 0..left {
            let mut height = source.uniform() * self.tail[class];
            let mut at = class;
            while at < last && height >= self.weight[at] {
                height -= self.weight[at];
                at += 1;
            }
            self.place(row, at, 1);
        }
    }

    fn place(&mut self, row: usize, class: usize, count: u64) {
        self.persons[class] += count;
        let mut bits = self.rows[row].history.bits();
        while bits != 0 {
            let list = bits.trailing_zeros() as usize;
            self.captures[list * self.prior.classes + class] += count;
            bits &= bits - 1;
        }
    }

    /// A Metropolis step that lets two classes exchange their sticks. A class that has grown on a small stick, or shrunk
    /// on a large one, would otherwise change it only by way of states that are hardly ever visited.
    fn exchange(&mut self, source: &mut Source) {
        let classes = real_size(self.prior.classes);
        let mut any = || usize::try_from(whole(source.uniform() * classes)).unwrap_or_default();
        let (one, other) = (any(), any());
        let persons = real(self.persons[one]) - real(self.persons[other]);
        if persons.abs() > 0.0 {
            let log = persons * (self.shares[self.label[other]] / self.shares[self.label[one]]).ln();
            // What is not a number, of shares too small for floats, is not accepted.
            if -source.exponential() <= log {
                self.label.swap(one, other);
            }
        }
    }

    /// Puts larger classes first, so that the next sweep is done after few of them. Changes names, not the state.
    fn order(&mut self) {
        let k = self.prior.classes;
        for class in 1..k {
            let mut at = class;
            while at > 0 && self.persons[at - 1] < self.persons[at] {
                self.persons.swap(at - 1, at);
                self.label.swap(at - 1, at);
                for list in 0..self.lists {
                    self.captures.swap(list * k + at - 1, list * k + at);
                }
                at -= 1;
            }
        }
    }

    fn draw_chances(&mut self, source: &mut Source) {
        let k = self.prior.classes;
        for list in 0..self.lists {
            for class in 0..k {
                let place = list * k + class;
                let yes = self.captures[place];
                (self.on[place], self.off[place]) = source.beta_after(yes, self.persons[class] - yes);
            }
        }
    }

    fn draw_shares(&mut self, source: &mut Source) {
        for (persons, label) in self.persons.iter().zip(&self.label) {
            self.by_label[*label] = *persons;
        }
        let last = self.prior.classes - 1;
        let mut above: u64 = self.by_label.iter().sum();
        // What is left of the stick; its logarithm is kept apart, as it may be far below the smallest float.
        let (mut stick, mut log_stick, mut waiting) = (1.0, 0.0, 1.0);
        for (share, persons) in self.shares.iter_mut().zip(&self.by_label).take(last) {
            above -= persons;
            let shape = self.alpha + real(above);
            if *persons == 0 && above == 0 {
                // Beta(1, α): what is kept is a power of a uniform number.
                let log = -source.exponential() / self.alpha;
                *share = stick * -log.exp_m1();
                stick *= log.exp();
                log_stick += log;
            } else if shape < 1.0 {
                let broken = source.gamma_after(*persons);
                let log = source.log_gamma(shape);
                let both = broken + log.exp();
                *share = stick * (broken / both);
                stick *= log.exp() / both;
                log_stick += log - both.ln();
            } else {
                let (broken, kept) = (source.gamma_after(*persons), source.gamma(shape));
                let both = broken + kept;
                *share = stick * (broken / both);
                stick *= kept / both;
                waiting *= kept / both;
                if waiting < 1e-150 {
                    log_stick += waiting.ln();
                    waiting = 1.0;
                }
            }
        }
        self.shares[last] = stick;
        self.log_last = log_stick + waiting.ln();
    }

    /// Fills the joint probabilities of each part of the lists.
    fn tabulate(&mut self) {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::chains::{Diagnostics, mean, variance};
    use crate::mse::histories::CaptureHistories;

    /// Draws persons given the parameters and the parameters given the persons in turn: the parameters must keep their
    /// prior (Geweke 2004, Getting it right, *JASA* 99(467)). The means of eight functions of them are compared with the
    /// exact ones; each is off by more than 4.5 standard errors with probability 7e-6.
    #[test]
    fn parameters_keep_their_prior_when_the_table_is_drawn_from_them() {
        let (lists, classes, shape, rate) = (3, 4, 2.0, 2.0);
        let every = (1..8).map(|bits| (ListSet::from_bits(bits), 1));
        let observed = Observed::of(&CaptureHistories::try_new(["a", "b", "c"], every).unwrap());
        let mut kernel = Kernel::new(&observed, Prior { classes, shape, rate, bound: 1000 });
        let mut source = Source::new(4, 0);
        kernel.start(5, &mut source);
        let mut traces = vec![Vec::new(); 8];
        for _ in 0..40_000 {
            // Twelve persons, each with a history by the parameters.
            for row in &mut kernel.rows {
                row.count = 0;
            }
            for _ in 0..12 {
                let (mut height, mut drawn) = (source.uniform(), 0);
                loop {
                    kernel.weigh(drawn);
                    height -= kernel.tail[0];
                    if height < 0.0 || drawn == 7 {
                        break;
                    }
                    drawn += 1;
                }
                kernel.rows[drawn].count += 1;
            }
            kernel.share_seen(&mut source);
            kernel.weigh(0);
            let unseen = kernel.rows[0].count;
            kernel.share_out(0, unseen, &mut source);
            kernel.draw_parameters(&mut source);
            let place = |label: usize| kernel.label.iter().position(|other| *other == label).unwrap();
            let (first, last) = (kernel.on[place(0)], kernel.on[2 * classes + place(3)]);
            let values = [
                kernel.alpha / (1.0 + kernel.alpha),
                kernel.shares[0],
                kernel.shares[1],
                kernel.shares[3],
                first,
                first * first,
                last,
                kernel.shares[0] * first,
            ];
            for (trace, value) in traces.iter_mut().zip(values) {
                trace.push(value);
            }
        }
        assert_eq!(lists, kernel.lists);
        // Means over α ~ Gamma(2, 2), density 4 α exp(−2 α), by the midpoint rule.
        let over = |value: &dyn Fn(f64) -> f64| -> f64 {
            let density = |alpha: f64| 4.0 * alpha * (-2.0 * alpha).exp();
            (0..40_000)
                .map(|step| (f64::from(step) + 0.5) * 5e-4)
                .map(|alpha| density(alpha) * value(alpha) * 5e-4)
                .sum()
        };
        let share = over(&|alpha| 1.0 / (1.0 + alpha));
        let exact = [
            1.0 - share,
            share,
            over(&|alpha| alpha / (1.0 + alpha).powi(2)),
            over(&|alpha| (alpha / (1.0 + alpha)).powi(3)),
            0.5,
            1.0 / 3.0,
            0.5,
            0.5 * share,
        ];
        for (number, (trace, exact)) in traces.iter().zip(exact).enumerate() {
            let parts: Vec<Vec<f64>> = trace.chunks(10_000).map(<[f64]>::to_vec).collect();
            let found = Diagnostics::of(&parts);
            let error = (variance(trace) / found.bulk_ess.min(found.tail_ess)).sqrt();
            assert!(
                found.bulk_ess > 300.0 && (mean(trace) - exact).abs() < 4.5 * error,
                "{number}: {} for {exact} ± {error}",
                mean(trace)
            );
        }
    }

    /// Probabilities too small for floats are shared as well.
    #[test]
    fn shares_in_logs_are_those_without() {
        let observed = Observed::of(
            &CaptureHistories::try_new(["a", "b"], [(ListSet::of([0, 1]), 9), (ListSet::of([0]), 5)]).unwrap(),
        );
        let mut kernel = Kernel::new(&observed, Prior { classes: 3, shape: 1.0, rate: 1.0, bound: 100 });
        let mut source = Source::new(9, 0);
        kernel.start(4, &mut source);
        for row in 0..3 {
            kernel.weigh(row);
            let plain: Vec<f64> = kernel.weight.iter().map(|weight| weight / kernel.tail[0]).collect();
            kernel.weigh_in_logs(row);
            for (plain, log) in plain.iter().zip(&kernel.weight) {
                assert!((plain - log / kernel.tail[0]).abs() < 1e-12);
            }
        }
        kernel.on.fill(1e-200);
        kernel.tabulate();
        kernel.weigh(1);
        assert!(kernel.chance < TINY && kernel.tail[0] >= 1.0 && kernel.tail[0].is_finite());
    }
}
