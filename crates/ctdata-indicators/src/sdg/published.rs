//! Rates of counts that others published: exact, in a range, or missing.
//!
//! # Sources
//! F. Garwood (1936), "Fiducial limits for the Poisson distribution", Biometrika 28. Published tables of detected
//! victims write small counts as `<5`, which is 0 to 4: a rate of such a count has bounds and no value.

use crate::estimate::{Dimension, Estimate, NotAvailable, Unit, Value, Years};
use crate::framework::DETECTION_NOT_PREVALENCE;
use crate::interval::{Interval, Level, PROCESS_NOT_SAMPLING, RateInterval, as_f64};
use crate::population::{AgeGroup, Population, PopulationKey, PopulationSex};
use crate::request::PopBase;
use crate::{Count, IndicatorError};

/// How a rate of a published count is made. By default over the residents of the same sex and age, with Garwood's
/// interval at 95 %.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RateOptions {
    /// Whose residents the rate of a sex or an age is over.
    pub population_base: PopBase,
    /// The interval.
    pub interval: RateInterval,
    /// Its level.
    pub level: Level,
}

/// The least and the most that a rate can be, per 100,000 residents.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RateBounds {
    /// The rate of the smallest count possible.
    pub low: f64,
    /// The rate of the largest.
    pub high: f64,
}

/// The rate of a published count.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PublishedRate {
    /// The count, as far as it is known.
    pub count: Count,
    /// What the rate can be; both bounds are the rate itself where the count is exact. None where the count or the
    /// population is missing.
    pub bounds: Option<RateBounds>,
    /// The figure. Of a range it has no value, and its interval reaches from the lower end for the smallest count to
    /// the upper end for the largest.
    pub estimate: Estimate,
}

/// The rate of a published count of victims per 100,000 residents of `key`.
///
/// A missing count has no rate, and a published zero is a zero. Without a population for `key` the estimate says so.
///
/// ```
/// use ctdata_indicators::population::{Population, PopulationKey, Thousands};
/// use ctdata_indicators::sdg::{RateOptions, rate_of};
/// use ctdata_indicators::Count;
///
/// let key = PopulationKey::total("JM".parse()?, 2018);
/// let mut population = Population::new("invented", "1");
/// population.insert(key, Thousands::try_new(2_727.0)?)?;
///
/// // `<5`
/// let few = rate_of(Count::between(0, 4), key, &population, &RateOptions::default())?;
/// let bounds = few.bounds.ok_or("no bounds")?;
/// assert!(bounds.low == 0.0 && (bounds.high - 0.146681).abs() < 5e-7);
/// assert_eq!(few.estimate.value.known(), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`IndicatorError::Interval`] for a count of more than 2⁴⁰.
pub fn rate_of(
    count: Count,
    key: PopulationKey,
    population: &Population,
    options: &RateOptions,
) -> Result<PublishedRate, IndicatorError> {
    let is_part = key.sex.is_some() || key.ages != AgeGroup::ALL;
    let own = is_part && options.population_base == PopBase::Own;
    let over = if own { key } else { PopulationKey::total(key.country, key.year) };
    let residents = population.denominator(over);
    let mut estimate = Estimate::not_available("victims-per-100k", Unit::Per100k, NotAvailable::NotRecorded);
    estimate.code = Some("16.2.2".into());
    estimate.dimensions = coordinates(key).collect();
    estimate.period = Some(Years::single(key.year));
    estimate.numerator = count.exact();
    estimate.population_base = Some(if own { PopBase::Own } else { PopBase::Total });
    estimate.notes = vec![DETECTION_NOT_PREVALENCE.into(), PROCESS_NOT_SAMPLING.into()];
    let Some((lo, hi)) = count.bounds() else {
        return Ok(PublishedRate { count, bounds: None, estimate });
    };
    let factor = residents.and_then(|residents| Some((residents, residents.persons.per_100k()?)));
    let Some((residents, factor)) = factor else {
        estimate.value = Value::NotAvailable(match residents {
            Some(_) => NotAvailable::EmptyBase,
            None => NotAvailable::PopulationMissing,
        });
        return Ok(PublishedRate { count, bounds: None, estimate });
    };
    estimate.base = Some(residents.persons.rounded());
    estimate.population = Some(population.source_of(&residents));
    estimate.notes.extend(residents.notes());
    estimate.interval = Some(interval_of_range(lo, hi, options)?.scaled(factor)?);
    let bounds = RateBounds { low: as_f64(lo) * factor, high: as_f64(hi) * factor };
    if lo == hi {
        estimate.value = Value::from(bounds.low);
    } else {
        estimate.value = Value::NotAvailable(NotAvailable::Suppressed);
        estimate.suppressed = true;
        estimate.notes.push(
            "the count is published as a range: the interval reaches from the lower end for its smallest to the upper \
             end for its largest count"
                .into(),
        );
    }
    Ok(PublishedRate { count, bounds: Some(bounds), estimate })
}

