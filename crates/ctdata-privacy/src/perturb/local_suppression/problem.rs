//! The input as distinct tuples with their rows, and what is demanded of the output.

#![expect(clippy::indexing_slicing, reason = "tuples, slots and attributes are numbered by this module")]

use ctdata_table::{Attribute, Cell, Table};

use super::params::{Concealment, LocalSuppression};
use super::projection::number;
use crate::PrivacyError;
use crate::quasi::is_blank;
use crate::unit::Persons;

/// A set of quasi-identifiers: bit i is the i-th.
pub(super) type Mask = u64;
/// A cell that is blank. Value codes are smaller: a column has at most 65,532 values.
pub(super) const BLANK: u16 = u16::MAX;

/// Some quasi-identifiers that an attacker combines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct View {
    /// The other quasi-identifiers, which count as blank.
    pub(super) outside: Mask,
    /// Units that each combination needs; more than 1.
    pub(super) k: u32,
}

/// A tuple and its rows.
#[derive(Clone)]
pub(super) struct Parcel {
    pub(super) cells: Vec<u16>,
    pub(super) rows: Vec<u32>,
}

/// What is to be hidden. Tuples are numbered in the order of their cells, rows by slots: tuple after
/// tuple, and within a tuple in an order that depends on the records' content alone.
pub(super) struct Problem {
    pub(super) weights: Vec<u64>,
    pub(super) views: Vec<View>,
    pub(super) mutual: bool,
    /// Attributes that each tuple does not know.
    pub(super) blanks: Vec<Mask>,
    /// The row of each slot.
    pub(super) rows: Vec<u32>,
    /// The person of each slot; empty where each row is a person of its own.
    pub(super) person: Vec<u32>,
    persons: usize,
    starts: Vec<u32>,
    cells: Vec<u16>,
    /// The cells of a tuple packed into words, `stride` of them.
    packed: Vec<u64>,
    stride: usize,
    /// The word and the bits of each attribute.
    places: Vec<(usize, u64)>,
}

impl Problem {
    /// Joins equal tuples; a tuple without rows is one that was dropped. `hashes` orders equal rows.
    pub(super) fn new(
        params: &LocalSuppression,
        views: &[View],
        mut parcels: Vec<Parcel>,
        hashes: &[u64],
        persons: &Persons,
    ) -> Self {
        parcels.sort_unstable_by(|a, b| a.cells.cmp(&b.cells));
        parcels.dedup_by(|next, first| {
            let same = next.cells == first.cells;
            if same {
                first.rows.append(&mut next.rows);
            }
            same
        });
        let width = params.quasi_identifiers.len();
        let places = places(width, &parcels);
        let stride = places.iter().map(|(word, _)| word + 1).max().unwrap_or(1);
        let mut made = Self {
            weights: params.importance.iter().copied().map(u64::from).collect(),
            views: views.to_vec(),
            mutual: params.concealment == Concealment::Mutual,
            blanks: Vec::with_capacity(parcels.len()),
            rows: Vec::new(),
            person: Vec::new(),
            persons: persons.count(),
            starts: vec![0],
            cells: Vec::with_capacity(parcels.len() * width),
            packed: vec![0; parcels.len() * stride],
            stride,
            places,
        };
        for (tuple, mut parcel) in parcels.into_iter().enumerate() {
            let mut blanks = 0;
            for (attribute, &cell) in parcel.cells.iter().enumerate() {
                blanks |= Mask::from(cell == BLANK) << attribute;
                let (word, bits) = made.places[attribute];
                made.packed[tuple * stride + word] |= (u64::from(cell) << bits.trailing_zeros()) & bits;
            }
            made.blanks.push(blanks);
            made.cells.append(&mut parcel.cells);
            parcel.rows.sort_unstable_by_key(|&row| (hashes.get(row as usize), row));
            made.rows.append(&mut parcel.rows);
            made.starts.push(number(made.rows.len()));
        }
        if persons.repeat() {
            made.person = made.rows.iter().map(|&row| persons.of_row(row)).collect();
        }
        made
    }

    pub(super) fn tuples(&self) -> usize {
        self.blanks.len()
    }

    pub(super) fn width(&self) -> usize {
        self.weights.len()
    }

    /// All quasi-identifiers.
    pub(super) fn all(&self) -> Mask {
        Mask::MAX >> (64 - self.width())
    }

    pub(super) fn cells(&self, tuple: usize) -> &[u16] {
        &self.cells[tuple * self.width()..(tuple + 1) * self.width()]
    }

    pub(super) fn words(&self, tuple: usize) -> &[u64] {
        &self.packed[tuple * self.stride..(tuple + 1) * self.stride]
    }

    /// The bits of the attributes outside a mask, in packed words.
    pub(super) fn keep(&self, mask: Mask) -> Vec<u64> {
        let mut keep = vec![0; self.stride];
        for (attribute, (word, bits)) in self.places.iter().enumerate() {
            if mask >> attribute & 1 == 0 {
                keep[*word] |= bits;
            }
        }
        keep
    }

    /// The slots of a tuple.
    pub(super) fn slots(&self, tuple: usize) -> std::ops::Range<usize> {
        self.starts[tuple] as usize..self.starts[tuple + 1] as usize
    }

    /// What blanking these attributes in one record costs.
    pub(super) fn cost(&self, mask: Mask) -> u64 {
        bits(mask).map(|attribute| self.weights[attribute]).sum()
    }

