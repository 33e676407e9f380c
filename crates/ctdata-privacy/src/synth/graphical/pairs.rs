//! Probabilities of many pairs of attributes that no clique holds.
//!
//! One attribute of a pair is held at each of its values, and a run goes from there along the tree to the others. What
//! a clique makes of what comes in depends on the separators only, so that one walk through each clique serves
//! all runs, unless the tables between its separators would be nearly as large as the clique.
#![expect(clippy::indexing_slicing, reason = "cliques and attributes are numbered by the network")]

use std::collections::{BTreeMap, BTreeSet};

use ctdata_table::Control;

use super::clique::{Clique, Work};
use super::factor::{Projection, cells, cells_wide};
use super::propagation::{Messages, Network, divide};
use super::query::each;
use crate::PrivacyError;

/// Tables between separators are made if they are smaller than the clique by this.
const LARGE: u128 = 8;
/// Or have no more cells than this.
const SMALL: u128 = 1 << 12;

/// One step of a run: a clique, where its message comes from, and what is wanted of it.
struct Stop {
    clique: usize,
    /// Single attributes that are wanted.
    targets: Vec<usize>,
    /// Neighbours that the run goes on to.
    onward: Vec<usize>,
    from: Option<usize>,
}

impl Network {
    /// The run from `start` through the cliques that matter: those marked, and those on the way to them.
    fn route(&self, start: usize, targets: &[usize]) -> Vec<Stop> {
        let order = self.reached(start);
        let mut wanted: Vec<Vec<usize>> = vec![Vec::new(); self.tree.cliques.len()];
        for &target in targets {
            if let Some(&(clique, _)) = order.iter().find(|(clique, _)| self.tree.cliques[*clique].contains(&target)) {
                wanted[clique].push(target);
            }
        }
        let mut needed: Vec<bool> = wanted.iter().map(|targets| !targets.is_empty()).collect();
        needed[start] = true;
        let mut onward: Vec<Vec<usize>> = vec![Vec::new(); self.tree.cliques.len()];
        for &(clique, from) in order.iter().rev() {
            if let (true, Some(from)) = (needed[clique], from) {
                needed[from] = true;
                onward[from].push(clique);
            }
        }
        let stops = order.into_iter().filter(|(clique, _)| needed[*clique]).map(|(clique, from)| {
            let targets = std::mem::take(&mut wanted[clique]);
            Stop { clique, targets, onward: std::mem::take(&mut onward[clique]), from }
        });
        stops.collect()
    }

    /// The probabilities of pairs that no clique holds: for each attribute, which others, and where they belong.
    pub(super) fn pairs_across(
        &self,
        pairs: &[Vec<(usize, usize)>],
        found: &mut [Vec<f64>],
        messages: &Messages,
        control: &Control,
    ) -> Result<(), PrivacyError> {
        let jobs: Vec<usize> = (0..pairs.len()).filter(|&held| !pairs[held].is_empty()).collect();
        let others = |held: usize| pairs[held].iter().map(|&(other, _)| other).collect::<Vec<usize>>();
        // What the runs need of each clique is the same for all values, and for all runs that come the same way.
        let routes = each(&jobs, |&held, _| {
            let start = self.holder(&[held]).unwrap_or_default();
            Ok(self.route(start, &others(held)))
        })?;
        let mut needed: Vec<BTreeSet<Vec<usize>>> = vec![BTreeSet::new(); self.tree.cliques.len()];
        let mut small = vec![true; jobs.len()];
        for ((&held, route), small) in jobs.iter().zip(&routes).zip(&mut small) {
            let sets = route.iter().flat_map(|stop| {
                let key = self.key(stop, held);
                self.wanted(stop).into_iter().map(move |out| (stop.clique, union(&key, &out)))
            });
            let sets: Vec<(usize, Vec<usize>)> = sets.collect();
            *small = sets.iter().all(|(clique, set)| {
                let all = cells_wide(self.tree.cliques[*clique].iter().copied(), &self.sizes);
                cells_wide(set.iter().copied(), &self.sizes) <= (all / LARGE).max(SMALL)
            });
            if *small {
                for (clique, set) in sets {
                    needed[clique].insert(set);
                }
            }
        }
        let cliques: Vec<usize> = (0..needed.len()).collect();
        let tables = each(&cliques, |&clique, work| {
            control.check()?;
            let sets: Vec<Vec<usize>> = needed[clique].iter().cloned().collect();
            let tables = if sets.is_empty() { Vec::new() } else { self.within(clique, &sets, messages, work) };
            Ok(sets.into_iter().zip(tables).collect::<BTreeMap<Vec<usize>, Vec<f64>>>())
        })?;
        let runs: Vec<(usize, (&Vec<Stop>, bool))> = jobs.iter().copied().zip(routes.iter().zip(small)).collect();
        for (held, rows) in jobs.iter().zip(each(&runs, |&(held, (route, small)), work| {
            control.check()?;
            if small {
                Ok(self.chain(held, &others(held), route, &tables))
            } else {
                self.pairs_of(held, &others(held), route, messages, work, control)
            }
        })?) {
            for (&(_, number), table) in pairs[*held].iter().zip(rows) {
                found[number] = table;
            }
        }
        Ok(())
    }

