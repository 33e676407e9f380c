//! Contingency tables of attribute sets.

use std::fmt;

use super::tally::is_dense;
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
    /// A shape or key of another length than the set, a code past its shape, a key given twice, or a
    /// total past 64 bits.
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
        let fits = |key: &[u16]| {
            key.len() == shape.len() && key.iter().zip(shape).all(|(&code, &codes)| usize::from(code) < codes)
        };
        if !cells.iter().all(|(key, _)| fits(key)) {
            return Err(invalid("a cell lies outside its shape"));
        }
        check_total(cells.iter().map(|(_, count)| *count))?;
        let counts = cells.iter().map(|(_, count)| *count).collect();
        let keys = cells.into_iter().flat_map(|(key, _)| key).collect();
        Ok(Self { set, shape: shape.into(), keys, counts })
    }

    /// The marginal of [`to_dense`](Self::to_dense): every cell of the domain, last attribute fastest.
    ///
    /// # Errors
    /// A shape of another length than the set, or another number of cells than the shape has, or
    /// a total past 64 bits.
    pub fn from_dense(set: AttributeSet, shape: &[usize], counts: &[u64]) -> Result<Self, TableError> {
        if shape.len() != set.len() || product(shape) != Some(counts.len()) {
            let rule = "its set, shape and number of cells do not fit each other".into();
            return Err(TableError::Invalid { what: "marginal".into(), rule });
        }
        check_total(counts.iter().copied())?;
        Ok(Self::of_dense(set, shape.into(), counts))
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
        product(&self.shape)
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
            if let Some(slot) = dense.get_mut(cell_of(key.iter().copied(), &self.shape)) {
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
        let shape: Box<[usize]> = places.iter().filter_map(|&place| self.shape.get(place).copied()).collect();
        let part = |key: &[u16]| places.iter().filter_map(|&place| key.get(place).copied()).collect::<Vec<u16>>();
        if let Some(size) = is_dense(product(&shape), self.len()) {
            let mut dense = vec![0; size];
            for (key, count) in self.cells() {
                let codes = places.iter().filter_map(|&place| key.get(place).copied());
                if let Some(slot) = dense.get_mut(cell_of(codes, &shape)) {
                    *slot += count;
                }
            }
            return Ok(Self::of_dense(set.clone(), shape, &dense));
        }
        let mut cells: Vec<(Vec<u16>, u64)> = self.cells().map(|(key, count)| (part(key), count)).collect();
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

    /// The marginal of dense counts, last attribute fastest.
    fn of_dense(set: AttributeSet, shape: Box<[usize]>, dense: &[u64]) -> Self {
        let mut keys = Vec::new();
        let mut counts = Vec::new();
        for (cell, &count) in dense.iter().enumerate().filter(|(_, count)| **count > 0) {
            let mut stride = dense.len();
            keys.extend(shape.iter().map(|&codes| {
                stride /= codes;
                u16::try_from(cell / stride % codes).unwrap_or(u16::MAX)
            }));
            counts.push(count);
        }
        Self::of_sorted(set, shape, keys, counts)
    }

    fn key(&self, cell: usize) -> &[u16] {
        let width = self.set.len();
        self.keys.get(cell * width..(cell + 1) * width).unwrap_or_default()
    }
}

/// The number of cells of a shape.
fn product(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |cells, &codes| cells.checked_mul(codes))
}

/// Checks that sums of these counts do not overflow.
fn check_total(counts: impl IntoIterator<Item = u64>) -> Result<(), TableError> {
    match counts.into_iter().try_fold(0u64, u64::checked_add) {
        Some(_) => Ok(()),
        None => Err(TableError::Invalid { what: "marginal".into(), rule: "its total is past 64 bits".into() }),
    }
}

/// The place of a key among dense cells.
fn cell_of(key: impl Iterator<Item = u16>, shape: &[usize]) -> usize {
    key.zip(shape).fold(0, |cell, (code, &codes)| cell * codes + usize::from(code))
}

impl fmt::Debug for Marginal {
    /// Shows the shape, never the counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Marginal of attributes {:?}, shape {:?}", self.set.positions(), self.shape)
    }
}
