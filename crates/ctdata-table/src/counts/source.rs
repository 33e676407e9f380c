//! The trait behind which counts can come from memory or from an engine.

use crate::{AttributeSet, Combinations, Control, Marginal, Schema, TableError};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Unit {
    /// Each row counts once.
    Rows,
    /// Each row counts as many times as its weight says.
    Weights,
}

/// Something that can be counted: a table in memory, or an engine over files that answers the same
/// questions with the same numbers.
pub trait CountSource {
    /// The attributes that sets and codes refer to.
    fn schema(&self) -> &Schema;

    /// What is counted.
    fn unit(&self) -> Unit;

    /// The number of units in all.
    fn total(&self) -> u64;

    /// How many units one person has at most, where persons are known: the sensitivity of a count.
    /// `None` when rows carry no person ids, so that every guarantee is per record.
    fn max_contribution(&self) -> Option<u64>;

    /// The contingency table of each set, in the order of `sets`.
    ///
    /// # Errors
    /// A position past the schema, [`TableError::MemoryCap`], [`TableError::Cancelled`].
    fn marginals(&self, sets: &[AttributeSet], control: &Control) -> Result<Vec<Marginal>, TableError>;

    /// Every combination of at most `max_length` items that at least `min_support` units have.
    ///
    /// An item is an attribute with one of its values; missing is no item, and of a flag only `yes`
    /// is. These are the sparse aggregates of multi-valued records.
    ///
    /// # Errors
    /// [`TableError::MemoryCap`], [`TableError::Cancelled`].
    fn combinations(&self, max_length: usize, min_support: u64, control: &Control) -> Result<Combinations, TableError>;
}
