//! A request checked against its indicator, and the tables that belong to it.

use super::{Counted, Tables, notes, outside};
use crate::IndicatorError;
use crate::catalogue::{Definition, Measure};
use crate::compute::TableSpec;
use crate::estimate::{Attribution, Base, ChildBasis, Estimate, Filter, Years};
use crate::flow::{MOVEMENT, NATIONALITY};
use crate::request::{Dim, Place, Request, Scope, flag_words};
use ctdata_model::CaseAttribute;
use ctdata_table::{CountTable, Schema, Variable};
use std::borrow::Cow;

/// A request that its indicator can answer, as far as that can be told without a table.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) definition: &'static Definition,
    pub(crate) request: &'a Request,
    pub(crate) by: Vec<Dim>,
    pub(crate) filters: Vec<(Dim, Vec<&'a str>)>,
    pub(crate) base: Option<Base>,
    notes: Vec<Cow<'static, str>>,
}

impl<'a> Frame<'a> {
    pub(crate) fn try_new(definition: &'static Definition, request: &'a Request) -> Result<Self, IndicatorError> {
        let mut frame = Self {
            definition,
            request,
            by: Vec::new(),
            filters: Vec::new(),
            base: request.base.or(definition.base),
            notes: Vec::new(),
        };
        let measured = frame.measured();
        for name in &request.by {
            let dim = Dim::parse(name);
            if frame.by.contains(&dim) {
                return Err(frame.refuse(format!("dimension `{name}` is given twice")));
            }
            if !measured.contains(&dim.name()) {
                frame.by.push(dim);
            } else if definition.measure != Measure::Rate {
                return Err(frame.refuse(format!("it is counted by `{}` already", dim.name())));
            }
        }
        if definition.measure == Measure::ChildrenByCitizenship {
            frame.by.insert(0, Dim::Attribute(CaseAttribute::Citizenship));
        }
        for (name, value) in definition.within {
            frame.filters.push((Dim::parse(name), vec![value]));
        }
        for (name, value) in &request.filters {
            let dim = Dim::parse(name);
            let own = frame.filters.get_mut(definition.within.len()..).unwrap_or_default();
            match own.iter_mut().find(|(known, _)| *known == dim) {
                Some((_, values)) => values.push(value),
                None => frame.filters.push((dim, vec![value])),
            }
        }
        frame.check_base()?;
        frame.check_multiple()?;
        frame.notes = notes::notes(&frame);
        Ok(frame)
    }

    fn check_base(&self) -> Result<(), IndicatorError> {
        let allowed: &[Base] = match self.definition.measure {
            Measure::Group(_) if self.is_exclusive_forms() => &[Base::AnyInGroup, Base::All],
            Measure::Group(_) | Measure::Flag(..) => Base::ALL,
            Measure::Completeness => &[Base::All],
            Measure::People(measure) => measure.bases(),
            Measure::Quartiles => &[Base::Answered],
            Measure::Outside(..) => &[Base::AnyInGroup],
            Measure::Rate => &[],
            _ => &[Base::Answered, Base::All],
        };
        match self.base {
            Some(base) if !allowed.contains(&base) => {
                let allowed: Vec<_> = allowed.iter().map(|base| base.code()).collect();
                Err(self.refuse(match allowed.as_slice() {
                    [] => "a rate is over residents and has no other base".into(),
                    _ => format!("its base is {}", allowed.join(" or ")),
                }))
            }
            _ => Ok(()),
        }
    }

    fn check_multiple(&self) -> Result<(), IndicatorError> {
        let questions = self.by.iter().filter(|dim| dim.is_multiple()).count();
        let counted = match self.definition.measure {
            Measure::Group(_) | Measure::Flag(..) => {
                usize::from(!self.is_exclusive_forms() && self.base != Some(Base::Answered))
            }
            Measure::People(measure) => usize::from(measure.is_multiple(self.base)),
            _ => 0,
        };
        if questions + counted > 1 {
            return Err(self.refuse("one question with several answers at a time: use a filter for the other".into()));
        }
        Ok(())
    }

