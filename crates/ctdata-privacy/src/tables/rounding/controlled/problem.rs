//! Which multiple each cell may become, and the relations that must hold: split into parts that hang together.

use ctdata_table::Control;

use super::{flow, search};
use crate::PrivacyError;

/// A cell in units of the base.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variable {
    /// The least multiple allowed.
    pub(super) low: i64,
    /// The greatest.
    pub(super) high: i64,
    /// The true count.
    pub(super) count: i64,
    /// The base.
    pub(super) base: i64,
    /// Whether its change counts.
    pub(super) is_figure: bool,
    /// Whether it may be moved further away.
    pub(super) may_relax: bool,
}

impl Variable {
    /// What a multiple costs: the change of the figure.
    pub(super) fn cost(&self, multiple: i64) -> i64 {
        if self.is_figure { (multiple * self.base - self.count).abs() } else { 0 }
    }

    /// The cheapest multiple from `low` to `high`, the lower of two.
    pub(super) fn cheapest(&self, low: i64, high: i64) -> i64 {
        let below = (self.count / self.base).clamp(low, high);
        let above = (self.count / self.base + 1).clamp(low, high);
        if 2 * (self.count - below * self.base) > self.base && above > below { above } else { below }
    }
}

/// The multiples chosen, one for each variable.
#[derive(Debug, Clone)]
pub(super) struct Solution {
    pub(super) multiples: Vec<i64>,
    /// Whether none changes figures less.
    pub(super) is_best: bool,
}

/// What became of a problem.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Found(Solution),
    /// None exists, or none was found.
    None {
        searched_all: bool,
    },
}

/// Variables and relations between them: sums of coefficient times multiple that are zero.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    /// The cells that the variables stand for.
    cells: Vec<usize>,
    pub(super) variables: Vec<Variable>,
    pub(super) relations: Vec<Vec<(usize, i64)>>,
}

impl Problem {
    pub(super) fn new(variables: Vec<Variable>, relations: Vec<Vec<(usize, i64)>>) -> Self {
        Self { cells: (0..variables.len()).collect(), variables, relations }
    }

    /// The cells that the variables stand for.
    pub(super) fn cells(&self) -> &[usize] {
        &self.cells
    }

    /// The relations that each variable is in, with its coefficient.
    pub(super) fn relations_of(&self) -> Vec<Vec<(usize, i64)>> {
        let mut relations_of = vec![Vec::new(); self.variables.len()];
        for (place, relation) in self.relations.iter().enumerate() {
            for &(variable, coefficient) in relation {
                if let Some(relations) = relations_of.get_mut(variable) {
                    relations.push((place, coefficient));
                }
            }
        }
        relations_of
    }

    /// The parts that no relation connects, in the order of their first cells.
    pub(super) fn parts(&self) -> Vec<Self> {
        let mut root: Vec<usize> = (0..self.variables.len()).collect();
        for relation in &self.relations {
            let mut terms = relation.iter().map(|(variable, _)| *variable);
            let Some(first) = terms.next() else { continue };
            for other in terms {
                let (a, b) = (find(&mut root, first), find(&mut root, other));
                // The smaller place is the root, so that parts come in the order of their first cells.
                if let Some(slot) = root.get_mut(a.max(b)) {
                    *slot = a.min(b);
                }
            }
        }
        let mut parts: Vec<Self> = Vec::new();
        let mut part_of_root = vec![usize::MAX; root.len()];
        let mut place = vec![(0, 0); root.len()];
        for (variable, &what) in self.variables.iter().enumerate() {
            let at = find(&mut root, variable);
            let Some(part) = part_of_root.get_mut(at) else { continue };
            if *part == usize::MAX {
                *part = parts.len();
                parts.push(Self { cells: Vec::new(), variables: Vec::new(), relations: Vec::new() });
            }
            if let (Some(target), Some(slot)) = (parts.get_mut(*part), place.get_mut(variable)) {
                *slot = (*part, target.variables.len());
                target.cells.extend(self.cells.get(variable));
                target.variables.push(what);
            }
        }
        for relation in &self.relations {
            let moved: Vec<(usize, i64)> = relation
                .iter()
                .filter_map(|&(variable, coefficient)| Some((place.get(variable)?.1, coefficient)))
                .collect();
            let part = relation.first().and_then(|(variable, _)| place.get(*variable)).map(|(part, _)| *part);
            if let Some(part) = part.and_then(|part| parts.get_mut(part)) {
                part.relations.push(moved);
            }
        }
        parts
    }

    /// The same with one more multiple on each side, none negative.
    pub(super) fn relaxed(&self) -> Self {
        let mut relaxed = self.clone();
        for variable in &mut relaxed.variables {
            if variable.may_relax {
                variable.low = (variable.low - 1).max(0);
                variable.high += 1;
            }
        }
        relaxed
    }

    /// As a flow where it is one, else by search.
    pub(super) fn solve(&self, steps: u64, control: &Control) -> Result<Outcome, PrivacyError> {
        if let Some(solution) = flow::solve(self, control)? {
            return Ok(Outcome::Found(solution));
        }
        search::solve(self, steps, control)
    }

    /// Whether all relations hold.
    pub(super) fn holds(&self, multiples: &[i64]) -> bool {
        self.relations.iter().all(|relation| {
            let sum: i128 = relation
                .iter()
                .map(|&(variable, coefficient)| {
                    i128::from(coefficient) * i128::from(multiples.get(variable).copied().unwrap_or(0))
                })
                .sum();
            sum == 0
        })
    }

    pub(super) fn no_rounding(&self, base: u64, searched_all: bool) -> PrivacyError {
        PrivacyError::NoRounding { base, cells: self.cells.len() as u64, searched_all }
    }
}

/// The root of a set, with the path to it shortened.
fn find(root: &mut [usize], mut at: usize) -> usize {
    while let Some(&up) = root.get(at)
        && up != at
    {
        let next = root.get(up).copied().unwrap_or(up);
        if let Some(slot) = root.get_mut(at) {
            *slot = next;
        }
        at = next;
    }
    at
}
