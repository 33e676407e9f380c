//! The dimensions that indicators are broken down and filtered by, and their names.

use super::GeoLevel;
use ctdata_model::{CaseAttribute, CaseGroup, LAYOUTS, LayoutAttribute};
use std::borrow::Cow;

/// One of the two places of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Origin,
    Exploitation,
}

impl Place {
    /// The attribute that holds its country.
    pub(crate) const fn attribute(self) -> CaseAttribute {
        match self {
            Self::Origin => CaseAttribute::Citizenship,
            Self::Exploitation => CaseAttribute::CountryOfExploitation,
        }
    }
}

/// A dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Dim {
    /// An attribute of the case.
    Attribute(CaseAttribute),
    /// A multi-valued question.
    Group(CaseGroup),
    /// A place, coarser than its country.
    Place(Place, GeoLevel),
    /// Child or adult, on the basis of the request.
    Child,
    /// An attribute that is none of the case.
    Plain(String),
}

/// Names of the output for attributes whose schema name is another.
const NAMES: &[(&str, CaseAttribute)] = &[
    ("year", CaseAttribute::YearOfRegistration),
    ("source", CaseAttribute::DataSource),
    ("sex", CaseAttribute::Gender),
    ("age", CaseAttribute::AgeBand),
    ("country", CaseAttribute::CountryOfExploitation),
    ("duration", CaseAttribute::TraffickingDuration),
];

/// Further names, read but never written.
const ALIASES: &[(&str, CaseAttribute)] = &[
    ("country-of-origin", CaseAttribute::Citizenship),
    ("origin", CaseAttribute::Citizenship),
    ("destination", CaseAttribute::CountryOfExploitation),
];

const GROUPS: &[(&str, &str, CaseGroup)] = &[
    ("form", "form-of-exploitation", CaseGroup::Forms),
    ("sector", "labour-sector", CaseGroup::Sectors),
    ("sexual-type", "sexual-exploitation-type", CaseGroup::SexualTypes),
    ("means", "means-of-control", CaseGroup::MeansOfControl),
    ("recruiter", "recruiter-relation", CaseGroup::Recruiters),
];

pub(crate) const CHILD: &str = "child-or-adult";

impl Dim {
    /// The dimension of a name; a name that says nothing to us may still be a plain attribute.
    pub(crate) fn parse(name: &str) -> Self {
        let name = name.trim();
        let word = name.to_ascii_lowercase().replace(['_', ' '], "-");
        if word == CHILD || word == "child" || word == "majority" {
            return Self::Child;
        }
        let group = GROUPS
            .iter()
            .find(|(short, long, group)| word == *short || word == *long || group.name().replace('_', "-") == word);
        if let Some(&(_, _, group)) = group {
            return Self::Group(group);
        }
        if let Some(&(_, attribute)) = NAMES.iter().chain(ALIASES).find(|(known, _)| word == *known) {
            return Self::Attribute(attribute);
        }
        if let Some(place) = Self::places().find(|dim| dim.name() == word.as_str()) {
            return place;
        }
        CaseAttribute::from_name(&word.replace('-', "_"))
            .or_else(|| column(name))
            .map_or_else(|| Self::Plain(name.to_owned()), Self::Attribute)
    }

    fn places() -> impl Iterator<Item = Self> {
        [Place::Origin, Place::Exploitation].into_iter().flat_map(|place| {
            [GeoLevel::SubRegion, GeoLevel::Region, GeoLevel::SdgRegion].map(|level| Self::Place(place, level))
        })
    }

    /// The dimension of a place on any level.
    pub(crate) const fn place(place: Place, level: GeoLevel) -> Self {
        match level {
            GeoLevel::Country => Self::Attribute(place.attribute()),
            _ => Self::Place(place, level),
        }
    }

