//! Which hidden cells follow from the relations, kept up to date while cells are hidden and published again.

use std::collections::BTreeMap;

use super::field::{Row, add, add_multiple, invert, multiply, negate, value};

/// Where a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Published, or not looked at.
    Open,
    /// Hidden, and solved for in a row.
    Pivot(usize),
    /// Hidden, and free.
    Free,
}

/// The relations in reduced echelon form with respect to the hidden columns.
///
/// Row `i` is the combination `combination[i]` of relations; of the hidden columns it has its pivot, with 1, and the
/// free columns of `rest[i]`. A row without a pivot has no hidden column. So a hidden cell follows from what is
/// published exactly if it is the pivot of a row without free columns, and then the published cells of that row are
/// what it follows from: one of them has to be hidden.
#[derive(Debug)]
pub(super) struct Tableau {
    relations: Vec<Row>,
    /// Relations of each column.
    columns: Vec<Row>,
    combination: Vec<Row>,
    /// Rows whose combination has a relation; some may have lost it, or be listed twice.
    rows_with: Vec<Vec<u32>>,
    pivot: Vec<Option<u32>>,
    rest: Vec<Row>,
    place: Vec<Place>,
    /// Rows of each free column.
    rows_of: Vec<Vec<usize>>,
}

fn index(at: u32) -> usize {
    at as usize
}

#[expect(clippy::cast_possible_truncation, reason = "cells and relations are fewer than 2^31")]
fn short(at: usize) -> u32 {
    at as u32
}

#[expect(
    clippy::indexing_slicing,
    reason = "columns are below the width that all lists of columns have, rows and relations below the number of relations"
)]
impl Tableau {
    /// Nothing is hidden.
    pub(super) fn new(relations: Vec<Row>, width: usize) -> Self {
        let mut columns = vec![Row::new(); width];
        for (at, relation) in relations.iter().enumerate() {
            for &(column, value) in relation {
                columns[index(column)].push((short(at), value));
            }
        }
        let rows = relations.len();
        Self {
            columns,
            combination: (0..rows).map(|at| vec![(short(at), 1)]).collect(),
            rows_with: (0..rows).map(|at| vec![short(at)]).collect(),
            pivot: vec![None; rows],
            rest: vec![Row::new(); rows],
            place: vec![Place::Open; width],
            rows_of: vec![Vec::new(); width],
            relations,
        }
    }

    pub(super) fn is_hidden(&self, column: u32) -> bool {
        self.place[index(column)] != Place::Open
    }

    /// The values of a column in all rows where they are not zero, rows in ascending order.
    fn image(&mut self, column: u32) -> Vec<(usize, u64)> {
        let mut image = BTreeMap::<usize, u64>::new();
        for &(relation, by) in &self.columns[index(column)] {
            let rows = &mut self.rows_with[index(relation)];
            rows.sort_unstable();
            rows.dedup();
            let combination = &self.combination;
            rows.retain(|&row| {
                let has = value(&combination[index(row)], relation);
                if has != 0 {
                    let sum = image.entry(index(row)).or_default();
                    *sum = add(*sum, multiply(has, by));
                }
                has != 0
            });
        }
        image.into_iter().filter(|(_, value)| *value != 0).collect()
    }

    /// `combination[row] += by * combination`.
    fn combine(&mut self, row: usize, by: u64, combination: &Row) {
        let rows_with = &mut self.rows_with;
        let own = &mut self.combination[row];
        *own = add_multiple(own, by, combination, |relation| rows_with[index(relation)].push(short(row)));
    }

    fn scale(row: &mut Row, by: u64) {
        for (_, value) in row {
            *value = multiply(*value, by);
        }
    }

    /// Hides a column.
    pub(super) fn hide(&mut self, column: u32) {
        if self.is_hidden(column) {
            return;
        }
        let image = self.image(column);
        let open = image.iter().filter(|(row, _)| self.pivot[*row].is_none());
        let Some(&(pivot, by)) = open.min_by_key(|(row, _)| self.combination[*row].len()) else {
            // Combinations of rows without a pivot never have it.
            for (row, value) in image {
                let rest = &mut self.rest[row];
                let at = rest.partition_point(|(at, _)| *at < column);
                rest.insert(at, (column, value));
                self.rows_of[index(column)].push(row);
            }
            self.place[index(column)] = Place::Free;
            return;
        };
        Self::scale(&mut self.combination[pivot], invert(by));
        let combination = std::mem::take(&mut self.combination[pivot]);
        for (row, by) in image {
            if row != pivot {
                self.combine(row, negate(by), &combination);
            }
        }
        self.combination[pivot] = combination;
        self.pivot[pivot] = Some(column);
        self.place[index(column)] = Place::Pivot(pivot);
    }

    /// Publishes a column again.
    pub(super) fn publish(&mut self, column: u32) {
        if let Place::Pivot(row) = self.place[index(column)] {
            let candidates = self.rest[row].iter().map(|(free, _)| *free);
            let free = candidates.min_by_key(|free| self.rows_of[index(*free)].len());
            let Some(free) = free else {
                self.pivot[row] = None;
                self.place[index(column)] = Place::Open;
                return;
            };
            self.exchange(row, free);
        }
        for row in std::mem::take(&mut self.rows_of[index(column)]) {
            self.rest[row].retain(|(at, _)| *at != column);
        }
        self.place[index(column)] = Place::Open;
    }

