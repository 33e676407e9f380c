//! Equivalence classes: rows that agree in a list of attributes.

use std::collections::BTreeMap;
use std::fmt;

use super::compact::Part;
use super::tally::{Groups, Wanted, group};
use crate::{AttributeSet, Control, Table, TableError, Weights};

/// The equivalence classes of a table: for each combination of codes that occurs, its rows.
///
/// Classes are numbered from 0 in the lexicographic order of their keys; a kind of missing is a code
/// like any other. Sizes are in units: rows, or weights where the table has them.
///
/// ```
/// use ctdata_table::{AttributeSet, Attribute, Classes, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")])?;
/// let columns = vec![Column::from_u8(vec![1, 0, 1, 1]), Column::from_u8(vec![2, 0, 2, 0])];
/// let table = Table::try_new(schema, columns)?;
/// let classes = Classes::with_members(&table, &AttributeSet::try_new([0, 1])?, &Control::default())?;
/// assert_eq!(classes.len(), 3);
/// assert_eq!((classes.key(2), classes.size(2)), (&[1, 2][..], 2));
/// assert_eq!(classes.members(2), [0, 2]);
/// assert_eq!(classes.class_of_row(), [2, 0, 2, 1]);
/// assert_eq!((classes.smallest(), classes.uniques()), (Some(1), 2));
/// # Ok::<(), ctdata_table::TableError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Classes {
    set: AttributeSet,
    keys: Vec<u16>,
    rows: Vec<u32>,
    /// Empty without weights: rows are the units.
    units: Vec<u64>,
    class_of_row: Vec<u32>,
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl Classes {
    /// The classes and their sizes.
    ///
    /// # Errors
    /// A position past the schema, [`TableError::MemoryCap`], [`TableError::Cancelled`].
    pub fn count(table: &Table, set: &AttributeSet, control: &Control) -> Result<Self, TableError> {
        Self::of(table, set, false, control)
    }

    /// The classes, their sizes, the class of each row and the rows of each class.
    ///
    /// # Errors
    /// As [`Classes::count`].
    pub fn with_members(table: &Table, set: &AttributeSet, control: &Control) -> Result<Self, TableError> {
        Self::of(table, set, true, control)
    }

    fn of(table: &Table, set: &AttributeSet, members: bool, control: &Control) -> Result<Self, TableError> {
        let parts = set
            .positions()
            .iter()
            .map(|&position| Part::of_attribute(table, position))
            .collect::<Result<Vec<_>, _>>()?;
        let parts: Vec<&Part<'_>> = parts.iter().collect();
        let wanted = Wanted { weights: table.weights().map(Weights::values), members };
        let Groups { keys, rows, units, group_of_row, members, .. } = group(&parts, table.rows(), wanted, control)?;
        let mut starts = Vec::new();
        if wanted.members {
            starts.reserve_exact(rows.len() + 1);
            starts.push(0);
            starts.extend(rows.iter().scan(0u32, |end, &rows| {
                *end += rows;
                Some(*end)
            }));
        }
        Ok(Self { set: set.clone(), keys, rows, units, class_of_row: group_of_row, starts, members })
    }

    /// The attributes in which the rows of a class agree.
    pub fn set(&self) -> &AttributeSet {
        &self.set
    }

    /// The number of classes.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no class, because there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The codes of a class, in the order of the set; empty past the last class.
    pub fn key(&self, class: usize) -> &[u16] {
        let width = self.set.len();
        self.keys.get(class * width..(class + 1) * width).unwrap_or_default()
    }

    /// Units in a class; zero past the last class.
    pub fn size(&self, class: usize) -> u64 {
        if self.units.is_empty() { self.rows(class) } else { self.units.get(class).copied().unwrap_or(0) }
    }

    /// Rows in a class; zero past the last class.
    pub fn rows(&self, class: usize) -> u64 {
        self.rows.get(class).copied().map_or(0, u64::from)
    }

    /// (key, size) of each class.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[u16], u64)> {
        (0..self.len()).map(|class| (self.key(class), self.size(class)))
    }

    /// Sizes in the order of the classes, in units.
    pub fn sizes(&self) -> impl ExactSizeIterator<Item = u64> {
        (0..self.len()).map(|class| self.size(class))
    }

    /// The class of a key, if a row has it.
    pub fn find(&self, key: &[u16]) -> Option<usize> {
        if key.len() != self.set.len() {
            return None;
        }
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.key(middle).cmp(key) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The class of each row; empty unless made by [`with_members`](Self::with_members).
    pub fn class_of_row(&self) -> &[u32] {
        &self.class_of_row
    }

    /// The rows of a class, ascending; empty unless made by [`with_members`](Self::with_members).
    pub fn members(&self, class: usize) -> &[u32] {
        match (self.starts.get(class), self.starts.get(class + 1)) {
            (Some(&start), Some(&end)) => self.members.get(start as usize..end as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The size of the smallest class; `None` without rows.
    pub fn smallest(&self) -> Option<u64> {
        self.sizes().min()
    }

    /// The number of classes of exactly one unit.
    pub fn uniques(&self) -> u64 {
        self.sizes().filter(|&size| size == 1).count() as u64
    }

    /// How many classes there are of each size: (size, classes), ascending.
    pub fn histogram(&self) -> Vec<(u64, u64)> {
        const SMALL: usize = 256;
        let mut small = [0u64; SMALL];
        let mut large: BTreeMap<u64, u64> = BTreeMap::new();
        for size in self.sizes() {
            match usize::try_from(size).ok().and_then(|size| small.get_mut(size)) {
                Some(classes) => *classes += 1,
                None => *large.entry(size).or_default() += 1,
            }
        }
        (0..).zip(small).filter(|(_, classes)| *classes > 0).chain(large).collect()
    }
}

impl fmt::Debug for Classes {
    /// Shows how many, never keys, rows or sizes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Classes by attributes {:?}", self.len(), self.set.positions())
    }
}
