//! The optimal search for all other problems: lattices too large to be listed, models that are not
//! monotone, metrics whose bounds are weak.
//!
//! The lattice is a box of nodes between a lowest and a highest one. The box of the lowest bound is
//! taken, some nodes from its lowest one up to a node f are settled at once, and what remains is
//! split into boxes that do not overlap. The bounds of the boxes at hand bound everything that is not
//! settled.
//!
//! Every solution is above a failing node in some attribute. Of all failing nodes above a box's lowest
//! one, that is taken whose cheapest way out costs most; where there is none, one is looked for as far
//! up as nodes may still be better than the best so far.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::greedy::{self, Seen};
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

/// Boxes that are open at a time, at the most.
pub(super) const OPEN: usize = 1 << 19;

/// Searches with at most so many open boxes.
pub(super) fn run(searcher: &mut Searcher<'_>, most: usize) -> Result<(), Stop> {
    let lattice = searcher.lattice();
    let mut seen = Seen::default();
    greedy::run(searcher, &mut seen)?;
    if seen.all_fail(lattice.top()) {
        return Ok(());
    }
    let mut failing = Failing::new(lattice.top());
    for node in seen.failing.drain(..) {
        failing.add(node);
    }
    let bound = searcher.cost().bound(lattice.bottom(), 0);
    let mut open = BinaryHeap::from([Box { bound, low: lattice.bottom().to_vec(), high: lattice.top().to_vec() }]);
    while let Some(next) = open.pop() {
        // Without an answer nothing may be left out: it would not be known whether there is one.
        if open.len() > most && searcher.best().is_some() {
            open = shortened(searcher, open);
        }
        if !searcher.may_improve(&next.low, &next.bound) {
            continue;
        }
        match settle(searcher, &mut seen, &mut failing, &next) {
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

/// The boxes that may be better than the best so far, and of these the half of the lower bounds. What
/// is left out stays open.
fn shortened(searcher: &mut Searcher<'_>, open: BinaryHeap<Box>) -> BinaryHeap<Box> {
    let boxes = open.len();
    let mut open: Vec<Box> = open.into_sorted_vec();
    open.retain(|next| searcher.may_improve(&next.low, &next.bound));
    if open.len() > boxes / 2 {
        // The greatest, of the lowest bound, come last.
        let rest = open.split_off(open.len() - boxes / 2);
        if let Some(left_out) = open.pop() {
            searcher.leave_open(left_out.bound);
        }
        open = rest;
    }
    open.into()
}

/// Failing nodes, and for each attribute and level a bit for each of them that is there or above.
struct Failing {
    nodes: Vec<Vec<u16>>,
    reaching: Vec<Vec<Vec<u64>>>,
}

impl Failing {
    fn new(top: &[u16]) -> Self {
        let reaching = top.iter().map(|&highest| vec![Vec::new(); usize::from(highest) + 1]).collect();
        Self { nodes: Vec::new(), reaching }
    }

    fn add(&mut self, node: Vec<u16>) {
        let (word, bit) = (self.nodes.len() / 64, 1 << (self.nodes.len() % 64));
        for (levels, &highest) in self.reaching.iter_mut().zip(&node) {
            for (level, words) in levels.iter_mut().enumerate() {
                words.resize(word + 1, 0);
                if level <= usize::from(highest)
                    && let Some(word) = words.get_mut(word)
                {
                    *word |= bit;
                }
            }
        }
        self.nodes.push(node);
    }

    /// The failing nodes above a node.
    fn above<'a>(&'a self, levels: &[u16]) -> impl Iterator<Item = &'a Vec<u16>> + 'a {
        let mut above = vec![u64::MAX; self.nodes.len().div_ceil(64)];
        for (reaching, &level) in self.reaching.iter().zip(levels) {
            let Some(reaching) = reaching.get(usize::from(level)) else { continue };
            for (above, reaching) in above.iter_mut().zip(reaching) {
                *above &= reaching;
            }
        }
        self.nodes.chunks(64).zip(above).flat_map(|(nodes, above)| {
            nodes.iter().enumerate().filter(move |(bit, _)| above >> bit & 1 == 1).map(|(_, node)| node)
        })
    }

    /// Of the failing nodes above the box's lowest one, that whose cheapest way out costs most.
    fn cut(&self, searcher: &Searcher<'_>, next: &Box) -> Option<&Vec<u16>> {
        let mut above = self.above(&next.low).peekable();
        above.peek()?;
        // The bounds of the box's lowest node with one level raised.
        let sides = next.low.iter().zip(&next.high).enumerate();
        let raised: Vec<Vec<f64>> = sides
            .map(|(at, (&low, &high))| {
                let raised = (low..=high).map(|level| with_level(&next.low, at, level));
                raised.map(|levels| searcher.cost().bound(&levels, 0).first()).collect()
            })
            .collect();
        let way_out = |failing: &[u16]| {
            let steps = failing.iter().zip(&next.low).zip(&raised);
            let ways = steps.filter_map(|((failing, low), raised)| raised.get(usize::from(failing - low) + 1));
            ways.copied().fold(f64::INFINITY, f64::min)
        };
        let mut found: Option<(f64, &Vec<u16>)> = None;
        for failing in above {
            let costs = way_out(failing);
            if found.is_none_or(|(most, _)| costs > most) {
                found = Some((costs, failing));
            }
        }
        found.map(|(_, failing)| failing)
    }
}

/// Finds a node of the box such that nothing between the lowest node and it remains to be looked at;
/// none if nothing of the box does.
fn settle(
    searcher: &mut Searcher<'_>,
    seen: &mut Seen,
    failing_nodes: &mut Failing,
    next: &Box,
) -> Result<Option<Vec<u16>>, Stop> {
    let within = |failing: &[u16]| next.high.iter().zip(failing).map(|(&high, &failing)| high.min(failing)).collect();
    if let Some(failing) = failing_nodes.cut(searcher, next) {
        return Ok(Some(within(failing)));
    }
    let chain = chain(searcher, next);
    let (mut low, mut high) = (0, chain.len());
    while low < high {
        let middle = if high == chain.len() { high - 1 } else { low + (high - low) / 2 };
        let Some(levels) = chain.get(middle) else { break };
        if searcher.fails_at_sight(levels)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if let Some(failing) = low.checked_sub(1).and_then(|last| chain.get(last)) {
        failing_nodes.add(failing.clone());
        return Ok(Some(failing.clone()));
    }
    // Failing nodes are rarely far above the first solution: halve the way between.
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
            failing_nodes.add(failing.clone());
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
    // The last box is the narrowest: it is to be the one of the lowest bound.
    let mut order: Vec<(Score, usize, u16)> = settled
        .iter()
        .enumerate()
        .map(|(attribute, &level)| {
            (searcher.cost().bound(&with_level(&next.low, attribute, level.saturating_add(1)), 0), attribute, level)
        })
        .collect();
    order.sort_by(|(a, x, _), (b, y, _)| b.compare(a).then_with(|| x.cmp(y)));
    for (_, attribute, level) in order {
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
