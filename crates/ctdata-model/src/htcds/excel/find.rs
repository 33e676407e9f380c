//! Which sheet holds the cases, and where its header is.

use std::io::{Read, Seek};

use super::cells::SheetRow;
use super::header::{is_label, is_label_of, is_name};
use super::workbook::Workbook;
use super::{Fault, HeaderRow, rules};
use crate::htcds::lists::fold;
use crate::htcds::read::is_metadata;

/// The header of a sheet, as it stands in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SheetHeader {
    /// The name of each column from the first; empty where it has none.
    pub(crate) names: Vec<String>,
    /// The label of each column from the first; empty where it has none.
    pub(crate) labels: Vec<String>,
    /// The last row of the header, from 1.
    pub(crate) last_row: u32,
}

/// Rows with something in them in which a header is looked for: titles may stand above it.
const ROWS_SEARCHED: usize = 30;
/// Sheets of the toolkit beside the one with the cases. They hold labels, too.
const OTHER_SHEETS: &[&str] = &["validation", "about"];

/// Finds the sheet: that of the name asked for, or the only one with a header of HTCDS fields. A sheet with a row of
/// official names goes before one with labels alone. Where the header may be anything, there must be only one sheet with
/// a text in it.
pub(super) fn find<R: Read + Seek>(
    workbook: &mut Workbook<R>,
    sheet: Option<&str>,
    header: HeaderRow,
) -> Result<(String, SheetHeader), Fault> {
    let sheets = workbook.sheets.clone();
    if let Some(wanted) = sheet {
        let same = |name: &&String| name.trim().to_lowercase() == wanted.trim().to_lowercase();
        let name = sheets.iter().find(same).ok_or(Fault::Rule(rules::NO_SUCH_SHEET))?;
        let rows = first_rows(workbook, name)?;
        let found = look(&rows, header).ok_or(Fault::InSheet(name.clone(), rules::NO_HEADER))?;
        return Ok((name.clone(), found.header));
    }
    let mut found = Vec::new();
    let mut with_text = None;
    for (at, name) in sheets.iter().enumerate() {
        let rows = first_rows(workbook, name)?;
        if header != HeaderRow::Htcds {
            if rows.iter().all(|row| row.filled().next().is_none()) {
                continue;
            }
            if let Some(first) = with_text.replace(at) {
                return Err(Fault::TwoSheets(first + 1, at + 1, rules::WITH_TEXT));
            }
        }
        found.extend(look(&rows, header).map(|found| (at, name, found)));
    }
    let has_names = found.iter().any(|(_, _, found)| found.has_names);
    found.retain(|(_, name, found)| found.has_names || (!has_names && !OTHER_SHEETS.contains(&&*fold(name))));
    let mut candidates = found.into_iter();
    match (candidates.next(), candidates.next()) {
        (Some((_, name, found)), None) => Ok((name.clone(), found.header)),
        (Some((first, ..)), Some((second, ..))) => Err(Fault::TwoSheets(first + 1, second + 1, rules::WITH_HEADER)),
        (None, _) => {
            let has = |wanted: &str| sheets.iter().any(|name| fold(name) == wanted);
            Err(Fault::Rule(match (has("survey") && has("choices"), sheets.is_empty()) {
                (true, _) => rules::SURVEY_FORM,
                (_, true) => rules::NO_SHEETS,
                _ => rules::NO_HEADER,
            }))
        }
    }
}

/// The header cells of a row.
struct HeaderCells {
    number: u32,
    texts: Vec<String>,
}

impl HeaderCells {
    fn of(row: &SheetRow<'_>) -> Self {
        let mut texts = Vec::new();
        for (column, content) in &row.cells {
            texts.resize(*column, String::new());
            texts.push(content.text().to_owned());
        }
        Self { number: row.number, texts }
    }

    fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        self.texts.iter().enumerate().map(|(at, text)| (at, text.as_str())).filter(|(_, text)| !text.is_empty())
    }

    /// The same row without what survey tools add to the questions.
    fn without_metadata(&self) -> Self {
        let question = |text: &String| if is_metadata(text) { String::new() } else { text.clone() };
        Self { number: self.number, texts: self.texts.iter().map(question).collect() }
    }

    /// Whether most of what stands in it passes, and more than one does: or all of it.
    fn mostly(&self, passes: impl Fn(usize, &str) -> bool, at_least: usize) -> bool {
        let (mut all, mut passed) = (0, 0);
        for (column, text) in self.filled() {
            all += 1;
            passed += usize::from(passes(column, text));
        }
        (passed >= at_least && 2 * passed >= all) || (passed > 0 && passed == all)
    }
}

fn first_rows<R: Read + Seek>(workbook: &mut Workbook<R>, sheet: &str) -> Result<Vec<HeaderCells>, Fault> {
    let mut rows = workbook.rows(sheet).map_err(|fault| fault.in_sheet(sheet))?;
    let (mut row, mut found) = (SheetRow::default(), Vec::new());
    while found.len() < ROWS_SEARCHED && rows.read(&mut row).map_err(|fault| fault.in_sheet(sheet))? {
        found.push(HeaderCells::of(&row));
    }
    Ok(found)
}

struct Found {
    header: SheetHeader,
    has_names: bool,
}

/// The header among the first rows of a sheet.
fn look(rows: &[HeaderCells], wanted: HeaderRow) -> Option<Found> {
    let single = |row: &HeaderCells| Found {
        header: SheetHeader { names: row.texts.clone(), labels: Vec::new(), last_row: row.number },
        has_names: true,
    };
    match wanted {
        HeaderRow::First => return rows.iter().find(|row| row.filled().next().is_some()).map(single),
        HeaderRow::Numbered(number) => return rows.iter().find(|row| row.number == number).map(single),
        HeaderRow::Htcds => {}
    }
    if let Some(at) = rows.iter().position(|row| row.without_metadata().mostly(|_, text| is_name(text), 2)) {
        let names = rows.get(at)?;
        let is_label_row = |row: &&HeaderCells| {
            let name = |column: usize| names.texts.get(column).map_or("", String::as_str);
            // Most of them of the fields above or below: known tools misplace some.
            row.mostly(|column, text| is_label_of(name(column), text), 2)
        };
        let next = rows.get(at + 1).filter(|row| row.number == names.number + 1).filter(is_label_row);
        let previous = at.checked_sub(1).and_then(|at| rows.get(at)).filter(|_| next.is_none()).filter(is_label_row);
        let labels = next.or(previous);
        let header = SheetHeader {
            names: names.texts.clone(),
            labels: labels.map(|row| row.texts.clone()).unwrap_or_default(),
            last_row: labels.map_or(0, |row| row.number).max(names.number),
        };
        return Some(Found { header, has_names: true });
    }
    let labels = rows.iter().find(|row| row.mostly(|_, text| is_label(text), 3))?;
    let header = SheetHeader { names: Vec::new(), labels: labels.texts.clone(), last_row: labels.number };
    Some(Found { header, has_names: false })
}
