//! Cell keys of the figures of a system of tables.

use std::collections::VecDeque;

use crate::PrivacyError;
use crate::tables::{CellId, Standing, TableSystem};

/// The cell key of each cell of a [`TableSystem`].
///
/// A figure is a sum of cells, and so is its key: cells whose keys are known give those of the others by the relations,
/// modulo 2⁶⁴.
#[derive(Clone, PartialEq, Eq)]
pub struct FigureKeys {
    keys: Vec<Option<u64>>,
}

impl FigureKeys {
    /// Works out the keys of all figures from those of some cells, such as the inner cells of the tables counted.
    ///
    /// # Errors
    /// A figure whose key does not follow.
    pub fn complete(
        system: &TableSystem,
        known: impl IntoIterator<Item = (CellId, u64)>,
    ) -> Result<Self, PrivacyError> {
        let mut keys: Vec<Option<u64>> = vec![None; system.cells().len()];
        for (cell, key) in known {
            if let Some(slot) = keys.get_mut(cell.index()) {
                *slot = Some(key);
            }
        }
        let mut relations_of: Vec<Vec<usize>> = vec![Vec::new(); keys.len()];
        let mut open = Vec::with_capacity(system.relations().len());
        for (place, relation) in system.relations().iter().enumerate() {
            let mut unknown = 0usize;
            for (cell, _) in &relation.terms {
                if let Some(relations) = relations_of.get_mut(cell.index()) {
                    relations.push(place);
                }
                unknown += usize::from(keys.get(cell.index()).is_none_or(Option::is_none));
            }
            open.push(unknown);
        }
        // Relations with a single unknown cell give it, and so on.
        let ready = open.iter().enumerate().filter(|(_, unknown)| **unknown == 1);
        let mut waiting: VecDeque<usize> = ready.map(|(place, _)| place).collect();
        while let Some(place) = waiting.pop_front() {
            let Some((cell, key)) = system.relations().get(place).and_then(|relation| missing(&relation.terms, &keys))
            else {
                continue;
            };
            if let Some(slot) = keys.get_mut(cell.index()) {
                *slot = Some(key);
            }
            for &other in relations_of.get(cell.index()).into_iter().flatten() {
                if let Some(unknown) = open.get_mut(other) {
                    *unknown = unknown.saturating_sub(1);
                    if *unknown == 1 {
                        waiting.push_back(other);
                    }
                }
            }
        }
        let lacking = system.cells().iter().zip(&keys);
        let lacking = lacking.filter(|(cell, key)| cell.standing == Standing::Figure && key.is_none()).count();
        if lacking > 0 {
            let rule = format!("those of {lacking} figures do not follow from the keys given");
            return Err(PrivacyError::InvalidParameter { parameter: "cell keys", rule });
        }
        Ok(Self { keys })
    }

    /// The key of a cell. Confidential.
    pub fn get(&self, cell: CellId) -> Option<u64> {
        self.keys.get(cell.index()).copied().flatten()
    }
}

/// The only unknown cell of a relation and its key, if its coefficient is 1 or -1.
fn missing(terms: &[(CellId, i32)], keys: &[Option<u64>]) -> Option<(CellId, u64)> {
    let mut sum = 0u64;
    let mut unknown = None;
    for &(cell, coefficient) in terms {
        match keys.get(cell.index()).copied().flatten() {
            Some(key) => sum = sum.wrapping_add(key.wrapping_mul(i64::from(coefficient).cast_unsigned())),
            None if unknown.is_none() => unknown = Some((cell, coefficient)),
            None => return None,
        }
    }
    match unknown? {
        (cell, 1) => Some((cell, sum.wrapping_neg())),
        (cell, -1) => Some((cell, sum)),
        _ => None,
    }
}

/// No key: whoever knows them can undo the noise.
impl std::fmt::Debug for FigureKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FigureKeys of {} cells [redacted]", self.keys.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::SystemCell;

    #[test]
    fn keys_of_sums_and_of_complements_follow() {
        let mut system = TableSystem::new();
        let parts = [2, 3, 1].map(|count| system.push(SystemCell::inner(count)).unwrap());
        let first = system.push(SystemCell::figure(5)).unwrap();
        let total = system.push(SystemCell::figure(6)).unwrap();
        system.sum(total, [first, parts[2]]).unwrap();
        system.sum(first, [parts[0], parts[1]]).unwrap();
        let keys = FigureKeys::complete(&system, [(parts[0], u64::MAX), (parts[1], 3), (parts[2], 7)]).unwrap();
        assert_eq!((keys.get(first), keys.get(total), keys.get(CellId(9))), (Some(2), Some(9), None));
        // The other way: a part from its total.
        let keys = FigureKeys::complete(&system, [(total, 9), (first, 2)]).unwrap();
        assert_eq!((keys.get(parts[2]), keys.get(parts[0])), (Some(7), None));
        assert!(FigureKeys::complete(&system, [(parts[0], 1)]).is_err());
        assert_eq!(format!("{keys:?}"), "FigureKeys of 5 cells [redacted]");
    }
}
