//! Journalist and marketer risk: how many people in the population each record may be.

use ctdata_table::{Attribute, Cell, Classes, Control, Table};

use super::individual::check_threshold;
use super::report::ratio;
use crate::PrivacyError;
use crate::quasi::QuasiIdentifiers;
use crate::unit::Persons;

/// The risk that someone poses who has a register of the population and does not know who is in
/// the file: 1/F for a record whose class has F people in the population.
///
/// Missing is a value of its own in both tables, and kinds of missing differ. The file is part of
/// the population, so F is at least the size f of its class in the file; where the population table
/// has fewer, f is taken and the class is counted below.
///
/// # Sources
/// K. El Emam (2013), *Guide to the De-Identification of Personal Health Information*, CRC Press,
/// chapter 16 (journalist risk); F. K. Dankar and K. El Emam (2010), "A method for evaluating
/// marketer re-identification risk", PAIS/EDBT workshops.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct JournalistRisk {
    /// People in the population table: distinct persons where it has ids, else records.
    pub population: u64,
    /// The highest 1/F, from 0 (no record) to 1.
    pub highest: f64,
    /// The mean of 1/F over the records, from 0 (no record) to 1: marketer risk, the share of
    /// records that are expected to be matched rightly when all are matched to the register.
    pub marketer: f64,
    /// The sum of 1/F over the records.
    pub expected_reidentifications: f64,
    /// The threshold of the two fields below.
    pub threshold: f64,
    /// Records with 1/F above the threshold.
    pub records_above: u64,
    /// Their share of all records; 0 without records.
    pub share_above: f64,
    /// Classes of the file that the population table does not have.
    pub absent_classes: u64,
    /// Records of these classes.
    pub absent_records: u64,
    /// Classes that the population table has with fewer people than the file.
    pub short_classes: u64,
}

impl JournalistRisk {
    /// The risk of `table` given its population; both have the quasi-identifiers, whose values are
    /// compared by their labels.
    ///
    /// # Errors
    /// No quasi-identifier, one that a table lacks or that is named twice; a threshold outside 0 to
    /// 1; a stop by `control`.
    pub fn measure<S: AsRef<str>>(
        table: &Table,
        population: &Table,
        quasi_identifiers: &[S],
        threshold: f64,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        check_threshold(threshold)?;
        let (sample, sample_sizes) = classes(table, quasi_identifiers, control)?;
        let (people, people_sizes) = classes(population, quasi_identifiers, control)?;
        let mut risk = Self {
            population: Persons::of(population).count() as u64,
            highest: 0.0,
            marketer: 0.0,
            expected_reidentifications: 0.0,
            threshold,
            records_above: 0,
            share_above: 0.0,
            absent_classes: 0,
            absent_records: 0,
            short_classes: 0,
        };
        let readings = readings(table, population, quasi_identifiers)?;
        let (from, to) = (
            QuasiIdentifiers::find(table.schema(), quasi_identifiers)?.place_in_key,
            QuasiIdentifiers::find(population.schema(), quasi_identifiers)?.place_in_key,
        );
        let mut key = vec![0; to.len()];
        for (class, &size) in sample_sizes.iter().enumerate() {
            let records = sample.rows(class);
            let read = read(sample.key(class), &from, &to, &readings, &mut key);
            let found = read.and_then(|()| people.find(&key)).and_then(|class| people_sizes.get(class).copied());
            match found {
                None => {
                    risk.absent_classes += 1;
                    risk.absent_records += records;
                }
                Some(found) if found < size => risk.short_classes += 1,
                Some(_) => {}
            }
            let of_record = ratio(1, found.unwrap_or(0).max(size));
            risk.highest = risk.highest.max(of_record);
            risk.expected_reidentifications += of_record * ratio(records, 1);
            risk.records_above += if of_record > threshold { records } else { 0 };
        }
        let rows = table.rows() as u64;
        risk.marketer = if rows == 0 { 0.0 } else { risk.expected_reidentifications / ratio(rows, 1) };
        risk.share_above = ratio(risk.records_above, rows);
        Ok(risk)
    }
}

/// Classes and their sizes in units.
fn classes<S: AsRef<str>>(table: &Table, names: &[S], control: &Control) -> Result<(Classes, Vec<u64>), PrivacyError> {
    let quasi = QuasiIdentifiers::find(table.schema(), names)?;
    let persons = Persons::of(table);
    let classes = if persons.repeat() {
        Classes::with_members(table, &quasi.set, control)?
    } else {
        Classes::count(table, &quasi.set, control)?
    };
    let sizes = persons.class_sizes(&classes);
    Ok((classes, sizes))
}

