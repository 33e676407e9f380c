//! Recounting by comparison: equal rows, and rows that are possible matches of known values.

use ctdata_table::{Control, Table};
use rustc_hash::{FxHashMap, FxHashSet};

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
        let mut distinct: Vec<&[u16]> = self.iter().collect::<FxHashSet<_>>().into_iter().collect();
        distinct.sort_unstable();
        distinct
    }
}

/// Some cells of each of some rows: the distinct ones, sorted.
pub(super) fn projected(rows: &[&[u16]], places: &[usize]) -> Vec<Vec<u16>> {
    let part = |row: &&[u16]| places.iter().filter_map(|&place| row.get(place).copied()).collect::<Vec<u16>>();
    let mut parts: Vec<Vec<u16>> = rows.iter().map(part).collect::<FxHashSet<_>>().into_iter().collect();
    parts.sort_unstable();
    parts
}

/// Distinct rows with the persons that have them.
pub(super) struct Groups {
    /// The cells that each group agrees in, by column.
    columns: Vec<Vec<u16>>,
    /// The number of persons of each group.
    sizes: Vec<u64>,
    /// The persons of each group, ascending; left out of projections where they are not needed.
    persons: Vec<Vec<u32>>,
    of_row: Vec<u32>,
    /// Whether some person is in more than one group.
    overlap: bool,
    population: usize,
}

impl Groups {
    /// Groups equal rows; `person` numbers whom each row is of, below `population`.
    pub(super) fn of(rows: &Rows, person: &[u32], population: usize) -> Self {
        let mut group_of: FxHashMap<&[u16], usize> = FxHashMap::default();
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
        let sizes = persons.iter().map(|members| members.len() as u64).collect();
        Self { columns, sizes, persons, of_row, overlap, population }
    }

    /// The groups of the rows by some of their columns only. It does not know which rows are in which.
    pub(super) fn project(&self, places: &[usize]) -> Self {
        let parts: Vec<&[u16]> =
            places.iter().map(|&place| self.columns.get(place).map(Vec::as_slice).unwrap_or_default()).collect();
        let mut group_of: FxHashMap<Vec<u16>, usize> = FxHashMap::default();
        let mut columns = vec![Vec::new(); parts.len()];
        let (mut sizes, mut persons): (Vec<u64>, Vec<Vec<u32>>) = (Vec::new(), Vec::new());
        for (finer, &size) in self.sizes.iter().enumerate() {
            let key: Vec<u16> = parts.iter().filter_map(|part| part.get(finer).copied()).collect();
            let group = if let Some(&group) = group_of.get(&key) {
                group
            } else {
                for (column, &cell) in columns.iter_mut().zip(&key) {
                    column.push(cell);
                }
                group_of.insert(key, sizes.len());
                sizes.push(0);
                persons.push(Vec::new());
                sizes.len() - 1
            };
            if let Some(sum) = sizes.get_mut(group) {
                *sum += size;
            }
            if let (true, Some(members), Some(more)) = (self.overlap, persons.get_mut(group), self.persons.get(finer)) {
                members.extend_from_slice(more);
            }
        }
        if self.overlap {
            for (members, size) in persons.iter_mut().zip(&mut sizes) {
                members.sort_unstable();
                members.dedup();
                *size = members.len() as u64;
            }
        }
        Self { columns, sizes, persons, of_row: Vec::new(), overlap: self.overlap, population: self.population }
    }

    /// The number of persons of each group.
    pub(super) fn sizes(&self) -> &[u64] {
        &self.sizes
    }

    /// The persons of a group; nobody in projections of groups that share no person.
    pub(super) fn persons(&self, group: usize) -> &[u32] {
        self.persons.get(group).map(Vec::as_slice).unwrap_or_default()
    }

    /// The group of each row.
    pub(super) fn of_rows(&self) -> &[u32] {
        &self.of_row
    }

    /// The number of groups.
    pub(super) fn len(&self) -> usize {
        self.sizes.len()
    }

    /// Calls `found` with each target and the number of its possible persons: those of groups whose
    /// cells all fit it. Otherwise as [`matching`](Self::matching); `found` says how many persons are
    /// enough to know of the next target.
    pub(super) fn possible<T: AsRef<[u16]>>(
        &self,
        targets: &[T],
        fits: impl Fn(usize, u16, u16) -> bool,
        control: &Control,
        mut found: impl FnMut(usize, u64) -> u64,
    ) -> Result<(), PrivacyError> {
        let mut last_seen = vec![0usize; if self.overlap { self.population } else { 0 }];
        let mut enough = u64::MAX;
        self.matching(targets, fits, control, |number, groups| {
            let units = if self.overlap {
                let new = |person: &&u32| {
                    last_seen
                        .get_mut(**person as usize)
                        .is_some_and(|seen| std::mem::replace(seen, number + 1) != number + 1)
                };
                let enough = usize::try_from(enough).unwrap_or(usize::MAX);
                groups.iter().flat_map(|&group| self.persons(group)).filter(new).take(enough).count() as u64
            } else {
                groups.iter().filter_map(|&group| self.sizes.get(group)).sum()
            };
            enough = found(number, units);
        })
    }

    /// Calls `found` with each target and the groups whose cells all fit it (`fits`: the column's place,
    /// what is known, the cell).
    ///
    /// Targets are sorted: what is possible for a prefix is kept and only narrowed down, by plain
    /// comparison.
    pub(super) fn matching<T: AsRef<[u16]>>(
        &self,
        targets: &[T],
        fits: impl Fn(usize, u16, u16) -> bool,
        control: &Control,
        mut found: impl FnMut(usize, &[usize]),
    ) -> Result<(), PrivacyError> {
        let mut open: Vec<Vec<usize>> = vec![Vec::new(); self.columns.len() + 1];
        if let Some(all) = open.first_mut() {
            all.extend(0..self.len());
        }
        let mut previous: &[u16] = &[];
        for (number, target) in targets.iter().enumerate() {
            let target = target.as_ref();
            if number % 4096 == 0 {
                control.check()?;
                control.report("verifying the attacker view", number as u64, Some(targets.len() as u64));
            }
            let shared = target.iter().zip(previous).take_while(|(a, b)| a == b).count();
            for ((place, &known), column) in target.iter().enumerate().zip(&self.columns).skip(shared) {
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
