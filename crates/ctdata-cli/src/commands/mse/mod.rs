//! `ctdata mse`

mod args;
mod read;

use std::path::Path;

use ctdata::indicators::mse::{self, Method, MseReport, ReportTable};
use ctdata::indicators::plot;

pub(crate) use args::{EstimationOptions, HiddenOptions, ListOptions};
pub(crate) use read::read;

use crate::failure::Failure;
use crate::output::{Align, table};
use crate::session::{Session, can_be_written, keep_apart, working_copy};

pub(crate) fn run(options: &HiddenOptions, session: &Session) -> Result<(), Failure> {
    let mut asked = options.estimation.read()?;
    asked.sensitivity = !options.no_sensitivity;
    let written: Vec<&Path> = [&options.report, &options.plot, &options.profile].into_iter().flatten().map(AsRef::as_ref).collect();
    keep_apart(&[&options.table.table], &written)?;
    written.iter().try_for_each(|path| can_be_written(path))?;
    let histories = read(&options.table.table, &options.table.lists, session)?;
    let report = mse::report(&histories, &asked, &session.control)?;
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
        files.push((path, profile(&histories, &asked, &report)?));
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
        for note in &part.notes {
            text.push_str(note);
            text.push('\n');
        }
    }
    text
}

fn aligned(part: &ReportTable) -> String {
    let align = |place: usize| if part.text_columns.contains(&place) { Align::Left } else { Align::Right };
    let header: Vec<(&str, Align)> =
        part.header.iter().enumerate().map(|(place, name)| (name.as_str(), align(place))).collect();
    table(&header, &part.rows)
}
