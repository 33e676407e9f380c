//! Synthetic records drawn attribute by attribute.

use ctdata_table::{Control, Table};
use rand::Rng;

use super::items::{Records, with_blanks};
use super::row_seeded::{NextItem, checked_k, grow};
use super::synthesized::{SynthesisReport, Synthesized, table_of};
use crate::PrivacyError;
use crate::dp::NoiseSource;
use crate::draw::below;
use crate::quasi::check_distinct;

/// As many synthetic records as the input has, drawn attribute by attribute.
///
/// For each record the attributes come in random order. Of each, a value or a blank is drawn in proportion to
/// the real records that agree with what was drawn so far; a value that fewer than k units would share
/// counts as blank, and records with such a value go on counting, so that no attribute is starved of
/// records by the ones before it. A value is everything but a blank.
///
/// To draw from the records that agree, and to go on with those that agree with the draw, is to draw one record
/// and uncover it step by step. This is how it is computed.
///
/// # Guarantee
/// Every combination of values, of any length, that a synthetic record has is had by at least k persons of the
/// input (records, where no ids say which records are of one person). The number of rows is that of the
/// input, which is not protected.
///
/// Not protected: what k people have in common, that somebody is in the file, two releases of the same people
/// taken together. Nothing here is differentially private. Proof: [`k_anonymous_synthesis`](crate::proofs::k_anonymous_synthesis).
///
/// # Sources
/// D. Edge, W. Yang, K. Lytvynets, H. Cook, C. Galez-Davis, H. Darnton and C. M. White (2020), "Design of a
/// Privacy-Preserving Data Platform for Collaboration Against Human Trafficking", arXiv:2005.05688.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseeded {
    k: u64,
    attributes: Vec<String>,
}

impl Unseeded {
    /// With this k, of all attributes.
    ///
    /// # Errors
    /// A k of zero.
    pub fn try_new(k: u64) -> Result<Self, PrivacyError> {
        Ok(Self { k: checked_k(k)?, attributes: Vec::new() })
    }

    /// Only these attributes, in this order; none named means all.
    #[must_use]
    pub fn attributes<S: Into<String>>(mut self, attributes: impl IntoIterator<Item = S>) -> Self {
        self.attributes = attributes.into_iter().map(Into::into).collect();
        self
    }

    /// Draws a synthetic table, a working copy. With the same table and seed it is the same, on any number
    /// of threads.
    ///
    /// # Errors
    /// An attribute that the table does not have or that is named twice, weights, or memory or time that
    /// `control` does not grant.
    pub(crate) fn draw(
        &self,
        table: &Table,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Synthesized, PrivacyError> {
        check_distinct(&self.attributes)?;
        let records = Records::of(&with_blanks(table, &self.attributes)?, self.k, control)?;
        let mut report = SynthesisReport::new(self.k, table, &records);
        // Rows without any item come last.
        let mut ends: Vec<u64> = Vec::with_capacity(records.len());
        for record in (0u32..).take(records.len()) {
            ends.push(ends.last().copied().unwrap_or(0) + u64::from(records.rows(record)));
        }
        let rows = table.rows() as u64;
        let mut rng = source.stream();
        let drawn = draw_seeds(&ends, rows, &mut rng);
        let blank_rows = rows - drawn.len() as u64;
        let lists = grow(&records, self.k, &drawn, NextItem::Evenly, source, control)?;
        let table = table_of(records.table.schema(), &records.items, &lists, blank_rows, control)?;
        report.output_rows = table.rows() as u64;
        Ok(Synthesized { table, report })
    }
}

/// As many records as there are rows, drawn with replacement, ascending; less the rows that have no item.
fn draw_seeds<R: Rng + ?Sized>(ends: &[u64], rows: u64, rng: &mut R) -> Vec<u32> {
    let mut draws: Vec<u64> = (0..rows).map(|_| below(rng, rows)).collect();
    draws.sort_unstable();
    let mut seeds = Vec::with_capacity(draws.len());
    let mut record = 0u32;
    for draw in draws {
        while ends.get(record as usize).is_some_and(|end| *end <= draw) {
            record += 1;
        }
        if (record as usize) < ends.len() {
            seeds.push(record);
        }
    }
    seeds
}
