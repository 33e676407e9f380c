//! Records drawn from a model, as near to its counts as whole numbers are.
//!
//! Attributes are drawn one after another, each given those of its clique that were drawn before. Records that
//! agree in these make a group; the codes of a group are its expected numbers, rounded down, and for what is
//! left a systematic sample with the fractions as probabilities. Which record of the group gets which code is
//! shuffled anew for every attribute, so that attributes that are independent given the group stay so.
//!
//! # Sources
//! R. McKenna, G. Miklau and D. Sheldon (2021), "Winning the NIST Contest: A scalable and general approach to
//! differentially private synthetic data", Journal of Privacy and Confidentiality 11(3). W. G. Madow (1949), "On
//! the theory of systematic sampling, II", Annals of Mathematical Statistics 20(3): 333–354.
#![expect(clippy::indexing_slicing, reason = "offsets are made from the sizes of the clique")]

use ctdata_table::{Column, Control};
use rand::CryptoRng;

use super::clique::Work;
use super::factor::strides;
use super::model::GraphicalModel;
use crate::PrivacyError;
use crate::dp::NoiseSource;
use crate::draw::shuffle;

/// Most codes of an attribute that can be drawn.
const CODES: usize = 1 << 16;

impl GraphicalModel {
    /// Draws so many records: one column per attribute, in the order of the shape. The columns have the codes
    /// that the measurements counted.
    ///
    /// Every attribute draws from a stream of its own.
    ///
    /// # Errors
    /// More rows than a table has, more codes than a column has, cancelled, past the memory cap.
    pub(crate) fn sample(
        &self,
        rows: u64,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Vec<Column>, PrivacyError> {
        let Ok(rows) = u32::try_from(rows) else {
            return Err(PrivacyError::InvalidParameter { parameter: "rows", rule: "is below 2^32".to_owned() });
        };
        if self.shape.iter().any(|&size| size > CODES) {
            return Err(PrivacyError::InvalidParameter {
                parameter: "shape",
                rule: format!("has at most {CODES} codes per attribute"),
            });
        }
        let largest = self.network.largest_clique();
        let needed = u128::from(rows) * (2 * self.shape.len() as u128 + 24) + largest.saturating_mul(32);
        control.reserve(u64::try_from(needed).unwrap_or(u64::MAX))?;

        let sizes = &self.network.sizes;
        let mut drawn: Vec<Option<Vec<u16>>> = vec![None; sizes.len()];
        let mut work = Work::default();
        let mut groups = Groups::new(rows);
        let mut done = 0;
        for &clique in &self.network.tree.order {
            let attributes = &self.network.tree.cliques[clique];
            let mut known: Vec<usize> = attributes.iter().copied().filter(|&a| drawn[a].is_some()).collect();
            let fresh: Vec<usize> = attributes.iter().copied().filter(|&a| drawn[a].is_none()).collect();
            let mut sets = Vec::with_capacity(fresh.len());
            for &attribute in &fresh {
                known.push(attribute);
                known.sort_unstable();
                sets.push(known.clone());
            }
            for (&attribute, set) in fresh.iter().zip(&sets) {
                control.check()?;
                control.report("drawing records", done, Some(sizes.len() as u64));
                let table = self.network.within(clique, std::slice::from_ref(set), &self.messages, &mut work);
                let table = table.into_iter().next().unwrap_or_default();
                let steps = strides(set, set, sizes);
                let mut step = 1;
                groups.clear();
                for (&other, &stride) in set.iter().zip(&steps) {
                    match &drawn[other] {
                        _ if other == attribute => step = stride,
                        Some(codes) => groups.split(codes, stride),
                        None => {}
                    }
                }
                groups.gather(table.len());
                drawn[attribute] = Some(groups.draw(&table, sizes[attribute], step, &mut source.stream()));
                done += 1;
            }
        }
        Ok(self
            .rank
            .iter()
            .zip(&self.shape)
            .map(|(&inner, &size)| Column::from_codes(drawn[inner].as_deref().unwrap_or_default(), size))
            .collect())
    }
}

/// The rows, ordered by group.
pub(super) struct Groups {
    /// The place of each row's group in the table.
    places: Vec<usize>,
    /// Rows, those of a group together.
    order: Vec<u32>,
    counts: Vec<u32>,
}

impl Groups {
    pub(super) fn new(rows: u32) -> Self {
        Self { places: vec![0; rows as usize], order: (0..rows).collect(), counts: Vec::new() }
    }

