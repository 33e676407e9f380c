//! Sums over the reporting countries of a region, their coverage, and the refusal to call a small part the whole.

use super::figure::{CountryFigure, Kind};
use super::places::{PlaceName, RegionLevel, Regions};
use crate::estimate::{Dimension, Estimate, NotAvailable, PopulationSource, Unit, Value, Years};
use crate::framework::DETECTION_NOT_PREVALENCE;
use crate::interval::{PROCESS_NOT_SAMPLING, as_f64};
use crate::population::{AgeGroup, Persons, Population, PopulationError, PopulationKey, PopulationSex};
use crate::request::PopBase;
use crate::sdg::{RateBounds, RateOptions, interval_of_range};
use crate::{Count, IndicatorError};
use ctdata_model::Country;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A year, a sex and an age group.
type Group = (u16, Option<PopulationSex>, AgeGroup);

/// How regional rates are made.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionalOptions {
    /// The level; SDG regions by default.
    pub level: RegionLevel,
    /// The share of the region's residents that must live in reporting countries, 0 to 1; one half by default.
    pub threshold: f64,
    /// The interval of the rates, and its level.
    pub rates: RateOptions,
    /// Which countries are in which region; M49 by default.
    pub regions: Regions,
}

impl Default for RegionalOptions {
    fn default() -> Self {
        Self { level: RegionLevel::default(), threshold: 0.5, rates: RateOptions::default(), regions: Regions::new() }
    }
}

/// Residents of regions, where the sum over the countries of a population table is not good enough. By code of the region
/// and group of residents.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionPopulation {
    source: Cow<'static, str>,
    vintage: Cow<'static, str>,
    persons: BTreeMap<(String, Group), f64>,
}

impl RegionPopulation {
    /// An empty table from a named publication and edition.
    pub fn new(source: impl Into<Cow<'static, str>>, vintage: impl Into<Cow<'static, str>>) -> Self {
        Self { source: source.into(), vintage: vintage.into(), persons: BTreeMap::new() }
    }

    /// Adds the residents of a region (its code: `202`) in a year, optionally of one sex and of some ages.
    ///
    /// # Errors
    /// [`IndicatorError::Population`] for a region, year and group given twice, whose first figure stays.
    pub fn insert(
        &mut self,
        region: impl Into<String>,
        year: u16,
        sex: Option<PopulationSex>,
        ages: AgeGroup,
        residents: impl Into<Persons>,
    ) -> Result<(), IndicatorError> {
        let key = (region.into(), (year, sex, ages));
        if self.persons.contains_key(&key) {
            return Err(IndicatorError::Figures {
                what: format!("residents of region {} in {year}", key.0),
                rule: "a group of residents is given once".into(),
            });
        }
        self.persons.insert(key, residents.into().get());
        Ok(())
    }
}

/// The rate of a region, or of those of its countries that report.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RegionalRate {
    /// The level.
    pub level: RegionLevel,
    /// The code of the region: three digits of M49, or the code of a group.
    pub code: Cow<'static, str>,
    /// Its name.
    pub label: Cow<'static, str>,
    /// The year.
    pub year: u16,
    /// The victims of the reporting countries.
    pub count: Count,
    /// What their rate can be: both bounds are the same unless the count is a range.
    pub bounds: Option<RateBounds>,
    /// Countries that report and whose population is known.
    pub reporting: usize,
    /// Countries that report, left out since their population is not known.
    pub without_population: usize,
    /// Countries of the region whose population is not known, reporting or not: the coverage takes them for empty.
    pub members_without_population: usize,
    /// Population of the reporting countries over that of the region, 0 to 1.
    pub coverage: f64,
    /// Whether that reaches the threshold. If not, the figure has no value.
    pub is_regional: bool,
    /// The figure, with numerator, base and coverage in any case.
    pub estimate: Estimate,
}

