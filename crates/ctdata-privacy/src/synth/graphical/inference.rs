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
use super::factor::{Projection, contains};
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
    /// Steps of the proximal method. The first draws all potentials to 0, so that noise does not carry them away: it
    /// is enough for counts with noise. More reach the least loss.
    pub(crate) steps: u32,
}

/// Pairs of steps and changes of the gradient that are kept.
const MEMORY: usize = 10;
/// In the first step a cell is drawn by that share of its standard deviation per unit of its potential.
const FIRST_RIDGE: f64 = 0.3;
/// tau times the largest standard deviation, at first.
const FIRST_PULL: f64 = 0.1;
/// tau is divided by this from step to step.
const PULL_SHRINKS: f64 = 4.0;
/// And not less than this share of the first.
const LEAST_PULL: f64 = 1.0 / 64.0;

/// What was measured of one set, in the order of the network's tables.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Counts that add up to the total, 0 in cells that cannot exist.
    pub(super) counts: Vec<f64>,
    pub(super) variance: f64,
    /// Cells that cannot exist, if there are any.
    pub(super) dead: Option<Vec<bool>>,
}

/// How strongly a proximal step draws potentials to its centre.
#[derive(Debug, Clone, Copy)]
struct Pull {
    /// tau.
    scale: f64,
    /// In the first step, which may be the only one, each table is drawn by its own noise: by so much that noise
    /// alone moves a potential by a few units, whatever the noise of other tables.
    once: bool,
}

impl Pull {
    fn ridge(self, variance: f64) -> f64 {
        if self.once { FIRST_RIDGE * variance.sqrt() } else { self.scale * variance }
    }
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
        Self {
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
        sum.is_finite().then_some(sum)
    }

