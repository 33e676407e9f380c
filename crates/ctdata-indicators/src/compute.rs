//! From a table of cases to estimates, through tables of counts.

use crate::IndicatorError;
use crate::catalogue::{CATALOGUE, Definition, Measure, indicator};
use crate::estimate::{Estimate, Years};
use crate::flow;
use crate::people::{self, Subject};
use crate::population::Population;
use crate::profile::{Frame, child, completeness, exclusive, group};
use crate::request::{Dim, Place, Request};
use crate::sdg::rate;
use ctdata_model::CaseAttribute;
use ctdata_table::{Control, CountTable, Schema, Table, Variable, tabulate};

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
            Measure::Children | Measure::SexAndAge => child::tables(&frame, &scope),
            Measure::Movement => flow::movement_tables(&frame, &scope),
            Measure::Origin => exclusive::tables(&frame, &scope, &dim(Place::Origin)),
            Measure::Exploitation => exclusive::tables(&frame, &scope, &dim(Place::Exploitation)),
            Measure::Flows => flow::flow_tables(&frame, &scope),
            Measure::Completeness => completeness::tables(&frame, &scope),
            Measure::People(measure) => people::tables(&frame, &scope, measure),
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
        let frame = Frame::try_new(self, request)?;
        let dim = |place| Dim::place(place, request.flow_level);
        match self.measure {
            Measure::Group(group) => group::estimates(&frame, group, None, tables),
            Measure::Flag(group, flag) => group::estimates(&frame, group, Some(flag), tables),
            Measure::Attribute(attribute) => exclusive::estimates(&frame, &Dim::Attribute(attribute), None, tables),
            Measure::Value(attribute, code) => {
                exclusive::estimates(&frame, &Dim::Attribute(attribute), Some(code), tables)
            }
            Measure::Children | Measure::SexAndAge => child::estimates(&frame, tables),
            Measure::Movement => flow::movement(&frame, tables),
            Measure::Origin => exclusive::estimates(&frame, &dim(Place::Origin), None, tables),
            Measure::Exploitation => exclusive::estimates(&frame, &dim(Place::Exploitation), None, tables),
            Measure::Flows => flow::flows(&frame, tables),
            Measure::Completeness => completeness::estimates(&frame, tables),
            Measure::People(measure) => people::estimates(&frame, measure, tables),
            Measure::Rate => rate::estimates(&frame, tables, population),
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

/// The whole catalogue of the tables of each subject.
pub(crate) fn compute_catalogue<'t>(
    request: &Request,
    population: Option<&Population>,
    control: &Control,
    table: impl Fn(Subject) -> &'t Table,
) -> Result<CatalogueResult, IndicatorError> {
    let mut all = CatalogueResult { results: Vec::new(), skipped: Vec::new() };
    for (done, definition) in (0u64..).zip(CATALOGUE) {
        control.report("indicators", done, u64::try_from(CATALOGUE.len()).ok());
        let result = if definition.needs_population() && population.is_none() {
            Err(IndicatorError::NeedsPopulation { indicator: definition.id.to_owned() })
        } else {
            compute_one(definition, table(definition.subject()), request, population, control)
        };
        match result {
            Ok(result) => all.results.push(result),
            Err(
                reason @ (IndicatorError::Unavailable { .. }
                | IndicatorError::Request { .. }
                | IndicatorError::NotCollected { .. }
                | IndicatorError::NeedsPopulation { .. }),
            ) => all.skipped.push(Skipped { indicator: definition, reason }),
            // What victims can be broken down by need not be said of perpetrators.
            Err(reason @ IndicatorError::UnknownDimension { .. }) if definition.subject() != Subject::Victims => {
                all.skipped.push(Skipped { indicator: definition, reason });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

pub(crate) fn compute_one(
    definition: &'static Definition,
    table: &Table,
    request: &Request,
    population: Option<&Population>,
    control: &Control,
) -> Result<IndicatorResult, IndicatorError> {
    let several_rows = || table.ids().is_some_and(|ids| ids.max_rows_per_id() > 1);
    if definition.measure == Measure::Rate && several_rows() {
        return Err(IndicatorError::Request {
            indicator: definition.id.to_owned(),
            rule: "it counts persons, and the table has several rows of a person".into(),
        });
    }
    let specs = definition.tables(request, table.schema())?;
    let counts = specs.iter().map(|spec| spec.tabulate(table, control)).collect::<Result<Vec<_>, _>>()?;
    let mut estimates = definition.estimates(request, &counts, population)?;
    let years = years(table);
    for estimate in &mut estimates {
        // Of a row whose year is not recorded nothing is known.
        let is_by_year = estimate.dimensions.get("year").is_some();
        if !is_by_year && estimate.filters.iter().all(|filter| filter.dimension != "year") {
            estimate.period = estimate.period.or(years);
        }
    }
    Ok(IndicatorResult { indicator: definition, estimates, counts })
}

/// The years of registration that the table spans.
fn years(table: &Table) -> Option<Years> {
    let (attribute, column) = table.named(&CaseAttribute::YearOfRegistration.name()).ok()?;
    let domain = attribute.domain();
    // Years are coded in ascending order.
    let recorded = || column.iter().filter(|&code| attribute.is_value(code));
    let year = |code| domain.number(code).and_then(|year| u16::try_from(year).ok());
    Some(Years::between(year(recorded().min()?)?, year(recorded().max()?)?))
}
