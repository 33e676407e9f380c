//! What the indicators are, without any file.

use std::fmt::Write as _;

use ctdata::indicators::framework::{Connections, connections};
use ctdata::indicators::people::{EXTENSIONS, Extension, Values};
use ctdata::indicators::{CatalogueEntry, DERIVED, Derived, catalogue_table};
use serde::Serialize;

use crate::failure::Failure;
use crate::session::Session;

#[derive(Serialize)]
struct Catalogue {
    indicators: Vec<CatalogueEntry>,
    derived: &'static [Derived],
    added_columns: Vec<AddedColumn>,
}

/// A column that indicators know by its name, in whatever table it stands.
#[derive(Serialize)]
struct AddedColumn {
    name: &'static str,
    meaning: &'static str,
    /// Whom a row of it stands for.
    subject: &'static str,
    /// The columns of a question with several answers: one flag for each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<String>,
    /// The fields of HTCDS that say it.
    htcds: &'static [&'static str],
}

fn added_columns() -> Vec<AddedColumn> {
    let column = |extension: &Extension| AddedColumn {
        name: extension.name,
        meaning: extension.meaning,
        subject: extension.subject.code(),
        flags: match extension.values {
            Values::Answers(question) => question.answers().into_iter().map(|answer| answer.attribute).collect(),
            _ => Vec::new(),
        },
        htcds: extension.htcds,
    };
    EXTENSIONS.iter().map(column).collect()
}

/// The catalogue.
pub(super) fn list(session: &Session) -> Result<(), Failure> {
    let indicators = catalogue_table();
    if session.json {
        let added_columns = added_columns();
        return session.document(&Catalogue { indicators, derived: DERIVED, added_columns });
    }
    let mut text = String::new();
    for entry in &indicators {
        let code = entry.official.or(entry.code).map(|code| format!(" ({code})")).unwrap_or_default();
        let _ = writeln!(text, "{}{code}: {}\n  {}", entry.id, entry.title, entry.definition);
    }
    text.push_str("\ncomputed from figures:\n");
    for derived in DERIVED {
        let _ = writeln!(text, "{}: {}\n  {}", derived.id, derived.title, derived.sentence);
    }
    text.push_str("\ncolumns that a plain table (--format csv) may have for indicators of people:\n");
    for AddedColumn { name, meaning, flags, .. } in added_columns() {
        let flags = if flags.is_empty() { String::new() } else { format!("_… ({} columns)", flags.len()) };
        let _ = writeln!(text, "{name}{flags}: {meaning}");
    }
    text.push_str("\n(--json has base, unit, source and limits of each indicator, and the names of all columns)\n");
    session.text(&text)
}

#[derive(Serialize)]
struct Framework {
    objectives: Vec<Connections>,
}

/// Objectives, targets and indicators: of objective 10 in words, of all as JSON.
pub(super) fn framework(session: &Session) -> Result<(), Failure> {
    const TRAFFICKING: u8 = 10;
    if session.json {
        return session.document(&Framework { objectives: (1..=23).filter_map(connections).collect() });
    }
    session.text(&connections(TRAFFICKING).map(|of| of.to_text()).unwrap_or_default())
}