    /// What a run knows when it comes to a clique.
    fn key(&self, stop: &Stop, held: usize) -> Vec<usize> {
        stop.from.map_or_else(|| vec![held], |from| self.edge(stop.clique, from).to_vec())
    }

    /// What a run needs of a clique: its targets, and what is shared with the neighbours onward.
    fn wanted(&self, stop: &Stop) -> Vec<Vec<usize>> {
        let targets = stop.targets.iter().map(|&target| vec![target]);
        targets.chain(stop.onward.iter().map(|&next| self.edge(stop.clique, next).to_vec())).collect()
    }

    /// What two neighbours share.
    fn edge(&self, clique: usize, neighbour: usize) -> &[usize] {
        let child = if self.tree.parent[clique] == Some(neighbour) { clique } else { neighbour };
        &self.tree.separator[child]
    }

    /// The probabilities of pairs along a run, from one separator to the next.
    fn chain(
        &self,
        held: usize,
        others: &[usize],
        route: &[Stop],
        tables: &[BTreeMap<Vec<usize>, Vec<f64>>],
    ) -> Vec<Vec<f64>> {
        let size = self.sizes[held];
        let mut found: Vec<Vec<f64>> = others.iter().map(|&other| vec![0.0; size * self.sizes[other]]).collect();
        // For each value held, the probabilities of that and of what the run knows.
        let mut passed: Vec<Vec<Vec<f64>>> = vec![Vec::new(); self.tree.cliques.len()];
        for stop in route {
            let key = self.key(stop, held);
            let known = std::mem::take(&mut passed[stop.clique]);
            for (number, out) in self.wanted(stop).into_iter().enumerate() {
                let set = union(&key, &out);
                let Some(table) = tables[stop.clique].get(&set) else { continue };
                let (to_key, to_out) =
                    (Projection::new(&set, &key, &self.sizes), Projection::new(&set, &out, &self.sizes));
                let mut keys = vec![0.0; cells(&key, &self.sizes)];
                to_key.sum(table, &mut keys);
                let rows = (0..size).map(|value| {
                    let mut factor: Vec<f64> = if let Some(known) = known.get(value) {
                        known.iter().zip(&keys).map(|(known, &p)| if p > 0.0 { known / p } else { 0.0 }).collect()
                    } else {
                        vec![0.0; keys.len()]
                    };
                    if stop.from.is_none() {
                        factor[value] = 1.0;
                    }
                    let mut joint = table.clone();
                    to_key.multiply(&mut joint, &factor);
                    let mut sums = vec![0.0; cells(&out, &self.sizes)];
                    to_out.sum(&joint, &mut sums);
                    sums
                });
                let rows: Vec<Vec<f64>> = rows.collect();
                if let Some(target) = stop.targets.get(number) {
                    if let Some(place) = others.iter().position(|other| other == target) {
                        found[place] = rows.concat();
                    }
                } else if let Some(&next) = stop.onward.get(number - stop.targets.len()) {
                    passed[next] = rows;
                }
            }
        }
        found
    }

