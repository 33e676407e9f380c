//! From a table of cases to estimates, through tables of counts.

use crate::IndicatorError;
use crate::catalogue::{CATALOGUE, Definition, Measure, indicator};
use crate::estimate::{Estimate, Years};
use crate::flow;
use crate::people::{self, Subject};
use crate::population::Population;
use crate::profile::{Frame, Sum, Tables, Tally, child, completeness, exclusive, group, outside, quartiles};
use crate::request::{Dim, Place, Request};
use crate::sdg::rate;
use crate::trace::{self, Traced};
use ctdata_model::CaseAttribute;
use ctdata_table::{Control, CountTable, Schema, Table, Variable, tabulate, tabulate_all};

/// A table of counts that an indicator is computed from, described but not yet counted.
///
/// Its variables are those of the filters (named `where-…`, the category let through first), of the
/// breakdown, and of what is counted, in this order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TableSpec {
    /// The id of the count table, by which [`Definition::estimates`] finds it again.
    pub id: String,
    /// What it is counted by.
    pub variables: Vec<Variable>,
}

impl TableSpec {
    /// Counts the table.
    ///
    /// # Errors
    /// Those of [`tabulate`].
    pub fn tabulate(&self, table: &Table, control: &Control) -> Result<CountTable, IndicatorError> {
        Ok(tabulate(table, &self.id, &self.variables, control)?)
    }
}

/// One indicator of one table of cases.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct IndicatorResult {
    /// Which one.
    pub indicator: &'static Definition,
    /// The figures.
    pub estimates: Vec<Estimate>,
    /// The counts they were computed from, confidential as the cases are.
    pub counts: Vec<CountTable>,
}

/// An indicator of the catalogue that could not be computed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Skipped {
    /// Which one.
    pub indicator: &'static Definition,
    /// Why.
    pub reason: IndicatorError,
}

/// The whole catalogue.
#[derive(Debug)]
#[non_exhaustive]
pub struct CatalogueResult {
    /// What was computed, in the order of the catalogue.
    pub results: Vec<IndicatorResult>,
    /// What was not.
    pub skipped: Vec<Skipped>,
}

impl CatalogueResult {
    /// All figures, in the order of the catalogue.
    pub fn estimates(&self) -> impl Iterator<Item = &Estimate> {
        self.results.iter().flat_map(|result| &result.estimates)
    }
}

impl Definition {
    /// The tables of counts that a request needs, for a table with this schema.
    ///
    /// # Errors
    /// [`IndicatorError::Unavailable`] if the schema lacks what is counted, [`IndicatorError::NotCollected`] if it is
    /// nothing that cases of CTDC have, or if the rows stand for others than [`Definition::subject`] says,
    /// [`IndicatorError::UnknownDimension`] or [`IndicatorError::UnknownCategory`] for a name that is
    /// not known, and [`IndicatorError::Request`] for a request that the indicator cannot answer.
    pub fn tables(&'static self, request: &Request, schema: &Schema) -> Result<Vec<TableSpec>, IndicatorError> {
        people::check(self, schema)?;
        let frame = Frame::try_new(self, request)?;
        let scope = frame.scope(schema);
        let dim = |place| Dim::place(place, request.flow_level);
        match self.measure {
            Measure::Group(group) => group::tables(&frame, &scope, group, None),
            Measure::Flag(group, flag) => group::tables(&frame, &scope, group, Some(flag)),
            Measure::Attribute(attribute) | Measure::Value(attribute, _) => {
                exclusive::tables(&frame, &scope, &Dim::Attribute(attribute))
            }
            Measure::Children | Measure::ChildrenByCitizenship | Measure::SexAndAge => child::tables(&frame, &scope),
            Measure::Movement | Measure::CrossBorder | Measure::Nationality => flow::movement_tables(&frame, &scope),
            Measure::Origin => exclusive::tables(&frame, &scope, &dim(Place::Origin)),
            Measure::Exploitation => exclusive::tables(&frame, &scope, &dim(Place::Exploitation)),
            Measure::Flows => flow::flow_tables(&frame, &scope),
            Measure::Completeness => completeness::tables(&frame, &scope),
            Measure::People(measure) => people::tables(&frame, &scope, measure),
            Measure::Quartiles => quartiles::tables(&frame, &scope),
            Measure::Outside(group, flag) => outside::tables(&frame, &scope, group, flag),
            Measure::Rate => rate::tables(&frame, &scope),
        }
    }

