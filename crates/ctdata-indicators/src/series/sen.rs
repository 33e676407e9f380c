//! Sen's slope: the median of the slopes between all pairs of years.

use super::mann_kendall::{inversions, variance};
use super::{DETECTION, Series};
use crate::IndicatorError;
use crate::estimate::{Estimate, NotAvailable, Unit, Value, Years};
use crate::interval::{Interval, IntervalMethod, Level, as_f64};

/// The typical change per year, in persons or, where there is a population, in persons per 100,000 residents.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SenSlope {
    /// From the first to the last year used.
    pub years: Years,
    /// The number of years used.
    pub points: usize,
    /// The median slope, per year.
    pub per_year: f64,
    /// [`Unit::Persons`] or [`Unit::Per100k`]; the slope is in this unit per year.
    pub unit: Unit,
    /// The slopes that the Mann–Kendall test does not reject; `None` if there are too few years for the level.
    pub interval: Option<Interval>,
    /// Years of the series that were not used: without a count, or counted in part.
    pub left_out: Vec<u16>,
}

impl Series {
    /// Sen's slope of the rates, or of the counts where there is no population, with its interval.
    ///
    /// The interval holds every slope that, taken away from the values, leaves no trend that the Mann–Kendall test
    /// rejects; the test is exact up to ten years.
    ///
    /// # Errors
    /// Fewer than two usable years; a count that is a range; residents for some years only; a break among the years.
    ///
    /// # Sources
    /// P. K. Sen (1968), Estimates of the regression coefficient based on Kendall's tau, *Journal of the American
    /// Statistical Association* 63, 1379–1389.
    pub fn sen_slope(&self, level: Level) -> Result<SenSlope, IndicatorError> {
        let usable = self.usable(false, false)?;
        let values = usable.values(self)?;
        let mut slopes: Vec<f64> = Vec::with_capacity(values.len() * values.len().saturating_sub(1) / 2);
        for (at, (year, value)) in values.iter().enumerate() {
            let later = values.get(at + 1..).unwrap_or_default();
            slopes.extend(later.iter().map(|(other_year, other)| (other - value) / (other_year - year)));
        }
        slopes.sort_by(f64::total_cmp);
        let (Some(first), Some(last), Some(per_year)) = (usable.points.first(), usable.points.last(), median(&slopes))
        else {
            return Err(IndicatorError::figures(self.name(), "a slope needs two years with counts"));
        };
        let rank = lowest_rank(values.len(), level);
        let bounds = rank.and_then(|rank| Some((slopes.get(rank)?, slopes.get(slopes.len().checked_sub(rank + 1)?)?)));
        let interval = bounds.map(|(low, high)| Interval::try_new(*low, *high, level, IntervalMethod::SenSlope));
        Ok(SenSlope {
            years: Years::between(first.year, last.year),
            points: values.len(),
            per_year,
            unit: if usable.has_residents(self)? { Unit::Per100k } else { Unit::Persons },
            interval: interval.transpose()?,
            left_out: usable.left_out,
        })
    }

    /// Sen's slope as an output record, `sen-slope`.
    ///
    /// # Errors
    /// Those of [`Series::sen_slope`].
    pub fn sen_slope_estimate(&self, level: Level) -> Result<Estimate, IndicatorError> {
        let slope = self.sen_slope(level)?;
        let mut estimate = Estimate::not_available("sen-slope", slope.unit, NotAvailable::Undefined);
        (estimate.value, estimate.interval) = (Value::from(slope.per_year), slope.interval);
        self.describe(&mut estimate, slope.years);
        estimate.notes.extend(["change per year, in the unit", DETECTION].map(Into::into));
        Ok(estimate)
    }
}

fn median(sorted: &[f64]) -> Option<f64> {
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get((sorted.len() - 1) / 2)?;
    Some(0.5 * (lower + upper))
}

