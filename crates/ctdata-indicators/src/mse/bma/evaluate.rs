//! The posterior on a grid: all graphs at all points.
//!
//! The grid is worked through in runs of [`LANES`] points. In a run a graph is a sum of a few rows, one per clique
//! and separator, and one exponential per point; graphs whose weights are negligible in the run are passed over.

#![expect(
    clippy::indexing_slicing,
    reason = "rows of a run, indexed by sets of six lists; runs and graphs are taken from the vectors indexed"
)]

use super::grid::Grid;
use super::log_gamma::exp_all;
use super::weights::{Functions, Range, SETS, Term};
use super::{NEGLIGIBLE, real};
use crate::mse::error::MseError;
use crate::mse::parallel::try_map;
use ctdata_table::Control;
use std::ops::Range as Span;
use std::sync::atomic::{AtomicU64, Ordering};

/// Points of a run.
const LANES: usize = 64;

/// The grid is divided into so many parts, whatever the number of threads, and what they hold is added in order.
const PARTS: usize = 32;

type Row = [f64; LANES];

/// A posterior, not yet divided by its sum.
#[derive(Debug, Clone)]
pub(super) struct Posterior {
    /// By point of the grid, over all graphs.
    pub(super) points: Vec<f64>,
    /// By graph, over all points.
    pub(super) graphs: Vec<f64>,
    pub(super) scale: Scale,
}

/// How large weights are, as logarithms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// The largest, of all graphs and points: what all weights are divided by.
    best: f64,
    /// What a graph may have in a run and be passed over. All that is passed over is [`NEGLIGIBLE`].
    negligible: f64,
}

/// All graphs on a grid.
///
/// # Errors
/// When cancelled.
pub(super) fn posterior(
    functions: &Functions,
    terms: &[Term],
    grid: &Grid,
    control: &Control,
) -> Result<Posterior, MseError> {
    let runs = runs(grid);
    let scale = scale(functions, terms, grid, &runs, control)?;
    let per_part = runs.len().div_ceil(PARTS).max(1);
    let parts: Vec<&[Span<usize>]> = runs.chunks(per_part).collect();
    let done = AtomicU64::new(0);
    let sums = try_map(&parts, |part| {
        let mut points = Vec::with_capacity(per_part * LANES);
        let mut graphs = vec![0.0; terms.len()];
        let mut rows = Rows::default();
        for run in *part {
            control.check()?;
            let Some(range) = range_of(functions, grid, run) else { continue };
            rows.fill(functions, grid, run, scale.best);
            let mut total = [0.0; LANES];
            for (term, sum) in terms.iter().zip(&mut graphs) {
                if range.bound(term).most + rows.room < scale.negligible {
                    continue;
                }
                let weights = rows.weights(term);
                for (total, weight) in total.iter_mut().zip(&weights) {
                    *total += weight;
                }
                *sum += sum_of(&weights);
            }
            points.extend_from_slice(&total[..run.len()]);
        }
        control.report("averaging over graphs", done.fetch_add(1, Ordering::Relaxed) + 1, Some(parts.len() as u64));
        Ok((points, graphs))
    })?;
    let mut posterior =
        Posterior { points: Vec::with_capacity(grid.points.len()), graphs: vec![0.0; terms.len()], scale };
    for (points, graphs) in sums {
        posterior.points.extend(points);
        for (sum, more) in posterior.graphs.iter_mut().zip(graphs) {
            *sum += more;
        }
    }
    Ok(posterior)
}

/// One vector over the grid for each of some graphs, on the scale of a [`Posterior`].
///
/// # Errors
/// When cancelled.
pub(super) fn of_graphs(
    functions: &Functions,
    terms: &[&Term],
    grid: &Grid,
    scale: Scale,
    control: &Control,
) -> Result<Vec<Vec<f64>>, MseError> {
    let mut masses: Vec<Vec<f64>> = vec![Vec::with_capacity(grid.points.len()); terms.len()];
    let mut rows = Rows::default();
    for run in runs(grid) {
        control.check()?;
        let Some(range) = range_of(functions, grid, &run) else { continue };
        let room = room(grid, &run);
        let matters = |term: &Term| range.bound(term).most + room >= scale.negligible;
        let filled = terms.iter().any(|term| matters(term));
        if filled {
            rows.fill(functions, grid, &run, scale.best);
        }
        for (term, masses) in terms.iter().zip(&mut masses) {
            let weights = if filled && matters(term) { rows.weights(term) } else { [0.0; LANES] };
            masses.extend_from_slice(&weights[..run.len()]);
        }
    }
    Ok(masses)
}

