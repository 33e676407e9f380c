//! Contingency tables of attribute sets.

use std::fmt;

use crate::{AttributeSet, TableError};

/// Counts of units by the codes of a set of attributes, kinds of missing included.
///
/// Only cells that are not zero are kept, in the lexicographic order of their keys; a key holds one
/// code per attribute, in the order of the set. Two marginals are equal when sets, shapes and counts
/// are.
///
/// ```
/// use ctdata_table::{AttributeSet, Marginal};
/// let set = AttributeSet::try_new([0, 3])?;
/// let marginal = Marginal::try_new(set, &[2, 3], [(vec![1, 0], 5), (vec![0, 2], 7)])?;
/// assert_eq!(marginal.get(&[0, 2]), 7);
/// assert_eq!(marginal.get(&[0, 0]), 0);
/// assert_eq!(marginal.cells().next(), Some((&[0, 2][..], 7)));
/// let last = marginal.marginalize(&AttributeSet::try_new([3])?)?;
/// assert_eq!(last.to_dense(), [5, 0, 7]);
/// # Ok::<(), ctdata_table::TableError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Marginal {
    set: AttributeSet,
    shape: Box<[usize]>,
    keys: Box<[u16]>,
    counts: Box<[u64]>,
}

impl Marginal {
    /// A marginal of these cells in any order; zeros are left out. `shape` is the number of codes of
    /// each attribute.
    ///
    /// # Errors
    /// A shape or key of another length than the set, a code past its shape, or a key given twice.
    pub fn try_new(
        set: AttributeSet,
        shape: &[usize],
        cells: impl IntoIterator<Item = (Vec<u16>, u64)>,
    ) -> Result<Self, TableError> {
        let invalid = |rule: &str| TableError::Invalid { what: "marginal".into(), rule: rule.into() };
        if shape.len() != set.len() {
            return Err(invalid("its shape has another length than its set"));
        }
        let mut cells: Vec<_> = cells.into_iter().filter(|(_, count)| *count > 0).collect();
        cells.sort_unstable();
        if cells.windows(2).any(|pair| matches!(pair, [a, b] if a.0 == b.0)) {
            return Err(invalid("a cell is given twice"));
        }
        let fits = |key: &[u16]| key.len() == shape.len() && key.iter().zip(shape).all(|(&code, &codes)| usize::from(code) < codes);
        if !cells.iter().all(|(key, _)| fits(key)) {
            return Err(invalid("a cell lies outside its shape"));
        }
        let counts = cells.iter().map(|(_, count)| *count).collect();
        let keys = cells.into_iter().flat_map(|(key, _)| key).collect();
        Ok(Self { set, shape: shape.into(), keys, counts })
    }

    /// A marginal of cells that are sorted, distinct, within the shape and not zero.
    pub(super) fn of_sorted(set: AttributeSet, shape: Box<[usize]>, keys: Vec<u16>, counts: Vec<u64>) -> Self {
        debug_assert_eq!(keys.len(), counts.len() * set.len());
        Self { set, shape, keys: keys.into(), counts: counts.into() }
    }

    /// The attributes.
    pub fn set(&self) -> &AttributeSet {
        &self.set
    }

    /// The number of codes of each attribute: values and declared kinds of missing.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of cells that are not zero.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether every cell is zero.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The number of cells of the whole domain, zeros included; `None` past the range of `usize`.
    pub fn domain_size(&self) -> Option<usize> {
        self.shape.iter().try_fold(1usize, |cells, &codes| cells.checked_mul(codes))
    }

    /// The count of one cell; zero where it is absent or the key does not fit.
    pub fn get(&self, key: &[u16]) -> u64 {
        if key.len() != self.set.len() {
            return 0;
        }
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.key(middle).cmp(key) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return self.counts.get(middle).copied().unwrap_or(0),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        0
    }

    /// The cells that are not zero: (key, count) in the lexicographic order of the keys.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = (&[u16], u64)> + Clone {
        self.counts.iter().enumerate().map(|(cell, &count)| (self.key(cell), count))
    }

    /// The counts of [`cells`](Self::cells).
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The sum of all cells: every unit that was counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Every cell of the domain, zeros included, last attribute fastest.
    ///
    /// The caller answers for the size: see [`domain_size`](Self::domain_size).
    pub fn to_dense(&self) -> Vec<u64> {
        let mut dense = vec![0; self.domain_size().unwrap_or(0)];
        for (key, count) in self.cells() {
            let cell = key.iter().zip(&self.shape).fold(0, |cell, (&code, &codes)| cell * codes + usize::from(code));
            if let Some(slot) = dense.get_mut(cell) {
                *slot = count;
            }
        }
        dense
    }

    /// The marginal of some of the attributes, the others summed over.
    ///
    /// # Errors
    /// [`TableError::UnknownAttribute`] for a position that this set does not have.
    pub fn marginalize(&self, set: &AttributeSet) -> Result<Self, TableError> {
        let places = set
            .positions()
            .iter()
            .map(|position| {
                self.set.positions().binary_search(position).map_err(|_| TableError::UnknownAttribute {
                    name: format!("number {}", u32::from(*position) + 1),
                    nearest: None,
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let shape = places.iter().filter_map(|&place| self.shape.get(place).copied()).collect();
        let mut cells: Vec<(Vec<u16>, u64)> = Vec::with_capacity(self.len());
        let mut part = Vec::with_capacity(places.len());
        for (key, count) in self.cells() {
            part.clear();
            part.extend(places.iter().filter_map(|&place| key.get(place).copied()));
            // Sets that begin alike meet equal parts one after the other.
            match cells.last_mut() {
                Some((last, sum)) if *last == part => *sum += count,
                _ => cells.push((part.clone(), count)),
            }
        }
        cells.sort_unstable();
        cells.dedup_by(|(key, count), (kept, sum)| {
            let same = key == kept;
            *sum += if same { *count } else { 0 };
            same
        });
        let counts = cells.iter().map(|(_, count)| *count).collect();
        let keys = cells.into_iter().flat_map(|(key, _)| key).collect();
        Ok(Self { set: set.clone(), shape, keys, counts })
    }

    fn key(&self, cell: usize) -> &[u16] {
        let width = self.set.len();
        self.keys.get(cell * width..(cell + 1) * width).unwrap_or_default()
    }
}

impl fmt::Debug for Marginal {
    /// Shows the shape, never the counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Marginal of attributes {:?}, shape {:?}", self.set.positions(), self.shape)
    }
}
