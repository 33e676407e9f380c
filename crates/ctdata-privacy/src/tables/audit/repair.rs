//! Which figures to withhold so that an exposed cell gets the room that it needs.
//!
//! At the end of the attacker's search the equation of the cell says why it goes no further: every column in it is at
//! a bound, and some of these columns are published figures, which have no room at all. As long as that equation holds,
//! so does the limit, whatever else is withheld. So one of its figures is withheld, and the search goes on.

#![expect(clippy::indexing_slicing, reason = "cells and relations are positions in lists made here")]

use ctdata_table::Control;
use rustc_hash::FxHashMap;

use super::proof::asked;
use super::reduce::{Column, Component, Room, UNLIMITED};
use super::tableau::Tableau;
use super::{Feasible, Reach, settled};
use crate::PrivacyError;
use crate::tables::{CellId, Direction, Pattern, Standing, TableSystem};

/// What repair does to a pattern.
#[derive(Default)]
pub(in crate::tables) struct Repair {
    /// Figures that it withholds in addition.
    pub(in crate::tables) withheld: Vec<CellId>,
    /// Exposed cells for which no figure can help.
    pub(in crate::tables) hopeless: u64,
}

/// Withholds figures until the relations around each exposed cell leave it room. Relations of published figures alone
/// are left out; the next audit looks at them.
///
/// # Errors
/// Counts above 2⁶², or the caller's wish to stop.
pub(in crate::tables) fn repair(
    system: &TableSystem,
    pattern: &mut Pattern,
    exposed: &[Feasible],
    control: &Control,
) -> Result<Repair, PrivacyError> {
    let mut repair = Repair::default();
    let mut surroundings = Surroundings::new(system, pattern);
    let mut is_done = vec![false; system.cells().len()];
    let mut is_exposed = vec![false; system.cells().len()];
    for found in exposed {
        is_exposed[found.cell.index()] = true;
    }
    for found in exposed {
        if is_done[found.cell.index()] {
            continue;
        }
        control.check()?;
        let (component, cells) = surroundings.component(pattern, found.cell)?;
        // Hidden cells come first, each in one component only.
        let targets = cells.iter().enumerate().filter(|(_, cell)| is_exposed[cell.index()]);
        let targets: Vec<(usize, CellId)> = targets.map(|(column, cell)| (column, *cell)).collect();
        let mut tableau = settled(Tableau::new(&component, control))?;
        for (column, cell) in targets {
            is_done[cell.index()] = true;
            for way in [Direction::Down, Direction::Up] {
                let goal = asked(system.cells()[cell.index()].level, way);
                let helped = widen(
                    &mut surroundings,
                    pattern,
                    (&cells, &mut tableau),
                    (column, way, goal),
                    &mut repair.withheld,
                    control,
                )?;
                if !helped {
                    repair.hopeless += 1;
                    break;
                }
            }
        }
    }
    Ok(repair)
}

/// Withholds figures until a column goes as far as asked; false if none helps.
fn widen(
    surroundings: &mut Surroundings<'_>,
    pattern: &mut Pattern,
    (cells, tableau): (&[CellId], &mut Option<Tableau>),
    (column, way, goal): (usize, Direction, u64),
    withheld: &mut Vec<CellId>,
    control: &Control,
) -> Result<bool, PrivacyError> {
    loop {
        let reach = match tableau {
            Some(tableau) => {
                tableau.reset();
                settled(tableau.push(column, way, Some(goal), control))?
            }
            None => None,
        };
        let best = match reach {
            Some(Reach::Goal | Reach::Endless) => return Ok(true),
            Some(Reach::End(top, bottom)) => {
                let Some((terms, pivot)) = tableau.as_ref().and_then(|tableau| tableau.holding(column)) else {
                    return Ok(false);
                };
                #[expect(clippy::cast_precision_loss, reason = "which figure is best is a guess")]
                let missing = goal as f64 - top.unsigned_abs() as f64 / bottom as f64;
                let mut best: Option<(f64, usize)> = None;
                for &(other, by) in terms {
                    if !surroundings.is_published_figure(pattern, cells[other]) {
                        continue;
                    }
                    let room = Room::of(&surroundings.system.cells()[cells[other].index()])?;
                    let room = if (by > 0) == (way == Direction::Up) { room.low.saturating_neg() } else { room.high };
                    if room == 0 {
                        continue;
                    }
                    #[expect(clippy::cast_precision_loss, reason = "which figure is best is a guess")]
                    let gain = match room {
                        UNLIMITED => 1.0,
                        room => room as f64 * by.unsigned_abs() as f64 / pivot as f64 / missing,
                    };
                    let price = surroundings.price(cells[other]) / gain.min(1.0);
                    if best.is_none_or(|(least, _)| price < least) {
                        best = Some((price, other));
                    }
                }
                best.map(|(_, other)| other)
            }
            // Without numbers to guide: whatever figure of the component is cheapest, until all are withheld.
            None => {
                *tableau = None;
                let published =
                    (0..cells.len()).filter(|other| surroundings.is_published_figure(pattern, cells[*other]));
                let weight = |other: &usize| surroundings.weight(cells[*other]);
                published.min_by(|a, b| weight(a).total_cmp(&weight(b)))
            }
        };
        let Some(other) = best else { return Ok(false) };
        let cell = cells[other];
        pattern.withhold(cell);
        withheld.push(cell);
        surroundings.hide(cell);
        match tableau {
            Some(tableau) => tableau.open(other, Room::of(&surroundings.system.cells()[cell.index()])?),
            None => return Ok(true),
        }
    }
}

