//! The tables of a release: counted from the released records and recounted there, or of the confidential counts,
//! protected and verified.

mod confidential;
mod figures;
mod microdata;
mod older;
mod outside;
mod perturbed;
pub(crate) mod pictures;

use std::collections::BTreeSet;
use std::path::Path;

use ctdata_indicators::export::write_long_csv;
use ctdata_indicators::{CATALOGUE, Definition, Estimate, IndicatorError, Population, Request, indicator};
use ctdata_model::CaseAttribute;
use ctdata_privacy::Released;
use ctdata_privacy::tables::ProtectedTables;
use ctdata_table::{Attribute, Control, CountTable, Hierarchy, Schema, Table};

use crate::{Plan, PublishError, TableMethod, TablePlan};

/// The figures of a release.
#[derive(Debug)]
pub struct ReleasedTables {
    computed: Vec<Computed>,
    skipped: Vec<(&'static str, String)>,
    protected: Option<Released<ProtectedTables>>,
    remarks: Vec<String>,
    compared: Vec<String>,
    pictures: Vec<pictures::Picture>,
    known_from_records: u64,
}

/// The records that are released beside tables of confidential counts, which everybody can count.
#[derive(Debug)]
pub struct RecordsBeside<'a> {
    /// The records.
    pub released: &'a Released<Table>,
    /// By which hierarchies columns became coarser, by the names of the schema. Columns that are coarser without one here
    /// are not compared with the tables.
    pub hierarchies: Vec<(String, Hierarchy)>,
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
        Self {
            computed: Vec::new(),
            skipped: Vec::new(),
            protected: None,
            remarks: Vec::new(),
            compared: Vec::new(),
            pictures: Vec::new(),
            known_from_records: 0,
        }
    }

    /// Counts the tables of a plan in the released records, or without any the whole catalogue as far as the released
    /// columns allow. They say nothing that the records do not say.
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
                    Err(PublishError::Indicator(reason)) if reason.is_of_file() => {
                        tables.skipped.push((definition.id, reason.to_string()));
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        tables.draw();
        Ok(tables)
    }

    /// The tables of a plan from the confidential counts, protected as its `[tables]` says and verified, together with
    /// the records that are released beside them, if any are. Without any table in the plan the whole catalogue as far
    /// as the columns allow.
    ///
    /// # Errors
    /// A plan without `[tables]`; an indicator of it that is not known or that the columns do not allow; files of the
    /// protection that cannot be read; a protection that does not exist or does not hold; a stop by `control`.
    pub fn of_confidential(
        cases: &Table,
        released: Option<&RecordsBeside<'_>>,
        plan: &Plan,
        control: &Control,
    ) -> Result<Self, PublishError> {
        let Some(protection) = &plan.protection else {
            return Err(PublishError::plan("tables of confidential counts need a section [tables]"));
        };
        let population = protection.population.as_ref().map(|file| population(&plan.folder.join(file))).transpose()?;
        let traced = confidential::trace(cases, &plan.tables, population.as_ref(), control)?;
        let done = match protection.method {
            TableMethod::Suppression => {
                confidential::suppressed(traced, protection, &plan.folder, cases, released, control)?
            }
            _ => perturbed::perturbed(traced, protection, &plan.folder, cases, control)?,
        };
        let mut tables = Self { skipped: done.skipped, remarks: done.remarks, compared: done.compared, ..Self::none() };
        let mut sparse = BTreeSet::new();
        let shown = done.released.get();
        for figure in done.figures {
            let definition = figure.definition;
            if !figure.lists_zeros {
                sparse.insert(definition.id);
            }
            let estimate = figure.released(|cell| shown.value(cell).filter(|_| !done.outside.is_exact(cell)))?;
            match tables.computed.last_mut().filter(|last| last.definition.id == definition.id) {
                Some(last) => last.estimates.push(estimate),
                _ => tables.computed.push(Computed { definition, counts: Vec::new(), estimates: vec![estimate] }),
            }
        }
        tables.known_from_records = done.outside.len();
        if protection.method != TableMethod::Suppression {
            for computed in &mut tables.computed {
                perturbed::finish(&mut computed.estimates, !sparse.contains(computed.definition.id));
            }
            tables.remarks.extend(released.map(|_| perturbed::BESIDE_RECORDS.to_owned()));
        }
        tables.protected = Some(done.released);
        tables.draw();
        Ok(tables)
    }

    /// Pictures of the first series, shares and flows among the tables.
    pub(crate) fn pictures(&self) -> &[pictures::Picture] {
        &self.pictures
    }

    /// Small counts of which the records beside the tables tell more than the rules of the tables allow, so that no
    /// withholding hides it.
    pub fn known_from_records(&self) -> u64 {
        self.known_from_records
    }

    /// The statement and certificate of tables of confidential counts; none where they are counted from the records.
    pub fn protected(&self) -> Option<&Released<ProtectedTables>> {
        self.protected.as_ref()
    }

    /// What somebody in the house should think about before the tables go out.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// The names of the folders of older releases that the tables were compared with.
    pub fn compared_with(&self) -> &[String] {
        &self.compared
    }

    fn draw(&mut self) {
        let tables = self.computed.iter().map(|computed| (computed.definition.title, computed.estimates.as_slice()));
        self.pictures = pictures::draw(tables);
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

    /// The released counts behind the figures, where they are counted from the records.
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

fn population(path: &Path) -> Result<Population, PublishError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Population::read_path(path, name, "as given")?)
}

/// What a plan asks for.
pub(crate) fn request(plan: &TablePlan) -> Result<(&'static Definition, Request), PublishError> {
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
