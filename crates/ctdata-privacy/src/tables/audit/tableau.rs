//! A bounded simplex in whole numbers: how far one cell can differ from its true count.
//!
//! Each row is an equation between one basic column and nonbasic ones, with whole coefficients without a common
//! divisor: nothing is rounded, so an optimum is an optimum. The row of the cell in question is the objective, and at
//! the optimum its coefficients are the proof (the dual solution) that the cell goes no further.
//!
//! # Sources
//! G. B. Dantzig, Linear Programming and Extensions (1963): simplex with upper bounds. R. G. Bland, New finite pivoting
//! rules for the simplex method, Mathematics of Operations Research 2 (1977).

#![expect(clippy::indexing_slicing, reason = "rows and columns are positions that this file hands out")]

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use ctdata_table::Control;

use super::reduce::{Component, Room, UNLIMITED};
use super::{Reach, Stop};
use crate::tables::Direction;

/// No row.
const NONE: usize = usize::MAX;

/// Steps that are compared before one is taken.
const COMPARED: usize = 8;

/// An equation: `pivot * basic + sum of terms = 0`.
#[derive(Clone)]
struct Row {
    /// The basic column, or `NONE` before there is one.
    basic: usize,
    /// Its coefficient, positive; 0 before there is a basic column.
    pivot: i64,
    /// Nonbasic columns and coefficients, by column.
    terms: Vec<(usize, i64)>,
    /// The value of the basic column times `pivot`.
    value: i128,
}

/// Equations solved for basic columns, at a point that fulfils them.
pub(in crate::tables) struct Tableau {
    rows: Vec<Row>,
    rooms: Vec<Room>,
    /// The row in which a column is basic, or `NONE`.
    row_of: Vec<usize>,
    /// Values of nonbasic columns.
    at: Vec<i64>,
    /// Rows that may hold a nonbasic column; more than do.
    holders: Vec<Vec<usize>>,
    /// Pivots made since the start.
    pub(super) pivots: u64,
}

/// A step of an entering column.
#[derive(Clone, Copy)]
struct Step {
    column: usize,
    /// 1 or -1.
    sign: i64,
    /// Its length as a fraction; `None` if nothing ends it.
    length: Option<(i128, i64)>,
    /// The row whose basic column ends it; `NONE` if the column meets its own bound.
    row: usize,
}

impl Tableau {
    /// Solves the relations of a component for as many columns; columns without room stay nonbasic.
    pub(in crate::tables) fn new(component: &Component, control: &Control) -> Result<Self, Stop> {
        let columns = component.columns.len();
        let mut tableau = Self {
            rows: Vec::with_capacity(component.rows.len()),
            rooms: component.columns.iter().map(|column| column.room).collect(),
            row_of: vec![NONE; columns],
            at: vec![0; columns],
            holders: vec![Vec::new(); columns],
            pivots: 0,
        };
        for terms in &component.rows {
            for (column, _) in terms {
                tableau.holders[*column].push(tableau.rows.len());
            }
            tableau.rows.push(Row { basic: NONE, pivot: 0, terms: terms.clone(), value: 0 });
        }
        tableau.eliminate(control)?;
        Ok(tableau)
    }

    /// Gives every row a basic column, short rows and rare columns first: that keeps the equations short.
    fn eliminate(&mut self, control: &Control) -> Result<(), Stop> {
        let mut queue: BinaryHeap<Reverse<(usize, usize)>> =
            self.rows.iter().enumerate().map(|(row, equation)| Reverse((equation.terms.len(), row))).collect();
        while let Some(Reverse((length, row))) = queue.pop() {
            let now = self.rows[row].terms.len();
            if now > length {
                queue.push(Reverse((now, row)));
                continue;
            }
            control.check()?;
            let movable = |column: usize| self.rooms[column] != Room { low: 0, high: 0 };
            let terms = self.rows[row].terms.iter().filter(|(column, _)| movable(*column));
            let best = terms.min_by_key(|(column, by)| (by.unsigned_abs(), self.holders[*column].len(), *column));
            if let Some(&(column, _)) = best {
                self.pivot(row, column)?;
            }
        }
        // What is left without a basic column relates columns without room: it says nothing.
        let mut kept = Vec::with_capacity(self.rows.len());
        for row in std::mem::take(&mut self.rows) {
            if row.basic != NONE {
                self.row_of[row.basic] = kept.len();
                kept.push(row);
            }
        }
        self.rows = kept;
        self.holders.iter_mut().for_each(Vec::clear);
        for (row, equation) in self.rows.iter().enumerate() {
            for (column, _) in &equation.terms {
                self.holders[*column].push(row);
            }
        }
        Ok(())
    }