    /// The estimates from counted tables, be they of the cases or released ones. Tables of other ids
    /// are ignored.
    ///
    /// A rate without a population has the number of persons and no value.
    ///
    /// # Errors
    /// [`IndicatorError::Request`] if a table is missing or has other dimensions than
    /// [`Definition::tables`] says for this request, [`IndicatorError::Interval`] if counts
    /// contradict each other.
    pub fn estimates(
        &'static self,
        request: &Request,
        tables: &[CountTable],
        population: Option<&Population>,
    ) -> Result<Vec<Estimate>, IndicatorError> {
        match self.measure {
            Measure::Rate => rate::estimates(&Frame::try_new(self, request)?, tables, population),
            Measure::Quartiles => quartiles::estimates(&Frame::try_new(self, request)?, tables.into()),
            Measure::People(measure) if !measure.is_share() => {
                people::statistics(&Frame::try_new(self, request)?, measure, tables.into())
            }
            _ => self.figures::<u64>(request, tables.into()),
        }
    }

    /// The same estimates, each with the cells that its numbers are the sums of.
    ///
    /// Cells are those of [`CountTable::cells_with_zeros`], so that a zero names the cells that are zero; of a table
    /// with more than `zeros_limit` of them, those that are not zero. What is listed nowhere is zero: a combination
    /// of the breakdown that nobody is in has no estimate.
    ///
    /// The flag of a country with few victims is left out, since it would say how many a withheld figure is at most.
    ///
    /// # Errors
    /// Those of [`Definition::estimates`], and [`IndicatorError::Request`] for means and quantiles.
    pub fn trace(
        &'static self,
        request: &Request,
        tables: &[CountTable],
        population: Option<&Population>,
        zeros_limit: usize,
    ) -> Result<Vec<Traced>, IndicatorError> {
        match self.measure {
            Measure::Rate => rate::trace(&Frame::try_new(self, request)?, tables, population, zeros_limit),
            Measure::Quartiles => {
                // A quartile says something of every band, so that no sum of cells stands for it.
                let rule = "a quartile cannot be protected figure by figure";
                Err(Frame::try_new(self, request)?.refuse(rule.into()))
            }
            Measure::People(measure) if !measure.is_share() => {
                let rule = "a mean or a quantile cannot be protected figure by figure";
                Err(Frame::try_new(self, request)?.refuse(rule.into()))
            }
            _ => {
                let listed = trace::listed(self, tables, zeros_limit);
                self.figures::<Sum>(request, Tables::listed(tables, &listed))
            }
        }
    }

    /// The shares, with what their sums are to know.
    fn figures<T: Tally>(
        &'static self,
        request: &Request,
        tables: Tables<'_>,
    ) -> Result<Vec<T::Figure>, IndicatorError> {
        let frame = Frame::try_new(self, request)?;
        let dim = |place| Dim::place(place, request.flow_level);
        match self.measure {
            Measure::Group(group) => group::figures::<T>(&frame, group, None, tables),
            Measure::Flag(group, flag) => group::figures::<T>(&frame, group, Some(flag), tables),
            Measure::Attribute(attribute) => exclusive::figures::<T>(&frame, &Dim::Attribute(attribute), None, tables),
            Measure::Value(attribute, code) => {
                exclusive::figures::<T>(&frame, &Dim::Attribute(attribute), Some(code), tables)
            }
            Measure::Children | Measure::ChildrenByCitizenship | Measure::SexAndAge => {
                child::figures::<T>(&frame, tables)
            }
            Measure::Movement => flow::movement::<T>(&frame, tables),
            Measure::CrossBorder => flow::cross_border::<T>(&frame, tables),
            Measure::Nationality => flow::nationality::<T>(&frame, tables),
            Measure::Outside(group, flag) => outside::figures::<T>(&frame, group, flag, tables),
            Measure::Origin => exclusive::figures::<T>(&frame, &dim(Place::Origin), None, tables),
            Measure::Exploitation => exclusive::figures::<T>(&frame, &dim(Place::Exploitation), None, tables),
            Measure::Flows => flow::flows::<T>(&frame, tables),
            Measure::Completeness => completeness::figures::<T>(&frame, tables),
            Measure::People(measure) => people::figures::<T>(&frame, measure, tables),
            Measure::Rate | Measure::Quartiles => Err(frame.refuse("it is not a share".into())),
        }
    }
}

