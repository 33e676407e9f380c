//! The distribution that agrees best with noisy counts.
//!
//! Wanted are counts mu of a distribution on a junction tree, times a total, with the least weighted squared
//! distance L(mu) from what was measured. A proximal method goes there: each step minimizes
//! L(mu) + tau KL(mu | mu of the last step). The dual of a step is smooth and has no constraints: with one
//! potential theta per measured cell, minimize
//!
//! total log Z(theta) - theta y + sum of tau variance / 2 (theta - theta of the last step)^2,
//!
//! whose gradient is the model's counts, less the measured ones, plus the ridge; one propagation gives it. The
//! dual is minimized by L-BFGS, scaled by the diagonal of the curvature. Potentials live on measured sets, so
//! that a model of a larger tree starts from them.
//!
//! # Sources
//! R. McKenna, D. Sheldon and G. Miklau (2019), "Graphical-model based estimation and inference for differential
//! privacy", ICML. R. T. Rockafellar (1976), "Augmented Lagrangians and applications of the proximal point
//! algorithm in convex programming", Mathematics of Operations Research 1(2). J. Nocedal (1980), "Updating
//! quasi-Newton matrices with limited storage", Mathematics of Computation 35.
#![expect(clippy::indexing_slicing, reason = "tables are numbered here")]

use std::collections::VecDeque;

use ctdata_table::{Control, StopReason};

use super::clique::Work;
use super::factor::{self, Projection, contains, strides};
use super::propagation::{Messages, Network};
use crate::PrivacyError;

/// Noisy counts of all cells of a set of attributes.
#[derive(Debug, Clone)]
pub(crate) struct Measurement {
    /// Ascending positions.
    pub(crate) attributes: Vec<usize>,
    /// Noisy counts, the last attribute fastest.
    pub(crate) values: Vec<f64>,
    /// Of the noise of each of them.
    pub(crate) variance: f64,
}

/// Cells that no record can be in.
#[derive(Debug, Clone)]
pub(crate) struct Impossible {
    /// Ascending positions.
    pub(crate) attributes: Vec<usize>,
    /// True for cells that cannot exist, the last attribute fastest.
    pub(crate) cells: Vec<bool>,
}

/// How far a fit may go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FitOptions {
    /// Cells of all cliques of the junction tree.
    pub(crate) max_cells: u128,
    /// Propagations.
    pub(crate) iterations: u32,
    /// A step of the proximal method that lowers the loss by less than this share of 1 + the loss is the last.
    pub(crate) tolerance: f64,
}

/// Pairs of steps and changes of the gradient that are kept.
const MEMORY: usize = 10;
/// tau times the standard deviation, at first: a cell is drawn by that share of it per unit of its potential.
const FIRST_PULL: f64 = 3.0;
/// tau is divided by this from step to step.
const PULL_SHRINKS: f64 = 4.0;
/// A loss of this much more is nothing.
const ABSOLUTE: f64 = 1e-3;
/// And not less than this share of the first.
const LEAST_PULL: f64 = 1e-3;

/// What was measured of one set, in the order of the network's tables.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Counts that add up to the total, 0 in cells that cannot exist.
    pub(super) counts: Vec<f64>,
    pub(super) variance: f64,
    /// Cells that cannot exist, if there are any.
    pub(super) dead: Option<Vec<bool>>,
}

/// The progress of a fit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FitReport {
    /// Propagations that were needed.
    pub(crate) iterations: u32,
    /// Half the squared distance, in units of the variance, after each step of the proximal method.
    pub(crate) losses: Vec<f64>,
    /// Whether the last step was too small to go on.
    pub(crate) converged: bool,
}

/// A fit under way.
pub(super) struct Fit<'a> {
    pub(super) network: &'a Network,
    pub(super) targets: &'a [Target],
    pub(super) total: f64,
    pub(super) messages: Messages,
    pub(super) report: FitReport,
    /// Where the table of each target begins in vectors of all cells.
    starts: Vec<usize>,
    /// Attributes of each table that other tables have too.
    axes: Vec<Vec<Axis>>,
    probabilities: Vec<Vec<f64>>,
    work: Work,
}

