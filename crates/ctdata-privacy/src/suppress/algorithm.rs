//! Suppression: blank, recount, drop.

use ctdata_table::{Cell, Classes, Control, Missing, Table};

use super::KAnonymizer;
use crate::anonymize::{assemble, blanked};
use crate::quasi::QuasiIdentifiers;
use crate::unit::Persons;
use crate::verify::SuppressionClaim;
use crate::{BlankedCells, KAnonymity, PrivacyError, PrivacyUnit, RecordCounts, Summary, Unverified};

impl KAnonymizer {
    /// Suppresses what must be suppressed. Memory and time grow with rows × quasi-identifiers, once
    /// more for each column that cells are blanked of.
    ///
    /// # Errors
    /// A column that the table lacks; [`PrivacyError::NoSolution`] if there are records and none
    /// can stay; a stop by `control`.
    pub fn run(&self, table: &Table, control: &Control) -> Result<Unverified<Table>, PrivacyError> {
        let schema = table.schema();
        let quasi = QuasiIdentifiers::find(schema, &self.quasi_identifiers)?;
        let mut positions: Vec<usize> = quasi.set.positions().iter().map(|&position| position.into()).collect();
        for name in &self.released {
            positions.push(schema.position(name)?);
        }
        positions.sort_unstable();
        let persons = Persons::of(table);

        let mut working = table.clone();
        let mut classes = Small::find(&working, &quasi, &persons, self.model, control)?;
        for (done, name) in (1u64..).zip(&self.blank_first) {
            if classes.rows == 0 {
                break;
            }
            let position = schema.position(name)?;
            let (Some(attribute), Some(column)) = (schema.get(position), working.column(position)) else {
                continue;
            };
            let (attribute, column) = blanked(attribute, column, &classes.of_row);
            working = working.with_replaced(position, attribute, column)?;
            control.report("suppressing cells", done, Some(self.blank_first.len() as u64));
            classes = Small::find(&working, &quasi, &persons, self.model, control)?;
        }

        let kept: Vec<u32> = (0u32..).zip(&classes.of_row).filter(|(_, small)| !**small).map(|(row, _)| row).collect();
        if kept.is_empty() && table.rows() > 0 {
            return Err(PrivacyError::NoSolution {
                model: KAnonymity::NAME,
                required: self.model.k().into(),
                records: table.rows() as u64,
            });
        }
        let (output, origin) = assemble(&working, &positions, &kept)?;
        let summary = Summary {
            unit: PrivacyUnit::of(table),
            records: RecordCounts::new(table.rows() as u64, kept.len() as u64),
            blanked: self
                .blank_first
                .iter()
                .map(|name| count_blanked(table, &working, name, &kept))
                .collect::<Result<_, _>>()?,
            generalized: Vec::new(),
            classes: classes.others,
            smallest_class: classes.smallest_other,
        };
        Ok(Unverified::new(
            output,
            SuppressionClaim {
                input: table.clone(),
                model: self.model,
                quasi_identifiers: self.quasi_identifiers.clone(),
                blanked: self.blank_first.clone(),
                released: self.released.clone(),
                origin,
                summary,
            },
        ))
    }
}

/// Which rows are in classes under k, and what the other classes are like.
struct Small {
    of_row: Vec<bool>,
    rows: u64,
    others: u64,
    smallest_other: Option<u64>,
}

impl Small {
    fn find(
        table: &Table,
        quasi: &QuasiIdentifiers,
        persons: &Persons,
        model: KAnonymity,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        control.check()?;
        let classes = Classes::with_members(table, &quasi.set, control)?;
        let sizes = persons.class_sizes(&classes);
        let is_small: Vec<bool> = sizes.iter().map(|&size| size < u64::from(model.k())).collect();
        let small = |class: u32| is_small.get(class as usize).copied().unwrap_or(true);
        let of_row: Vec<bool> = classes.class_of_row().iter().map(|&class| small(class)).collect();
        Ok(Self {
            rows: of_row.iter().filter(|small| **small).count() as u64,
            of_row,
            others: is_small.iter().filter(|small| !**small).count() as u64,
            smallest_other: sizes.into_iter().filter(|&size| size >= u64::from(model.k())).min(),
        })
    }
}

