//! Generalization hierarchies of the case attributes.
//!
//! | attribute | levels |
//! |---|---|
//! | citizenship, country of exploitation | country → sub-region → region → any |
//! | year of registration | year → 5 years → 10 years → any, in calendar periods (`2015-2019`, `2010-2019`) |
//! | age band | band → child or adult → any |
//! | trafficking duration | band → up to 24 months, 25 and over → any |
//! | industry | section → group of sections → three sectors → any |
//! | relation to the trafficker | relation → known to the person or not → any |
//! | flags, gender, majority, data source, status | value → any |
//!
//! Concatenated lists have none: their values are those of a file.
//!
//! # Sources
//! Regions: UN Statistics Division, M49; a country that M49 puts in no region (Antarctica, and codes that
//! are not official) is in `no region`. Industry: ISIC Rev. 4 (UN 2008), part one, chapter V, the
//! high-level aggregation of sections; the three sectors are the usual reading of it (A, B to F, G to U).

use std::sync::LazyLock;

use ctdata_table::{Domain, Hierarchy, TableError};

use crate::codes::CodeList;
use crate::{
    AgeBand, CaseAttribute as A, Country, DurationBand, IsicSection, Majority, Region, SubRegion,
    TraffickerRelationship, Year,
};

static ALL: LazyLock<Vec<(A, Hierarchy)>> = LazyLock::new(|| {
    let all = A::all().iter().copied().filter(|attribute| !attribute.is_list());
    all.filter_map(|attribute| Some((attribute, hierarchy(attribute).ok()?))).collect()
});

/// The hierarchies of all case attributes that have one.
///
/// ```
/// use ctdata_model::{CaseAttribute, Country, case_hierarchies};
/// let countries = case_hierarchies().get(CaseAttribute::Citizenship).unwrap();
/// let levels: Vec<_> = countries.levels().map(|level| level.name().to_owned()).collect();
/// assert_eq!(levels, ["value", "sub-region", "region", "any"]);
///
/// let nepal = "NPL".parse::<Country>()?.index();
/// let sub_region = countries.level(1).unwrap();
/// assert_eq!(sub_region.domain().label(sub_region.of_leaf()[nepal]).as_deref(), Some("Southern Asia"));
/// # Ok::<(), ctdata_model::UnknownCode>(())
/// ```
pub fn case_hierarchies() -> CaseHierarchies {
    CaseHierarchies(())
}

/// The hierarchies of the case attributes: see [`case_hierarchies`].
#[derive(Debug, Clone, Copy)]
pub struct CaseHierarchies(());

impl CaseHierarchies {
    /// The hierarchy over the values of an attribute; `None` for concatenated lists. Cloned at the cost
    /// of a few pointers.
    pub fn get(self, attribute: A) -> Option<Hierarchy> {
        self.iter().find(|(found, _)| *found == attribute).map(|(_, hierarchy)| hierarchy.clone())
    }

    /// The hierarchy of the attribute of a name, as in [`CaseAttribute::from_name`](A::from_name).
    pub fn named(self, name: &str) -> Option<Hierarchy> {
        self.get(A::from_name(name)?)
    }

    /// All, in the order of [`CaseAttribute::all`](A::all).
    pub fn iter(self) -> impl Iterator<Item = (A, &'static Hierarchy)> {
        ALL.iter().map(|(attribute, hierarchy)| (*attribute, hierarchy))
    }
}

fn hierarchy(attribute: A) -> Result<Hierarchy, TableError> {
    let leaves = attribute.domain();
    let below = match attribute {
        A::Citizenship | A::CountryOfExploitation => countries(leaves),
        A::YearOfRegistration => years(leaves),
        A::AgeBand => age_bands(leaves),
        A::TraffickingDuration => durations(leaves),
        A::Industry => industries(leaves),
        A::TraffickerRelationship => traffickers(leaves),
        _ => Ok(Hierarchy::of(leaves)),
    };
    below?.with_top("any")
}

/// What a code stands for in a list whose domain keeps its order.
fn value<L: CodeList>(code: u16) -> Option<L> {
    L::from_index(usize::from(code))
}

#[expect(clippy::cast_possible_truncation, reason = "positions in short lists")]
const fn code(index: usize) -> u16 {
    index as u16
}

const NO_REGION: &str = "no region";

