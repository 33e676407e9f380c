//! Directions that are zero where persons were seen, and whether the likelihood rises along one of them.
//!
//! The values of a direction in the empty cells are non-negative quantities. The space of directions is kept as rays:
//! ray k is positive in an empty cell of its own and zero in the own cells of the other rays, so that a direction that
//! is nowhere negative is a combination of rays with non-negative weights. That is a dictionary of the simplex method
//! with all right sides zero. A ray that is nowhere negative is a direction along which the likelihood rises. If the sum
//! over the cells of no ray is positive there is none. Else a ray of positive sum is exchanged at a cell where it is
//! negative: at first the ray that is least often so, at its lowest, which is fast; after some exchanges both of the
//! smallest number (Bland's rule), so that the search ends.
//!
//! # Sources
//! Bland (1977), New finite pivoting rules for the simplex method, *Mathematics of Operations Research* 2(2).

#![expect(
    clippy::indexing_slicing,
    reason = "arrays over sets of lists, indexed by sets of those lists; matrices of rays by unknown values or cells"
)]

use super::Admissibility;
use super::exact::{Exact, Stop, shorten};
use crate::mse::list_set::ListSet;
use crate::mse::sample::Sample;

/// The most numbers in a matrix of rays.
const MOST_NUMBERS: usize = 1 << 24;

/// The most numbers that the equations may read or write: seconds.
const MOST_EQUATIONS: usize = 1 << 29;

/// The most numbers that the exchanges of rays may write: seconds. The search is finite, but may be long.
const MOST_WORK: usize = 1 << 28;

/// Exchanges that are chosen for speed, of few rays; then those that are sure to end.
const HASTY: usize = 30;

/// The pattern of zeros of a table, and the model that is checked.
#[derive(Debug, Default)]
pub(super) struct Table {
    lists: usize,
    /// By set of lists, whether somebody is on exactly these.
    seen: Vec<bool>,
    /// Terms of the reduced model.
    pub(super) terms: Vec<ListSet>,
    /// By set of lists, whether it is one of them.
    is_term: Vec<bool>,
    /// Terms of the model that nobody is on: their cells are not in the reduced table.
    pub(super) without: Vec<ListSet>,
    /// Terms whose value is not known: the empty set, then those that nobody is on exactly.
    pub(super) unknown: Vec<ListSet>,
}

impl Table {
    pub(super) fn reset(&mut self, sample: &Sample) {
        self.lists = sample.lists();
        self.seen.clear();
        self.seen.extend(sample.counts().iter().map(|count| *count > 0));
        self.terms.clear();
        self.is_term.clear();
        self.is_term.resize(self.seen.len(), false);
    }

    pub(super) fn lists(&self) -> usize {
        self.lists
    }

    pub(super) fn clear(&mut self) {
        for term in self.terms.drain(..) {
            self.is_term[term.index()] = false;
        }
        self.without.clear();
        self.unknown.clear();
    }

    pub(super) fn add(&mut self, term: ListSet) {
        if std::mem::replace(&mut self.is_term[term.index()], true) {
            return;
        }
        self.terms.push(term);
        if !self.seen[term.index()] {
            self.unknown.push(term);
        }
    }

    /// The weights w(υ, ω) of the unknown values υ in the value at ω.
    fn weights(&self, history: ListSet, weights: &mut Vec<i64>) {
        weights.clear();
        weights.resize(self.unknown.len(), 0);
        let mut add = |term: ListSet| {
            for (weight, unknown) in weights.iter_mut().zip(&self.unknown) {
                if unknown.is_subset(term) {
                    *weight += if (term.len() - unknown.len()).is_multiple_of(2) { 1 } else { -1 };
                }
            }
        };
        if 1 << history.len() <= self.terms.len() {
            let mut part = history.bits();
            loop {
                if self.is_term[usize::from(part)] {
                    add(ListSet::from_bits(part));
                }
                if part == 0 {
                    break;
                }
                part = (part - 1) & history.bits();
            }
        } else {
            self.terms.iter().copied().filter(|term| term.is_subset(history)).for_each(add);
        }
    }

    /// The cells of the reduced table that nobody is in.
    fn empty_cells(&self, inside: &mut Vec<bool>, cells: &mut Vec<usize>) {
        inside.clear();
        inside.resize(self.seen.len(), true);
        inside[0] = false;
        for term in &self.without {
            inside[term.index()] = false;
        }
        // A cell is outside if one with a list less is, the cell of no list apart.
        for list in 0..self.lists {
            let bit = 1 << list;
            for cell in 0..inside.len() {
                if cell & bit != 0 && cell != bit && !inside[cell ^ bit] {
                    inside[cell] = false;
                }
            }
        }
        cells.clear();
        cells.extend((1..inside.len()).filter(|cell| inside[*cell] && !self.seen[*cell]));
    }
}

