//! Splitting regions until none can be split.

use std::ops::Range;

use ctdata_table::Control;

use super::MondrianMode;
use super::axis::{Axis, Extent, Units};
use super::judge::{Judge, Judging};
use crate::PrivacyError;
use crate::recode::Meaning;

/// The regions of a table that hold.
pub(super) struct Regions {
    /// For each unit, its region; `NONE` where it is dropped.
    of_unit: Vec<u32>,
    /// For each region, its meaning on each axis.
    meanings: Vec<Meaning>,
    axes: usize,
    count: usize,
}

const NONE: u32 = u32::MAX;

impl Regions {
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn of_unit(&self, unit: u32) -> Option<u32> {
        self.of_unit.get(unit as usize).copied().filter(|&region| region != NONE)
    }

    /// For each region, its meaning on one axis.
    pub(super) fn meanings(&self, axis: usize) -> impl Iterator<Item = Meaning> + '_ {
        self.meanings.iter().copied().skip(axis).step_by(self.axes.max(1))
    }
}

/// Regions in the making.
pub(super) struct Partitioner<'a, J: ?Sized> {
    axes: &'a [Axis],
    /// How many rows each unit stands for; none where units are rows.
    weights: Option<&'a [u32]>,
    judging: Judging<'a, J>,
    mode: MondrianMode,
    /// The units; regions are ranges of them, in which the order of ties is kept.
    order: Vec<u32>,
    /// A range of units in the order of their parts, before it is accepted.
    scratch: Vec<u32>,
    /// For each unit of a range, its part.
    part_of: Vec<u16>,
    /// Records per code, all zero between counts.
    records: Vec<u64>,
    /// The codes found, with their records, ascending.
    found: Vec<(u16, u64)>,
}

/// A part of a range, with its records.
type Part = (Range<usize>, u64);

/// Where a cut is, seen from the median.
#[derive(Clone, Copy)]
enum Side {
    After,
    Before,
}

/// A region, with its records and the axes in which it may extend.
struct Region {
    range: Range<usize>,
    records: u64,
    axes: Vec<usize>,
}

#[expect(
    clippy::indexing_slicing,
    reason = "ranges lie in the list of units; codes and parts number lists that are sized for them"
)]
impl<'a, J: Judge + ?Sized> Partitioner<'a, J> {
    pub(super) fn new(axes: &'a [Axis], units: &'a Units, judging: Judging<'a, J>, mode: MondrianMode) -> Self {
        let order = units.in_order();
        let codes = axes.iter().map(Axis::code_count).max().unwrap_or_default();
        Self {
            axes,
            weights: units.weights(),
            judging,
            mode,
            scratch: vec![0; order.len()],
            part_of: vec![0; order.len()],
            records: vec![0; codes],
            found: Vec::new(),
            order,
        }
    }

    pub(super) fn run(mut self, control: &Control) -> Result<Regions, PrivacyError> {
        let mut regions =
            Regions { of_unit: vec![NONE; self.order.len()], meanings: Vec::new(), axes: self.axes.len(), count: 0 };
        let total = self.records_of(&self.order);
        let mut done = 0;
        let mut steps = 0u32;
        let mut open = self.confined();
        while let Some(region) = open.pop() {
            if steps.is_multiple_of(64) {
                control.check()?;
                control.report("partitioning", done, Some(total));
            }
            steps = steps.wrapping_add(1);
            if let Some((parts, axes)) = self.split(&region) {
                open.extend(parts.into_iter().map(|(range, records)| Region { range, records, axes: axes.clone() }));
                continue;
            }
            done += region.records;
            let units = &self.order[region.range];
            regions.meanings.extend(self.axes.iter().filter_map(|axis| axis.meaning(units)));
            for &unit in units {
                regions.of_unit[unit as usize] = u32::try_from(regions.count).unwrap_or(NONE);
            }
            regions.count += 1;
        }
        Ok(regions)
    }

    fn records_of(&self, units: &[u32]) -> u64 {
        let weight = |weights: &[u32]| units.iter().map(|&unit| u64::from(weights[unit as usize])).sum();
        self.weights.map_or(units.len() as u64, weight)
    }

    /// The largest regions that are allowed: those in which the same cells are missing, for the same
    /// reason, and values agree on the highest open levels. Those that fail are left out.
    fn confined(&mut self) -> Vec<Region> {
        let Some(&first) = self.order.first() else { return Vec::new() };
        let axes = self.axes;
        let differs = |axis: &&Axis| self.order.iter().any(|&unit| axis.part(unit) != axis.part(first));
        let divided: Vec<&Axis> = axes.iter().filter(differs).collect();
        let key = |unit: u32| divided.iter().map(move |axis| axis.part(unit));
        // Stable: the order of ties is kept.
        self.order.sort_by(|&a, &b| key(a).cmp(key(b)));
        let mut regions = Vec::new();
        let mut start = 0;
        let sizes: Vec<usize> = self.order.chunk_by(|&a, &b| key(a).eq(key(b))).map(<[u32]>::len).collect();
        for size in sizes {
            let range = start..start + size;
            start = range.end;
            let records = self.records_of(&self.order[range.clone()]);
            if self.judging.holds(&self.order[range.clone()], records) {
                regions.push(Region { range, records, axes: (0..self.axes.len()).collect() });
            }
        }
        regions
    }

