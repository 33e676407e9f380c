//! `ctdata mse`

mod args;
mod read;

use std::path::Path;

use ctdata::indicators::mse::{self, CaptureHistories, Method, MseReport, ReportTable, StrataRead};
use ctdata::indicators::plot;

pub(crate) use args::{HiddenOptions, ListOptions};
pub(crate) use read::read;
use read::read_strata;

use crate::failure::Failure;
use crate::output::{Align, table};
use crate::session::{Session, can_be_written, keep_apart, working_copy};

/// Points of the picture of a profile likelihood.
const CURVE_POINTS: usize = 201;

pub(crate) fn run(options: &HiddenOptions, session: &Session) -> Result<(), Failure> {
    let mut asked = options.estimation.read()?;
    asked.sensitivity = !options.no_sensitivity;
    let written: Vec<&Path> =
        [&options.report, &options.plot, &options.profile].into_iter().flatten().map(AsRef::as_ref).collect();
    keep_apart(&[&options.table.table], &written)?;
    written.iter().try_for_each(|path| can_be_written(path))?;
    let (path, lists) = (&options.table.table, &options.table.lists);
    let (histories, report) = match &options.strata {
        None => {
            let histories = read(path, lists, session)?;
            let report = mse::report(&histories, &asked, &session.control)?;
            (histories, report)
        }
        Some(column) => {
            let StrataRead { column, strata, .. } = read_strata(path, column, lists, session)?;
            let report = mse::report_by_strata(&column, &strata, &asked, &session.control)?;
            (CaptureHistories::pooled(strata.iter().map(|(_, histories)| histories))?, report)
        }
    };
    let name = options.table.table.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let title = format!("The number of all persons of {name}");
    let mut files: Vec<(&Path, String)> = Vec::new();
    if let Some(path) = &options.report {
        files.push((path, report.to_markdown(&title)));
    }
    if let Some(path) = &options.plot {
        let findings: Vec<_> = report.findings().cloned().collect();
        let picture = plot::hidden_numbers(&title, report.table.persons, &findings);
        files.push((path, picture.map_err(|error| Failure::usage(format!("--plot: {error}")))?));
    }
    if let Some(path) = &options.profile {
        files.push((path, profile(&histories, &report)?));
    }
    for (path, text) in files {
        working_copy(path, |output| Ok(output.write_all(text.as_bytes())?))?;
    }
    let answered = report.findings().any(|finding| finding.estimate.is_some());
    if session.json {
        session.document(&report)?;
    } else {
        session.text(&text(&report))?;
    }
    if answered { Ok(()) } else { Err(Failure { code: Failure::NO, message: "no method has an answer".to_owned() }) }
}

/// The tables of the report, aligned by spaces.
fn text(report: &MseReport) -> String {
    let mut text = String::new();
    for part in report.tables() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&part.title);
        text.push('\n');
        if !part.rows.is_empty() {
            text.push_str(&aligned(&part));
        }
        part.notes.iter().for_each(|note| text.push_str(&item(note)));
    }
    text
}

/// The width that sentences are broken to.
const SENTENCE: usize = 100;

/// A sentence as an item of a list, in lines.
fn item(sentence: &str) -> String {
    let mut text = String::from("-");
    let mut used = 1;
    for word in sentence.split_whitespace() {
        let letters = word.chars().count();
        if used + 1 + letters > SENTENCE && used > 1 {
            text.push_str("\n ");
            used = 1;
        }
        text.push(' ');
        text.push_str(word);
        used += 1 + letters;
    }
    text.push('\n');
    text
}

fn aligned(part: &ReportTable) -> String {
    let align = |place: usize| if part.text_columns.contains(&place) { Align::Left } else { Align::Right };
    let header: Vec<(&str, Align)> =
        part.header.iter().enumerate().map(|(place, name)| (name.as_str(), align(place))).collect();
    table(&header, &part.rows)
}

/// The profile likelihood of the model given, or of the one that stepwise selection chose.
fn profile(histories: &CaptureHistories, report: &MseReport) -> Result<String, Failure> {
    let no = |why: &str| Failure { code: Failure::NO, message: format!("--profile: {why}") };
    let given = report.methods.iter().find(|result| result.finding.method == Method::Fixed);
    let chosen = given.or_else(|| report.methods.iter().find(|result| result.finding.method == Method::Stepwise));
    let result = chosen.or_else(|| report.methods.iter().find(|result| result.model().is_some()));
    let result = result.ok_or_else(|| no("no log-linear model was asked for"))?;
    let model = result.model().ok_or_else(|| no(result.finding.status.label()))?;
    let curve =
        mse::profile_curve(histories, &model, report.level, CURVE_POINTS).map_err(|status| no(status.label()))?;
    let title = format!("Profile likelihood of {}", curve.named);
    plot::profile_likelihood(&title, &curve.points, curve.quantile)
        .map_err(|error| Failure::usage(format!("--profile: {error}")))
}
