//! The optimal search of lattices that fit in memory, where a node that is no solution excludes all
//! below it.
//!
//! After a good solution was found, every node whose bound is not above its score is visited in
//! descending order of bounds. Bounds never fall upwards, so that all successors of a node come
//! before it: a node is checked only if none of them fails, and each check is one of a solution or
//! of a failing node that no other one excludes.

use super::greedy::{self, Seen};
use super::searcher::{Searcher, Stop};
use crate::recode::metric::Score;

/// What is known of a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    /// It is no solution, nor is any node below it.
    Fails,
}

pub(super) fn run(searcher: &mut Searcher<'_>) -> Result<(), Stop> {
    let lattice = searcher.lattice();
    let mut seen = Seen::default();
    let mut stop = greedy::run(searcher, &mut seen).err();
    if let Some(Stop::Cancelled(_)) = stop {
        return stop.map_or(Ok(()), Err);
    }
    if seen.all_fail(lattice.top()) {
        return Ok(());
    }
    // Sweeping needs less than 2^32 nodes.
    let size = usize::try_from(lattice.size()).unwrap_or(usize::MAX);
    let strides: Vec<usize> = lattice.strides().iter().map(|&stride| usize::try_from(stride).unwrap_or(0)).collect();
    let mut known = vec![Known::Nothing; size];
    let mut suppresses = vec![0u64; size];
    for (levels, checked) in &seen.nodes {
        let id = usize::try_from(lattice.id(levels)).unwrap_or(usize::MAX);
        if let Some(least) = suppresses.get_mut(id) {
            *least = checked.suppresses_below;
        }
    }
    for failing in &seen.failing {
        mark_below(failing, lattice.bottom(), &strides, &mut known);
    }
    for (id, levels) in candidates(searcher, &known) {
        let mut fails = known.get(id).is_some_and(|known| *known == Known::Fails);
        let mut least = suppresses.get(id).copied().unwrap_or(0);
        for attribute in lattice.raisable(&levels) {
            let above = id + strides.get(attribute).copied().unwrap_or(0);
            fails |= known.get(above).is_some_and(|known| *known == Known::Fails);
            least = least.max(suppresses.get(above).copied().unwrap_or(0));
        }
        let bound = searcher.cost().bound(&levels, least);
        if !fails && !seen.nodes.contains_key(&levels) && searcher.may_improve(&levels, &bound) {
            match if stop.is_some() { Err(Stop::Deadline) } else { searcher.check(&levels) } {
                Ok(checked) => {
                    fails = checked.fails_below;
                    least = least.max(checked.suppresses_below);
                }
                Err(Stop::Deadline) => {
                    stop = Some(Stop::Deadline);
                    searcher.leave_open(bound);
                }
                Err(cancelled) => return Err(cancelled),
            }
        }
        if let (Some(known), Some(suppresses)) = (known.get_mut(id), suppresses.get_mut(id)) {
            *known = if fails { Known::Fails } else { Known::Nothing };
            *suppresses = least;
        }
    }
    stop.map_or(Ok(()), Err)
}

/// Nodes that may be better than the best so far, in descending order of bounds; a node comes after
/// all more general ones.
fn candidates(searcher: &Searcher<'_>, known: &[Known]) -> Vec<(usize, Vec<u16>)> {
    let lattice = searcher.lattice();
    let mut found: Vec<(Score, usize)> = Vec::new();
    let mut levels = lattice.bottom().to_vec();
    for (id, known) in known.iter().enumerate() {
        if *known == Known::Fails {
            continue;
        }
        lattice.write_levels(id as u128, &mut levels);
        let bound = searcher.cost().bound(&levels, 0);
        if searcher.may_improve(&levels, &bound) {
            found.push((bound, id));
        }
    }
    found.sort_unstable_by(|(a, x), (b, y)| b.compare(a).then_with(|| y.cmp(x)));
    found.into_iter().map(|(_, id)| (id, lattice.levels(id as u128))).collect()
}

/// Marks a node and all more specific ones.
fn mark_below(failing: &[u16], bottom: &[u16], strides: &[usize], known: &mut [Known]) {
    let mut ids = vec![0usize];
    for ((&level, &lowest), &stride) in failing.iter().zip(bottom).zip(strides) {
        let open = usize::from(level - lowest) + 1;
        ids = ids.into_iter().flat_map(|id| (0..open).map(move |step| id + step * stride)).collect();
    }
    for id in ids {
        if let Some(known) = known.get_mut(id) {
            *known = Known::Fails;
        }
    }
}
