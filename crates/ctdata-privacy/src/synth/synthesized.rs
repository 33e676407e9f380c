//! What a k-anonymous synthesizer hands back, and the steps that several of them share.

#![expect(clippy::indexing_slicing, reason = "items and records are numbered by this crate")]

use ctdata_table::{Attribute, Column, Control, Schema, Table};
use rand::Rng;

use super::items::{ItemLists, Records};
use crate::anonymize::assemble;
use crate::draw::shuffle;
use crate::{PrivacyError, PrivacyUnit};

/// A synthetic table, which is a working copy and not a release, and the account of what was done.
///
/// It has the attributes asked for, no ids and no weights, and its rows stand in the order of their codes. An
/// attribute without a blank has got one.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub(crate) struct Synthesized {
    /// The synthetic table.
    pub table: Table,
    /// What was done. Internal: its counts come from confidential records.
    pub report: SynthesisReport,
}

/// An account of one k-anonymous synthesis.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SynthesisReport {
    /// The units that must share every combination of values in a synthetic record.
    pub k: u64,
    /// What these units are.
    pub unit: PrivacyUnit,
    /// Rows of the input.
    pub input_rows: u64,
    /// Rows of the output.
    pub output_rows: u64,
    /// Items (values of one attribute) that occur in the input.
    pub items: u64,
    /// Of these, the ones that fewer than k units have, so that the output has none of them.
    pub rare_items: u64,
    /// Rows that were made to give back values that other rows had lost.
    pub consolidated_rows: u64,
    /// Cells that were blanked since a value would have occurred too often.
    pub suppressed_cells: u64,
}

impl SynthesisReport {
    pub(super) fn new(k: u64, input: &Table, records: &Records) -> Self {
        let items = records.table.schema().attributes().iter().zip(records.table.columns());
        let items: usize = items.map(|(attribute, column)| distinct_items(attribute, column)).sum();
        Self {
            k,
            unit: PrivacyUnit::of(input),
            input_rows: input.rows() as u64,
            output_rows: 0,
            items: items as u64,
            rare_items: (items - records.items.len()) as u64,
            consolidated_rows: 0,
            suppressed_cells: 0,
        }
    }
}

fn distinct_items(attribute: &Attribute, column: &Column) -> usize {
    let mut seen = vec![false; attribute.code_count()];
    column.iter().for_each(|code| seen[usize::from(code)] = true);
    if let Some(blank) = attribute.blank_code() {
        seen[usize::from(blank)] = false;
    }
    seen.iter().filter(|seen| **seen).count()
}

/// How often each item may occur: rows of the input, rounded down to a multiple of k.
pub(super) fn caps(records: &Records, k: u64) -> Vec<u64> {
    records.rows_of_item.iter().map(|rows| rows - rows % k.max(1)).collect()
}

/// Takes items out of lists, in random order of the lists, until none occurs more often than its cap. Gives
/// the lists that are not empty then, and how many items were taken.
pub(super) fn suppress<R: Rng + ?Sized>(lists: &ItemLists, caps: &[u64], rng: &mut R) -> (ItemLists, u64) {
    let mut surplus: Vec<u64> =
        lists.counts(caps.len()).iter().zip(caps).map(|(count, cap)| count.saturating_sub(*cap)).collect();
    let mut order: Vec<usize> = (0..lists.len()).collect();
    shuffle(rng, &mut order);
    let (mut kept, mut left, mut taken) = (ItemLists::default(), Vec::new(), 0);
    for at in order {
        left.clear();
        for &item in lists.get(at) {
            let surplus = &mut surplus[item as usize];
            if *surplus > 0 {
                *surplus -= 1;
                taken += 1;
            } else {
                left.push(item);
            }
        }
        if !left.is_empty() {
            kept.push(&left);
        }
    }
    (kept, taken)
}

/// The table of such records and so many blank rows, in canonical form.
pub(super) fn table_of(
    schema: &Schema,
    items: &[(u16, u16)],
    lists: &ItemLists,
    blank_rows: u64,
    control: &Control,
) -> Result<Table, PrivacyError> {
    let attributes = schema.attributes();
    let rows = (lists.len() as u64).saturating_add(blank_rows);
    control.reserve(rows.saturating_mul(4 * attributes.len() as u64))?;
    let rows = usize::try_from(rows).unwrap_or(usize::MAX);
    let blank = |attribute: &Attribute| attribute.blank_code().unwrap_or(0);
    let mut codes: Vec<Vec<u16>> = attributes.iter().map(|attribute| vec![blank(attribute); rows]).collect();
    for (row, list) in lists.iter().enumerate() {
        for &item in list {
            let (position, code) = items[item as usize];
            codes[usize::from(position)][row] = code;
        }
    }
    control.check()?;
    let columns = codes.iter().zip(attributes).map(|(codes, a)| Column::from_codes(codes, a.code_count())).collect();
    let table = Table::try_new(schema.clone(), columns)?;
    let positions: Vec<usize> = (0..attributes.len()).collect();
    let all: Vec<u32> = (0..=u32::MAX).take(table.rows()).collect();
    Ok(assemble(&table, &positions, &all)?.0)
}

/// Maps every item in the caller's pool; results come in the order of the items.
#[cfg(feature = "rayon")]
pub(super) fn try_map<T: Send, R: Send>(
    items: Vec<T>,
    map: impl Fn(T) -> Result<R, PrivacyError> + Sync + Send,
) -> Result<Vec<R>, PrivacyError> {
    use rayon::prelude::*;
    items.into_par_iter().map(map).collect()
}

/// Maps every item, or gives the first error.
#[cfg(not(feature = "rayon"))]
pub(super) fn try_map<T, R>(items: Vec<T>, map: impl Fn(T) -> Result<R, PrivacyError>) -> Result<Vec<R>, PrivacyError> {
    items.into_iter().map(map).collect()
}
