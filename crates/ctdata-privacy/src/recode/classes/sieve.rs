//! How many records are in small classes at the least, from a few attributes alone.
//!
//! Records that some of the attributes set apart are set apart by all of them. So a class of a
//! projection that is too small has none but small classes in it, whatever the other attributes are.

#![expect(clippy::indexing_slicing, reason = "codes are below the lengths of their maps, places below the product")]

use super::{ClassTable, Coding, Key};
use crate::recode::attributes::SearchAttribute;

/// The classes of level 0, attribute by attribute.
pub(crate) struct Sieve {
    columns: Vec<Column>,
    records: Vec<u32>,
    /// Cells that are counted at the most.
    cells: usize,
    places: Vec<u32>,
    counts: Vec<u32>,
}

struct Column {
    /// Code on level 0 of each class.
    codes: Vec<u16>,
    levels: Vec<Digits>,
}

/// The codes of a level that occur, numbered.
struct Digits {
    of_code: Vec<u32>,
    count: usize,
}

/// Classes that are placed at a time.
const BLOCK: usize = 2048;

impl Sieve {
    /// Projections have at most so many cells.
    pub(crate) fn new<K: Key>(
        base: &ClassTable<K>,
        coding: &Coding<K>,
        attributes: &[SearchAttribute],
        top: &[u16],
        cells: usize,
    ) -> Self {
        let columns = attributes.iter().zip(top).zip(coding.fields()).map(|((attribute, &highest), field)| {
            let code = |key: &K| u16::try_from(key.code(field.shift, field.width)).unwrap_or(0);
            let codes = base.keys.iter().map(code).collect();
            let levels = (0..=usize::from(highest)).map(|level| Digits::of(attribute, level)).collect();
            Column { codes, levels }
        });
        let (columns, records) = (columns.collect(), base.records.clone());
        Self { columns, records, cells, places: Vec::new(), counts: Vec::new() }
    }

    /// Records in classes of fewer than so many at a node, at the least: those of the attributes that
    /// tell most codes apart, as many of them as their cells can be counted.
    pub(crate) fn small(&mut self, levels: &[u16], least: u64) -> u64 {
        let digits =
            |(column, &level): (&'_ Column, &u16)| column.levels.get(usize::from(level)).map_or(1, |d| d.count);
        let mut chosen: Vec<(usize, usize)> =
            self.columns.iter().zip(levels).map(digits).enumerate().filter(|(_, count)| *count > 1).collect();
        chosen.sort_by_key(|&(at, count)| (std::cmp::Reverse(count), at));
        let mut cells = 1;
        chosen.retain(|&(_, count)| {
            let fits = cells * count <= self.cells;
            cells *= if fits { count } else { 1 };
            fits
        });
        self.counts.clear();
        self.counts.resize(cells, 0);
        let mut stride = 1;
        let maps: Vec<(&[u16], Vec<u32>)> = chosen
            .iter()
            .map(|&(at, count)| {
                let column = &self.columns[at];
                let of_code = &column.levels[usize::from(levels[at])].of_code;
                let map = of_code.iter().map(|digit| digit * stride).collect();
                // At most `cells`, which fit 32 bits.
                stride *= u32::try_from(count).unwrap_or(u32::MAX);
                (column.codes.as_slice(), map)
            })
            .collect();
        for (block, records) in self.records.chunks(BLOCK).enumerate() {
            self.places.clear();
            self.places.resize(records.len(), 0);
            for (codes, map) in &maps {
                for (place, &code) in self.places.iter_mut().zip(&codes[block * BLOCK..]) {
                    *place += map[usize::from(code)];
                }
            }
            for (&place, &records) in self.places.iter().zip(records) {
                self.counts[place as usize] += records;
            }
        }
        self.counts.iter().map(|&count| u64::from(count)).filter(|&count| count < least).sum()
    }
}

impl Digits {
    fn of(attribute: &SearchAttribute, level: usize) -> Self {
        let mut next = 0;
        let numbers: Vec<u32> = attribute.levels.get(level).map_or_else(Vec::new, |level| {
            let number = |&records: &u64| {
                let number = next;
                next += u32::from(records > 0);
                if records > 0 { number } else { 0 }
            };
            level.records.iter().map(number).collect()
        });
        let of_code = attribute.map(0, level);
        let of_code: Vec<usize> =
            if level == 0 { (0..numbers.len()).collect() } else { of_code.into_iter().map(usize::from).collect() };
        let of_code = of_code.into_iter().map(|code| numbers.get(code).copied().unwrap_or(0)).collect();
        Self { of_code, count: usize::try_from(next).unwrap_or(usize::MAX).max(1) }
    }
}
