//! A Markov chain in the posterior: Hamiltonian Monte Carlo in standard units.
//!
//! In units in which the normal approximation at the mode is standard normal, a trajectory of a quarter turn leads to an
//! almost independent point, whatever the number of parameters. What the approximation lacks, the Metropolis step makes
//! good. The step size is set in the burn-in and then fixed.
//!
//! # Sources
//! Neal (2011), MCMC using Hamiltonian dynamics, *Handbook of Markov Chain Monte Carlo*, chapter 5.

use super::target::Target;
use crate::mse::number::{real_size, whole};
use crate::mse::random::Source;

/// Steps of the burn-in between changes of the step size.
const ADAPT_EVERY: usize = 50;
const LARGEST_STEP: f64 = 0.8;
const SMALLEST_STEP: f64 = 0.01;

/// The state of one chain.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    target: &'a Target,
    point: Point,
    before: Point,
    momentum: Vec<f64>,
    cells: Vec<f64>,
    step: f64,
    tried: usize,
    accepted: usize,
}

#[derive(Debug, Clone)]
struct Point {
    place: Vec<f64>,
    change: Vec<f64>,
    slope: Vec<f64>,
    value: f64,
}

impl<'a> Walk<'a> {
    /// A start scattered twice as far around the mode as the posterior.
    pub(super) fn new(target: &'a Target, source: &mut Source) -> Self {
        let p = target.parameters();
        let place = (0..p).map(|_| 2.0 * source.normal()).collect();
        let mut point = Point { place, change: vec![0.0; p], slope: vec![0.0; p], value: 0.0 };
        let mut cells = vec![0.0; target.cells()];
        loop {
            point.value = target.value(&point.place, &mut point.change, &mut cells, &mut point.slope);
            if point.value.is_finite() && point.slope.iter().all(|slope| slope.is_finite()) {
                break;
            }
            // So far out that expected counts overflow: nearer to the mode, which is finite.
            point.place.iter_mut().for_each(|place| *place *= 0.5);
        }
        Self { target, before: point.clone(), point, momentum: vec![0.0; p], cells, step: 0.4, tried: 0, accepted: 0 }
    }

    /// One trajectory.
    pub(super) fn advance(&mut self, source: &mut Source) {
        for momentum in &mut self.momentum {
            *momentum = source.normal();
        }
        let energy = |point: &Point, momentum: &[f64]| {
            0.5 * momentum.iter().map(|momentum| momentum * momentum).sum::<f64>() - point.value
        };
        let start = energy(&self.point, &self.momentum);
        self.before.clone_from(&self.point);
        // A quarter turn, in steps of a length that varies, so that no trajectory comes back to where it started.
        let step = self.step * (0.8 + 0.4 * source.uniform());
        let steps = whole((std::f64::consts::FRAC_PI_2 / self.step).ceil()).max(1);
        self.kick(0.5 * step);
        for number in 1..=steps {
            for (place, momentum) in self.point.place.iter_mut().zip(&self.momentum) {
                *place += step * momentum;
            }
            let Point { place, change, slope, value } = &mut self.point;
            *value = self.target.value(place, change, &mut self.cells, slope);
            if !value.is_finite() {
                break;
            }
            self.kick(if number < steps { step } else { 0.5 * step });
        }
        let rise = energy(&self.point, &self.momentum) - start;
        self.tried += 1;
        // What is not a number is not accepted.
        if rise <= source.exponential() {
            self.accepted += 1;
        } else {
            std::mem::swap(&mut self.point, &mut self.before);
        }
    }

    fn kick(&mut self, step: f64) {
        for (momentum, slope) in self.momentum.iter_mut().zip(&self.point.slope) {
            *momentum += step * slope;
        }
    }

    /// In the burn-in: makes steps shorter where few are accepted and longer where nearly all are.
    pub(super) fn adapt(&mut self) {
        if self.tried < ADAPT_EVERY {
            return;
        }
        let share = self.acceptance();
        if share < 0.7 {
            self.step = (0.7 * self.step).max(SMALLEST_STEP);
        } else if share > 0.92 {
            self.step = (1.15 * self.step).min(LARGEST_STEP);
        }
        (self.tried, self.accepted) = (0, 0);
    }

    /// Forgets what was tried so far.
    pub(super) fn settle(&mut self) {
        (self.tried, self.accepted) = (0, 0);
    }

    /// The share of trajectories accepted.
    pub(super) fn acceptance(&self) -> f64 {
        real_size(self.accepted) / real_size(self.tried.max(1))
    }

    /// A parameter where the chain stands.
    pub(super) fn parameter(&self, place: usize) -> f64 {
        self.target.parameter(place, &self.point.change)
    }
}