/// For each name and code of a table the code of the other table.
fn readings<S: AsRef<str>>(table: &Table, other: &Table, names: &[S]) -> Result<Vec<Vec<Option<u16>>>, PrivacyError> {
    let mut readings = Vec::with_capacity(names.len());
    for name in names {
        let (attribute, target) = (table.schema().attribute(name.as_ref())?, other.schema().attribute(name.as_ref())?);
        readings.push((0..attribute.code_count()).map(|code| same_cell(attribute, target, code)).collect());
    }
    Ok(readings)
}

fn same_cell(attribute: &Attribute, target: &Attribute, code: usize) -> Option<u16> {
    match attribute.cell(u16::try_from(code).ok()?)? {
        Cell::Missing(kind) => target.missing_code(kind),
        Cell::Value(value) if attribute.domain() == target.domain() => Some(value),
        Cell::Value(value) => {
            let label = attribute.domain().label(value);
            let code = target.domain().code_of(label.as_deref()?)?;
            // A number has other spellings than its label, which are other values.
            (target.domain().label(code) == label).then_some(code)
        }
    }
}

/// Writes a key as the other table has it; `None` where that cannot.
fn read(key: &[u16], from: &[usize], to: &[usize], readings: &[Vec<Option<u16>>], into: &mut [u16]) -> Option<()> {
    for ((&from, &to), reading) in from.iter().zip(to).zip(readings) {
        *into.get_mut(to)? = (*reading.get(usize::from(*key.get(from)?))?)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{any_table, texts};
    use proptest::prelude::*;

    fn measure(table: &Table, population: &Table, names: &[&str]) -> JournalistRisk {
        JournalistRisk::measure(table, population, names, 0.3, &Control::default()).unwrap()
    }

    #[test]
    fn the_population_counts_whatever_its_codes_are() {
        // Classes in the population: (x, 1) 4, (y, 1) 2, (y, 2) 1.
        let population =
            texts(&[("n", &["2", "1", "1", "1", "1", "1", "1"]), ("a", &["y", "x", "x", "x", "x", "y", "y"])]);
        let table = texts(&[("a", &["x", "x", "y", "y"]), ("n", &["1", "1", "1", "2"])]);
        let risk = measure(&table, &population, &["a", "n"]);
        assert_eq!((risk.population, risk.absent_classes, risk.short_classes), (7, 0, 0));
        assert!((risk.highest - 1.0).abs() < 1e-15);
        assert!((risk.expected_reidentifications - 2.0).abs() < 1e-15);
        assert!((risk.marketer - 0.5).abs() < 1e-15);
        assert_eq!((risk.records_above, risk.share_above.to_bits()), (2, 0.5f64.to_bits()));
    }

    #[test]
    fn classes_that_the_population_lacks_are_told() {
        let population = texts(&[("a", &["x", "-"])]);
        let table = texts(&[("a", &["x", "x", "w", "w", "w", "-"])]);
        let risk = measure(&table, &population, &["a"]);
        assert_eq!((risk.absent_classes, risk.absent_records, risk.short_classes), (1, 3, 1));
        assert!((risk.expected_reidentifications - 3.0).abs() < 1e-14);
    }

    #[test]
    fn parameters_are_checked() {
        let table = texts(&[("a", &["x"])]);
        let measure =
            |names: &[&str], threshold| JournalistRisk::measure(&table, &table, names, threshold, &Control::default());
        assert!(measure(&["a"], 1.5).is_err() && measure(&["b"], 0.5).is_err() && measure(&[], 0.5).is_err());
        assert_eq!(measure(&["a"], 1.0).unwrap().records_above, 0);
    }

    proptest! {
        #[test]
        fn a_file_that_is_its_population_has_prosecutor_risk(table in any_table(30)) {
            let names = ["z", "x"];
            let risk = measure(&table, &table, &names);
            let prosecutor = super::super::IndividualRisk::prosecutor(&table, &names, &Control::default()).unwrap();
            let prosecutor = prosecutor.report(0.3).unwrap();
            prop_assert!((risk.expected_reidentifications - prosecutor.expected_reidentifications).abs() < 1e-9);
            prop_assert_eq!((risk.records_above, risk.absent_classes), (prosecutor.records_above, 0));
        }
    }
}
