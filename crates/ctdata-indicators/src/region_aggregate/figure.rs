//! Counts of countries, from estimates or from publications.

use crate::estimate::{Attribution, Dimension, Dimensions, Estimate, Filter, Unit};
use crate::population::{AgeGroup, PopulationKey, PopulationSex};
use crate::request::PopBase;
use crate::sdg::groups;
use crate::{Count, IndicatorError};
use ctdata_model::{AgeBand, Country, Gender};
use std::borrow::Cow;

/// The count of one country and year, and the residents that its rate is over.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CountryFigure {
    /// The indicator's id.
    pub indicator: Cow<'static, str>,
    /// Its code.
    pub code: Option<Cow<'static, str>>,
    /// The count; missing where the country does not report or the figure is withheld.
    pub count: Count,
    /// Country, year, and the sex and ages of the residents to divide by.
    pub residents: PopulationKey,
    /// The coordinates besides country and year.
    pub coordinates: Dimensions,
    /// Conditions that all counted cases meet.
    pub filters: Vec<Filter>,
    /// Which country the cases are counted for.
    pub attribution: Option<Attribution>,
}

impl CountryFigure {
    /// A published count of detected victims, to be divided by the residents of the same sex and age.
    pub fn new(key: PopulationKey, count: Count) -> Self {
        Self {
            indicator: "victims-per-100k".into(),
            code: Some("16.2.2".into()),
            count,
            residents: key,
            coordinates: groups(key.sex, key.ages).collect(),
            filters: Vec::new(),
            attribution: None,
        }
    }

    /// The count behind a rate of a country and year.
    ///
    /// # Errors
    /// [`IndicatorError::Figures`] for an estimate that is no rate of one country and year, has unknown categories
    /// distributed, or is over residents of a sex or an age that populations are not given for.
    pub fn from_estimate(estimate: &Estimate) -> Result<Self, IndicatorError> {
        let refuse = |rule: &'static str| IndicatorError::Figures {
            what: format!("estimate of `{}`", estimate.indicator),
            rule: rule.into(),
        };
        if estimate.unit != Unit::Per100k {
            return Err(refuse("a regional figure is made of rates of countries"));
        }
        if estimate.nature != crate::estimate::Nature::Country {
            return Err(refuse("a regional figure is made of counts, not of estimated numbers"));
        }
        let place = ["country", "citizenship"].into_iter().find_map(|name| estimate.dimensions.get(name));
        let country: Option<Country> = place.and_then(|place| place.code.parse().ok());
        let year = estimate.dimensions.get("year").and_then(|year| year.code.parse().ok());
        let (Some(place), Some(country), Some(year)) = (place, country, year) else {
            return Err(refuse("a regional figure is made of rates of one country and year each"));
        };
        let mut residents = PopulationKey::total(country, year);
        let groups = estimate.dimensions.iter().map(|dimension| (&dimension.name, Some(dimension.code.as_ref())));
        let only = |filter: &Filter| match filter.codes.as_slice() {
            [code] => Some(code.clone()),
            _ => None,
        };
        let filters: Vec<_> = estimate.filters.iter().map(|filter| (&filter.dimension, only(filter))).collect();
        let filters = filters.iter().map(|(name, code)| (*name, code.as_deref()));
        if estimate.population_base != Some(PopBase::Total) {
            for (name, code) in groups.chain(filters) {
                residents = of_group(residents, name, code)
                    .ok_or_else(|| refuse("there are no residents of its sex and age to add up"))?;
            }
        }
        let others = estimate.dimensions.iter().filter(|other| other.name != place.name && other.name != "year");
        Ok(Self {
            indicator: estimate.indicator.clone(),
            code: estimate.code.clone(),
            count: match estimate.numerator {
                Some(count) if !estimate.suppressed => Count::Exact(count),
                _ => Count::Missing,
            },
            residents,
            coordinates: others.cloned().collect(),
            filters: estimate.filters.iter().filter(|filter| filter.dimension != "year").cloned().collect(),
            attribution: estimate.attribution,
        })
    }

    /// What figures must share to be added up: all but the country and the count.
    pub(super) fn kind(&self) -> Kind {
        let coordinates =
            self.coordinates.iter().map(|Dimension { name, code, .. }| (name.to_string(), code.to_string()));
        let filters = self.filters.iter().map(|Filter { dimension, codes }| (dimension.to_string(), codes.join(",")));
        Kind {
            indicator: self.indicator.to_string(),
            year: self.residents.year,
            coordinates: coordinates.collect(),
            filters: filters.collect(),
            group: (self.residents.sex, self.residents.ages),
            attribution: self.attribution,
        }
    }
}

