//! Risk record by record: 1/F as far as a sample tells, and households that fall together.

use std::collections::BTreeMap;
use std::fmt;

use ctdata_table::{Cell, Classes, Control, Table};

use super::report::ratio;
use crate::PrivacyError;
use crate::quasi::QuasiIdentifiers;
use crate::unit::Persons;

/// Where the risk of a record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum IndividualMethod {
    /// 1/|E|, for a file that is its whole population.
    Prosecutor,
    /// The mean of 1/F given the sample and its weights, after Benedetti and Franconi.
    BenedettiFranconi,
}

/// Which records fall together: who finds one member of a household finds the others.
///
/// For case data a household is a group that was trafficked together, or a person with several
/// records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Household<'a> {
    /// Records with the same id.
    Ids,
    /// Records with the same value of an attribute. A record without a value is alone.
    Attribute(&'a str),
}

/// The risk of each record to be re-identified, from 0 to 1.
///
/// Missing is a value of its own. `Debug` shows no record.
///
/// ```
/// use ctdata_privacy::{Household, IndividualRisk};
/// use ctdata_table::{Attribute, Column, Control, Schema, Table, Weights};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("family")])?;
/// let columns = vec![Column::from_u8(vec![0, 1, 1]), Column::from_u8(vec![1, 1, 0])];
/// let table = Table::try_new(schema, columns)?.with_weights(Weights::new(vec![10, 15, 5]))?;
/// let risk = IndividualRisk::benedetti_franconi(&table, &["a"], &Control::default())?;
/// // One record for 10 people, two for 20.
/// assert!((risk.of_rows()[0] - 0.255_843).abs() < 5e-7);
/// assert!((risk.of_rows()[1] - 0.082_684).abs() < 5e-7);
/// let risk = risk.with_households(&table, Household::Attribute("family"))?;
/// assert!(risk.of_rows()[0] > 0.3 && risk.of_rows()[2] < 0.1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # When not to use
/// [`benedetti_franconi`](Self::benedetti_franconi) takes weights for inverse probabilities of
/// selection, the same within a class, and classes for independent. Calibrated weights, or a file
/// that is no random sample (detected victims are none), make it an index rather than a probability.
///
/// # Sources
/// R. Benedetti and L. Franconi (1998), "Statistical and technological solutions for controlled data
/// dissemination", NTTS'98; L. Franconi and S. Polettini (2004), "Individual risk estimation in
/// µ-Argus: a review", PSD 2004 (households too).
#[derive(Clone, PartialEq)]
pub struct IndividualRisk {
    method: IndividualMethod,
    households: bool,
    of_rows: Vec<f64>,
}

/// The records' risks summed up.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct IndividualRiskReport {
    /// Where the risks come from.
    pub method: IndividualMethod,
    /// Whether they are those of households.
    pub households: bool,
    /// The highest; 0 without records.
    pub highest: f64,
    /// The mean; 0 without records.
    pub mean: f64,
    /// Their sum: how many records are expected to be re-identified if all are attacked.
    pub expected_reidentifications: f64,
    /// The threshold of the fields below.
    pub threshold: f64,
    /// Records above the threshold.
    pub records_above: u64,
    /// Their share of all records; 0 without records.
    pub share_above: f64,
}

impl IndividualRisk {
    /// 1/|E| for a record of class E, whose size counts persons where the table has ids.
    ///
    /// # Errors
    /// No quasi-identifier, one that the table lacks or that is named twice; a stop by `control`.
    pub fn prosecutor<S: AsRef<str>>(
        table: &Table,
        quasi_identifiers: &[S],
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        let quasi = QuasiIdentifiers::find(table.schema(), quasi_identifiers)?;
        let classes = Classes::with_members(table, &quasi.set, control)?;
        let sizes = Persons::of(table).class_sizes(&classes);
        let of_class: Vec<f64> = sizes.iter().map(|&size| ratio(1, size)).collect();
        Ok(Self::of_classes(IndividualMethod::Prosecutor, &classes, &of_class))
    }

