//! Writing flat text files.

use std::io::Write;

use ctdata_table::csv::{CsvWriter, LineEnd, Separator};
use ctdata_table::{Control, Location, TableError, TextRule};

use super::rows::{FlatCell, FlatColumn, FlatTable};
use crate::ModelError;
use crate::htcds::read::Target;
use crate::htcds::value::escaped;
use crate::htcds::{Field, FieldValue, Records, ValueSource};

/// In which words values of lists are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Words {
    /// Official names, `TRUE` and `FALSE`.
    #[default]
    Names,
    /// Official labels, `Yes` and `No`. Countries and languages are codes also here, since their names differ between
    /// sources.
    Labels,
}

/// How records are written as a flat file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlatOptions {
    /// In which words values of lists are written; by default their names.
    pub words: Words,
    /// Whether core fields in which nothing is recorded have a column too. On by default.
    pub all_core: bool,
    /// What separates cells; by default the comma.
    pub separator: Separator,
    /// What ends a line.
    pub line_end: LineEnd,
}

impl Default for FlatOptions {
    fn default() -> Self {
        Self { words: Words::Names, all_core: true, separator: Separator::Comma, line_end: LineEnd::Lf }
    }
}

/// Rows between two looks at the control.
const ROWS_PER_CHECK: usize = 1 << 12;

/// Writes records as one CSV file (`htcds-csv`), a row for each victim, perpetrator and connection of a case.
///
/// Columns are `case_id`, `person_id`, `organization_id`, `role` and the fields that hold something, under their
/// official names; several values are separated by `;`. Fields of a case, person or organization stand in each of its
/// rows; what repeats in a case (`hte_Date`, `hte_Date.2`, …) stands in its first row. Reading the file gives the same
/// records. It holds all that is confidential; texts are written as they are, also those that a spreadsheet program
/// takes for formulas.
///
/// # Errors
/// [`TableError::Invalid`] for records that no flat file can hold: identifiers that are empty, repeated or of nothing
/// that is there; otherwise if the output cannot take the text, or the caller stops.
pub fn write_flat(
    records: &Records,
    output: impl Write,
    options: &FlatOptions,
    control: &Control,
) -> Result<(), ModelError> {
    write(records, output, *options, Form { separator: ";", name: FlatColumn::name }, control)
}

/// Writes records as the survey form of the toolkit exports them (`htcds-xlsform`): under the names of the form, with
/// spaces between several values, and the case identifier in `_uuid`. Otherwise as [`write_flat`]; values are names.
/// A space in a value that its list does not have is written with a backslash.
///
/// # Errors
/// As [`write_flat`].
pub fn write_xlsform(
    records: &Records,
    output: impl Write,
    options: &FlatOptions,
    control: &Control,
) -> Result<(), ModelError> {
    let options = FlatOptions { words: Words::Names, ..*options };
    write(records, output, options, Form { separator: " ", name: form_name }, control)
}

/// What differs between the two.
#[derive(Clone, Copy)]
struct Form {
    separator: &'static str,
    name: fn(&FlatColumn) -> String,
}

fn form_name(column: &FlatColumn) -> String {
    match (column.target, column.field().map(|field| field.name)) {
        (Target::CaseId, _) => "_uuid".to_owned(),
        (_, Some("prs_FirstName")) => "prs_First_Name".to_owned(),
        (_, Some("prs_SecondName")) => "prs_Second_Name".to_owned(),
        (_, Some("vic_MethodsOfControl")) => "vic_Methods_of_Control".to_owned(),
        _ => column.name(),
    }
}

fn write(
    records: &Records,
    output: impl Write,
    options: FlatOptions,
    form: Form,
    control: &Control,
) -> Result<(), ModelError> {
    let table = FlatTable::of(records, options.all_core)?;
    let mut writer = CsvWriter::new(output, options.separator, options.line_end);
    let failed = |error| ModelError::from(TableError::io("(output)", error));
    let columns = table.columns();
    writer.record(columns.iter().map(form.name)).map_err(failed)?;
    let mut text = String::new();
    for row in 0..table.row_count() {
        for column in columns {
            text.clear();
            push_cell(&mut text, &table.cell(row, column), column.field(), options.words, form.separator);
            if text.contains('\0') {
                let at = Location::at_row(row as u64 + 1).with_column(column.name());
                return Err(TableError::Text { at: at.into(), rule: TextRule::Binary }.into());
            }
            writer.cell(text.as_bytes());
        }
        writer.end_record().map_err(failed)?;
        if row.is_multiple_of(ROWS_PER_CHECK) {
            control.check()?;
            control.report("writing", row as u64, Some(table.row_count() as u64));
        }
    }
    writer.finish().map_err(failed)?;
    Ok(())
}

/// A cell as text.
fn push_cell(text: &mut String, cell: &FlatCell<'_>, field: Option<&Field>, words: Words, separator: &str) {
    match cell {
        FlatCell::Empty => {}
        FlatCell::Id(id) => text.push_str(id),
        FlatCell::Role(role) => text.push_str(role.code()),
        FlatCell::Value(value) => push_value(text, value, field, words, separator),
    }
}

/// What a field holds, as text.
pub(crate) fn push_value(
    text: &mut String,
    value: &FieldValue<'_>,
    field: Option<&Field>,
    words: Words,
    separator: &str,
) {
    use std::fmt::Write as _;
    match value {
        FieldValue::Empty => {}
        FieldValue::Text(value) => text.push_str(value.expose()),
        // Writing to a string cannot fail.
        FieldValue::Date(date) => drop(write!(text, "{date}")),
        FieldValue::Number(number) => drop(write!(text, "{number}")),
        FieldValue::Coordinate(degrees) => drop(write!(text, "{}", degrees.expose())),
        FieldValue::Flag(flag) => text.push_str(match (words, flag) {
            (Words::Names, true) => "TRUE",
            (Words::Names, false) => "FALSE",
            (Words::Labels, true) => "Yes",
            (Words::Labels, false) => "No",
        }),
        FieldValue::Values(values) => {
            let has_labels = field.is_some_and(|field| matches!(field.values, ValueSource::List(_)));
            // One value of a field that has one is the whole text.
            let separator = if field.is_some_and(takes_several) { separator } else { "" };
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    text.push_str(separator);
                }
                match (words, value.is_listed) {
                    (Words::Labels, true) if has_labels => text.push_str(value.label),
                    (_, true) => text.push_str(value.name),
                    (_, false) => text.push_str(&escaped(value.name, separator)),
                }
            }
        }
    }
}

/// Whether records hold any number of values in a field: also in the industry, of which the standard has one.
fn takes_several(field: &Field) -> bool {
    field.cardinality == crate::htcds::Cardinality::Many || field.name == "vic_ForcedLabourIndustry"
}
