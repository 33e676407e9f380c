//! `ctdata formats`

use ctdata::model::htcds::HtcdsFormat;
use ctdata::model::{LAYOUTS, LayoutKind, PLAIN_LAYOUT};
use serde::Serialize;

use super::JSON_LINES;
use super::parquet::{self, PARQUET};
use crate::failure::Failure;
use crate::output::{Align, table};
use crate::session::Session;

#[derive(Serialize)]
struct Format {
    name: &'static str,
    title: &'static str,
    rows: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<usize>,
}

#[derive(Serialize)]
struct Formats {
    formats: Vec<Format>,
}

pub(crate) fn run(session: &Session) -> Result<(), Failure> {
    let layouts = LAYOUTS.iter().map(|layout| Format {
        name: layout.name,
        title: layout.title,
        rows: match layout.kind {
            LayoutKind::VictimPerpetrator => "a victim with perpetrators",
            _ => "a case",
        },
        columns: Some(layout.columns.len() + usize::from(layout.notice.is_some())),
    });
    let records = HtcdsFormat::ALL.iter().map(|format| Format {
        name: format.name(),
        title: format.title(),
        rows: "a person in a case",
        columns: None,
    });
    let others = [
        Format {
            name: JSON_LINES,
            title: "One case per line as a JSON object (`convert` only)",
            rows: "a case",
            columns: None,
        },
        Format {
            name: PLAIN_LAYOUT,
            title: "A table of any subject, attributes by name",
            rows: "a record",
            columns: None,
        },
    ];
    let parquet = parquet::check().is_ok().then_some(Format {
        name: PARQUET,
        title: "A Parquet file of cases or of a table of any subject (`convert` only)",
        rows: "a record",
        columns: None,
    });
    let formats: Vec<Format> = layouts.chain(records).chain(others).chain(parquet).collect();
    if session.json {
        return session.document(&Formats { formats });
    }
    let rows: Vec<Vec<String>> = formats
        .iter()
        .map(|format| {
            let columns = format.columns.map(|columns| columns.to_string()).unwrap_or_default();
            vec![format.name.to_owned(), columns, format.rows.to_owned(), format.title.to_owned()]
        })
        .collect();
    let header = [("format", Align::Left), ("columns", Align::Right), ("a row is", Align::Left), ("", Align::Left)];
    session.text(&table(&header, &rows))
}
