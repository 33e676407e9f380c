//! The posterior of the parameters of a log-linear model, around its mode.
//!
//! log μ(ω) = Σ α(θ) over the terms θ ⊆ ω; the counts of the histories are Poisson, the constant and the main effects
//! have flat priors, interactions are normal around 0. The logarithm of the posterior is taken relative to that at the
//! mode, so that it is precise also for large counts.
//!
//! # Sources
//! Silverman (2020), Multiple-systems analysis for the quantification of modern slavery: classical and Bayesian
//! approaches, *Journal of the Royal Statistical Society A* 183(3), section 6. Forster (2010), Bayesian inference for
//! Poisson and multinomial log-linear models, *Statistical Methodology* 7(3).

#![expect(
    clippy::indexing_slicing,
    reason = "arrays over sets of lists, indexed by sets of those lists; square matrices of the parameters"
)]

use crate::mse::list_set::ListSet;
use crate::mse::loglinear::Fit;
use crate::mse::number::real;
use crate::mse::outcome::Status;
use crate::mse::sample::{Sample, subset_sums, superset_sums};

const MOST_STEPS: usize = 200;
/// The mode is found when the next step gains less than this, in standard deviations squared.
const CLOSE: f64 = 1e-8;

/// The posterior of one model.
#[derive(Debug)]
pub(super) struct Target {
    cells: usize,
    /// None, lists, interactions.
    terms: Vec<ListSet>,
    /// By term, the persons seen at least on its lists.
    totals: Vec<f64>,
    /// By term, one over the variance of the prior; 0 is flat.
    precision: Vec<f64>,
    mode: Vec<f64>,
    /// Expected counts at the mode by set of lists; of no list, zero.
    fitted: Vec<f64>,
    /// Cholesky factor of minus the second derivatives at the mode, by rows.
    factor: Vec<f64>,
}

impl Target {
    /// Climbs to the mode from the fit of independent lists.
    ///
    /// # Errors
    /// [`Status::NotConverged`].
    pub(super) fn climb(
        sample: &Sample,
        interactions: &[ListSet],
        variance: f64,
        independence: &Fit,
    ) -> Result<Self, Status> {
        let mains = (0..sample.lists()).map(ListSet::single);
        let terms: Vec<ListSet> =
            std::iter::once(ListSet::EMPTY).chain(mains).chain(interactions.iter().copied()).collect();
        let start = |term: &ListSet| {
            let place = independence.free.iter().position(|free| free == term);
            place.and_then(|place| independence.alpha.get(place)).copied().unwrap_or_default()
        };
        let mut target = Self {
            cells: 1 << sample.lists(),
            totals: terms.iter().map(|term| real(sample.sums()[term.index()])).collect(),
            precision: terms.iter().map(|term| if term.len() > 1 { 1.0 / variance } else { 0.0 }).collect(),
            mode: terms.iter().map(start).collect(),
            fitted: vec![0.0; 1 << sample.lists()],
            factor: Vec::new(),
            terms,
        };
        let mut value = target.expect();
        for _ in 0..MOST_STEPS {
            let mut sums = target.fitted.clone();
            superset_sums(&mut sums);
            target.factorize(&sums)?;
            let slope: Vec<f64> = (0..target.terms.len())
                .map(|term| {
                    target.totals[term] - sums[target.terms[term].index()] - target.precision[term] * target.mode[term]
                })
                .collect();
            let mut step = slope.clone();
            target.solve_lower(&mut step);
            let gain: f64 = step.iter().map(|step| step * step).sum();
            target.solve_upper(&mut step);
            if gain < CLOSE {
                return Ok(target);
            }
            let before = target.mode.clone();
            let mut scale = 1.0;
            loop {
                for ((mode, before), step) in target.mode.iter_mut().zip(&before).zip(&step) {
                    *mode = before + scale * step;
                }
                let next = target.expect();
                if next.is_finite() && next >= value - 1e-9 * (1.0 + value.abs()) {
                    value = next;
                    break;
                }
                scale *= 0.5;
                if scale < 1e-10 {
                    return Err(Status::NotConverged);
                }
            }
        }
        Err(Status::NotConverged)
    }

    /// The number of parameters.
    pub(super) fn parameters(&self) -> usize {
        self.terms.len()
    }

    pub(super) fn cells(&self) -> usize {
        self.cells
    }

    /// Fills the expected counts; gives the logarithm of the posterior without constants.
    fn expect(&mut self) -> f64 {
        self.fitted.fill(0.0);
        for (term, mode) in self.terms.iter().zip(&self.mode) {
            self.fitted[term.index()] = *mode;
        }
        subset_sums(&mut self.fitted);
        let mut value = 0.0;
        for fitted in &mut self.fitted {
            *fitted = fitted.exp();
            value -= *fitted;
        }
        value += self.fitted[0];
        self.fitted[0] = 0.0;
        for (mode, (total, precision)) in self.mode.iter().zip(self.totals.iter().zip(&self.precision)) {
            value += mode * total - 0.5 * precision * mode * mode;
        }
        value
    }

