//! Whom a guarantee counts: persons where a table knows them, else records.

use std::collections::HashMap;

use ctdata_table::{Classes, Table};

/// What the size of a class counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum PrivacyUnit {
    /// Distinct persons: the table has person ids. Rows with the same id, the empty one included,
    /// belong to one person.
    Person,
    /// Records: the table has no ids, so that each record is taken for one person.
    Record,
}

impl PrivacyUnit {
    /// The unit of a table. Weights play no part: they estimate how many people outside the file a
    /// record stands for, and none of these is there to hide it.
    pub fn of(table: &Table) -> Self {
        if table.ids().is_some() { Self::Person } else { Self::Record }
    }

    /// The wire code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Record => "record",
        }
    }
}

/// The persons behind the rows of a table.
#[derive(Debug)]
pub(crate) struct Persons {
    /// A number per row; empty where each row is a person of its own.
    of_row: Vec<u32>,
    count: usize,
}

impl Persons {
    pub(crate) fn of(table: &Table) -> Self {
        let alone = Self { of_row: Vec::new(), count: table.rows() };
        let Some(ids) = table.ids() else { return alone };
        let mut numbers: HashMap<&str, u32> = HashMap::with_capacity(ids.len());
        let mut of_row = Vec::with_capacity(ids.len());
        for row in 0..ids.len() {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            of_row.push(*numbers.entry(ids.get(row).unwrap_or_default()).or_insert(next));
        }
        let count = numbers.len();
        if count == of_row.len() { alone } else { Self { of_row, count } }
    }

    /// Whether some person has more than one row, so that rows and persons differ.
    pub(crate) fn repeat(&self) -> bool {
        !self.of_row.is_empty()
    }

    /// The number of distinct persons.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The person of a row.
    pub(crate) fn of_row(&self, row: u32) -> u32 {
        self.of_row.get(row as usize).copied().unwrap_or(row)
    }

    /// The number of distinct persons in each class. Where persons repeat, the classes must have
    /// been counted with members.
    pub(crate) fn class_sizes(&self, classes: &Classes) -> Vec<u64> {
        if !self.repeat() {
            return (0..classes.len()).map(|class| classes.rows(class)).collect();
        }
        let mut seen_in = vec![usize::MAX; self.count];
        (0..classes.len())
            .map(|class| {
                let mut size = 0;
                for &row in classes.members(class) {
                    if let Some(seen) = seen_in.get_mut(self.of_row(row) as usize)
                        && *seen != class
                    {
                        *seen = class;
                        size += 1;
                    }
                }
                size
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::{AttributeSet, Control, Weights};

    #[test]
    fn a_class_is_counted_by_its_persons_not_by_rows_or_weights() {
        let table = crate::testing::flags(&[&[0, 0, 0, 1]])
            .with_ids(["p", "q", "p", "p"].into_iter().collect())
            .unwrap()
            .with_weights(Weights::new(vec![100, 100, 100, 100]))
            .unwrap();
        let set = AttributeSet::try_new([0]).unwrap();
        let classes = Classes::with_members(&table, &set, &Control::default()).unwrap();
        assert_eq!(PrivacyUnit::of(&table), PrivacyUnit::Person);
        assert_eq!(Persons::of(&table).class_sizes(&classes), [2, 1]);
        assert_eq!(Persons::of(&table.without_ids()).class_sizes(&classes), [3, 1]);
    }
}