/// What the figures of a sum have in common, in the order of the output.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    indicator: String,
    year: u16,
    coordinates: Vec<(String, String)>,
    filters: Vec<(String, String)>,
    group: (Option<PopulationSex>, AgeGroup),
    attribution: Option<Attribution>,
}

/// The residents of one more category; `None` if there are none of their own or the codes are several.
fn of_group(key: PopulationKey, name: &str, code: Option<&str>) -> Option<PopulationKey> {
    let ages = |ages: AgeGroup| (key.ages == AgeGroup::ALL).then(|| key.of_ages(ages));
    match name {
        "sex" => match code?.parse().ok()? {
            Gender::Female => Some(key.of_sex(PopulationSex::Female)),
            Gender::Male => Some(key.of_sex(PopulationSex::Male)),
            _ => None,
        },
        "child-or-adult" => match code? {
            "child" => ages(AgeGroup::UNDER_18),
            "adult" => ages(AgeGroup::ADULTS),
            _ => None,
        },
        "age" => {
            let code = code?;
            let band = code.parse::<AgeBand>().ok().map(|band| match band.upper() {
                Some(upper) => AgeGroup::try_new(band.lower(), upper).ok(),
                None => Some(AgeGroup::and_over(band.lower())),
            });
            ages(band.unwrap_or_else(|| code.parse().ok())?)
        }
        _ => Some(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::{Nature, NotAvailable};

    fn rate(dimensions: &[(&'static str, &'static str)]) -> Estimate {
        let mut estimate = Estimate::not_available("victims-per-100k", Unit::Per100k, NotAvailable::PopulationMissing);
        estimate.dimensions = dimensions.iter().map(|&(name, code)| Dimension::new(name, code, code)).collect();
        estimate.numerator = Some(3);
        estimate
    }

    #[test]
    fn residents_are_those_of_breakdown_and_filters() {
        let mut girls = rate(&[("country", "KE"), ("year", "2019"), ("sex", "female")]);
        girls.filters.push(Filter { dimension: "child-or-adult".into(), codes: vec!["child".into()] });
        let figure = CountryFigure::from_estimate(&girls).unwrap();
        assert_eq!(figure.residents.to_string(), "KEN 2019, female, age 0-17");
        assert_eq!((figure.count, figure.coordinates.iter().count()), (Count::Exact(3), 1));
        girls.population_base = Some(PopBase::Total);
        assert_eq!(CountryFigure::from_estimate(&girls).unwrap().residents.to_string(), "KEN 2019");
        let bands = rate(&[("citizenship", "KE"), ("year", "2019"), ("age", "9-17")]);
        assert_eq!(CountryFigure::from_estimate(&bands).unwrap().residents.to_string(), "KEN 2019, age 9-17");
    }

    #[test]
    fn what_cannot_be_added_up_is_refused() {
        let by_region = rate(&[("region-of-exploitation", "150"), ("year", "2019")]);
        assert!(CountryFigure::from_estimate(&by_region).is_err());
        let other = rate(&[("country", "KE"), ("year", "2019"), ("sex", "other")]);
        assert!(CountryFigure::from_estimate(&other).is_err());
        let share = Estimate { unit: Unit::Percent, ..rate(&[("country", "KE"), ("year", "2019")]) };
        assert!(CountryFigure::from_estimate(&share).is_err());
        let estimated = Estimate { nature: Nature::Estimated, ..rate(&[("country", "KE"), ("year", "2019")]) };
        assert!(CountryFigure::from_estimate(&estimated).is_err());
    }

    #[test]
    fn a_withheld_count_is_missing() {
        let withheld = Estimate { suppressed: true, ..rate(&[("country", "KE"), ("year", "2019")]) };
        assert_eq!(CountryFigure::from_estimate(&withheld).unwrap().count, Count::Missing);
    }
}
