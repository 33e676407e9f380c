//! Writing records as JSON.

use std::io::{self, BufWriter, Write};

use ctdata_table::TableError;
use serde::Serialize;

use super::{FORMAT, FORMAT_VERSION, STANDARD};
use crate::ModelError;
use crate::htcds::{CaseRecord, Organization, Person, Records};

/// How JSON is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum JsonStyle {
    /// One document with line breaks and indents.
    #[default]
    Pretty,
    /// One document without.
    Compact,
    /// One record per line: organizations, then people, then cases.
    Lines,
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    format_version: u64,
    standard: &'static str,
    organizations: &'a [Organization],
    persons: &'a [Person],
    cases: &'a [CaseRecord],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Line<'a> {
    Organization(&'a Organization),
    Person(&'a Person),
    Case(&'a CaseRecord),
}

/// Writes records. The same records give the same bytes.
///
/// The text holds all that the records hold, identifying fields too: it is a working copy, never a release.
///
/// ```
/// use ctdata_model::htcds::{JsonStyle, Person, PersonId, Records, write_json};
/// let mut person = Person { id: PersonId::new("P1"), ..Person::default() };
/// person.number_of_children = Some(2);
/// let records = Records { persons: vec![person], ..Records::default() };
/// let mut lines = Vec::new();
/// write_json(&records, JsonStyle::Lines, &mut lines)?;
/// assert_eq!(lines, b"{\"person\":{\"person_id\":\"P1\",\"prs_NumberOfChildren\":2}}\n");
/// # Ok::<(), ctdata_model::ModelError>(())
/// ```
///
/// # Errors
/// If the output cannot take the text.
pub fn write_json(records: &Records, style: JsonStyle, output: impl Write) -> Result<(), ModelError> {
    let mut output = BufWriter::new(output);
    let written = match style {
        JsonStyle::Lines => lines(records, &mut output),
        JsonStyle::Pretty => serde_json::to_writer_pretty(&mut output, &document(records)).map_err(io::Error::from),
        JsonStyle::Compact => serde_json::to_writer(&mut output, &document(records)).map_err(io::Error::from),
    };
    let ended = written.and_then(|()| if style == JsonStyle::Lines { Ok(()) } else { output.write_all(b"\n") });
    ended.and_then(|()| output.flush()).map_err(|error| TableError::io("(output)", error))?;
    Ok(())
}

fn document(records: &Records) -> Document<'_> {
    Document {
        format: FORMAT,
        format_version: FORMAT_VERSION,
        standard: STANDARD,
        organizations: &records.organizations,
        persons: &records.persons,
        cases: &records.cases,
    }
}

fn lines(records: &Records, output: &mut impl Write) -> io::Result<()> {
    let organizations = records.organizations.iter().map(Line::Organization);
    let persons = records.persons.iter().map(Line::Person);
    for line in organizations.chain(persons).chain(records.cases.iter().map(Line::Case)) {
        serde_json::to_writer(&mut *output, &line)?;
        output.write_all(b"\n")?;
    }
    Ok(())
}
