//! The tables of a release: every count is taken from the released records and recounted there.

use ctdata_indicators::export::write_long_csv;
use ctdata_indicators::{CATALOGUE, Definition, Estimate, IndicatorError, Request, indicator};
use ctdata_model::CaseAttribute;
use ctdata_privacy::Released;
use ctdata_table::{Attribute, Control, CountTable, Schema, Table};

use crate::{PublishError, TablePlan};

/// Figures that say nothing that the released records do not say.
#[derive(Debug)]
pub struct ReleasedTables {
    computed: Vec<Computed>,
    skipped: Vec<(&'static str, String)>,
}

#[derive(Debug)]
struct Computed {
    definition: &'static Definition,
    counts: Vec<Released<CountTable>>,
    estimates: Vec<Estimate>,
}

impl ReleasedTables {
    /// No tables: what rows that are not cases come with, since indicators count victims.
    pub fn none() -> Self {
        Self { computed: Vec::new(), skipped: Vec::new() }
    }

    /// Computes the tables of a plan, or without any the whole catalogue as far as the released columns
    /// allow.
    ///
    /// # Errors
    /// An indicator of the plan that is not known or that the released columns do not allow; a recount that
    /// differs; a stop by `control`.
    pub fn compute(released: &Released<Table>, plans: &[TablePlan], control: &Control) -> Result<Self, PublishError> {
        let mut tables = Self::none();
        for plan in plans {
            let (definition, request) = request(plan)?;
            tables.computed.push(compute(definition, &request, released, control)?);
        }
        if plans.is_empty() {
            for definition in CATALOGUE.iter().filter(|definition| !definition.needs_population()) {
                match compute(definition, &Request::new(definition.id), released, control) {
                    Ok(computed) => tables.computed.push(computed),
                    Err(PublishError::Indicator(
                        reason @ (IndicatorError::Unavailable { .. }
                        | IndicatorError::NotCollected { .. }
                        | IndicatorError::Request { .. }),
                    )) => {
                        tables.skipped.push((definition.id, reason.to_string()));
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(tables)
    }

    /// Checks that a table with the columns of this one allows the tables of a plan.
    ///
    /// # Errors
    /// As [`compute`](Self::compute), as far as names, codebooks and the catalogue tell.
    pub(crate) fn check(columns: &Table, plans: &[TablePlan]) -> Result<(), PublishError> {
        let schema = as_cases(columns)?;
        for plan in plans {
            let (definition, request) = request(plan)?;
            definition.tables(&request, &schema)?;
            if definition.needs_population() {
                return Err(IndicatorError::NeedsPopulation { indicator: definition.id.to_owned() }.into());
            }
        }
        Ok(())
    }

    /// Whether there is no table at all.
    pub fn is_empty(&self) -> bool {
        self.computed.is_empty()
    }

    /// The figures, in order.
    pub fn estimates(&self) -> impl Iterator<Item = &Estimate> {
        self.computed.iter().flat_map(|computed| &computed.estimates)
    }

    /// The released counts behind the figures.
    pub fn counts(&self) -> impl Iterator<Item = &Released<CountTable>> {
        self.computed.iter().flat_map(|computed| &computed.counts)
    }

    /// Ids and titles of the tables.
    pub fn titles(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.computed.iter().map(|computed| (computed.definition.id, computed.definition.title))
    }

    /// Indicators that the released columns do not allow, with the reason.
    pub fn skipped(&self) -> &[(&'static str, String)] {
        &self.skipped
    }

    /// All figures as long CSV.
    ///
    /// # Errors
    /// None that memory can cause.
    pub fn to_long_csv(&self) -> Result<Vec<u8>, PublishError> {
        write_long_csv(self.estimates(), Vec::new()).map_err(|error| PublishError::io(crate::TABLES_FILE, error))
    }
}

/// What a plan asks for.
fn request(plan: &TablePlan) -> Result<(&'static Definition, Request), PublishError> {
    let definition = indicator(&plan.indicator)?;
    let request = Request {
        by: plan.by.clone(),
        filters: plan.filters.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        base: plan.base,
        ..Request::new(definition.id)
    };
    Ok((definition, request))
}

/// The columns that still have the values of the case schema: indicators speak of no others.
fn as_cases(table: &Table) -> Result<Schema, PublishError> {
    let same = |attribute: &Attribute| {
        let case = CaseAttribute::from_name(attribute.name());
        case.is_some_and(|case| case.is_list() || case.domain() == *attribute.domain())
    };
    let attributes = table.schema().attributes().iter().enumerate();
    let positions: Vec<usize> = attributes.filter(|(_, attribute)| same(attribute)).map(|(at, _)| at).collect();
    Ok(table.schema().select(&positions)?)
}

fn compute(
    definition: &'static Definition,
    request: &Request,
    released: &Released<Table>,
    control: &Control,
) -> Result<Computed, PublishError> {
    let counts = definition
        .tables(request, &as_cases(released.get())?)?
        .into_iter()
        .map(|spec| Ok(released.tabulate(&spec.id, &spec.variables, control)?.verify(control)?))
        .collect::<Result<Vec<_>, PublishError>>()?;
    let plain: Vec<CountTable> = counts.iter().map(|table| table.get().clone()).collect();
    let estimates = definition.estimates(request, &plain, None)?;
    Ok(Computed { definition, counts, estimates })
}
