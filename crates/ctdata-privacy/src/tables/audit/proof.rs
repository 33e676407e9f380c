//! Checks of witnesses against the relations as they were given, not as the audit made them small.

use rustc_hash::FxHashMap;

use crate::tables::{CellId, Direction, Level, Pattern, TableSystem, Witness};

/// A system and its relations by cell, so that a witness is checked in the time that its own cells take.
pub(super) struct Checker<'a> {
    system: &'a TableSystem,
    pattern: &'a Pattern,
    /// Where the relations of a cell begin in `entries`.
    starts: Vec<usize>,
    entries: Vec<(usize, i32)>,
}

impl<'a> Checker<'a> {
    /// A checker of one pattern.
    pub(super) fn new(system: &'a TableSystem, pattern: &'a Pattern) -> Self {
        let terms = || {
            let relations = system.relations().iter().enumerate();
            relations.flat_map(|(row, relation)| relation.terms.iter().map(move |(cell, by)| (cell.index(), row, *by)))
        };
        let mut sorted: Vec<(usize, usize, i32)> = terms().collect();
        sorted.sort_unstable();
        let starts = (0..=system.cells().len()).map(|cell| sorted.partition_point(|(other, _, _)| *other < cell));
        let starts = starts.collect();
        Self { system, pattern, starts, entries: sorted.into_iter().map(|(_, row, by)| (row, by)).collect() }
    }

    /// As [`Witness::check`]: whether the other tables agree with everything published.
    pub(super) fn holds(&self, witness: &Witness) -> bool {
        let scale = i128::from(witness.denominator);
        let mut sums: FxHashMap<usize, i128> = FxHashMap::default();
        let mut cells: Vec<CellId> = witness.differences.iter().map(|(cell, _)| *cell).collect();
        cells.sort_unstable();
        let distinct = cells.windows(2).all(|pair| pair.first() != pair.last());
        let fits = witness.differences.iter().all(|&(id, by)| {
            let Some(cell) = self.system.cell(id).filter(|_| self.system.is_hidden(id, self.pattern)) else {
                return false;
            };
            let (from, to) = (self.starts.get(id.index()), self.starts.get(id.index() + 1));
            let entries = from.zip(to).and_then(|(from, to)| self.entries.get(*from..*to)).unwrap_or_default();
            for &(row, coefficient) in entries {
                *sums.entry(row).or_default() += i128::from(coefficient) * i128::from(by);
            }
            let value = i128::from(cell.count) * scale + i128::from(by);
            let most = cell.most.map(|most| i128::from(most) * scale);
            by != 0 && value >= i128::from(cell.least) * scale && most.is_none_or(|most| value <= most)
        });
        scale > 0 && distinct && fits && sums.values().all(|sum| *sum == 0)
    }
}

/// What a difference proves: its direction, and how many whole persons it goes.
pub(super) fn reach(by: i64, denominator: u64) -> (Direction, u64) {
    let direction = if by > 0 { Direction::Up } else { Direction::Down };
    (direction, by.unsigned_abs() / denominator.max(1))
}

/// What a level asks for in a direction.
pub(super) fn asked(level: Level, direction: Direction) -> u64 {
    match direction {
        Direction::Down => level.lower,
        Direction::Up => level.upper,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::SystemCell;

    #[test]
    fn it_agrees_with_the_check_of_the_witness() {
        let mut system = TableSystem::new();
        let [a, b, total] = [2, 3, 5].map(|count| system.push(SystemCell::figure(count)).unwrap());
        system.sum(total, [a, b]).unwrap();
        let mut pattern = Pattern::open(&system);
        pattern.withhold(a);
        pattern.withhold(b);
        let checker = Checker::new(&system, &pattern);
        let mut held = 0;
        for by in -4..=4i64 {
            for back in -4..=4i64 {
                for denominator in 0..=2 {
                    let differences = vec![(a, by), (b, back)];
                    let witness = Witness { cell: a, differences, denominator };
                    assert_eq!(checker.holds(&witness), witness.check(&system, &pattern).is_some());
                    held += u64::from(checker.holds(&witness));
                }
            }
        }
        // Shifts by -2, -1, 1, 2, 3 and by halves -2 to 4 (without 0; a loses 2 at most, b 3).
        assert_eq!(held, 5 + 8);
        let twice = Witness { cell: a, differences: vec![(a, 1), (a, -1)], denominator: 1 };
        assert!(!checker.holds(&twice) && twice.check(&system, &pattern).is_none());
    }
}
