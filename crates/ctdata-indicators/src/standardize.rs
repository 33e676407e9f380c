//! Direct standardization: the rate that a population of standard composition would have.

use crate::IndicatorError;
use crate::error::coded;
use crate::estimate::{Estimate, NotAvailable, Unit, Value};
use crate::interval::{Interval, IntervalMethod, Level, RateInterval, as_f64, gamma_quantile, gamma_upper_quantile};
use crate::population::Persons;

/// What every directly standardized rate needs beside it.
pub const NOT_16_2_2: &str = "directly standardized: depends on the standard population and is not SDG 16.2.2";

/// One stratum, an age group for instance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stratum {
    /// Events.
    pub events: u64,
    /// Residents among whom.
    pub residents: Persons,
    /// Its weight in the standard population, in any unit: weights are divided by their sum.
    pub weight: f64,
}

coded! {
    /// The interval of a directly standardized rate; Fay and Feuer's by default.
    #[derive(Default)]
    #[non_exhaustive]
    pub enum StandardizedInterval: "interval method for standardized rates" {
        /// The gamma interval of Fay and Feuer, which covers at its level for few events too.
        #[default]
        FayFeuer = "fay-feuer" / "Fay–Feuer (gamma)",
        /// Dobson's interval over Garwood's exact one of the number of events.
        DobsonGarwood = "dobson-garwood" / "Dobson, exact",
        /// Dobson's interval over Byar's approximation from ten events on and over Garwood's exact interval below, as
        /// the public-health tools of the United Kingdom compute it.
        DobsonByar = "dobson-byar" / "Dobson, Byar from ten events on",
    }
}

/// A directly standardized rate per 100,000.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct StandardizedRate {
    /// The weighted mean of the rates of the strata, per 100,000 residents.
    pub per_100k: f64,
    /// Its interval, in the same unit.
    pub interval: Interval,
    /// The variance of the rate per resident.
    pub variance: f64,
    /// All events over all residents, per 100,000: the crude rate.
    pub crude_per_100k: f64,
    /// All events.
    pub events: u64,
    /// All residents.
    pub residents: Persons,
}

/// The directly standardized rate of the strata: Σ wᵢ xᵢ / Pᵢ with weights that add up to 1.
///
/// # When not to use
/// As indicator 16.2.2, whose definition is the crude rate; for comparisons with rates standardized to another
/// population.
///
/// ```
/// use ctdata_indicators::population::Persons;
/// use ctdata_indicators::standardize::{StandardizedInterval, Stratum, standardized};
/// use ctdata_indicators::Level;
///
/// let stratum = |events, residents, weight| Ok(Stratum { events, residents: Persons::try_new(residents)?, weight });
/// let strata = [stratum(4, 250e3, 25.0), stratum(9, 400e3, 30.0), stratum(20, 600e3, 30.0), stratum(6, 300e3, 15.0)];
/// let strata = strata.into_iter().collect::<Result<Vec<_>, ctdata_indicators::population::PopulationError>>()?;
/// let rate = standardized(&strata, StandardizedInterval::FayFeuer, Level::P95)?;
/// assert!((rate.per_100k - 2.375).abs() < 1e-9);
/// assert!((rate.interval.high() - 3.334024).abs() < 5e-7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A stratum without residents, a weight that is negative or not finite, no weight above 0, or more events than exact
/// intervals are computed for.
///
/// # Sources
/// M. P. Fay, E. J. Feuer (1997), Confidence intervals for directly standardized rates: a method based on the gamma
/// distribution, *Statistics in Medicine* 16, 791–801; A. J. Dobson, K. Kuulasmaa, E. Eberle, J. Scherer (1991),
/// Confidence intervals for weighted sums of Poisson parameters, *Statistics in Medicine* 10, 457–462.
pub fn standardized(
    strata: &[Stratum],
    method: StandardizedInterval,
    level: Level,
) -> Result<StandardizedRate, IndicatorError> {
    let refuse = |rule: &'static str| IndicatorError::figures("standardized rate", rule);
    if strata.iter().any(|stratum| stratum.residents.per_100k().is_none()) {
        return Err(refuse("each stratum has residents"));
    }
    if strata.iter().any(|stratum| !(stratum.weight.is_finite() && stratum.weight >= 0.0)) {
        return Err(refuse("weights are finite and not negative"));
    }
    let all_weights: f64 = strata.iter().map(|stratum| stratum.weight).sum();
    if !(all_weights > 0.0 && all_weights.is_finite()) {
        return Err(refuse("at least one weight is above zero, and their sum is finite"));
    }
    let events = strata.iter().try_fold(0_u64, |sum, stratum| sum.checked_add(stratum.events));
    let events = events.ok_or_else(|| refuse("there are more events than can be counted"))?;
    let residents = Persons::try_new(strata.iter().map(|stratum| stratum.residents.get()).sum())?;
    // What one event of a stratum adds to the rate per resident.
    let shares = || strata.iter().map(|s| (s.weight / all_weights / s.residents.get(), as_f64(s.events)));
    let rate: f64 = shares().map(|(share, events)| share * events).sum();
    let variance: f64 = shares().map(|(share, events)| share * share * events).sum();
    let largest = shares().map(|(share, _)| share).fold(0.0, f64::max);
    let interval = match method {
        StandardizedInterval::FayFeuer => fay_feuer(rate, variance, largest, level)?,
        StandardizedInterval::DobsonGarwood => dobson(rate, variance, events, RateInterval::Garwood, level)?,
        StandardizedInterval::DobsonByar if events < 10 => {
            dobson(rate, variance, events, RateInterval::Garwood, level)?
        }
        StandardizedInterval::DobsonByar => dobson(rate, variance, events, RateInterval::Byar, level)?,
    };
    Ok(StandardizedRate {
        per_100k: 1e5 * rate,
        interval: interval.scaled(1e5)?,
        variance,
        crude_per_100k: residents.per_100k().map_or(0.0, |factor| as_f64(events) * factor),
        events,
        residents,
    })
}

