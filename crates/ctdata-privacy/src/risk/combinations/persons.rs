//! Distinct persons behind combinations, where persons have several records.

use ctdata_table::{AttributeSet, BitmapIndex, Control, Table, TableError};

use super::cells::{ABSENT, BLANK, NOT_APPLICABLE, part};
use crate::unit::Persons;

/// Counts the persons of a released table.
///
/// Counting records is fast, and persons are at least records / records per person; only where that
/// does not decide, the records are looked up.
pub(super) struct PersonCounter<'a> {
    index: BitmapIndex,
    persons: &'a Persons,
    most_records: u64,
    /// For each attribute the codes of blanks, and that of not applicable.
    blanks: Vec<Vec<u16>>,
    not_applicable: Vec<Option<u16>>,
    /// For each person the last count that met them.
    seen_by: Vec<u32>,
    count: u32,
}

impl<'a> PersonCounter<'a> {
    /// For a table of the chosen columns; `meanings` says for each attribute and code what it is.
    pub(super) fn new(
        table: &Table,
        persons: &'a Persons,
        meanings: &[Vec<u16>],
        control: &Control,
    ) -> Result<Self, TableError> {
        let positions: Vec<usize> = (0..table.schema().len()).collect();
        let mut records = vec![0u64; persons.count()];
        for row in (0u32..).take(table.rows()) {
            if let Some(records) = records.get_mut(persons.of_row(row) as usize) {
                *records += 1;
            }
        }
        let codes = |meanings: &Vec<u16>, wanted: u16| -> Vec<u16> {
            (0u16..).zip(meanings).filter(|(_, meaning)| **meaning == wanted).map(|(code, _)| code).collect()
        };
        Ok(Self {
            index: BitmapIndex::build(table, &positions, control)?,
            persons,
            most_records: records.into_iter().max().unwrap_or(1).max(1),
            blanks: meanings.iter().map(|meanings| codes(meanings, BLANK)).collect(),
            not_applicable: meanings.iter().map(|meanings| codes(meanings, NOT_APPLICABLE).first().copied()).collect(),
            seen_by: vec![0; persons.count()],
            count: 0,
        })
    }

    /// The least number of persons that so many records can be of.
    pub(super) fn least(&self, records: u64) -> u64 {
        records.div_ceil(self.most_records)
    }

    /// Distinct persons with a record of these meanings on a set; with `open`, blanks fit too.
    pub(super) fn distinct(&mut self, set: &AttributeSet, packed: u128, open: bool) -> u64 {
        let mut rows = vec![u64::MAX; self.index.words()];
        for (place, &position) in set.positions().iter().rev().enumerate() {
            let position = usize::from(position);
            let blanks = self.blanks.get(position).map(Vec::as_slice).unwrap_or_default();
            let mut codes = if open { blanks.to_vec() } else { Vec::new() };
            match part(packed, place) {
                BLANK if open => {}
                BLANK => codes.extend_from_slice(blanks),
                NOT_APPLICABLE => codes.extend(self.not_applicable.get(position).copied().flatten()),
                ABSENT => {}
                value => codes.push(value),
            }
            for (row, fits) in rows.iter_mut().zip(self.index.union(position, &codes)) {
                *row &= fits;
            }
        }
        if self.count == u32::MAX {
            self.count = 0;
            self.seen_by.fill(0);
        }
        self.count += 1;
        let mut found = 0;
        for (word, mut bits) in (0u32..).zip(rows) {
            while bits != 0 {
                let person = self.persons.of_row(word * u64::BITS + bits.trailing_zeros());
                bits &= bits - 1;
                if let Some(seen) = self.seen_by.get_mut(person as usize)
                    && *seen != self.count
                {
                    *seen = self.count;
                    found += 1;
                }
            }
        }
        found
    }
}
