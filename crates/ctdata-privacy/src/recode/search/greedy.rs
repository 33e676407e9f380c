//! A good solution at once: down from the top, then exchanges.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::searcher::{Checked, Searcher, Stop};
use crate::recode::lattice::with_level;
use crate::recode::metric::Score;

/// Nodes that were checked.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) nodes: HashMap<Vec<u16>, Checked, FxBuildHasher>,
    /// Nodes that are no solutions, nor is any below.
    pub(super) failing: Vec<Vec<u16>>,
}

impl Seen {
    /// Checks a node, if it was not checked and no failing node is above it.
    fn check(&mut self, searcher: &mut Searcher<'_>, levels: &[u16]) -> Result<Option<Checked>, Stop> {
        if let Some(checked) = self.nodes.get(levels) {
            return Ok(Some(checked.clone()));
        }
        if self.failing.iter().any(|failing| is_below(levels, failing)) {
            return Ok(None);
        }
        let checked = searcher.check(levels)?;
        if checked.fails_below {
            self.failing.push(levels.to_vec());
        }
        self.nodes.insert(levels.to_vec(), checked.clone());
        Ok(Some(checked))
    }

    /// Whether nothing is a solution.
    pub(super) fn all_fail(&self, top: &[u16]) -> bool {
        self.failing.iter().any(|failing| failing == top)
    }
}

/// Whether no level of a node is above that of another.
fn is_below(levels: &[u16], other: &[u16]) -> bool {
    levels.iter().zip(other).all(|(level, other)| level <= other)
}

/// Rounds of exchanges, at the most.
const ROUNDS: usize = 24;

pub(super) fn run(searcher: &mut Searcher<'_>, seen: &mut Seen) -> Result<(), Stop> {
    let lattice = searcher.lattice();
    let top = lattice.top().to_vec();
    seen.check(searcher, &top)?;
    if seen.all_fail(&top) {
        return Ok(());
    }
    let mut at = top;
    for _ in 0..ROUNDS {
        descend(searcher, seen, &mut at)?;
        let Some((best, _)) = searcher.best() else { return Ok(()) };
        let best = best.to_vec();
        exchange(searcher, seen, &best)?;
        match searcher.best() {
            Some((better, _)) if better != best => at = better.to_vec(),
            _ => return Ok(()),
        }
    }
    Ok(())
}

/// Steps down to the predecessor of the lowest bound that is a better solution, as long as there is one.
fn descend(searcher: &mut Searcher<'_>, seen: &mut Seen, at: &mut Vec<u16>) -> Result<(), Stop> {
    loop {
        let lattice = searcher.lattice();
        let lower = lattice.lowerable(at).filter_map(|attribute| {
            let level = at.get(attribute)?.checked_sub(1)?;
            Some(with_level(at, attribute, level))
        });
        let here = seen.nodes.get(&*at).and_then(|checked| checked.score.clone());
        let mut moved = false;
        for (_, levels) in by_bound(searcher, lower.collect()) {
            let Some(checked) = seen.check(searcher, &levels)? else { continue };
            if let Some(score) = &checked.score
                && here.as_ref().is_none_or(|here| score.compare(here).is_lt())
            {
                *at = levels;
                moved = true;
                break;
            }
        }
        if !moved {
            return Ok(());
        }
    }
}

/// Tries each node that has one level less in one attribute and one or two more in another, until one is better.
fn exchange(searcher: &mut Searcher<'_>, seen: &mut Seen, from: &[u16]) -> Result<(), Stop> {
    let lattice = searcher.lattice();
    let mut others = Vec::new();
    for down in lattice.lowerable(from) {
        let Some(lower) = from.get(down).and_then(|level| level.checked_sub(1)) else { continue };
        let lowered = with_level(from, down, lower);
        for up in lattice.raisable(from).filter(|&up| up != down) {
            let (Some(&level), Some(&top)) = (from.get(up), lattice.top().get(up)) else { continue };
            for level in level + 1..=top.min(level + 2) {
                others.push(with_level(&lowered, up, level));
            }
        }
    }
    for (bound, levels) in by_bound(searcher, others) {
        if !searcher.may_improve(&levels, &bound) {
            continue;
        }
        seen.check(searcher, &levels)?;
        if searcher.best().is_some_and(|(best, _)| best == levels) {
            return Ok(());
        }
    }
    Ok(())
}

/// Nodes in ascending order of their bounds.
fn by_bound(searcher: &Searcher<'_>, nodes: Vec<Vec<u16>>) -> Vec<(Score, Vec<u16>)> {
    let mut nodes: Vec<_> = nodes.into_iter().map(|levels| (searcher.cost().bound(&levels, 0), levels)).collect();
    nodes.sort_by(|(a, x), (b, y)| a.compare(b).then_with(|| x.cmp(y)));
    nodes
}
