//! The extended maximum likelihood fit of one model to one table.
//!
//! log μ(ω) = Σ α(θ) over the terms θ ⊆ ω. With the superset sums S(θ) = Σ μ(ω) over ω ⊇ θ the gradient of the
//! log-likelihood is N*(θ) − S(θ) and its Hessian −S(θ ∪ φ): one pass over the cells gives both. A term whose
//! superset has nobody has α = −∞: its cells leave the table and it leaves the fit, but still counts as a parameter.
//! In the sums of logs −∞ takes the cells along by itself.
//!
//! Newton's method goes up the concave log-likelihood. A step is halved while the slope at its end is steeper than
//! at its start and points back; along the step the curvature is convex, so that every step accepted gains. Neither
//! rule needs the likelihood itself, whose last digits are lost for large counts.
//!
//! # Sources
//! Chan, Silverman and Vincent (2021), Multiple systems estimation for sparse capture data, *JASA* 116(535).
//! Fienberg and Rinaldo (2012), Maximum likelihood estimation in log-linear models, *Annals of Statistics* 40(2).

#![expect(clippy::indexing_slicing, reason = "arrays over sets of lists, indexed by sets of those lists")]
#![expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons, a model fewer parameters")]

use super::cholesky::Factor;
use super::deviance::{deviance, saturated};
use super::start::{independence, reweighted};
use crate::interval::Level;
use crate::mse::list_set::ListSet;
use crate::mse::model::Model;
use crate::mse::outcome::{IntervalKind, NumberInterval, Status};
use crate::mse::sample::{Sample, subset_sums, superset_sums};

/// The most Newton steps.
const MOST_STEPS: usize = 100;

/// The most halvings of a step.
const MOST_HALVINGS: usize = 40;

/// The most parameters that are fitted, so that a step takes milliseconds; all pairs of 16 lists are 137.
const MOST_PARAMETERS: usize = 512;

/// A last step this long, all parameters together, leaves an error of its square.
const LAST_STEP: f64 = 1e-7;

/// A step below this that is not much shorter than the one before is rounding.
const ROUNDING_STEP: f64 = 1e-3;

/// A fitted model.
#[derive(Debug, Clone)]
pub(crate) struct Fit {
    /// ln of the expected number of persons not seen.
    pub(crate) log_unseen: f64,
    /// Its standard error.
    pub(crate) standard_error: f64,
    /// The maximum of the log-likelihood, with the ln N! terms.
    pub(crate) log_likelihood: f64,
    /// Twice the difference to the saturated model.
    pub(crate) deviance: f64,
    /// Parameters, those at −∞ included.
    pub(crate) parameters: usize,
    /// The terms at −∞: the lists of nobody and the interactions without overlap.
    pub(crate) boundary: Vec<ListSet>,
    /// The terms in the fit: none, lists, interactions.
    pub(crate) free: Vec<ListSet>,
    /// Their parameters.
    pub(crate) alpha: Vec<f64>,
}

impl Fit {
    /// The expected number of all persons.
    pub(crate) fn estimate(&self, persons: u64) -> f64 {
        persons as f64 + self.log_unseen.exp()
    }

    pub(crate) fn aic(&self) -> f64 {
        2.0 * self.parameters as f64 - 2.0 * self.log_likelihood
    }

    /// With the number of persons, not of cells.
    pub(crate) fn bic(&self, persons: u64) -> f64 {
        self.parameters as f64 * (persons as f64).ln() - 2.0 * self.log_likelihood
    }

    /// Normal on the log of the number not seen.
    pub(crate) fn wald(&self, persons: u64, level: Level) -> NumberInterval {
        let spread = level.z() * self.standard_error;
        let end = |log_unseen: f64| persons as f64 + log_unseen.exp();
        NumberInterval {
            kind: IntervalKind::Wald,
            low: end(self.log_unseen - spread),
            high: end(self.log_unseen + spread),
        }
    }
}

/// Where a fit starts. The maximum is one: only the number of steps depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Start<'a> {
    /// From the table.
    Cold,
    /// From the parameters of a model close by, in any order; a term not among them starts at the log of its overlap
    /// against the one that they lead to expect.
    Warm(&'a [(ListSet, f64)]),
}

