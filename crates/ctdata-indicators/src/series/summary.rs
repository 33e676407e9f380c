//! Everything that is computed from a series, with the reasons for what is not.

use super::{MannKendall, Series, TrendOptions};
use crate::IndicatorError;
use crate::estimate::Estimate;

/// A computation that a series does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct NotComputed {
    /// Its id among the [derived](crate::DERIVED) ones.
    pub id: &'static str,
    /// Why.
    pub reason: String,
}

/// A series with its change, trend, slope and test.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SeriesSummary {
    /// The series.
    pub series: Series,
    /// The change from the first to the last year with a count, then trend and Sen slope of each stretch without a break.
    pub estimates: Vec<Estimate>,
    /// The Mann–Kendall tests of the same stretches.
    pub tests: Vec<MannKendall>,
    /// What could not be computed.
    pub not_computed: Vec<NotComputed>,
}

impl Series {
    /// All computations at once: the change from the first to the last whole year with a count, and of each stretch
    /// without a break the trend, Sen's slope and the Mann–Kendall test.
    ///
    /// With [`TrendOptions::across_breaks`] the trend is that of the whole series; slope and test stay within stretches.
    /// What a series does not allow (too few years, ranges, no events) is listed with its reason.
    pub fn summary(&self, options: &TrendOptions) -> SeriesSummary {
        let mut summary =
            SeriesSummary { series: self.clone(), estimates: Vec::new(), tests: Vec::new(), not_computed: Vec::new() };
        let told = || self.points.iter().filter(|point| !point.count.is_missing());
        let mut whole = told().filter(|point| !point.partial || options.partial_years).map(|point| point.year);
        if let Some((first, last)) = whole.next().zip(whole.next_back()) {
            summary.add("rate-ratio", self.change_estimate(first, last, options.level));
        } else {
            let reason = format!("{}: a change needs two years with counts", self.name());
            summary.not_computed.push(NotComputed { id: "rate-ratio", reason });
        }
        let stretches = self.segments();
        if options.across_breaks {
            summary.add("trend", self.trend_estimate(options));
        } else {
            for stretch in &stretches {
                summary.add("trend", stretch.trend_estimate(options));
            }
        }
        for stretch in &stretches {
            summary.add("sen-slope", stretch.sen_slope_estimate(options.level));
            match stretch.mann_kendall() {
                Ok(test) => summary.tests.push(test),
                Err(error) => summary.refuse("mann-kendall", &error),
            }
        }
        summary
    }
}

impl SeriesSummary {
    fn add(&mut self, id: &'static str, estimate: Result<Estimate, IndicatorError>) {
        match estimate {
            Ok(estimate) => self.estimates.push(estimate),
            Err(error) => self.refuse(id, &error),
        }
    }

    fn refuse(&mut self, id: &'static str, error: &IndicatorError) {
        self.not_computed.push(NotComputed { id, reason: error.to_string() });
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BreakKind, Point, SeriesBreak};
    use super::*;
    use crate::Count;

    fn ids(summary: &SeriesSummary) -> (Vec<&str>, Vec<&str>) {
        let computed = summary.estimates.iter().map(|estimate| estimate.indicator.as_ref()).collect();
        (computed, summary.not_computed.iter().map(|left| left.id).collect())
    }

    fn series(counts: &[u64]) -> Series {
        Series::try_new("detected-victims", (2018..).zip(counts).map(|(year, &n)| Point::new(year, n))).unwrap()
    }

    #[test]
    fn a_whole_series_has_everything() {
        let summary = series(&[12, 15, 11, 18, 22, 25]).summary(&TrendOptions::default());
        assert_eq!(ids(&summary), (vec!["rate-ratio", "trend", "sen-slope"], vec![]));
        assert_eq!(summary.tests[0].years.to_string(), "2018/2023");
    }

    #[test]
    fn each_stretch_has_its_own_trend() {
        let broken = series(&[12, 15, 11, 18, 22, 25]).with_break(SeriesBreak::new(2021, BreakKind::Law, "a new law"));
        let summary = broken.summary(&TrendOptions::default());
        let periods: Vec<String> = summary.estimates.iter().map(|found| found.period.unwrap().to_string()).collect();
        assert_eq!(periods, ["2018/2023", "2018/2020", "2021/2023", "2018/2020", "2021/2023"]);
        let across = TrendOptions { across_breaks: true, ..TrendOptions::default() };
        let summary = broken.summary(&across);
        assert_eq!(ids(&summary), (vec!["rate-ratio", "trend", "sen-slope", "sen-slope"], vec![]));
    }

    #[test]
    fn what_is_not_computed_has_a_reason() {
        let summary = series(&[7]).summary(&TrendOptions::default());
        assert_eq!(ids(&summary), (vec![], vec!["rate-ratio", "trend", "sen-slope", "mann-kendall"]));
        let hidden = Count::Range { lo: 0, hi: 4 };
        let points = [Point::new(2018, 3), Point::new(2019, hidden), Point::new(2020, 9)];
        let summary = Series::try_new("detected-victims", points).unwrap().summary(&TrendOptions::default());
        assert_eq!(ids(&summary), (vec!["rate-ratio"], vec!["trend", "sen-slope", "mann-kendall"]));
        let reason = "series of `detected-victims`, year 2019: the count is a range; a trend needs numbers";
        assert_eq!(summary.not_computed[0].reason, reason);
    }
}
