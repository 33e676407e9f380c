//! Finding, merging, omitting, renaming and ordering the lists of a table.

use super::{CaptureHistories, named};
use crate::mse::error::MseError;
use crate::mse::list_set::ListSet;

impl CaptureHistories {
    /// The position of a list, by its name in any case.
    ///
    /// # Errors
    /// [`MseError::UnknownList`].
    pub fn list(&self, name: &str) -> Result<usize, MseError> {
        let wanted = name.trim().to_lowercase();
        self.lists.iter().position(|list| list.to_lowercase() == wanted).ok_or_else(|| {
            let nearest = ctdata_table::nearest(name, self.lists.iter().map(String::as_str));
            MseError::UnknownList { name: name.to_owned(), nearest: nearest.map(str::to_owned) }
        })
    }

    /// The set of these lists, by their names.
    ///
    /// # Errors
    /// [`MseError::UnknownList`].
    pub fn set<N: AsRef<str>>(&self, names: impl IntoIterator<Item = N>) -> Result<ListSet, MseError> {
        names
            .into_iter()
            .try_fold(ListSet::EMPTY, |set, name| Ok(set.union(ListSet::single(self.list(name.as_ref())?))))
    }

    /// The table with these lists as one, on which is who was on any of them. It stands where the first of them stood.
    /// All persons stay.
    ///
    /// ```
    /// use ctdata_indicators::mse::published_table;
    ///
    /// let six = published_table("uk-2013-six-lists").ok_or("no such table")?.histories();
    /// let five = six.merged(["PF", "NCA"], "PFNCA")?;
    /// assert_eq!(five.lists(), ["LA", "NG", "PFNCA", "GO", "GP"]);
    /// assert_eq!(five.persons(), six.persons());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`MseError::UnknownList`]; [`MseError::Lists`] if fewer than two lists are merged, if fewer than two would be
    /// left, or if the name is that of another list.
    pub fn merged<N: AsRef<str>>(
        &self,
        lists: impl IntoIterator<Item = N>,
        name: impl Into<String>,
    ) -> Result<Self, MseError> {
        let merged = self.set(lists)?;
        let Some(first) = merged.iter().next().filter(|_| merged.len() > 1) else {
            return Err(MseError::Lists("merging takes at least two lists"));
        };
        let name = name.into();
        let gone = merged.difference(ListSet::single(first));
        let kept: Vec<usize> = ListSet::all(self.lists.len()).difference(gone).iter().collect();
        let names = kept.iter().map(|list| if *list == first { &name } else { self.name(*list) });
        let names = named(names)?;
        let together = |history: ListSet| {
            let any = !history.intersection(merged).is_empty();
            if any { history.union(ListSet::single(first)) } else { history }
        };
        Ok(self.mapped(names, |history| restricted(together(history), &kept)))
    }

    /// The table without these lists. Persons on no other list leave with them: how many is the difference of
    /// [`CaptureHistories::persons`].
    ///
    /// # Errors
    /// [`MseError::UnknownList`]; [`MseError::Lists`] if fewer than two would be left.
    pub fn without<N: AsRef<str>>(&self, lists: impl IntoIterator<Item = N>) -> Result<Self, MseError> {
        let kept: Vec<usize> = ListSet::all(self.lists.len()).difference(self.set(lists)?).iter().collect();
        self.of_lists(&kept)
    }

    /// The table of these lists alone, in this order. Persons on none of them leave.
    ///
    /// # Errors
    /// [`MseError::UnknownList`]; [`MseError::Lists`] for fewer than two, or one given twice.
    pub fn selected<N: AsRef<str>>(&self, lists: impl IntoIterator<Item = N>) -> Result<Self, MseError> {
        let kept: Result<Vec<usize>, MseError> = lists.into_iter().map(|name| self.list(name.as_ref())).collect();
        self.of_lists(&kept?)
    }

    /// The same table with another name for a list.
    ///
    /// # Errors
    /// [`MseError::UnknownList`]; [`MseError::Lists`] if the new name is empty or that of another list.
    pub fn renamed(&self, list: &str, name: impl Into<String>) -> Result<Self, MseError> {
        let mut names = self.lists.clone();
        if let Some(old) = names.get_mut(self.list(list)?) {
            *old = name.into();
        }
        Ok(Self { lists: named(names)?, ..self.clone() })
    }

    /// The table of the lists at these positions, in this order.
    pub(super) fn of_lists(&self, kept: &[usize]) -> Result<Self, MseError> {
        let names = named(kept.iter().map(|list| self.name(*list)))?;
        Ok(self.mapped(names, |history| restricted(history, kept)))
    }

    pub(super) fn name(&self, list: usize) -> &String {
        const NONE: &String = &String::new();
        self.lists.get(list).unwrap_or(NONE)
    }

    /// The table of other histories for the same persons; who is on no list leaves.
    fn mapped(&self, lists: Vec<String>, map: impl Fn(ListSet) -> ListSet) -> Self {
        Self::summed(lists, self.iter().map(|(history, count)| (map(history), count)).collect())
    }
}