/// Gamma laws with the mean and variance of the rate, above as if one more event had happened where it weighs most.
///
/// In terms of a gamma law of scale 1, v/(2y) · χ²(α/2; 2y²/v) is v/y times its quantile at shape y²/v. The shape is at
/// least 1 because (Σ cx)² ≥ Σ c²x for whole x.
fn fay_feuer(rate: f64, variance: f64, largest: f64, level: Level) -> Result<Interval, IndicatorError> {
    let shape = |rate: f64, variance: f64| (rate / variance * rate).max(1.0);
    let low = if rate > 0.0 { variance / rate * gamma_quantile(shape(rate, variance), level)? } else { 0.0 };
    let (rate, variance) = (rate + largest, variance + largest * largest);
    let high = variance / rate * gamma_upper_quantile(shape(rate, variance), level)?;
    Ok(Interval::try_new(low, high, level, IntervalMethod::FayFeuer)?)
}

/// The interval of the number of events, moved to the rate and scaled to its standard deviation. Without events of
/// some weight there is no scale.
fn dobson(
    rate: f64,
    variance: f64,
    events: u64,
    of_events: RateInterval,
    level: Level,
) -> Result<Interval, IndicatorError> {
    if variance <= 0.0 {
        let rule = "Dobson's interval needs events of some weight: without any, take Fay and Feuer's";
        return Err(IndicatorError::figures("standardized rate", rule));
    }
    let (count, bounds) = (as_f64(events), of_events.of(events, level)?);
    let scale = (variance / count).sqrt();
    let (low, high) = (rate + scale * (bounds.low() - count), rate + scale * (bounds.high() - count));
    Ok(Interval::try_new(low, high, level, IntervalMethod::Dobson)?)
}