    /// The dual and its gradient.
    fn evaluate(&mut self, theta: Vec<f64>, centre: &[f64], pull: Pull) -> Option<Point> {
        let mut point = Point { theta, ..Point::default() };
        let log_sum = self.counts(&point.theta, &mut point.counts)?;
        point.value = self.total * log_sum;
        point.gradient.clear();
        for (table, target) in self.targets.iter().enumerate() {
            let ridge = pull.ridge(target.variance);
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

    /// Potentials to start from: those that are known; for other single attributes the ratio of measured to expected
    /// counts; 0 for other sets, since many that overlap would each correct the same difference.
    pub(super) fn start(&mut self, known: Vec<Option<&[f64]>>) -> Vec<f64> {
        let size = self.starts[self.targets.len()];
        let mut theta = vec![0.0; size];
        for (table, known) in known.iter().enumerate() {
            if let Some(known) = known {
                theta[self.starts[table]..self.starts[table + 1]].copy_from_slice(known);
            }
        }
        let mut counts = Vec::new();
        let fresh: Vec<usize> = (0..self.targets.len())
            .filter(|&table| known[table].is_none() && self.network.sets[table].len() == 1)
            .collect();
        if fresh.is_empty() || self.counts(&theta, &mut counts).is_none() {
            return theta;
        }
        let before = self.dual_without_ridge(&theta);
        let mut raised = theta.clone();
        for &table in &fresh {
            let target = &self.targets[table];
            let least = 0.5 * target.variance.sqrt() + 1e-9 * self.total;
            let expected = self.table(&counts, table).iter();
            let cells = target.counts.iter().zip(expected).enumerate();
            for (cell, (measured, expected)) in cells {
                if !target.dead.as_ref().is_some_and(|dead| dead[cell]) {
                    raised[self.starts[table] + cell] += ((measured.max(0.0) + least) / (expected + least)).ln();
                }
            }
        }
        if self.dual_without_ridge(&raised) < before { raised } else { theta }
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
                    cells.iter_mut().for_each(|cell| *cell -= most[run % size]);
                }
                for (cell, most) in theta[self.starts[single]..self.starts[single + 1]].iter_mut().zip(most) {
                    *cell += most;
                }
            }
        }
    }

    /// Goes on from these potentials until nothing is gained, the iterations are used up, or the deadline
    /// has passed; the messages are those of the potentials that are returned.
    pub(super) fn run(
        &mut self,
        mut theta: Vec<f64>,
        options: &FitOptions,
        control: &Control,
    ) -> Result<Vec<f64>, PrivacyError> {
        let deviation = self.targets.iter().map(|target| target.variance.sqrt()).fold(0.0, f64::max);
        let first = FIRST_PULL / deviation.max(f64::MIN_POSITIVE);
        let mut pull = Pull { scale: first, once: true };
        let mut last = f64::INFINITY;
        while !self.targets.is_empty() {
            let centre = if self.report.losses.is_empty() {
                vec![0.0; theta.len()]
            } else {
                self.centre(&mut theta);
                theta.clone()
            };
            let (point, ended) = self.step(theta, &centre, pull, last, options, control)?;
            let loss = self.loss(&point.counts);
            self.report.losses.push(loss);
            theta = point.theta;
            if ended || self.report.losses.len() as u64 >= u64::from(options.steps) {
                break;
            }
            if last - loss <= options.tolerance * (1.0 + loss) {
                self.report.converged = true;
                break;
            }
            last = loss;
            pull = Pull { scale: (pull.scale / PULL_SHRINKS).max(first * LEAST_PULL), once: false };
        }
        // A trial step may have come last.
        let mut counts = Vec::new();
        if self.counts(&theta, &mut counts).is_none() {
            theta.fill(0.0);
            self.counts(&theta, &mut counts);
        }
        Ok(theta)
    }

    /// One proximal step: the point that it ends at, and whether the fit has to end there.
    fn step(
        &mut self,
        theta: Vec<f64>,
        centre: &[f64],
        pull: Pull,
        last: f64,
        options: &FitOptions,
        control: &Control,
    ) -> Result<(Point, bool), PrivacyError> {
        let Some(mut point) = self.evaluate(theta, centre, pull) else {
            let mut point = Point { theta: vec![0.0; centre.len()], ..Point::default() };
            self.counts(&point.theta.clone(), &mut point.counts);
            return Ok((point, true));
        };
        // How often a cell is counted: one table alone can go a whole step.
        let sets = &self.network.sets[..self.targets.len()];
        let shared = self.network.sizes.iter().enumerate();
        let overlap = shared.map(|(a, _)| sets.iter().filter(|set| set.contains(&a)).count()).max().unwrap_or(1).max(1);
        #[expect(clippy::cast_precision_loss, reason = "a factor")]
        let mut scale = 1.0 / overlap as f64;
        let mut pairs: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
        loop {
            match control.stopped() {
                Some(StopReason::Deadline) => return Ok((point, true)),
                Some(reason) => return Err(PrivacyError::Cancelled(reason)),
                None if self.report.iterations >= options.iterations => return Ok((point, true)),
                None => {}
            }
            control.report("fitting the model", self.report.iterations.into(), Some(options.iterations.into()));
            let curvature = self.curvature(&point, pull);
            let direction = direction(&point.gradient, &curvature, scale, &pairs);
            let slope: f64 = direction.iter().zip(&point.gradient).map(|(d, g)| d * g).sum();
            // The dual is tau times as large as the loss.
            let known = if last.is_finite() { last } else { 0.0 };
            if -slope * pull.scale <= 0.1 * options.tolerance * (1.0 + known) {
                return Ok((point, false));
            }
            let mut length = 1.0;
            let next = loop {
                let theta = point.theta.iter().zip(&direction).map(|(theta, d)| theta + length * d).collect();
                let next = self.evaluate(theta, centre, pull);
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
            let Some(next) = next else { return Ok((point, self.report.iterations >= options.iterations)) };
            let moved: Vec<f64> = next.theta.iter().zip(&point.theta).map(|(new, old)| new - old).collect();
            let turned: Vec<f64> = next.gradient.iter().zip(&point.gradient).map(|(new, old)| new - old).collect();
            let along: f64 = moved.iter().zip(&turned).map(|(a, b)| a * b).sum();
            if along > 0.0 {
                let scaled: f64 = turned.iter().zip(&curvature).map(|(t, c)| t * t / c).sum();
                scale = along / scaled;
                pairs.push_back((moved, turned, 1.0 / along));
                if pairs.len() > MEMORY {
                    pairs.pop_front();
                }
            }
            point = next;
        }
    }

    /// The diagonal of the curvature, or more where a full step would go too far.
    fn curvature(&self, point: &Point, pull: Pull) -> Vec<f64> {
        let mut curvature = Vec::with_capacity(point.theta.len());
        for (table, target) in self.targets.iter().enumerate() {
            let ridge = pull.ridge(target.variance);
            let cells = self.table(&point.counts, table).iter().zip(&target.counts);
            curvature.extend(cells.map(|(count, measured)| count.max(*measured) + ridge));
        }
        curvature
    }
}

/// Where to go from a gradient (Nocedal 1980).
fn direction(gradient: &[f64], curvature: &[f64], scale: f64, pairs: &VecDeque<(Vec<f64>, Vec<f64>, f64)>) -> Vec<f64> {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut direction: Vec<f64> = gradient.iter().map(|slope| -slope).collect();
    let mut shares = Vec::with_capacity(pairs.len());
    for (moved, turned, inverse) in pairs.iter().rev() {
        let share = inverse * dot(moved, &direction);
        direction.iter_mut().zip(turned).for_each(|(d, t)| *d -= share * t);
        shares.push(share);
    }
    direction.iter_mut().zip(curvature).for_each(|(d, c)| *d *= scale / c);
    for ((moved, turned, inverse), share) in pairs.iter().zip(shares.into_iter().rev()) {
        let back = share - inverse * dot(turned, &direction);
        direction.iter_mut().zip(moved).for_each(|(d, m)| *d += back * m);
    }
    direction
}

/// Which cells of a set cannot exist by what is said of a part of it.
pub(super) fn spread(set: &[usize], part: &[usize], cells: &[bool], sizes: &[usize]) -> Vec<f64> {
    let mut possible = vec![1.0; super::factor::cells(set, sizes)];
    let factor: Vec<f64> = cells.iter().map(|&impossible| if impossible { 0.0 } else { 1.0 }).collect();
    Projection::new(set, part, sizes).multiply(&mut possible, &factor);
    possible
}