/// The rates of all regions of a level that at least one country reports for, by indicator, year and breakdown.
///
/// The counts may be in ranges; missing ones are of countries that do not report. Sums of protected counts can undo
/// the protection, so protect regional tables together with those of countries, or give protected counts as ranges or
/// missing.
///
/// # Errors
/// [`IndicatorError::Figures`] for a country given twice, a threshold outside 0 to 1, a region population of another
/// vintage, or sums that leave the integers; [`IndicatorError::Interval`] for counts of more than 2⁴⁰.
pub fn regional_rates(
    figures: &[CountryFigure],
    population: &Population,
    of_regions: Option<&RegionPopulation>,
    options: &RegionalOptions,
) -> Result<Vec<RegionalRate>, IndicatorError> {
    if !(0.0..=1.0).contains(&options.threshold) {
        return Err(refuse("threshold of coverage".to_owned(), "a share of the population from 0 to 1"));
    }
    let other = of_regions.filter(|of| of.source != population.source() || of.vintage != population.vintage());
    if other.is_some() {
        return Err(refuse(
            "residents of regions".to_owned(),
            "they come from the publication and edition of the residents of countries",
        ));
    }
    let mut kinds = BTreeMap::<Kind, BTreeMap<Country, &CountryFigure>>::new();
    for figure in figures {
        let of_kind = kinds.entry(figure.kind()).or_default();
        if of_kind.insert(figure.residents.country, figure).is_some() {
            return Err(refuse(format!("figures of {}", figure.residents), "a country is given once"));
        }
    }
    let mut aggregate =
        Aggregate { population, of_regions, options, members: members(options), totals: BTreeMap::new() };
    let mut rates = Vec::new();
    for figures in kinds.values() {
        for (name, countries) in aggregate.members.clone() {
            let of_region: Vec<&CountryFigure> =
                countries.iter().filter_map(|country| figures.get(country).copied()).collect();
            rates.extend(aggregate.rate(&name, &countries, &of_region)?);
        }
    }
    Ok(rates)
}

fn refuse(what: String, rule: &'static str) -> IndicatorError {
    IndicatorError::Figures { what, rule: rule.into() }
}

/// The countries of each region of the level.
fn members(options: &RegionalOptions) -> Vec<(PlaceName, BTreeSet<Country>)> {
    let mut members: Vec<(PlaceName, BTreeSet<Country>)> =
        options.regions.places(options.level).into_iter().map(|name| (name, BTreeSet::new())).collect();
    for &country in Country::ALL {
        for code in options.regions.of(country, options.level) {
            if let Some((_, countries)) = members.iter_mut().find(|((known, _), _)| known == code) {
                countries.insert(country);
            }
        }
    }
    members
}

/// The residents of a region, and how many of its countries have none that are known.
#[derive(Debug, Clone, Copy)]
struct Residents {
    persons: f64,
    unknown: usize,
}

struct Aggregate<'a> {
    population: &'a Population,
    of_regions: Option<&'a RegionPopulation>,
    options: &'a RegionalOptions,
    members: Vec<(PlaceName, BTreeSet<Country>)>,
    /// Residents of regions that were added up already.
    totals: BTreeMap<(String, Group), Residents>,
}

