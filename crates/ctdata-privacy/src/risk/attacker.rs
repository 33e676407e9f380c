//! The attacker view of k-anonymity.

use ctdata_table::{Classes, Control, Schema, Table};

use super::compatible::{BLANK, Released, Scratch, Tuples, reading};
use crate::quasi::QuasiIdentifiers;
use crate::unit::Persons;
use crate::{KAnonymity, PrivacyError};

/// What someone finds who knows the true quasi-identifiers of a person in the input.
///
/// K(r) is the number of released units (distinct persons where the released table has ids, else
/// records) that are compatible with true values r. A released blank (not recorded, withheld,
/// unknown) is compatible with everything, whether it was missing or suppressed; not applicable is
/// a value like others. The view holds if K(r) = 0 (the record was dropped) or K(r) ≥ k for every
/// input record.
///
/// Counting equal records alone misses the danger: in a file where one record has a blank and all
/// others answer "single" or "married", someone who knows that a person is a widow sees that only
/// the blank one can be hers, K(widow) = 1.
///
/// # Cells that the input does not know
/// The true value behind a blank of the input is known to the attacker but not to us. Whatever it
/// is, released blanks are compatible with it; a released value may be or not. So only blanks are
/// counted there, which bounds K from below for every possible true value, and a bound of at least
/// k is enough. A bound of 0 decides nothing: some value might meet a few released records. These
/// are then whole classes of the released table, so K ≥ k if each class has k units; if one has
/// fewer, such input records are counted as exposed, and the smallest class is the bound.
///
/// # Sources
/// The notion is this project's own; it answers the thread sdcMicro #225, whose example is a test
/// here. The candidate set of a known tuple under suppression is that of P. Samarati (2001), IEEE
/// TKDE 13(6).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AttackerView {
    /// The least number of candidates asked for.
    pub k: u32,
    /// The smallest K(r) above 0; none if no input record is compatible with a released one.
    pub smallest: Option<u64>,
    /// Input records with fewer than k candidates but more than none.
    pub exposed_records: u64,
    /// Whether there is no such record.
    pub holds: bool,
}

impl AttackerView {
    /// The view on a file that would be released as it stands.
    ///
    /// # Errors
    /// No quasi-identifier, one that the table lacks or that is named twice; a stop by `control`.
    pub fn of_file<S: AsRef<str>>(
        table: &Table,
        quasi_identifiers: &[S],
        model: KAnonymity,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        Self::between(table, table, quasi_identifiers, model, control)
    }

    /// The view on `released` of attackers who know true values of the records of `input`.
    ///
    /// Values are compared by their labels, so that the tables may code them differently.
    ///
    /// # Errors
    /// No quasi-identifier, one that a table lacks or that is named twice; a stop by `control`.
    pub fn between<S: AsRef<str>>(
        input: &Table,
        released: &Table,
        quasi_identifiers: &[S],
        model: KAnonymity,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        let known = QuasiIdentifiers::find(input.schema(), quasi_identifiers)?;
        let known_classes = Classes::count(input, &known.set, control)?;
        let quasi = QuasiIdentifiers::find(released.schema(), quasi_identifiers)?;
        let persons = Persons::of(released);
        let classes = if persons.repeat() {
            Classes::with_members(released, &quasi.set, control)?
        } else {
            Classes::count(released, &quasi.set, control)?
        };
        let sizes = persons.class_sizes(&classes);
        let known = Side { schema: input.schema(), quasi: &known, classes: &known_classes };
        let released = Side { schema: released.schema(), quasi: &quasi, classes: &classes };
        view(&known, &released, &sizes, &persons, model, control)
    }
}

/// Classes of a table by its quasi-identifiers.
pub(super) struct Side<'a> {
    pub(super) schema: &'a Schema,
    pub(super) quasi: &'a QuasiIdentifiers,
    pub(super) classes: &'a Classes,
}

