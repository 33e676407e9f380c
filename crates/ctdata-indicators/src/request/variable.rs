//! From dimensions to the variables that tables are counted by.

use super::dimension::{CHILD, Dim, Place};
use super::{GeoLevel, flag_words, words};
use crate::IndicatorError;
use crate::estimate::{ChildBasis, Years};
use ctdata_model::{AgeBand, CaseAttribute, CaseGroup, CodeList, Country, Majority};
use ctdata_table::{Attribute, Category, Missing, Schema, Variable, nearest};

/// The category of what a filter leaves out.
const NOT_SELECTED: &str = "not-selected";
/// Child or adult when registered.
const CHILD_AT_REGISTRATION: &str = "child-at-registration";
/// Child or adult when exploited.
const CHILD_AT_EXPLOITATION: &str = "child-at-exploitation";

/// The categories of child or adult; the last is for what is not known.
pub(super) const CHILD_CATEGORIES: [(&str, &str); 3] =
    [("child", "Child (under 18)"), ("adult", "Adult"), (NOT_RECORDED, "not recorded")];
const UNKNOWN: u16 = 2;
const NOT_RECORDED: &str = Missing::NotRecorded.code();

/// Makes the variables of one indicator for one schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) indicator: &'static str,
    pub(crate) schema: &'a Schema,
    pub(crate) basis: ChildBasis,
}

impl<'a> Scope<'a> {
    pub(crate) fn unavailable(&self, attribute: impl Into<String>) -> IndicatorError {
        IndicatorError::Unavailable { indicator: self.indicator.to_owned(), attribute: attribute.into() }
    }

    fn refuse(&self, rule: String) -> IndicatorError {
        IndicatorError::Request { indicator: self.indicator.to_owned(), rule: rule.into() }
    }

