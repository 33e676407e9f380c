//! Records as sets of items, so many of each kind.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "codes are within their attributes, rows within the table; rows and items fit 32 bits"
)]

use ctdata_table::{Attribute, Column, Control, ItemRule, Missing, Origin, Table};
use rustc_hash::FxHashMap;

use crate::PrivacyError;
use crate::anonymize::forget_absent_values;
use crate::unit::Persons;

/// The named columns of a table (all of them where none is named), each with a blank.
///
/// An attribute that declares no blank gets *not recorded*, whatever its cells hold; an observed domain
/// is put into an order that says nothing. Ids stay, weights are refused.
pub(crate) fn with_blanks(table: &Table, names: &[String]) -> Result<Table, PrivacyError> {
    if table.weights().is_some() {
        let rule = "a weighted table is not synthesized: a weight stands for people outside the file, who hide nobody";
        return Err(PrivacyError::InvalidParameter { parameter: "table", rule: rule.to_owned() });
    }
    let mut working = if names.is_empty() { table.clone() } else { table.select_named(names)? };
    for position in 0..working.schema().attributes().len() {
        let (attribute, column) = (&working.schema().attributes()[position], &working.columns()[position]);
        let mut replaced = None;
        if attribute.domain().origin() == Origin::Observed {
            replaced = Some(forget_absent_values(attribute, column)?);
        }
        let (attribute, column) = replaced.as_ref().map_or((attribute, column), |(a, c)| (a, c));
        if let Some((new, map)) = blank_added(attribute) {
            replaced = Some((new, column.recoded(&map)));
        }
        if let Some((attribute, column)) = replaced {
            working = working.with_replaced(position, attribute, column)?;
        }
    }
    Ok(working)
}

/// The attribute with a blank and the new code of each old one, where it declares none.
pub(crate) fn blank_added(attribute: &Attribute) -> Option<(Attribute, Vec<u16>)> {
    if attribute.blank_code().is_some() {
        return None;
    }
    let kinds = attribute.missing().with(Missing::NotRecorded);
    let new = Attribute::new(attribute.shared_name(), attribute.domain().clone(), kinds);
    let codes = (0..=u16::MAX).take(attribute.code_count());
    let map = codes.map(|code| attribute.cell(code).and_then(|cell| new.code(cell)).unwrap_or(code)).collect();
    Some((new, map))
}

/// The records of a table as sorted lists of items that enough units have, each distinct one once (where
/// persons repeat, once for each person), in the order of persons, then lists.
pub(crate) struct Records {
    /// The table that codes refer to.
    pub(crate) table: Table,
    /// (position of the attribute, code), ascending.
    pub(crate) items: Vec<(u16, u16)>,
    /// Units per item.
    pub(crate) support: Vec<u64>,
    /// Rows per item.
    pub(crate) rows_of_item: Vec<u64>,
    /// Rows in which every cell is blank.
    pub(crate) blank_rows: u64,
    starts: Vec<u32>,
    lists: Vec<u32>,
    /// Rows of each record.
    rows: Vec<u32>,
    /// The person of each record; empty where no person has two rows.
    persons: Vec<u32>,
}

/// In place of an item.
const NONE: u32 = u32::MAX;

