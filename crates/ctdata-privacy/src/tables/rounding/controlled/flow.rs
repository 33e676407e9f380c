//! Rounding as a flow of least cost: cells are arcs, relations are nodes.
//!
//! A cell in two relations that can be given opposite signs moves a unit of one into the other. Where all cells are like
//! that, as in a two-way table with totals, whole flows exist wherever fractional ones do, and the true counts are one.
//!
//! # Sources
//! R. K. Ahuja, T. L. Magnanti, J. B. Orlin (1993), *Network Flows*, section 9.7 (successive shortest paths) and chapter
//! 14 (convex costs).
#![expect(
    clippy::indexing_slicing,
    reason = "nodes and arcs are positions in lists of their number, made together here"
)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ctdata_table::Control;

use super::problem::{Problem, Solution};
use crate::PrivacyError;

/// Solves a problem of which some relations make a network and the others follow from these; none if it is not like
/// that.
pub(super) fn solve(problem: &Problem, control: &Control) -> Result<Option<Solution>, PrivacyError> {
    // Which relations follow from the others is guessed, and checked at the end: a solution of fewer relations for which
    // the others hold as well is one of all, and no worse than the best.
    for order in [LeaveOut::MostCrowded, LeaveOut::Longest, LeaveOut::Shortest] {
        let Some(kept) = kept_relations(problem, order) else { continue };
        let Some(network) = Network::of(problem, &kept) else { continue };
        if let Some(multiples) = network.solve(problem, control)?
            && problem.holds(&multiples)
        {
            return Ok(Some(Solution { multiples, is_best: true }));
        }
        if kept.iter().all(|kept| *kept) {
            break;
        }
    }
    Ok(None)
}

/// Which relations are left out first where a cell is in more than two.
#[derive(Clone, Copy)]
enum LeaveOut {
    /// Those with the most such cells.
    MostCrowded,
    /// Those with the most cells.
    Longest,
    /// Those with the fewest.
    Shortest,
}

/// Leaves out relations until no cell is in more than two; none if a coefficient is neither 1 nor -1.
fn kept_relations(problem: &Problem, order: LeaveOut) -> Option<Vec<bool>> {
    let mut kept = vec![true; problem.relations.len()];
    let relations_of = problem.relations_of();
    if problem.relations.iter().flatten().any(|(_, coefficient)| coefficient.abs() != 1) {
        return None;
    }
    let mut times: Vec<usize> = relations_of.iter().map(Vec::len).collect();
    let mut crowded: Vec<usize> =
        problem.relations.iter().map(|relation| relation.iter().filter(|(cell, _)| times[*cell] > 2).count()).collect();
    loop {
        let candidates = (0..kept.len()).filter(|&place| kept[place] && crowded[place] > 0);
        let length = |place: usize| problem.relations[place].len();
        let dropped = match order {
            LeaveOut::MostCrowded => candidates.max_by_key(|&place| (crowded[place], length(place), Reverse(place))),
            LeaveOut::Longest => candidates.max_by_key(|&place| (length(place), crowded[place], Reverse(place))),
            LeaveOut::Shortest => candidates.min_by_key(|&place| (length(place), Reverse(crowded[place]), place)),
        };
        let Some(dropped) = dropped else { return Some(kept) };
        kept[dropped] = false;
        for &(cell, _) in &problem.relations[dropped] {
            times[cell] -= 1;
            if times[cell] == 2 {
                for &(place, _) in &relations_of[cell] {
                    crowded[place] = crowded[place].saturating_sub(1);
                }
            }
        }
    }
}

/// A unit more of a cell is a unit more at its first node and one less at its second.
struct Network {
    arcs: Vec<(usize, usize)>,
    /// The arcs at each node.
    at: Vec<Vec<usize>>,
}

