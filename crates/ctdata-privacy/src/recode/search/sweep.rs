//! The optimal search of lattices that fit in memory, where a node that is no solution excludes all
//! below it and the bounds of the metric are near to its scores.
//!
//! After a good solution was found, every node whose bound is not above its score is visited in
//! descending order of bounds. Bounds never fall upwards, so that all nodes above one come before it:
//! a node is checked only if none of them fails, and each check is one of a solution or of a failing
//! node that no other one in question excludes. What a solution suppresses at least raises the bounds
//! of the nodes below it.
//!
//! Failing nodes reach above those in question. So a node is the start of a path upwards, each step of
//! which joins as little as possible, and a node further up is looked at first: its classes are few,
//! and if it fails, it excludes many others. How far up is learned from what failed before. Where
//! nothing may be suppressed, the path goes to the top, and halving finds its most general node that
//! fails.

use super::greedy::{self, Seen};
use super::searcher::{Checked, Searcher, Stop};
#[cfg(feature = "rayon")]
use crate::recode::engine::AHEAD;
use crate::recode::metric::{Least, Score};

/// What is known of a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    /// It is no solution, nor is any node below it.
    Fails,
    /// It is a solution, as are all nodes above it.
    Holds,
}

/// Candidates that are looked through for the next ones to be counted.
#[cfg(feature = "rayon")]
const FORESIGHT: usize = 256;

/// The nodes of the lattice by their ids.
struct Sweep<'s, 'a> {
    searcher: &'s mut Searcher<'a>,
    strides: Vec<usize>,
    known: Vec<Known>,
    /// For each node the solution above it that suppresses most, by its place in `solutions`.
    suppresses: Vec<u32>,
    /// What the solutions suppress, and with them all nodes below; nothing comes first.
    solutions: Vec<Least>,
    /// For each attribute and level, bits that the step up from it loses.
    steps: Vec<Vec<f64>>,
    /// Steps that the next path takes, at the most.
    reach: usize,
}

pub(super) fn run(searcher: &mut Searcher<'_>) -> Result<(), Stop> {
    let lattice = searcher.lattice();
    let mut seen = Seen::default();
    let mut stop = match greedy::run(searcher, &mut seen) {
        Err(Stop::Cancelled(error)) => return Err(Stop::Cancelled(error)),
        other => other.err(),
    };
    if seen.all_fail(lattice.top()) {
        return Ok(());
    }
    // Lattices that are swept have far fewer than 2^32 nodes.
    let size = usize::try_from(lattice.size()).unwrap_or(0);
    let strides = lattice.strides().iter().map(|&stride| usize::try_from(stride).unwrap_or(0)).collect();
    let steps = searcher.joined_bits();
    let mut sweep = Sweep {
        searcher,
        strides,
        known: vec![Known::Nothing; size],
        suppresses: vec![0; size],
        solutions: vec![Least::default()],
        steps,
        reach: 1,
    };
    for (levels, checked) in &seen.nodes {
        sweep.learn(levels, checked);
    }
    let candidates = sweep.candidates();
    let mut rest = candidates.as_slice();
    while let Some(((bound, id), after)) = rest.split_first() {
        rest = after;
        let (bound, id) = (bound.clone(), *id);
        let levels = lattice.levels(id as u128);
        if seen.nodes.contains_key(&levels) || !sweep.is_open(id, &levels, &bound) {
            continue;
        }
        #[cfg(feature = "rayon")]
        if stop.is_none() && sweep.searcher.limit() > 0 && sweep.is_needed(id, &levels) {
            let first = sweep.path(id, &levels, sweep.reach).pop().unwrap_or_default();
            let next = sweep.next_needed(rest, &seen);
            sweep.searcher.count_ahead(&first, next);
        }
        match if stop.is_some() { Err(Stop::Deadline) } else { sweep.settle(id, &levels) } {
            Ok(()) => {}
            Err(Stop::Deadline) => {
                sweep.searcher.leave_open(bound);
                stop = Some(Stop::Deadline);
            }
            Err(cancelled) => return Err(cancelled),
        }
    }
    stop.map_or(Ok(()), Err)
}

impl Sweep<'_, '_> {
    /// Nodes that may be better than the best so far, in descending order of bounds; a node comes after
    /// all more general ones.
    fn candidates(&self) -> Vec<(Score, usize)> {
        let lattice = self.searcher.lattice();
        let mut found: Vec<(Score, usize)> = Vec::new();
        let mut levels = lattice.bottom().to_vec();
        for (id, known) in self.known.iter().enumerate() {
            if *known == Known::Fails {
                continue;
            }
            lattice.write_levels(id as u128, &mut levels);
            let bound = self.searcher.cost().bound(&levels, 0);
            if self.searcher.may_improve(&levels, &bound) {
                found.push((bound, id));
            }
        }
        found.sort_unstable_by(|(a, x), (b, y)| b.compare(a).then_with(|| y.cmp(x)));
        found
    }

    /// Whether a node may be better than the best so far, as far as its levels say.
    fn is_open(&self, id: usize, levels: &[u16], bound: &Score) -> bool {
        self.known.get(id).is_some_and(|known| *known != Known::Fails) && self.searcher.may_improve(levels, bound)
    }

    /// Whether it still may with what solutions above suppress.
    fn is_needed(&self, id: usize, levels: &[u16]) -> bool {
        let above = self.suppresses.get(id).copied().unwrap_or(0);
        let Some(least) = self.solutions.get(above as usize) else { return true };
        self.searcher.may_improve(levels, &self.searcher.cost().bound_below(levels, least))
    }

