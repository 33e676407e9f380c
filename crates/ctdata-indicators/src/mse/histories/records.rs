//! Capture histories of record-level data: of a stream of records, and of a table with a flag for each list.

use super::by_stratum::{Groups, NOBODY, NOT_RECORDED, StrataRead};
use super::{CaptureHistories, TOO_MANY, add, named};
use crate::error::coded;
use crate::mse::error::MseError;
use crate::mse::list_set::ListSet;
use ctdata_table::{Attribute, AttributeSet, Control, CountSource, Location};

coded! {
    /// What to do with rows that have no capture history.
    #[derive(Default)]
    pub enum OnUnusable: "rule for unusable rows" {
        /// They are an error, the default.
        #[default]
        Refuse = "refuse" / "refused",
        /// They are left out, and their persons counted.
        LeaveOut = "leave-out" / "left out and counted",
    }
}

/// What to do with rows of which it is not known, or not true, that they are on a list. By default they are errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct HistoryRules {
    /// Rows without an answer for some list. Missing is never "no".
    pub missing: OnUnusable,
    /// Rows on no list.
    pub unlisted: OnUnusable,
}

/// A table of histories that was read, and who was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct HistoriesRead {
    /// The table.
    pub histories: CaptureHistories,
    /// Persons left out because it is not known for some list whether they are on it.
    pub missing: u64,
    /// Persons left out because they are on no list.
    pub unlisted: u64,
}

impl CaptureHistories {
    /// The table of records: one history for each person.
    ///
    /// ```
    /// use ctdata_indicators::mse::{CaptureHistories, ListSet};
    ///
    /// let records = [ListSet::of([0]), ListSet::of([0, 1]), ListSet::of([0])];
    /// let table = CaptureHistories::from_records(["police", "shelters"], records)?;
    /// assert_eq!(table.count(ListSet::of([0])), 2);
    /// # Ok::<(), ctdata_indicators::mse::MseError>(())
    /// ```
    ///
    /// # Errors
    /// [`MseError::Lists`] as for [`CaptureHistories::try_new`]; [`MseError::Row`] for a record on no list or on one
    /// that is not there.
    pub fn from_records<N: Into<String>>(
        lists: impl IntoIterator<Item = N>,
        records: impl IntoIterator<Item = ListSet>,
    ) -> Result<Self, MseError> {
        let mut tally = Tally::new(named(lists)?);
        for (row, history) in (1..).zip(records) {
            let refused = |rule| MseError::Row { location: Location::at_row(row), rule };
            if history.is_empty() {
                return Err(refused("the record is on no list"));
            }
            tally.add(history, 1).map_err(refused)?;
        }
        Ok(tally.finish())
    }

    /// The table of the persons of a source of counts, by yes/no attributes that say who is on which list. They become
    /// the lists, in the order given and with their names.
    ///
    /// Persons are what the source counts: rows, or with weights as many as these say. Values are read as `yes` or `no`,
    /// `1` or `0`, `true` or `false`. Every kind of missing is missing.
    ///
    /// ```
    /// use ctdata_indicators::mse::{CaptureHistories, HistoryRules, ListSet};
    /// use ctdata_table::{Attribute, Cell, Control, Schema, TableBuilder};
    ///
    /// let schema = Schema::try_new(vec![Attribute::flag("police"), Attribute::flag("shelters")])?;
    /// let mut cases = TableBuilder::new(schema);
    /// for [police, shelters] in [[1, 0], [1, 1], [0, 1], [1, 0]] {
    ///     cases.push_row(&[Cell::Value(police), Cell::Value(shelters)])?;
    /// }
    /// let names = ["police", "shelters"];
    /// let read = CaptureHistories::from_table(&cases.finish()?, &names, HistoryRules::default(), &Control::default())?;
    /// assert_eq!(read.histories.count(ListSet::of([0])), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`MseError::Lists`] as for [`CaptureHistories::try_new`]; [`MseError::Table`] for an attribute that is not there,
    /// and when cancelled; [`MseError::Row`] for an attribute with other values, and for persons of whom a membership
    /// is missing; [`MseError::Histories`] for persons on no list.
    pub fn from_table<S: CountSource + ?Sized, N: AsRef<str>>(
        source: &S,
        lists: &[N],
        rules: HistoryRules,
        control: &Control,
    ) -> Result<HistoriesRead, MseError> {
        let mut tally = Tally::new(named(lists.iter().map(AsRef::as_ref))?);
        let (missing, unlisted) =
            count(source, lists, None, rules, control, |_, history, persons| tally.add(history, persons))?;
        Ok(HistoriesRead { histories: tally.finish(), missing, unlisted })
    }