/// A space of directions, by rays. Buffers to be used again.
#[derive(Debug, Default)]
pub(super) struct Directions<T> {
    /// By ray, the values on the unknown terms; later those in the empty cells, and their sum.
    rays: Vec<Vec<T>>,
    /// By ray, the values in the empty cells and their sum, while they are computed.
    long: Vec<Vec<T>>,
    /// By ray, the cell of its own, by set of lists; 0 for a ray without one.
    own: Vec<usize>,
    /// By ray, the value in the equation or the cell at hand.
    here: Vec<T>,
    weights: Vec<i64>,
    inside: Vec<bool>,
    cells: Vec<usize>,
    values: Vec<i64>,
    /// Numbers written in the empty cells so far, over all models: a measure of the time it took.
    pub(super) work: u64,
}

impl<T: Exact> Directions<T> {
    /// Decides both questions; nothing if a number does not fit.
    pub(super) fn decide(&mut self, table: &Table, histories: &[ListSet]) -> Option<Admissibility> {
        match self.zero_where_seen(table, histories) {
            Ok(true) => return Some(Admissibility::ADMISSIBLE),
            Ok(false) => {}
            Err(Stop::Work) => return Some(Admissibility::TOO_LARGE),
            Err(Stop::Overflow) => return None,
        }
        if self.rays.len().saturating_mul(table.seen.len()) > MOST_NUMBERS / T::COST {
            return Some(Admissibility::TOO_LARGE);
        }
        self.fill_cells(table)?;
        let identifiable = self.own_cells()?;
        match self.rises() {
            Ok(rises) => Some(Admissibility::of(!rises, identifiable)),
            Err(Stop::Work) => Some(Admissibility::TOO_LARGE),
            Err(Stop::Overflow) => None,
        }
    }

