//! The optimal search of lattices that fit in memory, where a node that is no solution excludes all
//! below it and the bounds of the metric are near to its scores.
//!
//! After a good solution was found, every node whose bound is not above its score is visited in
//! descending order of bounds. Bounds never fall upwards, so that all nodes above one come before it:
//! a node is checked only if none of them fails, and each check is one of a solution or of a failing
//! node that no other one in question excludes. What a solution suppresses at least raises the bounds
//! of the nodes below it.
//!
//! Where nothing may be suppressed, failing nodes reach far above those in question. Then a node is
//! the start of a path to the top, each step of which joins as little as possible, and halving finds
//! the most general node of the path that fails: its classes are few, and it excludes many nodes.

use super::greedy::{self, Seen};
use super::searcher::{Checked, Searcher, Stop};
use crate::recode::metric::Score;

/// What is known of a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    /// It is no solution, nor is any node below it.
    Fails,
    /// It is a solution, as are all nodes above it.
    Holds,
}

/// The nodes of the lattice by their ids.
struct Sweep<'s, 'a> {
    searcher: &'s mut Searcher<'a>,
    strides: Vec<usize>,
    known: Vec<Known>,
    /// Records that a node suppresses at least.
    suppresses: Vec<u64>,
    /// For each attribute and level, bits that the step up from it loses.
    steps: Vec<Vec<f64>>,
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
    let mut sweep = Sweep { searcher, strides, known: vec![Known::Nothing; size], suppresses: vec![0; size], steps };
    for (levels, checked) in &seen.nodes {
        sweep.learn(levels, checked);
    }
    let candidates = sweep.candidates();
    for (bound, id) in candidates {
        let levels = lattice.levels(id as u128);
        if sweep.known.get(id).is_none_or(|known| *known == Known::Fails)
            || seen.nodes.contains_key(&levels)
            || !sweep.searcher.may_improve(&levels, &bound)
        {
            continue;
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
            raise(0, &spans, checked.suppresses_below, &mut self.suppresses);
        }
    }

    /// Looks at a node, or finds a failing one above it.
    fn settle(&mut self, id: usize, levels: &[u16]) -> Result<(), Stop> {
        if self.searcher.limit() == 0 && self.known.get(id) == Some(&Known::Nothing) {
            let path = self.path(id, levels);
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
        let least = self.suppresses.get(id).copied().unwrap_or(0);
        let bound = self.searcher.cost().bound(levels, least);
        if self.searcher.may_improve(levels, &bound) {
            let checked = self.searcher.check(levels)?;
            self.learn(levels, &checked);
        }
        Ok(())
    }

    /// A path of nodes of which nothing is known, from a node upwards.
    fn path(&self, id: usize, levels: &[u16]) -> Vec<Vec<u16>> {
        let lattice = self.searcher.lattice();
        let mut path = vec![levels.to_vec()];
        let (mut id, mut levels) = (id, levels.to_vec());
        loop {
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

fn raise(start: usize, spans: &[(usize, usize)], least: u64, suppresses: &mut [u64]) {
    let Some((&(count, stride), rest)) = spans.split_first() else {
        if let Some(suppresses) = suppresses.get_mut(start) {
            *suppresses = least.max(*suppresses);
        }
        return;
    };
    for step in 0..count {
        raise(start + step * stride, rest, least, suppresses);
    }
}
