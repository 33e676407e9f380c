//! Opening a workbook, and what it says of its sheets.

use std::io::{Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Dimensions, Ods, OdsError, Reader, SheetType, Xls, XlsError, Xlsb, Xlsx, XlsxError};
use ctdata_table::Control;

use super::cells::{SheetRows, content};
use super::unpack::{Kind, Package, inspect};
use super::{Fault, rules};

/// An open workbook.
pub(super) struct Workbook<R: Read + Seek> {
    book: Book<R>,
    package: Package,
    /// The names of its worksheets, in its order.
    pub(super) sheets: Vec<String>,
}

enum Book<R: Read + Seek> {
    Xlsx(Box<Xlsx<R>>),
    Xlsb(Box<Xlsb<R>>),
    Xls(Box<Xls<R>>),
    Ods(Box<Ods<R>>),
}

/// Runs the library that parses workbooks. Some damaged files make it panic: nothing it worked on is used again.
fn guarded<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Fault::Rule(rules::DAMAGED)))
}

impl<R: Read + Seek> Workbook<R> {
    pub(super) fn open(mut input: R, control: &Control) -> Result<Self, Fault> {
        let package = inspect(&mut input, control)?;
        let book = guarded(|| {
            Ok(match package.kind {
                Kind::Xlsx => Book::Xlsx(Box::new(Xlsx::new(input).map_err(|error| match error {
                    XlsxError::Password => Fault::Rule(rules::PASSWORD),
                    XlsxError::RelationshipNotFound | XlsxError::FileNotFound(_) => Fault::Rule(rules::NO_WORKBOOK),
                    _ => Fault::Rule(rules::DAMAGED),
                })?)),
                Kind::Xlsb => Book::Xlsb(Box::new(Xlsb::new(input).map_err(|_| Fault::Rule(rules::DAMAGED))?)),
                Kind::Xls => Book::Xls(Box::new(Xls::new(input).map_err(|error| match error {
                    XlsError::Password => Fault::Rule(rules::PASSWORD),
                    _ => Fault::Rule(rules::DAMAGED),
                })?)),
                Kind::Ods => Book::Ods(Box::new(Ods::new(input).map_err(|error| match error {
                    OdsError::Password => Fault::Rule(rules::PASSWORD),
                    OdsError::CellLimitExceeded { .. } => Fault::Rule(rules::TOO_LARGE),
                    OdsError::InvalidMime(_) | OdsError::FileNotFound(_) => Fault::Rule(rules::NO_WORKBOOK),
                    _ => Fault::Rule(rules::DAMAGED),
                })?)),
            })
        })?;
        let metadata = match &book {
            Book::Xlsx(book) => book.sheets_metadata(),
            Book::Xlsb(book) => book.sheets_metadata(),
            Book::Xls(book) => book.sheets_metadata(),
            Book::Ods(book) => book.sheets_metadata(),
        };
        let is_sheet = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet;
        let sheets = metadata.iter().filter(is_sheet).map(|sheet| sheet.name.clone()).collect();
        Ok(Self { book, package, sheets })
    }

    /// The rows of a sheet.
    pub(super) fn rows(&mut self, sheet: &str) -> Result<SheetRows<'_>, Fault> {
        let damaged = || Fault::Rule(rules::DAMAGED);
        let book = &mut self.book;
        guarded(|| {
            Ok(match book {
                Book::Xlsx(book) => {
                    let mut cells = book.worksheet_cells_reader(sheet).map_err(|_| damaged())?;
                    SheetRows::new(Box::new(move || {
                        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|_| damaged())? {
                            let (row, column) = cell.pos;
                            if let Some(content) = content(cell.value, cell.formula.is_some()) {
                                return Ok(Some((row, column, content)));
                            }
                        }
                        Ok(None)
                    }))
                }
                Book::Xlsb(book) => {
                    let mut cells = book.worksheet_cells_reader(sheet).map_err(|_| damaged())?;
                    SheetRows::new(Box::new(move || {
                        while let Some(cell) = cells.next_cell().map_err(|_| damaged())? {
                            let (row, column) = cell.get_position();
                            if let Some(content) = content(cell.get_value().clone(), false) {
                                return Ok(Some((row, column, content)));
                            }
                        }
                        Ok(None)
                    }))
                }
                Book::Xls(book) => SheetRows::whole(&book.worksheet_range(sheet).map_err(|_| damaged())?),
                Book::Ods(book) => SheetRows::whole(&book.worksheet_range(sheet).map_err(|_| damaged())?),
            })
        })
    }

    /// The merged cells of a sheet: none for kinds of workbooks that do not say.
    pub(super) fn merged(&mut self, sheet: &str) -> Result<Vec<Dimensions>, Fault> {
        if !self.package.may_have_merged_cells {
            return Ok(Vec::new());
        }
        let damaged = || Fault::Rule(rules::DAMAGED);
        let book = &mut self.book;
        guarded(|| match book {
            Book::Xlsx(book) => book.merge_cells_by_sheet_name(sheet).map_err(|_| damaged()),
            Book::Xls(book) => book.merge_cells_by_sheet_name(sheet).map_err(|_| damaged()),
            Book::Xlsb(_) | Book::Ods(_) => Ok(Vec::new()),
        })
    }
}