    /// The candidates that would be checked next, if no check excluded others.
    #[cfg(feature = "rayon")]
    fn next_needed(&self, candidates: &[(Score, usize)], seen: &Seen) -> Vec<Vec<u16>> {
        let lattice = self.searcher.lattice();
        let nodes = candidates.iter().take(FORESIGHT).map(|(bound, id)| (bound, *id, lattice.levels(*id as u128)));
        nodes
            .filter(|(bound, id, levels)| {
                !seen.nodes.contains_key(levels) && self.is_open(*id, levels, bound) && self.is_needed(*id, levels)
            })
            .filter_map(|(_, id, levels)| self.path(id, &levels, self.reach).pop())
            .take(AHEAD - 1)
            .collect()
    }

    /// Remembers what a check says of other nodes.
    fn learn(&mut self, levels: &[u16], checked: &Checked) {
        let lattice = self.searcher.lattice();
        let id = usize::try_from(lattice.id(levels)).unwrap_or(usize::MAX);
        let fails = checked.fails_below;
        let (end, what) = if fails { (lattice.bottom(), Known::Fails) } else { (lattice.top(), Known::Holds) };
        let spans: Vec<(usize, usize)> = levels
            .iter()
            .zip(end)
            .zip(&self.strides)
            .map(|((level, end), &stride)| (usize::from(level.abs_diff(*end)) + 1, stride))
            .collect();
        let start = if fails { 0 } else { id };
        mark(start, &spans, what, &mut self.known);
        if !fails {
            let spans: Vec<(usize, usize)> = levels
                .iter()
                .zip(lattice.bottom())
                .zip(&self.strides)
                .map(|((level, end), &stride)| (usize::from(level.abs_diff(*end)) + 1, stride))
                .collect();
            if checked.suppresses_below.records > 0 {
                let number = u32::try_from(self.solutions.len()).unwrap_or(0);
                self.solutions.push(checked.suppresses_below.clone());
                raise(0, &spans, number, &mut self.suppresses, &self.solutions);
            }
        }
    }

    /// Looks at a node, or finds a failing one above it.
    fn settle(&mut self, id: usize, levels: &[u16]) -> Result<(), Stop> {
        if self.searcher.limit() == 0 && self.known.get(id) == Some(&Known::Nothing) {
            let path = self.path(id, levels, usize::MAX);
            let (mut low, mut high) = (0, path.len());
            while low < high {
                let middle = low + (high - low) / 2;
                let Some(levels) = path.get(middle) else { break };
                let checked = self.searcher.check(levels)?;
                self.learn(levels, &checked);
                if checked.fails_below {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            // The node fails, or it was the last to be checked.
            return Ok(());
        }
        if !self.is_needed(id, levels) {
            return Ok(());
        }
        let path = self.path(id, levels, self.reach);
        let mut step = path.len().saturating_sub(1);
        let mut tries_reach = step == self.reach;
        while let Some(levels) = path.get(step) {
            let checked = self.searcher.check(levels)?;
            self.learn(levels, &checked);
            if std::mem::take(&mut tries_reach) {
                self.reach = if checked.fails_below { step + 1 } else { step.saturating_sub(1) };
            }
            if checked.fails_below || step == 0 {
                break;
            }
            step /= 2;
        }
        Ok(())
    }

    /// A path of nodes of which nothing is known, from a node upwards, of so many steps at the most.
    fn path(&self, id: usize, levels: &[u16], steps: usize) -> Vec<Vec<u16>> {
        let lattice = self.searcher.lattice();
        let mut path = vec![levels.to_vec()];
        let (mut id, mut levels) = (id, levels.to_vec());
        while path.len() <= steps {
            let mut next: Option<(f64, usize)> = None;
            for attribute in lattice.raisable(&levels) {
                let above = id + self.strides.get(attribute).copied().unwrap_or(0);
                if self.known.get(above) != Some(&Known::Nothing) {
                    continue;
                }
                let level = levels.get(attribute).copied().unwrap_or(0);
                let bits = self.steps.get(attribute).and_then(|steps| steps.get(usize::from(level)));
                let bits = bits.copied().unwrap_or(0.0);
                if next.is_none_or(|(least, _)| bits < least) {
                    next = Some((bits, attribute));
                }
            }
            let Some((_, attribute)) = next else { return path };
            if let Some(level) = levels.get_mut(attribute) {
                *level += 1;
            }
            id += self.strides.get(attribute).copied().unwrap_or(0);
            path.push(levels.clone());
        }
        path
    }
}

/// Marks the nodes of a box: steps of each attribute and their strides.
fn mark(start: usize, spans: &[(usize, usize)], what: Known, known: &mut [Known]) {
    let Some((&(count, stride), rest)) = spans.split_first() else {
        if let Some(known) = known.get_mut(start) {
            *known = what;
        }
        return;
    };
    for step in 0..count {
        mark(start + step * stride, rest, what, known);
    }
}

/// Puts a solution before those of the nodes of a box that suppress less.
fn raise(start: usize, spans: &[(usize, usize)], number: u32, suppresses: &mut [u32], solutions: &[Least]) {
    let Some((&(count, stride), rest)) = spans.split_first() else {
        let records = |number: u32| solutions.get(number as usize).map_or(0, |least| least.records);
        if let Some(before) = suppresses.get_mut(start)
            && records(*before) < records(number)
        {
            *before = number;
        }
        return;
    };
    for step in 0..count {
        raise(start + step * stride, rest, number, suppresses, solutions);
    }
}
