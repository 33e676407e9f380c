//! The parameters given who is in which class.

use super::Kernel;
use crate::mse::number::{real, real_size, whole};
use crate::mse::random::Source;

/// The smallest α: its reciprocal is still a number.
const LEAST_ALPHA: f64 = 1e-290;

impl Kernel {
    /// λ, ν and α given who is in which class.
    pub(super) fn draw_parameters(&mut self, source: &mut Source) {
        self.exchange(source);
        self.order();
        self.draw_chances(source);
        self.draw_shares(source);
        let k = real_size(self.prior.classes);
        let alpha = source.gamma(self.prior.shape + k - 1.0) / (self.prior.rate - self.log_last);
        self.alpha = alpha.max(LEAST_ALPHA);
        self.tabulate();
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

    pub(super) fn draw_shares(&mut self, source: &mut Source) {
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
}
