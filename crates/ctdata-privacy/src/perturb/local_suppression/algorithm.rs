//! From a table to the cells that must be blank.

use std::cmp::Reverse;

use ctdata_table::{Attribute, Classes, Column, Control, Missing, Table};

use super::cover::Cover;
use super::greedy::hide;
use super::params::LocalSuppression;
use super::problem::{BLANK, Parcel, Problem, View, bits, hashes, reading, views};
use super::projection::Projections;
use super::restore::restore;
use crate::PrivacyError;
use crate::quasi::QuasiIdentifiers;
use crate::unit::Persons;

/// What is suppressed of a table.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Suppressed {
    /// For each quasi-identifier, in the order of the parameters, the rows whose cell becomes blank,
    /// ascending. Cells of dropped rows and cells that were blank before are not among them.
    pub(crate) blanked: Vec<Vec<u32>>,
    /// The rows that are dropped, ascending.
    pub(crate) dropped: Vec<u32>,
    /// The importance of the blanked cells and of the dropped records.
    pub(crate) cost: u64,
}

impl std::fmt::Debug for Suppressed {
    /// Shows how many, never which.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suppressed")
            .field("blanked", &self.blanked.iter().map(Vec::len).collect::<Vec<_>>())
            .field("dropped", &self.dropped.len())
            .field("cost", &self.cost)
            .finish()
    }
}

impl Suppressed {
    fn nothing(params: &LocalSuppression) -> Self {
        Self { blanked: vec![Vec::new(); params.quasi_identifiers.len()], dropped: Vec::new(), cost: 0 }
    }

    /// The attribute and column that a quasi-identifier (by its place in the parameters) is released
    /// as, for all rows of the input, dropped ones included. The attribute can be not recorded.
    pub(crate) fn column(
        &self,
        table: &Table,
        params: &LocalSuppression,
        place: usize,
    ) -> Result<(Attribute, Column), PrivacyError> {
        let name = params.quasi_identifiers.get(place).map(String::as_str).unwrap_or_default();
        let (attribute, column) = table.named(name)?;
        let rows = self.blanked.get(place).map(Vec::as_slice).unwrap_or_default();
        if rows.is_empty() {
            return Ok((attribute.clone(), column.clone()));
        }
        let kinds = attribute.missing().with(Missing::NotRecorded);
        let new = Attribute::new(attribute.shared_name(), attribute.domain().clone(), kinds);
        let map: Vec<u16> = (0..u16::try_from(attribute.code_count()).unwrap_or(u16::MAX))
            .map(|code| attribute.cell(code).and_then(|cell| new.code(cell)).unwrap_or(code))
            .collect();
        let mut codes: Vec<u16> =
            column.iter().map(|code| map.get(usize::from(code)).copied().unwrap_or(code)).collect();
        let blank = new.missing_code(Missing::NotRecorded);
        for row in rows {
            if let (Some(cell), Some(blank)) = (codes.get_mut(*row as usize), blank) {
                *cell = blank;
            }
        }
        let column = Column::from_codes(&codes, new.code_count());
        Ok((new, column))
    }

    /// The input with its blanked cells and without its dropped rows, all columns, ids and weights
    /// kept, in the order of the input.
    #[cfg(test)]
    pub(super) fn applied(&self, table: &Table, params: &LocalSuppression) -> Result<Table, PrivacyError> {
        let mut output = table.clone();
        for (place, name) in params.quasi_identifiers.iter().enumerate() {
            let (attribute, column) = self.column(table, params, place)?;
            output = output.with_replaced(table.schema().position(name)?, attribute, column)?;
        }
        let rows = 0..u32::try_from(table.rows()).unwrap_or(u32::MAX);
        let kept: Vec<u32> = rows.filter(|row| self.dropped.binary_search(row).is_err()).collect();
        Ok(output.take(&kept)?)
    }
}