impl Network {
    /// Gives relations signs so that every cell has opposite ones in its two relations; none if there are no such signs.
    fn of(problem: &Problem, kept: &[bool]) -> Option<Self> {
        let relations_of: Vec<Vec<(usize, i64)>> = problem
            .relations_of()
            .into_iter()
            .map(|relations| relations.into_iter().filter(|(place, _)| kept[*place]).collect())
            .collect();
        let mut signs = vec![0i64; problem.relations.len()];
        for start in (0..signs.len()).filter(|place| kept[*place]) {
            if signs[start] != 0 {
                continue;
            }
            signs[start] = 1;
            let mut waiting = vec![start];
            while let Some(place) = waiting.pop() {
                for &(cell, coefficient) in &problem.relations[place] {
                    for &(other, other_coefficient) in relations_of[cell].iter().filter(|(other, _)| *other != place) {
                        let sign = -signs[place] * coefficient * other_coefficient;
                        if signs[other] == 0 {
                            signs[other] = sign;
                            waiting.push(other);
                        } else if signs[other] != sign {
                            return None;
                        }
                    }
                }
            }
        }
        // What is in one relation alone goes outside, which is a node that balances by itself.
        let outside = problem.relations.len();
        let arcs: Vec<(usize, usize)> = relations_of
            .iter()
            .map(|relations| match relations.as_slice() {
                [(place, coefficient)] if signs[*place] * coefficient > 0 => (*place, outside),
                [(place, _)] => (outside, *place),
                [(first, coefficient), (second, _)] => {
                    if signs[*first] * coefficient > 0 {
                        (*first, *second)
                    } else {
                        (*second, *first)
                    }
                }
                _ => (outside, outside),
            })
            .collect();
        let mut at = vec![Vec::new(); outside + 1];
        for (arc, &(plus, minus)) in arcs.iter().enumerate().filter(|(_, (plus, minus))| plus != minus) {
            at[plus].push(arc);
            at[minus].push(arc);
        }
        Some(Self { arcs, at })
    }

    /// Starts at the cheapest multiples and moves what is too much at one node to another where it lacks, along the
    /// cheapest path, until all balance; none if some can not.
    fn solve(&self, problem: &Problem, control: &Control) -> Result<Option<Vec<i64>>, PrivacyError> {
        let mut flow: Vec<i64> =
            problem.variables.iter().map(|variable| variable.cheapest(variable.low, variable.high)).collect();
        let mut excess = vec![0i64; self.at.len()];
        for (&(plus, minus), &units) in self.arcs.iter().zip(&flow) {
            excess[plus] += units;
            excess[minus] -= units;
        }
        let mut potential = vec![0i64; self.at.len()];
        let mut steps = 0u64;
        while let Some(source) = excess.iter().position(|excess| *excess > 0) {
            if steps.is_multiple_of(64) {
                control.check()?;
                control.report("rounding", steps, None);
            }
            steps += 1;
            let Some((path, sink)) = self.cheapest_path(problem, &flow, &excess, &mut potential, source) else {
                return Ok(None);
            };
            let mut node = sink;
            for arc in path {
                let (plus, minus) = self.arcs[arc];
                // Excess moves from plus to minus with a unit less, the other way with one more.
                let (by, before) = if node == minus { (-1, plus) } else { (1, minus) };
                flow[arc] += by;
                node = before;
            }
            excess[source] -= 1;
            excess[sink] += 1;
        }
        Ok(Some(flow))
    }

    /// Dijkstra's search from a node to the nearest that lacks something: the arcs back from there.
    fn cheapest_path(
        &self,
        problem: &Problem,
        flow: &[i64],
        excess: &[i64],
        potential: &mut [i64],
        source: usize,
    ) -> Option<(Vec<usize>, usize)> {
        let mut distance = vec![i64::MAX; self.at.len()];
        let mut via: Vec<Option<(usize, usize)>> = vec![None; self.at.len()];
        let mut done = vec![false; self.at.len()];
        let mut waiting = BinaryHeap::from([Reverse((0i64, source))]);
        distance[source] = 0;
        let mut sink = None;
        while let Some(Reverse((far, node))) = waiting.pop() {
            if std::mem::replace(&mut done[node], true) {
                continue;
            }
            if excess[node] < 0 {
                sink = Some(node);
                break;
            }
            for &arc in &self.at[node] {
                let variable = &problem.variables[arc];
                let (plus, minus) = self.arcs[arc];
                let (other, by) = if node == plus { (minus, -1) } else { (plus, 1) };
                let units = flow[arc] + by;
                if done[other] || units < variable.low || units > variable.high {
                    continue;
                }
                let cost = variable.cost(units) - variable.cost(flow[arc]) + potential[node] - potential[other];
                let there = far + cost;
                if there < distance[other] {
                    distance[other] = there;
                    via[other] = Some((arc, node));
                    waiting.push(Reverse((there, other)));
                }
            }
        }
        let sink = sink?;
        // Costs along arcs stay at least zero with these: nodes further than the sink move as far as it.
        let furthest = distance[sink];
        for ((potential, &distance), &done) in potential.iter_mut().zip(&distance).zip(&done) {
            *potential += if done { distance.min(furthest) } else { furthest };
        }
        let mut path = Vec::new();
        let mut node = sink;
        while let Some((arc, before)) = via[node] {
            path.push(arc);
            node = before;
        }
        Some((path, sink))
    }
}
