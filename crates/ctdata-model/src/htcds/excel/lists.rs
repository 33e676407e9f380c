//! The lists that cells offer, on a sheet of their own; and the sheet that says what the workbook is.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, Formula, Worksheet, XlsxError,
};

use super::header::letters;
use super::write::{ExcelOptions, reads_as, takes_several, words_of};
use crate::Country;
use crate::htcds::flat::{FlatColumn, Words};
use crate::htcds::lists::Language;
use crate::htcds::read::Target;
use crate::htcds::{CaseRole, Field, FieldType, ListMember, ValueSource};

/// The sheet with the lists, as the toolkit calls it.
const LIST_SHEET: &str = "validation";
/// The row of the titles, from 0. Values follow.
const TITLES: u32 = 2;

/// The lists of a workbook: each a column of the sheet.
pub(super) struct Lists {
    lists: Vec<List>,
    words: Words,
}

struct List {
    title: &'static str,
    /// What cells hold.
    values: Vec<String>,
    /// What the values mean, in the next column.
    meanings: Vec<String>,
}

/// The titles of lists that the standard does not have.
const ROLES: &str = "role";
const YES_OR_NO: &str = "Yes or no";

impl Lists {
    /// The lists that columns need, each once.
    pub(super) fn of(columns: &[FlatColumn], options: ExcelOptions) -> Self {
        let mut lists: Vec<List> = Vec::new();
        for column in columns {
            if let Some(title) = title(column)
                && lists.iter().all(|list| list.title != title)
            {
                let (values, meanings) = content(column, options);
                lists.push(List { title, values, meanings });
            }
        }
        Self { lists, words: options.words }
    }

