//! A table in memory as a source of counts.

#![expect(clippy::indexing_slicing, reason = "columns of a set are positions in the list of parts")]

use std::sync::atomic::{AtomicU64, Ordering};

use super::compact::Part;
use super::parallel::try_map;
use super::plan::Plan;
use super::segmented::Shared;
use super::tally::{Wanted, group};
use crate::{
    Attribute, AttributeSet, Combinations, Combining, Control, CountSource, Marginal, Schema, Table, TableError, Unit,
    Weights,
};

impl CountSource for Table {
    fn schema(&self) -> &Schema {
        Self::schema(self)
    }

    fn unit(&self) -> Unit {
        if self.weights().is_some() { Unit::Weights } else { Unit::Rows }
    }

    fn total(&self) -> u64 {
        self.weights().map_or(self.rows() as u64, Weights::total)
    }

    fn max_contribution(&self) -> Option<u64> {
        self.ids().map(|ids| ids.max_units_per_id(self.weights()))
    }

    fn marginals(&self, sets: &[AttributeSet], control: &Control) -> Result<Vec<Marginal>, TableError> {
        marginals(self, sets, control)
    }

    fn combinations(&self, max_length: usize, min_support: u64, control: &Control) -> Result<Combinations, TableError> {
        Combining::default().run(self, max_length, min_support, control)
    }
}

fn marginals(table: &Table, sets: &[AttributeSet], control: &Control) -> Result<Vec<Marginal>, TableError> {
    let mut positions: Vec<u16> = sets.iter().flat_map(|set| set.positions().iter().copied()).collect();
    positions.sort_unstable();
    positions.dedup();
    control.reserve((positions.len() * table.rows()) as u64)?;
    let parts = try_map(&positions, |&position| {
        control.check()?;
        Part::of_attribute(table, position)
    })?;
    let mut column_of = vec![0; positions.last().map_or(0, |&last| usize::from(last) + 1)];
    positions.iter().enumerate().for_each(|(column, &position)| column_of[usize::from(position)] = column);
    let columns: Vec<Vec<usize>> = sets
        .iter()
        .map(|set| set.positions().iter().map(|&position| column_of[usize::from(position)]).collect())
        .collect();

    let plan = if table.weights().is_some() || table.rows() == 0 {
        Plan { groups: Vec::new(), single: (0..sets.len()).collect() }
    } else {
        Plan::new(&parts, &columns, table.rows())
    };
    let done = AtomicU64::new(0);
    let report = |sets: usize| {
        let before = done.fetch_add(sets as u64, Ordering::Relaxed);
        control.report("counting", before + sets as u64, Some(columns.len() as u64));
    };
    let maker = Maker { table, sets, parts: &parts, columns: &columns };
    let mut counted = if plan.groups.is_empty() {
        Vec::new()
    } else {
        let shared = Shared::new(&parts, &plan, table.rows(), control)?;
        try_map(&plan.groups, |group| {
            let counted = shared.count(group, control, |set, cells| (set, maker.of_cells(set, cells)))?;
            report(counted.len());
            Ok(counted)
        })?
    };
    counted.push(try_map(&plan.single, |&set| {
        let marginal = maker.single(set, control)?;
        report(1);
        Ok((set, marginal))
    })?);
    let mut counted: Vec<(usize, Marginal)> = counted.into_iter().flatten().collect();
    counted.sort_unstable_by_key(|(set, _)| *set);
    Ok(counted.into_iter().map(|(_, marginal)| marginal).collect())
}

/// Makes marginals of counts in compact codes.
struct Maker<'a> {
    table: &'a Table,
    sets: &'a [AttributeSet],
    parts: &'a [Part<'a>],
    columns: &'a [Vec<usize>],
}

impl Maker<'_> {
    fn parts(&self, set: usize) -> Vec<&Part<'_>> {
        self.columns[set].iter().map(|&column| &self.parts[column]).collect()
    }

    fn marginal(&self, set: usize, keys: Vec<u16>, counts: Vec<u64>) -> Marginal {
        let attributes = self.table.schema().attributes();
        let positions = self.sets[set].positions();
        let shape =
            positions.iter().map(|&position| attributes.get(usize::from(position)).map_or(0, Attribute::code_count));
        Marginal::of_sorted(self.sets[set].clone(), shape.collect(), keys, counts)
    }

    /// Counts one set row by row.
    fn single(&self, set: usize, control: &Control) -> Result<Marginal, TableError> {
        let parts = self.parts(set);
        let weights = self.table.weights().map(Weights::values);
        if let ([only], None) = (&parts[..], weights) {
            let keys = (0..only.count()).map(|code| only.key(code)[0]).collect();
            return Ok(self.marginal(set, keys, only.rows().iter().map(|&rows| rows.into()).collect()));
        }
        let groups = group(&parts, self.table.rows(), Wanted { weights, members: false }, control)?;
        if !groups.units.contains(&0) {
            let counts = groups.sizes().into_owned();
            return Ok(self.marginal(set, groups.keys, counts));
        }
        // Rows of weight zero make a group, but no count.
        let width = parts.len();
        let counted = groups.units.iter().enumerate().filter(|(_, units)| **units > 0);
        let keys = counted.clone().flat_map(|(cell, _)| groups.keys[cell * width..][..width].iter().copied()).collect();
        Ok(self.marginal(set, keys, counted.map(|(_, &units)| units).collect()))
    }

    /// The marginal of dense cells in compact codes, last column fastest.
    fn of_cells(&self, set: usize, cells: &[u32]) -> Marginal {
        let parts = self.parts(set);
        let filled = cells.iter().filter(|&&count| count > 0).count();
        let mut keys = Vec::with_capacity(filled * parts.len());
        let mut counts = Vec::with_capacity(filled);
        let Some((last, rest)) = parts.split_last() else {
            return self.marginal(set, keys, counts);
        };
        let mut codes = vec![0; rest.len()];
        for run in cells.chunks_exact(last.count()) {
            for (code, &count) in run.iter().enumerate().filter(|(_, count)| **count > 0) {
                codes.iter().zip(rest).for_each(|(&code, part): (&usize, _)| keys.push(part.key(code)[0]));
                keys.push(last.key(code)[0]);
                counts.push(u64::from(count));
            }
            for (code, part) in codes.iter_mut().zip(rest).rev() {
                *code += 1;
                if *code < part.count() {
                    break;
                }
                *code = 0;
            }
        }
        self.marginal(set, keys, counts)
    }
}
