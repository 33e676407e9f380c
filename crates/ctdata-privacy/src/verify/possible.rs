//! Recounting by comparison: equal rows, and rows that are possible matches of known values.

use std::collections::{HashMap, HashSet};

use ctdata_table::{Control, Table};

use crate::PrivacyError;

/// Some columns of a table, row by row.
pub(super) struct Rows {
    width: usize,
    cells: Vec<u16>,
}

impl Rows {
    /// The columns at `positions`, each cell read by the map of its column.
    pub(super) fn read(table: &Table, columns: &[(usize, impl Fn(u16) -> u16)]) -> Self {
        let width = columns.len();
        let mut cells = vec![0; table.rows() * width];
        for (place, (position, meaning)) in columns.iter().enumerate() {
            let codes = table.column(*position).into_iter().flat_map(ctdata_table::Column::iter);
            for (slot, code) in cells.iter_mut().skip(place).step_by(width).zip(codes) {
                *slot = meaning(code);
            }
        }
        Self { width, cells }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u16]> {
        self.cells.chunks_exact(self.width.max(1))
    }

    /// The distinct rows, sorted.
    pub(super) fn distinct(&self) -> Vec<&[u16]> {
        let mut distinct: Vec<&[u16]> = self.iter().collect::<HashSet<_>>().into_iter().collect();
        distinct.sort_unstable();
        distinct
    }
}

/// Distinct rows with the persons that have them.
pub(super) struct Groups {
    /// The cells that each group agrees in, by column.
    columns: Vec<Vec<u16>>,
    persons: Vec<Vec<u32>>,
    of_row: Vec<u32>,
    /// Whether some person is in more than one group.
    overlap: bool,
    population: usize,
}

impl Groups {
    /// Groups equal rows; `person` numbers whom each row is of, below `population`.
    pub(super) fn of(rows: &Rows, person: &[u32], population: usize) -> Self {
        let mut group_of: HashMap<&[u16], usize> = HashMap::new();
        let mut persons: Vec<Vec<u32>> = Vec::new();
        let mut of_row = Vec::with_capacity(person.len());
        for (row, &person) in rows.iter().zip(person) {
            let group = *group_of.entry(row).or_insert(persons.len());
            of_row.push(u32::try_from(group).unwrap_or(u32::MAX));
            match persons.get_mut(group) {
                Some(members) => members.push(person),
                None => persons.push(vec![person]),
            }
        }
        let mut columns = vec![vec![0; persons.len()]; rows.width];
        for (key, group) in group_of {
            for (column, &cell) in columns.iter_mut().zip(key) {
                if let Some(slot) = column.get_mut(group) {
                    *slot = cell;
                }
            }
        }
        for members in &mut persons {
            members.sort_unstable();
            members.dedup();
        }
        let mut seen = vec![false; population];
        let mut overlap = false;
        for &person in persons.iter().flatten() {
            if let Some(seen) = seen.get_mut(person as usize) {
                overlap |= std::mem::replace(seen, true);
            }
        }
        Self { columns, persons, of_row, overlap, population }
    }

    /// The number of persons of each group.
    pub(super) fn sizes(&self) -> impl Iterator<Item = u64> {
        self.persons.iter().map(|members| members.len() as u64)
    }

    /// The group of each row.
    pub(super) fn of_rows(&self) -> &[u32] {
        &self.of_row
    }

    /// The number of groups.
    pub(super) fn len(&self) -> usize {
        self.persons.len()
    }

    /// Calls `found` with each target and the number of its possible persons: those of groups whose
    /// cells all fit it. Otherwise as [`matching`](Self::matching); `found` says how many persons are
    /// enough to know of the next target.
    pub(super) fn possible(
        &self,
        places: Option<&[usize]>,
        targets: &[&[u16]],
        fits: impl Fn(usize, u16, u16) -> bool,
        control: &Control,
        mut found: impl FnMut(usize, u64) -> u64,
    ) -> Result<(), PrivacyError> {
        let mut last_seen = vec![0usize; if self.overlap { self.population } else { 0 }];
        let mut enough = u64::MAX;
        self.matching(places, targets, fits, control, |number, groups| {
            let members = groups.iter().filter_map(|&group| self.persons.get(group));
            let units = if self.overlap {
                let new = |person: &&u32| {
                    last_seen
                        .get_mut(**person as usize)
                        .is_some_and(|seen| std::mem::replace(seen, number + 1) != number + 1)
                };
                let enough = usize::try_from(enough).unwrap_or(usize::MAX);
                members.flatten().filter(new).take(enough).count()
            } else {
                members.map(Vec::len).sum()
            };
            enough = found(number, units as u64);
        })
    }

    /// Calls `found` with each target and the groups whose cells all fit it (`fits`: the column's place,
    /// what is known, the cell).
    ///
    /// Targets tell of the columns at `places`, or of all. They are sorted: what is possible for a
    /// prefix is kept and only narrowed down, by plain comparison.
    pub(super) fn matching(
        &self,
        places: Option<&[usize]>,
        targets: &[&[u16]],
        fits: impl Fn(usize, u16, u16) -> bool,
        control: &Control,
        mut found: impl FnMut(usize, &[usize]),
    ) -> Result<(), PrivacyError> {
        let mut open: Vec<Vec<usize>> = vec![Vec::new(); self.columns.len() + 1];
        if let Some(all) = open.first_mut() {
            all.extend(0..self.persons.len());
        }
        let mut previous: &[u16] = &[];
        for (number, &target) in targets.iter().enumerate() {
            if number % 4096 == 0 {
                control.check()?;
                control.report("verifying the attacker view", number as u64, Some(targets.len() as u64));
            }
            let shared = target.iter().zip(previous).take_while(|(a, b)| a == b).count();
            for (place, &known) in target.iter().enumerate().skip(shared) {
                let of = places.map_or(Some(place), |places| places.get(place).copied());
                let Some(column) = of.and_then(|of| self.columns.get(of)) else { continue };
                let (narrowed, further) = open.split_at_mut(place + 1);
                if let (Some(wide), Some(narrow)) = (narrowed.last(), further.first_mut()) {
                    let fits = |group: &&usize| column.get(**group).is_some_and(|&cell| fits(place, known, cell));
                    narrow.clear();
                    narrow.extend(wide.iter().filter(fits));
                }
            }
            previous = target;
            found(number, open.get(target.len()).map_or(&[], Vec::as_slice));
        }
        Ok(())
    }
}