/// Fits models, and keeps what belongs to the last fit and the buffers for the next.
#[derive(Debug, Default)]
pub(crate) struct Fitter {
    /// The terms in the fit, the constant last: a number of its own that can be held.
    pub(super) free: Vec<ListSet>,
    /// Their parameters.
    pub(super) alpha: Vec<f64>,
    /// The terms at −∞.
    boundary: Vec<ListSet>,
    /// Expected counts by set of lists, exactly these; zero of none and in cells that left the table.
    pub(super) means: Vec<f64>,
    /// Expected counts by set of lists, at least these.
    pub(super) sums: Vec<f64>,
    pub(super) factor: Factor,
    step: Vec<f64>,
    base: Vec<f64>,
}

impl Fitter {
    /// Fits a model that is known to be admissible.
    ///
    /// # Errors
    /// [`Status::NotConverged`]; [`Status::TooLarge`] for more than 512 parameters; [`Status::ListsOutOfRange`] for a
    /// model of lists that the table does not have.
    pub(crate) fn fit(&mut self, sample: &Sample, model: &Model) -> Result<Fit, Status> {
        self.solve(sample, model.terms(), Start::Cold)?;
        let standard_error = self.standard_error()?;
        let deviance = self.deviance(sample);
        Ok(Fit {
            log_unseen: self.log_unseen(),
            standard_error,
            log_likelihood: saturated(sample) - 0.5 * deviance,
            deviance,
            parameters: model.parameters(),
            boundary: self.boundary.clone(),
            free: self.free.iter().rev().copied().collect(),
            alpha: self.alpha.iter().rev().copied().collect(),
        })
    }

    /// Fits the model with these interactions, all their parts among them, and gives ln of the expected number of
    /// persons not seen. No memory is asked for once the buffers have their size.
    ///
    /// # Errors
    /// As [`Fitter::fit`].
    pub(crate) fn solve(&mut self, sample: &Sample, terms: &[ListSet], start: Start<'_>) -> Result<f64, Status> {
        self.lay_out(sample, terms)?;
        let all = self.free.len();
        if let Start::Warm(parameters) = start {
            self.start_from(sample, parameters);
            if self.climb(sample, all).is_ok() {
                return Ok(self.log_unseen());
            }
        }
        // The second start is slower; none of its cells is so small that lists look the same.
        if !(independence(sample, &self.free, &mut self.alpha) && self.climb(sample, all).is_ok()) {
            self.start_reweighted(sample)?;
            self.climb(sample, all)?;
        }
        Ok(self.log_unseen())
    }

    /// ln of the expected number of persons not seen, of the last fit.
    pub(crate) fn log_unseen(&self) -> f64 {
        self.alpha.last().copied().unwrap_or(f64::NAN)
    }

    /// Twice the difference of the log-likelihood of the last fit to [`saturated`].
    pub(crate) fn deviance(&self, sample: &Sample) -> f64 {
        deviance(sample, &self.means)
    }

    /// The standard error of ln of the number not seen, of the last fit.
    ///
    /// # Errors
    /// [`Status::NotConverged`] if the information matrix is singular.
    pub(crate) fn standard_error(&mut self) -> Result<f64, Status> {
        self.factor.of_information(&self.free, &self.sums, self.free.len())?;
        Ok(self.factor.last_variance().sqrt())
    }

    /// The variances of the parameters of the last fit.
    ///
    /// # Errors
    /// As [`Fitter::standard_error`].
    pub(crate) fn variances(&mut self) -> Result<Vec<f64>, Status> {
        self.factor.of_information(&self.free, &self.sums, self.free.len())?;
        Ok(self.factor.variances())
    }

    /// The expected counts of the last fit by set of lists, on exactly these; zero of no list, and of histories that
    /// left the table.
    pub(crate) fn expected(&self) -> &[f64] {
        &self.means
    }

    /// The expected counts of the last fit by set of lists, on at least these; of no list, all who were seen.
    pub(crate) fn expected_sums(&self) -> &[f64] {
        &self.sums
    }

    /// The terms in the last fit with their parameters, the constant last.
    pub(crate) fn parameters(&self) -> impl ExactSizeIterator<Item = (ListSet, f64)> {
        self.free.iter().copied().zip(self.alpha.iter().copied())
    }

    /// Sorts the terms into those fitted and those at −∞, and sizes the buffers.
    fn lay_out(&mut self, sample: &Sample, terms: &[ListSet]) -> Result<(), Status> {
        self.free.clear();
        self.boundary.clear();
        let mains = (0..sample.lists()).map(ListSet::single);
        for term in terms.iter().rev().copied().chain(mains.rev()) {
            match sample.sums().get(term.index()) {
                Some(0) => self.boundary.push(term),
                Some(_) => self.free.push(term),
                None => return Err(Status::ListsOutOfRange),
            }
        }
        self.free.push(ListSet::EMPTY);
        self.boundary.reverse();
        let parameters = self.free.len();
        if parameters > MOST_PARAMETERS {
            return Err(Status::TooLarge);
        }
        let cells = sample.counts().len();
        self.means.resize(cells, 0.0);
        self.sums.resize(cells, 0.0);
        self.alpha.clear();
        self.alpha.resize(parameters, 0.0);
        Ok(())
    }