    fn factorize(&mut self, sums: &[f64]) -> Result<(), Status> {
        let p = self.terms.len();
        self.factor.clear();
        self.factor.resize(p * p, 0.0);
        for row in 0..p {
            for column in 0..=row {
                let mut sum = sums[self.terms[row].union(self.terms[column]).index()];
                if row == column {
                    sum += self.precision[row];
                }
                for before in 0..column {
                    sum -= self.factor[row * p + before] * self.factor[column * p + before];
                }
                if row == column && (sum.is_nan() || sum <= 0.0) {
                    return Err(Status::NotConverged);
                }
                self.factor[row * p + column] =
                    if row == column { sum.sqrt() } else { sum / self.factor[column * p + column] };
            }
        }
        Ok(())
    }

    /// Solves L x = b in place.
    fn solve_lower(&self, right: &mut [f64]) {
        let p = self.terms.len();
        for row in 0..p {
            let (done, rest) = right.split_at_mut(row);
            let factors = &self.factor[row * p..row * p + row];
            let sum: f64 = factors.iter().zip(&*done).map(|(factor, known)| factor * known).sum();
            rest[0] = (rest[0] - sum) / self.factor[row * p + row];
        }
    }

    /// Solves Lᵀ x = b in place.
    fn solve_upper(&self, right: &mut [f64]) {
        let p = self.terms.len();
        for row in (0..p).rev() {
            let (rest, done) = right.split_at_mut(row);
            done[0] /= self.factor[row * p + row];
            for (value, factor) in rest.iter_mut().zip(&self.factor[row * p..row * p + row]) {
                *value -= factor * done[0];
            }
        }
    }

    /// The logarithm of the posterior at a point in standard units (the mode is 0, the normal approximation is standard
    /// normal), less that at the mode; fills its slope, and in `change` how far the parameters are from the mode.
    pub(super) fn value(&self, point: &[f64], change: &mut [f64], cells: &mut [f64], slope: &mut [f64]) -> f64 {
        change.copy_from_slice(point);
        self.solve_upper(change);
        cells.fill(0.0);
        for (term, change) in self.terms.iter().zip(&*change) {
            cells[term.index()] = *change;
        }
        subset_sums(cells);
        let mut value = 0.0;
        for (cell, fitted) in cells.iter_mut().zip(&self.fitted) {
            let more = fitted * cell.exp_m1();
            value -= more;
            *cell = fitted + more;
        }
        superset_sums(cells);
        for (place, term) in self.terms.iter().enumerate() {
            let (change, precision) = (change[place], self.precision[place]);
            let drag = precision * (self.mode[place] + 0.5 * change);
            value += change * (self.totals[place] - drag);
            slope[place] = self.totals[place] - cells[term.index()] - precision * (self.mode[place] + change);
        }
        self.solve_lower(slope);
        value
    }

    /// The parameters at this distance from the mode.
    pub(super) fn parameter(&self, place: usize, change: &[f64]) -> f64 {
        self.mode[place] + change[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::histories::CaptureHistories;
    use crate::mse::loglinear::Fitter;
    use crate::mse::model::Model;

    fn target() -> Target {
        let set = |bits| ListSet::from_bits(bits);
        let counts = [(set(1), 40), (set(2), 30), (set(4), 20), (set(3), 6), (set(5), 3), (set(7), 1)];
        let histories = CaptureHistories::try_new(["a", "b", "c"], counts).unwrap();
        let sample = Sample::of(&histories);
        let fit = Fitter::default().fit(&sample, &Model::main_effects(3)).unwrap();
        Target::climb(&sample, &[set(3), set(5), set(6)], 1.0, &fit).unwrap()
    }

    #[test]
    fn the_slope_is_that_of_the_value_and_vanishes_at_the_mode() {
        let target = target();
        let p = target.parameters();
        let (mut change, mut cells, mut slope) = (vec![0.0; p], vec![0.0; 8], vec![0.0; p]);
        let mut at = |point: &[f64]| {
            let value = target.value(point, &mut change, &mut cells, &mut slope);
            (value, slope.clone())
        };
        let (value, slope) = at(&[0.0; 7]);
        assert!(value.abs() < 1e-12 && slope.iter().all(|slope| slope.abs() < 1e-4));
        let point = [0.3, -0.5, 0.2, 1.0, -0.7, 0.4, -1.2];
        let (_, slope) = at(&point);
        for place in 0..p {
            let (mut above, mut below) = (point, point);
            above[place] += 1e-5;
            below[place] -= 1e-5;
            let numeric = (at(&above).0 - at(&below).0) / 2e-5;
            assert!((numeric - slope[place]).abs() < 1e-6, "{place}: {numeric} {}", slope[place]);
        }
        // Near the mode it is the standard normal.
        let (near, normal) = (at(&[0.02; 7]).0, -0.5 * 7.0 * 4e-4);
        assert!((near / normal - 1.0).abs() < 0.05, "{near} {normal}");
    }
}