    /// Back to the true counts.
    pub(in crate::tables) fn reset(&mut self) {
        self.at.iter_mut().for_each(|value| *value = 0);
        self.rows.iter_mut().for_each(|row| row.value = 0);
    }

    /// Gives a column without room its room.
    pub(in crate::tables) fn open(&mut self, column: usize, room: Room) {
        self.rooms[column] = room;
    }

    /// Columns that differ from the true counts, with their differences as fractions.
    pub(super) fn point(&self) -> impl Iterator<Item = (usize, i128, i64)> + '_ {
        let resting = self.at.iter().enumerate().filter(|(column, _)| self.row_of[*column] == NONE);
        let resting = resting.filter(|(_, at)| **at != 0).map(|(column, at)| (column, i128::from(*at), 1));
        let basic = self.rows.iter().filter(|row| row.value != 0).map(|row| (row.basic, row.value, row.pivot));
        resting.chain(basic)
    }

    /// The equation of a basic column: the columns that hold it where it is, and their coefficients over its own.
    pub(in crate::tables) fn holding(&self, column: usize) -> Option<(&[(usize, i64)], i64)> {
        let row = self.rows.get(self.row_of[column])?;
        Some((&row.terms, row.pivot))
    }

    /// Moves a column as far as it goes, or until it is `goal` or more away from the true count.
    pub(in crate::tables) fn push(
        &mut self,
        target: usize,
        direction: Direction,
        goal: Option<u64>,
        control: &Control,
    ) -> Result<Reach, Stop> {
        let sign = if direction == Direction::Up { 1 } else { -1 };
        let mut steps = 0u32;
        loop {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(64) {
                control.check()?;
            }
            let row = self.row_of[target];
            let (value, over) = match self.rows.get(row) {
                None => (i128::from(self.at[target]), 1),
                Some(row) => (row.value, row.pivot),
            };
            let gone = value * i128::from(sign);
            if goal.is_some_and(|goal| gone >= i128::from(goal) * i128::from(over)) {
                return Ok(Reach::Goal);
            }
            let step = if row == NONE {
                if self.own_room(target, sign) == Some(0) { None } else { Some(self.step(target, sign)?) }
            } else {
                self.choose(row, sign, goal)?
            };
            match step {
                None => return Ok(Reach::End(value, over)),
                Some(step) if step.length.is_some() => self.take(step)?,
                Some(step) => {
                    let Some(goal) = goal else { return Ok(Reach::Endless) };
                    // Nothing ends the step: as far as needed. (`row` is `NONE` if the column is the target.)
                    let missing = i128::from(goal) * i128::from(over) - gone;
                    let rate = self.rows.get(row).map_or(1, |row| coefficient(row, step.column).abs());
                    let rate = i128::from(rate.max(1));
                    let length = (missing + rate - 1) / rate;
                    self.slide(step, i64::try_from(length)?)?;
                }
            }
        }
    }

    /// The step to take so that the basic column of a row moves; `None` if there is none.
    fn choose(&mut self, row: usize, sign: i64, goal: Option<u64>) -> Result<Option<Step>, Stop> {
        let terms: Vec<(usize, i64)> = self.rows[row].terms.clone();
        let mut best: Option<(Step, f64)> = None;
        let mut blocked: Option<Step> = None;
        let mut compared = 0;
        for (column, by) in terms {
            let way = if by > 0 { -sign } else { sign };
            if self.own_room(column, way) == Some(0) {
                continue;
            }
            let step = self.step(column, way)?;
            let Some((top, bottom)) = step.length else {
                // Without a goal this shows that there is no end; with one, it is met.
                return Ok(Some(step));
            };
            if top == 0 {
                // Bland's rule: the first column, where none gets anywhere.
                blocked = blocked.or(Some(step));
                continue;
            }
            #[expect(clippy::cast_precision_loss, reason = "which step is best is a guess")]
            let gain = top as f64 / bottom as f64 * by.unsigned_abs() as f64;
            if best.is_none_or(|(_, most)| gain > most) {
                best = Some((step, gain));
            }
            compared += 1;
            #[expect(clippy::cast_precision_loss, reason = "which step is best is a guess")]
            let enough = goal.is_some_and(|goal| gain >= goal as f64 * self.rows[row].pivot as f64);
            if compared == COMPARED || enough {
                break;
            }
        }
        Ok(best.map(|(step, _)| step).or(blocked))
    }

    /// The room of a column itself; `None` if it has no limit.
    fn own_room(&self, column: usize, sign: i64) -> Option<i64> {
        let Room { low, high } = self.rooms[column];
        match (sign > 0, high) {
            (true, UNLIMITED) => None,
            (true, high) => Some(high.saturating_sub(self.at[column])),
            (false, _) => Some(self.at[column].saturating_sub(low)),
        }
    }

    /// How far a nonbasic column can go.
    fn step(&mut self, column: usize, sign: i64) -> Result<Step, Stop> {
        self.refresh(column);
        let mut length = self.own_room(column, sign).map(|room| (i128::from(room), 1));
        let mut ends = NONE;
        for &holder in &self.holders[column] {
            let row = &self.rows[holder];
            let by = coefficient(row, column);
            let Room { low, high } = self.rooms[row.basic];
            let room = if (by > 0) == (sign > 0) {
                row.value - i128::from(low) * i128::from(row.pivot)
            } else if high == UNLIMITED {
                continue;
            } else {
                i128::from(high) * i128::from(row.pivot) - row.value
            };
            let by = by.abs();
            let order = match length {
                None => Ordering::Less,
                Some((top, bottom)) => {
                    let (left, right) = (room.checked_mul(bottom.into()), top.checked_mul(by.into()));
                    left.ok_or(Stop::Overflow)?.cmp(&right.ok_or(Stop::Overflow)?)
                }
            };
            // Of several that end it, the first column (Bland); its own bound needs no pivot.
            let first = ends != NONE && row.basic < self.rows[ends].basic;
            if order == Ordering::Less || (order == Ordering::Equal && first) {
                (length, ends) = (Some((room, by)), holder);
            }
        }
        Ok(Step { column, sign, length, row: ends })
    }

    /// Drops rows that hold the column no more from its list.
    fn refresh(&mut self, column: usize) {
        let mut holders = std::mem::take(&mut self.holders[column]);
        holders.sort_unstable();
        holders.dedup();
        holders.retain(|row| coefficient(&self.rows[*row], column) != 0);
        self.holders[column] = holders;
    }

    /// Takes a step that something ends.
    fn take(&mut self, step: Step) -> Result<(), Stop> {
        if step.row == NONE {
            let room = self.own_room(step.column, step.sign).ok_or(Stop::Overflow)?;
            return self.slide(step, room);
        }
        let row = &self.rows[step.row];
        let up = (coefficient(row, step.column) > 0) != (step.sign > 0);
        let Room { low, high } = self.rooms[row.basic];
        self.at[row.basic] = if up { high } else { low };
        self.pivot(step.row, step.column)
    }

    /// Moves a nonbasic column without a pivot.
    fn slide(&mut self, step: Step, length: i64) -> Result<(), Stop> {
        let by = step.sign * length;
        self.at[step.column] = self.at[step.column].checked_add(by).ok_or(Stop::Overflow)?;
        for holder in 0..self.holders[step.column].len() {
            let row = &mut self.rows[self.holders[step.column][holder]];
            let change = i128::from(coefficient(row, step.column)) * i128::from(by);
            row.value = row.value.checked_sub(change).ok_or(Stop::Overflow)?;
        }
        Ok(())
    }

    /// Solves a row for another of its columns and puts that into all other rows.
    fn pivot(&mut self, at: usize, column: usize) -> Result<(), Stop> {
        self.pivots += 1;
        let empty = Row { basic: NONE, pivot: 0, terms: Vec::new(), value: 0 };
        let mut row = std::mem::replace(&mut self.rows[at], empty);
        let Ok(place) = row.terms.binary_search_by_key(&column, |(column, _)| *column) else {
            return Err(Stop::Overflow);
        };
        let (_, by) = row.terms.remove(place);
        if row.basic != NONE {
            let place = row.terms.partition_point(|(other, _)| *other < row.basic);
            row.terms.insert(place, (row.basic, row.pivot));
            self.holders[row.basic].push(at);
            self.row_of[row.basic] = NONE;
        }
        if by < 0 {
            row.terms.iter_mut().for_each(|(_, other)| *other = -*other);
        }
        (row.basic, row.pivot) = (column, by.abs());
        row.value = self.value(&row.terms)?;
        self.row_of[column] = at;
        let mut holders = std::mem::take(&mut self.holders[column]);
        holders.sort_unstable();
        holders.dedup();
        let mut merged = Vec::new();
        for holder in holders {
            if holder != at {
                self.combine(holder, &row, at, &mut merged)?;
            }
        }
        self.rows[at] = row;
        Ok(())
    }

    /// Puts the equation of `row`, which is solved for its basic column, into another row.
    fn combine(&mut self, other: usize, row: &Row, at: usize, merged: &mut Vec<(usize, i64)>) -> Result<(), Stop> {
        debug_assert_ne!(other, at);
        let old = &self.rows[other];
        let by = coefficient(old, row.basic);
        if by == 0 {
            return Ok(());
        }
        let common = gcd(row.pivot.unsigned_abs(), by.unsigned_abs());
        let common = i64::try_from(common)?;
        let (keep, take) = (row.pivot / common, by / common);
        merged.clear();
        let (mut left, mut right) = (old.terms.as_slice(), row.terms.as_slice());
        loop {
            let (column, value) = match (left.first(), right.first()) {
                (None, None) => break,
                (Some(&(a, x)), Some(&(b, _))) if a < b => {
                    left = &left[1..];
                    (a, keep.checked_mul(x))
                }
                (Some(&(a, x)), None) => {
                    left = &left[1..];
                    (a, keep.checked_mul(x))
                }
                (Some(&(a, x)), Some(&(b, y))) if a == b => {
                    (left, right) = (&left[1..], &right[1..]);
                    (a, keep.checked_mul(x).zip(take.checked_mul(y)).and_then(|(x, y)| x.checked_sub(y)))
                }
                (_, Some(&(b, y))) => {
                    right = &right[1..];
                    self.holders[b].push(other);
                    (b, take.checked_mul(y).and_then(i64::checked_neg))
                }
            };
            let value = value.ok_or(Stop::Overflow)?;
            if value != 0 && column != row.basic {
                merged.push((column, value));
            }
        }
        let mut pivot = old.pivot.checked_mul(keep).ok_or(Stop::Overflow)?;
        if pivot != 1 {
            let mut common = pivot.unsigned_abs();
            for (_, value) in merged.iter() {
                common = gcd(common, value.unsigned_abs());
                if common == 1 {
                    break;
                }
            }
            if common > 1 {
                let common = i64::try_from(common)?;
                pivot /= common;
                for (_, value) in merged.iter_mut() {
                    *value /= common;
                }
            }
        }
        let value = self.value(merged)?;
        let old = &mut self.rows[other];
        (old.pivot, old.value) = (pivot, value);
        std::mem::swap(&mut old.terms, merged);
        Ok(())
    }

    /// What the basic column of an equation is, times its coefficient.
    fn value(&self, terms: &[(usize, i64)]) -> Result<i128, Stop> {
        let mut sum = 0i128;
        for (column, by) in terms {
            let at = self.at[*column];
            if at != 0 {
                sum = sum.checked_sub(i128::from(*by) * i128::from(at)).ok_or(Stop::Overflow)?;
            }
        }
        Ok(sum)
    }
}

/// The coefficient of a nonbasic column.
fn coefficient(row: &Row, column: usize) -> i64 {
    row.terms.binary_search_by_key(&column, |(column, _)| *column).map_or(0, |place| row.terms[place].1)
}

/// The greatest common divisor.
pub(super) fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