    /// Names of the coordinates that the indicator itself sets.
    fn measured(&self) -> Vec<Cow<'static, str>> {
        let level = self.request.flow_level;
        match self.definition.measure {
            Measure::Group(group) | Measure::Flag(group, _) => vec![Dim::Group(group).name()],
            Measure::Attribute(attribute) | Measure::Value(attribute, _) => {
                vec![Dim::Attribute(attribute).name()]
            }
            Measure::Children => vec![Dim::Child.name()],
            Measure::ChildrenByCitizenship => {
                vec![Dim::Child.name(), Dim::Attribute(CaseAttribute::Citizenship).name()]
            }
            Measure::Quartiles => {
                vec![Dim::Attribute(CaseAttribute::TraffickingDuration).name(), "quantile".into()]
            }
            Measure::Outside(..) => vec![outside::WITHOUT.into()],
            Measure::SexAndAge => vec!["sex-and-age".into()],
            Measure::Movement | Measure::CrossBorder => vec![MOVEMENT.into()],
            Measure::Nationality => vec![NATIONALITY.into()],
            Measure::Origin => vec![Dim::place(Place::Origin, level).name()],
            Measure::Exploitation => vec![Dim::place(Place::Exploitation, level).name()],
            Measure::Flows => [Place::Origin, Place::Exploitation].map(|place| Dim::place(place, level).name()).into(),
            Measure::Completeness => vec!["attribute".into()],
            Measure::People(measure) => measure.measured(),
            Measure::Rate => self.place_and_year().map(|dim| dim.name()).into(),
        }
    }

    /// The country and the year of a rate.
    pub(crate) fn place_and_year(&self) -> [Dim; 2] {
        let country = match self.attribution() {
            Attribution::Citizenship => CaseAttribute::Citizenship,
            Attribution::Detection | Attribution::Exploitation => CaseAttribute::CountryOfExploitation,
        };
        [Dim::Attribute(country), Dim::Attribute(CaseAttribute::YearOfRegistration)]
    }

    pub(crate) fn attribution(&self) -> Attribution {
        self.request.attribution.unwrap_or(Attribution::Detection)
    }

    /// The basis of the dimension child or adult.
    pub(crate) fn basis(&self) -> ChildBasis {
        self.request.child_basis.unwrap_or(ChildBasis::AgeAtRegistration)
    }

    pub(crate) fn refuse(&self, rule: String) -> IndicatorError {
        IndicatorError::Request { indicator: self.definition.id.to_owned(), rule: rule.into() }
    }

    pub(crate) fn scope(&self, schema: &'a Schema) -> Scope<'a> {
        Scope { indicator: self.definition.id, schema, basis: self.basis() }
    }

    /// The id of a table: indicator, breakdown and filters, then its role.
    pub(crate) fn id(&self, role: &str) -> String {
        let mut id = self.definition.id.to_owned();
        let mut part = |word: &str, name: &str| {
            id.push_str(word);
            id.extend(name.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }));
        };
        for dim in &self.by {
            part(".by-", &dim.name());
        }
        for (dim, values) in self.filters.iter().skip(self.definition.within.len()) {
            part(".where-", &dim.name());
            for value in values {
                part("-", value);
            }
        }
        if self.by.iter().chain(self.filters.iter().map(|(dim, _)| dim)).any(|dim| *dim == Dim::Child) {
            part(".", self.basis().code());
        }
        part(".", role);
        id
    }

    /// A table of the filters, the breakdown and what is counted.
    pub(crate) fn spec(
        &self,
        scope: &Scope<'_>,
        role: &str,
        counted: impl IntoIterator<Item = Variable>,
    ) -> Result<TableSpec, IndicatorError> {
        let filters = self.filters.iter().map(|(dim, values)| scope.filter(dim, values));
        let by = self.by.iter().map(|dim| scope.variable(dim));
        let variables = filters.chain(by).chain(counted.into_iter().map(Ok)).collect::<Result<_, _>>()?;
        Ok(TableSpec { id: self.id(role), variables })
    }

    /// The table of a role, if it is among those given.
    pub(crate) fn find<'t>(&self, tables: impl Into<Tables<'t>>, role: &str) -> Option<&'t CountTable> {
        let wanted = self.id(role);
        tables.into().find(|id| id == wanted).next().map(|found| found.table)
    }

    /// The table of a role, with `counted` dimensions after filters and breakdown.
    pub(crate) fn table<'t>(
        &self,
        tables: impl Into<Tables<'t>>,
        role: &str,
        counted: usize,
    ) -> Result<Counted<'t>, IndicatorError> {
        let wanted = self.id(role);
        let found = tables.into().find(|id| id == wanted).next();
        let found = found.ok_or_else(|| self.refuse(format!("count table `{wanted}` is missing")))?;
        self.check(found, counted)
    }

    /// The tables of the roles that begin with `roles`, one dimension counted in each.
    pub(crate) fn tables<'t>(
        &self,
        tables: impl Into<Tables<'t>>,
        roles: &str,
    ) -> Result<Vec<Counted<'t>>, IndicatorError> {
        let prefix = self.id(roles);
        let found = tables.into().find(|id| id.starts_with(&prefix));
        let found: Vec<_> = found.map(|found| self.check(found, 1)).collect::<Result<_, _>>()?;
        if found.is_empty() {
            return Err(self.refuse(format!("count tables `{prefix}…` are missing")));
        }
        Ok(found)
    }

    fn check<'t>(&self, found: Counted<'t>, counted: usize) -> Result<Counted<'t>, IndicatorError> {
        let (filters, by) = (self.filters.len(), self.by.len());
        let dimensions = found.table.dimensions();
        let filtered = self.filters.iter().zip(dimensions);
        let fits = dimensions.len() == filters + by + counted
            && filtered.into_iter().all(|((dim, _), found)| found.name() == format!("where-{}", dim.name()));
        if !fits {
            let rule = format!("count table `{}` does not have the dimensions of the request", found.table.id());
            return Err(self.refuse(rule));
        }
        Ok(found.with(filters, by))
    }

    /// Fills in what all estimates of a table have in common.
    pub(super) fn describe_all(&self, estimate: &mut Estimate, table: &CountTable) {
        estimate.code = self.definition.printed_code().map(Cow::Borrowed);
        estimate.definition_version = Some(Cow::Borrowed(self.definition.version));
        estimate.filters = self.described_filters(table);
        estimate.attribution = match self.definition.measure {
            Measure::Origin => Some(Attribution::Citizenship),
            Measure::Exploitation => Some(Attribution::Exploitation),
            Measure::Nationality => Some(Attribution::Detection),
            Measure::Rate => Some(self.attribution()),
            _ => None,
        };
        estimate.period = period(estimate);
        estimate.notes.extend(self.notes.iter().cloned());
    }

    fn described_filters(&self, table: &CountTable) -> Vec<Filter> {
        let described = self.filters.iter().zip(table.dimensions());
        described.map(|((dim, _), dimension)| Filter { dimension: dim.name(), codes: selected(dimension) }).collect()
    }
}

/// The categories that a filter lets through.
fn selected(filter: &ctdata_table::Dimension) -> Vec<String> {
    if let Variable::AnyFlag { members, .. } = &filter.variable {
        let flags = members.iter().filter_map(|member| CaseAttribute::from_name(member));
        return flags.filter_map(flag_words).map(|(code, _)| code.to_owned()).collect();
    }
    let codes = filter.categories.first().map_or("", |category| category.code.as_str());
    codes.split(',').map(str::to_owned).collect()
}

/// The year of the breakdown, else the years of a filter.
fn period(estimate: &Estimate) -> Option<Years> {
    if let Some(year) = estimate.dimensions.get("year") {
        return year.code.parse().ok().map(Years::single);
    }
    let filter = estimate.filters.iter().find(|filter| filter.dimension == "year")?;
    let years: Vec<u16> = filter.codes.iter().filter_map(|code| code.parse().ok()).collect();
    Some(Years::between(*years.iter().min()?, *years.iter().max()?))
}
