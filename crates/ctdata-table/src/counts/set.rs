//! Sets of attributes to count by.

use crate::{Schema, TableError};

/// Positions of attributes in a schema, ascending and distinct.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttributeSet(Vec<u16>);

impl AttributeSet {
    /// The set of these positions, in any order.
    ///
    /// # Errors
    /// A position given twice, or past 65,535.
    pub fn try_new(positions: impl IntoIterator<Item = usize>) -> Result<Self, TableError> {
        let too_far =
            |position: usize| TableError::UnknownAttribute { name: format!("number {}", position + 1), nearest: None };
        let mut set = positions
            .into_iter()
            .map(|position| u16::try_from(position).map_err(|_| too_far(position)))
            .collect::<Result<Vec<_>, _>>()?;
        set.sort_unstable();
        match set.windows(2).find(|pair| pair.first() == pair.last()) {
            Some(twice) => Err(TableError::Duplicate {
                what: "attribute of a set",
                name: format!("number {}", twice.first().map_or(0, |&position| u32::from(position) + 1)),
            }),
            None => Ok(Self(set)),
        }
    }

    /// The set of these names.
    ///
    /// # Errors
    /// A name that the schema does not have, or one given twice.
    pub fn named<S: AsRef<str>>(schema: &Schema, names: &[S]) -> Result<Self, TableError> {
        let positions = names.iter().map(|name| schema.position(name.as_ref())).collect::<Result<Vec<_>, _>>()?;
        Self::try_new(positions)
    }

    /// All sets of exactly `size` of the first `attributes` positions, in lexicographic order.
    ///
    /// ```
    /// use ctdata_table::AttributeSet;
    /// assert_eq!(AttributeSet::all_of_size(37, 2).len() + AttributeSet::all_of_size(37, 3).len(), 8_436);
    /// ```
    pub fn all_of_size(attributes: u16, size: usize) -> Vec<Self> {
        fn extend(from: u16, attributes: u16, left: usize, prefix: &mut Vec<u16>, sets: &mut Vec<AttributeSet>) {
            if left == 0 {
                sets.push(AttributeSet(prefix.clone()));
                return;
            }
            for position in from..attributes {
                if usize::from(attributes - position) < left {
                    break;
                }
                prefix.push(position);
                extend(position + 1, attributes, left - 1, prefix, sets);
                prefix.pop();
            }
        }
        let mut sets = Vec::new();
        extend(0, attributes, size, &mut Vec::new(), &mut sets);
        sets
    }

    /// The positions, ascending.
    pub fn positions(&self) -> &[u16] {
        &self.0
    }

    /// The number of attributes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_sorted_and_distinct() {
        assert_eq!(AttributeSet::try_new([3, 1]).unwrap().positions(), [1, 3]);
        assert!(AttributeSet::try_new([3, 3]).is_err());
        assert!(AttributeSet::try_new([70_000]).is_err());
    }

    #[test]
    fn all_sets_of_a_size_are_listed_once() {
        let sets = AttributeSet::all_of_size(5, 3);
        assert_eq!(sets.len(), 10);
        assert!(sets.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(AttributeSet::all_of_size(3, 0).len(), 1);
        assert!(AttributeSet::all_of_size(3, 4).is_empty());
    }
}
