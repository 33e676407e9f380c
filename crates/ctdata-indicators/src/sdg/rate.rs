//! SDG 16.2.2: detected victims of human trafficking per 100,000 population.
//!
//! The detected part only; each country and year with records, and none without: a country-year
//! without any record is missing, not zero. By sex and age a rate is over the residents of that sex
//! and age; by form of exploitation and anything else it is over all residents.
//!
//! # Sources
//! SDG metadata sheet of 16.2.2, update of 31 March 2023. The country of a victim is that of
//! detection; CTDC's country of exploitation, its nearest column, stands for it.

use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::{Attribution, Dimension, Estimate, NotAvailable, Unit};
use crate::population::{AgeGroup, Denominator, Population, PopulationKey, PopulationSex};
use crate::profile::{Counted, Frame};
use crate::request::{Dim, Scope};
use ctdata_model::{AgeBand, CaseAttribute, Country, Gender};
use ctdata_table::{CountTable, Variable};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

const DETECTION: &str = "country of detection: the file's country of exploitation stands for it";
const TOTAL_POPULATION: &str =
    "over the total population: breakdowns other than sex and age have no population of their own";
const WITHOUT_PLACE: &str = "unknown: persons whose country or year is not recorded, in the whole file";

/// The table by country and year, and the same broken down.
pub(crate) fn tables(frame: &Frame<'_>, scope: &Scope<'_>) -> Result<Vec<TableSpec>, IndicatorError> {
    let [country, year] = frame.place_and_year();
    let measured = [scope.variable(&country)?, scope.variable(&year)?];
    for attribute in measured.iter().map(Variable::name) {
        let attribute = scope.schema.attribute(attribute)?;
        if attribute.name() == CaseAttribute::YearOfRegistration.name() {
            if attribute.domain().labels().any(|label| label.parse::<u16>().is_err()) {
                return Err(frame.refuse(format!("attribute `{}` does not hold years", attribute.name())));
            }
        } else {
            scope.countries(attribute)?;
        }
    }
    let mut specs = vec![whole(frame)?.spec(scope, &role(frame), measured.clone())?];
    if !frame.by.is_empty() {
        specs.push(frame.spec(scope, &role(frame), measured)?);
    }
    Ok(specs)
}

fn role(frame: &Frame<'_>) -> String {
    let [country, _] = frame.place_and_year();
    format!("{}-and-year", country.name())
}

/// The same request without its breakdown.
fn whole<'a>(frame: &Frame<'a>) -> Result<Frame<'a>, IndicatorError> {
    let mut whole = Frame::try_new(frame.definition, frame.request)?;
    whole.by.clear();
    Ok(whole)
}

/// The rate of every country and year with records.
pub(crate) fn estimates(
    frame: &Frame<'_>,
    tables: &[CountTable],
    population: Option<&Population>,
) -> Result<Vec<Estimate>, IndicatorError> {
    let all = whole(frame)?.table(tables, &role(frame), 2)?;
    // A zero is known of the places and years that were asked for, of no others.
    let of_place: Vec<bool> = frame.filters.iter().map(|(dim, _)| is_of_place_or_year(frame, dim)).collect();
    let present: BTreeSet<&[u16]> = all.counted_where(&of_place).filter(|place| recorded(&all, place)).collect();
    let without_place: u64 = all
        .cells()
        .filter(|(selected, _, place, _)| *selected && !recorded(&all, place))
        .map(|(.., count)| count)
        .sum();
    let counted = if frame.by.is_empty() { all } else { frame.table(tables, &role(frame), 2)? };
    let groups: BTreeSet<&[u16]> =
        counted.cells().map(|(_, by, ..)| by).filter(|by| !counted.any_missing(by)).collect();
    let mut counts = BTreeMap::<(&[u16], &[u16]), u64>::new();
    let mut unknown = BTreeMap::<&[u16], u64>::new();
    for (_, by, place, count) in counted.cells().filter(|(selected, ..)| *selected) {
        *if counted.any_missing(by) {
            unknown.entry(place).or_default()
        } else {
            counts.entry((place, by)).or_default()
        } += count;
    }
    let rates = Rates { frame, counted, population, notes: notes(frame) };
    let mut estimates = Vec::with_capacity(present.len() * groups.len());
    for &place in &present {
        for &by in &groups {
            let count = counts.get(&(place, by)).copied().unwrap_or(0);
            let unknown = match frame.by.as_slice() {
                [] => Some(without_place),
                by if by.iter().any(Dim::is_multiple) => None,
                _ => Some(unknown.get(place).copied().unwrap_or(0)),
            };
            estimates.push(rates.estimate(place, by, count, unknown)?);
        }
    }
    Ok(estimates)
}

fn recorded(counted: &Counted<'_>, place: &[u16]) -> bool {
    (0..)
        .zip(place)
        .all(|(index, &position)| counted.dimension(index).is_some_and(|dimension| !dimension.is_missing(position)))
}

/// Whether a dimension tells countries or years of the rate apart.
fn is_of_place_or_year(frame: &Frame<'_>, dim: &Dim) -> bool {
    let [country, year] = frame.place_and_year();
    *dim == year || (dim.of_place().is_some() && dim.of_place() == country.of_place())
}

fn is_demographic(dim: &Dim) -> bool {
    matches!(dim, Dim::Child | Dim::Attribute(CaseAttribute::Gender | CaseAttribute::AgeBand))
}

