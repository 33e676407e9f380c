//! Synthetic records out of reported counts alone.

#![expect(clippy::indexing_slicing, reason = "items and combinations are numbered by their index")]

mod index;

use std::collections::HashMap;

use ctdata_table::{Combinations, Control, Schema, Table};
use rand::Rng;

use super::items::{ItemLists, blank_added};
use super::row_seeded::by_weight;
use super::synthesized::table_of;
use super::value_seeded::pool::Urn;
use crate::PrivacyError;
use crate::dp::NoiseSource;
use index::{Index, ROOT};

/// Synthetic records out of reported counts of combinations, k-anonymous or noisy, without any record.
///
/// Every value is used as often as it is reported. A record begins with a value, drawn in proportion to how
/// often it is still to be used. It takes further values of which every combination with its values, up to the
/// length that is reported, is a reported one and has not occurred as often as reported; they are drawn
/// in proportion to the least that is left of these combinations. It ends when there is none. That what
/// is left counts, and not what was reported, keeps records from ending early or late: once the long
/// combinations are used up, records are short.
///
/// ```
/// use ctdata_privacy::dp::NoiseSource;
/// use ctdata_privacy::synth::{AggregateOptions, AggregateSeeded, ReportableAggregates};
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")])?;
/// let columns = vec![Column::from_u8(vec![1, 1, 1, 2, 2, 0]), Column::from_u8(vec![1, 1, 2, 1, 1, 0])];
/// let table = Table::try_new(schema, columns)?;
/// let control = Control::default();
/// let reported = ReportableAggregates::count(&table, &AggregateOptions::default(), 2, &control)?;
/// let mut source = NoiseSource::from_seed(1);
/// let (synthetic, _) =
///     AggregateSeeded::new().draw(reported.schema(), reported.combinations(), &mut source, &control)?;
/// // `a` is reported twice, `b` four times, both together twice: two records of both, two of `b`.
/// assert_eq!(synthetic.rows(), 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Guarantee
/// It sees the reported counts alone, so that their protection is that of its output: post-processing of a
/// differentially private release keeps its epsilon. Every combination of values in the output, up to the
/// reported length, is a reported one. No value occurs more often than reported. Longer combinations may be
/// ones that nobody has. The number of rows asked for must be public, or protected itself.
///
/// # Sources
/// D. Edge, W. Yang, K. Lytvynets, H. Cook, C. Galez-Davis, H. Darnton and C. M. White (2020), "Design of a
/// Privacy-Preserving Data Platform for Collaboration Against Human Trafficking", arXiv:2005.05688. Weights
/// by what is left, and how they are kept up to date, are our own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AggregateSeeded {
    records: Option<u64>,
}

/// An account of one synthesis from aggregates; it depends on the aggregates alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AggregateSeededReport {
    /// The length up to which every combination of the output is a reported one.
    pub length: u64,
    /// Reported combinations.
    pub combinations: u64,
    /// Rows of the output.
    pub rows: u64,
    /// How many values should occur besides, as reported, but did not fit into the rows asked for.
    pub unused_values: u64,
}

impl AggregateSeeded {
    /// Until every value has been used as often as reported.
    pub fn new() -> Self {
        Self::default()
    }

    /// So many rows. The last ones, made of what is left over, are not drawn if there would be more; if there
    /// would be fewer, the rest is blank.
    #[must_use]
    pub fn records(mut self, records: u64) -> Self {
        self.records = Some(records);
        self
    }

