//! What a risk report is to hold beyond classes and the attacker view.

use ctdata_table::{Control, Table};

use super::combinations::KCombinations;
use super::global::{LogLinearModel, LogLinearRisk};
use super::individual::{Household, IndividualRisk, check_threshold};
use super::journalist::JournalistRisk;
use super::report::RiskReport;
use super::suda::{Suda, check_fraction};
use crate::{KAnonymity, PrivacyError};

/// What to measure. Only classes and the attacker view, unless more is asked for.
///
/// ```
/// use ctdata_privacy::{KAnonymity, RiskOptions, RiskReport, Suda};
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("married"), Attribute::flag("employed")])?;
/// let table = Table::try_new(schema, vec![
///     Column::from_u8(vec![0, 0, 0, 1]),
///     Column::from_u8(vec![1, 1, 1, 1]),
/// ])?;
/// let options = RiskOptions::new(KAnonymity::try_new(2)?).with_suda(Suda::new());
/// let risk = RiskReport::measure_with(&table, &["married", "employed"], &options, &Control::default())?;
/// assert_eq!(risk.suda.map(|suda| suda.scored), Some(1));
/// assert_eq!(risk.journalist, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RiskOptions<'a> {
    model: KAnonymity,
    suda: Option<Suda>,
    population: Option<&'a Table>,
    log_linear: Option<(LogLinearModel, f64)>,
    weights: bool,
    household: Option<Household<'a>>,
    combinations: Option<KCombinations>,
    threshold: f64,
}

impl<'a> RiskOptions<'a> {
    /// Classes and the attacker view with this k. Records are above a threshold if their risk is
    /// above 0.09, the usual limit for public data, unless
    /// [`with_threshold`](Self::with_threshold) says otherwise.
    ///
    /// # Sources
    /// European Medicines Agency (2018), "External guidance on the implementation of policy 0070":
    /// 0.09, one in eleven.
    pub fn new(model: KAnonymity) -> Self {
        Self {
            model,
            suda: None,
            population: None,
            log_linear: None,
            weights: false,
            household: None,
            combinations: None,
            threshold: 0.09,
        }
    }

    /// Minimal sample uniques of the quasi-identifiers, too.
    #[must_use]
    pub fn with_suda(mut self, suda: Suda) -> Self {
        self.suda = Some(suda);
        self
    }

    /// Journalist risk with this population, too.
    #[must_use]
    pub fn with_population(mut self, population: &'a Table) -> Self {
        self.population = Some(population);
        self
    }

    /// Risks from a log-linear model, too, for a file that is this share of its population.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a share that is not above 0 and at most 1.
    pub fn with_log_linear(mut self, model: LogLinearModel, sampling_fraction: f64) -> Result<Self, PrivacyError> {
        check_fraction(sampling_fraction)?;
        self.log_linear = Some((model, sampling_fraction));
        Ok(self)
    }

    /// Risk after Benedetti and Franconi by the table's weights, too.
    #[must_use]
    pub fn with_weights(mut self) -> Self {
        self.weights = true;
        self
    }

    /// Risk of households, too: by weights where these are asked for, else prosecutor risk.
    #[must_use]
    pub fn with_households(mut self, household: Household<'a>) -> Self {
        self.household = Some(household);
        self
    }

    /// Risky combinations, too, with their own k and attributes.
    #[must_use]
    pub fn with_combinations(mut self, combinations: KCombinations) -> Self {
        self.combinations = Some(combinations);
        self
    }

    /// Another threshold.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a threshold outside 0 to 1.
    pub fn with_threshold(mut self, threshold: f64) -> Result<Self, PrivacyError> {
        check_threshold(threshold)?;
        self.threshold = threshold;
        Ok(self)
    }
}