    /// Units in some tuples.
    pub(super) fn units(&self, tuples: &[u32]) -> u32 {
        if self.person.is_empty() {
            return tuples.iter().map(|&tuple| number(self.slots(tuple as usize).len())).sum();
        }
        let slots = tuples.iter().flat_map(|&tuple| self.slots(tuple as usize));
        let mut persons: Vec<u32> = slots.map(|slot| self.person[slot]).collect();
        persons.sort_unstable();
        persons.dedup();
        number(persons.len())
    }

    /// The least memory for the tuples as grouped by each set of attributes that is blank in some.
    pub(super) fn least_bytes(&self) -> u64 {
        let distinct = self.blanks.iter().collect::<std::collections::BTreeSet<_>>().len();
        distinct as u64 * self.tuples() as u64 * 8
    }

    /// Upper bound of the numbers of persons.
    pub(super) fn persons(&self) -> usize {
        self.persons
    }
}

/// The attributes of a mask.
pub(super) fn bits(mut mask: Mask) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (mask != 0).then(|| mask.trailing_zeros() as usize);
        mask &= mask.wrapping_sub(1);
        lowest
    })
}

/// Where the cells of each attribute go in packed words. The bits of a blank are all ones, as no
/// value's are, but nobody relies on it: who compares tuples knows their blanks.
fn places(width: usize, parcels: &[Parcel]) -> Vec<(usize, u64)> {
    let (mut word, mut used) = (0, 0);
    (0..width)
        .map(|attribute| {
            let largest = parcels.iter().map(|parcel| parcel.cells[attribute]).filter(|&cell| cell != BLANK).max();
            let needed = 16 - largest.unwrap_or(0).saturating_add(1).leading_zeros();
            if used + needed > 64 {
                (word, used) = (word + 1, 0);
            }
            used += needed;
            (word, (u64::MAX >> (64 - needed)) << (used - needed))
        })
        .collect()
}

/// The combinations that need candidates, without those that follow from others.
pub(super) fn views(params: &LocalSuppression) -> Result<Vec<View>, PrivacyError> {
    let all = Mask::MAX >> (64 - params.quasi_identifiers.len().clamp(1, 64));
    let mut wanted = vec![(all, params.k)];
    for requirement in &params.requirements {
        let mut attributes = Vec::new();
        for name in &requirement.attributes {
            let Some(at) = params.quasi_identifiers.iter().position(|known| known == name) else {
                let rule = format!("`{name}` is not a quasi-identifier");
                return Err(PrivacyError::InvalidParameter { parameter: "requirement", rule });
            };
            attributes.push(at);
        }
        attributes.sort_unstable();
        combine(&attributes, requirement.up_to, 0, &mut |mask| wanted.push((mask, requirement.k)));
    }
    wanted.retain(|(_, k)| *k > 1);
    wanted.sort_unstable_by_key(|&(mask, k)| (std::cmp::Reverse(mask.count_ones()), mask, std::cmp::Reverse(k)));
    let mut kept: Vec<(Mask, u32)> = Vec::new();
    for (mask, k) in wanted {
        // A record that is released is compatible with itself: what fewer attributes say of it has at
        // least as many candidates. Of a dropped record this is not known.
        let follows = |&(other, most): &(Mask, u32)| {
            most >= k && (other == mask || (params.drop_parts_per_million == 0 && mask & !other == 0))
        };
        if !kept.iter().any(follows) {
            kept.push((mask, k));
        }
    }
    Ok(kept.into_iter().map(|(mask, k)| View { outside: all & !mask, k }).collect())
}

/// Calls `found` with each set of 1 to `most` of the attributes.
fn combine(attributes: &[usize], most: usize, chosen: Mask, found: &mut impl FnMut(Mask)) {
    for (at, attribute) in attributes.iter().enumerate() {
        let with = chosen | 1 << attribute;
        found(with);
        if most > 1 {
            combine(&attributes[at + 1..], most - 1, with, found);
        }
    }
}

/// For each code of an attribute its cell: values in the order of their names, whatever order the
/// file had, then not applicable.
pub(super) fn reading(attribute: &Attribute) -> Vec<u16> {
    let mut values: Vec<u16> = (0..u16::try_from(attribute.domain().len()).unwrap_or(u16::MAX)).collect();
    values.sort_by_cached_key(|&code| attribute.domain().label(code).map(std::borrow::Cow::into_owned));
    let mut place = vec![0u16; values.len()];
    for (rank, &code) in (0u16..).zip(&values) {
        place[usize::from(code)] = rank;
    }
    let codes = 0..u16::try_from(attribute.code_count()).unwrap_or(u16::MAX);
    let read = |code: u16| match attribute.cell(code) {
        Some(cell) if is_blank(cell) => BLANK,
        Some(Cell::Value(value)) => place.get(usize::from(value)).copied().unwrap_or(BLANK),
        _ => u16::try_from(values.len()).unwrap_or(BLANK - 1),
    };
    codes.map(read).collect()
}

/// A number for the content of each row, so that the choice among records that agree in all
/// quasi-identifiers neither follows their order nor prefers a value.
pub(super) fn hashes(table: &Table) -> Vec<u64> {
    let mix = |hash: u64, part: u64| {
        let mixed = (hash ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 29)
    };
    let mut hashes = vec![0x243F_6A88_85A3_08D3u64; table.rows()];
    for column in table.columns() {
        for (hash, code) in hashes.iter_mut().zip(column.iter()) {
            *hash = mix(*hash, u64::from(code));
        }
    }
    if let Some(ids) = table.ids() {
        for (row, hash) in hashes.iter_mut().enumerate() {
            *hash = ids.get(row).unwrap_or_default().bytes().fold(*hash, |hash, byte| mix(hash, byte.into()));
        }
    }
    hashes
}
