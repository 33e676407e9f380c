//! Which regions a country belongs to.

use crate::IndicatorError;
use crate::error::coded;
use ctdata_model::{CodeList, Country, IntermediateRegion, Region, SdgRegion, SubRegion};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

coded! {
    /// The level of a regional figure; SDG regions by default.
    #[derive(Default)]
    #[non_exhaustive]
    pub enum RegionLevel: "level of regions" {
        /// The world.
        World = "world" / "world",
        /// The five regions of M49.
        Region = "region" / "region",
        /// Its 17 sub-regions.
        SubRegion = "sub-region" / "sub-region",
        /// Its seven intermediate regions; most countries are in none.
        IntermediateRegion = "intermediate-region" / "intermediate region",
        /// The eight regions of the SDG reports; the default.
        #[default]
        SdgRegion = "sdg-region" / "SDG region",
        /// The least developed countries, the landlocked developing countries and the small island developing States.
        /// A country can be in several, so that they do not add up to anything.
        Development = "development-group" / "development group",
        /// Groups of countries that the caller made.
        Group = "group" / "group of countries",
    }
}

/// Code and name of a region.
pub(super) type PlaceName = (Cow<'static, str>, Cow<'static, str>);

const WORLD: (&str, &str) = ("001", "World");
const DEVELOPMENT: [(&str, &str); 3] = [
    ("199", "Least developed countries"),
    ("432", "Landlocked developing countries"),
    ("722", "Small island developing States"),
];

/// Which countries belong to which region: M49, with changes and groups of the caller.
///
/// ```
/// use ctdata_indicators::region_aggregate::{RegionLevel, Regions};
/// use ctdata_model::{Country, SubRegion};
///
/// let kosovo = Country::from_alpha3("XKX").ok_or("no such country")?;
/// assert!(Regions::new().of(kosovo, RegionLevel::SdgRegion).is_empty());
/// let regions = Regions::new().place(kosovo, SubRegion::SouthernEurope);
/// assert_eq!(regions.of(kosovo, RegionLevel::SdgRegion), ["513"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Regions {
    /// Countries whose place is not that of M49; nowhere if none.
    moved: BTreeMap<Country, Option<SubRegion>>,
    /// Groups: name and countries, by code.
    groups: BTreeMap<String, (String, Vec<Country>)>,
}

impl Regions {
    /// M49 as it is.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a country in a sub-region, and thereby in its region and SDG region. Codes without a place in
    /// M49, such as Kosovo's, need this to be in any region. It is in no intermediate region then.
    #[must_use]
    pub fn place(mut self, country: Country, sub_region: SubRegion) -> Self {
        self.moved.insert(country, Some(sub_region));
        self
    }

    /// The same with a country in no region.
    #[must_use]
    pub fn leave_out(mut self, country: Country) -> Self {
        self.moved.insert(country, None);
        self
    }

    /// The same with a group of countries, a level of its own ([`RegionLevel::Group`]).
    ///
    /// # Errors
    /// [`IndicatorError::Figures`] if the group is empty or its code is taken.
    pub fn group(
        mut self,
        code: impl Into<String>,
        name: impl Into<String>,
        countries: impl IntoIterator<Item = Country>,
    ) -> Result<Self, IndicatorError> {
        let code = code.into();
        let countries: Vec<Country> = countries.into_iter().collect();
        let rule = if countries.is_empty() {
            "a group has at least one country"
        } else {
            match self.groups.entry(code.clone()) {
                Entry::Vacant(free) => {
                    free.insert((name.into(), countries));
                    return Ok(self);
                }
                Entry::Occupied(_) => "the code of a group is given once",
            }
        };
        Err(IndicatorError::Figures { what: format!("group of countries `{code}`"), rule: rule.into() })
    }

