//! `ctdata indicators`

mod about;
mod derived;
mod outputs;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ctdata::indicators::estimate::{NotAvailable, Value};
use ctdata::indicators::interval::{RateInterval, ShareInterval};
use ctdata::indicators::{
    Definition, Estimate, IndicatorError, Level, Population, Request, UnknownCode, compute, compute_all, indicator,
};
use ctdata::table::Table;
use serde::Serialize;

use crate::args::{IndicatorsOptions, InputOptions};
use crate::failure::Failure;
use crate::output::{Align, count, table};
use crate::session::{Session, keep_apart};

#[derive(Serialize)]
struct Answer {
    format: &'static str,
    observations: Vec<Estimate>,
    skipped: Vec<Skipped>,
}

#[derive(Serialize)]
struct Skipped {
    indicator: &'static str,
    reason: String,
}

pub(crate) fn run(options: &IndicatorsOptions, session: &Session) -> Result<(), Failure> {
    if options.list {
        return about::list(session);
    }
    if options.framework {
        return about::framework(session);
    }
    let Some(file) = &options.file else {
        return Err(Failure::usage("a file is needed"));
    };
    let mut request = request(options)?;
    let wanted = wanted(options)?;
    let population = options.population.as_deref().map(population).transpose()?;
    let read = [Some(file), options.population.as_ref()].into_iter().flatten();
    keep_apart(&read.map(PathBuf::as_path).collect::<Vec<_>>(), &options.outputs.files())?;
    let input = InputOptions { file: file.clone(), format: options.format.clone() };
    let dataset = super::read(&input, session)?;
    let cases = dataset.cases()?;
    // Columns of the file go before other names: two releases use some names differently.
    let resolve = |name: &mut String| {
        if let Ok(attribute) = cases.resolve(name) {
            *name = attribute.name().into_owned();
        }
    };
    request.by.iter_mut().for_each(resolve);
    request.filters.iter_mut().for_each(|(name, _)| resolve(name));
    let (mut observations, skipped) = observe(cases.table(), &wanted, &request, population.as_ref(), session)?;
    observations.extend(derived::all(options, &observations, &request, population.as_ref(), session)?);
    outputs::write(&options.outputs, &observations, session)?;
    if session.json {
        return session.document(&Answer { format: dataset.format(), observations, skipped });
    }
    session.text(&words(&observations, &skipped))
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

fn observe(
    cases: &Table,
    wanted: &[&Definition],
    request: &Request,
    population: Option<&Population>,
    session: &Session,
) -> Result<(Vec<Estimate>, Vec<Skipped>), Failure> {
    let mut observations = Vec::new();
    if wanted.is_empty() {
        let all = compute_all(cases, request, population, &session.control)?;
        observations.extend(all.estimates().cloned());
        let skipped = all
            .skipped
            .iter()
            .map(|skipped| Skipped { indicator: skipped.indicator.id, reason: skipped.reason.to_string() })
            .collect();
        return Ok((observations, skipped));
    }
    for definition in wanted {
        let request = Request { id: definition.id.to_owned(), ..request.clone() };
        observations.extend(compute(cases, &request, population, &session.control)?.estimates);
    }
    Ok((observations, Vec::new()))
}

/// One table per indicator, its bases and remarks below it.
fn words(observations: &[Estimate], skipped: &[Skipped]) -> String {
    let mut text = String::new();
    if observations.is_empty() && skipped.is_empty() {
        text.push_str("nothing to count\n");
    }
    for group in observations.chunk_by(|a, b| a.indicator == b.indicator) {
        let Some(first) = group.first() else { continue };
        let code = first.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
        let _ = writeln!(text, "{}{code}", first.indicator);
        let rows: Vec<Vec<String>> = group.iter().map(row).collect();
        let header = [
            ("", Align::Left),
            ("value", Align::Right),
            ("low", Align::Right),
            ("high", Align::Right),
            ("numerator", Align::Right),
            ("base", Align::Right),
            ("unknown", Align::Right),
        ];
        text.push_str(&table(&header, &rows));
        let mut notes: Vec<&str> = Vec::new();
        for note in group.iter().flat_map(|estimate| &estimate.notes) {
            if !notes.contains(&note.as_ref()) {
                notes.push(note);
            }
        }
        for reason in NotAvailable::ALL {
            if group.iter().any(|estimate| estimate.value == Value::NotAvailable(*reason)) {
                let _ = writeln!(text, "  not available: {}", reason.label());
            }
        }
        for note in notes {
            let _ = writeln!(text, "  note: {note}");
        }
        text.push('\n');
    }
    for Skipped { indicator, reason } in skipped {
        let _ = writeln!(text, "not computed: {indicator}: {reason}");
    }
    text
}

fn row(estimate: &Estimate) -> Vec<String> {
    let labels: Vec<&str> = estimate.dimensions.iter().map(|dimension| dimension.label.as_ref()).collect();
    let what = if labels.is_empty() { "total".to_owned() } else { labels.join(", ") };
    let number = |value: f64| format!("{value:.4}");
    let whole = |value: Option<u64>| value.map(count).unwrap_or_default();
    let value = match estimate.value.known() {
        Some(value) => format!("{} {}", number(value), unit(estimate)),
        None => "not available".to_owned(),
    };
    let interval = estimate.interval.as_ref();
    vec![
        what,
        value,
        interval.map(|interval| number(interval.low())).unwrap_or_default(),
        interval.map(|interval| number(interval.high())).unwrap_or_default(),
        whole(estimate.numerator),
        whole(estimate.base),
        whole(estimate.unknown),
    ]
}

fn unit(estimate: &Estimate) -> &'static str {
    match estimate.unit.code() {
        "percent" => "%",
        "per-100k" => "per 100,000",
        "per-100-victims" => "per 100 victims",
        "percent-per-year" => "% per year",
        "days" => "days",
        "months" => "months",
        _ => "",
    }
}
