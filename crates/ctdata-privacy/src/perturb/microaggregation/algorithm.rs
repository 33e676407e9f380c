//! From a table to groups of records, and from groups to new columns.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use ctdata_table::{Attribute, AttributeSet, Classes, Column, Control, Missing, Table};

use super::grid::{Positions, spread, standardized};
use super::mdav::{Group, mdav};
use super::optimal::optimal;
use super::remaining::Points;
use super::replace::{Common, column, common};
use super::{
    AggregatedColumnReport, GroupSizes, Microaggregation, MicroaggregationMethod, MicroaggregationReport, Replacement,
};
use crate::PrivacyError;
use crate::perturb::column::{changes, count_codes};
use crate::perturb::{PerturbationDetails, PerturbationMethod, PerturbationReport, Perturbed};

/// A column to aggregate, found in the table.
struct Chosen<'a> {
    /// Its place in the plan.
    asked: usize,
    /// Its place in the schema.
    position: usize,
    attribute: &'a Attribute,
    column: &'a Column,
    replacement: Replacement,
    positions: Positions,
}

/// Records by the class that they are in: distinct combinations of the chosen columns.
struct Grouped {
    groups: Vec<Group>,
    /// Records that are blank in all chosen columns, before or after.
    blank: Group,
}

impl Microaggregation {
    /// Aggregates a table.
    ///
    /// # Errors
    /// An attribute that the table does not have, a replacement that does not suit an attribute, more than
    /// one column for the optimal method, fewer than k records in all
    /// ([`PrivacyError::NoSolution`]), too many distinct means for one domain, memory or time that `control`
    /// does not grant.
    pub fn run(&self, table: &Table, control: &Control) -> Result<Perturbed, PrivacyError> {
        let method = match self.method {
            MicroaggregationMethod::Optimal if self.columns.len() != 1 => {
                let rule = "the optimal method takes exactly one column".to_owned();
                return Err(PrivacyError::InvalidParameter { parameter: "columns", rule });
            }
            MicroaggregationMethod::Optimal => PerturbationMethod::OptimalMicroaggregation,
            MicroaggregationMethod::Mdav => PerturbationMethod::Mdav,
        };
        let chosen = self.choose(table)?;
        let records = table.rows() as u64;
        if records > 0 && records < self.k {
            return Err(PrivacyError::NoSolution { model: "microaggregation", required: self.k, records });
        }
        control.reserve(records.saturating_mul(80 + 26 * chosen.len() as u64))?;
        let set = AttributeSet::try_new(chosen.iter().map(|column| column.position))?;
        let classes = Classes::with_members(table, &set, control)?;
        let grouped = self.group(&chosen, &classes, control)?;
        let group_of_row = assign(table, &set, &classes, &grouped);

        let mut output = table.clone();
        let mut done = Vec::with_capacity(chosen.len());
        for (place, column_of) in chosen.iter().enumerate() {
            control.check()?;
            let mut of_group = Vec::with_capacity(grouped.groups.len() + 1);
            for group in &grouped.groups {
                of_group.push(shared(column_of, place, &classes, group)?);
            }
            of_group.push(Common::Missing(Missing::NotRecorded));
            if grouped.blank.is_empty() {
                of_group.pop();
            }
            let (attribute, codes) = column(column_of.attribute, &column_of.replacement, &of_group, &group_of_row)?;
            let changed = changes((column_of.attribute, column_of.column), (&attribute, &codes));
            output = output.with_replaced(column_of.position, attribute, codes)?;
            done.push((column_of.asked, changed));
        }
        done.sort_unstable_by_key(|(asked, _)| *asked);
        let details = PerturbationDetails::Microaggregation(self.account(&chosen, &classes, &grouped));
        let report = PerturbationReport::new(method, done.into_iter().map(|(_, changed)| changed).collect(), details);
        Ok(Perturbed { table: output, report })
    }