/// Relations by cell, and what is hidden in them.
struct Surroundings<'a> {
    system: &'a TableSystem,
    relations_of: Vec<Vec<usize>>,
    /// Hidden cells of each relation.
    hidden: Vec<usize>,
    /// The least weights of two figures of a relation, where they were asked for.
    cheapest: FxHashMap<usize, [(f64, CellId); 2]>,
}

impl<'a> Surroundings<'a> {
    fn new(system: &'a TableSystem, pattern: &Pattern) -> Self {
        let mut relations_of = vec![Vec::new(); system.cells().len()];
        let mut hidden = vec![0; system.relations().len()];
        for (number, relation) in system.relations().iter().enumerate() {
            for (cell, _) in &relation.terms {
                relations_of[cell.index()].push(number);
                hidden[number] += usize::from(system.is_hidden(*cell, pattern));
            }
        }
        Self { system, relations_of, hidden, cheapest: FxHashMap::default() }
    }

    fn hide(&mut self, cell: CellId) {
        for relation in &self.relations_of[cell.index()] {
            self.hidden[*relation] += 1;
        }
    }

    fn is_published_figure(&self, pattern: &Pattern, cell: CellId) -> bool {
        self.system.cells()[cell.index()].standing == Standing::Figure && !pattern.withholds(cell)
    }

    fn weight(&self, cell: CellId) -> f64 {
        self.system.cells()[cell.index()].weight.max(0.0)
    }

    /// What withholding a figure costs: its weight, and that of another figure in each relation that would give it away.
    fn price(&mut self, cell: CellId) -> f64 {
        let mut price = self.weight(cell).max(f64::MIN_POSITIVE);
        for &relation in &self.relations_of[cell.index()] {
            if self.hidden[relation] > 0 {
                continue;
            }
            let system = self.system;
            let least = self.cheapest.entry(relation).or_insert_with(|| {
                let mut least = [(f64::INFINITY, CellId(u32::MAX)); 2];
                for (other, _) in &system.relations()[relation].terms {
                    let known = &system.cells()[other.index()];
                    let is_figure = known.standing == Standing::Figure && known.count > known.least;
                    let weight = if is_figure { known.weight.max(0.0) } else { f64::INFINITY };
                    if weight < least[0].0 {
                        least = [(weight, *other), least[0]];
                    } else if weight < least[1].0 {
                        least[1] = (weight, *other);
                    }
                }
                least
            });
            price += if least[0].1 == cell { least[1].0 } else { least[0].0 };
        }
        price
    }

    /// The hidden cells that relations connect with a cell, and the published ones of these relations, without room.
    fn component(&self, pattern: &Pattern, start: CellId) -> Result<(Component, Vec<CellId>), PrivacyError> {
        let mut component = Component::default();
        let mut cells = vec![start];
        let mut column_of: FxHashMap<CellId, usize> = FxHashMap::default();
        column_of.insert(start, 0);
        let mut row_of: FxHashMap<usize, usize> = FxHashMap::default();
        let mut at = 0;
        while at < cells.len() {
            if self.system.is_hidden(cells[at], pattern) {
                for &relation in &self.relations_of[cells[at].index()] {
                    if row_of.insert(relation, 0).is_some() {
                        continue;
                    }
                    let mut row = Vec::new();
                    for &(cell, by) in &self.system.relations()[relation].terms {
                        let column = *column_of.entry(cell).or_insert_with(|| {
                            cells.push(cell);
                            cells.len() - 1
                        });
                        row.push((column, i64::from(by)));
                    }
                    row.sort_unstable();
                    component.rows.push(row);
                }
            }
            at += 1;
        }
        for cell in &cells {
            let is_hidden = self.system.is_hidden(*cell, pattern);
            let none = Room { low: 0, high: 0 };
            let room = if is_hidden { Room::of(&self.system.cells()[cell.index()])? } else { none };
            component.columns.push(Column { members: vec![(*cell, room)], room });
        }
        Ok((component, cells))
    }
}
