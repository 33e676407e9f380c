//! The sums of a product of tables over one clique, without ever holding the product.
//!
//! The last attributes of a clique make its inner block, a row of some dozen cells. The other attributes are
//! walked through like a tree: at each depth the row of products so far is multiplied by the tables whose
//! last attribute was just fixed, and rows of sums come back on the way up. A cell costs one multiplication
//! and one addition per table that ends at the deepest level, however many tables there are.
#![expect(clippy::indexing_slicing, reason = "offsets are made from the sizes of the clique")]

use super::factor::{Projection, add, cells, contains, strides, total};

/// The least length of a row, where the clique has so many cells.
const ROW: usize = 16;
/// Cliques of so many cells are one row.
const SMALL: usize = 128;

/// Tables that are walked through together.
#[derive(Debug, Clone)]
struct Group {
    /// Attributes of its table: some of the outer ones, and the whole inner block or nothing of it.
    attributes: Vec<usize>,
    cells: usize,
    /// How far apart neighbours in each outer attribute are.
    strides: Vec<usize>,
    /// Outer attributes that have to be fixed.
    depth: usize,
    wide: bool,
}

/// A table that is multiplied in or summed out.
#[derive(Debug, Clone)]
struct Port {
    group: usize,
    projection: Projection,
    cells: usize,
}

/// How one clique is walked through, for a fixed set of tables.
#[derive(Debug, Clone)]
pub(super) struct Clique {
    /// Sizes of the outer attributes.
    outer: Vec<usize>,
    /// Cells of the inner block.
    row: usize,
    groups: Vec<Group>,
    ports: Vec<Port>,
    /// Groups that move with each outer attribute.
    moving: Vec<Vec<usize>>,
}

/// Memory that is used again and again.
#[derive(Debug, Default)]
pub(super) struct Work {
    factors: Vec<Vec<f64>>,
    sums: Vec<Vec<f64>>,
    rows: Vec<Vec<f64>>,
    below: Vec<Vec<f64>>,
}

impl Clique {
    /// For a clique and the attributes of each of its tables.
    pub(super) fn new<S: AsRef<[usize]>>(attributes: &[usize], ports: &[S], sizes: &[usize]) -> Self {
        let all = cells(attributes, sizes);
        let (mut split, mut row) = (attributes.len(), 1);
        while split > 0 && (row < ROW || all <= SMALL) {
            split -= 1;
            row *= sizes[attributes[split]];
        }
        let (outer, inner) = attributes.split_at(split);
        let mut clique = Self {
            outer: outer.iter().map(|&a| sizes[a]).collect(),
            row,
            groups: Vec::new(),
            ports: Vec::with_capacity(ports.len()),
            moving: vec![Vec::new(); split],
        };
        // Large tables first, so that the smaller ones may join them.
        let widened: Vec<Vec<usize>> = ports.iter().map(|port| widened(port.as_ref(), outer, inner)).collect();
        let mut order: Vec<usize> = (0..ports.len()).collect();
        order.sort_by_key(|&port| std::cmp::Reverse(widened[port].len()));
        let mut group_of = vec![0; ports.len()];
        for &port in &order {
            group_of[port] = clique.group_for(&widened[port], outer, inner, sizes);
        }
        for (port, &group) in ports.iter().zip(&group_of) {
            let projection = Projection::new(&clique.groups[group].attributes, port.as_ref(), sizes);
            clique.ports.push(Port { group, projection, cells: cells(port.as_ref(), sizes) });
        }
        for (number, group) in clique.groups.iter().enumerate() {
            for (level, &stride) in group.strides.iter().enumerate() {
                if stride > 0 {
                    clique.moving[level].push(number);
                }
            }
        }
        clique
    }

    /// A group that these attributes are part of, where joining it is cheaper than being walked through
    /// alone; else a new one.
    fn group_for(&mut self, attributes: &[usize], outer: &[usize], inner: &[usize], sizes: &[usize]) -> usize {
        let depth = outer.iter().rposition(|a| attributes.contains(a)).map_or(0, |level| level + 1);
        let wide = !inner.is_empty() && contains(attributes, inner);
        let alone = cells(&outer[..depth], sizes) * if wide { self.row } else { 1 };
        let joined =
            self.groups.iter().enumerate().filter(|(_, group)| {
                group.wide == wide && group.cells <= alone && contains(&group.attributes, attributes)
            });
        if let Some((number, _)) = joined.min_by_key(|(_, group)| group.cells) {
            return number;
        }
        let strides = strides(outer, attributes, sizes);
        self.groups.push(Group {
            cells: cells(attributes, sizes),
            attributes: attributes.to_vec(),
            strides,
            depth,
            wide,
        });
        self.groups.len() - 1
    }

    /// Bytes that a walk needs.
    pub(super) fn bytes(&self) -> u128 {
        self.groups.iter().map(|group| 16 * group.cells as u128).sum()
    }