    fn start_from(&mut self, sample: &Sample, parameters: &[(ListSet, f64)]) {
        self.means.fill(0.0);
        for (term, alpha) in parameters {
            if let Some(start) = self.means.get_mut(term.index()) {
                *start = *alpha;
            }
        }
        for (alpha, term) in self.alpha.iter_mut().zip(&self.free) {
            *alpha = self.means[term.index()];
        }
        // A new interaction starts where it would lead its own overlap to what was seen.
        self.expect();
        for (alpha, term) in self.alpha.iter_mut().zip(&self.free) {
            if *alpha == 0.0 {
                let log = (sample.sums()[term.index()] as f64 / self.sums[term.index()]).ln();
                *alpha = if log.is_finite() { log } else { 0.0 };
            }
        }
    }

    fn start_reweighted(&mut self, sample: &Sample) -> Result<(), Status> {
        self.alpha.fill(0.0);
        self.logs();
        reweighted(sample, &mut self.means, &mut self.sums);
        let targets = &self.means;
        for (alpha, term) in self.alpha.iter_mut().zip(&self.free) {
            *alpha = targets[term.index()];
        }
        self.factor.of_information(&self.free, &self.sums, self.free.len())?;
        self.factor.solve(&mut self.alpha);
        Ok(())
    }

    /// Newton's method on the first `active` parameters from those in `alpha`; leaves the expected counts.
    pub(super) fn climb(&mut self, sample: &Sample, active: usize) -> Result<(), Status> {
        let targets = sample.sums();
        let mut previous = f64::INFINITY;
        self.expect();
        for _ in 0..MOST_STEPS {
            self.step.clear();
            let gradient = |term: &ListSet| targets[term.index()] as f64 - self.sums[term.index()];
            self.step.extend(self.free.iter().take(active).map(gradient));
            self.base.clone_from(&self.step);
            self.factor.of_information(&self.free, &self.sums, active)?;
            self.factor.solve(&mut self.step);
            let slope: f64 = self.step.iter().zip(&self.base).map(|(step, gradient)| step * gradient).sum();
            let length: f64 = self.step.iter().map(|step| step.abs()).sum();
            if !(slope.is_finite() && length.is_finite()) {
                return Err(Status::NotConverged);
            }
            self.base.clone_from(&self.alpha);
            if length < LAST_STEP || (length < ROUNDING_STEP && length > 0.5 * previous) {
                self.advance(1.0);
                return Ok(());
            }
            previous = length;
            let mut scale = 1.0;
            for halvings in 0.. {
                self.advance(scale);
                let gradient = |term: &ListSet| targets[term.index()] as f64 - self.sums[term.index()];
                let after: f64 = self.step.iter().zip(&self.free).map(|(step, term)| step * gradient(term)).sum();
                if after.is_finite() && after >= -slope {
                    break;
                }
                if halvings == MOST_HALVINGS {
                    return Err(Status::NotConverged);
                }
                scale *= 0.5;
            }
        }
        Err(Status::NotConverged)
    }

    /// A part of the step from the base.
    fn advance(&mut self, scale: f64) {
        for ((alpha, base), step) in self.alpha.iter_mut().zip(&self.base).zip(&self.step) {
            *alpha = base + scale * step;
        }
        self.expect();
    }

    /// The expected counts at the parameters.
    pub(super) fn expect(&mut self) {
        self.logs();
        for mean in &mut self.means {
            *mean = mean.exp();
        }
        if let Some(unseen) = self.means.first_mut() {
            *unseen = 0.0;
        }
        self.sums.copy_from_slice(&self.means);
        superset_sums(&mut self.sums);
    }

    /// Their logs, in `means`.
    fn logs(&mut self) {
        self.means.fill(0.0);
        for (term, alpha) in self.free.iter().zip(&self.alpha) {
            self.means[term.index()] = *alpha;
        }
        for term in &self.boundary {
            self.means[term.index()] = f64::NEG_INFINITY;
        }
        subset_sums(&mut self.means);
    }
}