    /// The columns in the order of the schema, which is the order of the keys of classes.
    fn choose<'a>(&self, table: &'a Table) -> Result<Vec<Chosen<'a>>, PrivacyError> {
        let mut chosen = Vec::with_capacity(self.columns.len());
        for (asked, wanted) in self.columns.iter().enumerate() {
            let position = table.schema().position(wanted.name())?;
            let (attribute, column) = table.named(wanted.name())?;
            let replacement = wanted.replacement_for(attribute)?;
            let positions = Positions::of(attribute, &count_codes(attribute, column), wanted.by_rank);
            chosen.push(Chosen { asked, position, attribute, column, replacement, positions });
        }
        chosen.sort_unstable_by_key(|column| column.position);
        Ok(chosen)
    }

    fn group(&self, chosen: &[Chosen<'_>], classes: &Classes, control: &Control) -> Result<Grouped, PrivacyError> {
        let mut by_pattern: BTreeMap<Vec<Option<Missing>>, Vec<u32>> = BTreeMap::new();
        for class in 0..classes.len() {
            let pattern = chosen.iter().zip(classes.key(class)).map(|(column, &code)| column.missing(code)).collect();
            by_pattern.entry(pattern).or_default().push(u32::try_from(class).unwrap_or(u32::MAX));
        }
        let places: Vec<&[f64]> = chosen.iter().map(|column| &column.positions.places[..]).collect();
        let grid = match self.method {
            MicroaggregationMethod::Mdav => standardized(chosen.iter().map(|column| &column.positions)),
            MicroaggregationMethod::Optimal => places.iter().map(|places| places.to_vec()).collect(),
        };
        let mut grouped = Grouped { groups: Vec::new(), blank: Vec::new() };
        for (pattern, members) in by_pattern {
            let counts: Vec<u64> = members.iter().map(|&class| classes.rows(class as usize)).collect();
            let whole = || members.iter().copied().zip(counts.iter().copied()).collect::<Group>();
            let is_blank = pattern.iter().all(|missing| *missing == Some(Missing::NotRecorded));
            if is_blank || counts.iter().sum::<u64>() < self.k {
                grouped.blank.extend(whole());
                continue;
            }
            if pattern.iter().all(Option::is_some) {
                grouped.groups.push(whole());
                continue;
            }
            let known = |class: u32| {
                let key = classes.key(class as usize).iter().zip(&pattern).zip(&grid);
                key.filter(|((_, missing), _)| missing.is_none())
                    .map(|((&code, _), grid)| grid.get(usize::from(code)).copied().unwrap_or(0.0))
            };
            let coordinates: Vec<f64> = members.iter().flat_map(|&class| known(class)).collect();
            let groups = match self.method {
                MicroaggregationMethod::Optimal => optimal(&coordinates, &counts, self.k, control)?,
                MicroaggregationMethod::Mdav => {
                    let dimensions = pattern.iter().filter(|missing| missing.is_none()).count();
                    mdav(&Points { dimensions, coordinates, counts }, self.k, control)?
                }
            };
            let class_of = |point: u32| members.get(point as usize).copied().unwrap_or(u32::MAX);
            grouped.groups.extend(
                groups
                    .into_iter()
                    .map(|group| group.into_iter().map(|(point, count)| (class_of(point), count)).collect::<Group>()),
            );
        }
        if !grouped.blank.is_empty() && size(&grouped.blank) < self.k {
            grouped.hide_blanks(chosen, classes);
        }
        Ok(grouped)
    }

    fn account(&self, chosen: &[Chosen<'_>], classes: &Classes, grouped: &Grouped) -> MicroaggregationReport {
        let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
        for group in &grouped.groups {
            *sizes.entry(size(group)).or_default() += 1;
        }
        let (mut columns, mut blanked_cells) = (Vec::with_capacity(chosen.len()), 0);
        for (place, column) in chosen.iter().enumerate() {
            let (mean, total) = column.positions.spread(&column.positions.values);
            let kept: f64 = grouped.groups.iter().map(|group| column.within(place, classes, group)).sum();
            let (mut lost, mut cells) = (0.0, 0);
            for (value, count) in column.values(place, classes, &grouped.blank) {
                #[expect(clippy::cast_precision_loss, reason = "a table has fewer than 2^32 rows")]
                let count_of = count as f64;
                lost += (value - mean) * (value - mean) * count_of;
                cells += count;
            }
            blanked_cells += cells;
            let unit = column.positions.unit * column.positions.unit;
            columns.push((
                column.asked,
                AggregatedColumnReport {
                    name: column.attribute.name().to_owned(),
                    within: (kept + lost) / unit,
                    total: total / unit,
                },
            ));
        }
        columns.sort_unstable_by_key(|(asked, _)| *asked);
        let columns: Vec<AggregatedColumnReport> = columns.into_iter().map(|(_, column)| column).collect();
        let losses: Vec<f64> =
            columns.iter().filter(|column| column.total > 0.0).map(|column| column.within / column.total).collect();
        #[expect(clippy::cast_precision_loss, reason = "columns are few")]
        let information_loss = losses.iter().sum::<f64>() / losses.len().max(1) as f64;
        MicroaggregationReport {
            k: self.k,
            groups: grouped.groups.len() as u64,
            sizes: sizes.into_iter().map(|(records, groups)| GroupSizes { records, groups }).collect(),
            blanked_records: size(&grouped.blank),
            blanked_cells,
            columns,
            information_loss,
        }
    }
}

impl Chosen<'_> {
    fn missing(&self, code: u16) -> Option<Missing> {
        match self.attribute.cell(code) {
            Some(ctdata_table::Cell::Missing(kind)) => Some(kind),
            _ => None,
        }
    }

    /// Values and records of a group that are not missing; the column is the one at `place` of the keys.
    fn values<'a>(
        &'a self,
        place: usize,
        classes: &'a Classes,
        group: &'a [(u32, u64)],
    ) -> impl Iterator<Item = (f64, u64)> + Clone + 'a {
        group.iter().filter_map(move |&(class, count)| {
            let code = *classes.key(class as usize).get(place)?;
            Some((*self.positions.values.get(usize::from(code))?, count))
        })
    }

    /// Squared distances of a group to its mean.
    fn within(&self, place: usize, classes: &Classes, group: &[(u32, u64)]) -> f64 {
        spread(self.values(place, classes, group)).1
    }
}