    /// The parts of the first split that holds, and the axes in which they may extend.
    fn split(&mut self, region: &Region) -> Option<(Vec<Part>, Vec<usize>)> {
        if region.records < self.judging.least_records().saturating_mul(2) {
            return None;
        }
        let axes = self.axes;
        let mut candidates: Vec<(f64, usize, Extent)> = Vec::with_capacity(region.axes.len());
        for &number in &region.axes {
            let extent = axes[number].extent(&self.order[region.range.clone()]);
            if extent != Extent::Point {
                candidates.push((axes[number].width(extent), number, extent));
            }
        }
        let open: Vec<usize> = candidates.iter().map(|&(_, number, _)| number).collect();
        // Stable: of equal widths the first axis.
        candidates.sort_by(|(a, ..), (b, ..)| b.total_cmp(a));
        let mut parts = None;
        for &(_, number, extent) in &candidates {
            parts = match extent {
                Extent::Point => None,
                Extent::Line { first, last } => self.cut(&axes[number], first, last, region),
                Extent::Tree { depth, .. } => self.branch(&axes[number], depth, region),
            };
            if parts.is_some() {
                break;
            }
        }
        if parts.is_none() {
            for &(_, number, extent) in &candidates {
                if let Extent::Tree { depth, .. } = extent {
                    parts = self.branch_off(&axes[number], depth, region);
                }
                if parts.is_some() {
                    break;
                }
            }
        }
        Some((parts?, open))
    }

    /// Cuts a line at the median.
    fn cut(&mut self, axis: &Axis, first: u16, last: u16, region: &Region) -> Option<Vec<Part>> {
        self.count(region.range.clone(), usize::from(last - first), |unit| axis.code(unit));
        let half = region.records.div_ceil(2);
        // The records before the median, those up to it, and its code.
        let (mut before, mut upto, mut median) = (0, 0, first);
        for &(code, records) in &self.found {
            (before, upto, median) = (upto, upto + records, code);
            if upto >= half {
                break;
            }
        }
        if self.mode == MondrianMode::Relaxed {
            // As many records of the median to the left as make the halves equal, in the order of ties.
            let mut left = (region.records / 2).saturating_sub(before);
            let part = |unit: u32| {
                let code = axis.code(unit);
                if code == median && left > 0 {
                    left -= 1;
                    return 0;
                }
                u16::from(code >= median)
            };
            if let Some(parts) = self.divide(region, 2, part) {
                return Some(parts);
            }
        }
        // After the median and before it, whichever is closer to the middle first.
        let away = |left: u64| (2 * left).abs_diff(region.records);
        let mut cuts = [(upto, Side::After), (before, Side::Before)];
        cuts.sort_by_key(|&(left, _)| away(left));
        let least = self.judging.least_records();
        cuts.into_iter().filter(|(left, _)| (least..=region.records - least).contains(left)).find_map(|(_, side)| {
            self.divide(region, 2, |unit| match side {
                Side::After => u16::from(axis.code(unit) > median),
                Side::Before => u16::from(axis.code(unit) >= median),
            })
        })
    }

    /// Splits into all children of a tree's node.
    fn branch(&mut self, axis: &Axis, depth: usize, region: &Region) -> Option<Vec<Part>> {
        let children = axis.children(depth);
        let child = |unit: u32| children[usize::from(axis.code(unit))];
        self.count(region.range.clone(), usize::MAX, child);
        let least = self.judging.least_records();
        if self.found.iter().any(|&(_, records)| records < least) {
            return None;
        }
        let found = std::mem::take(&mut self.found);
        let part = |unit: u32| position(&found, child(unit));
        let parts = self.divide(region, found.len(), part);
        self.found = found;
        parts
    }

    /// Splits off the children that hold alone, and keeps the others together; if these do not hold
    /// together, the smallest children join them until they do.
    fn branch_off(&mut self, axis: &Axis, depth: usize, region: &Region) -> Option<Vec<Part>> {
        let children = axis.children(depth);
        let child = |unit: u32| children[usize::from(axis.code(unit))];
        self.count(region.range.clone(), usize::MAX, child);
        let found = std::mem::take(&mut self.found);
        let least = self.judging.least_records();
        let parts = if found.iter().any(|&(_, records)| records >= least) {
            let parts = self.distribute(region.range.clone(), found.len(), |unit| position(&found, child(unit)));
            let alone: Vec<bool> = parts.iter().map(|part| self.part_holds(part)).collect();
            self.keep_together(region, &found, alone, child)
        } else {
            None
        };
        self.found = found;
        parts
    }

