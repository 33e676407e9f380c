//! The remaining point that is farthest from a centre that moves little by little.
//!
//! When the centre moves by m, no distance to it grows by more than m. So a distance measured once bounds all
//! later ones, less what the centre moved in the meantime; only points whose bound reaches the best
//! distance found are measured again. MDAV eats a ball from the outside, where box bounds prune badly
//! and few points come near the largest distance.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::remaining::Remaining;

/// Bounds are rounded; this many grid steps more than covers it. It costs a few measurements, never a wrong
/// answer.
const SLACK: f64 = 1.0;

/// Points by the largest distance that they may have.
#[derive(Debug)]
pub(super) struct Outermost {
    bounds: BinaryHeap<Bound>,
    /// How far the centre has moved since the start, step by step.
    moved: f64,
    centre: Vec<f64>,
    measured: Vec<Bound>,
}

/// A distance when it was measured, less what the centre had moved by then.
#[derive(Debug, Clone, Copy)]
struct Bound {
    key: f64,
    point: u32,
}

impl Outermost {
    pub(super) fn new(remaining: &Remaining<'_>, centre: &[f64]) -> Self {
        let bound = |(point, _)| Bound { key: remaining.distance(point, centre).sqrt(), point };
        Self {
            bounds: remaining.all().into_iter().map(bound).collect(),
            moved: 0.0,
            centre: centre.to_vec(),
            measured: Vec::new(),
        }
    }

    /// The remaining point that is farthest from the centre, which is here now; the first one among equals.
    pub(super) fn farthest(&mut self, remaining: &Remaining<'_>, centre: &[f64]) -> Option<u32> {
        let step: f64 = self.centre.iter().zip(centre).map(|(old, new)| (old - new) * (old - new)).sum();
        self.moved += step.sqrt();
        self.centre.clear();
        self.centre.extend_from_slice(centre);
        let mut best: Option<(f64, u32)> = None;
        while let Some(&top) = self.bounds.peek() {
            let most = top.key + self.moved + SLACK;
            if best.is_some_and(|(distance, _)| most * most < distance) {
                break;
            }
            self.bounds.pop();
            if !remaining.has(top.point) {
                continue;
            }
            let distance = remaining.distance(top.point, centre);
            if best.is_none_or(|(far, point)| distance > far || (distance >= far && top.point < point)) {
                best = Some((distance, top.point));
            }
            self.measured.push(Bound { key: distance.sqrt() - self.moved, point: top.point });
        }
        self.bounds.extend(self.measured.drain(..));
        best.map(|(_, point)| point)
    }
}

impl PartialEq for Bound {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Bound {}

impl PartialOrd for Bound {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Bound {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.total_cmp(&other.key).then(other.point.cmp(&self.point))
    }
}
