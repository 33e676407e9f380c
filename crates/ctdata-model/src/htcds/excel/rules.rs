//! What is said of workbooks that cannot be read: sentences without anything from the file.

pub(super) const EMPTY_FILE: &str = "the file is empty";
pub(super) const TEXT: &str =
    "the file is text and no workbook, whatever its extension says: read it as CSV, or save it as .xlsx";
pub(super) const NO_WORKBOOK: &str = "the file is no workbook: expected .xlsx, .xlsm, .xlsb, .xls or .ods";
pub(super) const PASSWORD: &str = "the workbook is protected by a password: remove the password and save it again";
pub(super) const DAMAGED: &str = "the workbook is damaged or cut short: open it in a spreadsheet program, repair it \
                                  and save it again";
pub(super) const UNPACKS_TOO_FAR: &str = "the file unpacks to more than 100 times its size and more than 256 MiB, \
                                          which no ordinary workbook does: it is not read";
pub(super) const TOO_LARGE: &str = "a cell lies beyond row 1,048,576 or column XFD, the last of a sheet";
pub(super) const OUT_OF_ORDER: &str = "the cells of the sheet are not in order: open the workbook in a spreadsheet \
                                       program and save it again";
pub(super) const NO_SHEETS: &str = "the workbook has no sheet with cells";
pub(super) const NO_SUCH_SHEET: &str = "the workbook has no sheet of the name that was asked for";
/// What two sheets have.
pub(super) const WITH_HEADER: &str = "a header of HTCDS fields";
pub(super) const WITH_TEXT: &str = "a row with a text in it";
pub(super) const NO_HEADER: &str = "no header of HTCDS fields in the first 30 rows with something in them: expected a \
                                    row of names such as `prs_Gender`, or one of labels such as `Gender`";
pub(super) const SURVEY_FORM: &str = "this is the definition of a survey form (sheets `survey` and `choices`), not \
                                      data: collect data with it and read their export";
pub(super) const UNNAMED_COLUMN: &str = "the column has no name in the header, but holds something here: name it, or \
                                         empty it";
pub(super) const NO_RESULT: &str = "the cell has a formula and no stored result: open the workbook in a spreadsheet \
                                    program and save it again";
pub(super) const MERGED: &str = "the cell is merged with others, so that it is not clear to which records its content \
                                 belongs: unmerge it and fill each cell";
pub(super) const TIME: &str =
    "a time or a duration instead of a date: expected a date cell, 2019-03-05, 2019-03 or 2019";
pub(super) const NO_DATE: &str = "formatted as a date, but no day";
pub(super) const SERIAL: &str = "a number that is not formatted as a date: expected a date cell, 2019-03-05, 2019-03, \
                                 or a year from 1900 to 2099";
pub(super) const YEAR_AS_DATE: &str = "a day of 1905 or 1909, which is what a year becomes that is typed into a cell \
                                       formatted as a date: write a text such as 2019 if it is a year, or 1905-03-14 \
                                       if it is that day";
pub(super) const TOO_LONG: &str = "the text is longer than a cell holds (32,767 characters)";
pub(super) const NOT_WRITTEN: &str = "the workbook cannot be written";
