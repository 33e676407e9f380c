//! Building tables row by row.

use std::sync::Arc;

use crate::table::MAX_ROWS;
use crate::{Cell, Column, Schema, Table, TableError};

/// Collects rows into coded columns, in blocks, so that growing never holds a column twice.
#[derive(Debug)]
pub struct TableBuilder {
    schema: Arc<Schema>,
    columns: Vec<ColumnBuilder>,
    rows: u64,
}

impl TableBuilder {
    /// A builder for rows of this schema.
    pub fn new(schema: impl Into<Arc<Schema>>) -> Self {
        let schema = schema.into();
        let columns = schema.attributes().iter().map(|attribute| ColumnBuilder::new(attribute.code_count())).collect();
        Self { schema, columns, rows: 0 }
    }

    /// Adds a row, one cell per attribute.
    ///
    /// # Errors
    /// Another number of cells than attributes, a value or kind of missing that an attribute does
    /// not have, or too many rows. The builder is unchanged then.
    pub fn push_row(&mut self, cells: &[Cell]) -> Result<(), TableError> {
        crate::ids::check_length("a row", self.schema.len(), cells.len())?;
        if self.rows >= MAX_ROWS {
            return Err(TableError::TooManyRows { limit: MAX_ROWS });
        }
        let row = usize::try_from(self.rows).unwrap_or(usize::MAX);
        if let Some((attribute, _)) =
            self.schema.attributes().iter().zip(cells).find(|(attribute, cell)| attribute.code(**cell).is_none())
        {
            return Err(TableError::CodeOutOfRange { attribute: attribute.name().to_owned(), row: row + 1 });
        }
        for ((attribute, column), &cell) in self.schema.attributes().iter().zip(&mut self.columns).zip(cells) {
            column.push(attribute.code(cell).unwrap_or(0));
        }
        self.rows += 1;
        Ok(())
    }

    /// The number of rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The table.
    ///
    /// # Errors
    /// None that a schema with at least one attribute can meet; see [`Table::try_new`].
    pub fn finish(self) -> Result<Table, TableError> {
        Table::try_new(self.schema, self.columns.into_iter().map(ColumnBuilder::finish).collect())
    }
}

const BLOCK: usize = 1 << 16;

#[derive(Debug)]
enum Blocks {
    U8 { full: Vec<Box<[u8]>>, last: Vec<u8> },
    U16 { full: Vec<Box<[u16]>>, last: Vec<u16> },
}

/// Appends codes to one column in blocks of 65,536; finishing allocates the exact size.
#[derive(Debug)]
pub struct ColumnBuilder(Blocks);

impl ColumnBuilder {
    /// A builder for codes below `code_count`, in the narrowest integers.
    pub fn new(code_count: usize) -> Self {
        Self(if code_count <= 1 << 8 {
            Blocks::U8 { full: Vec::new(), last: Vec::new() }
        } else {
            Blocks::U16 { full: Vec::new(), last: Vec::new() }
        })
    }

    /// Appends a code; a column that started narrow widens when it must.
    #[inline]
    pub fn push(&mut self, code: u16) {
        match &mut self.0 {
            Blocks::U8 { full, last } => {
                if let Ok(narrow) = u8::try_from(code) {
                    push_block(full, last, narrow);
                } else {
                    self.widen();
                    self.push(code);
                }
            }
            Blocks::U16 { full, last } => push_block(full, last, code),
        }
    }

    /// Appends codes, faster than one by one.
    pub fn extend_from_slice(&mut self, codes: &[u16]) {
        if let Blocks::U8 { full, last } = &mut self.0 {
            if u8::try_from(codes.iter().fold(0, |all, code| all | code)).is_ok() {
                #[expect(clippy::cast_possible_truncation, reason = "all codes fit 8 bits")]
                return extend_blocks(full, last, codes, |code| code as u8);
            }
            self.widen();
        }
        if let Blocks::U16 { full, last } = &mut self.0 {
            extend_blocks(full, last, codes, |code| code);
        }
    }

    /// The number of codes so far.
    pub fn len(&self) -> usize {
        match &self.0 {
            Blocks::U8 { full, last } => full.len() * BLOCK + last.len(),
            Blocks::U16 { full, last } => full.len() * BLOCK + last.len(),
        }
    }