    /// What a column of the case sheet takes, if that can be said.
    pub(super) fn validation(&self, column: &FlatColumn) -> Result<Option<DataValidation>, XlsxError> {
        let validation = DataValidation::new();
        let title = title(column);
        let place = title.and_then(|title| self.place(title));
        if let Some((letters, range)) = place {
            if takes_several(column) {
                let message = format!(
                    "Any number of the values in column {letters} of the sheet {LIST_SHEET}, separated by semicolons."
                );
                return validation.allow_any_value().set_input_message(message).map(Some);
            }
            // Where the standard takes a text as well, people are asked and may go on.
            let is_open =
                column.field().is_some_and(|field| field.values != ValueSource::None && field.list().is_none());
            let style = if is_open { DataValidationErrorStyle::Warning } else { DataValidationErrorStyle::Stop };
            let validation = validation.allow_list_formula(Formula::new(range)).set_error_style(style);
            return validation.set_error_message("The value is not in the list.").map(Some);
        }
        match column.field().map(|field| field.kind) {
            Some(FieldType::Date) => {
                let (first, last) = (ExcelDateTime::from_ymd(1900, 1, 1)?, ExcelDateTime::from_ymd(2100, 12, 31)?);
                let message = "A day. If only the month or the year is known: an apostrophe, then 2019-03 or 2019.";
                validation
                    .allow_date(DataValidationRule::Between(first, last))
                    .set_error_style(DataValidationErrorStyle::Warning)
                    .set_error_message("This is not a day between 1900 and 2100.")?
                    .set_input_message(message)
                    .map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The column of a list and the range of its values.
    fn place(&self, title: &str) -> Option<(String, String)> {
        let mut column = 0;
        for list in &self.lists {
            if list.title == title {
                let letters = letters(column);
                let (first, last) = (TITLES as usize + 2, TITLES as usize + 1 + list.values.len());
                let range = format!("={LIST_SHEET}!${letters}${first}:${letters}${last}");
                return Some((letters, range));
            }
            column += if list.meanings.is_empty() { 1 } else { 2 };
        }
        None
    }

    /// Writes the sheet.
    pub(super) fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold();
        sheet.set_name(LIST_SHEET)?;
        sheet.write_string_with_format(0, 0, "Lists of the standard: what the cells of the case sheet offer", &bold)?;
        let mut column = 0_u16;
        for list in &self.lists {
            sheet.write_string_with_format(TITLES, column, list.title, &bold)?;
            for (parts, column) in [(&list.values, column), (&list.meanings, column + 1)] {
                for (row, value) in (TITLES + 1..).zip(parts) {
                    sheet.write_string(row, column, value)?;
                }
                if !parts.is_empty() {
                    sheet.set_column_width(column, if self.words == Words::Names { 28.0 } else { 36.0 })?;
                }
            }
            column += if list.meanings.is_empty() { 1 } else { 2 };
        }
        sheet.set_freeze_panes(TITLES + 1, 0)?;
        Ok(())
    }
}

/// The title of the list that a column needs: the name of the list in the standard.
fn title(column: &FlatColumn) -> Option<&'static str> {
    let Some(field) = column.field() else { return (column.target == Target::Role).then_some(ROLES) };
    match field.values {
        ValueSource::List(name) => Some(name),
        ValueSource::Countries => Some("Countries"),
        ValueSource::Languages => Some("Languages"),
        ValueSource::None => (field.kind == FieldType::Checkbox).then_some(YES_OR_NO),
    }
}

/// The values of the list that a column needs, and what they mean where that is not plain.
fn content(column: &FlatColumn, options: ExcelOptions) -> (Vec<String>, Vec<String>) {
    let Some(field) = column.field() else {
        return CaseRole::ALL.iter().map(|role| (role.code().to_owned(), role.label().to_owned())).unzip();
    };
    let words = words_of(field, options.words);
    match field.values {
        ValueSource::Countries => {
            named(field, words, Country::ALL.iter().map(|found| (ListMember::name(found), ListMember::label(found))))
        }
        ValueSource::Languages => named(field, words, Language::all().map(|found| (found.name(), found.label()))),
        ValueSource::List(_) => {
            let values = field.list().map_or(&[][..], |list| list.values);
            let offered = values.iter().filter(|value| !options.standard_only || value.stand_in.is_none());
            match words {
                Words::Labels => (offered.map(|value| value.label.to_owned()).collect(), Vec::new()),
                Words::Names => offered.map(|value| (value.name.to_owned(), value.label.to_owned())).unzip(),
            }
        }
        ValueSource::None => match words {
            Words::Labels => (vec!["Yes".to_owned(), "No".to_owned()], Vec::new()),
            Words::Names => (vec!["TRUE".to_owned(), "FALSE".to_owned()], Vec::new()),
        },
    }
}

/// Codes and names, in the order of what is chosen from.
fn named(
    field: &Field,
    words: Words,
    all: impl Iterator<Item = (&'static str, &'static str)>,
) -> (Vec<String>, Vec<String>) {
    let mut pairs: Vec<(String, String)> = all
        .map(|(code, name)| match words {
            // A name that would be read as another country, or none, is no choice.
            Words::Labels if reads_as(field, name) == Some(code) => (name.to_owned(), code.to_owned()),
            _ => (code.to_owned(), name.to_owned()),
        })
        .collect();
    pairs.sort();
    pairs.into_iter().unzip()
}

/// Writes the sheet that says what the workbook is.
pub(super) fn write_about(sheet: &mut Worksheet, options: ExcelOptions) -> Result<(), XlsxError> {
    sheet.set_name("about")?;
    sheet.set_column_width(0, 110.0)?;
    let bold = Format::new().set_bold();
    sheet.write_string_with_format(0, 0, "Case data in the Human Trafficking Case Data Standard (HTCDS) 2.0", &bold)?;
    let words = match options.words {
        Words::Labels => "Values of lists are written by their labels, the gender by its name.",
        Words::Names => "Values of lists are written by their names.",
    };
    let lines = [
        "Fields, lists, names and labels: International Organization for Migration (IOM), HTCDS 2.0 (24 December 2021), \
         licensed under CC BY 4.0.",
        "https://github.com/UNMigration/HTCDS",
        "An empty cell means that nothing is recorded. It never means no.",
        "Each row is one person or organization in one case. Rows with the same case_id, person_id or organization_id \
         are about the same case, person or organization.",
        "Without these identifiers each row is a case of its own with one victim.",
        "The role is victim, perpetrator, case-worker, organization or other.",
        "What repeats in a case has numbered columns: hte_Date, hte_Date.2, hte_Date.3, ...",
        words,
        "Several values in a cell are separated by semicolons.",
        "A date is a day, or a text such as 2019-03 or 2019 if only the month or the year is known.",
    ];
    for (row, line) in (2..).zip(lines) {
        sheet.write_string(row, 0, line)?;
    }
    Ok(())
}
