//! The extended maximum likelihood fit of one model to one table.
//!
//! log μ(ω) = Σ α(θ) over the terms θ ⊆ ω. With the superset sums S(θ) = Σ μ(ω) over ω ⊇ θ the gradient of the
//! log-likelihood is N*(θ) − S(θ) and its Hessian −S(θ ∪ φ): one pass over the cells gives both. A term whose
//! superset has nobody has α = −∞: its cells leave the table and it leaves the fit, but still counts as a parameter.
//!
//! # Sources
//! Chan, Silverman and Vincent (2021), Multiple systems estimation for sparse capture data, *JASA* 116(535).

#![expect(
    clippy::indexing_slicing,
    reason = "arrays over sets of lists, indexed by sets of those lists; square matrices of the parameters"
)]

use crate::mse::list_set::ListSet;
use crate::mse::model::Model;
use crate::mse::outcome::Status;
use crate::mse::sample::{Sample, subset_sums, superset_sums};

/// The most Newton steps.
const MOST_STEPS: usize = 200;

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
}

/// Buffers of the fit, to be used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Fitter {
    /// Expected counts by set of lists; zero in cells that left the table.
    mu: Vec<f64>,
    work: Vec<f64>,
    hessian: Vec<f64>,
}

impl Fitter {
    /// Fits a model that is known to be admissible.
    ///
    /// # Errors
    /// [`Status::NotConverged`].
    pub(crate) fn fit(&mut self, sample: &Sample, model: &Model) -> Result<Fit, Status> {
        let (free, boundary) = split(sample, model);
        let cells = 1usize << sample.lists();
        let inside: Vec<bool> = (0..cells)
            .map(|cell| cell != 0 && !boundary.iter().any(|term| term.index() & cell == term.index()))
            .collect();
        let p = free.len();
        // First step of iteratively reweighted least squares from μ = N + 0.1.
        self.mu.clear();
        self.mu.extend((0..cells).map(|cell| if inside[cell] { sample.counts()[cell] as f64 + 0.1 } else { 0.0 }));
        self.work.clear();
        self.work.extend((0..cells).map(|cell| {
            let mu = self.mu[cell];
            if inside[cell] { mu * mu.ln() + sample.counts()[cell] as f64 - mu } else { 0.0 }
        }));
        superset_sums(&mut self.work);
        let mut alpha: Vec<f64> = free.iter().map(|term| self.work[term.index()]).collect();
        superset_sums(&mut self.mu);
        self.factor(&free)?;
        solve(&self.hessian, p, &mut alpha);
        let mut objective = self.objective(sample, &free, &inside, &alpha);
        for _ in 0..MOST_STEPS {
            superset_sums(&mut self.mu);
            let mut step: Vec<f64> =
                free.iter().map(|term| sample.sums()[term.index()] as f64 - self.mu[term.index()]).collect();
            let gradient = step.clone();
            self.factor(&free)?;
            solve(&self.hessian, p, &mut step);
            let decrement: f64 = step.iter().zip(&gradient).map(|(step, slope)| step * slope).sum();
            let mut scale = 1.0;
            let (next, found) = loop {
                let next: Vec<f64> = alpha.iter().zip(&step).map(|(alpha, step)| alpha + scale * step).collect();
                let found = self.objective(sample, &free, &inside, &next);
                if found.is_finite() && found >= objective - 1e-9 * (1.0 + objective.abs()) {
                    break (next, found);
                }
                scale *= 0.5;
                if scale < 1e-10 {
                    return Err(Status::NotConverged);
                }
            };
            (alpha, objective) = (next, found);
            if !decrement.is_finite() {
                return Err(Status::NotConverged);
            }
            if decrement.abs() < 1e-14 * (1.0 + sample.persons() as f64) || decrement.abs() < 1e-20 {
                return self.finish(sample, free, boundary, model, &inside, alpha);
            }
        }
        Err(Status::NotConverged)
    }

    /// The log-likelihood without constants; leaves the expected counts in `mu`.
    fn objective(&mut self, sample: &Sample, free: &[ListSet], inside: &[bool], alpha: &[f64]) -> f64 {
        self.mu.fill(0.0);
        for (term, alpha) in free.iter().zip(alpha) {
            self.mu[term.index()] = *alpha;
        }
        subset_sums(&mut self.mu);
        let mut total = 0.0;
        for (mu, inside) in self.mu.iter_mut().zip(inside) {
            *mu = if *inside { mu.exp() } else { 0.0 };
            total -= *mu;
        }
        total + free.iter().zip(alpha).map(|(term, alpha)| alpha * sample.sums()[term.index()] as f64).sum::<f64>()
    }