/// Chooses the cells to blank.
///
/// Time and memory grow with the distinct tuples × the sets of attributes that are tried, the latter
/// bounded, and with the blanked cells.
///
/// # Errors
/// A column that the table lacks; [`PrivacyError::NoSolution`] if there are records but fewer units
/// than some combination needs; a stop by `control`.
pub(crate) fn suppress(
    table: &Table,
    params: &LocalSuppression,
    control: &Control,
) -> Result<Suppressed, PrivacyError> {
    let schema = table.schema();
    let quasi = QuasiIdentifiers::find(schema, &params.quasi_identifiers)?;
    let views = views(params)?;
    let persons = Persons::of(table);
    let required = views.iter().map(|view| view.k).max().unwrap_or(1);
    if table.rows() == 0 || views.is_empty() {
        return Ok(Suppressed::nothing(params));
    }
    let classes = Classes::with_members(table, &quasi.set, control)?;
    let readings: Vec<Vec<u16>> = quasi.attributes(schema).into_iter().map(reading).collect();
    let cell = |key: &[u16], name: usize| -> u16 {
        let code = quasi.place_in_key.get(name).and_then(|&place| key.get(place));
        let reading = readings.get(name).map(Vec::as_slice).unwrap_or_default();
        code.and_then(|&code| reading.get(usize::from(code))).copied().unwrap_or(BLANK)
    };
    let parcels: Vec<Parcel> = (0..classes.len())
        .map(|class| Parcel {
            cells: (0..params.quasi_identifiers.len()).map(|name| cell(classes.key(class), name)).collect(),
            rows: classes.members(class).to_vec(),
        })
        .collect();
    let solver = Solver { params, views, hashes: hashes(table), persons, control };
    let records = table.rows() as u64;
    let no_solution = || PrivacyError::NoSolution { model: "local suppression", required: required.into(), records };
    let mut solved = solver.solve(parcels.clone(), false)?.ok_or_else(no_solution)?;
    if solved.made.cost > solved.plain_cost
        && let Some(plain) = solver.solve(parcels.clone(), true)?
        && plain.made.cost < solved.made.cost
    {
        solved = plain;
    }
    let dropped = solver.hard_to_hide(&solved, table.rows());
    if !dropped.is_empty() {
        let mut fewer = parcels;
        for parcel in &mut fewer {
            parcel.rows.retain(|row| dropped.binary_search(row).is_err());
        }
        if let Some(mut other) = solver.solve(fewer, false)? {
            other.made.cost += params.record_importance() * dropped.len() as u64;
            other.made.dropped = dropped;
            if other.made.cost < solved.made.cost {
                return Ok(other.made);
            }
        }
    }
    Ok(solved.made)
}

struct Solver<'a> {
    params: &'a LocalSuppression,
    views: Vec<View>,
    hashes: Vec<u64>,
    persons: Persons,
    control: &'a Control,
}

struct Solved {
    made: Suppressed,
    /// The rows of each tuple that was exposed in the input and has no blank.
    exposed: Vec<Vec<u32>>,
    /// What it costs to blank all that is exposed.
    plain_cost: u64,
}