/// Computes one indicator from a table of cases.
///
/// The attributes of the table carry the names of the case schema; a selection of its columns will
/// do. An estimate without years of its own gets those that the table spans.
///
/// ```
/// use ctdata_indicators::{Request, compute};
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
///
/// let schema = Schema::try_new(vec![
///     Attribute::flag("form_forced_labour"),
///     Attribute::flag("form_sexual_exploitation"),
/// ])?;
/// // 1 is yes, 2 is not recorded.
/// let columns = vec![Column::from_u8(vec![1, 2, 1, 2]), Column::from_u8(vec![2, 1, 2, 2])];
/// let table = Table::try_new(schema, columns)?;
/// let result = compute(&table, &Request::new("form-of-exploitation"), None, &Control::default())?;
/// let labour = &result.estimates[0];
/// assert_eq!((labour.numerator, labour.base, labour.unknown), (Some(2), Some(3), Some(1)));
/// # Ok::<(), ctdata_indicators::IndicatorError>(())
/// ```
///
/// # Errors
/// An indicator that is not known or needs a survey, anything [`Definition::tables`] refuses, a
/// rate of persons of whom the table has several rows, [`ctdata_table::TableError::Cancelled`].
pub fn compute(
    table: &Table,
    request: &Request,
    population: Option<&Population>,
    control: &Control,
) -> Result<IndicatorResult, IndicatorError> {
    compute_one(indicator(&request.id)?, table, request, population, control)
}

pub(crate) fn compute_one(
    definition: &'static Definition,
    table: &Table,
    request: &Request,
    population: Option<&Population>,
    control: &Control,
) -> Result<IndicatorResult, IndicatorError> {
    let counts = counted(table, &plan(definition, table, request)?, control)?;
    figures(definition, request, counts, population, spanned(table))
}

/// Computes the whole catalogue: `request` says the breakdown, the filters and the options, its id
/// is ignored.
///
/// # Errors
/// A dimension or a category that is not known, or a failure of counting. Whatever single
/// indicators lack (attributes, a population, the base asked for) is listed with the result.
pub fn compute_all(
    table: &Table,
    request: &Request,
    population: Option<&Population>,
    control: &Control,
) -> Result<CatalogueResult, IndicatorError> {
    compute_catalogue(request, population, control, |_| table)
}