    /// Whether there is no code yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes the codes after the first `len` away again.
    pub fn truncate(&mut self, len: usize) {
        match &mut self.0 {
            Blocks::U8 { full, last } => truncate(full, last, len),
            Blocks::U16 { full, last } => truncate(full, last, len),
        }
    }

    /// The column.
    pub fn finish(self) -> Column {
        match self.0 {
            Blocks::U8 { full, last } => Column::from_u8(concat(full, last)),
            Blocks::U16 { full, last } => Column::from_u16(concat(full, last)),
        }
    }

    #[cold]
    fn widen(&mut self) {
        if let Blocks::U8 { full, last } = &mut self.0 {
            let wide = |codes: &[u8]| codes.iter().map(|&code| u16::from(code)).collect::<Vec<u16>>();
            let full = std::mem::take(full).iter().map(|block| wide(block).into_boxed_slice()).collect();
            self.0 = Blocks::U16 { full, last: wide(last) };
        }
    }
}

#[inline]
fn push_block<T>(full: &mut Vec<Box<[T]>>, last: &mut Vec<T>, code: T) {
    last.push(code);
    if last.len() == BLOCK {
        full.push(std::mem::replace(last, Vec::with_capacity(BLOCK)).into_boxed_slice());
    }
}

fn extend_blocks<T>(full: &mut Vec<Box<[T]>>, last: &mut Vec<T>, mut codes: &[u16], narrow: impl Fn(u16) -> T) {
    while !codes.is_empty() {
        let (now, later) = codes.split_at(codes.len().min(BLOCK - last.len()));
        last.extend(now.iter().map(|&code| narrow(code)));
        if last.len() == BLOCK {
            full.push(std::mem::replace(last, Vec::with_capacity(BLOCK)).into_boxed_slice());
        }
        codes = later;
    }
}

fn truncate<T: Copy>(full: &mut Vec<Box<[T]>>, last: &mut Vec<T>, len: usize) {
    while full.len() * BLOCK > len {
        *last = full.pop().map(Vec::from).unwrap_or_default();
    }
    last.truncate(len - full.len() * BLOCK);
}

fn concat<T: Copy>(full: Vec<Box<[T]>>, last: Vec<T>) -> Vec<T> {
    if full.is_empty() {
        let mut only = last;
        only.shrink_to_fit();
        return only;
    }
    let mut whole = Vec::with_capacity(full.len() * BLOCK + last.len());
    for block in full {
        whole.extend_from_slice(&block);
    }
    whole.extend_from_slice(&last);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attribute, Missing};

    #[test]
    fn a_refused_row_leaves_the_builder_unchanged() {
        let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")]).unwrap();
        let mut builder = TableBuilder::new(schema);
        builder.push_row(&[Cell::Value(1), Cell::Missing(Missing::NotRecorded)]).unwrap();
        assert!(builder.push_row(&[Cell::Value(1), Cell::Missing(Missing::Withheld)]).is_err());
        assert!(builder.push_row(&[Cell::Value(1)]).is_err());
        let table = builder.finish().unwrap();
        assert_eq!(table.rows(), 1);
    }

    #[test]
    fn blocks_join_truncate_and_widen() {
        let codes = |n: usize| (0..n).map(|i| u16::try_from(i % 250).unwrap());
        let mut builder = ColumnBuilder::new(10);
        codes(BLOCK * 2 + 5).for_each(|code| builder.push(code));
        builder.truncate(BLOCK + 3);
        assert_eq!(builder.len(), BLOCK + 3);
        builder.push(999);
        let column = builder.finish();
        let expected: Vec<u16> = codes(BLOCK + 3).chain([999]).collect();
        assert_eq!(column.iter().collect::<Vec<_>>(), expected);
        assert_eq!(column.bytes(), expected.len() * 2);
        let mut builder = ColumnBuilder::new(10);
        codes(BLOCK * 2).for_each(|code| builder.push(code));
        builder.truncate(BLOCK);
        assert_eq!(builder.finish().len(), BLOCK);
    }
}