    fn keep_together(
        &mut self,
        region: &Region,
        found: &[(u16, u64)],
        mut alone: Vec<bool>,
        child: impl Fn(u32) -> u16,
    ) -> Option<Vec<Part>> {
        // Of many children more and more join at once: each try looks at all records.
        let mut joining = 1;
        loop {
            let singles = alone.iter().filter(|alone| **alone).count();
            if singles == 0 || singles == alone.len() {
                return None;
            }
            // Parts in the order of codes, the rest last.
            let rest = u16::try_from(singles).unwrap_or(u16::MAX);
            let mut next = 0;
            let part_of_child: Vec<u16> = alone
                .iter()
                .map(|&alone| {
                    next += u16::from(alone);
                    if alone { next - 1 } else { rest }
                })
                .collect();
            let part = |unit: u32| part_of_child[usize::from(position(found, child(unit)))];
            let parts = self.distribute(region.range.clone(), singles + 1, part);
            if parts.last().is_some_and(|rest| self.part_holds(rest)) {
                return Some(self.accept(&region.range, parts));
            }
            let mut smallest: Vec<usize> = (0..alone.len()).filter(|&child| alone[child]).collect();
            smallest.sort_by_key(|&child| found[child].1);
            for child in smallest.into_iter().take(joining) {
                alone[child] = false;
            }
            joining *= 2;
        }
    }

    /// Records by the key of a range of units, ascending, in `found`. `spread` is how far keys are apart
    /// at most, where that is known.
    fn count(&mut self, range: Range<usize>, spread: usize, key: impl Fn(u32) -> u16) {
        let units = &self.order[range];
        let weight = |unit: u32| self.weights.map_or(1, |weights| u64::from(weights[unit as usize]));
        self.found.clear();
        if spread <= 4 * units.len() {
            let (mut first, mut last) = (u16::MAX, 0);
            for &unit in units {
                let key = key(unit);
                (first, last) = (first.min(key), last.max(key));
                self.records[usize::from(key)] += weight(unit);
            }
            for key in first..=last {
                let records = std::mem::take(&mut self.records[usize::from(key)]);
                if records > 0 {
                    self.found.push((key, records));
                }
            }
            return;
        }
        for &unit in units {
            let slot = &mut self.records[usize::from(key(unit))];
            if *slot == 0 {
                self.found.push((key(unit), 0));
            }
            *slot += weight(unit);
        }
        self.found.sort_unstable();
        for (key, records) in &mut self.found {
            *records = std::mem::take(&mut self.records[usize::from(*key)]);
        }
    }

    /// Puts the units of a region into parts if all of them hold.
    fn divide(&mut self, region: &Region, parts: usize, part: impl FnMut(u32) -> u16) -> Option<Vec<Part>> {
        let parts = self.distribute(region.range.clone(), parts, part);
        let hold = parts.iter().all(|part| self.part_holds(part));
        hold.then(|| self.accept(&region.range, parts))
    }

    /// Lays out a range of units by their parts, without accepting it.
    fn distribute(&mut self, range: Range<usize>, parts: usize, mut part: impl FnMut(u32) -> u16) -> Vec<Part> {
        let units = &self.order[range.clone()];
        let part_of = &mut self.part_of[range.clone()];
        let mut laid: Vec<Part> = vec![(0..0, 0); parts];
        for (&unit, part_of) in units.iter().zip(part_of.iter_mut()) {
            *part_of = part(unit);
            let (range, records) = &mut laid[usize::from(*part_of)];
            range.end += 1;
            *records += self.weights.map_or(1, |weights| u64::from(weights[unit as usize]));
        }
        let mut start = range.start;
        for (range, _) in &mut laid {
            let size = range.end;
            *range = start..start;
            start += size;
        }
        for (&unit, &part) in units.iter().zip(part_of.iter()) {
            let end = &mut laid[usize::from(part)].0.end;
            self.scratch[*end] = unit;
            *end += 1;
        }
        laid
    }

    fn part_holds(&mut self, (range, records): &Part) -> bool {
        self.judging.holds(&self.scratch[range.clone()], *records)
    }

    /// Takes over what was laid out.
    fn accept(&mut self, range: &Range<usize>, parts: Vec<Part>) -> Vec<Part> {
        self.order[range.clone()].copy_from_slice(&self.scratch[range.clone()]);
        parts
    }
}

/// The place of a key among those that were found; it is one of them.
fn position(found: &[(u16, u64)], key: u16) -> u16 {
    let place = found.partition_point(|&(other, _)| other < key);
    u16::try_from(place).unwrap_or(u16::MAX)
}