impl Records {
    /// The records of a table that [`with_blanks`] made, with the items that `k` units have.
    pub(crate) fn of(table: &Table, k: u64, control: &Control) -> Result<Self, PrivacyError> {
        let persons = Persons::of(table);
        let mut items = Vec::new();
        let (mut support, mut rows_of_item) = (Vec::new(), Vec::new());
        let mut item_of_code: Vec<Vec<u32>> = Vec::new();
        for (position, (attribute, column)) in (0u16..).zip(table.schema().attributes().iter().zip(table.columns())) {
            control.check()?;
            let (units, rows) = units_of_codes(attribute, column, &persons);
            let mut item_of = vec![NONE; attribute.code_count()];
            for code in ItemRule::Stated.codes(attribute) {
                if units[usize::from(code)] >= k.max(1) {
                    item_of[usize::from(code)] = items.len() as u32;
                    items.push((position, code));
                    support.push(units[usize::from(code)]);
                    rows_of_item.push(rows[usize::from(code)]);
                }
            }
            item_of_code.push(item_of);
        }
        let cells = rows_of_item.iter().sum::<u64>();
        control.reserve(cells.saturating_mul(8) + table.rows() as u64 * 24)?;
        if u32::try_from(cells).is_err() {
            let rule = "more than 2^32 stated cells".to_owned();
            return Err(PrivacyError::InvalidParameter { parameter: "table", rule });
        }

        let blanks: Vec<Option<u16>> = table.schema().attributes().iter().map(Attribute::blank_code).collect();
        let mut flat: Vec<u32> = Vec::with_capacity(cells as usize);
        let mut ends: Vec<u32> = Vec::with_capacity(table.rows());
        let mut blank_rows = 0;
        for row in 0..table.rows() {
            if row.is_multiple_of(1 << 16) {
                control.check()?;
            }
            let mut is_blank = true;
            for ((column, item_of), blank) in table.columns().iter().zip(&item_of_code).zip(&blanks) {
                let code = column.get(row).unwrap_or(0);
                is_blank &= Some(code) == *blank;
                let item = item_of[usize::from(code)];
                if item != NONE {
                    flat.push(item);
                }
            }
            blank_rows += u64::from(is_blank);
            ends.push(flat.len() as u32);
        }
        let list = |row: usize| &flat[row.checked_sub(1).map_or(0, |row| ends[row] as usize)..ends[row] as usize];
        let person = |row: usize| if persons.repeat() { persons.of_row(row as u32) } else { 0 };
        let mut rows_of: FxHashMap<(u32, &[u32]), u32> = FxHashMap::default();
        for row in (0..ends.len()).filter(|&row| !list(row).is_empty()) {
            *rows_of.entry((person(row), list(row))).or_insert(0) += 1;
        }
        let mut distinct: Vec<_> = rows_of.into_iter().collect();
        distinct.sort_unstable();
        let mut records = Self {
            items,
            support,
            rows_of_item,
            blank_rows,
            starts: vec![0],
            lists: Vec::with_capacity(distinct.iter().map(|((_, list), _)| list.len()).sum()),
            rows: distinct.iter().map(|(_, rows)| *rows).collect(),
            persons: Vec::new(),
            table: table.clone().without_ids(),
        };
        if persons.repeat() {
            records.persons = distinct.iter().map(|((person, _), _)| *person).collect();
        }
        for ((_, list), _) in distinct {
            records.lists.extend_from_slice(list);
            records.starts.push(records.lists.len() as u32);
        }
        Ok(records)
    }

    /// The number of records.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The items of a record, ascending.
    #[inline]
    pub(crate) fn list(&self, record: u32) -> &[u32] {
        &self.lists[self.starts[record as usize] as usize..self.starts[record as usize + 1] as usize]
    }

    /// The rows that a record stands for.
    pub(crate) fn rows(&self, record: u32) -> u32 {
        self.rows[record as usize]
    }

    /// Whether several records may be of one person, so that units are told apart by [`unit`](Self::unit).
    pub(crate) fn persons_repeat(&self) -> bool {
        !self.persons.is_empty()
    }

    /// The person of a record where persons repeat, else how many units it is.
    #[inline]
    pub(crate) fn unit(&self, record: u32) -> u32 {
        if self.persons.is_empty() { self.rows[record as usize] } else { self.persons[record as usize] }
    }

    /// The records of each item, ascending.
    pub(crate) fn of_items(&self) -> Vec<Vec<u32>> {
        let mut of_items = vec![Vec::new(); self.items.len()];
        for record in 0..self.len() as u32 {
            for &item in self.list(record) {
                of_items[item as usize].push(record);
            }
        }
        of_items
    }
}