    /// Cholesky factor of the information matrix, from superset sums in `mu`.
    fn factor(&mut self, free: &[ListSet]) -> Result<(), Status> {
        let p = free.len();
        self.hessian.clear();
        self.hessian.resize(p * p, 0.0);
        for (row, one) in free.iter().enumerate() {
            for (column, other) in free.iter().enumerate().take(row + 1) {
                self.hessian[row * p + column] = self.mu[one.union(*other).index()];
            }
        }
        for row in 0..p {
            for column in 0..=row {
                let mut sum = self.hessian[row * p + column];
                for before in 0..column {
                    sum -= self.hessian[row * p + before] * self.hessian[column * p + before];
                }
                if row == column {
                    if sum.is_nan() || sum <= 0.0 {
                        return Err(Status::NotConverged);
                    }
                    self.hessian[row * p + row] = sum.sqrt();
                } else {
                    self.hessian[row * p + column] = sum / self.hessian[column * p + column];
                }
            }
        }
        Ok(())
    }

    fn finish(
        &mut self,
        sample: &Sample,
        free: Vec<ListSet>,
        boundary: Vec<ListSet>,
        model: &Model,
        inside: &[bool],
        alpha: Vec<f64>,
    ) -> Result<Fit, Status> {
        let (mut log_likelihood, mut deviance) = (0.0, 0.0);
        for cell in (1..self.mu.len()).filter(|cell| inside[*cell]) {
            let (count, mu) = (sample.counts()[cell] as f64, self.mu[cell]);
            let log = if count > 0.0 { count * mu.ln() } else { 0.0 };
            log_likelihood += log - mu - statrs::function::gamma::ln_gamma(count + 1.0);
            deviance += 2.0 * (if count > 0.0 { count * count.ln() } else { 0.0 } - log - count + mu);
        }
        superset_sums(&mut self.mu);
        self.factor(&free)?;
        let mut first = vec![0.0; free.len()];
        first[0] = 1.0;
        solve(&self.hessian, free.len(), &mut first);
        Ok(Fit {
            log_unseen: alpha[0],
            standard_error: first[0].sqrt(),
            log_likelihood,
            deviance,
            parameters: model.parameters(),
            boundary,
            free,
            alpha,
        })
    }
}

/// The terms of a model that are fitted and those at −∞.
pub(crate) fn split(sample: &Sample, model: &Model) -> (Vec<ListSet>, Vec<ListSet>) {
    let mains = (0..model.lists()).map(ListSet::single);
    let terms = std::iter::once(ListSet::EMPTY).chain(mains).chain(model.terms().iter().copied());
    terms.partition(|term| term.is_empty() || sample.sums()[term.index()] > 0)
}

/// Solves with a Cholesky factor, in place.
fn solve(factor: &[f64], p: usize, right: &mut [f64]) {
    for row in 0..p {
        let mut sum = right[row];
        for column in 0..row {
            sum -= factor[row * p + column] * right[column];
        }
        right[row] = sum / factor[row * p + row];
    }
    for row in (0..p).rev() {
        let mut sum = right[row];
        for below in row + 1..p {
            sum -= factor[below * p + row] * right[below];
        }
        right[row] = sum / factor[row * p + row];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::CaptureHistories;

    /// The three-list table of mse.md §3 (Chan, Silverman and Vincent 2021): 40, 30, 20 on one list, 6 on the first two.
    #[test]
    fn the_three_list_table_is_fitted() {
        let set = |lists: &[usize]| ListSet::of(lists.iter().copied());
        let counts = [(set(&[0]), 40), (set(&[1]), 30), (set(&[2]), 20), (set(&[0, 1]), 6)];
        let histories = CaptureHistories::try_new(["1", "2", "3"], counts).unwrap();
        let sample = Sample::of(&histories);
        for (notation, estimate) in [("[1,2,3]", 539.094), ("[13,2]", 396.0), ("[23,1]", 429.333), ("[13,23]", 296.0)] {
            let fit = Fitter::default().fit(&sample, &Model::from_notation(notation, 3).unwrap()).unwrap();
            assert!((fit.estimate(96) - estimate).abs() < 5e-4, "{notation}: {}", fit.estimate(96));
        }
    }
}
