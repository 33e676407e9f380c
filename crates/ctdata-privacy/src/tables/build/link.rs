//! Links between tables: agreement on common margins, and what flags leave of their totals.

use std::collections::BTreeSet;

use ctdata_table::Variable;

use super::feature::{Base, Feature};
use super::lattice::{Condition, Node, invalid};
use super::{SystemBuilder, SystemCell};
use crate::PrivacyError;
use crate::tables::CellId;

impl SystemBuilder {
    pub(super) fn link(&mut self) -> Result<(), PrivacyError> {
        let leaves: BTreeSet<usize> = self.tables.iter().flat_map(|table| table.nodes.iter().copied()).collect();
        let leaves: Vec<usize> = leaves.into_iter().collect();
        let mut shared = BTreeSet::new();
        for (at, &a) in leaves.iter().enumerate() {
            for &b in leaves.iter().skip(at + 1) {
                let Some(condition) = self.common_condition(a, b) else { continue };
                shared.insert((self.lattice.common(a, b), condition));
            }
        }
        // Large margins first: tables that agree on them agree on all that follow from them.
        let size = |features: &Vec<usize>| {
            features.iter().filter_map(|&at| Some(self.lattice.features.get(at)?.size())).product::<usize>()
        };
        let mut shared: Vec<(Vec<usize>, Condition)> = shared.into_iter().collect();
        shared.sort_by_cached_key(|(features, _)| std::cmp::Reverse((features.len(), size(features))));
        for (features, condition) in shared {
            self.lattice.agree(&features, condition)?;
        }
        for table in 0..self.tables.len() {
            self.bound_flags(table)?;
        }
        Ok(())
    }

    /// The condition under which two nodes count the same records, if each has one.
    fn common_condition(&mut self, a: usize, b: usize) -> Option<Condition> {
        let of = |at: usize| self.lattice.nodes.get(at).map(|node| node.condition);
        let (first, second) = (of(a)?, of(b)?);
        match (first, second) {
            _ if first == second => Some(first),
            (Some(_), None) => self.lattice.contains(b, &[], first).then_some(first),
            (None, Some(_)) => self.lattice.contains(a, &[], second).then_some(second),
            _ => None,
        }
    }

    /// Each flag of a table is at most the total of its other coordinates, or of those with any flag.
    fn bound_flags(&mut self, table: usize) -> Result<(), PrivacyError> {
        let Some(added) = self.tables.get(table) else { return Ok(()) };
        let Some(members) = added.variables.iter().find_map(|variable| match variable {
            Variable::Flags { members, .. } => Some(members.clone()),
            _ => None,
        }) else {
            return Ok(());
        };
        let (features, nodes, total) = (added.features.clone(), added.nodes.clone(), added.total);
        let any = |feature: &Feature| match &feature.base {
            Base::Variable(Variable::AnyFlag { members, .. }) if feature.size() == 3 => Some(members.clone()),
            _ => None,
        };
        let anys = self.lattice.features.iter().enumerate().filter_map(|(at, feature)| Some((at, any(feature)?)));
        let mut anys: Vec<(usize, Vec<String>)> = anys.collect();
        anys.sort_by_key(|(at, members)| (members.len(), *at));
        for (&node, member) in nodes.iter().zip(&members) {
            let mut bounded = false;
            for (any, of) in &anys {
                if of.contains(member)
                    && let Some(whole) = self.lattice.margin(&features, Some((*any, 0)))?
                {
                    self.complement(node, whole)?;
                    bounded = true;
                    break;
                }
            }
            if !bounded && let Some(whole) = self.whole(&features, total)? {
                self.complement(node, whole)?;
            }
        }
        // Who has any flag has at least one.
        let same = |of: &Vec<String>| of.len() == members.len() && of.iter().all(|member| members.contains(member));
        let Some((any, _)) = anys.iter().find(|(_, of)| same(of)) else { return Ok(()) };
        if let Some(whole) = self.lattice.find(&features, Some((*any, 0))) {
            self.repeated(&nodes, whole)?;
        }
        Ok(())
    }

    /// The counts by these features of all records.
    fn whole(&mut self, features: &[usize], total: u64) -> Result<Option<usize>, PrivacyError> {
        let whole = self.lattice.margin(features, None)?;
        if whole.is_some() || !features.is_empty() {
            return Ok(whole);
        }
        let cell = self.lattice.system.push(SystemCell::inner(total))?;
        let cells = [(Vec::new(), cell)].into();
        self.lattice.nodes.push(Node { features: Vec::new(), condition: None, cells });
        Ok(Some(self.lattice.nodes.len() - 1))
    }

    fn cells(&self, node: usize) -> Vec<(Vec<u16>, CellId)> {
        let cells = self.lattice.nodes.get(node).map(|node| node.cells.iter());
        cells.into_iter().flatten().map(|(key, &cell)| (key.clone(), cell)).collect()
    }

    fn count(&self, cell: CellId) -> u64 {
        self.lattice.system.cell(cell).map_or(0, |cell| cell.count)
    }

    /// Part and rest make the whole.
    fn complement(&mut self, part: usize, whole: usize) -> Result<(), PrivacyError> {
        for (key, cell) in self.cells(part) {
            let total = self.lattice.nodes.get(whole).and_then(|node| node.cells.get(&key)).copied();
            let Some(total) = total else {
                self.lattice
                    .system
                    .relate([(cell, 1)])
                    .map_err(|_| invalid("a flag has more records than there are"))?;
                continue;
            };
            let rest = self.count(total).checked_sub(self.count(cell));
            let rest = rest.ok_or_else(|| invalid("a flag has more records than there are"))?;
            let rest = self.lattice.system.push(SystemCell { weight: 0.0, ..SystemCell::inner(rest) })?;
            self.lattice.system.sum(total, [cell, rest])?;
        }
        Ok(())
    }

    /// The sum of the flags is that of the records with any of them, and how often a record has one more.
    fn repeated(&mut self, parts: &[usize], whole: usize) -> Result<(), PrivacyError> {
        for (key, total) in self.cells(whole) {
            let each = parts.iter().filter_map(|&part| self.lattice.nodes.get(part)?.cells.get(&key).copied());
            let mut each: Vec<CellId> = each.collect();
            each.sort_unstable();
            each.dedup();
            let sum: u64 = each.iter().map(|&cell| self.count(cell)).sum();
            let more = sum.checked_sub(self.count(total));
            let more = more.ok_or_else(|| invalid("more records have any flag than have one"))?;
            let more = self.lattice.system.push(SystemCell { weight: 0.0, ..SystemCell::inner(more) })?;
            let terms = each.into_iter().map(|cell| (cell, 1)).chain([(total, -1), (more, -1)]);
            self.lattice.system.relate(terms)?;
        }
        Ok(())
    }
}