    /// Keeps the directions that are zero where persons were seen; whether none is left.
    fn zero_where_seen(&mut self, table: &Table, histories: &[ListSet]) -> Result<bool, Stop> {
        let count = table.unknown.len();
        let mut left = MOST_EQUATIONS / T::COST;
        self.rays.resize_with(count, Vec::new);
        self.own.clear();
        for (place, (ray, unknown)) in self.rays.iter_mut().zip(&table.unknown).enumerate() {
            ray.clear();
            ray.resize(count, T::of(0));
            ray[place] = T::of(1);
            self.own.push(unknown.index());
        }
        for history in histories.iter().filter(|history| !table.is_term[history.index()]) {
            let terms = table.terms.len().min(1 << history.len());
            left = left.checked_sub((terms + self.rays.len()) * count).ok_or(Stop::Work)?;
            table.weights(*history, &mut self.weights);
            self.here.clear();
            for ray in &self.rays {
                let mut sum = T::of(0);
                for (value, weight) in ray.iter().zip(&self.weights).filter(|(_, weight)| **weight != 0) {
                    sum = T::combination(&T::of(1), &sum, &T::of(*weight), value).ok_or(Stop::Overflow)?;
                }
                self.here.push(sum);
            }
            // The ray without a cell of its own goes first: it stands first.
            if let Some(ray) = self.here.iter().position(|value| value.sign() != 0) {
                left = left.checked_sub(self.rays.len() * count).ok_or(Stop::Work)?;
                self.eliminate(ray).ok_or(Stop::Overflow)?;
                self.rays.swap_remove(ray);
                self.own.swap_remove(ray);
                if self.rays.is_empty() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Makes all other rays zero where `here` are their values, with this ray.
    fn eliminate(&mut self, ray: usize) -> Option<()> {
        let (before, rest) = self.rays.split_at_mut(ray);
        let (pivot, after) = rest.split_first_mut()?;
        let at = &self.here[ray];
        let others = before.iter_mut().zip(&self.here).chain(after.iter_mut().zip(self.here.iter().skip(ray + 1)));
        for (other, value) in others.filter(|(_, value)| value.sign() != 0) {
            let divisor = at.gcd(value);
            let (mut own, mut with) = (at.quotient(&divisor), value.quotient(&divisor).negated()?);
            if own.sign() < 0 {
                (own, with) = (own.negated()?, with.negated()?);
            }
            T::combine(other, &own, &with, pivot)?;
            if !own.is_one() {
                shorten(other);
            }
        }
        Some(())
    }

    /// Replaces the values on unknown terms by those in the empty cells, and their sum.
    fn fill_cells(&mut self, table: &Table) -> Option<()> {
        table.empty_cells(&mut self.inside, &mut self.cells);
        self.long.resize_with(self.rays.len(), Vec::new);
        for long in &mut self.long {
            long.clear();
            long.resize(self.cells.len() + 1, T::of(0));
        }
        for (place, unknown) in table.unknown.iter().enumerate() {
            if self.rays.iter().all(|ray| ray[place].sign() == 0) {
                continue;
            }
            self.values.clear();
            self.values.resize(table.seen.len(), 0);
            for term in table.terms.iter().filter(|term| unknown.is_subset(**term)) {
                self.values[term.index()] = if (term.len() - unknown.len()).is_multiple_of(2) { 1 } else { -1 };
            }
            crate::mse::sample::subset_sums(&mut self.values);
            self.work += (self.rays.len() * self.cells.len() + table.seen.len()) as u64;
            for (long, ray) in self.long.iter_mut().zip(&self.rays).filter(|(_, ray)| ray[place].sign() != 0) {
                for (value, cell) in long.iter_mut().zip(&self.cells) {
                    *value = T::combination(&T::of(1), value, &T::of(self.values[*cell]), &ray[place])?;
                }
            }
        }
        for ray in &mut self.long {
            let mut sum = T::of(0);
            for value in &*ray {
                sum = sum.plus(value)?;
            }
            if let Some(last) = ray.last_mut() {
                *last = sum;
            }
        }
        std::mem::swap(&mut self.rays, &mut self.long);
        // Own cells by their place among the empty cells.
        let none = self.cells.len();
        for own in &mut self.own {
            *own = self.cells.binary_search(own).unwrap_or(none);
        }
        Some(())
    }

    /// Gives each ray a cell of its own, and drops those that are zero in all cells; whether there were none.
    fn own_cells(&mut self) -> Option<bool> {
        let none = self.cells.len();
        let mut identifiable = true;
        while let Some(ray) = self.own.iter().position(|own| *own == none) {
            if let Some(cell) = (0..none).find(|cell| self.rays[ray][*cell].sign() != 0) {
                if self.rays[ray][cell].sign() < 0 {
                    negate(&mut self.rays[ray])?;
                }
                self.own[ray] = cell;
                self.look(cell);
                self.eliminate(ray)?;
            } else {
                identifiable = false;
                self.rays.swap_remove(ray);
                self.own.swap_remove(ray);
            }
        }
        Some(identifiable)
    }

    /// Whether a direction is nowhere negative and somewhere positive.
    fn rises(&mut self) -> Result<bool, Stop> {
        let cells = self.cells.len();
        let size = (self.rays.len() * cells).max(1);
        let hasty = HASTY + 4 * self.rays.len();
        // Of a table that treats its lists alike the sum of the rays is often such a direction.
        if self.rays.len() > 1 && self.sum_is_nowhere_negative().ok_or(Stop::Overflow)? {
            return Ok(true);
        }
        for step in 0..MOST_WORK / T::COST / size {
            // The ray to exchange, the cell where it is negative, and by what it is chosen.
            let mut exchange: Option<(usize, usize, usize)> = None;
            for (ray, values) in self.rays.iter().enumerate().filter(|(_, values)| values[cells].sign() > 0) {
                let values = &values[..cells];
                let Some(first) = values.iter().position(|value| value.sign() < 0) else {
                    return Ok(true);
                };
                let (key, cell) = if step < hasty {
                    let negative = values.iter().filter(|value| value.sign() < 0).count();
                    (negative, (0..cells).min_by_key(|cell| &values[*cell]).unwrap_or(first))
                } else {
                    (self.own[ray], first)
                };
                if exchange.is_none_or(|(best, _, _)| key < best) {
                    exchange = Some((key, ray, cell));
                }
            }
            let Some((_, ray, cell)) = exchange else {
                return Ok(false);
            };
            self.work += size as u64;
            self.look(cell);
            self.eliminate(ray).ok_or(Stop::Overflow)?;
            negate(&mut self.rays[ray]).ok_or(Stop::Overflow)?;
            self.own[ray] = cell;
        }
        Err(Stop::Work)
    }

    /// Whether the sum of all rays, which is positive in their own cells, is nowhere negative.
    fn sum_is_nowhere_negative(&self) -> Option<bool> {
        for cell in 0..self.cells.len() {
            let mut sum = T::of(0);
            for ray in &self.rays {
                sum = sum.plus(&ray[cell])?;
            }
            if sum.sign() < 0 {
                return Some(false);
            }
        }
        Some(true)
    }

    /// Looks at a cell.
    fn look(&mut self, cell: usize) {
        self.here.clear();
        self.here.extend(self.rays.iter().map(|ray| ray[cell].clone()));
    }
}

fn negate<T: Exact>(ray: &mut [T]) -> Option<()> {
    for value in ray {
        *value = value.negated()?;
    }
    Some(())
}