    /// One group of all.
    fn clear(&mut self) {
        self.places.fill(0);
    }

    pub(super) fn split(&mut self, codes: &[u16], stride: usize) {
        self.places.iter_mut().zip(codes).for_each(|(place, &code)| *place += usize::from(code) * stride);
    }

    /// Sorts rows by group, in a table of so many cells.
    pub(super) fn gather(&mut self, cells: usize) {
        let rows = self.places.len();
        if cells > 4 * rows + 1024 {
            self.order.sort_unstable_by_key(|&row| (self.places[row as usize], row));
            return;
        }
        self.counts.clear();
        self.counts.resize(cells + 1, 0);
        self.places.iter().for_each(|&place| self.counts[place + 1] += 1);
        for place in 1..self.counts.len() {
            self.counts[place] += self.counts[place - 1];
        }
        for (row, &place) in (0u32..).zip(&self.places) {
            self.order[self.counts[place] as usize] = row;
            self.counts[place] += 1;
        }
    }

    /// A code for every row: `table` has the weights of the codes of a group, `step` apart from its place.
    pub(super) fn draw<R: CryptoRng + ?Sized>(&self, table: &[f64], size: usize, step: usize, rng: &mut R) -> Vec<u16> {
        let mut drawn = vec![0u16; self.places.len()];
        let mut weights = vec![0.0; size];
        // For groups that the model does not expect: the attribute alone.
        let mut alone = vec![0.0; size];
        table.chunks(step).enumerate().for_each(|(run, cells)| alone[run % size] += cells.iter().sum::<f64>());
        let mut codes = Vec::new();
        let mut rest = self.order.as_slice();
        while let Some(&first) = rest.first() {
            let place = self.places[first as usize];
            let many = rest.iter().position(|&row| self.places[row as usize] != place).unwrap_or(rest.len());
            let (group, after) = rest.split_at(many);
            rest = after;
            weights.iter_mut().zip(table[place..].iter().step_by(step)).for_each(|(weight, &cell)| *weight = cell);
            if weights.iter().sum::<f64>() <= 0.0 {
                weights.copy_from_slice(&alone);
            }
            round(&weights, many, &mut codes, rng);
            shuffle(rng, &mut codes);
            for (&row, &code) in group.iter().zip(&codes) {
                drawn[row as usize] = code;
            }
        }
        drawn
    }
}

/// So many codes with numbers in proportion to the weights, each rounded up or down, in ascending order.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers of rows, below 2^32"
)]
fn round<R: CryptoRng + ?Sized>(weights: &[f64], many: usize, codes: &mut Vec<u16>, rng: &mut R) {
    codes.clear();
    let sum: f64 = weights.iter().sum();
    let scale = if sum > 0.0 { many as f64 / sum } else { 0.0 };
    let whole: usize = weights.iter().map(|weight| (weight * scale).floor() as usize).sum();
    let parts: f64 = weights.iter().map(|weight| (weight * scale).fract()).sum();
    let left = many.saturating_sub(whole);
    // The fractions on a line, scaled to so many units, and one mark per unit at the same place in each.
    let units = if parts > 0.0 { left as f64 / parts } else { 0.0 };
    let mut mark = (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let mut reached = 0.0;
    for (code, weight) in (0u16..).zip(weights) {
        let expected = weight * scale;
        let mut copies = expected.floor() as usize;
        reached += expected.fract() * units;
        if mark < reached {
            copies += 1;
            mark += 1.0;
        }
        codes.extend(std::iter::repeat_n(code, copies.min(many - codes.len())));
    }
    // Lost to rounding of the fractions, at most: the likeliest code.
    let likeliest = (0u16..).zip(weights).max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(code, _)| code);
    codes.resize(many, likeliest);
}
