//! Columns of codes in the narrowest integers that hold them, shared between tables.

use std::fmt;
use std::sync::Arc;

/// The codes of a column, borrowed for a kernel that is written once per width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeSlice<'a> {
    /// At most 256 codes.
    U8(&'a [u8]),
    /// At most 65,536 codes.
    U16(&'a [u16]),
}

#[derive(PartialEq, Eq)]
enum Codes {
    U8(Vec<u8>),
    U16(Vec<u16>),
}

/// One code per row. Cloning shares the codes.
#[derive(Clone, PartialEq, Eq)]
pub struct Column(Arc<Codes>);

impl Column {
    /// A column of at most 256 distinct codes.
    pub fn from_u8(codes: Vec<u8>) -> Self {
        Self(Arc::new(Codes::U8(codes)))
    }

    /// A column of up to 65,536 distinct codes.
    pub fn from_u16(codes: Vec<u16>) -> Self {
        Self(Arc::new(Codes::U16(codes)))
    }

    /// A column in the narrowest integers for `code_count` codes; codes past it keep 16 bits.
    pub fn from_codes(codes: &[u16], code_count: usize) -> Self {
        let narrow = if code_count <= 1 << 8 {
            codes.iter().map(|&code| u8::try_from(code).ok()).collect::<Option<Vec<u8>>>()
        } else {
            None
        };
        narrow.map_or_else(|| Self::from_u16(codes.to_vec()), Self::from_u8)
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        match &*self.0 {
            Codes::U8(codes) => codes.len(),
            Codes::U16(codes) => codes.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code of a row.
    pub fn get(&self, row: usize) -> Option<u16> {
        match &*self.0 {
            Codes::U8(codes) => codes.get(row).map(|&code| u16::from(code)),
            Codes::U16(codes) => codes.get(row).copied(),
        }
    }

    /// The codes, for kernels.
    pub fn codes(&self) -> CodeSlice<'_> {
        match &*self.0 {
            Codes::U8(codes) => CodeSlice::U8(codes),
            Codes::U16(codes) => CodeSlice::U16(codes),
        }
    }

    /// The codes one by one.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = u16> + '_ {
        let codes = self.codes();
        (0..self.len()).map(move |row| match codes {
            CodeSlice::U8(codes) => codes.get(row).copied().map_or(0, u16::from),
            CodeSlice::U16(codes) => codes.get(row).copied().unwrap_or(0),
        })
    }

    /// The largest code; `None` without rows.
    pub fn max_code(&self) -> Option<u16> {
        match self.codes() {
            CodeSlice::U8(codes) => codes.iter().max().map(|&code| u16::from(code)),
            CodeSlice::U16(codes) => codes.iter().max().copied(),
        }
    }

    /// The column in which code `c` is replaced by `map[c]`, in the narrowest integers; codes past the
    /// map stay.
    #[must_use]
    pub fn recoded(&self, map: &[u16]) -> Self {
        let kept = self.max_code().filter(|&code| usize::from(code) >= map.len());
        let widest = map.iter().copied().chain(kept).max().unwrap_or(0);
        let new = |code: u16| map.get(usize::from(code)).copied().unwrap_or(code);
        match (self.codes(), u8::try_from(widest)) {
            (CodeSlice::U8(codes), Ok(_)) => {
                let mut table = [0u8; 256];
                for (code, slot) in (0u16..).zip(&mut table) {
                    *slot = u8::try_from(new(code)).unwrap_or(0);
                }
                Self::from_u8(codes.iter().map(|&code| table.get(usize::from(code)).copied().unwrap_or(0)).collect())
            }
            (CodeSlice::U8(codes), Err(_)) => Self::from_u16(codes.iter().map(|&code| new(code.into())).collect()),
            (CodeSlice::U16(codes), Ok(_)) => {
                Self::from_u8(codes.iter().map(|&code| u8::try_from(new(code)).unwrap_or(0)).collect())
            }
            (CodeSlice::U16(codes), Err(_)) => Self::from_u16(codes.iter().map(|&code| new(code)).collect()),
        }
    }

    /// The rows at these positions, in that order; positions past the end are left out.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        match self.codes() {
            CodeSlice::U8(codes) => {
                Self::from_u8(rows.iter().filter_map(|&row| codes.get(row as usize).copied()).collect())
            }
            CodeSlice::U16(codes) => {
                Self::from_u16(rows.iter().filter_map(|&row| codes.get(row as usize).copied()).collect())
            }
        }
    }

    /// Bytes that the codes take.
    pub fn bytes(&self) -> usize {
        match &*self.0 {
            Codes::U8(codes) => codes.len(),
            Codes::U16(codes) => codes.len() * 2,
        }
    }

    /// Whether two columns are one and the same in memory.
    pub fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column of {} rows", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_narrowest_width_is_chosen() {
        assert_eq!(Column::from_codes(&[0, 255], 256).bytes(), 2);
        assert_eq!(Column::from_codes(&[0, 255], 257).bytes(), 4);
        let wide = Column::from_u16(vec![0, 299]);
        assert_eq!((wide.recoded(&[1; 300]).bytes(), wide.recoded(&[1; 299]).bytes()), (2, 4));
    }

    proptest! {
        #[test]
        fn recoding_maps_every_row(codes in prop::collection::vec(0u16..300, 0..50), map in prop::collection::vec(0u16..600, 0..300)) {
            for column in [Column::from_u16(codes.clone()), Column::from_codes(&codes, 256)] {
                let expected: Vec<u16> =
                    codes.iter().map(|&code| map.get(usize::from(code)).copied().unwrap_or(code)).collect();
                prop_assert_eq!(column.recoded(&map).iter().collect::<Vec<_>>(), expected);
            }
        }
    }
}