fn count_blanked(input: &Table, working: &Table, name: &str, kept: &[u32]) -> Result<BlankedCells, PrivacyError> {
    let (before, old) = input.named(name)?;
    let (after, new) = working.named(name)?;
    let (was, is) = (before.code(Cell::Missing(Missing::NotRecorded)), after.code(Cell::Missing(Missing::NotRecorded)));
    let blanked =
        |row: &&u32| is.is_some() && new.get(**row as usize) == is && (was.is_none() || old.get(**row as usize) != was);
    Ok(BlankedCells { attribute: name.to_owned(), cells: kept.iter().filter(blanked).count() as u64 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{any_table, flags, texts};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const NAMES: [&str; 3] = ["x", "y", "z"];

    fn anonymizer(k: u32, blank: &[&str]) -> KAnonymizer {
        KAnonymizer::builder(KAnonymity::try_new(k).unwrap())
            .quasi_identifiers(NAMES)
            .blank_first(blank.iter().copied())
            .release(["w"])
            .build()
            .unwrap()
    }

    /// The output, or none where no record can stay.
    fn run(anonymizer: &KAnonymizer, table: &Table) -> Option<Unverified<Table>> {
        match anonymizer.run(table, &Control::default()) {
            Ok(output) => Some(output),
            Err(PrivacyError::NoSolution { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    }

    fn shown(table: &Table) -> Vec<Vec<Option<String>>> {
        let text = |row, position| table.text(row, position).map(std::borrow::Cow::into_owned);
        (0..table.rows()).map(|row| (0..table.schema().len()).map(|position| text(row, position)).collect()).collect()
    }

    #[test]
    fn cells_are_blanked_least_important_first_and_records_last() {
        let table =
            texts(&[("sex", &["f", "f", "f", "f", "m", "m", "x"]), ("age", &["1", "1", "2", "3", "1", "2", "1"])]);
        let anonymizer = KAnonymizer::builder(KAnonymity::try_new(2).unwrap())
            .quasi_identifiers(["sex", "age"])
            .blank_first(["age"])
            .build()
            .unwrap();
        let output = anonymizer.run(&table, &Control::default()).unwrap();
        let cell = |text: &str| (text != "-").then(|| text.to_owned());
        let rows: Vec<_> = [["f", "1"], ["f", "1"], ["f", "-"], ["f", "-"], ["m", "-"], ["m", "-"]]
            .map(|row| row.map(cell).to_vec())
            .into();
        assert_eq!(shown(output.working_copy()), rows);
        let summary = output.summary();
        assert_eq!((summary.records.input, summary.records.kept, summary.records.suppressed), (7, 6, 1));
        assert_eq!((summary.classes, summary.smallest_class), (3, Some(2)));
        assert_eq!(summary.blanked, [BlankedCells { attribute: "age".into(), cells: 4 }]);
    }

    #[test]
    fn one_person_with_many_records_hides_nobody() {
        let table = flags(&[&[0, 0, 0, 1, 1]]).with_ids(["p", "p", "p", "q", "r"].into_iter().collect()).unwrap();
        let anonymizer =
            KAnonymizer::builder(KAnonymity::try_new(2).unwrap()).quasi_identifiers(["a"]).build().unwrap();
        let output = anonymizer.run(&table, &Control::default()).unwrap();
        assert_eq!(shown(output.working_copy()), [[Some("yes".to_owned())], [Some("yes".to_owned())]]);
    }

    #[test]
    fn columns_stay_home_unless_they_are_named() {
        let table = crate::testing::mixed(&[[0, 0, 0, 1]; 3], Some(&[1, 2, 3]));
        let output = run(&anonymizer(2, &[]), &table).unwrap();
        assert!(output.working_copy().ids().is_none());
        let without =
            KAnonymizer::builder(KAnonymity::try_new(2).unwrap()).quasi_identifiers(["z", "x"]).build().unwrap();
        let names: Vec<_> = run(&without, &table)
            .unwrap()
            .working_copy()
            .schema()
            .attributes()
            .iter()
            .map(|attribute| attribute.name().to_owned())
            .collect();
        assert_eq!(names, ["x", "z"]);
    }

    #[test]
    fn a_table_that_no_record_can_stay_in_has_no_solution() {
        let error = anonymizer(4, &["x", "y", "z"])
            .run(&crate::testing::mixed(&[[0, 0, 0, 1]; 3], None), &Control::default())
            .unwrap_err();
        assert_eq!(error.to_string(), "no solution: k-anonymity with 4 leaves none of the 3 records");
        assert!(run(&anonymizer(4, &[]), &crate::testing::mixed(&[], None)).is_some());
    }

    #[test]
    fn a_stop_is_obeyed() {
        let control = Control::default().with_deadline(|| true);
        let stopped = anonymizer(2, &[]).run(&flags(&[&[0]]), &control);
        assert!(matches!(stopped, Err(PrivacyError::Table(_))), "the column is looked for first");
        let table = crate::testing::mixed(&[[0, 0, 0, 0]; 2], None);
        assert!(matches!(anonymizer(2, &[]).run(&table, &control), Err(PrivacyError::Cancelled(_))));
    }

    proptest! {
        #[test]
        fn every_output_is_verified(table in any_table(40), k in 1u32..6, blanks in 0usize..4) {
            if let Some(output) = run(&anonymizer(k, &["z", "y", "x"][..blanks]), &table) {
                let summary = output.summary().clone();
                let released = output.verify(&Control::default()).unwrap();
                prop_assert_eq!(released.statement().records.as_ref(), Some(&summary.records));
            }
        }

        #[test]
        fn a_second_run_changes_nothing(table in any_table(40), k in 1u32..6, blanks in 0usize..4) {
            let anonymizer = anonymizer(k, &["z", "y", "x"][..blanks]);
            if let Some(first) = run(&anonymizer, &table) {
                let second = run(&anonymizer, first.working_copy()).unwrap();
                prop_assert_eq!(first.working_copy(), second.working_copy());
                prop_assert_eq!(second.summary().records.suppressed, 0);
            }
        }

        #[test]
        fn a_larger_k_keeps_a_subset_of_the_records(table in any_table(40), k in 1u32..6) {
            prop_assert_eq!(kept(1, &[], &table).values().sum::<usize>(), table.rows());
            prop_assert!(is_part(&kept(k + 1, &[], &table), &kept(k, &[], &table)));
        }

        #[test]
        fn large_classes_are_not_touched(table in any_table(40), k in 1u32..6, blanks in 0usize..4) {
            let with_blanks = kept(k, &["z", "y", "x"][..blanks], &table);
            prop_assert!(is_part(&kept(k, &[], &table), &with_blanks));
        }
    }

    /// The rows of an output, each with its number of copies.
    fn kept(k: u32, blank: &[&str], table: &Table) -> BTreeMap<Vec<Option<String>>, usize> {
        run(&anonymizer(k, blank), table).map(|output| copies(shown(output.working_copy()))).unwrap_or_default()
    }

    fn is_part(part: &BTreeMap<Vec<Option<String>>, usize>, whole: &BTreeMap<Vec<Option<String>>, usize>) -> bool {
        part.iter().all(|(row, copies)| whole.get(row).is_some_and(|most| copies <= most))
    }

    fn copies(rows: Vec<Vec<Option<String>>>) -> BTreeMap<Vec<Option<String>>, usize> {
        let mut copies = BTreeMap::new();
        for row in rows {
            *copies.entry(row).or_default() += 1;
        }
        copies
    }
}