fn countries(leaves: Domain) -> Result<Hierarchy, TableError> {
    let at = |index: Option<usize>, none: usize| code(index.unwrap_or(none));
    let (sub_regions, regions) = (SubRegion::ALL, Region::ALL);
    Hierarchy::of(leaves)
        .with_level("sub-region", sub_regions.iter().map(|region| region.label()).chain([NO_REGION]), |code| {
            at(value::<Country>(code).and_then(Country::sub_region).map(SubRegion::index), sub_regions.len())
        })?
        .with_level("region", regions.iter().map(|region| region.label()).chain([NO_REGION]), |code| {
            at(value::<Country>(code).and_then(Country::region).map(Region::index), regions.len())
        })
}

fn years(leaves: Domain) -> Result<Hierarchy, TableError> {
    // The domain begins with a year that both lengths divide.
    let (first, last) = (Year::MIN.get(), Year::MAX.get());
    let periods = |length: i16| {
        let starts = (first..=last).step_by(usize::from(length.unsigned_abs()));
        starts.map(move |start| format!("{start}-{}", start + length - 1))
    };
    Hierarchy::of(leaves).with_level("5 years", periods(5), |code| code / 5)?.with_level(
        "10 years",
        periods(10),
        |code| code / 10,
    )
}

fn age_bands(leaves: Domain) -> Result<Hierarchy, TableError> {
    let adult = |code| value::<AgeBand>(code).is_none_or(|band| band.majority() == Majority::Adult);
    Hierarchy::of(leaves).with_level("child or adult", ["child", "adult"], |code| u16::from(adult(code)))
}

fn durations(leaves: Domain) -> Result<Hierarchy, TableError> {
    let long = |code| !matches!(value(code), Some(DurationBand::From0To12 | DurationBand::From13To24));
    Hierarchy::of(leaves).with_level("two bands", ["0-24", "25+"], |code| u16::from(long(code)))
}

/// Groups of ISIC sections: the last section of each, its name, and its sector.
const GROUPS: [(IsicSection, &str, u16); 10] = [
    (IsicSection::A, "Agriculture, forestry and fishing", 0),
    (IsicSection::E, "Manufacturing, mining and quarrying and other industrial activities", 1),
    (IsicSection::F, "Construction", 1),
    (
        IsicSection::I,
        "Wholesale and retail trade, transportation and storage, accommodation and food service activities",
        2,
    ),
    (IsicSection::J, "Information and communication", 2),
    (IsicSection::K, "Financial and insurance activities", 2),
    (IsicSection::L, "Real estate activities", 2),
    (IsicSection::N, "Professional, scientific, technical, administrative and support service activities", 2),
    (IsicSection::Q, "Public administration and defence, education, human health and social work activities", 2),
    (IsicSection::U, "Other service activities", 2),
];

fn industries(leaves: Domain) -> Result<Hierarchy, TableError> {
    let group = |code: u16| GROUPS.partition_point(|(last, ..)| last.index() < usize::from(code));
    let sector = |code: u16| GROUPS.get(group(code)).map_or(u16::MAX, |(.., sector)| *sector);
    Hierarchy::of(leaves)
        .with_level("group of sections", GROUPS.map(|(_, name, _)| name), |section| code(group(section)))?
        .with_level("sector", ["Agriculture", "Industry", "Services"], sector)
}

