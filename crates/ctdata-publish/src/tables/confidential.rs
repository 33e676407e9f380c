//! Tables of the confidential counts: traced, protected together, verified, and only then turned into estimates.

use std::collections::BTreeMap;

use ctdata_indicators::{CATALOGUE, Definition, IndicatorError, Population, Request};
use ctdata_privacy::tables::{CellId, ProtectOptions, SystemBuilder, TableIndex};
use ctdata_privacy::{Released, tables};
use ctdata_table::{Control, Table};

use super::figures::{Figure, Known};
use super::{Computed, ReleasedTables};
use crate::{PublishError, TablePlan, TablesPlan};

/// Zeros of larger tables count as known: to spell them out would cost more than they protect.
const ZEROS_LIMIT: usize = 20_000;

/// What is protected together.
pub(super) struct Traced {
    pub(super) builder: SystemBuilder,
    pub(super) known: Known,
    pub(super) figures: Vec<Figure>,
    pub(super) skipped: Vec<(&'static str, String)>,
}

/// Traces the tables of a plan, or without any the whole catalogue as far as the columns allow.
pub(super) fn trace(
    cases: &Table,
    plans: &[TablePlan],
    population: Option<&Population>,
    control: &Control,
) -> Result<Traced, PublishError> {
    let mut traced = Traced {
        builder: SystemBuilder::new().with_zeros_limit(ZEROS_LIMIT),
        known: Known::default(),
        figures: Vec::new(),
        skipped: Vec::new(),
    };
    for plan in plans {
        let (definition, request) = super::request(plan)?;
        traced.add(definition, &request, cases, population, control)?;
    }
    if plans.is_empty() {
        for definition in CATALOGUE {
            if definition.needs_population() && population.is_none() {
                continue;
            }
            match traced.add(definition, &Request::new(definition.id), cases, population, control) {
                Err(PublishError::Indicator(reason)) if reason.is_of_file() => {
                    traced.skipped.push((definition.id, reason.to_string()));
                }
                other => other?,
            }
        }
    }
    Ok(traced)
}

impl Traced {
    fn add(
        &mut self,
        definition: &'static Definition,
        request: &Request,
        cases: &Table,
        population: Option<&Population>,
        control: &Control,
    ) -> Result<(), PublishError> {
        if definition.needs_population() && population.is_none() {
            return Err(IndicatorError::NeedsPopulation { indicator: definition.id.to_owned() }.into());
        }
        let specs = definition.tables(request, cases.schema())?;
        let counts = specs.iter().map(|spec| spec.tabulate(cases, control)).collect::<Result<Vec<_>, _>>()?;
        let traced = definition.trace(request, &counts, population, ZEROS_LIMIT)?;
        let tables: Vec<TableIndex> = counts
            .into_iter()
            .map(|table| self.known.index(&mut self.builder, table))
            .collect::<Result<_, _>>()?;
        for estimate in traced {
            self.figures.push(super::figures::add(&mut self.builder, &tables, definition, request, estimate)?);
        }
        Ok(())
    }
}

/// Protects what was traced by withholding, together with what the released records say.
pub(super) fn suppressed(
    traced: Traced,
    plan: &TablesPlan,
    cases: &Table,
    records: &Released<Table>,
    control: &Control,
) -> Result<ReleasedTables, PublishError> {
    let Traced { builder, known, figures, skipped } = traced;
    let shown = Microdata::new(cases, records);
    let cells: Vec<_> = known.tables().map(|(table, index)| (table, builder.cells(index))).collect();
    let mut system = builder.finish()?;
    for (table, cells) in &cells {
        shown.relate(&mut system, table, cells, control)?;
    }
    let rules = rules(plan)?;
    let marked = tables::mark(&mut system, &rules)?;
    control.report("protecting tables", 0, None);
    let protected = tables::protect(&system, &ProtectOptions::default(), control)?;
    control.report("verifying tables", 0, None);
    let released = ProtectedTables::suppressed(system, protected.pattern, protected.audit.witnesses, rules).verify(control)?;
    ReleasedTables::of_confidential(figures, skipped, released)
}
