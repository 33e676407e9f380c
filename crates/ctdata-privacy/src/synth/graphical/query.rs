//! Probabilities of any set of attributes, within a clique or across the tree.
//!
//! A set that no clique holds is found by conditioning: one of its attributes is held at each of its values in
//! turn, and messages run from there along the tree; all other messages stay what they are. Pairs with an attribute in
//! common share the runs.
#![expect(clippy::indexing_slicing, reason = "cliques and attributes are numbered by the network")]

use ctdata_table::Control;

use super::clique::{Clique, Work};
use super::factor::{cells, cells_wide, strides};
use super::propagation::{Messages, Network, divide};
use crate::PrivacyError;

/// One step of a run: a clique, where its message comes from, and what is wanted of it.
struct Stop {
    clique: usize,
    plan: Clique,
    /// Single attributes that are wanted.
    targets: Vec<usize>,
    /// Neighbours that the run goes on to.
    onward: Vec<usize>,
    from: Option<usize>,
}

impl Network {
    /// The probabilities of sets of ascending attributes.
    pub(super) fn probabilities(
        &self,
        sets: &[Vec<usize>],
        messages: &Messages,
        control: &Control,
    ) -> Result<Vec<Vec<f64>>, PrivacyError> {
        let mut found: Vec<Vec<f64>> = vec![Vec::new(); sets.len()];
        let mut within: Vec<Vec<usize>> = vec![Vec::new(); self.tree.cliques.len()];
        let mut pairs: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.sizes.len()];
        let mut others = Vec::new();
        for (number, set) in sets.iter().enumerate() {
            match (self.holder(set), &set[..]) {
                (Some(clique), _) => within[clique].push(number),
                // The smaller attribute is held: the first, as attributes are numbered by size.
                (None, &[held, other]) => pairs[held].push((other, number)),
                (None, _) => others.push(number),
            }
        }
        let jobs: Vec<usize> = (0..within.len()).filter(|&clique| !within[clique].is_empty()).collect();
        for (clique, tables) in jobs.iter().zip(each(&jobs, |&clique, work| {
            control.check()?;
            let wanted: Vec<Vec<usize>> = within[clique].iter().map(|&number| sets[number].clone()).collect();
            Ok(self.within(clique, &wanted, messages, work))
        })?) {
            for (&number, table) in within[*clique].iter().zip(tables) {
                found[number] = table;
            }
        }
        let jobs: Vec<usize> = (0..pairs.len()).filter(|&held| !pairs[held].is_empty()).collect();
        for (held, tables) in jobs.iter().zip(each(&jobs, |&held, work| {
            let others: Vec<usize> = pairs[held].iter().map(|&(other, _)| other).collect();
            self.pairs_of(held, &others, messages, work, control)
        })?) {
            for (&(_, number), table) in pairs[*held].iter().zip(tables) {
                found[number] = table;
            }
        }
        for (&number, table) in
            others.iter().zip(each(&others, |&number, work| self.across(&sets[number], messages, work, control))?)
        {
            found[number] = table;
        }
        Ok(found)
    }

    /// The neighbours of a clique, its parent first, each with its port.
    fn neighbours(&self, clique: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let first = self.tables[clique].len();
        let parent = self.tree.parent[clique].map(|parent| (parent, first));
        parent.into_iter().chain(self.children[clique].iter().copied().zip(first + 1..))
    }

    /// The message that comes from a neighbour.
    fn incoming<'a>(&self, clique: usize, neighbour: usize, messages: &'a Messages) -> &'a [f64] {
        if self.tree.parent[clique] == Some(neighbour) { &messages.down[clique] } else { &messages.up[neighbour] }
    }

    /// Cliques in the order in which a run from `start` reaches them, and where from.
    fn reached(&self, start: usize) -> Vec<(usize, Option<usize>)> {
        let mut order = vec![(start, None)];
        let mut next = 0;
        while let Some(&(clique, from)) = order.get(next) {
            let onward = self.neighbours(clique).map(|(neighbour, _)| neighbour);
            order
                .extend(onward.filter(|&neighbour| Some(neighbour) != from).map(|neighbour| (neighbour, Some(clique))));
            next += 1;
        }
        order
    }

    /// The run from `start` through the cliques that matter: those marked, and those on the way to them.
    fn route(&self, start: usize, targets: &[usize], more: &dyn Fn(usize) -> Vec<Vec<usize>>) -> Vec<Stop> {
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
            let mut ports: Vec<Vec<usize>> = targets.iter().map(|&target| vec![target]).collect();
            ports.extend(more(clique));
            Stop { clique, plan: self.plan(clique, &ports), targets, onward: std::mem::take(&mut onward[clique]), from }
        });
        stops.collect()
    }

    /// The probabilities of pairs of one attribute and others that no clique shares with it.
    fn pairs_of(
        &self,
        held: usize,
        others: &[usize],
        messages: &Messages,
        work: &mut Work,
        control: &Control,
    ) -> Result<Vec<Vec<f64>>, PrivacyError> {
        let size = self.sizes[held];
        let mut found: Vec<Vec<f64>> = others.iter().map(|&other| vec![0.0; size * self.sizes[other]]).collect();
        let Some(start) = self.holder(&[held]) else { return Ok(found) };
        let stops = self.route(start, others, &|clique| if clique == start { vec![vec![held]] } else { Vec::new() });
        let single = self.within(start, &[vec![held]], messages, work).pop().unwrap_or_default();
        let mut passed: Vec<Vec<f64>> = vec![Vec::new(); self.tree.cliques.len()];
        for (value, &probability) in single.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            control.check()?;
            let mut indicator = vec![0.0; size];
            indicator[value] = 1.0;
            for stop in &stops {
                let arrived = std::mem::take(&mut passed[stop.clique]);
                let held = stop.from.is_none().then_some(indicator.as_slice());
                let (tables, onward, sum) = self.pass(stop, &arrived, held, messages, work);
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
        stop: &Stop,
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
                onward.push(vec![0.0; stop.plan.port_cells(port)]);
                ports.push(port);
            }
        }
        inputs.resize(first + tables.len(), None);
        if stop.plan.ports() > inputs.len() {
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
        let sum = stop.plan.run(&inputs, &mut wanted, work);
        for (message, &next) in onward.iter_mut().zip(&stop.onward) {
            divide(message, self.incoming(stop.clique, next, messages));
        }
        (tables, onward, sum)
    }

    /// The probabilities of a set that is spread over the tree: what one clique has of it, given each
    /// combination of the others.
    fn across(
        &self,
        set: &[usize],
        messages: &Messages,
        work: &mut Work,
        control: &Control,
    ) -> Result<Vec<f64>, PrivacyError> {
        let mut found = vec![0.0; cells(set, &self.sizes)];
        let share = |clique: &[usize]| cells_wide(set.iter().copied().filter(|a| clique.contains(a)), &self.sizes);
        let Some(centre) = (0..self.tree.cliques.len()).rev().max_by_key(|&clique| share(&self.tree.cliques[clique]))
        else {
            return Ok(found);
        };
        let (inside, held): (Vec<usize>, Vec<usize>) =
            set.iter().partition(|attribute| self.tree.cliques[centre].contains(attribute));
        // Each held attribute in the clique nearest to the centre; messages run from the outside in.
        let order = self.reached(centre);
        let mut holders: Vec<Vec<usize>> = vec![Vec::new(); self.tree.cliques.len()];
        for &attribute in &held {
            if let Some(&(clique, _)) = order.iter().find(|(clique, _)| self.tree.cliques[*clique].contains(&attribute))
            {
                holders[clique].push(attribute);
            }
        }
        let mut needed: Vec<bool> = holders.iter().map(|held| !held.is_empty()).collect();
        for &(clique, from) in order.iter().rev() {
            if let (true, Some(from)) = (needed[clique], from) {
                needed[from] = true;
            }
        }
        let run: Vec<(usize, Option<usize>, Clique)> = order
            .into_iter()
            .rev()
            .filter(|(clique, _)| needed[*clique])
            .map(|(clique, from)| {
                let mut ports: Vec<Vec<usize>> = holders[clique].iter().map(|&attribute| vec![attribute]).collect();
                if from.is_none() {
                    ports.push(inside.clone());
                }
                (clique, from, self.plan(clique, &ports))
            })
            .collect();

        let steps = strides(set, set, &self.sizes);
        let step = |attribute: usize| set.iter().position(|&a| a == attribute).map_or(0, |place| steps[place]);
        let places = offsets(&inside, &inside.iter().map(|&a| step(a)).collect::<Vec<_>>(), &self.sizes);
        let starts = offsets(&held, &held.iter().map(|&a| step(a)).collect::<Vec<_>>(), &self.sizes);
        let mut digits = vec![0; held.len()];
        let mut messages = messages.clone();
        for start in starts {
            control.check()?;
            let mut kept: Vec<(usize, bool, Vec<f64>)> = Vec::with_capacity(run.len());
            for (clique, from, plan) in &run {
                let mut inputs = self.inputs(*clique, &messages);
                let indicators: Vec<Vec<f64>> = holders[*clique]
                    .iter()
                    .map(|&attribute| {
                        let mut indicator = vec![0.0; self.sizes[attribute]];
                        if let Some(place) = held.iter().position(|&a| a == attribute) {
                            indicator[digits[place]] = 1.0;
                        }
                        indicator
                    })
                    .collect();
                inputs.extend(indicators.iter().map(|indicator| Some(indicator.as_slice())));
                let port = match from {
                    Some(from) => {
                        let port = self.neighbours(*clique).find(|(neighbour, _)| neighbour == from);
                        port.map_or(0, |(_, port)| port)
                    }
                    None => inputs.len(),
                };
                if from.is_some() {
                    inputs[port] = None;
                } else {
                    inputs.push(None);
                }
                let mut out = vec![0.0; plan.port_cells(port)];
                let mut wanted: Vec<Option<&mut [f64]>> = Vec::new();
                wanted.resize_with(inputs.len(), || None);
                wanted[port] = Some(&mut out);
                let sum = plan.run(&inputs, &mut wanted, work);
                drop(inputs);
                if sum <= 0.0 {
                    break;
                }
                match *from {
                    Some(from) => {
                        // Not scaled, so that combinations compare.
                        let (slot, down) = if self.tree.parent[*clique] == Some(from) {
                            (&mut messages.up[*clique], false)
                        } else {
                            (&mut messages.down[from], true)
                        };
                        let edge = if down { from } else { *clique };
                        kept.push((edge, down, std::mem::replace(slot, out)));
                    }
                    None => {
                        for (&place, p) in places.iter().zip(&out) {
                            found[start + place] = *p;
                        }
                    }
                }
            }
            for (edge, down, message) in kept.into_iter().rev() {
                *(if down { &mut messages.down[edge] } else { &mut messages.up[edge] }) = message;
            }
            for (digit, &attribute) in digits.iter_mut().zip(&held).rev() {
                *digit += 1;
                if *digit < self.sizes[attribute] {
                    break;
                }
                *digit = 0;
            }
        }
        let sum: f64 = found.iter().sum();
        if sum > 0.0 {
            found.iter_mut().for_each(|cell| *cell /= sum);
        }
        Ok(found)
    }
}

/// Where the combinations of attributes are, the last one fastest, with these steps.
fn offsets(attributes: &[usize], steps: &[usize], sizes: &[usize]) -> Vec<usize> {
    attributes.iter().zip(steps).fold(vec![0], |places, (&attribute, &step)| {
        places.iter().flat_map(|&place| (0..sizes[attribute]).map(move |value| place + value * step)).collect()
    })
}

/// The results of all jobs in order, on all cores of the caller's pool.
#[cfg(feature = "rayon")]
fn each<J: Sync, R: Send>(
    jobs: &[J],
    run: impl Fn(&J, &mut Work) -> Result<R, PrivacyError> + Sync + Send,
) -> Result<Vec<R>, PrivacyError> {
    use rayon::prelude::*;
    jobs.par_iter().map_init(Work::default, |work, job| run(job, work)).collect()
}

/// The results of all jobs in order.
#[cfg(not(feature = "rayon"))]
fn each<J, R>(jobs: &[J], run: impl Fn(&J, &mut Work) -> Result<R, PrivacyError>) -> Result<Vec<R>, PrivacyError> {
    let mut work = Work::default();
    jobs.iter().map(|job| run(job, &mut work)).collect()
}
