//! What combinations are made of, and whom they count.

use super::combinations::mine;
use crate::{Attribute, Combinations, Control, Table, TableError};

/// Which codes of an attribute are items of combinations. The others say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ItemRule {
    /// Values; of a flag (a domain of exactly `no` and `yes`) only `yes`.
    #[default]
    Present,
    /// All that a cell may state: every code but the [blank](Attribute::blank_code), so that `no` and
    /// *not applicable* are items too.
    Stated,
}

impl ItemRule {
    /// The codes of an attribute that are items, ascending.
    pub fn codes(self, attribute: &Attribute) -> impl Iterator<Item = u16> + use<> {
        let domain = attribute.domain();
        let is_flag = domain.len() == 2 && domain.code_of("no") == Some(0) && domain.code_of("yes") == Some(1);
        let (from, to, blank) = match self {
            Self::Present => (usize::from(is_flag), domain.len(), None),
            Self::Stated => (0, attribute.code_count(), attribute.blank_code()),
        };
        (0..=u16::MAX).take(to).skip(from).filter(move |code| Some(*code) != blank)
    }
}

/// A count of combinations by another rule, or of persons.
///
/// ```
/// use ctdata_table::{Attribute, Column, Combining, Control, ItemRule, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")])?;
/// let columns = vec![Column::from_u8(vec![1, 1, 1, 0]), Column::from_u8(vec![0, 0, 2, 0])];
/// let table = Table::try_new(schema, columns)?;
/// let stated = Combining { items: ItemRule::Stated, person_of_row: Some(&[7, 7, 8, 9]) };
/// let combinations = stated.run(&table, 2, 1, &Control::default())?;
/// assert_eq!(combinations.get(&[(0, 1)]), Some(2)); // two persons in three rows
/// assert_eq!(combinations.get(&[(0, 1), (1, 0)]), Some(1)); // "no" is an item
/// # Ok::<(), ctdata_table::TableError>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct Combining<'a> {
    /// What is an item; present values by default.
    pub items: ItemRule,
    /// The person of each row, where distinct persons are the units; else rows are, or weights.
    pub person_of_row: Option<&'a [u32]>,
}

impl Combining<'_> {
    /// Every combination of at most `max_length` items that at least `min_support` units have.
    ///
    /// # Errors
    /// Another number of persons than rows, [`TableError::MemoryCap`], [`TableError::Cancelled`].
    pub fn run(
        self,
        table: &Table,
        max_length: usize,
        min_support: u64,
        control: &Control,
    ) -> Result<Combinations, TableError> {
        if let Some(persons) = self.person_of_row {
            crate::ids::check_length("the list of persons", table.rows(), persons.len())?;
        }
        mine(table, self, max_length, min_support, control)
    }
}

impl std::fmt::Debug for Combining<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let persons = self.person_of_row.is_some();
        f.debug_struct("Combining").field("items", &self.items).field("persons", &persons).finish()
    }
}