impl StandardizedRate {
    /// The rate as an output record, `standardized-rate`, over what `standard` names: the standard population.
    ///
    /// It has no official code and cannot be given one: `code` is a code of the publisher's own.
    ///
    /// # Errors
    /// `code` is that of SDG 16.2.2, which is the crude rate, or an SDG series code of it.
    pub fn estimate(&self, standard: &str, code: Option<&str>) -> Result<Estimate, IndicatorError> {
        if code.is_some_and(|code| code.contains("16.2.2") || code.to_ascii_uppercase().starts_with("VC_HTF")) {
            let rule = "16.2.2 is the crude rate; a standardized rate is never published under its code";
            return Err(IndicatorError::figures("standardized rate", rule));
        }
        let mut estimate = Estimate::not_available("standardized-rate", Unit::Per100k, NotAvailable::Undefined);
        estimate.code = code.map(|code| code.to_owned().into());
        (estimate.numerator, estimate.base) = (Some(self.events), Some(self.residents.rounded()));
        (estimate.value, estimate.interval) = (Value::from(self.per_100k), Some(self.interval));
        estimate.nature = crate::estimate::Nature::Estimated;
        estimate.notes.push(NOT_16_2_2.into());
        estimate.notes.push(format!("standard population: {standard}").into());
        Ok(estimate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::garwood;
    use crate::interval::testing::assert_digits;
    use crate::series::testing::Dice;
    use proptest::prelude::*;

    fn strata(rows: &[(u64, f64, f64)]) -> Vec<Stratum> {
        let stratum =
            |&(events, residents, weight)| Stratum { events, residents: Persons::try_new(residents).unwrap(), weight };
        rows.iter().map(stratum).collect()
    }

    const WORKED: [(u64, f64, f64); 4] = [(4, 250e3, 25.0), (9, 400e3, 30.0), (20, 600e3, 30.0), (6, 300e3, 15.0)];

    fn fay_feuer_of(rows: &[(u64, f64, f64)]) -> StandardizedRate {
        standardized(&strata(rows), StandardizedInterval::FayFeuer, Level::P95).unwrap()
    }

    /// Computed by two independent programs (indicator notes on standardization); 95 %.
    #[test]
    fn the_worked_answer_is_met() {
        let rate = fay_feuer_of(&WORKED);
        assert_digits(rate.per_100k, "2.375");
        assert_digits(rate.interval.low(), "1.665608");
        assert_digits(rate.interval.high(), "3.334024");
        assert_digits(rate.variance * 1e11, "1.55625");
        assert_digits(rate.crude_per_100k, "2.516129");
    }

    /// Dobson's formula by hand on the same strata: 39 events, √(v/39) = 6.3169e-7; Garwood of 39 is 27.7328 to 53.3143
    /// and Byar's approximation 27.73 to 53.32.
    #[test]
    fn dobsons_interval_is_that_of_the_events_moved_and_scaled() {
        let exact = standardized(&strata(&WORKED), StandardizedInterval::DobsonGarwood, Level::P95).unwrap();
        let events = garwood(39, Level::P95).unwrap();
        let scale = 1e5 * (exact.variance / 39.0).sqrt();
        assert_digits(scale, "0.06317");
        assert!((exact.interval.low() - (2.375 + scale * (events.low() - 39.0))).abs() < 1e-12);
        assert_digits(exact.interval.low(), "1.663");
        assert_digits(exact.interval.high(), "3.279");
        let byar = standardized(&strata(&WORKED), StandardizedInterval::DobsonByar, Level::P95).unwrap();
        assert!((byar.interval.high() / exact.interval.high() - 1.0).abs() < 1e-3);
        assert_ne!(byar.interval, exact.interval);
        let few: Vec<(u64, f64, f64)> = WORKED.iter().map(|row| (2, row.1, row.2)).collect();
        let of = |method| standardized(&strata(&few), method, Level::P95).unwrap().interval;
        assert_eq!(of(StandardizedInterval::DobsonByar), of(StandardizedInterval::DobsonGarwood));
    }

    #[test]
    fn without_events_the_upper_bound_is_that_of_the_heaviest_stratum() {
        let rows: Vec<(u64, f64, f64)> = WORKED.iter().map(|row| (0, row.1, row.2)).collect();
        let rate = fay_feuer_of(&rows);
        assert!(rate.interval.low().abs() < f64::MIN_POSITIVE);
        // One event weighs most where w/P is largest: 0.25 / 250,000.
        assert_digits(rate.interval.high(), "0.368888");
        assert!(standardized(&strata(&rows), StandardizedInterval::DobsonByar, Level::P95).is_err());
    }

    #[test]
    fn what_is_no_stratum_is_refused() {
        let refusal = |rows: &[(u64, f64, f64)]| {
            standardized(&strata(rows), StandardizedInterval::FayFeuer, Level::P95).unwrap_err().to_string()
        };
        assert_eq!(refusal(&[(1, 0.0, 1.0)]), "standardized rate: each stratum has residents");
        for weight in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(refusal(&[(1, 5.0, weight)]), "standardized rate: weights are finite and not negative");
        }
        assert!(refusal(&[(1, 5.0, 0.0)]).contains("at least one weight"));
        assert!(refusal(&[]).contains("at least one weight"));
        assert!(refusal(&[(u64::MAX, 5.0, 1.0), (1, 5.0, 1.0)]).contains("more events"));
    }

    #[test]
    fn it_never_carries_the_code_of_the_crude_rate() {
        let rate = fay_feuer_of(&WORKED);
        for code in ["16.2.2", "SDG 16.2.2", "VC_HTF_DETVR", "vc_htf_detv"] {
            assert!(matches!(rate.estimate("WHO world standard", Some(code)), Err(IndicatorError::Figures { .. })));
        }
        let estimate = rate.estimate("WHO world standard", None).unwrap();
        assert_eq!((estimate.code.as_deref(), estimate.numerator, estimate.base), (None, Some(39), Some(1_550_000)));
        assert!(estimate.notes.iter().any(|note| note == NOT_16_2_2));
    }

    /// 1,000 simulations at a fixed seed of four strata with together 12 events expected. Fay and Feuer's interval covers
    /// at least at its level: fewer than 921 of 1,000 lie 4.2 standard deviations below, a false alarm in some 75,000
    /// seeds if the coverage is exactly 0.95.
    #[test]
    fn the_gamma_interval_covers_at_its_level() {
        let (means, weights) = ([1.0, 2.0, 6.0, 3.0], [25.0, 30.0, 30.0, 15.0]);
        let residents = [250e3, 400e3, 600e3, 300e3];
        let rows = |events: [u64; 4]| [0, 1, 2, 3].map(|i: usize| (events[i], residents[i], weights[i]));
        let truth: f64 = (0..4).map(|i| weights[i] / 100.0 * means[i] / residents[i]).sum::<f64>() * 1e5;
        let mut dice = Dice::new(1_997);
        let covered = (0..1_000)
            .filter(|_| {
                let interval = fay_feuer_of(&rows(means.map(|mean| dice.poisson(mean)))).interval;
                interval.low() <= truth && truth <= interval.high()
            })
            .count();
        assert!(covered >= 921, "{covered}");
    }

    proptest! {
        /// One stratum is not weighted: the rate is crude, and both intervals are Garwood's.
        #[test]
        fn one_stratum_is_the_crude_rate(events in 1_u64..2_000, residents in 1e3_f64..1e8, weight in 0.1_f64..100.0) {
            let strata = strata(&[(events, residents, weight)]);
            let exact = garwood(events, Level::P95).unwrap().scaled(1e5 / residents).unwrap();
            for method in [StandardizedInterval::FayFeuer, StandardizedInterval::DobsonGarwood] {
                let rate = standardized(&strata, method, Level::P95).unwrap();
                prop_assert!((rate.per_100k / rate.crude_per_100k - 1.0).abs() < 1e-12);
                prop_assert!((rate.interval.low() / exact.low() - 1.0).abs() < 1e-9);
                prop_assert!((rate.interval.high() / exact.high() - 1.0).abs() < 1e-9);
            }
        }

        #[test]
        fn the_unit_of_the_weights_does_not_matter(
            rows in proptest::collection::vec((0_u64..500, 1e3_f64..1e7, 0.01_f64..1.0), 1..6),
            unit in 0.01_f64..1e4,
        ) {
            let rate = fay_feuer_of(&rows);
            let other: Vec<(u64, f64, f64)> = rows.iter().map(|row| (row.0, row.1, row.2 * unit)).collect();
            let other = fay_feuer_of(&other);
            prop_assert!((rate.interval.high() / other.interval.high() - 1.0).abs() < 1e-9);
            prop_assert!(rate.interval.low() <= rate.per_100k && rate.per_100k < rate.interval.high());
            prop_assert!((rate.per_100k - other.per_100k).abs() <= 1e-9 * rate.per_100k);
        }
    }
}
