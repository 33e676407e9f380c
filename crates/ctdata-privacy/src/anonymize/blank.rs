//! Cells made blank.

use ctdata_table::{Attribute, Column, Missing};

/// An attribute that can be not recorded, and its column with the cells of some rows blanked.
pub(crate) fn blanked(attribute: &Attribute, column: &Column, rows: &[bool]) -> (Attribute, Column) {
    let new = Attribute::new(
        attribute.shared_name(),
        attribute.domain().clone(),
        attribute.missing().with(Missing::NotRecorded),
    );
    let blank = new.missing_code(Missing::NotRecorded);
    let codes = u16::try_from(attribute.code_count()).unwrap_or(u16::MAX);
    let map: Vec<u16> =
        (0..codes).map(|code| attribute.cell(code).and_then(|cell| new.code(cell)).unwrap_or(code)).collect();
    let cell = |(code, &row): (u16, &bool)| match blank {
        Some(blank) if row => blank,
        _ => map.get(usize::from(code)).copied().unwrap_or(code),
    };
    let codes: Vec<u16> = column.iter().zip(rows).map(cell).collect();
    let column = Column::from_codes(&codes, new.code_count());
    (new, column)
}
