//! One file per command.

pub(crate) mod anonymize;
pub(crate) mod convert;
pub(crate) mod evaluate;
pub(crate) mod formats;
pub(crate) mod gap;
pub(crate) mod indicators;
pub(crate) mod ledger;
pub(crate) mod map;
pub(crate) mod mse;
pub(crate) mod parquet;
pub(crate) mod pseudonymize;
pub(crate) mod publish;
pub(crate) mod records;
pub(crate) mod risk;
pub(crate) mod sample;
pub(crate) mod schema;
pub(crate) mod synthesize;
pub(crate) mod validate;

use std::path::Path;

use ctdata::model::htcds::HtcdsFormat;
use ctdata::model::{CaseReader, LAYOUTS, Layout, Outcome, PLAIN_LAYOUT};
use ctdata::table::nearest;

use crate::failure::Failure;
use crate::session::Session;

/// The name of the format of one JSON object per case.
pub(crate) const JSON_LINES: &str = "json-lines";

/// The date and time, for a ledger.
pub(crate) fn now() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Where cases were made of HTCDS records: who is no case, and who is several.
pub(crate) fn tell_of_records(outcome: &Outcome, session: &Session) {
    let Some(source) = outcome.source() else { return };
    for reason in source.left_out().iter().filter(|reason| reason.victims > 0) {
        session.remark(format!("note: {reason}"));
    }
    if source.repeated() > 0 {
        session.remark(format!("note: {}", repeated(source.repeated())));
    }
}

/// That people have several cases.
pub(crate) fn repeated(cases: u64) -> String {
    let cases = crate::output::count(cases);
    format!(
        "{cases} further cases are of people who have an earlier one: a file of cases does not tell that they are the same"
    )
}

/// Today, for checks that dates are not in the future.
pub(crate) fn today() -> chrono::NaiveDate {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default().date_naive()
}

/// Reads a file as the reader says. A header of no layout comes with the way out.
pub(crate) fn outcome(
    reader: &CaseReader,
    file: &Path,
    format: Option<&str>,
    show_values: bool,
    session: &Session,
) -> Result<Outcome, Failure> {
    let read = reader.read_as(file, format, &session.control);
    session.finish();
    read.map_err(|error| {
        let hint = if matches!(error, ctdata::model::ModelError::UnknownLayout { .. }) {
            format!(" (the layout `{PLAIN_LAYOUT}` reads a table of any subject)")
        } else {
            String::new()
        };
        let mut failure = records::explained(error, show_values);
        failure.message.push_str(&hint);
        failure
    })
}

/// The layout of a name.
pub(crate) fn layout(name: &str) -> Result<&'static Layout, Failure> {
    Layout::named(name).ok_or_else(|| {
        let names = LAYOUTS.iter().map(|layout| layout.name);
        let names = names.chain(HtcdsFormat::ALL.iter().map(|format| format.name()));
        let hint = nearest(name, names).map_or_else(
            || " (`ctdata formats` lists them)".to_owned(),
            |nearest| format!("; did you mean `{nearest}`?"),
        );
        Failure::usage(format!("there is no layout `{name}`{hint}"))
    })
}
