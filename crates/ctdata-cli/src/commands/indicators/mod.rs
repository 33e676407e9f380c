//! `ctdata indicators`

mod about;
mod derived;
mod hidden;
mod input;
mod outputs;
mod words;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use ctdata::indicators::interval::{RateInterval, ShareInterval};
use ctdata::indicators::{Definition, Estimate, IndicatorError, Level, Population, Request, UnknownCode, indicator};
use serde::Serialize;

use self::derived::Derivation;
use self::hidden::Hidden;
use self::input::{Input, Skipped};
use self::outputs::Outputs;
use super::records;
use crate::args::IndicatorsOptions;
use crate::failure::Failure;
use crate::session::{Session, can_be_written, keep_apart};

#[derive(Serialize)]
struct Answer {
    format: &'static str,
    observations: Vec<Estimate>,
    skipped: Vec<Skipped>,
}

pub(crate) fn run(options: &IndicatorsOptions, session: &Session) -> Result<(), Failure> {
    if options.list {
        return about::list(session);
    }
    if options.framework {
        return about::framework(session);
    }
    // What is misspelt is told before a large file is read.
    let mut request = request(options)?;
    let derivation = Derivation::try_new(options)?;
    let wanted = wanted(options)?;
    let hidden = Hidden::try_new(options, &wanted, &request)?;
    let mut read: Vec<&Path> = options.file.iter().flat_map(|file| records::read_of(file, &options.records)).collect();
    read.extend(options.population.as_deref());
    read.extend(hidden.as_ref().map(Hidden::table));
    let written = options.outputs.files();
    let written: Vec<&Path> = written.iter().map(PathBuf::as_path).collect();
    keep_apart(&read, &written)?;
    written.iter().try_for_each(|path| can_be_written(path))?;
    let population = options.population.as_deref().map(population).transpose()?;
    let input = options.file.as_deref().map(|file| Input::read(file, options, session)).transpose()?;
    let (mut figures, mut skipped) = (Vec::new(), Vec::new());
    if let Some(input) = &input {
        request.by.iter_mut().for_each(|name| input.resolve(name));
        request.filters.iter_mut().for_each(|(name, _)| input.resolve(name));
        (figures, skipped) = input.observe(&wanted, &request, population.as_ref(), &session.control)?;
    }
    if let (Some(hidden), Some(population)) = (&hidden, &population) {
        // The detected part comes back with the others.
        figures.retain(|figure| figure.code.as_deref() != Some("16.2.2"));
        figures.extend(hidden.observe(input.as_ref(), &request, population, session)?);
    }
    let derived = derivation.of(&figures, &request, population.as_ref(), session)?;
    let outputs = Outputs::make(&options.outputs, figures, derived, session)?;
    outputs.write()?;
    let observations = outputs.observations;
    if session.json {
        return session.document(&Answer {
            format: input.as_ref().map_or("capture-histories", Input::format),
            observations,
            skipped,
        });
    }
    session.text(&words::words(&observations, &skipped))
}

/// The indicators asked for, each once, whether by id or by official code.
fn wanted(options: &IndicatorsOptions) -> Result<Vec<&'static Definition>, IndicatorError> {
    let mut wanted: Vec<&Definition> = Vec::new();
    for id in &options.id {
        let definition = indicator(id)?;
        if definition.needs_population() && options.population.is_none() {
            return Err(IndicatorError::NeedsPopulation { indicator: id.clone() });
        }
        if !wanted.iter().any(|known| known.id == definition.id) {
            wanted.push(definition);
        }
    }
    Ok(wanted)
}

fn request(options: &IndicatorsOptions) -> Result<Request, Failure> {
    let filters = options
        .filter
        .iter()
        .map(|text| match text.split_once('=') {
            Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
            None => Err(Failure::usage(format!("--where takes DIM=VALUE, not `{text}`"))),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let choices = &options.choices;
    let mut request = Request {
        by: options.by.clone(),
        filters,
        base: choice("--base", choices.base.as_ref())?,
        attribution: choice("--attribution", choices.attribution.as_ref())?,
        child_basis: choice("--child", choices.child.as_ref())?,
        matching: choice("--match", options.people.matching.as_ref())?,
        flow_level: choice("--places", choices.places.as_ref())?.unwrap_or_default(),
        forms: choice("--forms", choices.forms.as_ref())?.unwrap_or_default(),
        population_base: choice("--population-base", choices.population_base.as_ref())?.unwrap_or_default(),
        unknown: choice("--unknown", choices.unknown.as_ref())?.unwrap_or_default(),
        ..Request::default()
    };
    if let Some(level) = choices.level {
        request.level = Level::try_new(level).map_err(|error| Failure::usage(format!("--level: {error}")))?;
    }
    for method in &choices.interval {
        match (method.parse::<ShareInterval>(), method.parse::<RateInterval>()) {
            (Ok(of_shares), _) => request.share_interval = of_shares,
            (_, Ok(of_rates)) => request.rate_interval = of_rates,
            _ => {
                let known = ShareInterval::ALL.iter().map(|known| known.code());
                let known: Vec<&str> = known.chain(RateInterval::ALL.iter().map(|known| known.code())).collect();
                return Err(Failure::usage(format!("--interval: `{method}` is none of {}", known.join(", "))));
            }
        }
    }
    Ok(request)
}

/// A word of a closed list.
fn choice<T: FromStr<Err = UnknownCode>>(option: &str, text: Option<&String>) -> Result<Option<T>, Failure> {
    let read = text.map(|text| text.parse::<T>()).transpose();
    read.map_err(|error| Failure::usage(format!("{option}: {error}")))
}

fn population(path: &Path) -> Result<Population, Failure> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let read = Population::read_path(path, name, "as given");
    read.map_err(|error| Failure::usage(error.to_string()))
}