    /// Multiplies the given inputs and gives the sums of the products over the wanted outputs, which are
    /// overwritten, and over all cells. Input and output are by port; a port may be both.
    pub(super) fn run(&self, inputs: &[Option<&[f64]>], outputs: &mut [Option<&mut [f64]>], work: &mut Work) -> f64 {
        let groups = self.groups.len();
        let depths = self.outer.len() + 1;
        work.factors.resize_with(work.factors.len().max(groups), Vec::new);
        work.sums.resize_with(work.sums.len().max(groups), Vec::new);
        work.rows.resize_with(work.rows.len().max(depths), Vec::new);
        work.below.resize_with(work.below.len().max(depths), Vec::new);
        let mut walk = Walk {
            clique: self,
            factors: &mut work.factors,
            sums: &mut work.sums,
            rows: &mut work.rows,
            below: &mut work.below,
            offsets: vec![0; groups],
            totals: vec![0.0; depths],
            rows_in: vec![Vec::new(); depths],
            scalars_in: vec![Vec::new(); depths],
            rows_out: vec![Vec::new(); depths],
            scalars_out: vec![Vec::new(); depths],
            summed: 0,
            lowest: 0,
        };
        let mut used = vec![(false, false); groups];
        for ((port, input), output) in self.ports.iter().zip(inputs).zip(&*outputs) {
            if let Some(input) = input {
                let factor = &mut walk.factors[port.group];
                if !used[port.group].0 && port.projection.is_identity() {
                    factor.clear();
                    factor.extend_from_slice(input);
                } else {
                    if !used[port.group].0 {
                        factor.clear();
                        factor.resize(self.groups[port.group].cells, 1.0);
                    }
                    port.projection.multiply(factor, input);
                }
                used[port.group].0 = true;
            }
            if output.is_some() && !used[port.group].1 {
                walk.sums[port.group].clear();
                walk.sums[port.group].resize(self.groups[port.group].cells, 0.0);
                used[port.group].1 = true;
            }
        }
        for (number, (group, &(reads, writes))) in self.groups.iter().zip(&used).enumerate() {
            if reads {
                let list = if group.wide { &mut walk.rows_in } else { &mut walk.scalars_in };
                list[group.depth].push(number);
            }
            if writes {
                let list = if group.wide { &mut walk.rows_out } else { &mut walk.scalars_out };
                list[group.depth].push(number);
            }
        }
        walk.summed = walk.scalars_out.iter().rposition(|list| !list.is_empty()).unwrap_or(0);
        walk.lowest =
            walk.rows_out.iter().position(|list| !list.is_empty()).map_or(walk.summed, |d| d.min(walk.summed));
        for depth in 0..depths {
            walk.rows[depth].resize(self.row, 0.0);
            walk.below[depth].resize(self.row, 0.0);
        }
        let mut row = std::mem::take(&mut walk.rows[0]);
        row.truncate(self.row);
        row.fill(1.0);
        let scalar = walk.scalar(0);
        walk.multiplied(0, scalar, &vec![1.0; self.row], &mut row);
        walk.rows[0] = row;
        walk.visit(0);
        let sum = walk.totals[0];
        for (port, output) in self.ports.iter().zip(outputs) {
            if let Some(output) = output {
                let sums = &work.sums[port.group];
                if port.projection.is_identity() {
                    output.copy_from_slice(sums);
                } else {
                    output.fill(0.0);
                    port.projection.sum(sums, output);
                }
            }
        }
        sum
    }

    /// Tables in all.
    pub(super) fn ports(&self) -> usize {
        self.ports.len()
    }

    /// Cells of the table of a port.
    pub(super) fn port_cells(&self, port: usize) -> usize {
        self.ports[port].cells
    }
}

/// The attributes, with all of the inner block if one of them is in it.
fn widened(port: &[usize], outer: &[usize], inner: &[usize]) -> Vec<usize> {
    let mut attributes: Vec<usize> = outer.iter().copied().filter(|a| port.contains(a)).collect();
    if inner.iter().any(|a| port.contains(a)) {
        attributes.extend_from_slice(inner);
    }
    attributes
}

struct Walk<'a> {
    clique: &'a Clique,
    factors: &'a mut [Vec<f64>],
    sums: &'a mut [Vec<f64>],
    /// Products so far, by depth.
    rows: &'a mut [Vec<f64>],
    /// Sums of the products over all deeper attributes, by depth.
    below: &'a mut [Vec<f64>],
    /// Where each group stands.
    offsets: Vec<usize>,
    totals: Vec<f64>,
    rows_in: Vec<Vec<usize>>,
    scalars_in: Vec<Vec<usize>>,
    rows_out: Vec<Vec<usize>>,
    scalars_out: Vec<Vec<usize>>,
    /// The depth at which rows are summed to numbers.
    summed: usize,
    /// The depth down to which rows of sums are needed.
    lowest: usize,
}

