//! What indicators are computed from: cases, HTCDS records, victim-perpetrator rows, or a table with added columns.

use std::path::Path;

use ctdata::indicators::people::{
    Extension, PeopleOptions, SUBJECT, adopt, compute_all_pairs, compute_all_records, compute_pairs, compute_records,
};
use ctdata::indicators::{
    CatalogueResult, Definition, Estimate, IndicatorError, IndicatorResult, Population, Request, compute, compute_all,
};
use ctdata::model::htcds::Records;
use ctdata::model::{Dataset, ModelError, OnError, Outcome, VpTable};
use ctdata::table::{Attribute, Control, Table};
use serde::Serialize;

use super::super::records;
use crate::args::IndicatorsOptions;
use crate::failure::Failure;
use crate::output::count;
use crate::session::Session;

/// Why victim-perpetrator files give no rates.
const NO_RATES: &str = "rates count persons, and a victim can have several rows in this file";

/// An indicator that the file does not give.
#[derive(Serialize)]
pub(super) struct Skipped {
    pub(super) indicator: &'static str,
    pub(super) reason: String,
}

/// A file that was read.
pub(super) struct Input {
    outcome: Outcome,
    dataset: Dataset,
    people: PeopleOptions,
}

/// The rows that are counted.
enum Rows<'a> {
    Records(&'a Records),
    Pairs(&'a VpTable),
    Table(&'a Table),
}

impl Input {
    /// Reads a file; the first row that cannot be used is an error.
    pub(super) fn read(file: &Path, options: &IndicatorsOptions, session: &Session) -> Result<Self, Failure> {
        let people = people(options)?;
        let (format, how) = (options.format.as_deref(), (OnError::Stop, false));
        let outcome = records::outcome(file, format, &options.records, &options.cases, how, session)?;
        let dataset = match outcome.clone().into_dataset()? {
            Dataset::Plain(table) => Dataset::Plain(added(&table, session)?),
            other => other,
        };
        let input = Self { outcome, dataset, people };
        input.tell(options, session);
        Ok(input)
    }

    /// The name of the format of the file.
    pub(super) fn format(&self) -> &'static str {
        self.outcome.format()
    }

    /// Columns of the file go before other names: two releases use some names differently.
    pub(super) fn resolve(&self, name: &mut String) {
        if let Ok(attribute) = self.dataset.resolve(name) {
            *name = attribute;
        }
    }

    fn rows(&self) -> Rows<'_> {
        match (self.outcome.source(), &self.dataset) {
            (Some(source), _) => Rows::Records(source.records().usable()),
            (None, Dataset::VictimPerpetrator(rows)) => Rows::Pairs(rows),
            (None, other) => Rows::Table(other.table()),
        }
    }

    /// The indicators asked for, or all that the file gives and why it does not give the others.
    pub(super) fn observe(
        &self,
        wanted: &[&Definition],
        request: &Request,
        population: Option<&Population>,
        control: &Control,
    ) -> Result<(Vec<Estimate>, Vec<Skipped>), IndicatorError> {
        if wanted.is_empty() {
            let all = self.all(request, population, control)?;
            let skipped = all.skipped.iter().map(|one| Skipped {
                indicator: one.indicator.id,
                reason: match (&one.reason, self.rows()) {
                    // A population would not help.
                    (IndicatorError::NeedsPopulation { .. }, Rows::Pairs(_)) => NO_RATES.to_owned(),
                    (reason, _) => reason.to_string(),
                },
            });
            let skipped = skipped.collect();
            return Ok((all.results.into_iter().flat_map(|result| result.estimates).collect(), skipped));
        }
        let mut observations = Vec::new();
        for definition in wanted {
            let request = Request { id: definition.id.to_owned(), ..request.clone() };
            observations.extend(self.one(&request, population, control)?.estimates);
        }
        Ok((observations, Vec::new()))
    }

    fn one(
        &self,
        request: &Request,
        population: Option<&Population>,
        control: &Control,
    ) -> Result<IndicatorResult, IndicatorError> {
        match self.rows() {
            Rows::Records(records) => compute_records(records, request, &self.people, population, control),
            Rows::Pairs(rows) => compute_pairs(rows, request, control),
            Rows::Table(table) => compute(table, request, population, control),
        }
    }

    fn all(
        &self,
        request: &Request,
        population: Option<&Population>,
        control: &Control,
    ) -> Result<CatalogueResult, IndicatorError> {
        match self.rows() {
            Rows::Records(records) => compute_all_records(records, request, &self.people, population, control),
            Rows::Pairs(rows) => compute_all_pairs(rows, request, control),
            Rows::Table(table) => compute_all(table, request, population, control),
        }
    }

    /// Who is not counted, and which options say nothing of this file.
    fn tell(&self, options: &IndicatorsOptions, session: &Session) {
        let remark = |text: String| session.remark(format!("note: {text}"));
        if let Some(source) = self.outcome.source() {
            for reason in source.left_out().iter().filter(|reason| reason.victims > 0) {
                remark(reason.to_string());
            }
            if source.repeated() > 0 {
                let cases = count(source.repeated());
                remark(format!("cases of people who have an earlier one: {cases}; each person counts once"));
            }
        } else if options.people.as_of.is_some() || options.people.services_of_groups {
            remark("--as-of and --services-of-groups are about HTCDS records, and this file holds none".to_owned());
        }
    }
}

/// How records become people.
fn people(options: &IndicatorsOptions) -> Result<PeopleOptions, Failure> {
    let as_of = options.people.as_of.as_deref().map(str::parse).transpose();
    Ok(PeopleOptions {
        cases: records::case_options(&options.cases),
        as_of: as_of.map_err(|error| Failure::usage(format!("--as-of: {error}")))?,
        services_of_groups: options.people.services_of_groups,
    })
}

/// The columns of a table of any subject that indicators know by their name. Others could mean anything.
fn added(table: &Table, session: &Session) -> Result<Table, Failure> {
    let names = table.schema().attributes().iter().map(Attribute::name);
    let known: Vec<&str> = names.filter(|name| Extension::named(name).is_some() || *name == SUBJECT).collect();
    if !known.iter().any(|name| *name != SUBJECT) {
        return Err(ModelError::NotCases { layout: ctdata::model::PLAIN_LAYOUT }.into());
    }
    session.remark(format!("note: of this table, indicators know the columns {}", known.join(", ")));
    Ok(adopt(&table.select_named(&known)?)?)
}
