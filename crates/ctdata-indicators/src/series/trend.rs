//! Poisson log-linear trends.

use super::breaks::Usable;
use super::{DETECTION, Point, Series, SeriesBreak};
use crate::IndicatorError;
use crate::estimate::{Estimate, Unit, Value, Years};
use crate::interval::{Interval, IntervalMethod, Level, as_f64};

/// How a trend is fitted.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct TrendOptions {
    /// The confidence level; 95 % by default.
    pub level: Level,
    /// Whether one trend may run across breaks; not by default.
    pub across_breaks: bool,
    /// Whether years that are counted in part are used; not by default.
    pub partial_years: bool,
}

/// A log-linear trend of counts: the mean of a year is exp(α + β·year), times the residents where they are known.
///
/// Both intervals are there, because which of them stands depends on the dispersion alone: [`Trend::interval`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Trend {
    /// From the first to the last year used.
    pub years: Years,
    /// The number of years used.
    pub points: usize,
    /// Whether the logarithm of the residents is an offset, so that the trend is that of the rate.
    pub per_resident: bool,
    /// β, the change of the logarithm per year.
    pub slope: f64,
    /// The standard error of β if counts vary as Poisson counts do.
    pub standard_error: f64,
    /// φ: Pearson's χ² over its degrees of freedom. Above 1, counts vary more than Poisson counts do.
    pub dispersion: f64,
    /// The change per year in percent, 100 (exp(β) − 1).
    pub percent_per_year: f64,
    /// The interval of the change in percent if φ were 1.
    pub poisson: Interval,
    /// The interval with the standard error times √φ. The quantile is the normal one, not Student's.
    pub quasi_poisson: Interval,
    /// Years of the series that were not used: without a count, or counted in part.
    pub left_out: Vec<u16>,
    /// Breaks that the trend runs across, because that was asked for.
    pub breaks: Vec<SeriesBreak>,
}

impl Trend {
    /// The interval that stands: quasi-Poisson if the dispersion is above 1, else Poisson, never narrowed.
    pub fn interval(&self) -> Interval {
        if self.dispersion > 1.0 { self.quasi_poisson } else { self.poisson }
    }

    /// What a reader must know, one sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = vec![DETECTION.to_owned(), format!("dispersion {:.3}", self.dispersion)];
        if self.dispersion > 1.0 {
            notes.push("counts vary more than Poisson counts: quasi-Poisson interval, normal quantile".to_owned());
        }
        if !self.left_out.is_empty() {
            let years: Vec<String> = self.left_out.iter().map(ToString::to_string).collect();
            notes.push(format!("without {}: no count, or counted in part", years.join(", ")));
        }
        notes.extend(self.breaks.iter().map(|at| format!("runs across the break before {}: {}", at.year, at.reason)));
        notes
    }
}

impl Series {
    /// The Poisson log-linear trend of the counts, with the residents as offset where every year has them.
    ///
    /// # When not to use
    /// Over few years; where growth is not geometric; where the number of contributing organizations changes (see
    /// [`constant_contributors`](super::constant_contributors)). It assumes that years are independent given the trend.
    ///
    /// # Errors
    /// Fewer than three usable years (the dispersion is always reported); a count that is a range; residents for some
    /// years only; a break among the years, unless asked for; all events in the first or in the last year, or none, so
    /// that no finite slope fits best; an interval that is not finite.
    ///
    /// # Sources
    /// P. McCullagh, J. A. Nelder (1989), *Generalized Linear Models*, 2nd edition, chapters 6 and 9.
    pub fn trend(&self, options: &TrendOptions) -> Result<Trend, IndicatorError> {
        let usable = self.usable(options.across_breaks, options.partial_years)?;
        let per_resident = usable.has_residents(self)?;
        let refuse = |rule: &'static str| IndicatorError::figures(self.name(), rule);
        let Usable { points, left_out, breaks } = usable;
        let (Some(first), Some(last), true) = (points.first(), points.last(), points.len() >= 3) else {
            return Err(refuse("a trend needs three years with counts"));
        };
        let rows = points.iter().map(|point| {
            let rule = "the count is a range; a trend needs numbers";
            let count = point.count.exact().ok_or_else(|| IndicatorError::figures(self.name_of(point.year), rule))?;
            Ok(Row { time: f64::from(point.year - first.year), count: as_f64(count), ln_offset: ln_residents(point) })
        });
        let fit = Fit::of(&rows.collect::<Result<Vec<Row>, IndicatorError>>()?).ok_or_else(|| {
            refuse("all events are in its first or in its last year, or there are none: no trend fits")
        })?;
        let percent = |slope: f64| 100.0 * slope.exp_m1();
        let interval = |error: f64, method: IntervalMethod| {
            let half = options.level.z() * error;
            Interval::try_new(percent(fit.slope - half), percent(fit.slope + half), options.level, method)
        };
        Ok(Trend {
            years: Years::between(first.year, last.year),
            points: points.len(),
            per_resident,
            slope: fit.slope,
            standard_error: fit.standard_error,
            dispersion: fit.dispersion,
            percent_per_year: percent(fit.slope),
            poisson: interval(fit.standard_error, IntervalMethod::PoissonTrend)?,
            quasi_poisson: interval(fit.standard_error * fit.dispersion.sqrt(), IntervalMethod::QuasiPoissonTrend)?,
            left_out,
            breaks,
        })
    }

