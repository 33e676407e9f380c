//! Series made of the estimates of single years.

use super::{Edition, Point, Series};
use crate::estimate::{Attribution, Dimensions, Estimate, Filter, PopulationSource, Unit};
use crate::population::Persons;
use crate::{Count, IndicatorError};
use ctdata_model::CaseAttribute;
use std::collections::HashMap;

/// Estimates with the same of these belong to one series.
#[derive(PartialEq, Eq, Hash)]
struct Group<'a> {
    indicator: &'a str,
    dimensions: Dimensions,
    filters: &'a [Filter],
    attribution: Option<Attribution>,
}

impl Series {
    /// The series that yearly counts and rates make, one for each group, in the order of first appearance.
    ///
    /// The year is the coordinate `year` or `year_of_registration`, else the period if it is one year. A figure that was
    /// withheld or coarsened is a missing count. A series has residents if its figures are rates.
    ///
    /// # Errors
    /// A figure that is no count of persons or rate of persons: shares have no trend of counts. A figure of several
    /// years or of none; two figures of one group and year; populations of different sources or vintages in one series.
    pub fn from_estimates(estimates: &[Estimate]) -> Result<Vec<Self>, IndicatorError> {
        let mut places = HashMap::<Group<'_>, usize>::new();
        let mut found = Vec::<(&Estimate, Vec<Point>, Option<&PopulationSource>)>::new();
        for estimate in estimates {
            let refuse =
                |rule: &'static str| Err(IndicatorError::figures(format!("series of `{}`", estimate.indicator), rule));
            if !matches!(estimate.unit, Unit::Persons | Unit::Per100k) {
                return refuse("a series is made of counts or rates of persons, not of shares");
            }
            let Some(year) = year_of(estimate) else {
                return refuse("each figure is of one year: break the indicator down by year");
            };
            let group = Group {
                indicator: &estimate.indicator,
                dimensions: estimate.dimensions.iter().filter(|d| !is_year(&d.name)).cloned().collect(),
                filters: &estimate.filters,
                attribution: estimate.attribution,
            };
            let next = found.len();
            let place = *places.entry(group).or_insert(next);
            if place == next {
                found.push((estimate, Vec::new(), None));
            }
            let Some((_, points, source)) = found.get_mut(place) else {
                continue;
            };
            let mut point = Point::new(year, Count::from(estimate.numerator.filter(|_| !estimate.suppressed)));
            if let Some(population) = &estimate.population {
                let first = *source.get_or_insert(population);
                if (&first.source, &first.vintage) != (&population.source, &population.vintage) {
                    return refuse("populations of different sources or vintages do not make one series");
                }
                point.residents = Some(Persons::try_new(population.persons)?).filter(|p| p.per_100k().is_some());
            }
            points.push(point);
        }
        let series = found.into_iter().map(|(first, points, source)| {
            let mut series = Self::try_new(first.indicator.clone(), points)?;
            series.dimensions = first.dimensions.iter().filter(|d| !is_year(&d.name)).cloned().collect();
            series.filters.clone_from(&first.filters);
            series.population =
                source.map(|found| Edition { source: found.source.clone(), vintage: found.vintage.clone() });
            Ok(series)
        });
        series.collect()
    }
}

fn is_year(name: &str) -> bool {
    name == "year" || name == CaseAttribute::YearOfRegistration.name()
}

fn year_of(estimate: &Estimate) -> Option<u16> {
    match estimate.dimensions.iter().find(|dimension| is_year(&dimension.name)) {
        Some(dimension) => dimension.code.parse().ok(),
        None => estimate.period.filter(|years| years.first() == years.last()).map(crate::estimate::Years::first),
    }
}

#[cfg(test)]
mod tests {
    use super::super::TrendOptions;
    use super::*;
    use crate::estimate::{Dimension, NotAvailable, Years};
    use crate::interval::{Level, RateInterval, ShareInterval};

    fn of(country: &'static str, year: u16, count: u64, vintage: &'static str) -> Estimate {
        let residents = Persons::try_new(1e6).unwrap();
        let mut rate = Estimate::rate("victims-per-100k", count, residents, RateInterval::Garwood, Level::P95).unwrap();
        rate.population = Some(PopulationSource { source: "WPP".into(), vintage: vintage.into(), persons: 1e6 });
        rate.dimensions = [
            Dimension::new("country_of_exploitation", country, country),
            Dimension::new("year_of_registration", year.to_string(), year.to_string()),
        ]
        .into_iter()
        .collect();
        rate
    }

    #[test]
    fn each_group_is_a_series() {
        let counts = (2018..).zip([12, 15, 11, 18, 22, 25]);
        let mut estimates: Vec<Estimate> =
            counts.flat_map(|(year, n)| [of("KE", year, n, "2019"), of("UG", year, 7, "2019")]).collect();
        estimates.reverse();
        let series = Series::from_estimates(&estimates).unwrap();
        let countries: Vec<&str> =
            series.iter().filter_map(|s| s.dimensions().iter().next()).map(|d| d.code.as_ref()).collect();
        assert_eq!(countries, ["UG", "KE"]);
        assert_eq!(series[1].population().map(|edition| edition.vintage.as_ref()), Some("2019"));
        // The worked trend of the indicator notes.
        let trend = series[1].trend(&TrendOptions::default()).unwrap();
        assert!(trend.per_resident && (trend.percent_per_year - 17.014_506).abs() < 5e-7);
    }

    #[test]
    fn withheld_figures_are_missing_and_not_zero() {
        let mut withheld = Estimate::not_available("detected-victims", Unit::Persons, NotAvailable::Suppressed);
        withheld.period = Some(Years::single(2019));
        let mut rounded = Estimate::count("detected-victims", 10);
        (rounded.period, rounded.suppressed) = (Some(Years::single(2020)), true);
        let mut told = Estimate::count("detected-victims", 12);
        told.period = Some(Years::single(2021));
        let series = Series::from_estimates(&[withheld, rounded, told]).unwrap();
        let counts: Vec<Count> = series[0].points().iter().map(|point| point.count).collect();
        assert_eq!(counts, [Count::Missing, Count::Missing, Count::Exact(12)]);
    }

    #[test]
    fn what_makes_no_series_is_refused() {
        let refusal = |estimates: &[Estimate]| Series::from_estimates(estimates).unwrap_err().to_string();
        let share = Estimate::share("children", 1, 2, ShareInterval::Wilson, Level::P95).unwrap();
        assert!(refusal(&[share]).ends_with("not of shares"));
        let mut many = Estimate::count("detected-victims", 10);
        many.period = Some(Years::between(2019, 2020));
        assert!(refusal(&[many]).ends_with("break the indicator down by year"));
        let vintages = [of("KE", 2019, 1, "2019"), of("KE", 2020, 1, "2022")];
        assert!(refusal(&vintages).ends_with("do not make one series"));
        let twice = [of("KE", 2019, 1, "2019"), of("KE", 2019, 1, "2019")];
        assert_eq!(refusal(&twice), "series of `victims-per-100k`, year 2019: the year is given twice");
        assert!(Series::from_estimates(&[]).unwrap().is_empty());
    }
}
