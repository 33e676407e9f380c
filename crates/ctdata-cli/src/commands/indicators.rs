//! `ctdata indicators`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ctdata::indicators::estimate::{NotAvailable, Value};
use ctdata::indicators::export::write_long_csv;
use ctdata::indicators::{
    Base, Definition, Estimate, IndicatorError, Population, Request, compute, compute_all, indicator,
};
use ctdata::table::Table;
use serde::Serialize;

use crate::args::IndicatorsOptions;
use crate::failure::Failure;
use crate::output::{Align, count, table};
use crate::session::{Session, keep_apart, working_copy};

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
    let mut request = request(options)?;
    let wanted = wanted(options)?;
    let population = options.population.as_deref().map(population).transpose()?;
    let read = [Some(&options.input.file), options.population.as_ref()].into_iter().flatten();
    let written: Vec<&Path> = options.out.iter().map(PathBuf::as_path).collect();
    keep_apart(&read.map(PathBuf::as_path).collect::<Vec<_>>(), &written)?;
    let dataset = super::read(&options.input, session)?;
    let cases = dataset.cases()?;
    // Columns of the file go before other names: two releases use some names differently.
    let resolve = |name: &mut String| {
        if let Ok(attribute) = cases.resolve(name) {
            *name = attribute.name().into_owned();
        }
    };
    request.by.iter_mut().for_each(resolve);
    request.filters.iter_mut().for_each(|(name, _)| resolve(name));
    let (observations, skipped) = observe(cases.table(), &wanted, &request, population.as_ref(), session)?;
    if let Some(out) = &options.out {
        working_copy(out, |output| Ok(write_long_csv(&observations, output).map(drop)?))?;
    }
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
    let base = options
        .base
        .as_deref()
        .map(|text| text.parse::<Base>().map_err(|error| Failure::usage(format!("--base: {error}"))))
        .transpose()?;
    Ok(Request { by: options.by.clone(), filters, base, ..Request::default() })
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
        "per-100k" | "per-100000" => "per 100,000",
        _ => "",
    }
}
