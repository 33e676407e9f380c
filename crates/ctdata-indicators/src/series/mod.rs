//! Series over years: change, trend, breaks, contributors and vintages.
//!
//! | question | where |
//! |---|---|
//! | how did a count or rate change between two years? | [`Series::change`], [`rate_ratio`] |
//! | how much does it change each year? | [`Series::trend`] (Poisson and quasi-Poisson) |
//! | the same without a model? | [`Series::sen_slope`], [`Series::mann_kendall`] |
//! | all of these at once? | [`Series::summary`] |
//! | what when the law or the form changed? | [`SeriesBreak`], [`Series::segments`] |
//! | what when other organizations contribute each year? | [`constant_contributors`] |
//! | what did a new edition revise? | [`Series::revisions`] |
//!
//! A year that is not in a series is missing, not zero. Counts that are ranges (`<5`) give bounds where bounds can be
//! given and are refused elsewhere; they are never replaced by a midpoint. All of it describes detection: a rise may
//! mean better identification.
//!
//! A ratio and one of its counts give away the other, so that what is to be published is computed from the figures that
//! are published, after protection, and not from confidential ones: a withheld figure is a missing count.

mod breaks;
mod change;
mod contributors;
mod from_estimates;
mod mann_kendall;
mod ratio;
mod revisions;
mod sen;
mod summary;
mod trend;

use crate::estimate::{Dimensions, Filter};
use crate::interval::as_f64;
use crate::population::Persons;
use crate::{Count, IndicatorError};
use std::borrow::Cow;

pub use breaks::{BreakKind, SeriesBreak};
pub use change::Change;
pub use contributors::{ConstantContributors, constant_contributors};
pub use mann_kendall::MannKendall;
pub use ratio::{Events, RateRatio, rate_ratio};
pub use revisions::Revision;
pub use sen::SenSlope;
pub use summary::{NotComputed, SeriesSummary};
pub use trend::{Trend, TrendOptions};

/// What every series of detections needs beside it.
pub const DETECTION: &str = "detected victims: a rise may mean better identification, not more trafficking";

/// One year of a [`Series`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Point {
    /// The calendar year.
    pub year: u16,
    /// What was counted in it.
    pub count: Count,
    /// The residents among whom, if a rate is meant.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub residents: Option<Persons>,
    /// Whether the count covers a part of the year only, as when a mechanism began during it.
    pub partial: bool,
}

impl Point {
    /// A whole year, without a population.
    pub fn new(year: u16, count: impl Into<Count>) -> Self {
        Self { year, count: count.into(), residents: None, partial: false }
    }

    /// The same among residents.
    #[must_use]
    pub fn among(self, residents: Persons) -> Self {
        Self { residents: Some(residents), ..self }
    }

    /// The same as a part of the year.
    #[must_use]
    pub fn partial(self) -> Self {
        Self { partial: true, ..self }
    }

    fn events(&self) -> Events {
        Events { count: self.count, residents: self.residents }
    }

    /// The rate per 100,000 residents, or the count without a population; `None` unless it is one number.
    pub fn value(&self) -> Option<f64> {
        let count = as_f64(self.count.exact()?);
        match self.residents {
            None => Some(count),
            Some(residents) => residents.per_100k().map(|factor| count * factor),
        }
    }
}

/// The edition of a publication.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Edition {
    /// The publication.
    pub source: Cow<'static, str>,
    /// Its vintage.
    pub vintage: Cow<'static, str>,
}

/// What one indicator was in the years of one group, from one vintage of its source.
///
/// ```
/// use ctdata_indicators::series::{Point, Series, TrendOptions};
///
/// let counts = [12, 15, 11, 18, 22, 25];
/// let series = Series::try_new("detected-victims", (2018..).zip(counts).map(|(year, n)| Point::new(year, n)))?;
/// let trend = series.trend(&TrendOptions::default())?;
/// assert!((trend.percent_per_year - 17.014506).abs() < 5e-7);
/// assert!(trend.dispersion < 1.0); // so that the Poisson interval stands
/// # Ok::<(), ctdata_indicators::IndicatorError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Series {
    indicator: Cow<'static, str>,
    #[cfg_attr(feature = "serde", serde(flatten))]
    dimensions: Dimensions,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    filters: Vec<Filter>,
    points: Vec<Point>,
    breaks: Vec<SeriesBreak>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    vintage: Option<Cow<'static, str>>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    population: Option<Edition>,
}

