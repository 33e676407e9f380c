//! Proofs that a cell can not be narrowed: other counts that agree with everything published.

use super::{CellId, Pattern, TableSystem};

/// Up or down from the true count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Direction {
    /// Below the true count.
    Down,
    /// Above it.
    Up,
}

/// Other tables that nobody can tell from the true ones: the differences of their cells, over a common denominator.
///
/// With denominator 1 they are tables of whole persons, so that not even somebody who knows that counts are whole can
/// rule them out.
#[derive(Clone, PartialEq, Eq)]
pub struct Witness {
    /// The cell that it is about.
    pub cell: CellId,
    /// The differences that are not zero, times the denominator, each cell once.
    pub differences: Vec<(CellId, i64)>,
    /// The denominator, at least 1.
    pub denominator: u64,
}

/// Differences are as confidential as counts.
impl std::fmt::Debug for Witness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Witness")
            .field("cell", &self.cell)
            .field("cells", &self.differences.len())
            .finish_non_exhaustive()
    }
}

impl Witness {
    /// Checks, in whole numbers, that the other tables agree with all that is published (relations, bounds, published
    /// cells), and gives the difference of its cell times the denominator; `None` if they do not.
    pub fn check(&self, system: &TableSystem, pattern: &Pattern) -> Option<i64> {
        let scale = i128::from(self.denominator);
        if scale == 0 {
            return None;
        }
        let mut difference = std::collections::HashMap::with_capacity(self.differences.len());
        for &(cell, by) in &self.differences {
            let known = system.cell(cell)?;
            if by == 0 || !system.is_hidden(cell, pattern) || difference.insert(cell, by).is_some() {
                return None;
            }
            let scaled = i128::from(known.count) * scale + i128::from(by);
            if scaled < i128::from(known.least) * scale
                || known.most.is_some_and(|most| scaled > i128::from(most) * scale)
            {
                return None;
            }
        }
        for relation in system.relations() {
            let sum = relation
                .terms
                .iter()
                .filter_map(|(cell, coefficient)| Some(i128::from(*coefficient) * i128::from(*difference.get(cell)?)))
                .sum::<i128>();
            if sum != 0 {
                return None;
            }
        }
        difference.get(&self.cell).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::super::SystemCell;
    use super::*;

    #[test]
    fn a_witness_agrees_with_relations_bounds_and_published_cells() {
        let mut system = TableSystem::new();
        let [a, b, total] = [2, 3, 5].map(|count| system.push(SystemCell::figure(count)).unwrap());
        system.sum(total, [a, b]).unwrap();
        let mut pattern = Pattern::open(&system);
        let other =
            |by: i64, back: i64, denominator| Witness { cell: a, differences: vec![(a, by), (b, back)], denominator };
        assert_eq!(other(3, -3, 1).check(&system, &pattern), None); // both are published
        pattern.withhold(a);
        pattern.withhold(b);
        assert_eq!(other(3, -3, 1).check(&system, &pattern), Some(3));
        assert_eq!(other(5, -5, 2).check(&system, &pattern), Some(5));
        assert_eq!(other(4, -4, 1).check(&system, &pattern), None); // b would be negative
        assert_eq!(other(3, -2, 1).check(&system, &pattern), None); // the total would change
        assert_eq!(other(3, -3, 0).check(&system, &pattern), None);
    }
}