    /// The mean of 1/F for a record whose class has f records, F being the size of its class in the
    /// population, estimated by the sum of the weights. A class whose weights sum to less than f is
    /// taken to be its whole population. See [`reidentification_risk`].
    ///
    /// # Errors
    /// As [`prosecutor`](Self::prosecutor); a table without weights.
    pub fn benedetti_franconi<S: AsRef<str>>(
        table: &Table,
        quasi_identifiers: &[S],
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        if table.weights().is_none() {
            let rule = "the table has none, which this risk needs".into();
            return Err(PrivacyError::InvalidParameter { parameter: "weights", rule });
        }
        let quasi = QuasiIdentifiers::find(table.schema(), quasi_identifiers)?;
        let classes = Classes::with_members(table, &quasi.set, control)?;
        let of_class = (0..classes.len()).map(|class| {
            let (sample, population) = (classes.rows(class), classes.size(class));
            reidentification_risk(sample, ratio(sample, population.max(sample)))
        });
        let of_class = of_class.collect::<Result<Vec<f64>, _>>()?;
        Ok(Self::of_classes(IndividualMethod::BenedettiFranconi, &classes, &of_class))
    }

    fn of_classes(method: IndividualMethod, classes: &Classes, of_class: &[f64]) -> Self {
        let of_row = |&class: &u32| of_class.get(class as usize).copied().unwrap_or(0.0);
        Self { method, households: false, of_rows: classes.class_of_row().iter().map(of_row).collect() }
    }

    /// The same with the risk of its household for each record: 1 - ∏ (1 - r) over the members, the
    /// probability that at least one of them is re-identified.
    ///
    /// # Errors
    /// Another number of rows than the risks are of; a table without ids, or without the attribute.
    pub fn with_households(mut self, table: &Table, household: Household<'_>) -> Result<Self, PrivacyError> {
        if table.rows() != self.of_rows.len() {
            let rule = format!("the risks are of {} rows", self.of_rows.len());
            return Err(PrivacyError::InvalidParameter { parameter: "household", rule });
        }
        let mut members: Vec<(u32, f64, usize)> = match household {
            Household::Ids => {
                if table.ids().is_none() {
                    let rule = "the table has no ids".into();
                    return Err(PrivacyError::InvalidParameter { parameter: "household", rule });
                }
                let persons = Persons::of(table);
                (0u32..)
                    .zip(&self.of_rows)
                    .enumerate()
                    .map(|(row, (at, &risk))| (persons.of_row(at), risk, row))
                    .collect()
            }
            Household::Attribute(name) => {
                let (attribute, column) = table.named(name)?;
                let values = column.iter().zip(&self.of_rows).enumerate();
                let has_value = |code| matches!(attribute.cell(code), Some(Cell::Value(_)));
                let values = values.filter(|(_, (code, _))| has_value(*code));
                values.map(|(row, (code, &risk))| (u32::from(code), risk, row)).collect()
            }
        };
        // The order of the rows is not to be seen in the last digits.
        members.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        for together in members.chunk_by(|a, b| a.0 == b.0) {
            let risk = 1.0 - together.iter().map(|(_, risk, _)| 1.0 - risk).product::<f64>();
            for (_, _, row) in together {
                if let Some(slot) = self.of_rows.get_mut(*row) {
                    *slot = risk;
                }
            }
        }
        self.households = true;
        Ok(self)
    }

    /// Where the risks come from.
    pub fn method(&self) -> IndividualMethod {
        self.method
    }

    /// The risk of each record, in the order of the rows.
    pub fn of_rows(&self) -> &[f64] {
        &self.of_rows
    }

    /// The risks summed up.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a threshold outside 0 to 1.
    pub fn report(&self, threshold: f64) -> Result<IndividualRiskReport, PrivacyError> {
        check_threshold(threshold)?;
        // Equal risks are counted, so that the sum does not depend on the order of the rows.
        let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
        self.of_rows.iter().for_each(|risk| *counts.entry(risk.to_bits()).or_default() += 1);
        let rows = self.of_rows.len() as u64;
        let expected = counts
            .iter()
            .map(|(&bits, &records)| f64::from_bits(bits) * ratio(records, 1))
            .fold(0.0, |sum, risk| sum + risk);
        let records_above = self.of_rows.iter().filter(|&&risk| risk > threshold).count() as u64;
        Ok(IndividualRiskReport {
            method: self.method,
            households: self.households,
            highest: self.of_rows.iter().copied().fold(0.0, f64::max),
            mean: if rows == 0 { 0.0 } else { expected / ratio(rows, 1) },
            expected_reidentifications: expected,
            threshold,
            records_above,
            share_above: ratio(records_above, rows),
        })
    }
}

