//! Published capture tables, to try methods on and to compare with what others have found.
//!
//! They are published aggregates. Several of their cells are 1: no pattern for what may be released of other data.

mod tables;

use super::histories::CaptureHistories;
use super::list_set::ListSet;

/// A published table of capture histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishedTable {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    source: &'static str,
    lists: &'static [&'static str],
    counts: &'static [(ListSet, u64)],
}

impl PublishedTable {
    /// The name it is found by, such as `uk-2013-five-lists`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its name for people: place, year, number of lists.
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// Who is counted, what the lists are, how it belongs to other tables.
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// Where it was published.
    pub const fn source(&self) -> &'static str {
        self.source
    }

    /// The names of the lists.
    pub const fn lists(&self) -> &'static [&'static str] {
        self.lists
    }

    /// The table.
    pub fn histories(&self) -> CaptureHistories {
        CaptureHistories::published(self.lists, self.counts)
    }
}

/// All published tables.
///
/// ```
/// use ctdata_indicators::mse::published;
///
/// for table in published() {
///     println!("{}: {} persons on {} lists", table.title(), table.histories().persons(), table.lists().len());
/// }
/// assert_eq!(published().len(), 18);
/// ```
pub fn published() -> &'static [PublishedTable] {
    tables::TABLES
}

/// The published table of this name, in any case, with `-` or `_` between words.
///
/// ```
/// use ctdata_indicators::mse::published_table;
///
/// let table = published_table("uk_2013_five_lists").ok_or("no such table")?;
/// assert_eq!(table.histories().persons(), 2_744);
/// # Ok::<(), &str>(())
/// ```
pub fn published_table(name: &str) -> Option<&'static PublishedTable> {
    let name = name.trim().replace('_', "-");
    published().iter().find(|table| table.name.eq_ignore_ascii_case(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str) -> CaptureHistories {
        published_table(name).unwrap().histories()
    }

    /// Persons and lists as the publications state them.
    #[test]
    fn each_table_has_its_persons() {
        let stated = [
            ("uk-2013-six-lists", 2_744, 6),
            ("uk-2013-five-lists", 2_744, 5),
            ("uk-2013-four-lists", 2_428, 4),
            ("netherlands-2010-2015-six-lists", 8_234, 6),
            ("netherlands-2010-2015-five-lists", 8_234, 5),
            ("new-orleans-eight-lists-n185", 185, 8),
            ("new-orleans-five-lists-n185", 185, 5),
            ("new-orleans-eight-lists-n186", 186, 8),
            ("new-orleans-five-lists-n186", 186, 5),
            ("western-us-five-lists", 345, 5),
            ("australia-four-lists", 414, 4),
            ("korea-three-lists", 123, 3),
            ("kosovo-1999-four-lists", 4_400, 4),
            ("artificial-three-lists", 96, 3),
            ("hiv-rome-four-lists", 1_896, 4),
            ("lesbian-allegheny-four-lists", 2_185, 4),
            ("madigan-york-five-lists", 537, 5),
            ("madigan-york-three-lists", 626, 3),
        ];
        let found = published().iter().map(|table| (table.name(), table.histories().persons(), table.lists().len()));
        assert_eq!(found.collect::<Vec<_>>(), stated);
    }

    /// What the constructor of other tables would refuse is not there.
    #[test]
    fn the_tables_are_tables() {
        for published in published() {
            let checked = CaptureHistories::try_new(published.lists.iter().copied(), published.counts.iter().copied());
            assert!(checked.unwrap() == published.histories(), "{}", published.name);
            assert_eq!(published.counts.len(), published.histories().iter().len(), "{}", published.name);
            assert_eq!(published_table(&published.name.to_uppercase().replace('-', "_")), Some(published));
        }
        assert_eq!(published_table("uk"), None);
    }

    /// Tables that were made of others by merging and omitting lists, typed in from where they were published.
    #[test]
    fn tables_made_of_others_are_met() {
        let uk = table("uk-2013-six-lists").merged(["PF", "NCA"], "PFNCA").unwrap();
        assert!(uk == table("uk-2013-five-lists"));
        assert!(uk.without(["GP"]).unwrap() == table("uk-2013-four-lists"));
        let netherlands = table("netherlands-2010-2015-six-lists").merged(["I", "O"], "IO").unwrap();
        assert!(netherlands == table("netherlands-2010-2015-five-lists"));
        for persons in ["n185", "n186"] {
            let eight = table(&format!("new-orleans-eight-lists-{persons}"));
            let five = eight.merged(["B", "E", "F", "G"], "BEFG").unwrap();
            assert!(five == table(&format!("new-orleans-five-lists-{persons}")));
        }
    }

    /// f₁ and f₂ of the worked example of multiple systems estimation on the United Kingdom.
    #[test]
    fn the_frequencies_of_the_united_kingdom_are_met() {
        let uk = table("uk-2013-five-lists");
        assert_eq!((uk.on_exactly(1), uk.on_exactly(2)), (2_523, 214));
    }
}
