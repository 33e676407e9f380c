//! Writing case files in a layout.

use std::io::Write;

use ctdata_table::csv::{CsvWriter, LineEnd, Separator};
use ctdata_table::{CodeSlice, Control, Table, TableError};

use super::decode::tokens_of;
use super::layout::{Layout, LayoutAttribute, LayoutColumn};
use crate::{CaseAttribute, CaseTable, ModelError};

/// Writes cases in the layout that they follow: what was read is written back byte for byte, unless the
/// file used other spellings than its layout.
///
/// # Errors
/// A code that the layout cannot write (use [`convert`](crate::convert) first), or a failing output.
pub fn write_cases(cases: &CaseTable, output: impl Write, control: &Control) -> Result<(), ModelError> {
    write(cases.table(), cases.layout(), cases.layout().notice, output, control)
}

/// Writes some columns of a layout, in the order of the table, without the terms-of-use column.
///
/// # Errors
/// An attribute that the layout does not have or writes differently, a code that it cannot write, or a
/// failing output.
pub fn write_table(
    table: &Table,
    layout: &'static Layout,
    output: impl Write,
    control: &Control,
) -> Result<(), ModelError> {
    let is_whole = table.schema().len() == layout.columns.len();
    write(table, layout, layout.notice.filter(|_| is_whole && table.schema().len() > 1), output, control)
}

/// Rows between two looks at the control.
const ROWS_PER_CHECK: usize = 1 << 14;

struct Column<'a> {
    name: &'static str,
    codes: CodeSlice<'a>,
    tokens: Vec<Option<Vec<u8>>>,
}

fn write(
    table: &Table,
    layout: &'static Layout,
    notice: Option<&str>,
    output: impl Write,
    control: &Control,
) -> Result<(), ModelError> {
    let separator =
        Separator::ALL.into_iter().find(|separator| separator.byte() == layout.separator).unwrap_or_default();
    let columns = table
        .schema()
        .attributes()
        .iter()
        .zip(table.columns())
        .map(|(attribute, column)| {
            let described =
                column_of(layout, attribute.name()).ok_or(ModelError::NotOfLayout { layout: layout.name })?;
            let is_same = match described.attribute {
                LayoutAttribute::Case(case) => case.is_list() || case.domain() == *attribute.domain(),
                LayoutAttribute::VictimPerpetrator(vp) => vp.domain() == *attribute.domain(),
            };
            if !is_same {
                return Err(ModelError::NotOfLayout { layout: layout.name });
            }
            let tokens = tokens_of(layout, described, attribute.domain(), attribute.missing());
            let tokens = tokens
                .into_iter()
                .map(|text| text.map(|text| ctdata_table::csv::quote(text.as_bytes(), separator)))
                .collect();
            Ok(Column { name: described.name, codes: column.codes(), tokens })
        })
        .collect::<Result<Vec<_>, _>>()?;

    let mut writer = CsvWriter::new(output, separator, LineEnd::Lf);
    let failed = |error| TableError::io("(output)", error);
    let header = notice.into_iter().chain(columns.iter().map(|column| column.name));
    writer.record(header).map_err(failed)?;
    for row in 0..table.rows() {
        if row % ROWS_PER_CHECK == 0 {
            control.check()?;
            control.report("writing", row as u64, Some(table.rows() as u64));
        }
        if notice.is_some() {
            writer.ready_cell(b"");
        }
        for column in &columns {
            let code = match column.codes {
                CodeSlice::U8(codes) => codes.get(row).map(|&code| usize::from(code)),
                CodeSlice::U16(codes) => codes.get(row).map(|&code| usize::from(code)),
            };
            match code.and_then(|code| column.tokens.get(code)) {
                Some(Some(text)) => writer.ready_cell(text),
                _ => return Err(ModelError::Unwritable { column: column.name, layout: layout.name }),
            }
        }
        writer.end_record().map_err(failed)?;
    }
    writer.finish().map_err(failed)?.flush().map_err(failed)?;
    Ok(())
}

fn column_of(layout: &'static Layout, name: &str) -> Option<&'static LayoutColumn> {
    layout.columns.iter().find(|column| match column.attribute {
        LayoutAttribute::Case(attribute) => CaseAttribute::name(attribute) == name,
        LayoutAttribute::VictimPerpetrator(attribute) => attribute.name() == name,
    })
}