impl Grouped {
    /// Blanks the smallest group: the one with the most error among equals, the first of these.
    fn hide_blanks(&mut self, chosen: &[Chosen<'_>], classes: &Classes) {
        let totals: Vec<f64> =
            chosen.iter().map(|column| column.positions.spread(&column.positions.values).1).collect();
        let error = |group: &Group| -> f64 {
            let columns = chosen.iter().zip(&totals).enumerate().filter(|(_, (_, total))| **total > 0.0);
            columns.map(|(place, (column, total))| column.within(place, classes, group) / total).sum()
        };
        let mut least: Option<(usize, u64, f64)> = None;
        for (at, group) in self.groups.iter().enumerate() {
            let (records, error) = (size(group), error(group));
            if least.is_none_or(|(_, fewest, most)| records < fewest || (records == fewest && error > most)) {
                least = Some((at, records, error));
            }
        }
        if let Some((at, ..)) = least {
            self.blank.extend(self.groups.remove(at));
        }
    }
}

fn size(group: &[(u32, u64)]) -> u64 {
    group.iter().map(|(_, count)| count).sum()
}

/// What all records of a group say in one column.
fn shared(column: &Chosen<'_>, place: usize, classes: &Classes, group: &Group) -> Result<Common, PrivacyError> {
    let mut values = Vec::with_capacity(group.len());
    for &(class, count) in group {
        let code = classes.key(class as usize).get(place).copied().unwrap_or(u16::MAX);
        if let Some(kind) = column.missing(code) {
            // One pattern of missing cells per group.
            return Ok(Common::Missing(kind));
        }
        values.push((code, count));
    }
    common(column.attribute, &column.replacement, &values)
}

/// The group of each row; blank records are in one past the last group.
///
/// Rows of one class that part between groups are put in the order of all that else is known of them,
/// so that the order of the table does not matter.
fn assign(table: &Table, set: &AttributeSet, classes: &Classes, grouped: &Grouped) -> Vec<u32> {
    let mut shares: Vec<(u32, u32, u64)> = Vec::new();
    for (number, group) in (0u32..).zip(grouped.groups.iter().chain(std::iter::once(&grouped.blank))) {
        shares.extend(group.iter().map(|&(class, count)| (class, number, count)));
    }
    shares.sort_unstable();
    let others: Vec<&Column> = (0..table.columns().len())
        .filter(|position| set.positions().iter().all(|chosen| usize::from(*chosen) != *position))
        .filter_map(|position| table.column(position))
        .collect();
    let in_order = |a: u32, b: u32| -> Ordering {
        let (a, b) = (a as usize, b as usize);
        let columns = others.iter().map(|column| column.get(a).cmp(&column.get(b))).find(|order| order.is_ne());
        let ids = || table.ids().map_or(Ordering::Equal, |ids| ids.get(a).cmp(&ids.get(b)));
        let weights =
            || table.weights().map_or(Ordering::Equal, |weights| weights.values().get(a).cmp(&weights.values().get(b)));
        columns.unwrap_or(Ordering::Equal).then_with(ids).then_with(weights)
    };
    let mut group_of_row = vec![0u32; table.rows()];
    for parts in shares.chunk_by(|(a, ..), (b, ..)| a == b) {
        let Some(&(class, ..)) = parts.first() else { continue };
        let mut rows = classes.members(class as usize).to_vec();
        if parts.len() > 1 {
            rows.sort_by(|&a, &b| in_order(a, b));
        }
        let mut rows = rows.into_iter();
        for &(_, group, count) in parts {
            for row in rows.by_ref().take(usize::try_from(count).unwrap_or(usize::MAX)) {
                if let Some(slot) = group_of_row.get_mut(row as usize) {
                    *slot = group;
                }
            }
        }
    }
    group_of_row
}