/// Units and rows per code of a column.
fn units_of_codes(attribute: &Attribute, column: &Column, persons: &Persons) -> (Vec<u64>, Vec<u64>) {
    let mut rows = vec![0u64; attribute.code_count()];
    column.iter().for_each(|code| rows[usize::from(code)] += 1);
    if !persons.repeat() {
        return (rows.clone(), rows);
    }
    let mut pairs: Vec<(u16, u32)> = column.iter().zip(0u32..).map(|(code, row)| (code, persons.of_row(row))).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut units = vec![0u64; attribute.code_count()];
    for (code, _) in pairs {
        units[usize::from(code)] += 1;
    }
    (units, rows)
}

/// Lists of items, one after the other.
#[derive(Default, Clone, PartialEq, Eq)]
pub(crate) struct ItemLists {
    ends: Vec<usize>,
    items: Vec<u32>,
}

impl ItemLists {
    /// Adds a list.
    pub(crate) fn push(&mut self, items: &[u32]) {
        self.items.extend_from_slice(items);
        self.ends.push(self.items.len());
    }

    /// Adds all lists of another.
    pub(crate) fn append(&mut self, other: &Self) {
        other.iter().for_each(|list| self.push(list));
    }

    /// The number of lists.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// One list.
    pub(crate) fn get(&self, at: usize) -> &[u32] {
        &self.items[at.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[at]]
    }

    /// The lists in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// How often each of so many items occurs.
    pub(crate) fn counts(&self, items: usize) -> Vec<u64> {
        let mut counts = vec![0; items];
        self.items.iter().for_each(|&item| counts[item as usize] += 1);
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mixed;
    use ctdata_table::{Cell, Weights};

    #[test]
    fn every_statement_is_an_item_and_blanks_are_none() {
        // x: not recorded is 2, not applicable 3, unknown 4; y declares nothing; z unknown is 2; w no is 0.
        let table = mixed(&[[2, 0, 2, 2], [3, 0, 0, 0], [4, 1, 0, 0], [4, 1, 0, 0]], None);
        let working = with_blanks(&table, &[]).unwrap();
        // Of y only `t` and `s` are there, now in the order of the alphabet.
        assert_eq!(working.schema().attributes()[1].blank_code(), Some(2));
        let records = Records::of(&working, 1, &Control::default()).unwrap();
        assert_eq!(records.items, [(0, 3), (0, 4), (1, 0), (1, 1), (2, 0), (3, 0)]);
        assert_eq!(records.support, [1, 2, 2, 2, 3, 3]);
        let lists: Vec<_> =
            (0..records.len() as u32).map(|record| (records.list(record), records.rows(record))).collect();
        assert_eq!(lists, [(&[0, 3, 4, 5][..], 1), (&[1, 2, 4, 5], 2), (&[3], 1)]);
    }

    #[test]
    fn a_blank_that_is_added_moves_the_codes_of_other_kinds() {
        let kinds = ctdata_table::MissingKinds::of(&[Missing::NotApplicable]);
        let domain = ctdata_table::Domain::nominal(["v"], Origin::Public).unwrap();
        let attribute = Attribute::new("a", domain, kinds);
        let (new, map) = blank_added(&attribute).unwrap();
        assert_eq!(map, [0, 2]);
        assert_eq!(new.cell(2), Some(Cell::Missing(Missing::NotApplicable)));
        assert_eq!(blank_added(&new), None);
    }

    #[test]
    fn persons_are_counted_once_per_item() {
        let table = mixed(&[[0, 0, 0, 1], [0, 1, 0, 1], [1, 0, 0, 1]], Some(&[1, 1, 2]));
        let records = Records::of(&with_blanks(&table, &["x".into()]).unwrap(), 1, &Control::default()).unwrap();
        // Of the observed and public domains only codes differ: x is public.
        assert_eq!((records.support.as_slice(), records.rows_of_item.as_slice()), (&[1, 1][..], &[2, 1][..]));
        assert_eq!(records.len(), 2);
    }

    #[test]
    fn weights_are_refused() {
        let table = mixed(&[[0, 0, 0, 1]], None).with_weights(Weights::new(vec![3])).unwrap();
        assert!(with_blanks(&table, &[]).is_err());
    }
}
