//! HTCDS in workbooks: reading those of the toolkit and others like them, writing one with lists to choose from.
//!
//! # Sources
//! IOM, HTCDS 2.0 toolkit (2021), Excel templates, CC BY 4.0. ECMA-376 part 1, Office Open XML file formats (2016).

mod cells;
mod find;
mod header;
mod lists;
mod merged;
mod read;
mod rules;
mod unpack;
mod workbook;
mod write;

use std::borrow::Cow;
use std::sync::Arc;

use ctdata_table::{Location, TableError};

pub use read::{ExcelReadOptions, read_excel, read_excel_path};
#[cfg(feature = "mapping")]
pub(crate) use read::{SheetChoice, SheetVisitor, visit_sheet};
pub use unpack::is_workbook;
pub use write::{ExcelColumns, ExcelOptions, write_excel};

use crate::ModelError;

/// The name of the format.
pub(crate) const EXCEL_FORMAT: &str = "htcds-excel";

/// Where the header of a sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderRow {
    /// The first rows with the names or labels of HTCDS fields.
    Htcds,
    /// The first row with a text in it, whatever it says.
    #[cfg_attr(not(any(test, feature = "mapping")), expect(dead_code, reason = "for mapping files"))]
    First,
    /// The row of a number, from 1.
    #[cfg_attr(not(any(test, feature = "mapping")), expect(dead_code, reason = "for mapping files"))]
    Numbered(u32),
}

/// Why a workbook cannot be read.
#[derive(Debug)]
enum Fault {
    Rule(&'static str),
    InSheet(String, &'static str),
    /// Two sheets, numbered from 1, have what only one should have.
    TwoSheets(usize, usize, &'static str),
    Stopped(TableError),
    Io(std::io::Error),
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl Fault {
    fn in_sheet(self, sheet: &str) -> Self {
        match self {
            Self::Rule(rule) => Self::InSheet(sheet.to_owned(), rule),
            fault => fault,
        }
    }

    fn at(self, file: &Arc<str>, sheet: Option<&str>) -> ModelError {
        let at = |sheet: Option<&str>| Location {
            file: Some(Arc::clone(file)),
            sheet: sheet.map(Into::into),
            ..Location::default()
        };
        match self {
            Self::Rule(rule) => ModelError::Workbook { at: at(sheet).into(), rule: Cow::Borrowed(rule) },
            Self::InSheet(sheet, rule) => {
                ModelError::Workbook { at: at(Some(&sheet)).into(), rule: Cow::Borrowed(rule) }
            }
            Self::TwoSheets(first, second, what) => {
                let rule = format!("sheets {first} and {second} both have {what}: name the sheet");
                ModelError::Workbook { at: at(None).into(), rule: Cow::Owned(rule) }
            }
            Self::Stopped(error) => error.into(),
            Self::Io(error) => TableError::io(&**file, error).into(),
        }
    }
}

#[cfg(test)]
mod tests;
