//! The change between two years.

use super::{DETECTION, Point, RateRatio, Series, SeriesBreak, rate_ratio};
use crate::estimate::{Estimate, Unit, Years};
use crate::interval::{Level, as_f64};
use crate::{Difference, IndicatorError};

/// The change of a series from one year to another.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Change {
    /// The earlier year.
    pub from: Point,
    /// The later year.
    pub to: Point,
    /// The later count less the earlier one.
    pub absolute: Difference,
    /// The same in percent of the earlier count; `None` unless both are numbers and the earlier one is not 0.
    pub relative_percent: Option<f64>,
    /// The later rate over the earlier one, or the counts where there is no population, with the exact interval.
    pub ratio: RateRatio,
    /// Breaks between the two years: the figures are not comparable.
    pub breaks: Vec<SeriesBreak>,
}

impl Change {
    /// What a reader must know, one sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = vec![DETECTION.to_owned()];
        notes.extend(self.breaks.iter().map(|at| format!("the series breaks before {}: {}", at.year, at.reason)));
        let partial = [self.from, self.to].into_iter().filter(|point| point.partial);
        notes.extend(partial.map(|point| format!("{} is counted in part only", point.year)));
        notes
    }
}

impl Series {
    /// The change from one year to a later one.
    ///
    /// Where a count is a range, the change and the ratio are given by their bounds. A break between the two years is
    /// no error, but it is listed, as are years that are counted in part.
    ///
    /// # Errors
    /// A year is not in the series or its count is missing; the years are not in order; one of the years has residents
    /// and the other none.
    pub fn change(&self, from: u16, to: u16, level: Level) -> Result<Change, IndicatorError> {
        if from >= to {
            return Err(IndicatorError::figures(self.name(), "a change goes from one year to a later one"));
        }
        let point = |year: u16| {
            let found = self.year(year).filter(|point| !point.count.is_missing());
            found.copied().ok_or_else(|| IndicatorError::figures(self.name_of(year), "there is no count"))
        };
        let (from, to) = (point(from)?, point(to)?);
        let ratio = rate_ratio(to.events(), from.events(), level)?;
        let relative = |before: u64, after: u64| 100.0 * (as_f64(after) - as_f64(before)) / as_f64(before);
        Ok(Change {
            from,
            to,
            absolute: to.count - from.count,
            relative_percent: from.count.exact().filter(|&n| n > 0).zip(to.count.exact()).map(|(a, b)| relative(a, b)),
            ratio,
            breaks: self.breaks_between(from.year, to.year),
        })
    }

    /// The ratio of a change as an output record, `rate-ratio`: the later year over the earlier one.
    ///
    /// Numerator and base are the two counts, where they are numbers.
    ///
    /// # Errors
    /// Those of [`Series::change`].
    pub fn change_estimate(&self, from: u16, to: u16, level: Level) -> Result<Estimate, IndicatorError> {
        let change = self.change(from, to, level)?;
        let mut estimate = change.ratio.estimate("rate-ratio", Unit::Ratio, 1.0)?;
        (estimate.numerator, estimate.base) = (change.to.count.exact(), change.from.count.exact());
        self.describe(&mut estimate, Years::between(from, to));
        estimate.notes.extend(change.notes().into_iter().map(Into::into));
        Ok(estimate)
    }

    /// Writes what the series is about into an estimate made from it.
    pub(super) fn describe(&self, estimate: &mut Estimate, years: Years) {
        estimate.dimensions = self.dimensions.clone();
        estimate.filters.clone_from(&self.filters);
        estimate.period = Some(years);
        estimate.notes.insert(0, format!("of the series of `{}`", self.indicator).into());
        if let Some(vintage) = &self.vintage {
            estimate.notes.push(format!("vintage {vintage}").into());
        }
        if let Some(population) = &self.population {
            estimate.notes.push(format!("population: {}, {}", population.source, population.vintage).into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::BreakKind;
    use super::*;
    use crate::Count;
    use crate::interval::testing::assert_digits;
    use crate::population::Persons;

    fn point(year: u16, count: impl Into<Count>, residents: f64) -> Point {
        Point::new(year, count).among(Persons::try_new(residents).unwrap())
    }

    fn series(points: impl IntoIterator<Item = Point>) -> Series {
        Series::try_new("detected-victims", points).unwrap()
    }

    /// Computed by two independent programs (indicator notes on time series).
    #[test]
    fn the_worked_rate_ratio_is_met() {
        let series = series([point(2019, 9, 1_100.0), point(2020, 15, 1_000.0)]);
        let change = series.change(2019, 2020, Level::P95).unwrap();
        assert_eq!(change.absolute, Difference::Exact(6));
        assert_digits(change.relative_percent.unwrap(), "66.7");
        assert_digits(change.ratio.value().unwrap(), "1.833333");
        assert_digits(change.ratio.low, "0.751654");
        assert_digits(change.ratio.high.unwrap(), "4.751284");
        let estimate = series.change_estimate(2019, 2020, Level::P95).unwrap();
        assert_eq!((estimate.numerator, estimate.base, estimate.unit), (Some(15), Some(9), Unit::Ratio));
        assert_eq!(estimate.value.known(), change.ratio.value());
        assert!(estimate.notes.iter().any(|note| note == DETECTION));
    }

    #[test]
    fn breaks_and_partial_years_are_listed() {
        let series = series([Point::new(2009, 303), Point::new(2010, 421)])
            .with_partial(2009)
            .with_break(SeriesBreak::new(2010, BreakKind::Law, "a new law"));
        let notes = series.change(2009, 2010, Level::P95).unwrap().notes();
        assert_eq!(notes, [DETECTION, "the series breaks before 2010: a new law", "2009 is counted in part only"]);
    }

    #[test]
    fn ranges_give_bounds_and_missing_counts_are_refused() {
        let hidden = Count::Range { lo: 0, hi: 4 };
        let series = series([Point::new(2019, hidden), Point::new(2020, 8), Point::new(2021, Count::Missing)]);
        let change = series.change(2019, 2020, Level::P95).unwrap();
        assert_eq!((change.absolute, change.relative_percent), (Difference::Range { lo: 4, hi: 8 }, None));
        assert_eq!((change.ratio.least, change.ratio.most), (Some(2.0), None));
        for (from, to) in [(2020, 2021), (2020, 2022), (2020, 2019), (2020, 2020)] {
            assert!(matches!(series.change(from, to, Level::P95), Err(IndicatorError::Figures { .. })), "{from} {to}");
        }
    }
}
