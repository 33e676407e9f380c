//! A request checked against its indicator, and the tables that belong to it.

use super::notes;
use crate::IndicatorError;
use crate::catalogue::{Definition, Measure};
use crate::compute::TableSpec;
use crate::estimate::{Attribution, Base, ChildBasis, Dimension, Estimate, Filter, Years};
use crate::request::{Dim, Place, Request, Scope, flag_words, words};
use ctdata_model::CaseAttribute;
use ctdata_table::{CountTable, Schema, Variable};
use std::borrow::Cow;
use std::collections::BTreeMap;

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
            Measure::SexAndAge => vec!["sex-and-age".into()],
            Measure::Movement => vec!["movement".into()],
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
    pub(crate) fn find<'t>(&self, tables: &'t [CountTable], role: &str) -> Option<&'t CountTable> {
        let id = self.id(role);
        tables.iter().find(|table| table.id() == id)
    }

    /// The table of a role, with `counted` dimensions after filters and breakdown.
    pub(crate) fn table<'t>(
        &self,
        tables: &'t [CountTable],
        role: &str,
        counted: usize,
    ) -> Result<Counted<'t>, IndicatorError> {
        let table = self.find(tables, role);
        let table = table.ok_or_else(|| self.refuse(format!("count table `{}` is missing", self.id(role))))?;
        self.check(table, counted)
    }

    /// The tables of the roles that begin with `roles`, one dimension counted in each.
    pub(crate) fn tables<'t>(&self, tables: &'t [CountTable], roles: &str) -> Result<Vec<Counted<'t>>, IndicatorError> {
        let prefix = self.id(roles);
        let found: Vec<_> = tables
            .iter()
            .filter(|table| table.id().starts_with(&prefix))
            .map(|table| self.check(table, 1))
            .collect::<Result<_, _>>()?;
        if found.is_empty() {
            return Err(self.refuse(format!("count tables `{prefix}…` are missing")));
        }
        Ok(found)
    }

    fn check<'t>(&self, table: &'t CountTable, counted: usize) -> Result<Counted<'t>, IndicatorError> {
        let (filters, by) = (self.filters.len(), self.by.len());
        let dimensions = table.dimensions();
        let filtered = self.filters.iter().zip(dimensions);
        let fits = dimensions.len() == filters + by + counted
            && filtered.into_iter().all(|((dim, _), found)| found.name() == format!("where-{}", dim.name()));
        if !fits {
            let rule = format!("count table `{}` does not have the dimensions of the request", table.id());
            return Err(self.refuse(rule));
        }
        Ok(Counted { table, filters, by })
    }

    /// A share, described.
    pub(crate) fn share(
        &self,
        counted: &Counted<'_>,
        by: &[u16],
        coordinates: impl IntoIterator<Item = Dimension>,
        [numerator, base, unknown]: [u64; 3],
    ) -> Result<Estimate, IndicatorError> {
        let (method, level) = (self.request.share_interval, self.request.level);
        let mut estimate = Estimate::share(self.definition.id, numerator, base, method, level)?;
        estimate.unknown = Some(unknown);
        estimate.base_rule = self.base;
        self.describe(&mut estimate, counted, by, coordinates);
        Ok(estimate)
    }

    /// Fills in what the request and the tables say of an estimate.
    pub(crate) fn describe(
        &self,
        estimate: &mut Estimate,
        counted: &Counted<'_>,
        by: &[u16],
        coordinates: impl IntoIterator<Item = Dimension>,
    ) {
        estimate.code = self.definition.printed_code().map(Cow::Borrowed);
        estimate.definition_version = Some(Cow::Borrowed(self.definition.version));
        let broken_down = self.by.iter().enumerate().zip(by);
        estimate.dimensions = broken_down
            .map(|((index, dim), &position)| counted.coordinate(counted.filters + index, dim, position))
            .chain(coordinates)
            .collect();
        estimate.filters = self.described_filters(counted.table);
        estimate.attribution = match self.definition.measure {
            Measure::Origin => Some(Attribution::Citizenship),
            Measure::Exploitation => Some(Attribution::Exploitation),
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

/// The counts of one combination of the breakdown.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) by: Vec<u16>,
    /// Positions in the counted dimensions, and the count.
    pub(crate) cells: Vec<(Vec<u16>, u64)>,
}

/// One cell: whether the filters let it through, its breakdown, what is counted, the count.
pub(crate) type Cell<'t> = (bool, &'t [u16], &'t [u16], u64);

/// A table of counts whose dimensions are known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted<'t> {
    pub(crate) table: &'t CountTable,
    filters: usize,
    by: usize,
}

