//! Indicators of records and of victim-perpetrator files.

use super::{PeopleOptions, Subject, perpetrators, victims};
use crate::catalogue::indicator;
use crate::compute::{CatalogueResult, IndicatorResult, compute_catalogue, compute_one};
use crate::estimate::Years;
use crate::population::Population;
use crate::{IndicatorError, Request};
use ctdata_model::htcds::Records;
use ctdata_model::{RegisterPeriod, VpAttribute, VpTable};
use ctdata_table::{Control, Table};

const ROWS_OF_PAIRS: &str = "rows of the victim-perpetrator file: a victim can have several of them";

/// Computes one indicator of HTCDS records: of their victims as of cases, with what cases of CTDC do not have, or of
/// their perpetrators.
///
/// The counts are those of the table of [`victims`] or [`perpetrators`], and as confidential as the records.
///
/// # Errors
/// As [`compute`](crate::compute); [`IndicatorError::NotCollected`] for what no field of the standard says.
pub fn compute_records(
    records: &Records,
    request: &Request,
    options: &PeopleOptions,
    population: Option<&Population>,
    control: &Control,
) -> Result<IndicatorResult, IndicatorError> {
    let definition = indicator(&request.id)?;
    let table = match definition.subject() {
        Subject::Victims => victims(records, options)?,
        Subject::Perpetrators => perpetrators(records, options)?,
    };
    control.check()?;
    compute_one(definition, &table, request, population, control)
}

/// Computes the whole catalogue of HTCDS records: `request` says the breakdown, the filters and the options, its id is
/// ignored.
///
/// # Errors
/// As [`compute_all`](crate::compute_all). A dimension that only victims have leaves the indicators of perpetrators out.
pub fn compute_all_records(
    records: &Records,
    request: &Request,
    options: &PeopleOptions,
    population: Option<&Population>,
    control: &Control,
) -> Result<CatalogueResult, IndicatorError> {
    let (of_victims, of_perpetrators) = (victims(records, options)?, perpetrators(records, options)?);
    control.check()?;
    compute_catalogue(request, population, control, |subject| match subject {
        Subject::Victims => &of_victims,
        Subject::Perpetrators => &of_perpetrators,
    })
}

/// Computes one indicator of a victim-perpetrator file.
///
/// ```
/// use ctdata_indicators::Request;
/// use ctdata_indicators::people::{Match, compute_pairs};
/// use ctdata_model::Simulator;
/// use ctdata_table::Control;
/// let rows = Simulator::new(1).victim_perpetrator(1_000)?;
/// let request = Request { matching: Some(Match::Any), ..Request::new("P-REG") };
/// let result = compute_pairs(&rows, &request, &Control::default())?;
/// assert_eq!(result.estimates[0].dimensions.get("region-of-perpetrators").unwrap().code, "own-region");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`compute`](crate::compute).
pub fn compute_pairs(rows: &VpTable, request: &Request, control: &Control) -> Result<IndicatorResult, IndicatorError> {
    let mut result = compute_one(indicator(&request.id)?, rows.table(), request, None, control)?;
    describe(&mut result, period(rows.table()));
    Ok(result)
}

/// Computes the whole catalogue of a victim-perpetrator file.
///
/// # Errors
/// As [`compute_all`](crate::compute_all).
pub fn compute_all_pairs(
    rows: &VpTable,
    request: &Request,
    control: &Control,
) -> Result<CatalogueResult, IndicatorError> {
    let mut all = compute_catalogue(request, None, control, |_| rows.table())?;
    let period = period(rows.table());
    all.results.iter_mut().for_each(|result| describe(result, period));
    Ok(all)
}

fn describe(result: &mut IndicatorResult, period: Option<Years>) {
    let name = VpAttribute::PeriodOfRegistration.name();
    for estimate in &mut result.estimates {
        estimate.notes.push(ROWS_OF_PAIRS.into());
        let is_limited =
            estimate.dimensions.get(name).is_some() || estimate.filters.iter().any(|filter| filter.dimension == name);
        if !is_limited {
            estimate.period = estimate.period.or(period);
        }
    }
}

/// The years of the periods that the rows span.
fn period(table: &Table) -> Option<Years> {
    let (attribute, column) = table.named(VpAttribute::PeriodOfRegistration.name()).ok()?;
    let recorded = || column.iter().filter(|&code| attribute.is_value(code));
    let years = |code: u16| {
        let years = RegisterPeriod::from_index(usize::from(code))?.years();
        Some((u16::try_from(*years.start()).ok()?, u16::try_from(*years.end()).ok()?))
    };
    Some(Years::between(years(recorded().min()?)?.0, years(recorded().max()?)?.1))
}
