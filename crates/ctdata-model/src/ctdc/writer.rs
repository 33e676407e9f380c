//! Writing case files in a layout.

use std::io::Write;

use ctdata_table::csv::{CsvWriter, LineEnd, Separator};
use ctdata_table::{Attribute, Cell, CodeSlice, Constraint, Control, MissingKinds, Schema, Table, TableError};

use super::decode::tokens_of;
use super::layout::{Layout, LayoutAttribute, LayoutColumn};
use crate::{CaseAttribute, CaseTable, ModelError};

/// Writes cases in the layout that they follow: what was read is written back byte for byte, unless the
/// file used other spellings than its layout.
///
/// # Errors
/// A code that the layout cannot write (use [`convert`](crate::convert) first), or a failing output.
pub fn write_cases(cases: &CaseTable, output: impl Write, control: &Control) -> Result<(), ModelError> {
    write(cases.table(), cases.layout(), cases.layout().notice, false, output, control)
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
    write(table, layout, layout.notice.filter(|_| is_whole && table.schema().len() > 1), false, output, control)
}

/// Writes a table some of whose columns were recoded (generalized to regions, periods, bands): as
/// [`write_table`], but a column with other values than the layout's is written by its labels, and
/// without the notice of the layout, which such a file is no longer.
///
/// # Errors
/// As [`write_table`], other domains apart.
pub fn write_recoded(
    table: &Table,
    layout: &'static Layout,
    output: impl Write,
    control: &Control,
) -> Result<(), ModelError> {
    write(table, layout, None, true, output, control)
}

impl Layout {
    /// The kinds of missing of an attribute that a file of this layout can tell; all of them for an attribute that the
    /// layout does not have, or has with other values.
    pub fn missing_kinds(&'static self, attribute: &Attribute) -> MissingKinds {
        let Some(column) = column_of(self, attribute.name()).filter(|column| column.has_domain(attribute)) else {
            return attribute.missing();
        };
        let tokens = tokens_of(self, column, attribute.domain(), attribute.missing());
        let of_kinds = attribute.missing().iter().zip(tokens.iter().skip(attribute.domain().len()));
        of_kinds.filter(|(_, token)| token.is_some()).map(|(kind, _)| kind).collect()
    }

    /// Values that no file of this layout can hold, though the attribute has them: one rule per attribute, for
    /// algorithms that draw records. A layout that knows `1` and empty cells, for example, has no "no".
    ///
    /// Attributes of the schema that the layout does not have, or has with other values, are left alone.
    ///
    /// ```
    /// use ctdata_model::{Layout, Simulator};
    /// let layout = Layout::named("ctdc-synthetic-2021").ok_or("no such layout")?;
    /// let cases = Simulator::new(1).cases(layout, 10)?;
    /// let rules = layout.unwritable(cases.table().schema());
    /// let of_labour = rules.iter().find(|rule| &*rule.terms()[0].attribute == "form_forced_labour");
    /// assert_eq!(of_labour.map(|rule| rule.terms()[0].values.len()), Some(1)); // "no"
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unwritable(&'static self, schema: &Schema) -> Vec<Constraint> {
        let rule = |attribute: &Attribute| {
            let column = column_of(self, attribute.name()).filter(|column| column.has_domain(attribute))?;
            let tokens = tokens_of(self, column, attribute.domain(), attribute.missing());
            let labels: Vec<String> = attribute
                .domain()
                .labels()
                .zip(&tokens)
                .filter(|(_, token)| token.is_none())
                .map(|(label, _)| label.into_owned())
                .collect();
            let term = (attribute.name(), labels.iter().map(String::as_str));
            (!labels.is_empty()).then(|| Constraint::new(format!("{}: {}", self.name, column.name), [term]))
        };
        schema.attributes().iter().filter_map(rule).collect()
    }
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
    may_be_recoded: bool,
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
            let tokens = if described.has_domain(attribute) {
                tokens_of(layout, described, attribute.domain(), attribute.missing())
            } else if may_be_recoded {
                labels_of(layout, described, attribute)
            } else {
                return Err(ModelError::NotOfLayout { layout: layout.name });
            };
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

/// The layout's texts for values that are still those of its column and for what is missing, and labels for
/// all others.
fn labels_of(layout: &'static Layout, described: &LayoutColumn, attribute: &Attribute) -> Vec<Option<String>> {
    let codes = 0..u16::try_from(attribute.code_count()).unwrap_or(u16::MAX);
    let domain = match described.attribute {
        LayoutAttribute::Case(case) => case.domain(),
        LayoutAttribute::VictimPerpetrator(vp) => vp.domain(),
    };
    let tokens = tokens_of(layout, described, &domain, attribute.missing());
    let text = |code| match attribute.cell(code)? {
        Cell::Value(value) => {
            let label = attribute.domain().label(value)?;
            let same = domain.code_of(&label).filter(|&code| domain.label(code).as_deref() == Some(&*label));
            let token = same.and_then(|code| tokens.get(usize::from(code)).cloned().flatten());
            Some(token.unwrap_or_else(|| label.into_owned()))
        }
        Cell::Missing(_) => Some(layout.missing.to_owned()),
    };
    codes.map(text).collect()
}

fn column_of(layout: &'static Layout, name: &str) -> Option<&'static LayoutColumn> {
    layout.columns.iter().find(|column| match column.attribute {
        LayoutAttribute::Case(attribute) => CaseAttribute::name(attribute) == name,
        LayoutAttribute::VictimPerpetrator(attribute) => attribute.name() == name,
    })
}
