//! Whether a part of the records satisfies the models.

use ctdata_table::{Column, Table};

use crate::model::evaluator::{ClassView, Evaluator};
use crate::unit::Persons;

/// What judges regions, one at a time. See [`Evaluator`], which is one.
pub(crate) trait Judge {
    /// Positions in the schema of the attributes whose counts are wanted.
    fn sensitive(&self) -> &[usize];
    /// Regions of fewer units fail, whatever else is in them.
    fn least_class_size(&self) -> u64;
    /// Whether all others hold.
    fn is_size_only(&self) -> bool;
    /// Whether a region holds.
    fn class_holds(&self, class: &ClassView<'_>) -> bool;
}

impl Judge for Evaluator {
    fn sensitive(&self) -> &[usize] {
        self.sensitive()
    }

    fn least_class_size(&self) -> u64 {
        self.least_class_size()
    }

    fn is_size_only(&self) -> bool {
        self.is_size_only()
    }

    fn class_holds(&self, class: &ClassView<'_>) -> bool {
        self.class_holds(class)
    }
}

/// A judge with what it needs to count.
pub(super) struct Judging<'a, J: ?Sized> {
    judge: &'a J,
    persons: &'a Persons,
    /// For each person, the last count that saw the person.
    seen: Vec<u64>,
    counts_done: u64,
    sensitive: Vec<Tally>,
}

/// Counts of one sensitive attribute.
struct Tally {
    column: Column,
    /// Records per code; all zero between counts.
    records: Vec<u32>,
}

impl Tally {
    /// The codes of some rows with their records, ascending.
    fn count(&mut self, rows: &[u32]) -> Vec<(u16, u32)> {
        let mut found = Vec::new();
        for code in rows.iter().filter_map(|&row| self.column.get(row as usize)) {
            if let Some(records) = self.records.get_mut(usize::from(code)) {
                if *records == 0 {
                    found.push((code, 0));
                }
                *records += 1;
            }
        }
        found.sort_unstable();
        for (code, count) in &mut found {
            if let Some(records) = self.records.get_mut(usize::from(*code)) {
                *count = std::mem::take(records);
            }
        }
        found
    }
}

impl<'a, J: Judge + ?Sized> Judging<'a, J> {
    pub(super) fn new(table: &Table, judge: &'a J, persons: &'a Persons) -> Self {
        let tally = |&position: &usize| {
            let (attribute, column) = (table.schema().get(position)?, table.column(position)?);
            Some(Tally { column: column.clone(), records: vec![0; attribute.code_count()] })
        };
        let sensitive =
            if judge.is_size_only() { Vec::new() } else { judge.sensitive().iter().filter_map(tally).collect() };
        let seen = vec![0; if persons.repeat() { persons.count() } else { 0 }];
        Self { judge, persons, seen, counts_done: 0, sensitive }
    }

    /// Parts of fewer records than this fail.
    pub(super) fn least_records(&self) -> u64 {
        // A person has at least one record.
        self.judge.least_class_size().max(1)
    }

    /// Whether units that stand for this many records hold. Units are rows, or the judge looks at
    /// nothing but the records.
    pub(super) fn holds(&mut self, units: &[u32], records: u64) -> bool {
        if records < self.least_records() {
            return false;
        }
        let size = if self.persons.repeat() { self.distinct(units) } else { records };
        if size < self.least_records() || self.judge.is_size_only() {
            return size >= self.least_records();
        }
        let counts: Vec<Vec<(u16, u32)>> = self.sensitive.iter_mut().map(|tally| tally.count(units)).collect();
        let sensitive: Vec<&[(u16, u32)]> = counts.iter().map(AsRef::as_ref).collect();
        self.judge.class_holds(&ClassView { size, population: None, sensitive: &sensitive })
    }

    /// The number of distinct persons behind some rows.
    fn distinct(&mut self, rows: &[u32]) -> u64 {
        self.counts_done += 1;
        let mut distinct = 0;
        for &row in rows {
            if let Some(seen) = self.seen.get_mut(self.persons.of_row(row) as usize)
                && *seen != self.counts_done
            {
                *seen = self.counts_done;
                distinct += 1;
            }
        }
        distinct
    }
}
