//! stub
use crate::{Control, Table, TableError};

/// Bitmaps.
#[derive(Debug, Clone)]
pub struct BitmapIndex { rows: usize, zero: Vec<u64>, maps: Vec<(usize, Vec<Vec<u64>>)> }

impl BitmapIndex {
    /// Builds the index of these positions.
    ///
    /// # Errors
    /// A position past the schema, [`TableError::MemoryCap`], [`TableError::Cancelled`].
    pub fn build(table: &Table, positions: &[usize], _control: &Control) -> Result<Self, TableError> {
        let words = table.rows().div_ceil(64);
        let mut maps = Vec::new();
        for &p in positions {
            let (Some(a), Some(c)) = (table.schema().get(p), table.column(p)) else {
                return Err(TableError::UnknownAttribute { name: format!("number {}", p + 1), nearest: None });
            };
            let mut bits = vec![vec![0u64; words]; a.code_count()];
            for (row, code) in c.iter().enumerate() {
                if let Some(w) = bits.get_mut(usize::from(code)).and_then(|b| b.get_mut(row / 64)) { *w |= 1 << (row % 64); }
            }
            maps.push((p, bits));
        }
        Ok(Self { rows: table.rows(), zero: vec![0; words], maps })
    }
    /// Rows.
    pub fn rows(&self) -> usize { self.rows }
    /// The rows that have a code, one bit per row from the lowest; all zero where the position is not indexed.
    pub fn bits(&self, position: usize, code: u16) -> &[u64] {
        self.maps.iter().find(|(p, _)| *p == position).and_then(|(_, m)| m.get(usize::from(code))).map_or(&self.zero, Vec::as_slice)
    }
    /// The number of rows that have a code.
    pub fn count(&self, position: usize, code: u16) -> u64 { self.bits(position, code).iter().map(|w| u64::from(w.count_ones())).sum() }
    /// The number of rows in both.
    pub fn count_and(a: &[u64], b: &[u64]) -> u64 { a.iter().zip(b).map(|(a, b)| u64::from((a & b).count_ones())).sum() }
}
