//! Lists that say nothing about who was not seen.

use super::CaptureHistories;
use super::lists::restricted;
use crate::error::coded;
use crate::mse::list_set::ListSet;

coded! {
    /// Why a list says nothing about the persons who were not seen.
    #[non_exhaustive]
    pub enum Uninformative: "reason" {
        /// Nobody is on it.
        Empty = "empty" / "nobody is on it",
        /// Exactly the persons of another list are on it.
        Duplicate = "duplicate" / "it has exactly the persons of another list",
        /// Everybody is on it, so that it cannot miss anybody.
        Everybody = "everybody" / "everybody is on it",
    }
}

/// A list that [`CaptureHistories::tidied`] dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DroppedList {
    /// Its name.
    pub list: String,
    /// Why.
    pub reason: Uninformative,
    /// Of a duplicate, the list with the same persons.
    pub same_as: Option<String>,
    /// The persons who were on no other list and left with it; only of a list with everybody.
    pub persons: u64,
}

/// A table without the lists that say nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tidied {
    /// What is left; `None` if fewer than two lists are, so that nothing can be estimated.
    pub histories: Option<CaptureHistories>,
    /// The lists that were dropped, in the order in which they were.
    pub dropped: Vec<DroppedList>,
}

impl CaptureHistories {
    /// The table without lists that are empty, have exactly the persons of another list, or have everybody.
    ///
    /// Of two lists with the same persons the first stays. Persons who are only on a list with everybody leave with it
    /// ([`DroppedList::persons`]): the rest of the table then estimates all persons without their help. Dropping one
    /// list can leave another with everybody, which is dropped as well.
    ///
    /// ```
    /// use ctdata_indicators::mse::{CaptureHistories, ListSet, Uninformative};
    ///
    /// let counts = [(ListSet::of([0]), 4), (ListSet::of([1]), 3), (ListSet::of([0, 1]), 2)];
    /// let tidied = CaptureHistories::try_new(["police", "shelters", "army"], counts)?.tidied();
    /// assert_eq!(tidied.histories.ok_or("too few lists")?.lists(), ["police", "shelters"]);
    /// assert_eq!(tidied.dropped[0].reason, Uninformative::Empty);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tidied(&self) -> Tidied {
        let mut kept: Vec<usize> = (0..self.lists().len()).collect();
        let mut counts: Vec<(ListSet, u64)> = self.iter().collect();
        let mut dropped = Vec::new();
        while let Some((list, reason, same_as)) = uninformative(&kept, &counts) {
            kept.retain(|other| *other != list);
            let only_here = ListSet::single(list);
            let persons = counts.iter().filter(|(history, _)| *history == only_here).map(|(_, count)| *count).sum();
            for (history, _) in &mut counts {
                *history = history.difference(only_here);
            }
            counts.retain(|(history, _)| !history.is_empty());
            let name = |list: usize| self.name(list).clone();
            dropped.push(DroppedList { list: name(list), reason, same_as: same_as.map(name), persons });
        }
        let histories = (kept.len() > 1).then(|| {
            let names = kept.iter().map(|list| self.name(*list).clone()).collect();
            Self::summed(names, counts.iter().map(|(history, count)| (restricted(*history, &kept), *count)).collect())
        });
        Tidied { histories, dropped }
    }
}

/// The next list to drop, why, and of a duplicate the list that it repeats.
fn uninformative(kept: &[usize], counts: &[(ListSet, u64)]) -> Option<(usize, Uninformative, Option<usize>)> {
    let any = |list: usize| counts.iter().any(|(history, _)| history.contains(list));
    let all = |list: usize| counts.iter().all(|(history, _)| history.contains(list));
    let same =
        |one: usize, other: usize| counts.iter().all(|(history, _)| history.contains(one) == history.contains(other));
    if let Some(list) = kept.iter().find(|list| !any(**list)) {
        return Some((*list, Uninformative::Empty, None));
    }
    for (place, list) in kept.iter().enumerate() {
        if let Some(other) = kept.iter().take(place).find(|other| same(**other, *list)) {
            return Some((*list, Uninformative::Duplicate, Some(*other)));
        }
    }
    kept.iter().find(|list| all(**list)).map(|list| (*list, Uninformative::Everybody, None))
}

#[cfg(test)]
mod tests {
    use super::super::testing::tables;
    use super::*;
    use proptest::prelude::*;

    fn table(rows: &[(&[usize], u64)]) -> CaptureHistories {
        let rows = rows.iter().map(|(lists, count)| (ListSet::of(lists.iter().copied()), *count));
        CaptureHistories::try_new(["a", "b", "c", "d"], rows).unwrap()
    }

    #[test]
    fn each_reason_is_named() {
        let tidied = table(&[(&[0], 4), (&[1, 2], 3), (&[0, 1, 2], 2)]).tidied();
        let reasons: Vec<_> = tidied.dropped.iter().map(|list| (list.list.as_str(), list.reason)).collect();
        assert_eq!(reasons, [("d", Uninformative::Empty), ("c", Uninformative::Duplicate)]);
        assert_eq!(tidied.dropped[1].same_as.as_deref(), Some("b"));
        assert_eq!(tidied.histories.unwrap().lists(), ["a", "b"]);

        let tidied = table(&[(&[0], 7), (&[0, 1], 3), (&[0, 2], 2), (&[0, 1, 2, 3], 1)]).tidied();
        let everybody = &tidied.dropped[0];
        assert_eq!((everybody.list.as_str(), everybody.reason, everybody.persons), ("a", Uninformative::Everybody, 7));
        assert_eq!(tidied.histories.unwrap().persons(), 6);
    }

    #[test]
    fn lists_inside_each_other_leave_nothing() {
        assert_eq!(table(&[(&[0], 4), (&[0, 1], 3), (&[0, 1, 2], 2), (&[0, 1, 2, 3], 1)]).tidied().histories, None);
        assert_eq!(table(&[]).tidied().histories, None);
        assert_eq!(table(&[(&[2], 5)]).tidied().histories, None);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_that_was_not_said(table in tables(), bits in 0_u16..64) {
            // Lists more often empty, repeated or with everybody than by chance.
            let lists = table.lists().len();
            let everybody = ListSet::single(usize::from(bits) % (lists + 2));
            let rows = table.iter().map(|(history, count)| {
                let history = history.union(everybody.intersection(ListSet::all(lists)));
                (if history.contains(0) && bits > 31 { history.union(ListSet::single(1)) } else { history }, count)
            });
            let table = CaptureHistories::try_new(table.lists().to_vec(), rows).unwrap();
            let tidied = table.tidied();
            let Some(histories) = tidied.histories else { return Ok(()) };
            prop_assert!(histories.tidied().dropped.is_empty());
            // The histories by name, then the dropped lists put back from the last to the first.
            let mut rows: Vec<(Vec<String>, u64)> = histories
                .iter()
                .map(|(history, count)| (history.iter().map(|list| histories.lists()[list].clone()).collect(), count))
                .collect();
            for dropped in tidied.dropped.into_iter().rev() {
                let same_as = dropped.same_as.unwrap_or_default();
                rows.push((Vec::new(), dropped.persons));
                for (on, _) in &mut rows {
                    if dropped.reason == Uninformative::Everybody || on.contains(&same_as) {
                        on.push(dropped.list.clone());
                    }
                }
            }
            let rows = rows.into_iter().map(|(on, count)| (table.set(on).unwrap(), count));
            prop_assert!(CaptureHistories::try_new(table.lists().to_vec(), rows).unwrap() == table);
        }
    }
}