    /// Draws a synthetic table of the attributes of a schema, to whose positions and codes the combinations
    /// refer. With the same combinations and seed it is the same.
    ///
    /// # Errors
    /// Combinations of which a part is not reported, or of codes that the schema does not have or that are
    /// blanks; memory or time that `control` does not grant.
    pub fn draw(
        &self,
        schema: &Schema,
        combinations: &Combinations,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<(Table, AggregateSeededReport), PrivacyError> {
        let (schema, items) = output_items(schema, combinations.items())?;
        let index = Index::of(combinations, control)?;
        let singles = combinations.of_length(1).map(|(_, count)| count).collect();
        let mut sampler =
            Sampler { index, items: &items, pool: Urn::new(singles), chosen: Vec::new(), candidates: Vec::new() };
        let mut rng = source.stream();
        let mut lists = ItemLists::default();
        let all = sampler.pool.total;
        while self.records.is_none_or(|records| (lists.len() as u64) < records) && sampler.draw(&mut rng) {
            if lists.len().is_multiple_of(256) {
                control.check()?;
                control.report("emptying the pool of values", all - sampler.pool.total, Some(all));
            }
            lists.push(&sampler.chosen);
        }
        let blank_rows = self.records.map_or(0, |records| records - lists.len() as u64);
        let table = table_of(&schema, &items, &lists, blank_rows, control)?;
        let report = AggregateSeededReport {
            length: sampler.index.longest as u64,
            combinations: combinations.len() as u64,
            rows: table.rows() as u64,
            unused_values: sampler.pool.total,
        };
        Ok((table, report))
    }
}

/// The schema in which every attribute has a blank, and the items in its codes.
fn output_items(schema: &Schema, items: &[(u16, u16)]) -> Result<(Schema, Vec<(u16, u16)>), PrivacyError> {
    let invalid = || PrivacyError::InvalidParameter {
        parameter: "combinations",
        rule: "their items are codes of the schema, and none is a blank".to_owned(),
    };
    let mut attributes = schema.attributes().to_vec();
    let mut maps = HashMap::new();
    for (position, attribute) in attributes.iter_mut().enumerate() {
        if let Some((new, map)) = blank_added(attribute) {
            *attribute = new;
            maps.insert(position, map);
        }
    }
    let mut output = Vec::with_capacity(items.len());
    for &(position, code) in items {
        let before = schema.get(position.into()).ok_or_else(invalid)?;
        if usize::from(code) >= before.code_count() || before.blank_code() == Some(code) {
            return Err(invalid());
        }
        let new = maps.get(&usize::from(position)).and_then(|map| map.get(usize::from(code))).copied();
        output.push((position, new.unwrap_or(code)));
    }
    let mut new = Schema::try_new(attributes)?;
    for group in schema.groups() {
        let names: Vec<&str> = group.members().iter().filter_map(|&member| Some(schema.get(member)?.name())).collect();
        new = new.with_group(group.name(), &names)?;
    }
    Ok((new, output))
}

/// An item that may be added, and the least that is left of a reported combination of it with chosen items.
type Candidate = (u32, u64);

/// A record in the making.
struct Sampler<'a> {
    index: Index,
    items: &'a [(u16, u16)],
    pool: Urn,
    /// Ascending.
    chosen: Vec<u32>,
    /// Ascending.
    candidates: Vec<Candidate>,
}

impl Sampler<'_> {
    /// Chooses the items of the next record; false when the pool is empty.
    fn draw<R: Rng + ?Sized>(&mut self, rng: &mut R) -> bool {
        let mut next = self.pool.draw(rng);
        if next.is_none() {
            return false;
        }
        self.chosen.clear();
        let left = &self.index.left;
        let of = |&(item, longer): &(u32, u32)| (item, left[longer as usize]);
        self.candidates = self.index.extensions(ROOT).iter().map(of).collect();
        while let Some(item) = next {
            self.add(item);
            next = by_weight(&self.candidates, rng);
        }
        self.index.take(&self.chosen);
        self.chosen.iter().for_each(|&item| self.pool.take(item));
        true
    }

    /// Adds an item to the record, and leaves as candidates what still may be added: of which every combination
    /// with chosen items is reported, and something is left.
    fn add(&mut self, item: u32) {
        let longest = self.index.longest;
        let before = self.chosen.clone();
        insert(&mut self.chosen, item);
        if self.chosen.len() < longest {
            let left = &self.index.left;
            let of = |&(item, longer): &(u32, u32)| (item, left[longer as usize]);
            let number = self.index.find(&self.chosen);
            self.candidates = number.map_or(&[][..], |number| self.index.extensions(number)).iter().map(of).collect();
        } else if longest > 1 {
            // Combinations without the new item were looked at when their last item came.
            let mut part = Vec::with_capacity(longest);
            let mut places: Vec<usize> = (0..longest - 2).collect();
            loop {
                part.clear();
                part.extend(places.iter().map(|&place| before[place]));
                insert(&mut part, item);
                self.keep_extensions_of(&part);
                if self.candidates.is_empty() || !next_subset(&mut places, before.len()) {
                    break;
                }
            }
        }
        let (items, pool) = (self.items, &self.pool);
        let attribute = items[item as usize].0;
        self.candidates.retain(|&(other, left)| {
            left > 0 && items[other as usize].0 != attribute && pool.counts[other as usize] > 0
        });
    }

    /// Leaves the candidates that are reported together with this combination.
    fn keep_extensions_of(&mut self, part: &[u32]) {
        let (index, mut at) = (&self.index, 0);
        let extensions = index.find(part).map_or(&[][..], |number| index.extensions(number));
        self.candidates.retain_mut(|(item, least)| {
            while extensions.get(at).is_some_and(|extension| extension.0 < *item) {
                at += 1;
            }
            let longer = extensions.get(at).filter(|extension| extension.0 == *item).map(|extension| extension.1);
            *least = longer.map_or(0, |longer| index.left[longer as usize]).min(*least);
            longer.is_some()
        });
    }
}

fn insert(items: &mut Vec<u32>, item: u32) {
    items.insert(items.partition_point(|other| *other < item), item);
}

/// The next ascending places below `end`, in lexicographic order; false after the last.
fn next_subset(places: &mut [usize], end: usize) -> bool {
    let size = places.len();
    let Some(moved) = (0..size).rev().find(|&at| places[at] + size - at < end) else { return false };
    places[moved] += 1;
    for at in moved + 1..size {
        places[at] = places[at - 1] + 1;
    }
    true
}

#[cfg(test)]
mod tests;
