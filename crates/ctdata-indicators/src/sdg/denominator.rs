//! Which residents a rate is over.

use crate::estimate::Estimate;
use crate::population::{AgeGroup, Denominator, Persons, Population, PopulationKey, PopulationSex};
use crate::profile::Frame;
use crate::request::{Dim, PopBase};
use ctdata_model::{AgeBand, CaseAttribute, Country, Gender};

/// Whether populations are given by this dimension.
pub(super) fn is_demographic(dim: &Dim) -> bool {
    matches!(dim, Dim::Child | Dim::Attribute(CaseAttribute::Gender | CaseAttribute::AgeBand))
}

/// Whether the residents are those of a sex or an age, and their number if the table can tell.
pub(super) fn residents(
    frame: &Frame<'_>,
    estimate: &Estimate,
    population: &Population,
) -> (bool, Option<Denominator>) {
    let mut groups: Vec<(&Dim, Vec<&str>)> = Vec::new();
    if frame.request.population_base == PopBase::Own {
        let coordinate = |dim: &Dim| estimate.dimensions.get(&dim.name()).map(|found| found.code.as_ref());
        let by = frame.by.iter().filter(|dim| is_demographic(dim));
        groups.extend(by.map(|dim| (dim, coordinate(dim).into_iter().collect())));
        let filters = frame.filters.iter().zip(&estimate.filters);
        let filters = filters.filter(|((dim, _), _)| is_demographic(dim) && !frame.by.contains(dim));
        groups.extend(filters.map(|((dim, _), filter)| (dim, filter.codes.iter().map(String::as_str).collect())));
    }
    let place = || {
        let [country, year] = frame.place_and_year().map(|dim| estimate.dimensions.get(&dim.name()));
        Some(PopulationKey::total(country?.code.parse::<Country>().ok()?, year?.code.parse().ok()?))
    };
    let found = || {
        let mut keys = vec![place()?];
        for (dim, codes) in &groups {
            let of_codes = keys.iter().flat_map(|&key| codes.iter().map(move |code| of_group(key, dim, code)));
            keys = of_codes.collect::<Option<_>>()?;
        }
        sum(keys.into_iter().map(|key| population.denominator(key)))
    };
    (!groups.is_empty(), found())
}

/// The residents of several groups together; none if those of one are not known.
fn sum(groups: impl Iterator<Item = Option<Denominator>>) -> Option<Denominator> {
    let mut sum: Option<Denominator> = None;
    for group in groups {
        let group = group?;
        sum = Some(match sum {
            None => group,
            Some(before) => Denominator {
                persons: Persons::try_new(before.persons.get() + group.persons.get()).ok()?,
                interpolated: before.interpolated.or(group.interpolated),
                approximate: before.approximate || group.approximate,
            },
        });
    }
    sum
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

    #[test]
    fn groups_add_up_and_keep_their_marks() {
        let part = |persons: f64, approximate| {
            Some(Denominator { persons: Persons::try_new(persons).unwrap(), interpolated: None, approximate })
        };
        let both = sum([part(10.0, false), part(5.0, true)].into_iter()).unwrap();
        assert!(both.approximate && both.persons == Persons::try_new(15.0).unwrap());
        assert_eq!(sum([part(10.0, false), None].into_iter()), None);
        assert_eq!(sum(std::iter::empty()), None);
    }
}
