//! The profile likelihood of the number of persons not seen.
//!
//! ln N₀ is held at a value and the other parameters are fitted; the deviance then exceeds that of the free fit by
//! D. The interval holds the values with D up to the χ² quantile of one degree of freedom, z². The root of D is almost
//! linear in ln N₀ and its slope is known, D′ = 2 (S(∅) − n): Newton's method finds the ends in three or four fits, each
//! started where the tangent of the last one points.
//!
//! # Sources
//! Cormack (1992), Interval estimation for mark-recapture studies of closed populations, *Biometrics* 48(2).

#![expect(clippy::indexing_slicing, reason = "an array over sets of lists; that of no list is always there")]
#![expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons, a curve fewer points")]

use super::deviance::excess;
use super::fit::{Fitter, Start};
use crate::interval::Level;
use crate::mse::list_set::ListSet;
use crate::mse::outcome::{IntervalKind, NumberInterval, Status};
use crate::mse::sample::Sample;

/// The most fits to one end of an interval.
const MOST_FITS: usize = 60;

/// The longest distance from the maximum that is tried, in ln of the number not seen.
const FARTHEST: f64 = 1_400.0;

/// The longest first step, in ln of the number not seen: a standard error that is larger says only that the likelihood
/// is flat at its top.
const FIRST_STEP: f64 = 2.0;

/// The maximum, and a place on the profile.
#[derive(Debug)]
pub(crate) struct Profile<'a> {
    fitter: &'a mut Fitter,
    sample: &'a Sample,
    /// ln of the number not seen at the maximum, and its standard error.
    log_unseen: f64,
    standard_error: f64,
    /// The parameters at the maximum, to come back to, and the expected counts.
    alpha: Vec<f64>,
    fitted: Vec<f64>,
    slopes: Vec<f64>,
}

/// What is known at a value held.
#[derive(Debug, Clone, Copy)]
struct Held {
    /// The root of the excess of the deviance.
    root: f64,
    /// How fast it grows with the distance from the maximum.
    slope: f64,
}

impl<'a> Profile<'a> {
    /// Fits the model with these interactions; it is known to be admissible.
    ///
    /// # Errors
    /// As [`Fitter::fit`].
    pub(crate) fn try_new(fitter: &'a mut Fitter, sample: &'a Sample, terms: &[ListSet]) -> Result<Self, Status> {
        let log_unseen = fitter.solve(sample, terms, Start::Cold)?;
        let standard_error = fitter.standard_error()?;
        let (alpha, fitted) = (fitter.alpha.clone(), fitter.means.clone());
        Ok(Self { fitter, sample, log_unseen, standard_error, alpha, fitted, slopes: Vec::new() })
    }

    /// The interval of all persons. Where the estimate exists the log-likelihood falls without end on both sides, so
    /// that both ends are finite and the lower one is above the number seen, if only by a fraction of a person.
    ///
    /// # Errors
    /// [`Status::NotConverged`].
    pub(crate) fn interval(&mut self, level: Level) -> Result<NumberInterval, Status> {
        let persons = self.sample.persons() as f64;
        let low = persons + self.end(level.z(), -1.0)?.exp();
        let high = persons + self.end(level.z(), 1.0)?.exp();
        if high.is_finite() {
            Ok(NumberInterval { kind: IntervalKind::Profile, low, high })
        } else {
            Err(Status::NotConverged)
        }
    }

    /// ln of the number not seen where the root of the excess of the deviance is `target`, on one side.
    pub(crate) fn end(&mut self, target: f64, side: f64) -> Result<f64, Status> {
        self.return_to_maximum();
        // Distances from the maximum: the end is past `near`, and before `far` once that is known.
        let (mut near, mut far) = (0.0, f64::INFINITY);
        let mut distance = (target * self.standard_error).min(FIRST_STEP);
        for _ in 0..MOST_FITS {
            if !(distance.is_finite() && distance <= FARTHEST) {
                return Err(Status::NotConverged);
            }
            // A step that is too bold for the fit is halved toward the last place that was good.
            let Ok(held) = self.hold(self.log_unseen + side * distance) else {
                far = distance;
                distance = 0.5 * (near + distance);
                self.return_to_maximum();
                continue;
            };
            if held.root < target {
                near = distance;
            } else {
                far = distance;
            }
            let step = (target - held.root) / held.slope;
            if step.abs() <= 1e-6 * distance {
                return Ok(self.log_unseen + side * (distance + step));
            }
            let next = distance + step;
            distance = match (next > near && next < far, far.is_finite()) {
                // Where the slope is small the tangent leads too far.
                (true, _) => next.min(2.0 * near + FIRST_STEP),
                (false, true) => 0.5 * (near + far),
                (false, false) => 2.0 * near,
            };
        }
        Err(Status::NotConverged)
    }

    /// The number of all persons and the excess of the deviance, at 2 `half` + 1 places in order of the number, the
    /// maximum in the middle: from where the root of the excess is `target` on one side to the same on the other, in
    /// equal steps of ln N₀ on each side.
    pub(super) fn curve(&mut self, target: f64, half: usize) -> Result<Vec<(f64, f64)>, Status> {
        let persons = self.sample.persons() as f64;
        let mut points = Vec::with_capacity(2 * half + 1);
        for side in [-1.0, 1.0] {
            let reach = self.end(target, side)? - self.log_unseen;
            self.return_to_maximum();
            for place in 1..=half {
                let log_unseen = self.log_unseen + reach * place as f64 / half as f64;
                let held = self.hold(log_unseen)?;
                points.push((persons + log_unseen.exp(), held.root * held.root));
            }
            if side < 0.0 {
                points.reverse();
                points.push((persons + self.log_unseen.exp(), 0.0));
            }
        }
        Ok(points)
    }

    /// Goes back to the maximum.
    pub(super) fn return_to_maximum(&mut self) {
        self.fitter.alpha.clone_from(&self.alpha);
        self.fitter.expect();
    }

    /// Fits the other parameters, from where the fitter stands.
    fn hold(&mut self, log_unseen: f64) -> Result<Held, Status> {
        let fitter = &mut *self.fitter;
        let others = fitter.free.len().saturating_sub(1);
        fitter.factor.of_information(&fitter.free, &fitter.sums, others)?;
        fitter.factor.follow_last(&mut self.slopes);
        let move_by = log_unseen - fitter.log_unseen();
        self.slopes.push(1.0);
        for (alpha, slope) in fitter.alpha.iter_mut().zip(&self.slopes) {
            *alpha += move_by * slope;
        }
        if let Some(last) = fitter.alpha.last_mut() {
            *last = log_unseen;
        }
        fitter.climb(self.sample, others)?;
        let root = excess(&self.fitted, &fitter.means).max(0.0).sqrt();
        let fall = fitter.sums[0] - self.sample.persons() as f64;
        Ok(Held { root, slope: fall.abs() / root })
    }
}
