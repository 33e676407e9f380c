//! `ctdata convert`

use std::fs::File;
use std::path::Path;

use ctdata::model::{
    CaseTable, Dataset, LayoutKind, Loss, LossKind, ModelError, PLAIN_LAYOUT, convert, read_json_lines, write_cases,
    write_json_lines, write_table,
};
use ctdata::table::TableError;
use ctdata::table::csv::{WriteOptions, write_csv};
use serde::Serialize;

use super::JSON_LINES;
use super::parquet::{self, PARQUET};
use crate::args::{ConvertOptions, InputOptions};
use crate::failure::Failure;
use crate::output::{Align, count, table};
use crate::session::{Session, keep_apart, working_copy};

#[derive(Serialize)]
struct Converted {
    from: &'static str,
    to: &'static str,
    rows: usize,
    losses: Vec<Loss>,
    output: String,
}

fn is(name: &str, format: &str) -> bool {
    name.trim().eq_ignore_ascii_case(format)
}

/// The format of this name, as `ctdata formats` spells it.
fn target(name: &str) -> Result<&'static str, Failure> {
    match [PLAIN_LAYOUT, JSON_LINES, PARQUET].into_iter().find(|format| is(name, format)) {
        Some(PARQUET) => parquet::check().map(|()| PARQUET),
        Some(format) => Ok(format),
        None => Ok(super::layout(name)?.name),
    }
}

pub(crate) fn run(options: &ConvertOptions, session: &Session) -> Result<(), Failure> {
    keep_apart(&[&options.input], &[&options.out])?;
    // A wrong name is told before a large file is read.
    let to = options.to.as_deref().map(target).transpose()?;
    let from_lines = options.from.as_deref().is_some_and(|name| is(name, JSON_LINES));
    let from_parquet = options.from.as_deref().is_some_and(|name| is(name, PARQUET));
    let dataset = if from_lines {
        Dataset::Cases(json_cases(&options.input, to)?)
    } else if from_parquet {
        Dataset::Plain(parquet::read(&options.input, session)?)
    } else {
        let input = InputOptions { file: options.input.clone(), format: options.from.clone() };
        super::read(&input, session)?
    };
    let rows = dataset.table().rows();
    let from = match (from_lines, from_parquet) {
        (true, _) => JSON_LINES,
        (_, true) => PARQUET,
        _ => dataset.format(),
    };
    let to = to.unwrap_or_else(|| dataset.format());
    let losses = write(&dataset, to, &options.out, session)?;
    if session.json {
        return session.document(&Converted { from, to, rows, losses, output: options.out.display().to_string() });
    }
    session.remark(format!("{} rows from {from} to {to} in {}", count(rows as u64), options.out.display()));
    if losses.is_empty() {
        return session.text("nothing was lost\n");
    }
    session.text(&words(&losses))
}

fn json_cases(input: &Path, to: Option<&str>) -> Result<CaseTable, Failure> {
    let to =
        to.ok_or_else(|| Failure::usage(format!("`--from {JSON_LINES}` needs `--to`: the layout of the cases")))?;
    let layout = super::layout(to)?;
    let file = File::open(input).map_err(|error| TableError::io(input, error))?;
    read_json_lines(file, layout).map_err(|error| {
        let Failure { code, message } = error.into();
        Failure { code, message: format!("{}, {message}", input.display()) }
    })
}

/// Writes in the format of this name and gives the account of what was lost.
fn write(dataset: &Dataset, to: &str, out: &Path, session: &Session) -> Result<Vec<Loss>, Failure> {
    let control = &session.control;
    if to == PLAIN_LAYOUT {
        working_copy(out, |output| Ok(write_csv(dataset.table(), &WriteOptions::default(), output)?))?;
        return Ok(Vec::new());
    }
    if to == PARQUET {
        parquet::write(dataset.table(), out, session)?;
        return Ok(Vec::new());
    }
    if to == JSON_LINES {
        let cases = dataset.cases()?;
        working_copy(out, |output| Ok(write_json_lines(cases, output)?))?;
        return Ok(Vec::new());
    }
    let target = super::layout(to)?;
    let Dataset::Cases(cases) = dataset else {
        if dataset.layout() == Some(target) {
            working_copy(out, |output| Ok(write_table(dataset.table(), target, output, control)?))?;
            return Ok(Vec::new());
        }
        let reason = match dataset.layout().map(|layout| layout.kind) {
            Some(LayoutKind::VictimPerpetrator) => "a row joins a victim with perpetrators, and rows outnumber victims",
            _ => "a table of any subject says nothing of cases",
        };
        return Err(ModelError::NoConversion { from: dataset.format(), to: target.name, reason }.into());
    };
    if cases.layout() == target {
        working_copy(out, |output| Ok(write_cases(cases, output, control)?))?;
        return Ok(Vec::new());
    }
    let converted = convert(cases, target)?;
    working_copy(out, |output| Ok(write_cases(&converted.cases, output, control)?))?;
    Ok(converted.losses)
}

fn words(losses: &[Loss]) -> String {
    let rows: Vec<Vec<String>> = losses
        .iter()
        .map(|loss| {
            let what = match loss.kind {
                LossKind::Dropped => "dropped: the target has no place for it",
                LossKind::Merged => "merged into a broader statement",
                LossKind::Coarsened => "some values became coarser",
                LossKind::Emptied => "some values have no equivalent and are now not recorded",
                LossKind::NoBecameEmpty => "\"no\" became empty",
                LossKind::UnknownBecameEmpty => "\"unknown\" became empty",
                LossKind::LeftEmpty => "left empty: the source does not say it",
                LossKind::Derived => "derived from other columns",
            };
            vec![loss.column.to_owned(), loss.into.unwrap_or_default().to_owned(), count(loss.rows), what.to_owned()]
        })
        .collect();
    table(
        &[("column", Align::Left), ("into", Align::Left), ("rows", Align::Right), ("what became of it", Align::Left)],
        &rows,
    )
}
