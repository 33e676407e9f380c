//! Suppression in any set of linked tables, by elimination.
//!
//! A marked cell that follows from what is published follows from a combination of relations, and one of the published
//! figures in it has to be withheld. Which one is chosen as by the primal-dual method: all pay for the combination
//! alike until one is paid for. Then what turned out not to be needed is published again, last come first. On a graph
//! this is Dijkstra's shortest path.
//!
//! # Sources
//! Ø. Langsrud, Secondary cell suppression by Gaussian elimination, Privacy in Statistical Databases (2024), for
//! elimination on the model matrix; M. X. Goemans, D. P. Williamson, A general approximation technique for constrained
//! forest problems, SIAM Journal on Computing 24 (1995), for the choice; M. Fischetti, J. J. Salazar-González (2000),
//! for the combinations.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use ctdata_table::Control;

use super::field::Row;
use super::reduce::reduced;
use super::tableau::Tableau;
use super::{cost, is_marked, need, room};
use crate::PrivacyError;
use crate::tables::{CellId, Pattern, Standing, SystemCell, TableSystem};

/// Inner cells with little room are looked at one by one, up to this many; then all count as if they had room, and
/// the audit has to find where they do not.
const TIGHT_INNER_CELLS: usize = 20_000;

pub(super) fn suppress(system: &TableSystem, singletons: bool, control: &Control) -> Result<Pattern, PrivacyError> {
    let marked: Vec<CellId> = system.ids().filter(|&id| system.cell(id).is_some_and(is_marked)).collect();
    let most_needed = marked.iter().filter_map(|&id| Some(need(system.cell(id)?))).max().unwrap_or(0);
    let is_inner = |cell: &SystemCell| cell.standing == Standing::Inner && cell.level.is_none();
    let tight = system.cells().iter().filter(|cell| is_inner(cell) && room(cell) < most_needed).count();
    let is_free = |id: u32| {
        let cell = system.cell(CellId(id)).filter(|cell| is_inner(cell));
        cell.is_some_and(|cell| room(cell) >= most_needed || tight > TIGHT_INNER_CELLS)
    };
    let tableau = Tableau::new(reduced(system, is_free, control)?, system.cells().len());
    let mut search = Search { system, tableau, pattern: Pattern::open(system), penalty: super::penalty(system) };

    // Cells that are hidden anyway, those with most room first.
    let mut hidden: Vec<(Reverse<u64>, u32)> = Vec::new();
    for id in system.ids() {
        let Some(cell) = system.cell(id) else { continue };
        if is_marked(cell) && cell.standing == Standing::Figure {
            search.pattern.withhold(id);
        }
        if is_marked(cell) || (is_inner(cell) && !is_free(id.0)) {
            hidden.push((Reverse(room(cell)), id.0));
        }
    }
    hidden.sort_unstable();
    let mut hidden = hidden.into_iter().peekable();

    let mut by_need = BTreeMap::<Reverse<u64>, Vec<CellId>>::new();
    for &id in &marked {
        by_need.entry(Reverse(system.cell(id).map_or(0, need))).or_default().push(id);
    }
    // A cell that has to move by so much needs others that can. Later cells need less, so that more cells serve.
    let mut done = 0;
    for (Reverse(need), cells) in by_need {
        while let Some((_, column)) = hidden.next_if(|(Reverse(room), _)| *room >= need) {
            search.tableau.hide(column);
        }
        for cell in cells {
            control.check()?;
            control.report("suppression", done, u64::try_from(marked.len()).ok());
            search.protect(cell, need);
            done += 1;
        }
    }
    // Where that was impossible, a cell is at least not exactly known.
    hidden.for_each(|(_, column)| search.tableau.hide(column));
    for &cell in &marked {
        control.check()?;
        search.protect(cell, 0);
    }
    if singletons {
        search.part_from_singletons(control)?;
    }
    Ok(search.pattern)
}

#[derive(Debug)]
struct Search<'s> {
    system: &'s TableSystem,
    tableau: Tableau,
    pattern: Pattern,
    penalty: f64,
}

impl Search<'_> {
    /// The published figures of a combination that can be withheld, with what that costs.
    fn candidates<'r>(&'r self, reason: &'r Row, need: u64) -> impl Iterator<Item = (u32, f64)> + 'r {
        reason.iter().filter_map(move |&(column, _)| {
            let id = CellId(column);
            let cell = self.system.cell(id)?;
            let can = cell.standing == Standing::Figure && !self.pattern.withholds(id) && room(cell) >= need;
            can.then(|| (column, cost(cell, self.penalty)))
        })
    }

    fn withhold(&mut self, column: u32) {
        self.tableau.hide(column);
        self.pattern.withhold(CellId(column));
    }

    fn publish(&mut self, column: u32) {
        self.tableau.publish(column);
        self.pattern.publish(CellId(column));
    }

    /// Withholds what it takes for a marked cell not to follow by cells with so much room; nothing if that is
    /// impossible.
    fn protect(&mut self, cell: CellId, need: u64) {
        let mut left = HashMap::<u32, f64>::new();
        let mut added = Vec::new();
        while let Some(reason) = self.tableau.reason(cell.0) {
            let candidates: Vec<(u32, f64)> = self
                .candidates(&reason, need)
                .map(|(column, cost)| (column, left.get(&column).copied().unwrap_or(cost)))
                .collect();
            let Some(&(chosen, paid)) = candidates.iter().min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0))) else {
                added.into_iter().rev().for_each(|column| self.publish(column));
                return;
            };
            left.extend(candidates.into_iter().map(|(column, cost)| (column, cost - paid)));
            self.withhold(chosen);
            added.push(chosen);
        }
        for column in added.into_iter().rev() {
            self.publish(column);
            if self.tableau.reason(cell.0).is_some() {
                self.withhold(column);
            }
        }
    }

    /// Whoever is alone in a cell knows its count: no other marked cell may follow with that.
    fn part_from_singletons(&mut self, control: &Control) -> Result<(), PrivacyError> {
        loop {
            let system = self.system;
            let of = |column: u32| system.cell(CellId(column)).filter(|cell| is_marked(cell));
            let alone = |column| of(column).is_some_and(|cell| cell.count == 1);
            let pairs = self.tableau.pairs(alone, |column| of(column).is_some());
            let mut changed = false;
            for (cell, known) in pairs {
                control.check()?;
                while let Some(reason) = self.tableau.reason_with(cell, known) {
                    let cheapest = self.candidates(&reason, 0).min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
                    let Some((column, _)) = cheapest else { break };
                    self.withhold(column);
                    changed = true;
                }
            }
            if !changed {
                return Ok(());
            }
        }
    }
}