    /// The probabilities of pairs of one attribute and others that no clique shares with it.
    fn pairs_of(
        &self,
        held: usize,
        others: &[usize],
        route: &[Stop],
        messages: &Messages,
        work: &mut Work,
        control: &Control,
    ) -> Result<Vec<Vec<f64>>, PrivacyError> {
        let size = self.sizes[held];
        let mut found: Vec<Vec<f64>> = others.iter().map(|&other| vec![0.0; size * self.sizes[other]]).collect();
        let Some(start) = route.first() else { return Ok(found) };
        let single = self.within(start.clique, &[vec![held]], messages, work).pop().unwrap_or_default();
        let plans: Vec<Clique> = route
            .iter()
            .map(|stop| {
                let mut ports: Vec<Vec<usize>> = stop.targets.iter().map(|&target| vec![target]).collect();
                ports.extend(stop.from.is_none().then(|| vec![held]));
                self.plan(stop.clique, &ports)
            })
            .collect();
        let mut passed: Vec<Vec<f64>> = vec![Vec::new(); self.tree.cliques.len()];
        for (value, &probability) in single.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            control.check()?;
            let mut indicator = vec![0.0; size];
            indicator[value] = 1.0;
            for (stop, plan) in route.iter().zip(&plans) {
                let arrived = std::mem::take(&mut passed[stop.clique]);
                let held = stop.from.is_none().then_some(indicator.as_slice());
                let (tables, onward, sum) = self.pass((stop, plan), &arrived, held, messages, work);
                for (message, &neighbour) in onward.into_iter().zip(&stop.onward) {
                    passed[neighbour] = message;
                }
                for (table, target) in tables.into_iter().zip(&stop.targets) {
                    if let Some(place) = others.iter().position(|other| other == target).filter(|_| sum > 0.0) {
                        let row = &mut found[place][value * table.len()..(value + 1) * table.len()];
                        row.iter_mut().zip(&table).for_each(|(cell, p)| *cell = probability * p / sum);
                    }
                }
            }
        }
        Ok(found)
    }

    /// Sums in one clique with the message that arrived: of its targets, and for each neighbour onward.
    fn pass(
        &self,
        (stop, plan): (&Stop, &Clique),
        arrived: &[f64],
        held: Option<&[f64]>,
        messages: &Messages,
        work: &mut Work,
    ) -> (Vec<Vec<f64>>, Vec<Vec<f64>>, f64) {
        let mut inputs = self.inputs(stop.clique, messages);
        let first = inputs.len();
        let mut tables: Vec<Vec<f64>> = stop.targets.iter().map(|&target| vec![0.0; self.sizes[target]]).collect();
        let mut onward: Vec<Vec<f64>> = Vec::with_capacity(stop.onward.len());
        let mut ports = Vec::with_capacity(stop.onward.len());
        for (neighbour, port) in self.neighbours(stop.clique) {
            if stop.from == Some(neighbour) {
                inputs[port] = Some(arrived);
            }
        }
        for &next in &stop.onward {
            if let Some((_, port)) = self.neighbours(stop.clique).find(|(neighbour, _)| *neighbour == next) {
                onward.push(vec![0.0; plan.port_cells(port)]);
                ports.push(port);
            }
        }
        inputs.resize(first + tables.len(), None);
        if plan.ports() > inputs.len() {
            inputs.push(held);
        }
        let mut wanted: Vec<Option<&mut [f64]>> = Vec::new();
        wanted.resize_with(inputs.len(), || None);
        for (table, slot) in tables.iter_mut().zip(&mut wanted[first..]) {
            *slot = Some(table);
        }
        for (message, &port) in onward.iter_mut().zip(&ports) {
            wanted[port] = Some(message);
        }
        let sum = plan.run(&inputs, &mut wanted, work);
        for (message, &next) in onward.iter_mut().zip(&stop.onward) {
            divide(message, self.incoming(stop.clique, next, messages));
        }
        (tables, onward, sum)
    }
}

/// Both sets, ascending.
fn union(a: &[usize], b: &[usize]) -> Vec<usize> {
    a.iter().chain(b).copied().collect::<BTreeSet<usize>>().into_iter().collect()
}
