//! Writing records as a workbook with lists to choose from.

use std::io::Write;

use ctdata_table::{Control, Location, TableError};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::cells::{MAX_SHEET_COLUMNS, MAX_SHEET_ROWS};
use super::header::OWN;
use super::lists::{Lists, write_about};
use super::rules;
use crate::htcds::flat::{FlatCell, FlatColumn, FlatTable, Words, push_value};
use crate::htcds::lists::Language;
use crate::htcds::read::Target;
use crate::htcds::{Cardinality, Field, FieldValue, ListMember, Records, ValueSource};
use crate::{Country, ModelError, Period};

/// Which fields have a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExcelColumns {
    /// The core fields, and those in which something is recorded.
    #[default]
    Core,
    /// All fields of the standard.
    All,
    /// Those in which something is recorded.
    Recorded,
}

/// How a workbook is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExcelOptions {
    /// In which words values of lists are written; by default their labels, as in the toolkit (but names for the
    /// gender, as there). Countries and languages are written by name with [`Words::Labels`] and by code with
    /// [`Words::Names`].
    pub words: Words,
    /// Which fields have a column.
    pub columns: ExcelColumns,
    /// Whether the lists to choose from have only the values of the standard. Off by default: values that practice
    /// needs can be chosen, too. Records are written as they are either way.
    pub standard_only: bool,
}

impl Default for ExcelOptions {
    fn default() -> Self {
        Self { words: Words::Labels, columns: ExcelColumns::Core, standard_only: false }
    }
}

/// The sheet with the records, as the toolkit calls it.
pub(super) const CASE_SHEET: &str = "Case Sheet";
/// Rows of the header.
pub(super) const HEADER_ROWS: u32 = 2;
/// Characters of a cell, in UTF-16.
const MAX_CELL: usize = 32_767;
/// Rows between two looks at the control.
const ROWS_PER_CHECK: usize = 1 << 10;

/// Writes records as a workbook (`.xlsx`) that [`read_excel`](super::read_excel) reads as the same records.
///
/// The sheet `Case Sheet` has a row of official names and a row of labels, and a row for each victim, perpetrator and
/// connection of a case; its columns are those of [`write_flat`](crate::htcds::write_flat), and several values of a
/// cell are separated by `;`. Days are date cells (before 1906 texts, which no program takes for a year); months and
/// years are texts. Cells offer the lists of the sheet `validation`; the sheet `about` says where the fields come from.
/// Without records it is a template. The same records give the same bytes. Texts are never formulas, and nothing is
/// put into temporary files.
///
/// # Errors
/// [`ModelError::Workbook`] for more than 1,048,574 rows, 16,384 columns, or a text of more than 32,767 characters;
/// otherwise as [`write_flat`](crate::htcds::write_flat).
pub fn write_excel(
    records: &Records,
    mut output: impl Write,
    options: &ExcelOptions,
    control: &Control,
) -> Result<(), ModelError> {
    let always = |field: &Field| match options.columns {
        ExcelColumns::Core => field.core,
        ExcelColumns::All => true,
        ExcelColumns::Recorded => false,
    };
    let table = FlatTable::with_columns(records, always)?;
    let last_row = table.row_count() as u64 + u64::from(HEADER_ROWS);
    if last_row > u64::from(MAX_SHEET_ROWS) {
        return Err(limit(None, None, "the records take more rows than a sheet has (1,048,576)"));
    }
    if table.columns().len() > MAX_SHEET_COLUMNS as usize {
        return Err(limit(None, None, "the records take more columns than a sheet has (16,384)"));
    }
    let mut workbook = Workbook::new();
    let published = ExcelDateTime::from_ymd(2021, 12, 24).map_err(refused)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title("HTCDS 2.0 case sheet")
            .set_comment("Human Trafficking Case Data Standard 2.0, IOM, CC BY 4.0")
            // The day of the standard: a workbook says nothing of when it was written.
            .set_creation_datetime(&published),
    );
    let lists = Lists::of(table.columns(), *options);
    let sheet = workbook.add_worksheet();
    sheet.set_name(CASE_SHEET).map_err(refused)?;
    write_header(sheet, table.columns(), &lists).map_err(refused)?;
    write_rows(sheet, &table, *options, control)?;
    lists.write(workbook.add_worksheet()).map_err(refused)?;
    write_about(workbook.add_worksheet(), *options).map_err(refused)?;
    control.check()?;
    let bytes = workbook.save_to_buffer().map_err(refused)?;
    output.write_all(&bytes).and_then(|()| output.flush()).map_err(|error| TableError::io("(output)", error))?;
    Ok(())
}

fn write_header(sheet: &mut Worksheet, columns: &[FlatColumn], lists: &Lists) -> Result<(), XlsxError> {
    let names = Format::new().set_bold();
    let labels = Format::new().set_bold().set_text_wrap();
    for (at, column) in (0_u16..).zip(columns) {
        let name = column.name();
        let label = match column.field() {
            Some(field) if field.label.is_empty() => "Organisation",
            Some(field) => field.label,
            None => OWN.iter().find(|(own, _)| *own == name).map_or("", |(_, label)| label),
        };
        sheet.write_string_with_format(0, at, name, &names)?;
        sheet.write_string_with_format(1, at, label, &labels)?;
        sheet.set_column_width(at, width(column.field()))?;
        if let Some(validation) = lists.validation(column)? {
            sheet.add_data_validation(HEADER_ROWS, at, MAX_SHEET_ROWS - 1, at, &validation)?;
        }
    }
    sheet.set_freeze_panes(HEADER_ROWS, 0)?;
    Ok(())
}