fn traffickers(leaves: Domain) -> Result<Hierarchy, TableError> {
    let stranger = |code| value(code) == Some(TraffickerRelationship::Unacquainted);
    Hierarchy::of(leaves).with_level("acquaintance", ["known to the person", "not known to the person"], |code| {
        u16::from(stranger(code))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CaseAttribute;
    use ctdata_table::Column;

    /// The labels on all levels above a value.
    fn path(attribute: CaseAttribute, value: &str) -> Vec<String> {
        let hierarchy = case_hierarchies().get(attribute).unwrap();
        let leaf = usize::from(hierarchy.leaves().code_of(value).unwrap());
        hierarchy.levels().map(|level| level.domain().label(level.of_leaf()[leaf]).unwrap().into_owned()).collect()
    }

    #[test]
    fn every_attribute_but_the_lists_has_a_hierarchy_that_fits_its_column() {
        for &attribute in CaseAttribute::all() {
            let hierarchy = case_hierarchies().get(attribute);
            assert_eq!(hierarchy.is_none(), attribute.is_list(), "{attribute:?}");
            let Some(hierarchy) = hierarchy else { continue };
            let description = attribute.attribute();
            let codes: Vec<u16> = (0..u16::try_from(description.code_count()).unwrap()).collect();
            let column = Column::from_codes(&codes, codes.len());
            let (top, codes) = hierarchy.generalize(&description, &column, hierarchy.height()).unwrap();
            assert_eq!((top.domain().len(), top.missing()), (1, description.missing()), "{attribute:?}");
            assert_eq!(codes.max_code().map(usize::from), Some(description.missing().len()), "{attribute:?}");
        }
    }

    // Single rows of the M49 table (September 2024).
    #[test]
    fn countries_lie_where_m49_puts_them() {
        assert_eq!(path(A::Citizenship, "KE"), ["KE", "Sub-Saharan Africa", "Africa", "any"]);
        assert_eq!(path(A::Citizenship, "SD"), ["SD", "Northern Africa", "Africa", "any"]);
        assert_eq!(path(A::CountryOfExploitation, "UA"), ["UA", "Eastern Europe", "Europe", "any"]);
        for nowhere in ["AQ", "XK", "YU"] {
            assert_eq!(path(A::Citizenship, nowhere), [nowhere, "no region", "no region", "any"]);
        }
        // 249 rows of M49, all but Antarctica in a region.
        let sub_region = case_hierarchies().get(A::Citizenship).unwrap();
        let none = sub_region.level(1).unwrap().domain().code_of("no region").unwrap();
        assert_eq!(Country::ALL.len() - sub_region.leaves_under(1, none), 248);
    }

    #[test]
    fn years_fall_into_calendar_periods() {
        for (year, five, ten) in [
            ("2000", "2000-2004", "2000-2009"),
            ("2019", "2015-2019", "2010-2019"),
            ("1900", "1900-1904", "1900-1909"),
            ("2099", "2095-2099", "2090-2099"),
        ] {
            assert_eq!(path(A::YearOfRegistration, year), [year, five, ten, "any"]);
        }
    }

    #[test]
    fn bands_join_where_18_years_and_25_months_begin() {
        let children: Vec<_> = AgeBand::ALL.iter().filter(|band| path(A::AgeBand, band.code())[1] == "child").collect();
        assert_eq!(children, [&AgeBand::From0To8, &AgeBand::From9To17]);
        let of = |code: &str| path(A::TraffickingDuration, code).remove(1);
        assert_eq!(["0-12", "13-24", "25-60", "61+", "25+"].map(of), ["0-24", "0-24", "25+", "25+", "25+"]);
    }

    // ISIC Rev. 4, part one, chapter V: groups A; B to E; F; G to I; J; K; L; M and N; O to Q; R to U.
    #[test]
    fn sections_are_grouped_as_isic_groups_them() {
        let groups: Vec<String> =
            ["A", "BCDE", "F", "GHI", "J", "K", "L", "MN", "OPQ", "RSTU"].map(str::to_owned).to_vec();
        let mut found: Vec<(String, String)> = Vec::new();
        for section in IsicSection::ALL {
            let group = path(A::Industry, section.code()).remove(1);
            match found.last_mut().filter(|(name, _)| *name == group) {
                Some((_, sections)) => sections.push_str(section.code()),
                None => found.push((group, section.code().to_owned())),
            }
        }
        assert_eq!(found.into_iter().map(|(_, sections)| sections).collect::<Vec<_>>(), groups);
        assert_eq!(path(A::Industry, "A")[2], "Agriculture");
        assert_eq!(path(A::Industry, "F")[1..], ["Construction", "Industry", "any"]);
        assert_eq!(path(A::Industry, "G")[2], "Services");
        assert_eq!(path(A::TraffickerRelationship, "familial")[1], "known to the person");
        assert_eq!(path(A::TraffickerRelationship, "unaquainted")[1], "not known to the person");
    }

    #[test]
    fn names_find_what_attributes_find() {
        assert_eq!(case_hierarchies().named("Age_Band"), case_hierarchies().get(A::AgeBand));
        assert_eq!(case_hierarchies().named("control_list"), None);
        assert_eq!(case_hierarchies().named("nothing"), None);
    }
}
