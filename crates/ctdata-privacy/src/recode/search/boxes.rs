//! The optimal search for all other problems: lattices too large to be listed, models that are not
//! monotone, metrics whose bounds are weak.
//!
//! The lattice is a box of nodes between a lowest and a highest one. The box of the lowest bound is
//! taken, some nodes from its lowest one up to a node f are settled at once, and what remains is
//! split into boxes that do not overlap. The bounds of the boxes at hand bound everything that is not
//! settled.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::greedy::{self, Seen, is_below};
use super::searcher::{Searcher, Stop};
use crate::recode::lattice::with_level;
use crate::recode::metric::Score;

/// All nodes between two.
struct Box {
    bound: Score,
    low: Vec<u16>,
    high: Vec<u16>,
}

impl PartialEq for Box {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Box {}

impl PartialOrd for Box {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Box {
    /// The box of the lowest bound is the greatest; among equal ones that with the first node.
    fn cmp(&self, other: &Self) -> Ordering {
        other.bound.compare(&self.bound).then_with(|| other.low.cmp(&self.low))
    }
}

pub(super) fn run(searcher: &mut Searcher<'_>) -> Result<(), Stop> {
    let lattice = searcher.lattice();
    let mut seen = Seen::default();
    greedy::run(searcher, &mut seen)?;
    if seen.all_fail(lattice.top()) {
        return Ok(());
    }
    let bound = searcher.cost().bound(lattice.bottom(), 0);
    let mut open = BinaryHeap::from([Box { bound, low: lattice.bottom().to_vec(), high: lattice.top().to_vec() }]);
    while let Some(next) = open.pop() {
        if !searcher.may_improve(&next.low, &next.bound) {
            continue;
        }
        match settle(searcher, &mut seen, &next) {
            Ok(Some(settled)) => split(searcher, &next, &settled, &mut open),
            Ok(None) => {}
            Err(stop) => {
                // No open box has a lower bound.
                searcher.leave_open(next.bound);
                return Err(stop);
            }
        }
    }
    Ok(())
}

/// Finds a node of the box such that nothing between the lowest node and it remains to be looked at;
/// none if nothing of the box does.
fn settle(searcher: &mut Searcher<'_>, seen: &mut Seen, next: &Box) -> Result<Option<Vec<u16>>, Stop> {
    if let Some(failing) = seen.failing.iter().find(|failing| is_below(&next.low, failing)) {
        return Ok(Some(next.high.iter().zip(failing).map(|(&high, &failing)| high.min(failing)).collect()));
    }
    // Failing nodes are rarely far above the first solution: halve the way between.
    let chain = chain(searcher, next);
    let (mut low, mut high) = (0, chain.len());
    let mut failing = None;
    while low < high {
        let middle = if high == chain.len() && high - low > 1 { high - 1 } else { low + (high - low) / 2 };
        let Some(levels) = chain.get(middle) else { break };
        let checked = if let Some(checked) = seen.nodes.get(levels) {
            checked.clone()
        } else {
            let checked = searcher.check(levels)?;
            seen.nodes.insert(levels.clone(), checked.clone());
            checked
        };
        if middle == 0
            && let Some(bound) = &checked.bound_above
            && !searcher.may_improve(levels, bound)
        {
            return Ok(None);
        }
        if checked.fails_below {
            failing = Some(levels.clone());
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    match failing {
        Some(failing) => {
            seen.failing.push(failing.clone());
            Ok(Some(failing))
        }
        // The lowest node was checked itself.
        None => Ok(Some(next.low.clone())),
    }
}

/// Nodes from the lowest of the box upwards, each with one level more than the one before where that
/// costs least, as long as they may be better than the best so far.
fn chain(searcher: &Searcher<'_>, next: &Box) -> Vec<Vec<u16>> {
    let mut chain = vec![next.low.clone()];
    let mut at = next.low.clone();
    loop {
        let raised = at.iter().zip(&next.high).enumerate().filter(|(_, (level, high))| level < high);
        let raised = raised.map(|(attribute, (level, _))| {
            let levels = with_level(&at, attribute, level + 1);
            (searcher.cost().bound(&levels, 0), levels)
        });
        let Some((bound, levels)) = raised.min_by(|(a, _), (b, _)| a.compare(b)) else { return chain };
        if !searcher.may_improve(&levels, &bound) {
            return chain;
        }
        chain.push(levels.clone());
        at = levels;
    }
}

/// The nodes of a box that are not below the settled node: for each attribute those that are the first to
/// be above it there.
fn split(searcher: &Searcher<'_>, next: &Box, settled: &[u16], open: &mut BinaryHeap<Box>) {
    let mut high = next.high.clone();
    for (attribute, &level) in settled.iter().enumerate() {
        if next.high.get(attribute).is_some_and(|top| level < *top) {
            let low = with_level(&next.low, attribute, level + 1);
            let bound = searcher.cost().bound(&low, 0);
            if searcher.may_improve(&low, &bound) {
                open.push(Box { bound, low, high: high.clone() });
            }
        }
        if let Some(slot) = high.get_mut(attribute) {
            *slot = level;
        }
    }
}