    /// The name in the output.
    pub(crate) fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Attribute(attribute) => match NAMES.iter().find(|(_, known)| known == attribute) {
                Some((name, _)) => Cow::Borrowed(name),
                None => match attribute.name() {
                    Cow::Borrowed(name) if !name.contains('_') => Cow::Borrowed(name),
                    name => Cow::Owned(name.replace('_', "-")),
                },
            },
            Self::Group(group) => {
                let found = GROUPS.iter().find(|(_, _, known)| known == group);
                Cow::Borrowed(found.map_or(group.name(), |(name, _, _)| name))
            }
            Self::Place(place, level) => Cow::Borrowed(match (place, level) {
                (Place::Origin, GeoLevel::Country) => "country-of-origin",
                (Place::Origin, GeoLevel::SubRegion) => "sub-region-of-origin",
                (Place::Origin, GeoLevel::Region) => "region-of-origin",
                (Place::Origin, GeoLevel::SdgRegion) => "sdg-region-of-origin",
                (Place::Exploitation, GeoLevel::Country) => "country-of-exploitation",
                (Place::Exploitation, GeoLevel::SubRegion) => "sub-region-of-exploitation",
                (Place::Exploitation, GeoLevel::Region) => "region-of-exploitation",
                (Place::Exploitation, GeoLevel::SdgRegion) => "sdg-region-of-exploitation",
            }),
            Self::Child => Cow::Borrowed(CHILD),
            Self::Plain(name) => Cow::Owned(name.clone()),
        }
    }

    /// Whether a person can be in several of its categories.
    pub(crate) const fn is_multiple(&self) -> bool {
        matches!(self, Self::Group(_))
    }

    /// The place that it speaks of.
    pub(crate) fn of_place(&self) -> Option<Place> {
        match self {
            Self::Place(place, _) => Some(*place),
            Self::Attribute(CaseAttribute::Citizenship) => Some(Place::Origin),
            Self::Attribute(CaseAttribute::CountryOfExploitation) => Some(Place::Exploitation),
            _ => None,
        }
    }

    /// The names to suggest from when one is not known.
    pub(crate) fn suggestions() -> Vec<Cow<'static, str>> {
        let attributes = CaseAttribute::all().iter().filter(|attribute| !attribute.is_list());
        let groups = GROUPS.iter().map(|(_, _, group)| Self::Group(*group));
        let mut names: Vec<_> = attributes
            .map(|&attribute| Self::Attribute(attribute))
            .chain(groups)
            .chain(Self::places())
            .chain([Self::Child])
            .map(|dim| dim.name())
            .collect();
        names.extend(CaseAttribute::all().iter().map(|attribute| attribute.name()));
        names
    }
}

/// The attribute of a CTDC column name, unless releases disagree on it.
fn column(name: &str) -> Option<CaseAttribute> {
    let mut found = LAYOUTS.iter().filter_map(|layout| match layout.column(name)?.attribute {
        LayoutAttribute::Case(attribute) => Some(attribute),
        LayoutAttribute::VictimPerpetrator(_) => None,
    });
    let first = found.next()?;
    found.all(|attribute| attribute == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_schema_and_column_names_all_work() {
        for name in ["sex", "Gender", "gender"] {
            assert_eq!(Dim::parse(name), Dim::Attribute(CaseAttribute::Gender));
        }
        for name in ["age", "age_band", "age-band", "ageBroad"] {
            assert_eq!(Dim::parse(name), Dim::Attribute(CaseAttribute::AgeBand));
        }
        assert_eq!(Dim::parse("form_forced_labour"), Dim::parse("isForcedLabour"));
        assert_eq!(Dim::parse("forms_of_exploitation"), Dim::Group(CaseGroup::Forms));
        assert_eq!(Dim::parse("SDG region of origin"), Dim::Place(Place::Origin, GeoLevel::SdgRegion));
        assert_eq!(Dim::parse("colour"), Dim::Plain("colour".to_owned()));
        // Two releases give this column two meanings.
        assert!(matches!(Dim::parse("typeOfLabourOther"), Dim::Plain(_)));
    }

    #[test]
    fn every_output_name_reads_back() {
        for &attribute in CaseAttribute::all() {
            let dim = Dim::Attribute(attribute);
            assert_eq!(Dim::parse(&dim.name()), dim);
            assert_eq!(Dim::parse(&attribute.name()), dim);
        }
        for (_, _, group) in GROUPS {
            assert_eq!(Dim::parse(&Dim::Group(*group).name()), Dim::Group(*group));
        }
        for place in Dim::places() {
            assert_eq!(Dim::parse(&place.name()), place);
        }
    }
}
