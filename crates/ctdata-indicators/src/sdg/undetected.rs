//! 16.2.2 with the victims who were not detected, whose number comes from outside.
//!
//! All victims are those detected and those not detected. The second number is an estimate, of multiple systems
//! estimation ([`crate::mse::MseReport::undetected`]) or another method, with its interval and its models; the population and the
//! detected number are taken as known. The total is modelled, and is never printed without the models behind it.
//!
//! # Sources
//! United Nations Office on Drugs and Crime (2016), *Multiple Systems Estimation for estimating the number of victims of
//! human trafficking across the world*, research brief. SDG metadata sheet of 16.2.2, update of 31 March 2023: victims are detected
//! and undetected.

use super::published::coordinates;
use crate::IndicatorError;
use crate::estimate::{Estimate, Nature, NotAvailable, Unit, Value, Years};
use crate::framework::DETECTION_NOT_PREVALENCE;
use crate::interval::{Interval, IntervalMethod, Level, RateInterval, as_f64};
use crate::population::{Population, PopulationKey};

/// What one method says of the number of victims who were not detected.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MethodEstimate {
    /// The method: `chao`, `log-linear, BIC`.
    pub method: String,
    /// The number of victims who were not detected.
    pub estimate: f64,
}

/// The victims of a country and year who were not detected, as somebody estimated them.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Undetected {
    /// Their number.
    pub estimate: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The level of the interval.
    pub level: Level,
    /// The models that the estimate rests on, as they are to be printed; at least one.
    pub models: Vec<String>,
    /// What other methods gave, so that the spread can be printed; may be empty.
    pub others: Vec<MethodEstimate>,
}

/// 16.2.2 in its two parts and whole.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct WithUndetected {
    /// Detected victims per 100,000.
    pub detected: Estimate,
    /// Victims who were not detected, per 100,000; modelled.
    pub undetected: Estimate,
    /// Both together; modelled.
    pub total: Estimate,
    /// Detected victims in percent of all; modelled.
    pub detection_ratio: Estimate,
}

impl WithUndetected {
    /// The four figures, in this order.
    pub fn estimates(&self) -> [&Estimate; 4] {
        [&self.detected, &self.undetected, &self.total, &self.detection_ratio]
    }
}

/// All victims per 100,000 residents: those detected and those estimated not to be.
///
/// ```
/// use ctdata_indicators::interval::{Level, RateInterval};
/// use ctdata_indicators::population::{Persons, Population, PopulationKey};
/// use ctdata_indicators::sdg::{Undetected, with_undetected};
///
/// let key = PopulationKey::total("JM".parse()?, 2018);
/// let mut population = Population::new("invented", "1");
/// population.insert(key, Persons::try_new(2_000_000.0)?)?;
/// let undetected = Undetected {
///     estimate: 300.0,
///     low: 200.0,
///     high: 500.0,
///     level: Level::P95,
///     models: vec!["log-linear, BIC".to_owned()],
///     others: Vec::new(),
/// };
/// let whole = with_undetected(100, &undetected, key, &population, RateInterval::Garwood)?;
/// assert_eq!(whole.total.value.known(), Some(20.0));
/// assert_eq!(whole.detection_ratio.value.known(), Some(25.0)); // percent
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`IndicatorError::Figures`] unless the estimate lies in its interval, all are finite and not negative, and a model
/// is named; [`IndicatorError::PopulationMissing`].
pub fn with_undetected(
    detected: u64,
    undetected: &Undetected,
    key: PopulationKey,
    population: &Population,
    method: RateInterval,
) -> Result<WithUndetected, IndicatorError> {
    check(undetected, key)?;
    let residents = population.require(key)?;
    let describe = |mut estimate: Estimate| {
        estimate.dimensions = coordinates(key).collect();
        estimate.period = Some(Years::single(key.year));
        estimate.notes.extend(residents.notes());
        estimate
    };
    let of_residents = |id: &'static str| {
        let mut estimate = Estimate::not_available(id, Unit::Per100k, NotAvailable::EmptyBase);
        estimate.base = Some(residents.persons.rounded());
        estimate.population = Some(population.source_of(&residents));
        describe(estimate)
    };
    let modelled = |mut estimate: Estimate, number: [f64; 3], factor: Option<f64>| {
        estimate.nature = Nature::Modelled;
        estimate.notes.extend(notes(undetected).map(Into::into));
        if let Some(factor) = factor {
            let [value, low, high] = number.map(|number| number * factor);
            estimate.value = Value::from(value);
            estimate.interval = Some(Interval::try_new(low, high, undetected.level, IntervalMethod::Outside)?);
        }
        Ok::<_, IndicatorError>(estimate)
    };
    let factor = residents.persons.per_100k();
    let found = as_f64(detected);
    let Undetected { estimate, low, high, .. } = *undetected;

    let mut of_detected =
        describe(Estimate::rate("victims-per-100k", detected, residents.persons, method, undetected.level)?);
    of_detected.population = Some(population.source_of(&residents));
    of_detected.code = Some("16.2.2".into());
    of_detected.notes.push(DETECTION_NOT_PREVALENCE.into());

    let of_undetected = modelled(of_residents("undetected-victims-per-100k"), [estimate, low, high], factor)?;

    let mut total =
        modelled(of_residents("all-victims-per-100k"), [found + estimate, found + low, found + high], factor)?;
    total.code = Some("16.2.2".into());
    total.notes.push("detected victims and, estimated, those not detected".into());

    let ratio = |undetected: f64| 100.0 * found / (found + undetected);
    let empty = Estimate::not_available("detection-ratio", Unit::Percent, NotAvailable::Undefined);
    let ratios = [ratio(estimate), ratio(high), ratio(low)];
    let defined = ratios.iter().all(|ratio| ratio.is_finite()).then_some(1.0);
    let mut detection_ratio = modelled(describe(empty), ratios, defined)?;
    detection_ratio.notes.push("detected victims in percent of all, those not detected being estimated".into());
    Ok(WithUndetected { detected: of_detected, undetected: of_undetected, total, detection_ratio })
}

