//! Figures made of figures: sums over regions, changes and trends.

use std::collections::BTreeMap;

use ctdata::indicators::estimate::Unit;
use ctdata::indicators::region_aggregate::{CountryFigure, RegionLevel, RegionalOptions, regional_rates};
use ctdata::indicators::sdg::RateOptions;
use ctdata::indicators::series::{Series, TrendOptions};
use ctdata::indicators::{Estimate, Population, Request};

use crate::args::IndicatorsOptions;
use crate::failure::Failure;
use crate::session::Session;

/// What is asked for besides the figures themselves.
pub(super) struct Derivation {
    regions: Option<RegionLevel>,
    coverage: f64,
    trend: bool,
}

impl Derivation {
    pub(super) fn try_new(options: &IndicatorsOptions) -> Result<Self, Failure> {
        let regions = options.regions.as_deref().map(str::parse).transpose();
        if !(0.0..=1.0).contains(&options.coverage) {
            return Err(Failure::usage("--coverage is a share of residents, from 0 to 1"));
        }
        Ok(Self {
            regions: regions.map_err(|error| Failure::usage(format!("--regions: {error}")))?,
            coverage: options.coverage,
            trend: options.trend,
        })
    }

    /// The figures made of these.
    pub(super) fn of(
        &self,
        figures: &[Estimate],
        request: &Request,
        population: Option<&Population>,
        session: &Session,
    ) -> Result<Vec<Estimate>, Failure> {
        let mut derived = Vec::new();
        if let (Some(level), Some(population)) = (self.regions, population) {
            derived.extend(regions(level, self.coverage, figures, request, population, session)?);
        }
        if self.trend {
            derived.extend(trends(figures, request, session)?);
        }
        Ok(derived)
    }
}

fn is_of_countries(estimate: &Estimate) -> bool {
    estimate.unit == Unit::Per100k
        && ["country", "citizenship"].iter().any(|name| estimate.dimensions.get(name).is_some())
}

fn regions(
    level: RegionLevel,
    threshold: f64,
    observations: &[Estimate],
    request: &Request,
    population: &Population,
    session: &Session,
) -> Result<Vec<Estimate>, Failure> {
    let figures: Vec<CountryFigure> = observations
        .iter()
        .filter(|estimate| is_of_countries(estimate))
        .map(CountryFigure::from_estimate)
        .collect::<Result<_, _>>()?;
    if figures.is_empty() {
        session.remark("note: --regions: there is no rate of a country");
    }
    let rates = RateOptions { interval: request.rate_interval, level: request.level, ..RateOptions::default() };
    let options = RegionalOptions { level, threshold, rates, ..RegionalOptions::default() };
    Ok(regional_rates(&figures, population, None, &options)?.into_iter().map(|rate| rate.estimate).collect())
}

fn trends(observations: &[Estimate], request: &Request, session: &Session) -> Result<Vec<Estimate>, Failure> {
    let yearly: Vec<Estimate> = observations
        .iter()
        .filter(|estimate| matches!(estimate.unit, Unit::Persons | Unit::Per100k))
        .filter(|estimate| estimate.period.is_some_and(|years| years.first() == years.last()))
        .cloned()
        .collect();
    if yearly.is_empty() {
        session.remark("note: --trend: there is no yearly count or rate; shares have no trend of counts");
    }
    let options = TrendOptions { level: request.level, ..TrendOptions::default() };
    let counted = |series: u64| if series == 1 { "one series".to_owned() } else { format!("{series} series") };
    let mut lacking = BTreeMap::<String, u64>::new();
    let mut derived = Vec::new();
    for series in Series::from_estimates(&yearly)? {
        let summary = series.summary(&options);
        for reason in &summary.not_computed {
            *lacking.entry(format!("{}: {}", reason.id, reason.reason)).or_default() += 1;
        }
        derived.extend(summary.estimates);
    }
    for (reason, series) in lacking {
        session.remark(format!("note: --trend: not computed of {}: {reason}", counted(series)));
    }
    Ok(derived)
}
