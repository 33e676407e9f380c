//! Capture histories by stratum: one table for each value of a column.

use super::{CaptureHistories, TOO_MANY, add};
use crate::mse::error::MseError;
use crate::mse::list_set::ListSet;
use std::collections::BTreeMap;

/// The name of the stratum of persons of whom it is not recorded in which one they are.
pub const NOT_RECORDED: &str = "not recorded";
/// The most strata of a table: a column with more values names something else.
pub const MOST_STRATA: usize = 256;

/// The longest name of a stratum, in bytes.
const LONGEST_NAME: usize = 200;
const MANY_STRATA: &str = "a table has at most 256 strata: this column has more values";
const LONG_NAME: &str = "the name of a stratum has at most 200 bytes";
pub(super) const NOBODY: &str = "nobody is on a list, in no stratum";

/// Tables by stratum that were read, and who was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct StrataRead {
    /// The column that names the strata.
    pub column: String,
    /// The strata by name, at least one, all of the same lists. [`NOT_RECORDED`] comes last: persons whose stratum is
    /// missing are a group of their own. Strata of nobody are not there.
    pub strata: Vec<(String, CaptureHistories)>,
    /// Persons left out because it is not known for some list whether they are on it.
    pub missing: u64,
    /// Persons left out because they are on no list.
    pub unlisted: u64,
}

impl CaptureHistories {
    /// Several tables as one: strata pooled.
    ///
    /// # Errors
    /// [`MseError::Lists`] for no table, or tables of other lists; [`MseError::Histories`] for more than 2^53 persons.
    pub fn pooled<'a>(tables: impl IntoIterator<Item = &'a Self>) -> Result<Self, MseError> {
        let mut tables = tables.into_iter();
        let first = tables.next().ok_or(MseError::Lists("there is at least one table"))?;
        let (mut counts, mut persons) = (first.counts.clone(), first.persons);
        for table in tables {
            if table.lists != first.lists {
                return Err(MseError::Lists("all strata have the same lists in the same order"));
            }
            persons = add(persons, table.persons).ok_or(MseError::Histories(TOO_MANY))?;
            counts.extend(&table.counts);
        }
        Ok(Self::summed(first.lists.clone(), counts))
    }
}

/// Counts of histories by stratum as they come. Only what is there takes room.
#[derive(Default)]
pub(super) struct Groups {
    strata: BTreeMap<String, BTreeMap<ListSet, u64>>,
    persons: u64,
}

impl Groups {
    /// Adds persons of one history; the error is the rule that they break. Nobody makes no stratum.
    pub(super) fn add(&mut self, stratum: &str, history: ListSet, persons: u64) -> Result<(), &'static str> {
        if persons == 0 {
            return Ok(());
        }
        let stratum = if stratum.eq_ignore_ascii_case(NOT_RECORDED) { NOT_RECORDED } else { stratum };
        if !self.strata.contains_key(stratum) {
            if self.strata.len() == MOST_STRATA {
                return Err(MANY_STRATA);
            }
            if stratum.len() > LONGEST_NAME {
                return Err(LONG_NAME);
            }
            self.strata.insert(stratum.to_owned(), BTreeMap::new());
        }
        self.persons = add(self.persons, persons).ok_or(TOO_MANY)?;
        if let Some(counts) = self.strata.get_mut(stratum) {
            *counts.entry(history).or_default() += persons;
        }
        Ok(())
    }

    /// The tables by name, persons without a stratum last.
    pub(super) fn finish(mut self, lists: &[String]) -> Vec<(String, CaptureHistories)> {
        let last = self.strata.remove_entry(NOT_RECORDED);
        let table =
            |counts: BTreeMap<ListSet, u64>| CaptureHistories::summed(lists.to_vec(), counts.into_iter().collect());
        self.strata.into_iter().chain(last).map(|(name, counts)| (name, table(counts))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::tables;
    use super::*;
    use proptest::prelude::*;

    const ONE: ListSet = ListSet::from_bits(1);

    #[test]
    fn strata_are_few_and_their_names_short() {
        let mut groups = Groups::default();
        for stratum in 0..MOST_STRATA {
            groups.add(&stratum.to_string(), ONE, 1).unwrap();
        }
        assert_eq!(groups.add("one more", ONE, 1), Err(MANY_STRATA));
        assert_eq!(groups.add("nobody", ONE, 0), Ok(()));
        assert_eq!(groups.add("7", ONE, 1), Ok(()));
        assert_eq!(groups.add("7", ONE, 1 << 53), Err(TOO_MANY));
        assert_eq!(groups.finish(&["a".to_owned(), "b".to_owned()]).len(), MOST_STRATA);
        assert_eq!(Groups::default().add(&"x".repeat(201), ONE, 1), Err(LONG_NAME));
    }

    #[test]
    fn persons_without_a_stratum_come_last() {
        let mut groups = Groups::default();
        for (stratum, persons) in [("Not Recorded", 2), ("women", 1), (NOT_RECORDED, 3), ("men", 5)] {
            groups.add(stratum, ONE, persons).unwrap();
        }
        let strata = groups.finish(&["a".to_owned(), "b".to_owned()]);
        let found: Vec<(&str, u64)> = strata.iter().map(|(name, table)| (name.as_str(), table.persons())).collect();
        assert_eq!(found, [("men", 5), ("women", 1), (NOT_RECORDED, 5)]);
    }

    #[test]
    fn tables_of_other_lists_are_not_pooled() {
        let table = |lists: [&str; 2], count| CaptureHistories::try_new(lists, [(ONE, count)]).unwrap();
        assert!(matches!(CaptureHistories::pooled([]), Err(MseError::Lists(_))));
        let (one, other) = (table(["a", "b"], 1), table(["b", "a"], 1));
        assert!(matches!(CaptureHistories::pooled([&one, &other]), Err(MseError::Lists(_))));
        let most = table(["a", "b"], 1 << 53);
        assert!(matches!(CaptureHistories::pooled([&one, &most]), Err(MseError::Histories(_))));
    }

    proptest! {
        #[test]
        fn a_table_in_two_parts_pooled_is_the_table(table in tables(), share in 0_u64..=10) {
            let part = |first: bool| {
                let counts = table.iter().map(|(history, count)| {
                    let some = count * share / 10;
                    (history, if first { some } else { count - some })
                });
                CaptureHistories::try_new(table.lists().to_vec(), counts).unwrap()
            };
            prop_assert_eq!(CaptureHistories::pooled([&part(true), &part(false)]).unwrap(), table);
        }
    }
}