    /// The same by stratum: an attribute, which is not a list, says of which stratum persons are. Its labels are the
    /// names; persons without a value, for whatever reason, are the stratum [`NOT_RECORDED`].
    ///
    /// # Errors
    /// As for [`CaptureHistories::from_table`]; [`MseError::Lists`] if the attribute is a list; [`MseError::Row`] for
    /// more than [`MOST_STRATA`](super::MOST_STRATA) strata, or nobody in any.
    pub fn strata_from_table<S: CountSource + ?Sized, N: AsRef<str>>(
        source: &S,
        lists: &[N],
        stratum: &str,
        rules: HistoryRules,
        control: &Control,
    ) -> Result<StrataRead, MseError> {
        let names = named(lists.iter().map(AsRef::as_ref))?;
        if lists.iter().any(|list| list.as_ref() == stratum) {
            return Err(MseError::Lists("the attribute of strata is no list"));
        }
        let schema = source.schema();
        let attribute = schema.attribute(stratum)?;
        let labels: Vec<String> = attribute.domain().labels().map(|label| label.trim().to_owned()).collect();
        let name_of = |code: u16| labels.get(usize::from(code)).map_or(NOT_RECORDED, String::as_str);
        let mut groups = Groups::default();
        let at = || Location::default().with_column(stratum);
        let (missing, unlisted) =
            count(source, lists, Some(schema.position(stratum)?), rules, control, |code, history, persons| {
                groups.add(code.map_or(NOT_RECORDED, name_of), history, persons)
            })
            .map_err(|error| match error {
                MseError::Histories(rule) if rule != UNLISTED => MseError::Row { location: at(), rule },
                error => error,
            })?;
        let strata = groups.finish(&names);
        if strata.is_empty() {
            return Err(MseError::Row { location: at(), rule: NOBODY });
        }
        Ok(StrataRead { column: stratum.to_owned(), strata, missing, unlisted })
    }
}

/// What an attribute of a table says of persons.
enum Says<'a> {
    /// Whether they are on a list: its number and name, and the meaning of each code.
    List(usize, &'a str, Vec<Option<bool>>),
    /// Of which stratum they are.
    Stratum,
}

