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
        let known = Side {
            schema: input.schema(),
            quasi: &known,
            classes: &known_classes,
        };
        let released = Side {
            schema: released.schema(),
            quasi: &quasi,
            classes: &classes,
        };
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
        attributes
            .iter()
            .zip(&targets)
            .map(|(attribute, target)| reading(attribute, target))
            .collect()
    };
    let index = Released::new(
        released.classes,
        released.quasi,
        &read(released),
        sizes,
        persons,
    );
    let tuples = Tuples::new(known.classes, known.quasi, &read(known), &index.order);

    let k = u64::from(model.k());
    let mut smallest: Option<u64> = None;
    let (mut exposed, mut undecided) = (0, 0);
    let mut scratch = Scratch::default();
    for class in 0..known.classes.len() {
        if class % 4096 == 0 {
            control.check()?;
            control.report(
                "attacker view",
                class as u64,
                Some(known.classes.len() as u64),
            );
        }
        let tuple = tuples.get(class);
        // Past both k and the smallest so far, the exact number changes nothing.
        let candidates = index.count(
            tuple,
            smallest.map_or(u64::MAX, |smallest| smallest.max(k)),
            &mut scratch,
        );
        let records = known.classes.rows(class);
        if candidates > 0 {
            smallest = Some(smallest.map_or(candidates, |smallest| smallest.min(candidates)));
            exposed += if candidates < k { records } else { 0 };
        } else if tuple.contains(&BLANK) {
            undecided += records;
        }
    }
    if let Some(smallest_class) = sizes
        .iter()
        .copied()
        .min()
        .filter(|&size| size < k && undecided > 0)
    {
        smallest = Some(smallest.map_or(smallest_class, |smallest| smallest.min(smallest_class)));
        exposed += undecided;
    }
    Ok(AttackerView {
        k: model.k(),
        smallest,
        exposed_records: exposed,
        holds: exposed == 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::Cell;
    use proptest::prelude::*;

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
        let columns: Vec<(&str, &[&str])> = tuple
            .iter()
            .map(|(name, cell)| (*name, std::slice::from_ref(cell)))
            .collect();
        let names: Vec<&str> = tuple.iter().map(|(name, _)| *name).collect();
        between(&texts(&columns), released, &names, 1)
            .smallest
            .unwrap_or(0)
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
        let known = |marital| {
            candidates(
                &[("region", "A"), ("age", "30-49"), ("marital", marital)],
                &released,
            )
        };
        assert_eq!(
            (known("Single"), known("Married"), known("Widow")),
            (3, 3, 1)
        );

        // With wildcards on both sides the blank row would count 5 and the file pass for k = 2.
        let truth = texts(&[
            ("region", &["A"; 5]),
            ("age", &["30-49"; 5]),
            (
                "marital",
                &["Single", "Married", "Married", "Single", "Widow"],
            ),
        ]);
        let view = between(&truth, &released, &["region", "age", "marital"], 2);
        assert_eq!(
            (view.smallest, view.exposed_records, view.holds),
            (Some(1), 1, false)
        );
        // The file alone, where what the widow is remains unknown, gives the same answer.
        assert_eq!(
            between(&released, &released, &["marital", "age", "region"], 2),
            view
        );
    }

    #[test]
    fn a_dropped_record_is_not_exposed() {
        let input = texts(&[("a", &["x", "x", "y"])]);
        let view = between(&input, &input.take(&[0, 1]).unwrap(), &["a"], 2);
        assert_eq!(
            (view.smallest, view.exposed_records, view.holds),
            (Some(2), 0, true)
        );
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

    const NAMES: [&str; 3] = ["z", "x", "y"];

    fn cells(table: &Table, row: usize) -> Vec<Cell> {
        NAMES
            .iter()
            .map(|name| {
                table
                    .cell(row, table.schema().position(name).unwrap())
                    .unwrap()
            })
            .collect()
    }

    /// Distinct released persons or records compatible with known cells, by comparing all.
    fn brute(known: &[Cell], released: &Table) -> u64 {
        let fits = |row: usize| {
            cells(released, row)
                .iter()
                .zip(known)
                .all(|(&cell, &known)| is_blank(cell) || cell == known)
        };
        let unit = |row: usize| {
            released
                .ids()
                .map_or_else(|| row.to_string(), |ids| ids.get(row).unwrap().to_owned())
        };
        let found: std::collections::BTreeSet<String> = (0..released.rows())
            .filter(|&row| fits(row))
            .map(unit)
            .collect();
        found.len() as u64
    }

    /// Every tuple that cells may stand for: blanks become each value and not applicable.
    fn completions(known: &[Cell]) -> Vec<Vec<Cell>> {
        let attributes = mixed_attributes();
        let mut all = vec![Vec::new()];
        for (name, &cell) in NAMES.iter().zip(known) {
            let attribute = attributes
                .iter()
                .find(|attribute| attribute.name() == *name)
                .unwrap();
            let mut choices = vec![cell];
            if is_blank(cell) {
                let codes = 0..u16::try_from(attribute.code_count()).unwrap();
                choices = codes
                    .filter_map(|code| attribute.cell(code))
                    .filter(|&cell| !is_blank(cell))
                    .collect();
            }
            all = all
                .iter()
                .flat_map(|tuple| {
                    choices
                        .iter()
                        .map(move |&choice| [tuple.as_slice(), &[choice]].concat())
                })
                .collect();
        }
        all
    }

    proptest! {
        #[test]
        fn it_equals_comparing_all_pairs(input in any_table(40), kept in prop::collection::vec(any::<bool>(), 40), k in 1u32..6) {
            let rows: Vec<u32> = (0u32..).zip(&kept).filter(|(row, kept)| **kept && (*row as usize) < input.rows()).map(|(row, _)| row).collect();
            let released = input.take(&rows).unwrap();
            let view = between(&input, &released, &NAMES, k);
            let counts: Vec<u64> = (0..input.rows()).map(|row| brute(&cells(&input, row), &released)).collect();
            // Classes are released rows with the same cells, whatever their kinds of missing.
            let class = |row: usize| {
                let equal: Vec<u32> = (0u32..).take(released.rows()).filter(|&other| cells(&released, other as usize) == cells(&released, row)).collect();
                let members = released.take(&equal).unwrap();
                members.ids().map_or(members.rows(), |ids| (0..ids.len()).map(|row| ids.get(row)).collect::<std::collections::BTreeSet<_>>().len()) as u64
            };
            let smallest_class = (0..released.rows()).map(class).min().unwrap_or(u64::MAX);
            let open = |row: usize| counts[row] == 0 && cells(&input, row).iter().any(|&cell| is_blank(cell)) && smallest_class < u64::from(k);
            let exposed = (0..input.rows()).filter(|&row| (1..u64::from(k)).contains(&counts[row]) || open(row)).count();
            prop_assert_eq!(view.exposed_records, exposed as u64);
            let mut smallest = counts.iter().copied().filter(|&count| count > 0).min();
            if (0..input.rows()).any(open) {
                smallest = Some(smallest.unwrap_or(u64::MAX).min(smallest_class));
            }
            prop_assert_eq!(view.smallest, smallest);
        }

        #[test]
        fn where_it_holds_no_possible_truth_is_exposed(input in any_table(30), kept in prop::collection::vec(any::<bool>(), 30), k in 1u32..4) {
            let rows: Vec<u32> = (0u32..).zip(&kept).filter(|(row, kept)| **kept && (*row as usize) < input.rows()).map(|(row, _)| row).collect();
            let released = input.take(&rows).unwrap();
            let safe = |row: usize| completions(&cells(&input, row)).iter().all(|tuple| !(1..u64::from(k)).contains(&brute(tuple, &released)));
            if between(&input, &released, &NAMES, k).holds {
                prop_assert!((0..input.rows()).all(safe));
            }
        }
    }
}
