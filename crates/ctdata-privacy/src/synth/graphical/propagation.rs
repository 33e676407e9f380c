//! Belief propagation: messages along a junction tree, from which all marginals within cliques follow.
//!
//! # Sources
//! F. Jensen, S. Lauritzen and K. Olesen (1990), "Bayesian updating in causal probabilistic networks by local
//! computations", Computational Statistics Quarterly 4: 269–282.
#![expect(clippy::indexing_slicing, reason = "cliques and tables are numbered here")]

use super::clique::{Clique, Work};
use super::factor::{cells, cells_wide, contains, scale};
use super::junction_tree::JunctionTree;

/// A junction tree with tables, each at home in one of its cliques.
#[derive(Debug, Clone)]
pub(super) struct Network {
    pub(super) sizes: Vec<usize>,
    pub(super) tree: JunctionTree,
    /// Attributes of each table.
    pub(super) sets: Vec<Vec<usize>>,
    /// Tables at home in each clique.
    pub(super) tables: Vec<Vec<usize>>,
    /// Children of each clique.
    pub(super) children: Vec<Vec<usize>>,
    cliques: Vec<Clique>,
}

/// Messages on every edge, up to the parent and down from it, and the tables that they were made from.
#[derive(Debug, Clone, Default)]
pub(super) struct Messages {
    /// Potentials, not as logarithms, the largest of each table 1.
    pub(super) factors: Vec<Vec<f64>>,
    pub(super) up: Vec<Vec<f64>>,
    pub(super) down: Vec<Vec<f64>>,
}

impl Network {
    /// Places every set in the least clique that holds it. Sets that no clique holds are an error of the
    /// caller; they are placed nowhere.
    pub(super) fn new(sizes: &[usize], tree: JunctionTree, sets: Vec<Vec<usize>>) -> Self {
        let mut tables = vec![Vec::new(); tree.cliques.len()];
        for (table, set) in sets.iter().enumerate() {
            let homes = tree.cliques.iter().enumerate().filter(|(_, clique)| contains(clique, set));
            if let Some((home, _)) = homes.min_by_key(|(_, clique)| cells_wide(clique.iter().copied(), sizes)) {
                tables[home].push(table);
            }
        }
        let mut children = vec![Vec::new(); tree.cliques.len()];
        for &clique in &tree.order {
            if let Some(parent) = tree.parent[clique] {
                children[parent].push(clique);
            }
        }
        let mut network = Self { sizes: sizes.to_vec(), tree, sets, tables, children, cliques: Vec::new() };
        network.cliques = (0..network.tree.cliques.len()).map(|clique| network.plan(clique, &[])).collect();
        network
    }

    /// How a clique is walked through: its tables, its parent's message, those of its children, and more.
    pub(super) fn plan(&self, clique: usize, more: &[Vec<usize>]) -> Clique {
        let mut ports: Vec<&[usize]> = self.tables[clique].iter().map(|&table| self.sets[table].as_slice()).collect();
        ports.push(&self.tree.separator[clique]);
        ports.extend(self.children[clique].iter().map(|&child| self.tree.separator[child].as_slice()));
        ports.extend(more.iter().map(Vec::as_slice));
        Clique::new(&self.tree.cliques[clique], &ports, &self.sizes)
    }

    /// Bytes that propagation needs beside the tables.
    pub(super) fn bytes(&self) -> u128 {
        let walk = self.cliques.iter().map(Clique::bytes).max().unwrap_or(0);
        let edges = self.tree.separator.iter().map(|set| 16 * cells_wide(set.iter().copied(), &self.sizes));
        edges.fold(walk, u128::saturating_add)
    }

