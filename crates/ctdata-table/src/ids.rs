//! Identifiers of records or persons: kept beside the columns, never coded, never shown.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::TableError;

#[derive(PartialEq, Eq, Default)]
struct Inner {
    text: String,
    ends: Vec<usize>,
}

/// One identifier per row, in one piece of memory. Cloning shares it; `Debug` shows only the count.
///
/// Ids say which rows belong to one person. No writer of a release takes them.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Ids(Arc<Inner>);

impl Ids {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.0.ends.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.0.ends.is_empty()
    }

    /// The identifier of a row. Confidential: for joining, never for showing.
    pub fn get(&self, row: usize) -> Option<&str> {
        let end = *self.0.ends.get(row)?;
        let start = row.checked_sub(1).and_then(|before| self.0.ends.get(before)).copied().unwrap_or(0);
        self.0.text.get(start..end)
    }

    /// The largest number of rows that share one identifier.
    pub fn max_rows_per_id(&self) -> u64 {
        self.max_units_per_id(None)
    }

    /// The largest number of units, weights where there are any, that share one identifier: what one
    /// person can contribute.
    pub(crate) fn max_units_per_id(&self, weights: Option<&Weights>) -> u64 {
        let mut units: HashMap<&str, u64> = HashMap::new();
        for row in 0..self.len() {
            let unit = weights.map_or(1, |weights| weights.values.get(row).copied().unwrap_or(0));
            *units.entry(self.get(row).unwrap_or("")).or_default() += u64::from(unit);
        }
        units.values().copied().max().unwrap_or(0)
    }

    /// The identifiers of these rows, in that order.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        rows.iter().filter_map(|&row| self.get(row as usize)).collect()
    }
}

impl<S: AsRef<str>> FromIterator<S> for Ids {
    fn from_iter<I: IntoIterator<Item = S>>(ids: I) -> Self {
        let mut inner = Inner::default();
        for id in ids {
            inner.text.push_str(id.as_ref());
            inner.ends.push(inner.text.len());
        }
        Self(Arc::new(inner))
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ids of {} rows [redacted]", self.len())
    }
}

/// How many units (persons, cases) each row stands for. Cloning shares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weights {
    values: Arc<[u32]>,
    total: u64,
}

impl Weights {
    /// One weight per row.
    pub fn new(values: impl Into<Arc<[u32]>>) -> Self {
        let values = values.into();
        let total = values.iter().map(|&weight| u64::from(weight)).sum();
        Self { values, total }
    }

    /// The weights in the order of the rows.
    pub fn values(&self) -> &[u32] {
        &self.values
    }

    /// Their sum.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The weights of these rows, in that order.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        Self::new(rows.iter().filter_map(|&row| self.values.get(row as usize).copied()).collect::<Vec<_>>())
    }
}

/// Checks that a part has as many rows as the table.
pub(crate) fn check_length(what: &str, expected: usize, found: usize) -> Result<(), TableError> {
    if expected == found { Ok(()) } else { Err(TableError::Length { what: what.to_owned(), expected, found }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_counted_per_person_and_never_shown() {
        let ids: Ids = ["a", "", "bb", "a", "a"].into_iter().collect();
        assert_eq!((ids.get(1), ids.get(2), ids.get(5)), (Some(""), Some("bb"), None));
        assert_eq!(ids.max_rows_per_id(), 3);
        assert_eq!(ids.take(&[2, 0]).get(0), Some("bb"));
        assert_eq!(format!("{ids:?}"), "Ids of 5 rows [redacted]");
    }

    #[test]
    fn weights_know_their_sum() {
        let weights = Weights::new(vec![u32::MAX, u32::MAX, 1]);
        assert_eq!(weights.total(), 2 * u64::from(u32::MAX) + 1);
        assert_eq!(weights.take(&[2]).total(), 1);
    }
}
