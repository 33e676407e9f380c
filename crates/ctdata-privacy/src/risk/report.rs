//! Re-identification risk by equivalence classes.

use ctdata_table::{Classes, Control, Table};

use super::attacker::{AttackerView, Side, view};
use super::combinations::CombinationRisk;
use super::global::LogLinearRisk;
use super::individual::IndividualRiskReport;
use super::journalist::JournalistRisk;
use super::suda::SudaReport;
use crate::quasi::QuasiIdentifiers;
use crate::unit::Persons;
use crate::{KAnonymity, ModelReport, PrivacyError, PrivacyUnit};

/// The risk that a prosecutor poses: someone who knows that a person is in the file and looks for
/// the person's record. It is 1/|E| for a record of class E.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ProsecutorRisk {
    /// The highest of all records, from 0 (no record) to 1.
    pub highest: f64,
    /// The mean over the records, from 0 (no record) to 1; classes / rows where each is a person.
    pub average: f64,
}

/// How many classes and rows there are in a band of class sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ClassSizeBand {
    /// The smallest size of the band, in units.
    pub from: u64,
    /// The largest size; none for the open band.
    pub to: Option<u64>,
    /// Classes of these sizes.
    pub classes: u64,
    /// Rows in these classes.
    pub rows: u64,
}

/// The disclosure risk of a table, given what an attacker may know.
///
/// A class is the set of records that agree on all quasi-identifiers, missing being a value of its
/// own. Its size |E| is its number of distinct persons where the table has person ids, else of
/// records. Weights do not multiply records: they say how many people outside the file a record
/// stands for, but only records in the file can be taken for one another.
///
/// The risks hold for an attacker whose knowledge is the file's own population; for a sample of a
/// larger one they are upper bounds. Risks from a population table or a model, and others, are in the
/// optional sections, which [`measure_with`](Self::measure_with) fills. In a table without rows no model is broken, all risks are 0, and there is no smallest
/// class.
///
/// ```
/// use ctdata_privacy::{KAnonymity, RiskReport};
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("married"), Attribute::flag("employed")])?;
/// let table = Table::try_new(schema, vec![
///     Column::from_u8(vec![0, 0, 0, 1]),
///     Column::from_u8(vec![1, 1, 1, 1]),
/// ])?;
/// let risk = RiskReport::measure(&table, &["married", "employed"], KAnonymity::try_new(2)?, &Control::default())?;
/// assert_eq!((risk.classes, risk.uniques, risk.rows_below_k), (2, 1, 1));
/// assert_eq!((risk.prosecutor.highest, risk.prosecutor.average, risk.marketer), (1.0, 0.5, 0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Sources
/// K. El Emam (2013), *Guide to the De-Identification of Personal Health Information*, CRC Press
/// (prosecutor risk and its mean); F. K. Dankar and K. El Emam (2010), "A method for evaluating marketer
/// re-identification risk", PAIS/EDBT workshops; class sizes as in Samarati (2001).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RiskReport {
    /// Rows of the table.
    pub rows: u64,
    /// What the size of a class counts.
    pub unit: PrivacyUnit,
    /// The attributes that an attacker may know.
    pub quasi_identifiers: Vec<String>,
    /// Equivalence classes.
    pub classes: u64,
    /// Classes of one unit.
    pub uniques: u64,
    /// Units of the smallest class; none without rows.
    pub smallest_class: Option<u64>,
    /// The threshold of the two fields below, of the models and of the attacker view.
    pub k: u32,
    /// Share of the rows in classes under k, from 0 to 1.
    pub share_below_k: f64,
    /// Rows in classes under k.
    pub rows_below_k: u64,
    /// Prosecutor risk.
    pub prosecutor: ProsecutorRisk,
    /// Marketer risk: the expected share of rows that are re-identified when all are attacked at
    /// once and each is matched to a member of its class at random. From 0 to 1.
    pub marketer: f64,
    /// What someone finds who knows true values.
    pub attacker_view: AttackerView,
    /// How the table stands to privacy models.
    pub models: Vec<ModelReport>,
    /// Classes and rows by size of class: 1, 2, 3 to 4, 5 to 10, 11 and more.
    pub class_sizes: Vec<ClassSizeBand>,
    /// Risk record by record, where weights or households were asked for.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub individual: Option<IndividualRiskReport>,
    /// Risk with respect to a population table, where one was given.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub journalist: Option<JournalistRisk>,
    /// Risk from a log-linear model, where asked for.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub log_linear: Option<LogLinearRisk>,
    /// Minimal sample uniques, where asked for.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub suda: Option<SudaReport>,
    /// Risky combinations, where asked for.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub combinations: Option<CombinationRisk>,
}