/// From the lower end of the interval of the smallest count to the upper end of that of the largest.
pub(crate) fn interval_of_range(lo: u64, hi: u64, options: &RateOptions) -> Result<Interval, IndicatorError> {
    let (low, high) = (options.interval.of(lo, options.level)?, options.interval.of(hi, options.level)?);
    Ok(Interval::try_new(low.low(), high.high(), options.level, high.method())?)
}

/// Country, year, sex and ages of a group.
pub(crate) fn coordinates(key: PopulationKey) -> impl Iterator<Item = Dimension> {
    let country = Dimension::new("country", key.country.alpha2(), key.country.name());
    let year = Dimension::new("year", key.year.to_string(), key.year.to_string());
    [country, year].into_iter().chain(groups(key.sex, key.ages))
}

/// Sex and ages, where they are not everybody's.
pub(crate) fn groups(sex: Option<PopulationSex>, ages: AgeGroup) -> impl Iterator<Item = Dimension> {
    let sex = sex.map(|sex| Dimension::new("sex", sex.code(), sex.label()));
    let ages = match ages {
        AgeGroup::ALL => None,
        AgeGroup::UNDER_18 => Some(Dimension::new("child-or-adult", "child", "Child (under 18)")),
        AgeGroup::ADULTS => Some(Dimension::new("child-or-adult", "adult", "Adult")),
        ages => Some(Dimension::new("age", ages.to_string(), ages.to_string())),
    };
    sex.into_iter().chain(ages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::testing::assert_digits;
    use crate::population::{Persons, Thousands};
    use proptest::prelude::*;

    fn key() -> PopulationKey {
        PopulationKey::total("JM".parse().unwrap(), 2018)
    }

    fn population(thousands: f64) -> Population {
        let mut population = Population::new("invented", "1");
        population.insert(key(), Thousands::try_new(thousands).unwrap()).unwrap();
        population.insert(key().of_sex(PopulationSex::Female), Persons::try_new(1_000_000.0).unwrap()).unwrap();
        population
    }

    fn rate(count: Count, thousands: f64) -> PublishedRate {
        rate_of(count, key(), &population(thousands), &RateOptions::default()).unwrap()
    }

    /// Indicator notes on 16.2.2, worked: 5 victims, 2,727 thousand residents; 0 victims, 350 thousand.
    #[test]
    fn the_worked_rates_are_met() {
        let five = rate(Count::Exact(5), 2_727.0).estimate;
        assert_digits(five.value.known().unwrap(), "0.183352");
        assert_digits(five.interval.unwrap().low(), "0.059534");
        assert_digits(five.interval.unwrap().high(), "0.427882");
        let zero = rate(Count::Exact(0), 350.0);
        assert_eq!((zero.estimate.value, zero.estimate.suppressed), (Value::Known(0.0), false));
        assert_digits(zero.estimate.interval.unwrap().high(), "1.053966");
    }

    /// The table of Garwood's interval in the same notes; a population of 100,000 leaves the counts as they are.
    #[test]
    fn the_worked_intervals_are_met_and_ranges_span_them() {
        let worked = [
            (0, "0", "3.688879"),
            (1, "0.025318", "5.571643"),
            (3, "0.618672", "8.767273"),
            (5, "1.623486", "11.668332"),
            (10, "4.795389", "18.390356"),
            (25, "16.178682", "36.904932"),
            (100, "81.363991", "121.626794"),
            (345, "309.551493", "383.395154"),
        ];
        for (lo, low, _) in worked {
            for (hi, _, high) in worked.into_iter().filter(|(hi, ..)| *hi >= lo) {
                let rate = rate(Count::between(lo, hi), 100.0);
                let (interval, bounds) = (rate.estimate.interval.unwrap(), rate.bounds.unwrap());
                assert_digits(interval.low(), low);
                assert_digits(interval.high(), high);
                assert!((bounds.low - as_f64(lo)).abs() < 1e-9 && (bounds.high - as_f64(hi)).abs() < 1e-9);
                assert_eq!(rate.estimate.value.known().is_some(), lo == hi);
                assert_eq!(rate.estimate.suppressed, lo != hi);
            }
        }
    }

    #[test]
    fn what_is_missing_is_not_zero() {
        let missing = rate(Count::Missing, 350.0);
        assert_eq!(missing.estimate.value, Value::NotAvailable(NotAvailable::NotRecorded));
        assert_eq!((missing.bounds, missing.estimate.numerator), (None, None));
        let elsewhere = PopulationKey::total("MT".parse().unwrap(), 2018);
        let rate = rate_of(Count::Exact(3), elsewhere, &population(1.0), &RateOptions::default()).unwrap();
        assert_eq!(rate.estimate.value, Value::NotAvailable(NotAvailable::PopulationMissing));
        assert_eq!(rate.estimate.numerator, Some(3));
    }

    #[test]
    fn a_range_is_the_same_in_any_order_of_its_ends() {
        let [forth, back] = [(0, 4), (4, 0)].map(|(lo, hi)| rate(Count::Range { lo, hi }, 350.0));
        assert_eq!((forth.bounds, forth.estimate), (back.bounds, back.estimate));
    }

    #[test]
    fn women_are_over_women_or_over_everybody() {
        let women = key().of_sex(PopulationSex::Female);
        let over = |population_base| {
            let options = RateOptions { population_base, ..RateOptions::default() };
            rate_of(Count::Exact(5), women, &population(2_727.0), &options).unwrap().estimate
        };
        let (own, total) = (over(PopBase::Own), over(PopBase::Total));
        assert_eq!((own.base, own.population_base), (Some(1_000_000), Some(PopBase::Own)));
        assert_eq!((total.base, total.population_base), (Some(2_727_000), Some(PopBase::Total)));
        assert_eq!(total.dimensions.get("sex").unwrap().code, "female");
    }

    #[test]
    fn byar_is_an_option() {
        let options = RateOptions { interval: RateInterval::Byar, ..RateOptions::default() };
        let rate = rate_of(Count::Exact(25), key(), &population(100.0), &options).unwrap().estimate;
        let expected = RateInterval::Byar.of(25, Level::P95).unwrap();
        assert!((rate.interval.unwrap().high() - expected.high()).abs() < 1e-9);
        assert_eq!(rate.interval.unwrap().method(), expected.method());
    }

    proptest! {
        #[test]
        fn a_wider_range_never_has_a_narrower_interval(lo in 0u64..50, more in 0u64..50, one in 0u64..5, other in 0u64..5) {
            let narrow = rate(Count::between(lo, lo + more), 100.0);
            let wide = rate(Count::between(lo.saturating_sub(one), lo + more + other), 100.0);
            let (narrow, wide) = (narrow.estimate.interval.unwrap(), wide.estimate.interval.unwrap());
            prop_assert!(wide.low() <= narrow.low() && narrow.high() <= wide.high());
        }
    }
}