    /// The change per year of the trend as an output record, `trend`, in percent per year.
    ///
    /// # Errors
    /// Those of [`Series::trend`].
    pub fn trend_estimate(&self, options: &TrendOptions) -> Result<Estimate, IndicatorError> {
        let trend = self.trend(options)?;
        let reason = crate::estimate::NotAvailable::Undefined;
        let mut estimate = Estimate::not_available("trend", Unit::PercentPerYear, reason);
        estimate.value = Value::from(trend.percent_per_year);
        estimate.interval = Some(trend.interval());
        self.describe(&mut estimate, trend.years);
        estimate.notes.extend(trend.notes().into_iter().map(Into::into));
        Ok(estimate)
    }
}

fn ln_residents(point: &Point) -> f64 {
    point.residents.map_or(0.0, |residents| residents.get().ln())
}

/// A year of the regression.
struct Row {
    /// Years since the first one.
    time: f64,
    count: f64,
    ln_offset: f64,
}

struct Fit {
    slope: f64,
    standard_error: f64,
    dispersion: f64,
}

impl Fit {
    /// The maximum of the likelihood; `None` if it is not at a finite slope.
    ///
    /// Given a slope the best intercept is known, and what remains is one equation: the mean year of the events equals
    /// the mean year under the weights residents × exp(β·time). The weighted mean rises with β, so that the root is
    /// unique; Newton's method finds it, and halving catches its long steps.
    fn of(rows: &[Row]) -> Option<Self> {
        let total: f64 = rows.iter().map(|row| row.count).sum();
        let events = rows.iter().map(|row| row.count * row.time).sum::<f64>() / total;
        let (first, last) = (rows.first()?.time, rows.last()?.time);
        if !(first < events && events < last) {
            return None;
        }
        let (mut low, mut high, mut slope) = (f64::NEG_INFINITY, f64::INFINITY, 0.0_f64);
        for _ in 0..500 {
            let weighted = Weighted::at(rows, slope);
            let gap = events - weighted.mean;
            if gap > 0.0 {
                low = slope;
            } else {
                high = slope;
            }
            // No step is longer than 1, where the counts change by a factor of e.
            let mut next = slope + (gap / weighted.variance).clamp(-1.0, 1.0);
            if !(low < next && next < high) {
                next = if low.is_finite() && high.is_finite() { 0.5 * (low + high) } else { slope };
            }
            let moved = (next - slope).abs();
            slope = next;
            if moved <= 2.0 * f64::EPSILON * slope.abs() {
                break;
            }
        }
        let weighted = Weighted::at(rows, slope);
        let chi_square: f64 = rows
            .iter()
            .zip(&weighted.weights)
            .map(|(row, weight)| (row.count, total * weight))
            .filter(|(_, mean)| *mean > 0.0)
            .map(|(count, mean)| (count - mean).powi(2) / mean)
            .sum();
        let fit = Self {
            slope,
            standard_error: (total * weighted.variance).sqrt().recip(),
            dispersion: chi_square / (as_f64(rows.len() as u64) - 2.0),
        };
        [fit.slope, fit.standard_error, fit.dispersion].iter().all(|number| number.is_finite()).then_some(fit)
    }
}

/// The years weighted by residents × exp(slope × time), with weights that add up to 1.
struct Weighted {
    weights: Vec<f64>,
    mean: f64,
    variance: f64,
}

