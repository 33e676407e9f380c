//! The numbers of unseen persons at which the posterior is computed.

use super::options::BmaGrid;
use super::weights::{Functions, Range, Term};
use super::{NEGLIGIBLE, real};
use crate::mse::error::MseError;
use ctdata_table::Control;
use std::rc::Rc;

/// Points, each of which stands for a run of unseen numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Grid {
    /// The points, rising.
    pub(super) points: Vec<f64>,
    /// The weight of each: how many numbers it stands for, half of them to each side.
    pub(super) widths: Vec<f64>,
    /// Whether the numbers between the points count as well, or the points alone.
    pub(super) fills: bool,
    /// Where the grid ends.
    pub(super) end: f64,
}

/// The largest product of slope and width of a block of numbers where most of the mass is. The sum over a block is
/// then off by a relative 1e-6 at most, and mostly by far less, since errors on both sides of a peak cancel.
const FINEST: f64 = 1.0 / 256.0;

/// The same where there is hardly any mass: relative errors of 1e-3.
const COARSEST: f64 = 1.0 / 8.0;

/// From here on blocks are not divided further; the finest grids of real tables have some thousand.
const MOST_BLOCKS: usize = 1 << 20;

/// Nor from here on, in graphs that blocks of the same width still have to look at.
const MOST_HELD: usize = 1 << 25;

/// A graph with less than e^−36 of the largest known mass in a block is not divided further for.
const SETTLED: f64 = 36.0;

impl Grid {
    pub(super) fn integers(from: u64, to: u64) -> Self {
        let points: Vec<f64> = (from..=to).map(real).collect();
        Self { widths: vec![1.0; points.len()], points, fills: true, end: real(to) }
    }

    pub(super) fn equidistant(from: u64, to: u64, points: usize) -> Self {
        let (from, to, last) = (real(from), real(to), real(points as u64 - 1));
        let step = (to - from) / last;
        let points: Vec<f64> = (0..points as u64).map(|point| from + real(point) * (to - from) / last).collect();
        Self { widths: vec![step; points.len()], points, fills: false, end: to }
    }

    /// A given grid, or `None` for [`BmaGrid::Adaptive`].
    pub(super) fn given(grid: BmaGrid) -> Option<Self> {
        match grid {
            BmaGrid::Adaptive => None,
            BmaGrid::Integers { from, to } => Some(Self::integers(from, to)),
            BmaGrid::Points { from, to, points } => Some(Self::equidistant(from, to, points)),
        }
    }

    /// The first of the numbers that a point stands for.
    pub(super) fn start_of(&self, place: usize) -> f64 {
        let at = |values: &[f64]| values.get(place).copied().unwrap_or_default();
        if self.fills { at(&self.points) - 0.5 * (at(&self.widths) - 1.0) } else { at(&self.points) }
    }

    /// Divides the numbers from 0 to `most` until no weight changes much within a block. Blocks where even the bounds
    /// of all weights are [`NEGLIGIBLE`] are left out.
    ///
    /// # Errors
    /// When cancelled.
    pub(super) fn adaptive(
        functions: &Functions,
        terms: &[Term],
        most: u64,
        control: &Control,
    ) -> Result<Self, MseError> {
        let all: Rc<[u16]> = (0..=u16::MAX).take(terms.len()).collect();
        let mut blocks = Vec::new();
        let mut from = 0;
        while from <= most {
            let width = from.max(1).min(most - from + 1);
            blocks.push(Block { from, width, graphs: Rc::clone(&all), others: f64::NEG_INFINITY });
            from += width;
        }
        let mut best = Best { mass: f64::NEG_INFINITY, per_scale: f64::NEG_INFINITY };
        let mut done = Vec::new();
        while !blocks.is_empty() {
            let mut parts = Vec::with_capacity(2 * blocks.len());
            let mut held = 0;
            for block in blocks {
                control.check()?;
                match block.judge(functions, terms, &mut best) {
                    Verdict::Negligible => {}
                    Verdict::Divide(halves) if done.len() + parts.len() < MOST_BLOCKS && held < MOST_HELD => {
                        held += halves[0].graphs.len();
                        parts.extend(halves);
                    }
                    Verdict::Divide(_) | Verdict::Fine => done.push((block.from, block.width)),
                }
            }
            blocks = parts;
        }
        done.sort_unstable();
        let middle = |(from, width): &(u64, u64)| real(*from) + 0.5 * (real(*width) - 1.0);
        Ok(Self {
            points: done.iter().map(middle).collect(),
            widths: done.iter().map(|(_, width)| real(*width)).collect(),
            fills: true,
            end: done.last().map_or(0.0, |(from, width)| real(from + width - 1)),
        })
    }
}

/// What is known so far of the largest masses, as logarithms.
#[derive(Debug)]
struct Best {
    /// No block and graph is known to have more.
    mass: f64,
    /// Of the weight times the size of the number: about the mass per order of magnitude.
    per_scale: f64,
}

/// Numbers that follow each other, and the graphs that may change too much among them.
#[derive(Debug)]
struct Block {
    from: u64,
    width: u64,
    graphs: Rc<[u16]>,
    /// The logarithm of what the weight of any other graph is at most.
    others: f64,
}

#[derive(Debug)]
enum Verdict {
    Negligible,
    Fine,
    Divide([Block; 2]),
}

impl Block {
    /// A graph that does not change too much in a block does not do so in its halves either, and one with hardly any
    /// mass in a block has no more in its halves: only the others are looked at again.
    fn judge(&self, functions: &Functions, terms: &[Term], best: &mut Best) -> Verdict {
        let (from, width) = (real(self.from), real(self.width));
        let range = Range::of(functions, from, from + width - 1.0);
        let (room, scale) = (width.ln(), (from + 0.5 * width).ln());
        let (mut others, mut most) = (self.others, self.others);
        let mut changing = Vec::with_capacity(self.graphs.len());
        for &graph in self.graphs.iter() {
            let Some(term) = terms.get(usize::from(graph)) else { continue };
            let bound = range.bound(term);
            best.mass = best.mass.max(bound.least + room);
            best.per_scale = best.per_scale.max(bound.middle + scale);
            most = most.max(bound.most);
            let [low, high] = bound.slopes;
            // The second part bounds the bend of the weight within the block.
            let change = width * high.max(-low).max(4.0 * (high - low));
            let below = (best.per_scale - bound.most - scale).max(0.0);
            if self.width == 1
                || bound.most + room < best.mass - SETTLED
                || change <= (FINEST * (0.25 * below).exp()).min(COARSEST)
            {
                others = others.max(bound.most);
            } else {
                changing.push(graph);
            }
        }
        // There are at most 2^21 blocks before others are divided and 2^15 graphs, which is below e^26.
        if most + room < best.mass - (NEGLIGIBLE + 26.0) {
            Verdict::Negligible
        } else if changing.is_empty() {
            Verdict::Fine
        } else {
            Verdict::Divide(self.halves(&changing.into(), others))
        }
    }

    fn halves(&self, graphs: &Rc<[u16]>, others: f64) -> [Self; 2] {
        let half = self.width / 2;
        let part = |from, width| Self { from, width, graphs: Rc::clone(graphs), others };
        [part(self.from, half), part(self.from + half, self.width - half)]
    }
}
