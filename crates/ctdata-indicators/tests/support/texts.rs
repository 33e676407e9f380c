//! Tables as rows of texts.

use ctdata_table::{Cell, Table};
use std::collections::BTreeMap;

/// A row: attribute to text, missing as none.
pub(crate) type Row = BTreeMap<String, Option<String>>;

/// The rows of a table as texts, missing as none.
pub(crate) fn texts(table: &Table) -> Vec<Row> {
    let read = |row: usize| {
        let cell = |(index, attribute): (usize, &ctdata_table::Attribute)| {
            let text = match table.cell(row, index).unwrap() {
                Cell::Value(code) => Some(attribute.domain().label(code).unwrap().into_owned()),
                Cell::Missing(_) => None,
            };
            (attribute.name().to_owned(), text)
        };
        table.schema().attributes().iter().enumerate().map(cell).collect()
    };
    (0..table.rows()).map(read).collect()
}
