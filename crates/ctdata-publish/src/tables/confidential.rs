//! Tables of the confidential counts: traced, protected together, verified, and only then turned into estimates.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use ctdata_indicators::{CATALOGUE, Definition, IndicatorError, Population, Request};
use ctdata_privacy::tables::{
    CellId, Contributions, Dominance, Level, PrimaryRules, ProtectOptions, ProtectedTables, Standing, SystemBuilder,
    SystemCell, TableIndex, TableRules, TableSystem,
};
use ctdata_privacy::{PrivacyUnit, Released, tables};
use ctdata_table::{Control, CountTable, Dimension, Table, Variable, tabulate};

use super::RecordsBeside;
use super::figures::{Figure, Known};
use super::microdata::Microdata;
use super::older::Older;
use super::outside::KnownOutside;
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
        let lists_zeros = counts.iter().all(|table| table.cells_with_zeros(ZEROS_LIMIT).is_some());
        let tables: Vec<TableIndex> =
            counts.into_iter().map(|table| self.known.index(&mut self.builder, table)).collect::<Result<_, _>>()?;
        for estimate in traced {
            let figure = super::figures::add(&mut self.builder, &tables, definition, request, estimate)?;
            self.figures.push(Figure { lists_zeros, ..figure });
        }
        Ok(())
    }
}

/// A table, and its cells by their keys.
type CellsOf<'t> = (&'t CountTable, Vec<(Vec<u16>, CellId)>);

/// Protects what was traced by withholding, together with what the released records say.
pub(super) fn suppressed(
    traced: Traced,
    plan: &TablesPlan,
    folder: &Path,
    cases: &Table,
    records: Option<&RecordsBeside<'_>>,
    control: &Control,
) -> Result<Protected, PublishError> {
    let Traced { builder, known, figures, skipped } = traced;
    let rules = rules(plan);
    let older = Older::read(plan, folder)?;
    let cells: Vec<CellsOf<'_>> = known.tables().map(|(table, index)| (table, cells(&builder, table, index))).collect();
    let contributions = match &plan.contributor {
        Some(contributor) => contributions(&builder, &known, cases, contributor, control)?,
        None => Contributions::new(),
    };
    let mut system = builder.finish()?;
    tables::mark_with(&mut system, &rules, contributions)?;
    // What is added below are no sums of parts, so that rules about parts and totals do not speak of it.
    let sums = system.relations().len();
    fix_unlisted_zeros(&mut system, &cells, &figures);
    let mut outside = KnownOutside::default();
    if let Some(records) = records {
        fix_total(&mut system, &cells)?;
        let shown = Microdata::new(cases, records.released, &records.hierarchies);
        for (table, cells) in &cells {
            control.check()?;
            shown.relate(&mut system, table, cells, rules.threshold)?;
        }
        outside = KnownOutside::cap(&mut system, control)?;
    }
    let related = older.relate(&mut system, &figures, plan, control)?;
    control.report("protecting tables", 0, None);
    let pattern = tables::suppress(&system, control)?;
    let done = tables::protect_from(&system, pattern, &ProtectOptions::default(), control);
    let done = done.map_err(|error| older.explain(error))?;
    control.report("verifying tables", 0, None);
    let rules = TableRules::new(unit(cases), rules.rules()).with_dimensions(dimensions(&known)).with_sums(sums);
    let output = ProtectedTables::suppressed(system, done.pattern, done.audit.witnesses, rules);
    let released = output.verify(control)?;
    let remarks = older.remarks(&figures, &related, released.get(), plan);
    Ok(Protected { figures, skipped, remarks, compared: older.compared(), released, outside })
}

/// What is protected and verified.
pub(super) struct Protected {
    pub(super) figures: Vec<Figure>,
    pub(super) skipped: Vec<(&'static str, String)>,
    pub(super) released: Released<ProtectedTables>,
    pub(super) outside: KnownOutside,
    /// What somebody in the house should think about.
    pub(super) remarks: Vec<String>,
    /// Older releases that were compared.
    pub(super) compared: Vec<String>,
}

fn rules(plan: &TablesPlan) -> PrimaryRules {
    PrimaryRules {
        threshold: plan.threshold.unwrap_or(0),
        zeros: plan.zeros,
        all_in_one_category: plan.all_in_one_category,
        small_complement: plan.small_complement,
        dominance: plan.dominance.map(|dominance| Dominance { n: dominance.largest, percent: dominance.percent }),
        p_percent: plan.p_percent,
        level: None,
    }
}

pub(super) fn unit(cases: &Table) -> PrivacyUnit {
    if cases.ids().is_some() { PrivacyUnit::Person } else { PrivacyUnit::Record }
}

/// The names of all dimensions, each once.
pub(super) fn dimensions(known: &Known) -> Vec<String> {
    let names = known.tables().flat_map(|(table, _)| table.dimensions().iter().map(Dimension::name));
    let names: BTreeSet<&str> = names.collect();
    names.into_iter().map(str::to_owned).collect()
}

/// The cells of a table with their keys.
pub(super) fn cells(builder: &SystemBuilder, table: &CountTable, index: TableIndex) -> Vec<(Vec<u16>, CellId)> {
    let keys = match table.cells_with_zeros(ZEROS_LIMIT) {
        Some(cells) => cells.into_iter().map(|(key, _)| key).collect::<Vec<_>>(),
        None => table.cells().map(|(key, _)| key.to_vec()).collect(),
    };
    keys.into_iter().filter_map(|key| Some((builder.cell(index, &key)?, key))).map(|(cell, key)| (key, cell)).collect()
}

/// A count that is listed nowhere is zero, and everybody knows that.
fn fix_unlisted_zeros(system: &mut TableSystem, cells: &[CellsOf<'_>], figures: &[Figure]) {
    let listed: HashSet<CellId> = figures.iter().flat_map(|figure| figure.listed.iter().copied()).collect();
    for (_, id) in cells.iter().flat_map(|(_, cells)| cells).filter(|(_, id)| !listed.contains(id)) {
        if let Some(cell) = system.cell_mut(*id)
            && cell.count == 0
            && cell.standing == Standing::Inner
        {
            cell.standing = Standing::Fixed;
            cell.level = Level::default();
        }
    }
}

/// The number of records of the input is public: the release says how many there were and how many were left out.
fn fix_total(system: &mut TableSystem, cells: &[CellsOf<'_>]) -> Result<(), PublishError> {
    let adds_up = |table: &CountTable| table.dimensions().iter().all(Dimension::is_exclusive);
    if let Some((table, cells)) = cells.iter().find(|(table, _)| adds_up(table)) {
        let total = SystemCell { standing: Standing::Fixed, ..SystemCell::figure(table.total()) };
        let total = system.push(total)?;
        system.sum(total, cells.iter().map(|(_, cell)| *cell))?;
    }
    Ok(())
}

/// What each contributor has in each cell.
fn contributions(
    builder: &SystemBuilder,
    known: &Known,
    cases: &Table,
    contributor: &str,
    control: &Control,
) -> Result<Contributions, PublishError> {
    let mut contributions = Contributions::new();
    for (table, index) in known.tables() {
        let variables = table.dimensions().iter().map(|dimension| dimension.variable.clone());
        let variables: Vec<Variable> = variables.chain([Variable::attribute(contributor)]).collect();
        let counted = tabulate(cases, table.id(), &variables, control)?;
        contributions.add_table(builder, index, &counted, contributor)?;
    }
    Ok(contributions)
}