fn runs(grid: &Grid) -> Vec<Span<usize>> {
    let points = grid.points.len();
    (0..points).step_by(LANES).map(|start| start..points.min(start + LANES)).collect()
}

fn range_of(functions: &Functions, grid: &Grid, run: &Span<usize>) -> Option<Range> {
    let points = grid.points.get(run.clone())?;
    Some(Range::of(functions, *points.first()?, *points.last()?))
}

/// The logarithm of how many numbers a run stands for.
fn room(grid: &Grid, run: &Span<usize>) -> f64 {
    grid.widths[run.clone()].iter().sum::<f64>().ln()
}

/// Bounds of each run give a sum that the posterior has at least, and the largest weight: runs are searched in the
/// order of their bounds until no other can hold a larger one.
fn scale(
    functions: &Functions,
    terms: &[Term],
    grid: &Grid,
    runs: &[Span<usize>],
    control: &Control,
) -> Result<Scale, MseError> {
    let none = f64::NEG_INFINITY;
    let bounds = try_map(runs, |run| {
        control.check()?;
        let Some(range) = range_of(functions, grid, run) else { return Ok([none, none]) };
        let bounds = terms.iter().map(|term| range.bound(term));
        let [most, least] =
            bounds.fold([none, none], |[most, least], bound| [most.max(bound.most), least.max(bound.least)]);
        let width = grid.widths[run.clone()].iter().copied().fold(0.0, f64::max);
        Ok([most + width.ln(), least + room(grid, run)])
    })?;
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by(|one, other| bounds[*other][0].total_cmp(&bounds[*one][0]));
    let mut best = none;
    for place in order {
        control.check()?;
        if bounds[place][0] <= best {
            break;
        }
        for point in runs[place].clone() {
            let values = functions.values(grid.points[point]);
            let weight = terms.iter().map(|term| term.value(&values)).fold(none, f64::max);
            best = best.max(weight + grid.widths[point].ln());
        }
    }
    // The one largest weight is a bound as well; a bound of one run can only be larger by rounding.
    let at_least = bounds.iter().map(|[_, least]| (least - best).min(100.0).exp()).sum::<f64>().max(1.0);
    let chances = real(runs.len() as u64) * real(terms.len() as u64);
    Ok(Scale { best, negligible: best + at_least.ln() - chances.ln() - NEGLIGIBLE })
}

/// The functions of the weights at the points of a run.
#[derive(Debug)]
struct Rows {
    /// By set of lists; at no list what all graphs share, with the width of each point, less the best.
    rows: Vec<Row>,
    /// The logarithm of how many numbers the run stands for.
    room: f64,
}

impl Default for Rows {
    fn default() -> Self {
        Self { rows: vec![[0.0; LANES]; SETS], room: 0.0 }
    }
}

impl Rows {
    fn fill(&mut self, functions: &Functions, grid: &Grid, run: &Span<usize>, best: f64) {
        for (lane, point) in run.clone().enumerate() {
            let values = functions.values(grid.points[point]);
            for (row, value) in self.rows.iter_mut().zip(&values) {
                row[lane] = *value;
            }
            self.rows[0][lane] += grid.widths[point].ln() - best;
        }
        // Lanes without a point repeat the last one, with no weight.
        for row in &mut self.rows {
            let last = row[run.len() - 1];
            row[run.len()..].fill(last);
        }
        self.rows[0][run.len()..].fill(f64::NEG_INFINITY);
        self.room = room(grid, run);
    }

    /// The weights of a graph at the points of the run, over the largest of all.
    fn weights(&self, term: &Term) -> Row {
        let mut weights = self.rows[0];
        for weight in &mut weights {
            *weight += term.constant;
        }
        for set in term.cliques() {
            for (weight, value) in weights.iter_mut().zip(&self.rows[usize::from(*set)]) {
                *weight += value;
            }
        }
        for set in term.separators() {
            for (weight, value) in weights.iter_mut().zip(&self.rows[usize::from(*set)]) {
                *weight -= value;
            }
        }
        exp_all(&mut weights);
        weights
    }
}

/// The sum of a row, by eight partial sums so that the compiler may use vectors.
fn sum_of(row: &Row) -> f64 {
    let mut sums = [0.0; 8];
    for part in row.chunks_exact(8) {
        for (sum, value) in sums.iter_mut().zip(part) {
            *sum += value;
        }
    }
    sums.iter().sum()
}
