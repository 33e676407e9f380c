//! Synthetic records that grow out of real ones.

#![expect(clippy::indexing_slicing, reason = "caps and counts have one place per item")]

mod growth;

use ctdata_table::{Control, Table};

pub(crate) use growth::{NextItem, by_weight, grow};

use super::items::{ItemLists, Records, with_blanks};
use super::synthesized::{SynthesisReport, Synthesized, caps, suppress, table_of};
use super::value_seeded::pool::Pool;
use crate::PrivacyError;
use crate::dp::NoiseSource;
use crate::quasi::check_distinct;

/// Synthetic records that grow out of real ones: of each real record as much as k people share.
///
/// A synthetic record starts empty. From the real record it takes one value after the other, drawn in
/// proportion to the number of units that would share the longer record, as long as k of them do. What is
/// lost that way, up to a multiple of k of each value, goes into records of its own
/// ([`consolidate`](Self::consolidate)); then values that occur too often are blanked here and there. A value
/// is everything but a blank: `no` and *not applicable* as well. In effect this suppresses values of real
/// records.
///
/// ```
/// use ctdata_privacy::dp::NoiseSource;
/// use ctdata_privacy::synth::RowSeeded;
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")])?;
/// let columns = vec![Column::from_u8(vec![1, 1, 1, 1, 0]), Column::from_u8(vec![1, 1, 2, 2, 1])];
/// let table = Table::try_new(schema, columns)?;
/// let mut source = NoiseSource::from_seed(1);
/// let control = Control::default();
/// let released = RowSeeded::try_new(2)?.run(&table, &mut source, &control)?.output.verify(&control)?;
/// // The one `no` is rare, and of three times `b` only two are left.
/// let count = |column: usize, code| released.get().columns()[column].iter().filter(|&found| found == code).count();
/// assert_eq!((count(0, 0), count(0, 1), count(1, 1)), (0, 4, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Guarantee
/// Every combination of values, of any length, that a synthetic record has is had by at least k persons of the
/// input (records, where no ids say which records are of one person). Every value occurs at most as often as
/// in the input, rounded down to a multiple of k rows. With k = 1 the output is the input, in another order.
///
/// Not protected: what k people have in common, that somebody is in the file, two releases of the same people
/// taken together. Nothing here is differentially private. Proof: [`k_anonymous_synthesis`](crate::proofs::k_anonymous_synthesis).
///
/// # Sources
/// D. Edge, W. Yang, K. Lytvynets, H. Cook, C. Galez-Davis, H. Darnton and C. M. White (2020), "Design of a
/// Privacy-Preserving Data Platform for Collaboration Against Human Trafficking", arXiv:2005.05688.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSeeded {
    k: u64,
    attributes: Vec<String>,
    consolidate: bool,
}

impl RowSeeded {
    /// With this k, of all attributes, consolidated.
    ///
    /// # Errors
    /// A k of zero.
    pub fn try_new(k: u64) -> Result<Self, PrivacyError> {
        Ok(Self { k: checked_k(k)?, attributes: Vec::new(), consolidate: true })
    }

    /// Only these attributes, in this order; none named means all.
    #[must_use]
    pub fn attributes<S: Into<String>>(mut self, attributes: impl IntoIterator<Item = S>) -> Self {
        self.attributes = attributes.into_iter().map(Into::into).collect();
        self
    }

    /// Whether values that were lost come back in records of their own, which keeps the counts of single
    /// values and adds rows; on by default.
    #[must_use]
    pub fn consolidate(mut self, consolidate: bool) -> Self {
        self.consolidate = consolidate;
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
        // A record that k units have as it is grows to its end on every path.
        let mut lists = ItemLists::default();
        let mut seeds = Vec::new();
        for record in (0u32..).take(records.len()) {
            let rows = records.rows(record);
            let whole = !records.persons_repeat() && u64::from(rows) >= self.k;
            for _ in 0..rows {
                if whole {
                    lists.push(records.list(record));
                } else {
                    seeds.push(record);
                }
            }
        }
        lists.append(&grow(&records, self.k, &seeds, NextItem::BySupport, source, control)?);

        let caps = caps(&records, self.k);
        if self.consolidate {
            let used = lists.counts(caps.len());
            let left = (0..caps.len()).map(|item| caps[item].saturating_sub(used[item])).collect();
            let more = Pool::new(&records, self.k, left).draw(&mut source.stream(), control)?;
            report.consolidated_rows = more.len() as u64;
            lists.append(&more);
        }
        let (lists, suppressed) = suppress(&lists, &caps, &mut source.stream());
        report.suppressed_cells = suppressed;
        let blank_rows = records.blank_rows - records.blank_rows % self.k;
        let table = table_of(records.table.schema(), &records.items, &lists, blank_rows, control)?;
        report.output_rows = table.rows() as u64;
        Ok(Synthesized { table, report })
    }
}

/// A k that means something.
pub(super) fn checked_k(k: u64) -> Result<u64, PrivacyError> {
    if k > 0 { Ok(k) } else { Err(PrivacyError::InvalidParameter { parameter: "k", rule: "at least 1".to_owned() }) }
}
