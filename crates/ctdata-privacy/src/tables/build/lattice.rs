//! Tables and their margins, each counted by a set of features, and the sums that connect them.

use std::collections::{BTreeMap, HashMap};

use super::feature::{Base, Feature, Projection};
use crate::PrivacyError;
use crate::tables::{CellId, SystemCell, TableSystem};

/// Only records with this block of this feature are counted.
pub(super) type Condition = Option<(usize, u16)>;

/// Counts by some features.
#[derive(Debug)]
pub(super) struct Node {
    /// What it is counted by, in ascending order.
    pub(super) features: Vec<usize>,
    pub(super) condition: Condition,
    /// Cells by the blocks of the features; cells that are absent are known to be zero.
    pub(super) cells: BTreeMap<Vec<u16>, CellId>,
}

/// How one node is a margin of another.
#[derive(Debug)]
struct View {
    projections: Vec<Projection>,
    filter: Option<(Projection, u16)>,
}

/// All nodes, over the same records.
#[derive(Debug, Default)]
pub(super) struct Lattice {
    pub(super) system: TableSystem,
    pub(super) features: Vec<Feature>,
    pub(super) nodes: Vec<Node>,
    /// Nodes and margins of theirs that are sums of their cells.
    edges: Vec<(usize, usize)>,
    joins: HashMap<(usize, usize), Option<usize>>,
    follows: HashMap<(usize, usize), bool>,
}

pub(super) fn invalid(rule: &str) -> PrivacyError {
    PrivacyError::InvalidParameter { parameter: "tables", rule: rule.to_owned() }
}

const OTHER_RECORDS: &str = "they do not agree: they are not counts of the same records";

impl Lattice {
    pub(super) fn intern(&mut self, feature: Feature) -> usize {
        self.features.iter().position(|known| *known == feature).unwrap_or_else(|| {
            self.features.push(feature);
            self.features.len() - 1
        })
    }

    pub(super) fn find(&self, features: &[usize], condition: Condition) -> Option<usize> {
        self.nodes.iter().position(|node| node.features == features && node.condition == condition)
    }

    /// The join of two features.
    fn join(&mut self, a: usize, b: usize) -> Option<usize> {
        let pair = (a.min(b), a.max(b));
        if let Some(known) = self.joins.get(&pair) {
            return *known;
        }
        let join = match (self.features.get(a), self.features.get(b)) {
            (Some(a), Some(b)) => a.join(b),
            _ => None,
        };
        let join = join.map(|join| self.intern(join));
        self.joins.insert(pair, join);
        join
    }

    /// Whether one feature follows from another.
    fn follows(&mut self, coarser: usize, finer: usize) -> bool {
        let features = &self.features;
        *self.follows.entry((coarser, finer)).or_insert_with(|| {
            coarser == finer
                || match (features.get(finer), features.get(coarser)) {
                    (Some(finer), Some(coarser)) => finer.map_to(coarser).is_some(),
                    _ => false,
                }
        })
    }

    /// Whether a feature follows from several.
    fn follows_from(&mut self, feature: usize, from: &[usize]) -> bool {
        if from.iter().any(|&finer| self.follows(feature, finer)) {
            return true;
        }
        let whole = |feature: &&Feature| matches!(feature.base, Base::Variable(_));
        let Some(target) = self.features.get(feature).filter(whole) else { return false };
        let from: Vec<&Feature> = from.iter().filter_map(|&at| self.features.get(at)).collect();
        Projection::find(&from, target).is_some()
    }

    /// The features that two nodes can both be counted by, as finely as possible.
    pub(super) fn common(&mut self, a: usize, b: usize) -> Vec<usize> {
        let of = |at: usize| self.nodes.get(at).map(|node| node.features.clone()).unwrap_or_default();
        let (a, b) = (of(a), of(b));
        let mut common = Vec::new();
        for &one in &a {
            for &other in &b {
                common.extend(self.join(one, other));
            }
        }
        for (features, others) in [(&a, &b), (&b, &a)] {
            for &feature in features {
                if self.follows_from(feature, others) {
                    common.push(feature);
                }
            }
        }
        common.sort_unstable();
        common.dedup();
        // What follows from another feature adds nothing.
        let mut kept = common.clone();
        for feature in common {
            let others: Vec<usize> = kept.iter().copied().filter(|other| *other != feature).collect();
            if others.iter().any(|&other| self.follows(feature, other)) {
                kept = others;
            }
        }
        kept
    }

    /// Whether a node can be counted by these features under this condition.
    pub(super) fn contains(&mut self, node: usize, features: &[usize], condition: Condition) -> bool {
        let Some(node) = self.nodes.get(node) else { return false };
        let (own, is_same) = (node.features.clone(), node.condition == condition);
        let given = match condition {
            _ if is_same => true,
            Some((feature, _)) if node.condition.is_none() => self.follows_from(feature, &own),
            _ => false,
        };
        given && features.iter().all(|&feature| self.follows_from(feature, &own))
    }