impl Solver<'_> {
    /// Blanks cells of the rows of the parcels; parcels without rows are of dropped records. None if
    /// there are too few units. `plain` blanks all quasi-identifiers of all exposed records, which is
    /// seldom cheaper.
    fn solve(&self, mut parcels: Vec<Parcel>, plain: bool) -> Result<Option<Solved>, PrivacyError> {
        let mut made = Suppressed::nothing(self.params);
        let mut start: Option<(Vec<Vec<u32>>, u64)> = None;
        // The output is an input again, whose blanks hide the truth: repeated until nothing is added.
        loop {
            let problem = Problem::new(self.params, &self.views, parcels, &self.hashes, &self.persons);
            self.control.reserve(problem.least_bytes())?;
            let mut cover = Cover::new(&problem, Projections::new(&problem, self.control))?;
            let blank_first = plain && start.is_none();
            if start.is_none() {
                let exposed: Vec<usize> = (0..problem.tuples()).filter(|&tuple| cover.is_exposed(tuple)).collect();
                start = Some(droppable(&problem, &exposed));
                if blank_first {
                    for &tuple in &exposed {
                        for slot in problem.slots(tuple) {
                            cover.blank(tuple, slot, problem.all())?;
                        }
                    }
                }
            }
            if hide(&mut cover, self.control)?.is_none() {
                return Ok(None);
            }
            if !blank_first {
                restore(&mut cover, self.control)?;
            }
            let before = made.cost;
            parcels = taken_over(&cover, &mut made);
            if made.cost == before {
                break;
            }
        }
        made.blanked.iter_mut().for_each(|rows| rows.sort_unstable());
        let (exposed, plain_cost) = start.unwrap_or_default();
        Ok(Some(Solved { made, exposed, plain_cost }))
    }

    /// Rows that cost no less to blank than to drop, the dearest tuples first, as many as may be
    /// dropped. Tuples are dropped whole: then nobody who looks for one finds it.
    fn hard_to_hide(&self, solved: &Solved, rows: usize) -> Vec<u32> {
        let parts = u64::from(self.params.drop_parts_per_million);
        let mut left = rows as u64 * parts / 1_000_000;
        if left == 0 {
            return Vec::new();
        }
        let mut cost = vec![0u64; rows];
        for (rows, &importance) in solved.made.blanked.iter().zip(&self.params.importance) {
            for &row in rows {
                if let Some(cost) = cost.get_mut(row as usize) {
                    *cost += u64::from(importance);
                }
            }
        }
        let cost_of = |rows: &Vec<u32>| -> u64 { rows.iter().filter_map(|&row| cost.get(row as usize)).sum() };
        let mut hard: Vec<(u64, &Vec<u32>)> = solved
            .exposed
            .iter()
            .map(|rows| (cost_of(rows) / (rows.len() as u64).max(1), rows))
            .filter(|(cost, _)| *cost >= self.params.record_importance())
            .collect();
        hard.sort_by_key(|(cost, _)| Reverse(*cost));
        let mut dropped: Vec<u32> = Vec::new();
        for (_, rows) in hard {
            if rows.len() as u64 <= left {
                left -= rows.len() as u64;
                dropped.extend(rows);
            }
        }
        dropped.sort_unstable();
        dropped
    }
}

/// Of some tuples the rows of each that has rows and no blank, and what blanking all of them costs.
fn droppable(problem: &Problem, tuples: &[usize]) -> (Vec<Vec<u32>>, u64) {
    let (mut found, mut cost) = (Vec::new(), 0);
    for &tuple in tuples {
        let known = problem.blanks.get(tuple).copied().unwrap_or(0);
        let rows = problem.rows.get(problem.slots(tuple)).unwrap_or_default();
        cost += problem.cost(problem.all() & !known) * rows.len() as u64;
        if known == 0 && !rows.is_empty() {
            found.push(rows.to_vec());
        }
    }
    (found, cost)
}

/// Notes what was blanked, and makes parcels of the output.
fn taken_over(cover: &Cover<'_>, made: &mut Suppressed) -> Vec<Parcel> {
    let problem = cover.problem;
    let mut parcels: Vec<Parcel> = Vec::with_capacity(problem.tuples());
    for tuple in 0..problem.tuples() {
        let known = problem.blanks.get(tuple).copied().unwrap_or(0);
        let mut slots: Vec<(u64, u32)> =
            problem.slots(tuple).filter_map(|slot| Some((*cover.mask.get(slot)?, *problem.rows.get(slot)?))).collect();
        slots.sort_unstable();
        if slots.is_empty() {
            parcels.push(Parcel { cells: problem.cells(tuple).to_vec(), rows: Vec::new() });
        }
        for same in slots.chunk_by(|a, b| a.0 == b.0) {
            let mask = same.first().map_or(0, |(mask, _)| *mask);
            let rows: Vec<u32> = same.iter().map(|(_, row)| *row).collect();
            let mut cells = problem.cells(tuple).to_vec();
            for attribute in bits(mask & !known) {
                if let Some(rows_of) = made.blanked.get_mut(attribute) {
                    rows_of.extend_from_slice(&rows);
                }
                if let Some(cell) = cells.get_mut(attribute) {
                    *cell = BLANK;
                }
            }
            made.cost += problem.cost(mask & !known) * rows.len() as u64;
            parcels.push(Parcel { cells, rows });
        }
    }
    parcels
}
