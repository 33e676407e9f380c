//! Printed numbers as sums of counts, and estimates from what is left of them.

use std::collections::HashMap;

use ctdata_indicators::estimate::{NotAvailable, Unit, Value};
use ctdata_indicators::{CellRef, Definition, Estimate, IndicatorError, Persons, Request, Traced};
use ctdata_privacy::tables::{CellId, SystemBuilder, TableIndex};
use ctdata_table::CountTable;

use crate::PublishError;

/// An estimate whose numbers are figures of a system.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) definition: &'static Definition,
    pub(crate) request: Request,
    pub(crate) estimate: Estimate,
    pub(crate) numerator: Printed,
    pub(crate) base: Printed,
    pub(crate) unknown: Printed,
    /// The cells of the numerator: of what is not listed as a numerator, everybody reads that it is zero.
    pub(crate) listed: Vec<CellId>,
    /// Whether its table lists the combinations that nobody is in.
    pub(crate) lists_zeros: bool,
}

/// A number that is printed with an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Printed {
    /// It is not: residents, or nothing.
    No,
    /// It is a sum over no cell: known to be zero.
    Zero,
    /// It is this cell of the system.
    Cell(CellId),
}

/// Makes figures of what was traced; `tables` says which table of the system each traced table is.
pub(crate) fn add(
    builder: &mut SystemBuilder,
    tables: &[TableIndex],
    definition: &'static Definition,
    request: &Request,
    traced: Traced,
) -> Result<Figure, PublishError> {
    let Traced { estimate, numerator, base, unknown } = traced;
    let cell = |of: &CellRef| builder.cell(*tables.get(of.table)?, &of.key);
    let listed = numerator.iter().filter_map(cell).collect();
    let mut printed = |number: Option<u64>, cells: &[CellRef], is_counted: bool| -> Result<Printed, PublishError> {
        if number.is_none() || !is_counted {
            return Ok(Printed::No);
        }
        if cells.is_empty() {
            return Ok(Printed::Zero);
        }
        let lost = || IndicatorError::Request {
            indicator: definition.id.to_owned(),
            rule: "a figure names a table that is not there".into(),
        };
        let terms: Vec<(TableIndex, &[u16])> = cells
            .iter()
            .map(|cell| Ok((*tables.get(cell.table).ok_or_else(lost)?, cell.key.as_slice())))
            .collect::<Result<_, IndicatorError>>()?;
        Ok(Printed::Cell(builder.figure(&terms, weight(&estimate))?))
    };
    let counts_residents = estimate.unit == Unit::Per100k;
    let numerator = printed(estimate.numerator, &numerator, true)?;
    let base = printed(estimate.base, &base, !counts_residents)?;
    let unknown = printed(estimate.unknown, &unknown, true)?;
    Ok(Figure { definition, request: request.clone(), estimate, numerator, base, unknown, listed, lists_zeros: true })
}

/// Readers want totals more than the details of a breakdown.
fn weight(estimate: &Estimate) -> f64 {
    const PER_DIMENSION: f64 = 4.0;
    let detail = estimate.dimensions.iter().count() + estimate.filters.len();
    PER_DIMENSION.powi(-i32::try_from(detail).unwrap_or(i32::MAX))
}

impl Figure {
    /// The estimate as far as the figures that are left allow: without its numerator or its base there is no
    /// value, no interval and no rate, since each of them would give the count away.
    pub(crate) fn released(self, value: impl Fn(CellId) -> Option<u64>) -> Result<Estimate, IndicatorError> {
        let left = |printed: Printed, as_it_was: Option<u64>| match printed {
            Printed::No => as_it_was,
            Printed::Zero => Some(0),
            Printed::Cell(cell) => value(cell),
        };
        let before = &self.estimate;
        let numerator = left(self.numerator, before.numerator);
        let base = left(self.base, before.base);
        let unknown = left(self.unknown, before.unknown);
        let is_hidden = |was: Option<u64>, is: Option<u64>| was.is_some() && is.is_none();
        let withheld = is_hidden(before.numerator, numerator) || is_hidden(before.base, base);
        let withheld_any = withheld || is_hidden(before.unknown, unknown);
        let changed = numerator != before.numerator || base != before.base;
        // A residual is a difference of true counts.
        let mut estimate = Estimate { numerator, base, unknown, residual: None, ..self.estimate.clone() };
        if withheld {
            estimate.value = Value::NotAvailable(NotAvailable::Suppressed);
            estimate.interval = None;
            estimate.suppressed = true;
        } else if self.numerator == Printed::No && before.value.known().is_some() {
            // A median or a mean is no sum: what it says of single persons is not proven.
            estimate.value = Value::NotAvailable(NotAvailable::Suppressed);
            estimate.interval = None;
            estimate.suppressed = true;
        } else if changed {
            recompute(&mut estimate, &self.request)?;
        }
        estimate.suppressed |= withheld_any;
        Ok(estimate)
    }
}

/// The value and the interval of changed counts.
fn recompute(estimate: &mut Estimate, request: &Request) -> Result<(), IndicatorError> {
    if estimate.value.known().is_none() {
        return Ok(());
    }
    let (Some(numerator), base) = (estimate.numerator, estimate.base) else { return Ok(()) };
    let id = estimate.indicator.clone();
    let anew = match (estimate.unit, base, &estimate.population) {
        (Unit::Percent, Some(base), _) if numerator <= base => {
            Estimate::share(id, numerator, base, request.share_interval, request.level)?
        }
        (Unit::Per100k, _, Some(population)) => {
            let residents = Persons::try_new(population.persons)?;
            Estimate::rate(id, numerator, residents, request.rate_interval, request.level)?
        }
        (Unit::Persons, ..) => Estimate::count(id, numerator),
        // Perturbed counts can contradict each other.
        _ => Estimate::not_available(id, estimate.unit, NotAvailable::Undefined),
    };
    (estimate.value, estimate.interval) = (anew.value, anew.interval);
    Ok(())
}

/// Count tables with the same variables are one table of the system.
#[derive(Debug, Default)]
pub(crate) struct Known {
    tables: Vec<(CountTable, TableIndex)>,
    by_shape: HashMap<Vec<String>, Vec<usize>>,
}

impl Known {
    /// The table of the system for a counted table.
    pub(crate) fn index(&mut self, builder: &mut SystemBuilder, table: CountTable) -> Result<TableIndex, PublishError> {
        let shape: Vec<String> = table.dimensions().iter().map(|dimension| dimension.name().to_owned()).collect();
        let same = |(known, _): &&(CountTable, TableIndex)| {
            known.dimensions() == table.dimensions() && known.cells().eq(table.cells())
        };
        let alike = self.by_shape.get(&shape).into_iter().flatten();
        if let Some((_, index)) = alike.filter_map(|&at| self.tables.get(at)).find(same) {
            return Ok(*index);
        }
        let index = builder.add(&table)?;
        self.by_shape.entry(shape).or_default().push(self.tables.len());
        self.tables.push((table, index));
        Ok(index)
    }

    /// The tables and their places in the system.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (&CountTable, TableIndex)> {
        self.tables.iter().map(|(table, index)| (table, *index))
    }
}
