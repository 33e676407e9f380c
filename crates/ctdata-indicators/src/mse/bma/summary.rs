//! What is said of a posterior on a grid.

use super::grid::Grid;
use super::real;
use crate::interval::Level;
use crate::mse::outcome::{IntervalKind, NumberInterval};

/// A posterior of the number of all persons, seen and unseen, in figures.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BmaSummary {
    /// The median: the first number whose cumulative probability exceeds one half.
    pub median: f64,
    /// The interval between the quantiles of the level, by the same rule.
    pub interval: NumberInterval,
    /// The mean on the grid. Under a prior in proportion to 1/N it may have no end: see the notes.
    pub mean: f64,
    /// The most probable number, to the step of the grid.
    pub mode: f64,
    /// The estimate with the least expected squared relative error, E\[1/N\] / E\[1/N²\].
    pub relative_error_estimate: f64,
}

/// A part of a posterior, for a plot.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BmaBin {
    /// Its least number of all persons.
    pub low: f64,
    /// Where the next begins.
    pub high: f64,
    /// The posterior probability of the numbers in it.
    pub probability: f64,
}

/// A posterior on a grid, with its cumulative sums.
#[derive(Debug)]
pub(super) struct Distribution<'a> {
    grid: &'a Grid,
    masses: &'a [f64],
    sum: f64,
    persons: f64,
}

impl<'a> Distribution<'a> {
    pub(super) fn of(grid: &'a Grid, masses: &'a [f64], persons: u64) -> Self {
        Self { grid, masses, sum: masses.iter().sum(), persons: real(persons) }
    }

    /// The points, their masses, and where each begins.
    fn cells(&self) -> impl Iterator<Item = (f64, f64, f64, f64)> {
        let cells = self.grid.points.iter().zip(&self.grid.widths).zip(self.masses);
        cells.enumerate().map(|(place, ((point, width), mass))| (*point, *width, *mass, self.grid.start_of(place)))
    }

    /// The first number of unseen persons whose cumulative probability exceeds this.
    fn unseen_at(&self, probability: f64) -> f64 {
        let target = probability * self.sum;
        let mut below = 0.0;
        let mut last = 0.0;
        for (point, width, mass, start) in self.cells() {
            if below + mass > target {
                // Within a block the probability is spread evenly over its numbers.
                let steps = ((target - below) / mass * width).floor().clamp(0.0, (width - 1.0).max(0.0));
                return if self.grid.fills { start + steps } else { point };
            }
            below += mass;
            last = point;
        }
        last
    }

    pub(super) fn summary(&self, level: Level) -> BmaSummary {
        let (mut mean, mut inverse, mut square, mut mode, mut most) = (0.0, 0.0, 0.0, 0.0, f64::NEG_INFINITY);
        // Inverses are taken in units of the persons seen, so that their squares keep their digits.
        let unit = self.persons.max(1.0);
        for (point, width, mass, _) in self.cells() {
            let number = point + self.persons;
            mean += mass / self.sum * number;
            inverse += mass * (unit / number);
            square += mass * (unit / number) * (unit / number);
            if mass / width > most {
                (most, mode) = (mass / width, number);
            }
        }
        let at = |probability| self.unseen_at(probability) + self.persons;
        BmaSummary {
            median: at(0.5),
            interval: NumberInterval {
                kind: IntervalKind::Posterior,
                low: at(level.tail()),
                high: at(1.0 - level.tail()),
            },
            mean,
            mode: if self.grid.fills { mode.floor() } else { mode },
            relative_error_estimate: unit * inverse / square,
        }
    }

    /// The probability of the last hundredth of the grid.
    pub(super) fn edge_mass(&self) -> f64 {
        self.beyond(0.99 * self.grid.end, |_| 1.0) / self.sum
    }

    /// How much of the mean comes from the upper half of the grid: if it is not negligible, the mean depends on
    /// where the grid ends.
    pub(super) fn share_of_mean_in_upper_half(&self) -> f64 {
        let number = |point: f64| point + self.persons;
        self.beyond(0.5 * self.grid.end, number) / self.beyond(-1.0, number)
    }

    /// The sum of a value over the probability of more unseen persons than a limit.
    fn beyond(&self, limit: f64, value: impl Fn(f64) -> f64) -> f64 {
        self.cells().fold(0.0, |sum, (point, width, mass, start)| {
            let share = if self.grid.fills {
                ((start + width - 1.0 - limit.floor()) / width).clamp(0.0, 1.0)
            } else {
                f64::from(u8::from(point > limit))
            };
            sum + share * mass * value(point)
        })
    }

    /// About so many bins between the quantiles of 0.5 % and 99.5 %: neighbours on the grid are taken together until
    /// they have their share of the probability or of the length.
    pub(super) fn bins(&self, bins: usize) -> Vec<BmaBin> {
        let (low, high) = (self.unseen_at(0.005), self.unseen_at(0.995));
        let share = 2.0 / real(bins.max(1) as u64);
        let length = share * (high - low);
        let mut thinned: Vec<BmaBin> = Vec::new();
        let inside = self.cells().filter(|(_, width, _, start)| start + width > low && *start <= high);
        for (_, width, mass, start) in inside {
            let (start, probability) = (start + self.persons, mass / self.sum);
            match thinned.last_mut() {
                Some(bin) if start + width - bin.low <= length && bin.probability + probability <= share => {
                    bin.high = start + width;
                    bin.probability += probability;
                }
                _ => thinned.push(BmaBin { low: start, high: start + width, probability }),
            }
        }
        thinned
    }
}