    /// Makes a free column the pivot of a row, whose pivot becomes free.
    fn exchange(&mut self, row: usize, free: u32) {
        let Some(old) = self.pivot[row] else { return };
        let by = invert(value(&self.rest[row], free));
        let mut rest = std::mem::take(&mut self.rest[row]);
        rest.retain(|(at, _)| *at != free);
        let at = rest.partition_point(|(at, _)| *at < old);
        rest.insert(at, (old, 1));
        Self::scale(&mut rest, by);
        Self::scale(&mut self.combination[row], by);
        let combination = std::mem::take(&mut self.combination[row]);
        self.rows_of[index(old)].push(row);
        for other in std::mem::take(&mut self.rows_of[index(free)]) {
            if other == row {
                continue;
            }
            let own = std::mem::take(&mut self.rest[other]);
            let by = negate(value(&own, free));
            let rows_of = &mut self.rows_of;
            let mut sum = add_multiple(&own, by, &rest, |column| rows_of[index(column)].push(other));
            sum.retain(|(at, _)| *at != free);
            // Columns that cancel are no longer in the row.
            for &(column, _) in &rest {
                if value(&own, column) != 0 && value(&sum, column) == 0 {
                    self.rows_of[index(column)].retain(|row| *row != other);
                }
            }
            self.rest[other] = sum;
            self.combine(other, by, &combination);
        }
        self.combination[row] = combination;
        self.rest[row] = rest;
        self.pivot[row] = Some(free);
        self.place[index(free)] = Place::Pivot(row);
        self.place[index(old)] = Place::Free;
    }

    /// A combination of relations without any other hidden column: what the column follows from.
    /// `None` if it does not follow. The column itself need not be hidden.
    pub(super) fn reason(&mut self, column: u32) -> Option<Row> {
        match self.place[index(column)] {
            Place::Free => None,
            Place::Pivot(row) => self.rest[row].is_empty().then(|| self.combined(&self.combination[row])),
            Place::Open => {
                let image = self.image(column);
                let open = image.into_iter().map(|(row, _)| row).filter(|row| self.pivot[*row].is_none());
                let row = open.min_by_key(|row| self.combination[*row].len())?;
                Some(self.combined(&self.combination[row]))
            }
        }
    }

    /// What a hidden column follows from for somebody who knows another hidden one, if it does.
    pub(super) fn reason_with(&self, column: u32, known: u32) -> Option<Row> {
        let (row, other) = match (self.place[index(column)], self.place[index(known)]) {
            (Place::Pivot(row), Place::Free) => (row, known),
            (Place::Free, Place::Pivot(row)) => (row, column),
            (Place::Pivot(a), Place::Pivot(b)) => {
                let (first, second) = (&self.rest[a], &self.rest[b]);
                let &(lead, by) = second.first()?;
                let ratio = multiply(value(first, lead), invert(by));
                let same = ratio != 0 && add_multiple(first, negate(ratio), second, |_| {}).is_empty();
                return same.then(|| {
                    let combination = add_multiple(&self.combination[a], negate(ratio), &self.combination[b], |_| {});
                    self.combined(&combination)
                });
            }
            _ => return None,
        };
        let alone = matches!(self.rest[row].as_slice(), [(free, _)] if *free == other);
        alone.then(|| self.combined(&self.combination[row]))
    }

    /// Pairs of hidden columns of which either follows from the other: free columns and rows are grouped by what they
    /// depend on.
    pub(super) fn pairs(&self, is_known: impl Fn(u32) -> bool, is_marked: impl Fn(u32) -> bool) -> Vec<(u32, u32)> {
        let mut groups = BTreeMap::<Row, Vec<u32>>::new();
        for (row, pivot) in self.pivot.iter().enumerate() {
            let (Some(pivot), Some(&(_, lead))) = (*pivot, self.rest[row].first()) else { continue };
            if !(is_known(pivot) || is_marked(pivot)) {
                continue;
            }
            let mut depends = self.rest[row].clone();
            Self::scale(&mut depends, invert(lead));
            if let [(free, _)] = depends.as_slice() {
                let free = *free;
                let group = groups.entry(depends).or_insert_with(|| vec![free]);
                group.push(pivot);
            } else {
                groups.entry(depends).or_default().push(pivot);
            }
        }
        let mut pairs = Vec::new();
        for group in groups.into_values() {
            for &column in group.iter().filter(|column| is_marked(**column)) {
                // One who knows is enough: whoever else knows is broken up with it, or found the next time.
                let known = group.iter().find(|known| **known != column && is_known(**known));
                pairs.extend(known.map(|known| (column, *known)));
            }
        }
        pairs
    }

    /// The sum of relations.
    fn combined(&self, combination: &Row) -> Row {
        let mut sum = BTreeMap::<u32, u64>::new();
        for &(relation, by) in combination {
            for &(column, value) in &self.relations[index(relation)] {
                let entry = sum.entry(column).or_default();
                *entry = add(*entry, multiply(by, value));
            }
        }
        sum.into_iter().filter(|(_, value)| *value != 0).collect()
    }
}
