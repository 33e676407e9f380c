//! Rounding by search: one cell after the other, with what the relations leave for the rest.
#![expect(
    clippy::indexing_slicing,
    reason = "variables and relations are positions in lists of their number, made here"
)]

use ctdata_table::Control;

use super::problem::{Outcome, Problem, Solution};
use crate::PrivacyError;

/// Searches for multiples for which all relations hold, cheapest first, and goes on for cheaper ones as long as steps are
/// left.
pub(super) fn solve(problem: &Problem, steps: u64, control: &Control) -> Result<Outcome, PrivacyError> {
    let mut search = Search::new(problem);
    let mut best: Option<(i64, Vec<i64>)> = None;
    let mut left = steps;
    let mut open = search.tighten((0..problem.relations.len()).collect());
    loop {
        if left == 0 {
            break;
        }
        left -= 1;
        if left.is_multiple_of(1024) {
            control.check()?;
            control.report("rounding", steps - left, Some(steps));
        }
        open = open && best.as_ref().is_none_or(|(cost, _)| search.cost < *cost);
        if open {
            match search.next_variable() {
                Some(variable) => {
                    open = search.branch(variable);
                    continue;
                }
                None => best = Some((search.cost, search.low.clone())),
            }
        }
        match search.other_branch() {
            Some(still_open) => open = still_open,
            None => {
                return Ok(outcome(best, true));
            }
        }
    }
    Ok(outcome(best, false))
}

fn outcome(best: Option<(i64, Vec<i64>)>, searched_all: bool) -> Outcome {
    match best {
        Some((_, multiples)) => Outcome::Found(Solution { multiples, is_best: searched_all }),
        None => Outcome::None { searched_all },
    }
}

/// A choice that was made: the variable and what else it could be.
struct Choice {
    variable: usize,
    others: Vec<(i64, i64)>,
    /// The length of the trail before it.
    trail: usize,
}

/// The multiples that are still possible for each variable.
struct Search<'a> {
    problem: &'a Problem,
    relations_of: Vec<Vec<(usize, i64)>>,
    low: Vec<i64>,
    high: Vec<i64>,
    /// What the cheapest multiples that are left cost in all.
    cost: i64,
    /// Variables of each relation with more than one multiple left.
    open: Vec<usize>,
    /// What variables could be before they were narrowed.
    trail: Vec<(usize, i64, i64)>,
    choices: Vec<Choice>,
}

impl<'a> Search<'a> {
    fn new(problem: &'a Problem) -> Self {
        let low: Vec<i64> = problem.variables.iter().map(|variable| variable.low).collect();
        let high: Vec<i64> = problem.variables.iter().map(|variable| variable.high).collect();
        let open = problem
            .relations
            .iter()
            .map(|relation| relation.iter().filter(|(variable, _)| low[*variable] < high[*variable]).count())
            .collect();
        let cheapest =
            problem.variables.iter().map(|variable| variable.cost(variable.cheapest(variable.low, variable.high)));
        Self {
            problem,
            relations_of: problem.relations_of(),
            cost: cheapest.sum(),
            low,
            high,
            open,
            trail: Vec::new(),
            choices: Vec::new(),
        }
    }

    /// The variable to decide next: of the relation with the fewest open ones, the one that costs most to get wrong.
    fn next_variable(&self) -> Option<usize> {
        let relations = self.open.iter().enumerate().filter(|(_, open)| **open > 0);
        let of_relation = relations.min_by_key(|(place, open)| (**open, *place)).and_then(|(place, _)| {
            let open = self.problem.relations[place].iter().map(|(variable, _)| *variable);
            open.filter(|&variable| self.low[variable] < self.high[variable])
                .max_by_key(|&variable| (self.regret(variable), std::cmp::Reverse(variable)))
        });
        of_relation.or_else(|| (0..self.low.len()).find(|&variable| self.low[variable] < self.high[variable]))
    }

    /// What the second best multiple costs more than the best.
    fn regret(&self, variable: usize) -> i64 {
        let what = &self.problem.variables[variable];
        let (low, high) = (self.low[variable], self.high[variable]);
        let best = what.cheapest(low, high);
        let others = [best - 1, best + 1].into_iter().filter(|other| (low..=high).contains(other));
        others.map(|other| what.cost(other)).min().unwrap_or(0) - what.cost(best)
    }