impl Series {
    /// A series of an indicator, its years in any order.
    ///
    /// # Errors
    /// A year that is given twice, or a year whose residents are none.
    pub fn try_new(
        indicator: impl Into<Cow<'static, str>>,
        points: impl IntoIterator<Item = Point>,
    ) -> Result<Self, IndicatorError> {
        let indicator = indicator.into();
        let mut points: Vec<Point> = points.into_iter().collect();
        points.sort_by_key(|point| point.year);
        let refuse = |year: u16, rule: &'static str| {
            Err(IndicatorError::figures(format!("series of `{indicator}`, year {year}"), rule))
        };
        if let Some(twice) = points.windows(2).find_map(|pair| match pair {
            [one, other] if one.year == other.year => Some(one.year),
            _ => None,
        }) {
            return refuse(twice, "the year is given twice");
        }
        if let Some(empty) = points.iter().find(|p| p.residents.is_some_and(|residents| residents.per_100k().is_none()))
        {
            return refuse(empty.year, "a rate needs residents");
        }
        Ok(Self {
            indicator,
            dimensions: Dimensions::default(),
            filters: Vec::new(),
            points,
            breaks: Vec::new(),
            vintage: None,
            population: None,
        })
    }

    /// The same series of a group: its coordinates without the year.
    #[must_use]
    pub fn of(mut self, dimensions: Dimensions) -> Self {
        self.dimensions = dimensions;
        self
    }

    /// The same series from a named vintage of its source.
    #[must_use]
    pub fn with_vintage(mut self, vintage: impl Into<Cow<'static, str>>) -> Self {
        self.vintage = Some(vintage.into());
        self
    }

    /// The same series with a break.
    #[must_use]
    pub fn with_break(mut self, at: SeriesBreak) -> Self {
        self.breaks.push(at);
        self.breaks.sort_by_key(|at| at.year);
        self
    }

    /// The same series with the year marked as a part of a year only, if it has the year.
    #[must_use]
    pub fn with_partial(mut self, year: u16) -> Self {
        for point in self.points.iter_mut().filter(|point| point.year == year) {
            point.partial = true;
        }
        self
    }

    /// The indicator's id.
    pub fn indicator(&self) -> &str {
        &self.indicator
    }

    /// The coordinates of the group, without the year.
    pub fn dimensions(&self) -> &Dimensions {
        &self.dimensions
    }

    /// The conditions that all counted cases meet.
    pub fn filters(&self) -> &[Filter] {
        &self.filters
    }

    /// The years, in order.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The breaks, in order.
    pub fn breaks(&self) -> &[SeriesBreak] {
        &self.breaks
    }

    /// The vintage of the source, if it is known.
    pub fn vintage(&self) -> Option<&str> {
        self.vintage.as_deref()
    }

    /// The edition of the population figures, if the residents came with one.
    pub fn population(&self) -> Option<&Edition> {
        self.population.as_ref()
    }

    /// The point of a year.
    pub fn year(&self, year: u16) -> Option<&Point> {
        self.points.binary_search_by_key(&year, |point| point.year).ok().and_then(|at| self.points.get(at))
    }

    /// Both series in one.
    ///
    /// # Errors
    /// They are about different things or come from different vintages of the source or the population: two snapshots
    /// are never mixed. A year is in both.
    pub fn joined(&self, other: &Self) -> Result<Self, IndicatorError> {
        let refuse = |rule: &'static str| Err(IndicatorError::figures(self.name(), rule));
        if (&self.indicator, &self.dimensions, &self.filters) != (&other.indicator, &other.dimensions, &other.filters) {
            return refuse("only series about the same thing are joined");
        }
        if (&self.vintage, &self.population) != (&other.vintage, &other.population) {
            return refuse("series of different vintages are not joined");
        }
        let points = self.points.iter().chain(&other.points).copied();
        let mut joined = Self::try_new(self.indicator.clone(), points)?;
        joined.breaks.clone_from(&self.breaks);
        joined.breaks.extend(other.breaks.iter().filter(|at| !self.breaks.contains(at)).cloned());
        joined.breaks.sort_by_key(|at| at.year);
        joined.filters.clone_from(&self.filters);
        joined.vintage.clone_from(&self.vintage);
        joined.population.clone_from(&self.population);
        Ok(joined.of(self.dimensions.clone()))
    }

    /// How errors call it.
    fn name(&self) -> String {
        format!("series of `{}`", self.indicator)
    }

    /// How errors call a year of it.
    fn name_of(&self, year: u16) -> String {
        format!("series of `{}`, year {year}", self.indicator)
    }

    /// The same description without any years.
    fn with_points(&self, points: Vec<Point>) -> Self {
        Self { points, ..self.clone() }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    /// SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, 2014): random numbers that are the same everywhere.
    pub(crate) struct Dice(u64);

    impl Dice {
        pub(crate) fn new(seed: u64) -> Self {
            Self(seed)
        }

        /// In (0, 1].
        fn uniform(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            super::as_f64(((z ^ (z >> 31)) >> 11) + 1) / super::as_f64(1 << 53)
        }

        /// Arrivals in a time of `mean`, one exponential waiting time after the other.
        pub(crate) fn poisson(&mut self, mean: f64) -> u64 {
            let (mut time, mut count) = (-self.uniform().ln(), 0);
            while time <= mean {
                time -= self.uniform().ln();
                count += 1;
            }
            count
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Dimension;

    fn series(points: impl IntoIterator<Item = Point>) -> Series {
        Series::try_new("detected-victims", points).unwrap()
    }

    #[test]
    fn years_stand_in_order_and_once() {
        let years: Vec<u16> =
            series([2020, 2018, 2019].map(|year| Point::new(year, 1))).points().iter().map(|p| p.year).collect();
        assert_eq!(years, [2018, 2019, 2020]);
        let twice = Series::try_new("detected-victims", [2018, 2018].map(|year| Point::new(year, 1)));
        assert_eq!(twice.unwrap_err().to_string(), "series of `detected-victims`, year 2018: the year is given twice");
        let nobody = Point::new(2018, 1).among(Persons::try_new(0.0).unwrap());
        let message = Series::try_new("detected-victims", [nobody]).unwrap_err().to_string();
        assert_eq!(message, "series of `detected-victims`, year 2018: a rate needs residents");
    }

    #[test]
    fn only_one_vintage_of_one_thing_is_joined() {
        let (early, late) = (series([Point::new(2018, 1)]), series([Point::new(2019, 2)]));
        let at = SeriesBreak::new(2019, BreakKind::Law, "a new law");
        let joined = early.clone().with_break(at.clone()).joined(&late.clone().with_break(at)).unwrap();
        assert_eq!((joined.points().len(), joined.breaks().len()), (2, 1));
        assert_eq!(joined.year(2019), Some(&Point::new(2019, 2)));
        assert_eq!(joined.year(2020), None);
        for (other, rule) in [
            (late.clone().with_vintage("2022"), "series of different vintages are not joined"),
            (early.clone(), "the year is given twice"),
            (
                late.of([Dimension::new("sex", "female", "Female")].into_iter().collect()),
                "only series about the same thing are joined",
            ),
        ] {
            assert!(early.joined(&other).unwrap_err().to_string().ends_with(rule));
        }
    }

    #[test]
    fn the_value_is_a_rate_where_residents_are_known() {
        let point = Point::new(2018, 5).among(Persons::try_new(2_727_000.0).unwrap());
        assert!((point.value().unwrap() - 0.183_352).abs() < 5e-7);
        assert_eq!(Point::new(2018, Count::Range { lo: 0, hi: 4 }).value(), None);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn the_stored_form_is_stable() {
        let series = series([Point::new(2009, 303).partial(), Point::new(2010, Count::Range { lo: 0, hi: 4 })])
            .with_vintage("2022-05")
            .with_break(SeriesBreak::new(2010, BreakKind::Mechanism, "referral mechanism"));
        let text = concat!(
            r#"{"indicator":"detected-victims","dimensions":{},"#,
            r#""points":[{"year":2009,"count":303,"partial":true},{"year":2010,"count":{"lo":0,"hi":4},"partial":false}],"#,
            r#""breaks":[{"year":2010,"kind":"mechanism","reason":"referral mechanism"}],"vintage":"2022-05"}"#
        );
        assert_eq!(serde_json::to_string(&series).unwrap(), text);
    }
}
