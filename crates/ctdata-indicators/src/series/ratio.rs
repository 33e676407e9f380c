//! The ratio of two rates, with its exact interval.

use crate::estimate::{Estimate, NotAvailable, Unit, Value};
use crate::interval::{Interval, IntervalError, IntervalMethod, Level, as_f64, clopper_pearson};
use crate::population::Persons;
use crate::{Count, IndicatorError};

/// Events, and the residents among whom they were counted if a rate is meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Events {
    /// How many.
    pub count: Count,
    /// Among how many residents; `None` for counts that are compared as they are.
    pub residents: Option<Persons>,
}

impl Events {
    /// Events without a population.
    pub fn of(count: impl Into<Count>) -> Self {
        Self { count: count.into(), residents: None }
    }

    /// The same among residents.
    #[must_use]
    pub fn among(self, residents: Persons) -> Self {
        Self { residents: Some(residents), ..self }
    }
}

/// The ratio of two rates or counts, 1.833 for 1.833 times, and its interval.
///
/// `least` and `most` are equal where both counts are numbers. With ranges they are the bounds of the ratio, and the
/// interval goes from the lower bound at one end to the upper bound at the other.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RateRatio {
    /// The least it can be; `None` if both counts can be 0.
    pub least: Option<f64>,
    /// The most it can be; `None` if the second count can be 0, so that there is no bound.
    pub most: Option<f64>,
    /// The lower bound of the interval.
    pub low: f64,
    /// The upper bound of the interval; `None` if there is none, because the second count can be 0.
    pub high: Option<f64>,
    /// The confidence level.
    pub level: Level,
}

impl RateRatio {
    /// The ratio, if it is one number.
    pub fn value(&self) -> Option<f64> {
        self.least.filter(|&least| self.most == Some(least))
    }

    /// The interval, if it is bounded.
    pub fn interval(&self) -> Option<Interval> {
        Interval::try_new(self.low, self.high?, self.level, IntervalMethod::ConditionalExact).ok()
    }

    /// An estimate of the ratio times `factor`, in `unit`. Where the ratio has bounds only, or no upper bound, its
    /// value is not available and a note says what is known.
    pub(crate) fn estimate(&self, indicator: &'static str, unit: Unit, factor: f64) -> Result<Estimate, IntervalError> {
        let mut estimate = match (self.least, self.most) {
            (Some(least), Some(most)) if self.value().is_none() => {
                let mut ranged = Estimate::not_available(indicator, unit, NotAvailable::Suppressed);
                let (least, most) = (factor * least, factor * most);
                ranged
                    .notes
                    .push(format!("a count is a range: the value lies between {least:.3} and {most:.3}").into());
                ranged
            }
            (Some(_), Some(_)) => Estimate::not_available(indicator, unit, NotAvailable::Undefined),
            _ => {
                let mut open = Estimate::not_available(indicator, unit, NotAvailable::Undefined);
                open.notes.push("the second count can be 0: the ratio has no upper bound".into());
                open
            }
        };
        if let Some(value) = self.value() {
            estimate.value = Value::from(factor * value);
        }
        estimate.interval = self.interval().map(|interval| interval.scaled(factor)).transpose()?;
        Ok(estimate)
    }
}