    /// Takes the cheapest multiple; whether relations can still hold.
    fn branch(&mut self, variable: usize) -> bool {
        let (low, high) = (self.low[variable], self.high[variable]);
        let best = self.problem.variables[variable].cheapest(low, high);
        // The next to be tried is the last: the cheaper side.
        let mut others: Vec<(i64, i64)> =
            [(low, best - 1), (best + 1, high)].into_iter().filter(|(a, b)| a <= b).collect();
        let what = &self.problem.variables[variable];
        others.sort_by_key(|&(low, high)| std::cmp::Reverse(what.cost(what.cheapest(low, high))));
        self.choices.push(Choice { variable, others, trail: self.trail.len() });
        self.decide(variable, best, best)
    }

    /// Goes back to the last choice that has another side; none if there is none.
    fn other_branch(&mut self) -> Option<bool> {
        loop {
            let choice = self.choices.last_mut()?;
            let (variable, trail, other) = (choice.variable, choice.trail, choice.others.pop());
            self.undo(trail);
            match other {
                Some((low, high)) => return Some(self.decide(variable, low, high)),
                None => {
                    self.choices.pop();
                }
            }
        }
    }

    fn decide(&mut self, variable: usize, low: i64, high: i64) -> bool {
        self.narrow(variable, low, high);
        let touched = self.relations_of[variable].iter().map(|(place, _)| *place).collect();
        self.tighten(touched)
    }

    fn narrow(&mut self, variable: usize, low: i64, high: i64) {
        let before = (self.low[variable], self.high[variable]);
        self.trail.push((variable, before.0, before.1));
        self.set(variable, low, high);
    }

    fn set(&mut self, variable: usize, low: i64, high: i64) {
        let what = &self.problem.variables[variable];
        let (old_low, old_high) = (self.low[variable], self.high[variable]);
        self.cost += what.cost(what.cheapest(low, high)) - what.cost(what.cheapest(old_low, old_high));
        (self.low[variable], self.high[variable]) = (low, high);
        for &(place, _) in &self.relations_of[variable] {
            match (old_low < old_high, low < high) {
                (true, false) => self.open[place] -= 1,
                (false, true) => self.open[place] += 1,
                _ => {}
            }
        }
    }

    fn undo(&mut self, trail: usize) {
        while self.trail.len() > trail {
            let Some((variable, low, high)) = self.trail.pop() else { return };
            self.set(variable, low, high);
        }
    }

    /// Narrows variables to what their relations allow, given the others, until nothing changes; whether all can hold.
    fn tighten(&mut self, mut waiting: Vec<usize>) -> bool {
        let problem = self.problem;
        while let Some(place) = waiting.pop() {
            let relation = &problem.relations[place];
            let ends = |search: &Self, variable: usize, coefficient: i64| {
                let (a, b) = (coefficient * search.low[variable], coefficient * search.high[variable]);
                (a.min(b), a.max(b))
            };
            let (mut least, mut most) = (0i64, 0i64);
            for &(variable, coefficient) in relation {
                let (low, high) = ends(self, variable, coefficient);
                least += low;
                most += high;
            }
            if least > 0 || most < 0 {
                return false;
            }
            for &(variable, coefficient) in relation {
                if self.low[variable] == self.high[variable] {
                    continue;
                }
                let (low, high) = ends(self, variable, coefficient);
                // The others are from least - low to most - high; this term must undo one of these.
                let (from, to) = (-(most - high), -(least - low));
                let (from, to) = if coefficient > 0 {
                    (
                        from.div_euclid(coefficient) + i64::from(from.rem_euclid(coefficient) > 0),
                        to.div_euclid(coefficient),
                    )
                } else {
                    let (from, to, by) = (-to, -from, -coefficient);
                    (from.div_euclid(by) + i64::from(from.rem_euclid(by) > 0), to.div_euclid(by))
                };
                let (new_low, new_high) = (self.low[variable].max(from), self.high[variable].min(to));
                if new_low > new_high {
                    return false;
                }
                if (new_low, new_high) != (self.low[variable], self.high[variable]) {
                    self.narrow(variable, new_low, new_high);
                    let (low_now, high_now) = ends(self, variable, coefficient);
                    least += low_now - low;
                    most += high_now - high;
                    waiting.extend(self.relations_of[variable].iter().map(|(place, _)| *place));
                }
            }
        }
        true
    }
}