fn check(undetected: &Undetected, key: PopulationKey) -> Result<(), IndicatorError> {
    let Undetected { estimate, low, high, .. } = *undetected;
    let rule = if !(0.0 <= low && low <= estimate && estimate <= high && high.is_finite()) {
        "the estimate lies in its interval, which is finite and not negative"
    } else if undetected.models.iter().all(|model| model.trim().is_empty()) {
        "the models it rests on are named"
    } else if undetected.others.iter().any(|other| !(other.estimate.is_finite() && other.estimate >= 0.0)) {
        "what other methods gave is finite and not negative"
    } else {
        return Ok(());
    };
    Err(IndicatorError::Figures { what: format!("victims of {key} who were not detected"), rule: rule.into() })
}

/// The models, the spread over methods, and what is taken as known.
fn notes(undetected: &Undetected) -> impl Iterator<Item = String> {
    let models = format!("number of victims not detected, estimated; models: {}", undetected.models.join("; "));
    let others = undetected.others.iter().map(|other| other.estimate);
    let least = others.clone().fold(undetected.estimate, f64::min);
    let most = others.fold(undetected.estimate, f64::max);
    let methods: Vec<&str> = undetected.others.iter().map(|other| other.method.as_str()).collect();
    let spread = (!methods.is_empty()).then(|| {
        format!(
            "over this and other methods ({}) the number not detected is {least:.0} to {most:.0}",
            methods.join("; ")
        )
    });
    let known = "the detected number and the population are taken as known".to_owned();
    [models].into_iter().chain(spread).chain([known])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Persons;

    fn undetected() -> Undetected {
        Undetected {
            estimate: 300.0,
            low: 200.0,
            high: 500.0,
            level: Level::P95,
            models: vec!["log-linear, BIC".to_owned()],
            others: vec![MethodEstimate { method: "chao".to_owned(), estimate: 250.0 }],
        }
    }

    fn whole(detected: u64, undetected: &Undetected) -> Result<WithUndetected, IndicatorError> {
        let key = PopulationKey::total("JM".parse().unwrap(), 2018);
        let mut population = Population::new("invented", "1");
        population.insert(key, Persons::try_new(2_000_000.0).unwrap()).unwrap();
        with_undetected(detected, undetected, key, &population, RateInterval::Garwood)
    }

    fn figures(estimate: &Estimate) -> [f64; 3] {
        let interval = estimate.interval.unwrap();
        [estimate.value.known().unwrap(), interval.low(), interval.high()]
    }

    /// Indicator notes, section 3: the total is the sum, the detection ratio the detected share of it. By hand: 100
    /// detected and 300 (200 to 500) not, of two million residents.
    #[test]
    fn the_parts_add_up_and_the_interval_is_that_of_the_estimate() {
        let whole = whole(100, &undetected()).unwrap();
        let close = |found: [f64; 3], expected: [f64; 3]| {
            assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-9), "{found:?}");
        };
        close(figures(&whole.undetected), [15.0, 10.0, 25.0]);
        close(figures(&whole.total), [20.0, 15.0, 30.0]);
        close(figures(&whole.detection_ratio), [25.0, 100.0 / 6.0, 100.0 / 3.0]);
        assert!((whole.detected.value.known().unwrap() - 5.0).abs() < 1e-9);
        assert_eq!(whole.detected.interval.unwrap().method(), IntervalMethod::Garwood);
        assert_eq!(whole.total.interval.unwrap().method(), IntervalMethod::Outside);
        let natures = whole.estimates().map(|estimate| estimate.nature);
        assert_eq!(natures, [Nature::Country, Nature::Modelled, Nature::Modelled, Nature::Modelled]);
        for modelled in &whole.estimates()[1..] {
            assert!(modelled.notes.iter().any(|note| note.contains("log-linear, BIC")));
            assert!(modelled.notes.iter().any(|note| note.contains("250 to 300")));
            // A modelled number is no count of persons.
            assert_eq!(modelled.numerator, None);
        }
    }

    #[test]
    fn nobody_at_all_has_no_ratio() {
        let none = Undetected { estimate: 0.0, low: 0.0, high: 0.0, ..undetected() };
        let whole = whole(0, &none).unwrap();
        assert_eq!(whole.detection_ratio.value, Value::NotAvailable(NotAvailable::Undefined));
        assert_eq!(whole.total.value, Value::Known(0.0));
    }

    #[test]
    fn an_estimate_without_interval_or_model_is_refused() {
        for wrong in [
            Undetected { low: 301.0, ..undetected() },
            Undetected { high: f64::INFINITY, ..undetected() },
            Undetected { low: -1.0, ..undetected() },
            Undetected { estimate: f64::NAN, ..undetected() },
            Undetected { models: Vec::new(), ..undetected() },
            Undetected { models: vec![" ".to_owned()], ..undetected() },
        ] {
            assert!(matches!(whole(100, &wrong), Err(IndicatorError::Figures { .. })));
        }
    }
}