/// The part of a history that is on these lists, numbered by their order.
pub(super) fn restricted(history: ListSet, kept: &[usize]) -> ListSet {
    ListSet::of((0..).zip(kept).filter(|(_, list)| history.contains(**list)).map(|(place, _)| place))
}

#[cfg(test)]
mod tests {
    use super::super::testing::tables;
    use super::*;
    use proptest::prelude::*;

    fn table() -> CaptureHistories {
        let set = |lists: &[usize]| ListSet::of(lists.iter().copied());
        let counts = [(set(&[0]), 7), (set(&[1]), 5), (set(&[2]), 3), (set(&[0, 1]), 2), (set(&[0, 1, 2]), 1)];
        CaptureHistories::try_new(["Police", "NGO", "Hotline"], counts).unwrap()
    }

    #[test]
    fn lists_are_found_in_any_case_or_the_nearest_is_named() {
        assert_eq!(table().list(" police").unwrap(), 0);
        assert_eq!(table().set(["ngo", "Hotline"]).unwrap(), ListSet::of([1, 2]));
        let message = table().list("polise").unwrap_err().to_string();
        assert_eq!(message, "there is no list `polise`; did you mean `Police`?");
    }

    #[test]
    fn who_was_on_either_is_on_the_merged_list() {
        let merged = table().merged(["hotline", "police"], "state").unwrap();
        assert_eq!(merged.lists(), ["state", "NGO"]);
        let set = |lists: &[usize]| ListSet::of(lists.iter().copied());
        assert_eq!(merged.iter().collect::<Vec<_>>(), [(set(&[0]), 10), (set(&[1]), 5), (set(&[0, 1]), 3)]);
        assert!(matches!(table().merged(["police", "Police"], "state"), Err(MseError::Lists(_))));
        assert!(matches!(table().merged(["police", "ngo"], "hotline"), Err(MseError::Lists(_))));
        assert!(matches!(table().merged(["police", "ngo", "hotline"], "all"), Err(MseError::Lists(_))));
        assert!(matches!(table().merged(["police", "army"], "state"), Err(MseError::UnknownList { .. })));
    }

    #[test]
    fn persons_on_an_omitted_list_alone_leave() {
        let left = table().without(["NGO"]).unwrap();
        assert_eq!((left.lists(), left.persons()), (&["Police".to_owned(), "Hotline".to_owned()][..], 13));
        assert_eq!(left.count(ListSet::of([0])), 9);
        assert!(matches!(table().without(["NGO", "police"]), Err(MseError::Lists(_))));
        assert!(table().without(Vec::<String>::new()).unwrap() == table());
    }

    #[test]
    fn lists_are_ordered_and_renamed() {
        let turned = table().selected(["hotline", "police", "ngo"]).unwrap();
        assert_eq!(turned.lists(), ["Hotline", "Police", "NGO"]);
        assert_eq!(turned.count(ListSet::of([1, 2])), 2);
        assert!(matches!(table().selected(["ngo", "NGO"]), Err(MseError::Lists(_))));
        assert_eq!(table().renamed("ngo", "shelters").unwrap().lists(), ["Police", "shelters", "Hotline"]);
        assert_eq!(table().renamed("ngo", "Ngo").unwrap().lists(), ["Police", "Ngo", "Hotline"]);
        assert!(matches!(table().renamed("ngo", "POLICE"), Err(MseError::Lists(_))));
    }

    proptest! {
        #[test]
        fn merging_and_counting_is_counting_merged_records(table in tables(), bits in 1_u16..64) {
            let merged = ListSet::from_bits(bits).intersection(ListSet::all(table.lists().len()));
            let names: Vec<&String> = merged.iter().map(|list| &table.lists()[list]).collect();
            let found = table.merged(&names, "merged");
            if merged.len() < 2 || merged.len() == table.lists().len() {
                prop_assert!(found.is_err());
                return Ok(());
            }
            let found = found.unwrap();
            // Person by person, by the names of the lists.
            let mut expected = std::collections::BTreeMap::<Vec<&str>, u64>::new();
            for (history, count) in table.iter() {
                let on = |list: usize| if merged.contains(list) { "merged" } else { table.lists()[list].as_str() };
                let mut lists: Vec<&str> = history.iter().map(on).collect();
                lists.sort_unstable();
                lists.dedup();
                *expected.entry(lists).or_default() += count;
            }
            for (history, count) in found.iter() {
                let mut lists: Vec<&str> = history.iter().map(|list| found.lists()[list].as_str()).collect();
                lists.sort_unstable();
                prop_assert_eq!(expected.remove(&lists), Some(count));
            }
            prop_assert!(expected.is_empty());
        }

        #[test]
        fn an_order_of_lists_is_undone_by_another(table in tables()) {
            let mut names = table.lists().to_vec();
            names.reverse();
            let turned = table.selected(&names).unwrap();
            prop_assert_eq!(turned.persons(), table.persons());
            prop_assert!(turned.selected(table.lists()).unwrap() == table);
        }
    }
}
