//! 16.2.2 with the victims who were not detected, from a table of capture histories.

use std::path::{Path, PathBuf};

use ctdata::indicators::mse::{self, Finding, Method, MseOptions};
use ctdata::indicators::population::PopulationKey;
use ctdata::indicators::sdg::with_undetected;
use ctdata::indicators::{Definition, Estimate, Population, Request, indicator};
use ctdata::model::Country;

use super::super::mse::{ListOptions, read};
use super::input::Input;
use crate::args::IndicatorsOptions;
use crate::failure::Failure;
use crate::output::count;
use crate::session::Session;

/// The official code that the hidden number belongs to.
const CODE: &str = "16.2.2";

/// What is asked for of a table of capture histories.
pub(super) struct Hidden {
    table: PathBuf,
    method: Method,
    options: MseOptions,
    key: PopulationKey,
}

impl Hidden {
    /// None if no table was named.
    pub(super) fn try_new(
        options: &IndicatorsOptions,
        wanted: &[&Definition],
        request: &Request,
    ) -> Result<Option<Self>, Failure> {
        let Some(table) = &options.hidden.mse else { return Ok(None) };
        let id = indicator(CODE)?.id;
        if !wanted.iter().any(|definition| definition.id == id) {
            return Err(Failure::usage(format!("--mse: the victims not detected belong to {CODE}; add --id {CODE}")));
        }
        if options.file.is_none() && wanted.len() > 1 {
            return Err(Failure::usage(format!("without a file of cases there is only {CODE}")));
        }
        if !request.by.is_empty() {
            return Err(Failure::usage("--mse: a table of capture histories is of one country and year, without --by"));
        }
        // Told before anything is estimated.
        for (option, given) in [("--plot", &options.outputs.plot), ("--open-sdg", &options.outputs.open_sdg)] {
            if given.is_some() {
                return Err(Failure::usage(format!(
                    "{option} holds one indicator, and --mse gives four; take --out or --sdmx, and `ctdata mse --plot` for a picture"
                )));
            }
        }
        let method = options.hidden.mse_method.parse::<Method>();
        let method = method.map_err(|error| Failure::usage(format!("--mse-method: {error}")))?;
        if matches!(method, Method::Fixed) || method.is_lower_bound() {
            let rule = "a bound or a model of one's own is no method for 16.2.2 here; see `ctdata mse`";
            return Err(Failure::usage(format!("--mse-method: {rule}")));
        }
        let asked = MseOptions {
            replicates: options.hidden.mse_bootstrap,
            seed: options.hidden.mse_seed,
            level: request.level,
            sensitivity: false,
            ..MseOptions::default()
        };
        Ok(Some(Self { table: table.clone(), method, options: asked, key: key(request)? }))
    }

    /// The table of capture histories.
    pub(super) fn table(&self) -> &Path {
        &self.table
    }

    /// Detected, undetected and all victims per 100,000, and the detection ratio. The detected are those of the file,
    /// or without a file those of the table.
    pub(super) fn observe(
        &self,
        input: Option<&Input>,
        request: &Request,
        population: &Population,
        session: &Session,
    ) -> Result<Vec<Estimate>, Failure> {
        // Who has no residents needs no estimate.
        population.require(self.key)?;
        let histories = read(&self.table, &ListOptions::default(), session)?;
        let detected = match input {
            Some(input) => detected(input, request, population, session)?,
            None => histories.persons(),
        };
        if detected == 0 {
            let message = format!("--mse: there is no detected victim of {} to add the others to", self.key);
            return Err(Failure { code: Failure::NO, message });
        }
        if detected != histories.persons() {
            session.remark(format!(
                "note: --mse: {} victims of {} are in the file, {} in the table of capture histories; the number not \
                 detected is that of the table",
                count(detected),
                self.key,
                count(histories.persons())
            ));
        }
        let report = mse::report(&histories, &self.options, &session.control)?;
        for warning in &report.warnings {
            session.remark(format!("note: --mse: {warning}"));
        }
        let mut undetected = report.undetected(self.method).map_err(|error| {
            let answers: Vec<&str> = report
                .findings()
                .filter(|finding: &&Finding| finding.estimate.is_some() && !finding.method.is_lower_bound())
                .map(|finding| finding.method.code())
                .collect();
            let hint = if answers.is_empty() {
                String::new()
            } else {
                format!("; --mse-method can be {}", answers.join(", "))
            };
            Failure { code: Failure::NO, message: format!("{error}{hint}") }
        })?;
        if detected != histories.persons() {
            undetected.models.push(format!(
                "of a table of capture histories with {} victims, not the {} detected",
                count(histories.persons()),
                count(detected)
            ));
        }
        let whole = with_undetected(detected, &undetected, self.key, population, request.rate_interval)?;
        Ok(whole.estimates().into_iter().cloned().collect())
    }
}

/// The country and year that the conditions name.
fn key(request: &Request) -> Result<PopulationKey, Failure> {
    let wrong = || Failure::usage("--mse needs one country and year: --where country=GBR --where year=2013");
    let of = |name: &str| {
        let mut values = request.filters.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value.as_str()).filter(|_| values.next().is_none())
    };
    let country: Country = of("country").ok_or_else(wrong)?.parse().map_err(|_| wrong())?;
    let year: u16 = of("year").ok_or_else(wrong)?.parse().map_err(|_| wrong())?;
    if request.filters.len() > 2 {
        return Err(Failure::usage("--mse: all victims of a country and year are estimated, under no further --where"));
    }
    Ok(PopulationKey::total(country, year))
}

/// The victims of the file in that country and year.
fn detected(input: &Input, request: &Request, population: &Population, session: &Session) -> Result<u64, Failure> {
    let (figures, _) = input.observe(&[indicator(CODE)?], request, Some(population), &session.control)?;
    match figures.as_slice() {
        [] => Ok(0),
        [figure] => Ok(figure.numerator.unwrap_or_default()),
        _ => Err(Failure::usage("--mse: the file gives several figures for this country and year")),
    }
}