    pub(crate) fn find(&self, attribute: CaseAttribute) -> Option<&'a Attribute> {
        self.schema.get(self.schema.find(&attribute.name())?)
    }

    pub(crate) fn require(&self, attribute: CaseAttribute) -> Result<&'a Attribute, IndicatorError> {
        self.find(attribute).ok_or_else(|| self.unavailable(attribute.name()))
    }

    /// The flags of a question that the schema has, in its order.
    pub(crate) fn members(&self, group: CaseGroup) -> Result<Vec<CaseAttribute>, IndicatorError> {
        let named = self.schema.attributes().iter().filter_map(|a| CaseAttribute::from_name(a.name()));
        let members: Vec<_> = named.filter(|attribute| attribute.group() == Some(group)).collect();
        if members.is_empty() {
            return Err(self.unavailable(group.name()));
        }
        Ok(members)
    }

    /// A dimension as a variable.
    pub(crate) fn variable(&self, dim: &Dim) -> Result<Variable, IndicatorError> {
        Ok(match dim {
            Dim::Attribute(attribute) => Variable::attribute(self.require(*attribute)?.name()),
            Dim::Plain(name) => Variable::attribute(self.plain(name)?.name()),
            Dim::Group(group) => flags(&dim.name(), &self.members(*group)?),
            Dim::Place(place, level) => self.place(*place, *level)?,
            Dim::Child => self.child(self.basis)?,
        })
    }

    fn plain(&self, name: &str) -> Result<&'a Attribute, IndicatorError> {
        let attributes = self.schema.attributes();
        let found = attributes.iter().find(|attribute| attribute.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let known = Dim::suggestions();
            let known = known.iter().map(AsRef::as_ref);
            let names = attributes.iter().map(Attribute::name).chain(known);
            IndicatorError::UnknownDimension {
                indicator: self.indicator.to_owned(),
                name: name.to_owned(),
                nearest: nearest(name, names).map(str::to_owned),
            }
        })
    }

    /// The country of each value of an attribute.
    pub(crate) fn countries(&self, attribute: &Attribute) -> Result<Vec<Country>, IndicatorError> {
        let country = |label: std::borrow::Cow<'_, str>| Country::from_code_bytes(label.as_bytes());
        attribute
            .domain()
            .labels()
            .map(country)
            .collect::<Option<_>>()
            .ok_or_else(|| self.refuse(format!("attribute `{}` does not hold countries", attribute.name())))
    }

    /// A place on a level of regions, with `unmapped` for countries that M49 puts in none.
    fn place(&self, place: Place, level: GeoLevel) -> Result<Variable, IndicatorError> {
        let name = Dim::place(place, level).name();
        if self.find(place.attribute()).is_none()
            && let Some(stated) = self.schema.find(&name.replace('-', "_")).and_then(|at| self.schema.get(at))
        {
            // Victim-perpetrator files state regions, not countries.
            return Ok(Variable::attribute(stated.name()));
        }
        let attribute = self.require(place.attribute())?;
        let places = level.places();
        let unmapped = places.len();
        let of_value = self.countries(attribute)?.into_iter();
        let of_value = of_value.map(|country| level.position(country).unwrap_or(unmapped));
        let missing = std::iter::repeat_n(unmapped + 1, attribute.missing().len());
        let mut categories: Vec<Category> =
            places.into_iter().map(|(code, label)| Category::new(code, label)).collect();
        categories.push(Category::new("unmapped", "in no region of M49"));
        categories.push(Category::new(NOT_RECORDED, "not recorded"));
        Ok(Variable::Recoded {
            name: name.into_owned(),
            attribute: attribute.name().to_owned(),
            categories,
            map: of_value.chain(missing).map(position).collect(),
        })
    }

    /// Child or adult at one moment. At registration the age decides, and where it is missing the
    /// statement that the person was a minor or an adult.
    pub(crate) fn child(&self, basis: ChildBasis) -> Result<Variable, IndicatorError> {
        use CaseAttribute as A;
        match basis {
            ChildBasis::MajorityAtExploitation => {
                self.recoded_child(CHILD_AT_EXPLOITATION, self.require(A::MajorityAtExploitation)?)
            }
            ChildBasis::AgeAtRegistration => {
                let (age, majority) = (self.find(A::AgeBand), self.find(A::MajorityAtRegistration));
                match (age, majority) {
                    (Some(age), Some(majority)) => self.paired_child(age, majority),
                    (Some(only), None) | (None, Some(only)) => self.recoded_child(CHILD_AT_REGISTRATION, only),
                    (None, None) => Err(self.unavailable(A::AgeBand.name())),
                }
            }
            ChildBasis::Either => Err(self.refuse(format!(
                "`{CHILD}` as a dimension needs one moment: age-at-registration or majority-at-exploitation"
            ))),
        }
    }

    fn recoded_child(&self, name: &str, attribute: &Attribute) -> Result<Variable, IndicatorError> {
        Ok(Variable::Recoded {
            name: name.to_owned(),
            attribute: attribute.name().to_owned(),
            categories: categories(&CHILD_CATEGORIES),
            map: self.child_map(attribute)?,
        })
    }

    fn paired_child(&self, age: &Attribute, majority: &Attribute) -> Result<Variable, IndicatorError> {
        let (by_age, by_majority) = (self.child_map(age)?, self.child_map(majority)?);
        let pairs = by_age
            .iter()
            .flat_map(|&age| by_majority.iter().map(move |&majority| if age == UNKNOWN { majority } else { age }));
        Ok(Variable::Paired {
            name: CHILD_AT_REGISTRATION.to_owned(),
            first: age.name().to_owned(),
            second: majority.name().to_owned(),
            categories: categories(&CHILD_CATEGORIES),
            map: pairs.collect(),
        })
    }

    /// Child, adult or not known for each code of an attribute of age bands or majority.
    fn child_map(&self, attribute: &Attribute) -> Result<Vec<u16>, IndicatorError> {
        let majority = |label: &str| {
            let band = AgeBand::parse(label).map(AgeBand::majority);
            band.or_else(|_| Majority::parse(label)).ok()
        };
        let mut map = Vec::with_capacity(attribute.code_count());
        for label in attribute.domain().labels() {
            map.push(match majority(&label) {
                Some(Majority::Minor) => 0,
                Some(_) => 1,
                None => {
                    let name = attribute.name();
                    return Err(self.refuse(format!("attribute `{name}` does not tell children from adults")));
                }
            });
        }
        map.resize(attribute.code_count(), UNKNOWN);
        Ok(map)
    }

    /// A filter as a variable with two categories, the selected one first (its code: those selected,
    /// joined by commas). For a multi-valued question it is whether any selected answer is given.
    pub(crate) fn filter(&self, dim: &Dim, wanted: &[&str]) -> Result<Variable, IndicatorError> {
        let name = format!("where-{}", dim.name());
        match self.variable(dim)? {
            Variable::Flags { members, categories, .. } => {
                let chosen = choose(dim, &categories, wanted)?;
                let chosen = members.into_iter().zip(chosen);
                let members = chosen.filter_map(|(member, chosen)| chosen.then_some(member));
                Ok(Variable::AnyFlag { name, members: members.collect() })
            }
            Variable::Recoded { attribute, categories, map, .. } => {
                let (categories, of_category) = picked(&categories, &choose(dim, &categories, wanted)?);
                Ok(Variable::Recoded { name, attribute, categories, map: compose(&map, &of_category) })
            }
            Variable::Paired { first, second, categories, map, .. } => {
                let (categories, of_category) = picked(&categories, &choose(dim, &categories, wanted)?);
                Ok(Variable::Paired { name, first, second, categories, map: compose(&map, &of_category) })
            }
            variable => {
                let attribute = self.schema.attribute(variable.name())?;
                let all = attribute_categories(dim, attribute);
                let (categories, map) = picked(&all, &choose(dim, &all, wanted)?);
                Ok(Variable::Recoded { name, attribute: attribute.name().to_owned(), categories, map })
            }
        }
    }
}