const BANDS: [(u64, Option<u64>); 5] = [(1, Some(1)), (2, Some(2)), (3, Some(4)), (5, Some(10)), (11, None)];

impl RiskReport {
    /// Measures the risk of a table as it stands.
    ///
    /// # Errors
    /// No quasi-identifier, one that the table lacks or that is named twice; a stop by `control`.
    pub fn measure<S: AsRef<str>>(
        table: &Table,
        quasi_identifiers: &[S],
        model: KAnonymity,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        let quasi = QuasiIdentifiers::find(table.schema(), quasi_identifiers)?;
        let persons = Persons::of(table);
        let classes = if persons.repeat() {
            Classes::with_members(table, &quasi.set, control)?
        } else {
            Classes::count(table, &quasi.set, control)?
        };
        let sizes = persons.class_sizes(&classes);
        let side = Side { schema: table.schema(), quasi: &quasi, classes: &classes };
        let attacker_view = view(&side, &side, &sizes, &persons, model, control)?;

        let rows = table.rows() as u64;
        let smallest_class = sizes.iter().copied().min();
        let mut rows_below_k = 0;
        let mut expected_matches = 0.0;
        let mut class_sizes = BANDS.map(|(from, to)| ClassSizeBand { from, to, classes: 0, rows: 0 });
        for (class, &size) in sizes.iter().enumerate() {
            let members = classes.rows(class);
            rows_below_k += if size < u64::from(model.k()) { members } else { 0 };
            expected_matches += ratio(members, size);
            if let Some(band) = class_sizes.iter_mut().rev().find(|band| band.from <= size) {
                band.classes += 1;
                band.rows += members;
            }
        }
        let average = if rows == 0 { 0.0 } else { expected_matches / real(rows) };
        Ok(Self {
            rows,
            unit: PrivacyUnit::of(table),
            quasi_identifiers: quasi_identifiers.iter().map(|name| name.as_ref().to_owned()).collect(),
            classes: classes.len() as u64,
            uniques: sizes.iter().filter(|&&size| size == 1).count() as u64,
            smallest_class,
            k: model.k(),
            share_below_k: ratio(rows_below_k, rows),
            rows_below_k,
            prosecutor: ProsecutorRisk { highest: smallest_class.map_or(0.0, |size| ratio(1, size)), average },
            marketer: average,
            attacker_view,
            models: vec![model.report(smallest_class)],
            class_sizes: class_sizes.to_vec(),
            individual: None,
            journalist: None,
            log_linear: None,
            suda: None,
            combinations: None,
        })
    }
}

/// A share; 0 of nothing.
pub(crate) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { real(part) / real(whole) }
}

