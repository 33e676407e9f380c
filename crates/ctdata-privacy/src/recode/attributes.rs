//! The quasi-identifiers of one table as a search needs them: codes, leaves and counts per level.

use ctdata_table::{Attribute, CodeSlice, Column, Hierarchy, Table, TableError};

use super::QuasiIdentifier;
use super::metric::to_real;
use crate::PrivacyError;

/// One level of one quasi-identifier. Codes are the values of the level, then the kinds of missing.
#[derive(Debug, Clone)]
pub(crate) struct AttributeLevel {
    /// Leaves under each code. A kind of missing is a category of its own, of one leaf.
    pub(crate) leaves: Vec<u32>,
    /// Records of the table with each code.
    pub(crate) records: Vec<u64>,
    /// From each code of the input column to the code of this level.
    pub(crate) of_input: Vec<u16>,
}

impl AttributeLevel {
    /// Codes that occur in the table.
    pub(crate) fn distinct(&self) -> usize {
        self.records.iter().filter(|&&records| records > 0).count()
    }
}

/// One quasi-identifier of a table, with all levels of its hierarchy.
#[derive(Debug, Clone)]
pub(crate) struct SearchAttribute {
    /// Place in the schema of the table.
    pub(crate) position: usize,
    /// Leaves of the hierarchy; at least 1.
    pub(crate) domain: u32,
    pub(crate) weight: f64,
    pub(crate) kinds_of_missing: u32,
    pub(crate) levels: Vec<AttributeLevel>,
}

impl SearchAttribute {
    /// # Errors
    /// An attribute that the table lacks, or whose values are not the leaves of the hierarchy.
    pub(crate) fn of(table: &Table, quasi: &QuasiIdentifier) -> Result<Self, PrivacyError> {
        let position = table.schema().position(quasi.name())?;
        let (attribute, column) = table.named(quasi.name())?;
        check_leaves(attribute, quasi.hierarchy())?;
        let counts = counts(column, attribute.code_count());
        let kinds = attribute.missing().len();
        let levels = quasi
            .hierarchy()
            .levels()
            .map(|level| {
                let values = level.domain().len();
                let missing = (0..kinds).map(|kind| values + kind);
                let of_leaf = level.of_leaf().iter().map(|&code| usize::from(code));
                let of_input: Vec<usize> = of_leaf.chain(missing).collect();
                let mut leaves = vec![0; values];
                for &code in of_input.iter().take(attribute.domain().len()) {
                    if let Some(leaves) = leaves.get_mut(code) {
                        *leaves += 1;
                    }
                }
                leaves.extend(std::iter::repeat_n(1, kinds));
                let mut records = vec![0; leaves.len()];
                for (&code, count) in of_input.iter().zip(&counts) {
                    if let Some(records) = records.get_mut(code) {
                        *records += count;
                    }
                }
                // A domain leaves room for the kinds of missing in 16 bits.
                let of_input = of_input.into_iter().map(|code| u16::try_from(code).unwrap_or(u16::MAX)).collect();
                AttributeLevel { leaves, records, of_input }
            })
            .collect();
        let domain = u32::try_from(attribute.domain().len()).unwrap_or(u32::MAX).max(1);
        let kinds_of_missing = u32::try_from(kinds).unwrap_or(0);
        Ok(Self { position, domain, weight: quasi.weight(), kinds_of_missing, levels })
    }

    /// The number of levels above the leaves.
    pub(crate) fn height(&self) -> usize {
        self.levels.len().saturating_sub(1)
    }

    /// Entropy of the codes of a level, in bits.
    pub(crate) fn bits(&self, level: usize) -> f64 {
        let Some(level) = self.levels.get(level) else { return 0.0 };
        let all = to_real(level.records.iter().sum());
        let present = level.records.iter().filter(|records| **records > 0);
        present.map(|&records| to_real(records) / all * (all / to_real(records)).log2()).sum()
    }

    /// For each code of a level, the code of a more general one.
    pub(crate) fn map(&self, from: usize, to: usize) -> Vec<u16> {
        let (Some(from), Some(to)) = (self.levels.get(from), self.levels.get(to)) else { return Vec::new() };
        // Codes of labels that no leaf has are never met.
        let mut map = vec![0; from.leaves.len()];
        for (&under, &over) in from.of_input.iter().zip(&to.of_input) {
            if let Some(slot) = map.get_mut(usize::from(under)) {
                *slot = over;
            }
        }
        map
    }
}

/// Refuses an attribute whose values are not the leaves of its hierarchy.
pub(crate) fn check_leaves(attribute: &Attribute, hierarchy: &Hierarchy) -> Result<(), PrivacyError> {
    if attribute.domain() == hierarchy.leaves() {
        return Ok(());
    }
    Err(TableError::Invalid {
        what: format!("hierarchy of `{}`", attribute.name()),
        rule: "its leaves are not the values of the attribute".into(),
    }
    .into())
}

/// Records of each code.
fn counts(column: &Column, codes: usize) -> Vec<u64> {
    let mut counts = vec![0u64; codes];
    match column.codes() {
        CodeSlice::U8(column) => {
            for &code in column {
                if let Some(count) = counts.get_mut(usize::from(code)) {
                    *count += 1;
                }
            }
        }
        CodeSlice::U16(column) => {
            for &code in column {
                if let Some(count) = counts.get_mut(usize::from(code)) {
                    *count += 1;
                }
            }
        }
    }
    counts
}