/// The flags of a question as one multi-valued variable.
pub(crate) fn flags(name: &str, members: &[CaseAttribute]) -> Variable {
    let category = |&flag: &CaseAttribute| {
        let (code, label) = flag_words(flag).unwrap_or_default();
        Category::new(code, label)
    };
    Variable::Flags {
        name: name.to_owned(),
        members: members.iter().map(|flag| flag.name().into_owned()).collect(),
        categories: members.iter().map(category).collect(),
    }
}

fn categories(words: &[(&str, &str)]) -> Vec<Category> {
    words.iter().map(|&(code, label)| Category::new(code, label)).collect()
}

/// A position among categories, of which there are far fewer than 2^16.
fn position(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn attribute_categories(dim: &Dim, attribute: &Attribute) -> Vec<Category> {
    let label = |code: &str| match dim {
        Dim::Attribute(case) => words(*case, code).map_or(code.to_owned(), |(_, label)| label.to_owned()),
        _ => code.to_owned(),
    };
    let values = attribute.domain().labels().map(|code| Category::new(code.as_ref(), label(&code)));
    let missing = attribute.missing().iter().map(|kind| Category::new(kind.code(), kind.code().replace('-', " ")));
    values.chain(missing).collect()
}

/// Which categories are wanted.
fn choose(dim: &Dim, categories: &[Category], wanted: &[&str]) -> Result<Vec<bool>, IndicatorError> {
    let mut chosen = vec![false; categories.len()];
    for text in wanted {
        let matching = matching(dim, categories, text.trim());
        if !matching.contains(&true) {
            return Err(IndicatorError::UnknownCategory {
                dimension: dim.name().into_owned(),
                name: (*text).to_owned(),
                nearest: suggest(dim, categories, text),
            });
        }
        chosen.iter_mut().zip(matching).for_each(|(chosen, matching)| *chosen |= matching);
    }
    Ok(chosen)
}

fn matching(dim: &Dim, categories: &[Category], text: &str) -> Vec<bool> {
    let is = |category: &Category, text: &str| {
        category.code.eq_ignore_ascii_case(text) || category.label.eq_ignore_ascii_case(text)
    };
    let spelled = match dim {
        Dim::Attribute(attribute) => words(*attribute, text).map(|(code, _)| code),
        Dim::Group(group) => group.member(text).and_then(flag_words).map(|(code, _)| code),
        Dim::Child => Majority::parse(text).ok().map(|value| match value {
            Majority::Minor => "child",
            _ => "adult",
        }),
        Dim::Place(..) | Dim::Plain(_) => None,
    };
    let years: Option<Years> = match dim {
        Dim::Attribute(CaseAttribute::YearOfRegistration) => text.parse().ok(),
        _ => None,
    };
    let in_years = |category: &Category| {
        let year: Option<u16> = category.code.parse().ok();
        years.zip(year).is_some_and(|(years, year)| years.first() <= year && year <= years.last())
    };
    let fits = |category: &Category| {
        is(category, text) || spelled.is_some_and(|code| category.code == code) || in_years(category)
    };
    categories.iter().map(fits).collect()
}

/// The nearest code or label; nothing where the values were read off a file.
fn suggest(dim: &Dim, categories: &[Category], text: &str) -> Option<String> {
    if matches!(dim, Dim::Plain(_)) || matches!(dim, Dim::Attribute(attribute) if attribute.is_list()) {
        return None;
    }
    let known = categories.iter().flat_map(|category| [category.code.as_str(), category.label.as_str()]);
    nearest(text, known).map(str::to_owned)
}

/// The two categories of a filter, and which of them each category becomes.
fn picked(categories: &[Category], chosen: &[bool]) -> (Vec<Category>, Vec<u16>) {
    let join = |part: fn(&Category) -> &str| {
        let selected = categories.iter().zip(chosen).filter(|(_, chosen)| **chosen);
        selected.map(|(category, _)| part(category)).collect::<Vec<_>>().join(",")
    };
    let selected = Category::new(join(|category| &category.code), join(|category| &category.label));
    let map = chosen.iter().map(|chosen| u16::from(!chosen)).collect();
    (vec![selected, Category::new(NOT_SELECTED, "not selected")], map)
}

fn compose(map: &[u16], of_category: &[u16]) -> Vec<u16> {
    map.iter().map(|&category| of_category.get(usize::from(category)).copied().unwrap_or(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_model::{CaseTable, Layout};

    fn scope(schema: &Schema) -> Scope<'_> {
        Scope { indicator: "sex", schema, basis: ChildBasis::AgeAtRegistration }
    }

    fn schema(layout: &str) -> Schema {
        CaseTable::schema(Layout::named(layout).unwrap(), |_| None).unwrap()
    }

    fn selected(variable: &Variable) -> (String, usize) {
        match variable {
            Variable::Recoded { categories, map, .. } | Variable::Paired { categories, map, .. } => {
                (categories[0].code.clone(), map.iter().filter(|&&category| category == 0).count())
            }
            Variable::AnyFlag { members, .. } => (members.join(","), members.len()),
            _ => panic!("not a filter"),
        }
    }

    #[test]
    fn filters_select_by_code_label_or_spelling() {
        let schema = schema("ctdc-synthetic-2021");
        let scope = scope(&schema);
        let filter = |name: &str, wanted: &[&str]| selected(&scope.filter(&Dim::parse(name), wanted).unwrap());
        assert_eq!(filter("sex", &["Woman", "male"]), ("female,male".to_owned(), 2));
        assert_eq!(filter("country", &["KEN"]), ("KE".to_owned(), 1));
        assert_eq!(filter("country", &["unknown"]), ("unknown".to_owned(), 1));
        assert_eq!(filter("year", &["2015/2017", "2019"]), ("2015,2016,2017,2019".to_owned(), 4));
        assert_eq!(filter("child", &["minor"]), ("child".to_owned(), 2));
        // M49, September 2024: 29 official countries and areas in Oceania.
        assert_eq!(filter("region-of-origin", &["Oceania"]), ("009".to_owned(), 29));
        assert_eq!(filter("form", &["Forced labour"]).0, "form_forced_labour");
        assert_eq!(filter("form_forced_labour", &["1"]), ("yes".to_owned(), 1));
    }

    #[test]
    fn what_is_not_there_is_named() {
        let schema = schema("ctdc-synthetic-2024");
        let scope = scope(&schema);
        let message = |name: &str, value: &str| scope.filter(&Dim::parse(name), &[value]).unwrap_err().to_string();
        assert_eq!(message("sexx", "male"), "indicator `sex` has no dimension `sexx`; did you mean `sex`?");
        assert_eq!(message("sex", "femal"), "dimension `sex` has no category `femal`; did you mean `female`?");
        assert_eq!(
            message("source", "hotline"),
            "indicator `sex` cannot be computed: the file has no attribute `data_source`"
        );
    }

    #[test]
    fn the_age_decides_before_the_statement_of_majority() {
        let schema = schema("ctdc-kanon-63");
        let Variable::Paired { map, .. } = scope(&schema).variable(&Dim::Child).unwrap() else { panic!() };
        // 9 bands and not recorded, times minor, adult, not recorded, unknown.
        assert_eq!(map.len(), 10 * 4);
        assert_eq!((map[1], map[2 * 4]), (0, 1)); // 0-8 but adult; 18-20 but minor
        assert_eq!(map[36..], [0, 1, 2, 2]); // age not recorded
    }
}