impl Walk<'_> {
    fn scalar(&self, depth: usize) -> f64 {
        self.scalars_in[depth].iter().map(|&group| self.factors[group][self.offsets[group]]).product()
    }

    /// The row one step deeper.
    #[inline]
    fn multiplied(&self, depth: usize, scalar: f64, above: &[f64], row: &mut [f64]) {
        let mut groups = self.rows_in[depth].iter();
        if let Some(&group) = groups.next() {
            let factors = &self.factors[group][self.offsets[group]..][..row.len()];
            for ((cell, above), factor) in row.iter_mut().zip(above).zip(factors) {
                *cell = above * scalar * factor;
            }
        } else {
            row.iter_mut().zip(above).for_each(|(cell, above)| *cell = above * scalar);
        }
        for &group in groups {
            let factors = &self.factors[group][self.offsets[group]..][..row.len()];
            row.iter_mut().zip(factors).for_each(|(cell, factor)| *cell *= factor);
        }
    }

    /// All below the outer attributes that are fixed.
    fn visit(&mut self, depth: usize) {
        let clique = self.clique;
        let leaf = depth == clique.outer.len();
        let mut sums = std::mem::take(&mut self.below[depth]);
        if !leaf {
            sums.truncate(clique.row);
            sums.fill(0.0);
            self.below[depth] = sums;
            self.totals[depth] = 0.0;
            let above = std::mem::take(&mut self.rows[depth]);
            let mut row = std::mem::take(&mut self.rows[depth + 1]);
            row.truncate(clique.row);
            for _ in 0..clique.outer[depth] {
                let scalar = self.scalar(depth + 1);
                if scalar > 0.0 {
                    self.multiplied(depth + 1, scalar, &above, &mut row);
                    self.rows[depth + 1] = row;
                    self.visit(depth + 1);
                    row = std::mem::take(&mut self.rows[depth + 1]);
                }
                for &group in &clique.moving[depth] {
                    self.offsets[group] += clique.groups[group].strides[depth];
                }
            }
            for &group in &clique.moving[depth] {
                self.offsets[group] -= clique.outer[depth] * clique.groups[group].strides[depth];
            }
            self.rows[depth] = above;
            self.rows[depth + 1] = row;
            sums = std::mem::take(&mut self.below[depth]);
        }
        let cells = if leaf { &self.rows[depth] } else { &sums };
        for &group in &self.rows_out[depth] {
            add(&mut self.sums[group][self.offsets[group]..][..clique.row], cells);
        }
        if depth == self.summed {
            self.totals[depth] = total(&cells[..clique.row]);
        }
        if depth <= self.summed {
            for &group in &self.scalars_out[depth] {
                self.sums[group][self.offsets[group]] += self.totals[depth];
            }
            if depth > 0 {
                self.totals[depth - 1] += self.totals[depth];
            }
        }
        if depth > self.lowest {
            add(&mut self.below[depth - 1], &cells[..clique.row]);
        }
        self.below[depth] = sums;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Dice;
    use proptest::prelude::*;

    proptest! {
        #[test]
        #[expect(clippy::float_cmp, reason = "whole numbers")]
        fn sums_are_those_of_the_whole_product(seed in any::<u64>(), count in 1usize..7, ports in 0usize..7) {
            let mut dice = Dice(seed);
            let sizes: Vec<usize> = (0..count).map(|_| 1 + usize::try_from(dice.roll(6)).unwrap()).collect();
            let all: Vec<usize> = (0..count).collect();
            let sets: Vec<Vec<usize>> = (0..ports).map(|_| (0..count).filter(|_| dice.one_in(2)).collect()).collect();
            let tables: Vec<Vec<f64>> = sets
                .iter()
                .map(|set| (0..cells(set, &sizes)).map(|_| f64::from(u32::try_from(dice.roll(4)).unwrap())).collect())
                .collect();
            let reads: Vec<bool> = sets.iter().map(|_| !dice.one_in(4)).collect();
            let writes: Vec<bool> = sets.iter().map(|_| !dice.one_in(4)).collect();
            let mut product = vec![1.0; cells(&all, &sizes)];
            for ((set, table), _) in sets.iter().zip(&tables).zip(&reads).filter(|(_, reads)| **reads) {
                Projection::new(&all, set, &sizes).multiply(&mut product, table);
            }
            let clique = Clique::new(&all, &sets, &sizes);
            let inputs: Vec<Option<&[f64]>> =
                tables.iter().zip(&reads).map(|(table, &reads)| reads.then_some(table.as_slice())).collect();
            let mut found: Vec<Vec<f64>> = tables.iter().map(|table| vec![f64::NAN; table.len()]).collect();
            let mut work = Work::default();
            for _ in 0..2 {
                let mut outputs: Vec<Option<&mut [f64]>> =
                    found.iter_mut().zip(&writes).map(|(table, &writes)| writes.then_some(table.as_mut_slice())).collect();
                let sum = clique.run(&inputs, &mut outputs, &mut work);
                // Whole numbers: exact in any order.
                prop_assert_eq!(sum, product.iter().sum::<f64>());
            }
            for ((set, found), _) in sets.iter().zip(&found).zip(&writes).filter(|(_, writes)| **writes) {
                let mut expected = vec![0.0; found.len()];
                Projection::new(&all, set, &sizes).sum(&product, &mut expected);
                prop_assert_eq!(found, &expected);
            }
        }
    }
}