impl<'t> Counted<'t> {
    /// A dimension that is counted, from 0.
    pub(crate) fn dimension(&self, index: usize) -> Option<&'t ctdata_table::Dimension> {
        self.table.dimensions().get(self.filters + self.by + index)
    }

    /// The position of a category of a counted dimension.
    pub(crate) fn position(&self, index: usize, code: &str) -> Option<u16> {
        self.dimension(index).and_then(|dimension| dimension.position(code))
    }

    /// Whether a category of the breakdown stands for a kind of missing.
    pub(crate) fn any_missing(&self, by: &[u16]) -> bool {
        let dimensions = self.table.dimensions().iter().skip(self.filters);
        dimensions.zip(by).any(|(dimension, &position)| dimension.is_missing(position))
    }

    /// All cells.
    pub(crate) fn cells(&self) -> impl Iterator<Item = Cell<'t>> + use<'t> {
        let (filters, by) = (self.filters, self.by);
        self.table.cells().filter_map(move |(key, count)| {
            let (filtered, rest) = key.split_at_checked(filters)?;
            let (by, counted) = rest.split_at_checked(by)?;
            Some((filtered.iter().all(|&position| position == 0), by, counted, count))
        })
    }

    /// What is counted in the cells that meet the filters marked, whatever the other filters say.
    pub(crate) fn counted_where(&self, marked: &[bool]) -> impl Iterator<Item = &'t [u16]> {
        let start = self.filters + self.by;
        self.table.cells().filter_map(move |(key, _)| {
            let mut filters = key.iter().zip(marked);
            filters.all(|(&position, &marked)| !marked || position == 0).then(|| key.get(start..)).flatten()
        })
    }

    /// The cells that the filters let through, by breakdown.
    pub(crate) fn slices(&self) -> Vec<Slice> {
        let mut slices = BTreeMap::<&[u16], Vec<(Vec<u16>, u64)>>::new();
        for (_, by, counted, count) in self.cells().filter(|(selected, ..)| *selected) {
            slices.entry(by).or_default().push((counted.to_vec(), count));
        }
        // An empty table still has its total.
        if self.by == 0 && slices.is_empty() {
            slices.insert(&[], Vec::new());
        }
        slices.into_iter().map(|(by, cells)| Slice { by: by.to_vec(), cells }).collect()
    }

    /// The coordinate of a position in a counted dimension.
    pub(crate) fn counted(&self, index: usize, dim: &Dim, position: u16) -> Dimension {
        self.coordinate(self.filters + self.by + index, dim, position)
    }

    fn coordinate(&self, index: usize, dim: &Dim, position: u16) -> Dimension {
        let dimension = self.table.dimensions().get(index);
        let category = dimension.and_then(|dimension| dimension.categories.get(usize::from(position)));
        let (code, label) = category.map_or(("", ""), |category| (&category.code, &category.label));
        let known = match dim {
            Dim::Attribute(attribute) if code == label => words(*attribute, code),
            _ => None,
        };
        match known {
            Some((_, label)) => Dimension::new(dim.name(), code.to_owned(), label),
            None => Dimension::new(dim.name(), code.to_owned(), label.to_owned()),
        }
    }
}
