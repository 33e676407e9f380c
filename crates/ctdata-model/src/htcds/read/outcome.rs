//! What came of reading records.

use std::sync::Arc;

use ctdata_table::csv::{OnError, Separator};

use crate::ModelError;
use crate::ctdc::{Problems, without_file};
use crate::htcds::{Field, Records};

/// How records are read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// What to do with rows that cannot be used; the default stops at the first.
    pub on_error: OnError,
    /// Whether problems keep the text that was found. Off by default: it is confidential.
    pub keep_values: bool,
    /// What separates cells in text files; `None` (the default) detects it from the header.
    pub separator: Option<Separator>,
    /// Which header row names the mailing address.
    pub address_row: AddressRow,
}

/// Which of two header rows names the columns of the mailing address. In the Excel templates of the toolkit they
/// disagree: `prs_MailingCity` stands over "Mailing Street", `prs_MailingCountry` over "Mailing City",
/// `prs_MailingStreet` over "Mailing Zip/Postal Code" and `prs_MailingPostalCode` over "Mailing Country". Headers that
/// disagree anywhere else are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AddressRow {
    /// The labels: what people see when they type, just above the cells.
    #[default]
    Labels,
    /// The names: for files that a program filled.
    Names,
}

/// From which rows of the file records come; 0 where that is not known. Sheets number their rows as spreadsheet
/// programs do, other files from 1 without the header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Of each organization.
    pub organizations: Vec<u64>,
    /// Of each person.
    pub persons: Vec<u64>,
    /// Of each case: its first row.
    pub cases: Vec<u64>,
    /// Of each victim in each case.
    pub victims: Vec<Vec<u64>>,
}

/// How many identifiers were made for what has none in the file: they are no more than the number of a row, and two of
/// them may be the same person, case or organization.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MadeIds {
    /// Of organizations.
    pub organizations: u64,
    /// Of persons.
    pub persons: u64,
    /// Of cases.
    pub cases: u64,
}

/// What came of reading a file of records.
#[derive(Debug, Clone)]
pub struct HtcdsOutcome {
    pub(crate) records: Records,
    pub(crate) format: &'static str,
    pub(crate) file: Arc<str>,
    pub(crate) sheet: Option<Arc<str>>,
    pub(crate) problems: Problems,
    pub(crate) rows: u64,
    pub(crate) fields: Vec<&'static Field>,
    pub(crate) places: Places,
    pub(crate) made_ids: MadeIds,
}

impl HtcdsOutcome {
    /// The records that could be used.
    pub fn usable(&self) -> &Records {
        &self.records
    }

    /// The format of the file: `htcds-excel`, `htcds-csv`, …
    pub fn format(&self) -> &'static str {
        self.format
    }

    /// The file, as the caller named it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The sheet that was read, in a workbook.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// What was noticed.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// Rows of the file with something in them, also those that could not be used.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The fields that the file has a place for, whether filled or not, in the order of the file.
    pub fn fields(&self) -> &[&'static Field] {
        &self.fields
    }

    /// Where the records come from.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// How many identifiers are not from the file; none of JSON, which always has them.
    pub fn made_ids(&self) -> MadeIds {
        self.made_ids
    }

    /// The records, all of them.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] if a row had to be left out: nothing is lost silently.
    pub fn into_records(self) -> Result<Records, ModelError> {
        match self.problems.first_error() {
            None => Ok(self.records),
            Some(first) => Err(ModelError::Unreadable {
                rows: self.problems.rows_left_out(),
                // Of a folder, the message names the file too.
                first: if first.at.file.as_ref() == Some(&self.file) {
                    format!("{} ({})", without_file(first), first.rule)
                } else {
                    first.to_string()
                },
                file: self.file.to_string(),
            }),
        }
    }
}
