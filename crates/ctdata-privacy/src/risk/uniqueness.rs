//! How many people of a file are alone in its population, by every estimator side by side.

use ctdata_table::{Classes, Control, Table};

use crate::quasi::QuasiIdentifiers;
use crate::unit::Persons;
use crate::{ClassSizes, NotEstimated, PopulationEstimator, PopulationUniques, PrivacyError, SamplingFraction};

/// How many people are alone in their class in the population, estimated by each estimator, with what
/// tells whether to believe it.
///
/// Classes are sets of records that agree on all quasi-identifiers, missing being a value of its own;
/// their sizes count persons where the table has ids. Estimators of one file that lie far apart mean
/// that none of them should be relied upon alone.
///
/// ```
/// use ctdata_privacy::{PopulationEstimator, SamplingFraction, UniquenessRisk};
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("a")])?;
/// let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 1, 1, 1])])?;
/// let fraction = SamplingFraction::try_new(0.1)?;
/// let risk = UniquenessRisk::measure(&table, &["a"], fraction, &Control::default())?;
/// assert_eq!((risk.sample, risk.population, risk.sample_uniques), (4, 40, 1));
/// assert!(risk.of(PopulationEstimator::Zayatz).is_some_and(|estimate| estimate.uniques < 10.0));
/// // The slide negative binomial needs classes of one and of two.
/// assert!(risk.of(PopulationEstimator::SlideNegativeBinomial).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # When not to use
/// Where the file is no random sample of the population: detected victims are none of all victims.
///
/// # Sources
/// Those of [`PopulationEstimator::estimate`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct UniquenessRisk {
    /// Units of the file, once in each class that they are in.
    pub sample: u64,
    /// People of the population, by the sampling fraction.
    pub population: u64,
    /// Classes of one unit in the file.
    pub sample_uniques: u64,
    /// One for each of [`PopulationEstimator::ALL`].
    pub estimates: Vec<UniquenessEstimate>,
}

/// What one estimator says, or why it says nothing.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct UniquenessEstimate {
    /// The estimator that was asked; Dankar's rule chooses another, which the estimate names.
    pub asked: PopulationEstimator,
    /// The estimate.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub estimate: Option<PopulationUniques>,
    /// Why there is none, in words.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub not_estimated: Option<String>,
}

impl UniquenessRisk {
    /// Estimates for a file that is this share of its population.
    ///
    /// # Errors
    /// No quasi-identifier, one that the table lacks or that is named twice; a stop by `control`. An
    /// estimator without an answer is no error.
    pub fn measure<S: AsRef<str>>(
        table: &Table,
        quasi_identifiers: &[S],
        fraction: SamplingFraction,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        let quasi = QuasiIdentifiers::find(table.schema(), quasi_identifiers)?;
        let persons = Persons::of(table);
        let classes = if persons.repeat() {
            Classes::with_members(table, &quasi.set, control)?
        } else {
            Classes::count(table, &quasi.set, control)?
        };
        let sizes = class_sizes(persons.class_sizes(&classes), fraction);
        let estimates = PopulationEstimator::ALL.into_iter().map(|asked| {
            let found = sizes.as_ref().map_err(|reason| *reason).and_then(|sizes| asked.estimate(sizes));
            let not_estimated = found.as_ref().err().map(ToString::to_string);
            UniquenessEstimate { asked, estimate: found.ok(), not_estimated }
        });
        let sample_uniques = sizes
            .as_ref()
            .map_or(0, |sizes| sizes.sizes().first().filter(|(size, _)| *size == 1).map_or(0, |(_, classes)| *classes));
        let estimates = estimates.collect();
        let (sample, population) = sizes.as_ref().map_or((0, 0), |sizes| (sizes.sample(), sizes.population()));
        Ok(Self { sample, population, sample_uniques, estimates })
    }

    /// The estimate that an estimator gave.
    pub fn of(&self, asked: PopulationEstimator) -> Option<PopulationUniques> {
        self.estimates.iter().find(|estimate| estimate.asked == asked).and_then(|estimate| estimate.estimate)
    }
}

/// The sizes with the number of classes of each.
fn class_sizes(mut sizes: Vec<u64>, fraction: SamplingFraction) -> Result<ClassSizes, NotEstimated> {
    sizes.sort_unstable();
    let runs = sizes.chunk_by(|a, b| a == b);
    let counted: Vec<(u64, u64)> = runs.filter_map(|run| Some((*run.first()?, run.len() as u64))).collect();
    ClassSizes::try_new(&counted, fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::ratio;
    use crate::testing::{any_table, flags};
    use proptest::prelude::*;

    fn measure(table: &Table, names: &[&str], fraction: f64) -> UniquenessRisk {
        let fraction = SamplingFraction::try_new(fraction).unwrap();
        UniquenessRisk::measure(table, names, fraction, &Control::default()).unwrap()
    }

    #[test]
    fn each_estimate_is_that_of_its_estimator_on_the_class_sizes() {
        // Classes of (a, b): four of 1, two of 2, one of 3.
        let table = flags(&[&[0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2], &[0, 1, 1, 0, 1, 2, 2, 0, 1, 1, 1]]);
        let risk = measure(&table, &["a", "b"], 0.2);
        let sizes = [(1, 4), (2, 2), (3, 1)];
        let sizes = ClassSizes::try_new(&sizes, SamplingFraction::try_new(0.2).unwrap()).unwrap();
        assert_eq!((risk.sample, risk.population, risk.sample_uniques), (11, 55, 4));
        for asked in PopulationEstimator::ALL {
            assert_eq!(risk.of(asked), asked.estimate(&sizes).ok(), "{asked}");
        }
    }

    #[test]
    fn persons_count_and_an_empty_file_has_no_estimate() {
        let table = flags(&[&[0, 0, 1]]).with_ids(["p", "p", "q"].into_iter().collect()).unwrap();
        let risk = measure(&table, &["a"], 1.0);
        assert_eq!((risk.sample, risk.population, risk.sample_uniques), (2, 2, 2));
        let none = measure(&flags(&[&[]]), &["a"], 0.5);
        assert_eq!((none.sample, none.sample_uniques), (0, 0));
        assert!(
            none.estimates.iter().all(|estimate| estimate.not_estimated.as_deref() == Some("there are no records"))
        );
    }

    #[cfg(feature = "serde")]
    #[test]
    fn the_wire_names_are_stable() {
        let risk = UniquenessRisk { estimates: Vec::new(), ..measure(&flags(&[&[0, 1, 1]]), &["a"], 0.5) };
        let json = serde_json::to_string(&risk).unwrap();
        assert_eq!(json, r#"{"sample":3,"population":6,"sample_uniques":1,"estimates":[]}"#);
        let estimate = measure(&flags(&[&[]]), &["a"], 0.5).estimates.remove(1);
        let json = serde_json::to_string(&estimate).unwrap();
        assert_eq!(json, r#"{"asked":"pitman","not_estimated":"there are no records"}"#);
        assert_eq!(serde_json::from_str::<UniquenessEstimate>(&json).unwrap(), estimate);
    }

    proptest! {
        #[test]
        fn of_its_whole_population_the_uniques_are_those_of_the_file(table in any_table(30)) {
            let risk = measure(&table, &["x", "y"], 1.0);
            if let Some(zayatz) = risk.of(PopulationEstimator::Zayatz) {
                prop_assert!((zayatz.uniques - ratio(risk.sample_uniques, 1)).abs() < 1e-9);
            }
            for estimate in &risk.estimates {
                prop_assert_eq!(estimate.estimate.is_none(), estimate.not_estimated.is_some());
            }
        }
    }
}