impl Aggregate<'_> {
    fn rate(
        &mut self,
        name: &PlaceName,
        countries: &BTreeSet<Country>,
        figures: &[&CountryFigure],
    ) -> Result<Option<RegionalRate>, IndicatorError> {
        let mut sum = Sum::default();
        for figure in figures {
            sum.add(figure, self.population)?;
        }
        let Some(first) = figures.first().filter(|_| sum.reporting > 0) else {
            return Ok(None);
        };
        let region = self.residents(&name.0, countries, first.residents);
        let coverage = if region.persons > 0.0 { (sum.persons / region.persons).min(1.0) } else { 0.0 };
        let is_regional = coverage >= self.options.threshold;
        let residents = Persons::try_new(sum.persons)?;
        let count = Count::between(sum.lo, sum.hi);
        let mut estimate = self.describe(name, first, &sum, region);
        estimate.numerator = count.exact();
        estimate.base = Some(residents.rounded());
        estimate.coverage = Some(coverage);
        let mut bounds = None;
        match residents.per_100k() {
            _ if !is_regional => {
                estimate.value = Value::NotAvailable(NotAvailable::LowCoverage);
                estimate.notes.push(
                    "numerator and base are those of the reporting countries: too few residents for a figure of the region"
                        .into(),
                );
            }
            None => estimate.value = Value::NotAvailable(NotAvailable::EmptyBase),
            Some(factor) => {
                let (low, high) = (as_f64(sum.lo) * factor, as_f64(sum.hi) * factor);
                bounds = Some(RateBounds { low, high });
                estimate.interval = Some(interval_of_range(sum.lo, sum.hi, &self.options.rates)?.scaled(factor)?);
                if sum.lo == sum.hi {
                    estimate.value = Value::from(low);
                } else {
                    estimate.value = Value::NotAvailable(NotAvailable::Suppressed);
                    estimate.suppressed = true;
                    estimate.notes.push("some counts are published as ranges, and so is their sum".into());
                }
            }
        }
        Ok(Some(RegionalRate {
            level: self.options.level,
            code: name.0.clone(),
            label: name.1.clone(),
            year: first.residents.year,
            count,
            bounds,
            reporting: sum.reporting,
            without_population: sum.without_population,
            members_without_population: region.unknown,
            coverage,
            is_regional,
            estimate,
        }))
    }

    /// What is known before any number is.
    fn describe(&self, name: &PlaceName, figure: &CountryFigure, sum: &Sum, region: Residents) -> Estimate {
        let mut estimate =
            Estimate::not_available(figure.indicator.clone(), Unit::Per100k, NotAvailable::PopulationMissing);
        let year = figure.residents.year;
        let place = Dimension::new(self.options.level.code(), name.0.clone(), name.1.clone());
        let of_year = Dimension::new("year", year.to_string(), year.to_string());
        estimate.code.clone_from(&figure.code);
        estimate.dimensions = [place, of_year].into_iter().chain(figure.coordinates.iter().cloned()).collect();
        estimate.filters.clone_from(&figure.filters);
        estimate.attribution = figure.attribution;
        estimate.period = Some(Years::single(year));
        let own = figure.residents.sex.is_some() || figure.residents.ages != AgeGroup::ALL;
        estimate.population_base = Some(if own { PopBase::Own } else { PopBase::Total });
        estimate.population = Some(PopulationSource {
            source: self.population.source().to_owned().into(),
            vintage: self.population.vintage().to_owned().into(),
            persons: sum.persons,
        });
        estimate.notes = vec![DETECTION_NOT_PREVALENCE.into(), PROCESS_NOT_SAMPLING.into()];
        estimate.notes.push(format!("countries and areas that report: {}", sum.reporting).into());
        if sum.without_population > 0 {
            let left_out =
                format!("reporting countries left out, their population not being known: {}", sum.without_population);
            estimate.notes.push(left_out.into());
        }
        if region.unknown > 0 {
            let unknown = format!(
                "countries and areas of the region without a population figure, not in its coverage: {}",
                region.unknown
            );
            estimate.notes.push(unknown.into());
        }
        estimate
            .notes
            .extend(sum.interpolated.then(|| "population of some countries interpolated geometrically".into()));
        estimate.notes.extend(sum.approximate.then(|| {
            "population of some countries approximated by dividing age groups in proportion to their years".into()
        }));
        estimate
    }

    /// The residents of a region: as given, or added up over its countries.
    fn residents(&mut self, code: &str, countries: &BTreeSet<Country>, key: PopulationKey) -> Residents {
        let group = (code.to_owned(), (key.year, key.sex, key.ages));
        if let Some(&persons) = self.of_regions.and_then(|of| of.persons.get(&group)) {
            return Residents { persons, unknown: 0 };
        }
        let population = self.population;
        *self.totals.entry(group).or_insert_with(|| {
            let mut total = Residents { persons: 0.0, unknown: 0 };
            for &country in countries {
                match population.denominator(PopulationKey { country, ..key }) {
                    Some(found) => total.persons += found.persons.get(),
                    None => total.unknown += 1,
                }
            }
            total
        })
    }
}

/// Counts and residents of the reporting countries.
#[derive(Debug, Default)]
struct Sum {
    lo: u64,
    hi: u64,
    persons: f64,
    reporting: usize,
    without_population: usize,
    interpolated: bool,
    approximate: bool,
}

impl Sum {
    fn add(&mut self, figure: &CountryFigure, population: &Population) -> Result<(), IndicatorError> {
        let Some((lo, hi)) = figure.count.bounds() else {
            return Ok(());
        };
        let Some(residents) = population.denominator(figure.residents) else {
            self.without_population += 1;
            return Ok(());
        };
        let sums = self.lo.checked_add(lo).zip(self.hi.checked_add(hi)).filter(|_| lo <= hi);
        let rule = "ranges are in order, and their sum is a count";
        (self.lo, self.hi) = sums.ok_or_else(|| refuse(format!("count of {}", figure.residents), rule))?;
        self.persons += residents.persons.get();
        self.reporting += 1;
        self.interpolated |= residents.interpolated.is_some();
        self.approximate |= residents.approximate;
        if self.persons.is_finite() { Ok(()) } else { Err(PopulationError::Figure.into()) }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