fn notes(frame: &Frame<'_>) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if frame.attribution() == Attribution::Detection {
        notes.push(DETECTION);
    }
    let place_and_year = frame.place_and_year();
    let mut dims = frame.by.iter().chain(frame.filters.iter().map(|(dim, _)| dim));
    if dims.any(|dim| !is_demographic(dim) && !place_and_year.contains(dim)) {
        notes.push(TOTAL_POPULATION);
    }
    if frame.by.is_empty() {
        notes.push(WITHOUT_PLACE);
    }
    notes
}

struct Rates<'f, 'a, 't> {
    frame: &'f Frame<'a>,
    counted: Counted<'t>,
    population: Option<&'f Population>,
    notes: Vec<&'static str>,
}

impl Rates<'_, '_, '_> {
    fn estimate(
        &self,
        place: &[u16],
        by: &[u16],
        count: u64,
        unknown: Option<u64>,
    ) -> Result<Estimate, IndicatorError> {
        let dims = self.frame.place_and_year();
        let measured = dims.iter().zip(place).enumerate();
        let measured: Vec<Dimension> =
            measured.map(|(index, (dim, &position))| self.counted.counted(index, dim, position)).collect();
        let mut described =
            Estimate::not_available(self.frame.definition.id, Unit::Per100k, NotAvailable::PopulationMissing);
        described.notes.extend(self.notes.iter().copied().map(Cow::Borrowed));
        self.frame.describe(&mut described, &self.counted, by, measured);
        // Country and year first.
        let (of_place, of_breakdown): (Vec<_>, Vec<_>) =
            described.dimensions.iter().cloned().partition(|d| dims.iter().any(|dim| dim.name() == d.name));
        described.dimensions = of_place.into_iter().chain(of_breakdown).collect();
        described.numerator = Some(count);
        described.unknown = unknown;
        let Some((population, residents)) = self.residents(&described) else {
            return Ok(described);
        };
        let request = self.frame.request;
        let rate = Estimate::rate(
            described.indicator.clone(),
            count,
            residents.persons,
            request.rate_interval,
            request.level,
        )?;
        described.notes.extend(residents.notes());
        Ok(Estimate {
            value: rate.value,
            base: rate.base,
            interval: rate.interval,
            population: Some(population.source_of(&residents)),
            ..described
        })
    }

    /// The residents of the group that an estimate is about.
    fn residents(&self, estimate: &Estimate) -> Option<(&Population, Denominator)> {
        let population = self.population?;
        let [country, year] = self.frame.place_and_year().map(|dim| estimate.dimensions.get(&dim.name()));
        let mut key = PopulationKey::total(country?.code.parse::<Country>().ok()?, year?.code.parse().ok()?);
        for dim in self.frame.by.iter().filter(|dim| is_demographic(dim)) {
            key = of_group(key, dim, &estimate.dimensions.get(&dim.name())?.code)?;
        }
        for ((dim, _), filter) in self.frame.filters.iter().zip(&estimate.filters) {
            if is_demographic(dim) && !self.frame.by.contains(dim) {
                let [code] = filter.codes.as_slice() else {
                    return None;
                };
                key = of_group(key, dim, code)?;
            }
        }
        Some((population, population.denominator(key)?))
    }
}

/// The residents of one category of sex or age; none if populations are not divided that way.
fn of_group(key: PopulationKey, dim: &Dim, code: &str) -> Option<PopulationKey> {
    if matches!(dim, Dim::Attribute(CaseAttribute::Gender)) {
        return match code.parse().ok()? {
            Gender::Female => Some(key.of_sex(PopulationSex::Female)),
            Gender::Male => Some(key.of_sex(PopulationSex::Male)),
            _ => None,
        };
    }
    let ages = match (dim, code) {
        (Dim::Child, "child") => AgeGroup::UNDER_18,
        (Dim::Child, "adult") => AgeGroup::ADULTS,
        _ => {
            let band: AgeBand = code.parse().ok()?;
            match band.upper() {
                Some(upper) => AgeGroup::try_new(band.lower(), upper).ok()?,
                None => AgeGroup::and_over(band.lower()),
            }
        }
    };
    // Two conditions on age have no population of their own.
    (key.ages == AgeGroup::ALL).then(|| key.of_ages(ages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sex_and_age_have_residents_of_their_own() {
        let key = PopulationKey::total("KEN".parse().unwrap(), 2019);
        let sex = Dim::Attribute(CaseAttribute::Gender);
        let age = Dim::Attribute(CaseAttribute::AgeBand);
        let print = |key: Option<PopulationKey>| key.map(|key| key.to_string());
        assert_eq!(print(of_group(key, &sex, "female")).unwrap(), "KEN 2019, female");
        assert_eq!(print(of_group(key, &age, "9-17")).unwrap(), "KEN 2019, age 9-17");
        assert_eq!(print(of_group(key, &age, "48+")).unwrap(), "KEN 2019, age 48+");
        assert_eq!(of_group(key, &Dim::Child, "child"), Some(key.of_ages(AgeGroup::UNDER_18)));
        assert_eq!(of_group(key, &sex, "non-conforming"), None);
        assert_eq!(of_group(key.of_ages(AgeGroup::UNDER_18), &age, "9-17"), None);
    }
}