impl Weighted {
    fn at(rows: &[Row], slope: f64) -> Self {
        let logs: Vec<f64> = rows.iter().map(|row| row.ln_offset + slope * row.time).collect();
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut weights: Vec<f64> = logs.iter().map(|log| (log - largest).exp()).collect();
        let sum: f64 = weights.iter().sum();
        for weight in &mut weights {
            *weight /= sum;
        }
        let mean = rows.iter().zip(&weights).map(|(row, weight)| weight * row.time).sum::<f64>();
        let variance = rows.iter().zip(&weights).map(|(row, weight)| weight * (row.time - mean).powi(2)).sum();
        Self { weights, mean, variance }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Dice;
    use super::super::{BreakKind, Point};
    use super::*;
    use crate::Count;
    use crate::interval::testing::assert_digits;
    use crate::population::Persons;
    use proptest::prelude::*;

    fn from(first: u16, counts: &[u64]) -> Series {
        Series::try_new("detected-victims", (first..).zip(counts).map(|(year, &count)| Point::new(year, count)))
            .unwrap()
    }

    fn million(series: &Series) -> Series {
        let residents = Persons::try_new(1e6).unwrap();
        Series::try_new("detected-victims", series.points().iter().map(|point| point.among(residents))).unwrap()
    }

    /// Computed by two independent programs (indicator notes on time series).
    #[test]
    fn the_worked_trend_is_met() {
        let trend = million(&from(2018, &[12, 15, 11, 18, 22, 25])).trend(&TrendOptions::default()).unwrap();
        assert_digits(trend.slope, "0.157128");
        assert_digits(trend.standard_error, "0.059011");
        assert_digits(trend.dispersion, "0.403582");
        assert_digits(trend.percent_per_year, "17.014506");
        assert_digits(trend.interval().low(), "4.233972");
        assert_digits(trend.interval().high(), "31.362110");
        assert_eq!(trend.interval().method(), IntervalMethod::PoissonTrend);
        assert!(trend.per_resident && trend.left_out.is_empty());
    }

    /// The same notes: victims detected in the United Kingdom, a published series, first year in part.
    const UK: [u64; 13] = [303, 421, 673, 834, 1_255, 2_126, 2_705, 3_012, 3_975, 5_480, 9_314, 9_670, 11_371];

    #[test]
    fn an_overdispersed_series_has_the_wider_interval() {
        let options = TrendOptions { partial_years: true, ..TrendOptions::default() };
        let uk = from(2009, &UK).with_partial(2009);
        let trend = uk.trend(&options).unwrap();
        assert_digits(trend.slope, "0.282420");
        assert_digits(trend.standard_error, "0.00157053");
        assert_digits(trend.dispersion, "88.650395");
        assert_digits(trend.percent_per_year, "32.633584");
        assert_digits(trend.poisson.low(), "32.225941");
        assert_digits(trend.poisson.high(), "33.042484");
        assert_digits(trend.interval().low(), "28.844706");
        assert_digits(trend.interval().high(), "36.533880");
        assert_eq!(trend.interval().method(), IntervalMethod::QuasiPoissonTrend);
        // Without being asked, the year in part stays out.
        let whole = uk.trend(&TrendOptions::default()).unwrap();
        assert_eq!((whole.points, whole.left_out.as_slice()), (12, &[2009][..]));
        let estimate = uk.trend_estimate(&options).unwrap();
        assert_eq!(estimate.unit, Unit::PercentPerYear);
        assert_eq!(estimate.period.unwrap().to_string(), "2009/2021");
        assert!(estimate.notes.iter().any(|note| note == "dispersion 88.650"), "{:?}", estimate.notes);
    }

    #[test]
    fn what_has_no_trend_is_refused() {
        let refusal = |series: &Series| series.trend(&TrendOptions::default()).unwrap_err().to_string();
        for counts in [&[0, 0, 0][..], &[5, 0, 0], &[0, 0, 7]] {
            assert!(refusal(&from(2018, counts)).ends_with("no trend fits"));
        }
        assert!(refusal(&from(2018, &[1, 2])).ends_with("a trend needs three years with counts"));
        let range = Point::new(2020, Count::Range { lo: 0, hi: 4 });
        let ranged = Series::try_new("detected-victims", [Point::new(2018, 1), Point::new(2019, 2), range]).unwrap();
        assert_eq!(
            refusal(&ranged),
            "series of `detected-victims`, year 2020: the count is a range; a trend needs numbers"
        );
        let mixed = from(2018, &[1, 2, 3]).joined(&million(&from(2021, &[4]))).unwrap();
        assert!(refusal(&mixed).ends_with("rates and counts do not mix"));
        let broken = from(2018, &[1, 2, 3]).with_break(SeriesBreak::new(2019, BreakKind::Law, "a new law"));
        assert!(refusal(&broken).contains("it breaks before 2019"));
        let forced = TrendOptions { across_breaks: true, ..TrendOptions::default() };
        assert_eq!(broken.trend(&forced).unwrap().breaks.len(), 1);
    }

    /// Steep series converge as well: all but one event in the last year.
    #[test]
    fn steep_series_converge() {
        for counts in
            [&[1, 0, 1_000_000_000][..], &[0, 1, 1_000_000_000_000], &[1_000_000_000, 1, 0], &[3, 0, 0, 0, 0, 1]]
        {
            let rows: Vec<(f64, f64)> = (0_u32..).zip(counts).map(|(t, &n)| (f64::from(t), as_f64(n))).collect();
            let fit = rows.iter().map(|&(time, count)| Row { time, count, ln_offset: 0.0 }).collect::<Vec<Row>>();
            let (score, scale) = score(&rows, Fit::of(&fit).unwrap().slope);
            assert!(score.abs() <= 1e-9 * scale, "{counts:?}: {score}");
        }
    }

    /// The score of β at the best α, and the sum it is a difference of.
    fn score(rows: &[(f64, f64)], slope: f64) -> (f64, f64) {
        let total: f64 = rows.iter().map(|(_, n)| n).sum();
        let scale: f64 = rows.iter().map(|(t, _)| (slope * t).exp()).sum();
        let fitted: f64 = rows.iter().map(|(t, _)| total * (slope * t).exp() / scale * t).sum();
        let observed: f64 = rows.iter().map(|(t, n)| t * n).sum();
        (observed - fitted, observed)
    }

    /// 1,000 simulated series of ten years at a fixed seed. The number of intervals that hold the true slope is binomial
    /// with share 0.95 or, for small counts, near it: below 921 or above 979 lie 4.2 standard deviations, a false alarm
    /// in some 40,000 seeds. Counts with φ = 5 need the quasi-Poisson interval. With the normal quantile and eight degrees
    /// of freedom it covers near P(|t₈| < 1.96) = 0.914: 860 and 960 lie five standard deviations away, a false alarm in
    /// a million seeds. The naive interval covers P(|z| < 1.96 / √5) = 0.62: 750 lies eight away.
    #[test]
    fn intervals_cover_at_their_level() {
        let truth = 0.08_f64;
        let mut dice = Dice::new(20_260);
        let (mut poisson, mut quasi, mut naive) = (0, 0, 0);
        for _ in 0..1_000 {
            let means: Vec<f64> = (0..10).map(|t| 40.0 * (truth * f64::from(t)).exp()).collect();
            let holds = |interval: Interval| (interval.low()..=interval.high()).contains(&(100.0 * truth.exp_m1()));
            let counts: Vec<u64> = means.iter().map(|&mean| dice.poisson(mean)).collect();
            poisson += u32::from(holds(from(2010, &counts).trend(&TrendOptions::default()).unwrap().poisson));
            // Five times the Poisson variance: five events at a time.
            let counts: Vec<u64> = means.iter().map(|&mean| 5 * dice.poisson(mean / 5.0)).collect();
            let trend = from(2010, &counts).trend(&TrendOptions::default()).unwrap();
            quasi += u32::from(holds(trend.quasi_poisson));
            naive += u32::from(holds(trend.poisson));
        }
        assert!((921..=979).contains(&poisson), "{poisson}");
        assert!((860..=960).contains(&quasi), "{quasi}");
        assert!(naive < 750, "{naive}");
    }

    proptest! {
        /// Residents that grow as fast as the counts take the trend away.
        #[test]
        fn the_offset_takes_growth_of_the_population_out(
            counts in proptest::collection::vec(1_u64..1_000, 3..12),
            growth in -0.2_f64..0.2,
        ) {
            let plain = from(2000, &counts).trend(&TrendOptions::default()).unwrap();
            let points = (0_u16..).zip(&counts).map(|(t, &count)| {
                Point::new(2000 + t, count).among(Persons::try_new(1e6 * (growth * f64::from(t)).exp()).unwrap())
            });
            let rate = Series::try_new("detected-victims", points).unwrap().trend(&TrendOptions::default()).unwrap();
            prop_assert!((plain.slope - rate.slope - growth).abs() < 1e-9);
            prop_assert!((plain.dispersion - rate.dispersion).abs() < 1e-8 * (1.0 + plain.dispersion));
        }

        #[test]
        fn the_score_is_zero_at_the_slope(counts in proptest::collection::vec(1_u64..100_000, 3..20)) {
            let trend = from(2000, &counts).trend(&TrendOptions::default()).unwrap();
            let rows: Vec<(f64, f64)> = (0_u32..).zip(&counts).map(|(t, &n)| (f64::from(t), as_f64(n))).collect();
            let (score, scale) = score(&rows, trend.slope);
            prop_assert!(score.abs() <= 1e-9 * scale);
            prop_assert!(trend.interval().low() <= trend.percent_per_year);
            prop_assert!(trend.percent_per_year <= trend.interval().high());
        }
    }
}
