//! What the indicators are, without any file.

use std::fmt::Write as _;

use ctdata::indicators::framework::{Connections, connections};
use ctdata::indicators::{CatalogueEntry, DERIVED, Derived, catalogue_table};
use serde::Serialize;

use crate::failure::Failure;
use crate::session::Session;

#[derive(Serialize)]
struct Catalogue {
    indicators: Vec<CatalogueEntry>,
    derived: &'static [Derived],
}

/// The catalogue.
pub(super) fn list(session: &Session) -> Result<(), Failure> {
    let indicators = catalogue_table();
    if session.json {
        return session.document(&Catalogue { indicators, derived: DERIVED });
    }
    let mut text = String::new();
    for entry in &indicators {
        let code = entry.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
        let _ = writeln!(text, "{}{code}: {}\n  {}", entry.id, entry.title, entry.definition);
    }
    text.push_str("\ncomputed from figures:\n");
    for derived in DERIVED {
        let _ = writeln!(text, "{}: {}\n  {}", derived.id, derived.title, derived.sentence);
    }
    text.push_str("\n(--json has base, unit, source and limits of each)\n");
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