/// The attacker view from the classes of both tables; `sizes` and `persons` are the released ones.
pub(super) fn view(
    known: &Side<'_>,
    released: &Side<'_>,
    sizes: &[u64],
    persons: &Persons,
    model: KAnonymity,
    control: &Control,
) -> Result<AttackerView, PrivacyError> {
    let targets = released.quasi.attributes(released.schema);
    let read = |side: &Side<'_>| -> Vec<Vec<u32>> {
        let attributes = side.quasi.attributes(side.schema);
        attributes.iter().zip(&targets).map(|(attribute, target)| reading(attribute, target)).collect()
    };
    let index = Released::new(released.classes, released.quasi, &read(released), sizes, persons);
    let tuples = Tuples::new(known.classes, known.quasi, &read(known), &index.order);

    let k = u64::from(model.k());
    let mut smallest: Option<u64> = None;
    let (mut exposed, mut undecided) = (0, 0);
    let mut scratch = Scratch::default();
    for class in 0..known.classes.len() {
        if class % 4096 == 0 {
            control.check()?;
            control.report("attacker view", class as u64, Some(known.classes.len() as u64));
        }
        let tuple = tuples.get(class);
        // Past both k and the smallest so far, the exact number changes nothing.
        let candidates = index.count(tuple, smallest.map_or(u64::MAX, |smallest| smallest.max(k)), &mut scratch);
        let records = known.classes.rows(class);
        if candidates > 0 {
            smallest = Some(smallest.map_or(candidates, |smallest| smallest.min(candidates)));
            exposed += if candidates < k { records } else { 0 };
        } else if tuple.contains(&BLANK) {
            undecided += records;
        }
    }
    if let Some(smallest_class) = sizes.iter().copied().min().filter(|&size| size < k && undecided > 0) {
        smallest = Some(smallest.map_or(smallest_class, |smallest| smallest.min(smallest_class)));
        exposed += undecided;
    }
    Ok(AttackerView { k: model.k(), smallest, exposed_records: exposed, holds: exposed == 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::Cell;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    use crate::quasi::is_blank;
    use crate::testing::{any_table, mixed_attributes, texts};

    fn model(k: u32) -> KAnonymity {
        KAnonymity::try_new(k).unwrap()
    }

    fn between(input: &Table, released: &Table, names: &[&str], k: u32) -> AttackerView {
        AttackerView::between(input, released, names, model(k), &Control::default()).unwrap()
    }

    /// K(r) of one tuple against a released table.
    fn candidates(tuple: &[(&str, &str)], released: &Table) -> u64 {
        let columns: Vec<(&str, &[&str])> =
            tuple.iter().map(|(name, cell)| (*name, std::slice::from_ref(cell))).collect();
        let names: Vec<&str> = tuple.iter().map(|(name, _)| *name).collect();
        between(&texts(&columns), released, &names, 1).smallest.unwrap_or(0)
    }

    /// Thread sdcMicro #225: Region A and age 30-49 throughout, marital status varies.
    fn thread() -> Table {
        texts(&[
            ("region", &["A"; 5]),
            ("age", &["30-49"; 5]),
            ("marital", &["Single", "Married", "Married", "Single", "-"]),
        ])
    }

    #[test]
    fn the_widow_of_the_thread_is_exposed() {
        let released = thread();
        let known = |marital| candidates(&[("region", "A"), ("age", "30-49"), ("marital", marital)], &released);
        assert_eq!((known("Single"), known("Married"), known("Widow")), (3, 3, 1));

        // With wildcards on both sides the blank row would count 5 and the file pass for k = 2.
        let truth = texts(&[
            ("region", &["A"; 5]),
            ("age", &["30-49"; 5]),
            ("marital", &["Single", "Married", "Married", "Single", "Widow"]),
        ]);
        let view = between(&truth, &released, &["region", "age", "marital"], 2);
        assert_eq!((view.smallest, view.exposed_records, view.holds), (Some(1), 1, false));
        // The file alone, where what the widow is remains unknown, gives the same answer.
        assert_eq!(between(&released, &released, &["marital", "age", "region"], 2), view);
    }

    #[test]
    fn a_dropped_record_is_not_exposed() {
        let input = texts(&[("a", &["x", "x", "y"])]);
        let view = between(&input, &input.take(&[0, 1]).unwrap(), &["a"], 2);
        assert_eq!((view.smallest, view.exposed_records, view.holds), (Some(2), 0, true));
    }

    #[test]
    fn a_dropped_record_with_a_blank_is_doubtful_where_a_class_is_small() {
        // The third person may be an "x": then one released record is compatible.
        let input = texts(&[("a", &["x", "y", "-", "y"])]);
        let released = input.take(&[0, 1, 3]).unwrap();
        assert_eq!(between(&input, &released, &["a"], 2).exposed_records, 2);
        let released = input.take(&[1, 3]).unwrap();
        let view = between(&input, &released, &["a"], 2);
        assert_eq!((view.smallest, view.exposed_records), (Some(2), 0));
    }

    #[test]
    fn an_empty_release_exposes_nobody() {
        let input = texts(&[("a", &["x", "-"])]);
        let view = between(&input, &input.take(&[]).unwrap(), &["a"], 5);
        assert_eq!((view.smallest, view.holds), (None, true));
    }

    #[test]
    fn not_applicable_is_an_answer_and_no_blank() {
        // x: not applicable, a value, unknown. Who has the value finds its record and the unknown.
        let table = crate::testing::mixed(&[[3, 0, 0, 0], [3, 0, 0, 0], [0, 0, 0, 0], [4, 0, 0, 0]], None);
        let view = |rows: &[u32]| between(&table.take(rows).unwrap(), &table, &["x"], 3).smallest;
        assert_eq!((view(&[0]), view(&[2]), view(&[3])), (Some(3), Some(2), Some(1)));
    }

    const NAMES: [&str; 3] = ["z", "x", "y"];

    fn cells(table: &Table, row: usize) -> Vec<Cell> {
        NAMES.iter().map(|name| table.cell(row, table.schema().position(name).unwrap()).unwrap()).collect()
    }

    /// A name for whom a row counts.
    fn unit(table: &Table, row: usize) -> String {
        table.ids().map_or_else(|| row.to_string(), |ids| ids.get(row).unwrap().to_owned())
    }

    /// Distinct released persons or records compatible with known cells, by comparing all.
    fn brute(known: &[Cell], released: &Table) -> u64 {
        let fits = |row: &usize| {
            cells(released, *row).iter().zip(known).all(|(&cell, &known)| is_blank(cell) || cell == known)
        };
        let units: BTreeSet<String> = (0..released.rows()).filter(fits).map(|row| unit(released, row)).collect();
        units.len() as u64
    }

    /// Every tuple that cells may stand for: blanks become each value and not applicable.
    fn completions(known: &[Cell]) -> Vec<Vec<Cell>> {
        let attributes = mixed_attributes();
        let mut all = vec![Vec::new()];
        for (name, &cell) in NAMES.iter().zip(known) {
            let attribute = attributes.iter().find(|attribute| attribute.name() == *name).unwrap();
            let mut choices = vec![cell];
            if is_blank(cell) {
                let codes = 0..u16::try_from(attribute.code_count()).unwrap();
                choices = codes.filter_map(|code| attribute.cell(code)).filter(|&cell| !is_blank(cell)).collect();
            }
            all = all
                .iter()
                .flat_map(|tuple| choices.iter().map(move |&choice| [tuple.as_slice(), &[choice]].concat()))
                .collect();
        }
        all
    }

    /// A table and some of its rows.
    fn any_release(most: usize) -> impl Strategy<Value = (Table, Table)> {
        (any_table(most), prop::collection::vec(any::<bool>(), most)).prop_map(|(input, kept)| {
            let rows: Vec<u32> =
                (0u32..).take(input.rows()).zip(kept).filter_map(|(row, kept)| kept.then_some(row)).collect();
            let released = input.take(&rows).unwrap();
            (input, released)
        })
    }

    /// Distinct persons or records among the rows that agree with this one in every cell.
    fn class_size(table: &Table, row: usize) -> u64 {
        let units: BTreeSet<String> = (0..table.rows())
            .filter(|&other| cells(table, other) == cells(table, row))
            .map(|other| unit(table, other))
            .collect();
        units.len() as u64
    }

    proptest! {
        #[test]
        fn it_equals_comparing_all_pairs((input, released) in any_release(40), k in 1u32..6) {
            let view = between(&input, &released, &NAMES, k);
            let k = u64::from(k);
            let smallest_class = (0..released.rows()).map(|row| class_size(&released, row)).min();
            let small = smallest_class.filter(|&smallest| smallest < k);
            let (mut exposed, mut smallest) = (0, None);
            for row in 0..input.rows() {
                let known = cells(&input, row);
                let mut count = brute(&known, &released);
                if count == 0 && known.iter().any(|&cell| is_blank(cell)) {
                    count = small.unwrap_or(0);
                }
                if count > 0 {
                    exposed += u64::from(count < k);
                    smallest = Some(smallest.map_or(count, |smallest: u64| smallest.min(count)));
                }
            }
            prop_assert_eq!((view.smallest, view.exposed_records), (smallest, exposed));
        }

        #[test]
        fn where_it_holds_no_possible_truth_is_exposed((input, released) in any_release(30), k in 1u32..4) {
            let exposed = |tuple: &Vec<Cell>| (1..u64::from(k)).contains(&brute(tuple, &released));
            if between(&input, &released, &NAMES, k).holds {
                for row in 0..input.rows() {
                    prop_assert!(!completions(&cells(&input, row)).iter().any(exposed));
                }
            }
        }
    }
}