    /// The codes of the regions of a country on a level: one at most, but for development groups and the caller's.
    pub fn of(&self, country: Country, level: RegionLevel) -> Vec<&str> {
        let moved = self.moved.get(&country);
        let sub_region = moved.copied().unwrap_or_else(|| country.sub_region());
        let one = |code: Option<&'static str>| code.into_iter().collect();
        match level {
            RegionLevel::World => one(sub_region.map(|_| WORLD.0)),
            RegionLevel::Region => one(sub_region.map(|place| place.region().code())),
            RegionLevel::SubRegion => one(sub_region.map(CodeList::code)),
            RegionLevel::IntermediateRegion => {
                let place = if moved.is_some() { None } else { country.intermediate_region() };
                one(place.map(CodeList::code))
            }
            RegionLevel::SdgRegion => one(sub_region.map(|place| place.sdg_region().code())),
            RegionLevel::Development => {
                let groups = [country.is_ldc(), country.is_lldc(), country.is_sids()];
                DEVELOPMENT.iter().zip(groups).filter(|(_, is)| *is).map(|((code, _), _)| *code).collect()
            }
            RegionLevel::Group => {
                let groups = self.groups.iter().filter(|(_, (_, countries))| countries.contains(&country));
                groups.map(|(code, _)| code.as_str()).collect()
            }
        }
    }

    /// The regions of a level, in their order.
    pub(super) fn places(&self, level: RegionLevel) -> Vec<PlaceName> {
        fn all<L: CodeList>() -> Vec<PlaceName> {
            L::ALL.iter().map(|place| (place.code().into(), place.label().into())).collect()
        }
        match level {
            RegionLevel::World => vec![(WORLD.0.into(), WORLD.1.into())],
            RegionLevel::Region => all::<Region>(),
            RegionLevel::SubRegion => all::<SubRegion>(),
            RegionLevel::IntermediateRegion => all::<IntermediateRegion>(),
            RegionLevel::SdgRegion => all::<SdgRegion>(),
            RegionLevel::Development => DEVELOPMENT.iter().map(|&(code, name)| (code.into(), name.into())).collect(),
            RegionLevel::Group => {
                self.groups.iter().map(|(code, (name, _))| (code.clone().into(), name.clone().into())).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(level: RegionLevel, code: &str) -> usize {
        let regions = Regions::new();
        Country::ALL.iter().filter(|country| regions.of(**country, level).contains(&code)).count()
    }

    /// Rows per group in the M49 overview table of September 2024.
    #[test]
    fn regions_have_as_many_countries_as_in_m49() {
        for (level, code, expected) in [
            (RegionLevel::World, "001", 248),
            (RegionLevel::Region, "002", 60),
            (RegionLevel::SubRegion, "419", 52),
            (RegionLevel::IntermediateRegion, "005", 16),
            (RegionLevel::SdgRegion, "202", 53),
            (RegionLevel::Development, "199", 45),
            (RegionLevel::Development, "432", 32),
            (RegionLevel::Development, "722", 53),
        ] {
            assert_eq!(members(level, code), expected, "{level} {code}");
        }
    }

    #[test]
    fn every_country_is_in_a_place_that_its_level_has() {
        let regions = Regions::new().group("g", "Two", [Country::ALL[0], Country::ALL[1]]).unwrap();
        for &level in RegionLevel::ALL {
            let places = regions.places(level);
            for &country in Country::ALL {
                for code in regions.of(country, level) {
                    assert!(places.iter().any(|(known, _)| known == code), "{level} {code}");
                }
            }
        }
    }

    #[test]
    fn the_caller_moves_countries_and_makes_groups() {
        let country = |code: &str| code.parse::<Country>().unwrap();
        let regions = Regions::new().place(country("XK"), SubRegion::SouthernEurope).leave_out(country("KE"));
        assert_eq!(regions.of(country("XK"), RegionLevel::Region), ["150"]);
        assert_eq!(regions.of(country("XK"), RegionLevel::World), ["001"]);
        for &level in RegionLevel::ALL {
            assert!(regions.of(country("KE"), level).is_empty(), "{level}");
        }
        let regions = regions.group("benelux", "Benelux", ["BE", "NL", "LU"].map(country)).unwrap();
        assert_eq!(regions.of(country("NL"), RegionLevel::Group), ["benelux"]);
        assert!(regions.clone().group("benelux", "again", [country("BE")]).is_err());
        assert!(regions.group("nobody", "Nobody", []).is_err());
    }
}