    /// The messages of potentials, given as logarithms, for the first tables; the factors of the others stand in
    /// `messages`. Gives the probabilities of as many tables as there is room for, and the logarithm of the sum
    /// over all cells; none if that is not a finite number.
    pub(super) fn propagate(
        &self,
        potentials: &[&[f64]],
        messages: &mut Messages,
        probabilities: &mut [Vec<f64>],
        work: &mut Work,
    ) -> Option<f64> {
        let mut log_sum = 0.0;
        messages.factors.resize_with(self.sets.len(), Vec::new);
        for (logs, factor) in potentials.iter().zip(&mut messages.factors) {
            let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            if !most.is_finite() {
                return None;
            }
            log_sum += most;
            factor.clear();
            factor.extend(logs.iter().map(|log| (log - most).exp()));
        }
        for (messages, other) in [&mut messages.up, &mut messages.down].into_iter().zip(0..) {
            messages.resize_with(self.tree.cliques.len(), Vec::new);
            for (message, set) in messages.iter_mut().zip(&self.tree.separator) {
                message.resize(cells(set, &self.sizes), f64::from(other));
            }
        }
        for &clique in self.tree.order.iter().rev() {
            if self.tree.parent[clique].is_none() {
                continue;
            }
            let mut message = std::mem::take(&mut messages.up[clique]);
            let sum = self.upward(clique, messages, &mut message, work);
            if sum.is_nan() || sum < LEAST || sum.is_infinite() {
                return None;
            }
            log_sum += sum.ln();
            scale(&mut message, 1.0 / sum);
            messages.up[clique] = message;
        }
        for &clique in &self.tree.order {
            let tables = &self.tables[clique];
            let mut beliefs: Vec<Option<Vec<f64>>> =
                tables.iter().map(|&table| probabilities.get_mut(table).map(std::mem::take)).collect();
            for (belief, &table) in beliefs.iter_mut().zip(tables) {
                if let Some(belief) = belief {
                    belief.resize(messages.factors[table].len(), 0.0);
                }
            }
            let mut below: Vec<Vec<f64>> =
                self.children[clique].iter().map(|&child| std::mem::take(&mut messages.down[child])).collect();
            let inputs = self.inputs(clique, messages);
            let mut wanted: Vec<Option<&mut [f64]>> = beliefs.iter_mut().map(|table| table.as_deref_mut()).collect();
            wanted.push(None);
            wanted.extend(below.iter_mut().map(|table| Some(table.as_mut_slice())));
            let sum = self.cliques[clique].run(&inputs, &mut wanted, work);
            if sum.is_nan() || sum < LEAST || sum.is_infinite() {
                return None;
            }
            if self.tree.parent[clique].is_none() {
                log_sum += sum.ln();
            }
            for (belief, &table) in beliefs.into_iter().zip(tables) {
                if let Some(mut belief) = belief {
                    scale(&mut belief, 1.0 / sum);
                    probabilities[table] = belief;
                }
            }
            for (mut message, &child) in below.into_iter().zip(&self.children[clique]) {
                divide(&mut message, &messages.up[child]);
                messages.down[child] = message;
            }
        }
        Some(log_sum)
    }

    /// The message of a clique to its parent, not yet scaled, and its sum.
    fn upward(&self, clique: usize, messages: &Messages, message: &mut [f64], work: &mut Work) -> f64 {
        let port = self.tables[clique].len();
        let mut inputs = self.inputs(clique, messages);
        inputs[port] = None;
        let mut wanted: Vec<Option<&mut [f64]>> = Vec::new();
        wanted.resize_with(inputs.len(), || None);
        wanted[port] = Some(message);
        self.cliques[clique].run(&inputs, &mut wanted, work)
    }

    /// What is multiplied in a clique, by port.
    pub(super) fn inputs<'a>(&'a self, clique: usize, messages: &'a Messages) -> Vec<Option<&'a [f64]>> {
        let mut inputs: Vec<Option<&[f64]>> =
            self.tables[clique].iter().map(|&table| Some(messages.factors[table].as_slice())).collect();
        let parent = self.tree.parent[clique].map(|_| messages.down[clique].as_slice());
        inputs.push(parent);
        inputs.extend(self.children[clique].iter().map(|&child| Some(messages.up[child].as_slice())));
        inputs
    }

    /// The probabilities of sets within one clique.
    pub(super) fn within(
        &self,
        clique: usize,
        sets: &[Vec<usize>],
        messages: &Messages,
        work: &mut Work,
    ) -> Vec<Vec<f64>> {
        let plan = self.plan(clique, sets);
        let mut inputs = self.inputs(clique, messages);
        let ports = inputs.len();
        inputs.resize(ports + sets.len(), None);
        let mut found: Vec<Vec<f64>> = (0..sets.len()).map(|set| vec![0.0; plan.port_cells(ports + set)]).collect();
        let mut wanted: Vec<Option<&mut [f64]>> = Vec::new();
        wanted.resize_with(ports, || None);
        wanted.extend(found.iter_mut().map(|table| Some(table.as_mut_slice())));
        let sum = plan.run(&inputs, &mut wanted, work);
        for table in &mut found {
            scale(table, 1.0 / sum);
        }
        found
    }

    /// Cells of the largest clique.
    pub(super) fn largest_clique(&self) -> u128 {
        self.tree.cliques.iter().map(|clique| cells_wide(clique.iter().copied(), &self.sizes)).max().unwrap_or(0)
    }

    /// The least clique that holds a set.
    pub(super) fn holder(&self, set: &[usize]) -> Option<usize> {
        let holders = self.tree.cliques.iter().enumerate().filter(|(_, clique)| contains(clique, set));
        holders.min_by_key(|(_, clique)| cells_wide(clique.iter().copied(), &self.sizes)).map(|(clique, _)| clique)
    }
}

/// Less than this is nothing: quotients stay finite.
const LEAST: f64 = 1e-280;

/// A belief without the message that came from there; 0 / 0 is 0.
pub(super) fn divide(belief: &mut [f64], message: &[f64]) {
    let mut most = 0.0f64;
    for (cell, &known) in belief.iter_mut().zip(message) {
        *cell = if known > LEAST { *cell / known } else { 0.0 };
        most = most.max(*cell);
    }
    if most > 0.0 && most.is_finite() {
        scale(belief, 1.0 / most);
    }
}