/// The ratio of the first rate to the second one, with the exact interval conditional on the sum of the counts.
///
/// Given their sum, the first of two Poisson counts is binomial; the Clopper–Pearson bounds of its share become
/// bounds of the ratio by p/(1 − p) × P₂/P₁.
///
/// ```
/// use ctdata_indicators::population::Persons;
/// use ctdata_indicators::series::{Events, rate_ratio};
/// use ctdata_indicators::Level;
///
/// let one = Events::of(15).among(Persons::try_new(1_000.0)?);
/// let other = Events::of(9).among(Persons::try_new(1_100.0)?);
/// let ratio = rate_ratio(one, other, Level::P95)?;
/// assert!((ratio.value().unwrap() - 1.833333).abs() < 5e-7);
/// assert!((ratio.low - 0.751654).abs() < 5e-7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A count is missing; one of the two has residents and the other none; there are no residents; more than 2⁴⁰ events.
///
/// # Sources
/// J. Przyborowski, H. Wilenski (1940), Homogeneity of results in testing samples from Poisson series,
/// *Biometrika* 31, 313–323.
pub fn rate_ratio(one: Events, other: Events, level: Level) -> Result<RateRatio, IndicatorError> {
    let refuse = |rule: &'static str| IndicatorError::figures("ratio of rates", rule);
    let ((lo_1, hi_1), (lo_2, hi_2)) =
        one.count.bounds().zip(other.count.bounds()).ok_or_else(|| refuse("a missing count has no ratio"))?;
    let scale = match (one.residents, other.residents) {
        (None, None) => 1.0,
        (Some(one), Some(other)) if one.get() > 0.0 && other.get() > 0.0 => other.get() / one.get(),
        (Some(_), Some(_)) => return Err(refuse("a rate needs residents")),
        _ => return Err(refuse("both counts have residents or none has")),
    };
    let share = |count: u64, rest: u64| match count.checked_add(rest) {
        None => Err(IntervalError::TooLarge),
        Some(0) => Ok(None),
        Some(sum) => clopper_pearson(count, sum, level).map(Some),
    };
    // The bound of 1 − p is taken from the other count's share, so that nothing cancels near 1.
    let low = match (share(lo_1, hi_2)?, share(hi_2, lo_1)?) {
        (Some(one), Some(other)) => scale * one.low() / other.high(),
        _ => 0.0,
    };
    let high = match (share(hi_1, lo_2)?, share(lo_2, hi_1)?) {
        (Some(one), Some(other)) if lo_2 > 0 => Some(scale * one.high() / other.low()),
        _ => None,
    };
    let ratio = |count: u64, rest: u64| Some(scale * (as_f64(count) / as_f64(rest))).filter(|ratio| ratio.is_finite());
    let high = high.filter(|high| high.is_finite());
    Ok(RateRatio { least: ratio(lo_1, hi_2), most: ratio(hi_1, lo_2), low, high, level })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::testing::small_count;
    use crate::interval::testing::assert_digits;
    use proptest::prelude::*;

    fn among(count: impl Into<Count>, residents: f64) -> Events {
        Events::of(count).among(Persons::try_new(residents).unwrap())
    }

    /// Computed by two independent programs (indicator notes on time series); 95 %.
    #[test]
    fn the_worked_answer_is_met() {
        let ratio = rate_ratio(among(15, 1_000.0), among(9, 1_100.0), Level::P95).unwrap();
        assert_digits(ratio.value().unwrap(), "1.833333");
        assert_digits(ratio.low, "0.751654");
        assert_digits(ratio.high.unwrap(), "4.751284");
        assert_eq!(ratio.interval().unwrap().method(), IntervalMethod::ConditionalExact);
    }

    #[test]
    fn zeros_leave_the_ratio_open() {
        let none_after = rate_ratio(Events::of(3), Events::of(0), Level::P95).unwrap();
        assert_eq!((none_after.value(), none_after.high, none_after.interval()), (None, None, None));
        assert!(none_after.low > 0.0);
        let none_before = rate_ratio(Events::of(0), Events::of(3), Level::P95).unwrap();
        assert!(none_before.value().unwrap().abs() < f64::MIN_POSITIVE && none_before.high.unwrap() > 0.0);
        let nothing = rate_ratio(Events::of(0), Events::of(0), Level::P95).unwrap();
        assert_eq!((nothing.least, nothing.most, nothing.high), (None, None, None));
        let estimate = none_after.estimate("rate-ratio", Unit::Ratio, 1.0).unwrap();
        assert_eq!((estimate.value, estimate.interval), (Value::NotAvailable(NotAvailable::Undefined), None));
        assert!(!none_before.estimate("rate-ratio", Unit::Ratio, 1.0).unwrap().suppressed);
    }

    #[test]
    fn a_range_gives_bounds_and_no_value() {
        let ratio = rate_ratio(Events::of(Count::Range { lo: 0, hi: 4 }), Events::of(8), Level::P95).unwrap();
        let estimate = ratio.estimate("rate-ratio", Unit::Ratio, 100.0).unwrap();
        assert!(estimate.suppressed && estimate.value == Value::NotAvailable(NotAvailable::Suppressed));
        assert_eq!(estimate.notes, ["a count is a range: the value lies between 0.000 and 50.000"]);
        assert!(estimate.interval.is_some());
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let refused = |one, other| rate_ratio(one, other, Level::P95).unwrap_err().to_string();
        assert_eq!(refused(Events::of(Count::Missing), Events::of(1)), "ratio of rates: a missing count has no ratio");
        assert_eq!(refused(among(1, 5.0), Events::of(1)), "ratio of rates: both counts have residents or none has");
        assert_eq!(refused(among(1, 5.0), among(1, 0.0)), "ratio of rates: a rate needs residents");
        assert!(rate_ratio(Events::of(u64::MAX), Events::of(1), Level::P95).is_err());
    }

    /// The coverage at given means, by adding up the probabilities of all pairs of counts whose interval holds the
    /// true ratio. An exact interval covers at least at its level; no simulation, so no false alarms.
    #[test]
    fn the_interval_covers_at_its_level_whatever_the_means() {
        let poisson = |mean: f64| {
            let mut term = (-mean).exp();
            (0..60_u32)
                .map(|k| {
                    let this = term;
                    term *= mean / f64::from(k + 1);
                    this
                })
                .collect::<Vec<f64>>()
        };
        for (one, other) in [(2.0, 3.0), (8.0, 1.5), (12.0, 12.0)] {
            let truth = one / other;
            let mut covered = 0.0;
            for (x, p) in (0_u64..).zip(poisson(one)) {
                for (y, q) in (0_u64..).zip(poisson(other)) {
                    if p * q > 1e-9 {
                        let ratio = rate_ratio(Events::of(x), Events::of(y), Level::P90).unwrap();
                        let holds = ratio.low <= truth && ratio.high.is_none_or(|high| truth <= high);
                        covered += if holds { p * q } else { 0.0 };
                    }
                }
            }
            assert!(covered >= 0.9 - 1e-6, "{one} to {other}: {covered}");
            assert!(covered < 0.985, "{one} to {other}: {covered}");
        }
    }

    proptest! {
        /// Ranges give the envelope of what the numbers in them give.
        #[test]
        fn ranges_enclose_every_count_in_them(one in small_count(), other in small_count()) {
            prop_assume!(!one.is_missing() && !other.is_missing());
            let whole = rate_ratio(Events::of(one), Events::of(other), Level::P95).unwrap();
            let (mut low, mut high) = (f64::INFINITY, Some(0.0_f64));
            for x in (0..12_u64).filter(|&x| one.can_be(x)) {
                for y in (0..12_u64).filter(|&y| other.can_be(y)) {
                    let exact = rate_ratio(Events::of(x), Events::of(y), Level::P95).unwrap();
                    low = low.min(exact.low);
                    high = high.zip(exact.high).map(|(high, other)| high.max(other));
                }
            }
            prop_assert!((whole.low - low).abs() <= 1e-12 * low);
            prop_assert_eq!(whole.high.is_some(), high.is_some());
            prop_assert!(whole.high.zip(high).is_none_or(|(a, b)| (a - b).abs() <= 1e-12 * b));
        }

        #[test]
        fn the_inverse_ratio_has_the_inverse_interval(x in 1_u64..500, y in 1_u64..500, p in 1.0_f64..1e6) {
            let (one, other) = (among(x, p), among(y, 1e4));
            let (ratio, inverse) =
                (rate_ratio(one, other, Level::P95).unwrap(), rate_ratio(other, one, Level::P95).unwrap());
            prop_assert!((ratio.low * inverse.high.unwrap() - 1.0).abs() < 1e-10);
            prop_assert!((ratio.value().unwrap() * inverse.value().unwrap() - 1.0).abs() < 1e-12);
            prop_assert!(ratio.low < ratio.value().unwrap() && ratio.value().unwrap() < ratio.high.unwrap());
        }
    }
}