    fn view(&self, node: &Node, features: &[usize], condition: Condition) -> Option<View> {
        let own: Vec<&Feature> = node.features.iter().filter_map(|&at| self.features.get(at)).collect();
        let project = |at: usize| Projection::find(&own, self.features.get(at)?);
        let filter = match condition {
            Some((feature, block)) if node.condition.is_none() => Some((project(feature)?, block)),
            _ => None,
        };
        let projections = features.iter().map(|&feature| project(feature)).collect::<Option<_>>()?;
        Some(View { projections, filter })
    }

    /// Makes a node the sum of cells of a finer one; the node is made if it is not there.
    pub(super) fn connect(
        &mut self,
        finer: usize,
        features: &[usize],
        condition: Condition,
    ) -> Result<usize, PrivacyError> {
        let known = self.find(features, condition);
        if known == Some(finer) || known.is_some_and(|known| self.edges.contains(&(finer, known))) {
            return Ok(known.unwrap_or(finer));
        }
        let mut sums = BTreeMap::<Vec<u16>, Vec<CellId>>::new();
        let node = self.nodes.get(finer).ok_or_else(|| invalid("a table is not there"))?;
        let not_a_margin = || invalid("a margin does not follow from its table");
        let view = self.view(node, features, condition).ok_or_else(not_a_margin)?;
        for (key, &cell) in &node.cells {
            if let Some((filter, block)) = &view.filter
                && filter.block(key) != Some(*block)
            {
                continue;
            }
            let key = view.projections.iter().map(|projection| projection.block(key)).collect::<Option<_>>();
            sums.entry(key.ok_or_else(not_a_margin)?).or_default().push(cell);
        }
        let coarser = known.unwrap_or(self.nodes.len());
        if let Some(node) = self.nodes.get(coarser) {
            // Cells that the finer table knows to be zero.
            for (key, &cell) in &node.cells {
                if !sums.contains_key(key) {
                    self.system.relate([(cell, 1)]).map_err(|_| invalid(OTHER_RECORDS))?;
                }
            }
        } else {
            let features = features.to_vec();
            self.nodes.push(Node { features, condition, cells: BTreeMap::new() });
        }
        let fresh = known.is_none();
        for (key, parts) in sums {
            let total = self.nodes.get(coarser).and_then(|node| node.cells.get(&key)).copied();
            let total = match total {
                None if fresh => {
                    let counts = parts.iter().filter_map(|&part| Some(self.system.cell(part)?.count));
                    let total = self.system.push(SystemCell::inner(counts.sum()))?;
                    if let Some(node) = self.nodes.get_mut(coarser) {
                        node.cells.insert(key, total);
                    }
                    Some(total)
                }
                other => other,
            };
            let terms = parts.into_iter().map(|part| (part, 1)).chain(total.map(|total| (total, -1)));
            self.system.relate(terms).map_err(|_| invalid(OTHER_RECORDS))?;
        }
        self.edges.push((finer, coarser));
        Ok(coarser)
    }

    /// Makes all nodes that can be counted by these features agree on them, by as few sums as that takes, and gives
    /// the node of the features if there is one.
    pub(super) fn agree(&mut self, features: &[usize], condition: Condition) -> Result<Option<usize>, PrivacyError> {
        let containing: Vec<usize> =
            (0..self.nodes.len()).filter(|&node| self.contains(node, features, condition)).collect();
        // Nodes that are connected by sums which keep these features agree already.
        let mut group: HashMap<usize, usize> = containing.iter().map(|&node| (node, node)).collect();
        loop {
            let mut changed = false;
            for (finer, coarser) in &self.edges {
                if let (Some(&a), Some(&b)) = (group.get(finer), group.get(coarser))
                    && a != b
                {
                    group.insert(*finer, a.min(b));
                    group.insert(*coarser, a.min(b));
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        let mut smallest = BTreeMap::<usize, (usize, usize)>::new();
        for node in containing {
            let size = self.nodes.get(node).map_or(0, |node| node.cells.len());
            let entry = smallest.entry(group.get(&node).copied().unwrap_or(node)).or_insert((size, node));
            *entry = (*entry).min((size, node));
        }
        let known = self.find(features, condition);
        if smallest.len() > 1 {
            let of_known = known.and_then(|known| group.get(&known)).copied();
            for (group, (_, node)) in smallest {
                if Some(group) != of_known {
                    self.connect(node, features, condition)?;
                }
            }
        }
        Ok(self.find(features, condition))
    }

    /// The node of these features, made as a margin of the smallest node that has them if it is not there.
    pub(super) fn margin(&mut self, features: &[usize], condition: Condition) -> Result<Option<usize>, PrivacyError> {
        if let Some(known) = self.find(features, condition) {
            return Ok(Some(known));
        }
        let containing = (0..self.nodes.len()).filter(|&node| self.contains(node, features, condition));
        let containing: Vec<usize> = containing.collect();
        let size = |node: &usize| self.nodes.get(*node).map_or(0, |node| node.cells.len());
        match containing.into_iter().min_by_key(size) {
            Some(node) => self.connect(node, features, condition).map(Some),
            None => Ok(None),
        }
    }
}