impl RiskReport {
    /// Measures the risk of a table as it stands, with the sections that are asked for.
    ///
    /// # Errors
    /// As [`measure`](Self::measure), and those of each section: weights asked for that the table
    /// lacks, a population without the quasi-identifiers, attributes that do not exist.
    pub fn measure_with<S: AsRef<str>>(
        table: &Table,
        quasi_identifiers: &[S],
        options: &RiskOptions<'_>,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        let mut report = Self::measure(table, quasi_identifiers, options.model, control)?;
        if options.weights || options.household.is_some() {
            let risk = if options.weights {
                IndividualRisk::benedetti_franconi(table, quasi_identifiers, control)?
            } else {
                IndividualRisk::prosecutor(table, quasi_identifiers, control)?
            };
            let risk = match options.household {
                Some(household) => risk.with_households(table, household)?,
                None => risk,
            };
            report.individual = Some(risk.report(options.threshold)?);
        }
        if let Some(population) = options.population {
            let threshold = options.threshold;
            report.journalist =
                Some(JournalistRisk::measure(table, population, quasi_identifiers, threshold, control)?);
        }
        if let Some((model, fraction)) = options.log_linear {
            report.log_linear = Some(LogLinearRisk::measure(table, quasi_identifiers, model, fraction, control)?);
        }
        if let Some(suda) = &options.suda {
            report.suda = Some(suda.run(table, quasi_identifiers, control)?.into_report());
        }
        if let Some(combinations) = &options.combinations {
            report.combinations = Some(combinations.measure(table, control)?);
        }
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::flags;
    use ctdata_table::Weights;

    fn options<'a>() -> RiskOptions<'a> {
        RiskOptions::new(KAnonymity::try_new(2).unwrap())
    }

    #[test]
    fn without_more_it_is_the_short_report() {
        let table = flags(&[&[0, 1, 1]]);
        let short = RiskReport::measure(&table, &["a"], KAnonymity::try_new(2).unwrap(), &Control::default()).unwrap();
        let report = RiskReport::measure_with(&table, &["a"], &options(), &Control::default()).unwrap();
        assert_eq!(report, short);
    }

    #[test]
    fn each_section_is_what_it_is_alone() {
        let table = flags(&[&[0, 1, 1, 1], &[0, 0, 1, 1]]).with_weights(Weights::new(vec![3, 1, 1, 2])).unwrap();
        let names = ["a", "b"];
        let control = Control::default();
        let suda = Suda::new().with_sampling_fraction(0.5).unwrap();
        let combinations = KCombinations::try_new(2, 1, names).unwrap();
        let asked = options()
            .with_suda(suda.clone())
            .with_population(&table)
            .with_log_linear(LogLinearModel::Independence, 0.5)
            .unwrap()
            .with_weights()
            .with_households(Household::Attribute("b"))
            .with_combinations(combinations.clone())
            .with_threshold(0.2)
            .unwrap();
        let report = RiskReport::measure_with(&table, &names, &asked, &control).unwrap();
        let individual = IndividualRisk::benedetti_franconi(&table, &names, &control).unwrap();
        let individual = individual.with_households(&table, Household::Attribute("b")).unwrap();
        assert_eq!(report.individual, Some(individual.report(0.2).unwrap()));
        assert_eq!(report.journalist, Some(JournalistRisk::measure(&table, &table, &names, 0.2, &control).unwrap()));
        let model = LogLinearModel::Independence;
        assert_eq!(report.log_linear, Some(LogLinearRisk::measure(&table, &names, model, 0.5, &control).unwrap()));
        assert_eq!(report.suda.as_ref(), Some(suda.run(&table, &names, &control).unwrap().report()));
        assert_eq!(report.combinations, Some(combinations.measure(&table, &control).unwrap()));

        #[cfg(feature = "serde")]
        {
            let json = serde_json::to_value(&report).unwrap();
            assert_eq!(json["suda"]["weighting"], "original");
            assert_eq!(json["individual"]["method"], "benedetti-franconi");
            assert_eq!(serde_json::from_value::<RiskReport>(json).unwrap(), report);
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn the_wire_names_are_stable() {
        let table = flags(&[&[0, 1, 1], &[0, 0, 0]]).with_weights(Weights::new(vec![2, 1, 1])).unwrap();
        let suda = Suda::new().with_sampling_fraction(0.5).unwrap();
        let asked = options()
            .with_suda(suda)
            .with_population(&table)
            .with_log_linear(LogLinearModel::TwoWay, 1.0)
            .unwrap()
            .with_weights()
            .with_combinations(KCombinations::try_new(2, 1, ["a"]).unwrap())
            .with_threshold(0.75)
            .unwrap();
        let mut report = RiskReport::measure_with(&table, &["a", "b"], &asked, &Control::default()).unwrap();
        // Sums of logarithms are not for a golden text.
        if let Some(individual) = &mut report.individual {
            (individual.highest, individual.mean, individual.expected_reidentifications) = (0.5, 0.25, 0.75);
        }
        let json = serde_json::to_string(&report).unwrap();
        let sections = json.split_once(r#""individual""#).unwrap().1;
        let expected = concat!(
            r#":{"method":"benedetti-franconi","households":false,"highest":0.5,"mean":0.25,"#,
            r#""expected_reidentifications":0.75,"threshold":0.75,"records_above":0,"share_above":0.0},"#,
            r#""journalist":{"population":3,"highest":1.0,"marketer":0.6666666666666666,"#,
            r#""expected_reidentifications":2.0,"threshold":0.75,"records_above":1,"share_above":0.3333333333333333,"#,
            r#""absent_classes":0,"absent_records":0,"short_classes":0},"log_linear":{"model":"two-way","#,
            r#""sampling_fraction":1.0,"uniques":1,"population_uniques":1.0,"expected_matches":1.0,"iterations":0,"#,
            r#""converged":true},"suda":{"attributes":["a","b"],"max_size":2,"weighting":"original","uniques":1,"#,
            r#""pairs":1,"scored":1,"highest":1.0,"mean":0.3333333333333333,"minimal_uniques":[1,0],"#,
            r#""contributions":[1.0,0.0],"dis":{"sampling_fraction":0.5,"theta":0.3333333333333333,"#,
            r#""highest":0.3333333333333333}},"combinations":{"k":2,"m":1,"only_yes":false,"unit":"record","#,
            r#""sizes":[{"size":1,"sets":1,"combinations":2,"below_k":1,"smallest":1,"exposed":1,"#,
            r#""smallest_candidates":1}],"attributes":[{"attribute":"a","below_k":1,"exposed":1}],"records":3,"#,
            r#""records_below_k":1,"records_exposed":1,"holds":false,"attacker_view_holds":false}}"#
        );
        assert_eq!(sections, expected);
    }

    #[test]
    fn a_section_that_cannot_be_measured_is_an_error() {
        let table = flags(&[&[0, 1]]);
        let measure =
            |options: RiskOptions<'_>| RiskReport::measure_with(&table, &["a"], &options, &Control::default());
        assert!(measure(options().with_weights()).is_err());
        assert!(measure(options().with_households(Household::Ids)).is_err());
        assert!(measure(options().with_population(&flags(&[]))).is_err());
        assert!(options().with_threshold(-0.1).is_err());
        assert!(options().with_log_linear(LogLinearModel::TwoWay, 0.0).is_err());
    }
}