/// A point with what is known there.
#[derive(Clone, Default)]
struct Point {
    theta: Vec<f64>,
    gradient: Vec<f64>,
    counts: Vec<f64>,
    value: f64,
}

impl<'a> Fit<'a> {
    pub(super) fn new(network: &'a Network, targets: &'a [Target], total: f64, messages: Messages) -> Self {
        let mut starts = vec![0];
        for target in targets {
            starts.push(starts[starts.len() - 1] + target.counts.len());
        }
        let sets = &network.sets[..targets.len()];
        #[expect(clippy::cast_precision_loss, reason = "numbers of tables")]
        let share = |a: usize| 1.0 / sets.iter().filter(|set| set.contains(&a)).count() as f64;
        let axes = sets.iter().map(|set| {
            let steps = strides(set, set, &network.sizes);
            let axes = set.iter().zip(steps).map(|(&a, step)| Axis { size: network.sizes[a], step, share: share(a) });
            axes.filter(|axis| axis.share < 1.0 && axis.size > 1).collect()
        });
        Self {
            axes: axes.collect(),
            network,
            targets,
            total,
            messages,
            report: FitReport::default(),
            starts,
            probabilities: vec![Vec::new(); targets.len()],
            work: Work::default(),
        }
    }

    fn table<'v>(&self, vector: &'v [f64], table: usize) -> &'v [f64] {
        &vector[self.starts[table]..self.starts[table + 1]]
    }

    /// The counts of the model with these potentials, and the logarithm of its sum.
    fn counts(&mut self, theta: &[f64], counts: &mut Vec<f64>) -> Option<f64> {
        self.report.iterations += 1;
        let tables: Vec<&[f64]> = (0..self.targets.len()).map(|table| self.table(theta, table)).collect();
        let sum = self.network.propagate(&tables, &mut self.messages, &mut self.probabilities, &mut self.work)?;
        counts.clear();
        for table in &self.probabilities {
            counts.extend(table.iter().map(|p| p * self.total));
        }
        (sum.is_finite() && counts.iter().all(|count| count.is_finite())).then_some(sum)
    }

    /// The dual and its gradient.
    fn evaluate(&mut self, theta: Vec<f64>, centre: &[f64], tau: f64) -> Option<Point> {
        let mut point = Point { theta, ..Point::default() };
        let log_sum = self.counts(&point.theta, &mut point.counts)?;
        point.value = self.total * log_sum;
        point.gradient.clear();
        for (table, target) in self.targets.iter().enumerate() {
            let ridge = tau * target.variance;
            let cells = self.table(&point.theta, table).iter().zip(self.table(centre, table));
            let cells = cells.zip(self.table(&point.counts, table)).zip(&target.counts);
            let (mut linear, mut squares) = (0.0, 0.0);
            for (((theta, centre), count), measured) in cells {
                let away = theta - centre;
                linear += theta * measured;
                squares += away * away;
                point.gradient.push(count - measured + ridge * away);
            }
            point.value += 0.5 * ridge * squares - linear;
            if let Some(dead) = &target.dead {
                let from = point.gradient.len() - dead.len();
                for (slope, &dead) in point.gradient[from..].iter_mut().zip(dead) {
                    *slope = if dead { 0.0 } else { *slope };
                }
            }
        }
        point.value.is_finite().then_some(point)
    }

    fn loss(&self, counts: &[f64]) -> f64 {
        let mut loss = 0.0;
        for (table, target) in self.targets.iter().enumerate() {
            let squares: f64 =
                self.table(counts, table).iter().zip(&target.counts).map(|(a, b)| (a - b) * (a - b)).sum();
            loss += 0.5 * squares / target.variance;
        }
        loss
    }

    /// Potentials to start from: those that are known, and for the others the ratio of measured to expected
    /// counts.
    pub(super) fn start(&mut self, known: &[Option<&[f64]>]) -> Vec<f64> {
        let mut theta = vec![0.0; self.starts[self.targets.len()]];
        self.recall(&mut theta, known);
        let mut counts = Vec::new();
        // Single attributes first: what pairs say of them is then known.
        for single in [true, false] {
            let fresh: Vec<usize> = (0..self.targets.len())
                .filter(|&table| known[table].is_none() && (self.network.sets[table].len() == 1) == single)
                .collect();
            if fresh.is_empty() {
                continue;
            }
            if self.counts(&theta, &mut counts).is_none() {
                theta.fill(0.0);
                return theta;
            }
            let before = self.dual_without_ridge(&theta);
            let mut raised = theta.clone();
            for &table in &fresh {
                let target = &self.targets[table];
                let least = 0.02 * target.variance.sqrt() + 1e-9 * self.total;
                let set = &self.network.sets[table];
                let nearest = nearest(target, self.total);
                let expected = self.table(&counts, table);
                let mut ratios: Vec<f64> = nearest
                    .iter()
                    .zip(expected)
                    .map(|(measured, expected)| (measured + least) / (expected + least))
                    .collect();
                // What it says of single attributes is left to the first table that has them.
                for &attribute in set.iter().filter(|_| set.len() > 1) {
                    let first = self.network.sets.iter().position(|other| other.contains(&attribute));
                    if first != Some(table) {
                        let projection = Projection::new(set, &[attribute], &self.network.sizes);
                        let mut sums =
                            [vec![0.0; self.network.sizes[attribute]], vec![0.0; self.network.sizes[attribute]]];
                        projection.sum(&nearest, &mut sums[0]);
                        projection.sum(expected, &mut sums[1]);
                        let ratio: Vec<f64> =
                            sums[0].iter().zip(&sums[1]).map(|(m, e)| (e + least) / (m + least)).collect();
                        projection.multiply(&mut ratios, &ratio);
                    }
                }
                for (cell, ratio) in ratios.iter().enumerate() {
                    if !target.dead.as_ref().is_some_and(|dead| dead[cell]) {
                        raised[self.starts[table] + cell] += ratio.ln();
                    }
                }
            }
            if self.dual_without_ridge(&raised) < before {
                theta = raised;
            }
        }
        theta
    }

    /// Puts the tables that are known into their places.
    pub(super) fn recall(&self, vector: &mut [f64], known: &[Option<&[f64]>]) {
        for (table, known) in known.iter().enumerate() {
            if let Some(known) = known {
                vector[self.starts[table]..self.starts[table + 1]].copy_from_slice(known);
            }
        }
    }

    fn dual_without_ridge(&mut self, theta: &[f64]) -> f64 {
        let mut counts = Vec::new();
        let Some(log_sum) = self.counts(theta, &mut counts) else { return f64::INFINITY };
        let linear: f64 = self
            .targets
            .iter()
            .enumerate()
            .map(|(table, target)| self.table(theta, table).iter().zip(&target.counts).map(|(a, b)| a * b).sum::<f64>())
            .sum();
        self.total * log_sum - linear
    }

    /// Moves what a table says of one attribute alone to the table of that attribute, where there is one: the
    /// model is the same, and no table grows while another one falls.
    pub(super) fn centre(&self, theta: &mut [f64]) {
        let sizes = &self.network.sizes;
        for single in 0..self.targets.len() {
            let [attribute] = self.network.sets[single][..] else { continue };
            for table in 0..self.targets.len() {
                let set = &self.network.sets[table];
                if set.len() < 2 || !contains(set, &[attribute]) {
                    continue;
                }
                let Some(place) = set.iter().position(|&a| a == attribute) else { continue };
                let size = sizes[attribute];
                let after: usize = set[place + 1..].iter().map(|&a| sizes[a]).product();
                let cells = &mut theta[self.starts[table]..self.starts[table + 1]];
                let mut most = vec![f64::NEG_INFINITY; size];
                for (run, cells) in cells.chunks(after).enumerate() {
                    let most = &mut most[run % size];
                    *most = cells.iter().copied().fold(*most, f64::max);
                }
                for (run, cells) in cells.chunks_mut(after).enumerate() {
                    for cell in cells {
                        *cell -= most[run % size];
                    }
                }
                for (cell, most) in theta[self.starts[single]..self.starts[single + 1]].iter_mut().zip(most) {
                    *cell += most;
                }
            }
        }
    }

    /// Goes on from these potentials, drawn to `centre` at first, until nothing is gained, the iterations are
    /// used up, or the deadline has passed. Gives potentials and their last centre; the messages are those of the
    /// potentials.
    pub(super) fn run(
        &mut self,
        mut theta: Vec<f64>,
        mut centre: Vec<f64>,
        options: &FitOptions,
        control: &Control,
    ) -> Result<(Vec<f64>, Vec<f64>), PrivacyError> {
        let logs: f64 = self.targets.iter().map(|target| 0.5 * target.variance.ln()).sum();
        #[expect(clippy::cast_precision_loss, reason = "a number of tables")]
        let deviation = (logs / self.targets.len().max(1) as f64).exp();
        let mut tau = FIRST_PULL / deviation;
        let least = tau * LEAST_PULL;
        let mut counts = Vec::new();
        let mut last = if self.counts(&theta, &mut counts).is_some() { self.loss(&counts) } else { f64::INFINITY };
        self.report.losses.push(last);
        let mut kept = theta.clone();
        while !self.targets.is_empty() {
            let (point, loss, ended) = self.step(theta, &centre, tau, last, options, control)?;
            theta = point.theta;
            if loss > last {
                // The step could not be made well enough: the one before is better.
                theta.clone_from(&kept);
                self.report.converged = !ended && loss - last <= options.tolerance * (ABSOLUTE + loss);
                break;
            }
            self.report.losses.push(loss);
            self.report.converged = !ended && last - loss <= options.tolerance * (ABSOLUTE + loss);
            if ended || self.report.converged {
                break;
            }
            last = loss;
            self.centre(&mut theta);
            kept.clone_from(&theta);
            centre.clone_from(&theta);
            tau = (tau / PULL_SHRINKS).max(least);
            self.fall_on(&mut theta, &point.counts, tau);
        }
        // A trial step may have come last.
        if self.counts(&theta, &mut counts).is_none() {
            theta.fill(0.0);
            self.counts(&theta, &mut counts);
        }
        Ok((theta, centre))
    }

    /// Cells that are nearly empty, and should be emptier, have far to fall in the next step too, which
    /// changes nothing else.
    fn fall_on(&self, theta: &mut [f64], counts: &[f64], tau: f64) {
        for (table, target) in self.targets.iter().enumerate() {
            let ridge = tau * target.variance;
            let range = self.starts[table]..self.starts[table + 1];
            let cells = theta[range.clone()].iter_mut().zip(&counts[range]).zip(&target.counts);
            for ((theta, &count), &measured) in cells {
                if count < 0.1 * ridge && measured < count {
                    *theta += (measured - count) / ridge;
                }
            }
        }
    }

    /// One proximal step: the point that it ends at, its loss, and whether the fit has to end there; then it is
    /// the point of least loss.
    fn step(
        &mut self,
        theta: Vec<f64>,
        centre: &[f64],
        tau: f64,
        last: f64,
        options: &FitOptions,
        control: &Control,
    ) -> Result<(Point, f64, bool), PrivacyError> {
        let Some(mut point) = self.evaluate(theta, centre, tau) else {
            let mut point = Point { theta: vec![0.0; centre.len()], ..Point::default() };
            self.counts(&point.theta.clone(), &mut point.counts);
            let loss = self.loss(&point.counts);
            return Ok((point, loss, true));
        };
        let mut best = (self.loss(&point.counts), point.theta.clone());
        // What noise alone would leave.
        #[expect(clippy::cast_precision_loss, reason = "a number of cells")]
        let noise = 0.5 * point.theta.len() as f64;
        let mut scale = 1.0;
        let mut pairs: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
        loop {
            let loss = self.loss(&point.counts);
            if loss < best.0 {
                best.0 = loss;
                best.1.clone_from(&point.theta);
            }
            let late = match control.stopped() {
                Some(StopReason::Deadline) => true,
                Some(reason) => return Err(PrivacyError::Cancelled(reason)),
                None => self.report.iterations >= options.iterations,
            };
            if late {
                point.theta = best.1;
                return Ok((point, best.0, true));
            }
            control.report("fitting the model", self.report.iterations.into(), Some(options.iterations.into()));
            let curvature = self.curvature(&point, centre, tau);
            let direction = self.direction(&point.gradient, &curvature, scale, &pairs);
            let slope: f64 = direction.iter().zip(&point.gradient).map(|(d, g)| d * g).sum();
            // What is left to gain, tau times that in units of the loss.
            let enough = options.tolerance * (ABSOLUTE + best.0.min(noise));
            let gain = -slope * tau;
            // An exact step would not raise the loss.
            if gain <= enough && (loss <= last || gain <= 1e-4 * enough) {
                return Ok((point, loss, false));
            }
            let mut length = 1.0;
            let next = loop {
                let theta = point.theta.iter().zip(&direction).map(|(theta, d)| theta + length * d).collect();
                let next = self.evaluate(theta, centre, tau);
                match next {
                    Some(next) if next.value <= point.value + 1e-4 * length * slope => break Some(next),
                    _ if length < 1e-6 || self.report.iterations >= options.iterations => break None,
                    Some(next) => {
                        // The least of the parabola through both values.
                        let least = -slope * length * length / (2.0 * (next.value - point.value - slope * length));
                        length = least.clamp(0.1 * length, 0.5 * length);
                    }
                    None => length *= 0.25,
                }
            };
            let Some(next) = next else {
                if self.report.iterations < options.iterations {
                    return Ok((point, loss, false));
                }
                continue;
            };
            let moved: Vec<f64> = next.theta.iter().zip(&point.theta).map(|(new, old)| new - old).collect();
            let turned: Vec<f64> = next.gradient.iter().zip(&point.gradient).map(|(new, old)| new - old).collect();
            let along: f64 = moved.iter().zip(&turned).map(|(a, b)| a * b).sum();
            if along > 0.0 {
                let mut scaled = turned.clone();
                self.precondition(&mut scaled, &curvature);
                scale = along / dot(&turned, &scaled);
                pairs.push_back((moved, turned, 1.0 / along));
                if pairs.len() > MEMORY {
                    pairs.pop_front();
                }
            }
            point = next;
        }
    }

    /// Where to go from a gradient (Nocedal 1980).
    fn direction(
        &self,
        gradient: &[f64],
        curvature: &[f64],
        scale: f64,
        pairs: &VecDeque<(Vec<f64>, Vec<f64>, f64)>,
    ) -> Vec<f64> {
        let mut direction: Vec<f64> = gradient.iter().map(|slope| -slope).collect();
        let mut shares = Vec::with_capacity(pairs.len());
        for (moved, turned, inverse) in pairs.iter().rev() {
            let share = inverse * dot(moved, &direction);
            direction.iter_mut().zip(turned).for_each(|(d, t)| *d -= share * t);
            shares.push(share);
        }
        self.precondition(&mut direction, curvature);
        factor::scale(&mut direction, scale);
        for ((moved, turned, inverse), share) in pairs.iter().zip(shares.into_iter().rev()) {
            let back = share - inverse * dot(turned, &direction);
            direction.iter_mut().zip(moved).for_each(|(d, m)| *d += back * m);
        }
        direction
    }

    /// The curvature of each cell between where it is and where it would go if it were alone.
    fn curvature(&self, point: &Point, centre: &[f64], tau: f64) -> Vec<f64> {
        let mut curvature = Vec::with_capacity(point.theta.len());
        for (table, target) in self.targets.iter().enumerate() {
            let ridge = tau * target.variance;
            let cells = self.table(&point.counts, table).iter().zip(&target.counts);
            let cells = cells.zip(self.table(&point.theta, table)).zip(self.table(centre, table));
            curvature.extend(cells.map(|(((&count, &measured), theta), centre)| {
                secant(count, measured - ridge * (theta - centre), ridge)
            }));
        }
        curvature
    }

    /// Divides by the curvature, and by the number of tables of an attribute what is said of it alone: each
    /// of them would correct it in full.
    fn precondition(&self, vector: &mut [f64], curvature: &[f64]) {
        vector.iter_mut().zip(curvature).for_each(|(v, c)| *v /= c);
        for (table, axes) in self.axes.iter().enumerate() {
            let range = self.starts[table]..self.starts[table + 1];
            let (cells, weights) = (&mut vector[range.clone()], &curvature[range]);
            let Some((middle, outer)) = axes.split_last() else { continue };
            for axis in outer {
                axis.damp(cells, weights, axis.share.sqrt());
            }
            middle.damp(cells, weights, middle.share);
            for axis in outer.iter().rev() {
                axis.damp(cells, weights, axis.share.sqrt());
            }
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The nearest table without negative cells, of the same total: a constant less in every cell, and 0 at the least.
fn nearest(target: &Target, total: f64) -> Vec<f64> {
    let dead = target.dead.as_deref().unwrap_or(&[]);
    let alive = target.counts.iter().enumerate().filter(|(cell, _)| !dead.get(*cell).is_some_and(|&dead| dead));
    let mut sorted: Vec<f64> = alive.map(|(_, &count)| count).collect();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let (mut sum, mut many, mut less) = (0.0, 0.0, 0.0);
    for count in sorted {
        sum += count;
        many += 1.0;
        if count * many > sum - total {
            less = (sum - total) / many;
        }
    }
    target.counts.iter().map(|count| (count - less).max(0.0)).collect()
}

/// One attribute of a table.
#[derive(Debug, Clone, Copy)]
struct Axis {
    size: usize,
    /// Cells between neighbours.
    step: usize,
    /// One over the number of tables that have the attribute.
    share: f64,
}

impl Axis {
    /// Multiplies the weighted mean over all other attributes by `share`, and leaves the differences from it.
    fn damp(self, cells: &mut [f64], weights: &[f64], share: f64) {
        let mut sums = vec![(0.0, 0.0); self.size];
        for (run, (cells, weights)) in cells.chunks(self.step).zip(weights.chunks(self.step)).enumerate() {
            let sum = &mut sums[run % self.size];
            for (cell, weight) in cells.iter().zip(weights) {
                sum.0 += cell * weight;
                sum.1 += weight;
            }
        }
        for (run, cells) in cells.chunks_mut(self.step).enumerate() {
            let (sum, weight) = sums[run % self.size];
            let less = (1.0 - share) * sum / weight;
            for cell in cells {
                *cell -= less;
            }
        }
    }
}

/// g / (x* - 0), where g = count - measured and x* solves count exp(x) - measured + ridge x = 0.
fn secant(count: f64, measured: f64, ridge: f64) -> f64 {
    let gap = measured - count;
    if gap.abs() <= 1e-3 * (count + ridge) {
        return count + ridge;
    }
    // Newton from the side where it does not overshoot: the function is convex and rises.
    let mut x = if gap > 0.0 && measured > 0.0 {
        let alone = (measured / count.max(1e-300)).ln();
        alone.min(gap / ridge)
    } else {
        gap / (count + ridge)
    };
    for _ in 0..20 {
        let grown = count * x.exp();
        let step = (grown - measured + ridge * x) / (grown + ridge);
        x -= step;
        if step.abs() <= 0.05 * x.abs() {
            break;
        }
    }
    (gap / x).max(ridge)
}
