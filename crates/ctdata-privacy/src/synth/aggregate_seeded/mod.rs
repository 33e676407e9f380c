//! Synthetic records out of reported counts alone.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "items and combinations are numbered by their index and fit 32 bits"
)]

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
use crate::perturb::draw::below;
use index::{Index, ROOT};

/// Synthetic records out of reported counts of combinations, k-anonymous or noisy, without any record.
///
/// PLACEHOLDER
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AggregateSeeded {
    records: Option<u64>,
    #[doc(hidden)]
    pub mode: u32,
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
    /// Values of the pool that did not fit into the rows asked for.
    pub unused_values: u64,
}

impl AggregateSeeded {
    /// Until every value has been used as often as reported.
    pub fn new() -> Self {
        Self::default()
    }

    /// So many rows.
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
        let mut sampler = Sampler::new(index, &items, Urn::new(singles), self.mode);
        let mut rng = source.stream();
        let mut lists = ItemLists::default();
        let all = sampler.pool.total;
        while self.records.is_none_or(|records| (lists.len() as u64) < records)
            && sampler.draw(&mut rng)
        {
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
        let names: Vec<&str> =
            group.members().iter().filter_map(|&member| Some(schema.get(member)?.name())).collect();
        new = new.with_group(group.name(), &names)?;
    }
    Ok((new, output))
}

/// An item that may be added.
#[derive(Clone, Copy)]
struct Candidate {
    item: u32,
    /// The least that is left of a reported combination of it with chosen items.
    left: u64,
    /// The estimated share, among what is left of the chosen items, of records that have it besides.
    share: f64,
}

struct Sampler<'a> {
    index: Index,
    items: &'a [(u16, u16)],
    pool: Urn,
    mode: u32,
    chosen: Vec<u32>,
    candidates: Vec<Candidate>,
}

impl<'a> Sampler<'a> {
    fn new(index: Index, items: &'a [(u16, u16)], pool: Urn, mode: u32) -> Self {
        Self { index, items, pool, mode, chosen: Vec::new(), candidates: Vec::new() }
    }

    /// Chooses the items of the next record; none are left when the pool is empty.
    fn draw<R: Rng + ?Sized>(&mut self, rng: &mut R) -> bool {
        let Some(first) = self.pool.draw(rng) else { return false };
        self.chosen.clear();
        self.candidates.clear();
        if self.index.longest == 1 {
            let of = |&(item, number): &(u32, u32)| Candidate { item, left: self.index.left[number as usize], share: 0.0 };
            let all: Vec<_> = self.index.extensions(ROOT).iter().map(of).collect();
            self.candidates.extend(all);
        }
        self.add(first);
        let mut open = Vec::new();
        loop {
            open.clear();
            open.extend(self.candidates.iter().map(|c| (c.item, if self.mode & 2 != 0 { c.left } else { 1 + (c.share * 1e6) as u64 })));
            if self.mode & 1 != 0 && self.ends(rng) {
                break;
            }
            let Some(item) = by_weight(&open, rng) else { break };
            self.add(item);
        }
        self.index.take(&self.chosen);
        for &item in &self.chosen {
            self.pool.take(item);
        }
        true
    }

    fn ends<R: Rng + ?Sized>(&self, rng: &mut R) -> bool {
        let mut none = 1.0f64;
        let mut at = 0;
        while at < self.candidates.len() {
            let attribute = self.items[self.candidates[at].item as usize].0;
            let mut some = 0.0;
            while at < self.candidates.len() && self.items[self.candidates[at].item as usize].0 == attribute {
                some += self.candidates[at].share;
                at += 1;
            }
            none *= (1.0 - some).max(0.0);
        }
        (below(rng, 1 << 53) as f64) < none * (1u64 << 53) as f64
    }

    /// Adds an item to the record, and leaves as candidates what still may be added.
    fn add(&mut self, item: u32) {
        let longest = self.index.longest;
        let before = self.chosen.clone();
        self.chosen.insert(self.chosen.partition_point(|other| *other < item), item);
        let fixed = self.mode & 4 != 0;
        let _ = fixed;
        if self.chosen.len() < longest {
            let Some(number) = self.index.find(&self.chosen) else { return self.candidates.clear() };
            let of = self.index.left[number as usize].max(1);
            self.candidates = self
                .index
                .extensions(number)
                .iter()
                .map(|&(item, longer)| {
                    let left = self.index.left[longer as usize];
                    Candidate { item, left, share: (left as f64 / of as f64).min(1.0) }
                })
                .collect();
        } else if longest > 1 {
            let mut parts = Vec::new();
            subsets(&before, longest - 2, &mut Vec::new(), &mut parts);
            for mut part in parts {
                part.insert(part.partition_point(|other| *other < item), item);
                let Some(number) = self.index.find(&part) else { return self.candidates.clear() };
                let of = self.index.left[number as usize].max(1);
                let extensions = self.index.extensions(number);
                let mut at = 0;
                let left = &self.index.left;
                self.candidates.retain_mut(|candidate| {
                    while at < extensions.len() && extensions[at].0 < candidate.item {
                        at += 1;
                    }
                    let Some(&(_, longer)) = extensions.get(at).filter(|found| found.0 == candidate.item) else {
                        return false;
                    };
                    let left = left[longer as usize];
                    candidate.left = candidate.left.min(left);
                    candidate.share = candidate.share.min(left as f64 / of as f64);
                    true
                });
            }
        }
        let (items, pool) = (self.items, &self.pool);
        let attribute = items[item as usize].0;
        self.candidates.retain(|c| items[c.item as usize].0 != attribute && pool.counts[c.item as usize] > 0 && c.left > 0);
    }
}

/// All subsets of so many items, each ascending.
fn subsets(items: &[u32], size: usize, prefix: &mut Vec<u32>, found: &mut Vec<Vec<u32>>) {
    if size == 0 {
        found.push(prefix.clone());
        return;
    }
    for (place, &item) in items.iter().enumerate() {
        prefix.push(item);
        subsets(&items[place + 1..], size - 1, prefix, found);
        prefix.pop();
    }
}