impl fmt::Debug for IndividualRisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IndividualRisk of {} rows, {:?}", self.of_rows.len(), self.method)
    }
}

/// Refuses what is no risk.
pub(super) fn check_threshold(threshold: f64) -> Result<(), PrivacyError> {
    if (0.0..=1.0).contains(&threshold) {
        return Ok(());
    }
    Err(PrivacyError::InvalidParameter { parameter: "threshold", rule: "it is from 0 to 1".into() })
}

/// The mean of 1/F for a class of `sample` records that were each sampled with probability `p`.
///
/// F - f is negative binomial given f. The mean is (p^f / f) ₂F₁(f, f; f+1; 1-p), which is also
/// I(f), the integral of y^(f-1) / (1 + a y) from 0 to 1 with a = (1-p)/p; for f = 1 it is
/// p/(1-p) ln(1/p). It is computed to some 13 digits for every f and p, without the usual
/// approximation p/(f - (1-p)) for larger f: by I(f) = (1/(f-1) - I(f-1)) / a where that is stable,
/// else by the series (p/f) ₂F₁(1, 1; f+1; 1-p), all of whose terms are positive.
///
/// ```
/// use ctdata_privacy::reidentification_risk;
/// assert!((reidentification_risk(3, 0.1)? - 0.046_368).abs() < 5e-7);
/// assert_eq!(reidentification_risk(4, 1.0)?, 0.25);
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Errors
/// [`PrivacyError::InvalidParameter`] for no record, or for `p` that is not above 0 and at most 1.
///
/// # Sources
/// Benedetti and Franconi (1998), as in [`IndividualRisk`]; the integral is the moment generating
/// function of F, integrated.
pub fn reidentification_risk(sample: u64, p: f64) -> Result<f64, PrivacyError> {
    /// From here on the series takes few terms for every p.
    const LARGE: u64 = 40;
    if sample == 0 {
        return Err(PrivacyError::InvalidParameter { parameter: "sample", rule: "it is at least 1".into() });
    }
    super::suda::check_fraction(p)?;
    let real = |count: u64| ratio(count, 1);
    let q = 1.0 - p;
    if p <= 0.5 && sample < LARGE {
        let a = q / p;
        return Ok((2..=sample).fold(a.ln_1p() / a, |risk, f| (1.0 / real(f - 1) - risk) / a));
    }
    let (mut term, mut sum, mut n) = (1.0, 1.0, 0);
    while term > sum * f64::EPSILON / 4.0 {
        n += 1;
        term *= q * real(n) / real(sample + n);
        sum += term;
    }
    Ok(p / real(sample) * sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{any_table, flags, texts};
    use ctdata_table::Weights;
    use proptest::prelude::*;

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
    }

    #[test]
    fn the_risk_has_its_computed_values() {
        // Computed in 40 digits from the hypergeometric function.
        for (f, population, expected) in [
            (1, 10.0, 0.255_843),
            (1, 100.0, 0.046_517),
            (2, 20.0, 0.082_684),
            (3, 30.0, 0.046_368),
            (5, 50.0, 0.024_235),
        ] {
            close(reidentification_risk(f, ratio(f, 1) / population).unwrap(), expected, 5e-7);
        }
        // The usual approximation is near for f above 2.
        close(reidentification_risk(5, 0.1).unwrap(), 0.1 / (5.0 - 0.9), 2e-4);
        assert!(reidentification_risk(0, 0.1).is_err() && reidentification_risk(1, 0.0).is_err());
        assert!(reidentification_risk(1, f64::NAN).is_err() && reidentification_risk(1, 1.1).is_err());
    }

    #[test]
    fn members_of_a_household_fall_together() {
        let table =
            texts(&[("a", &["x", "y", "y", "z", "z", "z", "z"]), ("home", &["1", "1", "2", "2", "-", "-", "3"])]);
        let risk = IndividualRisk::prosecutor(&table, &["a"], &Control::default()).unwrap();
        let risk = risk.with_households(&table, Household::Attribute("home")).unwrap();
        for (found, expected) in risk.of_rows().iter().zip([1.0, 1.0, 0.625, 0.625, 0.25, 0.25, 0.25]) {
            close(*found, expected, 1e-15);
        }
        let report = risk.report(0.625).unwrap();
        assert!(report.households);
        assert_eq!(report.records_above, 2);
        close(report.expected_reidentifications, 4.0, 1e-14);
        close(report.share_above, 2.0 / 7.0, 1e-15);
        assert!(risk.report(1.5).is_err());
        assert!(risk.clone().with_households(&table, Household::Ids).is_err());
        assert!(risk.with_households(&table.take(&[0]).unwrap(), Household::Attribute("home")).is_err());
    }

    #[test]
    fn the_records_of_a_person_are_a_household() {
        let table =
            texts(&[("a", &["x", "x", "y", "y"])]).with_ids(["p", "q", "q", "r"].into_iter().collect()).unwrap();
        let risk = IndividualRisk::prosecutor(&table, &["a"], &Control::default()).unwrap();
        let risk = risk.with_households(&table, Household::Ids).unwrap();
        assert_eq!(risk.of_rows(), [0.5, 0.75, 0.75, 0.5]);
    }

    #[test]
    fn weights_are_needed_and_never_shrink_a_class() {
        let table = flags(&[&[0, 0, 1]]);
        let control = Control::default();
        assert!(IndividualRisk::benedetti_franconi(&table, &["a"], &control).is_err());
        let table = table.with_weights(Weights::new(vec![1, 0, 4])).unwrap();
        let risk = IndividualRisk::benedetti_franconi(&table, &["a"], &control).unwrap();
        close(risk.of_rows()[0], 0.5, 1e-15);
        close(risk.of_rows()[2], 4f64.ln() / 3.0, 1e-15);
        assert_eq!(format!("{risk:?}"), "IndividualRisk of 3 rows, BenedettiFranconi");
        let empty = table.take(&[]).unwrap();
        let report = IndividualRisk::prosecutor(&empty, &["a"], &control).unwrap().report(0.1).unwrap();
        assert_eq!((report.records_above, report.expected_reidentifications.to_bits()), (0, 0));
    }

    proptest! {
        #[test]
        fn the_risk_equals_its_mean_over_the_population(f in 1u64..60, p in 0.02f64..1.0) {
            // E[1/F] with F - f negative binomial: sum of C(F-1, f-1) p^f (1-p)^(F-f) / F.
            let mut probability = p.powi(i32::try_from(f).unwrap());
            let (mut mean, mut population) = (0.0, f);
            // Far past the mean f/p and its spread.
            while population < f + 6_000 {
                mean += probability / ratio(population, 1);
                probability *= ratio(population, population + 1 - f) * (1.0 - p);
                population += 1;
            }
            let risk = reidentification_risk(f, p).unwrap();
            prop_assert!((risk - mean).abs() <= 1e-11 * mean, "{} {}", risk, mean);
        }

        #[test]
        fn both_ways_to_compute_agree(f in 1u64..40) {
            let below = reidentification_risk(f, 0.5).unwrap();
            let above = reidentification_risk(f, 0.5 + 1e-15).unwrap();
            prop_assert!((below - above).abs() < 1e-12 * above);
        }

        #[test]
        fn the_order_of_rows_is_not_seen(table in any_table(30), seed in any::<u64>()) {
            let mut rows: Vec<u32> = (0u32..).take(table.rows()).collect();
            rows.sort_by_key(|&row| (u64::from(row) + 1).wrapping_mul(seed | 1));
            let report = |table: &Table| {
                let risk = IndividualRisk::prosecutor(table, &["x", "y"], &Control::default()).unwrap();
                risk.with_households(table, Household::Attribute("z")).unwrap().report(0.2).unwrap()
            };
            prop_assert_eq!(report(&table), report(&table.take(&rows).unwrap()));
        }
    }
}
