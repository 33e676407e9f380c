//! Synthetic records out of a pool of values.

pub(crate) mod pool;

use ctdata_table::{Control, Table};

use super::items::{Records, with_blanks};
use super::row_seeded::checked_k;
use super::synthesized::{SynthesisReport, Synthesized, caps, table_of};
use crate::PrivacyError;
use crate::dp::NoiseSource;
use crate::quasi::check_distinct;
use pool::Pool;

/// Synthetic records out of a pool that holds each value as often as the input, rounded down to a multiple
/// of k.
///
/// Value by value, a record goes on as a random real row that agrees with it so far: with one of the further
/// values of that row, each with the same probability, or with none if the row has none. A value is taken
/// only if k units share the longer record and the pool still has it. The pool is emptied, so that every value
/// occurs exactly as often as it may. Records correspond to no real ones; those that are made last, when
/// common values are used up, are short. A value is everything but a blank.
///
/// # Guarantee
/// Every combination of values, of any length, that a synthetic record has is had by at least k persons of the
/// input (records, where no ids say which records are of one person). Every value that k units have occurs
/// exactly as often as in the input, rounded down to a multiple of k rows; the others never.
///
/// Not protected: what k people have in common, that somebody is in the file, two releases of the same people
/// taken together. Nothing here is differentially private. Proof: [`k_anonymous_synthesis`](crate::proofs::k_anonymous_synthesis).
///
/// # Sources
/// D. Edge, W. Yang, K. Lytvynets, H. Cook, C. Galez-Davis, H. Darnton and C. M. White (2020), "Design of a
/// Privacy-Preserving Data Platform for Collaboration Against Human Trafficking", arXiv:2005.05688.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueSeeded {
    k: u64,
    attributes: Vec<String>,
}

impl ValueSeeded {
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

    /// Draws a synthetic table, a working copy. With the same table and seed it is the same.
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
        let lists = Pool::new(&records, self.k, caps(&records, self.k)).draw(&mut source.stream(), control)?;
        let blank_rows = records.blank_rows - records.blank_rows % self.k;
        let table = table_of(records.table.schema(), &records.items, &lists, blank_rows, control)?;
        report.output_rows = table.rows() as u64;
        Ok(Synthesized { table, report })
    }
}