/// The position from 0 of the slope that is the lower bound, from the least S that the test rejects: a slope between
/// the k-th and the next of N leaves S = N − 2k. `None` if no S is rejected.
fn lowest_rank(points: usize, level: Level) -> Option<usize> {
    let pairs = points * points.saturating_sub(1) / 2;
    let tail = 1.0 - level.value();
    // S has the parity of the number of pairs; the number of falling pairs counts down from the largest S.
    if points <= 10 {
        let orders = inversions(&vec![1; points]);
        let all = as_f64(orders.iter().sum());
        let mut below = 0.0;
        let rejected = orders.iter().take_while(|&&orders| {
            below += 2.0 * as_f64(orders) / all;
            below <= tail
        });
        rejected.count().checked_sub(1)
    } else {
        let least = 1.0 + level.z() * variance(points, &[]).sqrt();
        let rank = 0.5 * (as_f64(pairs as u64) - least);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, below the pairs")]
        (rank >= 0.0).then(|| rank.floor() as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Point;
    use super::*;
    use crate::population::Persons;
    use proptest::prelude::*;

    fn series(counts: &[u64]) -> Series {
        let points = (2000..).zip(counts).map(|(year, &count)| Point::new(year, count));
        Series::try_new("detected-victims", points).unwrap()
    }

    /// The worked series of the indicator notes, by hand. The 15 slopes in order: −4, −1/2, 3/2, 2, 7/3, 5/2, 5/2, 13/5,
    /// 3, 3, 7/2, 4, 14/3, 11/2, 7. Of the 720 orders of six values 1 + 5 have at most one falling pair and 14 more have
    /// two: 2 · 6 / 720 is rejected, 2 · 20 / 720 is not, so that the interval starts at the second slope.
    #[test]
    fn the_median_of_the_slopes_is_met() {
        let slope = series(&[12, 15, 11, 18, 22, 25]).sen_slope(Level::P95).unwrap();
        assert!((slope.per_year - 2.6).abs() < 1e-12);
        assert_eq!((slope.points, slope.unit), (6, Unit::Persons));
        let interval = slope.interval.unwrap();
        assert!((interval.low() + 0.5).abs() < 1e-12 && (interval.high() - 5.5).abs() < 1e-12);
    }

    #[test]
    fn rates_have_slopes_per_100_000() {
        let points = series(&[10, 20, 30]).points().to_vec();
        let points = points.into_iter().map(|point| point.among(Persons::try_new(1e6).unwrap()));
        let rates = Series::try_new("victims-per-100k", points).unwrap();
        let slope = rates.sen_slope(Level::P95).unwrap();
        assert!((slope.per_year - 1.0).abs() < 1e-12);
        // Of three years no order is unlikely enough.
        assert_eq!((slope.unit, slope.interval), (Unit::Per100k, None));
        let estimate = rates.sen_slope_estimate(Level::P95).unwrap();
        assert_eq!((estimate.unit, estimate.interval), (Unit::Per100k, None));
    }

    proptest! {
        #[test]
        fn slopes_are_rejected_outside_the_interval_only(
            counts in proptest::collection::hash_set(0_u64..1_000, 5..16),
            step in 0.0_f64..1.0,
        ) {
            let counts: Vec<u64> = counts.into_iter().collect();
            let slope = series(&counts).sen_slope(Level::P95).unwrap();
            let interval = slope.interval.unwrap();
            prop_assert!(interval.low() <= slope.per_year && slope.per_year <= interval.high());
            let span = interval.high() - interval.low();
            // Values less the slope, in thousandths and above zero, so that they are counts again.
            let p_value = |slope: f64| {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1e13")]
                let less = |(year, count): (u32, &u64)| {
                    ((as_f64(*count) - slope * f64::from(year) + 1e6) * 1e6).round() as u64
                };
                series(&(0_u32..).zip(&counts).map(less).collect::<Vec<u64>>()).mann_kendall().unwrap().p_value
            };
            let inside = interval.low() + step * span;
            prop_assert!(span < 1e-3 || p_value(inside.clamp(interval.low() + 1e-4, interval.high() - 1e-4)) > 0.05);
            prop_assert!(p_value(interval.low() - 1e-4 - step) <= 0.05);
            prop_assert!(p_value(interval.high() + 1e-4 + step) <= 0.05);
        }
    }
}