#[expect(clippy::cast_precision_loss, reason = "tables have fewer than 2^32 rows")]
fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{any_table, flags};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn measure(table: &Table, names: &[&str], k: u32) -> RiskReport {
        RiskReport::measure(table, names, KAnonymity::try_new(k).unwrap(), &Control::default()).unwrap()
    }

    fn close(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-12
    }

    #[test]
    fn classes_of_one_three_and_five_give_known_risks() {
        // Three classes in nine records: average 3/9, highest 1, by the definitions of El Emam (2013).
        let table = flags(&[&[0, 1, 1, 1, 2, 2, 2, 2, 2]]);
        let risk = measure(&table, &["a"], 4);
        assert_eq!((risk.rows, risk.classes, risk.uniques, risk.smallest_class), (9, 3, 1, Some(1)));
        assert_eq!(risk.rows_below_k, 4);
        assert!(close(risk.share_below_k, 4.0 / 9.0));
        assert!(close(risk.prosecutor.highest, 1.0) && close(risk.prosecutor.average, 1.0 / 3.0));
        assert!(close(risk.marketer, 1.0 / 3.0));
        assert!(!risk.models[0].holds);
        let bands: Vec<_> = risk.class_sizes.iter().map(|band| (band.from, band.classes, band.rows)).collect();
        assert_eq!(bands, [(1, 1, 1), (2, 0, 0), (3, 1, 3), (5, 1, 5), (11, 0, 0)]);
    }

    #[test]
    fn persons_count_once_in_a_class() {
        let table = flags(&[&[0, 0, 0, 0]]).with_ids(["p", "p", "p", "q"].into_iter().collect()).unwrap();
        let risk = measure(&table, &["a"], 3);
        assert_eq!((risk.unit, risk.smallest_class, risk.rows_below_k), (PrivacyUnit::Person, Some(2), 4));
        assert!(close(risk.prosecutor.average, 0.5));
        assert_eq!(risk.attacker_view.smallest, Some(2));
        assert_eq!(measure(&table.without_ids(), &["a"], 3).smallest_class, Some(4));
    }

    #[test]
    fn nothing_is_at_risk_in_an_empty_table() {
        let risk = measure(&flags(&[&[], &[]]), &["a", "b"], 11);
        assert_eq!((risk.rows, risk.classes, risk.smallest_class), (0, 0, None));
        assert!(close(risk.prosecutor.highest, 0.0) && close(risk.marketer, 0.0) && close(risk.share_below_k, 0.0));
        assert!(risk.models[0].holds && risk.attacker_view.holds);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn the_wire_names_are_stable() {
        let json = serde_json::to_string(&measure(&flags(&[&[0, 1, 1]]), &["a"], 2)).unwrap();
        let expected = concat!(
            r#"{"rows":3,"unit":"record","quasi_identifiers":["a"],"classes":2,"uniques":1,"smallest_class":1,"k":2,"#,
            r#""share_below_k":0.3333333333333333,"rows_below_k":1,"prosecutor":{"highest":1.0,"average":0.6666666666666666},"#,
            r#""marketer":0.6666666666666666,"attacker_view":{"k":2,"smallest":1,"exposed_records":1,"holds":false},"#,
            r#""models":[{"model":"k-anonymity","required":2,"achieved":1,"holds":false}],"class_sizes":["#,
            r#"{"from":1,"to":1,"classes":1,"rows":1},{"from":2,"to":2,"classes":1,"rows":2},"#,
            r#"{"from":3,"to":4,"classes":0,"rows":0},{"from":5,"to":10,"classes":0,"rows":0},"#,
            r#"{"from":11,"to":null,"classes":0,"rows":0}]}"#
        );
        assert_eq!(json, expected);
    }

    proptest! {
        #[test]
        fn it_equals_grouping_by_hand(table in any_table(40), k in 1u32..6) {
            let names = ["y", "x"];
            let risk = measure(&table, &names, k);
            let mut classes: BTreeMap<Vec<u16>, (u64, BTreeSet<String>)> = BTreeMap::new();
            for row in 0..table.rows() {
                let code = |name: &&str| table.named(name).unwrap().1.get(row).unwrap();
                let class = classes.entry(names.iter().map(code).collect()).or_default();
                let person = table.ids().map(|ids| ids.get(row).unwrap().to_owned());
                class.0 += 1;
                class.1.insert(person.unwrap_or_else(|| row.to_string()));
            }
            let sizes: Vec<(u64, u64)> =
                classes.values().map(|(rows, persons)| (*rows, persons.len() as u64)).collect();
            prop_assert_eq!(risk.classes, sizes.len() as u64);
            prop_assert_eq!(risk.smallest_class, sizes.iter().map(|(_, size)| *size).min());
            let small = sizes.iter().filter(|(_, size)| *size < u64::from(k));
            prop_assert_eq!(risk.rows_below_k, small.map(|(rows, _)| *rows).sum::<u64>());
            prop_assert_eq!(risk.class_sizes.iter().map(|band| band.rows).sum::<u64>(), risk.rows);
            prop_assert!(risk.prosecutor.average <= risk.prosecutor.highest + 1e-12);
            prop_assert_eq!(risk.models[0].holds, sizes.iter().all(|(_, size)| *size >= u64::from(k)));
            // Whoever knows the values meets at least one whole class.
            prop_assert!(!risk.models[0].holds || risk.attacker_view.holds);
        }
    }
}