/// Gives the persons of each history, with the code of their stratum if asked for, to a function whose error is the rule
/// that they break. How many are left out, because a membership is missing and because they are on no list.
fn count<S: CountSource + ?Sized, N: AsRef<str>>(
    source: &S,
    lists: &[N],
    stratum: Option<usize>,
    rules: HistoryRules,
    control: &Control,
    mut add: impl FnMut(Option<u16>, ListSet, u64) -> Result<(), &'static str>,
) -> Result<(u64, u64), MseError> {
    let schema = source.schema();
    // Keys of the counts are in the order of the schema.
    let mut columns: Vec<(usize, Says<'_>)> = stratum.into_iter().map(|position| (position, Says::Stratum)).collect();
    for (list, name) in lists.iter().map(AsRef::as_ref).enumerate() {
        columns.push((schema.position(name)?, Says::List(list, name, answers(schema.attribute(name)?)?)));
    }
    columns.sort_unstable_by_key(|(position, _)| *position);
    let set = AttributeSet::try_new(columns.iter().map(|(position, _)| *position))?;
    let (mut missing, mut unlisted) = (0_u64, 0_u64);
    for marginal in source.marginals(&[set], control)? {
        for (key, persons) in marginal.cells() {
            let (mut history, mut group, mut unknown) = (ListSet::EMPTY, None, None);
            for ((_, says), code) in columns.iter().zip(key) {
                match says {
                    Says::Stratum => group = Some(*code),
                    Says::List(list, name, answers) => match answers.get(usize::from(*code)).copied().flatten() {
                        Some(true) => history = history.union(ListSet::single(*list)),
                        Some(false) => {}
                        None => unknown = Some(*name),
                    },
                }
            }
            if let Some(column) = unknown {
                if rules.missing == OnUnusable::Refuse {
                    return Err(MseError::Row { location: Location::default().with_column(column), rule: UNKNOWN });
                }
                missing = missing.saturating_add(persons);
            } else if history.is_empty() {
                if rules.unlisted == OnUnusable::Refuse {
                    return Err(MseError::Histories(UNLISTED));
                }
                unlisted = unlisted.saturating_add(persons);
            } else {
                add(group, history, persons).map_err(MseError::Histories)?;
            }
        }
    }
    Ok((missing, unlisted))
}

/// For each code of an attribute whether it is yes or no, or neither.
fn answers(attribute: &Attribute) -> Result<Vec<Option<bool>>, MseError> {
    let location = || Location::default().with_column(attribute.shared_name());
    let values = attribute.domain().labels().map(|label| membership(label.as_bytes()));
    let values: Option<Vec<Option<bool>>> = values.map(|answer| answer.map(Some)).collect();
    let mut answers = values.ok_or_else(|| MseError::Row { location: location(), rule: NO_LIST })?;
    answers.resize(attribute.code_count(), None);
    Ok(answers)
}

/// Whether a cell says yes or no.
pub(super) fn membership(cell: &[u8]) -> Option<bool> {
    let is = |words: &[&[u8]]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    match cell {
        b"1" => Some(true),
        b"0" => Some(false),
        _ if is(&[b"yes", b"true"]) => Some(true),
        _ if is(&[b"no", b"false"]) => Some(false),
        _ => None,
    }
}

const NO_LIST: &str = "a list has 1 or 0, yes or no, true or false: name the columns that are lists";
const UNLISTED: &str = "persons are on none of the lists; they can be left out";
const UNKNOWN: &str = "persons of whom it is not known whether they are on the list; they can be left out";

/// Counts of histories as they come, one place for each set of lists.
pub(super) struct Tally {
    lists: Vec<String>,
    counts: Vec<u64>,
    persons: u64,
}

impl Tally {
    /// Nobody yet. The names have been checked.
    pub(super) fn new(lists: Vec<String>) -> Self {
        Self { counts: vec![0; 1 << lists.len()], lists, persons: 0 }
    }

    /// Adds persons of one history; the error is the rule that it breaks.
    pub(super) fn add(&mut self, history: ListSet, persons: u64) -> Result<(), &'static str> {
        let count = self.counts.get_mut(history.index()).ok_or("a history has a list that is not there")?;
        self.persons = add(self.persons, persons).ok_or(TOO_MANY)?;
        *count += persons;
        Ok(())
    }

    pub(super) fn finish(self) -> CaptureHistories {
        let counts = (0..=u16::MAX).map(ListSet::from_bits).zip(self.counts);
        CaptureHistories::summed(self.lists, counts.filter(|(_, count)| *count > 0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::tables;
    use super::*;
    use ctdata_table::{Cell, Domain, Missing, MissingKinds, Origin, Schema, Table, TableBuilder, Weights};
    use proptest::prelude::*;

    const NONE: Cell = Cell::Missing(Missing::NotRecorded);

    fn cases(rows: &[[Cell; 3]]) -> Table {
        let observed = Domain::nominal(["TRUE", "false"], Origin::Observed).unwrap();
        let schema = Schema::try_new(vec![
            Attribute::flag("police"),
            Attribute::new("sex", Domain::nominal(["f", "m"], Origin::Public).unwrap(), MissingKinds::NOT_RECORDED),
            Attribute::new("hotline", observed, MissingKinds::ALL),
        ]);
        let mut builder = TableBuilder::new(schema.unwrap());
        for row in rows {
            builder.push_row(row).unwrap();
        }
        builder.finish().unwrap()
    }

    fn read(table: &Table, rules: HistoryRules) -> Result<HistoriesRead, MseError> {
        CaptureHistories::from_table(table, &["hotline", "police"], rules, &Control::default())
    }

    const LENIENT: HistoryRules = HistoryRules { missing: OnUnusable::LeaveOut, unlisted: OnUnusable::LeaveOut };

    #[test]
    fn flags_become_lists_and_missing_is_not_no() {
        let value = Cell::Value;
        let rows = [
            [value(1), value(0), value(0)],
            [value(1), NONE, value(1)],
            [value(0), value(1), value(0)],
            [value(0), value(1), value(1)],
            [value(1), value(1), NONE],
        ];
        let found = read(&cases(&rows), LENIENT).unwrap();
        assert_eq!(found.histories.lists(), ["hotline", "police"]);
        let set = |lists: &[usize]| ListSet::of(lists.iter().copied());
        assert_eq!(found.histories.iter().collect::<Vec<_>>(), [(set(&[0]), 1), (set(&[1]), 1), (set(&[0, 1]), 1)]);
        assert_eq!((found.missing, found.unlisted), (1, 1));

        let with_missing = cases(&[rows[0], rows[4]]);
        let message = read(&with_missing, HistoryRules::default()).unwrap_err().to_string();
        assert!(message.starts_with("column `hotline`: persons of whom it is not known"), "{message}");
        let message = read(&cases(&rows[..4]), HistoryRules::default()).unwrap_err().to_string();
        assert_eq!(message, "capture histories: persons are on none of the lists; they can be left out");
        assert!(read(&cases(&rows[..3]), HistoryRules::default()).is_ok());
    }

    #[test]
    fn weights_are_persons() {
        let value = Cell::Value;
        let rows = [[value(1), value(0), value(0)], [value(0), value(0), value(0)], [NONE, value(0), value(0)]];
        let table = cases(&rows).with_weights(Weights::new(vec![5, 7, 11])).unwrap();
        let found = read(&table, LENIENT).unwrap();
        assert_eq!((found.histories.persons(), found.missing), (12, 11));
        assert_eq!(found.histories.count(ListSet::of([0])), 7);
    }

    #[test]
    fn an_attribute_makes_strata_and_missing_is_one_of_them() {
        let value = Cell::Value;
        let rows = [
            [value(1), value(0), value(0)],
            [value(1), NONE, value(1)],
            [value(0), value(1), value(0)],
            [value(0), value(1), value(1)],
            [value(1), value(0), NONE],
        ];
        let table = cases(&rows).with_weights(Weights::new(vec![5, 7, 11, 13, 17])).unwrap();
        let lists = ["hotline", "police"];
        let by =
            |stratum, rules| CaptureHistories::strata_from_table(&table, &lists, stratum, rules, &Control::default());
        let found = by("sex", LENIENT).unwrap();
        // Of the men, 11 are on the hotline alone and 13 on no list.
        let persons: Vec<(&str, u64)> =
            found.strata.iter().map(|(name, table)| (name.as_str(), table.persons())).collect();
        assert_eq!(persons, [("f", 5), ("m", 11), (NOT_RECORDED, 7)]);
        assert_eq!((found.column.as_str(), found.missing, found.unlisted), ("sex", 17, 13));
        let pooled = CaptureHistories::pooled(found.strata.iter().map(|(_, table)| table)).unwrap();
        assert_eq!(pooled, read(&table, LENIENT).unwrap().histories);
        assert!(matches!(by("police", LENIENT), Err(MseError::Lists(_))));
        assert!(matches!(by("sox", LENIENT), Err(MseError::Table(_))));
        assert!(matches!(by("sex", HistoryRules::default()), Err(MseError::Row { .. } | MseError::Histories(_))));
    }

    #[test]
    fn what_is_no_flag_is_refused_by_name() {
        let named = |lists: &[&str]| {
            let table = cases(&[[Cell::Value(1), NONE, Cell::Value(0)]]);
            CaptureHistories::from_table(&table, lists, HistoryRules::default(), &Control::default()).unwrap_err()
        };
        let message = named(&["police", "sex"]).to_string();
        assert!(message.starts_with("column `sex`: a list has 1 or 0"), "{message}");
        assert_eq!(named(&["police", "hotlin"]).to_string(), "there is no attribute `hotlin`; did you mean `hotline`?");
        assert!(matches!(named(&["police"]), MseError::Lists(_)));
        assert!(matches!(named(&["police", "police"]), MseError::Lists(_)));
    }

    #[test]
    fn records_on_no_list_are_named_by_row() {
        let records = [ListSet::of([0]), ListSet::EMPTY];
        let message = CaptureHistories::from_records(["a", "b"], records).unwrap_err().to_string();
        assert_eq!(message, "row 2: the record is on no list");
        assert!(CaptureHistories::from_records(["a", "b"], [ListSet::of([2])]).is_err());
    }

    #[test]
    fn sixteen_lists_are_counted() {
        let names: Vec<String> = (0..16).map(|list| format!("list {list}")).collect();
        let records = (1..=u16::MAX).map(ListSet::from_bits);
        let table = CaptureHistories::from_records(names, records).unwrap();
        assert_eq!((table.persons(), table.count(ListSet::all(16))), (65_535, 1));
    }

    proptest! {
        #[test]
        fn records_give_the_table_back(table in tables()) {
            let records = table.iter().flat_map(|(history, count)| (0..count).map(move |_| history));
            prop_assert!(CaptureHistories::from_records(table.lists().to_vec(), records).unwrap() == table);
        }

        #[test]
        fn a_table_of_flags_gives_the_table_back(table in tables()) {
            let flags = table.lists().iter().map(|name| Attribute::flag(name.as_str())).collect();
            let mut builder = TableBuilder::new(Schema::try_new(flags).unwrap());
            for (history, count) in table.iter() {
                let row = |list| Cell::Value(u16::from(history.contains(list)));
                let row: Vec<Cell> = (0..table.lists().len()).map(row).collect();
                (0..count).for_each(|_| builder.push_row(&row).unwrap());
            }
            let source = builder.finish().unwrap();
            let rules = HistoryRules::default();
            let read = CaptureHistories::from_table(&source, table.lists(), rules, &Control::default()).unwrap();
            prop_assert_eq!(read, HistoriesRead { histories: table, missing: 0, unlisted: 0 });
        }
    }
}