/// The whole catalogue of the tables of each subject; those of one are counted together.
pub(crate) fn compute_catalogue<'t>(
    request: &Request,
    population: Option<&Population>,
    control: &Control,
    table: impl Fn(Subject) -> &'t Table,
) -> Result<CatalogueResult, IndicatorError> {
    let mut planned = Vec::with_capacity(CATALOGUE.len());
    for definition in CATALOGUE {
        let specs = if definition.needs_population() && population.is_none() {
            Err(IndicatorError::NeedsPopulation { indicator: definition.id.to_owned() })
        } else {
            plan(definition, table(definition.subject()), request)
        };
        // What victims can be broken down by need not be said of perpetrators.
        let of_others = definition.subject() != Subject::Victims;
        let specs = match specs {
            Err(reason @ IndicatorError::UnknownDimension { .. }) if of_others => Err(reason),
            other => skippable(other)?,
        };
        planned.push((definition, specs));
    }
    let mut counts = Vec::with_capacity(Subject::ALL.len());
    for &subject in Subject::ALL {
        let of_subject = planned.iter().filter(|(definition, _)| definition.subject() == subject);
        let specs = of_subject.filter_map(|(_, specs)| specs.as_ref().ok()).flatten();
        let table = table(subject);
        counts.push((subject, counted(table, specs, control)?.into_iter(), spanned(table)));
    }
    let mut all = CatalogueResult { results: Vec::new(), skipped: Vec::new() };
    for (done, (definition, specs)) in (0u64..).zip(planned) {
        control.report("indicators", done, u64::try_from(CATALOGUE.len()).ok());
        control.check()?;
        let Some((_, counts, years)) = counts.iter_mut().find(|(subject, ..)| *subject == definition.subject()) else {
            continue;
        };
        let specs = match specs {
            Ok(specs) => specs,
            Err(reason) => {
                all.skipped.push(Skipped { indicator: definition, reason });
                continue;
            }
        };
        let counts: Vec<_> = counts.by_ref().take(specs.len()).collect();
        match skippable(figures(definition, request, counts, population, *years))? {
            Ok(result) => all.results.push(result),
            Err(reason) => all.skipped.push(Skipped { indicator: definition, reason }),
        }
    }
    Ok(all)
}

/// What single indicators lack is no failure of the whole.
fn skippable<T>(result: Result<T, IndicatorError>) -> Result<Result<T, IndicatorError>, IndicatorError> {
    match result {
        Err(
            error @ (IndicatorError::Unavailable { .. }
            | IndicatorError::Request { .. }
            | IndicatorError::NotCollected { .. }
            | IndicatorError::NeedsPopulation { .. }),
        ) => Ok(Err(error)),
        other => other.map(Ok),
    }
}

/// The tables of an indicator, if it can be computed from records of this kind.
pub(crate) fn plan(
    definition: &'static Definition,
    table: &Table,
    request: &Request,
) -> Result<Vec<TableSpec>, IndicatorError> {
    let several_rows = || table.ids().is_some_and(|ids| ids.max_rows_per_id() > 1);
    if definition.measure == Measure::Rate && several_rows() {
        return Err(IndicatorError::Request {
            indicator: definition.id.to_owned(),
            rule: "it counts persons, and the table has several rows of a person".into(),
        });
    }
    definition.tables(request, table.schema())
}

pub(crate) fn counted<'a>(
    table: &'a Table,
    specs: impl IntoIterator<Item = &'a TableSpec>,
    control: &Control,
) -> Result<Vec<CountTable>, IndicatorError> {
    let specs = specs.into_iter().map(|spec| (spec.id.as_str(), spec.variables.as_slice()));
    Ok(tabulate_all(table, specs, control)?)
}

/// The figures of counted tables.
fn figures(
    definition: &'static Definition,
    request: &Request,
    counts: Vec<CountTable>,
    population: Option<&Population>,
    years: Option<Years>,
) -> Result<IndicatorResult, IndicatorError> {
    let mut estimates = definition.estimates(request, &counts, population)?;
    with_period(&mut estimates, years);
    Ok(IndicatorResult { indicator: definition, estimates, counts })
}

/// Figures without years of their own are of those that the table spans: of a row whose year is not recorded nothing
/// is known.
pub(crate) fn with_period(estimates: &mut [Estimate], years: Option<Years>) {
    for estimate in estimates {
        let is_by_year = estimate.dimensions.get("year").is_some();
        if !is_by_year && estimate.filters.iter().all(|filter| filter.dimension != "year") {
            estimate.period = estimate.period.or(years);
        }
    }
}

/// The years of registration that the table spans.
pub(crate) fn spanned(table: &Table) -> Option<Years> {
    let (attribute, column) = table.named(&CaseAttribute::YearOfRegistration.name()).ok()?;
    let domain = attribute.domain();
    // Years are coded in ascending order.
    let recorded = || column.iter().filter(|&code| attribute.is_value(code));
    let year = |code| domain.number(code).and_then(|year| u16::try_from(year).ok());
    Some(Years::between(year(recorded().min()?)?, year(recorded().max()?)?))
}
