//! Many models on one sample, as far as a choice between them needs it.

#![expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons, a model fewer parameters")]

use crate::mse::existence::Checker;
use crate::mse::list_set::ListSet;
use crate::mse::loglinear::{Fitter, Start, saturated};
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;

/// Criteria that differ by less than this share are taken as equal: rounding must not break a tie.
pub(super) const TIE: f64 = 1e-9;

/// What a model gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Score {
    pub(super) log_likelihood: f64,
    /// All persons, seen and unseen.
    pub(super) estimate: f64,
}

impl Score {
    /// Akaike's criterion of a model with these parameters, which count those at −∞.
    pub(super) fn aic(self, parameters: usize) -> f64 {
        2.0 * parameters as f64 - 2.0 * self.log_likelihood
    }

    /// Schwarz's criterion, with the number of persons.
    pub(super) fn bic(self, parameters: usize, persons: u64) -> f64 {
        bic(self.log_likelihood, parameters, persons)
    }
}

pub(super) fn bic(log_likelihood: f64, parameters: usize, persons: u64) -> f64 {
    parameters as f64 * (persons as f64).ln() - 2.0 * log_likelihood
}

/// Whether one criterion is smaller than another by more than rounding.
pub(super) fn is_smaller(one: f64, other: f64) -> bool {
    one < other - TIE * (1.0 + other.abs())
}

/// Checks and fits models on one sample, each from where the last one ended.
#[derive(Debug)]
pub(super) struct Scorer<'a> {
    sample: &'a Sample,
    fitter: &'a mut Fitter,
    checker: Checker,
    /// The log-likelihood that no model can pass.
    saturated: f64,
    /// The parameters of the last fit.
    last: Vec<(ListSet, f64)>,
}

impl<'a> Scorer<'a> {
    pub(super) fn new(sample: &'a Sample, fitter: &'a mut Fitter) -> Self {
        Self { sample, fitter, checker: Checker::of(sample), saturated: saturated(sample), last: Vec::new() }
    }

    pub(super) fn sample(&self) -> &'a Sample {
        self.sample
    }

    pub(super) fn saturated(&self) -> f64 {
        self.saturated
    }

    /// What a model gives: its interactions of two lists or more, all their parts among them.
    ///
    /// # Errors
    /// Why it has no estimate.
    pub(super) fn score(&mut self, terms: &[ListSet]) -> Result<Score, Status> {
        let admissibility = self.checker.check_terms(terms.iter().copied());
        if !admissibility.is_admissible() {
            return Err(admissibility.status());
        }
        let start = if self.last.is_empty() { Start::Cold } else { Start::Warm(&self.last) };
        let log_unseen = self.fitter.solve(self.sample, terms, start)?;
        self.last.clear();
        self.last.extend(self.fitter.parameters());
        Ok(Score {
            log_likelihood: self.saturated - 0.5 * self.fitter.deviance(self.sample),
            estimate: self.sample.persons() as f64 + log_unseen.exp(),
        })
    }

    /// Whether a model has an estimate.
    pub(super) fn is_admissible(&mut self, terms: &[ListSet]) -> bool {
        self.checker.check_terms(terms.iter().copied()).is_admissible()
    }

    /// How many persons the last fit lets expect, among those seen, on at least these lists.
    pub(super) fn expected(&self, lists: ListSet) -> f64 {
        self.fitter.expected_sums().get(lists.index()).copied().unwrap_or_default()
    }

    /// How many persons were seen on at least these lists.
    pub(super) fn seen(&self, lists: ListSet) -> u64 {
        self.sample.sums().get(lists.index()).copied().unwrap_or_default()
    }

    /// The terms of the last fit that are not at −∞, with their parameters.
    pub(super) fn parameters(&self) -> &[(ListSet, f64)] {
        &self.last
    }
}