/// Characters that a column shows.
fn width(field: Option<&Field>) -> f64 {
    use crate::htcds::FieldType::{Checkbox, Date, Geolocation, LongText, Multiselect, Number};
    match field.map(|field| field.kind) {
        Some(LongText | Multiselect) => 36.0,
        Some(Checkbox | Date | Geolocation | Number) => 14.0,
        Some(_) => 24.0,
        None => 16.0,
    }
}

fn write_rows(
    sheet: &mut Worksheet,
    table: &FlatTable<'_>,
    options: ExcelOptions,
    control: &Control,
) -> Result<(), ModelError> {
    let date_format = Format::new().set_num_format("yyyy-mm-dd");
    let mut text = String::new();
    for (row, number) in (0..table.row_count()).zip(HEADER_ROWS..) {
        if row.is_multiple_of(ROWS_PER_CHECK) {
            control.check()?;
            control.report("writing", row as u64, Some(table.row_count() as u64));
        }
        for (at, column) in (0_u16..).zip(table.columns()) {
            text.clear();
            let written = match table.cell(row, column) {
                FlatCell::Empty => continue,
                FlatCell::Id(id) => {
                    text.push_str(id);
                    None
                }
                FlatCell::Role(role) => {
                    text.push_str(role.code());
                    None
                }
                FlatCell::Value(value) => match value {
                    FieldValue::Number(value) => Some(sheet.write_number(number, at, value)),
                    FieldValue::Coordinate(degrees) => Some(sheet.write_number(number, at, *degrees.expose())),
                    FieldValue::Flag(flag) if options.words == Words::Names => {
                        Some(sheet.write_boolean(number, at, flag))
                    }
                    FieldValue::Date(date) => {
                        let day = day(date);
                        if day.is_none() {
                            push_words(&mut text, &FieldValue::Date(date), column.field(), options.words);
                        }
                        day.map(|day| sheet.write_datetime_with_format(number, at, &day, &date_format))
                    }
                    value => {
                        push_words(&mut text, &value, column.field(), options.words);
                        None
                    }
                },
            };
            let written = match written {
                Some(written) => written,
                None if text.encode_utf16().count() > MAX_CELL => {
                    return Err(limit(Some(number + 1), Some(column), rules::TOO_LONG));
                }
                None => sheet.write_string(number, at, text.as_str()),
            };
            written.map_err(refused)?;
        }
    }
    Ok(())
}

/// A day that is written as a date cell. Spreadsheets begin with 1900, but have a day too many in that year, and a year
/// that was typed into a date cell is a day of 1905.
fn day(date: Period) -> Option<ExcelDateTime> {
    use chrono::Datelike;
    let day = date.day().filter(|day| (1906..=9999).contains(&day.year()))?;
    let part = |number: u32| u8::try_from(number).ok();
    ExcelDateTime::from_ymd(u16::try_from(day.year()).ok()?, part(day.month())?, part(day.day())?).ok()
}

/// Values of a list as the toolkit writes them: labels, but names for the gender.
pub(super) fn words_of(field: &Field, words: Words) -> Words {
    if field.name == "prs_Gender" { Words::Names } else { words }
}

fn push_words(text: &mut String, value: &FieldValue<'_>, field: Option<&'static Field>, words: Words) {
    let words = field.map_or(words, |field| words_of(field, words));
    let is_named = |field: &&Field| matches!(field.values, ValueSource::Countries | ValueSource::Languages);
    match (value, field.filter(is_named).filter(|_| words == Words::Labels)) {
        (FieldValue::Values(values), Some(field)) => {
            let mut values = values.clone();
            for value in &mut values {
                if value.is_listed && reads_as(field, value.label) == Some(value.name) {
                    value.name = value.label;
                }
            }
            push_value(text, &FieldValue::Values(values), Some(field), Words::Names, ";");
        }
        _ => push_value(text, value, field, words, ";"),
    }
}

/// The code of the country or language of a name.
pub(super) fn reads_as(field: &Field, label: &str) -> Option<&'static str> {
    match field.values {
        ValueSource::Countries => Country::read(label).map(|country| ListMember::name(&country)),
        ValueSource::Languages => Language::read(label).map(|language| ListMember::name(&language)),
        _ => None,
    }
}

/// Whether a column holds any number of values.
pub(super) fn takes_several(column: &FlatColumn) -> bool {
    column.field().is_some_and(|field| field.cardinality == Cardinality::Many)
        || matches!(column.target, Target::Field { field, .. } if field.name == "vic_ForcedLabourIndustry")
}

fn limit(row: Option<u32>, column: Option<&FlatColumn>, rule: &'static str) -> ModelError {
    let at = Location {
        file: Some("(output)".into()),
        sheet: Some(CASE_SHEET.into()),
        row: row.map(u64::from),
        column: column.map(|column| column.name().into()),
        line: None,
    };
    ModelError::Workbook { at: at.into(), rule: rule.into() }
}

/// What the library that writes workbooks refuses: its words may hold what was to be written.
fn refused(error: XlsxError) -> ModelError {
    match error {
        XlsxError::IoError(error) => TableError::io("(output)", error).into(),
        _ => limit(None, None, rules::NOT_WRITTEN),
    }
}
