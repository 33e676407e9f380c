//! Cases as JSON lines: one case per line, as [`Case`] is written.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use ctdata_table::TableError;

use crate::{Case, CaseTable, CaseTableBuilder, Layout, ModelError};

/// The longest line that is read, in bytes: many times that of the largest case.
const MAX_LINE: u64 = 1 << 20;

/// Writes one line per case, in the order of the rows. Attributes that the layout does not have are left
/// out.
///
/// ```
/// use ctdata_model::{Layout, Simulator, read_json_lines, write_json_lines};
/// let layout = Layout::named("ctdc-kanon-64").unwrap();
/// let cases = Simulator::new(1).cases(layout, 20)?;
/// let mut lines = Vec::new();
/// write_json_lines(&cases, &mut lines)?;
/// assert_eq!(read_json_lines(lines.as_slice(), layout)?, cases);
/// # Ok::<(), ctdata_model::ModelError>(())
/// ```
///
/// # Errors
/// If the output cannot take the text.
pub fn write_json_lines(cases: &CaseTable, output: impl Write) -> Result<(), ModelError> {
    let failed = |error| TableError::io("(output)", error);
    let mut output = BufWriter::new(output);
    for case in cases.cases() {
        serde_json::to_writer(&mut output, &case).map_err(io::Error::from).map_err(failed)?;
        output.write_all(b"\n").map_err(failed)?;
    }
    output.flush().map_err(failed)?;
    Ok(())
}

/// Reads one case per line into a layout. Blank lines and a byte order mark are skipped; what a line does
/// not have is not recorded in the table.
///
/// # Errors
/// By line and field, never with a value: a line that is no JSON object, a field that cases do not have, a
/// value that the field cannot have, something that the layout does not have; and a failing input.
pub fn read_json_lines(input: impl Read, layout: &'static Layout) -> Result<CaseTable, ModelError> {
    let mut builder = CaseTableBuilder::new(layout)?;
    let mut input = BufReader::new(input);
    let mut line = Vec::new();
    for number in 1u64.. {
        line.clear();
        let read = (&mut input).take(MAX_LINE).read_until(b'\n', &mut line);
        if read.map_err(|error| TableError::io("(input)", error))? == 0 {
            break;
        }
        if line.len() as u64 >= MAX_LINE {
            return Err(invalid(number, None, "the line is too long for a case"));
        }
        let text = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| number == 1).unwrap_or(&line).trim_ascii();
        if !text.is_empty() {
            let case = serde_json::from_slice::<Case>(text).map_err(|_| fault(number, text))?;
            builder.push(&case).map_err(|error| at_line(number, builder.rows() + 1, error))?;
        }
    }
    builder.finish()
}

fn invalid(line: u64, field: Option<&str>, rule: &str) -> ModelError {
    let field = field.map(|field| format!(", field `{field}`")).unwrap_or_default();
    TableError::Invalid { what: format!("line {line}{field}"), rule: rule.to_owned() }.into()
}

/// The builder counts cases; a reader of a file counts lines.
fn at_line(line: u64, row: u64, error: ModelError) -> ModelError {
    match error {
        ModelError::Table(TableError::Invalid { what, rule }) => {
            let place = what.strip_prefix(&format!("case {row}")).unwrap_or_default();
            TableError::Invalid { what: format!("line {line}{place}"), rule }.into()
        }
        error => error,
    }
}

/// What is wrong with a line. The errors of the parser quote the input, so that they are not passed on;
/// instead each field is tried by itself.
#[cold]
fn fault(line: u64, text: &[u8]) -> ModelError {
    let Ok(fields) = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(text) else {
        return invalid(line, None, "not a JSON object");
    };
    for (name, value) in fields {
        let Some(&known) = Case::FIELDS.iter().find(|field| **field == name) else {
            return invalid(line, None, "a field that cases do not have");
        };
        let alone = serde_json::Map::from_iter([(name, value)]);
        if serde_json::from_value::<Case>(alone.into()).is_err() {
            return invalid(line, Some(known), "not a value that this field can have");
        }
    }
    invalid(line, None, "a field is given twice")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> &'static Layout {
        Layout::named("ctdc-synthetic-2021").unwrap()
    }

    fn error(text: &str) -> String {
        read_json_lines(text.as_bytes(), layout()).unwrap_err().to_string()
    }

    #[test]
    fn errors_name_line_and_field_and_no_value() {
        for (text, expected) in [
            ("{}\n{\"gender\":\"sEcret\"}", "line 2, field `gender`: not a value that this field can have"),
            ("{\"age_band\":4711}", "line 1, field `age_band`: not a value that this field can have"),
            (
                "{\"means_of_control\":{\"sEcret\":true}}",
                "line 1, field `means_of_control`: not a value that this field can have",
            ),
            ("\n\n{\"sEcret\":true}", "line 3: a field that cases do not have"),
            ("{\"gender\":\"female\"", "line 1: not a JSON object"),
            ("[\"sEcret\"]", "line 1: not a JSON object"),
            ("\"sEcret\"\n", "line 1: not a JSON object"),
            ("{\"gender\":\"female\",\"gender\":\"male\"}", "line 1: a field is given twice"),
            (
                "\n{\"data_source\":\"hotline\"}",
                "line 2, `data_source`: the layout ctdc-synthetic-2021 does not have it",
            ),
            (
                "{\"year_of_registration\":{\"missing\":\"withheld\"}}",
                "line 1, `year_of_registration`: it is never withheld",
            ),
        ] {
            assert_eq!(error(text), expected);
        }
        assert_eq!(
            error(&format!("{{\"gender\":\"{}\"}}", "x".repeat(1 << 20))),
            "line 1: the line is too long for a case"
        );
    }

    #[test]
    fn blank_lines_and_a_byte_order_mark_are_no_cases() {
        let text = "\u{feff}{\"gender\":\"female\"}\r\n\r\n{}\n";
        let cases = read_json_lines(text.as_bytes(), layout()).unwrap();
        assert_eq!(cases.rows(), 2);
        assert_eq!(cases.table().text(0, 1).as_deref(), Some("female"));
        assert_eq!(read_json_lines(&b""[..], layout()).unwrap().rows(), 0);
    }

    #[test]
    fn not_recorded_may_be_said_of_what_the_layout_lacks() {
        let cases = read_json_lines(&b"{\"data_source\":{\"missing\":\"not-recorded\"}}"[..], layout()).unwrap();
        assert_eq!(cases.rows(), 1);
    }

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let cases = crate::Simulator::new(1).cases(layout(), 10).unwrap();
        assert!(matches!(write_json_lines(&cases, Full), Err(ModelError::Table(TableError::Io { .. }))));
    }
}
